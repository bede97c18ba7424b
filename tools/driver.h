/* What the command line tools share: options, messages, files, processes, and
 * the compile itself.
 *
 * A tool fills an Options (options_parse, or by hand), starts the process-wide
 * parts once (driver_start) and calls compile_run. Everything lives in one
 * arena on the port and goes with it.
 *
 * Files: outputs are made in a private folder beside the output and renamed
 * into place, so none is ever half-written; a signal removes the folder.
 * Errors: functions that fail have printed why and answer an exit status.
 * Thread rule: one compile at a time; the signal thread of output.c touches
 * only what its lock protects.
 */
#ifndef OMNI_DRIVER_H
#define OMNI_DRIVER_H

#include <stdio.h>
#include <sys/types.h>

#include "diag.h"
#include "embedded.h"
#include "support.h"

/* Exit statuses, the same for every tool. */
enum {
  STATUS_OK = 0,
  STATUS_PROGRAM = 1,   /* errors in the program, or the linker refused it */
  STATUS_USAGE = 2,     /* the command line is wrong or asks for what is not there */
  STATUS_INTERNAL = 70, /* a mistake of ours; a reproducer is written */
  STATUS_IO = 74,       /* files, disks, missing programs */
};

typedef enum { EMIT_EXE, EMIT_OBJ, EMIT_ASM, EMIT_LLVM_IR, EMIT_LLVM_BC } EmitKind;

typedef enum {
  DUMP_NONE,
  DUMP_DATUMS,
  DUMP_CORE,
  DUMP_DIALECT, /* after the region passes, as it goes to lowering */
  DUMP_LLVM,    /* lowered, before LLVM's optimiser */
  DUMP_ASM,
} DumpStage;

typedef VEC(const char *) Strings;

typedef struct PathMap { /* a path that starts with `from` starts with `to` instead */
  const char *from, *to;
} PathMap;

typedef struct Options {
  Arena *arena;
  const char *tool;    /* name in messages: "omni-llc" */
  const char *input;   /* the program; NULL: only objects to link; "-": stdin */
  Strings link_inputs; /* .o, .a and .so files, in order */
  const char *output;  /* NULL: made from the input's name; "-": stdout */
  EmitKind emit;
  DumpStage dump;
  int opt_level; /* 0..3 */
  bool optimise_size, debug_info, verify_each, with_tests;
  bool static_link, strip;
  bool time_passes, verbose, dry_run;
  bool write_depfile;
  const char *depfile; /* -MF; NULL: from the output's name */
  const char *triple, *cpu;
  Strings link_args; /* -l, -L, -Xlinker and -Wl, in order, as for cc */
  Strings disabled_passes;
  VEC(PathMap) path_maps;
  DiagOptions diag;
  int argc; /* the command line, for the reproducer */
  char **argv;
} Options;

/* ---- options.c ---- */
void options_default(Options *o, Arena *arena, const char *tool);
typedef enum { PARSE_OK, PARSE_DONE, PARSE_BAD } ParseResult;
/* Reads the command line of omni-llc. DONE: --help and the like were answered,
 * leave with 0. BAD: a message is printed; leave with *status. */
ParseResult options_parse(Options *o, int argc, char **argv, int *status);
/* One argument that the compile shares with `omni run` and `omni test`;
 * answers how many arguments were taken, 0 if it is not an option, -1 if it
 * is a wrong one (printed). */
int options_parse_one(Options *o, int argc, char **argv);

void print_version(FILE *to);

/* ---- message.c ---- */
/* "tool: error: ..." on stderr; names in it are shown by `shown`. */
void message_error(const Options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void message_note(const Options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A file name for a message: control characters and newlines escaped. */
const char *shown(Arena *a, const char *path);
/* The command as a shell would take it, one line on stderr. */
void message_command(char *const *argv);

/* ---- input.c ---- */
#define INPUT_LIMIT_NBYTES ((size_t)256 << 20)
typedef struct Bytes {
  const char *bytes; /* ends in 0, not counted */
  size_t nbytes;
} Bytes;
/* Whole file or, for "-", standard input; 0 or an exit status. */
int input_read(const Options *o, const char *path, Bytes *out);

/* ---- output.c ---- */
/* A private folder beside `final` that holds what will become it. */
int scratch_make(const Options *o, const char *final);
/* Path inside the folder; safe to give to other programs. */
const char *scratch_path(Arena *a, const char *name);
const char *scratch_folder_view(void); /* NULL when there is none */
/* Renames scratch `name` to the final path. */
int scratch_commit(const Options *o, const char *name, const char *final);
void scratch_remove(void);
/* The same from a crash handler, and the linker's end with it: takes no lock,
 * async-signal-safe. */
void scratch_abandon(void);
/* A file in the folder, on the way to `final`, which messages name. */
int scratch_write(const Options *o, const char *name, const char *final, const char *bytes,
                  size_t nbytes);
/* The whole way for bytes in memory; "-" is standard output. */
int output_write(const Options *o, const char *final, const char *bytes, size_t nbytes);
int output_copy_to_device(const Options *o, const char *name, const char *final);
/* Where writing `path` really goes: links followed, so that they survive. */
const char *output_resolve(Arena *a, const char *path);
/* Exists and is a device, a pipe or a socket: written to, never replaced. */
bool output_is_special(const char *path);
/* A folder under TMPDIR for a program that is run at once (`omni run`); at most
 * one. Its path into *folder. Signals remove it too. */
int run_folder_make(const Options *o, const char **folder);
void run_folder_remove(void);
/* The process group that a signal ends together with us. From `starts` to
 * `started` (0: it did not) signals wait, so no child is ever missed; `ended`
 * comes before its number can be used again. */
void signals_child_starts(void);
void signals_child_started(pid_t group);
void signals_child_ended(void);
/* Starts watching for SIGINT, SIGTERM and SIGHUP; *inherited is the signal
 * mask for programs that we start. */
void signals_start(void);
const void *signals_inherited_mask_view(void); /* sigset_t */
void signals_restore(void);                    /* before exec */

/* A FILE that collects in memory on the port. */
typedef struct TextBuffer {
  const OmniPort *port;
  char *bytes;
  size_t nbytes, capacity;
  bool failed;
} TextBuffer;
FILE *text_buffer_open(TextBuffer *b, const OmniPort *port);
void text_buffer_free(TextBuffer *b);

/* ---- process.c ---- */
/* Full path of a program found along PATH, or `name` itself if it has a slash;
 * NULL if there is none. */
const char *program_find(Arena *a, const char *name);
typedef struct ProcessResult {
  int spawn_error; /* errno, 0 if it ran */
  int status;      /* exit status, or -signal */
} ProcessResult;
/* Starts argv[0] (a path) with an empty standard input; stdout_fd: -1 keeps
 * ours. After it, process_wait. */
ProcessResult process_start(Arena *a, char *const *argv, const char *tmpdir, int stdout_fd,
                            pid_t *pid);
ProcessResult process_wait(pid_t pid);
/* Runs argv[0] (a path) in its own process group and waits; TMPDIR is `tmpdir`
 * if that is not NULL. No shell. */
ProcessResult process_run(Arena *a, char *const *argv, const char *tmpdir);

/* ---- target.c ---- */
bool target_is_host(const Options *o);
/* Checks -mcpu and replaces `native`; 0 or an exit status. */
int target_check(Options *o);

/* ---- link.c ---- */
/* Folder of libomnirt.a and ops_inline.bc, found beside the running program. */
const char *runtime_folder(const Options *o);
/* That a file of the runtime is there; 0 or an exit status. */
int runtime_check(const Options *o, const char *name);
/* Links objects (may be NULL) and the inputs of `o` into `executable`. */
int link_program(const Options *o, const char *object, const char *executable);

/* ---- reproducer.c ---- */
/* From here on a mistake of ours writes the source and the command line into a
 * folder and leaves with 70. The bytes must live as long as the process. */
void reproducer_arm(const Options *o);
void reproducer_set_source(Bytes source);
/* Crash signals of this thread get a stack of their own. */
void reproducer_arm_thread(void);

/* ---- pipeline.c ---- */
/* The compile; an exit status. */
int compile_run(Options *o);
/* Where the output goes if -o does not say; NULL and a message if unclear. */
const char *output_default(const Options *o);

/* ---- test_program.c ---- */
typedef struct TestCounts {
  size_t passed, failed;
} TestCounts;
/* Runs a compiled test program and adds what its tests counted; `source` names
 * it in messages. */
int test_program_run(const Options *o, const char *program, const char *source, TestCounts *counts);

/* ---- start.c ---- */
typedef int ToolMain(int argc, char **argv, Arena *arena);
/* main of every tool: port, arena, signals, a large stack; the exit status. */
int driver_start(int argc, char **argv, ToolMain *run);

/* ---- generated: rtlib/prelude ---- */
extern const OmniEmbedded omni_prelude[];
extern const size_t omni_prelude_count;

#endif
