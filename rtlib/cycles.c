/* Units that only cycles keep alive, freed at the end of the program.
 *
 * When nothing else is left (no hold, no global, no frame region), every count
 * of a unit that is still there must come from another such unit. So counting
 * down along every edge must bring all counts to zero: what is left over was
 * leaked by a missing release, and is reported as such; and what unit bytes
 * remain belong to dead units that an escape entry forgot. Trial deletion while
 * the program runs is to walk the same edges from buffered units.
 */
#include "region.h"

static void forget_edges(OmniThread *t, OmniValue v) {
  size_t end, i = rti_first_slot(v, &end);
  for (; i < end; i++) {
    OmniValue child = omni_words(v)[i];
    if (!omni_counted(t, child)) continue;
    uint64_t *h = rti_unit_header(child);
    /* the top count stands for "seen at zero": the walk goes by counts */
    if (*h < OMNI_UNIT_STUCK) *h -= OMNI_UNIT_ONE;
    if (UNIT_COUNT(*h) == 0) *h |= OMNI_UNIT_STUCK;
  }
}

static void tally(OmniThread *t, OmniValue v) {
  Stats *st = &t->rt->stats;
  st->units_freed_at_exit++;
  st->unit_bytes -= rti_unit_nbytes(v);
  if (*rti_unit_header(v) < OMNI_UNIT_STUCK) st->units_leaked++;
}

void rti_cycles_free_all(OmniThread *t) {
  rti_units_walk(t->rt, forget_edges, t);
  rti_units_walk(t->rt, tally, t);
  rti_units_finish(t->rt);
}
