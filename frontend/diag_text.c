/* The two forms a diagnostic is written in.
 *
 * As text: `file:line:column: error[E0101]: message`, the source line with the
 * span underlined, help lines, and notes in the same form. The line is built
 * cell by cell: every character becomes what is shown (tabs as blanks up to
 * the next tab stop, controls and invalid bytes spelt out) and the columns it
 * takes, so that the underline fits under wide and combining characters too.
 * Of a very long line the part around the span is shown.
 *
 * As JSON: one object a line, the same facts and byte offsets.
 */
#include <stdio.h>
#include <string.h>

#include "diag_internal.h"
#include "unicode.h"
#include "unicode_text.h"

enum { TAB_STOP = 8, WIDEST_LINE = 160, CONTEXT = 40 };

void text_put(Text *t, const char *bytes, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++) VEC_PUSH(t->arena, &t->bytes, bytes[i]);
}

void text_puts(Text *t, const char *s) { text_put(t, s, strlen(s)); }

void text_printf(Text *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  text_puts(t, arena_vprintf(t->arena, format, args));
  va_end(args);
}

static void text_repeat(Text *t, char c, size_t n) {
  for (size_t i = 0; i < n; i++) text_put(t, &c, 1);
}

/* ---- colours ---- */

typedef enum { STYLE_ERROR, STYLE_WARNING, STYLE_NOTE, STYLE_HELP, STYLE_PLACE, STYLE_DIM } Style;

static void style_begin(Text *t, Style style, Colors colors) {
  static const char *const codes[] = {
      [STYLE_ERROR] = "\033[1;31m", [STYLE_WARNING] = "\033[1;35m", [STYLE_NOTE] = "\033[1;36m",
      [STYLE_HELP] = "\033[1;32m",  [STYLE_PLACE] = "\033[1m",      [STYLE_DIM] = "\033[2m"};
  if (colors == COLORS_ON) text_puts(t, codes[style]);
}

static void style_end(Text *t, Colors colors) {
  if (colors == COLORS_ON) text_puts(t, "\033[0m");
}

/* ---- one character of a source line ---- */

typedef struct Cell {
  char shown[16]; /* ends in 0 */
  unsigned columns, nbytes;
} Cell;

static Cell cell_at(const char *p, const char *end, unsigned column) {
  Cell cell = {.columns = 1};
  uint32_t c = utf8_decode(p, end, &cell.nbytes);
  if (c == '\t') {
    cell.columns = TAB_STOP - column % TAB_STOP;
    snprintf(cell.shown, sizeof cell.shown, "%*s", (int)cell.columns, "");
  } else if (c == UINT32_MAX) {
    cell.columns = (unsigned)snprintf(cell.shown, sizeof cell.shown, "<%02X>", (unsigned char)*p);
  } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || text_is_bidi_control(c) || c == 0xfeff) {
    cell.columns = (unsigned)snprintf(cell.shown, sizeof cell.shown, "<U+%04X>", c);
  } else {
    memcpy(cell.shown, p, cell.nbytes);
    cell.columns = (unsigned)text_width(c);
  }
  return cell;
}

/* ---- the snippet ---- */

/* Where to start showing a line of which `at` is the interesting byte. */
static uint32_t window_start(const Source *s, Span line, uint32_t at) {
  if (line.end - line.start <= WIDEST_LINE || at - line.start <= WIDEST_LINE / 2) return line.start;
  uint32_t start = at - CONTEXT;
  while (start < at && ((unsigned char)s->bytes[start] & 0xc0) == 0x80) start++;
  return start;
}

typedef struct Snippet {
  Text shown, marks;
  unsigned column;
} Snippet;

static void snippet_plain(Snippet *n, const char *s) {
  text_puts(&n->shown, s);
  text_repeat(&n->marks, ' ', strlen(s));
  n->column += (unsigned)strlen(s);
}

static void snippet_fill(Snippet *n, const Source *s, Span line, Span at) {
  uint32_t start = window_start(s, line, at.start);
  if (start > line.start) snippet_plain(n, "...");
  uint32_t last = at.end > at.start ? at.end : at.start + 1;
  bool marked = false;
  for (uint32_t i = start; i < line.end;) {
    if (n->column >= WIDEST_LINE && i >= at.start + 1) {
      text_puts(&n->shown, "...");
      break;
    }
    Cell cell = cell_at(s->bytes + i, s->bytes + line.end, n->column);
    text_puts(&n->shown, cell.shown);
    bool inside = i + cell.nbytes > at.start && i < last;
    if (inside && !marked && cell.columns) {
      text_puts(&n->marks, "^");
      text_repeat(&n->marks, '~', cell.columns - 1);
      marked = true;
    } else {
      text_repeat(&n->marks, inside ? '~' : ' ', cell.columns);
    }
    n->column += cell.columns;
    i += cell.nbytes;
  }
  if (!marked) text_puts(&n->marks, "^"); /* the end of the line */
}

static void trim_right(Text *t) {
  while (t->bytes.n && t->bytes.items[t->bytes.n - 1] == ' ') t->bytes.n--;
}

static void render_snippet(Text *t, SourceMap *sources, Span at, Style style, Colors colors) {
  const Source *s = source_get(sources, at.file);
  LineColumn position = source_position(sources, at);
  Span line = source_line(sources, at.file, position.line);
  Snippet n = {.shown = {.arena = t->arena}, .marks = {.arena = t->arena}};
  snippet_fill(&n, s, line, at);
  trim_right(&n.marks);
  trim_right(&n.shown);
  style_begin(t, STYLE_DIM, colors);
  text_printf(t, "%5u |", position.line);
  style_end(t, colors);
  if (n.shown.bytes.n) text_puts(t, " ");
  text_put(t, n.shown.bytes.items, n.shown.bytes.n);
  text_puts(t, "\n");
  style_begin(t, STYLE_DIM, colors);
  text_puts(t, "      |");
  style_end(t, colors);
  text_puts(t, " ");
  style_begin(t, style, colors);
  text_put(t, n.marks.bytes.items, n.marks.bytes.n);
  style_end(t, colors);
  text_puts(t, "\n");
}

/* ---- text ---- */

/* Names come from outside: one with control characters must not forge a line or
 * drive a terminal. */
static void render_path(Text *t, const char *path) {
  for (const char *p = path; *p; p++) {
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == 0x7f) text_printf(t, "\\x%02x", c);
    else text_put(t, p, 1);
  }
}

static void render_place(Text *t, SourceMap *sources, Span at, Colors colors) {
  const Source *s = source_get(sources, at.file);
  if (!s) return;
  LineColumn position = source_position(sources, at);
  style_begin(t, STYLE_PLACE, colors);
  render_path(t, s->path);
  text_printf(t, ":%u:%u: ", position.line, position.column);
  style_end(t, colors);
}

static void render_label(Text *t, Style style, const char *label, Colors colors) {
  style_begin(t, style, colors);
  text_puts(t, label);
  style_end(t, colors);
}

void diag_render_text(Text *t, SourceMap *sources, const DiagReport *r, Colors colors) {
  const DiagInfo *info = &diag_table[r->code];
  bool is_error = r->severity == SEVERITY_ERROR;
  Style style = is_error ? STYLE_ERROR : STYLE_WARNING;
  render_place(t, sources, r->at, colors);
  const char *label = arena_printf(t->arena, "%s[%s]: ", is_error ? "error" : "warning", info->code);
  render_label(t, style, label, colors);
  style_begin(t, STYLE_PLACE, colors);
  text_puts(t, r->message);
  style_end(t, colors);
  if (info->name) text_printf(t, " [-W%s%s]", is_error ? "error=" : "", info->name);
  text_puts(t, "\n");
  if (source_get(sources, r->at.file)) render_snippet(t, sources, r->at, style, colors);
  for (size_t i = 0; i < r->helps.n; i++) {
    render_label(t, STYLE_HELP, "help: ", colors);
    text_printf(t, "%s\n", r->helps.items[i]);
  }
  for (size_t i = 0; i < r->notes.n; i++) {
    const DiagNote *note = &r->notes.items[i];
    render_place(t, sources, note->at, colors);
    render_label(t, STYLE_NOTE, "note: ", colors);
    text_printf(t, "%s\n", note->message);
    if (source_get(sources, note->at.file))
      render_snippet(t, sources, note->at, STYLE_NOTE, colors);
  }
}

/* ---- JSON ---- */

static void json_string(Text *t, const char *s) {
  text_puts(t, "\"");
  unsigned n;
  for (const char *p = s, *end = s + strlen(s); p < end; p += n) {
    uint32_t c = utf8_decode(p, end, &n);
    if (c == UINT32_MAX) text_puts(t, "\\ufffd");
    else if (c == '"' || c == '\\') text_printf(t, "\\%c", (char)c);
    else if (c == '\n') text_puts(t, "\\n");
    else if (c < 0x20 || c == 0x7f) text_printf(t, "\\u%04x", c);
    else text_put(t, p, n);
  }
  text_puts(t, "\"");
}

static void json_member(Text *t, const char *key, const char *value) {
  text_printf(t, ",\"%s\":", key);
  json_string(t, value);
}

/* Members of a place, each with a comma before it; nothing for no place. */
static void json_place(Text *t, SourceMap *sources, Span at) {
  const Source *s = source_get(sources, at.file);
  if (!s) return;
  LineColumn start = source_position(sources, at);
  LineColumn end = source_position(sources, (Span){at.file, at.end, at.end});
  json_member(t, "file", s->path);
  text_printf(t, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", start.line,
              start.column, end.line, end.column);
  text_printf(t, ",\"start\":%u,\"end\":%u", at.start, at.end);
}

void diag_render_json(Text *t, SourceMap *sources, const DiagReport *r) {
  const DiagInfo *info = &diag_table[r->code];
  text_printf(t, "{\"severity\":\"%s\"", r->severity == SEVERITY_ERROR ? "error" : "warning");
  json_member(t, "code", info->code);
  if (info->name) json_member(t, "name", info->name);
  json_place(t, sources, r->at);
  json_member(t, "message", r->message);
  text_puts(t, ",\"help\":[");
  for (size_t i = 0; i < r->helps.n; i++) {
    if (i) text_puts(t, ",");
    json_string(t, r->helps.items[i]);
  }
  text_puts(t, "],\"notes\":[");
  for (size_t i = 0; i < r->notes.n; i++) {
    text_puts(t, i ? ",{\"severity\":\"note\"" : "{\"severity\":\"note\"");
    json_place(t, sources, r->notes.items[i].at);
    json_member(t, "message", r->notes.items[i].message);
    text_puts(t, "}");
  }
  text_puts(t, "]}\n");
}
