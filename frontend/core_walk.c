/* Children, roots, facts and constructors of core trees: see core_walk.h. */
#include "core_walk.h"

/* ---- children ---- */

uint32_t core_nchildren(const CoreNode *n) {
  switch (n->kind) {
  case CORE_CONST:
  case CORE_LOCAL:
  case CORE_GLOBAL: return 0;
  case CORE_LAMBDA:
  case CORE_SET:
  case CORE_SET_GLOBAL: return 1;
  case CORE_CALL:
  case CORE_APPLY: return n->call.nargs + 1;
  case CORE_PRIM: return n->prim.nargs;
  case CORE_IF: return 3;
  case CORE_LET:
  case CORE_LETREC: return n->let.n + 1;
  case CORE_SEQ: return n->seq.n;
  case CORE_COUNT: break;
  }
  return 0;
}

CoreNode **core_child_slot(CoreNode *n, uint32_t i) {
  switch (n->kind) {
  case CORE_LAMBDA: return &n->lambda->body;
  case CORE_SET: return &n->set.value;
  case CORE_SET_GLOBAL: return &n->set_global.value;
  case CORE_CALL:
  case CORE_APPLY: return i == 0 ? &n->call.fn : &n->call.args[i - 1];
  case CORE_PRIM: return &n->prim.args[i];
  case CORE_IF: return i == 0 ? &n->branch.test : i == 1 ? &n->branch.then : &n->branch.otherwise;
  case CORE_LET:
  case CORE_LETREC: return i < n->let.n ? &n->let.inits[i] : &n->let.body;
  case CORE_SEQ: return &n->seq.items[i];
  case CORE_CONST:
  case CORE_LOCAL:
  case CORE_GLOBAL:
  case CORE_COUNT: break;
  }
  return NULL;
}

bool core_child_is_tail(const CoreNode *n, uint32_t i) {
  switch (n->kind) {
  case CORE_IF: return i > 0;
  case CORE_LET:
  case CORE_LETREC: return i == n->let.n;
  case CORE_SEQ: return i + 1 == n->seq.n;
  default: return false;
  }
}

/* ---- roots ---- */

void core_each_root(const CoreProgram *p, bool used_only, CoreRootVisit visit, void *ctx) {
  for (size_t i = 0; i < p->globals.n; i++) {
    CoreGlobal *g = p->globals.items[i];
    if (g->lambda && (g->used || !used_only)) visit(ctx, &g->lambda->body, g->lambda);
  }
  for (size_t i = 0; i < p->tests.n; i++) {
    CoreLambda *l = p->tests.items[i].lambda;
    visit(ctx, &l->body, l);
  }
  for (size_t i = 0; i < p->top.n; i++) visit(ctx, &p->top.items[i], NULL);
}

/* ---- facts ---- */

static void reset_var(CoreVar *v, CoreNode *init) {
  v->nrefs = 0;
  v->assigned = false;
  v->lambda = init && init->kind == CORE_LAMBDA ? init->lambda : NULL;
}

static void reset_lambda_vars(CoreLambda *l) {
  for (uint32_t i = 0; i < l->nparams; i++) reset_var(l->params[i], NULL);
  if (l->self) {
    reset_var(l->self, NULL);
    l->self->lambda = l;
  }
}

/* Binders are met before their uses, so one walk resets and counts. */
static void refresh(CoreNode *n) {
  for (;;) {
    switch (n->kind) {
    case CORE_LOCAL: n->var->nrefs++; break;
    case CORE_LAMBDA: reset_lambda_vars(n->lambda); break;
    case CORE_LET:
    case CORE_LETREC:
      for (uint32_t i = 0; i < n->let.n; i++) reset_var(n->let.vars[i], n->let.inits[i]);
      break;
    case CORE_SET:
      n->set.var->assigned = true;
      n->set.var->lambda = NULL;
      break;
    default: break;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) refresh(core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static void refresh_root(void *ctx, CoreNode **root, CoreLambda *top) {
  (void)ctx;
  if (top) reset_lambda_vars(top);
  refresh(*root);
}

void core_refresh_vars(CoreProgram *p) { core_each_root(p, true, refresh_root, NULL); }

CoreLambda *core_callee(const CoreNode *call) {
  if (call->kind != CORE_CALL) return NULL;
  const CoreNode *fn = call->call.fn;
  CoreLambda *l = fn->kind == CORE_LOCAL    ? fn->var->lambda
                  : fn->kind == CORE_GLOBAL ? fn->global->lambda
                  : fn->kind == CORE_LAMBDA ? fn->lambda
                                            : NULL;
  return l && core_accepts(l, call->call.nargs) ? l : NULL;
}

bool core_is_trivial(const CoreNode *n) {
  switch (n->kind) {
  case CORE_CONST:
  case CORE_LAMBDA: return true;
  case CORE_LOCAL: return !n->var->assigned;
  case CORE_GLOBAL: return core_global_is_constant(n->global);
  default: return false;
  }
}

/* Looks a few levels deep only: what is deeper is taken to have an effect. */
static bool droppable(const CoreNode *n, int depth) {
  if (depth == 0) return false;
  switch (n->kind) {
  case CORE_CONST:
  case CORE_LOCAL:
  case CORE_LAMBDA: return true;
  case CORE_GLOBAL: return core_global_is_constant(n->global) || !n->global->checked;
  case CORE_PRIM:
    if (prim_table[n->prim.id].effects & (P_FAIL | P_DROP | P_IO | P_NORETURN)) return false;
    break;
  case CORE_IF:
  case CORE_LET:
  case CORE_SEQ: break;
  default: return false;
  }
  uint32_t count = core_nchildren(n);
  for (uint32_t i = 0; i < count; i++)
    if (!droppable(core_child((CoreNode *)n, i), depth - 1)) return false;
  return true;
}

bool core_is_droppable(const CoreNode *n) { return droppable(n, 6); }

/* ---- construction ---- */

CoreNode *core_node_new(CoreProgram *p, CoreKind kind, Span span) {
  CoreNode *n = ARENA_NEW(p->arena, CoreNode);
  n->kind = kind;
  n->span = span;
  n->kinds = K_ANY;
  return n;
}

CoreNode *core_const_new(CoreProgram *p, const Literal *literal, Span span) {
  CoreNode *n = core_node_new(p, CORE_CONST, span);
  n->literal = literal;
  return n;
}

CoreNode *core_local_new(CoreProgram *p, CoreVar *v, Span span) {
  CoreNode *n = core_node_new(p, CORE_LOCAL, span);
  n->var = v;
  v->nrefs++;
  return n;
}

CoreNode *core_let_new(CoreProgram *p, uint32_t n, CoreVar **vars, CoreNode **inits,
                       CoreNode *body, Span span) {
  CoreNode *let = core_node_new(p, CORE_LET, span);
  let->let.n = n;
  let->let.vars = vars;
  let->let.inits = inits;
  let->let.body = body;
  return let;
}

CoreNode *core_prim_new(CoreProgram *p, PrimId id, uint32_t nargs, CoreNode **args, Span span) {
  CoreNode *n = core_node_new(p, CORE_PRIM, span);
  n->prim.id = id;
  n->prim.nargs = nargs;
  n->prim.args = args;
  return n;
}

CoreNode *core_if_new(CoreProgram *p, CoreNode *test, CoreNode *then, CoreNode *otherwise,
                      Span span) {
  CoreNode *n = core_node_new(p, CORE_IF, span);
  n->branch.test = test;
  n->branch.then = then;
  n->branch.otherwise = otherwise;
  return n;
}

CoreVar *core_var_new(CoreProgram *p, const Name *name, Span span) {
  CoreVar *v = ARENA_NEW(p->arena, CoreVar);
  v->name = name;
  v->span = span;
  v->id = p->next_var_id++;
  v->kinds = K_ANY;
  v->rep = REP_VALUE;
  return v;
}

const Literal *core_literal_of(CoreProgram *p, LiteralKind kind) {
  Literal *l = ARENA_NEW(p->arena, Literal);
  l->kind = kind;
  return l;
}

const Literal *core_literal_int(CoreProgram *p, int64_t n) {
  Literal *l = ARENA_NEW(p->arena, Literal);
  l->kind = LIT_INT;
  l->integer = n;
  return l;
}

const Literal *core_literal_float(CoreProgram *p, double x) {
  Literal *l = ARENA_NEW(p->arena, Literal);
  l->kind = LIT_FLOAT;
  l->number = x;
  return l;
}
