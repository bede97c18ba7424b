/* The report of an error, shared by error.c, backtrace.c and debug_line.c: text
 * on its way to standard error through a small buffer. Nothing here allocates.
 */
#ifndef OMNI_ERROR_H
#define OMNI_ERROR_H

#include <string.h>

#include "values.h"

typedef struct Report {
  size_t n;
  char bytes[1024];
} Report;
void report_flush(Report *r);
void report_add(Report *r, const char *bytes, size_t n);
void report_text(Report *r, const char *s);
/* A file name, its control characters as \xNN: names come from outside, and must
 * not forge a line or drive a terminal. */
void report_path(Report *r, const char *path);
void report_number(Report *r, uint64_t n);

/* ---- debug_line.c ---- */
/* Places in the source of some addresses of this program. */
typedef struct SourcePlace {
  uintptr_t address; /* of the call instruction, or a byte of it */
  const char *file;  /* NULL: not found; else valid until places_close */
  uint64_t line;
} SourcePlace;
typedef struct SourcePlaces {
  const unsigned char *image; /* the executable, mapped, or NULL */
  size_t nbytes;
} SourcePlaces;
/* Fills in what the executable's line table (-g) knows. No memory is needed. */
void places_find(SourcePlaces *x, SourcePlace *places, size_t n);
void places_close(SourcePlaces *x);

/* ---- backtrace.c ---- */
/* Whether the file is of the prelude, whose sources the driver names
 * <prelude>/NAME: a place in it tells a program's author nothing. */
static inline bool is_library_file(const char *file) {
  return file != NULL && strncmp(file, "<prelude>/", 10) == 0;
}
/* The OmniLisp functions on the stack, innermost first. */
void report_backtrace(OmniThread *t, Report *r);

#endif
