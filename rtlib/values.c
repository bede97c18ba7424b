/* The values half's part of a runtime: made before the first value, given back
 * after the last one.
 *
 * The hash seed comes from the system, so that nobody can prepare keys that
 * collide; OMNI_HASH_SEED fixes it for tests. Nothing that a program can see
 * depends on it. Random numbers start from the system as well.
 */
#include "values.h"

#include <stdlib.h>
#include <unistd.h>

static uint64_t seed_from_environment(uint64_t otherwise) {
  const char *text = getenv("OMNI_HASH_SEED");
  return text == NULL || *text == 0 ? otherwise : strtoull(text, NULL, 0);
}

bool rti_values_start(OmniThread *t) {
  OmniValues *values = omni_port_alloc(rti_port_borrowed(t), sizeof *values);
  if (values == NULL) return false;
  *values = (OmniValues){0};
  uint64_t entropy[5] = {1, 2, 3, 4, 5};
  if (getentropy(entropy, sizeof entropy) != 0) entropy[0] ^= (uint64_t)getpid();
  values->hash_seed = seed_from_environment(entropy[4]);
  memcpy(values->random, entropy, sizeof values->random);
  values->random[0] |= 1; /* the state must not be all zeros */
  *rti_state(t, RTI_STATE_VALUES) = values;
  return true;
}

void rti_values_finish(OmniThread *t) {
  OmniValues *values = rti_values(t);
  if (values == NULL) return;
  rti_release(t, values->symbols.slots, values->symbols.capacity * sizeof(OmniValue));
  rti_release(t, values->kinds, values->nkinds * sizeof(OmniValue));
  rti_release(t, values, sizeof *values);
  *rti_state(t, RTI_STATE_VALUES) = NULL;
}
