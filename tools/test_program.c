/* Running one compiled test program (`omni test`): its lines go on to our
 * standard output as they come, except the summary that its runner prints last
 * (rtlib/test_runner.c), which is added up over all programs.
 *
 * A program that ends without a summary counts as one failed test: an error or
 * an exit at top level is not a pass, nor is a file without any test.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

typedef struct Lines {
  char held[128]; /* the last complete line, if short: it may be the summary */
  size_t nheld;
} Lines;

static bool is_summary(const char *line, TestCounts *counts) {
  int end = -1;
  size_t passed, failed;
  if (sscanf(line, "%zu passed, %zu failed%n", &passed, &failed, &end) != 2 || end < 0)
    return false;
  if (strcmp(line + end, "\n")) return false;
  counts->passed += passed;
  counts->failed += failed;
  return true;
}

static void release_held(Lines *l) {
  fwrite(l->held, 1, l->nheld, stdout);
  l->nheld = 0;
}

/* keeps the last short line back; everything before it is printed */
static void take_byte(Lines *l, char c) {
  bool line_done = l->nheld && l->held[l->nheld - 1] == '\n';
  if (line_done || l->nheld == sizeof l->held - 1) release_held(l);
  l->held[l->nheld++] = c;
  l->held[l->nheld] = 0;
}

static void forward(int fd, Lines *l) {
  char bytes[4096];
  for (;;) {
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    for (ssize_t i = 0; i < n; i++) take_byte(l, bytes[i]);
    fflush(stdout);
  }
}

static void report_no_summary(const char *source, ProcessResult result, TestCounts *counts) {
  counts->failed++;
  if (result.status < 0)
    printf("FAIL %s: ended by signal %d before its tests were done\n", source, -result.status);
  else
    printf("FAIL %s: left with status %d; none of its tests was run to the end\n", source,
           result.status);
}

int test_program_run(const Options *o, const char *program, const char *source,
                     TestCounts *counts) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    message_error(o, "cannot make a pipe: %s", strerror(errno));
    return STATUS_IO;
  }
  char *argv[] = {arena_copy(o->arena, program, strlen(program)), NULL};
  pid_t pid = 0;
  ProcessResult result = process_start(o->arena, argv, NULL, ends[1], &pid);
  close(ends[1]);
  Lines lines = {0};
  if (!result.spawn_error) {
    forward(ends[0], &lines);
    result = process_wait(pid);
  }
  close(ends[0]);
  if (result.spawn_error) {
    message_error(o, "cannot run the tests: %s", strerror(result.spawn_error));
    return STATUS_IO;
  }
  if (is_summary(lines.held, counts)) return STATUS_OK;
  release_held(&lines);
  report_no_summary(source, result, counts);
  return STATUS_OK;
}
