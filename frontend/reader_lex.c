/* Text to tokens.
 *
 * Everything that needs only a few characters of context is settled here:
 * blanks, comments, names, the many meanings of # and the four of the point
 * (in a number, joining a path, alone in a dotted pair, `..`). What is no token
 * is reported and becomes an error datum, so that positions in lists stay
 * right. Invalid UTF-8, NUL and bidirectional controls are found in a first
 * walk over the whole file, comments and strings included; the tokens then pass
 * over them in silence.
 */
#include <string.h>

#include "reader.h"
#include "unicode.h"
#include "unicode_text.h"

enum { TAB_STOP = 8, ENCODING_ERRORS = 20 };

Span read_span(const Reader *r, const char *start, const char *end) {
  return (Span){r->file, (uint32_t)(start - r->text), (uint32_t)(end - r->text)};
}

Datum *read_datum_new(Reader *r, DatumKind kind, const char *start, const char *end) {
  Datum *d = ARENA_NEW(r->arena, Datum);
  d->kind = kind;
  d->span = read_span(r, start, end);
  return d;
}

uint32_t read_peek(const Reader *r, unsigned *nbytes) {
  *nbytes = 0;
  return r->at < r->end ? utf8_decode(r->at, r->end, nbytes) : UINT32_MAX;
}

const char *read_word_end(const Reader *r, const char *p, bool with_points) {
  while (p < r->end) {
    unsigned n;
    if (with_points && *p == '.') {
      p++;
      continue;
    }
    uint32_t c = utf8_decode(p, r->end, &n);
    if (c == UINT32_MAX || !text_is_symbol_part(c)) break;
    p += n;
  }
  return p;
}

/* ---- the first walk ---- */

/* End of the run of bytes that are not UTF-8. */
static const char *invalid_end(const char *p, const char *end) {
  unsigned n;
  while (p < end && utf8_decode(p, end, &n) == UINT32_MAX) p++;
  return p;
}

static void report_nul(Reader *r, const char *p) {
  diag_report(r->diag, DIAG_E0123, read_span(r, p, p + 1), "the source contains a NUL byte");
  diag_help(r->diag, "save the file as UTF-8 text");
}

static void check_encoding(Reader *r) {
  unsigned n, ninvalid = 0, nbidi = 0;
  bool seen_nul = false;
  for (const char *p = r->at; p < r->end; p += n) {
    n = 1;
    if ((unsigned char)*p - 1u < 0x7fu) continue;
    uint32_t c = utf8_decode(p, r->end, &n);
    if (!c && !seen_nul) {
      seen_nul = true;
      report_nul(r, p);
    } else if (c == UINT32_MAX) {
      const char *end = invalid_end(p, r->end);
      if (ninvalid++ < ENCODING_ERRORS)
        diag_report(r->diag, DIAG_E0100, read_span(r, p, end), "these bytes are not UTF-8");
      n = (unsigned)(end - p);
    } else if (text_is_bidi_control(c) && nbidi++ < ENCODING_ERRORS) {
      diag_report(r->diag, DIAG_W0310, read_span(r, p, p + n),
                  "an invisible character here changes the order in which the text shows");
      diag_help(r->diag, "in a string write \\u{%x}", c);
    }
  }
}

/* ---- columns ---- */

static void count_columns(Reader *r, const char *to) {
  for (const char *p = r->counted; p < to; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == '\n') {
      r->column = 0;
      r->line_is_blank = true;
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\r') r->line_is_blank = false;
    if (c == '\t') r->column += TAB_STOP - r->column % TAB_STOP;
    else r->column += (c & 0xc0) != 0x80;
  }
  r->counted = to;
}

/* Adds the token from start to the cursor. */
static Token *add(Reader *r, TokenKind kind, const char *start) {
  count_columns(r, start);
  Token t = {.kind = (uint8_t)kind,
             .first = r->line_is_blank,
             .column = r->column,
             .start = (uint32_t)(start - r->text),
             .end = (uint32_t)(r->at - r->text)};
  VEC_PUSH(r->arena, &r->tokens, t);
  return &r->tokens.items[r->tokens.n - 1];
}

static void add_atom(Reader *r, const char *start, Datum *d) {
  add(r, TK_ATOM, start)->datum = d;
}

static void add_error(Reader *r, const char *start) {
  add_atom(r, start, read_datum_new(r, DATUM_ERROR, start, r->at));
}

static void add_bracket(Reader *r, TokenKind kind, const char *start, char bracket) {
  add(r, kind, start)->bracket = bracket;
}

static void add_prefix(Reader *r, PrefixKind prefix, const char *start) {
  add(r, TK_PREFIX, start)->prefix = (uint8_t)prefix;
}

/* The token that ends where p is, without a blank between; NULL if none. */
static const Token *joined(const Reader *r, const char *p) {
  if (!r->tokens.n) return NULL;
  const Token *t = &r->tokens.items[r->tokens.n - 1];
  return t->end == (uint32_t)(p - r->text) ? t : NULL;
}

/* ---- what may follow a word ---- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_delimiter(const char *p, const char *end) {
  return p == end || is_blank(*p) || strchr("()[]{};", *p);
}

/* Names, numbers, strings and characters want a blank or bracket behind them;
 * takes the rest of the word into the error if it could not stand alone. */
static void check_delimited(Reader *r) {
  if (is_delimiter(r->at, r->end) || *r->at == '.' || (unsigned char)*r->at >= 0x80) return;
  const char *p = r->at;
  if (*p == '#' && p + 1 < r->end && (p[1] == '|' || p[1] == ';')) return;
  if (*p == '#' && p[-1] == '|') return; /* the end of no comment: unknown_hash */
  unsigned n;
  uint32_t c = read_peek(r, &n);
  bool stands_alone = strchr("\"'`,^\\", *p) || text_is_symbol_part(c);
  if (!stands_alone && !strchr(":@&#", *p)) return;
  Token *last = &r->tokens.items[r->tokens.n - 1];
  if (!stands_alone) r->at = read_word_end(r, p + 1, true);
  const char *start = stands_alone ? p : r->text + last->start;
  diag_report(r->diag, DIAG_E0109, read_span(r, start, stands_alone ? p + 1 : r->at),
              stands_alone ? "a blank is missing before `%c`" : "a name cannot contain `%c`", *p);
  if (*p == ':') diag_help(r->diag, "the quoted symbol is written with the colon first: :name");
  if (stands_alone) return;
  last->end = (uint32_t)(r->at - r->text);
  last->datum = read_datum_new(r, DATUM_ERROR, start, r->at);
}

/* ---- blanks and comments ---- */

static void lose_words(Reader *r, const char *p) {
  while (p < r->end) {
    unsigned n;
    uint32_t c = utf8_decode(p, r->end, &n);
    const char *end = read_word_end(r, p, false);
    if (c != UINT32_MAX && text_is_symbol_start(c) && end - p <= READ_MAX_NAME)
      read_lose_name(r, name_of(r->names, p, (size_t)(end - p)));
    p = end > p ? end : p + n;
  }
}

static void skip_block_comment(Reader *r) {
  const char *start = r->at, *p = start;
  size_t depth = 0;
  while (p + 1 < r->end) {
    if (p[0] == '#' && p[1] == '|') depth++, p += 2;
    else if (p[0] == '|' && p[1] == '#') depth--, p += 2;
    else p++;
    if (!depth) {
      r->at = p;
      return;
    }
  }
  diag_report(r->diag, DIAG_E0104, read_span(r, start, start + 2), "this comment has no end");
  diag_help(r->diag, "block comments end with |#, and each #| inside needs its own");
  r->at = r->end;
  lose_words(r, start);
}

static void skip_line(Reader *r) {
  const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
  r->at = newline ? newline : r->end;
}

static void skip_blanks(Reader *r) {
  for (;;) {
    while (r->at < r->end && (is_blank(*r->at) || !*r->at)) r->at++;
    if (r->at == r->end) return;
    unsigned n;
    uint32_t c = read_peek(r, &n);
    if (c == ';') skip_line(r);
    else if (c == '#' && r->at + 1 < r->end && r->at[1] == '|') skip_block_comment(r);
    else if (c != UINT32_MAX && text_is_bidi_control(c)) r->at += n;
    else return;
  }
}

/* ---- names ---- */

static Datum *symbol_new(Reader *r, const char *start, const char *end) {
  if (end - start > READ_MAX_NAME) {
    diag_report(r->diag, DIAG_E0122, read_span(r, start, end), "this name is longer than 1,000 bytes");
    return read_datum_new(r, DATUM_ERROR, start, end);
  }
  Datum *d = read_datum_new(r, DATUM_SYMBOL, start, end);
  d->name = name_of(r->names, start, (size_t)(end - start));
  return d;
}

static bool is_word(const char *start, const char *end, const char *word) {
  return (size_t)(end - start) == strlen(word) && !memcmp(start, word, strlen(word));
}

static Datum *bool_new(Reader *r, const char *start, bool value) {
  Datum *d = read_datum_new(r, DATUM_BOOL, start, r->at);
  d->integer = value;
  return d;
}

/* `in_path`: after a point, where words have no other meaning */
static void lex_name(Reader *r, bool in_path) {
  const char *start = r->at, *end = read_word_end(r, start, false);
  r->at = end;
  Datum *d;
  if (!in_path && (is_word(start, end, "true") || is_word(start, end, "false")))
    d = bool_new(r, start, *start == 't');
  else if (!in_path && is_word(start, end, "nothing"))
    d = read_datum_new(r, DATUM_NOTHING, start, end);
  else
    d = symbol_new(r, start, end);
  add_atom(r, start, d);
  check_delimited(r);
}

/* +inf.0 -inf.0 +nan.0 */
static bool lex_special_float(Reader *r) {
  static const struct {
    const char *word;
    double number;
  } specials[] = {{"+inf.0", __builtin_inf()}, {"-inf.0", -__builtin_inf()},
                  {"+nan.0", __builtin_nan("")}};
  const char *start = r->at, *end = read_word_end(r, start, true);
  for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
    if (!is_word(start, end, specials[i].word)) continue;
    r->at = end;
    Datum *d = read_datum_new(r, DATUM_FLOAT, start, end);
    d->number = specials[i].number;
    add_atom(r, start, d);
    check_delimited(r);
    return true;
  }
  return false;
}

static void lex_number(Reader *r) {
  const char *start = r->at;
  r->at = read_word_end(r, start, true);
  add_atom(r, start, read_number(r, start, r->at));
  bool ends_in_point = r->at[-1] == '.' && r->at < r->end && *r->at == '[';
  if (!ends_in_point) {
    check_delimited(r);
    return;
  }
  diag_report(r->diag, DIAG_E0113, read_span(r, r->at - 1, r->at), "a number has no elements");
  diag_help(r->diag, "a path starts with a name, ) or ]");
}

/* ---- points ---- */

static bool may_head_path(const Token *t) {
  if (t->kind == TK_CLOSE) return t->bracket != '}';
  return t->kind == TK_ATOM && t->datum->kind == DATUM_SYMBOL;
}

static bool is_error_atom(const Token *t) {
  return t->kind == TK_ATOM && t->datum->kind == DATUM_ERROR;
}

/* The points and the word behind them are an error. */
static void bad_points(Reader *r, const char *start, DiagCode code, const char *message,
                       const char *help) {
  const Token *before = joined(r, start);
  r->at = read_word_end(r, start, true);
  if (!before || !is_error_atom(before)) {
    diag_report(r->diag, code, read_span(r, start, r->at), "%s", message);
    diag_help(r->diag, "%s", help);
  }
  if (!before) add_error(r, start);
}

static void lex_one_point(Reader *r, const char *start) {
  const Token *before = joined(r, start);
  const char *after = start + 1;
  unsigned n = 1;
  uint32_t c = after < r->end ? utf8_decode(after, r->end, &n) : ' ';
  bool step = c == '[' || (c != UINT32_MAX && text_is_symbol_start(c) &&
                           !read_number_starts(after, r->end));
  r->at = after;
  if (before && before->kind != TK_OPEN && before->kind != TK_PREFIX) {
    if (may_head_path(before) && step) {
      add(r, TK_POINT, start);
      if (c != '[') lex_name(r, true);
      return;
    }
    if (step && before->kind == TK_ATOM)
      bad_points(r, start, DIAG_E0113, "a path cannot start here",
                 "a path starts with a name, ) or ]");
    else
      bad_points(r, start, DIAG_E0113, "the point joins nothing",
                 "a path is written without blanks, as in person.name or grid.[0]");
  } else if (is_delimiter(after, r->end) && (!before || before->kind == TK_OPEN)) {
    add(r, TK_DOT, start);
  } else {
    bad_points(r, start, DIAG_E0113, "the point joins nothing",
               "a name, ) or ] must stand directly before it");
  }
}

static void lex_points(Reader *r) {
  const char *start = r->at, *end = start;
  const Token *before = joined(r, start);
  bool alone = !before || before->kind == TK_OPEN || before->kind == TK_PREFIX;
  if (alone && read_number_starts(start, r->end)) {
    lex_number(r);
    return;
  }
  while (end < r->end && *end == '.') end++;
  r->at = end;
  alone = alone && is_delimiter(end, r->end);
  if (end - start == 1) {
    lex_one_point(r, start);
  } else if (end - start == 2 && alone) {
    add_atom(r, start, read_datum_new(r, DATUM_DOTS, start, end));
  } else if (end - start == 3 && alone) {
    add_atom(r, start, symbol_new(r, start, end));
  } else {
    bad_points(r, start, DIAG_E0114, "the rest marker `..` must stand alone",
               "put blanks around it: [first .. rest]");
  }
}

/* ---- # and the other marks ---- */

static void unknown_hash(Reader *r, const char *help) {
  const char *start = r->at;
  r->at = read_word_end(r, start + 1, true);
  bool is_comment_end = joined(r, start) && start > r->text && start[-1] == '|';
  diag_report(r->diag, DIAG_E0125, read_span(r, start, r->at),
              is_comment_end ? "this |# ends no comment" : "`%.*s` means nothing",
              (int)(r->at - start), start);
  if (help) diag_help(r->diag, "%s", help);
  if (r->at > start + 1 || r->at == r->end || !strchr("([", *r->at)) add_error(r, start);
}

static void lex_hash_word(Reader *r) {
  const char *start = r->at, *word = start + 1, *end = read_word_end(r, word, false);
  if (is_word(word, end, "val")) {
    r->at = end;
    add_prefix(r, PREFIX_VAL, start);
  } else if (is_word(word, end, "t") || is_word(word, end, "f")) {
    r->at = end;
    add_atom(r, start, bool_new(r, start, *word == 't'));
    check_delimited(r);
  } else if (end - word > 1 && *word == 'x') {
    unknown_hash(r, "hexadecimal numbers are written 0xff");
  } else if (is_word(word, end, "true") || is_word(word, end, "false")) {
    unknown_hash(r, "write true and false");
  } else {
    unknown_hash(r, word < r->end && *word == '(' ? "an array is written [1 2 3]" : NULL);
  }
}

static void lex_hash(Reader *r) {
  const char *start = r->at;
  char next = start + 1 < r->end ? start[1] : ' ';
  if (next == '\\') {
    Datum *d = read_char(r);
    add_atom(r, start, d);
    check_delimited(r);
  } else if (next == '{') {
    r->at += 2;
    add_bracket(r, TK_OPEN, start, '#');
  } else if (next == ';') {
    r->at += 2;
    add_prefix(r, PREFIX_COMMENT, start);
  } else {
    lex_hash_word(r);
  }
}

static void lex_colon(Reader *r) {
  const char *start = r->at++;
  unsigned n;
  uint32_t c = read_peek(r, &n);
  if (c != UINT32_MAX && text_is_symbol_start(c) && !read_number_starts(r->at, r->end)) {
    add_prefix(r, PREFIX_COLON, start);
    return;
  }
  r->at = read_word_end(r, r->at, true);
  diag_report(r->diag, DIAG_E0124, read_span(r, start, r->at), "a name must follow the colon");
  add_error(r, start);
}

static void lex_amp(Reader *r) {
  const char *start = r->at++;
  if (is_delimiter(r->at, r->end)) {
    add_atom(r, start, read_datum_new(r, DATUM_AMP, start, r->at));
    return;
  }
  r->at = read_word_end(r, r->at, true);
  diag_report(r->diag, DIAG_E0109, read_span(r, start, r->at), "a blank is missing after `&`");
  add_error(r, start);
}

static void lex_lookalike_bracket(Reader *r, const char *start, char c) {
  diag_report(r->diag, DIAG_E0108, read_span(r, start, r->at), "this is not the ASCII `%c`", c);
  add_bracket(r, c == '(' ? TK_OPEN : TK_CLOSE, start, c);
}

static void lex_unexpected(Reader *r) {
  const char *start = r->at;
  unsigned n;
  uint32_t c = read_peek(r, &n);
  r->at += n;
  char like = c == UINT32_MAX ? 0 : text_lookalike(c);
  if (like == '(' || like == ')') {
    lex_lookalike_bracket(r, start, like);
    return;
  }
  if (like != ' ') r->at = read_word_end(r, r->at, true);
  if (c != UINT32_MAX) {
    bool visible = c > ' ' && (c < 0x7f || c >= 0xa0) && like != ' ' && text_width(c) > 0;
    diag_report(r->diag, DIAG_E0108, read_span(r, start, r->at),
                visible ? "unexpected character `%.*s` (U+%04X)" : "unexpected character %.*sU+%04X",
                visible ? (int)n : 0, start, c);
    if (like == ' ') diag_help(r->diag, "replace it by an ordinary blank");
    else if (like) diag_help(r->diag, "write the ASCII %c", like);
    else if (c == '@') diag_help(r->diag, "splicing is written ,@");
  }
  if (like != ' ') add_error(r, start);
}

static void lex_prefix(Reader *r, PrefixKind prefix, size_t nbytes) {
  const char *start = r->at;
  r->at += nbytes;
  add_prefix(r, prefix, start);
}

static void lex_token(Reader *r) {
  const char *start = r->at;
  switch (*start) {
  case '(': case '[': case '{': r->at++; add_bracket(r, TK_OPEN, start, *start); return;
  case ')': case ']': case '}': r->at++; add_bracket(r, TK_CLOSE, start, *start); return;
  case '"': {
    Datum *d = read_string(r);
    add_atom(r, start, d);
    check_delimited(r);
    return;
  }
  case '\'': lex_prefix(r, PREFIX_QUOTE, 1); return;
  case '`': lex_prefix(r, PREFIX_QUASI, 1); return;
  case ',':
    if (start + 1 < r->end && start[1] == '@') lex_prefix(r, PREFIX_SPLICE, 2);
    else lex_prefix(r, PREFIX_UNQUOTE, 1);
    return;
  case '^': lex_prefix(r, PREFIX_TAG, 1); return;
  case ':': lex_colon(r); return;
  case '#': lex_hash(r); return;
  case '&': lex_amp(r); return;
  case '.': lex_points(r); return;
  default: break;
  }
  unsigned n;
  uint32_t c = read_peek(r, &n);
  if (read_number_starts(start, r->end)) lex_number(r);
  else if ((c == '+' || c == '-') && lex_special_float(r)) return;
  else if (c != UINT32_MAX && text_is_symbol_start(c)) lex_name(r, false);
  else lex_unexpected(r);
}

static void skip_start_of_file(Reader *r) {
  if (r->end - r->at >= 3 && !memcmp(r->at, "\xef\xbb\xbf", 3)) r->counted = r->at += 3;
  if (r->end - r->at >= 2 && !memcmp(r->at, "#!", 2)) skip_line(r);
}

void read_tokens(Reader *r) {
  r->line_is_blank = true;
  r->counted = r->at;
  skip_start_of_file(r);
  check_encoding(r);
  read_find_broken_string(r);
  for (;;) {
    skip_blanks(r);
    if (r->at == r->end) return;
    lex_token(r);
  }
}
