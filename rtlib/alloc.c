/* Allocation: what happens when the open block is full.
 *
 * Objects go to the top region by bumping t->bump. The slow path closes the
 * block, works a slice of pending releases, and, when the region has grown by a
 * step since its last settle, poisons the stack limit: the next function entry
 * or back edge then opens or settles a region (settle.c). Objects of half a
 * block or more are runs of their own; units and immortal objects have their
 * own entries.
 */
#include "region.h"

#define RELEASE_SLICE 256

OmniValue *omni_alloc_slow(OmniThread *t, size_t nbytes) {
  rti_release_slice(t, RELEASE_SLICE);
  rti_region_park(t);
  OmniRegion *r = t->top;
  OmniValue *p;
  bool grown = true;
  if (nbytes >= LARGE_NBYTES) {
    p = rti_region_large(t, r, nbytes);
    r->size += nbytes;
    r->fresh += nbytes;
    r->allocated += nbytes;
    r->credit += nbytes;
    t->rt->stats.bytes_allocated += nbytes;
  } else {
    grown = rti_region_refill(t, r, nbytes);
    p = (OmniValue *)(void *)r->bump;
    r->bump += nbytes;
  }
  rti_region_resume(t, r);
  if (grown) rti_poison_if_due(t, r);
  return p;
}

void omni_init_counted(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  rti_outs_push(t, t->top, c, i);
  omni_retain_counted(v);
}

void omni_init_many(OmniThread *t, OmniValue c, size_t i, const OmniValue *src, size_t n) {
  OmniValue *to = omni_words(c) + i;
  for (size_t k = 0; k < n; k++) {
    to[k] = src[k];
    if (OMNI_UNLIKELY(omni_counted(t, src[k]))) omni_init_counted(t, c, i + k, src[k]);
  }
}

/* ---- immortal objects ---- */

static OmniValue *immortal_words(OmniThread *t, size_t nwords) {
  OmniRegion *r = &t->rt->immortal;
  size_t nbytes = nwords * 8;
  if (t->top == r) return omni_bump(t, nbytes); /* literals are being unpacked */
  if (nbytes >= LARGE_NBYTES) return rti_region_large(t, r, nbytes);
  if ((uintptr_t)r->limit - (uintptr_t)r->bump < nbytes) rti_region_refill(t, r, nbytes);
  OmniValue *p = (OmniValue *)(void *)r->bump;
  r->bump += nbytes;
  return p;
}

OmniValue omni_new_immortal(OmniThread *t, OmniType type, size_t nwords, uint32_t aux) {
  OmniValue *p = immortal_words(t, nwords);
  p[0] = omni_header(type, (uint32_t)nwords, aux);
  return omni_object(p);
}

OmniValue omni_cons_immortal(OmniThread *t, OmniValue car, OmniValue cdr) {
  OmniValue *p = immortal_words(t, 2);
  p[0] = car;
  p[1] = cdr;
  return omni_pair(p);
}

bool omni_is_immortal(OmniThread *t, OmniValue ref) {
  return omni_is_ref(ref) && !omni_counted(t, ref) && rti_rank_of(ref) == 0;
}
