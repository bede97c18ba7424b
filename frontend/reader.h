/* Between the files of the reader: text -> tokens -> balanced tokens -> datums.
 *
 * reader_lex.c      blanks, comments, brackets, names, marks
 * reader_number.c   numbers
 * reader_string.c   strings and characters
 * reader_repair.c   brackets that do not match
 * reader.c          datums; the entry read_source
 */
#ifndef OMNI_READER_H
#define OMNI_READER_H

#include "datum.h"

enum {
  READ_MAX_DEPTH = 1000,
  READ_MAX_FILE = 16 << 20,
  READ_MAX_STRING = 4 << 20,
  READ_MAX_NAME = 1000,
  READ_MAX_DECIMAL = 1000000, /* digits of a number */
  READ_MAX_BASED = 100000,    /* digits after 0x or 0b: conversion is quadratic */
};

typedef enum {
  TK_ATOM,   /* datum */
  TK_OPEN,   /* bracket: ( [ { or # for #{ */
  TK_CLOSE,  /* bracket: ) ] } */
  TK_PREFIX, /* prefix */
  TK_POINT,  /* of a path: joins what stands before and after */
  TK_DOT,    /* between blanks */
  TK_COUNT
} TokenKind;

typedef enum {
  PREFIX_QUOTE, PREFIX_QUASI, PREFIX_UNQUOTE, PREFIX_SPLICE, PREFIX_COLON, PREFIX_TAG, PREFIX_VAL,
  PREFIX_COMMENT, PREFIX_COUNT
} PrefixKind;

typedef struct Token {
  uint8_t kind;       /* TokenKind */
  uint8_t prefix;     /* PrefixKind */
  char bracket;
  bool first;         /* only blanks before it in its line */
  uint32_t column;    /* from 0, tabs to the next multiple of 8 */
  uint32_t start, end;
  Datum *datum;
} Token;

typedef VEC(Token) TokenVec;

typedef struct Reader {
  Arena *arena;
  NameTable *names;
  Diag *diag;
  uint32_t file;
  const char *text, *at, *end; /* all of it, the cursor, its end */
  TokenVec tokens;

  /* where the columns have been counted to */
  const char *counted;
  uint32_t column;
  bool line_is_blank;

  const char *broken_string; /* the string that lost its closing quote, or NULL */
  PtrMap *lost_names;        /* see ReadResult */
  size_t repair_steps;       /* spent on trying repairs */

  /* parsing */
  size_t next;               /* token */
  uint32_t depth;
  bool depth_reported;
  VEC(Datum *) stack;        /* items of the lists being read */
} Reader;

Span read_span(const Reader *r, const char *start, const char *end);
Datum *read_datum_new(Reader *r, DatumKind kind, const char *start, const char *end);
void read_lose_name(Reader *r, const Name *name);

/* reader_lex.c */
void read_tokens(Reader *r);
/* The code point at the cursor, UINT32_MAX at the end or for invalid bytes. */
uint32_t read_peek(const Reader *r, unsigned *nbytes);
/* End of the run of symbol characters (and points, if wanted) from p. */
const char *read_word_end(const Reader *r, const char *p, bool with_points);

/* reader_number.c; the text is a word that starts like a number */
bool read_number_starts(const char *p, const char *end);
Datum *read_number(Reader *r, const char *start, const char *end);

/* reader_string.c; the cursor stands on the " or the #\ and is moved */
Datum *read_string(Reader *r);
Datum *read_char(Reader *r);
/* If some string is never closed: sets broken_string to the one that most
 * likely lost its quote, and reports it. */
void read_find_broken_string(Reader *r);

/* reader_repair.c: makes the brackets match; reports each damaged form once */
void read_repair(Reader *r);

#endif
