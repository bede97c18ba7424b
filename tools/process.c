/* Starting other programs: directly, with an argument vector, never through a
 * shell, so that no file name is ever read as anything but a file name.
 *
 * The child is the leader of a process group of its own. A Ctrl-C at the
 * terminal then reaches only us, and we end the whole group, the linker's own
 * children included, before the scratch folder is removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"

extern char **environ;

static bool is_program(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

const char *program_find(Arena *a, const char *name) {
  if (strchr(name, '/')) return is_program(name) ? name : NULL;
  const char *path = getenv("PATH");
  if (!path) path = "/usr/local/bin:/usr/bin:/bin";
  while (*path) {
    size_t n = strcspn(path, ":");
    /* an empty entry means the current folder; we do not look there */
    if (n) {
      const char *full = arena_printf(a, "%.*s/%s", (int)n, path, name);
      if (is_program(full)) return full;
    }
    path += n + (path[n] == ':');
  }
  return NULL;
}

/* the environment with TMPDIR replaced */
static char **environment_with_tmpdir(Arena *a, const char *tmpdir) {
  VEC(char *) v = {0};
  for (char **e = environ; *e; e++)
    if (strncmp(*e, "TMPDIR=", 7) != 0) VEC_PUSH(a, &v, *e);
  VEC_PUSH(a, &v, arena_printf(a, "TMPDIR=%s", tmpdir));
  VEC_PUSH(a, &v, NULL);
  return v.items;
}

/* stdout_fd: -1 keeps ours. Answers 0 or errno. */
static int spawn(char *const *argv, char *const *env, int stdout_fd, pid_t *pid) {
  posix_spawnattr_t attr;
  posix_spawn_file_actions_t actions;
  int error = posix_spawnattr_init(&attr);
  if (error) return error;
  if ((error = posix_spawn_file_actions_init(&actions))) {
    posix_spawnattr_destroy(&attr);
    return error;
  }
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setflags(&attr,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attr, 0);
  posix_spawnattr_setsigmask(&attr, signals_inherited_mask_view());
  posix_spawnattr_setsigdefault(&attr, &defaults);
  error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!error && stdout_fd >= 0)
    error = posix_spawn_file_actions_adddup2(&actions, stdout_fd, STDOUT_FILENO);
  if (!error) error = posix_spawn(pid, argv[0], &actions, &attr, argv, env);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attr);
  return error;
}

ProcessResult process_start(Arena *a, char *const *argv, const char *tmpdir, int stdout_fd,
                            pid_t *pid) {
  char **env = tmpdir ? environment_with_tmpdir(a, tmpdir) : environ;
  signals_child_starts();
  ProcessResult result = {.spawn_error = spawn(argv, env, stdout_fd, pid)};
  signals_child_started(result.spawn_error ? 0 : *pid);
  return result;
}

ProcessResult process_wait(pid_t pid) {
  ProcessResult result = {0};
  siginfo_t info;
  int status = 0;
  while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) continue;
  signals_child_ended();
  if (waitpid(pid, &status, 0) < 0) result.spawn_error = errno;
  result.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

ProcessResult process_run(Arena *a, char *const *argv, const char *tmpdir) {
  pid_t pid = 0;
  ProcessResult result = process_start(a, argv, tmpdir, -1, &pid);
  return result.spawn_error ? result : process_wait(pid);
}
