/* Literals: quoted datums as constants of the core program.
 *
 * A LIT_KIND's integer is the place of a built-in kind in rtlib/kinds.def, or
 * the number of those plus the index of a struct or of an enum's first case. Unions
 * are known to the compiler only.
 */
#include <inttypes.h>
#include <string.h>

#include "expand.h"
#include "omni/value.h"

enum {
#define OMNI_KIND(id, name) FAMILY_##id,
#include "kinds.def"
#undef OMNI_KIND
  FAMILY_COUNT
};

static Literal *literal_new(Expand *x, LiteralKind kind) {
  Literal *l = ARENA_NEW(x->a, Literal);
  l->kind = kind;
  return l;
}

const Literal *literal_symbol(Expand *x, const Name *name) {
  Literal *l = literal_new(x, LIT_SYMBOL);
  l->text = name->bytes;
  l->nbytes = name->nbytes;
  return l;
}

const Literal *literal_kind(Expand *x, const Kind *kind) {
  Literal *l = literal_new(x, LIT_KIND);
  switch (kind->tag) {
  case KIND_ANY: l->integer = FAMILY_ANY; return l;
  case KIND_BUILTIN: l->integer = kind->family; return l;
  case KIND_STRUCT:
  case KIND_ENUM: l->integer = (int64_t)FAMILY_COUNT + kind->first; return l;
  case KIND_UNION: return NULL;
  }
  return NULL;
}

static const Literal *literal_int(Expand *x, const Datum *d) {
  Literal *l = literal_new(x, LIT_INT);
  l->integer = d->integer;
  if (!d->digits && omni_fits_fixnum(d->integer)) return l;
  l->kind = LIT_BIGINT;
  l->text = d->digits ? d->digits : arena_printf(x->a, "%" PRId64, d->integer);
  l->nbytes = strlen(l->text);
  return l;
}

static const Literal *literal_items(Expand *x, LiteralKind kind, const Datum *d) {
  Literal *l = literal_new(x, kind);
  l->n = d->n;
  l->items = ARENA_ARRAY(x->a, const Literal *, d->n ? d->n : 1);
  for (uint32_t i = 0; i < d->n; i++) l->items[i] = literal_of_datum(x, d->items[i]);
  if (d->tail) l->tail = literal_of_datum(x, d->tail);
  return l;
}

/* 'x inside quoted data is the list (quote x). */
static const Literal *literal_wrapped(Expand *x, const char *head, const Datum *d) {
  Literal *l = literal_new(x, LIT_LIST);
  l->n = 2;
  l->items = ARENA_ARRAY(x->a, const Literal *, 2);
  l->items[0] = literal_symbol(x, name_cstr(x->names, head));
  l->items[1] = literal_of_datum(x, d->items[0]);
  return l;
}

/* A key :x is the symbol, as it is in the expression #{:x 1}. */
static const Literal *literal_dict(Expand *x, const Datum *d) {
  Literal *l = literal_new(x, LIT_DICT);
  l->n = d->n & ~1u;
  l->items = ARENA_ARRAY(x->a, const Literal *, d->n ? d->n : 1);
  for (uint32_t i = 0; i < l->n; i++) {
    const Datum *item = d->items[i];
    bool key = i % 2 == 0 && item->kind == DATUM_QUOTE && item->keyword;
    l->items[i] = literal_of_datum(x, key ? item->items[0] : item);
  }
  return l;
}

static const Literal *cannot_quote(Expand *x, const Datum *d, const char *what) {
  diag_report(x->diag, DIAG_E0211, d->span, "%s cannot be quoted", what);
  diag_help(x->diag, "quoted data is made of symbols, numbers, strings, characters, lists, "
                     "arrays and dicts");
  return literal_new(x, LIT_NOTHING);
}

const Literal *literal_of_datum(Expand *x, const Datum *d) {
  Literal *l;
  switch (d->kind) {
  case DATUM_SYMBOL: return literal_symbol(x, d->name);
  case DATUM_INT: return literal_int(x, d);
  case DATUM_FLOAT:
    l = literal_new(x, LIT_FLOAT);
    l->number = d->number;
    return l;
  case DATUM_STRING:
    l = literal_new(x, LIT_STRING);
    l->text = d->text;
    l->nbytes = d->nbytes;
    return l;
  case DATUM_CHAR:
    l = literal_new(x, LIT_CHAR);
    l->integer = d->codepoint;
    return l;
  case DATUM_BOOL: return literal_new(x, d->integer ? LIT_TRUE : LIT_FALSE);
  case DATUM_ERROR:
  case DATUM_NOTHING: return literal_new(x, LIT_NOTHING);
  case DATUM_LIST: return d->n == 0 ? literal_new(x, LIT_EMPTY) : literal_items(x, LIT_LIST, d);
  case DATUM_ARRAY: return literal_items(x, LIT_ARRAY, d);
  case DATUM_DICT: return literal_dict(x, d);
  case DATUM_QUOTE: return literal_wrapped(x, "quote", d);
  case DATUM_QUASI: return literal_wrapped(x, "quasiquote", d);
  case DATUM_UNQUOTE: return literal_wrapped(x, "unquote", d);
  case DATUM_SPLICE: return literal_wrapped(x, "unquote-splicing", d);
  case DATUM_PATH: return cannot_quote(x, d, "a path");
  case DATUM_TAG: return cannot_quote(x, d, "a ^tag");
  case DATUM_KIND: return cannot_quote(x, d, "a kind in braces");
  case DATUM_VAL: return cannot_quote(x, d, "#val");
  case DATUM_DOTS: return literal_symbol(x, name_cstr(x->names, ".."));
  case DATUM_AMP: return literal_symbol(x, name_cstr(x->names, "&"));
  case DATUM_COUNT: break;
  }
  return literal_new(x, LIT_NOTHING);
}

static bool same_items(const Literal *a, const Literal *b) {
  if (a->n != b->n || !a->tail != !b->tail) return false;
  for (uint32_t i = 0; i < a->n; i++)
    if (!literal_same(a->items[i], b->items[i])) return false;
  return !a->tail || literal_same(a->tail, b->tail);
}

/* Surely equal? in the sense of `equal?`; false says nothing for bigints
 * written differently. */
bool literal_same(const Literal *a, const Literal *b) {
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case LIT_INT:
  case LIT_CHAR:
  case LIT_KIND:
  case LIT_RAW: return a->integer == b->integer;
  case LIT_FLOAT: return memcmp(&a->number, &b->number, sizeof a->number) == 0;
  case LIT_BIGINT:
  case LIT_STRING:
  case LIT_SYMBOL: return a->nbytes == b->nbytes && memcmp(a->text, b->text, a->nbytes) == 0;
  case LIT_LIST:
  case LIT_ARRAY:
  case LIT_DICT: return same_items(a, b);
  default: return true;
  }
}
