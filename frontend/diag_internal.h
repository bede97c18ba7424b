/* Shared by the files of the diagnostics: what a report is, once recorded. */
#ifndef OMNI_DIAG_INTERNAL_H
#define OMNI_DIAG_INTERNAL_H

#include "diag.h"

typedef enum { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_COUNT } Severity;

typedef struct DiagInfo {
  const char *code; /* "E0101" */
  const char *name; /* of a warning, for -W; NULL for errors */
  const char *explanation; /* with code and title before it */
  Severity severity;
  bool only_with_all;
} DiagInfo;
extern const DiagInfo diag_table[DIAG_COUNT];

typedef struct DiagNote {
  Span at;
  const char *message;
} DiagNote;

typedef struct DiagReport {
  DiagCode code;
  Severity severity; /* after -Werror */
  Span at;
  const char *message;
  size_t sequence; /* order of reporting, for equal places */
  VEC(const char *) helps;
  VEC(DiagNote) notes;
} DiagReport;

/* Text that grows in an arena. */
typedef struct Text {
  Arena *arena;
  VEC(char) bytes;
} Text;
void text_put(Text *t, const char *bytes, size_t nbytes);
void text_puts(Text *t, const char *s);
void text_printf(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef enum { COLORS_OFF, COLORS_ON } Colors;
void diag_render_text(Text *to, SourceMap *sources, const DiagReport *r, Colors colors);
void diag_render_json(Text *to, SourceMap *sources, const DiagReport *r);

#endif
