/* let in its three shapes and its relatives.
 *
 *   (let [x 10] [y 20] ..)  (let [x 10 y 20] ..)  (let ((x 10) (y 20)) ..)
 *
 * are one form: all values are evaluated, then matched against their targets.
 * ^:seq or let* binds one after the other, ^:rec or letrec is a body with
 * definitions, a name before the slots makes a loop. The last form is body.
 */
#include "expand.h"

/* ---- slots ---- */

static void bad_slot(Expand *x, Span at, const char *message) {
  diag_report(x->diag, DIAG_E0205, at, "%s", message);
  diag_help(x->diag, "a binding is a name and a value: [x 10], or typed: [x {Int} 10]");
}

/* target {K}? value, repeated. {K} is a type if a form follows it. */
void slots_of_array(Expand *x, const Datum *array, Slots *out) {
  for (uint32_t i = 0; i < array->n;) {
    Slot s = {.target = array->items[i++]};
    if (s.target->kind == DATUM_TAG) {
      Tags tags = {0};
      s.target = tags_strip(s.target, &tags);
      if (tags.span.file)
        diag_report(x->diag, DIAG_E0204, tags.span, "this tag means nothing on a binding");
    }
    if (i + 1 < array->n && array->items[i]->kind == DATUM_KIND) s.kind = array->items[i++];
    if (i < array->n) {
      s.value = array->items[i++];
    } else if (s.target->kind != DATUM_ERROR) {
      bad_slot(x, s.target->span, "this binding has no value");
    }
    VEC_PUSH(x->a, out, s);
  }
}

/* ((x 10) (y 20)), as Scheme writes it. */
static void slots_of_list(Expand *x, const Datum *list, Slots *out) {
  for (uint32_t i = 0; i < list->n; i++) {
    const Datum *b = list->items[i];
    if ((b->kind == DATUM_LIST || b->kind == DATUM_ARRAY) && b->n > 0) slots_of_array(x, b, out);
    else if (b->kind != DATUM_ERROR) bad_slot(x, b->span, "this is not a binding");
    if (b->kind == DATUM_SYMBOL)
      VEC_PUSH(x->a, out, ((Slot){.target = b})); /* known from here on */
  }
}

/* The bindings from items[i] on; the index of the body. */
static uint32_t let_slots(Expand *x, const Datum *d, uint32_t i, Tags *tags, Slots *out) {
  const Datum *first = i < d->n ? tags_strip(d->items[i], tags) : NULL;
  if (!first || i + 1 >= d->n) {
    diag_report(x->diag, DIAG_E0201, d->span, "this form has no %s", first ? "body" : "bindings");
    diag_help(x->diag, "write (let [name value] body); the last form is always the body");
    return d->n;
  }
  if (first->kind == DATUM_LIST) {
    slots_of_list(x, first, out);
    return i + 1;
  }
  if (first->kind != DATUM_ARRAY && first->kind != DATUM_ERROR) {
    bad_slot(x, first->span, "bindings stand in brackets");
    return i + 1;
  }
  for (; i + 1 < d->n; i++) {
    const Datum *slot = tags_strip(d->items[i], tags);
    if (slot->kind != DATUM_ARRAY) break;
    slots_of_array(x, slot, out);
  }
  return i;
}

static CoreNode *slot_value(Expand *x, const Slot *s) {
  if (!s->value) return expand_error(x, s->target->span);
  CoreNode *value = expand_expr(x, s->value);
  if (value->kind == CORE_LAMBDA && !value->lambda->name && s->target->kind == DATUM_SYMBOL)
    value->lambda->name = s->target->name;
  return value;
}

static Span value_span(const Slot *s) { return s->value ? s->value->span : s->target->span; }

/* ---- parallel ---- */

static void check_twice(Expand *x, const Slots *slots) {
  PtrMap *seen = ptrmap_new(x->a);
  for (size_t i = 0; i < slots->n; i++) {
    const Datum *t = slots->items[i].target;
    if (t->kind != DATUM_SYMBOL || datum_is_symbol(t, "_")) continue;
    const Datum *before = ptrmap_get(seen, t->name);
    if (before) {
      diag_report(x->diag, DIAG_E0303, t->span, "`%s` is bound twice in this let", t->name->bytes);
      diag_note(x->diag, before->span, "first bound here");
      diag_help(x->diag, "let* binds one after the other");
    }
    ptrmap_put(seen, t->name, (void *)t);
  }
}

typedef struct LetWork {
  const Datum *d;
  uint32_t body;
  const Slots *slots;
  size_t next; /* slot to match */
  CoreVar **vars;
} LetWork;

static CoreNode *let_body(Expand *x, const LetWork *w) {
  return expand_body(x, w->d, w->body, "this let");
}

/* Matches the values that are not simply named, then makes the body. */
static CoreNode *let_patterns(Expand *x, void *ctx) {
  LetWork *w = ctx;
  while (w->next < w->slots->n && pattern_is_name(x, w->slots->items[w->next].target)) w->next++;
  if (w->next == w->slots->n) return let_body(x, w);
  const Slot *s = &w->slots->items[w->next];
  CoreNode *value = node_local(x, w->vars[w->next++], value_span(s));
  return pattern_bind(x, s->target, s->kind, value, true, let_patterns, w, value_span(s));
}

static CoreNode *let_parallel(Expand *x, const Datum *d, uint32_t body, const Slots *slots) {
  check_twice(x, slots);
  size_t mark = scope_mark(x), n = slots->n;
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, n ? n : 1);
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  const Kind **kinds = ARENA_ARRAY(x->a, const Kind *, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    const Slot *s = &slots->items[i];
    values[i] = slot_value(x, s);
    if (!pattern_is_name(x, s->target) || !s->kind) continue;
    kinds[i] = kind_of_datum(x, s->kind);
    values[i] = kind_check(x, kinds[i], values[i], s->target->name->bytes, value_span(s));
  }
  for (size_t i = 0; i < n; i++) {
    const Datum *target = slots->items[i].target;
    if (pattern_is_name(x, target)) {
      vars[i] = scope_bind_new(x, target->name, target->span, true);
      scope_annotate(x, x->scope.items[x->scope.n - 1], kinds[i]);
    } else {
      vars[i] = var_new(x, "_value", target->span);
    }
  }
  LetWork w = {d, body, slots, 0, vars};
  CoreNode *inner = let_patterns(x, &w);
  scope_leave(x, mark);
  return n ? core_let_new(x->p, (uint32_t)n, vars, values, inner, d->span) : inner;
}

/* ---- sequential ---- */

static CoreNode *let_next(Expand *x, void *ctx) {
  LetWork *w = ctx;
  if (w->next == w->slots->n) return let_body(x, w);
  const Slot *s = &w->slots->items[w->next++];
  return pattern_bind(x, s->target, s->kind, slot_value(x, s), true, let_next, w, value_span(s));
}

static CoreNode *let_sequential(Expand *x, const Datum *d, uint32_t body, const Slots *slots) {
  size_t mark = scope_mark(x);
  LetWork w = {d, body, slots, 0, NULL};
  CoreNode *n = let_next(x, &w);
  scope_leave(x, mark);
  return n;
}

/* ---- recursive: a body with definitions ---- */

static Datum *definition_of_slot(Expand *x, const Slot *s) {
  Datum *d = datum_new_list(x, span_join(s->target->span, value_span(s)), s->kind ? 4 : 3);
  d->items[0] = datum_new_symbol(x, name_cstr(x->names, "define"), s->target->span);
  d->items[1] = (Datum *)s->target;
  if (s->kind) d->items[2] = (Datum *)s->kind;
  d->items[d->n - 1] = (Datum *)s->value;
  return d;
}

static CoreNode *let_recursive(Expand *x, const Datum *d, uint32_t body, const Slots *slots) {
  size_t n = 0, nbody = d->n - body;
  Datum **forms = ARENA_ARRAY(x->a, Datum *, slots->n + nbody + 1);
  for (size_t i = 0; i < slots->n; i++) {
    const Slot *s = &slots->items[i];
    if (s->target->kind == DATUM_SYMBOL && s->value) forms[n++] = definition_of_slot(x, s);
    if (s->target->kind == DATUM_SYMBOL) continue;
    bad_slot(x, s->target->span, "a recursive binding binds a name, not a pattern");
    scope_forgive(x, s->target);
  }
  for (size_t i = 0; i < nbody; i++) forms[n++] = d->items[body + i];
  return expand_body_forms(x, forms, n, d->span, "this let");
}

/* ---- named ---- */

static CoreNode *let_named(Expand *x, const Datum *d) {
  const Datum *name = d->items[1];
  Tags tags = {0};
  Slots slots = {0};
  uint32_t body = d->n > 2 ? let_slots(x, d, 2, &tags, &slots) : d->n;
  if (body >= d->n) {
    if (d->n <= 2)
      diag_report(x->diag, DIAG_E0201, d->span, "this let has no bindings and no body");
    return expand_error(x, d->span);
  }
  check_twice(x, &slots);
  size_t n = slots.n;
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, n ? n : 1);
  for (size_t i = 0; i < n; i++) values[i] = slot_value(x, &slots.items[i]);
  size_t mark = scope_mark(x);
  CoreVar *loop = scope_bind_new(x, name->name, name->span, true);
  CoreVar **params = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  const Kind **kinds = ARENA_ARRAY(x->a, const Kind *, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    const Slot *s = &slots.items[i];
    if (!pattern_is_name(x, s->target)) {
      params[i] = var_new(x, "_value", s->target->span);
      continue;
    }
    params[i] = scope_bind_new(x, s->target->name, s->target->span, true);
    if (s->kind) kinds[i] = kind_of_datum(x, s->kind);
    scope_annotate(x, x->scope.items[x->scope.n - 1], kinds[i]);
  }
  LetWork w = {d, body, &slots, 0, params};
  CoreNode *inner = let_patterns(x, &w);
  for (size_t i = n; i-- > 0;)
    if (kinds[i])
      inner = kind_guard(x, kinds[i], params[i], slots.items[i].target->name->bytes, inner,
                         slots.items[i].target->span);
  scope_leave(x, mark);
  CoreLambda *l = lambda_new(x, name->name, (uint32_t)n, params, inner, d->span);
  CoreNode *call = node_call_local(x, loop, (uint32_t)n, values, d->span);
  return node_letrec1(x, loop, l, call, d->span);
}

/* ---- the forms ---- */

static CoreNode *let_of(Expand *x, const Datum *d, bool seq, bool rec) {
  Tags tags = {0};
  Slots slots = {0};
  uint32_t body = let_slots(x, d, 1, &tags, &slots);
  if (body >= d->n) return expand_error(x, d->span);
  if (tags.span.file && !tags.seq && !tags.rec)
    diag_report(x->diag, DIAG_E0204, tags.span, "this tag means nothing on a let");
  if (tags.rec || rec) return let_recursive(x, d, body, &slots);
  return tags.seq || seq ? let_sequential(x, d, body, &slots) : let_parallel(x, d, body, &slots);
}

CoreNode *form_let(Expand *x, const Datum *d) {
  bool named = d->n > 1 && d->items[1]->kind == DATUM_SYMBOL;
  return named ? let_named(x, d) : let_of(x, d, false, false);
}

CoreNode *form_let_star(Expand *x, const Datum *d) { return let_of(x, d, true, false); }

CoreNode *form_letrec(Expand *x, const Datum *d) { return let_of(x, d, false, true); }
