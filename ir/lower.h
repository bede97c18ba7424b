/* Internals of the lowering: omni dialect -> plain LLVM IR.
 *
 * lower.c      rebuilds every function: types, control flow, direct calls
 * lower_ops.c  the operations that are more than a call of the runtime
 */
#ifndef OMNI_LOWER_H
#define OMNI_LOWER_H

#include "ir_internal.h"

struct LowerFn {
  IrModule *m;
  LLVMValueRef old, fn;
  bool returns_value;        /* the dialect function returned an Omni value */
  LLVMValueRef t;            /* the thread context, parameter 0 */
  LLVMValueRef scratch;      /* [n x i64] for the slow paths of settle points, or NULL */
  LLVMBasicBlockRef entry;   /* allocas */
  PtrMap *values;            /* old value -> new value */
  PtrMap *functions;         /* old function -> new function, of the whole module */
  PtrMap *fields;            /* old call with a struct result -> array of new values */
  PtrMap *first, *last;      /* old block -> its first and last new block */
};

/* ---- lower.c ---- */
LLVMValueRef lower_value(LowerFn *f, LLVMValueRef old);
LLVMBasicBlockRef lower_block(LowerFn *f, const char *name);
LLVMValueRef lower_alloca(LowerFn *f, LLVMTypeRef type, const char *name);
/* A runtime function by name, declared on first use. */
LLVMValueRef lower_runtime(IrModule *m, const char *name, LLVMTypeRef type);
/* if (condition) goto slow: branches with weights, builder at slow. */
void lower_branch_rare(LowerFn *f, LLVMValueRef condition, LLVMBasicBlockRef rare,
                       LLVMBasicBlockRef usual);
/* Address of a word or field: p + offset. */
LLVMValueRef lower_address(IrModule *m, LLVMValueRef p, int64_t offset);
/* Address of word i of the object that v, with its tag, refers to. */
LLVMValueRef lower_slot(IrModule *m, LLVMValueRef v, unsigned tag, int64_t word);

#endif
