/* Ports: the table of open files, opening, closing, flushing.
 *
 * Output collects in a text buffer that values are printed into directly;
 * nothing is copied. The table belongs to the runtime, so whatever is open at
 * exit is flushed and closed there. A write to a closed pipe ends the program
 * with the status that the signal would have given, and without a word.
 */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "collection.h"
#include "values.h"

enum { IO_MIN_PORTS = 8, STATUS_CLOSED_PIPE = 128 + SIGPIPE };

static OmniIo *io_of(OmniThread *t) { return *rti_state(t, RTI_STATE_IO); }

/* ---- errors ---- */

OmniValue io_error(OmniThread *t, const OmniSite *site, const char *op, int error,
                   OmniValue what) {
  char message[160];
  snprintf(message, sizeof message, "%s: %s", op, strerror(error));
  return omni_raise(t, site, "io", message, what == OMNI_ABSENT ? 0 : 1, &what);
}

/* ---- the table ---- */

static void add_port(OmniThread *t, OmniIo *io, IoMode mode, IoFlush flush, int fd) {
  if (io->n == io->capacity) {
    size_t capacity = io->capacity * 2;
    io->ports = rti_reallocate(t, io->ports, io->capacity * sizeof(IoPort), capacity * sizeof(IoPort));
    io->capacity = capacity;
  }
  io->ports[io->n++] = (IoPort){.mode = mode, .flush = flush, .fd = fd, .out = {.t = t}};
}

bool rti_io_start(OmniThread *t) {
  signal(SIGPIPE, SIG_IGN);
  OmniIo *io = rti_try_allocate(t, sizeof *io);
  if (io == NULL) return false;
  *io = (OmniIo){rti_try_allocate(t, IO_MIN_PORTS * sizeof(IoPort)), 0, IO_MIN_PORTS};
  if (io->ports == NULL) {
    rti_release(t, io, sizeof *io);
    return false;
  }
  *rti_state(t, RTI_STATE_IO) = io;
  add_port(t, io, IO_INPUT, IO_BUFFERED, STDIN_FILENO);
  add_port(t, io, IO_OUTPUT, isatty(STDOUT_FILENO) ? IO_BY_LINE : IO_BUFFERED, STDOUT_FILENO);
  add_port(t, io, IO_OUTPUT, IO_AT_ONCE, STDERR_FILENO);
  return true;
}

static void free_buffers(OmniThread *t, IoPort *p) {
  if (p->in != NULL) rti_release(t, p->in, p->in_capacity);
  p->in = NULL;
  omni_text_free(&p->out);
}

void rti_io_finish(OmniThread *t) {
  OmniIo *io = io_of(t);
  if (io == NULL) return;
  for (size_t i = 0; i < io->n; i++) {
    if (io->ports[i].mode != IO_CLOSED && i > IO_STDERR) close(io->ports[i].fd);
    free_buffers(t, &io->ports[i]);
  }
  rti_release(t, io->ports, io->capacity * sizeof(IoPort));
  rti_release(t, io, sizeof *io);
  *rti_state(t, RTI_STATE_IO) = NULL;
}

static OmniValue port_value(OmniThread *t, size_t number, OmniValue name) {
  OmniValue v = omni_new(t, OMNI_T_PORT, PORT_NWORDS, 0);
  omni_init(t, v, PORT_NUMBER, omni_fixnum((int64_t)number));
  omni_init(t, v, PORT_NAME, name);
  return v;
}

static IoPort *port_of(OmniThread *t, OmniValue v) {
  return &io_of(t)->ports[omni_fixnum_value(omni_slot(v, PORT_NUMBER))];
}

IoPort *io_port_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                        IoMode mode, size_t standard) {
  IoPort *p;
  if (v == OMNI_ABSENT) {
    p = &io_of(t)->ports[standard];
    v = OMNI_NOTHING;
  } else if (omni_is_type(v, OMNI_T_PORT)) {
    p = port_of(t, v);
  } else {
    omni_error_kind(t, site, op, "Port", v);
    return NULL;
  }
  if (p->mode == mode) return p;
  const char *message = p->mode == IO_CLOSED  ? "the port is closed"
                        : p->mode == IO_INPUT ? "the port is open for reading"
                                              : "the port is open for writing";
  omni_raise(t, site, "io", message, v == OMNI_NOTHING ? 0 : 1, &v);
  return NULL;
}

OmniValue omni_prim_std_port(OmniThread *t, const OmniSite *site, int64_t number) {
  (void)site;
  static const char *const names[] = {"stdin", "stdout", "stderr"};
  return port_value(t, (size_t)number, omni_string(t, names[number], strlen(names[number])));
}

bool omni_prim_is_port(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)t, (void)site;
  return omni_is_type(v, OMNI_T_PORT);
}

/* ---- writing out ---- */

/* Writes n bytes: 0 or the error. */
static int write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t k = write(fd, bytes, n);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return errno;
    bytes += k;
    n -= (size_t)k;
  }
  return 0;
}

/* What could not be written is dropped, so that the exit does not try again. */
static int flush_quietly(IoPort *p) {
  if (p->mode != IO_OUTPUT || p->out.nbytes == 0) return 0;
  p->writing = true;
  int error = write_all(p->fd, p->out.bytes, p->out.nbytes);
  p->out.nbytes = 0;
  p->writing = false;
  return error;
}

bool io_flush(OmniThread *t, const OmniSite *site, IoPort *p) {
  int error = flush_quietly(p);
  if (error == 0) return true;
  if (error == EPIPE) omni_exit(t, STATUS_CLOSED_PIPE);
  io_error(t, site, "write", error, OMNI_ABSENT);
  return false;
}

bool rti_io_flush_all(OmniThread *t) {
  OmniIo *io = io_of(t);
  bool written = true;
  for (size_t i = 0; io != NULL && i < io->n; i++) {
    int error = flush_quietly(&io->ports[i]);
    written &= error == 0 || error == EPIPE;
  }
  return written;
}

void rti_flush_stdout(OmniThread *t) {
  if (io_of(t) != NULL) flush_quietly(&io_of(t)->ports[IO_STDOUT]);
}

void rti_flush_stdout_interrupted(OmniThread *t) {
  if (io_of(t) != NULL && !io_of(t)->ports[IO_STDOUT].writing) rti_flush_stdout(t);
}

void omni_prim_flush(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = io_port_operand(t, site, "flush", port, IO_OUTPUT, IO_STDOUT);
  if (p != NULL) io_flush(t, site, p);
}

/* ---- files ---- */

/* The path as a C string in t's scratch text, or NULL after it has raised. */
static const char *path_operand(OmniThread *t, const OmniSite *site, const char *op, OmniText *x,
                                OmniValue v) {
  size_t nbytes;
  const char *bytes = rti_string_operand(t, site, op, v, &nbytes);
  if (bytes == NULL) return NULL;
  if (memchr(bytes, 0, nbytes) != NULL) {
    io_error(t, site, op, EINVAL, v);
    return NULL;
  }
  omni_text_add(x, bytes, nbytes + 1); /* strings end in 0 */
  return x->bytes;
}

static bool open_mode(OmniThread *t, const OmniSite *site, OmniValue mode, int *flags) {
  size_t n = 1;
  const char *bytes = "r";
  if (mode != OMNI_ABSENT) bytes = rti_string_operand(t, site, "open", mode, &n);
  if (bytes == NULL) return false;
  *flags = O_CLOEXEC;
  if (n == 1 && bytes[0] == 'r')
    *flags |= O_RDONLY;
  else if (n == 1 && bytes[0] == 'w')
    *flags |= O_WRONLY | O_CREAT | O_TRUNC;
  else if (n == 1 && bytes[0] == 'a')
    *flags |= O_WRONLY | O_CREAT | O_APPEND;
  else {
    omni_error_kind(t, site, "open", "mode \"r\", \"w\" or \"a\"", mode);
    return false;
  }
  return true;
}

OmniValue omni_prim_open(OmniThread *t, const OmniSite *site, OmniValue path, OmniValue mode) {
  int flags;
  if (!open_mode(t, site, mode, &flags)) return OMNI_NOTHING;
  OmniText x = {.t = t};
  const char *name = path_operand(t, site, "open", &x, path);
  if (name == NULL) return OMNI_NOTHING;
  int fd;
  do fd = open(name, flags, 0666);
  while (fd < 0 && errno == EINTR);
  int error = errno;
  omni_text_free(&x);
  if (fd < 0) return io_error(t, site, "open", error, path);
  bool writes = (flags & O_ACCMODE) == O_WRONLY;
  add_port(t, io_of(t), writes ? IO_OUTPUT : IO_INPUT, IO_BUFFERED, fd);
  return port_value(t, io_of(t)->n - 1, path);
}

/* Closing a port twice is harmless. */
void omni_prim_close(OmniThread *t, const OmniSite *site, OmniValue port) {
  if (!omni_is_type(port, OMNI_T_PORT)) {
    omni_error_kind(t, site, "close", "Port", port);
    return;
  }
  IoPort *p = port_of(t, port);
  if (p->mode == IO_CLOSED) return;
  int error = flush_quietly(p);
  p->mode = IO_CLOSED;
  if (close(p->fd) < 0 && error == 0 && errno != EINTR) error = errno;
  free_buffers(t, p);
  if (error == EPIPE) omni_exit(t, STATUS_CLOSED_PIPE);
  if (error != 0) io_error(t, site, "close", error, omni_slot(port, PORT_NAME));
}

bool omni_prim_file_exists(OmniThread *t, const OmniSite *site, OmniValue path) {
  OmniText x = {.t = t};
  const char *name = path_operand(t, site, "file-exists?", &x, path);
  bool found = name != NULL && access(name, F_OK) == 0;
  omni_text_free(&x);
  return found;
}

void omni_prim_delete_file(OmniThread *t, const OmniSite *site, OmniValue path) {
  OmniText x = {.t = t};
  const char *name = path_operand(t, site, "delete-file", &x, path);
  int error = name == NULL || unlink(name) == 0 ? 0 : errno;
  omni_text_free(&x);
  if (error != 0) io_error(t, site, "delete-file", error, path);
}
