/* The one clone/trace loop (memory.md C5). It has two modes.
 *
 * measure reads only: it counts the bytes that roots reach in the region being
 * settled and stops above a budget. What was reached is marked in bitmaps in
 * the block headers, which are zero again afterwards.
 *
 * move copies that graph to one destination, an older frame region or counted
 * memory. Each object is copied once and leaves a forwarding word; the copies
 * wait on the work list until their slots have been looked at, so the depth of
 * a structure costs list space, not stack. Every edge of a copy goes through
 * one place, move_edge:
 *
 *   into the region     becomes the target's one copy, linked if that copy
 *                       does not lie in the destination
 *   into counted memory its count passes from the original to the copy
 *   anywhere else       linked from the copy
 *
 * What lies outside the region is a root and is never rewritten.
 */
#include "region.h"

/* Total: a type without an entry in layout.def has no layout, clone or trace. */
const uint16_t rti_first_slots[OMNI_TYPE_COUNT] = {
#define OMNI_TYPE(id, name, first) [OMNI_T_##id] = first,
#include "omni/layout.def"
#undef OMNI_TYPE
};

void rti_trace_begin(Trace *x, OmniThread *t, OmniRegion *from) {
  *x = (Trace){.t = t, .from = from, .from_tag = from->tag};
}

static void work_grow(OmniThread *t) {
  OmniRuntime *rt = t->rt;
  const OmniPort *port = rt->port;
  size_t old = rt->work_capacity, n = old ? old * 2 : 256;
  OmniValue *w = port->reallocate(port->ctx, rt->work, old * sizeof *w, n * sizeof *w);
  if (!w) omni_error_memory(t, n * sizeof *w);
  rt->work = w;
  rt->work_capacity = n;
}

static inline void work_push(OmniThread *t, OmniValue v) {
  OmniRuntime *rt = t->rt;
  if (OMNI_UNLIKELY(rt->nwork == rt->work_capacity)) work_grow(t);
  rt->work[rt->nwork++] = v;
}

/* ---- measure ---- */

/* True: v had no mark yet. */
static bool mark(Trace *x, OmniValue v) {
  Block *b = rti_block_of(v);
  size_t g = (v & (OMNI_BLOCK_NBYTES - 1)) >> GRANULE_SHIFT;
  uint64_t bit = (uint64_t)1 << (g & 63);
  if (b->marks[g >> 6] & bit) return false;
  b->marks[g >> 6] |= bit;
  if (!b->marked) {
    b->marked = true;
    b->next_marked = x->marked;
    x->marked = b;
  }
  return true;
}

/* Pairs are followed along their cdr; what is pushed has a mark already. */
static inline bool reach(Trace *x, OmniValue v) { return rti_in(x, v) && mark(x, v); }

static void measure_from(Trace *x, OmniValue o) {
  while (omni_is_pair(o)) {
    OmniValue *w = omni_words(o);
    x->nbytes += 16;
    if (reach(x, w[0])) work_push(x->t, w[0]);
    if (x->nbytes > x->budget || !reach(x, w[1])) return;
    o = w[1];
  }
  size_t end, i = rti_first_slot(o, &end);
  x->nbytes += rti_nwords(o) * 8;
  for (; i < end; i++)
    if (reach(x, omni_words(o)[i])) work_push(x->t, omni_words(o)[i]);
}

bool rti_measure(Trace *x, OmniValue v) {
  OmniRuntime *rt = x->t->rt;
  rt->nwork = 0;
  if (reach(x, v)) measure_from(x, v);
  while (rt->nwork && x->nbytes <= x->budget) measure_from(x, rt->work[--rt->nwork]);
  return x->nbytes <= x->budget;
}

void rti_measure_end(Trace *x) {
  for (Block *b = x->marked; b; b = b->next_marked) {
    b->marked = false;
    memset(b->marks, 0, sizeof b->marks);
  }
  x->marked = NULL;
}

/* ---- move ---- */

static inline OmniValue *room(Trace *x, size_t nbytes) {
  OmniRegion *r = x->to;
  if (OMNI_UNLIKELY((uintptr_t)r->limit - (uintptr_t)r->bump < nbytes)) {
    if (nbytes >= LARGE_NBYTES) return rti_region_large(x->t, r, nbytes);
    rti_region_refill(x->t, r, nbytes);
  }
  OmniValue *p = (OmniValue *)(void *)r->bump;
  r->bump += nbytes;
  return p;
}

static inline OmniValue clone_pair(Trace *x, OmniValue o) {
  OmniValue *from = omni_words(o);
  OmniValue copy = x->to ? omni_pair(room(x, 16)) : rti_unit_new(x->t, 2, true);
  omni_words(copy)[0] = from[0];
  omni_words(copy)[1] = from[1];
  from[0] = OMNI_FORWARD;
  from[1] = copy;
  x->nbytes += 16;
  return copy;
}

static OmniValue clone_object(Trace *x, OmniValue o) {
  OmniValue *from = omni_words(o);
  size_t nwords = rti_nwords(o);
  OmniValue copy =
      x->to ? omni_object(room(x, nwords * 8)) : rti_unit_new(x->t, nwords, false);
  memcpy(omni_words(copy), from, nwords * 8);
  from[0] = (OmniValue)omni_words(copy);
  x->nbytes += nwords * 8;
  return copy;
}

/* The slots of the copy are still those of the original: it is to be scanned. */
static inline OmniValue clone(Trace *x, OmniValue o) {
  OmniValue copy = omni_is_pair(o) ? clone_pair(x, o) : clone_object(x, o);
  if (OMNI_UNLIKELY(rti_block_of(o)->identities)) rti_identity_move(x->t, o, copy);
  return copy;
}

/* o lies in the region and has been moved */
static inline OmniValue forward(OmniValue o) {
  OmniValue *w = omni_words(o);
  return omni_is_pair(o) ? w[1] : omni_object((void *)w[0]);
}

/* Whether v, which lies outside the region, lies in the destination. */
static inline bool in_destination(const Trace *x, OmniValue v) {
  return x->to && !omni_counted(x->t, v) && rti_region_of(v) == x->to;
}

/* A clone that was made for the edge and is to be scanned, or 0. */
static inline OmniValue move_edge(Trace *x, OmniValue n, size_t i) {
  OmniValue *slot = omni_words(n) + i, v = *slot;
  if (!omni_is_ref(v)) return 0;
  if (omni_counted(x->t, v)) { /* the count passes to the copy */
    if (x->to) rti_outs_push(x->t, x->to, n, i);
    return 0;
  }
  if (rti_tag_of(v) != x->from_tag) {
    rti_link(x->t, n, i, v);
    return 0;
  }
  if (rti_forwarded(v)) {
    *slot = forward(v);
    if (!in_destination(x, *slot)) rti_link(x->t, n, i, *slot);
    return 0;
  }
  OmniValue fresh = *slot = clone(x, v);
  if (!x->to) rti_link(x->t, n, i, fresh);
  return fresh;
}

/* Scans a copy and, along the cdr, those that come from it. */
static void move_from(Trace *x, OmniValue n) {
  while (omni_is_pair(n)) {
    OmniValue car = move_edge(x, n, 0), cdr = move_edge(x, n, 1);
    if (car && cdr) work_push(x->t, car);
    n = cdr ? cdr : car;
    if (!n) return;
  }
  size_t end, i = rti_first_slot(n, &end);
  for (; i < end; i++) {
    OmniValue fresh = move_edge(x, n, i);
    if (fresh) work_push(x->t, fresh);
  }
}

OmniValue rti_move(Trace *x, OmniValue v, OmniRegion *to) {
  if (!rti_in(x, v)) return v;
  if (rti_forwarded(v)) return forward(v);
  OmniRuntime *rt = x->t->rt;
  x->to = to;
  x->nbytes = 0;
  rt->nwork = 0;
  OmniValue copy = clone(x, v);
  move_from(x, copy);
  while (rt->nwork) move_from(x, rt->work[--rt->nwork]);
  rt->stats.bytes_moved += x->nbytes;
  if (to) {
    to->mark = to->bump; /* not for the account of what is allocated */
    to->size += x->nbytes;
    to->fresh += x->nbytes;
  }
  return copy;
}
