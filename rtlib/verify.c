/* The closure verifier: checks I1 and I2 of memory.md 2.2 on everything that is
 * reachable from the live values of the settle point, holds, globals and the
 * containers of escape lists. It knows nothing of the frames further out, so it
 * sees less than everything; what it sees must be right.
 *
 *   a reference names an object in an open region, in immortal memory, or a
 *   unit that is counted; nothing names what has moved
 *   I1  a slot of a frame object that holds a count stands in its region's outs
 *   I2  an edge into a frame region from an older region or a unit stands in
 *       that region's esc
 *
 * Breaking a rule ends in rti_corrupt: address, expected, found.
 */
#include <stdlib.h>

#include "region.h"

_Noreturn void rti_corrupt(const char *file, int line, const char *what, uint64_t v) {
  fflush(stdout);
  fprintf(stderr, "omni: memory is broken: %s: 0x%llx (%s:%d)\n", what, (unsigned long long)v, file,
          line);
  abort();
}

/* A set of pairs of words. */
typedef struct Key { uint64_t a, b; } Key;
typedef struct Set { Key *slots; size_t used, capacity; } Set;

typedef struct Verifier {
  OmniThread *t;
  Set seen, listed;  /* objects; slots that a list names, with the region */
  OmniValue *work;
  size_t nwork, capacity;
} Verifier;

static void *grown(Verifier *x, void *p, size_t old, size_t n) {
  const OmniPort *port = x->t->rt->port;
  void *q = port->reallocate(port->ctx, p, old, n);
  if (!q) omni_error_memory(x->t, n);
  return q;
}

static size_t set_place(const Set *s, Key k) {
  uint64_t h = (k.a ^ (k.b << 1 | k.b >> 63)) * UINT64_C(0x9e3779b97f4a7c15);
  size_t i = (size_t)(h >> 24) & (s->capacity - 1);
  while (s->slots[i].a && (s->slots[i].a != k.a || s->slots[i].b != k.b))
    i = (i + 1) & (s->capacity - 1);
  return i;
}

static bool set_add(Verifier *x, Set *s, Key k) {
  if ((s->used + 1) * 2 > s->capacity) {
    Set old = *s;
    s->capacity = old.capacity ? old.capacity * 2 : 256;
    s->slots = grown(x, NULL, 0, s->capacity * sizeof *s->slots);
    memset(s->slots, 0, s->capacity * sizeof *s->slots);
    for (size_t i = 0; i < old.capacity; i++)
      if (old.slots[i].a) s->slots[set_place(s, old.slots[i])] = old.slots[i];
    if (old.slots) omni_port_free(x->t->rt->port, old.slots, old.capacity * sizeof *old.slots);
  }
  size_t i = set_place(s, k);
  if (s->slots[i].a) return false;
  s->slots[i] = k;
  s->used++;
  return true;
}

static bool set_has(const Set *s, Key k) {
  return s->capacity && s->slots[set_place(s, k)].a != 0;
}

static bool in_space(const Space *s, OmniValue v) {
  return v - (uintptr_t)s->base < s->top << OMNI_BLOCK_SHIFT;
}

static OmniRegion *open_region_of_rank(OmniThread *t, uint32_t rank) {
  OmniRegion *r = t->top;
  while (r && r->rank != rank) r = r->below;
  return rank ? r : &t->rt->immortal;
}

static void check_frame_object(OmniThread *t, OmniValue v) {
  RTI_CHECK(in_space(&t->rt->blocks, v), "a reference names no block", v);
  RTI_CHECK(rti_block_of(v)->tag, "a reference names a block that is free", v);
  Tag *g = rti_tag_of(v);
  RTI_CHECK(g->region == open_region_of_rank(t, g->rank), "a block's region is not open", v);
  RTI_CHECK(g->region->rank == g->rank, "tag and region differ in rank", v);
  RTI_CHECK(!rti_forwarded(v), "a reference names an object that has moved", v);
}

static void check_object(OmniThread *t, OmniValue v, bool may_be_dead) {
  if (omni_counted(t, v)) {
    RTI_CHECK(in_space(&t->rt->units.space, v), "a reference names no slab", v);
    uint64_t h = *rti_unit_header(v);
    RTI_CHECK(UNIT_COUNT(h) || UNIT_STATE(h) == UNIT_DROPPING || may_be_dead,
              "a reference names a unit that is free", v);
    RTI_CHECK(omni_is_pair(v) == ((h & UNIT_PAIR) != 0), "a unit's tag and header differ", v);
  } else {
    check_frame_object(t, v);
  }
  if (omni_is_pair(v)) return;
  uint64_t h = omni_words(v)[0];
  RTI_CHECK((h & 1) && omni_header_type(h) < OMNI_TYPE_COUNT && omni_header_nwords(h),
            "a reference names no object", v);
}

static void reach(Verifier *x, OmniValue v, bool may_be_dead) {
  if (!omni_is_ref(v)) return;
  check_object(x->t, v, may_be_dead);
  if (!omni_counted(x->t, v) && rti_rank_of(v) == 0) return;
  if (!set_add(x, &x->seen, (Key){v, 0})) return;
  if (x->nwork == x->capacity) {
    size_t n = x->capacity ? x->capacity * 2 : 256;
    x->work = grown(x, x->work, x->capacity * sizeof *x->work, n * sizeof *x->work);
    x->capacity = n;
  }
  x->work[x->nwork++] = v;
}

static void check_edge(Verifier *x, OmniValue c, size_t i) {
  OmniThread *t = x->t;
  OmniValue *slot = omni_words(c) + i, v = *slot;
  if (!omni_is_ref(v)) return;
  reach(x, v, false);
  OmniRegion *in;
  if (omni_counted(t, v)) {
    if (omni_counted(t, c)) return;
    in = rti_region_of(c);
    RTI_CHECK(set_has(&x->listed, (Key){(uintptr_t)slot, (uintptr_t)&in->outs}),
              "I1: a counted edge is not in its region's outs, container", c);
    return;
  }
  if (rti_rank_of(v) == 0) return;
  if (!omni_counted(t, c) && rti_rank_of(v) <= rti_rank_of(c)) return;
  in = rti_region_of(v);
  RTI_CHECK(set_has(&x->listed, (Key){(uintptr_t)slot, (uintptr_t)&in->esc}),
            "I2: an edge into a region is not in its esc, container", c);
}

static void take_list(Verifier *x, const EntryList *l) {
  for (size_t k = 0; k < l->count; k++) {
    Entry e = l->items[k];
    reach(x, e.container, true);
    set_add(x, &x->listed, (Key){(uintptr_t)(omni_words(e.container) + e.index), (uintptr_t)l});
  }
}

static void take_lists(Verifier *x) {
  take_list(x, &x->t->rt->immortal.outs);
  for (OmniRegion *r = x->t->top; r; r = r->below) {
    for (Block *b = r->blocks; b; b = b->next) RTI_CHECK(!b->marked, "a block has marks", (uintptr_t)b);
    take_list(x, &r->esc);
    /* a container in outs may be garbage: not a root */
    for (size_t k = 0; k < r->outs.count; k++) {
      Entry e = r->outs.items[k];
      set_add(x, &x->listed,
              (Key){(uintptr_t)(omni_words(e.container) + e.index), (uintptr_t)&r->outs});
    }
  }
}

void rti_verify(OmniThread *t, const OmniValue *live, size_t n) {
  Verifier x = {.t = t};
  const OmniPort *port = t->rt->port;
  take_lists(&x);
  for (size_t k = 0; k < n; k++) reach(&x, live[k], false);
  for (OmniValue *h = t->rt->holds; h < t->hold; h++) reach(&x, *h, false);
  reach(&x, t->globals, false);
  while (x.nwork) {
    OmniValue c = x.work[--x.nwork];
    size_t end, i = rti_first_slot(c, &end);
    for (; i < end; i++) check_edge(&x, c, i);
  }
  if (x.seen.slots) omni_port_free(port, x.seen.slots, x.seen.capacity * sizeof(Key));
  if (x.listed.slots) omni_port_free(port, x.listed.slots, x.listed.capacity * sizeof(Key));
  if (x.work) omni_port_free(port, x.work, x.capacity * sizeof *x.work);
}
