/* Strings and characters.
 *
 * A string that lost its closing quote ends at the next string's opening quote
 * and turns the rest of the file inside out; what is noticed is only that the
 * last string never ends. So before anything is read the culprit is looked for:
 * the string for which "it should have ended in its line" leaves the fewest
 * odd things: strings over several lines, quotes that touch a word on their
 * outside. It is then read as ending there. Which string of the line lost the
 * quote is not known, so nothing else is said about the line.
 */
#include <string.h>

#include "reader.h"
#include "unicode.h"
#include "unicode_text.h"

/* ---- escapes ---- */

typedef struct Buffer {
  Arena *arena;
  VEC(char) bytes;
} Buffer;

static void buffer_put(Buffer *b, const char *bytes, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++) VEC_PUSH(b->arena, &b->bytes, bytes[i]);
}

static void buffer_put_code_point(Buffer *b, uint32_t c) {
  char bytes[UTF8_MAX];
  buffer_put(b, bytes, utf8_encode(c, bytes));
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Hexadecimal digits up to the first other character; UINT32_MAX if there are
 * none or they name no scalar value. */
static uint32_t scan_code_point(const char **p, const char *end) {
  uint32_t c = 0;
  const char *digits = *p;
  for (; *p < end && hex_value(**p) >= 0; ++*p)
    if (c <= UNICODE_LAST) c = c * 16 + (uint32_t)hex_value(**p);
  bool valid = *p > digits && c <= UNICODE_LAST && !(c >= 0xd800 && c <= 0xdfff);
  return valid ? c : UINT32_MAX;
}

/* \xHH; or \u{HH}: p is after the x or the {, closer is ; or } */
static const char *read_hex_escape(Reader *r, Buffer *b, const char *backslash, const char *p,
                                   char closer) {
  uint32_t c = scan_code_point(&p, r->end);
  if (p < r->end && *p == closer && c != UINT32_MAX) {
    buffer_put_code_point(b, c);
    return p + 1;
  }
  bool closed = p < r->end && *p == closer;
  p += closed;
  diag_report(r->diag, DIAG_E0103, read_span(r, backslash, p), "%s",
              closed ? "this escape is not a Unicode code point"
                     : "this escape is not finished");
  if (!closed) diag_help(r->diag, closer == ';' ? "write \\x41; with the ;" : "write \\u{41} with the }");
  return p;
}

static const char *skip_intraline_blanks(const char *p, const char *end) {
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  return p;
}

/* The start of the next line if p is at a line's end, else NULL. */
static const char *after_line_end(const char *p, const char *end) {
  if (p + 1 < end && p[0] == '\r' && p[1] == '\n') return p + 2;
  return p < end && *p == '\n' ? p + 1 : NULL;
}

/* A backslash and blanks at the end of a line join it with the next, whose
 * indentation is left out. */
static const char *read_continuation(const char *p, const char *end) {
  p = after_line_end(skip_intraline_blanks(p, end), end);
  return p ? skip_intraline_blanks(p, end) : NULL;
}

static const char *read_unknown_escape(Reader *r, const char *backslash) {
  unsigned n = 1;
  const char *p = backslash + 1;
  if (p < r->end) utf8_decode(p, r->end, &n);
  diag_report(r->diag, DIAG_E0102, read_span(r, backslash, p + n), "unknown escape `\\%.*s`",
              (int)n, p);
  diag_help(r->diag, "for a backslash write two: \\\\");
  return p + n;
}

/* p is on the backslash, something follows it; returns where to go on. */
static const char *read_escape(Reader *r, Buffer *b, const char *p) {
  const char *next = read_continuation(p + 1, r->end);
  if (next) return next;
  static const char names[] = "\"\\ntr0", values[] = "\"\\\n\t\r";
  const char *found = memchr(names, p[1], sizeof names - 1);
  if (found) {
    buffer_put(b, &values[found - names], 1);
    return p + 2;
  }
  if (p[1] == 'x') return read_hex_escape(r, b, p, p + 2, ';');
  if (p[1] == 'u' && p + 2 < r->end && p[2] == '{') return read_hex_escape(r, b, p, p + 3, '}');
  return read_unknown_escape(r, p);
}

/* ---- strings ---- */

static Datum *string_end(Reader *r, Buffer *b, const char *start, const char *end) {
  r->at = end;
  Datum *d = read_datum_new(r, DATUM_STRING, start, end);
  if (b->bytes.n > READ_MAX_STRING) {
    diag_report(r->diag, DIAG_E0122, d->span, "this string is longer than 4 MiB");
    d->kind = DATUM_ERROR;
    return d;
  }
  VEC_PUSH(b->arena, &b->bytes, 0);
  d->text = b->bytes.items;
  d->nbytes = b->bytes.n - 1;
  return d;
}

static void report_unterminated(Reader *r, const char *start, const char *end) {
  if (end > start && end[-1] == '\r') end--;
  diag_report(r->diag, DIAG_E0101, read_span(r, start, end), "this string has no closing \"");
  diag_help(r->diag, "put a \" where the text should end");
}

Datum *read_string(Reader *r) {
  const char *start = r->at, *p = start + 1;
  bool broken = start == r->broken_string;
  Buffer b = {.arena = r->arena};
  while (p < r->end) {
    if (*p == '"') return string_end(r, &b, start, p + 1);
    if (*p == '\n' && broken) break;
    if (*p == '\\' && p + 1 < r->end) {
      p = read_escape(r, &b, p);
    } else if (after_line_end(p, r->end)) {
      buffer_put(&b, "\n", 1);
      p = after_line_end(p, r->end);
    } else {
      unsigned n;
      if (utf8_decode(p, r->end, &n) == UINT32_MAX) buffer_put_code_point(&b, 0xfffd);
      else buffer_put(&b, p, n);
      p += n;
    }
  }
  if (!broken) report_unterminated(r, start, p);
  return string_end(r, &b, start, p);
}

/* ---- finding the string that lost its quote ---- */

enum { MAX_CANDIDATES = 64, NEVER_ENDS = 1 << 20 };

/* What a plain scan of the text finds. */
typedef struct StringScan {
  size_t nodd;
  size_t nlong; /* strings over several lines; of the first ones, where they */
  const char *starts[MAX_CANDIDATES]; /* start, and nodd before them */
  size_t nodd_before[MAX_CANDIDATES];
  bool unterminated;
} StringScan;

static bool is_word_byte(const char *p, const char *end) {
  return p < end && ((unsigned char)*p >= 0x80 || text_is_symbol_part((unsigned char)*p));
}

static const char *skip_string(const char *p, const char *end) {
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\' && p + 1 < end) p++;
  return p < end ? p + 1 : NULL;
}

static const char *skip_block_comment(const char *p, const char *end) {
  size_t depth = 0;
  while (p + 1 < end) {
    if (p[0] == '#' && p[1] == '|') depth++, p += 2;
    else if (p[0] == '|' && p[1] == '#') depth--, p += 2;
    else p++;
    if (!depth) return p;
  }
  return end;
}

static void scan_string(StringScan *s, const char **p, const char *text, const char *end) {
  const char *start = *p, *after = skip_string(start, end);
  *p = after ? after : end;
  s->unterminated = !after;
  bool is_long = !after || memchr(start, '\n', (size_t)(after - start));
  if (is_long && s->nlong < MAX_CANDIDATES) {
    s->starts[s->nlong] = start;
    s->nodd_before[s->nlong] = s->nodd;
  }
  s->nlong += is_long;
  s->nodd += is_long;
  s->nodd += start > text && is_word_byte(start - 1, end);
  s->nodd += after && is_word_byte(after, end);
}

static StringScan scan_strings(const char *text, const char *end) {
  StringScan s = {0};
  const char *p = text;
  while (p < end) {
    const char *newline;
    if (*p == '"') {
      scan_string(&s, &p, text, end);
    } else if (*p == ';') {
      newline = memchr(p, '\n', (size_t)(end - p));
      p = newline ? newline : end;
    } else if (*p == '#' && p + 1 < end && p[1] == '|') {
      p = skip_block_comment(p, end);
    } else {
      p += *p == '#' && end - p > 2 && p[1] == '\\' ? 3 : 1;
    }
  }
  return s;
}

static const char *line_end(const char *p, const char *end) {
  const char *newline = memchr(p, '\n', (size_t)(end - p));
  return newline ? newline : end;
}

/* The string that most likely lost its quote, or NULL. That all strings end
 * does not prove that none did: a quote in a comment, or #\", may end the last
 * one; but then quotes touch words. */
static const char *find_broken(const char *text, const char *end) {
  StringScan all = scan_strings(text, end);
  if (!all.unterminated && all.nodd == all.nlong) return NULL;
  size_t n = all.nlong < MAX_CANDIDATES ? all.nlong : MAX_CANDIDATES;
  size_t least = all.unterminated ? SIZE_MAX : all.nodd;
  const char *best = NULL;
  for (size_t i = 0; i < n; i++) {
    StringScan rest = scan_strings(line_end(all.starts[i], end), end);
    size_t nodd = all.nodd_before[i] + rest.nodd + (rest.unterminated ? NEVER_ENDS : 0);
    if (nodd < least) least = nodd, best = all.starts[i];
  }
  return best;
}

void read_find_broken_string(Reader *r) {
  const char *string = find_broken(r->at, r->end), *line = string;
  r->broken_string = string;
  if (!string) return;
  while (line > r->text && line[-1] != '\n') line--;
  const char *end = line_end(string, r->end);
  report_unterminated(r, string, end);
  diag_damaged(r->diag, read_span(r, line, end));
}

/* ---- characters ---- */

static const struct {
  const char *name;
  uint32_t code_point;
} char_names[] = {{"newline", '\n'}, {"space", ' '},   {"tab", '\t'},  {"nul", 0},
                  {"null", 0},       {"return", '\r'}, {"escape", 27}, {"delete", 127},
                  {"backspace", 8},  {"alarm", 7}};
enum { CHAR_NAMES = sizeof char_names / sizeof *char_names };

static Datum *char_error(Reader *r, DiagCode code, const char *start, const char *message) {
  diag_report(r->diag, code, read_span(r, start, r->at), "%s", message);
  return read_datum_new(r, DATUM_ERROR, start, r->at);
}

static Datum *char_new(Reader *r, const char *start, uint32_t c) {
  Datum *d = read_datum_new(r, DATUM_CHAR, start, r->at);
  d->codepoint = c;
  return d;
}

static Datum *unknown_char_name(Reader *r, const char *start, const char *name, size_t n) {
  const char *names[CHAR_NAMES + 1] = {NULL};
  for (size_t i = 0; i < CHAR_NAMES; i++) names[i] = char_names[i].name;
  const char *near = diag_suggest_cstr(arena_copy(r->arena, name, n), names);
  Datum *d = char_error(r, DIAG_E0107, start, "there is no character of this name");
  if (near) diag_help(r->diag, "did you mean #\\%s?", near);
  return d;
}

/* #\x41; a single x is the letter */
static Datum *read_hex_char(Reader *r, const char *start, const char *digits, const char *end) {
  const char *p = digits;
  uint32_t c = scan_code_point(&p, end);
  if (p < end) return unknown_char_name(r, start, digits - 1, (size_t)(end - digits) + 1);
  if (c == UINT32_MAX)
    return char_error(r, DIAG_E0103, start, "this number is not a Unicode code point");
  return char_new(r, start, c);
}

Datum *read_char(Reader *r) {
  const char *start = r->at, *name = start + 2;
  unsigned n = 0;
  r->at = name;
  uint32_t c = name < r->end ? utf8_decode(name, r->end, &n) : '\n';
  if (c == '\n' || c == '\r' || c == '\t') {
    Datum *d = char_error(r, DIAG_E0107, start, "a character must follow #\\");
    diag_help(r->diag, "line ends and tabs are written #\\newline and #\\tab");
    return d;
  }
  r->at = name + n;
  if (c == UINT32_MAX) return read_datum_new(r, DATUM_ERROR, start, r->at);
  const char *end = read_word_end(r, name, false);
  if (end <= name + n) return char_new(r, start, c);
  r->at = end;
  size_t nbytes = (size_t)(end - name);
  for (size_t i = 0; i < CHAR_NAMES; i++)
    if (strlen(char_names[i].name) == nbytes && !memcmp(char_names[i].name, name, nbytes))
      return char_new(r, start, char_names[i].code_point);
  if (c == 'x') return read_hex_char(r, start, name + 1, end);
  return unknown_char_name(r, start, name, nbytes);
}
