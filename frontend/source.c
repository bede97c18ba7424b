/* Source files and places in them.
 *
 * A file's text is copied in and gets a number from 1. Lines are found on the
 * first question about them. Columns count code points, which means walking
 * the line; the last answer is kept, so that asking for places in rising order
 * (as debug info does) costs a file's length in all, even when the file is one
 * enormous line.
 */
#include <string.h>

#include "support.h"

struct SourceMap {
  Arena *arena;
  VEC(Source *) files;
  /* last answer of source_position; file 0: none */
  uint32_t last_file, last_offset;
  LineColumn last;
};

SourceMap *sources_new(Arena *a) {
  SourceMap *m = ARENA_NEW(a, SourceMap);
  m->arena = a;
  return m;
}

uint32_t source_add(SourceMap *m, const char *path, const char *bytes, size_t nbytes) {
  Source *s = ARENA_NEW(m->arena, Source);
  s->path = arena_copy(m->arena, path, strlen(path));
  s->bytes = arena_copy(m->arena, bytes, nbytes);
  s->nbytes = nbytes;
  VEC_PUSH(m->arena, &m->files, s);
  return (uint32_t)m->files.n;
}

void source_rename(SourceMap *m, uint32_t file, const char *path) {
  m->files.items[file - 1]->path = arena_copy(m->arena, path, strlen(path));
}

const Source *source_get(const SourceMap *m, uint32_t file) {
  return file && file <= m->files.n ? m->files.items[file - 1] : NULL;
}

static void find_lines(Arena *a, Source *s) {
  VEC(uint32_t) starts = {0};
  VEC_PUSH(a, &starts, 0);
  const char *end = s->bytes + s->nbytes, *p = s->bytes;
  while ((p = memchr(p, '\n', (size_t)(end - p)))) VEC_PUSH(a, &starts, (uint32_t)(++p - s->bytes));
  s->line_starts = starts.items;
  s->nlines = starts.n;
}

/* index of the last line that starts at or before offset */
static size_t line_index(const Source *s, uint32_t offset) {
  size_t low = 0, high = s->nlines;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (s->line_starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return low;
}

static uint32_t count_code_points(const char *bytes, uint32_t start, uint32_t end) {
  uint32_t n = 0;
  for (uint32_t i = start; i < end; i++) n += ((unsigned char)bytes[i] & 0xc0) != 0x80;
  return n;
}

LineColumn source_position(SourceMap *m, Span at) {
  if (!at.file || at.file > m->files.n) return (LineColumn){0, 0};
  Source *s = m->files.items[at.file - 1];
  if (!s->line_starts) find_lines(m->arena, s);
  uint32_t offset = at.start <= s->nbytes ? at.start : (uint32_t)s->nbytes;
  size_t line = line_index(s, offset);
  LineColumn position = {(uint32_t)line + 1, 1};
  uint32_t from = s->line_starts[line];
  if (m->last_file == at.file && m->last.line == position.line && m->last_offset <= offset) {
    from = m->last_offset;
    position.column = m->last.column;
  }
  position.column += count_code_points(s->bytes, from, offset);
  m->last_file = at.file;
  m->last_offset = offset;
  m->last = position;
  return position;
}

Span source_line(SourceMap *m, uint32_t file, uint32_t line) {
  Source *s = file && file <= m->files.n ? m->files.items[file - 1] : NULL;
  if (!s) return (Span){0, 0, 0};
  if (!s->line_starts) find_lines(m->arena, s);
  if (!line || line > s->nlines) return (Span){0, 0, 0};
  uint32_t start = s->line_starts[line - 1];
  uint32_t end = line < s->nlines ? s->line_starts[line] - 1 : (uint32_t)s->nbytes;
  if (end > start && s->bytes[end - 1] == '\r') end--;
  return (Span){file, start, end};
}

Span span_join(Span a, Span b) {
  if (!a.file) return b;
  if (!b.file || b.file != a.file) return a;
  return (Span){a.file, a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}
