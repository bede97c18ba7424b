/* Fast versions of code whose numbers come from far away.
 *
 * What is read at run time may be any number, and a loop over it can prove
 * nothing: the bound may be a Float, the counter may overflow. So a loop, and a
 * function that calls itself, gets a second version, entered if what it
 * computes with are integers of moderate size, which is what they nearly always
 * are:
 *
 *   (define (tak x y z) body)  =>
 *   (define (tak x y z)
 *     (if (and (%fx-small? x) (%fx-small? y) (%fx-small? z))
 *         (tak' x y z)
 *         body))
 *   (define (tak' x y z) body')      body' calls tak' where body calls tak
 *
 *   (letrec [loop ..] (loop 0))  =>
 *   (if (%fx-small? n) (letrec [loop' ..] (loop' 0)) (letrec [loop ..] (loop 0)))
 *
 * Nothing is assumed about the versions: inference sees that all that flows into
 * them are small integers, or it does not, and then they are merely useless.
 * Meaning does not change, as both versions are the same code.
 *
 * Decided on the facts of a first inference; core_infer then starts again.
 * Outermost loops only: their versions contain those of the inner ones.
 */
#include "infer.h"

enum {
  GUARD_SIZE_MAX = 400,   /* nodes of what is doubled */
  GUARD_TOTAL_MAX = 6000, /* nodes added to the program */
  GUARD_TESTS_MAX = 6,
};

typedef struct Guard {
  Infer *f;
  const CoreGlobal *global; /* whose body it is, or NULL */
  uint32_t *computes;       /* by variable id: `tick` if operand of arithmetic or a comparison */
  uint32_t *compared;       /* by variable id: `tick` if operand of a comparison */
  uint32_t *inner;          /* by variable id: `tick` if bound in what is looked at */
  uint32_t tick;
  VEC(CoreVar *) operands;  /* in the order met */
  bool calls_itself, grew;
  uint32_t size;
  uint32_t budget;          /* nodes that may still be added */
} Guard;

static bool is_arithmetic(PrimId id) {
  switch (id) {
  case PRIM_add:
  case PRIM_sub:
  case PRIM_mul:
  case PRIM_quotient:
  case PRIM_remainder:
  case PRIM_mod: return true;
  default: return infer_comparison(id) >= 0;
  }
}

static void note_compared(Guard *g, const CoreNode *n) {
  if (n->kind != CORE_LOCAL || g->compared[n->var->id] == g->tick) return;
  g->compared[n->var->id] = g->tick;
  g->grew = true;
}

static void note_computing(Guard *g, const CoreNode *n) {
  if (n->kind != CORE_LOCAL || n->var->assigned || g->computes[n->var->id] == g->tick) return;
  g->computes[n->var->id] = g->tick;
  g->grew = true;
  VEC_PUSH(g->f->p->arena, &g->operands, n->var);
}

/* A variable handed to a parameter that computes, computes. */
static void note_call(Guard *g, const CoreNode *n) {
  const CoreLambda *l = core_callee(n);
  if (!l || !core_has_plain_params(l)) return;
  if (n->call.fn->kind == CORE_GLOBAL && n->call.fn->global == g->global) g->calls_itself = true;
  for (uint32_t i = 0; i < n->call.nargs; i++) {
    if (g->computes[l->params[i]->id] == g->tick) note_computing(g, n->call.args[i]);
    if (g->compared[l->params[i]->id] == g->tick) note_compared(g, n->call.args[i]);
  }
}

static void note_binders(Guard *g, const CoreNode *n) {
  if (n->kind == CORE_LAMBDA)
    for (uint32_t i = 0; i < n->lambda->nparams; i++) g->inner[n->lambda->params[i]->id] = g->tick;
  if (n->kind == CORE_LET || n->kind == CORE_LETREC)
    for (uint32_t i = 0; i < n->let.n; i++) g->inner[n->let.vars[i]->id] = g->tick;
}

static void look(Guard *g, CoreNode *n) {
  for (;;) {
    g->size++;
    note_binders(g, n);
    if (n->kind == CORE_PRIM && is_arithmetic(n->prim.id))
      for (uint32_t i = 0; i < n->prim.nargs; i++) {
        note_computing(g, n->prim.args[i]);
        if (infer_comparison(n->prim.id) >= 0) note_compared(g, n->prim.args[i]);
      }
    if (n->kind == CORE_CALL) note_call(g, n);
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) look(g, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

/* Looks again while operands are found behind parameters of loops. */
static void look_all(Guard *g, CoreNode *n, const CoreGlobal *global) {
  g->global = global;
  g->tick++;
  g->operands.n = 0;
  g->calls_itself = false;
  do {
    g->grew = false;
    g->size = 0;
    look(g, n);
  } while (g->grew);
}

/* What the variable may be: a fixnum, and other things or a large one too. */
static bool is_in_doubt(const Infer *f, const CoreVar *v) {
  int64_t most = INT64_C(1) << 59;
  Fact a = f->ever[v->id];
  if (!(a.kinds & KB_FIX)) return false;
  return a.kinds != KB_FIX || a.hi > most || a.lo < -most;
}

/* ---- making the version ---- */

static void turn_calls(CoreNode *n, const CoreGlobal *from, CoreGlobal *to) {
  for (;;) {
    if (n->kind == CORE_CALL && n->call.fn->kind == CORE_GLOBAL && n->call.fn->global == from)
      n->call.fn->global = to;
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) turn_calls(core_child(n, i), from, to);
    n = core_child(n, count - 1);
  }
}

static CoreGlobal *fast_version(CoreProgram *p, CoreGlobal *g) {
  CoreGlobal *fast = ARENA_NEW(p->arena, CoreGlobal);
  *fast = *g;
  fast->lambda = core_copy_lambda(p, g->lambda);
  fast->lambda->global = fast;
  fast->ir = NULL;
  turn_calls(fast->lambda->body, g, fast);
  VEC_PUSH(p->arena, &p->globals, fast);
  return fast;
}

static CoreNode *small_test(CoreProgram *p, CoreVar *v, Span span) {
  CoreNode **args = ARENA_NEW(p->arena, CoreNode *);
  args[0] = core_local_new(p, v, span);
  return core_prim_new(p, PRIM_fx_is_small, 1, args, span);
}

static CoreNode *call_fast(CoreProgram *p, CoreGlobal *fast, const CoreLambda *l) {
  CoreNode *call = core_node_new(p, CORE_CALL, l->body->span);
  call->call.fn = core_node_new(p, CORE_GLOBAL, l->body->span);
  call->call.fn->global = fast;
  call->call.nargs = l->nparams;
  call->call.args = ARENA_ARRAY(p->arena, CoreNode *, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++)
    call->call.args[i] = core_local_new(p, l->params[i], l->body->span);
  return call;
}

/* The test for all operands in doubt that are bound outside; NULL if there are
 * none, too many, or none of them is compared: then no bound would follow. */
static CoreNode *guard_test(const Guard *g, Span span) {
  CoreProgram *p = g->f->p;
  CoreNode *test = NULL;
  uint32_t ntests = 0;
  bool bounds = false;
  for (size_t i = g->operands.n; i-- > 0;) {
    CoreVar *v = g->operands.items[i];
    if (g->inner[v->id] == g->tick || !is_in_doubt(g->f, v)) continue;
    CoreNode *one = small_test(p, v, span);
    CoreNode *no = core_const_new(p, core_literal_of(p, LIT_FALSE), span);
    test = test ? core_if_new(p, one, test, no, test->span) : one;
    bounds |= g->compared[v->id] == g->tick;
    ntests++;
  }
  return bounds && ntests <= GUARD_TESTS_MAX ? test : NULL;
}

static bool fits(const Guard *g) { return g->size <= GUARD_SIZE_MAX && g->size <= g->budget; }

/* A function that calls itself. */
static bool guard_function(Guard *w, CoreGlobal *g) {
  Infer *f = w->f;
  CoreLambda *l = g->lambda;
  const LambdaInfo *info = &f->infos.items[l->mark];
  if (!core_has_plain_params(l) || (!info->entered && !info->open)) return false;
  look_all(w, l->body, g);
  if (!w->calls_itself || !fits(w)) return false;
  CoreNode *test = guard_test(w, l->span);
  if (!test) return false;
  CoreGlobal *fast = fast_version(f->p, g);
  l->body = core_if_new(f->p, test, call_fast(f->p, fast, l), l->body, l->body->span);
  w->budget -= w->size;
  return true;
}

static bool is_loop(const CoreNode *n) {
  return n->kind == CORE_LETREC && n->let.inits[0]->kind == CORE_LAMBDA &&
         n->let.inits[0]->lambda->mode == LAMBDA_JOIN;
}

static bool guard_loops(Guard *w, CoreNode **slot) {
  bool any = false;
  for (;;) {
    CoreNode *n = *slot;
    if (is_loop(n)) {
      CoreProgram *p = w->f->p;
      look_all(w, n, NULL);
      CoreNode *test = fits(w) ? guard_test(w, n->span) : NULL;
      if (test) {
        *slot = core_if_new(p, test, core_copy(p, n, 0, NULL, NULL), n, n->span);
        w->budget -= w->size;
        return true;
      }
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return any;
    for (uint32_t i = 0; i + 1 < count; i++)
      any |= guard_loops(w, core_child_slot(n, i));
    slot = core_child_slot(n, count - 1);
  }
}

bool infer_guard(Infer *f) {
  Guard w = {.f = f, .budget = GUARD_TOTAL_MAX};
  w.computes = ARENA_ARRAY(f->p->arena, uint32_t, f->p->next_var_id + 1);
  w.compared = ARENA_ARRAY(f->p->arena, uint32_t, f->p->next_var_id + 1);
  w.inner = ARENA_ARRAY(f->p->arena, uint32_t, f->p->next_var_id + 1);
  bool any = false;
  size_t n = f->roots.n; /* fast versions are no roots yet */
  for (size_t i = 0; i < n; i++) {
    Root *root = &f->roots.items[i];
    CoreGlobal *g = root->top ? root->top->global : NULL;
    if (g && guard_function(&w, g)) any = true;
    else any |= guard_loops(&w, root->slot);
  }
  return any;
}
