/* Accounting (memory.md 2.12): one table of figures, printed as text or as one
 * line of JSON. Sizes are bytes of objects, but for those of blocks and slabs.
 */
#include "region.h"

typedef struct Figure { const char *name; uint64_t value; } Figure;

size_t rti_outstanding(const OmniRuntime *rt) {
  size_t blocks = (size_t)rt->stats.blocks_out - rt->immortal.nblocks;
  return (blocks << OMNI_BLOCK_SHIFT) + (size_t)rt->stats.unit_bytes;
}

#define FIGURES_MAX 48

static size_t figures(const OmniRuntime *rt, Figure *f) {
  const Stats *s = &rt->stats;
  size_t n = 0;
#define FIGURE(label, expr) f[n++] = (Figure){label, expr}
  FIGURE("bytes_allocated_total", s->bytes_allocated + s->bytes_allocated_units);
  FIGURE("bytes_allocated_frame", s->bytes_allocated);
  FIGURE("bytes_allocated_units", s->bytes_allocated_units);
  FIGURE("bytes_allocated_peak", (s->blocks_peak << OMNI_BLOCK_SHIFT) + s->unit_bytes_peak);
  FIGURE("bytes_immortal", s->bytes_immortal);
  FIGURE("block_count", s->blocks_out);
  FIGURE("block_count_peak", s->blocks_peak);
  FIGURE("block_bytes", OMNI_BLOCK_NBYTES);
  FIGURE("large_bytes", s->large_bytes);
  FIGURE("large_bytes_peak", s->large_peak);
  FIGURE("regions_opened", s->regions_opened);
  FIGURE("regions_open", s->regions_open);
  FIGURE("regions_open_peak", s->regions_open_peak);
  FIGURE("regions_settled", s->regions_settled);
  FIGURE("regions_renewed", s->regions_renewed);
  FIGURE("regions_moved", s->regions_moved);
  FIGURE("regions_spliced", s->regions_spliced);
  FIGURE("regions_detached", s->regions_detached);
  FIGURE("bytes_moved", s->bytes_moved);
  FIGURE("bytes_traced", s->bytes_traced);
  FIGURE("bytes_received", s->bytes_received);
  FIGURE("bytes_spliced", s->bytes_spliced);
  FIGURE("escape_repair_count", s->escape_repairs);
  FIGURE("units_made", s->units_made);
  FIGURE("units_freed_by_count", s->units_freed);
  FIGURE("units_freed_by_trial_deletion", 0);
  FIGURE("cyclic_units_freed", s->units_freed_at_exit - s->units_leaked);
  FIGURE("units_leaked", s->units_leaked);
  FIGURE("unit_bytes", s->unit_bytes);
  FIGURE("unit_bytes_peak", s->unit_bytes_peak);
  FIGURE("hold_stack_peak", s->holds_peak);
  FIGURE("esc_pushes", s->esc_pushes);
  FIGURE("outs_pushes", s->outs_pushes);
  FIGURE("list_compactions", s->compactions);
  FIGURE("barrier_slow_paths", s->barrier_slow);
  FIGURE("polls", s->polls);
  FIGURE("smell_received", s->smell_received);
  FIGURE("smell_survived", s->smell_survived);
  FIGURE("bytes_outstanding", rti_outstanding(rt));
#undef FIGURE
  return n;
}

void rti_stats_print(const OmniRuntime *rt, FILE *to, bool json) {
  Figure f[FIGURES_MAX];
  size_t n = figures(rt, f);
  if (json) fputc('{', to);
  for (size_t i = 0; i < n; i++) {
    unsigned long long v = f[i].value;
    if (json) fprintf(to, "%s\"%s\":%llu", i ? "," : "", f[i].name, v);
    else fprintf(to, "%-32s %20llu\n", f[i].name, v);
  }
  if (json) fputs("}\n", to);
}
