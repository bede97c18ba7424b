/* Loops, for what comes after: inference and closures see a loop where a
 * LETREC stands with all its calls in tail position.
 *
 * 1. A global function that calls itself in tail position gets a loop inside;
 *    other calls of itself, and calls from outside, stay calls:
 *
 *      (define (f a b) body)  =>  (define (f a' b') (letrec [f (lambda (a b) body)] (f a' b')))
 *
 * 2. A LETREC whose functions are all called inside one operand moves there:
 *
 *      (letrec [loop ..] (+ 1 (loop 0)))  =>  (+ 1 (letrec [loop ..] (loop 0)))
 *
 *    It never moves into a lambda: there it would be made at each call.
 */
#include "core_walk.h"

/* ---- 1: self tail calls ---- */

static bool has_self_tail_call(CoreNode *n, const CoreGlobal *g) {
  for (;;) {
    if (n->kind == CORE_CALL)
      return n->call.fn->kind == CORE_GLOBAL && n->call.fn->global == g && core_callee(n);
    uint32_t count = core_nchildren(n);
    if (count == 0 || !core_child_is_tail(n, count - 1)) return false;
    if (n->kind == CORE_IF && has_self_tail_call(n->branch.then, g)) return true;
    n = core_child(n, count - 1);
  }
}

static void turn_tail_calls(CoreProgram *p, CoreNode *n, const CoreGlobal *g, CoreVar *loop) {
  for (;;) {
    if (n->kind == CORE_CALL) {
      if (n->call.fn->kind == CORE_GLOBAL && n->call.fn->global == g && core_callee(n))
        n->call.fn = core_local_new(p, loop, n->call.fn->span);
      return;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0 || !core_child_is_tail(n, count - 1)) return;
    if (n->kind == CORE_IF) turn_tail_calls(p, n->branch.then, g, loop);
    n = core_child(n, count - 1);
  }
}

static void make_self_loop(CoreProgram *p, CoreGlobal *g) {
  CoreLambda *l = g->lambda;
  Arena *a = p->arena;
  if (!core_has_plain_params(l) || !has_self_tail_call(l->body, g)) return;
  CoreLambda *inner = ARENA_NEW(a, CoreLambda);
  *inner = *l;
  inner->global = NULL;
  CoreVar *loop = core_var_new(p, g->name, g->span);
  loop->lambda = inner;
  CoreVar **params = ARENA_ARRAY(a, CoreVar *, l->nparams + 1);
  CoreNode **args = ARENA_ARRAY(a, CoreNode *, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++) {
    params[i] = core_var_new(p, l->params[i]->name, l->params[i]->span);
    args[i] = core_local_new(p, params[i], l->span);
  }
  turn_tail_calls(p, l->body, g, loop);
  CoreNode *lambda = core_node_new(p, CORE_LAMBDA, l->span);
  lambda->lambda = inner;
  CoreNode *start = core_node_new(p, CORE_CALL, l->body->span);
  start->call.fn = core_local_new(p, loop, l->body->span);
  start->call.nargs = l->nparams;
  start->call.args = args;
  CoreNode *letrec = core_node_new(p, CORE_LETREC, l->body->span);
  letrec->let.n = 1;
  letrec->let.vars = ARENA_NEW(a, CoreVar *);
  letrec->let.inits = ARENA_NEW(a, CoreNode *);
  letrec->let.vars[0] = loop;
  letrec->let.inits[0] = lambda;
  letrec->let.body = start;
  l->params = params;
  l->body = letrec;
}

/* ---- 2: LETRECs to where they are used ---- */

typedef struct Sink {
  const CoreNode *let;
  uint32_t total;    /* uses outside the lambdas themselves */
  CoreNode **target; /* deepest place with all of them */
} Sink;

static bool binds(const CoreNode *let, const CoreVar *v) {
  for (uint32_t i = 0; i < let->let.n; i++)
    if (let->let.vars[i] == v) return true;
  return false;
}

/* Uses of the variables in a tree; notes the deepest place that has them all. */
static uint32_t count_uses(Sink *k, CoreNode **slot, bool in_lambda) {
  CoreNode *n = *slot;
  uint32_t uses = n->kind == CORE_LOCAL && binds(k->let, n->var) ? 1 : 0;
  bool inside = in_lambda || n->kind == CORE_LAMBDA;
  uint32_t count = core_nchildren(n);
  for (uint32_t i = 0; i < count; i++) uses += count_uses(k, core_child_slot(n, i), inside);
  if (!k->target && k->total > 0 && uses == k->total && !inside && n->kind != CORE_LOCAL)
    k->target = slot;
  return uses;
}

static bool only_lambdas(const CoreNode *let) {
  for (uint32_t i = 0; i < let->let.n; i++)
    if (!let->let.vars[i]->lambda) return false;
  return true;
}

static void sink(CoreNode **slot) {
  CoreNode *n = *slot;
  Sink k = {.let = n};
  k.total = count_uses(&k, &n->let.body, false);
  k.target = NULL;
  if (k.total == 0) return;
  count_uses(&k, &n->let.body, false);
  if (!k.target || k.target == &n->let.body) return;
  *slot = n->let.body;
  n->let.body = *k.target;
  *k.target = n;
}

/* Outermost first: what moves inward is met again there, at rest. `budget`
 * bounds the searching on deeply nested LETRECs. */
static void sink_all(CoreNode **slot, int depth) {
  for (;;) {
    CoreNode *n = *slot;
    bool binding = n->kind == CORE_LETREC || n->kind == CORE_LET;
    if (binding && depth < 12 && only_lambdas(n)) sink(slot);
    n = *slot;
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    int inner = n->kind == CORE_LETREC ? depth + 1 : depth;
    for (uint32_t i = 0; i + 1 < count; i++) sink_all(core_child_slot(n, i), inner);
    slot = core_child_slot(n, count - 1);
    depth = inner;
  }
}

static void sink_root(void *ctx, CoreNode **root, CoreLambda *top) {
  (void)ctx;
  (void)top;
  sink_all(root, 0);
}

void simplify_loops(CoreProgram *p) {
  for (size_t i = 0; i < p->globals.n; i++) {
    CoreGlobal *g = p->globals.items[i];
    if (g->used && g->lambda) make_self_loop(p, g);
  }
  core_each_root(p, true, sink_root, NULL);
}
