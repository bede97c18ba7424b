/* The one store path (memory.md 2.3).
 *
 * Every edge that leaves the region it starts in is on record: an edge into
 * counted memory holds a count and, from a frame object, stands in its region's
 * outs; an edge into a younger frame region, or from counted memory into any,
 * stands in that region's esc. Order matters: the new value is counted before
 * the old one is released, since the old one may be all that holds it.
 */
#include "region.h"

void rti_link(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  if (!omni_is_ref(v)) return;
  if (omni_counted(t, v)) {
    if (!omni_counted(t, c)) rti_outs_push(t, rti_region_of(c), c, i);
    omni_retain_counted(v);
    return;
  }
  Tag *g = rti_tag_of(v);
  if (g->rank == 0) return;
  if (omni_counted(t, c) || g->rank > rti_rank_of(c)) rti_esc_push(t, g->region, c, i);
}

/* An edge into a frame region: o, the old value, stands for an entry that is
 * there already if it lies in the same region as v. */
static void store_frame(OmniThread *t, OmniValue c, size_t i, OmniValue o, OmniValue v) {
  Tag *g = rti_tag_of(v);
  omni_words(c)[i] = v;
  if (g->rank == 0) return;
  if (!omni_counted(t, c) && g->rank <= rti_rank_of(c)) return;
  if (omni_is_ref(o) && !omni_counted(t, o) && rti_tag_of(o) == g) return;
  rti_esc_push(t, g->region, c, i);
}

static void store_counted(OmniThread *t, OmniValue c, size_t i, OmniValue o, OmniValue v) {
  if (!omni_counted(t, c) && !omni_counted(t, o)) rti_outs_push(t, rti_region_of(c), c, i);
  omni_retain_counted(v);
  omni_words(c)[i] = v;
}

void omni_store_slow(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  t->rt->stats.barrier_slow++;
  OmniValue o = omni_words(c)[i];
  if (!omni_is_ref(v)) omni_words(c)[i] = v;
  else if (omni_counted(t, v)) store_counted(t, c, i, o, v);
  else store_frame(t, c, i, o, v);
  if (omni_counted(t, o)) rti_release_counted(t, o);
}

void omni_store(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  omni_store_inline(t, c, i, v);
}
