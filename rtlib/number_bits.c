/* Bitwise operations and shifts of integers of any size. Integers behave as
 * two's complement numbers with endless sign bits; a shift by a negative count
 * goes the other way, a right shift rounds towards minus infinity.
 */
#include "bignum.h"

static OmniValue bits(OmniThread *t, const OmniSite *site, const char *name, BigBitOp op,
                      OmniValue a, OmniValue b) {
  if (!omni_is_integer(a)) return omni_error_kind(t, site, name, "Int", a);
  if (!omni_is_integer(b)) return omni_error_kind(t, site, name, "Int", b);
  return big_bits(t, op, a, b);
}

OmniValue omni_bit_and_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return bits(t, site, "bit-and", BIG_AND, a, b);
}
OmniValue omni_bit_or_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return bits(t, site, "bit-or", BIG_OR, a, b);
}
OmniValue omni_bit_xor_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return bits(t, site, "bit-xor", BIG_XOR, a, b);
}
OmniValue omni_bit_not_slow(OmniThread *t, const OmniSite *site, OmniValue a) {
  if (!omni_is_integer(a)) return omni_error_kind(t, site, "bit-not", "Int", a);
  return big_sub(t, omni_fixnum(-1), a);
}

static OmniValue shift_left(OmniThread *t, const OmniSite *site, OmniValue a, size_t nbits) {
  if (omni_is_fixnum(a) && nbits < 62) {
    int64_t n = omni_fixnum_value(a), r = (int64_t)((uint64_t)n << nbits);
    if (r >> nbits == n) return omni_int(t, r);
  }
  return big_shift_left(t, site, a, nbits);
}

static OmniValue shift_right(OmniThread *t, OmniValue a, size_t nbits) {
  if (omni_is_fixnum(a)) return omni_fixnum(omni_fixnum_value(a) >> (nbits < 63 ? nbits : 63));
  return big_shift_right(t, a, nbits);
}

static OmniValue shift(OmniThread *t, const OmniSite *site, const char *op, OmniValue a,
                       OmniValue count, bool left) {
  if (!omni_is_integer(a)) return omni_error_kind(t, site, op, "Int", a);
  int64_t n;
  if (!rti_int_operand(t, site, op, "Int number of bits", count, OMNI_FIXNUM_MIN, OMNI_FIXNUM_MAX,
                       &n))
    return OMNI_NOTHING;
  if (n < 0) {
    left = !left;
    n = -n;
  }
  OmniValue r = left ? shift_left(t, site, a, (size_t)n) : shift_right(t, a, (size_t)n);
  return r == a ? big_fresh(t, a) : r;
}

OmniValue omni_shift_left_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue n) {
  return shift(t, site, "shift-left", a, n, true);
}
OmniValue omni_shift_right_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue n) {
  return shift(t, site, "shift-right", a, n, false);
}
