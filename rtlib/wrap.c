/* Arithmetic on places of sized integer kinds: the exact result, taken modulo
 * the size. The low 64 bits of the two's complement say everything.
 */
#include "bignum.h"
#include "values.h"

static uint64_t low_bits(OmniValue v) {
  BigView view;
  big_view(&view, v);
  uint64_t low = view.n ? view.limbs[0] : 0;
  return view.negative ? 0 - low : low;
}

/* v: an Int; kind: the number of a sized integer kind in kinds.def. */
OmniValue omni_prim_wrap(OmniThread *t, const OmniSite *site, OmniValue v, int64_t kind) {
  if (!omni_is_integer(v)) return omni_error_kind(t, site, NULL, "Int", v);
  uint64_t low = low_bits(v);
  switch (kind) {
  case OMNI_K_INT8: return omni_fixnum((int8_t)low);
  case OMNI_K_INT16: return omni_fixnum((int16_t)low);
  case OMNI_K_INT32: return omni_fixnum((int32_t)low);
  case OMNI_K_UINT8: return omni_fixnum((uint8_t)low);
  case OMNI_K_UINT16: return omni_fixnum((uint16_t)low);
  case OMNI_K_UINT32: return omni_fixnum((uint32_t)low);
  default: return omni_int(t, (int64_t)low);
  }
}
