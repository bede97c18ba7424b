/* Frames: entry checks, own regions and hold marks go where a function needs
 * none, so that a leaf pays nothing and a frame that never opens a region pays
 * one compare.
 *
 *   own region  never, if the function allocates nothing; from its back edges
 *               alone, if it calls nothing; else also at entry. A function
 *               without real tail calls gets enter_again, whose usual path
 *               leaves no trace; one with tail calls keeps `own` in SSA.
 *   hold mark   only if something may push holds: a hold, an operation that may
 *               drop (it may hold what it takes out), a call of code that may.
 *               What a loop that pushes none itself holds, its settles have
 *               pushed, and pops are due there alone (!omni.holds_at_settles).
 *   back edges  are plain jumps if the loop neither allocates nor holds.
 *
 * A function that generic entries call keeps a check, since tail calls of unknown
 * code hand their region to it.
 *
 * requires: early, holds.  uses: summaries.  keeps: the dialect's rules.
 */
#include "passes_internal.h"

typedef struct Frame {
  LLVMValueRef enter;
  bool allocates, calls, real_tail_call, may_hold;
  unsigned back_edges;
} Frame;

/* A callee leaves a hold behind if it took something out of a container, or if
 * it settled a region while returning something counted. */
static bool leaves_no_holds(LLVMValueRef callee) {
  return fact_holds(callee, FACT_NO_DROP) && fact_holds(callee, FACT_NUMBERS_ONLY);
}

static void look_at_call(Frame *f, LLVMValueRef in) {
  OpId op = op_of(in);
  switch (op) {
  case OP_enter: f->enter = in; return;
  case OP_hold: f->may_hold = true; return;
  case OP_settle_loop: f->back_edges++; return;
  case OP_settle_tail: f->real_tail_call = true; return;
  case OP_settle_return:
  case OP_hold_mark:
  case OP_enter_again:
  case OP_enter_noown: return;
  case OP_call: case OP_apply: case OP_tail_call: case OP_tail_apply:
    f->calls = f->may_hold = f->allocates = true;
    return;
  case OP_NONE: {
    LLVMValueRef callee = direct_callee(in);
    if (!callee) return;
    f->calls = true;
    f->allocates |= !fact_holds(callee, FACT_NO_ALLOC);
    f->may_hold |= !leaves_no_holds(callee);
    return;
  }
  default:
    f->allocates |= (op_info(op)->effects & P_ALLOC) != 0;
    f->may_hold |= (op_info(op)->effects & P_DROP) != 0;
  }
}

static void look_at_block(Frame *f, LLVMBasicBlockRef bb) {
  for (LLVMValueRef in = LLVMGetFirstInstruction(bb); in; in = LLVMGetNextInstruction(in))
    if (LLVMIsACallInst(in)) look_at_call(f, in);
}

static Frame look(LLVMValueRef fn) {
  Frame f = {0};
  for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
    look_at_block(&f, bb);
  return f;
}

/* The blocks from which a back edge can be reached without passing its target:
 * the body of its loop. */
static Frame look_at_loop(IrModule *m, LLVMValueRef settle) {
  Frame f = {0};
  LLVMBasicBlockRef back = LLVMGetInstructionParent(settle);
  LLVMBasicBlockRef header = LLVMGetSuccessor(LLVMGetBasicBlockTerminator(back), 0);
  VEC(LLVMBasicBlockRef) work = {0};
  PtrMap *seen = ptrmap_new(m->arena);
  ptrmap_put(seen, IR_KEY(header), header);
  look_at_block(&f, header);
  VEC_PUSH(m->arena, &work, back);
  while (work.n) {
    LLVMBasicBlockRef bb = work.items[--work.n];
    if (ptrmap_get(seen, IR_KEY(bb))) continue;
    ptrmap_put(seen, IR_KEY(bb), bb);
    look_at_block(&f, bb);
    unsigned n = ir_predecessors(bb, NULL, 0);
    LLVMBasicBlockRef *from = ARENA_ARRAY(m->arena, LLVMBasicBlockRef, n + 1);
    ir_predecessors(bb, from, n);
    for (unsigned i = 0; i < n; i++) VEC_PUSH(m->arena, &work, from[i]);
  }
  return f;
}

static void replace_enter(IrModule *m, LLVMValueRef enter, OpId with) {
  LLVMPositionBuilderBefore(m->b, enter);
  LLVMSetCurrentDebugLocation2(m->b, LLVMInstructionGetDebugLoc(enter));
  LLVMValueRef t = LLVMGetOperand(enter, 0);
  if (with != OP_NONE) op_build(m, with, &t, 1, "");
  LLVMReplaceAllUsesWith(enter, ir_null(m));
  LLVMInstructionEraseFromParent(enter);
}

static void remove_settle_loop(LLVMValueRef in) {
  for (LLVMUseRef use; (use = LLVMGetFirstUse(in));) {
    LLVMValueRef own = LLVMGetUser(use); /* extractvalue of the region */
    LLVMReplaceAllUsesWith(own, LLVMGetOperand(in, 1));
    LLVMInstructionEraseFromParent(own);
  }
  LLVMInstructionEraseFromParent(in);
}

static void simplify_back_edge(IrModule *m, LLVMValueRef settle, const Frame *f) {
  Frame loop = look_at_loop(m, settle);
  if (!loop.allocates && !loop.may_hold) {
    remove_settle_loop(settle);
    return;
  }
  if (!f->allocates) LLVMSetOperand(settle, 1, LLVMGetUndef(m->ptr)); /* owns nothing, ever */
  if (!loop.may_hold && loop.back_edges == 1) ir_set_flag(m, settle, IR_HOLDS_AT_SETTLES);
}

static void simplify_settles(IrModule *m, LLVMValueRef fn, const Frame *f) {
  for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
    for (LLVMValueRef in = LLVMGetFirstInstruction(bb), next; in; in = next) {
      next = LLVMGetNextInstruction(in);
      OpId op = op_of(in);
      if (op == OP_settle_loop) {
        while (LLVMIsAExtractValueInst(next)) next = LLVMGetNextInstruction(next);
        simplify_back_edge(m, in, f);
      } else if (op == OP_settle_return || op == OP_settle_tail) {
        if (!f->allocates) LLVMSetOperand(in, 1, ir_null(m));
        if (!f->may_hold && !(f->allocates && f->back_edges)) LLVMSetOperand(in, 2, ir_null(m));
      }
    }
}

/* Regions may be handed to it by calls that do not know it. */
static bool has_generic_entry(LLVMValueRef fn) {
  for (LLVMUseRef use = LLVMGetFirstUse(fn); use; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (LLVMIsACallInst(user) &&
        ir_has_attribute(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)), IR_GENERIC))
      return true;
  }
  return false;
}

static bool frame_of(IrModule *m, LLVMValueRef fn) {
  Frame f = look(fn);
  if (!f.enter) return false;
  if (!f.calls) replace_enter(m, f.enter, has_generic_entry(fn) ? OP_enter_noown : OP_NONE);
  else if (!f.allocates) replace_enter(m, f.enter, OP_enter_noown);
  else if (!f.real_tail_call) replace_enter(m, f.enter, OP_enter_again);
  simplify_settles(m, fn, &f);
  return true;
}

bool pass_frames(IrModule *m, const IrOptions *options) {
  (void)options;
  bool changed = false;
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (ir_is_dialect_function(fn)) changed |= frame_of(m, fn);
  ir_remove_dead_code(m->module);
  return changed;
}
