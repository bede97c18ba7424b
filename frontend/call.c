/* Calls: of known functions, primitives, constructors and unknown values.
 *
 * Arithmetic of many operands folds to primitives of two (`folds` below), each
 * operand evaluated once, left to right. The same names as values are functions
 * of the prelude. A primitive used as a value becomes a function made once for
 * it; one that takes any number of arguments goes through %prim-spread.
 *
 * Calls of known functions with a wrong number of arguments are warned about
 * when everything is expanded (call_check_arity): they are compiled as calls of
 * unknown functions, which fail when they run.
 */
#include <string.h>

#include "expand.h"

typedef enum { FOLD_LEFT, FOLD_MINUS, FOLD_CHAIN } FoldTag;
static const struct Fold {
  const char *name, *prim;
  FoldTag tag;
} folds[] = {
    {"+", "%add", FOLD_LEFT},           {"*", "%mul", FOLD_LEFT},
    {"-", "%sub", FOLD_MINUS},          {"/", "%div", FOLD_LEFT},
    {"<", "%lt", FOLD_CHAIN},           {"<=", "%le", FOLD_CHAIN},
    {">", "%gt", FOLD_CHAIN},           {">=", "%ge", FOLD_CHAIN},
    {"=", "%eq", FOLD_CHAIN},           {"==", "%eq", FOLD_CHAIN},
    {"max", "%max", FOLD_LEFT},         {"min", "%min", FOLD_LEFT},
    {"bit-and", "%bit-and", FOLD_LEFT}, {"bit-or", "%bit-or", FOLD_LEFT},
    {"bit-xor", "%bit-xor", FOLD_LEFT}, {"gcd", "%gcd", FOLD_LEFT},
    {"lcm", "%lcm", FOLD_LEFT},
};
#define NFOLDS (sizeof folds / sizeof *folds)

bool prim_find(Expand *x, const char *name, PrimId *id) {
  const Binding *b = ptrmap_get(x->builtins, name_cstr(x->names, name));
  if (!b || b->tag != BIND_PRIM) return false;
  *id = b->prim;
  return true;
}

/* ---- primitives as values ---- */

static CoreNode *prim_body(Expand *x, PrimId id, CoreLambda *l) {
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++) args[i] = node_local(x, l->params[i], l->span);
  if (!l->rest) return node_prim(x, id, l->nparams, args, l->span);
  CoreNode *list = args[l->nrequired];
  for (uint32_t i = l->nrequired; i-- > 0;) list = node_prim2(x, PRIM_cons, args[i], list, l->span);
  return node_prim2(x, PRIM_prim_spread, node_raw(x, id, l->span), list, l->span);
}

CoreGlobal *prim_as_value(Expand *x, PrimId id) {
  if (x->prim_values[id]) return x->prim_values[id];
  const PrimInfo *info = &prim_table[id];
  const Name *name = name_cstr(x->names, info->name);
  bool rest = info->max_args < 0;
  uint32_t required = (uint32_t)info->min_args;
  uint32_t optional = rest ? 0 : (uint32_t)(info->max_args - info->min_args);
  uint32_t n = required + optional + (rest ? 1 : 0);
  CoreVar **params = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++)
    params[i] = var_new(x, rest && i == n - 1 ? "rest" : "arg", SPAN_NONE);
  CoreLambda *l = lambda_new(x, name, n, params, NULL, SPAN_NONE);
  l->nrequired = required;
  l->noptional = optional;
  l->rest = rest;
  l->body = prim_body(x, id, l);
  CoreGlobal *g = global_new(x, name, SPAN_NONE);
  g->lambda = l;
  l->global = g;
  g->from_prelude = true;
  return x->prim_values[id] = g;
}

/* ---- warnings ---- */

static const char *expected_count(Expand *x, uint32_t min, uint32_t max, bool rest) {
  if (rest) return arena_printf(x->a, "at least %u argument%s", min, min == 1 ? "" : "s");
  if (min == max) return arena_printf(x->a, "%u argument%s", min, min == 1 ? "" : "s");
  return arena_printf(x->a, "%u to %u arguments", min, max);
}

static void warn_arity(Expand *x, const Name *name, Span at, const char *expected, uint32_t n) {
  diag_report(x->diag, DIAG_W0307, at, "`%s` takes %s, not %u", name->bytes, expected, n);
  diag_help(x->diag, "the program compiles, and fails when it gets here");
}

/* The function that a call surely calls, once all assignments are known. */
static const CoreLambda *known_function(const CoreNode *fn, const Name **name, Span *at) {
  if (fn->kind == CORE_LOCAL) {
    *name = fn->var->name;
    *at = fn->var->span;
    return fn->var->lambda;
  }
  if (fn->kind != CORE_GLOBAL) return NULL; /* became a checked read */
  *name = fn->global->name;
  *at = fn->global->from_prelude ? SPAN_NONE : fn->global->span;
  return fn->global->lambda;
}

void call_check_arity(Expand *x) {
  for (size_t i = 0; i < x->known_calls.n; i++) {
    const CoreNode *call = x->known_calls.items[i];
    const Name *name;
    Span at;
    const CoreLambda *l = known_function(call->call.fn, &name, &at);
    uint32_t n = call->call.nargs;
    if (!l || core_accepts(l, n)) continue;
    warn_arity(x, name, call->span,
               expected_count(x, l->nrequired, l->nrequired + l->noptional, l->rest), n);
    if (at.file) diag_note(x->diag, at, "`%s` is defined here", name->bytes);
  }
}

static void warn_not_function(Expand *x, const Datum *head, const char *what) {
  if (x->module == &x->prelude) return;
  diag_report(x->diag, DIAG_W0308, head->span, "%s is called as a function", what);
  diag_help(x->diag, "the program compiles, and fails when it gets here");
}

/* ---- arithmetic ---- */

/* A long fold nests in tail position: (let [a (op a b)] (let [a (op a c)] ...)) */
static CoreNode *fold_long(Expand *x, PrimId id, uint32_t n, CoreNode **args, Span at) {
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, n);
  CoreNode **inits = ARENA_ARRAY(x->a, CoreNode *, n);
  CoreNode *last = args[0];
  for (uint32_t i = 1; i < n; i++) {
    inits[i] = node_prim2(x, id, last, args[i], at);
    vars[i] = var_new(x, "_fold", at);
    last = node_local(x, vars[i], at);
  }
  for (uint32_t i = n - 1; i > 0; i--) last = node_let1(x, vars[i], inits[i], last, at);
  return last;
}

static CoreNode *fold_left(Expand *x, PrimId id, uint32_t n, CoreNode **args, Span at) {
  if (n > 32) return fold_long(x, id, n, args, at);
  CoreNode *sum = args[0];
  for (uint32_t i = 1; i < n; i++) sum = node_prim2(x, id, sum, args[i], at);
  return sum;
}

static CoreNode *fold_chain(Expand *x, PrimId id, uint32_t n, CoreNode **args, Span at) {
  if (n == 2) return node_prim2(x, id, args[0], args[1], at);
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, n);
  for (uint32_t i = 0; i < n; i++) vars[i] = var_new(x, "_operand", args[i]->span);
  CoreNode *all = NULL;
  for (uint32_t i = n - 1; i > 0; i--) {
    CoreNode *test =
        node_prim2(x, id, node_local(x, vars[i - 1], at), node_local(x, vars[i], at), at);
    all = all ? node_if(x, test, all, node_bool(x, false, at), at) : test;
  }
  return core_let_new(x->p, n, vars, args, all, at);
}

static const struct Fold *fold_of(const Binding *b) {
  bool library = b->tag == BIND_PRIM || (b->tag == BIND_GLOBAL && b->from_prelude);
  if (!library) return NULL;
  for (size_t i = 0; i < NFOLDS; i++)
    if (strcmp(folds[i].name, b->name->bytes) == 0) return &folds[i];
  return NULL;
}

/* The folded call, or NULL if there is nothing to fold. */
static CoreNode *call_fold(Expand *x, const Binding *b, uint32_t n, CoreNode **args, Span at) {
  const struct Fold *fold = n > 0 ? fold_of(b) : NULL;
  PrimId id;
  if (!fold || !prim_find(x, fold->prim, &id)) return NULL;
  if (n == 1 && fold->tag == FOLD_MINUS)
    return node_prim2(x, PRIM_mul, node_int(x, -1, at), args[0], at);
  if (n == 1) return NULL;
  return fold->tag == FOLD_CHAIN ? fold_chain(x, id, n, args, at) : fold_left(x, id, n, args, at);
}

/* ---- calls ---- */

/* Operands of representation I are written as plain numbers. */
static void make_raw(Expand *x, PrimId id, uint32_t n, CoreNode **args) {
  const char *reps = prim_table[id].reps;
  for (uint32_t i = 0; i < n && reps[i] != '>'; i++)
    if (reps[i] == 'I' && args[i]->kind == CORE_CONST && args[i]->literal->kind == LIT_INT)
      args[i] = node_raw(x, args[i]->literal->integer, args[i]->span);
}

static CoreNode *call_prim(Expand *x, PrimId id, uint32_t n, CoreNode **args, Span at) {
  const PrimInfo *info = &prim_table[id];
  bool fits = (int)n >= info->min_args && (info->max_args < 0 || (int)n <= info->max_args);
  if (fits) {
    make_raw(x, id, n, args);
    return node_prim(x, id, n, args, at);
  }
  warn_arity(
      x, name_cstr(x->names, info->name), at,
      expected_count(x, (uint32_t)info->min_args, (uint32_t)info->max_args, info->max_args < 0), n);
  return node_call(x, node_global(x, prim_as_value(x, id), at), n, args, at);
}

/* ---- machine arithmetic ---- */

static const Kind *place_kind(Expand *x, const CoreNode *n) {
  if (n->kind == CORE_LOCAL) return ptrmap_get(x->places, n->var);
  if (n->kind == CORE_GLOBAL) return ptrmap_get(x->places, n->global);
  return ptrmap_get(x->places, n);
}

/* The sized kind whose arithmetic this is: every operand is a place of that one
 * kind or a literal. */
static const Kind *wrapping_kind(Expand *x, const Binding *b, uint32_t n, CoreNode *const *args) {
  static const char *const wrapping[] = {"+", "-", "*", "quotient", "shift-left", "abs", "square",
                                         "bit-not"};
  bool library = b->tag == BIND_PRIM || (b->tag == BIND_GLOBAL && b->from_prelude);
  bool wraps = false;
  for (size_t i = 0; library && i < sizeof wrapping / sizeof *wrapping; i++)
    wraps |= strcmp(b->name->bytes, wrapping[i]) == 0;
  const Kind *kind = NULL;
  for (uint32_t i = 0; wraps && i < n; i++) {
    if (args[i]->kind == CORE_CONST && args[i]->literal->kind == LIT_INT) continue;
    const Kind *place = place_kind(x, args[i]);
    if (!place || (kind && !kind_same(place, kind))) return NULL;
    kind = place;
  }
  return kind;
}

static CoreNode *call_known(Expand *x, Binding *b, uint32_t n, CoreNode **args, Span at);

CoreNode *call_binding(Expand *x, Binding *b, uint32_t n, CoreNode **args, Span at) {
  const Kind *wraps = wrapping_kind(x, b, n, args);
  CoreNode *call = call_known(x, b, n, args, at);
  return wraps ? node_prim2(x, PRIM_wrap, call, node_raw(x, wraps->family, at), at) : call;
}

static CoreNode *call_known(Expand *x, Binding *b, uint32_t n, CoreNode **args, Span at) {
  CoreNode *folded = call_fold(x, b, n, args, at);
  if (folded) return folded;
  if (b->tag == BIND_PRIM) return call_prim(x, b->prim, n, args, at);
  if (b->tag == BIND_STRUCT || b->tag == BIND_CASE) {
    CoreNode *made = struct_construct(x, b, n, args, at);
    if (made) return made;
  }
  CoreNode *call = node_call(x, expand_reference(x, b, at), n, args, at);
  VEC_PUSH(x->a, &x->known_calls, call);
  return call;
}

static CoreNode *call_unknown(Expand *x, const Datum *d) {
  const Datum *head = d->items[0];
  CoreNode *fn = expand_expr(x, head);
  if (fn->kind == CORE_CONST && head->kind == DATUM_QUOTE) warn_not_function(x, head, "a symbol");
  else if (fn->kind == CORE_CONST && head->kind != DATUM_ERROR && head->kind != DATUM_SYMBOL)
    warn_not_function(x, head, "a constant");
  CoreNode **args = expand_operands(x, d, 1);
  return node_call(x, fn, d->n - 1, args, d->span);
}

CoreNode *expand_call(Expand *x, const Datum *d) {
  const Datum *head = d->items[0];
  Binding *b = head->kind == DATUM_SYMBOL ? scope_lookup(x, head->name) : NULL;
  if (!b || b->tag == BIND_KIND || b->tag == BIND_LATER || b->tag == BIND_FORM)
    return call_unknown(x, d);
  if (b->tag == BIND_CASE && b->kind->nfields == 0)
    warn_not_function(x, head, "a case without fields");
  /* the head is evaluated first, which matters only if it is assigned meanwhile */
  CoreNode **args = expand_operands(x, d, 1);
  return call_binding(x, b, d->n - 1, args, d->span);
}
