/* The shapes of `define` and `lambda`, and the ^tags before them.
 *
 * A form's last operand is always value or body, so what stands before it
 * tells what is defined:
 *
 *   (define x v)  (define x {K} v)                  a value
 *   (define (f a [b {K} 1] .. c) {K} body ...)      a function, from its call
 *   (define f [a] [b] {K} body ...)                 a function, from its slots
 *   (define {struct P} [x] ...)  {enum ...} {Alias} kinds
 *   (define [syntax ...] ...)                       later
 *
 * define_parse tells the shape without expanding anything, so that a body or a
 * module can declare its names first.
 */
#include <string.h>

#include "expand.h"

/* ---- tags ---- */

static void tag_flag(const Datum *tag, Tags *tags) {
  const Datum *flag = tag->items[0];
  const Datum *symbol = flag->kind == DATUM_QUOTE ? flag->items[0] : NULL;
  const char *name = symbol && symbol->kind == DATUM_SYMBOL ? symbol->name->bytes : "";
  tags->span = flag->span;
  if (strcmp(name, "mutable") == 0) tags->is_mutable = true;
  else if (strcmp(name, "seq") == 0) tags->seq = true;
  else if (strcmp(name, "rec") == 0) tags->rec = true;
  else if (strcmp(name, "doc") == 0) tags->doc = tag->items[1];
  else if (strcmp(name, "parent") == 0) tags->parent = tag->items[1];
  else if (strcmp(name, "where") == 0) tags->where = tag->items[1];
  else if (strcmp(name, "from") == 0) tags->from = tag->items[1];
  else tags->other = true; /* flags of later milestones; the reader refuses others */
}

const Datum *tags_strip(const Datum *d, Tags *tags) {
  while (d->kind == DATUM_TAG) {
    tag_flag(d, tags);
    if (!d->items[2]) break;
    d = d->items[2];
  }
  return d;
}

/* ---- define ---- */

static Define bad(Expand *x, Define def, Span at, const char *message, const char *help) {
  diag_report(x->diag, DIAG_E0201, at, "%s", message);
  if (help) diag_help(x->diag, "%s", help);
  def.tag = DEFINE_BAD;
  return def;
}

static Define later(Expand *x, Define def, DiagCode code, Span at, const char *what) {
  diag_report(x->diag, code, at, "%s not available yet", what);
  def.tag = DEFINE_BAD;
  return def;
}

static bool slot_has_kind(const Datum *slot) {
  for (uint32_t i = 0; i < slot->n; i++) {
    const Datum *d = slot->items[i];
    if (d->kind == DATUM_KIND ||
        (d->kind == DATUM_ARRAY && slot->kind == DATUM_LIST && slot_has_kind(d)))
      return true;
  }
  return false;
}

/* (define name ...): a value, or a function if slots follow. */
static Define parse_name(Expand *x, Define def) {
  const Datum *d = def.datum;
  def.name = def.head->name;
  def.name_span = def.head->span;
  uint32_t i = 2;
  for (; i + 1 < d->n && d->items[i]->kind == DATUM_ARRAY; i++)
    def.typed_params |= slot_has_kind(d->items[i]);
  def.slots = 2;
  def.body = i;
  def.tag = i > 2 ? DEFINE_FUNCTION : DEFINE_VALUE;
  if (def.tag == DEFINE_FUNCTION) return def;
  if (d->n < 3)
    return bad(x, def, d->span, "this definition has no value", "write (define name value)");
  bool typed = d->n > 3 && d->items[2]->kind == DATUM_KIND;
  if (d->n > (typed ? 4u : 3u))
    return bad(x, def, span_join(d->items[typed ? 4 : 3]->span, d->items[d->n - 1]->span),
               "a definition has one value",
               "a function takes its parameters in slots or in a list: (define (f x) ...)");
  return def;
}

static Define parse_call(Expand *x, Define def) {
  const Datum *head = def.head;
  if (head->n == 0 || head->items[0]->kind != DATUM_SYMBOL)
    return bad(x, def, head->span, "a function's name is missing",
               "write (define (name parameter ...) body)");
  def.name = head->items[0]->name;
  def.name_span = head->items[0]->span;
  def.tag = DEFINE_FUNCTION;
  def.list_params = 1;
  def.typed_params = slot_has_kind(head);
  def.slots = def.body = 2;
  return def;
}

/* (define {word Name} ...) */
static Define parse_kind(Expand *x, Define def) {
  const Datum *k = def.head;
  const Datum *first = k->n > 0 ? k->items[0] : NULL;
  const char *word = first && first->kind == DATUM_SYMBOL && k->n > 1 ? first->name->bytes : "";
  if (strcmp(word, "abstract") == 0)
    return later(x, def, DIAG_E0903, k->span, "abstract kinds are");
  if (strcmp(word, "primitive") == 0)
    return later(x, def, DIAG_E0903, k->span, "primitive kinds are");
  if (strcmp(word, "effect") == 0) return later(x, def, DIAG_E0904, k->span, "effects are");
  if (strcmp(word, "extern") == 0)
    return later(x, def, DIAG_E0908, k->span, "foreign functions are");
  if (def.tags.parent) return later(x, def, DIAG_E0903, def.tags.span, "parents of kinds are");
  bool is_struct = strcmp(word, "struct") == 0, is_enum = strcmp(word, "enum") == 0;
  uint32_t at = is_struct || is_enum ? 1 : 0;
  if (k->n != at + 1)
    return bad(x, def, k->span, "this is not a definition of a kind",
               "write {struct Name}, {enum Name} or, for an alias, {Name}");
  const Datum *name = k->items[at];
  if (name->kind == DATUM_LIST)
    return later(x, def, DIAG_E0902, name->span, "parametric kinds are");
  if (name->kind != DATUM_SYMBOL) return bad(x, def, name->span, "a kind's name is a symbol", NULL);
  def.name = name->name;
  def.name_span = name->span;
  def.slots = def.body = 2;
  def.tag = is_struct ? DEFINE_STRUCT : is_enum ? DEFINE_ENUM : DEFINE_ALIAS;
  return def;
}

static Define parse_array(Expand *x, Define def) {
  const Datum *h = def.head;
  if (h->n > 0 && datum_is_symbol(h->items[0], "syntax"))
    return later(x, def, DIAG_E0906, h->span, "macros are");
  if (h->n > 0 && datum_is_symbol(h->items[0], "grammar"))
    return later(x, def, DIAG_E0909, h->span, "grammars are");
  return bad(x, def, h->span, "a definition starts with a name",
             "take a value apart with let or match");
}

Define define_parse(Expand *x, const Datum *d) {
  Define def = {.tag = DEFINE_BAD, .datum = d};
  if (d->n < 2) return bad(x, def, d->span, "`define` needs a name and a value", NULL);
  def.head = tags_strip(d->items[1], &def.tags);
  if (def.tags.where) return later(x, def, DIAG_E0910, def.tags.span, "methods with ^:where are");
  if (def.tags.from) return later(x, def, DIAG_E0908, def.tags.span, "foreign functions are");
  if (def.tags.seq || def.tags.rec || def.tags.other ||
      (def.tags.is_mutable && def.head->kind != DATUM_KIND)) {
    diag_report(x->diag, DIAG_E0204, def.tags.span, "this tag means nothing on a definition");
    return def;
  }
  switch (def.head->kind) {
  case DATUM_SYMBOL: return parse_name(x, def);
  case DATUM_LIST: return parse_call(x, def);
  case DATUM_KIND: return parse_kind(x, def);
  case DATUM_ARRAY: return parse_array(x, def);
  case DATUM_ERROR: return def;
  default: return bad(x, def, def.head->span, "a definition starts with a name", NULL);
  }
}

CoreNode *define_value(Expand *x, const Define *def) {
  const Datum *d = def->datum;
  bool typed = d->n == 4;
  const Kind *kind = typed ? kind_of_datum(x, d->items[2]) : NULL;
  CoreNode *value = expand_expr(x, d->items[d->n - 1]);
  if (value->kind == CORE_LAMBDA && !value->lambda->name) value->lambda->name = def->name;
  if (!typed) return value;
  return kind_check(x, kind, value, def->name->bytes, d->items[3]->span);
}

/* A return kind: {K} with a form after it. */
static const Kind *return_kind(Expand *x, const Datum *d, uint32_t *i) {
  if (*i + 1 >= d->n || d->items[*i]->kind != DATUM_KIND) return NULL;
  return kind_of_datum(x, d->items[(*i)++]);
}

void define_result_kind(Expand *x, const Define *def, const Binding *b) {
  uint32_t body = def->body;
  const Kind *returns = return_kind(x, def->datum, &body);
  if (returns) ptrmap_put(x->result_kinds, b->global, (void *)returns);
}

CoreNode *define_function(Expand *x, const Define *def) {
  const Datum *d = def->datum;
  Params params = {0};
  if (def->list_params) params_of_list(x, def->head, 1, &params);
  for (uint32_t i = def->slots; i < def->body; i++) params_of_slot(x, d->items[i], 0, &params);
  uint32_t body = def->body;
  const Kind *returns = return_kind(x, d, &body);
  CoreLambda *l = params_lambda(x, def->name, &params, returns, d, body, d->span);
  return node_lambda(x, l, d->span);
}

CoreNode *form_define(Expand *x, const Datum *d) {
  if (d->n > 1) scope_forgive(x, d->items[1]);
  diag_report(x->diag, DIAG_E0202, d->span, "a definition cannot stand here");
  diag_help(x->diag, "definitions stand at top level and in the bodies of functions and lets; here "
                     "use (let [name value] ...)");
  return expand_error(x, d->span);
}

/* ---- lambda ---- */

static CoreNode *bad_lambda(Expand *x, DiagCode code, Span at, Span whole, const char *message,
                            const char *help) {
  diag_report(x->diag, code, at, "%s", message);
  diag_help(x->diag, "%s", help);
  return expand_error(x, whole);
}

static bool is_params(const Datum *d) { return d->kind == DATUM_LIST || d->kind == DATUM_ARRAY; }

CoreNode *form_lambda(Expand *x, const Datum *d) {
  uint32_t i = 1;
  const Datum *self = NULL;
  if (d->n > 1 && d->items[1]->kind == DATUM_SYMBOL) {
    const char *name = d->items[1]->name->bytes;
    if (d->n < 4 || !is_params(d->items[2]))
      return bad_lambda(
          x, DIAG_E0210, d->items[1]->span, d->span, "parameters stand in ( ) or [ ]",
          arena_printf(x->a,
                       "for all arguments as one list write (lambda (.. %s) ...); for "
                       "one parameter (fn [%s] ...)",
                       name, name));
    self = d->items[i++];
  }
  if (i >= d->n || !is_params(d->items[i]))
    return bad_lambda(x, DIAG_E0203, d->span, d->span, "a function's parameters are missing",
                      "write (fn [x] body) or (lambda (x) body)");
  Params params = {0};
  if (d->items[i]->kind == DATUM_LIST) {
    params_of_list(x, d->items[i++], 0, &params);
  } else {
    uint32_t first = i;
    for (; i < d->n && (i + 1 < d->n || i == first) && d->items[i]->kind == DATUM_ARRAY; i++)
      params_of_slot(x, d->items[i], 0, &params);
  }
  const Kind *returns = return_kind(x, d, &i);
  size_t mark = scope_mark(x);
  CoreVar *self_var = self ? scope_bind_new(x, self->name, self->span, false) : NULL;
  CoreLambda *l = params_lambda(x, self ? self->name : NULL, &params, returns, d, i, d->span);
  l->self = self_var;
  scope_leave(x, mark);
  return node_lambda(x, l, d->span);
}
