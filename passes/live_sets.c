/* Live sets: every back edge's settle point names the values that are live
 * after it and returns their replacements (C13).
 *
 * For each settle_loop the values that may be references and are live after it
 * are found by liveness. Each such value gets a stack slot: stored where it is
 * defined, loaded where it is used, and at the settle point loaded, passed
 * and stored back; then LLVM's mem2reg makes SSA of it again and places the
 * phis. So completeness does not depend on renaming done by hand; the verifier
 * checks it independently (rule V5).
 *
 * requires: early, holds.  keeps: the dialect's rules.  After it no pass may
 * move, copy or rematerialise a value.
 */
#include "liveness.h"
#include "passes_internal.h"

#include <string.h>

typedef struct Point { /* a settle point and the numbers of its live values */
  LLVMValueRef op;
  unsigned n;
  unsigned *live;
} Point;

typedef struct LiveSets {
  IrModule *m;
  LLVMValueRef fn;
  Liveness *l;
  LLVMValueRef *slots; /* by value number, NULL if the value crosses no point */
  VEC(Point) points;
} LiveSets;

static void visit(LLVMValueRef in, BitSet live, void *ctx) {
  LiveSets *s = ctx;
  if (op_of(in) != OP_settle_loop) return;
  Point p = {.op = in, .live = ARENA_ARRAY(s->l->arena, unsigned, s->l->nvalues + 1)};
  for (unsigned i = 0; i < s->l->nvalues; i++)
    if (bit_get(live, i)) p.live[p.n++] = i;
  VEC_PUSH(s->l->arena, &s->points, p);
}

/* ---- slots ---- */

static void make_slot(LiveSets *s, unsigned i) {
  LLVMBuilderRef b = s->m->b;
  LLVMPositionBuilderBefore(b, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(s->fn)));
  s->slots[i] = LLVMBuildAlloca(b, s->m->value, "live");
}

static LLVMValueRef first_after_phis(LLVMValueRef v) {
  if (LLVMIsAArgument(v)) {
    LLVMValueRef in = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(LLVMGetParamParent(v)));
    while (LLVMIsAAllocaInst(in)) in = LLVMGetNextInstruction(in);
    return in;
  }
  LLVMValueRef in = LLVMGetNextInstruction(v);
  while (LLVMIsAPHINode(in)) in = LLVMGetNextInstruction(in);
  return in;
}

static void load_use(LiveSets *s, LLVMValueRef user, unsigned operand, LLVMValueRef slot) {
  LLVMBuilderRef b = s->m->b;
  if (LLVMIsAPHINode(user))
    LLVMPositionBuilderBefore(b, LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(user, operand)));
  else
    LLVMPositionBuilderBefore(b, user);
  LLVMSetOperand(user, operand, LLVMBuildLoad2(b, s->m->value, slot, ""));
}

/* Every use of the value becomes a load from its slot. */
static void route_uses(LiveSets *s, unsigned i) {
  LLVMValueRef v = s->l->values[i];
  VEC(LLVMValueRef) users = {0};
  for (LLVMUseRef use = LLVMGetFirstUse(v); use; use = LLVMGetNextUse(use))
    VEC_PUSH(s->l->arena, &users, LLVMGetUser(use));
  for (size_t u = 0; u < users.n; u++)
    for (unsigned k = 0; k < (unsigned)LLVMGetNumOperands(users.items[u]); k++)
      if (LLVMGetOperand(users.items[u], k) == v) load_use(s, users.items[u], k, s->slots[i]);
  LLVMPositionBuilderBefore(s->m->b, first_after_phis(v));
  LLVMSetCurrentDebugLocation2(s->m->b, NULL);
  LLVMBuildStore(s->m->b, v, s->slots[i]);
}

/* ---- the operations ---- */

static void name_live(LiveSets *s, const Point *p) {
  IrModule *m = s->m;
  LLVMPositionBuilderBefore(m->b, p->op);
  LLVMSetCurrentDebugLocation2(m->b, LLVMInstructionGetDebugLoc(p->op));
  LLVMValueRef *operands = ARENA_ARRAY(s->l->arena, LLVMValueRef, p->n + 3);
  for (unsigned i = 0; i < 3; i++) operands[i] = LLVMGetOperand(p->op, i);
  for (unsigned i = 0; i < p->n; i++)
    operands[3 + i] = LLVMBuildLoad2(m->b, m->value, s->slots[p->live[i]], "");
  LLVMValueRef settled = op_build(m, OP_settle_loop, operands, p->n + 3, "settled");
  if (ir_has_flag(m, p->op, IR_HOLDS_AT_SETTLES)) ir_set_flag(m, settled, IR_HOLDS_AT_SETTLES);
  for (unsigned i = 0; i < p->n; i++)
    LLVMBuildStore(m->b, LLVMBuildExtractValue(m->b, settled, i + 1, "live"),
                   s->slots[p->live[i]]);
  for (LLVMUseRef use; (use = LLVMGetFirstUse(p->op));) {
    LLVMValueRef extract = LLVMGetUser(use); /* the region */
    LLVMPositionBuilderBefore(m->b, extract);
    LLVMReplaceAllUsesWith(extract, LLVMBuildExtractValue(m->b, settled, 0, "own"));
    LLVMInstructionEraseFromParent(extract);
  }
  LLVMInstructionEraseFromParent(p->op);
}

static bool live_sets_in(IrModule *m, LLVMValueRef fn) {
  LiveSets s = {.m = m, .fn = fn, .l = liveness_compute(m, fn)};
  for (unsigned b = 0; b < s.l->nblocks; b++) liveness_walk(s.l, b, visit, &s);
  s.slots = ARENA_ARRAY(s.l->arena, LLVMValueRef, s.l->nvalues + 1);
  for (size_t i = 0; i < s.points.n; i++)
    for (unsigned k = 0; k < s.points.items[i].n; k++) {
      unsigned v = s.points.items[i].live[k];
      if (!s.slots[v]) make_slot(&s, v);
    }
  for (unsigned i = 0; i < s.l->nvalues; i++)
    if (s.slots[i]) route_uses(&s, i);
  for (size_t i = 0; i < s.points.n; i++) name_live(&s, &s.points.items[i]);
  bool changed = s.points.n > 0;
  liveness_free(s.l);
  return changed;
}

bool pass_live_sets(IrModule *m, const IrOptions *options) {
  (void)options;
  bool changed = false;
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (ir_is_dialect_function(fn)) changed |= live_sets_in(m, fn);
  const char *message = NULL;
  if (changed && !ir_llvm_passes(m, "function(mem2reg)", -1, &message)) ir_die("live-sets", "%s", message);
  LLVMGetOrInsertNamedMetadata(m->module, IR_LIVE_SETS, strlen(IR_LIVE_SETS));
  return changed;
}
