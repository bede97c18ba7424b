/* Copies of core trees for inlining and specialisation. Every variable and
 * lambda bound inside the copy is new; the copy keeps the spans of the original,
 * so errors and debug lines name the code that was written. A copy of a library
 * function has the span of the call it replaces: that is what a program's author
 * has written.
 */
#include "core_walk.h"

typedef struct Copier {
  CoreProgram *p;
  PtrMap *vars;  /* old CoreVar -> new CoreVar */
  const Span *at; /* the span of every node of the copy, or NULL */
} Copier;

static CoreVar *copied_var(Copier *c, CoreVar *v) {
  CoreVar *to = ptrmap_get(c->vars, v);
  return to ? to : v;
}

static CoreVar *copy_binder(Copier *c, const CoreVar *v) {
  CoreVar *to = core_var_new(c->p, v->name, v->span);
  to->assigned = v->assigned;
  to->kinds = v->kinds;
  ptrmap_put(c->vars, v, to);
  return to;
}

static CoreNode *copy(Copier *c, const CoreNode *n);

static CoreNode **copy_many(Copier *c, uint32_t n, CoreNode *const *from) {
  CoreNode **to = ARENA_ARRAY(c->p->arena, CoreNode *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) to[i] = copy(c, from[i]);
  return to;
}

static CoreVar **copy_binders(Copier *c, uint32_t n, CoreVar *const *from) {
  CoreVar **to = ARENA_ARRAY(c->p->arena, CoreVar *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) to[i] = copy_binder(c, from[i]);
  return to;
}

static CoreLambda *copy_lambda(Copier *c, const CoreLambda *l) {
  CoreLambda *to = ARENA_NEW(c->p->arena, CoreLambda);
  *to = *l;
  to->global = NULL;
  to->params = copy_binders(c, l->nparams, l->params);
  if (l->self) {
    to->self = copy_binder(c, l->self);
    to->self->lambda = to;
  }
  to->body = copy(c, l->body);
  return to;
}

static void bind_lambdas(CoreNode *let) {
  for (uint32_t i = 0; i < let->let.n; i++) {
    CoreNode *init = let->let.inits[i];
    CoreVar *v = let->let.vars[i];
    v->lambda = init->kind == CORE_LAMBDA && !v->assigned ? init->lambda : NULL;
  }
}

static CoreNode *copy(Copier *c, const CoreNode *n) {
  CoreNode *to = ARENA_NEW(c->p->arena, CoreNode);
  *to = *n;
  if (c->at) to->span = *c->at;
  switch (n->kind) {
  case CORE_CONST:
  case CORE_GLOBAL: break;
  case CORE_LOCAL:
    to->var = copied_var(c, n->var);
    to->var->nrefs++;
    break;
  case CORE_LAMBDA: to->lambda = copy_lambda(c, n->lambda); break;
  case CORE_CALL:
  case CORE_APPLY:
    to->call.fn = copy(c, n->call.fn);
    to->call.args = copy_many(c, n->call.nargs, n->call.args);
    break;
  case CORE_PRIM: to->prim.args = copy_many(c, n->prim.nargs, n->prim.args); break;
  case CORE_IF:
    to->branch.test = copy(c, n->branch.test);
    to->branch.then = copy(c, n->branch.then);
    to->branch.otherwise = copy(c, n->branch.otherwise);
    break;
  case CORE_LET:
    to->let.inits = copy_many(c, n->let.n, n->let.inits);
    to->let.vars = copy_binders(c, n->let.n, n->let.vars);
    bind_lambdas(to);
    to->let.body = copy(c, n->let.body);
    break;
  case CORE_LETREC:
    to->let.vars = copy_binders(c, n->let.n, n->let.vars);
    to->let.inits = copy_many(c, n->let.n, n->let.inits);
    bind_lambdas(to);
    to->let.body = copy(c, n->let.body);
    break;
  case CORE_SET:
    to->set.var = copied_var(c, n->set.var);
    to->set.value = copy(c, n->set.value);
    break;
  case CORE_SET_GLOBAL: to->set_global.value = copy(c, n->set_global.value); break;
  case CORE_SEQ: to->seq.items = copy_many(c, n->seq.n, n->seq.items); break;
  case CORE_COUNT: break;
  }
  return to;
}

CoreNode *core_copy(CoreProgram *p, const CoreNode *n, uint32_t nrenamed, CoreVar *const *from,
                    CoreVar *const *to) {
  Copier c = {p, ptrmap_new(p->arena), NULL};
  for (uint32_t i = 0; i < nrenamed; i++) ptrmap_put(c.vars, from[i], to[i]);
  return copy(&c, n);
}

CoreLambda *core_copy_lambda(CoreProgram *p, const CoreLambda *l) {
  Copier c = {p, ptrmap_new(p->arena), NULL};
  return copy_lambda(&c, l);
}

CoreLambda *core_copy_inlined(CoreProgram *p, const CoreLambda *l, const CoreNode *call) {
  bool library = l->global && l->global->from_prelude;
  Copier c = {p, ptrmap_new(p->arena), library ? &call->span : NULL};
  return copy_lambda(&c, l);
}
