/* What walks over graphs of values stand on: a stack of work in place of the C
 * stack, and a map from objects to numbers. Both live for one operation (nothing
 * moves in the meantime, so addresses serve as keys) and on the port.
 */
#ifndef OMNI_WORK_H
#define OMNI_WORK_H

#include "values.h"

typedef struct WorkItem {
  OmniValue a, b;
  size_t i;
} WorkItem;

/* The first items stand in the struct: shallow values cost no allocation. */
#define WORK_FEW 32
typedef struct Work {
  OmniThread *t;
  WorkItem *items;
  size_t n, capacity;
  WorkItem few[WORK_FEW];
} Work;
void work_open(Work *w, OmniThread *t);
void work_grow(Work *w);
void work_close(Work *w);
static inline void work_push(Work *w, OmniValue a, OmniValue b, size_t i) {
  if (w->n == w->capacity) work_grow(w);
  w->items[w->n++] = (WorkItem){a, b, i};
}
static inline WorkItem *work_top(Work *w) { return &w->items[w->n - 1]; }

typedef struct AddressEntry {
  OmniValue key; /* 0: free */
  uint64_t number;
} AddressEntry;
typedef struct AddressMap {
  OmniThread *t;
  AddressEntry *entries;
  size_t n, capacity; /* a power of two, or 0 */
} AddressMap;
/* The key's number, made with the given one if it has none. Valid until the
 * next call. */
uint64_t *address_map_at(AddressMap *m, OmniValue key, uint64_t number);
uint64_t *address_map_find(const AddressMap *m, OmniValue key); /* NULL if absent */
void address_map_free(AddressMap *m);

#endif
