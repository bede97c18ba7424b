/* From the core program to machine code.
 *
 *   ir_emit      core program -> omni dialect (LLVM IR whose Omni values have the
 *                type `ptr addrspace(1)` and whose Lisp operations are calls to
 *                `omni.*`, all listed in ops.def)
 *   passes_run   passes/: region passes over the dialect (passes.h)
 *   ir_lower     dialect -> plain LLVM IR; aborts if an operation is left
 *   ir_optimise  runtime bitcode linked in (-O1 and up), LLVM's own pipeline
 *   ir_object    machine code or assembly, into memory
 *
 * Ownership: an IrModule owns its LLVM context; ir_free releases all. Errors:
 * the program has been checked before it comes here, so what fails here is a
 * mistake of ours and ends through `die`; functions that may fail for outside
 * reasons return false and leave a message. Thread rule: one thread a module.
 */
#ifndef OMNI_IR_H
#define OMNI_IR_H

#include "core.h"

typedef struct IrOptions {
  const OmniPort *port;
  int opt_level;            /* 0..3 */
  bool optimise_size;       /* -Os */
  bool debug_info;          /* -g: line tables */
  bool verify_each;         /* verifier after every pass */
  const char *triple;       /* NULL: this machine */
  const char *cpu;          /* NULL: the baseline of the triple */
  const char *module_name;  /* for dumps and debug info */
  const char *bitcode_path; /* ops_inline.bc; used from -O1 on */
  const char *const *disabled; /* names of passes */
  size_t ndisabled;
  bool time_passes;
} IrOptions;

typedef struct IrModule IrModule;

typedef struct IrBuffer { /* owned by the port that made it */
  const OmniPort *port;
  char *bytes;
  size_t nbytes;
} IrBuffer;
void ir_buffer_free(IrBuffer *b);

/* Starts LLVM for the host (and `triple` if cross); false and *message if the triple is
 * unknown. Call once. */
bool ir_initialise(const IrOptions *options, const char **message);

IrModule *ir_emit(const CoreProgram *program, const IrOptions *options);
/* Reads dialect text (omni-opt); NULL and *message (borrowed until ir_free of
 * nothing: static buffer) if it does not parse. */
IrModule *ir_parse(const char *text, size_t nbytes, const char *name, const IrOptions *options,
                   const char **message);
void ir_free(IrModule *m);

/* The dialect's rules; NULL if they hold, else what is wrong (borrowed from m). */
const char *ir_verify(IrModule *m);
/* LLVM text of the module as it stands, into *out. */
bool ir_dump(IrModule *m, IrBuffer *out);
void ir_lower(IrModule *m);
/* false and *message: the runtime bitcode cannot be read */
bool ir_optimise(IrModule *m, const char **message);
bool ir_object(IrModule *m, bool assembly, IrBuffer *out, const char **message);
bool ir_bitcode(IrModule *m, IrBuffer *out);

/* A mistake of ours: prints pass, function and the broken rule, then leaves
 * through the handler that the driver has set (which writes a reproducer). */
typedef void (*IrDieHandler)(const char *where, const char *what);
void ir_set_die_handler(IrDieHandler handler);
_Noreturn void ir_die(const char *where, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
