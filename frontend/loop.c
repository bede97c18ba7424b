/* Loops: while and for.
 *
 * Both become a function that calls itself in tail position, which is a block
 * in compiled code. A for over the library's range counts; over anything else
 * it walks what the value turns out to be, with one copy of the body:
 *
 *   (letrec [walk (fn [i rest]
 *     (let [turn (fn [x i rest] body (walk i rest))]
 *       (if (pair? rest) (turn (car rest) i (cdr rest))
 *         (if (null? rest) (if (< i (%seq-length c)) (turn (%seq-ref c i) (+ i 1) rest))
 *           (let [x (rest)] (if (not (%end? x)) (turn x i rest)))))))] ...)
 *
 * where rest is the list, or () for an array or tuple, or a function that gives
 * the next element of any other collection (%next-of of the prelude). An
 * array's length is asked for at each turn, since the body may change it.
 */
#include "expand.h"

static CoreNode *form_while(Expand *x, const Datum *d) {
  if (d->n < 2) {
    diag_report(x->diag, DIAG_E0201, d->span, "`while` takes a test and a body");
    return expand_error(x, d->span);
  }
  CoreVar *loop = var_new(x, "_while", d->span);
  CoreNode *test = expand_expr(x, d->items[1]);
  CoreNode *again = node_call_local(x, loop, 0, NULL, d->span);
  if (d->n > 2) {
    CoreNode *body = expand_body(x, d, 2, "this while");
    again = node_seq2(x, body, again, d->span);
  }
  CoreNode *turn = node_if(x, test, again, node_nothing(x, d->span), d->span);
  CoreLambda *l = lambda_new(x, NULL, 0, NULL, turn, d->span);
  return node_letrec1(x, loop, l, node_call_local(x, loop, 0, NULL, d->span), d->span);
}

/* ---- for ---- */

typedef struct ForWork {
  const Datum *d;
  uint32_t body;
  const Slots *slots;
  size_t next;
} ForWork;

static CoreNode *for_next(Expand *x, void *ctx);

/* The element bound to its target, then the inner loops or the body. */
static CoreNode *for_turn(Expand *x, ForWork *w, const Slot *s, CoreVar *element) {
  size_t mark = scope_mark(x);
  Span at = s->target->span;
  CoreNode *body =
      pattern_bind(x, s->target, s->kind, node_local(x, element, at), true, for_next, w, at);
  scope_leave(x, mark);
  return body;
}

static CoreNode *nothing_if_done(Expand *x, CoreNode *more, CoreNode *turn, Span at) {
  return node_if(x, more, turn, node_nothing(x, at), at);
}

/* -1, 1: the direction of a literal step; 0: unknown. */
static int step_sign(const Datum *step) {
  if (step->kind == DATUM_INT && !step->digits)
    return step->integer > 0 ? 1 : step->integer < 0 ? -1 : 0;
  return 0;
}

static bool is_library(Expand *x, const Datum *head, const char *name) {
  if (!datum_is_symbol(head, name) || ptrmap_get(x->locals, head->name)) return false;
  const Binding *b = scope_global(x, head->name);
  return b && (b->tag == BIND_PRIM || b->from_prelude);
}

/* (range end), (range start end), (range start end step) with a known sign. */
static bool is_counting(Expand *x, const Datum *d) {
  if (d->kind != DATUM_LIST || d->n < 2 || d->n > 4 || !is_library(x, d->items[0], "range"))
    return false;
  return d->n < 4 || step_sign(d->items[3]) != 0;
}

static CoreNode *for_counting(Expand *x, ForWork *w, const Slot *s) {
  const Datum *range = s->value;
  Span at = range->span;
  Temp start = temp_new(x, range->n == 2 ? node_int(x, 0, at) : expand_expr(x, range->items[1]));
  Temp end = temp_new(x, expand_expr(x, range->items[range->n == 2 ? 1 : 2]));
  int64_t step = range->n == 4 ? range->items[3]->integer : 1;
  CoreVar *i = var_new(x, "_i", at), *loop = var_new(x, "_for", at);
  CoreNode *body = for_turn(x, w, s, i);
  CoreNode *next = node_prim2(x, PRIM_add, node_local(x, i, at), node_int(x, step, at), at);
  CoreNode *turn = node_seq2(x, body, node_call_local(x, loop, 1, &next, at), at);
  CoreNode *more =
      node_prim2(x, step > 0 ? PRIM_lt : PRIM_gt, node_local(x, i, at), temp_use(x, &end, at), at);
  CoreLambda *l = lambda_new(x, NULL, 1, &i, nothing_if_done(x, more, turn, at), at);
  CoreNode *from = temp_use(x, &start, at);
  CoreNode *run = node_letrec1(x, loop, l, node_call_local(x, loop, 1, &from, at), at);
  return temp_wrap(x, &start, temp_wrap(x, &end, run));
}

/* (walk i rest), see above. `turn` takes the element, i and rest. */
typedef struct Walk {
  CoreVar *collection, *i, *rest, *turn;
  Span at;
} Walk;

static CoreNode *walk_turn(Expand *x, const Walk *w, CoreNode *element, CoreNode *i,
                           CoreNode *rest) {
  CoreNode *args[] = {element, i, rest};
  return node_call_local(x, w->turn, 3, args, w->at);
}

static CoreNode *walk_list(Expand *x, const Walk *w) {
  Span at = w->at;
  CoreNode *car = node_prim1(x, PRIM_car, node_local(x, w->rest, at), at);
  CoreNode *cdr = node_prim1(x, PRIM_cdr, node_local(x, w->rest, at), at);
  return walk_turn(x, w, car, node_local(x, w->i, at), cdr);
}

static CoreNode *walk_sequence(Expand *x, const Walk *w) {
  Span at = w->at;
  CoreNode *length = node_prim1(x, PRIM_seq_length, node_local(x, w->collection, at), at);
  CoreNode *more = node_prim2(x, PRIM_fx_lt, node_local(x, w->i, at), length, at);
  CoreNode *element =
      node_prim2(x, PRIM_seq_ref, node_local(x, w->collection, at), node_local(x, w->i, at), at);
  CoreNode *i = node_prim2(x, PRIM_fx_add_nowrap, node_local(x, w->i, at), node_int(x, 1, at), at);
  return nothing_if_done(x, more, walk_turn(x, w, element, i, node_local(x, w->rest, at)), at);
}

static CoreNode *walk_other(Expand *x, const Walk *w) {
  Span at = w->at;
  CoreVar *element = var_new(x, "_element", at);
  CoreNode *next = node_call(x, node_local(x, w->rest, at), 0, NULL, at);
  CoreNode *turn = walk_turn(x, w, node_local(x, element, at), node_local(x, w->i, at),
                             node_local(x, w->rest, at));
  CoreNode *ended = node_prim1(x, PRIM_is_iter_end, node_local(x, element, at), at);
  return node_let1(x, element, next, node_if(x, ended, node_nothing(x, at), turn, at), at);
}

/* What `rest` starts as. */
static CoreNode *walk_start(Expand *x, CoreVar *c, Span at) {
  Binding *next_of = scope_prelude(x, "%next-of");
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, 1);
  args[0] = node_local(x, c, at);
  CoreNode *cursor = call_binding(x, next_of, 1, args, at);
  CoreNode *length = node_prim1(x, PRIM_seq_length, node_local(x, c, at), at);
  CoreNode *sequence = node_prim2(x, PRIM_fx_ge, length, node_int(x, 0, at), at);
  CoreNode *other = node_if(x, node_prim1(x, PRIM_is_null, node_local(x, c, at), at),
                            node_literal(x, LIT_EMPTY, at), cursor, at);
  other = node_if(x, sequence, node_literal(x, LIT_EMPTY, at), other, at);
  return node_if(x, node_prim1(x, PRIM_is_pair, node_local(x, c, at), at), node_local(x, c, at),
                 other, at);
}

static CoreNode *for_walking(Expand *x, ForWork *w, const Slot *s) {
  Span at = s->value->span;
  Temp c = temp_new(x, expand_expr(x, s->value));
  CoreVar *loop = var_new(x, "_for", at), *element = var_new(x, "_element", at);
  Walk walk = {c.var, var_new(x, "_i", at), var_new(x, "_rest", at), var_new(x, "_turn", at), at};
  CoreVar *i = var_new(x, "_i", at), *rest = var_new(x, "_rest", at);
  CoreNode *body = for_turn(x, w, s, element);
  CoreNode *next[] = {node_local(x, i, at), node_local(x, rest, at)};
  body = node_seq2(x, body, node_call_local(x, loop, 2, next, at), at);
  CoreVar *turn_params[] = {element, i, rest}, *walk_params[] = {walk.i, walk.rest};
  CoreLambda *turn = lambda_new(x, NULL, 3, turn_params, body, at);
  CoreNode *step = node_if(x, node_prim1(x, PRIM_is_null, node_local(x, walk.rest, at), at),
                           walk_sequence(x, &walk), walk_other(x, &walk), at);
  step = node_if(x, node_prim1(x, PRIM_is_pair, node_local(x, walk.rest, at), at),
                 walk_list(x, &walk), step, at);
  step = node_let1(x, walk.turn, node_lambda(x, turn, at), step, at);
  CoreLambda *l = lambda_new(x, NULL, 2, walk_params, step, at);
  CoreNode *start[] = {node_int(x, 0, at), walk_start(x, c.var, at)};
  CoreNode *run = node_letrec1(x, loop, l, node_call_local(x, loop, 2, start, at), at);
  return temp_wrap(x, &c, run);
}

static CoreNode *for_next(Expand *x, void *ctx) {
  ForWork *w = ctx;
  if (w->next == w->slots->n) return expand_body(x, w->d, w->body, "this for");
  const Slot *s = &w->slots->items[w->next++];
  if (!s->value) return expand_error(x, s->target->span);
  return is_counting(x, s->value) ? for_counting(x, w, s) : for_walking(x, w, s);
}

static CoreNode *form_for(Expand *x, const Datum *d) {
  Slots slots = {0};
  uint32_t body = 1;
  for (; body + 1 < d->n && d->items[body]->kind == DATUM_ARRAY; body++)
    slots_of_array(x, d->items[body], &slots);
  if (slots.n == 0) {
    diag_report(x->diag, DIAG_E0205, d->span, "`for` takes bindings and a body");
    diag_help(x->diag, "write (for [x collection] form ...)");
    return expand_error(x, d->span);
  }
  ForWork w = {d, body, &slots, 0};
  return for_next(x, &w);
}

const SpecialForm loop_forms[] = {
    {"while", form_while, false}, {"for", form_for, false}, {NULL, NULL, false}};
