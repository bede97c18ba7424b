/* Fuzz target: bytes as a source file through the reader.
 *
 * Beyond not crashing: every span lies in the file and in the span of what it
 * is part of; a file with error datums has errors; a file without errors,
 * printed and read again, gives equal datums without errors. Diagnostics are
 * rendered in both formats, so that hostile text goes through that as well.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datum.h"

static void fail(const char *what) {
  fprintf(stderr, "fuzz_reader: %s\n", what);
  abort();
}

typedef struct Reading {
  Arena *arena;
  SourceMap *sources;
  Diag *diag;
  ReadResult result;
} Reading;

static Reading read_bytes(const char *bytes, size_t n, DiagFormat format) {
  Arena *a = arena_new(omni_port_system_borrowed());
  DiagOptions options = {.color = COLOR_ALWAYS, .format = format};
  SourceMap *sources = sources_new(a);
  Diag *diag = diag_new(a, sources, &options);
  uint32_t file = source_add(sources, "fuzz.omni", bytes, n);
  return (Reading){a, sources, diag, read_source(a, names_new(a), diag, sources, file)};
}

static void check_spans(const Datum *d, Span outer, bool *has_error) {
  if (d->span.file != outer.file || d->span.start > d->span.end) fail("bad span");
  if (d->span.start < outer.start || d->span.end > outer.end) fail("span outside its parent");
  *has_error |= d->kind == DATUM_ERROR;
  for (uint32_t i = 0; i < d->n; i++)
    if (d->items[i]) check_spans(d->items[i], d->span, has_error);
    else if (d->kind != DATUM_TAG || i != 1) fail("missing item");
  if (d->tail) check_spans(d->tail, d->span, has_error);
}

static bool same_bytes(const char *a, size_t na, const char *b, size_t nb) {
  return na == nb && !memcmp(a, b, na);
}

static bool same_number(double a, double b) { return !memcmp(&a, &b, sizeof a) || (a != a && b != b); }

static bool same(const Datum *a, const Datum *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->n != b->n || a->keyword != b->keyword) return false;
  switch (a->kind) {
  case DATUM_SYMBOL:
    if (!same_bytes(a->name->bytes, a->name->nbytes, b->name->bytes, b->name->nbytes)) return false;
    break;
  case DATUM_INT:
    if (!a->digits != !b->digits || (a->digits && strcmp(a->digits, b->digits))) return false;
    break;
  case DATUM_STRING:
    if (!same_bytes(a->text, a->nbytes, b->text, b->nbytes)) return false;
    break;
  default: break;
  }
  if (a->integer != b->integer || a->codepoint != b->codepoint) return false;
  if (!same_number(a->number, b->number)) return false;
  for (uint32_t i = 0; i < a->n; i++)
    if (!same(a->items[i], b->items[i])) return false;
  return same(a->tail, b->tail);
}

static char *print_all(ReadResult r, size_t *n) {
  char *text;
  FILE *to = open_memstream(&text, n);
  for (size_t i = 0; i < r.n; i++) {
    datum_print(to, r.forms[i]);
    fputc('\n', to);
  }
  fclose(to);
  return text;
}

static void check_reads_back(ReadResult first) {
  size_t n;
  char *text = print_all(first, &n);
  Reading again = read_bytes(text, n, DIAG_TEXT);
  if (diag_error_count(again.diag)) {
    fputs(text, stderr);
    diag_flush(again.diag);
    fail("what was printed has errors");
  }
  bool equal = again.result.n == first.n;
  for (size_t i = 0; equal && i < first.n; i++) equal = same(first.forms[i], again.result.forms[i]);
  if (!equal) {
    fputs(text, stderr);
    fail("what was printed reads as something else");
  }
  arena_free(again.arena);
  free(text);
}

static void render(Diag *d) {
  char *text;
  size_t n;
  FILE *to = open_memstream(&text, &n);
  diag_flush_to(d, to);
  fclose(to);
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  DiagFormat format = size % 2 ? DIAG_TEXT : DIAG_JSON;
  Reading r = read_bytes((const char *)data, size, format);
  bool has_error = false;
  Span all = {1, 0, (uint32_t)size};
  for (size_t i = 0; i < r.result.n; i++) check_spans(r.result.forms[i], all, &has_error);
  bool reported = diag_error_count(r.diag) > 0;
  if (has_error && !reported) fail("an error datum without an error");
  if (!reported) check_reads_back(r.result);
  render(r.diag);
  arena_free(r.arena);
  return 0;
}
