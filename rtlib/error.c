/* Conditions: what happens when an operation fails. Until conditions can be
 * handled, the message is written to standard error and the program ends with
 * status 70:
 *
 *     index error: array-ref: index 3 is out of range, the Array has length 3
 *       table.omni:12:5: in lookup
 *         12 |     (array-ref table i)
 *            |     ^
 *     backtrace:
 *       in lookup at table.omni:12
 *       in top level at table.omni:20
 *
 * The text goes out piece by piece through a small buffer on the C stack, and
 * nothing is allocated for "out of memory" and "stack overflow". Printing
 * irritants does allocate; if that fails in turn, the report goes on without
 * them: `raising` counts the reports that are under way.
 */
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "u8.h"

#define EXIT_ERROR 70
#define SHOWN_MAX 1000 /* bytes of an irritant that are shown */

/* ---- output ---- */

void report_flush(Report *r) {
  for (size_t done = 0; done < r->n;) {
    ssize_t n = write(STDERR_FILENO, r->bytes + done, r->n - done);
    if (n < 0 && errno != EINTR) break;
    if (n > 0) done += (size_t)n;
  }
  r->n = 0;
}

void report_add(Report *r, const char *bytes, size_t n) {
  while (n > 0) {
    if (r->n == sizeof r->bytes) report_flush(r);
    size_t part = sizeof r->bytes - r->n < n ? sizeof r->bytes - r->n : n;
    memcpy(r->bytes + r->n, bytes, part);
    r->n += part;
    bytes += part;
    n -= part;
  }
}

void report_text(Report *r, const char *s) { report_add(r, s, strlen(s)); }

void report_path(Report *r, const char *path) {
  static const char digits[] = "0123456789abcdef";
  for (const char *p = path; *p != 0; p++) {
    unsigned char c = (unsigned char)*p;
    bool control = c < 0x20 || c == 0x7f;
    if (control) report_add(r, (char[]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
    else report_add(r, p, 1);
  }
}

void report_number(Report *r, uint64_t n) {
  char digits[24];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + n % 10);
  while ((n /= 10) != 0);
  report_add(r, digits + at, sizeof digits - at);
}

/* ---- the source line ---- */

/* Finds the start of the line in the open file; false if there is none. */
static bool seek_line(int fd, uint32_t line) {
  char chunk[1024];
  off_t at = 0;
  uint32_t current = 1;
  while (current < line) {
    ssize_t n = pread(fd, chunk, sizeof chunk, at);
    if (n <= 0) return false;
    ssize_t i = 0;
    while (i < n && current < line) current += chunk[i++] == '\n';
    at += i;
  }
  return lseek(fd, at, SEEK_SET) == at;
}

static void report_margin(Report *r, uint32_t line, bool numbered) {
  size_t width = 1;
  for (uint32_t n = line; n >= 10; n /= 10) width++;
  report_text(r, "    ");
  for (size_t i = width; i < 5; i++) report_text(r, " ");
  if (numbered) report_number(r, line);
  else
    for (size_t i = 0; i < width; i++) report_text(r, " ");
  report_text(r, " | ");
}

static void report_source(Report *r, const OmniSite *site) {
  int fd = open(site->file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  char text[512];
  ssize_t n = seek_line(fd, site->line) ? read(fd, text, sizeof text) : 0;
  close(fd);
  if (n <= 0) return;
  const char *end = memchr(text, '\n', (size_t)n);
  size_t nbytes = end != NULL ? (size_t)(end - text) : (size_t)n;
  if (nbytes > 0 && text[nbytes - 1] == '\r') nbytes--;
  while (nbytes > 0 && end == NULL && u8_is_continuation(text[nbytes - 1])) nbytes--;
  report_margin(r, site->line, true);
  report_add(r, text, nbytes);
  report_text(r, "\n");
  if (site->column == 0) return;
  report_margin(r, site->line, false);
  size_t column = 1;
  for (size_t i = 0; i < nbytes && column < site->column; i++) {
    if (u8_is_continuation(text[i])) continue;
    report_text(r, text[i] == '\t' ? "\t" : " ");
    column++;
  }
  report_text(r, "^\n");
}

/* ---- the report ---- */

static void report_begin(OmniThread *t, Report *r) {
  r->n = 0;
  if (*rti_state(t, RTI_STATE_IO) != NULL) rti_flush_stdout(t);
}

static void report_heading(Report *r, const char *kind) {
  if (strcmp(kind, "error") != 0) {
    report_text(r, kind);
    report_text(r, " ");
  }
  report_text(r, "error: ");
}

static void report_value(Report *r, OmniText *x, OmniValue v) {
  x->nbytes = 0;
  omni_print_value(x, v, OMNI_WRITE);
  if (x->nbytes <= SHOWN_MAX) {
    report_add(r, x->bytes, x->nbytes);
    return;
  }
  size_t n = SHOWN_MAX;
  while (u8_is_continuation(x->bytes[n])) n--;
  report_add(r, x->bytes, n);
  report_text(r, "…");
}

static void report_irritants(OmniThread *t, Report *r, size_t n, const OmniValue *irritants) {
  OmniText x = {.t = t};
  for (size_t i = 0; i < n; i++) {
    report_text(r, i == 0 ? ": " : " ");
    report_flush(r); /* what stands is out, should the next one not succeed */
    report_value(r, &x, irritants[i]);
  }
  omni_text_free(&x);
}

_Noreturn static void report_end(OmniThread *t, Report *r, const OmniSite *site) {
  report_text(r, "\n");
  if (site != NULL && site->file != NULL && !is_library_file(site->file)) {
    report_text(r, "  ");
    report_path(r, site->file);
    report_text(r, ":");
    report_number(r, site->line);
    report_text(r, ":");
    report_number(r, site->column);
    if (site->function != NULL) {
      report_text(r, ": in ");
      report_text(r, site->function);
    }
    report_text(r, "\n");
    report_source(r, site);
  }
  report_backtrace(t, r);
  report_flush(r);
  omni_exit(t, EXIT_ERROR);
}

/* An error inside the report of another: only memory can be the reason. */
_Noreturn static void report_nested(OmniThread *t) {
  Report r = {.n = 0};
  if (rti_values(t)->raising > 2) _exit(EXIT_ERROR);
  report_text(&r, "... (no memory to show the rest)");
  report_end(t, &r, NULL);
}

OmniValue omni_raise(OmniThread *t, const OmniSite *site, const char *kind, const char *message,
                     size_t nirritants, const OmniValue *irritants) {
  if (++rti_values(t)->raising > 1) report_nested(t);
  Report r;
  report_begin(t, &r);
  report_heading(&r, kind);
  report_text(&r, message);
  report_irritants(t, &r, nirritants, irritants);
  report_end(t, &r, site);
}

_Noreturn void omni_error_memory(OmniThread *t, size_t nbytes) {
  Report r;
  OmniValues *values = rti_values(t);
  if (values != NULL && ++values->raising > 1) report_nested(t);
  report_begin(t, &r);
  report_heading(&r, "memory");
  report_text(&r, "out of memory, ");
  report_number(&r, nbytes);
  report_text(&r, " bytes were asked for");
  report_end(t, &r, NULL);
}

_Noreturn void omni_error_stack(OmniThread *t, const OmniSite *site) {
  Report r;
  if (++rti_values(t)->raising > 1) report_nested(t);
  report_begin(t, &r);
  report_heading(&r, "stack");
  report_text(&r, "the stack is full: a recursion is too deep or does not end");
  report_end(t, &r, site);
}

/* ---- the messages of the common errors ---- */

/* What a message is built in: all of it is short but for shown values. */
typedef struct Message {
  OmniText x;
} Message;

static void add(Message *m, const char *s) { omni_text_add_cstr(&m->x, s); }

static void add_operation(Message *m, const char *op) {
  if (op == NULL || *op == 0) return;
  add(m, op);
  add(m, ": ");
}

static bool starts_with_vowel(const char *s) { return strchr("AEIOUaeiou", *s) != NULL; }

static void add_kind(Message *m, OmniValue v) {
  const char *name = omni_kind_name_borrowed(m->x.t, v);
  add(m, starts_with_vowel(name) ? "an " : "a ");
  add(m, name);
}

static void add_shown(Message *m, OmniValue v) {
  OmniText x = {.t = m->x.t};
  omni_print_value(&x, v, OMNI_WRITE);
  size_t n = x.nbytes;
  if (n > SHOWN_MAX) {
    n = SHOWN_MAX;
    while (u8_is_continuation(x.bytes[n])) n--;
  }
  omni_text_add(&m->x, x.bytes, n);
  if (n < x.nbytes) add(m, "…");
  omni_text_free(&x);
}

static OmniValue raise_message(Message *m, const OmniSite *site, const char *kind) {
  omni_text_add(&m->x, "", 1);
  OmniValue result = omni_raise(m->x.t, site, kind, m->x.bytes, 0, NULL);
  omni_text_free(&m->x);
  return result;
}

OmniValue omni_error_kind(OmniThread *t, const OmniSite *site, const char *op, const char *expected,
                          OmniValue got) {
  Message m = {{.t = t}};
  add_operation(&m, op);
  add(&m, "expected ");
  add(&m, expected);
  add(&m, ", got ");
  add_shown(&m, got);
  if (got != OMNI_NOTHING && got != OMNI_EMPTY) {
    add(&m, " (");
    add_kind(&m, got);
    add(&m, ")");
  }
  return raise_message(&m, site, "kind");
}

OmniValue omni_error_index(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                           OmniValue index, size_t length) {
  Message m = {{.t = t}};
  add_operation(&m, op);
  add(&m, "index ");
  add_shown(&m, index);
  add(&m, " is out of range, the ");
  add(&m, omni_kind_name_borrowed(t, coll));
  add(&m, " has length ");
  omni_text_add_int(&m.x, (int64_t)length);
  return raise_message(&m, site, "index");
}

OmniValue omni_error_immutable(OmniThread *t, const OmniSite *site, const char *op, OmniValue v) {
  Message m = {{.t = t}};
  add_operation(&m, op);
  add(&m, "this ");
  add(&m, omni_kind_name_borrowed(t, v));
  add(&m, " is immutable: ");
  add_shown(&m, v);
  return raise_message(&m, site, "immutable");
}

static void add_counted(Message *m, int64_t n, const char *noun) {
  omni_text_add_int(&m->x, n);
  add(m, " ");
  add(m, noun);
  if (n != 1) add(m, "s");
}

OmniValue omni_error_arity(OmniThread *t, const OmniSite *site, OmniValue fn, int64_t argc) {
  Message m = {{.t = t}};
  const OmniFnInfo *info =
      omni_is_type(fn, OMNI_T_CLOSURE) ? (const OmniFnInfo *)omni_slot(fn, 2) : NULL;
  add(&m, info != NULL && info->name != NULL ? info->name : "#<fn>");
  add(&m, ": expected ");
  if (info == NULL) {
    add(&m, "other arguments");
  } else if (info->max_args == 0xffff) {
    add(&m, "at least ");
    add_counted(&m, info->min_args, "argument");
  } else {
    if (info->max_args != info->min_args) {
      omni_text_add_int(&m.x, info->min_args);
      add(&m, " to ");
    }
    add_counted(&m, info->max_args, "argument");
  }
  add(&m, ", got ");
  omni_text_add_int(&m.x, argc);
  return raise_message(&m, site, "arity");
}

OmniValue omni_error_arith(OmniThread *t, const OmniSite *site, const char *op, const char *what) {
  Message m = {{.t = t}};
  add_operation(&m, op);
  add(&m, what);
  return raise_message(&m, site, "arithmetic");
}

/* ---- primitives ---- */

/* (error message irritant ...) */
OmniValue omni_prim_error(OmniThread *t, const OmniSite *site, OmniValue message, int64_t argc,
                          const OmniValue *argv) {
  OmniText x = {.t = t};
  omni_print_value(&x, message, OMNI_DISPLAY);
  omni_text_add(&x, "", 1);
  OmniValue result = omni_raise(t, site, "error", x.bytes, (size_t)argc, argv);
  omni_text_free(&x);
  return result;
}

/* (raise v): any value as a condition */
OmniValue omni_prim_raise(OmniThread *t, const OmniSite *site, OmniValue v) {
  return omni_raise(t, site, "error", "raised", 1, &v);
}

/* No clause of a match, no pattern of a binding, fits the value. */
OmniValue omni_prim_match_error(OmniThread *t, const OmniSite *site, OmniValue v) {
  return omni_raise(t, site, "match", "no pattern matches", 1, &v);
}
