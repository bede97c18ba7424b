/* Internals of rtlib shared between its files: the thread context, memory,
 * errors, and the descriptors that compiled programs hand over. Prototypes are
 * grouped under the file that defines them.
 *
 * Naming: `omni_` for C users, `omni_op_` and `omni_prim_` for compiled code,
 * `rti_` between files of rtlib.
 *
 * C code of the runtime may keep references in locals across allocations:
 * memory is reclaimed or moved only at settle points, and only compiled code
 * has those. What it may not do is use a value after the store or release that
 * may have dropped it: `omni_hold` it first.
 */
#ifndef OMNI_RTI_H
#define OMNI_RTI_H

#include "omni/port.h"
#include "omni/value.h"

typedef struct OmniThread OmniThread;
typedef struct OmniRegion OmniRegion; /* memory.h internals: region.h */

/* ---- what the compiler emits ---- */

/* A place in the source that an error can name. */
typedef struct OmniSite {
  const char *file;     /* as given on the command line, mapped */
  const char *function; /* enclosing function, "top level" outside */
  uint32_t line, column; /* 1-based; column in code points */
} OmniSite;

#if defined(__clang__)
#define OMNI_COMPILED_CC __attribute__((swiftasynccall))
#else
#define OMNI_COMPILED_CC
#endif

/* The generic entry of a function: the calling convention of unknown calls.
 * Arguments 0..2 in registers, the others in t->args[3...]; missing registers
 * hold anything. It checks the count, builds rest lists and defaults. */
typedef OmniValue (*OmniCode)(OmniThread *t, OmniValue closure, int64_t argc, OmniValue a0,
                              OmniValue a1, OmniValue a2) OMNI_COMPILED_CC;

typedef struct OmniFnInfo {
  OmniCode code;
  const void *start;     /* first instruction of the body, for backtraces */
  const char *name;      /* NULL: nameless */
  const char *file;
  uint32_t line;         /* 0: the top level */
  uint16_t min_args, max_args; /* max 0xffff: rest */
} OmniFnInfo;

typedef struct OmniKindInfo { /* a struct kind or an enum case */
  const char *name;
  const char *enum_name; /* NULL for a struct */
  uint32_t nfields;
  const char *const *field_names;
  uint64_t mutable_mask; /* bit i: field i may be put! */
} OmniKindInfo;

typedef struct OmniTest { const char *name; uint32_t function; } OmniTest;

#define OMNI_ABI_VERSION 1
typedef struct OmniProgram {
  uint32_t abi;
  uint32_t nglobals;
  const char *const *global_names;
  /* literals, serialised: see constants.c; unpacked into immortal memory at
   * start, constant i goes to constant_slots[i] */
  const uint8_t *constants;
  uint64_t constants_nbytes;
  uint32_t nconstants, nkinds, nfunctions, ntests;
  OmniValue *constant_slots;
  const OmniKindInfo *kinds;
  const OmniFnInfo *functions;
  const OmniTest *tests;   /* each a function without parameters */
  OmniValue (*top_level)(OmniThread *t) OMNI_COMPILED_CC;
} OmniProgram;

/* ---- thread context ---- (the hot words first; ops_inline.c and the
 * lowering use the first line) */
struct OmniThread {
  char *bump, *limit;     /* free part of the top region's open block */
  OmniRegion *top;        /* region stack's top */
  OmniValue *hold;        /* next free entry of the hold stack */
  uintptr_t stack_limit;  /* entry check: sp below this takes the slow path */
  uintptr_t unit_base;    /* units lie in [unit_base, unit_base + OMNI_UNIT_SPAN); all
                           * other references lie below unit_base */
  OmniRegion *handed;
  uint64_t shared;
  OmniValue globals;      /* the CELLS object, counted, immortal */
  OmniValue *args;        /* outgoing arguments from the fourth on: args[3...] */
  size_t args_capacity;   /* at least OMNI_ARGS_MIN */
  struct OmniRuntime *rt; /* the rest: port, region stack, statistics, program */
  OmniValue *hold_limit;  /* end of the committed part of the hold stack */
};
#define OMNI_ARGS_MIN 256
#define OMNI_UNIT_SPAN ((uintptr_t)1 << 40)

/* ---- memory_inline.h / alloc.c: allocation in the top region ---- */

/* A new object: header set, slots not. Never fails (out of memory is raised).
 * The caller sets every value slot by omni_init before it returns. */
static inline OmniValue omni_new(OmniThread *t, OmniType type, size_t nwords, uint32_t aux);
/* A new pair with both slots set. */
static inline OmniValue omni_cons(OmniThread *t, OmniValue car, OmniValue cdr);
/* Constructor store: slot i (words from the start of the object) of an object
 * just made in the top region. */
static inline void omni_init(OmniThread *t, OmniValue c, size_t i, OmniValue v);
/* Copies n words from src (values that may be anywhere) into slots [i, i+n). */
void omni_init_many(OmniThread *t, OmniValue c, size_t i, const OmniValue *src, size_t n);
/* An immortal object (symbols, literals, kinds); slots are plain stores. */
OmniValue omni_new_immortal(OmniThread *t, OmniType type, size_t nwords, uint32_t aux);
OmniValue omni_cons_immortal(OmniThread *t, OmniValue car, OmniValue cdr);
bool omni_is_immortal(OmniThread *t, OmniValue ref);

/* ---- store.c: the one store path ---- */

/* c's slot i becomes v (memory.md 2.3). c must be mutable: the caller checks. */
void omni_store(OmniThread *t, OmniValue c, size_t i, OmniValue v);
static inline OmniValue omni_slot(OmniValue c, size_t i) { return omni_words(c)[i]; }
static inline bool omni_counted(OmniThread *t, OmniValue v);

/* ---- hold.c ---- */

/* Keeps v alive until the running frame of compiled code ends: for values that
 * are returned after having been removed from a container. */
void omni_hold(OmniThread *t, OmniValue v);

/* ---- identity.c ---- */
/* A number for the object that never changes and is never an address. */
uint64_t omni_identity(OmniThread *t, OmniValue ref);

/* ---- runtime.c, start.c: the runtime as a whole ---- */
typedef struct OmniRuntime OmniRuntime;
/* A runtime on `port` with an empty program: enough for allocation, stores and
 * settling (C unit tests). NULL: out of memory. Destroy: omni_runtime_destroy,
 * which gives every byte back. */
OmniRuntime *omni_runtime_create_owned(const OmniPort *port);
void omni_runtime_destroy(OmniRuntime *rt);
OmniThread *omni_runtime_thread_borrowed(OmniRuntime *rt);
/* What a file of rtlib keeps for itself per runtime: one word each, NULL at first. */
typedef enum { RTI_STATE_VALUES, RTI_STATE_IO, RTI_STATE_OTHER, RTI_STATE_COUNT } RtiState;
void **rti_state(OmniThread *t, RtiState which);
const OmniPort *rti_port_borrowed(OmniThread *t);
const OmniProgram *rti_program_borrowed(OmniThread *t); /* NULL in unit tests */
int rti_argc(OmniThread *t);                            /* the command line, argv[0] included */
char **rti_argv_borrowed(OmniThread *t);
/* Ends the program: leaves the program's stack, flushes, gives everything back,
 * exits with the status. */
_Noreturn void omni_exit(OmniThread *t, int status);
#define OMNI_EXIT_PIPE 141 /* status for a closed pipe: dies by SIGPIPE, silently */
/* Ends the program if Ctrl-C came; for system calls that were interrupted. */
void rti_interrupt_check(OmniThread *t);

/* ---- error.c: conditions ----
 * Each returns the value that stands for the failed operation (once conditions
 * can be resumed; today they end the program with status 70), so callers write
 * `return omni_error_...`. `site` may be NULL. `kind` is the condition's kind. */
OmniValue omni_raise(OmniThread *t, const OmniSite *site, const char *kind, const char *message,
                     size_t nirritants, const OmniValue *irritants);
/* "OP: expected EXPECTED, got VALUE (a KIND)" */
OmniValue omni_error_kind(OmniThread *t, const OmniSite *site, const char *op,
                          const char *expected, OmniValue got);
OmniValue omni_error_index(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                           OmniValue index, size_t length);
OmniValue omni_error_immutable(OmniThread *t, const OmniSite *site, const char *op, OmniValue v);
OmniValue omni_error_arity(OmniThread *t, const OmniSite *site, OmniValue fn, int64_t argc);
OmniValue omni_error_arith(OmniThread *t, const OmniSite *site, const char *op, const char *what);
_Noreturn void omni_error_memory(OmniThread *t, size_t nbytes); /* out of memory: kind memory */
_Noreturn void omni_error_stack(OmniThread *t, const OmniSite *site);

/* ---- number.c ---- */
OmniValue omni_int(OmniThread *t, int64_t n);    /* fixnum or bignum */
OmniValue omni_double(OmniThread *t, double d);  /* immediate or boxed */
double omni_double_value(OmniValue v);           /* v is a double */

/* ---- string.c, symbol.c, print.c, equal.c ---- */
OmniValue omni_string(OmniThread *t, const char *utf8, size_t nbytes); /* valid UTF-8 */
static inline size_t omni_string_nbytes(OmniValue s) { return (size_t)omni_words(s)[1]; }
static inline size_t omni_string_nchars(OmniValue s) { return (size_t)omni_words(s)[2]; }
static inline const char *omni_string_bytes_view(OmniValue s) {
  return (const char *)(omni_words(s) + 3);
}
OmniValue omni_symbol(OmniThread *t, const char *utf8, size_t nbytes); /* interned */

typedef struct OmniText { /* a growing UTF-8 buffer on the port */
  OmniThread *t;
  char *bytes;
  size_t nbytes, capacity;
} OmniText;
void omni_text_add(OmniText *x, const char *bytes, size_t nbytes);
void omni_text_free(OmniText *x);
typedef enum { OMNI_DISPLAY, OMNI_WRITE } OmniStyle;
void omni_print_value(OmniText *to, OmniValue v, OmniStyle style);
const char *omni_kind_name_borrowed(OmniThread *t, OmniValue v); /* "Int", "Pair", ... */

bool omni_equal(OmniThread *t, OmniValue a, OmniValue b);      /* equal? */
bool omni_num_or_structure_equal(OmniThread *t, OmniValue a, OmniValue b); /* = */
uint64_t omni_hash(OmniThread *t, OmniValue v);                /* agrees with equal? */

/* ---- start.c ---- */
/* The main function of every program: runs it on its own large stack, flushes,
 * gives everything back, returns the exit status. */
int omni_main(int argc, char **argv, const OmniProgram *program);

/* ---- test_runner.c ---- */
/* Runs the program's tests, each in a child; its status says how they went. */
void rti_tests_run(OmniThread *t);

#include "memory_inline.h"
#endif
