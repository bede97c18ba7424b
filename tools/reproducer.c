/* What happens when the compiler itself is wrong: a broken rule found by a
 * check (ir_die), an LLVM fatal error, or a crash signal.
 *
 * The source as it was read and the command line go into a new folder, whose
 * name is in the message; then the process leaves with 70. This may run inside
 * a signal handler with the heap in any state: it uses only system calls and
 * memory that was filled before.
 *
 * In sanitizer builds crash signals stay with the sanitizer, whose report says
 * more.
 */
#include <errno.h>
#include <fcntl.h>
#include <llvm-c/ErrorHandling.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "ir.h"

enum { FOLDER_MAX = 1024, TRIES = 1000, ALTERNATE_STACK_NBYTES = 64 * 1024 };

static const char *command_text;  /* one argument a line */
static const char *parent_folder; /* where the folder goes */
static Bytes source;
static volatile sig_atomic_t dying;

static void say(int fd, const char *text) {
  size_t n = strlen(text);
  while (n) {
    ssize_t k = write(fd, text, n);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return;
    text += k;
    n -= (size_t)k;
  }
}

static void write_file(const char *folder, const char *name, const char *bytes, size_t nbytes) {
  char path[FOLDER_MAX + 32];
  strcpy(path, folder);
  strcat(path, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return;
  for (ssize_t k; nbytes && (k = write(fd, bytes, nbytes)) > 0; nbytes -= (size_t)k) bytes += k;
  close(fd);
}

/* mkdtemp is not async-signal-safe; a counter after the pid is enough */
static bool make_folder(char *folder) {
  for (int i = 0; i < TRIES; i++) {
    char digits[24], *p = digits + sizeof digits;
    *--p = 0;
    for (long n = (long)getpid() * TRIES + i; n; n /= 10) *--p = (char)('0' + n % 10);
    strcpy(folder, parent_folder);
    strcat(folder, "/omni-llc-crash-");
    strcat(folder, p);
    if (mkdir(folder, 0700) == 0) return true;
    if (errno != EEXIST) return false;
  }
  return false;
}

/* Async-signal-safe. `where: what` is the broken rule or the signal. */
static _Noreturn void leave(const char *where, const char *what) {
  if (dying) _exit(STATUS_INTERNAL); /* a second failure while reporting the first */
  dying = 1;
  say(STDERR_FILENO, "omni-llc: internal error: ");
  say(STDERR_FILENO, where);
  say(STDERR_FILENO, ": ");
  say(STDERR_FILENO, what);
  say(STDERR_FILENO, "\nThis is a mistake in the compiler, not in your program.\n");
  char folder[FOLDER_MAX];
  if (parent_folder && make_folder(folder)) {
    write_file(folder, "/input.omni", source.bytes, source.nbytes);
    write_file(folder, "/command", command_text, strlen(command_text));
    write_file(folder, "/where", where, strlen(where));
    write_file(folder, "/message", what, strlen(what));
    say(STDERR_FILENO, "What is needed to reproduce it is in ");
    say(STDERR_FILENO, folder);
    say(STDERR_FILENO, "\n");
  }
  scratch_abandon();
  _exit(STATUS_INTERNAL);
}

static void on_die(const char *where, const char *what) { leave(where, what); }
static void on_llvm_error(const char *reason) { leave("LLVM", reason); }

static const char *signal_name(int number) {
  switch (number) {
  case SIGSEGV: return "segmentation fault";
  case SIGBUS: return "bus error";
  case SIGILL: return "illegal instruction";
  case SIGFPE: return "arithmetic fault";
  default: return "abort";
  }
}

static void on_crash(int number) { leave("crash", signal_name(number)); }

static const char *render_command(const Options *o) {
  char cwd[4096];
  const char *text = arena_printf(o->arena, "omni-llc %s\nfolder: %s\n", OMNI_VERSION,
                                  getcwd(cwd, sizeof cwd) ? cwd : "?");
  for (int i = 0; i < o->argc; i++) text = arena_printf(o->arena, "%s%s\n", text, o->argv[i]);
  return text;
}

void reproducer_arm(const Options *o) {
  const char *folder = getenv("TMPDIR");
  parent_folder = folder && *folder == '/' && strlen(folder) < FOLDER_MAX - 64 ? folder : "/tmp";
  command_text = render_command(o);
  ir_set_die_handler(on_die);
  LLVMInstallFatalErrorHandler(on_llvm_error);
}

void reproducer_set_source(Bytes bytes) { source = bytes; }

void reproducer_arm_thread(void) {
  if (*OMNI_LINK_SANITIZE) return;
  void *stack = mmap(NULL, ALTERNATE_STACK_NBYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return;
  stack_t alternate = {.ss_sp = stack, .ss_size = ALTERNATE_STACK_NBYTES};
  sigaltstack(&alternate, NULL);
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
  struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaction(numbers[i], &action, NULL);
}
