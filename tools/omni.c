/* omni: the everyday commands.
 *
 *   omni run [options] FILE [arguments]   compile, then become the program
 *   omni test [options] FILE...           compile with tests, run them, sum up
 *
 * Options are omni-llc's. `run` leaves no file behind: the executable is opened,
 * its folder removed, and the open file executed, so that the program is this
 * very process: terminal, signals and exit status are its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

extern char **environ;

static int usage(const Options *o) {
  message_error(o, "usage: omni run [options] FILE [arguments]\n"
                   "       omni test [options] FILE...\n"
                   "       omni --version | --help");
  return STATUS_USAGE;
}

/* Options from argv[*i] on; false: a wrong one. */
static bool take_options(Options *o, int argc, char **argv, int *i) {
  while (*i < argc) {
    if (!strcmp(argv[*i], "--")) return ++*i, true;
    int n = options_parse_one(o, argc - *i, argv + *i);
    if (n < 0) return false;
    if (n == 0) return true;
    *i += n;
  }
  return true;
}

/* The program is made for this run alone, so only what shapes it may be said. */
static bool options_fit(const Options *o) {
  if (!o->output && o->emit == EMIT_EXE && !o->dump && !o->write_depfile && !o->dry_run)
    return true;
  message_error(o, "-o, -c, -S, --emit, --dump, -MD and -### are for omni-llc");
  return false;
}

/* Compiles o->input into the run folder; the executable's path in o->output. */
static int compile_for_run(Options *o) {
  const char *folder;
  int status = run_folder_make(o, &folder);
  if (status) return status;
  o->output = arena_printf(o->arena, "%s/program", folder);
  return compile_run(o);
}

static int become(Options *o, int fd, char **argv) {
  signals_restore();
  fexecve(fd, argv, environ); /* the program's argv[0] is the source's name */
  message_error(o, "cannot run the program: %s", strerror(errno));
  return STATUS_IO;
}

static int run(Options *o, int argc, char **argv, int i) {
  if (!take_options(o, argc, argv, &i) || !options_fit(o)) return STATUS_USAGE;
  if (i >= argc) return usage(o);
  o->input = argv[i];
  int status = compile_for_run(o);
  int fd = status ? -1 : open(o->output, O_RDONLY | O_CLOEXEC);
  int error = errno;
  run_folder_remove();
  if (status) return status;
  if (fd >= 0) return become(o, fd, argv + i);
  message_error(o, "cannot open the program: %s", strerror(error));
  return STATUS_IO;
}

static int test(Options *o, int argc, char **argv, int i) {
  if (!take_options(o, argc, argv, &i) || !options_fit(o)) return STATUS_USAGE;
  if (i >= argc) return usage(o);
  o->with_tests = true;
  TestCounts counts = {0};
  for (; i < argc; i++) {
    o->input = argv[i];
    int status = compile_for_run(o);
    if (!status) status = test_program_run(o, o->output, argv[i], &counts);
    run_folder_remove();
    if (status) return status;
  }
  printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
  return counts.failed ? STATUS_PROGRAM : STATUS_OK;
}

static int main_on_arena(int argc, char **argv, Arena *arena) {
  Options o;
  options_default(&o, arena, "omni");
  o.argc = argc;
  o.argv = argv;
  if (argc < 2) return usage(&o);
  if (!strcmp(argv[1], "run")) return run(&o, argc, argv, 2);
  if (!strcmp(argv[1], "test")) return test(&o, argc, argv, 2);
  if (!strcmp(argv[1], "--version")) return print_version(stdout), STATUS_OK;
  if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
    printf("usage: omni run [options] FILE [arguments]   compile FILE and run it\n"
           "       omni test [options] FILE...           run the tests (deftest) in FILEs\n"
           "Options are those of omni-llc; see omni-llc --help.\n");
    return STATUS_OK;
  }
  message_error(&o, "unknown command %s", shown(arena, argv[1]));
  return usage(&o);
}

int main(int argc, char **argv) { return driver_start(argc, argv, main_on_arena); }
