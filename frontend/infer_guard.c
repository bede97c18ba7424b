/* Fast versions of functions whose arguments come from far away.
 *
 * What is read at run time may be any number, and a loop over it can prove
 * nothing: the bound may be a Float, the counter may overflow. So a function
 * with a loop or a recursion gets a second version, entered if what it computes
 * with are integers of moderate size, which is what they nearly always are:
 *
 *   (define (tak x y z) body)  =>
 *   (define (tak x y z)
 *     (if (and (%fx-small? x) (%fx-small? y) (%fx-small? z))
 *         (tak' x y z)
 *         body))
 *   (define (tak' x y z) body')      body' calls tak' where body calls tak
 *
 * Nothing is assumed about tak': inference sees that all its calls pass small
 * integers, or it does not, and then the version is merely useless. Meaning
 * does not change, as both versions are the same code.
 *
 * Decided on the facts of a first inference; core_infer then starts again.
 */
#include "infer.h"

enum {
  GUARD_SIZE_MAX = 400,   /* nodes of a function that is doubled */
  GUARD_TOTAL_MAX = 6000, /* nodes added to the program */
  GUARD_PARAMS_MAX = 6,
};

typedef struct Guard {
  Infer *f;
  CoreGlobal *global;
  bool *computes; /* by variable id: an operand of arithmetic or a comparison */
  bool loops;     /* the function calls itself, or has a loop inside */
  bool grew;
  uint32_t size;
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

static void note_computing(Guard *g, const CoreNode *n) {
  if (n->kind != CORE_LOCAL || n->var->assigned || g->computes[n->var->id]) return;
  g->computes[n->var->id] = true;
  g->grew = true;
}

/* A variable handed to a parameter that computes, computes. */
static void note_call(Guard *g, const CoreNode *n) {
  const CoreLambda *l = core_callee(n);
  if (!l || !core_has_plain_params(l)) return;
  if (n->call.fn->kind == CORE_GLOBAL && n->call.fn->global == g->global) g->loops = true;
  if (l->mode == LAMBDA_JOIN) g->loops = true;
  for (uint32_t i = 0; i < n->call.nargs; i++)
    if (g->computes[l->params[i]->id]) note_computing(g, n->call.args[i]);
}

static void look(Guard *g, CoreNode *n) {
  for (;;) {
    g->size++;
    if (n->kind == CORE_PRIM && is_arithmetic(n->prim.id))
      for (uint32_t i = 0; i < n->prim.nargs; i++) note_computing(g, n->prim.args[i]);
    if (n->kind == CORE_CALL) note_call(g, n);
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) look(g, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

/* What the parameter may be: a fixnum, and other things that are numbers too. */
static bool is_in_doubt(const LambdaInfo *info, uint32_t i) {
  Fact a = info->open ? fact_any : info->params[i];
  if (!(a.kinds & KB_FIX)) return false;
  return a.kinds != KB_FIX || a.hi > INT64_C(1) << 59 || a.lo < -(INT64_C(1) << 59);
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

static CoreNode *branch(CoreProgram *p, CoreNode *test, CoreNode *then, CoreNode *otherwise) {
  CoreNode *n = core_node_new(p, CORE_IF, then->span);
  n->branch.test = test;
  n->branch.then = then;
  n->branch.otherwise = otherwise;
  return n;
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

static bool guard_function(Infer *f, CoreGlobal *g, uint32_t *budget) {
  CoreLambda *l = g->lambda;
  const LambdaInfo *info = &f->infos.items[l->mark];
  if (!core_has_plain_params(l) || (!info->entered && !info->open)) return false;
  Guard w = {.f = f, .global = g};
  w.computes = ARENA_ARRAY(f->p->arena, bool, f->p->next_var_id + 1);
  do { /* once more for what is handed on through loops */
    w.grew = false;
    w.size = 0;
    look(&w, l->body);
  } while (w.grew);
  if (!w.loops || w.size > GUARD_SIZE_MAX || w.size > *budget) return false;
  CoreNode *test = NULL;
  uint32_t ntests = 0;
  for (uint32_t i = l->nparams; i-- > 0;) {
    if (!w.computes[l->params[i]->id] || !is_in_doubt(info, i)) continue;
    CoreNode *one = small_test(f->p, l->params[i], l->span);
    CoreNode *no = core_const_new(f->p, core_literal_of(f->p, LIT_FALSE), l->span);
    test = test ? branch(f->p, one, test, no) : one;
    ntests++;
  }
  if (ntests == 0 || ntests > GUARD_PARAMS_MAX) return false;
  CoreGlobal *fast = fast_version(f->p, g);
  l->body = branch(f->p, test, call_fast(f->p, fast, l), l->body);
  *budget -= w.size;
  return true;
}

bool infer_guard_functions(Infer *f) {
  uint32_t budget = GUARD_TOTAL_MAX;
  bool any = false;
  size_t n = f->p->globals.n; /* versions are pushed behind */
  for (size_t i = 0; i < n; i++) {
    CoreGlobal *g = f->p->globals.items[i];
    if (g->used && g->lambda && guard_function(f, g, &budget)) any = true;
  }
  return any;
}
