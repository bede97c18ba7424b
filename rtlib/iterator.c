/* Iterators: state objects only; what runs closures is in the prelude.
 *
 *   RANGE  {start, end, step}   numbers; can be run again and again
 *   MAKER  {closure}            a closure without parameters that gives a fresh
 *                               `next`: a closure that gives the next value, or
 *                               OMNI_END; can be run again
 *   ONCE   {next or false}      a `next` that exists once (a file, a generator);
 *                               false when it has been taken
 *
 * A range of Floats is walked as start + i * step, so its steps do not add up
 * errors; the prelude does the arithmetic.
 */
#include "collection.h"
#include "values.h"

static OmniValue iterator_new(OmniThread *t, OmniIterKind kind, size_t nstates,
                              const OmniValue *states) {
  OmniValue it = omni_new(t, OMNI_T_ITERATOR, ITER_STATE + nstates, 0);
  omni_init(t, it, ITER_KIND, omni_fixnum((int64_t)kind));
  omni_init_many(t, it, ITER_STATE, states, nstates);
  return it;
}

static bool is_kind(OmniValue v, OmniIterKind kind) {
  return omni_is_type(v, OMNI_T_ITERATOR) &&
         omni_slot(v, ITER_KIND) == omni_fixnum((int64_t)kind);
}

OmniValue omni_prim_range(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b,
                          OmniValue step) {
  OmniValue parts[3] = {a, b, step};
  if (b == OMNI_ABSENT) parts[0] = omni_fixnum(0), parts[1] = a;
  if (step == OMNI_ABSENT) parts[2] = omni_fixnum(1);
  for (int i = 0; i < 3; i++)
    if (!omni_is_number(parts[i])) return omni_error_kind(t, site, "range", "Number", parts[i]);
  if (rti_number_double(parts[2]) == 0)
    return omni_error_arith(t, site, "range", "the step is zero");
  return iterator_new(t, OMNI_ITER_RANGE, 3, parts);
}

OmniValue omni_prim_iter_make(OmniThread *t, const OmniSite *site, OmniValue maker) {
  (void)site;
  return iterator_new(t, OMNI_ITER_MAKER, 1, &maker);
}

OmniValue omni_prim_iter_once(OmniThread *t, const OmniSite *site, OmniValue next) {
  (void)site;
  return iterator_new(t, OMNI_ITER_ONCE, 1, &next);
}

/* The maker of a MAKER; the `next` of a ONCE, which is then used up. */
OmniValue omni_prim_iter_start(OmniThread *t, const OmniSite *site, OmniValue it) {
  OmniValue state = omni_slot(it, ITER_STATE);
  if (!is_kind(it, OMNI_ITER_ONCE)) return state;
  if (state == OMNI_FALSE)
    return omni_raise(t, site, "iterator", "this iterator can be run only once", 1, &it);
  omni_hold(t, state);
  omni_store(t, it, ITER_STATE, OMNI_FALSE);
  return state;
}
