/* Arenas and the vectors that grow in them.
 *
 * An arena is a list of chunks from the allocator port, each twice the size of
 * the one before it up to CHUNK_MAX, so that a small program costs little and a
 * big one few calls. Allocation moves a cursor; nothing is freed singly. A
 * request that would waste much of a new chunk gets one of its own, and the
 * current one stays in use; above LARGE that is always so.
 *
 * Vectors are mostly filled one at a time: the last allocation of a chunk can
 * grow where it stands, and a large one, alone in its chunk, is reallocated, so
 * that no trail of outgrown copies is left.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum {
  ALIGN = 16,
  CHUNK_MIN = 16 << 10,
  CHUNK_MAX = 4 << 20,
  LARGE = CHUNK_MAX / 4,
  VEC_MIN_CAPACITY = 8,
  EXIT_INTERNAL = 70,
};

typedef struct Chunk Chunk;
struct Chunk {
  Chunk *older, *newer;
  size_t nbytes; /* with this header */
};

struct Arena {
  const OmniPort *port;
  Chunk *chunks;
  char *cursor, *limit;   /* free part of the current chunk */
  size_t next_chunk;      /* size of the next ordinary chunk, bytes */
  size_t nbytes;          /* taken from the port, this struct included */
};

_Noreturn void omni_die_memory(const char *what) {
  fprintf(stderr, "omni: out of memory (%s)\n", what);
  exit(EXIT_INTERNAL);
}

static size_t round_up(size_t nbytes) {
  if (nbytes > SIZE_MAX - ALIGN - sizeof(Chunk) - ALIGN) omni_die_memory("size overflow");
  return (nbytes + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

Arena *arena_new(const OmniPort *port) {
  Arena *a = omni_port_alloc(port, sizeof *a);
  if (!a) omni_die_memory("arena");
  *a = (Arena){.port = port, .next_chunk = CHUNK_MIN, .nbytes = sizeof *a};
  return a;
}

void arena_free(Arena *a) {
  if (!a) return;
  for (Chunk *c = a->chunks, *older; c; c = older) {
    older = c->older;
    omni_port_free(a->port, c, c->nbytes);
  }
  omni_port_free(a->port, a, sizeof *a);
}

static char *chunk_start(Chunk *c) { return (char *)c + round_up(sizeof *c); }

static Chunk *chunk_add(Arena *a, size_t nbytes) {
  Chunk *c = omni_port_alloc(a->port, nbytes);
  if (!c) omni_die_memory("arena chunk");
  *c = (Chunk){.older = a->chunks, .nbytes = nbytes};
  if (c->older) c->older->newer = c;
  a->chunks = c;
  a->nbytes += nbytes;
  return c;
}

/* nbytes is rounded; returns memory that is not cleared */
static void *alloc_slow(Arena *a, size_t nbytes) {
  size_t header = round_up(sizeof(Chunk));
  if (nbytes > a->next_chunk / 4) return chunk_start(chunk_add(a, header + nbytes));
  Chunk *c = chunk_add(a, a->next_chunk);
  if (a->next_chunk < CHUNK_MAX) a->next_chunk *= 2;
  a->cursor = chunk_start(c) + nbytes;
  a->limit = (char *)c + c->nbytes;
  return chunk_start(c);
}

static void *alloc_raw(Arena *a, size_t nbytes) {
  nbytes = round_up(nbytes ? nbytes : 1);
  if (nbytes > LARGE || (size_t)(a->limit - a->cursor) < nbytes) return alloc_slow(a, nbytes);
  char *p = a->cursor;
  a->cursor += nbytes;
  return p;
}

void *arena_alloc(Arena *a, size_t nbytes) { return memset(alloc_raw(a, nbytes), 0, nbytes); }

char *arena_copy(Arena *a, const char *bytes, size_t nbytes) {
  char *copy = alloc_raw(a, nbytes + 1);
  if (nbytes) memcpy(copy, bytes, nbytes);
  copy[nbytes] = 0;
  return copy;
}

char *arena_printf(Arena *a, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *s = arena_vprintf(a, format, args);
  va_end(args);
  return s;
}

char *arena_vprintf(Arena *a, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (n < 0) omni_die_memory("formatting");
  char *s = alloc_raw(a, (size_t)n + 1);
  vsnprintf(s, (size_t)n + 1, format, args);
  return s;
}

size_t arena_nbytes(const Arena *a) { return a->nbytes; }

const OmniPort *arena_port(const Arena *a) { return a->port; }

/* Grows the last allocation where it stands, or answers false. */
static bool grow_in_place(Arena *a, void *items, size_t old_nbytes, size_t new_nbytes) {
  size_t old = round_up(old_nbytes), new = round_up(new_nbytes);
  if (!items || new > LARGE || (char *)items + old != a->cursor) return false;
  if ((size_t)(a->limit - a->cursor) < new - old) return false;
  a->cursor += new - old;
  return true;
}

/* Grows an allocation above LARGE, which has a chunk of its own. */
static void *grow_large(Arena *a, void *items, size_t new_nbytes) {
  Chunk *c = (Chunk *)((char *)items - round_up(sizeof *c));
  size_t old_nbytes = c->nbytes, nbytes = round_up(sizeof *c) + round_up(new_nbytes);
  c = a->port->reallocate(a->port->ctx, c, old_nbytes, nbytes);
  if (!c) omni_die_memory("vector");
  c->nbytes = nbytes;
  a->nbytes += nbytes - old_nbytes;
  if (c->older) c->older->newer = c;
  if (c->newer) c->newer->older = c;
  else a->chunks = c;
  return chunk_start(c);
}

void *vec_grow(Arena *a, void *items, size_t *capacity, size_t item_nbytes) {
  size_t old = *capacity, new = old ? old * 2 : VEC_MIN_CAPACITY;
  if (new > SIZE_MAX / 2 / item_nbytes) omni_die_memory("vector");
  *capacity = new;
  char *to = items;
  if (round_up(old * item_nbytes) > LARGE) {
    to = grow_large(a, items, new * item_nbytes);
  } else if (!grow_in_place(a, items, old * item_nbytes, new * item_nbytes)) {
    to = alloc_raw(a, new * item_nbytes);
    if (old) memcpy(to, items, old * item_nbytes);
  }
  memset(to + old * item_nbytes, 0, (new - old) * item_nbytes);
  return to;
}
