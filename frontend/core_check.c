/* The rules of the core tree, as core.h states them, checked after every stage
 * in debug builds. Answers with the first broken rule.
 *
 *   - every node, lambda and binder stands at one place of one tree;
 *   - a variable is used only in its scope, and assigned only if it says so;
 *   - var->lambda names the lambda it is bound to, and it is not assigned;
 *   - primitives have a right number of arguments; LETREC binds lambdas alone;
 *   - KNOWN and JOIN lambdas are bound to variables that are only called, with
 *     a right number of arguments; they take no optional or rest parameters;
 *   - a variable kept unboxed in a machine register is not boxed in memory.
 */
#include "core_walk.h"

typedef struct Check {
  const CoreProgram *p;
  bool *in_scope, *bound; /* by variable id */
  PtrMap *seen;           /* lambdas and nodes */
  const char *error;
} Check;

static const char *var_text(const CoreVar *v) { return v->name ? v->name->bytes : "_"; }

static void fail(Check *c, const char *rule, const CoreVar *v) {
  if (!c->error)
    c->error = arena_printf(c->p->arena, "%s%s%s (variable %u)", rule, v ? ": " : "",
                            v ? var_text(v) : "", v ? v->id : 0);
}

static void bind(Check *c, CoreVar *v) {
  if (v->id >= c->p->next_var_id) {
    fail(c, "a variable's id is out of range", v);
    return;
  }
  if (c->bound[v->id]) fail(c, "a variable is bound twice", v);
  c->bound[v->id] = c->in_scope[v->id] = true;
  if (v->lambda && v->assigned) fail(c, "a variable with a lambda is assigned", v);
  if (v->boxed && !(v->assigned && v->captured)) fail(c, "a variable is boxed in vain", v);
  if (v->boxed && v->rep != REP_VALUE) fail(c, "a boxed variable has a register form", v);
}

static void unbind(Check *c, CoreVar *const *vars, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) c->in_scope[vars[i]->id] = false;
}

static void check_node(Check *c, CoreNode *n);

static void check_lambda(Check *c, CoreLambda *l) {
  if (ptrmap_get(c->seen, l)) fail(c, "a lambda stands at two places", NULL);
  ptrmap_put(c->seen, l, l);
  if (l->nparams != l->nrequired + l->noptional + (l->rest ? 1u : 0u))
    fail(c, "a lambda's number of parameters is wrong", NULL);
  bool in_frame = l->mode == LAMBDA_JOIN || l->mode == LAMBDA_KNOWN;
  if (in_frame && !core_has_plain_params(l)) fail(c, "a lifted lambda has optional parameters", NULL);
  if (in_frame && l->value_used) fail(c, "a lifted lambda is used as a value", NULL);
  for (uint32_t i = 0; i < l->nparams; i++) bind(c, l->params[i]);
  if (l->self) bind(c, l->self);
  check_node(c, l->body);
  unbind(c, l->params, l->nparams);
  if (l->self) c->in_scope[l->self->id] = false;
}

/* The self variable of a closure that is bound outside is no second binder. */
static void check_bound_lambda(Check *c, CoreVar *v, CoreNode *init) {
  if (init->kind != CORE_LAMBDA) {
    check_node(c, init);
    return;
  }
  CoreLambda *l = init->lambda;
  CoreVar *self = l->self;
  if (self == v) l->self = NULL;
  check_lambda(c, l);
  l->self = self;
}

static void check_use(Check *c, CoreVar *v, bool called) {
  if (v->id >= c->p->next_var_id || !c->in_scope[v->id])
    fail(c, "a variable is used out of its scope", v);
  if (called || !v->lambda) return;
  if (v->lambda->mode == LAMBDA_JOIN || v->lambda->mode == LAMBDA_KNOWN)
    fail(c, "a lifted function is used as a value", v);
}

static void check_prim(Check *c, const CoreNode *n) {
  const PrimInfo *info = &prim_table[n->prim.id];
  int nargs = (int)n->prim.nargs;
  bool right = info->max_args < 0 ? nargs >= info->min_args : nargs == info->max_args;
  if (!right)
    c->error = arena_printf(c->p->arena, "primitive %s has %d arguments", info->id, nargs);
}

static void check_let(Check *c, CoreNode *n) {
  bool rec = n->kind == CORE_LETREC;
  for (uint32_t i = 0; rec && i < n->let.n; i++) bind(c, n->let.vars[i]);
  for (uint32_t i = 0; i < n->let.n; i++) {
    if (rec && n->let.inits[i]->kind != CORE_LAMBDA)
      fail(c, "a LETREC binds what is no lambda", n->let.vars[i]);
    check_bound_lambda(c, n->let.vars[i], n->let.inits[i]);
  }
  for (uint32_t i = 0; !rec && i < n->let.n; i++) bind(c, n->let.vars[i]);
  for (uint32_t i = 0; i < n->let.n; i++) {
    const CoreNode *init = n->let.inits[i];
    const CoreLambda *l = n->let.vars[i]->lambda;
    if (l && (init->kind != CORE_LAMBDA || init->lambda != l))
      fail(c, "a variable names a lambda it is not bound to", n->let.vars[i]);
  }
  check_node(c, n->let.body);
  unbind(c, n->let.vars, n->let.n);
}

static void check_call(Check *c, CoreNode *n) {
  if (n->call.fn->kind == CORE_LOCAL) {
    CoreVar *v = n->call.fn->var;
    bool direct = n->kind == CORE_CALL && core_callee(n);
    check_use(c, v, direct);
  } else {
    check_node(c, n->call.fn);
  }
  if (n->kind == CORE_APPLY && n->call.nargs == 0) fail(c, "an APPLY has no list", NULL);
  for (uint32_t i = 0; i < n->call.nargs; i++) check_node(c, n->call.args[i]);
}

static void check_node(Check *c, CoreNode *n) {
  if (c->error) return;
  if (ptrmap_get(c->seen, n)) fail(c, "a node stands at two places", NULL);
  ptrmap_put(c->seen, n, n);
  switch (n->kind) {
  case CORE_LOCAL: check_use(c, n->var, false); return;
  case CORE_LAMBDA: check_lambda(c, n->lambda); return;
  case CORE_CALL:
  case CORE_APPLY: check_call(c, n); return;
  case CORE_LET:
  case CORE_LETREC: check_let(c, n); return;
  case CORE_PRIM: check_prim(c, n); break;
  case CORE_SET:
    check_use(c, n->set.var, true);
    if (!n->set.var->assigned) fail(c, "a variable is assigned and does not say so", n->set.var);
    break;
  case CORE_SET_GLOBAL:
    if (core_global_is_constant(n->set_global.global))
      c->error = arena_printf(c->p->arena, "a constant global is assigned: %s",
                              n->set_global.global->name->bytes);
    break;
  case CORE_SEQ:
    if (n->seq.n == 0) fail(c, "a SEQ is empty", NULL);
    break;
  default: break;
  }
  uint32_t count = core_nchildren(n);
  for (uint32_t i = 0; i < count; i++) check_node(c, core_child(n, i));
}

static void check_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Check *c = ctx;
  if (c->error) return;
  if (top) check_lambda(c, top);
  else check_node(c, *root);
}

const char *core_check(const CoreProgram *p) {
  Check c = {.p = p, .seen = ptrmap_new(p->arena)};
  c.in_scope = ARENA_ARRAY(p->arena, bool, p->next_var_id + 1);
  c.bound = ARENA_ARRAY(p->arena, bool, p->next_var_id + 1);
  core_each_root(p, p->shaken, check_root, &c);
  return c.error;
}
