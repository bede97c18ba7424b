/* The values half's part of a runtime: made before the first value, given back
 * after the last one.
 *
 * The hash seed comes from the system, so that nobody can prepare keys that
 * collide; OMNI_HASH_SEED fixes it for tests. Nothing that a program can see
 * depends on it. Random numbers start from the system as well.
 *
 * Memory that is not a value is linked into a list, because an error leaves
 * without unwinding the C code that has it: the end of the runtime gives back
 * what is left.
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
  while (values->held != NULL) rti_release(t, values->held + 1, values->held->nbytes);
  omni_port_free(rti_port_borrowed(t), values, sizeof *values);
  *rti_state(t, RTI_STATE_VALUES) = NULL;
}

/* ---- memory that is not a value ---- */

static void *held_link(OmniValues *values, Held *h, size_t nbytes) {
  *h = (Held){.next = values->held, .nbytes = nbytes};
  if (h->next != NULL) h->next->prev = h;
  values->held = h;
  return h + 1;
}

static void held_unlink(OmniValues *values, Held *h) {
  if (h->next != NULL) h->next->prev = h->prev;
  if (h->prev != NULL) h->prev->next = h->next;
  else values->held = h->next;
}

void *rti_try_allocate(OmniThread *t, size_t nbytes) {
  Held *h = omni_port_alloc(rti_port_borrowed(t), sizeof *h + nbytes);
  return h == NULL ? NULL : held_link(rti_values(t), h, nbytes);
}

void *rti_allocate(OmniThread *t, size_t nbytes) {
  void *p = rti_try_allocate(t, nbytes);
  if (p == NULL) omni_error_memory(t, nbytes);
  return p;
}

void *rti_reallocate(OmniThread *t, void *p, size_t old_nbytes, size_t nbytes) {
  if (p == NULL) return rti_allocate(t, nbytes);
  const OmniPort *port = rti_port_borrowed(t);
  Held *h = (Held *)p - 1;
  held_unlink(rti_values(t), h);
  Held *moved = port->reallocate(port->ctx, h, sizeof *h + old_nbytes, sizeof *h + nbytes);
  if (moved == NULL) {
    held_link(rti_values(t), h, old_nbytes);
    omni_error_memory(t, nbytes);
  }
  return held_link(rti_values(t), moved, nbytes);
}

void rti_release(OmniThread *t, void *p, size_t nbytes) {
  if (p == NULL) return;
  Held *h = (Held *)p - 1;
  held_unlink(rti_values(t), h);
  omni_port_free(rti_port_borrowed(t), h, sizeof *h + nbytes);
}
