/* Patterns as trees: what the datums of a match clause, a let or a for mean.
 *
 * Names are bound in the scope as they are met; alternatives of `or` share the
 * variables of the first. A list pattern goes by its head: quote, or, as, a
 * key, else a struct or case. Brackets are a sequence, except that exactly one
 * element with a {Kind} or a guard, without `..`, is that element itself.
 */
#include "expand.h"

typedef struct Parser {
  Expand *x;
  Clause *clause;
  const BindingVec *expected; /* in the second and later alternatives of an `or` */
  bool *seen;                 /* by index of expected */
  bool warn_unused;
} Parser;

static Pattern *parse(Parser *p, const Datum *d);

static Pattern *pattern_new(Parser *p, PatternTag tag, Span at, uint32_t n) {
  Pattern *pat = ARENA_NEW(p->x->a, Pattern);
  pat->tag = tag;
  pat->span = at;
  pat->n = n;
  pat->items = n ? ARENA_ARRAY(p->x->a, Pattern *, n) : NULL;
  return pat;
}

static Pattern *any(Parser *p, Span at) { return pattern_new(p, PAT_ANY, at, 0); }

static Pattern *bad(Parser *p, Span at, const char *message, const char *help) {
  diag_report(p->x->diag, DIAG_E0401, at, "%s", message);
  if (help) diag_help(p->x->diag, "%s", help);
  return any(p, at);
}

/* ---- names ---- */

/* A name in a later alternative of `or`: one of the first one's variables. */
static Pattern *bind_again(Parser *p, const Datum *d) {
  Pattern *pat = pattern_new(p, PAT_BIND, d->span, 0);
  for (size_t i = 0; i < p->expected->n; i++) {
    if (p->expected->items[i]->name != d->name) continue;
    if (p->seen[i])
      diag_report(p->x->diag, DIAG_E0303, d->span, "`%s` is bound twice in this pattern",
                  d->name->bytes);
    p->seen[i] = true;
    for (uint32_t k = 0; k < p->clause->vars.n; k++)
      if (p->clause->vars.items[k] == p->expected->items[i]) pat->var = k;
    return pat;
  }
  diag_report(p->x->diag, DIAG_E0402, d->span, "only one alternative of this `or` binds `%s`",
              d->name->bytes);
  diag_help(p->x->diag, "all alternatives bind the same names");
  return any(p, d->span);
}

static Pattern *bind_name(Parser *p, const Datum *d) {
  if (datum_is_symbol(d, "_")) return any(p, d->span);
  if (p->expected) return bind_again(p, d);
  Clause *c = p->clause;
  for (size_t i = 0; i < c->vars.n; i++) {
    if (c->vars.items[i]->name != d->name) continue;
    diag_report(p->x->diag, DIAG_E0303, d->span, "`%s` is bound twice in this pattern",
                d->name->bytes);
    diag_note(p->x->diag, c->vars.items[i]->span, "first bound here");
    return any(p, d->span);
  }
  scope_warn_capital(p->x, d->name, d->span);
  CoreVar *v = core_var_new(p->x->p, d->name, d->span);
  Binding *b = scope_bind(p->x, d->name, v, d->span, p->warn_unused);
  VEC_PUSH(p->x->a, &c->vars, b);
  VEC_PUSH(p->x->a, &c->params, v);
  Pattern *pat = pattern_new(p, PAT_BIND, d->span, 0);
  pat->var = (uint32_t)c->vars.n - 1;
  return pat;
}

static Pattern *struct_pattern(Parser *p, const Kind *k, Span at, uint32_t n) {
  Pattern *pat = pattern_new(p, PAT_STRUCT, at, n);
  pat->kind = k;
  return pat;
}

/* A case, or a name; a name of a case with fields lacks its fields. */
static Pattern *parse_symbol(Parser *p, const Datum *d) {
  Binding *b = ptrmap_get(p->x->locals, d->name) ? NULL : scope_global(p->x, d->name);
  if (!b || b->tag != BIND_CASE) return bind_name(p, d);
  b->used = true;
  if (b->kind->nfields == 0) return struct_pattern(p, b->kind, d->span, 0);
  diag_report(p->x->diag, DIAG_E0406, d->span, "the case `%s` has %u field%s", d->name->bytes,
              b->kind->nfields, b->kind->nfields == 1 ? "" : "s");
  diag_help(p->x->diag, "match it with (%s ...), a pattern for each field", d->name->bytes);
  return any(p, d->span);
}

/* ---- lists ---- */

static Pattern *literal(Parser *p, const Literal *l, Span at) {
  Pattern *pat = pattern_new(p, PAT_LITERAL, at, 0);
  pat->literal = l;
  return pat;
}

/* Names of the first alternative, which the others bind again. */
static BindingVec names_since(Parser *p, size_t before) {
  BindingVec names = {0};
  for (size_t i = before; i < p->clause->vars.n; i++)
    VEC_PUSH(p->x->a, &names, p->clause->vars.items[i]);
  return names;
}

static bool *flags_copy(Parser *p, size_t n, const bool *from) {
  bool *to = ARENA_ARRAY(p->x->a, bool, n ? n : 1);
  for (size_t i = 0; from && i < n; i++) to[i] = from[i];
  return to;
}

/* The alternative sees `expected` with the flags of `before`; reports if it
 * does not end with those of `after` (NULL: with all). */
static Pattern *parse_alternative(Parser *p, const Datum *d, const BindingVec *expected,
                                  const bool *before, const bool *after) {
  const BindingVec *outer_expected = p->expected;
  bool *outer_seen = p->seen, *seen = flags_copy(p, expected->n, before);
  uint32_t nerrors = diag_error_count(p->x->diag);
  p->expected = expected;
  p->seen = seen;
  Pattern *pat = parse(p, d);
  p->expected = outer_expected;
  p->seen = outer_seen;
  if (diag_error_count(p->x->diag) > nerrors) return pat;
  for (size_t i = 0; i < expected->n; i++) {
    if (seen[i] || (after && !after[i])) continue;
    diag_report(p->x->diag, DIAG_E0402, d->span, "this alternative does not bind `%s`",
                expected->items[i]->name->bytes);
    diag_help(p->x->diag, "all alternatives of `or` bind the same names");
    break;
  }
  return pat;
}

static Pattern *parse_or(Parser *p, const Datum *d) {
  if (d->n < 2) return bad(p, d->span, "`or` has no alternatives", NULL);
  Pattern *pat = pattern_new(p, PAT_OR, d->span, d->n - 1);
  size_t nvars = p->clause->vars.n;
  const bool *before = p->expected ? flags_copy(p, p->expected->n, p->seen) : NULL;
  pat->items[0] = parse(p, d->items[1]);
  BindingVec own = names_since(p, nvars);
  const BindingVec *expected = p->expected ? p->expected : &own;
  for (uint32_t i = 2; i < d->n; i++)
    pat->items[i - 1] = parse_alternative(p, d->items[i], expected, before, p->seen);
  return pat;
}

static Pattern *parse_as(Parser *p, const Datum *d) {
  if (d->n != 3 || d->items[2]->kind != DATUM_SYMBOL)
    return bad(p, d->span, "`as` takes a pattern and a name", "write (as pattern name)");
  Pattern *pat = pattern_new(p, PAT_AND, d->span, 2);
  pat->items[0] = parse(p, d->items[1]);
  pat->items[1] = bind_name(p, d->items[2]);
  return pat;
}

static const Datum *key_name(const Datum *d) {
  bool key = d->kind == DATUM_QUOTE && d->items[0]->kind == DATUM_SYMBOL;
  return key ? d->items[0] : NULL;
}

/* (:x :y) */
static Pattern *parse_keys(Parser *p, const Datum *d) {
  Pattern *pat = pattern_new(p, PAT_DICT, d->span, d->n);
  pat->keys = ARENA_ARRAY(p->x->a, const Literal *, d->n);
  for (uint32_t i = 0; i < d->n; i++) {
    const Datum *key = key_name(d->items[i]);
    if (!key)
      return bad(p, d->items[i]->span, "a list pattern of keys has only keys",
                 "write (:x :y), or #{:x pattern} to match the values");
    pat->keys[i] = literal_symbol(p->x, key->name);
    pat->items[i] = bind_name(p, key);
  }
  return pat;
}

/* (Ctor p ...) */
static Pattern *parse_constructor(Parser *p, const Datum *d) {
  const Datum *head = d->items[0];
  if (head->kind != DATUM_SYMBOL)
    return bad(p, d->span, "a list pattern starts with a struct, a case, `or`, `as` or a key",
               "a sequence is matched with brackets: [a b .. rest]");
  Binding *b = ptrmap_get(p->x->locals, head->name) ? NULL : scope_global(p->x, head->name);
  if (!b || (b->tag != BIND_STRUCT && b->tag != BIND_CASE)) {
    if (!b) {
      scope_report_unknown(p->x, head->name, head->span, WANTED_CONSTRUCTOR);
      return any(p, d->span);
    }
    return bad(p, head->span, "this is neither a struct nor a case of an enum",
               "a sequence is matched with brackets, a list of data with a quote: '(a b)");
  }
  b->used = true;
  uint32_t n = b->kind->nfields;
  if (d->n - 1 != n) {
    diag_report(p->x->diag, DIAG_E0406, d->span, "`%s` has %u field%s, this pattern has %u",
                head->name->bytes, n, n == 1 ? "" : "s", d->n - 1);
    return any(p, d->span);
  }
  Pattern *pat = struct_pattern(p, b->kind, d->span, n);
  for (uint32_t i = 0; i < n; i++) pat->items[i] = parse(p, d->items[i + 1]);
  return pat;
}

static Pattern *parse_list(Parser *p, const Datum *d) {
  if (d->n == 0) return literal(p, core_literal_of(p->x->p, LIT_EMPTY), d->span);
  if (d->tail) return bad(p, d->span, "a dotted pair is no pattern", "write [first .. rest]");
  const Datum *head = d->items[0];
  if (datum_is_symbol(head, "quote") && d->n == 2)
    return literal(p, literal_of_datum(p->x, d->items[1]), d->span);
  if (datum_is_symbol(head, "or")) return parse_or(p, d);
  if (datum_is_symbol(head, "as")) return parse_as(p, d);
  if (key_name(head)) return parse_keys(p, d);
  return parse_constructor(p, d);
}

/* ---- brackets ---- */

static Pattern *with_kind(Parser *p, Pattern *pat, const Datum *kind) {
  Pattern *test = pattern_new(p, PAT_KIND, kind->span, 0);
  test->kind = kind_of_datum(p->x, kind);
  if (kind_is_any(test->kind)) return pat;
  Pattern *both = pattern_new(p, PAT_AND, pat->span, 2);
  both->items[0] = test;
  both->items[1] = pat;
  return both;
}

typedef struct Brackets {
  VEC(Pattern *) elements;
  bool rest, typed, guarded;
} Brackets;

static uint32_t bracket_rest(Parser *p, const Datum *d, uint32_t i, Brackets *b) {
  if (i + 1 >= d->n || d->items[i + 1]->kind != DATUM_SYMBOL) {
    bad(p, d->items[i]->span, "`..` is followed by the name of the rest", NULL);
    return i + 1;
  }
  VEC_PUSH(p->x->a, &b->elements, bind_name(p, d->items[i + 1]));
  b->rest = true;
  bool ends = i + 2 == d->n || d->items[i + 2]->kind == DATUM_AMP;
  if (!ends) bad(p, d->items[i + 2]->span, "nothing but a guard follows the rest", NULL);
  return ends ? i + 2 : d->n;
}

static void bracket_guard(Parser *p, const Datum *d, uint32_t i, Brackets *b) {
  b->guarded = true;
  if (i + 2 != d->n) {
    bad(p, d->items[i]->span, "`&` is followed by one guard, the last thing in the brackets",
        "write [pattern & condition]");
    return;
  }
  VEC_PUSH(p->x->a, &p->clause->guards, ((Guard){.datum = d->items[i + 1]}));
}

static Pattern *parse_brackets(Parser *p, const Datum *d) {
  Brackets b = {0};
  for (uint32_t i = 0; i < d->n;) {
    const Datum *e = d->items[i];
    if (e->kind == DATUM_DOTS) {
      i = bracket_rest(p, d, i, &b);
    } else if (e->kind == DATUM_AMP) {
      bracket_guard(p, d, i, &b);
      break;
    } else if (e->kind == DATUM_KIND) {
      bad(p, e->span, "a {Kind} follows what it types", "write [name {Kind}]");
      i++;
    } else {
      Pattern *pat = parse(p, e);
      if (++i < d->n && d->items[i]->kind == DATUM_KIND) {
        pat = with_kind(p, pat, d->items[i++]);
        b.typed = true;
      }
      VEC_PUSH(p->x->a, &b.elements, pat);
    }
  }
  if (b.elements.n == 1 && !b.rest && (b.typed || b.guarded)) return b.elements.items[0];
  Pattern *seq = pattern_new(p, PAT_SEQ, d->span, (uint32_t)b.elements.n);
  seq->rest = b.rest;
  for (uint32_t i = 0; i < seq->n; i++) seq->items[i] = b.elements.items[i];
  return seq;
}

/* #{:x p ...}: keys are literals. */
static Pattern *parse_dict(Parser *p, const Datum *d) {
  uint32_t n = d->n / 2;
  Pattern *pat = pattern_new(p, PAT_DICT, d->span, n);
  pat->keys = ARENA_ARRAY(p->x->a, const Literal *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) {
    const Datum *key = d->items[2 * i];
    bool quoted = key->kind == DATUM_QUOTE;
    if (key->kind == DATUM_SYMBOL || key->kind == DATUM_PATH || (key->kind == DATUM_LIST && key->n))
      bad(p, key->span, "a key in a pattern is a literal", "write #{:key pattern}");
    pat->keys[i] = literal_of_datum(p->x, quoted ? key->items[0] : key);
    pat->items[i] = parse(p, d->items[2 * i + 1]);
  }
  return pat;
}

static Pattern *parse(Parser *p, const Datum *d) {
  switch (d->kind) {
  case DATUM_SYMBOL: return parse_symbol(p, d);
  case DATUM_INT:
  case DATUM_FLOAT:
  case DATUM_STRING:
  case DATUM_CHAR:
  case DATUM_BOOL:
  case DATUM_NOTHING: return literal(p, literal_of_datum(p->x, d), d->span);
  case DATUM_QUOTE: return literal(p, literal_of_datum(p->x, d->items[0]), d->span);
  case DATUM_LIST: return parse_list(p, d);
  case DATUM_ARRAY: return parse_brackets(p, d);
  case DATUM_DICT: return parse_dict(p, d);
  case DATUM_ERROR: return any(p, d->span);
  case DATUM_KIND:
    return bad(p, d->span, "a kind alone is no pattern", "write [name {Kind}] or [_ {Kind}]");
  case DATUM_DOTS:
  case DATUM_AMP: return bad(p, d->span, "`..` and `&` stand inside brackets", NULL);
  default: return bad(p, d->span, "this is not a pattern", NULL);
  }
}

/* A guard is a function of the clause's names: it takes the variables made so
 * far as its parameters, and the names get new ones. */
static void expand_guard(Expand *x, Clause *c, Guard *g) {
  size_t n = c->vars.n;
  g->node = expand_expr(x, g->datum);
  g->params = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    Binding *b = c->vars.items[i];
    g->params[i] = b->var;
    b->var = c->params.items[i] = core_var_new(x->p, b->name, b->span);
  }
}

Clause *clause_parse(Expand *x, const Datum *pattern, bool warn_unused) {
  Clause *c = ARENA_NEW(x->a, Clause);
  c->span = pattern->span;
  Parser p = {.x = x, .clause = c, .warn_unused = warn_unused};
  c->pattern = parse(&p, pattern);
  for (size_t i = 0; i < c->guards.n; i++) expand_guard(x, c, &c->guards.items[i]);
  return c;
}

bool pattern_is_name(Expand *x, const Datum *d) {
  if (d->kind != DATUM_SYMBOL) return false;
  Binding *b = ptrmap_get(x->locals, d->name) ? NULL : scope_global(x, d->name);
  return !b || b->tag != BIND_CASE;
}

CoreNode *pattern_bind(Expand *x, const Datum *target, const Datum *kind, CoreNode *value,
                       bool warn_unused, BodyMaker make, void *ctx, Span at) {
  const Kind *k = kind ? kind_of_datum(x, kind) : NULL;
  if (pattern_is_name(x, target)) {
    if (k) value = kind_check(x, k, value, target->name->bytes, at);
    CoreVar *v = scope_bind_new(x, target->name, target->span, warn_unused);
    scope_annotate(x, x->scope.items[x->scope.n - 1], k);
    return node_let1(x, v, value, make(x, ctx), at);
  }
  if (k) value = kind_check(x, k, value, "this value", at);
  Temp t = temp_new(x, value);
  Clause *c = clause_parse(x, target, warn_unused);
  c->body = make(x, ctx);
  return temp_wrap(x, &t, clauses_compile(x, t.var, &c, 1, at));
}

/* ---- match ---- */

CoreNode *form_match(Expand *x, const Datum *d) {
  if (d->n < 2) {
    diag_report(x->diag, DIAG_E0201, d->span, "`match` takes a value and clauses");
    return expand_error(x, d->span);
  }
  Temp t = temp_new(x, expand_expr(x, d->items[1]));
  size_t n = (d->n - 2) / 2;
  Clause **clauses = ARENA_ARRAY(x->a, Clause *, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    size_t mark = scope_mark(x);
    clauses[i] = clause_parse(x, d->items[2 + 2 * i], true);
    clauses[i]->body = expand_expr(x, d->items[3 + 2 * i]);
    scope_leave(x, mark);
  }
  if (d->n % 2 == 1) {
    diag_report(x->diag, DIAG_E0208, d->items[d->n - 1]->span, "this pattern has no result");
    diag_help(x->diag, "clauses are pairs: pattern result pattern result; several forms as one "
                       "result stand in (do ...)");
    return expand_error(x, d->span);
  }
  return temp_wrap(x, &t, clauses_compile(x, t.var, clauses, n, d->span));
}
