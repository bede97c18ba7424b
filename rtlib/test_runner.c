/* The tests of a program that was compiled with them (`omni test`): run after
 * its top level, each in a forked child, so that an error, an exit or a crash
 * in one is a failure of that one, and what it changed is gone with it.
 *
 * A child ends as a program ends: output flushed, regions and bytes counted in
 * debug builds. The parent prints `ok NAME` or `FAIL NAME` and, last, the line
 * `N passed, N failed` that tools/test_program.c adds up.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "region.h"
#include "values.h"

static _Noreturn void run_one(OmniThread *t, const OmniProgram *program, const OmniTest *test) {
  OmniCode code = program->functions[test->function].code;
  code(t, OMNI_NOTHING, 0, OMNI_ABSENT, OMNI_ABSENT, OMNI_ABSENT);
  omni_exit(t, 0);
}

/* The child's exit status, or -1 if it ended otherwise. */
static int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* In the parent: whether the test passed. */
static bool fork_one(OmniThread *t, const OmniProgram *program, const OmniTest *test) {
  pid_t pid = fork();
  if (pid == 0) run_one(t, program, test);
  if (pid < 0) {
    dprintf(STDERR_FILENO, "cannot start the test %s: %s\n", test->name, strerror(errno));
    return false;
  }
  return wait_for(pid) == 0;
}

void rti_tests_run(OmniThread *t) {
  const OmniProgram *program = rti_program_borrowed(t);
  uint32_t passed = 0, failed = 0;
  rti_flush_stdout(t); /* or every child would print it again */
  for (uint32_t i = 0; i < program->ntests; i++) {
    const OmniTest *test = &program->tests[i];
    bool ok = fork_one(t, program, test);
    *(ok ? &passed : &failed) += 1;
    dprintf(STDOUT_FILENO, "%s %s\n", ok ? "ok" : "FAIL", test->name);
  }
  dprintf(STDOUT_FILENO, "%u passed, %u failed\n", passed, failed);
  if (failed) t->rt->status = 1;
}
