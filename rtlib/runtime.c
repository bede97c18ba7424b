/* A runtime: the thread context, the two spaces, the stress modes, and taking
 * it all down again. start.c builds a program's run on it, C tests and embedders
 * use it alone.
 *
 * One range of addresses is reserved; blocks get its lower half, units the
 * upper. If a limit on address space forbids the full range it is halved until
 * it fits: the test for counted memory does not change, since all that a
 * reference can name lies in this range.
 */
#include <stdlib.h>

#include "region.h"

#define RANGE_NBYTES (2 * OMNI_UNIT_SPAN)
#define RANGE_NBYTES_MIN ((size_t)16 << 20)
#define REGION_STEP ((size_t)64 << 10)

static bool reserve_range(OmniRuntime *rt) {
  const OmniPort *port = rt->port;
  size_t n = RANGE_NBYTES;
  do rt->range = port->page_reserve(port->ctx, n, OMNI_BLOCK_NBYTES < 65536 ? 65536 : OMNI_BLOCK_NBYTES);
  while (!rt->range && (n /= 2) >= RANGE_NBYTES_MIN);
  if (!rt->range) return false;
  rt->range_nbytes = n;
  char *units = rt->range + n / 2;
  rt->thread.unit_base = (uintptr_t)units;
  return rti_space_init(&rt->blocks, port, rt->range, n / 2) &&
         rti_space_init(&rt->units.space, port, units, n / 2);
}

static bool start(OmniRuntime *rt) {
  OmniThread *t = &rt->thread;
  t->rt = rt;
  t->args_capacity = OMNI_ARGS_MIN;
  t->args = omni_port_alloc(rt->port, OMNI_ARGS_MIN * sizeof *t->args);
  if (!t->args || !reserve_range(rt) || !rti_holds_init(rt)) return false;
  rt->step = REGION_STEP;
  t->globals = OMNI_NOTHING;
  t->stack_limit = rt->stack_limit = 16;
  OmniRegion *r = omni_port_alloc(rt->port, sizeof *r);
  if (!r) return false;
  *r = (OmniRegion){.rank = 1};
  t->top = r;
  rt->stats.regions_opened = rt->stats.regions_open = rt->stats.regions_open_peak = 1;
  return true;
}

OmniRuntime *omni_runtime_create_owned(const OmniPort *port) {
  if (!port) return NULL;
  OmniRuntime *rt = omni_port_alloc(port, sizeof *rt);
  if (!rt) return NULL;
  *rt = (OmniRuntime){.port = port};
  if (start(rt)) return rt;
  omni_runtime_destroy(rt);
  return NULL;
}

OmniThread *omni_runtime_thread_borrowed(OmniRuntime *rt) { return &rt->thread; }

static void drop_globals(OmniThread *t) {
  if (!omni_is_ref(t->globals)) return;
  size_t end, i = rti_first_slot(t->globals, &end);
  for (; i < end; i++) omni_store(t, t->globals, i, OMNI_NOTHING);
  *rti_unit_header(t->globals) &= ~OMNI_UNIT_STUCK; /* its only count was for ever */
  *rti_unit_header(t->globals) |= OMNI_UNIT_ONE;
  rti_release_counted(t, t->globals);
  t->globals = OMNI_NOTHING;
}

/* Immortal objects are not mutable but for what runs before the program. */
static void drop_immortal_outs(OmniThread *t) {
  EntryList *outs = &t->rt->immortal.outs;
  for (size_t k = 0; k < outs->count; k++) {
    OmniValue *slot = omni_words(outs->items[k].container) + outs->items[k].index, v = *slot;
    if (!omni_counted(t, v)) continue;
    *slot = OMNI_NOTHING;
    rti_release_counted(t, v);
  }
  rti_list_free(t->rt, outs);
}

void omni_runtime_empty(OmniRuntime *rt) {
  OmniThread *t = &rt->thread;
  rti_holds_drop_to(t, rt->holds);
  drop_globals(t);
  if (t->top) rti_regions_abandon(t);
  drop_immortal_outs(t);
  rti_release_slice(t, SIZE_MAX);
  rti_cycles_free_all(t);
}

void omni_runtime_destroy(OmniRuntime *rt) {
  const OmniPort *port = rt->port;
  OmniThread *t = &rt->thread;
  if (rt->holds && rt->range) omni_runtime_empty(rt);
  else rti_units_finish(rt);
  rti_region_free_blocks(t, &rt->immortal);
  rti_list_free(rt, &rt->immortal.esc);
  rti_block_cache_drain(rt);
  rti_region_destroy_pool(rt);
  rti_identity_finish(rt);
  rti_holds_finish(rt);
  rti_space_finish(&rt->blocks);
  rti_space_finish(&rt->units.space);
  if (rt->range) port->page_release(port->ctx, rt->range, rt->range_nbytes);
  if (rt->work) omni_port_free(port, rt->work, rt->work_capacity * sizeof *rt->work);
  if (t->args) omni_port_free(port, t->args, t->args_capacity * sizeof *t->args);
  omni_port_free(port, rt, sizeof *rt);
}

/* ---- what other files may ask ---- */

void rti_interrupt_check(OmniThread *t) {
  if (OMNI_UNLIKELY(t->rt->interrupted)) t->rt->on_interrupt(t);
}

void **rti_state(OmniThread *t, RtiState which) { return &t->rt->state[which]; }
const OmniPort *rti_port_borrowed(OmniThread *t) { return t->rt->port; }
const OmniProgram *rti_program_borrowed(OmniThread *t) { return t->rt->program; }
int rti_argc(OmniThread *t) { return t->rt->argc; }
char **rti_argv_borrowed(OmniThread *t) { return t->rt->argv; }
