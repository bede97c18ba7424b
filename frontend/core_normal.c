/* Normal form of core trees, before any stage looks for known functions.
 *
 * Three things hold afterwards: a lambda has a `self` variable only where it is
 * bound to an assigned variable of a LETREC (nothing else can name it); no
 * lambda with fitting arguments is called on the spot; everything that is bound
 * to a lambda can be reached from code that runs.
 *
 * Two walks: a rewriting one from the outside in, then a mark over live code
 * (the lambda of a variable is live from the first live use of the variable on)
 * and a sweep of the bindings that were not marked.
 */
#include "core_walk.h"

typedef struct Normal {
  CoreProgram *p;
  CoreVar **forward; /* by variable id: what a self variable has become */
  size_t nforward;
} Normal;

static CoreVar *forwarded(const Normal *c, CoreVar *v) {
  return v->id < c->nforward && c->forward[v->id] ? c->forward[v->id] : v;
}

/* An assigned self variable becomes an ordinary one, set from the closure. */
static void unassign_self(Normal *c, CoreLambda *l) {
  CoreVar *fresh = core_var_new(c->p, l->self->name, l->self->span);
  CoreVar **vars = ARENA_NEW(c->p->arena, CoreVar *);
  CoreNode **inits = ARENA_NEW(c->p->arena, CoreNode *);
  vars[0] = l->self;
  inits[0] = core_local_new(c->p, fresh, l->span);
  l->body = core_let_new(c->p, 1, vars, inits, l->body, l->span);
  fresh->lambda = l;
  l->self = fresh;
}

static bool drop_unused_self(Normal *c, CoreLambda *l) {
  if (!l->self) return true;
  if (l->self->assigned) unassign_self(c, l);
  if (l->self->nrefs > 0) return false;
  l->self = NULL;
  return true;
}

/* (lambda self ..) as a value: (letrec [self (lambda ..)] self) */
static void bind_self(Normal *c, CoreNode *n) {
  CoreNode *lambda = core_node_new(c->p, CORE_LAMBDA, n->span);
  lambda->lambda = n->lambda;
  CoreVar **vars = ARENA_NEW(c->p->arena, CoreVar *);
  CoreNode **inits = ARENA_NEW(c->p->arena, CoreNode *);
  vars[0] = n->lambda->self;
  inits[0] = lambda;
  n->lambda->self = NULL;
  CoreNode *body = core_local_new(c->p, vars[0], n->span);
  n->kind = CORE_LETREC;
  n->let.n = 1;
  n->let.vars = vars;
  n->let.inits = inits;
  n->let.body = body;
}

static void bind_self_of_init(Normal *c, CoreNode *let, uint32_t i) {
  CoreNode *init = let->let.inits[i];
  if (init->kind != CORE_LAMBDA || drop_unused_self(c, init->lambda)) return;
  CoreVar *v = let->let.vars[i], *self = init->lambda->self;
  bool alone = let->kind == CORE_LETREC || let->let.n == 1;
  if (alone && !v->assigned && self->id < c->nforward) {
    let->kind = CORE_LETREC;
    c->forward[self->id] = v;
    init->lambda->self = NULL;
  } else if (let->kind == CORE_LET) {
    bind_self(c, init);
  }
}

/* ((fn [x] body) arg): (let [x arg] body) */
static bool call_on_the_spot(CoreNode *n) {
  if (n->kind != CORE_CALL || n->call.fn->kind != CORE_LAMBDA) return false;
  CoreLambda *l = n->call.fn->lambda;
  if (l->self || !core_has_plain_params(l) || !core_accepts(l, n->call.nargs)) return false;
  CoreNode **inits = n->call.args;
  n->kind = CORE_LET;
  n->let.n = l->nparams;
  n->let.vars = l->params;
  n->let.inits = inits;
  n->let.body = l->body;
  return true;
}

static void rewrite(Normal *c, CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_CALL && n->call.fn->kind == CORE_LAMBDA) {
      drop_unused_self(c, n->call.fn->lambda);
      call_on_the_spot(n);
    }
    if (n->kind == CORE_LAMBDA && !drop_unused_self(c, n->lambda)) bind_self(c, n);
    if (n->kind == CORE_LOCAL) n->var = forwarded(c, n->var);
    if (n->kind == CORE_LET || n->kind == CORE_LETREC) {
      for (uint32_t i = 0; i < n->let.n; i++) bind_self_of_init(c, n, i);
      for (uint32_t i = 0; i < n->let.n; i++) {
        CoreNode *init = n->let.inits[i];
        if (init->kind == CORE_LAMBDA) rewrite(c, init->lambda->body);
        else rewrite(c, init);
      }
      n = n->let.body;
      continue;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) rewrite(c, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static void rewrite_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Normal *c = ctx;
  if (top && !drop_unused_self(c, top)) {
    /* a global function that names itself: through its global */
    CoreNode *self = core_node_new(c->p, CORE_GLOBAL, top->span);
    if (top->global) {
      CoreVar **vars = ARENA_NEW(c->p->arena, CoreVar *);
      CoreNode **inits = ARENA_NEW(c->p->arena, CoreNode *);
      self->global = top->global;
      vars[0] = top->self;
      inits[0] = self;
      top->body = core_let_new(c->p, 1, vars, inits, top->body, top->span);
      top->self = NULL;
    }
  }
  rewrite(c, *root);
}

/* ---- lambdas that nothing reaches ---- */

typedef struct Mark {
  CoreProgram *p;
  bool *live; /* by variable id */
  VEC(CoreNode *) work;
} Mark;

static void mark_local(Mark *m, CoreVar *v) {
  if (!v->lambda || m->live[v->id]) return;
  m->live[v->id] = true;
  VEC_PUSH(m->p->arena, &m->work, v->lambda->body);
}

static void mark(Mark *m, CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_LOCAL) mark_local(m, n->var);
    if (n->kind == CORE_LAMBDA && n->lambda->self) m->live[n->lambda->self->id] = true;
    if (n->kind == CORE_LET || n->kind == CORE_LETREC) {
      for (uint32_t i = 0; i < n->let.n; i++)
        if (!n->let.vars[i]->lambda) mark(m, n->let.inits[i]);
      n = n->let.body;
      continue;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) mark(m, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static void mark_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Mark *m = ctx;
  (void)top;
  mark(m, *root);
  while (m->work.n > 0) mark(m, m->work.items[--m->work.n]);
}

static void sweep_bindings(const Mark *m, CoreNode *n) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n->let.n; i++) {
    if (n->let.vars[i]->lambda && !m->live[n->let.vars[i]->id]) continue;
    n->let.vars[kept] = n->let.vars[i];
    n->let.inits[kept++] = n->let.inits[i];
  }
  n->let.n = kept;
}

static void sweep(const Mark *m, CoreNode **slot) {
  for (;;) {
    CoreNode *n = *slot;
    if (n->kind == CORE_LET || n->kind == CORE_LETREC) {
      sweep_bindings(m, n);
      if (n->let.n == 0) {
        *slot = n->let.body;
        continue;
      }
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) sweep(m, core_child_slot(n, i));
    slot = core_child_slot(n, count - 1);
  }
}

static void sweep_root(void *ctx, CoreNode **root, CoreLambda *top) {
  (void)top;
  sweep(ctx, root);
}

void core_normalise(CoreProgram *p) {
  core_refresh_vars(p);
  Normal c = {.p = p, .nforward = p->next_var_id};
  c.forward = ARENA_ARRAY(p->arena, CoreVar *, p->next_var_id + 1);
  core_each_root(p, true, rewrite_root, &c);
  core_refresh_vars(p);
  Mark m = {.p = p, .live = ARENA_ARRAY(p->arena, bool, p->next_var_id + 1)};
  core_each_root(p, true, mark_root, &m);
  core_each_root(p, true, sweep_root, &m);
  core_refresh_vars(p);
}
