/* measure REPORT PROGRAM ARGUMENT...: runs a program once and writes to the
 * file REPORT its wall time in seconds, its peak memory in KiB and its exit
 * status (128 + n for signal n).
 *
 * A program of its own because the peak that wait4 gives starts from the memory
 * of the process that forked: this one is small, Python is not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: measure REPORT PROGRAM ARGUMENT...\n", stderr);
        return 2;
    }
    double start = seconds_now();
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            fail("wait4");
    double elapsed = seconds_now() - start;

    FILE *report = fopen(argv[1], "w");
    if (!report)
        fail(argv[1]);
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    fprintf(report, "%.9f %ld %d\n", elapsed, usage.ru_maxrss, code);
    if (fclose(report) != 0)
        fail(argv[1]);
    return 0;
}
