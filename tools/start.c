/* How every tool starts: the port the environment asks for, an arena on it,
 * signals, and the work on a thread with a large stack, so that deeply nested
 * input meets a limit of ours before it meets the end of the stack.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

/* reserved, not committed; smaller ones are tried under a tight ulimit -v */
static const size_t stack_nbytes[] = {(size_t)1 << 30, (size_t)256 << 20, (size_t)64 << 20};

typedef struct Job {
  int argc;
  char **argv;
  ToolMain *run;
  Arena *arena;
  int status;
} Job;

static void *run_job(void *argument) {
  Job *job = argument;
  reproducer_arm_thread();
  job->status = job->run(job->argc, job->argv, job->arena);
  return NULL;
}

static void run_on_large_stack(Job *job) {
  for (size_t i = 0; i < sizeof stack_nbytes / sizeof *stack_nbytes; i++) {
    pthread_attr_t attr;
    pthread_t thread;
    if (pthread_attr_init(&attr)) break;
    int error = pthread_attr_setstacksize(&attr, stack_nbytes[i]);
    if (!error) error = pthread_create(&thread, &attr, run_job, job);
    pthread_attr_destroy(&attr);
    if (error) continue;
    pthread_join(thread, NULL);
    return;
  }
  run_job(job);
}

int driver_start(int argc, char **argv, ToolMain *run) {
  const OmniPort *system = omni_port_system_borrowed();
  OmniPort *port = omni_port_from_env_owned(system);
  if (!port) omni_die_memory("start");
  signals_start();
  Job job = {argc, argv, run, arena_new(port), STATUS_INTERNAL};
  run_on_large_stack(&job);
  arena_free(job.arena);
  if (port != system) {
    const char *trace = getenv("OMNI_ALLOC_TRACE");
    if (port->report && trace && *trace && strcmp(trace, "0")) port->report(port->ctx, stderr);
    omni_port_destroy_stack(port, system, NULL);
  }
  if (fflush(stdout) || ferror(stdout)) {
    const char *name = strrchr(argv[0], '/');
    fprintf(stderr, "%s: error: cannot write standard output\n", name ? name + 1 : argv[0]);
    return STATUS_IO;
  }
  return job.status;
}
