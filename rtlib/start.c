/* The main function of every program.
 *
 * The program runs on a stack of its own: a reservation of gigabytes that the
 * kernel backs page by page as it grows, so that deep recursion is limited by
 * memory. Below it lies a guard, and above the guard a reserve for C code and
 * for the report of a stack overflow.
 *
 *   base   | guard | reserve |                      program | top
 *                            ^ stack_limit
 *
 * However the program ends, it comes back to the first stack: output is
 * flushed, and when statistics, a tracing port or a debug build ask for it every
 * region and byte is given back and counted; otherwise the kernel takes it all.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "region.h"
#include "values.h"

#ifdef RTI_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#define STACK_NBYTES ((size_t)1 << 30)
#define STACK_NBYTES_MIN ((size_t)1 << 20)
#define STACK_GUARD ((size_t)64 << 10)
#define STACK_RESERVE ((size_t)256 << 10)
#define STACK_ALIGN ((size_t)64 << 10)

enum { STATUS_USAGE = 2, STATUS_INTERNAL = 70, STATUS_IO = 74 };

/* ---- the environment ---- */

/* "64M", "2G", "100000"; 0: not a size */
static size_t parse_size(const char *text) {
  char *end;
  unsigned long long n = strtoull(text, &end, 10);
  unsigned shift = 0;
  if (*end == 'K' || *end == 'k') shift = 10, end++;
  else if (*end == 'M' || *end == 'm') shift = 20, end++;
  else if (*end == 'G' || *end == 'g') shift = 30, end++;
  if (end == text || *end || n > (SIZE_MAX >> 1 >> shift)) return 0;
  return (size_t)n << shift;
}

/* False: the variable's value makes no sense, said on stderr. */
static bool size_from_env(const char *name, size_t *out) {
  const char *text = getenv(name);
  if (!text || !*text) return true;
  size_t n = parse_size(text);
  if (!n) {
    fprintf(stderr, "%s: '%s' is not a size (examples: 64M, 2G)\n", name, text);
    return false;
  }
  *out = n;
  return true;
}

/* ---- the stack ---- */

static bool stack_make(OmniRuntime *rt, size_t nbytes) {
  const OmniPort *port = rt->port;
  if (nbytes < STACK_NBYTES_MIN) nbytes = STACK_NBYTES_MIN;
  nbytes = (nbytes + STACK_ALIGN - 1) & ~(STACK_ALIGN - 1);
  for (; nbytes >= STACK_NBYTES_MIN; nbytes = nbytes / 2 & ~(STACK_ALIGN - 1)) {
    char *p = port->page_reserve(port->ctx, nbytes, STACK_ALIGN);
    if (!p) continue;
    if (port->page_commit(port->ctx, p + STACK_GUARD, nbytes - STACK_GUARD)) {
      rt->stack = p;
      rt->stack_nbytes = nbytes;
      rt->stack_limit = (uintptr_t)p + STACK_GUARD + STACK_RESERVE;
      rt->thread.stack_limit = rt->stress.settle_always ? OMNI_POISONED : rt->stack_limit;
      return true;
    }
    port->page_release(port->ctx, p, nbytes);
  }
  return false;
}

static void stack_free(OmniRuntime *rt) {
  const OmniPort *port = rt->port;
  if (!rt->stack) return;
  port->page_decommit(port->ctx, rt->stack + STACK_GUARD, rt->stack_nbytes - STACK_GUARD);
  port->page_release(port->ctx, rt->stack, rt->stack_nbytes);
  rt->stack = NULL;
}

#ifdef RTI_ASAN
/* The sanitizer has to know which stack is in use. */
static const void *first_stack;
static size_t first_stack_nbytes;
static void *fake_stack;
#endif

static void leave_stack(OmniRuntime *rt) {
#ifdef RTI_ASAN
  __sanitizer_start_switch_fiber(NULL, first_stack, first_stack_nbytes);
#endif
  rti_stack_leave(rt->main_stack);
}

/* ---- running ---- */

static OmniValue make_globals(OmniThread *t, uint32_t n) {
  OmniValue g = rti_unit_new(t, (size_t)n + 1, false);
  omni_words(g)[0] = omni_header(OMNI_T_CELLS, n + 1, 0);
  for (uint32_t i = 1; i <= n; i++) omni_words(g)[i] = OMNI_UNBOUND;
  *rti_unit_header(g) |= OMNI_UNIT_STUCK;
  return g;
}

static void run(void *arg) {
  OmniRuntime *rt = arg;
  OmniThread *t = &rt->thread;
#ifdef RTI_ASAN
  __sanitizer_finish_switch_fiber(NULL, &first_stack, &first_stack_nbytes);
#endif
  t->globals = make_globals(t, rt->program->nglobals);
  rti_constants_unpack(t, rt->program);
  rt->program->top_level(t);
  if (rt->program->ntests) rti_tests_run(t);
  leave_stack(rt);
}

_Noreturn void omni_exit(OmniThread *t, int status) {
  OmniRuntime *rt = t->rt;
  rt->status = status;
  if (!rt->main_stack) exit(status);
  leave_stack(rt);
  __builtin_unreachable();
}

static void run_on_own_stack(OmniRuntime *rt) {
#ifdef RTI_ASAN
  __sanitizer_start_switch_fiber(&fake_stack, rt->stack + STACK_GUARD,
                                 rt->stack_nbytes - STACK_GUARD);
#endif
  rti_stack_enter(rt->stack + rt->stack_nbytes, run, rt, &rt->main_stack);
#ifdef RTI_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
#endif
  rt->main_stack = NULL;
}

/* ---- Ctrl-C: the next poll flushes and dies by the signal; a second Ctrl-C, or
 * a second without a poll, ends the program at once ---- */

static OmniRuntime *interruptible;

static void die_now(int signal_number) {
  (void)signal_number;
  signal(SIGINT, SIG_DFL);
  raise(SIGINT);
}

/* A second has gone by without a poll: a loop that computes and nothing else. */
static void die_unpolled(int signal_number) {
  rti_flush_stdout_interrupted(&interruptible->thread);
  die_now(signal_number);
}

static void on_interrupt(int signal_number) {
  (void)signal_number;
  interruptible->interrupted = 1;
  *(volatile uintptr_t *)&interruptible->thread.stack_limit = OMNI_POISONED;
  signal(SIGALRM, die_unpolled);
  alarm(1);
}

static void die_interrupted(OmniThread *t) {
  rti_flush_stdout(t);
  die_now(SIGINT);
}

static void set_signals(OmniRuntime *rt) {
  interruptible = rt;
  rt->on_interrupt = die_interrupted;
  struct sigaction old, act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
  signal(SIGPIPE, SIG_IGN);
  if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(SIGINT, &act, NULL);
}

/* ---- the end ---- */

static void flush(OmniRuntime *rt) {
  errno = 0;
  bool written = rti_io_flush_all(&rt->thread);
  if (errno == EPIPE) {
    rt->status = OMNI_EXIT_PIPE;
  } else if (!written && rt->status != OMNI_EXIT_PIPE) {
    fprintf(stderr, "%s: cannot write the output%s%s\n", rt->argc ? rt->argv[0] : "omni",
            errno ? ": " : "", errno ? strerror(errno) : "");
    if (!rt->status) rt->status = STATUS_IO;
  }
}

/* Everything goes back; what does not is told. The status of the check. */
static bool take_down(OmniRuntime *rt, const char *stats) {
  rti_io_finish(&rt->thread);
  omni_runtime_empty(rt);
  rti_values_finish(&rt->thread);
  bool json = stats && strcmp(stats, "json") == 0;
  if (stats && *stats && strcmp(stats, "0") != 0) rti_stats_print(rt, stderr, json);
  size_t left = rti_outstanding(rt);
  bool clean = left == 0 && rt->stats.units_leaked == 0;
  if (!clean)
    fprintf(stderr, "omni: %zu bytes of regions and %llu counted units were not given back\n",
            left, (unsigned long long)rt->stats.units_leaked);
  stack_free(rt);
  omni_runtime_destroy(rt);
  return clean;
}

static int die_by_pipe(void) {
  signal(SIGPIPE, SIG_DFL);
  raise(SIGPIPE);
  return OMNI_EXIT_PIPE;
}

static bool wants_take_down(const OmniRuntime *rt, const OmniPort *base, const char *stats) {
#if defined(OMNI_DEBUG) || defined(RTI_ASAN)
  (void)rt, (void)base, (void)stats;
  return true;
#else
  return stats || rt->port != base || rt->stress.verify;
#endif
}

static int finish(OmniRuntime *rt, const OmniPort *base) {
  const char *stats = getenv("OMNI_STATS");
  OmniPort *port = (OmniPort *)(uintptr_t)rt->port;
  flush(rt);
  int status = rt->status;
  if (wants_take_down(rt, base, stats)) {
    bool clean = take_down(rt, stats);
    clean &= omni_port_destroy_stack(port, base, stderr) == 0;
#ifdef OMNI_DEBUG
    if (!clean) abort();
#else
    (void)clean;
#endif
  }
  return status == OMNI_EXIT_PIPE ? die_by_pipe() : status;
}

static int fail(const char *what, int status) {
  fprintf(stderr, "omni: %s\n", what);
  return status;
}

int omni_main(int argc, char **argv, const OmniProgram *program) {
  if (program->abi != OMNI_ABI_VERSION)
    return fail("the program was compiled for another version of the runtime", STATUS_INTERNAL);
  const OmniPort *base = omni_port_system_borrowed();
  OmniPort *port = omni_port_from_env_owned(base);
  if (!port) return fail("out of memory at start", STATUS_INTERNAL);
  OmniRuntime *rt = omni_runtime_create_owned(port);
  if (!rt) return fail("out of memory at start", STATUS_INTERNAL);
  size_t stack = STACK_NBYTES;
  if (!rti_stress_parse(&rt->stress, getenv("OMNI_STRESS")) || !size_from_env("OMNI_STACK", &stack))
    return STATUS_USAGE;
  rt->program = program;
  rt->argc = argc;
  rt->argv = argv;
  if (!stack_make(rt, stack) || !rti_values_start(&rt->thread) || !rti_io_start(&rt->thread))
    return fail("out of memory at start", STATUS_INTERNAL);
  set_signals(rt);
  run_on_own_stack(rt);
  return finish(rt, base);
}
