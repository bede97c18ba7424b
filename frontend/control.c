/* Special forms of control: if cond case when unless and or do set! |> apply
 * assert, and the table of forms that are not loops.
 *
 * Long forms (a cond of thousands of clauses) are expanded in a loop, front to
 * back, and put together back to front: they nest in tail position only.
 */
#include <string.h>

#include "expand.h"

static CoreNode *malformed(Expand *x, const Datum *d, const char *message, const char *help) {
  diag_report(x->diag, DIAG_E0201, d->span, "%s", message);
  diag_help(x->diag, "%s", help);
  return expand_error(x, d->span);
}

static CoreNode *form_quote(Expand *x, const Datum *d) {
  if (d->n != 2) return malformed(x, d, "`quote` takes one datum", "write '(1 2) or (quote (1 2))");
  return expand_quoted(x, d->items[1], d->span);
}

static CoreNode *form_if(Expand *x, const Datum *d) {
  if (d->n != 3 && d->n != 4)
    return malformed(x, d, "`if` takes a test, a value and an optional other value",
                     "several forms as one stand in (do ...); many tests are a (cond ...)");
  CoreNode *test = expand_expr(x, d->items[1]);
  CoreNode *then = expand_expr(x, d->items[2]);
  CoreNode *otherwise = d->n == 4 ? expand_expr(x, d->items[3]) : node_nothing(x, d->span);
  return node_if(x, test, then, otherwise, d->span);
}

static CoreNode *form_when(Expand *x, const Datum *d) {
  if (d->n < 3)
    return malformed(x, d, "`when` takes a test and a body", "write (when test form ...)");
  CoreNode *test = expand_expr(x, d->items[1]);
  CoreNode *body = expand_sequence(x, d, 2);
  return node_if(x, test, body, node_nothing(x, d->span), d->span);
}

static CoreNode *form_unless(Expand *x, const Datum *d) {
  if (d->n < 3)
    return malformed(x, d, "`unless` takes a test and a body", "write (unless test form ...)");
  CoreNode *test = expand_expr(x, d->items[1]);
  CoreNode *body = expand_sequence(x, d, 2);
  return node_if(x, test, node_nothing(x, d->span), body, d->span);
}

static CoreNode *form_do(Expand *x, const Datum *d) { return expand_sequence(x, d, 1); }

/* ---- and, or ---- */

static bool is_boolean(const CoreNode *n) {
  if (n->kind != CORE_PRIM) return false;
  const char *reps = prim_table[n->prim.id].reps;
  return reps[strlen(reps) - 1] == 'B';
}

/* (and a b ...) or (or a b ...): the value that decides is the result, so it is
 * kept unless it can only be true or false. */
static CoreNode *and_or(Expand *x, const Datum *d, bool is_and) {
  uint32_t n = d->n - 1;
  if (n == 0) return node_bool(x, is_and, d->span);
  CoreNode **tests = expand_operands(x, d, 1);
  CoreNode *all = tests[n - 1];
  for (uint32_t i = n - 1; i-- > 0;) {
    Span at = tests[i]->span;
    bool keep = !is_boolean(tests[i]);
    Temp t = keep ? temp_new(x, tests[i]) : (Temp){0};
    CoreNode *test = keep ? temp_use(x, &t, at) : tests[i];
    CoreNode *decided = keep ? temp_use(x, &t, at) : node_bool(x, !is_and, at);
    all =
        is_and ? node_if(x, test, all, decided, d->span) : node_if(x, test, decided, all, d->span);
    if (keep) all = temp_wrap(x, &t, all);
  }
  return all;
}

static CoreNode *form_and(Expand *x, const Datum *d) { return and_or(x, d, true); }
static CoreNode *form_or(Expand *x, const Datum *d) { return and_or(x, d, false); }

/* ---- cond, case ---- */

static bool is_else(Expand *x, const Datum *d) {
  return datum_is_symbol(d, "else") && !ptrmap_get(x->locals, d->name);
}

static bool is_clause(Expand *x, const Datum *c, const char *form) {
  if (c->kind == DATUM_LIST && c->n > 0) return true;
  if (c->kind == DATUM_ERROR) return false;
  diag_report(x->diag, DIAG_E0201, c->span, "a clause of `%s` is a list", form);
  diag_help(x->diag, "write (%s form ...)", form[2] == 'n' ? "test" : "(value ...)");
  return false;
}

static void check_else_last(Expand *x, const Datum *d, uint32_t i) {
  if (i + 1 == d->n) return;
  diag_report(x->diag, DIAG_E0207, d->items[i]->span, "`else` is not the last clause");
  diag_help(x->diag, "clauses after it would never be tried");
}

/* (test), (test form ...), (test => function) */
static CoreNode *cond_clause(Expand *x, const Datum *c, CoreNode **test, Temp *value) {
  Span at = c->items[0]->span;
  CoreNode *tested = expand_expr(x, c->items[0]);
  bool arrow = c->n == 3 && datum_is_symbol(c->items[1], "=>");
  if (c->n > 1 && !arrow) {
    *test = tested;
    return expand_sequence(x, c, 1);
  }
  *value = temp_new(x, tested);
  *test = temp_use(x, value, at);
  if (!arrow) return temp_use(x, value, at);
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, 1);
  CoreNode *fn = expand_expr(x, c->items[2]);
  args[0] = temp_use(x, value, at);
  return node_call(x, fn, 1, args, c->span);
}

static CoreNode *form_cond(Expand *x, const Datum *d) {
  uint32_t n = d->n - 1;
  CoreNode **tests = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  CoreNode **bodies = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  Temp *values = ARENA_ARRAY(x->a, Temp, n + 1);
  CoreNode *otherwise = NULL;
  uint32_t count = 0;
  for (uint32_t i = 1; i < d->n; i++) {
    const Datum *c = d->items[i];
    if (!is_clause(x, c, "cond")) continue;
    if (is_else(x, c->items[0])) {
      check_else_last(x, d, i);
      otherwise = expand_sequence(x, c, 1);
      continue;
    }
    bodies[count] = cond_clause(x, c, &tests[count], &values[count]);
    count++;
  }
  CoreNode *all = otherwise ? otherwise : node_nothing(x, d->span);
  for (uint32_t i = count; i-- > 0;) {
    all = node_if(x, tests[i], bodies[i], all, tests[i]->span);
    if (values[i].var) all = temp_wrap(x, &values[i], all);
  }
  return all;
}

/* case is a match on literals. */
static void case_pattern(Expand *x, const Datum *data, Clause *c) {
  bool list = data->kind == DATUM_LIST && data->n > 0;
  uint32_t n = list ? data->n : 1;
  Pattern *any_of = ARENA_NEW(x->a, Pattern);
  *any_of = (Pattern){.tag = PAT_OR, .span = data->span, .n = n};
  any_of->items = ARENA_ARRAY(x->a, Pattern *, n);
  for (uint32_t i = 0; i < n; i++) {
    const Datum *d = list ? data->items[i] : data;
    Pattern *p = ARENA_NEW(x->a, Pattern);
    *p = (Pattern){.tag = PAT_LITERAL, .span = d->span};
    bool keyword = d->kind == DATUM_QUOTE;
    p->literal = literal_of_datum(x, keyword ? d->items[0] : d);
    any_of->items[i] = p;
  }
  c->pattern = any_of;
}

static CoreNode *form_case(Expand *x, const Datum *d) {
  if (d->n < 2)
    return malformed(x, d, "`case` takes a value and clauses",
                     "write (case value ((1 2) form ...) (else form ...))");
  Temp t = temp_new(x, expand_expr(x, d->items[1]));
  Clause **clauses = ARENA_ARRAY(x->a, Clause *, d->n);
  size_t n = 0;
  bool has_else = false;
  for (uint32_t i = 2; i < d->n; i++) {
    const Datum *datum = d->items[i];
    if (!is_clause(x, datum, "case")) continue;
    Clause *c = ARENA_NEW(x->a, Clause);
    c->span = datum->items[0]->span;
    if (is_else(x, datum->items[0])) {
      check_else_last(x, d, i);
      has_else = true;
      c->pattern = ARENA_NEW(x->a, Pattern); /* anything */
    } else {
      case_pattern(x, datum->items[0], c);
    }
    c->body = expand_sequence(x, datum, 1);
    clauses[n++] = c;
  }
  if (!has_else) {
    Clause *c = clauses[n++] = ARENA_NEW(x->a, Clause);
    c->pattern = ARENA_NEW(x->a, Pattern);
    c->span = d->span;
    c->body = node_nothing(x, d->span);
  }
  return temp_wrap(x, &t, clauses_compile(x, t.var, clauses, n, d->span));
}

/* ---- set! ---- */

static CoreNode *report_set(Expand *x, const Datum *target, const Binding *b) {
  const char *name = target->name->bytes;
  if (b->tag == BIND_FORM)
    diag_report(x->diag, DIAG_E0304, target->span, "`%s` is a special form", name);
  else if (b->tag == BIND_STRUCT || b->tag == BIND_CASE || b->tag == BIND_KIND)
    diag_report(x->diag, DIAG_E0304, target->span, "`%s` is a kind or a case of one", name);
  else diag_report(x->diag, DIAG_E0304, target->span, "`%s` belongs to the library", name);
  diag_help(x->diag, "only names defined in this file can be given a new value");
  return expand_error(x, target->span);
}

static CoreNode *form_set(Expand *x, const Datum *d) {
  const Datum *target = d->n == 3 ? d->items[1] : NULL;
  if (!target || target->kind != DATUM_SYMBOL) {
    if (target && target->kind == DATUM_ERROR) return expand_error(x, d->span);
    bool path = target && target->kind == DATUM_PATH;
    return malformed(x, d, "`set!` takes a name and a value",
                     path ? "use put! for fields and elements: (put! p.age 31)"
                          : "write (set! x 1)");
  }
  CoreNode *value = expand_expr(x, d->items[2]);
  Binding *b = scope_lookup(x, target->name);
  if (!b) {
    scope_report_unknown(x, target->name, target->span, WANTED_VALUE);
    return expand_error(x, d->span);
  }
  bool own = b->tag == BIND_LOCAL ||
             (b->tag == BIND_GLOBAL && (!b->from_prelude || x->module == &x->prelude));
  if (!own) return report_set(x, target, b);
  if (b->kind) value = kind_check(x, b->kind, value, target->name->bytes, d->items[2]->span);
  scope_note_reference(x, b, NULL);
  if (b->tag == BIND_LOCAL) return node_set(x, b->var, value, d->span);
  CoreNode *n = core_node_new(x->p, CORE_SET_GLOBAL, d->span);
  n->set_global.global = b->global;
  n->set_global.value = value;
  b->global->assigned = true;
  return n;
}

/* ---- |> ---- */

/* The stage as a call with `value` where `_` stands, or first. */
static Datum *pipe_stage(Expand *x, const Datum *stage, Datum *value) {
  if (stage->kind != DATUM_LIST || stage->n == 0) {
    Datum *call = datum_new_list(x, stage->span, 2);
    call->items[0] = (Datum *)stage;
    call->items[1] = value;
    return call;
  }
  bool placed = false;
  Datum *call = datum_new_list(x, stage->span, stage->n + 1);
  for (uint32_t i = 0; i < stage->n; i++) {
    bool here = i > 0 && datum_is_symbol(stage->items[i], "_");
    call->items[i] = here ? value : stage->items[i];
    placed |= here;
  }
  if (placed) {
    call->n = stage->n;
    return call;
  }
  for (uint32_t i = stage->n; i > 1; i--) call->items[i] = call->items[i - 1];
  call->items[1] = value;
  return call;
}

/* Each stage's value gets a variable that no name in the source can mean. */
static CoreNode *form_pipe(Expand *x, const Datum *d) {
  if (d->n < 2) return malformed(x, d, "`|>` takes a value and functions", "write (|> x (f 1) g)");
  size_t mark = scope_mark(x);
  uint32_t n = d->n - 2;
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, n + 1);
  CoreNode **inits = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  inits[0] = expand_expr(x, d->items[1]);
  for (uint32_t i = 0; i < n; i++) {
    Name *name = ARENA_NEW(x->a, Name);
    *name = *name_cstr(x->names, "_piped");
    Span at = d->items[i + 1]->span;
    vars[i] = scope_bind_new(x, name, at, false);
    Datum *value = datum_new_symbol(x, name, at);
    inits[i + 1] = expand_expr(x, pipe_stage(x, d->items[i + 2], value));
  }
  CoreNode *last = inits[n];
  for (uint32_t i = n; i-- > 0;) last = node_let1(x, vars[i], inits[i], last, d->span);
  scope_leave(x, mark);
  return last;
}

/* ---- apply, assert, the rest ---- */

static CoreNode *form_apply(Expand *x, const Datum *d) {
  if (d->n < 3)
    return malformed(x, d, "`apply` takes a function and at least a list of arguments",
                     "write (apply f a b list)");
  CoreNode *fn = expand_expr(x, d->items[1]);
  CoreNode *call = node_call(x, fn, d->n - 2, expand_operands(x, d, 2), d->span);
  call->kind = CORE_APPLY;
  return call;
}

static CoreNode *form_assert(Expand *x, const Datum *d) {
  if (d->n != 2 && d->n != 3)
    return malformed(x, d, "`assert` takes a condition and an optional message",
                     "write (assert (= x 1))");
  CoreNode *test = expand_expr(x, d->items[1]);
  CoreNode *message = d->n == 3 ? expand_expr(x, d->items[2])
                                : node_string(x, source_text(x, d->items[1]->span), d->span);
  CoreNode *fails = node_prim2(x, PRIM_assert, node_bool(x, false, d->span), message, d->span);
  return node_if(x, test, node_nothing(x, d->span), fails, d->span);
}

static CoreNode *form_deftest(Expand *x, const Datum *d) {
  diag_report(x->diag, DIAG_E0202, d->span, "`deftest` stands at top level only");
  return expand_error(x, d->span);
}

/* The kind that a datum names whatever the program does; NULL if it is an
 * expression. */
static const Kind *written_kind(Expand *x, const Datum *d) {
  if (d->kind == DATUM_KIND) return kind_of_datum(x, d);
  if (d->kind != DATUM_SYMBOL || ptrmap_get(x->locals, d->name)) return NULL;
  return kind_find(x, d->name);
}

/* (type? v {K}) with a kind written out is the kind's own test. */
static CoreNode *form_type(Expand *x, const Datum *d) {
  if (d->n != 3)
    return malformed(x, d, "`type?` takes a value and a kind", "write (type? x Int)");
  const Kind *k = written_kind(x, d->items[2]);
  if (!k) return node_prim(x, PRIM_is_of_kind, 2, expand_operands(x, d, 1), d->span);
  Temp t = temp_new(x, expand_expr(x, d->items[1]));
  return temp_wrap(x, &t, kind_test(x, k, t.var, d->span));
}

const SpecialForm control_forms[] = {
    {"quote", form_quote, false},     {"if", form_if, false},
    {"when", form_when, false},       {"unless", form_unless, false},
    {"do", form_do, false},           {"begin", form_do, false},
    {"and", form_and, false},         {"or", form_or, false},
    {"cond", form_cond, false},       {"case", form_case, false},
    {"set!", form_set, false},        {"put!", form_put, true},
    {"update", form_update, true},    {"|>", form_pipe, false},
    {"apply", form_apply, true},      {"assert", form_assert, true},
    {"deftest", form_deftest, false}, {"type?", form_type, true},
    {"match", form_match, false},     {"define", form_define, false},
    {"let", form_let, false},         {"let*", form_let_star, false},
    {"letrec", form_letrec, false},   {"letrec*", form_letrec, false},
    {"fn", form_lambda, false},       {"lambda", form_lambda, false},
    {"λ", form_lambda, false},        {NULL, NULL, false},
};
