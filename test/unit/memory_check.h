/* What the memory tests share: a runtime on a tracing port, and the two error
 * functions that the memory core calls. */
#ifndef OMNI_TEST_MEMORY_CHECK_H
#define OMNI_TEST_MEMORY_CHECK_H

#include <stdlib.h>

#include "check.h"
#include "region.h"

_Noreturn void omni_error_memory(OmniThread *t, size_t nbytes) {
  (void)t;
  fprintf(stderr, "out of memory (%zu bytes)\n", nbytes);
  abort();
}

_Noreturn void omni_error_stack(OmniThread *t, const OmniSite *site) {
  (void)t, (void)site;
  fprintf(stderr, "stack overflow\n");
  abort();
}

typedef struct Fixture {
  OmniPort *port;
  OmniRuntime *rt;
  OmniThread *t;
} Fixture;

/* With nglobals cells, and the stress modes of `stress` (as OMNI_STRESS). */
static inline Fixture fixture_new(uint32_t nglobals, const char *stress) {
  Fixture f = {.port = omni_port_tracing_owned(omni_port_system_borrowed())};
  f.rt = omni_runtime_create_owned(f.port);
  f.t = omni_runtime_thread_borrowed(f.rt);
  CHECK(rti_stress_parse(&f.rt->stress, stress));
  OmniValue g = rti_unit_new(f.t, (size_t)nglobals + 1, false);
  omni_words(g)[0] = omni_header(OMNI_T_CELLS, nglobals + 1, 0);
  for (uint32_t i = 1; i <= nglobals; i++) omni_words(g)[i] = OMNI_NOTHING;
  *rti_unit_header(g) |= OMNI_UNIT_STUCK;
  f.t->globals = g;
  return f;
}

/* Everything must come back. */
static inline void fixture_end(Fixture *f) {
  omni_runtime_empty(f->rt);
  CHECK(rti_outstanding(f->rt) == 0);
  CHECK(f->rt->stats.units_leaked == 0);
  omni_runtime_destroy(f->rt);
  CHECK(f->port->outstanding(f->port->ctx) == 0);
  omni_port_destroy(f->port);
}

static inline OmniRegion *open_own(OmniThread *t) {
  OmniRegion *r = rti_region_new(t, t->top, t->top->rank + 1);
  rti_region_push(t, r);
  return r;
}

static inline OmniValue make_box(OmniThread *t, OmniValue v) {
  OmniValue b = omni_new(t, OMNI_T_BOX, 2, 0);
  omni_init(t, b, 1, v);
  return b;
}

#endif
