/* Outputs: made in a private folder beside the final place, checked, renamed.
 *
 * The folder (mkdtemp, so nobody else can put a link into it) is on the same
 * file system as the output, which makes the rename atomic. There is at most
 * one at a time.
 *
 * Signals: SIGINT, SIGTERM and SIGHUP are blocked in every thread and taken by
 * one thread that waits for them (sigwait), so that what it does need not be
 * async-signal-safe: it ends the linker's process group, removes the folder and
 * dies by the same signal. `lock` protects the state below; the rename into
 * place happens under it, so a signal comes wholly before or wholly after.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char scratch_folder[PATH_MAX]; /* "" when there is none; under lock */
static char run_folder[PATH_MAX];     /* likewise */
static pid_t child_group;             /* under lock */
static sigset_t inherited_mask;       /* written once, before the thread starts */

/* ---- the folder ---- */

/* Removes the files that one reading of the folder names. */
static void remove_files(int folder) {
  _Alignas(struct dirent64) char entries[4096];
  ssize_t n = getdents64(folder, entries, sizeof entries);
  for (ssize_t i = 0; i < n;) {
    const struct dirent64 *e = (const struct dirent64 *)(const void *)(entries + i);
    unlinkat(folder, e->d_name, 0); /* . and .. refuse */
    i += e->d_reclen;
  }
}

/* Removes the folder and what is in it (files only: nobody makes folders
 * there). Answers false if something was left. Async-signal-safe. */
static bool remove_folder(const char *path) {
  for (int tries = 0; tries < 4; tries++) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno == ENOENT;
    remove_files(folder);
    close(folder);
    if (rmdir(path) == 0) return true;
  }
  return false;
}

void scratch_remove(void) {
  pthread_mutex_lock(&lock);
  if (scratch_folder[0]) remove_folder(scratch_folder);
  scratch_folder[0] = 0;
  pthread_mutex_unlock(&lock);
}

static const char *temporary_parent(void) {
  const char *folder = getenv("TMPDIR");
  return folder && *folder == '/' ? folder : "/tmp";
}

int run_folder_make(const Options *o, const char **folder) {
  const char *parent = temporary_parent();
  char *template = arena_printf(o->arena, "%s/omni-run-XXXXXX", parent);
  pthread_mutex_lock(&lock);
  bool made = strlen(template) < sizeof run_folder && mkdtemp(template);
  int error = errno;
  if (made) strcpy(run_folder, template);
  pthread_mutex_unlock(&lock);
  *folder = template;
  if (made) return STATUS_OK;
  message_error(o, "cannot make a folder in %s: %s", shown(o->arena, parent), strerror(error));
  return STATUS_IO;
}

void run_folder_remove(void) {
  pthread_mutex_lock(&lock);
  if (run_folder[0]) remove_folder(run_folder);
  run_folder[0] = 0;
  pthread_mutex_unlock(&lock);
}

/* the folder of a path, in a form that no program takes for an option */
static const char *folder_of(Arena *a, const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return ".";
  if (slash == path) return "/";
  const char *folder = arena_copy(a, path, (size_t)(slash - path));
  return *path == '/' || *path == '.' ? folder : arena_printf(a, "./%s", folder);
}

int scratch_make(const Options *o, const char *final) {
  const char *folder = output_is_special(final) ? temporary_parent() : folder_of(o->arena, final);
  char *template = arena_printf(o->arena, "%s/.omni-XXXXXX", folder);
  if (strlen(template) >= sizeof scratch_folder) {
    message_error(o, "cannot write %s: the path is too long", shown(o->arena, final));
    return STATUS_IO;
  }
  pthread_mutex_lock(&lock);
  bool made = mkdtemp(template) != NULL;
  int error = errno;
  if (made) strcpy(scratch_folder, template);
  pthread_mutex_unlock(&lock);
  if (made) return STATUS_OK;
  message_error(o, "cannot make %s: its folder cannot be written to: %s", shown(o->arena, final),
                strerror(error));
  return STATUS_IO;
}

const char *scratch_folder_view(void) { return scratch_folder[0] ? scratch_folder : NULL; }

const char *scratch_path(Arena *a, const char *name) {
  return arena_printf(a, "%s/%s", scratch_folder, name);
}

/* path NULL: standard output */
static int write_failed(const Options *o, const char *path, int error) {
  message_error(o, "cannot write %s: %s", path ? shown(o->arena, path) : "standard output",
                strerror(error));
  return STATUS_IO;
}

int scratch_commit(const Options *o, const char *name, const char *final) {
  if (output_is_special(final)) return output_copy_to_device(o, name, final);
  const char *made = scratch_path(o->arena, name);
  pthread_mutex_lock(&lock);
  int error = rename(made, final) < 0 ? errno : 0;
  pthread_mutex_unlock(&lock);
  return error ? write_failed(o, final, error) : STATUS_OK;
}

/* ---- writing ---- */

/* 0 or errno */
static int write_all(int fd, const char *bytes, size_t nbytes) {
  while (nbytes) {
    ssize_t n = write(fd, bytes, nbytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    nbytes -= (size_t)n;
  }
  return 0;
}

int scratch_write(const Options *o, const char *name, const char *final, const char *bytes,
                  size_t nbytes) {
  const char *path = scratch_path(o->arena, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return write_failed(o, final, errno);
  int error = write_all(fd, bytes, nbytes);
  if (close(fd) < 0 && !error) error = errno;
  return error ? write_failed(o, final, error) : STATUS_OK;
}

/* A reader that went away (`omni-llc --dump=core x | head`) ends us as it ends
 * any other program in a pipe, without a word. */
static void die_of_closed_pipe(void) {
  signal(SIGPIPE, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(SIGPIPE);
}

static int write_to(const Options *o, int fd, const char *path, const char *bytes, size_t nbytes) {
  int error = write_all(fd, bytes, nbytes);
  if (error == EPIPE) die_of_closed_pipe();
  return error ? write_failed(o, path, error) : STATUS_OK;
}

static int write_to_special(const Options *o, const char *path, const char *bytes, size_t nbytes) {
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return write_failed(o, path, errno);
  int status = write_to(o, fd, path, bytes, nbytes);
  if (close(fd) < 0 && status == STATUS_OK) status = write_failed(o, path, errno);
  return status;
}

int output_copy_to_device(const Options *o, const char *name, const char *final) {
  Bytes made;
  int status = input_read(o, scratch_path(o->arena, name), &made);
  return status ? status : write_to_special(o, final, made.bytes, made.nbytes);
}

int output_write(const Options *o, const char *final, const char *bytes, size_t nbytes) {
  if (!strcmp(final, "-")) return write_to(o, STDOUT_FILENO, NULL, bytes, nbytes);
  if (output_is_special(final)) return write_to_special(o, final, bytes, nbytes);
  int status = scratch_make(o, final);
  if (status) return status;
  status = scratch_write(o, "output", final, bytes, nbytes);
  if (!status) status = scratch_commit(o, "output", final);
  scratch_remove();
  return status;
}

const char *output_resolve(Arena *a, const char *path) {
  struct stat st;
  char real[PATH_MAX];
  if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode) || !realpath(path, real)) return path;
  return arena_copy(a, real, strlen(real));
}

bool output_is_special(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* ---- signals ---- */

void signals_child_starts(void) { pthread_mutex_lock(&lock); }

void signals_child_started(pid_t group) {
  child_group = group;
  pthread_mutex_unlock(&lock);
}

void signals_child_ended(void) {
  pthread_mutex_lock(&lock);
  child_group = 0;
  pthread_mutex_unlock(&lock);
}

/* What was killed may still be inside its last system call and make a file
 * after our look; so the folder gets a few tries. */
static void remove_folder_patiently(const char *folder) {
  struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
  for (int tries = 0; !remove_folder(folder) && tries < 50; tries++) nanosleep(&pause, NULL);
}

static void *signals_wait(void *set) {
  int number = 0;
  while (sigwait(set, &number)) continue;
  pthread_mutex_lock(&lock); /* kept: nothing is renamed from here on */
  if (child_group > 0) kill(-child_group, SIGKILL);
  if (scratch_folder[0]) remove_folder_patiently(scratch_folder);
  if (run_folder[0]) remove_folder_patiently(run_folder);
  signal(number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, set, NULL);
  kill(getpid(), number);
  for (;;) pause();
}

void signals_start(void) {
  static sigset_t set; /* outlives this function: the thread reads it */
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct sigaction old;
    /* what was ignored when we started (nohup) stays ignored */
    if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
      sigaddset(&set, numbers[i]);
  }
  atexit(run_folder_remove); /* omni_die_memory leaves by exit */
  atexit(scratch_remove);    /* runs first: it may be inside the other */
  pthread_sigmask(SIG_BLOCK, &set, &inherited_mask);
  signal(SIGPIPE, SIG_IGN); /* writes are checked instead */
  signal(SIGXFSZ, SIG_IGN); /* likewise: a file larger than ulimit -f allows */
  pthread_t thread;
  if (pthread_create(&thread, NULL, signals_wait, &set)) omni_die_memory("signal thread");
  pthread_detach(thread);
}

const void *signals_inherited_mask_view(void) { return &inherited_mask; }

void signals_restore(void) {
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &inherited_mask, NULL);
}

void scratch_abandon(void) {
  if (child_group > 0) kill(-child_group, SIGKILL);
  if (scratch_folder[0]) remove_folder(scratch_folder);
  if (run_folder[0]) remove_folder(run_folder);
}

/* ---- text in memory ---- */

static ssize_t text_buffer_write(void *cookie, const char *bytes, size_t nbytes) {
  TextBuffer *b = cookie;
  if (b->capacity - b->nbytes < nbytes) {
    size_t capacity = (b->nbytes + nbytes) * 2;
    char *larger = b->port->reallocate(b->port->ctx, b->bytes, b->capacity, capacity);
    if (!larger) return b->failed = true, 0;
    b->bytes = larger;
    b->capacity = capacity;
  }
  memcpy(b->bytes + b->nbytes, bytes, nbytes);
  b->nbytes += nbytes;
  return (ssize_t)nbytes;
}

FILE *text_buffer_open(TextBuffer *b, const OmniPort *port) {
  *b = (TextBuffer){.port = port, .capacity = 4096};
  b->bytes = omni_port_alloc(port, b->capacity);
  if (!b->bytes) omni_die_memory("output");
  FILE *f = fopencookie(b, "w", (cookie_io_functions_t){.write = text_buffer_write});
  if (!f) omni_die_memory("output");
  return f;
}

void text_buffer_free(TextBuffer *b) { omni_port_free(b->port, b->bytes, b->capacity); }
