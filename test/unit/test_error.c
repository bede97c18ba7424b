/* What an error prints and how it ends the program: each check runs a small
 * program, made by hand, in a process of its own and reads its standard error. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "values.h"

OmniValue omni_prim_error(OmniThread *t, const OmniSite *site, OmniValue message, int64_t argc,
                          const OmniValue *argv);

/* ---- the program: top level calls recur, which calls itself, then fails ---- */

static const char source_text[] = "(define x 1)\n\n\t(é (car x)) ; here\n";
static char source_path[64];
static OmniSite site;
static OmniValue (*failure)(OmniThread *t);
static int depth;

/* keeps the calls before it from becoming tail calls */
static inline OmniValue kept(OmniValue v) {
  __asm__ volatile("" ::: "memory");
  return v;
}

OMNI_COMPILED_CC __attribute__((noinline)) static OmniValue helper(OmniThread *t) {
  return kept(failure(t));
}
OMNI_COMPILED_CC __attribute__((noinline)) static OmniValue recur(OmniThread *t, int n) {
  return kept(n == 0 ? helper(t) : recur(t, n - 1));
}
OMNI_COMPILED_CC static OmniValue top_level(OmniThread *t) { return kept(recur(t, depth)); }

static OmniFnInfo functions[] = {
    {.start = (const void *)helper, .name = "helper", .min_args = 1, .max_args = 3},
    {.start = (const void *)recur, .name = NULL, .min_args = 2, .max_args = 0xffff},
    {.start = (const void *)top_level, .name = "top level"},
};
static const OmniProgram program = {
    .abi = OMNI_ABI_VERSION,
    .constants = (const uint8_t *)"",
    .functions = functions,
    .nfunctions = 3,
    .top_level = top_level,
};

/* ---- running it ---- */

static char output[20000];

static int run_in_child(int to) {
  char *argv[] = {(char *)"program", NULL};
  dup2(to, STDERR_FILENO);
  return omni_main(1, argv, &program);
}

/* The exit status; what it said is in `output`. */
static int run(OmniValue (*fail)(OmniThread *t), int recursion) {
  int ends[2], status = -1;
  failure = fail;
  depth = recursion;
  fflush(stdout);
  if (pipe(ends) != 0) abort();
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    exit(run_in_child(ends[1]));
  }
  close(ends[1]);
  size_t n = 0;
  ssize_t more;
  while ((more = read(ends[0], output + n, sizeof output - 1 - n)) > 0) n += (size_t)more;
  output[n] = 0;
  close(ends[0]);
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void write_source(void) {
  strcpy(source_path, "/tmp/omni_test_error_XXXXXX");
  int fd = mkstemp(source_path);
  if (fd < 0 || write(fd, source_text, sizeof source_text - 1) < 0) abort();
  close(fd);
  site = (OmniSite){.file = source_path, .function = "helper", .line = 3, .column = 5};
  for (size_t i = 0; i < 3; i++) functions[i].file = source_path;
}

static bool says(const char *what) {
  bool found = strstr(output, what) != NULL;
  if (!found) printf("not said: %s\n--- said:\n%s---\n", what, output);
  return found;
}

/* ---- checks ---- */

static OmniValue wrong_kind(OmniThread *t) {
  return omni_error_kind(t, &site, "car", "Pair", omni_fixnum(42));
}

static void tells_where_and_why(void) {
  CHECK(run(wrong_kind, 3) == 70);
  CHECK(says("kind error: car: expected Pair, got 42 (an Int)\n"));
  CHECK(says(":3:5: in helper\n"));
  CHECK(says("        3 | \t(é (car x)) ; here\n          | \t   ^\n"));
  CHECK(says("backtrace:\n  in helper at ") && says("  in #<fn> at ") && says(" (4 times)\n"));
  CHECK(says("  in top level at "));
}

static OmniValue own_error(OmniThread *t) {
  OmniValue irritants[] = {omni_fixnum(1), omni_symbol(t, "sym", 3), omni_string(t, "a\"b", 3)};
  return omni_prim_error(t, &site, omni_string(t, "it broke", 8), 3, irritants);
}

static void shows_irritants(void) {
  CHECK(run(own_error, 0) == 70);
  CHECK(strncmp(output, "error: it broke: 1 'sym \"a\\\"b\"\n", 31) == 0);
}

static OmniValue long_value(OmniThread *t) {
  OmniValue list = OMNI_EMPTY;
  for (int i = 0; i < 100000; i++) list = omni_cons(t, omni_char(0xe9), list);
  return omni_error_kind(t, NULL, "car", "Int", list);
}

static void cuts_long_values(void) {
  CHECK(run(long_value, 0) == 70);
  CHECK(says("… (a Pair)\n") && strlen(output) < 3000);
}

static OmniValue bad_index(OmniThread *t) {
  return omni_error_index(t, &site, "string-ref", omni_string(t, "abc", 3), omni_fixnum(-1), 3);
}
static OmniValue by_zero(OmniThread *t) {
  return omni_error_arith(t, &site, "quotient", "division by zero");
}
static OmniValue wrong_count(OmniThread *t) {
  OmniValue fn = omni_new(t, OMNI_T_CLOSURE, 3, 0);
  omni_words(fn)[1] = 0;
  omni_words(fn)[2] = (OmniValue)&functions[depth];
  return omni_error_arity(t, &site, fn, 5);
}

static void other_messages(void) {
  CHECK(run(bad_index, 0) == 70);
  CHECK(says("index error: string-ref: index -1 is out of range, the String has length 3\n"));
  CHECK(run(by_zero, 0) == 70 && says("arithmetic error: quotient: division by zero\n"));
  CHECK(run(wrong_count, 0) == 70);
  CHECK(says("arity error: helper: expected 1 to 3 arguments, got 5\n"));
  CHECK(run(wrong_count, 1) == 70);
  CHECK(says("arity error: #<fn>: expected at least 2 arguments, got 5\n"));
}

static OmniValue no_memory(OmniThread *t) { omni_error_memory(t, 12345); }
static OmniValue no_stack(OmniThread *t) { omni_error_stack(t, &site); }

static void needs_no_memory(void) {
  CHECK(run(no_memory, 0) == 70);
  CHECK(says("memory error: out of memory, 12345 bytes were asked for\n") && says("in helper"));
  CHECK(run(no_stack, 30000) == 70);
  CHECK(says("stack error: ") && says(" times)\n  ...\n"));
}

/* Wherever memory runs out from then on, also inside the report. */
static void survives_lack_of_memory(void) {
  char n[16];
  setenv("OMNI_TEST_OOM_SHAPE", "from", 1);
  for (int i = 14; i < 60; i++) {
    snprintf(n, sizeof n, "%d", i);
    setenv("OMNI_TEST_OOM_N", n, 1);
    CHECK(run(own_error, 2) == 70);
    CHECK(run(long_value, 2) == 70);
  }
  unsetenv("OMNI_TEST_OOM_N");
  unsetenv("OMNI_TEST_OOM_SHAPE");
}

static const Test tests[] = {
    {"tells_where_and_why", tells_where_and_why},
    {"shows_irritants", shows_irritants},
    {"cuts_long_values", cuts_long_values},
    {"other_messages", other_messages},
    {"needs_no_memory", needs_no_memory},
    {"survives_lack_of_memory", survives_lack_of_memory},
};
int main(int argc, char **argv) {
  write_source();
  int status = RUN_TESTS(tests, argc, argv);
  unlink(source_path);
  return status;
}
