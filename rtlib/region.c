/* Frame regions: their records, their blocks, and the two lists each keeps.
 *
 * The region stack is a chain of records through `below`. The top region's bump
 * pointers are in the thread context; every other region is parked, with them
 * in the record. Records of closed regions are kept in a pool with the arrays
 * of their lists, so that opening and ending a region costs no allocation.
 *
 * esc names the edges into the region from older or counted containers, outs the
 * slots in it that hold a count. Entries are (container, index) and count only
 * if the slot, read then, still points where the list says (I5). A list that is
 * full is compacted: stale and double entries go out, in order, so that nothing
 * depends on addresses; then its capacity is twice what is left.
 */
#include "region.h"

#define POOL_LIST_MAX 1024 /* longer arrays are not kept in the pool */

/* ---- records ---- */

OmniRegion *rti_region_new(OmniThread *t, OmniRegion *below, uint32_t rank) {
  OmniRuntime *rt = t->rt;
  OmniRegion *r = rt->pool;
  if (OMNI_LIKELY(r != NULL)) {
    rt->pool = r->below;
  } else {
    r = omni_port_alloc(rt->port, sizeof *r);
    if (!r) omni_error_memory(t, sizeof *r);
    *r = (OmniRegion){0};
  }
  r->below = below;
  r->rank = rank;
  Stats *st = &rt->stats;
  st->regions_opened++;
  if (++st->regions_open > st->regions_open_peak) st->regions_open_peak = st->regions_open;
  return r;
}

void rti_list_free(OmniRuntime *rt, EntryList *l) {
  if (l->items) omni_port_free(rt->port, l->items, l->capacity * sizeof *l->items);
  *l = (EntryList){0};
}

static void list_rest(OmniRuntime *rt, EntryList *l) {
  l->count = 0;
  if (OMNI_UNLIKELY(l->capacity > POOL_LIST_MAX)) rti_list_free(rt, l);
}

/* r's blocks and entries have gone elsewhere. */
void rti_region_recycle(OmniRuntime *rt, OmniRegion *r) {
  list_rest(rt, &r->esc);
  list_rest(rt, &r->outs);
  r->tag = NULL;
  r->blocks = r->last = r->large = r->last_large = r->spares = NULL;
  r->bump = r->limit = r->mark = NULL;
  r->size = r->fresh = r->allocated = r->received = r->base = r->credit = 0;
  r->spliced_at = 0;
  r->nblocks = 0;
  r->below = rt->pool;
  rt->pool = r;
  rt->stats.regions_open--;
}

void rti_region_destroy_pool(OmniRuntime *rt) {
  while (rt->pool) {
    OmniRegion *r = rt->pool;
    rt->pool = r->below;
    rti_list_free(rt, &r->esc);
    rti_list_free(rt, &r->outs);
    omni_port_free(rt->port, r, sizeof *r);
  }
}

/* ---- the bump pointers ---- */

void rti_region_account(OmniRegion *r, char *bump) {
  size_t n = (size_t)((uintptr_t)bump - (uintptr_t)r->mark);
  r->mark = bump;
  r->size += n;
  r->fresh += n;
  r->allocated += n;
  r->credit += n;
}

void rti_region_park(OmniThread *t) {
  OmniRegion *r = t->top;
  t->rt->stats.bytes_allocated += (uintptr_t)t->bump - (uintptr_t)r->mark;
  rti_region_account(r, t->bump);
  r->bump = t->bump;
  r->limit = t->limit;
}

void rti_region_resume(OmniThread *t, OmniRegion *r) {
  t->top = r;
  t->bump = r->bump;
  t->limit = r->limit;
}

void rti_region_push(OmniThread *t, OmniRegion *r) {
  rti_region_park(t);
  rti_region_resume(t, r);
}

/* ---- blocks ---- */

static void adopt(OmniThread *t, OmniRegion *r, Block *b) {
  if (!r->tag) {
    b->own = (Tag){.region = r, .rank = r->rank, .size = 1};
    r->tag = &b->own;
  }
  b->tag = r->tag;
  r->nblocks += b->nblocks;
  if (r->rank == 0) t->rt->stats.bytes_immortal += (uint64_t)b->nblocks << OMNI_BLOCK_SHIFT;
}

void rti_spare_add(OmniRegion *r, char *bump, char *limit) {
  if ((uintptr_t)limit - (uintptr_t)bump < SPARE_NBYTES) return;
  Block *b = rti_block_of((uintptr_t)bump - 1);
  b->fill = bump;
  b->next_spare = r->spares;
  if (!r->spares) r->last_spare = b;
  r->spares = b;
}

static void open_block(OmniRegion *r, Block *b, char *bump) {
  r->bump = r->mark = bump;
  r->limit = (char *)b + OMNI_BLOCK_NBYTES;
}

bool rti_region_refill(OmniThread *t, OmniRegion *r, size_t nbytes) {
  Block *spare = r->spares;
  if (spare && (uintptr_t)spare + OMNI_BLOCK_NBYTES - (uintptr_t)spare->fill >= nbytes) {
    r->spares = spare->next_spare;
    rti_spare_add(r, r->bump, r->limit);
    open_block(r, spare, spare->fill);
    return false;
  }
  rti_spare_add(r, r->bump, r->limit);
  Block *b = rti_block_take(t);
  adopt(t, r, b);
  b->next = r->blocks;
  if (!r->blocks) r->last = b;
  r->blocks = b;
  r->spliced_at = 0;
  open_block(r, b, (char *)(b + 1));
  return true;
}

/* The caller accounts for the bytes. */
OmniValue *rti_region_large(OmniThread *t, OmniRegion *r, size_t nbytes) {
  if (nbytes >= (size_t)UINT32_MAX * 8) omni_error_memory(t, nbytes);
  size_t n = (sizeof(Block) + nbytes + OMNI_BLOCK_NBYTES - 1) >> OMNI_BLOCK_SHIFT;
  Block *b = rti_run_take(t, n);
  adopt(t, r, b);
  b->next = r->large;
  if (!r->large) r->last_large = b;
  r->large = b;
  Stats *st = &t->rt->stats;
  st->large_bytes += n << OMNI_BLOCK_SHIFT;
  if (st->large_bytes > st->large_peak) st->large_peak = st->large_bytes;
  return (OmniValue *)(b + 1);
}

void rti_region_free_blocks(OmniThread *t, OmniRegion *r) {
  OmniRuntime *rt = t->rt;
  for (Block *b = r->blocks, *next; b; b = next) {
    next = b->next;
    rti_block_give(rt, b);
  }
  for (Block *b = r->large, *next; b; b = next) {
    next = b->next;
    rt->stats.large_bytes -= (uint64_t)b->nblocks << OMNI_BLOCK_SHIFT;
    rti_block_give(rt, b);
  }
  r->blocks = r->last = r->large = r->last_large = r->spares = NULL;
  r->bump = r->limit = r->mark = NULL;
  r->tag = NULL;
  r->nblocks = 0;
}

/* ---- the lists ----
 * An entry is pushed before its count is taken: if there is no memory for the
 * entry, no count is lost. */

/* Whether the entry says something about r: esc if its slot points into r from
 * outside, outs if its slot holds a count. */
static bool entry_counts(OmniThread *t, const OmniRegion *r, bool esc, Entry e) {
  OmniValue v = omni_words(e.container)[e.index];
  if (!omni_is_ref(v)) return false;
  if (omni_counted(t, v)) return !esc;
  if (!esc || rti_region_of(v) != r) return false;
  return omni_counted(t, e.container) || rti_region_of(e.container) != r;
}

void rti_esc_drop(OmniThread *t, Entry e) {
  if (omni_counted(t, e.container)) rti_weak_release(t, e.container);
}

/* A set of slots, for one compaction. Nothing is decided by the order in it. */
typedef struct SlotSet { OmniValue **slots; size_t capacity; } SlotSet;

/* False: it was there already. */
static bool slot_set_add(SlotSet *s, OmniValue *slot) {
  uint64_t h = (uint64_t)(uintptr_t)slot * UINT64_C(0x9e3779b97f4a7c15);
  size_t mask = s->capacity - 1;
  size_t i = (size_t)(h >> 32) & mask;
  for (; s->slots[i]; i = (i + 1) & mask)
    if (s->slots[i] == slot) return false;
  s->slots[i] = slot;
  return true;
}

static void compact(OmniThread *t, OmniRegion *r, EntryList *l) {
  const OmniPort *port = t->rt->port;
  bool esc = l == &r->esc;
  SlotSet set = {.capacity = 128};
  while (set.capacity < 2 * l->count) set.capacity *= 2;
  set.slots = omni_port_alloc(port, set.capacity * sizeof *set.slots);
  if (!set.slots) omni_error_memory(t, set.capacity * sizeof *set.slots);
  memset(set.slots, 0, set.capacity * sizeof *set.slots);
  size_t kept = 0;
  for (size_t k = 0; k < l->count; k++) {
    Entry e = l->items[k];
    bool keep = entry_counts(t, r, esc, e) &&
                slot_set_add(&set, omni_words(e.container) + e.index);
    if (keep) l->items[kept++] = e;
    else if (esc) rti_esc_drop(t, e);
  }
  l->count = kept;
  omni_port_free(port, set.slots, set.capacity * sizeof *set.slots);
  t->rt->stats.compactions++;
}

static void set_capacity(OmniThread *t, EntryList *l, size_t capacity) {
  const OmniPort *port = t->rt->port;
  size_t nbytes = capacity * sizeof *l->items;
  Entry *items = l->items
                     ? port->reallocate(port->ctx, l->items, l->capacity * sizeof *items, nbytes)
                     : omni_port_alloc(port, nbytes);
  if (!items) omni_error_memory(t, nbytes);
  l->items = items;
  l->capacity = capacity;
}

static void push(OmniThread *t, OmniRegion *r, EntryList *l, Entry e) {
  if (OMNI_UNLIKELY(l->count == l->capacity)) {
    if (l->count) compact(t, r, l);
    size_t want = l->count * 2 < ENTRY_LIST_MIN ? ENTRY_LIST_MIN : l->count * 2;
    if (want != l->capacity) set_capacity(t, l, want);
  }
  l->items[l->count++] = e;
}

void rti_esc_push(OmniThread *t, OmniRegion *r, OmniValue c, size_t i) {
  t->rt->stats.esc_pushes++;
  push(t, r, &r->esc, (Entry){c, i});
  if (omni_counted(t, c)) rti_weak_retain(c);
}

void rti_outs_push(OmniThread *t, OmniRegion *r, OmniValue c, size_t i) {
  t->rt->stats.outs_pushes++;
  push(t, r, &r->outs, (Entry){c, i});
}

static void swap_lists(EntryList *a, EntryList *b) {
  EntryList c = *a;
  *a = *b;
  *b = c;
}

/* y's blocks belong to p already. The shorter list is appended to the longer
 * one, so that a splice at each of many levels stays linear. Entries whose
 * container is in p too say nothing any more; of those in the longer list a
 * compaction or the next settle takes note. */
void rti_esc_join(OmniThread *t, OmniRegion *y, OmniRegion *p) {
  if (y->esc.count > p->esc.count) swap_lists(&y->esc, &p->esc);
  for (size_t k = 0; k < y->esc.count; k++) {
    Entry e = y->esc.items[k];
    if (entry_counts(t, p, true, e)) push(t, p, &p->esc, e);
    else rti_esc_drop(t, e);
  }
  y->esc.count = 0;
}

void rti_outs_join(OmniThread *t, OmniRegion *y, OmniRegion *p) {
  if (y->outs.count > p->outs.count) swap_lists(&y->outs, &p->outs);
  for (size_t k = 0; k < y->outs.count; k++) push(t, p, &p->outs, y->outs.items[k]);
  y->outs.count = 0;
}

/* ---- abandoning ---- */

static void abandon(OmniThread *t, OmniRegion *r) {
  for (size_t k = 0; k < r->outs.count; k++) {
    Entry e = r->outs.items[k];
    OmniValue *slot = omni_words(e.container) + e.index, v = *slot;
    if (!omni_counted(t, v)) continue;
    *slot = OMNI_NOTHING;
    rti_release_counted(t, v);
  }
  /* Units that point into r are dropped with the rest; their slots must not
   * be read again. */
  for (size_t k = 0; k < r->esc.count; k++) {
    Entry e = r->esc.items[k];
    OmniValue *slot = omni_words(e.container) + e.index;
    if (omni_is_ref(*slot) && !omni_counted(t, *slot) && rti_region_of(*slot) == r)
      *slot = OMNI_NOTHING;
    rti_esc_drop(t, e);
  }
  rti_region_free_blocks(t, r);
}

void rti_regions_abandon(OmniThread *t) {
  rti_region_park(t);
  while (t->top) {
    OmniRegion *r = t->top;
    t->top = r->below;
    if (r == &t->rt->immortal) continue; /* stopped while it was the top one */
    abandon(t, r);
    rti_region_recycle(t->rt, r);
  }
  t->bump = t->limit = NULL;
}
