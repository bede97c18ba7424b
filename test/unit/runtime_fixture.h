/* A runtime with an empty program, for unit tests of values and collections. */
#ifndef OMNI_TEST_RUNTIME_FIXTURE_H
#define OMNI_TEST_RUNTIME_FIXTURE_H

#include <stdlib.h>

#include "check.h"
#include "collection.h"
#include "values.h"

typedef struct Fixture {
  OmniRuntime *rt;
  OmniThread *t;
} Fixture;

static inline Fixture fixture_open(void) {
  Fixture f;
  f.rt = omni_runtime_create_owned(omni_port_system_borrowed());
  if (f.rt == NULL) abort();
  f.t = omni_runtime_thread_borrowed(f.rt);
  if (!rti_values_start(f.t)) abort();
  return f;
}

static inline void fixture_close(Fixture *f) {
  rti_values_finish(f->t);
  omni_runtime_destroy(f->rt);
}

static inline OmniValue text(Fixture *f, const char *s) {
  return omni_string(f->t, s, strlen(s));
}
static inline OmniValue num(int64_t n) { return omni_fixnum(n); }

#endif
