/* The heart of the expander: what each datum means as an expression.
 *
 * A list whose head is the name of a special form goes to that form's function
 * (the tables of control.c and loop.c), any other list is a call. Forms report
 * their own mistakes and answer with `nothing` in place of what is wrong.
 */
#include <string.h>

#include "expand.h"

CoreNode *expand_error(Expand *x, Span at) { return node_nothing(x, at); }

/* ---- datums made by forms ---- */

Datum *datum_new_list(Expand *x, Span span, uint32_t n) {
  Datum *d = ARENA_NEW(x->a, Datum);
  d->kind = DATUM_LIST;
  d->span = span;
  d->n = n;
  d->items = ARENA_ARRAY(x->a, Datum *, n ? n : 1);
  return d;
}

Datum *datum_new_symbol(Expand *x, const Name *name, Span span) {
  Datum *d = ARENA_NEW(x->a, Datum);
  d->kind = DATUM_SYMBOL;
  d->span = span;
  d->name = name;
  return d;
}

bool datum_is_symbol(const Datum *d, const char *name) {
  return d->kind == DATUM_SYMBOL && strcmp(d->name->bytes, name) == 0;
}

bool datum_is_form(Expand *x, const Datum *d, const char *name) {
  return d->kind == DATUM_LIST && d->n > 0 && datum_is_symbol(d->items[0], name) &&
         !ptrmap_get(x->locals, d->items[0]->name);
}

const char *source_text(Expand *x, Span at) {
  const Source *s = source_get(x->sources, at.file);
  if (!s) return "";
  char text[204];
  size_t n = 0;
  for (uint32_t i = at.start; i < at.end && n < 200; i++) {
    char c = s->bytes[i];
    bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (blank && n > 0 && text[n - 1] == ' ') continue;
    text[n++] = blank ? ' ' : c;
  }
  if (n == 200) {
    while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80) n--; /* no half characters */
    if (n > 0 && (unsigned char)text[n - 1] >= 0xc0) n--;
    memcpy(text + n, "...", 3);
    n += 3;
  }
  return arena_copy(x->a, text, n);
}

/* ---- names ---- */

static CoreNode *report_later(Expand *x, const Binding *b, Span at) {
  diag_report(x->diag, b->later_code, at, "`%s` is not available yet: it belongs to %s",
              b->name->bytes, b->later);
  return expand_error(x, at);
}

/* The kind itself, as {K} gives it. */
static CoreNode *kind_value(Expand *x, const Kind *kind, Span at) {
  const Literal *l = literal_kind(x, kind);
  if (l) return core_const_new(x->p, l, at);
  diag_report(x->diag, DIAG_E0902, at, "the union %s as a value is not available yet",
              kind->name->bytes);
  diag_help(x->diag, "it can be used in annotations and patterns: {%s}", kind->name->bytes);
  return expand_error(x, at);
}

/* Of a form that stands for a function of the library, the function. */
static CoreNode *form_as_value(Expand *x, const Binding *b, Span at) {
  Binding *library = b->form->soft ? ptrmap_get(x->prelude.names, b->name) : NULL;
  if (library) return expand_reference(x, library, at);
  for (int id = 0; b->form->soft && id < PRIM_COUNT; id++)
    if (name_cstr(x->names, prim_table[id].name) == b->name)
      return node_global(x, prim_as_value(x, (PrimId)id), at);
  diag_report(x->diag, DIAG_E0305, at, "`%s` is a special form, not a value", b->name->bytes);
  diag_help(x->diag, "wrap it in a function: (fn [x] (%s ...))", b->name->bytes);
  return expand_error(x, at);
}

CoreNode *expand_reference(Expand *x, Binding *b, Span at) {
  CoreNode *n = NULL;
  switch (b->tag) {
  case BIND_LOCAL: n = node_local(x, b->var, at); break;
  case BIND_GLOBAL:
  case BIND_STRUCT:
  case BIND_CASE: n = node_global(x, b->global, at); break;
  case BIND_PRIM: return node_global(x, prim_as_value(x, b->prim), at);
  case BIND_KIND: return kind_value(x, b->kind, at);
  case BIND_FORM: return form_as_value(x, b, at);
  case BIND_LATER: return report_later(x, b, at);
  }
  scope_note_reference(x, b, n);
  return n;
}

static CoreNode *expand_symbol(Expand *x, const Datum *d) {
  Binding *b = scope_lookup(x, d->name);
  if (b) return expand_reference(x, b, d->span);
  const Kind *kind = kind_find(x, d->name);
  if (kind) return kind_value(x, kind, d->span);
  scope_report_unknown(x, d->name, d->span, WANTED_VALUE);
  return expand_error(x, d->span);
}

/* ---- expressions ---- */

CoreNode **expand_operands(Expand *x, const Datum *d, uint32_t from) {
  uint32_t n = d->n - from;
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) args[i] = expand_expr(x, d->items[from + i]);
  return args;
}

CoreNode *expand_sequence(Expand *x, const Datum *d, uint32_t from) {
  uint32_t n = d->n > from ? d->n - from : 0;
  CoreNode **items = expand_operands(x, d, d->n > from ? from : d->n);
  for (uint32_t i = 0; i + 1 < n; i++) warn_unused_value(x, items[i]);
  return node_seq(x, n, items, d->span);
}

static CoreNode *expand_list(Expand *x, const Datum *d) {
  if (d->n == 0) return node_literal(x, LIT_EMPTY, d->span);
  if (d->tail) {
    diag_report(x->diag, DIAG_E0207, d->span, "a dotted pair is data, not a call");
    diag_help(x->diag, "quote it: '(a . b); a path is written without blanks: a.b");
    return expand_error(x, d->span);
  }
  const Datum *head = d->items[0];
  if (head->kind == DATUM_SYMBOL) {
    Binding *b = scope_lookup(x, head->name);
    if (b && b->tag == BIND_FORM) return b->form->expand(x, d);
    if (b && b->tag == BIND_LATER) return report_later(x, b, d->span);
  }
  return expand_call(x, d);
}

static CoreNode *report_marker(Expand *x, const Datum *d, const char *what, const char *help) {
  diag_report(x->diag, DIAG_E0207, d->span, "%s has no meaning here", what);
  diag_help(x->diag, "%s", help);
  return expand_error(x, d->span);
}

CoreNode *expand_expr(Expand *x, const Datum *d) {
  switch (d->kind) {
  case DATUM_ERROR: return expand_error(x, d->span);
  case DATUM_SYMBOL: return expand_symbol(x, d);
  case DATUM_INT:
  case DATUM_FLOAT:
  case DATUM_STRING:
  case DATUM_CHAR:
  case DATUM_BOOL:
  case DATUM_NOTHING: return core_const_new(x->p, literal_of_datum(x, d), d->span);
  case DATUM_LIST: return expand_list(x, d);
  case DATUM_ARRAY: return node_prim(x, PRIM_array, d->n, expand_operands(x, d, 0), d->span);
  case DATUM_DICT: return node_prim(x, PRIM_dict, d->n & ~1u, expand_operands(x, d, 0), d->span);
  case DATUM_KIND: return kind_value(x, kind_of_datum(x, d), d->span);
  case DATUM_QUOTE: return expand_quoted(x, d->items[0], d->span);
  case DATUM_QUASI: return expand_quasi(x, d);
  case DATUM_UNQUOTE:
  case DATUM_SPLICE:
    return report_marker(x, d, d->kind == DATUM_UNQUOTE ? "`,`" : "`,@`",
                         "it belongs inside a quasiquote: `(a ,b)");
  case DATUM_PATH: return expand_path(x, d);
  case DATUM_TAG:
    return report_marker(x, d, "a ^tag", "tags belong to definitions, lets and slots");
  case DATUM_VAL:
    diag_report(x->diag, DIAG_E0902, d->span, "`#val` (a value as a kind) is not available yet");
    return expand_error(x, d->span);
  case DATUM_DOTS:
    return report_marker(x, d, "`..`", "it comes before a rest parameter or the rest of a pattern");
  case DATUM_AMP: return report_marker(x, d, "`&`", "it comes before the guard of a pattern");
  case DATUM_COUNT: break;
  }
  return expand_error(x, d->span);
}

CoreNode *expand_quoted(Expand *x, const Datum *d, Span at) {
  return core_const_new(x->p, literal_of_datum(x, d), at);
}
