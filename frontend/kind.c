/* Kinds in annotations: what they name, and the checks of annotated places.
 *
 * A place is checked once, where a value enters it: (if (test v) .. (error)).
 * The test is the kind's own primitive, so that inference learns from it; kinds
 * without one are asked through `type?`. A value whose kind is known here is
 * not checked, and is an error of the program if it cannot fit.
 */
#include <string.h>

#include "expand.h"

enum {
#define OMNI_KIND(id, name) FAMILY_##id,
#include "kinds.def"
#undef OMNI_KIND
  FAMILY_COUNT
};

typedef struct BuiltinKind {
  const char *name;
  CoreKinds kinds; /* 0: not told by CoreKinds */
  int test;        /* PrimId, or -1: through type? */
} BuiltinKind;

static const BuiltinKind builtin_kinds[FAMILY_COUNT] = {
#define OMNI_KIND(id, text) [FAMILY_##id] = {text, 0, -1},
#include "kinds.def"
#undef OMNI_KIND
};

/* What is known of the kinds beyond their names. */
static BuiltinKind builtin_kind(int64_t family) {
  BuiltinKind k = builtin_kinds[family];
#define IS(id, mask, prim) \
  case FAMILY_##id: \
    k.kinds = mask; \
    k.test = prim; \
    break;
  switch (family) {
    IS(NUMBER, K_NUMBER, PRIM_is_number)
    IS(INTEGER, K_INT, PRIM_is_int)
    IS(INT, K_INT, PRIM_is_int)
    IS(FLOAT, K_FLOAT, PRIM_is_float)
    IS(FLOAT64, K_FLOAT, PRIM_is_float)
    IS(BOOL, K_BOOL, PRIM_is_boolean)
    IS(CHAR, K_CHAR, PRIM_is_char)
    IS(STRING, K_STRING, PRIM_is_string)
    IS(SYMBOL, K_SYMBOL, PRIM_is_symbol)
    IS(LIST, K_LIST, -1)
    IS(PAIR, K_PAIR, PRIM_is_pair)
    IS(EMPTY, (CoreKinds)KB_EMPTY, PRIM_is_null)
    IS(ARRAY, K_ARRAY, PRIM_is_array)
    IS(DICT, K_DICT, PRIM_is_dict)
    IS(SET, K_SET, PRIM_is_set)
    IS(BOX, K_BOX, PRIM_is_box)
    IS(TUPLE, 0, PRIM_is_tuple)
    IS(FUNCTION, K_FUNCTION, PRIM_is_function)
    IS(NOTHING, K_NOTHING, PRIM_is_nothing)
    IS(ITERATOR, 0, PRIM_is_iterator)
    IS(PORT, 0, PRIM_is_port)
    IS(KIND, 0, PRIM_is_kind)
  default: break;
  }
#undef IS
  return k;
}

static bool is_sized(int64_t family) { return family >= FAMILY_INT64 && family <= FAMILY_UINT8; }

void kind_init(Expand *x) {
  x->kinds = ptrmap_new(x->a);
  for (int64_t family = 0; family < FAMILY_COUNT; family++) {
    Kind *k = ARENA_NEW(x->a, Kind);
    k->tag = family == FAMILY_ANY ? KIND_ANY : KIND_BUILTIN;
    k->name = name_cstr(x->names, builtin_kinds[family].name);
    k->family = family;
    k->kinds = builtin_kind(family).kinds;
    k->sized = is_sized(family);
    ptrmap_put(x->kinds, k->name, k);
  }
}

bool kind_is_any(const Kind *k) { return !k || k->tag == KIND_ANY; }

bool kind_same(const Kind *a, const Kind *b) {
  if (a == b || (kind_is_any(a) && kind_is_any(b))) return true;
  if (!a || !b || a->tag != b->tag) return false;
  if (a->tag == KIND_BUILTIN) return a->family == b->family;
  return a->tag != KIND_UNION && a->first == b->first && a->count == b->count;
}

const Kind *kind_find(Expand *x, const Name *name) {
  const Binding *b = ptrmap_get(x->locals, name) ? NULL : scope_global(x, name);
  if (b && (b->tag == BIND_STRUCT || b->tag == BIND_KIND)) return b->kind;
  return ptrmap_get(x->kinds, name);
}

/* ---- kinds as written ---- */

static const Kind *any_kind(Expand *x) { return ptrmap_get(x->kinds, name_cstr(x->names, "Any")); }

static const Kind *kind_named(Expand *x, const Datum *d) {
  const Kind *k = kind_find(x, d->name);
  if (k) return k;
  const Binding *b = scope_global(x, d->name);
  if (b && b->tag == BIND_CASE) {
    diag_report(x->diag, DIAG_E0403, d->span, "`%s` is a case of an enum, not a kind",
                d->name->bytes);
    return any_kind(x);
  }
  scope_report_unknown(x, d->name, d->span, WANTED_KIND);
  return any_kind(x);
}

static const Kind *kind_later(Expand *x, DiagCode code, Span at, const char *what) {
  diag_report(x->diag, code, at, "%s are not available yet", what);
  return any_kind(x);
}

static const Kind *kind_list(Expand *x, const Datum *d) {
  const Datum *head = d->n ? d->items[0] : NULL;
  if (head && datum_is_symbol(head, "->"))
    return ptrmap_get(x->kinds, name_cstr(x->names, "Function"));
  return kind_later(x, DIAG_E0902, d->span, "parametric kinds");
}

/* (union [{A} {B}]) */
const Kind *kind_union(Expand *x, const Datum *d, const Name *name) {
  Kind *k = ARENA_NEW(x->a, Kind);
  k->tag = KIND_UNION;
  k->name = name;
  if (d->n != 2 || d->items[1]->kind != DATUM_ARRAY) {
    diag_report(x->diag, DIAG_E0408, d->span, "a union lists its kinds: (union [{A} {B}])");
    return any_kind(x);
  }
  const Datum *list = d->items[1];
  k->items = ARENA_ARRAY(x->a, const Kind *, list->n ? list->n : 1);
  for (uint32_t i = 0; i < list->n; i++) {
    k->items[k->n++] = kind_of_datum(x, list->items[i]);
    k->kinds |= k->items[i]->tag == KIND_BUILTIN ? k->items[i]->kinds : K_ANY;
  }
  return k;
}

const Kind *kind_of_datum(Expand *x, const Datum *d) {
  const Kind *k;
  switch (d->kind) {
  case DATUM_SYMBOL: k = kind_named(x, d); break;
  case DATUM_KIND:
    if (d->n == 1) return kind_of_datum(x, d->items[0]);
    if (d->n > 1 && d->items[0]->kind == DATUM_SYMBOL)
      return kind_later(x, DIAG_E0902, d->span, "parametric kinds");
    diag_report(x->diag, DIAG_E0403, d->span, "braces hold one kind");
    return any_kind(x);
  case DATUM_LIST: return kind_list(x, d);
  case DATUM_VAL: return kind_later(x, DIAG_E0902, d->span, "values as kinds");
  case DATUM_PATH: return kind_later(x, DIAG_E0907, d->span, "kinds of other modules");
  case DATUM_ERROR: return any_kind(x);
  default:
    diag_report(x->diag, DIAG_E0403, d->span, "this is not a kind");
    diag_help(x->diag, "write its name, as in {Int} or {String}");
    return any_kind(x);
  }
  if (k->tag == KIND_BUILTIN && k->family == FAMILY_FLOAT32) {
    diag_report(x->diag, DIAG_E0911, d->span, "places of the kind Float32 are not available yet");
    diag_help(x->diag, "use {Float}; typed arrays have elements of kind Float32 already");
    return any_kind(x);
  }
  return k;
}

/* ---- checks ---- */

static CoreNode *test_any_of(Expand *x, uint32_t n, const Kind *const *kinds, CoreVar *v, Span at) {
  CoreNode *all = node_bool(x, false, at);
  for (uint32_t i = n; i-- > 0;)
    all = node_if(x, kind_test(x, kinds[i], v, at), node_bool(x, true, at), all, at);
  return all;
}

static CoreNode *test_struct(Expand *x, uint32_t index, CoreVar *v, Span at) {
  return node_prim2(x, PRIM_struct_is, node_local(x, v, at), node_raw(x, index, at), at);
}

#define ENUM_TESTS_MAX 4 /* more cases are asked through type? */

static CoreNode *test_enum(Expand *x, const Kind *k, CoreVar *v, Span at) {
  CoreNode *test = test_struct(x, k->first + k->count - 1, v, at);
  for (uint32_t i = k->count - 1; i-- > 0;)
    test = node_if(x, test_struct(x, k->first + i, v, at), node_bool(x, true, at), test, at);
  return test;
}

static CoreNode *test_builtin(Expand *x, const Kind *k, CoreVar *v, Span at) {
  int test = builtin_kind(k->family).test;
  if (test >= 0) return node_prim1(x, (PrimId)test, node_local(x, v, at), at);
  if (k->family != FAMILY_LIST) return NULL;
  return node_if(x, node_prim1(x, PRIM_is_pair, node_local(x, v, at), at), node_bool(x, true, at),
                 node_prim1(x, PRIM_is_null, node_local(x, v, at), at), at);
}

CoreNode *kind_test(Expand *x, const Kind *k, CoreVar *v, Span at) {
  CoreNode *test = NULL;
  switch (k->tag) {
  case KIND_ANY: return node_bool(x, true, at);
  case KIND_UNION: return test_any_of(x, k->n, k->items, v, at);
  case KIND_STRUCT: return test_struct(x, k->first, v, at);
  case KIND_ENUM:
    if (k->count > 0 && k->count <= ENUM_TESTS_MAX) return test_enum(x, k, v, at);
    break;
  case KIND_BUILTIN: test = test_builtin(x, k, v, at); break;
  }
  if (test) return test;
  return node_prim2(x, PRIM_is_of_kind, node_local(x, v, at),
                    core_const_new(x->p, literal_kind(x, k), at), at);
}

/* The kinds a node's value surely has; K_ANY if unknown. */
static CoreKinds known_kinds(const CoreNode *n) {
  static const CoreKinds of_literal[LIT_COUNT] = {
      [LIT_INT] = K_INT,       [LIT_BIGINT] = K_INT, [LIT_FLOAT] = K_FLOAT, [LIT_STRING] = K_STRING,
      [LIT_SYMBOL] = K_SYMBOL, [LIT_CHAR] = K_CHAR,  [LIT_TRUE] = K_BOOL,   [LIT_FALSE] = K_BOOL,
      [LIT_EMPTY] = K_LIST,    [LIT_LIST] = K_PAIR,  [LIT_ARRAY] = K_ARRAY, [LIT_DICT] = K_DICT};
  if (n->kind == CORE_LAMBDA) return K_FUNCTION;
  if (n->kind == CORE_PRIM) return prim_table[n->prim.id].kind;
  if (n->kind != CORE_CONST) return K_ANY;
  CoreKinds k = of_literal[n->literal->kind];
  return k ? k : K_ANY;
}

typedef enum { FITS_MAYBE, FITS_ALWAYS, FITS_NEVER } Fits;

static Fits kind_fits(const Kind *k, const CoreNode *n) {
  if (kind_is_any(k)) return FITS_ALWAYS;
  CoreKinds have = known_kinds(n);
  bool told = k->tag == KIND_BUILTIN && k->kinds;
  if (have == K_ANY) return FITS_MAYBE;
  if (k->sized) return have & K_INT ? FITS_MAYBE : FITS_NEVER; /* the range is asked at run time */
  if (!told)
    return (k->tag == KIND_STRUCT || k->tag == KIND_ENUM) && !(have & KB_STRUCT) ? FITS_NEVER
                                                                                 : FITS_MAYBE;
  if (!(have & ~k->kinds)) return FITS_ALWAYS;
  return have & k->kinds ? FITS_MAYBE : FITS_NEVER;
}

static const char *kinds_name(CoreKinds k) {
  for (int64_t family = FAMILY_INT; family < FAMILY_COUNT; family++) {
    BuiltinKind b = builtin_kind(family);
    if (b.kinds && !(k & ~b.kinds)) return b.name;
  }
  return "number";
}

static CoreNode *kind_error(Expand *x, const Kind *k, CoreNode *value, const char *place, Span at) {
  return node_prim3(x, PRIM_kind_error, node_string(x, place, at),
                    node_string(x, k->name->bytes, at), value, at);
}

CoreNode *kind_guard(Expand *x, const Kind *k, CoreVar *v, const char *place, CoreNode *body,
                     Span at) {
  if (kind_is_any(k)) return body;
  return node_if(x, kind_test(x, k, v, at), body, kind_error(x, k, node_local(x, v, at), place, at),
                 at);
}

bool kind_refuses(Expand *x, const Kind *k, const CoreNode *value, const char *place, Span at) {
  if (kind_fits(k, value) != FITS_NEVER || x->module == &x->prelude) return false;
  diag_report(x->diag, DIAG_E0407, at, "%s is declared %s, and this is %s", place, k->name->bytes,
              kinds_name(known_kinds(value)));
  return true;
}

CoreNode *kind_check(Expand *x, const Kind *k, CoreNode *value, const char *place, Span at) {
  if (kind_fits(k, value) == FITS_ALWAYS || kind_refuses(x, k, value, place, at)) return value;
  Temp t = temp_new(x, value);
  CoreNode *checked = kind_guard(x, k, t.var, place, temp_use(x, &t, at), at);
  return temp_wrap(x, &t, checked);
}

/* ---- results ----
 *
 * A check after a call would keep the caller's frame. So the check goes to the
 * leaves of the body, and a leaf that calls a function which promises the same
 * kind, or a loop or shared clause whose own leaves are checked, has none.
 */
typedef struct ResultCheck {
  Expand *x;
  const Kind *kind;
  const char *place;
  VEC(CoreVar *) lambdas; /* variables bound to lambdas, found in tail position */
  PtrMap *outer;          /* those among them whose leaves are not this function's */
  PtrMap *calls;          /* CoreVar -> number of its calls in tail position */
} ResultCheck;

static void count_tail_calls(ResultCheck *c, CoreNode *n);

static void count_in_lambdas(ResultCheck *c, const CoreNode *let) {
  for (uint32_t i = 0; i < let->let.n; i++) {
    CoreVar *v = let->let.vars[i];
    if (let->let.inits[i]->kind != CORE_LAMBDA || v->assigned || ptrmap_get(c->outer, v)) continue;
    VEC_PUSH(c->x->a, &c->lambdas, v);
    count_tail_calls(c, let->let.inits[i]->lambda->body);
  }
}

static void count_tail_calls(ResultCheck *c, CoreNode *n) {
  for (;;) {
    switch (n->kind) {
    case CORE_IF:
      count_tail_calls(c, n->branch.then);
      n = n->branch.otherwise;
      break;
    case CORE_LET:
    case CORE_LETREC:
      count_in_lambdas(c, n);
      n = n->let.body;
      break;
    case CORE_SEQ: n = n->seq.items[n->seq.n - 1]; break;
    case CORE_CALL:
      if (n->call.fn->kind == CORE_LOCAL) {
        CoreVar *v = n->call.fn->var;
        ptrmap_put(c->calls, v, (void *)((uintptr_t)ptrmap_get(c->calls, v) + 1));
      }
      return;
    default: return;
    }
  }
}

/* Lambdas that are only called, in tail position, are blocks of the function.
 * Starts with all of them and drops those that have other uses, until none
 * does; each turn drops one or is the last. */
static void find_blocks(ResultCheck *c, CoreNode *body) {
  for (bool changed = true; changed;) {
    changed = false;
    c->lambdas.n = 0;
    c->calls = ptrmap_new(c->x->a);
    count_tail_calls(c, body);
    for (size_t i = 0; i < c->lambdas.n; i++) {
      CoreVar *v = c->lambdas.items[i];
      if ((uintptr_t)ptrmap_get(c->calls, v) == v->nrefs) continue;
      ptrmap_put(c->outer, v, v);
      changed = true;
    }
  }
  for (size_t i = 0; i < c->lambdas.n; i++) ptrmap_put(c->calls, c->lambdas.items[i], c);
}

static bool is_block(const ResultCheck *c, const CoreVar *v) {
  return ptrmap_get(c->calls, v) == c;
}

static bool promises(const ResultCheck *c, const CoreNode *call) {
  const CoreNode *fn = call->call.fn;
  if (fn->kind == CORE_LOCAL) return is_block(c, fn->var);
  if (fn->kind != CORE_GLOBAL) return false;
  const Kind *k = ptrmap_get(c->x->result_kinds, fn->global);
  return k && kind_same(k, c->kind);
}

static CoreNode *check_leaves(ResultCheck *c, CoreNode *n) {
  CoreNode *root = n, **slot = &root;
  for (;;) {
    n = *slot;
    switch (n->kind) {
    case CORE_IF:
      n->branch.then = check_leaves(c, n->branch.then);
      slot = &n->branch.otherwise;
      continue;
    case CORE_LET:
    case CORE_LETREC:
      for (uint32_t i = 0; i < n->let.n; i++)
        if (is_block(c, n->let.vars[i]))
          n->let.inits[i]->lambda->body = check_leaves(c, n->let.inits[i]->lambda->body);
      slot = &n->let.body;
      continue;
    case CORE_SEQ: slot = &n->seq.items[n->seq.n - 1]; continue;
    case CORE_PRIM:
      if (prim_table[n->prim.id].effects & P_NORETURN) return root;
      break;
    case CORE_CALL:
      if (promises(c, n)) return root;
      break;
    default: break;
    }
    *slot = kind_check(c->x, c->kind, n, c->place, n->span);
    return root;
  }
}

CoreNode *kind_check_result(Expand *x, const Kind *k, CoreNode *body, const char *place) {
  if (kind_is_any(k)) return body;
  ResultCheck c = {.x = x, .kind = k, .place = place, .outer = ptrmap_new(x->a)};
  find_blocks(&c, body);
  return check_leaves(&c, body);
}
