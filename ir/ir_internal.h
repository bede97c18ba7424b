/* Shared between the files of ir/ and passes/: the module, the operations, and
 * small helpers over the LLVM C API.
 *
 * Handles and types are found once per module and carried in IrModule; a pass
 * reaches the runtime only through the operations of ops.def.
 */
#ifndef OMNI_IR_INTERNAL_H
#define OMNI_IR_INTERNAL_H

#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/TargetMachine.h>

#include "ir.h"
#include "omni/value.h"

enum { CC_SWIFTTAIL = 20 };

/* Kinds whose values are references, or may be. */
#define K_MAYBE_REF (K_ANY & ~(CoreKinds)(KB_FIX | KB_FALSE | KB_TRUE | KB_NOTHING | KB_CHAR | KB_EMPTY))

typedef enum {
#define OMNI_OP(id, signature, effects, lowering, doc) OP_##id,
#include "ops.def"
#undef OMNI_OP
#define OMNI_PRIM(id, name, min, max, reps, effects, kind) OP_prim_##id,
#include "prims.def"
#undef OMNI_PRIM
  OP_COUNT,
  OP_NONE = OP_COUNT
} OpId;

typedef enum { LOWER_CALL, LOWER_CUSTOM } OpLowering;

typedef struct OpInfo {
  const char *name;      /* without "omni." */
  const char *operands;  /* letters, see ops.def */
  char result;
  bool variadic;         /* operands end in '*' */
  uint32_t effects;
  CoreKinds kinds;       /* what the result may be */
  OpLowering lowering;
  const char *c_name;    /* CALL: the runtime function */
} OpInfo;

/* Named metadata that says: the live sets of settle points have been made. */
#define IR_LIVE_SETS "omni.live_sets"
/* Function attribute: a generic entry, which has no entry check of its own. What it
 * calls keeps one, since unknown tail calls hand regions over. */
#define IR_GENERIC "omni-generic"
/* Flag (metadata) of a settle_loop: nothing but this loop's settles pushes holds. */
#define IR_HOLDS_AT_SETTLES "omni.holds_at_settles"

struct IrModule {
  const IrOptions *options;
  Arena *arena;
  LLVMContextRef ctx;
  LLVMModuleRef module;
  LLVMBuilderRef b;
  LLVMTargetMachineRef machine;
  LLVMTypeRef value, ptr, i64, i32, i16, i8, i1, f64, nil;
  bool lowered;
  /* declared functions by OpId for operations that are not variadic */
  LLVMValueRef op_fn[OP_COUNT];
  LLVMDIBuilderRef di;
  LLVMMetadataRef *di_files; /* by file id */
  LLVMMetadataRef di_unit;
  char *problem; /* what ir_verify found */
};

/* ---- backend.c ---- */
/* An empty module for the target of the options. */
IrModule *ir_new(const IrOptions *options);

/* ---- ops.c ---- */
const OpInfo *op_info(OpId op);
LLVMTypeRef op_letter_type(IrModule *m, char letter);
/* The type that the table gives an operation with n `*` operands. */
LLVMTypeRef op_type(IrModule *m, OpId op, unsigned n);
/* The declared function of an operation; n: how many `*` operands. */
LLVMValueRef op_function(IrModule *m, OpId op, unsigned n, LLVMTypeRef *type);
/* The operation an instruction calls, OP_NONE for anything else. */
OpId op_of(LLVMValueRef instruction);
/* Whether an instruction replaces the frame: a tail operation or a musttail call. */
bool op_is_tail_call(LLVMValueRef instruction);
/* Number of `*` operands of a call of a variadic operation, and the first's index. */
unsigned op_variadic_operands(LLVMValueRef call, OpId op, unsigned *first);
LLVMValueRef op_build(IrModule *m, OpId op, LLVMValueRef *operands, unsigned n, const char *name);

/* ---- util.c ---- */
LLVMValueRef ir_immediate(IrModule *m, uint64_t word); /* a constant of the value type */
LLVMValueRef ir_i64(IrModule *m, int64_t n);
LLVMValueRef ir_null(IrModule *m); /* null ptr */
bool ir_is_null(LLVMValueRef v);
bool ir_is_value_type(IrModule *m, LLVMValueRef v);
void ir_function_attribute(IrModule *m, LLVMValueRef fn, const char *name, uint64_t value);
void ir_string_attribute(IrModule *m, LLVMValueRef fn, const char *key, const char *value);
bool ir_has_attribute(LLVMValueRef fn, const char *key);
/* Flags of instructions: metadata without content. */
void ir_set_flag(IrModule *m, LLVMValueRef in, const char *flag);
bool ir_has_flag(IrModule *m, LLVMValueRef in, const char *flag);
/* Whether it is a function of the program, with a body in the dialect. */
bool ir_is_dialect_function(LLVMValueRef fn);
unsigned ir_predecessors(LLVMBasicBlockRef bb, LLVMBasicBlockRef *out, unsigned max); /* with repeats */
/* inline_threshold: LLVM's cost above which a call is not inlined; < 0: its own. */
bool ir_llvm_passes(IrModule *m, const char *pipeline, int inline_threshold,
                    const char **message);
/* Removes instructions without effect whose results nobody uses. */
void ir_remove_dead_code(LLVMModuleRef module);

/* A map from LLVM values (or blocks) to whatever; on the module's arena. */
#define IR_KEY(x) ((const void *)(x))

/* ---- lower_ops.c ---- */
typedef struct LowerFn LowerFn;
typedef LLVMValueRef (*LowerOp)(LowerFn *f, LLVMValueRef call, LLVMValueRef *operands, unsigned n);
LowerOp lower_custom(OpId op);

#endif
