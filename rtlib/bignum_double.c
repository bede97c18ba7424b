/* Between integers of any size and doubles, always correctly rounded.
 *
 * To round, the top 64 bits are taken and the last of them is set when any
 * lower bit is ("sticky"): 64 bits are 11 more than a double holds, so the
 * conversion of that word rounds as the whole number would.
 */
#include <math.h>

#include "bignum.h"

static double scaled(uint64_t top, bool sticky, int64_t exponent, bool negative) {
  double d = (double)(top | (sticky ? 1 : 0));
  int e = exponent > 5000 ? 5000 : exponent < -5000 ? -5000 : (int)exponent;
  d = ldexp(d, e);
  return negative ? -d : d;
}

static bool limbs_any(const uint64_t *limbs, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (limbs[i] != 0) return true;
  return false;
}

/* The value of the limbs times 2^exponent; `sticky`: more bits follow below. */
static double limbs_to_double(const uint64_t *limbs, size_t n, bool negative, bool sticky,
                              int64_t exponent) {
  while (n > 0 && limbs[n - 1] == 0) n--;
  if (n == 0) return negative ? -0.0 : 0.0;
  int lead = __builtin_clzll(limbs[n - 1]);
  uint64_t top = limbs[n - 1] << lead;
  if (n > 1) {
    if (lead != 0) top |= limbs[n - 2] >> (64 - lead);
    sticky = sticky || (limbs[n - 2] << lead) != 0 || limbs_any(limbs, n - 2);
  }
  return scaled(top, sticky, exponent + (int64_t)(n - 1) * 64 - lead, negative);
}

double big_to_double(OmniValue a) {
  if (omni_is_fixnum(a)) return (double)omni_fixnum_value(a);
  BigView v;
  big_view(&v, a);
  return limbs_to_double(v.limbs, v.n, v.negative, false, 0);
}

/* The dividend is shifted until the quotient has at least 65 bits; what the
 * division leaves only matters as "more bits follow". */
double big_ratio(OmniThread *t, OmniValue a, OmniValue b) {
  bool negative = (big_sign(a) < 0) != (big_sign(b) < 0); /* 0 / -5 is -0.0 as on doubles */
  if (big_sign(a) == 0) return negative ? -0.0 : 0.0;
  int64_t shift = (int64_t)big_bit_length(b) - (int64_t)big_bit_length(a) + 66;
  if (shift < 0) shift = 0;
  OmniValue q, r;
  big_divide(t, big_shift_left(t, NULL, a, (size_t)shift), b, &q, &r);
  BigView v;
  big_view(&v, q);
  return limbs_to_double(v.limbs, v.n, negative, big_sign(r) != 0, -shift);
}

#define DOUBLE_LIMBS 17 /* 1024 bits and one limb to spare */

/* |d| in limbs, d integral and finite. */
static size_t double_limbs(double d, uint64_t limbs[DOUBLE_LIMBS]) {
  int exponent;
  double fraction = frexp(fabs(d), &exponent); /* in [1/2, 1) */
  memset(limbs, 0, DOUBLE_LIMBS * sizeof *limbs);
  if (exponent <= 0) return 0;
  uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
  if (exponent <= 53) {
    limbs[0] = mantissa >> (53 - exponent);
    return 1;
  }
  size_t shift = (size_t)exponent - 53, word = shift / 64;
  unsigned bits = (unsigned)(shift % 64);
  limbs[word] = mantissa << bits;
  if (bits > 11) limbs[word + 1] = mantissa >> (64 - bits);
  return word + 2;
}

OmniValue big_from_double(OmniThread *t, double d) {
  if (fabs(d) < 0x1p61) return omni_fixnum((int64_t)d);
  uint64_t limbs[DOUBLE_LIMBS];
  size_t n = double_limbs(d, limbs);
  return big_from_limbs(t, limbs, n, d < 0);
}

static int sign_of(double d) { return (d > 0) - (d < 0); }

/* Compares whole parts; `fraction` decides when they are equal. */
int big_compare_double(OmniValue a, double d) {
  double whole = trunc(d);
  if (omni_is_fixnum(a)) {
    if (fabs(d) >= 0x1p62) return -sign_of(d);
    int64_t n = omni_fixnum_value(a), m = (int64_t)whole;
    if (n != m) return n < m ? -1 : 1;
    return -sign_of(d - whole);
  }
  BigView v;
  big_view(&v, a);
  int sign = v.negative ? -1 : 1;
  if (fabs(d) < 0x1p61 || (d < 0) != v.negative) return sign;
  uint64_t limbs[DOUBLE_LIMBS];
  size_t n = double_limbs(d, limbs); /* so large a double has no fraction */
  while (n > 0 && limbs[n - 1] == 0) n--;
  if (v.n != n) return v.n < n ? -sign : sign;
  for (size_t i = n; i-- > 0;)
    if (v.limbs[i] != limbs[i]) return v.limbs[i] < limbs[i] ? -sign : sign;
  return 0;
}
