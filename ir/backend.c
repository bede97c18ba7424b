/* LLVM around a module: target, the runtime's bitcode, optimisation, output.
 *
 * The runtime's hot operations come as bitcode (ops_inline.bc) that is linked
 * in from -O1 on; its functions become internal, so what is not called
 * vanishes and what is called is inlined. That needs a CPU name on both sides:
 * LLVM does not inline across differing target features. At -O0 operations
 * stay calls into the library. Output goes to memory; files are the driver's.
 */
#include "ir_internal.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *target_triple(const IrOptions *o) {
  static char *host;
  if (o->triple) return o->triple;
  if (!host) host = LLVMGetDefaultTargetTriple();
  return host;
}

static const char *target_cpu(const IrOptions *o) {
  if (o->cpu) return o->cpu;
  return strncmp(target_triple(o), "x86_64", 6) == 0 ? "x86-64" : "generic";
}

bool ir_initialise(const IrOptions *options, const char **message) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeX86AsmParser();
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64Target();
  LLVMInitializeAArch64TargetMC();
  LLVMInitializeAArch64AsmPrinter();
  LLVMInitializeAArch64AsmParser();
  LLVMTargetRef target;
  char *error = NULL;
  if (!LLVMGetTargetFromTriple(target_triple(options), &target, &error)) return true;
  static char text[200];
  snprintf(text, sizeof text, "%s", error);
  LLVMDisposeMessage(error);
  *message = text;
  return false;
}

static LLVMTargetMachineRef new_machine(const IrOptions *o) {
  LLVMTargetRef target;
  char *error = NULL;
  if (LLVMGetTargetFromTriple(target_triple(o), &target, &error)) ir_die("backend", "%s", error);
  LLVMCodeGenOptLevel level = o->opt_level == 0   ? LLVMCodeGenLevelNone
                              : o->opt_level == 1 ? LLVMCodeGenLevelLess
                              : o->opt_level == 2 ? LLVMCodeGenLevelDefault
                                                  : LLVMCodeGenLevelAggressive;
  /* aarch64 without optimisation miscompiles swifttailcc calls with stack
   * arguments (LLVM 19), so it starts one level up */
  if (level == LLVMCodeGenLevelNone && strncmp(target_triple(o), "aarch64", 7) == 0)
    level = LLVMCodeGenLevelLess;
  return LLVMCreateTargetMachine(target, target_triple(o), target_cpu(o), "", level,
                                 LLVMRelocPIC, LLVMCodeModelDefault);
}

static void fill_types(IrModule *m) {
  m->value = LLVMPointerTypeInContext(m->ctx, 1);
  m->ptr = LLVMPointerTypeInContext(m->ctx, 0);
  m->i64 = LLVMInt64TypeInContext(m->ctx);
  m->i32 = LLVMInt32TypeInContext(m->ctx);
  m->i16 = LLVMInt16TypeInContext(m->ctx);
  m->i8 = LLVMInt8TypeInContext(m->ctx);
  m->i1 = LLVMInt1TypeInContext(m->ctx);
  m->f64 = LLVMDoubleTypeInContext(m->ctx);
  m->nil = LLVMVoidTypeInContext(m->ctx);
}

static void set_target(IrModule *m) {
  LLVMSetTarget(m->module, target_triple(m->options));
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(m->machine);
  LLVMSetModuleDataLayout(m->module, layout);
  LLVMDisposeTargetData(layout);
}

static IrModule *new_empty(const IrOptions *options) {
  Arena *a = arena_new(options->port);
  IrModule *m = ARENA_NEW(a, IrModule);
  m->arena = a;
  m->options = options;
  m->ctx = LLVMContextCreate();
  m->b = LLVMCreateBuilderInContext(m->ctx);
  m->machine = new_machine(options);
  fill_types(m);
  return m;
}

IrModule *ir_new(const IrOptions *options) {
  IrModule *m = new_empty(options);
  m->module = LLVMModuleCreateWithNameInContext(
      options->module_name ? options->module_name : "program", m->ctx);
  set_target(m);
  return m;
}

IrModule *ir_parse(const char *text, size_t nbytes, const char *name, const IrOptions *options,
                   const char **message) {
  static char problem[500];
  IrModule *m = new_empty(options);
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(text, nbytes, name);
  char *error = NULL;
  if (LLVMParseIRInContext(m->ctx, buffer, &m->module, &error)) {
    snprintf(problem, sizeof problem, "%s", error);
    *message = problem;
    LLVMDisposeMessage(error);
    m->module = NULL;
    ir_free(m);
    return NULL;
  }
  set_target(m);
  return m;
}

void ir_free(IrModule *m) {
  if (!m) return;
  if (m->di) LLVMDisposeDIBuilder(m->di);
  LLVMDisposeBuilder(m->b);
  if (m->module) LLVMDisposeModule(m->module);
  LLVMDisposeTargetMachine(m->machine);
  LLVMContextDispose(m->ctx);
  arena_free(m->arena);
}

/* ---- optimising ---- */

static void verify_llvm(IrModule *m, const char *when) {
  if (!m->options->verify_each) return;
  char *error = NULL;
  if (LLVMVerifyModule(m->module, LLVMReturnStatusAction, &error)) ir_die(when, "%s", error);
  LLVMDisposeMessage(error);
}

static bool link_runtime(IrModule *m, const char **message) {
  char *error = NULL;
  LLVMMemoryBufferRef buffer;
  LLVMModuleRef runtime;
  if (LLVMCreateMemoryBufferWithContentsOfFile(m->options->bitcode_path, &buffer, &error)) {
    *message = arena_printf(m->arena, "%s: %s", m->options->bitcode_path, error);
    LLVMDisposeMessage(error);
    return false;
  }
  if (LLVMParseBitcodeInContext2(m->ctx, buffer, &runtime)) {
    *message = arena_printf(m->arena, "%s is not bitcode of LLVM 19", m->options->bitcode_path);
    LLVMDisposeMemoryBuffer(buffer);
    return false;
  }
  LLVMDisposeMemoryBuffer(buffer);
  for (LLVMValueRef fn = LLVMGetFirstFunction(runtime); fn; fn = LLVMGetNextFunction(fn))
    if (!LLVMIsDeclaration(fn)) ir_string_attribute(m, fn, "omni.runtime", "");
  LLVMSetTarget(runtime, LLVMGetTarget(m->module));
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(m->machine);
  LLVMSetModuleDataLayout(runtime, layout);
  LLVMDisposeTargetData(layout);
  if (LLVMLinkModules2(m->module, runtime)) ir_die("backend", "linking the runtime's bitcode");
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (ir_has_attribute(fn, "omni.runtime")) LLVMSetLinkage(fn, LLVMInternalLinkage);
  return true;
}

static void name_cpu(IrModule *m) {
  for (LLVMValueRef fn = LLVMGetFirstFunction(m->module); fn; fn = LLVMGetNextFunction(fn))
    if (!LLVMIsDeclaration(fn)) {
      ir_string_attribute(m, fn, "target-cpu", target_cpu(m->options));
      ir_function_attribute(m, fn, "uwtable", 1);
      if (m->options->optimise_size) ir_function_attribute(m, fn, "optsize", 0);
    }
}

/* The runtime's operations are many and small: with LLVM's own threshold (225) a
 * 5,000-line program (bench/startup.py) takes a quarter longer to compile and is a quarter
 * larger, for a tenth of the time of some float loops. What must be inlined says so
 * itself (OMNI_INNER_LOOP in ops_inline.c). -O3 keeps LLVM's. */
enum { INLINE_THRESHOLD = 40 };

bool ir_optimise(IrModule *m, const char **message) {
  if (!m->lowered) ir_die("backend", "the dialect has not been lowered");
  verify_llvm(m, "lower");
  name_cpu(m);
  if (m->options->opt_level == 0) return true;
  if (m->options->bitcode_path && !link_runtime(m, message)) return false;
  /* what the program does not call of the runtime goes first */
  const char *pipeline = m->options->optimise_size   ? "globaldce,default<Os>"
                         : m->options->opt_level == 1 ? "globaldce,default<O1>"
                         : m->options->opt_level == 2 ? "globaldce,default<O2>"
                                                      : "globaldce,default<O3>";
  int threshold = m->options->opt_level == 2 ? INLINE_THRESHOLD : -1;
  if (!ir_llvm_passes(m, pipeline, threshold, message)) return false;
  verify_llvm(m, "optimise");
  return true;
}

/* ---- output ---- */

static bool copy_buffer(IrModule *m, LLVMMemoryBufferRef from, IrBuffer *out) {
  size_t n = LLVMGetBufferSize(from);
  out->port = m->options->port;
  out->bytes = omni_port_alloc(out->port, n + 1);
  out->nbytes = 0;
  if (out->bytes) {
    memcpy(out->bytes, LLVMGetBufferStart(from), n);
    out->bytes[n] = 0;
    out->nbytes = n;
  }
  LLVMDisposeMemoryBuffer(from);
  return out->bytes != NULL;
}

bool ir_object(IrModule *m, bool assembly, IrBuffer *out, const char **message) {
  LLVMMemoryBufferRef buffer;
  char *error = NULL;
  LLVMCodeGenFileType type = assembly ? LLVMAssemblyFile : LLVMObjectFile;
  if (LLVMTargetMachineEmitToMemoryBuffer(m->machine, m->module, type, &error, &buffer)) {
    *message = arena_copy(m->arena, error, strlen(error));
    LLVMDisposeMessage(error);
    return false;
  }
  if (copy_buffer(m, buffer, out)) return true;
  *message = "out of memory";
  return false;
}

bool ir_bitcode(IrModule *m, IrBuffer *out) {
  return copy_buffer(m, LLVMWriteBitcodeToMemoryBuffer(m->module), out);
}
