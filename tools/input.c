/* Reading whole files into an arena.
 *
 * Sizes are not believed: pipes and /proc have none, and a file may grow while
 * it is read. Spans are 32 bits wide, so a limit far below that keeps every
 * offset computation of the front end safe.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"

static int fail(const Options *o, const char *path, const char *why) {
  message_error(o, "cannot read %s: %s", shown(o->arena, path), why);
  return STATUS_IO;
}

/* doubles until the end is seen; *nbytes is what was read, or -1 (errno) */
static char *read_all(Arena *a, int fd, size_t expected, ssize_t *nbytes) {
  size_t capacity = expected + 1, n = 0;
  char *bytes = arena_alloc(a, capacity + 1);
  for (;;) {
    if (n == capacity) {
      char *larger = arena_alloc(a, capacity * 2 + 1);
      memcpy(larger, bytes, n);
      bytes = larger;
      capacity *= 2;
    }
    ssize_t got = read(fd, bytes + n, capacity - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return *nbytes = -1, NULL;
    n += (size_t)got;
    if (got == 0 || n > INPUT_LIMIT_NBYTES) break;
  }
  bytes[n] = 0;
  *nbytes = (ssize_t)n;
  return bytes;
}

int input_read(const Options *o, const char *path, Bytes *out) {
  bool is_stdin = strcmp(path, "-") == 0;
  int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return fail(o, path, strerror(errno));
  int status = STATUS_OK;
  struct stat st;
  ssize_t nbytes = 0;
  if (fstat(fd, &st) < 0) {
    status = fail(o, path, strerror(errno));
  } else if (S_ISDIR(st.st_mode)) {
    status = fail(o, path, "it is a folder, not a file");
  } else {
    size_t expected = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 4096;
    if (expected > INPUT_LIMIT_NBYTES) expected = INPUT_LIMIT_NBYTES;
    out->bytes = read_all(o->arena, fd, expected, &nbytes);
    if (nbytes < 0) status = fail(o, path, strerror(errno));
    else if ((size_t)nbytes > INPUT_LIMIT_NBYTES)
      status = fail(o, path, "it is larger than 256 MiB");
    else out->nbytes = (size_t)nbytes;
  }
  if (!is_stdin) close(fd);
  return status;
}
