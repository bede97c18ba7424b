/* The report of an error, shared by error.c, backtrace.c and debug_line.c: text
 * on its way to standard error through a small buffer. Nothing here allocates.
 */
#ifndef OMNI_ERROR_H
#define OMNI_ERROR_H

#include "values.h"

typedef struct Report {
  size_t n;
  char bytes[1024];
} Report;
void report_flush(Report *r);
void report_add(Report *r, const char *bytes, size_t n);
void report_text(Report *r, const char *s);
void report_number(Report *r, uint64_t n);

/* ---- backtrace.c ---- */
/* The OmniLisp functions on the stack, innermost first. */
void report_backtrace(OmniThread *t, Report *r);

#endif
