/* Datums: what the reader makes of text. Knows nothing of meaning.
 *
 * Every datum has the exact span of its text. Lists keep their bracket. The
 * reader recovers: it reports, then returns what it could read; DATUM_ERROR
 * stands where nothing could be read, and whoever meets one stays silent.
 */
#ifndef OMNI_DATUM_H
#define OMNI_DATUM_H

#include <stdio.h>

#include "diag.h"
#include "support.h"

typedef enum {
  DATUM_ERROR,
  DATUM_SYMBOL,   /* name */
  DATUM_INT,      /* integer, or digits if it does not fit int64_t */
  DATUM_FLOAT,    /* number */
  DATUM_STRING,   /* text, nbytes (escapes done, UTF-8, may contain 0) */
  DATUM_CHAR,     /* codepoint */
  DATUM_BOOL,     /* integer 0 or 1 */
  DATUM_NOTHING,
  DATUM_LIST,     /* ( ): items; tail for a dotted pair; () has n = 0 */
  DATUM_ARRAY,    /* [ ] */
  DATUM_KIND,     /* { } */
  DATUM_DICT,     /* #{ }: key, value, key, value...; odd is reported */
  DATUM_QUOTE,    /* items[0]: 'x and :x (keyword flag set for :x) */
  DATUM_QUASI,    /* `x */
  DATUM_UNQUOTE,  /* ,x */
  DATUM_SPLICE,   /* ,@x */
  DATUM_PATH,     /* items[0] is the head; steps: symbol datums for .name,
                     DATUM_ARRAY for .[i ...] */
  DATUM_TAG,      /* ^x form: items[0] what follows ^ (:flag is a DATUM_QUOTE),
                     items[1] the tag's value or NULL, items[2] the tagged form.
                     Which flags take a value: language.md section 8 */
  DATUM_VAL,      /* #val x: items[0] */
  DATUM_DOTS,     /* .. : the rest marker, standing alone */
  DATUM_AMP,      /* & : the guard marker */
  DATUM_COUNT
} DatumKind;

typedef struct Datum Datum;
struct Datum {
  DatumKind kind;
  bool keyword;            /* QUOTE written :x */
  Span span;
  uint32_t n;              /* items */
  Datum **items;
  Datum *tail;             /* LIST: after the dot, or NULL */
  const Name *name;
  int64_t integer;
  const char *digits;      /* INT that does not fit: '-'? then decimal digits */
  double number;
  const char *text;
  size_t nbytes;
  uint32_t codepoint;
};

typedef struct ReadResult {
  Datum **forms;
  size_t n;
  /* Names in forms whose brackets do not match, or NULL: their definitions may
   * have been lost, so an unknown name among the keys is not reported. */
  PtrMap *lost_names;
} ReadResult;

/* Reads a whole file. Never fails: errors are in `diag`. */
ReadResult read_source(Arena *a, NameTable *names, Diag *diag, SourceMap *sources, uint32_t file);
/* Readable form, as --dump=datums prints it: one top-level form a line. */
void datum_print(FILE *to, const Datum *d);

#endif
