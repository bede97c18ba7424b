/* Diagnostics about the program being compiled: codes, spans, notes, and their
 * text and JSON forms. A mistake of ours is not a diagnostic: see `die`.
 *
 * Codes, severities, first lines and explanations stand in diag.def:
 *   DIAG(E0101, error, "unterminated string", "explanation for --explain ...")
 * Warnings have a name for -W: WARN(W0301, "unused-name", "...", "..."); those
 * declared WARN_ALL are shown only with -Wall or -Wname.
 */
#ifndef OMNI_DIAG_H
#define OMNI_DIAG_H

#include <stdio.h>

#include "support.h"

typedef enum {
#define DIAG(code, severity, title, explanation) DIAG_##code,
#define WARN(code, name, title, explanation) DIAG_##code,
#define WARN_ALL(code, name, title, explanation) DIAG_##code,
#include "diag.def"
#undef DIAG
#undef WARN
#undef WARN_ALL
  DIAG_COUNT
} DiagCode;

typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorMode;
typedef enum { DIAG_TEXT, DIAG_JSON } DiagFormat;

typedef struct DiagOptions {
  ColorMode color;
  DiagFormat format;
  bool warnings_are_errors;
  bool warn_all;
  uint32_t limit; /* errors shown; 0 = 20 */
  bool disabled[DIAG_COUNT], enabled[DIAG_COUNT]; /* by -Wno-NAME, -WNAME */
  bool as_error[DIAG_COUNT];                      /* by -Werror=NAME */
} DiagOptions;

typedef struct Diag Diag;
Diag *diag_new(Arena *a, SourceMap *sources, const DiagOptions *options);

/* Reports; the message says what and why, `help` (may be NULL) what to do.
 * After it, notes belong to it until the next report. A second error inside
 * the same span is dropped (no cascade). */
void diag_report(Diag *d, DiagCode code, Span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_help(Diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void diag_note(Diag *d, Span at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The text in the span is known to be broken, and that has been reported: what
 * is reported inside it from now on is dropped. */
void diag_damaged(Diag *d, Span at);

bool diag_has_error_in(const Diag *d, Span at); /* one that starts in the span */
uint32_t diag_error_count(const Diag *d); /* warnings made errors included */
uint32_t diag_warning_count(const Diag *d);
/* Writes what was reported since the last flush, sorted by place, to stderr.
 * At the end of a stage. */
void diag_flush(Diag *d);
void diag_flush_to(Diag *d, FILE *to);
/* "E0101" or "W0301" -> title and explanation, NULL if there is none */
const char *diag_explain(const char *code);
const char *diag_code_name(DiagCode code); /* "E0101" */
/* -Wname, -Wno-name, -Wall, -Werror, -Werror=name; false: unknown name */
bool diag_option(DiagOptions *o, const char *flag);
/* The warning name nearest to the one in an unknown flag, NULL if none is. */
const char *diag_option_suggest(const char *flag);
/* Nearest of the candidates to a misspelt name, NULL if none is near. */
const Name *diag_suggest(const Name *misspelt, const Name *const *candidates, size_t n);
/* The same for C strings; the table ends with NULL. */
const char *diag_suggest_cstr(const char *misspelt, const char *const *candidates);

#endif
