/* Quasiquote: `(a ,b ,@c) as code that builds the data.
 *
 * Parts without an unquote are constants. A list with splices is an `append` of
 * its parts, an array with splices is made from such a list. Nested quasiquotes keep the unquotes that are
 * not theirs, as in Scheme.
 */
#include "expand.h"

static CoreNode *build(Expand *x, const Datum *d, uint32_t depth);

/* `(unquote x)` written out counts as `,x`. */
static bool is_word(const Datum *d, const char *word) {
  return d->kind == DATUM_LIST && d->n == 2 && !d->tail && datum_is_symbol(d->items[0], word);
}

static const Datum *unquoted(const Datum *d) {
  if (d->kind == DATUM_UNQUOTE) return d->items[0];
  return is_word(d, "unquote") ? d->items[1] : NULL;
}

static const Datum *spliced(const Datum *d) {
  if (d->kind == DATUM_SPLICE) return d->items[0];
  return is_word(d, "unquote-splicing") ? d->items[1] : NULL;
}

static const Datum *nested(const Datum *d) {
  if (d->kind == DATUM_QUASI) return d->items[0];
  return is_word(d, "quasiquote") ? d->items[1] : NULL;
}

static bool has_items(const Datum *d) {
  return d->kind == DATUM_LIST || d->kind == DATUM_ARRAY || d->kind == DATUM_DICT ||
         d->kind == DATUM_QUOTE;
}

/* No unquote of this level or an outer one inside. */
static bool is_constant(const Datum *d, uint32_t depth) {
  const Datum *inner = unquoted(d) ? unquoted(d) : spliced(d);
  if (inner) return depth > 0 && is_constant(inner, depth - 1);
  if (nested(d)) return is_constant(nested(d), depth + 1);
  if (!has_items(d)) return true;
  for (uint32_t i = 0; i < d->n; i++)
    if (!is_constant(d->items[i], depth)) return false;
  return !d->tail || is_constant(d->tail, depth);
}

static CoreNode *word_list(Expand *x, const char *word, CoreNode *item, Span at) {
  CoreNode *args[] = {node_symbol(x, name_cstr(x->names, word), at), item};
  return node_prim(x, PRIM_list, 2, args, at);
}

/* Elements between two splices are a list of their own; `append` joins them. */
static CoreNode *segment(Expand *x, CoreNode **values, uint32_t n, Span at) {
  CoreNode **items = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  for (uint32_t i = 0; i < n; i++) items[i] = values[i];
  return node_prim(x, PRIM_list, n, items, at);
}

/* The elements of a list or array as a list. */
static CoreNode *build_list(Expand *x, const Datum *d, uint32_t depth) {
  NodeVec joined = {0}, run = {0};
  for (uint32_t i = 0; i < d->n; i++) {
    const Datum *inner = depth == 0 ? spliced(d->items[i]) : NULL;
    if (!inner) {
      VEC_PUSH(x->a, &run, build(x, d->items[i], depth));
      continue;
    }
    if (run.n) VEC_PUSH(x->a, &joined, segment(x, run.items, (uint32_t)run.n, d->span));
    run.n = 0;
    VEC_PUSH(x->a, &joined, expand_expr(x, inner));
  }
  if (run.n) VEC_PUSH(x->a, &joined, segment(x, run.items, (uint32_t)run.n, d->span));
  if (d->tail) VEC_PUSH(x->a, &joined, build(x, d->tail, depth));
  if (joined.n == 1 && run.n) return joined.items[0];
  return node_prim(x, PRIM_append, (uint32_t)joined.n, joined.items, d->span);
}

static CoreNode *build_array(Expand *x, const Datum *d, uint32_t depth) {
  bool any_splice = false;
  for (uint32_t i = 0; i < d->n; i++) any_splice |= depth == 0 && spliced(d->items[i]);
  if (any_splice) return node_prim1(x, PRIM_list_to_array, build_list(x, d, depth), d->span);
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, d->n + 1);
  for (uint32_t i = 0; i < d->n; i++) values[i] = build(x, d->items[i], depth);
  return node_prim(x, PRIM_array, d->n, values, d->span);
}

static CoreNode *build_dict(Expand *x, const Datum *d, uint32_t depth) {
  uint32_t n = d->n & ~1u;
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    const Datum *item = d->items[i];
    bool key = i % 2 == 0 && item->kind == DATUM_QUOTE && item->keyword;
    values[i] = build(x, key ? item->items[0] : item, depth);
  }
  return node_prim(x, PRIM_dict, n, values, d->span);
}

static CoreNode *build(Expand *x, const Datum *d, uint32_t depth) {
  if (is_constant(d, depth)) return expand_quoted(x, d, d->span);
  const Datum *inner = unquoted(d);
  if (inner && depth == 0) return expand_expr(x, inner);
  if (inner) return word_list(x, "unquote", build(x, inner, depth - 1), d->span);
  inner = spliced(d);
  if (inner && depth == 0) {
    diag_report(x->diag, DIAG_E0207, d->span, "`,@` puts elements into a list or an array");
    return expand_error(x, d->span);
  }
  if (inner) return word_list(x, "unquote-splicing", build(x, inner, depth - 1), d->span);
  inner = nested(d);
  if (inner) return word_list(x, "quasiquote", build(x, inner, depth + 1), d->span);
  switch (d->kind) {
  case DATUM_LIST: return build_list(x, d, depth);
  case DATUM_ARRAY: return build_array(x, d, depth);
  case DATUM_DICT: return build_dict(x, d, depth);
  default: return word_list(x, "quote", build(x, d->items[0], depth), d->span);
  }
}

CoreNode *expand_quasi(Expand *x, const Datum *d) { return build(x, d->items[0], 0); }
