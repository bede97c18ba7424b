/* Units: regions of one object, each with its own count.
 *
 * Small ones lie in slabs of one block, cut into cells of one size; the sizes
 * are fractions of a slab, so that little is left over. A larger one has a run
 * of blocks of its own, with the same header, so that the slab of any unit is a
 * mask away. The word before an object is its unit header (memory_inline.h); a
 * free cell has header 0 and the next free cell in the word after it.
 *
 *   Slab  header | cell: unit header, object | cell ...
 *
 * Releasing walks what dies with an explicit work list. An item is a unit and
 * the slot to look at next; a unit is freed before its last child is followed,
 * so a chain needs one item however long it is. A unit that an escape list
 * still names (weak count) keeps its cell, its slots holding nothing, until the
 * entry goes.
 */
#include "region.h"

struct Slab {
  Slab *next_partial, *prev_partial; /* in units.partial, while a cell is free */
  Slab *next, *prev;                 /* in units.slabs or units.runs */
  uint64_t *free;                    /* cells that came back */
  char *fresh;                       /* cells from here on were never used */
  uint32_t used, size_class;
  size_t nblocks;
};

#define SLAB_WORDS ((OMNI_BLOCK_NBYTES - sizeof(Slab)) / 8)

/* cell sizes in words, unit header included; the last ones divide a slab of
 * 32 KiB by 25, 20, 16, 12, 10, 8, 6, 4, 3 and 2 */
static const uint16_t cell_words[UNIT_RUN] = {
    3,  4,  5,  6,  7,  8,   10,  12,  14,  16,  20,  24,  28,  32,   40,  48,
    56, 64, 80, 96, 127, 163, 204, 255, 340, 408, 510, 680, 1020, 1360, 2040};

static unsigned class_of(size_t nwords) {
  size_t most = SLAB_WORDS / 2;
  if (nwords > most) return UNIT_RUN;
  unsigned k = nwords > 48 ? 16 : nwords > 16 ? 10 : nwords > 8 ? 6 : 0;
  while (k < UNIT_RUN && cell_words[k] < nwords) k++;
  return k < UNIT_RUN && cell_words[k] <= most ? k : UNIT_RUN;
}

static Slab *slab_of(const uint64_t *h) {
  return (Slab *)((uintptr_t)h & ~(uintptr_t)(OMNI_BLOCK_NBYTES - 1));
}

static void list_add(Slab **head, Slab *s) {
  s->prev = NULL;
  s->next = *head;
  if (s->next) s->next->prev = s;
  *head = s;
}

static void list_remove(Slab **head, Slab *s) {
  if (s->prev) s->prev->next = s->next;
  else *head = s->next;
  if (s->next) s->next->prev = s->prev;
}

static void partial_add(Units *u, Slab *s) {
  Slab **head = &u->partial[s->size_class];
  s->prev_partial = NULL;
  s->next_partial = *head;
  if (s->next_partial) s->next_partial->prev_partial = s;
  *head = s;
}

static void partial_remove(Units *u, Slab *s) {
  if (s->prev_partial) s->prev_partial->next_partial = s->next_partial;
  else u->partial[s->size_class] = s->next_partial;
  if (s->next_partial) s->next_partial->prev_partial = s->prev_partial;
}

/* ---- cells ---- */

static Slab *slab_new(OmniThread *t, unsigned size_class, size_t nblocks) {
  Units *u = &t->rt->units;
  Slab *s = rti_space_take(&u->space, nblocks);
  if (!s) omni_error_memory(t, nblocks << OMNI_BLOCK_SHIFT);
  *s = (Slab){.size_class = size_class, .fresh = (char *)(s + 1), .nblocks = nblocks};
  list_add(size_class == UNIT_RUN ? &u->runs : &u->slabs, s);
  return s;
}

static size_t cell_nbytes(const Slab *s) { return cell_words[s->size_class] * (size_t)8; }

size_t rti_unit_nbytes(OmniValue v) {
  const Slab *s = slab_of(rti_unit_header(v));
  return s->size_class == UNIT_RUN ? s->nblocks << OMNI_BLOCK_SHIFT : cell_nbytes(s);
}

static bool slab_full(const Slab *s) {
  return !s->free && s->fresh + cell_nbytes(s) > (const char *)s + OMNI_BLOCK_NBYTES;
}

static uint64_t *cell_take(OmniThread *t, unsigned size_class) {
  Units *u = &t->rt->units;
  Slab *s = u->partial[size_class];
  if (OMNI_UNLIKELY(!s)) {
    s = slab_new(t, size_class, 1);
    partial_add(u, s);
  }
  uint64_t *h = s->free;
  if (h) {
    RTI_OPEN(h, cell_nbytes(s));
    s->free = (uint64_t *)(uintptr_t)h[1];
  } else {
    h = (uint64_t *)(void *)s->fresh;
    s->fresh += cell_nbytes(s);
  }
  s->used++;
  if (slab_full(s)) partial_remove(u, s);
  return h;
}

static void slab_free(Units *u, Slab *s) {
  list_remove(s->size_class == UNIT_RUN ? &u->runs : &u->slabs, s);
  rti_space_give(&u->space, s, s->nblocks);
}

static void cell_give(OmniThread *t, uint64_t *h) {
  Units *u = &t->rt->units;
  Slab *s = slab_of(h);
  t->rt->stats.unit_bytes -= rti_unit_nbytes(omni_object(h + 1));
  if (s->size_class == UNIT_RUN) {
    slab_free(u, s);
    return;
  }
  bool was_full = slab_full(s);
  if (OMNI_UNLIKELY(t->rt->stress.poison)) memset(h, RTI_BYTE_FREED, cell_nbytes(s));
  h[0] = 0;
  h[1] = (uint64_t)(uintptr_t)s->free;
  s->free = h;
  RTI_CLOSE(h + 2, cell_nbytes(s) - 16);
  if (was_full) partial_add(u, s);
  /* one empty slab per size is kept: a unit made and released in a loop must
   * not take and give a block each time */
  if (--s->used == 0 && (u->partial[s->size_class] != s || s->next_partial)) {
    partial_remove(u, s);
    slab_free(u, s);
  }
}

OmniValue rti_unit_new(OmniThread *t, size_t nwords, bool is_pair) {
  unsigned k = class_of(nwords + 1);
  uint64_t *h;
  if (k == UNIT_RUN) {
    if (nwords > UINT32_MAX) omni_error_memory(t, nwords * 8);
    size_t total = sizeof(Slab) + (nwords + 1) * 8;
    Slab *s = slab_new(t, k, (total + OMNI_BLOCK_NBYTES - 1) >> OMNI_BLOCK_SHIFT);
    h = (uint64_t *)(void *)s->fresh;
  } else {
    h = cell_take(t, k);
  }
  *h = (is_pair ? UNIT_PAIR : 0) | k;
  Stats *st = &t->rt->stats;
  st->units_made++;
  st->bytes_allocated_units += nwords * 8;
  st->unit_bytes += rti_unit_nbytes(omni_object(h + 1));
  if (st->unit_bytes > st->unit_bytes_peak) st->unit_bytes_peak = st->unit_bytes;
  return is_pair ? omni_pair(h + 1) : omni_object(h + 1);
}

/* ---- counts ---- */

static void set_state(uint64_t *h, UnitState state) {
  *h = (*h & ~((uint64_t)3 << 5)) | (uint64_t)state << 5;
}

/* The count is zero and the slots hold nothing. */
static void unit_end(OmniThread *t, OmniValue v) {
  uint64_t *h = rti_unit_header(v);
  if (*h & UNIT_IDENTITY) {
    rti_identity_forget(t, v);
    *h &= ~UNIT_IDENTITY;
  }
  set_state(h, UNIT_PLAIN);
  t->rt->stats.units_freed++;
  if ((*h & UNIT_WEAK_MASK) == 0) cell_give(t, h);
}

void rti_weak_retain(OmniValue v) {
  uint64_t *h = rti_unit_header(v);
  if ((*h & UNIT_WEAK_MASK) != UNIT_WEAK_MASK) *h += UNIT_WEAK_ONE;
}

void rti_weak_release(OmniThread *t, OmniValue v) {
  uint64_t *h = rti_unit_header(v);
  if ((*h & UNIT_WEAK_MASK) == UNIT_WEAK_MASK) return;
  RTI_CHECK(*h & UNIT_WEAK_MASK, "a weak count is given back twice", v);
  *h -= UNIT_WEAK_ONE;
  if ((*h & UNIT_WEAK_MASK) == 0 && UNIT_COUNT(*h) == 0 && UNIT_STATE(*h) == UNIT_PLAIN)
    cell_give(t, h);
}

static bool drops_grow(OmniThread *t) {
  Units *u = &t->rt->units;
  const OmniPort *port = t->rt->port;
  size_t old = u->drops_capacity, n = old ? old * 2 : 64;
  Drop *d = port->reallocate(port->ctx, u->drops, old * sizeof *d, n * sizeof *d);
  if (!d) return false;
  u->drops = d;
  u->drops_capacity = n;
  return true;
}

/* Releasing must not fail: a unit for which there is no room on the work list
 * stays for ever. */
static void drop_push(OmniThread *t, OmniValue v) {
  Units *u = &t->rt->units;
  if (OMNI_UNLIKELY(u->ndrops == u->drops_capacity) && !drops_grow(t)) {
    set_state(rti_unit_header(v), UNIT_PLAIN);
    *rti_unit_header(v) |= OMNI_UNIT_STUCK;
    return;
  }
  size_t end;
  size_t first = rti_first_slot(v, &end);
  u->drops[u->ndrops++] = (Drop){v, first};
}

/* True: the count is zero now, and v waits to be ended. */
static bool count_down(OmniValue v) {
  uint64_t *h = rti_unit_header(v);
  if (OMNI_UNLIKELY(*h >= OMNI_UNIT_STUCK)) return false;
  RTI_CHECK(UNIT_COUNT(*h) != 0, "a unit is released more often than it was counted", v);
  *h -= OMNI_UNIT_ONE;
  if (UNIT_COUNT(*h)) return false;
  set_state(h, UNIT_DROPPING);
  return true;
}

/* Goes on with the newest item: to the next child that dies, or to the end. */
static void drop_step(OmniThread *t) {
  Units *u = &t->rt->units;
  Drop *d = &u->drops[u->ndrops - 1];
  OmniValue v = d->unit;
  OmniValue *words = omni_words(v);
  size_t end;
  (void)rti_first_slot(v, &end);
  for (size_t i = d->next; i < end; i++) {
    OmniValue child = words[i];
    if (!omni_is_ref(child)) continue;
    words[i] = OMNI_NOTHING;
    if (!omni_counted(t, child) || !count_down(child)) continue;
    d->next = i + 1;
    if (d->next == end) {
      u->ndrops--;
      unit_end(t, v);
    }
    drop_push(t, child);
    return;
  }
  u->ndrops--;
  unit_end(t, v);
}

void rti_release_slice(OmniThread *t, size_t nunits) {
  Units *u = &t->rt->units;
  while (u->ndrops && nunits--) drop_step(t);
}

void rti_release_counted(OmniThread *t, OmniValue v) {
  if (!count_down(v)) return;
  drop_push(t, v);
  rti_release_slice(t, 256);
}

/* ---- all of them ---- */

static void walk_cell(OmniThread *t, uint64_t *h, void (*fn)(OmniThread *, OmniValue)) {
  if (UNIT_COUNT(*h)) fn(t, *h & UNIT_PAIR ? omni_pair(h + 1) : omni_object(h + 1));
}

void rti_units_walk(OmniRuntime *rt, void (*fn)(OmniThread *t, OmniValue v), OmniThread *t) {
  for (Slab *s = rt->units.slabs; s; s = s->next)
    for (char *p = (char *)(s + 1); p < s->fresh; p += cell_nbytes(s))
      walk_cell(t, (uint64_t *)(void *)p, fn);
  for (Slab *s = rt->units.runs; s; s = s->next)
    walk_cell(t, (uint64_t *)(void *)(s + 1), fn);
}

void rti_units_finish(OmniRuntime *rt) {
  Units *u = &rt->units;
  for (Slab *s = u->slabs, *next; s; s = next) {
    next = s->next;
    slab_free(u, s);
  }
  for (Slab *s = u->runs, *next; s; s = next) {
    next = s->next;
    slab_free(u, s);
  }
  memset(u->partial, 0, sizeof u->partial);
  if (u->drops) omni_port_free(rt->port, u->drops, u->drops_capacity * sizeof *u->drops);
  u->drops = NULL;
  u->ndrops = u->drops_capacity = 0;
}
