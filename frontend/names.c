/* Names and the map from pointers to pointers.
 *
 * Both are open-addressing tables of 32-bit indexes into an array of entries
 * (index 0: free), kept at most three quarters full, with linear probing. The
 * entries stay in the order they came, so whatever walks them is deterministic
 * from run to run although addresses are not. Nothing is ever removed.
 */
#include <string.h>

#include "support.h"

enum { TABLE_MIN_SLOTS = 64 };

typedef struct Slots {
  uint32_t *at; /* entry index + 1, or 0 */
  size_t nslots; /* power of two, or 0 before the first entry */
} Slots;

static bool slots_full(const Slots *s, size_t nentries) {
  return (nentries + 1) * 4 > s->nslots * 3;
}

static void slots_double(Arena *a, Slots *s) {
  s->nslots = s->nslots ? s->nslots * 2 : TABLE_MIN_SLOTS;
  s->at = ARENA_ARRAY(a, uint32_t, s->nslots);
}

static void slots_insert(Slots *s, uint32_t hash, size_t entry) {
  size_t mask = s->nslots - 1, i = hash & mask;
  while (s->at[i]) i = (i + 1) & mask;
  if (entry >= UINT32_MAX) omni_die_memory("table");
  s->at[i] = (uint32_t)entry + 1;
}

/* ---- names ---- */

struct NameTable {
  Arena *arena;
  Slots slots;
  VEC(Name *) names;
};

static uint32_t hash_bytes(const char *bytes, size_t nbytes) {
  uint32_t h = 2166136261u; /* FNV-1a */
  for (size_t i = 0; i < nbytes; i++) h = (h ^ (unsigned char)bytes[i]) * 16777619u;
  return h ^ (h >> 15);
}

NameTable *names_new(Arena *a) {
  NameTable *t = ARENA_NEW(a, NameTable);
  t->arena = a;
  return t;
}

static void names_grow(NameTable *t) {
  slots_double(t->arena, &t->slots);
  for (size_t i = 0; i < t->names.n; i++)
    slots_insert(&t->slots, t->names.items[i]->hash, i);
}

const Name *name_of(NameTable *t, const char *bytes, size_t nbytes) {
  if (nbytes > UINT32_MAX) omni_die_memory("name");
  if (slots_full(&t->slots, t->names.n)) names_grow(t);
  uint32_t hash = hash_bytes(bytes, nbytes);
  size_t mask = t->slots.nslots - 1;
  for (size_t i = hash & mask; t->slots.at[i]; i = (i + 1) & mask) {
    const Name *name = t->names.items[t->slots.at[i] - 1];
    if (name->hash == hash && name->nbytes == nbytes && !memcmp(name->bytes, bytes, nbytes))
      return name;
  }
  Name *name = ARENA_NEW(t->arena, Name);
  *name = (Name){arena_copy(t->arena, bytes, nbytes), (uint32_t)nbytes, hash};
  slots_insert(&t->slots, hash, t->names.n);
  VEC_PUSH(t->arena, &t->names, name);
  return name;
}

const Name *name_cstr(NameTable *t, const char *s) { return name_of(t, s, strlen(s)); }

/* ---- pointer map ---- */

typedef struct PtrEntry {
  const void *key;
  void *value;
} PtrEntry;

struct PtrMap {
  Arena *arena;
  Slots slots;
  VEC(PtrEntry) entries;
};

static uint32_t hash_pointer(const void *p) {
  uint64_t h = (uint64_t)(uintptr_t)p * 0x9e3779b97f4a7c15u;
  return (uint32_t)(h >> 32);
}

PtrMap *ptrmap_new(Arena *a) {
  PtrMap *m = ARENA_NEW(a, PtrMap);
  m->arena = a;
  return m;
}

static PtrEntry *ptrmap_find(const PtrMap *m, const void *key) {
  if (!m->slots.nslots) return NULL;
  size_t mask = m->slots.nslots - 1;
  for (size_t i = hash_pointer(key) & mask; m->slots.at[i]; i = (i + 1) & mask) {
    PtrEntry *e = &m->entries.items[m->slots.at[i] - 1];
    if (e->key == key) return e;
  }
  return NULL;
}

void *ptrmap_get(const PtrMap *m, const void *key) {
  const PtrEntry *e = ptrmap_find(m, key);
  return e ? e->value : NULL;
}

static void ptrmap_expand(PtrMap *m) {
  slots_double(m->arena, &m->slots);
  for (size_t i = 0; i < m->entries.n; i++)
    slots_insert(&m->slots, hash_pointer(m->entries.items[i].key), i);
}

void ptrmap_put(PtrMap *m, const void *key, void *value) {
  PtrEntry *e = ptrmap_find(m, key);
  if (e) {
    e->value = value;
    return;
  }
  if (slots_full(&m->slots, m->entries.n)) ptrmap_expand(m);
  slots_insert(&m->slots, hash_pointer(key), m->entries.n);
  VEC_PUSH(m->arena, &m->entries, ((PtrEntry){key, value}));
}

size_t ptrmap_count(const PtrMap *m) { return m->entries.n; }

void *ptrmap_at(const PtrMap *m, size_t i, const void **key) {
  if (key) *key = m->entries.items[i].key;
  return m->entries.items[i].value;
}
