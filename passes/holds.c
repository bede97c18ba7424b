/* Holds: a borrow that is used after an operation that may drop is counted.
 *
 * A value that was loaded from memory or returned by a call may be counted
 * memory, kept alive only by the place it came from. If it is live across an
 * operation that may release or overwrite that place, or is an argument of a
 * call that may, `omni.hold` is put right behind its definition
 * (memory.md 2.7). Values that merge held ones are followed back to what they
 * merge. Parameters are the caller's; fresh objects die only at settle points,
 * which protect their live values themselves.
 *
 * requires: early.  uses: summaries.  keeps: the dialect's rules.
 */
#include "liveness.h"
#include "passes_internal.h"

typedef struct Holds {
  IrModule *m;
  const Liveness *l;
  BitSet crossing;
} Holds;

static void cross_operands(Holds *h, LLVMValueRef in) {
  for (unsigned i = 0; i < LLVMGetNumArgOperands(in); i++) {
    int n = liveness_number(h->l, LLVMGetOperand(in, i));
    if (n >= 0) bit_set(h->crossing, (unsigned)n);
  }
}

static bool is_call_of_code(LLVMValueRef in) {
  OpId op = op_of(in);
  return op == OP_call || op == OP_tail_call || op == OP_apply || op == OP_tail_apply ||
         direct_callee(in);
}

/* The arguments of a tail call have nobody left to keep them, unless the callee
 * drops nothing. */
static bool tail_callee_may_drop(LLVMValueRef settle_tail) {
  LLVMValueRef in = LLVMGetNextInstruction(settle_tail);
  while (in && LLVMIsAExtractValueInst(in)) in = LLVMGetNextInstruction(in);
  return !in || !LLVMIsACallInst(in) || may_drop(in);
}

static void visit(LLVMValueRef in, BitSet live, void *ctx) {
  Holds *h = ctx;
  if (op_of(in) == OP_settle_tail && tail_callee_may_drop(in)) cross_operands(h, in);
  if (!may_drop(in)) return;
  int self = liveness_number(h->l, in);
  for (unsigned w = 0; w < h->l->nwords; w++) {
    uint64_t after = live.words[w];
    if (self >= 0 && (unsigned)self / 64 == w) after &= ~(UINT64_C(1) << (self % 64));
    h->crossing.words[w] |= after;
  }
  if (is_call_of_code(in)) cross_operands(h, in);
}

/* A merge that crosses makes what it merges cross. */
static void propagate(Holds *h) {
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned i = 0; i < h->l->nvalues; i++) {
      LLVMValueRef v = h->l->values[i];
      if (!bit_get(h->crossing, i) ||
          !(LLVMIsAPHINode(v) || LLVMIsASelectInst(v) || LLVMIsAFreezeInst(v)))
        continue;
      for (unsigned k = 0; k < (unsigned)LLVMGetNumOperands(v); k++) {
        int n = liveness_number(h->l, LLVMGetOperand(v, k));
        if (n < 0 || bit_get(h->crossing, (unsigned)n)) continue;
        bit_set(h->crossing, (unsigned)n);
        changed = true;
      }
    }
  }
}

static bool is_borrow(LLVMValueRef v) {
  if (!LLVMIsACallInst(v)) return false;
  OpId op = op_of(v);
  return op == OP_NONE || (op_info(op)->effects & P_LOAD);
}

static bool hold_in(IrModule *m, LLVMValueRef fn) {
  Liveness *l = liveness_compute(m, fn);
  Holds h = {.m = m, .l = l, .crossing = bitset_new(l)};
  for (unsigned b = 0; b < l->nblocks; b++) liveness_walk(l, b, visit, &h);
  propagate(&h);
  bool changed = false;
  for (unsigned i = 0; i < l->nvalues; i++) {
    LLVMValueRef v = l->values[i], next;
    if (!bit_get(h.crossing, i) || !is_borrow(v) || !(next = LLVMGetNextInstruction(v))) continue;
    if (LLVMIsAReturnInst(next)) continue;
    LLVMPositionBuilderBefore(m->b, next);
    LLVMSetCurrentDebugLocation2(m->b, LLVMInstructionGetDebugLoc(v));
    LLVMValueRef operands[] = {LLVMGetParam(fn, 0), v};
    op_build(m, OP_hold, operands, 2, "");
    changed = true;
  }
  liveness_free(l);
  return changed;
}

bool pass_holds(IrModule *m, const IrOptions *options) {
  (void)options;
  bool changed = false;
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (ir_is_dialect_function(fn)) changed |= hold_in(m, fn);
  return changed;
}
