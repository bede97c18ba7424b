/* Summaries: what a function may do, to a fixed point over the call graph.
 *
 * The facts are assumed of every function and taken away as long as some
 * instruction of it, or something it calls, contradicts them (a greatest fixed
 * point, so recursion costs nothing). A call through a closure contradicts
 * all. Settling drops only what the frame's own objects counted on top of
 * what was there before, so it does not count as a drop.
 *
 * requires: early.  keeps: the dialect's rules.
 */
#include "passes_internal.h"

#include <string.h>

bool fact_holds(LLVMValueRef fn, const char *fact) { return ir_has_attribute(fn, fact); }

static const char *const facts[] = {FACT_NO_ALLOC, FACT_NUMBERS_ONLY, FACT_NO_DROP};
enum { NFACTS = sizeof facts / sizeof *facts };

static bool take_fact(LLVMValueRef fn, const char *fact) {
  if (!fact_holds(fn, fact)) return false;
  LLVMRemoveStringAttributeAtIndex(fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, fact,
                                   (unsigned)strlen(fact));
  return true;
}

LLVMValueRef direct_callee(LLVMValueRef in) {
  if (!LLVMIsACallInst(in) || op_of(in) != OP_NONE) return NULL;
  LLVMValueRef callee = LLVMGetCalledValue(in);
  return LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee) == 0 ? callee : NULL;
}

/* Settle points and holds protect what is live themselves. */
static bool is_frame_operation(OpId op) {
  return op == OP_settle_loop || op == OP_settle_return || op == OP_settle_tail ||
         op == OP_hold || op == OP_hold_mark || op == OP_enter || op == OP_enter_again ||
         op == OP_enter_noown;
}

bool may_drop(LLVMValueRef in) {
  OpId op = op_of(in);
  if (op != OP_NONE) return !is_frame_operation(op) && (op_info(op)->effects & P_DROP);
  LLVMValueRef callee = direct_callee(in);
  return callee && !fact_holds(callee, FACT_NO_DROP);
}

static bool makes_only_numbers(OpId op) {
  CoreKinds kinds = op_info(op)->kinds;
  return op == OP_box_double || op == OP_box_int ||
         (kinds != K_ANY && (kinds & ~K_NUMBER) == 0);
}

static bool contradict(LLVMValueRef fn, LLVMValueRef in) {
  OpId op = op_of(in);
  bool changed = false;
  if (op != OP_NONE) {
    if (is_frame_operation(op)) return false;
    uint32_t effects = op_info(op)->effects;
    if (effects & P_ALLOC) {
      changed |= take_fact(fn, FACT_NO_ALLOC);
      if (!makes_only_numbers(op)) changed |= take_fact(fn, FACT_NUMBERS_ONLY);
    }
    if (effects & P_DROP) changed |= take_fact(fn, FACT_NO_DROP);
    return changed;
  }
  LLVMValueRef callee = direct_callee(in);
  if (!callee) return false;
  for (size_t i = 0; i < NFACTS; i++)
    if (!fact_holds(callee, facts[i])) changed |= take_fact(fn, facts[i]);
  return changed;
}

bool pass_summaries(IrModule *m, const IrOptions *options) {
  (void)options;
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn)) {
    if (!ir_is_dialect_function(fn)) continue;
    for (size_t i = 0; i < NFACTS; i++) ir_string_attribute(m, fn, facts[i], "");
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn)) {
      if (!ir_is_dialect_function(fn)) continue;
      for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
        for (LLVMValueRef in = LLVMGetFirstInstruction(bb); in; in = LLVMGetNextInstruction(in))
          if (LLVMIsACallInst(in)) changed |= contradict(fn, in);
    }
  }
  return true;
}
