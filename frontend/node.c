/* Small constructors of core nodes for the expander: everything that makes a
 * tree goes through here, so that variables' counts are right from the start. */
#include <string.h>

#include "expand.h"

CoreNode *node_literal(Expand *x, LiteralKind kind, Span at) {
  return core_const_new(x->p, core_literal_of(x->p, kind), at);
}

CoreNode *node_nothing(Expand *x, Span at) { return node_literal(x, LIT_NOTHING, at); }

CoreNode *node_bool(Expand *x, bool b, Span at) {
  return node_literal(x, b ? LIT_TRUE : LIT_FALSE, at);
}

CoreNode *node_int(Expand *x, int64_t n, Span at) {
  return core_const_new(x->p, core_literal_int(x->p, n), at);
}

CoreNode *node_raw(Expand *x, int64_t n, Span at) {
  Literal *l = ARENA_NEW(x->a, Literal);
  l->kind = LIT_RAW;
  l->integer = n;
  return core_const_new(x->p, l, at);
}

CoreNode *node_symbol(Expand *x, const Name *name, Span at) {
  return core_const_new(x->p, literal_symbol(x, name), at);
}

CoreNode *node_string(Expand *x, const char *text, Span at) {
  Literal *l = ARENA_NEW(x->a, Literal);
  l->kind = LIT_STRING;
  l->nbytes = strlen(text);
  l->text = arena_copy(x->a, text, l->nbytes);
  return core_const_new(x->p, l, at);
}

CoreNode *node_local(Expand *x, CoreVar *v, Span at) { return core_local_new(x->p, v, at); }

CoreNode *node_global(Expand *x, CoreGlobal *g, Span at) {
  CoreNode *n = core_node_new(x->p, CORE_GLOBAL, at);
  n->global = g;
  return n;
}

CoreNode *node_if(Expand *x, CoreNode *test, CoreNode *then, CoreNode *otherwise, Span at) {
  return core_if_new(x->p, test, then, otherwise, at);
}

CoreNode *node_let1(Expand *x, CoreVar *v, CoreNode *init, CoreNode *body, Span at) {
  CoreVar **vars = ARENA_NEW(x->a, CoreVar *);
  CoreNode **inits = ARENA_NEW(x->a, CoreNode *);
  vars[0] = v;
  inits[0] = init;
  return core_let_new(x->p, 1, vars, inits, body, at);
}

CoreNode *node_letrec1(Expand *x, CoreVar *v, CoreLambda *l, CoreNode *body, Span at) {
  CoreNode *n = node_let1(x, v, node_lambda(x, l, l->span), body, at);
  n->kind = CORE_LETREC;
  if (!v->assigned) v->lambda = l;
  return n;
}

CoreNode *node_lambda(Expand *x, CoreLambda *l, Span at) {
  CoreNode *n = core_node_new(x->p, CORE_LAMBDA, at);
  n->lambda = l;
  return n;
}

CoreNode *node_seq(Expand *x, uint32_t n, CoreNode **items, Span at) {
  if (n == 0) return node_nothing(x, at);
  if (n == 1) return items[0];
  CoreNode *node = core_node_new(x->p, CORE_SEQ, at);
  node->seq.n = n;
  node->seq.items = items;
  return node;
}

CoreNode *node_seq2(Expand *x, CoreNode *first, CoreNode *second, Span at) {
  CoreNode **items = ARENA_ARRAY(x->a, CoreNode *, 2);
  items[0] = first;
  items[1] = second;
  return node_seq(x, 2, items, at);
}

CoreNode *node_call(Expand *x, CoreNode *fn, uint32_t n, CoreNode **args, Span at) {
  CoreNode *node = core_node_new(x->p, CORE_CALL, at);
  node->call.fn = fn;
  node->call.nargs = n;
  node->call.args = args;
  return node;
}

static CoreNode **copied(Expand *x, uint32_t n, CoreNode *const *from) {
  CoreNode **to = ARENA_ARRAY(x->a, CoreNode *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) to[i] = from[i];
  return to;
}

CoreNode *node_call_local(Expand *x, CoreVar *fn, uint32_t n, CoreNode *const *args, Span at) {
  return node_call(x, node_local(x, fn, at), n, copied(x, n, args), at);
}

CoreNode *node_set(Expand *x, CoreVar *v, CoreNode *value, Span at) {
  CoreNode *n = core_node_new(x->p, CORE_SET, at);
  n->set.var = v;
  n->set.value = value;
  v->assigned = true;
  return n;
}

/* Optional arguments that are not given stand as absent. */
CoreNode *node_prim(Expand *x, PrimId id, uint32_t n, CoreNode *const *args, Span at) {
  int max = prim_table[id].max_args;
  uint32_t total = max >= 0 && (uint32_t)max > n ? (uint32_t)max : n;
  CoreNode **all = ARENA_ARRAY(x->a, CoreNode *, total ? total : 1);
  for (uint32_t i = 0; i < total; i++) all[i] = i < n ? args[i] : node_literal(x, LIT_ABSENT, at);
  return core_prim_new(x->p, id, total, all, at);
}

CoreNode *node_prim1(Expand *x, PrimId id, CoreNode *a, Span at) {
  return node_prim(x, id, 1, &a, at);
}

CoreNode *node_prim2(Expand *x, PrimId id, CoreNode *a, CoreNode *b, Span at) {
  CoreNode *args[] = {a, b};
  return node_prim(x, id, 2, args, at);
}

CoreNode *node_prim3(Expand *x, PrimId id, CoreNode *a, CoreNode *b, CoreNode *c, Span at) {
  CoreNode *args[] = {a, b, c};
  return node_prim(x, id, 3, args, at);
}

CoreLambda *lambda_new(Expand *x, const Name *name, uint32_t n, CoreVar *const *params,
                       CoreNode *body, Span at) {
  CoreLambda *l = ARENA_NEW(x->a, CoreLambda);
  l->name = name;
  l->span = at;
  l->nrequired = l->nparams = n;
  l->params = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) l->params[i] = params[i];
  l->body = body;
  l->result_kinds = K_ANY;
  return l;
}

CoreVar *var_new(Expand *x, const char *name, Span at) {
  return core_var_new(x->p, name_cstr(x->names, name), at);
}

Temp temp_new(Expand *x, CoreNode *init) { return (Temp){var_new(x, "_value", init->span), init}; }

CoreNode *temp_use(Expand *x, const Temp *t, Span at) { return node_local(x, t->var, at); }

CoreNode *temp_wrap(Expand *x, const Temp *t, CoreNode *body) {
  return node_let1(x, t->var, t->init, body, body->span);
}
