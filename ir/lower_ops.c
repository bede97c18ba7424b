/* Lowering of the operations that are more than a call: loads from fixed
 * places, calls through closures, and the frame protocol (rtlib/ops.h): entry
 * check, settle points, hold marks. Their usual path is a load, a compare and
 * a branch that is not taken.
 */
#include "lower.h"

#include <string.h>

enum {
#define OMNI_THREAD_FIELD(name, offset) THREAD_##name = offset,
#include "thread_layout.def"
#undef OMNI_THREAD_FIELD
};
enum { TAG_OBJECT = 7, CLOSURE_FIRST_CAPTURE = 3, REGISTER_ARGUMENTS = 3 };

static LLVMValueRef load_i64(IrModule *m, LLVMValueRef address, const char *name) {
  return LLVMBuildLoad2(m->b, m->i64, address, name);
}

/* What never changes once it can be read. */
static LLVMValueRef load_invariant(IrModule *m, LLVMValueRef address, const char *name) {
  LLVMValueRef v = load_i64(m, address, name);
  ir_set_flag(m, v, "invariant.load");
  return v;
}

static LLVMValueRef thread_field(LowerFn *f, int64_t offset, LLVMTypeRef type, const char *name) {
  return LLVMBuildLoad2(f->m->b, type, lower_address(f->m, f->t, offset), name);
}

static void build_void_call(IrModule *m, const char *name, LLVMTypeRef *types,
                            LLVMValueRef *args, unsigned n) {
  LLVMTypeRef type = LLVMFunctionType(m->nil, types, n, false);
  LLVMBuildCall2(m->b, type, lower_runtime(m, name, type), args, n, "");
}

static LLVMValueRef merge(IrModule *m, LLVMTypeRef type, LLVMValueRef a, LLVMBasicBlockRef from_a,
                          LLVMValueRef b, LLVMBasicBlockRef from_b) {
  if (a == b) return a;
  LLVMValueRef phi = LLVMBuildPhi(m->b, type, "");
  LLVMAddIncoming(phi, &a, &from_a, 1);
  LLVMAddIncoming(phi, &b, &from_b, 1);
  return phi;
}

/* ---- places ---- */

static LLVMValueRef lower_const(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMValueRef slots = LLVMGetNamedGlobal(m->module, "omni.constant_slots");
  if (!slots) slots = LLVMAddGlobal(m->module, LLVMArrayType2(m->i64, 0), "omni.constant_slots");
  return load_invariant(m, LLVMBuildInBoundsGEP2(m->b, m->i64, slots, &o[0], 1, ""), "literal");
}

static LLVMValueRef global_slot(LowerFn *f, LLVMValueRef index) {
  IrModule *m = f->m;
  LLVMValueRef cells = thread_field(f, THREAD_globals, m->i64, "globals");
  return lower_slot(m, cells, TAG_OBJECT, 1 + (int64_t)LLVMConstIntGetSExtValue(index));
}

static LLVMValueRef lower_global_ref(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  return load_i64(f->m, global_slot(f, o[1]), "global");
}

static LLVMValueRef lower_global_ref_checked(LowerFn *f, LLVMValueRef call, LLVMValueRef *o,
                                             unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMValueRef v = load_i64(m, global_slot(f, o[2]), "global");
  LLVMBasicBlockRef unbound = lower_block(f, "unbound"), bound = lower_block(f, "bound");
  LLVMValueRef is = LLVMBuildICmp(m->b, LLVMIntEQ, v, ir_i64(m, (int64_t)OMNI_UNBOUND), "");
  lower_branch_rare(f, is, unbound, bound);
  LLVMBasicBlockRef from = LLVMGetInsertBlock(m->b);
  LLVMPositionBuilderAtEnd(m->b, unbound);
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->i64};
  LLVMTypeRef type = LLVMFunctionType(m->i64, types, 3, false);
  LLVMValueRef stands =
      LLVMBuildCall2(m->b, type, lower_runtime(m, "omni_op_unbound_global", type), o, 3, "");
  LLVMBuildBr(m->b, bound);
  LLVMPositionBuilderAtEnd(m->b, bound);
  return merge(m, m->i64, v, from, stands, unbound);
}

static LLVMValueRef lower_closure_ref(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  int64_t word = CLOSURE_FIRST_CAPTURE + (int64_t)LLVMConstIntGetSExtValue(o[1]);
  return load_invariant(f->m, lower_slot(f->m, o[0], TAG_OBJECT, word), "capture");
}

static LLVMValueRef argument_address(LowerFn *f, int64_t i) {
  LLVMValueRef args = thread_field(f, THREAD_args, f->m->ptr, "args");
  return lower_address(f->m, args, 8 * i);
}

static LLVMValueRef lower_arg(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  return load_i64(f->m, argument_address(f, (int64_t)LLVMConstIntGetSExtValue(o[1])), "arg");
}

static LLVMValueRef lower_from_bool(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  return LLVMBuildSelect(f->m->b, o[0], ir_i64(f->m, (int64_t)OMNI_TRUE),
                         ir_i64(f->m, (int64_t)OMNI_FALSE), "");
}

static LLVMValueRef lower_truthy(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMValueRef masked = LLVMBuildAnd(m->b, o[0], ir_i64(m, ~INT64_C(8)), "");
  return LLVMBuildICmp(m->b, LLVMIntNE, masked, ir_i64(m, (int64_t)OMNI_FALSE), "");
}

/* ---- unknown calls ---- */

static LLVMTypeRef generic_type(IrModule *m) {
  LLVMTypeRef types[] = {m->ptr, m->i64, m->i64, m->i64, m->i64, m->i64};
  return LLVMFunctionType(m->i64, types, 6, false);
}

static LLVMValueRef generic_call(LowerFn *f, LLVMValueRef *o, LLVMValueRef argc,
                                 LLVMValueRef registers[REGISTER_ARGUMENTS], bool tail) {
  IrModule *m = f->m;
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->i64};
  LLVMTypeRef type = LLVMFunctionType(m->ptr, types, 3, false);
  LLVMValueRef code =
      LLVMBuildCall2(m->b, type, lower_runtime(m, "omni_op_callee", type), o, 3, "code");
  LLVMValueRef args[] = {f->t, o[2], argc, registers[0], registers[1], registers[2]};
  LLVMValueRef call = LLVMBuildCall2(m->b, generic_type(m), code, args, 6, "");
  LLVMSetInstructionCallConv(call, CC_SWIFTTAIL);
  if (tail) LLVMSetTailCallKind(call, LLVMTailCallKindMustTail);
  return call;
}

static LLVMValueRef unknown_call(LowerFn *f, LLVMValueRef *o, unsigned n, bool tail) {
  IrModule *m = f->m;
  unsigned argc = n - 3;
  LLVMValueRef registers[REGISTER_ARGUMENTS];
  for (unsigned i = 0; i < REGISTER_ARGUMENTS; i++)
    registers[i] = i < argc ? o[3 + i] : LLVMGetUndef(m->i64);
  for (unsigned i = REGISTER_ARGUMENTS; i < argc; i++)
    LLVMBuildStore(m->b, o[3 + i], argument_address(f, i));
  return generic_call(f, o, ir_i64(m, argc), registers, tail);
}

static LLVMValueRef lower_call(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call;
  return unknown_call(f, o, n, false);
}

static LLVMValueRef lower_tail_call(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call;
  return unknown_call(f, o, n, true);
}

/* The runtime spreads all arguments into t->args; the first three are loaded. */
static LLVMValueRef spread_call(LowerFn *f, LLVMValueRef *o, unsigned n, bool tail) {
  IrModule *m = f->m;
  unsigned given = n - 3;
  LLVMValueRef array = lower_alloca(f, LLVMArrayType2(m->i64, given), "spread");
  for (unsigned i = 0; i < given; i++)
    LLVMBuildStore(m->b, o[3 + i], lower_address(m, array, 8 * (int64_t)i));
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->i64, m->ptr};
  LLVMTypeRef type = LLVMFunctionType(m->i64, types, 4, false);
  LLVMValueRef args[] = {f->t, o[1], ir_i64(m, given), array};
  LLVMValueRef argc =
      LLVMBuildCall2(m->b, type, lower_runtime(m, "omni_op_spread", type), args, 4, "argc");
  LLVMValueRef registers[REGISTER_ARGUMENTS];
  for (int i = 0; i < REGISTER_ARGUMENTS; i++)
    registers[i] = load_i64(m, argument_address(f, i), "arg");
  return generic_call(f, o, argc, registers, tail);
}

static LLVMValueRef lower_apply(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call;
  return spread_call(f, o, n, false);
}

static LLVMValueRef lower_tail_apply(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call;
  return spread_call(f, o, n, true);
}

/* ---- frames ---- */

static LLVMValueRef stack_pointer(IrModule *m) {
  bool x86 = strncmp(LLVMGetTarget(m->module), "x86_64", 6) == 0;
  const char *name = x86 ? "rsp" : "sp";
  LLVMMetadataRef text = LLVMMDStringInContext2(m->ctx, name, strlen(name));
  LLVMValueRef operand = LLVMMetadataAsValue(m->ctx, LLVMMDNodeInContext2(m->ctx, &text, 1));
  unsigned id = LLVMLookupIntrinsicID("llvm.read_register", 18);
  LLVMValueRef fn = LLVMGetIntrinsicDeclaration(m->module, id, &m->i64, 1);
  return LLVMBuildCall2(m->b, LLVMIntrinsicGetType(m->ctx, id, &m->i64, 1), fn, &operand, 1, "sp");
}

/* Branches to a new rare block when the stack pointer is below the limit (or
 * the limit is poisoned); builder there, *after is where it goes on. */
static void stack_check(LowerFn *f, LLVMBasicBlockRef *from, LLVMBasicBlockRef *rare,
                        LLVMBasicBlockRef *after) {
  IrModule *m = f->m;
  LLVMValueRef limit = thread_field(f, THREAD_stack_limit, m->i64, "limit");
  LLVMValueRef below = LLVMBuildICmp(m->b, LLVMIntULT, stack_pointer(m), limit, "");
  *rare = lower_block(f, "enter.slow");
  *after = lower_block(f, "entered");
  *from = LLVMGetInsertBlock(m->b);
  lower_branch_rare(f, below, *rare, *after);
  LLVMPositionBuilderAtEnd(m->b, *rare);
}

static LLVMValueRef lower_enter(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMBasicBlockRef from, rare, after;
  stack_check(f, &from, &rare, &after);
  LLVMTypeRef type = LLVMFunctionType(m->ptr, &m->ptr, 1, false);
  LLVMValueRef own =
      LLVMBuildCall2(m->b, type, lower_runtime(m, "omni_op_enter_slow", type), o, 1, "own");
  LLVMBuildBr(m->b, after);
  LLVMPositionBuilderAtEnd(m->b, after);
  return merge(m, m->ptr, ir_null(m), from, own, rare);
}

static LLVMValueRef lower_enter_noown(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMBasicBlockRef from, rare, after;
  stack_check(f, &from, &rare, &after);
  build_void_call(m, "omni_op_enter_slow_noown", &m->ptr, o, 1);
  LLVMBuildBr(m->b, after);
  LLVMPositionBuilderAtEnd(m->b, after);
  return NULL;
}

static void spill(LowerFn *f, LLVMValueRef *live, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    LLVMBuildStore(f->m->b, live[i], lower_address(f->m, f->scratch, 8 * (int64_t)i));
}

static void reload(LowerFn *f, LLVMValueRef *live, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    live[i] = load_i64(f->m, lower_address(f->m, f->scratch, 8 * (int64_t)i), "live");
}

static LLVMValueRef scratch_or_null(LowerFn *f) { return f->scratch ? f->scratch : ir_null(f->m); }

/* The own region of a frame that has no other use for it: the rare path opens
 * it, runs the function inside, and ends it, so that the usual path carries
 * nothing. Must stand first in the function. */
static LLVMValueRef lower_enter_again(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMBasicBlockRef from, rare, after;
  stack_check(f, &from, &rare, &after);
  LLVMBasicBlockRef again = lower_block(f, "again");
  LLVMTypeRef enter_type = LLVMFunctionType(m->ptr, &m->ptr, 1, false);
  LLVMValueRef own = LLVMBuildCall2(
      m->b, enter_type, lower_runtime(m, "omni_op_enter_slow", enter_type), o, 1, "own");
  LLVMBuildCondBr(m->b, LLVMBuildICmp(m->b, LLVMIntEQ, own, ir_null(m), ""), after, again);
  LLVMPositionBuilderAtEnd(m->b, again);
  unsigned nparams = LLVMCountParams(f->fn);
  LLVMValueRef *params = ARENA_ARRAY(m->arena, LLVMValueRef, nparams + 1);
  LLVMGetParams(f->fn, params);
  LLVMTypeRef type = LLVMGlobalGetValueType(f->fn);
  LLVMValueRef result = LLVMBuildCall2(m->b, type, f->fn, params, nparams, "");
  LLVMSetInstructionCallConv(result, LLVMGetFunctionCallConv(f->fn));
  unsigned nlive = LLVMGetReturnType(type) == m->i64 && f->returns_value ? 1 : 0;
  spill(f, &result, nlive);
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->ptr, m->i64};
  LLVMValueRef args[] = {f->t, own, scratch_or_null(f), ir_i64(m, nlive)};
  build_void_call(m, "omni_op_settle_return", types, args, 4);
  reload(f, &result, nlive);
  LLVMBuildRet(m->b, result);
  LLVMPositionBuilderAtEnd(m->b, after);
  return NULL;
}

static LLVMValueRef lower_hold_mark(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  (void)call, (void)o, (void)n;
  return thread_field(f, THREAD_hold, f->m->ptr, "mark");
}

/* if (t->hold != mark) omni_op_hold_pop(t, mark, live, n); values stay. */
static void pop_holds(LowerFn *f, LLVMValueRef mark, LLVMValueRef *live, unsigned n) {
  if (ir_is_null(mark)) return;
  IrModule *m = f->m;
  LLVMValueRef hold = thread_field(f, THREAD_hold, m->ptr, "hold");
  LLVMBasicBlockRef rare = lower_block(f, "pop.slow"), after = lower_block(f, "popped");
  lower_branch_rare(f, LLVMBuildICmp(m->b, LLVMIntNE, hold, mark, ""), rare, after);
  LLVMPositionBuilderAtEnd(m->b, rare);
  spill(f, live, n);
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->ptr, m->i64};
  LLVMValueRef args[] = {f->t, mark, scratch_or_null(f), ir_i64(m, n)};
  build_void_call(m, "omni_op_hold_pop", types, args, 4);
  LLVMBuildBr(m->b, after);
  LLVMPositionBuilderAtEnd(m->b, after);
}

/* Merges the live values of the usual path (before) and the rare one (after). */
static void merge_live(IrModule *m, LLVMValueRef *before, LLVMValueRef *after, unsigned n,
                       LLVMBasicBlockRef from, LLVMBasicBlockRef rare) {
  for (unsigned i = 0; i < n; i++) before[i] = merge(m, m->i64, before[i], from, after[i], rare);
}

static LLVMValueRef *copy_values(LowerFn *f, LLVMValueRef *v, unsigned n) {
  LLVMValueRef *copy = ARENA_ARRAY(f->m->arena, LLVMValueRef, n + 1);
  if (n) memcpy(copy, v, n * sizeof *v);
  return copy;
}

static LLVMValueRef lower_settle_loop(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  IrModule *m = f->m;
  unsigned nlive = n - 3;
  LLVMValueRef *fields = ARENA_ARRAY(m->arena, LLVMValueRef, nlive + 1);
  LLVMValueRef *live = copy_values(f, o + 3, nlive), *moved = copy_values(f, live, nlive);
  LLVMValueRef own = o[1];
  bool at_settles = ir_has_flag(m, call, IR_HOLDS_AT_SETTLES);
  if (!LLVMIsUndef(own)) { /* undef: the frame owns nothing, ever */
    LLVMBasicBlockRef rare = lower_block(f, "renew"), after = lower_block(f, "renewed");
    LLVMValueRef limit = thread_field(f, THREAD_stack_limit, m->i64, "limit");
    LLVMBasicBlockRef from = LLVMGetInsertBlock(m->b);
    LLVMValueRef due = LLVMBuildTrunc(m->b, limit, m->i1, "due"); /* OMNI_BACK_EDGES_DUE */
    lower_branch_rare(f, due, rare, after);
    LLVMPositionBuilderAtEnd(m->b, rare);
    spill(f, live, nlive);
    LLVMTypeRef types[] = {m->ptr, m->ptr, m->ptr, m->i64};
    LLVMTypeRef type = LLVMFunctionType(m->ptr, types, 4, false);
    LLVMValueRef args[] = {f->t, own, scratch_or_null(f), ir_i64(m, nlive)};
    LLVMValueRef renewed =
        LLVMBuildCall2(m->b, type, lower_runtime(m, "omni_op_settle_loop", type), args, 4, "own");
    reload(f, moved, nlive);
    if (at_settles) pop_holds(f, o[2], moved, nlive);
    LLVMBasicBlockRef settled = LLVMGetInsertBlock(m->b);
    LLVMBuildBr(m->b, after);
    LLVMPositionBuilderAtEnd(m->b, after);
    own = merge(m, m->ptr, own, from, renewed, settled);
    merge_live(m, live, moved, nlive, from, settled);
  }
  if (!at_settles) pop_holds(f, o[2], live, nlive);
  fields[0] = own;
  for (unsigned i = 0; i < nlive; i++) fields[1 + i] = live[i];
  ptrmap_put(f->fields, IR_KEY(call), fields);
  return NULL;
}

static LLVMValueRef lower_settle_return(LowerFn *f, LLVMValueRef call, LLVMValueRef *o,
                                        unsigned n) {
  (void)call, (void)n;
  IrModule *m = f->m;
  LLVMValueRef own = o[1], live = o[3];
  unsigned nlive = LLVMIsConstant(live) ? 0 : 1;
  if (!ir_is_null(own)) {
    LLVMBasicBlockRef rare = lower_block(f, "settle"), after = lower_block(f, "settled");
    LLVMBasicBlockRef from = LLVMGetInsertBlock(m->b);
    LLVMValueRef moved = live;
    lower_branch_rare(f, LLVMBuildICmp(m->b, LLVMIntNE, own, ir_null(m), ""), rare, after);
    LLVMPositionBuilderAtEnd(m->b, rare);
    spill(f, &live, nlive);
    LLVMTypeRef types[] = {m->ptr, m->ptr, m->ptr, m->i64};
    LLVMValueRef args[] = {f->t, own, scratch_or_null(f), ir_i64(m, nlive)};
    build_void_call(m, "omni_op_settle_return", types, args, 4);
    reload(f, &moved, nlive);
    LLVMBuildBr(m->b, after);
    LLVMPositionBuilderAtEnd(m->b, after);
    live = merge(m, m->i64, live, from, moved, rare);
  }
  pop_holds(f, o[2], &live, nlive);
  return live;
}

static LLVMValueRef frame_identity(IrModule *m) {
  unsigned id = LLVMLookupIntrinsicID("llvm.addressofreturnaddress", 27);
  LLVMValueRef fn = LLVMGetIntrinsicDeclaration(m->module, id, &m->ptr, 1);
  return LLVMBuildCall2(m->b, LLVMIntrinsicGetType(m->ctx, id, &m->ptr, 1), fn, NULL, 0, "frame");
}

/* Whether the tail call that follows reaches an entry check, which will adopt a
 * region that is handed over. Functions that generic entries call have one. */
static bool callee_checks_entry(LLVMValueRef settle_tail) {
  LLVMValueRef in = LLVMGetNextInstruction(settle_tail);
  while (LLVMIsAExtractValueInst(in)) in = LLVMGetNextInstruction(in);
  if (op_of(in) != OP_NONE) return true;
  LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(LLVMGetCalledValue(in));
  for (int i = 0; bb && i < 2; i++, bb = LLVMGetNextBasicBlock(bb))
    for (in = LLVMGetFirstInstruction(bb); in; in = LLVMGetNextInstruction(in)) {
      OpId op = op_of(in);
      if (op == OP_enter || op == OP_enter_again || op == OP_enter_noown) return true;
    }
  return false;
}

static LLVMValueRef lower_settle_tail(LowerFn *f, LLVMValueRef call, LLVMValueRef *o, unsigned n) {
  IrModule *m = f->m;
  unsigned nlive = n - 3;
  LLVMValueRef own = o[1], mark = o[2], due = NULL;
  LLVMValueRef *live = copy_values(f, o + 3, nlive), *moved = copy_values(f, live, nlive);
  if (!ir_is_null(own)) due = LLVMBuildICmp(m->b, LLVMIntNE, own, ir_null(m), "");
  if (!ir_is_null(mark)) {
    LLVMValueRef hold = thread_field(f, THREAD_hold, m->ptr, "hold");
    LLVMValueRef held = LLVMBuildICmp(m->b, LLVMIntNE, hold, mark, "");
    due = due ? LLVMBuildOr(m->b, due, held, "") : held;
  }
  if (due) {
    LLVMBasicBlockRef rare = lower_block(f, "hand.slow"), after = lower_block(f, "handed");
    LLVMBasicBlockRef from = LLVMGetInsertBlock(m->b);
    lower_branch_rare(f, due, rare, after);
    LLVMPositionBuilderAtEnd(m->b, rare);
    spill(f, live, nlive);
    if (ir_is_null(mark)) mark = thread_field(f, THREAD_hold, m->ptr, "hold");
    LLVMTypeRef types[] = {m->ptr, m->ptr, m->ptr, m->ptr, m->i64, m->ptr};
    LLVMValueRef args[] = {f->t, own, mark, scratch_or_null(f), ir_i64(m, nlive),
                           frame_identity(m)};
    build_void_call(m, callee_checks_entry(call) ? "omni_op_tail_hand" : "omni_op_tail_args", types,
                    args, 6);
    reload(f, moved, nlive);
    LLVMBuildBr(m->b, after);
    LLVMPositionBuilderAtEnd(m->b, after);
    merge_live(m, live, moved, nlive, from, rare);
  }
  ptrmap_put(f->fields, IR_KEY(call), live);
  return NULL;
}

/* ---- the table ---- */

#define CALL(id) NULL
#define CUSTOM(id) lower_##id
LowerOp lower_custom(OpId op) {
  static const LowerOp table[OP_COUNT] = {
#define OMNI_OP(id, signature, effects, lowering, doc) [OP_##id] = lowering(id),
#include "ops.def"
#undef OMNI_OP
  };
  if (!table[op]) ir_die("lower", "no lowering for omni.%s", op_info(op)->name);
  return table[op];
}
