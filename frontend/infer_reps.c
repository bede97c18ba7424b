/* How variables, parameters and results travel: unboxed doubles where a value
 * is always a Float and everybody who passes or takes it is known.
 *
 * A function whose result travels as a double may be tail-called only by
 * functions whose result travels so too: else the caller would have to convert
 * after the call, and the call would not be a tail call any more. So results
 * start out as doubles wherever they may be, and both ends of a tail call that
 * disagree go back to values until all agree.
 */
#include "infer.h"

typedef struct TailCall {
  CoreLambda *from, *to; /* to == NULL: a function nobody knows */
} TailCall;

typedef struct Reps {
  Infer *f;
  VEC(TailCall) calls;
} Reps;

/* ---- tail calls ---- */

static void find_calls(Reps *r, CoreNode *n, CoreLambda *frame);

static void find_in_joins(Reps *r, CoreNode *let, CoreLambda *frame) {
  for (uint32_t i = 0; i < let->let.n; i++) {
    CoreNode *init = let->let.inits[i];
    if (init->kind == CORE_LAMBDA && init->lambda->mode == LAMBDA_JOIN)
      find_calls(r, init->lambda->body, frame);
  }
}

static void note_call(Reps *r, CoreNode *n, CoreLambda *frame) {
  CoreLambda *to = n->kind == CORE_CALL ? core_callee(n) : NULL;
  if (to && to->mode == LAMBDA_JOIN) return;
  VEC_PUSH(r->f->p->arena, &r->calls, ((TailCall){frame, to}));
}

/* Calls in tail position of `frame`, in its JOINs too. */
static void find_calls(Reps *r, CoreNode *n, CoreLambda *frame) {
  for (;;) {
    switch (n->kind) {
    case CORE_CALL:
    case CORE_APPLY: note_call(r, n, frame); return;
    case CORE_IF:
      find_calls(r, n->branch.then, frame);
      n = n->branch.otherwise;
      break;
    case CORE_LET:
    case CORE_LETREC:
      find_in_joins(r, n, frame);
      n = n->let.body;
      break;
    case CORE_SEQ: n = n->seq.items[n->seq.n - 1]; break;
    default: return;
    }
  }
}

/* ---- results ---- */

static bool may_return_double(const LambdaInfo *info) {
  return !info->open && info->entered && info->result.kinds == KB_FLOAT &&
         info->lambda->mode != LAMBDA_JOIN;
}

static bool agree(CoreLambda *from, CoreLambda *to) {
  CoreRep to_rep = to ? to->result_rep : REP_VALUE;
  if (from->result_rep == to_rep) return true;
  from->result_rep = REP_VALUE;
  if (to) to->result_rep = REP_VALUE;
  return false;
}

static void choose_results(Reps *r) {
  Infer *f = r->f;
  for (size_t i = 0; i < f->infos.n; i++) {
    LambdaInfo *info = &f->infos.items[i];
    CoreLambda *l = info->lambda;
    l->result_kinds = info->result.kinds ? info->result.kinds : K_ANY;
    l->result_rep = may_return_double(info) ? REP_F64 : REP_VALUE;
    if (l->mode != LAMBDA_JOIN) find_calls(r, l->body, l);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < r->calls.n; i++)
      if (!agree(r->calls.items[i].from, r->calls.items[i].to)) changed = true;
  }
}

/* ---- variables ---- */

static void choose_param(const LambdaInfo *info, CoreVar *v) {
  if (!info->open && info->entered && v->kinds == KB_FLOAT && !(v->assigned && v->captured))
    v->rep = REP_F64;
}

static void choose_locals(CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_LET)
      for (uint32_t i = 0; i < n->let.n; i++) {
        CoreVar *v = n->let.vars[i];
        if (v->kinds == KB_FLOAT && !(v->assigned && v->captured)) v->rep = REP_F64;
      }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) choose_locals(core_child(n, i));
    n = core_child(n, count - 1);
  }
}

void infer_reps(Infer *f) {
  Reps r = {.f = f};
  choose_results(&r);
  for (size_t i = 0; i < f->infos.n; i++) {
    const LambdaInfo *info = &f->infos.items[i];
    for (uint32_t j = 0; j < info->lambda->nparams; j++)
      choose_param(info, info->lambda->params[j]);
  }
  for (size_t i = 0; i < f->roots.n; i++) choose_locals(*f->roots.items[i].slot);
}
