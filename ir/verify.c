/* The verifier of the dialect's rules.
 *
 *  V1  LLVM's own verifier holds.
 *  V2  Every operation is one of ops.def with the operands it asks for; direct
 *      calls use the convention of their callee (LLVM turns a mismatch into
 *      `unreachable` without a word).
 *  V3  A frame that was entered is left through settle_return or settle_tail on
 *      every path: the block of each ret ends in one.
 *  V4  A tail operation is followed by the ret of its result.
 *  V5  (once the live sets are made, C13) Nothing that may be a reference is
 *      live across a settle point except through its operands and results.
 */
#include "liveness.h"

#include <llvm-c/Analysis.h>
#include <stdio.h>
#include <string.h>

static const char *problem(IrModule *m, LLVMValueRef fn, LLVMValueRef at, const char *rule) {
  size_t n;
  const char *name = LLVMGetValueName2(fn, &n);
  char *text = at ? LLVMPrintValueToString(at) : NULL;
  m->problem = arena_printf(m->arena, "%s: %s%s%s", name, rule, text ? ":" : "", text ? text : "");
  if (text) LLVMDisposeMessage(text);
  return m->problem;
}

static const char *check_call(IrModule *m, LLVMValueRef fn, LLVMValueRef in) {
  LLVMValueRef callee = LLVMGetCalledValue(in);
  if (!LLVMIsAFunction(callee)) return problem(m, fn, in, "a call that is no operation");
  size_t n;
  const char *name = LLVMGetValueName2(callee, &n);
  OpId op = op_of(in);
  if (op == OP_NONE && strncmp(name, "omni.", 5) == 0)
    return problem(m, fn, in, "an operation that ops.def does not have");
  if (op == OP_NONE && LLVMGetIntrinsicID(callee) == 0 &&
      LLVMGetInstructionCallConv(in) != LLVMGetFunctionCallConv(callee))
    return problem(m, fn, in, "the call's convention is not the callee's");
  if (op != OP_NONE) {
    unsigned first;
    unsigned n_variadic = op_variadic_operands(in, op, &first);
    if (LLVMGetCalledFunctionType(in) != op_type(m, op, n_variadic))
      return problem(m, fn, in, "operands do not fit the operation");
  }
  if (op_is_tail_call(in)) {
    LLVMValueRef next = LLVMGetNextInstruction(in);
    if (!next || !LLVMIsAReturnInst(next) || LLVMGetOperand(next, 0) != in)
      return problem(m, fn, in, "a tail operation without the ret of its result");
  }
  return NULL;
}

static bool is_enter(OpId op) {
  return op == OP_enter || op == OP_enter_again || op == OP_enter_noown;
}

static const char *check_ret(IrModule *m, LLVMValueRef fn, LLVMValueRef ret) {
  for (LLVMValueRef in = LLVMGetPreviousInstruction(ret); in; in = LLVMGetPreviousInstruction(in)) {
    OpId op = op_of(in);
    if (op == OP_settle_return || op == OP_settle_tail) return NULL;
  }
  return problem(m, fn, ret, "the frame is left without being settled");
}

static const char *check_instructions(IrModule *m, LLVMValueRef fn) {
  bool entered = false;
  for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
    for (LLVMValueRef in = LLVMGetFirstInstruction(bb); in; in = LLVMGetNextInstruction(in)) {
      const char *wrong = NULL;
      if (LLVMIsACallInst(in)) {
        wrong = check_call(m, fn, in);
        entered |= is_enter(op_of(in));
      } else if (LLVMIsAReturnInst(in) && entered) {
        wrong = check_ret(m, fn, in);
      }
      if (wrong) return wrong;
    }
  return NULL;
}

/* ---- V5 ---- */

typedef struct LiveCheck {
  const Liveness *l;
  LLVMValueRef at, value;
} LiveCheck;

static void check_settle(LLVMValueRef in, BitSet live, void *ctx) {
  LiveCheck *c = ctx;
  if (c->at || op_of(in) != OP_settle_loop) return;
  for (unsigned i = 0; i < c->l->nvalues; i++)
    if (bit_get(live, i)) {
      c->at = in;
      c->value = c->l->values[i];
      return;
    }
}

static const char *check_live_sets(IrModule *m, LLVMValueRef fn) {
  Liveness *l = liveness_compute(m, fn);
  LiveCheck c = {.l = l};
  for (unsigned b = 0; b < l->nblocks && !c.at; b++) liveness_walk(l, b, check_settle, &c);
  liveness_free(l);
  if (!c.at) return NULL;
  return problem(m, fn, c.value, "C13: live across a settle point without being in its live set");
}

const char *ir_verify(IrModule *m) {
  char *error = NULL;
  if (LLVMVerifyModule(m->module, LLVMReturnStatusAction, &error)) {
    m->problem = arena_copy(m->arena, error, strlen(error));
    LLVMDisposeMessage(error);
    return m->problem;
  }
  LLVMDisposeMessage(error);
  bool live_sets = LLVMGetNamedMetadata(m->module, IR_LIVE_SETS, strlen(IR_LIVE_SETS)) != NULL;
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn)) {
    if (!ir_is_dialect_function(fn)) continue;
    const char *wrong = check_instructions(m, fn);
    if (!wrong && live_sets) wrong = check_live_sets(m, fn);
    if (wrong) return wrong;
  }
  return NULL;
}
