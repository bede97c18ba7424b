/* Identity numbers: hashing an object by identity must not depend on where it
 * lies, since it may move and since runs must repeat.
 *
 * A number is given on first demand and kept in a side table by address. A
 * block that has numbered objects says so, and `move` takes the number along; a
 * block that is freed takes its numbers out. Units say so in their header.
 * Open addressing, linear probing, tombstones; the order in it decides nothing.
 */
#include "region.h"

#define EMPTY 0
#define TOMBSTONE 1
#define CAPACITY_MIN 64

static size_t home_of(const IdentityTable *x, OmniValue key) {
  uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(h >> 20) & (x->capacity - 1);
}

/* The slot of key, or capacity. */
static size_t find(const IdentityTable *x, OmniValue key) {
  if (!x->capacity) return 0;
  size_t mask = x->capacity - 1, i = home_of(x, key);
  for (; x->slots[i].key != EMPTY; i = (i + 1) & mask)
    if (x->slots[i].key == key) return i;
  return x->capacity;
}

static void insert(IdentityTable *x, OmniValue key, uint64_t id) {
  size_t mask = x->capacity - 1, i = home_of(x, key);
  while (x->slots[i].key > TOMBSTONE) i = (i + 1) & mask;
  if (x->slots[i].key == TOMBSTONE) x->dead--;
  x->slots[i].key = key;
  x->slots[i].id = id;
  x->used++;
}

static void make_room(OmniThread *t, IdentityTable *x) {
  if ((x->used + x->dead + 1) * 2 <= x->capacity) return;
  IdentityTable old = *x;
  size_t n = CAPACITY_MIN;
  while (n < (x->used + 1) * 4) n *= 2;
  x->slots = omni_port_alloc(t->rt->port, n * sizeof *x->slots);
  if (!x->slots) omni_error_memory(t, n * sizeof *x->slots);
  memset(x->slots, 0, n * sizeof *x->slots);
  x->capacity = n;
  x->used = x->dead = 0;
  for (size_t i = 0; i < old.capacity; i++)
    if (old.slots[i].key > TOMBSTONE) insert(x, old.slots[i].key, old.slots[i].id);
  if (old.slots) omni_port_free(t->rt->port, old.slots, old.capacity * sizeof *old.slots);
}

static void set_flag(OmniThread *t, OmniValue v) {
  if (omni_counted(t, v)) *rti_unit_header(v) |= UNIT_IDENTITY;
  else rti_block_of(v)->identities = true;
}

static void take_out(IdentityTable *x, size_t i) {
  x->slots[i].key = TOMBSTONE;
  x->used--;
  x->dead++;
}

uint64_t omni_identity(OmniThread *t, OmniValue v) {
  if (!omni_is_ref(v)) return v;
  IdentityTable *x = &t->rt->identity;
  size_t i = find(x, v);
  if (i < x->capacity) return x->slots[i].id;
  make_room(t, x);
  insert(x, v, ++x->next_id);
  set_flag(t, v);
  return x->next_id;
}

void rti_identity_move(OmniThread *t, OmniValue from, OmniValue to) {
  IdentityTable *x = &t->rt->identity;
  size_t i = find(x, from);
  if (i >= x->capacity) return;
  uint64_t id = x->slots[i].id;
  take_out(x, i);
  make_room(t, x);
  insert(x, to, id);
  set_flag(t, to);
}

void rti_identity_forget(OmniThread *t, OmniValue v) {
  IdentityTable *x = &t->rt->identity;
  size_t i = find(x, v);
  if (i < x->capacity) take_out(x, i);
}

/* Looks at every place in the block where an object could start; a run holds
 * one object, at its beginning. */
void rti_identity_forget_block(OmniThread *t, Block *b) {
  char *end = (char *)b + OMNI_BLOCK_NBYTES;
  for (char *p = (char *)(b + 1); p < end; p += 8) {
    rti_identity_forget(t, omni_pair(p));
    rti_identity_forget(t, omni_object(p));
  }
  b->identities = false;
}

void rti_identity_finish(OmniRuntime *rt) {
  IdentityTable *x = &rt->identity;
  if (x->slots) omni_port_free(rt->port, x->slots, x->capacity * sizeof *x->slots);
  *x = (IdentityTable){0};
}
