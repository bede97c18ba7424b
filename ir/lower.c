/* Lowering: every function of the dialect is rebuilt as plain LLVM IR.
 *
 * Rebuilding rather than rewriting in place, because types change (a value
 * becomes an i64) and operations expand to control flow, and the C API can
 * neither retype a value nor split a block. Blocks are visited in reverse
 * postorder, so that operands exist before their uses; phis are filled in at the end,
 * with the last new block of each old predecessor. Most operations are one
 * call of the runtime function of the same name; the others stand in
 * lower_ops.c. An operation that nobody lowers is an internal error.
 */
#include "lower.h"

#include <llvm-c/DebugInfo.h>
#include <stdio.h>
#include <string.h>

/* ---- types and constants ---- */

static LLVMTypeRef lower_type(IrModule *m, LLVMTypeRef t) { return t == m->value ? m->i64 : t; }

static LLVMTypeRef lower_function_type(IrModule *m, LLVMTypeRef t) {
  unsigned n = LLVMCountParamTypes(t);
  LLVMTypeRef *params = ARENA_ARRAY(m->arena, LLVMTypeRef, n + 1);
  LLVMGetParamTypes(t, params);
  for (unsigned i = 0; i < n; i++) params[i] = lower_type(m, params[i]);
  return LLVMFunctionType(lower_type(m, LLVMGetReturnType(t)), params, n, false);
}

static LLVMValueRef lower_constant(LowerFn *f, LLVMValueRef v) {
  IrModule *m = f->m;
  if (LLVMTypeOf(v) != m->value) return v;
  if (LLVMIsAConstantPointerNull(v)) return ir_i64(m, 0);
  if (LLVMIsUndef(v)) return LLVMGetUndef(m->i64);
  if (LLVMIsAConstantExpr(v) && LLVMGetConstOpcode(v) == LLVMIntToPtr)
    return LLVMGetOperand(v, 0);
  ir_die("lower", "a constant of the value type that is no immediate");
}

LLVMValueRef lower_value(LowerFn *f, LLVMValueRef old) {
  LLVMValueRef v = ptrmap_get(f->values, IR_KEY(old));
  if (!v && LLVMIsAFunction(old)) v = ptrmap_get(f->functions, IR_KEY(old));
  if (v) return v;
  if (LLVMIsAConstant(old)) return lower_constant(f, old);
  if (LLVMGetValueKind(old) == LLVMMetadataAsValueValueKind || LLVMIsAInlineAsm(old)) return old;
  char *text = LLVMPrintValueToString(old);
  ir_die("lower", "value used before its definition: %s", text);
}

/* ---- small builders ---- */

LLVMBasicBlockRef lower_block(LowerFn *f, const char *name) {
  return LLVMAppendBasicBlockInContext(f->m->ctx, f->fn, name);
}

LLVMValueRef lower_alloca(LowerFn *f, LLVMTypeRef type, const char *name) {
  LLVMBuilderRef b = f->m->b;
  LLVMBasicBlockRef here = LLVMGetInsertBlock(b);
  LLVMMetadataRef location = LLVMGetCurrentDebugLocation2(b);
  LLVMPositionBuilderBefore(b, LLVMGetFirstInstruction(f->entry));
  LLVMValueRef v = LLVMBuildAlloca(b, type, name);
  LLVMPositionBuilderAtEnd(b, here);
  LLVMSetCurrentDebugLocation2(b, location);
  return v;
}

LLVMValueRef lower_runtime(IrModule *m, const char *name, LLVMTypeRef type) {
  LLVMValueRef fn = LLVMGetNamedFunction(m->module, name);
  if (fn) return fn;
  fn = LLVMAddFunction(m->module, name, type);
  ir_function_attribute(m, fn, "nounwind", 0);
  return fn;
}

LLVMValueRef lower_address(IrModule *m, LLVMValueRef p, int64_t offset) {
  LLVMValueRef index = ir_i64(m, offset);
  return LLVMBuildInBoundsGEP2(m->b, m->i8, p, &index, 1, "");
}

LLVMValueRef lower_slot(IrModule *m, LLVMValueRef v, unsigned tag, int64_t word) {
  LLVMValueRef p = LLVMBuildIntToPtr(m->b, v, m->ptr, "");
  return lower_address(m, p, word * 8 - (int64_t)tag);
}

void lower_branch_rare(LowerFn *f, LLVMValueRef condition, LLVMBasicBlockRef rare,
                       LLVMBasicBlockRef usual) {
  IrModule *m = f->m;
  LLVMValueRef branch = LLVMBuildCondBr(m->b, condition, rare, usual);
  LLVMMetadataRef weights[] = {
      LLVMMDStringInContext2(m->ctx, "branch_weights", 14),
      LLVMValueAsMetadata(LLVMConstInt(m->i32, 1, false)),
      LLVMValueAsMetadata(LLVMConstInt(m->i32, 4000, false))};
  LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(m->ctx, "prof", 4),
                  LLVMMetadataAsValue(m->ctx, LLVMMDNodeInContext2(m->ctx, weights, 3)));
}

/* ---- operations that are a call of the runtime ---- */

static void mark_bools(IrModule *m, LLVMValueRef on, const OpInfo *info, bool call) {
  unsigned kind = LLVMGetEnumAttributeKindForName("zeroext", 7);
  LLVMAttributeRef zeroext = LLVMCreateEnumAttribute(m->ctx, kind, 0);
  for (unsigned i = 0; info->operands[i]; i++)
    if (info->operands[i] == 'B') {
      if (call) LLVMAddCallSiteAttribute(on, i + 1, zeroext);
      else LLVMAddAttributeAtIndex(on, i + 1, zeroext);
    }
  if (info->result != 'B') return;
  if (call) LLVMAddCallSiteAttribute(on, 0, zeroext);
  else LLVMAddAttributeAtIndex(on, 0, zeroext);
}

/* The `*` operands go through an array of this call's own. */
static LLVMValueRef operand_array(LowerFn *f, LLVMValueRef *operands, unsigned n) {
  IrModule *m = f->m;
  if (n == 0) return ir_null(m);
  LLVMValueRef array = lower_alloca(f, LLVMArrayType2(m->i64, n), "operands");
  for (unsigned i = 0; i < n; i++)
    LLVMBuildStore(m->b, operands[i], lower_address(m, array, 8 * (int64_t)i));
  return array;
}

static LLVMValueRef lower_call_op(LowerFn *f, OpId op, LLVMValueRef *operands, unsigned n) {
  IrModule *m = f->m;
  const OpInfo *info = op_info(op);
  unsigned fixed = (unsigned)strlen(info->operands) - (info->variadic ? 1 : 0);
  LLVMTypeRef types[16];
  LLVMValueRef args[16];
  if (fixed + 2 > 16) ir_die("lower", "%s has too many operands", info->name);
  for (unsigned i = 0; i < fixed; i++) {
    types[i] = lower_type(m, op_letter_type(m, info->operands[i]));
    args[i] = operands[i];
  }
  unsigned count = fixed;
  if (info->variadic) {
    args[count] = ir_i64(m, n - fixed);
    types[count++] = m->i64;
    args[count] = operand_array(f, operands + fixed, n - fixed);
    types[count++] = m->ptr;
  }
  LLVMTypeRef result = lower_type(m, op_letter_type(m, info->result));
  LLVMTypeRef type = LLVMFunctionType(result, types, count, false);
  LLVMValueRef fn = lower_runtime(m, info->c_name, type);
  mark_bools(m, fn, info, false);
  LLVMValueRef call = LLVMBuildCall2(m->b, type, fn, args, count, "");
  mark_bools(m, call, info, true);
  return call;
}

static LLVMValueRef lower_op(LowerFn *f, LLVMValueRef in, OpId op) {
  unsigned n = LLVMGetNumArgOperands(in);
  LLVMValueRef *operands = ARENA_ARRAY(f->m->arena, LLVMValueRef, n + 1);
  for (unsigned i = 0; i < n; i++) operands[i] = lower_value(f, LLVMGetOperand(in, i));
  if (op_info(op)->lowering == LOWER_CALL) return lower_call_op(f, op, operands, n);
  return lower_custom(op)(f, in, operands, n);
}

/* ---- instructions ---- */

static LLVMBasicBlockRef first_block(LowerFn *f, LLVMBasicBlockRef old) {
  return ptrmap_get(f->first, IR_KEY(old));
}

static LLVMValueRef lower_direct_call(LowerFn *f, LLVMValueRef in) {
  IrModule *m = f->m;
  unsigned n = LLVMGetNumArgOperands(in);
  LLVMValueRef *args = ARENA_ARRAY(m->arena, LLVMValueRef, n + 1);
  for (unsigned i = 0; i < n; i++) args[i] = lower_value(f, LLVMGetOperand(in, i));
  LLVMTypeRef type = lower_function_type(m, LLVMGetCalledFunctionType(in));
  LLVMValueRef callee = lower_value(f, LLVMGetCalledValue(in));
  LLVMValueRef call = LLVMBuildCall2(m->b, type, callee, args, n, "");
  LLVMSetInstructionCallConv(call, LLVMGetFunctionCallConv(callee));
  LLVMSetTailCallKind(call, LLVMGetTailCallKind(in));
  return call;
}

static void lower_branch(LowerFn *f, LLVMValueRef in) {
  LLVMBuilderRef b = f->m->b;
  if (!LLVMIsConditional(in)) {
    LLVMBuildBr(b, first_block(f, LLVMGetSuccessor(in, 0)));
    return;
  }
  LLVMBuildCondBr(b, lower_value(f, LLVMGetCondition(in)), first_block(f, LLVMGetSuccessor(in, 0)),
                  first_block(f, LLVMGetSuccessor(in, 1)));
}

static void lower_switch(LowerFn *f, LLVMValueRef in) {
  unsigned n = LLVMGetNumSuccessors(in);
  LLVMValueRef s = LLVMBuildSwitch(f->m->b, lower_value(f, LLVMGetOperand(in, 0)),
                                   first_block(f, LLVMGetSwitchDefaultDest(in)), n - 1);
  for (unsigned i = 1; i < n; i++)
    LLVMAddCase(s, LLVMGetOperand(in, 2 * i), first_block(f, LLVMGetSuccessor(in, i)));
}

static LLVMValueRef lower_clone(LowerFn *f, LLVMValueRef in) {
  if (LLVMTypeOf(in) == f->m->value) {
    char *text = LLVMPrintValueToString(in);
    ir_die("lower", "no lowering for: %s", text);
  }
  LLVMValueRef copy = LLVMInstructionClone(in);
  for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(in); i++)
    LLVMSetOperand(copy, i, lower_value(f, LLVMGetOperand(in, i)));
  LLVMInsertIntoBuilderWithName(f->m->b, copy, "");
  return copy;
}

static LLVMValueRef lower_extract(LowerFn *f, LLVMValueRef in) {
  LLVMValueRef *fields = ptrmap_get(f->fields, IR_KEY(LLVMGetOperand(in, 0)));
  return fields ? fields[*LLVMGetIndices(in)] : lower_clone(f, in);
}

static LLVMValueRef lower_ret(LowerFn *f, LLVMValueRef in) {
  return LLVMGetNumOperands(in) ? LLVMBuildRet(f->m->b, lower_value(f, LLVMGetOperand(in, 0)))
                                : LLVMBuildRetVoid(f->m->b);
}

/* The new value, NULL where there is none. */
static LLVMValueRef lower_instruction(LowerFn *f, LLVMValueRef in) {
  IrModule *m = f->m;
  switch (LLVMGetInstructionOpcode(in)) {
  case LLVMPHI: return LLVMBuildPhi(m->b, lower_type(m, LLVMTypeOf(in)), "");
  case LLVMBr: lower_branch(f, in); return NULL;
  case LLVMSwitch: lower_switch(f, in); return NULL;
  case LLVMRet: lower_ret(f, in); return NULL;
  case LLVMUnreachable: LLVMBuildUnreachable(m->b); return NULL;
  case LLVMExtractValue: return lower_extract(f, in);
  case LLVMSelect:
    return LLVMBuildSelect(m->b, lower_value(f, LLVMGetOperand(in, 0)),
                           lower_value(f, LLVMGetOperand(in, 1)),
                           lower_value(f, LLVMGetOperand(in, 2)), "");
  case LLVMFreeze: return LLVMBuildFreeze(m->b, lower_value(f, LLVMGetOperand(in, 0)), "");
  case LLVMCall: {
    OpId op = op_of(in);
    if (op != OP_NONE) return lower_op(f, in, op);
    LLVMValueRef callee = LLVMGetCalledValue(in);
    return LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee) ? lower_clone(f, in)
                                                                 : lower_direct_call(f, in);
  }
  default: return lower_clone(f, in);
  }
}

static void fill_phis(LowerFn *f, LLVMBasicBlockRef old) {
  for (LLVMValueRef in = LLVMGetFirstInstruction(old); in && LLVMIsAPHINode(in);
       in = LLVMGetNextInstruction(in)) {
    LLVMValueRef phi = ptrmap_get(f->values, IR_KEY(in));
    for (unsigned i = 0; i < LLVMCountIncoming(in); i++) {
      LLVMBasicBlockRef from = ptrmap_get(f->last, IR_KEY(LLVMGetIncomingBlock(in, i)));
      if (!from) continue; /* that block cannot be reached */
      LLVMValueRef v = lower_value(f, LLVMGetIncomingValue(in, i));
      LLVMAddIncoming(phi, &v, &from, 1);
    }
  }
}

static void lower_body_block(LowerFn *f, LLVMBasicBlockRef old) {
  LLVMBuilderRef b = f->m->b;
  LLVMPositionBuilderAtEnd(b, first_block(f, old));
  for (LLVMValueRef in = LLVMGetFirstInstruction(old); in; in = LLVMGetNextInstruction(in)) {
    LLVMSetCurrentDebugLocation2(b, LLVMInstructionGetDebugLoc(in));
    LLVMValueRef v = lower_instruction(f, in);
    if (v) ptrmap_put(f->values, IR_KEY(in), v);
  }
  ptrmap_put(f->last, IR_KEY(old), LLVMGetInsertBlock(b));
}

/* ---- functions ---- */

/* Reverse postorder by an explicit stack; unreachable blocks are left out. */
static LLVMBasicBlockRef *reverse_postorder(IrModule *m, LLVMValueRef fn, unsigned *count) {
  unsigned n = LLVMCountBasicBlocks(fn), depth = 0, at = n;
  LLVMBasicBlockRef *order = ARENA_ARRAY(m->arena, LLVMBasicBlockRef, n + 1);
  LLVMBasicBlockRef *stack = ARENA_ARRAY(m->arena, LLVMBasicBlockRef, n + 1);
  unsigned *next = ARENA_ARRAY(m->arena, unsigned, n + 1);
  PtrMap *seen = ptrmap_new(m->arena);
  stack[depth++] = LLVMGetEntryBasicBlock(fn);
  ptrmap_put(seen, IR_KEY(stack[0]), stack[0]);
  while (depth) {
    LLVMValueRef end = LLVMGetBasicBlockTerminator(stack[depth - 1]);
    if (next[depth - 1] == LLVMGetNumSuccessors(end)) {
      order[--at] = stack[--depth];
      continue;
    }
    LLVMBasicBlockRef to = LLVMGetSuccessor(end, next[depth - 1]++);
    if (ptrmap_get(seen, IR_KEY(to))) continue;
    ptrmap_put(seen, IR_KEY(to), to);
    next[depth] = 0;
    stack[depth++] = to;
  }
  *count = n - at;
  return order + at;
}

static unsigned scratch_slots(LLVMValueRef fn) {
  unsigned most = 0;
  for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
    for (LLVMValueRef in = LLVMGetFirstInstruction(bb); in; in = LLVMGetNextInstruction(in)) {
      OpId op = op_of(in);
      if (op != OP_settle_loop && op != OP_settle_tail && op != OP_settle_return &&
          op != OP_enter_again)
        continue;
      unsigned first, n = op_variadic_operands(in, op, &first);
      if (op == OP_settle_return || op == OP_enter_again) n = 1;
      if (n > most) most = n;
    }
  return most;
}

static void lower_function(IrModule *m, LLVMValueRef old, LLVMValueRef fn, PtrMap *functions) {
  LowerFn f = {.m = m, .old = old, .fn = fn, .functions = functions};
  f.values = ptrmap_new(m->arena);
  f.fields = ptrmap_new(m->arena);
  f.first = ptrmap_new(m->arena);
  f.last = ptrmap_new(m->arena);
  f.t = LLVMGetParam(fn, 0);
  f.returns_value = LLVMGetReturnType(LLVMGlobalGetValueType(old)) == m->value;
  for (unsigned i = 0; i < LLVMCountParams(fn); i++)
    ptrmap_put(f.values, IR_KEY(LLVMGetParam(old, i)), LLVMGetParam(fn, i));
  unsigned n, slots = scratch_slots(old);
  LLVMBasicBlockRef *order = reverse_postorder(m, old, &n);
  f.entry = lower_block(&f, "frame");
  for (unsigned i = 0; i < n; i++)
    ptrmap_put(f.first, IR_KEY(order[i]), lower_block(&f, LLVMGetBasicBlockName(order[i])));
  LLVMPositionBuilderAtEnd(m->b, f.entry);
  LLVMSetCurrentDebugLocation2(m->b, NULL);
  LLVMBuildBr(m->b, first_block(&f, order[0]));
  if (slots) f.scratch = lower_alloca(&f, LLVMArrayType2(m->i64, slots), "scratch");
  for (unsigned i = 0; i < n; i++) lower_body_block(&f, order[i]);
  for (unsigned i = 0; i < n; i++) fill_phis(&f, order[i]);
}

/* ---- conventions ---- */

/* Whether a function neither makes tail calls nor is called by one. It need not
 * pop its caller's stack, as swifttailcc does, which saves an adjustment of the
 * stack pointer after every call. */
static bool is_plain(LLVMValueRef fn) {
  for (LLVMUseRef use = LLVMGetFirstUse(fn); use; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (LLVMIsACallInst(user) && op_is_tail_call(user)) return false;
  }
  for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb)) {
    LLVMValueRef call = LLVMGetPreviousInstruction(LLVMGetBasicBlockTerminator(bb));
    if (call && op_is_tail_call(call)) return false;
  }
  return true;
}

static bool is_top_level(LLVMValueRef fn) {
  size_t n;
  return strcmp(LLVMGetValueName2(fn, &n), "lisp.top level") == 0;
}

static LLVMValueRef declare_lowered(IrModule *m, LLVMValueRef old) {
  bool plain = is_plain(old) && !is_top_level(old);
  LLVMTypeRef type = lower_function_type(m, LLVMGlobalGetValueType(old));
  size_t n;
  const char *name = arena_printf(m->arena, "%s", LLVMGetValueName2(old, &n));
  LLVMSetValueName2(old, "", 0);
  LLVMValueRef fn = LLVMAddFunction(m->module, name, type);
  LLVMSetFunctionCallConv(fn, plain ? LLVMFastCallConv : LLVMGetFunctionCallConv(old));
  LLVMSetLinkage(fn, LLVMGetLinkage(old));
  ir_function_attribute(m, fn, "nounwind", 0);
  LLVMMetadataRef subprogram = LLVMGetSubprogram(old);
  if (subprogram) LLVMSetSubprogram(fn, subprogram);
  return fn;
}

static void delete_operations(IrModule *m) {
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module), next; fn; fn = next) {
    next = LLVMGetNextFunction(fn);
    size_t n;
    const char *name = LLVMGetValueName2(fn, &n);
    if (!LLVMIsDeclaration(fn) || strncmp(name, "omni.", 5) != 0) continue;
    if (LLVMGetFirstUse(fn)) ir_die("lower", "operation %s is left over", name);
    LLVMDeleteFunction(fn);
  }
}

void ir_lower(IrModule *m) {
  VEC(LLVMValueRef) olds = {0};
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (ir_is_dialect_function(fn)) VEC_PUSH(m->arena, &olds, fn);
  LLVMValueRef *news = ARENA_ARRAY(m->arena, LLVMValueRef, olds.n + 1);
  PtrMap *functions = ptrmap_new(m->arena);
  for (size_t i = 0; i < olds.n; i++) {
    news[i] = declare_lowered(m, olds.items[i]);
    ptrmap_put(functions, IR_KEY(olds.items[i]), news[i]);
  }
  for (size_t i = 0; i < olds.n; i++) {
    lower_function(m, olds.items[i], news[i], functions);
  }
  for (size_t i = 0; i < olds.n; i++) {
    LLVMSetSubprogram(olds.items[i], NULL);
    LLVMReplaceAllUsesWith(olds.items[i], news[i]);
  }
  for (size_t i = 0; i < olds.n; i++)
    for (LLVMBasicBlockRef bb; (bb = LLVMGetFirstBasicBlock(olds.items[i]));) LLVMDeleteBasicBlock(bb);
  for (size_t i = 0; i < olds.n; i++) LLVMDeleteFunction(olds.items[i]);
  delete_operations(m);
  m->lowered = true;
}
