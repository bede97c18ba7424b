/* What every stage of the compiler stands on: arenas, vectors, names, sources,
 * spans, all on the allocator port.
 *
 * Memory: everything the front end makes lives in arenas and is dropped with
 * them. Out of memory anywhere in the compiler leaves through
 * `omni_die_memory` (exit 70, no output file).
 */
#ifndef OMNI_SUPPORT_H
#define OMNI_SUPPORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "omni/port.h"

/* ---- arena ---- */
typedef struct Arena Arena;
Arena *arena_new(const OmniPort *port);
void arena_free(Arena *a);
void *arena_alloc(Arena *a, size_t nbytes); /* zeroed, 16-byte aligned */
char *arena_copy(Arena *a, const char *bytes, size_t nbytes); /* adds a 0 */
char *arena_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
size_t arena_nbytes(const Arena *a); /* taken from the port */
const OmniPort *arena_port(const Arena *a);
#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

/* A growing array in an arena: VEC(T) v = {0}; VEC_PUSH(a, &v, x). */
#define VEC(T) struct { T *items; size_t n, capacity; }
#define VEC_PUSH(a, v, x)                                                              \
  do {                                                                                 \
    if ((v)->n == (v)->capacity)                                                       \
      (v)->items = vec_grow((a), (v)->items, &(v)->capacity, sizeof *(v)->items);      \
    (v)->items[(v)->n++] = (x);                                                        \
  } while (0)
void *vec_grow(Arena *a, void *items, size_t *capacity, size_t item_nbytes);

/* ---- names: one pointer per spelling ---- */
typedef struct Name {
  const char *bytes; /* UTF-8, ends in 0 */
  uint32_t nbytes, hash;
} Name;
typedef struct NameTable NameTable;
NameTable *names_new(Arena *a);
const Name *name_of(NameTable *t, const char *bytes, size_t nbytes);
const Name *name_cstr(NameTable *t, const char *s);

/* A map from pointers (names, nodes) to pointers, insertion order kept. */
typedef struct PtrMap PtrMap;
PtrMap *ptrmap_new(Arena *a);
void *ptrmap_get(const PtrMap *m, const void *key); /* NULL if absent */
void ptrmap_put(PtrMap *m, const void *key, void *value);
size_t ptrmap_count(const PtrMap *m);
void *ptrmap_at(const PtrMap *m, size_t i, const void **key); /* i-th put; key may be NULL */

/* ---- sources ---- */
typedef struct Span { /* bytes [start, end) of a file; file 0: no place */
  uint32_t file, start, end;
} Span;

typedef struct Source {
  const char *path;   /* as shown in messages and debug info */
  const char *bytes;  /* ends in 0, which is not counted */
  size_t nbytes;
  uint32_t *line_starts; /* byte offsets; filled on first use */
  size_t nlines;
} Source;

typedef struct SourceMap SourceMap;
SourceMap *sources_new(Arena *a);
/* Copies path and bytes; its file id, from 1. */
uint32_t source_add(SourceMap *m, const char *path, const char *bytes, size_t nbytes);
/* Another path from here on: what goes into the program may be mapped
 * (--map-path) where messages show the file as it was given. */
void source_rename(SourceMap *m, uint32_t file, const char *path);
const Source *source_get(const SourceMap *m, uint32_t file);
typedef struct LineColumn { uint32_t line, column; } LineColumn; /* 1-based, columns in code points */
LineColumn source_position(SourceMap *m, Span at);
/* The line (from 1) without its end; no place if there is none. */
Span source_line(SourceMap *m, uint32_t file, uint32_t line);
Span span_join(Span a, Span b); /* the smallest span with both; of two files: a */

_Noreturn void omni_die_memory(const char *what);

#endif
