/* Match compilation: clauses become a tree of tests.
 *
 * A row is a clause with what is still to be tested: pairs of a variable and a
 * pattern. A step takes the first test of the first row and splits the rows:
 * those that agree with it (with the parts of the value bound to variables),
 * and those that do not contradict its failure (Jacobs, "How to compile pattern
 * matching"). A row without tests runs its guards, then its clause's body.
 *
 * Bodies are lambdas bound around the tree and called in tail position, so they
 * become blocks and stand in the program once, however many paths lead there.
 * The same holds for the elements of a sequence, which lists and arrays give in
 * different ways, and for what happens when a test fails.
 *
 *   (match v [a b] e1 _ e2)      (let [c1 (fn [a b] e1)] [c2 (fn [] e2)]
 *                                  (let [else (fn [] (c2))]
 *                                    (let [elements (fn [a b] (c1 a b))]
 *                                      (if (pair? v) ... (elements ..) ... (else)
 *
 * Rows are worked on in groups of ROWS_MAX, so that the tables of a match of
 * thousands of clauses stay small; a group goes on to the next by a call. Rows
 * that neither agree nor contradict go both ways, so a tree can grow large: from
 * a limit on, the remaining rows are tried one after the other.
 */
#include "expand.h"

#define ROWS_MAX 128

typedef struct Test {
  CoreVar *v;
  Pattern *pattern;
} Test;

typedef struct Row {
  Clause *clause;
  CoreVar **bound; /* by the clause's variable index */
  VEC(Test) tests;
} Row;
typedef VEC(Row) Rows;

typedef struct Tree {
  Expand *x;
  CoreVar *next; /* called when no row is left; NULL: the match error of `value` */
  CoreVar *value;
  size_t nbranches, limit; /* beyond it rows are tried one after the other */
  Span span;
} Tree;

static CoreNode *compile(Tree *t, Rows rows);
static CoreNode *compile_group(Tree *t, Rows rows);

/* ---- rows ---- */

static void add_test(Tree *t, Row *row, CoreVar *v, Pattern *p) {
  switch (p->tag) {
  case PAT_ANY: return;
  case PAT_BIND: row->bound[p->var] = v; return;
  case PAT_AND:
    for (uint32_t i = 0; i < p->n; i++) add_test(t, row, v, p->items[i]);
    return;
  default: VEC_PUSH(t->x->a, &row->tests, ((Test){v, p})); return;
  }
}

static Row row_copy(Tree *t, const Row *from, size_t skip) {
  Row to = {.clause = from->clause};
  size_t n = from->clause->vars.n;
  to.bound = ARENA_ARRAY(t->x->a, CoreVar *, n ? n : 1);
  for (size_t i = 0; i < n; i++) to.bound[i] = from->bound[i];
  for (size_t i = 0; i < from->tests.n; i++)
    if (i != skip) VEC_PUSH(t->x->a, &to.tests, from->tests.items[i]);
  return to;
}

/* ---- what tests say about each other ---- */

static bool same_shape(const Pattern *a, const Pattern *b) {
  if (a->tag != b->tag) return false;
  switch (a->tag) {
  case PAT_LITERAL: return literal_same(a->literal, b->literal);
  case PAT_STRUCT: return a->kind->first == b->kind->first;
  case PAT_KIND: return kind_same(a->kind, b->kind);
  case PAT_SEQ: return a->n == b->n && a->rest == b->rest;
  case PAT_DICT:
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
      if (!literal_same(a->keys[i], b->keys[i])) return false;
    return true;
  default: return false;
  }
}

static bool literal_excludes(const Literal *l, const Pattern *p) {
  if (p->tag == PAT_STRUCT) return true;
  if (p->tag == PAT_DICT) return l->kind != LIT_DICT;
  bool atom = l->kind < LIT_EMPTY || l->kind == LIT_DICT;
  return atom || (l->kind == LIT_EMPTY && p->n > (p->rest ? 1u : 0u));
}

/* Whether a value that fits `a` surely does not fit `b`. */
static bool excludes(const Pattern *a, const Pattern *b) {
  if (a->tag == PAT_OR || b->tag == PAT_OR) return false;
  if (a->tag == PAT_LITERAL && b->tag == PAT_LITERAL)
    return a->literal->kind != LIT_BIGINT && !literal_same(a->literal, b->literal);
  if (a->tag == PAT_STRUCT && b->tag == PAT_STRUCT) return a->kind->first != b->kind->first;
  if (a->tag == PAT_SEQ && b->tag == PAT_SEQ) {
    if (!a->rest && !b->rest) return a->n != b->n;
    if (a->rest && !b->rest) return b->n < a->n - 1;
    return !a->rest && a->n < b->n - 1;
  }
  if (a->tag == PAT_KIND || b->tag == PAT_KIND) return false;
  if (a->tag == PAT_LITERAL) return literal_excludes(a->literal, b);
  if (b->tag == PAT_LITERAL) return literal_excludes(b->literal, a);
  return a->tag != b->tag;
}

typedef enum { SAYS_NOTHING, SAYS_SAME, SAYS_NO } Says;

/* What the success of `test` says about the row, and by which of its tests. */
static Says row_says(const Row *row, const Test *test, size_t *index) {
  for (size_t i = 0; i < row->tests.n; i++) {
    const Test *other = &row->tests.items[i];
    if (other->v != test->v) continue;
    if (excludes(test->pattern, other->pattern)) return SAYS_NO;
    if (!same_shape(test->pattern, other->pattern)) continue;
    *index = i;
    return SAYS_SAME;
  }
  return SAYS_NOTHING;
}

/* ---- leaves ---- */

static CoreNode *fail(Tree *t) {
  if (t->next) return node_call_local(t->x, t->next, 0, NULL, t->span);
  return node_prim1(t->x, PRIM_match_error, node_local(t->x, t->value, t->span), t->span);
}

static CoreNode **row_values(Tree *t, const Row *row, Span at) {
  size_t n = row->clause->vars.n;
  CoreNode **args = ARENA_ARRAY(t->x->a, CoreNode *, n ? n : 1);
  for (size_t i = 0; i < n; i++) /* unbound only after an error */
    args[i] = row->bound[i] ? node_local(t->x, row->bound[i], at) : node_nothing(t->x, at);
  return args;
}

static CoreNode *call_body(Tree *t, const Row *row) {
  Clause *c = row->clause;
  c->reached = true;
  return node_call_local(t->x, c->join, (uint32_t)c->vars.n, row_values(t, row, c->span), c->span);
}

/* `rest` are the rows after this one, if its guards can fail. */
static CoreNode *leaf(Tree *t, const Row *row, Rows rest) {
  Clause *c = row->clause;
  CoreNode *body = call_body(t, row);
  if (c->guards.n == 0) return body;
  CoreNode *otherwise = compile(t, rest);
  CoreVar *next = NULL;
  CoreLambda *l = NULL;
  if (c->guards.n > 1) { /* several ways to fail */
    next = var_new(t->x, "_next", c->span);
    l = lambda_new(t->x, NULL, 0, NULL, otherwise, c->span);
    otherwise = NULL;
  }
  for (size_t i = c->guards.n; i-- > 0;) {
    CoreNode *no = otherwise ? otherwise : node_call_local(t->x, next, 0, NULL, c->span);
    const Guard *g = &c->guards.items[i];
    Span at = g->datum->span;
    CoreNode *holds = node_call_local(t->x, g->fn, (uint32_t)c->vars.n, row_values(t, row, at), at);
    body = node_if(t->x, holds, body, no, at);
  }
  return next ? node_let1(t->x, next, node_lambda(t->x, l, c->span), body, c->span) : body;
}

/* ---- tests ---- */

static bool is_identity_literal(const Literal *l) {
  switch (l->kind) {
  case LIT_INT:
  case LIT_SYMBOL:
  case LIT_CHAR:
  case LIT_TRUE:
  case LIT_FALSE:
  case LIT_NOTHING: return true;
  default: return false;
  }
}

static CoreNode *literal_test(Tree *t, CoreVar *v, const Literal *l, Span at) {
  Expand *x = t->x;
  if (l->kind == LIT_EMPTY) return node_prim1(x, PRIM_is_null, node_local(x, v, at), at);
  PrimId id = is_identity_literal(l) ? PRIM_identical : PRIM_equal;
  return node_prim2(x, id, node_local(x, v, at), core_const_new(x->p, l, at), at);
}

/* A variable for each part of the value that some row looks at; NULL for the
 * others. */
static CoreVar **part_vars(Tree *t, const Rows *rows, const Test *test) {
  const Pattern *p = test->pattern;
  CoreVar **vars = ARENA_ARRAY(t->x->a, CoreVar *, p->n ? p->n : 1);
  for (size_t r = 0; r < rows->n; r++) {
    size_t at;
    if (row_says(&rows->items[r], test, &at) != SAYS_SAME) continue;
    const Pattern *same = rows->items[r].tests.items[at].pattern;
    for (uint32_t i = 0; i < p->n; i++) {
      const Pattern *item = same->items[i];
      if (item->tag == PAT_ANY || vars[i]) continue;
      bool named = item->tag == PAT_BIND;
      const Name *name = named ? rows->items[r].clause->vars.items[item->var]->name : NULL;
      vars[i] = name ? core_var_new(t->x->p, name, item->span) : var_new(t->x, "_part", item->span);
    }
  }
  return vars;
}

static Rows rows_yes(Tree *t, const Rows *rows, const Test *test, CoreVar *const *parts) {
  Rows yes = {0};
  for (size_t r = 0; r < rows->n; r++) {
    const Row *row = &rows->items[r];
    size_t at = 0;
    Says says = row_says(row, test, &at);
    if (says == SAYS_NO) continue;
    Row next = row_copy(t, row, says == SAYS_SAME ? at : SIZE_MAX);
    if (says == SAYS_SAME) {
      const Pattern *same = row->tests.items[at].pattern;
      for (uint32_t i = 0; i < same->n; i++)
        if (parts[i]) add_test(t, &next, parts[i], same->items[i]);
    }
    VEC_PUSH(t->x->a, &yes, next);
  }
  return yes;
}

static Rows rows_no(Tree *t, const Rows *rows, const Test *test) {
  Rows no = {0};
  for (size_t r = 0; r < rows->n; r++) {
    size_t at;
    if (row_says(&rows->items[r], test, &at) == SAYS_SAME) continue;
    VEC_PUSH(t->x->a, &no, row_copy(t, &rows->items[r], SIZE_MAX));
  }
  return no;
}

/* ---- decomposing values ---- */

static CoreNode *bind_fields(Tree *t, const Test *test, CoreVar *const *parts, CoreNode *body) {
  Expand *x = t->x;
  Span at = test->pattern->span;
  for (uint32_t i = test->pattern->n; i-- > 0;) {
    if (!parts[i]) continue;
    CoreNode *field =
        node_prim2(x, PRIM_struct_ref, node_local(x, test->v, at), node_raw(x, i, at), at);
    body = node_let1(x, parts[i], field, body, at);
  }
  return body;
}

static CoreNode *dict_test(Tree *t, const Test *test, CoreVar *const *parts, CoreNode *yes,
                           CoreVar *next) {
  Expand *x = t->x;
  const Pattern *p = test->pattern;
  Span at = p->span;
  CoreNode *body = yes;
  for (uint32_t i = p->n; i-- > 0;) {
    if (!parts[i]) continue;
    CoreNode *value = node_prim2(x, PRIM_dict_ref, node_local(x, test->v, at),
                                 core_const_new(x->p, p->keys[i], at), at);
    body = node_let1(x, parts[i], value, body, at);
  }
  for (uint32_t i = p->n; i-- > 0;) {
    CoreNode *has = node_prim2(x, PRIM_dict_has, node_local(x, test->v, at),
                               core_const_new(x->p, p->keys[i], at), at);
    body = node_if(x, has, body, node_call_local(x, next, 0, NULL, at), at);
  }
  return node_if(x, node_prim1(x, PRIM_is_dict, node_local(x, test->v, at), at), body,
                 node_call_local(x, next, 0, NULL, at), at);
}

static CoreNode *call_elements(Tree *t, CoreVar *elements, uint32_t n, CoreVar *const *parts,
                               CoreNode *const *values, Span at) {
  CoreNode **args = ARENA_ARRAY(t->x->a, CoreNode *, n ? n : 1);
  uint32_t nargs = 0;
  for (uint32_t i = 0; i < n; i++)
    if (parts[i]) args[nargs++] = values[i];
  return node_call_local(t->x, elements, nargs, args, at);
}

/* v as a list that is known to be a pair, or, for no fixed elements, to be
 * right: pair? at each further element, then the end. */
static CoreNode *list_elements(Tree *t, const Test *test, CoreVar *const *parts, CoreVar *elements,
                               CoreVar *next) {
  Expand *x = t->x;
  const Pattern *p = test->pattern;
  Span at = p->span;
  uint32_t fixed = p->n - (p->rest ? 1 : 0);
  CoreVar **cells = ARENA_ARRAY(x->a, CoreVar *, fixed + 1);
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, p->n ? p->n : 1);
  cells[0] = test->v;
  for (uint32_t i = 0; i < fixed; i++) {
    cells[i + 1] = var_new(x, "_tail", at);
    if (parts[i]) values[i] = node_prim1(x, PRIM_car, node_local(x, cells[i], at), at);
  }
  if (p->rest && parts[fixed]) values[fixed] = node_local(x, cells[fixed], at);
  CoreNode *body = call_elements(t, elements, p->n, parts, values, at);
  if (!p->rest && fixed > 0) {
    CoreNode *ends = node_prim1(x, PRIM_is_null, node_local(x, cells[fixed], at), at);
    body = node_if(x, ends, body, node_call_local(x, next, 0, NULL, at), at);
  }
  for (uint32_t i = fixed; i-- > 0;) {
    CoreNode *cdr = node_prim1(x, PRIM_cdr, node_local(x, cells[i], at), at);
    body = node_let1(x, cells[i + 1], cdr, body, at);
    if (i == 0) break;
    CoreNode *pair = node_prim1(x, PRIM_is_pair, node_local(x, cells[i], at), at);
    body = node_if(x, pair, body, node_call_local(x, next, 0, NULL, at), at);
  }
  return body;
}

static CoreNode *array_elements(Tree *t, const Test *test, CoreVar *const *parts, CoreVar *elements,
                                CoreVar *next) {
  Expand *x = t->x;
  const Pattern *p = test->pattern;
  Span at = p->span;
  uint32_t fixed = p->n - (p->rest ? 1 : 0);
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, p->n ? p->n : 1);
  for (uint32_t i = 0; i < p->n; i++) {
    if (!parts[i]) continue;
    PrimId id = i == fixed ? PRIM_seq_rest : PRIM_seq_ref;
    values[i] = node_prim2(x, id, node_local(x, test->v, at), node_int(x, i, at), at);
  }
  CoreNode *length = node_prim1(x, PRIM_seq_length, node_local(x, test->v, at), at);
  CoreNode *fits =
      node_prim2(x, p->rest ? PRIM_fx_ge : PRIM_fx_eq, length, node_int(x, fixed, at), at);
  return node_if(x, fits, call_elements(t, elements, p->n, parts, values, at),
                 node_call_local(x, next, 0, NULL, at), at);
}

static CoreNode *seq_test(Tree *t, const Test *test, CoreVar *const *parts, CoreNode *yes,
                          CoreVar *next) {
  Expand *x = t->x;
  const Pattern *p = test->pattern;
  Span at = p->span;
  uint32_t n = 0;
  CoreVar **params = ARENA_ARRAY(x->a, CoreVar *, p->n ? p->n : 1);
  for (uint32_t i = 0; i < p->n; i++)
    if (parts[i]) params[n++] = parts[i];
  CoreVar *elements = var_new(x, "_elements", at);
  CoreLambda *l = lambda_new(x, NULL, n, params, yes, at);
  uint32_t fixed = p->n - (p->rest ? 1 : 0);
  CoreNode *is_list =
      node_prim1(x, fixed ? PRIM_is_pair : PRIM_is_null, node_local(x, test->v, at), at);
  if (fixed == 0 && p->rest)
    is_list = node_if(x, node_prim1(x, PRIM_is_pair, node_local(x, test->v, at), at),
                      node_bool(x, true, at), is_list, at);
  CoreNode *list = list_elements(t, test, parts, elements, next);
  CoreNode *array = array_elements(t, test, parts, elements, next);
  CoreNode *body = node_if(x, is_list, list, array, at);
  return node_let1(x, elements, node_lambda(x, l, at), body, at);
}

static CoreNode *simple_test(Tree *t, const Test *test) {
  const Pattern *p = test->pattern;
  switch (p->tag) {
  case PAT_LITERAL: return literal_test(t, test->v, p->literal, p->span);
  case PAT_STRUCT:
    return node_prim2(t->x, PRIM_struct_is, node_local(t->x, test->v, p->span),
                      node_raw(t->x, p->kind->first, p->span), p->span);
  default: return kind_test(t->x, p->kind, test->v, p->span);
  }
}

static CoreNode *branch(Tree *t, Rows *rows, const Test *test) {
  Expand *x = t->x;
  CoreVar **parts = part_vars(t, rows, test);
  Rows no_rows = rows_no(t, rows, test);
  CoreNode *yes = compile(t, rows_yes(t, rows, test, parts));
  PatternTag tag = test->pattern->tag;
  if (tag != PAT_SEQ && tag != PAT_DICT) {
    yes = bind_fields(t, test, parts, yes);
    return node_if(x, simple_test(t, test), yes, compile(t, no_rows), test->pattern->span);
  }
  CoreVar *next = var_new(x, "_next", test->pattern->span);
  CoreLambda *no = lambda_new(x, NULL, 0, NULL, compile(t, no_rows), test->pattern->span);
  CoreNode *body =
      tag == PAT_SEQ ? seq_test(t, test, parts, yes, next) : dict_test(t, test, parts, yes, next);
  return node_let1(x, next, node_lambda(x, no, no->span), body, test->pattern->span);
}

/* The first row's `or` becomes a row for each alternative. */
static Rows split_or(Tree *t, const Rows *rows, size_t at) {
  Rows out = {0};
  const Test *test = &rows->items[0].tests.items[at];
  for (uint32_t i = 0; i < test->pattern->n; i++) {
    Row row = row_copy(t, &rows->items[0], at);
    add_test(t, &row, test->v, test->pattern->items[i]);
    VEC_PUSH(t->x->a, &out, row);
  }
  for (size_t i = 1; i < rows->n; i++) VEC_PUSH(t->x->a, &out, rows->items[i]);
  return out;
}

/* More rows than fit: the first ones, and a call of what does the others. The
 * groups are made from the last to the first. */
static CoreNode *compile_long(Tree *t, Rows rows) {
  Expand *x = t->x;
  size_t ngroups = (rows.n + ROWS_MAX - 1) / ROWS_MAX;
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, ngroups);
  CoreLambda **lambdas = ARENA_ARRAY(x->a, CoreLambda *, ngroups);
  CoreVar *outer = t->next;
  CoreNode *body = NULL;
  for (size_t g = ngroups; g-- > 0;) {
    Rows part = {0};
    for (size_t i = g * ROWS_MAX; i < rows.n && i < (g + 1) * ROWS_MAX; i++)
      VEC_PUSH(x->a, &part, rows.items[i]);
    t->next = g + 1 < ngroups ? vars[g + 1] : outer;
    body = compile_group(t, part);
    vars[g] = var_new(x, "_group", t->span);
    lambdas[g] = lambda_new(x, NULL, 0, NULL, body, t->span);
  }
  t->next = outer;
  for (size_t g = 1; g < ngroups; g++)
    body = node_let1(x, vars[g], node_lambda(x, lambdas[g], t->span), body, t->span);
  return body;
}

/* The first row, and a call of what does the others: no row is ever copied. */
static CoreNode *compile_one_by_one(Tree *t, Rows rows) {
  Expand *x = t->x;
  Rows first = {0}, others = {0};
  VEC_PUSH(x->a, &first, rows.items[0]);
  for (size_t i = 1; i < rows.n; i++) VEC_PUSH(x->a, &others, rows.items[i]);
  CoreLambda *l = lambda_new(x, NULL, 0, NULL, compile(t, others), t->span);
  CoreVar *outer = t->next, *next = var_new(x, "_others", t->span);
  t->next = next;
  CoreNode *body = compile_group(t, first);
  t->next = outer;
  return node_let1(x, next, node_lambda(x, l, t->span), body, t->span);
}

static CoreNode *compile(Tree *t, Rows rows) {
  return rows.n > ROWS_MAX ? compile_long(t, rows) : compile_group(t, rows);
}

static CoreNode *compile_group(Tree *t, Rows rows) {
  for (;;) {
    if (rows.n == 0) return fail(t);
    const Row *first = &rows.items[0];
    size_t at = SIZE_MAX;
    for (size_t i = 0; i < first->tests.n && at == SIZE_MAX; i++)
      if (first->tests.items[i].pattern->tag == PAT_OR) at = i;
    if (at == SIZE_MAX) break;
    rows = split_or(t, &rows, at);
    if (rows.n > ROWS_MAX) return compile_long(t, rows);
  }
  const Row *first = &rows.items[0];
  if (first->tests.n > 0) {
    if (rows.n > 1 && t->nbranches++ > t->limit) return compile_one_by_one(t, rows);
    Test test = first->tests.items[0];
    return branch(t, &rows, &test);
  }
  Rows rest = {0};
  for (size_t i = 1; i < rows.n; i++) VEC_PUSH(t->x->a, &rest, rows.items[i]);
  return leaf(t, first, rest);
}

/* ---- warnings ---- */

static bool takes_everything(const Clause *c) {
  const Pattern *p = c->pattern;
  return c->guards.n == 0 && (p->tag == PAT_ANY || p->tag == PAT_BIND);
}

static void warn_unreachable(Expand *x, Clause *const *clauses, size_t n) {
  const Clause *all = NULL;
  for (size_t i = 0; i < n; i++) {
    const Clause *c = clauses[i];
    if (!c->reached) {
      diag_report(x->diag, DIAG_W0304, c->span, "this clause is never reached");
      if (all) diag_note(x->diag, all->span, "this pattern matches everything");
      else diag_help(x->diag, "the clauses before it match all its values");
    }
    if (!all && takes_everything(c)) all = c;
  }
}

/* The enum whose cases the clauses are about, if nothing else is. */
static const Kind *matched_enum(Expand *x, const Pattern *p) {
  if (p->tag == PAT_AND)
    for (uint32_t i = 0; i < p->n; i++)
      if (matched_enum(x, p->items[i])) return matched_enum(x, p->items[i]);
  if (p->tag == PAT_OR) return p->n ? matched_enum(x, p->items[0]) : NULL;
  if (p->tag != PAT_STRUCT) return NULL;
  return x->case_enums.items[p->kind->first];
}

/* A case counts as matched if some pattern is about it, however partly. */
static void mark_cases(const Pattern *p, const Kind *e, bool *covered) {
  if (p->tag == PAT_STRUCT && p->kind->first - e->first < e->count)
    covered[p->kind->first - e->first] = true;
  if (p->tag == PAT_OR || p->tag == PAT_AND)
    for (uint32_t i = 0; i < p->n; i++) mark_cases(p->items[i], e, covered);
}

static void warn_missing_case(Expand *x, Clause *const *clauses, size_t n, Span at) {
  const Kind *e = NULL;
  for (size_t i = 0; i < n && !e; i++) e = matched_enum(x, clauses[i]->pattern);
  if (!e) return;
  bool *covered = ARENA_ARRAY(x->a, bool, e->count);
  for (size_t i = 0; i < n; i++) {
    if (clauses[i]->guards.n > 0) continue;
    if (!matched_enum(x, clauses[i]->pattern)) return; /* may match any case */
    mark_cases(clauses[i]->pattern, e, covered);
  }
  const char *names = NULL;
  uint32_t missing = 0;
  for (uint32_t i = 0; i < e->count; i++) {
    if (covered[i]) continue;
    const char *name = x->p->structs.items[e->first + i]->name->bytes;
    names = names ? arena_printf(x->a, "%s, %s", names, name) : name;
    missing++;
  }
  if (missing == 0) return;
  diag_report(x->diag, DIAG_W0306, at, "the case%s %s of %s %s not matched",
              missing == 1 ? "" : "s", names, e->name->bytes, missing == 1 ? "is" : "are");
  diag_help(x->diag, "a value of another case is a match error; add a clause, or `_`");
}

CoreNode *clauses_compile(Expand *x, CoreVar *v, Clause **clauses, size_t n, Span at) {
  Tree t = {.x = x, .value = v, .span = at, .limit = 200 + 20 * n};
  Rows rows = {0};
  for (size_t i = 0; i < n; i++) {
    Clause *c = clauses[i];
    c->join = var_new(x, "_clause", c->span);
    for (size_t g = 0; g < c->guards.n; g++) c->guards.items[g].fn = var_new(x, "_guard", c->span);
    Row row = {.clause = c, .bound = ARENA_ARRAY(x->a, CoreVar *, c->vars.n ? c->vars.n : 1)};
    add_test(&t, &row, v, c->pattern);
    VEC_PUSH(x->a, &rows, row);
  }
  CoreNode *tree = compile(&t, rows);
  bool quiet = x->module == &x->prelude || diag_error_count(x->diag) > 0;
  if (!quiet) warn_unreachable(x, clauses, n);
  if (!quiet) warn_missing_case(x, clauses, n, at);
  for (size_t i = n; i-- > 0;) {
    Clause *c = clauses[i];
    CoreLambda *l = lambda_new(x, NULL, (uint32_t)c->params.n, c->params.items, c->body, c->span);
    tree = node_let1(x, c->join, node_lambda(x, l, c->span), tree, at);
    for (size_t k = c->guards.n; k-- > 0;) {
      const Guard *g = &c->guards.items[k];
      Span here = g->datum->span;
      l = lambda_new(x, NULL, (uint32_t)c->vars.n, g->params, g->node, here);
      tree = node_let1(x, g->fn, node_lambda(x, l, here), tree, at);
    }
  }
  return tree;
}
