/* The stack of work and the address map of work.h. */
#include "work.h"

void work_open(Work *w, OmniThread *t) {
  w->t = t;
  w->items = w->few;
  w->n = 0;
  w->capacity = WORK_FEW;
}

void work_grow(Work *w) {
  size_t nbytes = w->capacity * sizeof *w->items;
  if (w->items == w->few) {
    w->items = rti_allocate(w->t, nbytes * 2);
    memcpy(w->items, w->few, nbytes);
  } else {
    w->items = rti_reallocate(w->t, w->items, nbytes, nbytes * 2);
  }
  w->capacity *= 2;
}

void work_close(Work *w) {
  if (w->items != w->few) rti_release(w->t, w->items, w->capacity * sizeof *w->items);
}

/* ---- address map: open addressing, at most half full ---- */

#define MAP_MIN 256

static AddressEntry *map_slot(const AddressMap *m, OmniValue key) {
  size_t mask = m->capacity - 1;
  size_t i = (size_t)((key >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
  while (m->entries[i].key != 0 && m->entries[i].key != key) i = (i + 1) & mask;
  return &m->entries[i];
}

static void map_grow(AddressMap *m) {
  AddressMap larger = {.t = m->t, .n = m->n, .capacity = m->capacity ? m->capacity * 2 : MAP_MIN};
  larger.entries = rti_allocate(m->t, larger.capacity * sizeof *larger.entries);
  memset(larger.entries, 0, larger.capacity * sizeof *larger.entries);
  for (size_t i = 0; i < m->capacity; i++)
    if (m->entries[i].key != 0) *map_slot(&larger, m->entries[i].key) = m->entries[i];
  address_map_free(m);
  *m = larger;
}

uint64_t *address_map_at(AddressMap *m, OmniValue key, uint64_t number) {
  if (m->n >= m->capacity / 2) map_grow(m);
  AddressEntry *e = map_slot(m, key);
  if (e->key == 0) {
    *e = (AddressEntry){key, number};
    m->n++;
  }
  return &e->number;
}

uint64_t *address_map_find(const AddressMap *m, OmniValue key) {
  if (m->capacity == 0) return NULL;
  AddressEntry *e = map_slot(m, key);
  return e->key == 0 ? NULL : &e->number;
}

void address_map_free(AddressMap *m) {
  rti_release(m->t, m->entries, m->capacity * sizeof *m->entries);
  m->entries = NULL;
  m->n = m->capacity = 0;
}
