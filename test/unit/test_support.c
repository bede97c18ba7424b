/* Arenas, vectors, names, pointer maps and sources. */
#include "check.h"
#include "support.h"

static Arena *fresh(void) { return arena_new(omni_port_system_borrowed()); }

static void arena_memory_is_clear_aligned_and_separate(void) {
  Arena *a = fresh();
  unsigned char *blocks[300];
  for (size_t i = 0; i < 300; i++) {
    size_t nbytes = i * 37 % 5000 + 1;
    blocks[i] = arena_alloc(a, nbytes);
    CHECK((uintptr_t)blocks[i] % 16 == 0);
    for (size_t k = 0; k < nbytes; k++) CHECK(blocks[i][k] == 0);
    memset(blocks[i], (int)i, nbytes);
  }
  for (size_t i = 0; i < 300; i++) CHECK(blocks[i][i * 37 % 5000] == (unsigned char)i);
  arena_free(a);
}

static void arena_takes_large_and_empty_requests(void) {
  Arena *a = fresh();
  char *large = arena_alloc(a, 9 << 20), *small = arena_alloc(a, 0);
  CHECK(large[0] == 0 && large[(9 << 20) - 1] == 0);
  CHECK(small != NULL);
  CHECK(arena_nbytes(a) >= 9 << 20);
  CHECK(!strcmp(arena_copy(a, "abc", 2), "ab"));
  CHECK(!strcmp(arena_printf(a, "%d-%s", 7, "x"), "7-x"));
  arena_free(a);
  arena_free(NULL);
}

static void arena_returns_everything(void) {
  OmniPort *port = omni_port_tracing_owned(omni_port_system_borrowed());
  Arena *a = arena_new(port);
  VEC(uint64_t) v = {0};
  for (uint64_t i = 0; i < 1000000; i++) {
    VEC_PUSH(a, &v, i);
    if (i % 50000 == 0) arena_alloc(a, 2 << 20);
  }
  CHECK(port->outstanding(port->ctx) == arena_nbytes(a));
  arena_free(a);
  CHECK(port->outstanding(port->ctx) == 0);
  omni_port_destroy(port);
}

static void vectors_keep_their_items_while_they_grow(void) {
  Arena *a = fresh();
  VEC(uint32_t) v = {0}, w = {0}; /* two, so that neither is always last */
  for (uint32_t i = 0; i < 700000; i++) {
    VEC_PUSH(a, &v, i);
    if (i % 3 == 0) VEC_PUSH(a, &w, ~i);
  }
  CHECK(v.n == 700000 && w.n == 233334);
  bool kept = true;
  for (uint32_t i = 0; i < v.n; i++) kept = kept && v.items[i] == i;
  for (uint32_t i = 0; i < w.n; i++) kept = kept && w.items[i] == ~(i * 3);
  CHECK(kept);
  arena_free(a);
}

static void a_spelling_has_one_name(void) {
  Arena *a = fresh();
  NameTable *t = names_new(a);
  const Name *first = name_cstr(t, "first");
  char text[32];
  for (int i = 0; i < 20000; i++) {
    snprintf(text, sizeof text, "name-%d", i);
    CHECK(name_cstr(t, text) == name_of(t, text, strlen(text)));
  }
  CHECK(name_cstr(t, "first") == first);
  CHECK(!strcmp(first->bytes, "first") && first->nbytes == 5);
  CHECK(name_of(t, "a\0b", 3) != name_of(t, "a", 1));
  CHECK(name_of(t, "", 0) == name_cstr(t, ""));
  arena_free(a);
}

static void pointer_maps_remember_keys_in_order(void) {
  Arena *a = fresh();
  PtrMap *m = ptrmap_new(a);
  static char keys[5000];
  CHECK(ptrmap_get(m, keys) == NULL);
  for (size_t i = 0; i < 5000; i++) ptrmap_put(m, &keys[i], &keys[4999 - i]);
  ptrmap_put(m, &keys[7], keys);
  CHECK(ptrmap_count(m) == 5000);
  CHECK(ptrmap_get(m, &keys[7]) == keys);
  CHECK(ptrmap_get(m, &keys[8]) == &keys[4991]);
  const void *key;
  CHECK(ptrmap_at(m, 4999, &key) == keys && key == &keys[4999]);
  CHECK(ptrmap_get(m, &key) == NULL);
  arena_free(a);
}

static bool is_at(SourceMap *m, uint32_t file, uint32_t offset, uint32_t line, uint32_t column) {
  LineColumn p = source_position(m, (Span){file, offset, offset});
  return p.line == line && p.column == column;
}

static void positions_count_lines_and_code_points(void) {
  Arena *a = fresh();
  SourceMap *m = sources_new(a);
  const char *text = "ab\nλ名x\r\n\nend";
  uint32_t f = source_add(m, "f.omni", text, strlen(text));
  CHECK(f == 1);
  CHECK(is_at(m, f, 0, 1, 1));
  CHECK(is_at(m, f, 2, 1, 3));
  CHECK(is_at(m, f, 3, 2, 1));
  CHECK(is_at(m, f, 8, 2, 3));
  CHECK(is_at(m, f, 5, 2, 2)); /* backwards again */
  CHECK(is_at(m, f, 11, 3, 1));
  CHECK(is_at(m, f, 15, 4, 4));
  CHECK(is_at(m, f, 99, 4, 4));
  CHECK(is_at(m, 0, 0, 0, 0) && is_at(m, 7, 0, 0, 0));
  Span line = source_line(m, f, 2);
  CHECK(line.start == 3 && line.end == 9); /* without CR LF */
  CHECK(source_line(m, f, 4).end == 15 && source_line(m, f, 5).file == 0);
  arena_free(a);
}

static void sources_are_copied_and_end_in_zero(void) {
  Arena *a = fresh();
  SourceMap *m = sources_new(a);
  char text[] = {'a', 'b', 'c'};
  uint32_t f = source_add(m, "f", text, 3);
  text[0] = 'x';
  CHECK(!strcmp(source_get(m, f)->bytes, "abc") && source_get(m, f)->nbytes == 3);
  CHECK(source_get(m, 0) == NULL && source_get(m, 2) == NULL);
  uint32_t empty = source_add(m, "e", NULL, 0);
  CHECK(is_at(m, empty, 0, 1, 1));
  arena_free(a);
}

static void spans_join(void) {
  Span a = {1, 5, 9}, b = {1, 2, 6}, other = {2, 0, 1}, none = {0, 0, 0};
  CHECK(span_join(a, b).start == 2 && span_join(a, b).end == 9);
  CHECK(span_join(a, other).start == 5 && span_join(a, none).end == 9);
  CHECK(span_join(none, b).start == 2);
}

static const Test tests[] = {
    {"arena_memory_is_clear_aligned_and_separate", arena_memory_is_clear_aligned_and_separate},
    {"arena_takes_large_and_empty_requests", arena_takes_large_and_empty_requests},
    {"arena_returns_everything", arena_returns_everything},
    {"vectors_keep_their_items_while_they_grow", vectors_keep_their_items_while_they_grow},
    {"a_spelling_has_one_name", a_spelling_has_one_name},
    {"pointer_maps_remember_keys_in_order", pointer_maps_remember_keys_in_order},
    {"positions_count_lines_and_code_points", positions_count_lines_and_code_points},
    {"sources_are_copied_and_end_in_zero", sources_are_copied_and_end_in_zero},
    {"spans_join", spans_join},
};

int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
