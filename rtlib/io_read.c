/* Reading: a buffer of bytes per port, refilled by read(2).
 *
 * read-line looks for the newline with memchr and makes the string from the
 * buffer in place; a line longer than the buffer makes the buffer grow.
 * read-all reads to the end the same way. What is not UTF-8 becomes U+FFFD.
 * Before reading from a terminal or pipe as standard input, standard output is
 * flushed, so that a question is seen before its answer is waited for.
 */
#include "collection.h"
#include "io.h"
#include "values.h"

#include <errno.h>
#include <unistd.h>

enum { IO_IN_NBYTES = 1 << 16 };

/* Makes room behind `end`: moves what is there to the front, or grows. */
static void make_room(OmniThread *t, IoPort *p) {
  if (p->start > 0) {
    memmove(p->in, p->in + p->start, p->end - p->start);
    p->end -= p->start;
    p->start = 0;
  }
  if (p->end < p->in_capacity) return;
  size_t capacity = p->in_capacity == 0 ? IO_IN_NBYTES : p->in_capacity * 2;
  p->in = p->in == NULL ? rti_allocate(t, capacity)
                        : rti_reallocate(t, p->in, p->in_capacity, capacity);
  p->in_capacity = capacity;
}

bool io_fill(OmniThread *t, const OmniSite *site, IoPort *p) {
  if (p->at_end) return false;
  if (p->fd == STDIN_FILENO) rti_flush_stdout(t);
  make_room(t, p);
  ssize_t n;
  do {
    rti_interrupt_check(t);
    n = read(p->fd, p->in + p->end, p->in_capacity - p->end);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    io_error(t, site, "read", errno, OMNI_ABSENT);
    return false;
  }
  /* a terminal can go on after its end: only what reads past it stops */
  p->at_end = n == 0;
  p->end += (size_t)n;
  return n > 0;
}

static IoPort *input(OmniThread *t, const OmniSite *site, const char *op, OmniValue port) {
  return io_port_operand(t, site, op, port, IO_INPUT, IO_STDIN);
}

/* The bytes up to `end` as a string, consumed. */
static OmniValue take_string(OmniThread *t, IoPort *p, size_t nbytes) {
  OmniValue s = rti_string_from_input(t, p->in + p->start, nbytes);
  p->start += nbytes;
  return s;
}

OmniValue omni_prim_read_line(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = input(t, site, "read-line", port);
  if (p == NULL) return OMNI_NOTHING;
  size_t seen = 0;
  for (;;) {
    size_t n = p->end - p->start;
    const char *from = n > 0 ? p->in + p->start : NULL;
    const char *newline = n > seen ? memchr(from + seen, '\n', n - seen) : NULL;
    if (newline != NULL) {
      size_t length = (size_t)(newline - from);
      size_t text = length > 0 && newline[-1] == '\r' ? length - 1 : length;
      OmniValue s = take_string(t, p, text);
      p->start += length - text + 1;
      return s;
    }
    seen = n;
    if (!io_fill(t, site, p)) return n == 0 ? OMNI_NOTHING : take_string(t, p, n);
  }
}

/* `nothing` when there is nothing left, so that a loop of read-all ends. */
OmniValue omni_prim_read_all(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = input(t, site, "read-all", port);
  if (p == NULL) return OMNI_NOTHING;
  bool was_at_end = p->at_end;
  while (io_fill(t, site, p)) continue;
  if (was_at_end && p->end == p->start) return OMNI_NOTHING;
  return p->end == p->start ? omni_string(t, "", 0) : take_string(t, p, p->end - p->start);
}

/* ---- characters ---- */

static size_t width_of(unsigned char lead) {
  return lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
}

/* Decodes n bytes as one code point, or -1. */
static int32_t decode(const unsigned char *b, size_t n) {
  if (n == 1) return b[0] < 0x80 ? b[0] : -1;
  int32_t c = b[0] & (0x7f >> n);
  for (size_t i = 1; i < n; i++) {
    if ((b[i] & 0xc0) != 0x80) return -1;
    c = c << 6 | (b[i] & 0x3f);
  }
  static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = c >= 0xd800 && c <= 0xdfff;
  return c < least[n] || c > 0x10ffff || surrogate ? -1 : c;
}

int32_t io_peek(OmniThread *t, const OmniSite *site, IoPort *p, size_t *nbytes) {
  if (p->start == p->end && !io_fill(t, site, p)) return -1;
  size_t n = width_of((unsigned char)p->in[p->start]);
  while (p->end - p->start < n)
    if (!io_fill(t, site, p)) break;
  int32_t c = p->end - p->start < n ? -1 : decode((unsigned char *)p->in + p->start, n);
  *nbytes = c < 0 ? 1 : n;
  return c < 0 ? 0xfffd : c;
}

OmniValue omni_prim_peek_char(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = input(t, site, "peek-char", port);
  size_t nbytes;
  int32_t c = p == NULL ? -1 : io_peek(t, site, p, &nbytes);
  return c < 0 ? OMNI_NOTHING : omni_char((uint32_t)c);
}

OmniValue omni_prim_read_char(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = input(t, site, "read-char", port);
  size_t nbytes = 0;
  int32_t c = p == NULL ? -1 : io_peek(t, site, p, &nbytes);
  if (c < 0) return OMNI_NOTHING;
  p->start += nbytes;
  return omni_char((uint32_t)c);
}
