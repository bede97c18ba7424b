/* Modes of lambdas, captured variables, boxes: what ir/ needs to know to give
 * every function its shape.
 *
 * 1. Contification. Every expression is given the continuation it is evaluated
 *    in: a lambda's body has its own, what stands in tail position shares its
 *    parent's, everything else has a new one. A function that is only called
 *    may become a block (JOIN) if all its calls are in the continuation of the
 *    node that binds it, where the body of a JOIN counts as being in the
 *    continuation its own binder is in. All candidates are taken to be JOINs
 *    first, and those with a call elsewhere are taken out until nothing
 *    changes, so mutual loops and loops within loops stay together.
 *
 *      (letrec [loop (lambda (i) (if (< i n) (loop (+ i 1)) i))] (loop 0))
 *
 *    Both calls end in the continuation of the letrec: a loop, wherever the
 *    letrec stands. A call from inside a closure, or as an operand, is not.
 *
 * 2. What is only called but is no JOIN is KNOWN; everything else is CLOSURE.
 *
 * 3. Free variables, to a fixed point per root: what a frame names and does
 *    not own, what its closures capture, and what the KNOWN functions it calls
 *    take as their extra leading parameters. A closure reaches itself through
 *    `self`, not through a captured slot.
 *
 * 4. A variable that is assigned and free in some function lives in a box.
 *    JOINs share the frame of their binder, so loops box nothing.
 *
 * Not done: a function all of whose calls return to one place that is not its
 * binder's (simplify moves the binder there where it can).
 */
#include "core_walk.h"

/* What is known of a lambda of the root at hand; lambda->mark is its index. */
typedef struct Info {
  CoreLambda *lambda;
  CoreVar *var;        /* bound to it and never assigned, or NULL */
  bool only_called;
  uint32_t binder;     /* continuation that the binding node is in */
  uint32_t body;       /* continuation of its own body */
  VEC(uint32_t) calls; /* continuations of the calls */
  VEC(CoreVar *) free; /* phase 3: first as used, doubles and own ones included */
  VEC(CoreLambda *) needs; /* whose free variables must be at hand here too */
} Info;

typedef struct Closures {
  CoreProgram *p;
  VEC(Info *) infos;
  VEC(CoreLambda *) conts; /* continuation -> lambda whose body it is, or NULL */
  uint32_t *stamps, tick;  /* by variable id: which set it was last put in */
} Closures;

static uint32_t new_continuation(Closures *c, CoreLambda *l) {
  VEC_PUSH(c->p->arena, &c->conts, l);
  return (uint32_t)c->conts.n - 1;
}

static Info *info_of(const Closures *c, const CoreLambda *l) { return c->infos.items[l->mark]; }

/* ---- 1: continuations and calls ---- */

static void visit(Closures *c, CoreNode *n, uint32_t cont);

static void reset_lambda(CoreLambda *l) {
  l->mode = LAMBDA_UNDECIDED;
  l->outer = NULL;
  l->value_used = false;
  l->nfree = 0;
  l->free = NULL;
}

static void add_info(Closures *c, CoreLambda *l, CoreVar *v, uint32_t cont) {
  Info *info = ARENA_NEW(c->p->arena, Info);
  l->mark = (uint32_t)c->infos.n;
  info->lambda = l;
  info->var = v && v->lambda == l ? v : NULL;
  info->only_called = info->var && !l->self && core_has_plain_params(l);
  info->binder = cont;
  info->body = new_continuation(c, l);
  reset_lambda(l);
  l->global = NULL;
  VEC_PUSH(c->p->arena, &c->infos, info);
}

static void visit_lambda(Closures *c, CoreLambda *l) {
  visit(c, l->body, info_of(c, l)->body);
}

/* All lambdas first: the bodies of a LETREC name them. */
static void visit_inits(Closures *c, CoreNode *n, uint32_t cont) {
  for (uint32_t i = 0; i < n->let.n; i++)
    if (n->let.inits[i]->kind == CORE_LAMBDA)
      add_info(c, n->let.inits[i]->lambda, n->let.vars[i], cont);
  for (uint32_t i = 0; i < n->let.n; i++) {
    CoreNode *init = n->let.inits[i];
    if (init->kind == CORE_LAMBDA) visit_lambda(c, init->lambda);
    else visit(c, init, new_continuation(c, NULL));
  }
}

static void visit_callee(Closures *c, CoreNode *n, uint32_t cont) {
  CoreNode *fn = n->call.fn;
  if (!core_callee(n)) visit(c, fn, new_continuation(c, NULL));
  else if (fn->kind == CORE_LOCAL)
    VEC_PUSH(c->p->arena, &info_of(c, fn->var->lambda)->calls, cont);
  else if (fn->kind == CORE_LAMBDA)
    visit(c, fn, new_continuation(c, NULL));
}

static void visit(Closures *c, CoreNode *n, uint32_t cont) {
  for (;;) {
    uint32_t first = 0;
    switch (n->kind) {
    case CORE_LOCAL:
      if (n->var->lambda) info_of(c, n->var->lambda)->only_called = false;
      return;
    case CORE_GLOBAL:
      if (n->global->lambda) n->global->lambda->value_used = true;
      return;
    case CORE_LAMBDA:
      add_info(c, n->lambda, NULL, cont);
      visit_lambda(c, n->lambda);
      return;
    case CORE_CALL:
    case CORE_APPLY:
      visit_callee(c, n, cont);
      first = 1;
      break;
    case CORE_LET:
    case CORE_LETREC:
      visit_inits(c, n, cont);
      n = n->let.body;
      continue;
    default: break;
    }
    uint32_t count = core_nchildren(n);
    for (uint32_t i = first; i + 1 < count; i++)
      visit(c, core_child(n, i), core_child_is_tail(n, i) ? cont : new_continuation(c, NULL));
    if (count <= first) return;
    if (!core_child_is_tail(n, count - 1)) cont = new_continuation(c, NULL);
    n = core_child(n, count - 1);
  }
}

/* The continuation that `cont` is once JOINs are blocks. */
static uint32_t resolve(const Closures *c, uint32_t cont) {
  for (;;) {
    const CoreLambda *l = c->conts.items[cont];
    if (!l || l->mode != LAMBDA_JOIN) return cont;
    cont = info_of(c, l)->binder;
  }
}

static bool is_join(const Closures *c, const Info *info) {
  uint32_t home = resolve(c, info->binder);
  for (size_t i = 0; i < info->calls.n; i++)
    if (resolve(c, info->calls.items[i]) != home) return false;
  return true;
}

static void decide_modes(Closures *c) {
  for (size_t i = 0; i < c->infos.n; i++) {
    Info *info = c->infos.items[i];
    info->lambda->mode = info->only_called ? LAMBDA_JOIN : LAMBDA_CLOSURE;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < c->infos.n; i++) {
      Info *info = c->infos.items[i];
      if (info->lambda->mode != LAMBDA_JOIN || is_join(c, info)) continue;
      info->lambda->mode = LAMBDA_KNOWN;
      changed = true;
    }
  }
}

/* ---- 3: frames and free variables ---- */

static void own(CoreVar *v, CoreLambda *frame) {
  v->owner = frame;
  v->captured = v->boxed = false;
}

/* In the frame of the root itself (in == NULL) nothing is free. */
static void use_var(Closures *c, Info *in, CoreVar *v) {
  if (!in) return;
  if (v->lambda && v->lambda->mode != LAMBDA_CLOSURE) {
    if (v->lambda->mode == LAMBDA_KNOWN) VEC_PUSH(c->p->arena, &in->needs, v->lambda);
    return;
  }
  VEC_PUSH(c->p->arena, &in->free, v);
}

static void scan(Closures *c, CoreNode *n, CoreLambda *frame, Info *in);

static void scan_lambda(Closures *c, CoreLambda *l, CoreLambda *frame, Info *in) {
  l->outer = frame;
  if (l->mode == LAMBDA_CLOSURE && in) VEC_PUSH(c->p->arena, &in->needs, l);
  if (l->mode != LAMBDA_JOIN) {
    frame = l;
    in = info_of(c, l);
  }
  if (l->self) own(l->self, l);
  for (uint32_t i = 0; i < l->nparams; i++) own(l->params[i], frame);
  scan(c, l->body, frame, in);
}

static void scan(Closures *c, CoreNode *n, CoreLambda *frame, Info *in) {
  for (;;) {
    switch (n->kind) {
    case CORE_LOCAL: use_var(c, in, n->var); return;
    case CORE_LAMBDA: scan_lambda(c, n->lambda, frame, in); return;
    case CORE_SET: use_var(c, in, n->set.var); break;
    case CORE_LET:
    case CORE_LETREC:
      for (uint32_t i = 0; i < n->let.n; i++) own(n->let.vars[i], frame);
      break;
    default: break;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) scan(c, core_child(n, i), frame, in);
    n = core_child(n, count - 1);
  }
}

/* Adds v to the free variables of the info whose set has been stamped. */
static bool add_free(Closures *c, Info *info, CoreVar *v) {
  if (v->owner == info->lambda && v != info->var) return false;
  if (c->stamps[v->id] == c->tick) return false;
  if (v == info->var || v == info->lambda->self) {
    info->lambda->self = v;
    return false;
  }
  c->stamps[v->id] = c->tick;
  VEC_PUSH(c->p->arena, &info->free, v);
  return true;
}

static void sieve_free(Closures *c, Info *info) {
  CoreVar **used = info->free.items;
  size_t n = info->free.n;
  info->free.items = NULL;
  info->free.n = info->free.capacity = 0;
  c->tick++;
  for (size_t i = 0; i < n; i++) add_free(c, info, used[i]);
}

static bool add_needed(Closures *c, Info *info) {
  bool changed = false;
  c->tick++;
  for (size_t i = 0; i < info->free.n; i++) c->stamps[info->free.items[i]->id] = c->tick;
  for (size_t i = 0; i < info->needs.n; i++) {
    Info *from = info_of(c, info->needs.items[i]);
    for (size_t j = 0; j < from->free.n; j++) changed |= add_free(c, info, from->free.items[j]);
  }
  return changed;
}

/* Inner frames are met last, so going backwards mostly settles at once. */
static void find_free(Closures *c) {
  for (size_t i = 0; i < c->infos.n; i++) sieve_free(c, c->infos.items[i]);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = c->infos.n; i-- > 0;) changed |= add_needed(c, c->infos.items[i]);
  }
}

/* ---- 4: boxes; what the lambdas say ---- */

static void publish(Info *info) {
  CoreLambda *l = info->lambda;
  if (l->mode == LAMBDA_JOIN) return;
  l->nfree = (uint32_t)info->free.n;
  l->free = info->free.items;
  for (uint32_t i = 0; i < l->nfree; i++) {
    CoreVar *v = l->free[i];
    v->captured = true;
    v->boxed = v->assigned;
    if (v->boxed) v->rep = REP_VALUE;
  }
}

static void close_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Closures *c = ctx;
  c->infos.n = c->conts.n = 0;
  visit(c, *root, new_continuation(c, NULL));
  decide_modes(c);
  for (uint32_t i = 0; top && i < top->nparams; i++) own(top->params[i], top);
  scan(c, *root, top, NULL);
  find_free(c);
  for (size_t i = 0; i < c->infos.n; i++) publish(c->infos.items[i]);
}

static void reset_top(void *ctx, CoreNode **root, CoreLambda *top) {
  (void)ctx;
  (void)root;
  if (!top) return;
  reset_lambda(top);
  top->mode = LAMBDA_TOP;
}

static void link_globals(CoreProgram *p) {
  for (size_t i = 0; i < p->globals.n; i++) {
    CoreGlobal *g = p->globals.items[i];
    if (g->lambda) g->lambda->global = g;
  }
}

/* requires: names resolved; `used` set.  gives: mode, outer, free, self and
 * value_used of every lambda, owner, captured and boxed of every variable.
 * keeps: everything else. */
void core_closures(CoreProgram *p) {
  link_globals(p);
  core_normalise(p);
  Closures c = {.p = p};
  c.stamps = ARENA_ARRAY(p->arena, uint32_t, p->next_var_id + 1);
  core_each_root(p, true, reset_top, NULL);
  core_each_root(p, true, close_root, &c);
}
