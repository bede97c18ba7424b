/* Small helpers over the LLVM C API, and the ways a module begins and ends. */
#include "ir_internal.h"

#include <llvm-c/Transforms/PassBuilder.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static IrDieHandler die_handler;

void ir_set_die_handler(IrDieHandler handler) { die_handler = handler; }

void ir_die(const char *where, const char *format, ...) {
  char what[2000];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  if (die_handler) die_handler(where, what);
  fprintf(stderr, "omni-llc: internal error in %s: %s\n", where, what);
  exit(70);
}

LLVMValueRef ir_i64(IrModule *m, int64_t n) { return LLVMConstInt(m->i64, (uint64_t)n, true); }

LLVMValueRef ir_immediate(IrModule *m, uint64_t word) {
  return LLVMConstIntToPtr(LLVMConstInt(m->i64, word, false), m->value);
}

LLVMValueRef ir_null(IrModule *m) { return LLVMConstPointerNull(m->ptr); }

bool ir_is_null(LLVMValueRef v) { return LLVMIsAConstantPointerNull(v) != NULL; }

bool ir_is_value_type(IrModule *m, LLVMValueRef v) { return LLVMTypeOf(v) == m->value; }

void ir_function_attribute(IrModule *m, LLVMValueRef fn, const char *name, uint64_t value) {
  unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
  if (kind == 0) ir_die("util", "LLVM has no attribute %s", name);
  LLVMAddAttributeAtIndex(fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                          LLVMCreateEnumAttribute(m->ctx, kind, value));
}

void ir_string_attribute(IrModule *m, LLVMValueRef fn, const char *key, const char *value) {
  LLVMAddAttributeAtIndex(
      fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
      LLVMCreateStringAttribute(m->ctx, key, (unsigned)strlen(key), value,
                                (unsigned)strlen(value)));
}

bool ir_has_attribute(LLVMValueRef fn, const char *key) {
  return LLVMGetStringAttributeAtIndex(fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, key,
                                       (unsigned)strlen(key)) != NULL;
}

static unsigned flag_kind(IrModule *m, const char *flag) {
  return LLVMGetMDKindIDInContext(m->ctx, flag, (unsigned)strlen(flag));
}

void ir_set_flag(IrModule *m, LLVMValueRef in, const char *flag) {
  LLVMSetMetadata(in, flag_kind(m, flag),
                  LLVMMetadataAsValue(m->ctx, LLVMMDNodeInContext2(m->ctx, NULL, 0)));
}

bool ir_has_flag(IrModule *m, LLVMValueRef in, const char *flag) {
  return LLVMGetMetadata(in, flag_kind(m, flag)) != NULL;
}

bool ir_is_dialect_function(LLVMValueRef fn) {
  return !LLVMIsDeclaration(fn) && LLVMGetFunctionCallConv(fn) == CC_SWIFTTAIL;
}

unsigned ir_predecessors(LLVMBasicBlockRef bb, LLVMBasicBlockRef *out, unsigned max) {
  unsigned n = 0;
  for (LLVMUseRef use = LLVMGetFirstUse(LLVMBasicBlockAsValue(bb)); use;
       use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (!LLVMIsATerminatorInst(user)) continue;
    if (n < max) out[n] = LLVMGetInstructionParent(user);
    n++;
  }
  return n;
}

bool ir_llvm_passes(IrModule *m, const char *pipeline, int inline_threshold,
                    const char **message) {
  LLVMPassBuilderOptionsRef o = LLVMCreatePassBuilderOptions();
  LLVMPassBuilderOptionsSetVerifyEach(o, m->options->verify_each);
  if (inline_threshold >= 0) LLVMPassBuilderOptionsSetInlinerThreshold(o, inline_threshold);
  LLVMErrorRef e = LLVMRunPasses(m->module, pipeline, m->machine, o);
  LLVMDisposePassBuilderOptions(o);
  if (!e) return true;
  char *text = LLVMGetErrorMessage(e);
  *message = arena_copy(m->arena, text, strlen(text));
  LLVMDisposeErrorMessage(text);
  return false;
}

static bool is_removable(LLVMValueRef in) {
  if (LLVMGetFirstUse(in)) return false;
  if (LLVMIsAPHINode(in) || LLVMIsASelectInst(in) || LLVMIsAExtractValueInst(in)) return true;
  OpId op = op_of(in);
  if (op == OP_NONE) return false;
  return (op_info(op)->effects & ~(uint32_t)(P_PURE | P_ALLOC | P_LOAD | P_INLINE)) == 0 ||
         op == OP_hold_mark;
}

void ir_remove_dead_code(LLVMModuleRef module) {
  for (LLVMValueRef fn = LLVMGetFirstFunction(module); fn; fn = LLVMGetNextFunction(fn))
    for (bool changed = true; changed;) {
      changed = false;
      for (LLVMBasicBlockRef bb = LLVMGetFirstBasicBlock(fn); bb; bb = LLVMGetNextBasicBlock(bb))
        for (LLVMValueRef in = LLVMGetLastInstruction(bb), next; in; in = next) {
          next = LLVMGetPreviousInstruction(in);
          if (!is_removable(in)) continue;
          LLVMInstructionEraseFromParent(in);
          changed = true;
        }
    }
}

void ir_buffer_free(IrBuffer *b) {
  if (b->bytes) omni_port_free(b->port, b->bytes, b->nbytes + 1);
  b->bytes = NULL;
  b->nbytes = 0;
}

bool ir_dump(IrModule *m, IrBuffer *out) {
  char *text = LLVMPrintModuleToString(m->module);
  size_t n = strlen(text);
  out->port = m->options->port;
  out->bytes = omni_port_alloc(out->port, n + 1);
  if (out->bytes) {
    memcpy(out->bytes, text, n + 1);
    out->nbytes = n;
  }
  LLVMDisposeMessage(text);
  return out->bytes != NULL;
}
