/* Division and what stands on it: / quotient remainder mod gcd lcm expt
 * exact-integer-sqrt.
 *
 * `/` always gives a Float, the one nearest to the exact ratio; the integer
 * divisions are exact. quotient and remainder truncate, mod floors, so that
 * the result has the sign of the divisor. With a Float among the operands they
 * compute the same on doubles. A divisor of zero is an arithmetic error, but
 * `/` with a Float follows IEEE.
 */
#include <math.h>
#include <stdlib.h>

#include "bignum.h"

static const char division_by_zero[] = "division by zero";

static OmniValue kind_error(OmniThread *t, const OmniSite *site, const char *op, OmniValue a,
                            OmniValue b) {
  return omni_error_kind(t, site, op, "Number", omni_is_number(a) ? b : a);
}

/* ---- / ---- */

/* Both operands are doubles without rounding, and so is one division. */
static bool exact_in_double(OmniValue v) {
  return omni_is_fixnum(v) && llabs(omni_fixnum_value(v)) <= INT64_C(1) << 53;
}

OmniValue omni_div_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!omni_is_number(a) || !omni_is_number(b)) return kind_error(t, site, "/", a, b);
  if (omni_is_double(a) || omni_is_double(b))
    return omni_double(t, rti_number_double(a) / rti_number_double(b));
  if (b == omni_fixnum(0)) return omni_error_arith(t, site, "/", division_by_zero);
  if (exact_in_double(a) && exact_in_double(b))
    return omni_double(t, (double)omni_fixnum_value(a) / (double)omni_fixnum_value(b));
  return omni_double(t, big_ratio(t, a, b));
}

/* ---- quotient, remainder, mod ---- */

typedef enum { QUOTIENT, REMAINDER, MOD } Division;
static const char *const division_names[] = {"quotient", "remainder", "mod"};

static double divide_doubles(Division op, double x, double y) {
  if (op == QUOTIENT) return trunc(x / y);
  double r = fmod(x, y);
  if (op == MOD && r != 0 && (r < 0) != (y < 0)) r += y;
  return r;
}

static OmniValue divide_fixnums(OmniThread *t, Division op, int64_t x, int64_t y) {
  if (op == QUOTIENT) return omni_int(t, x / y); /* min / -1 leaves the fixnums, not int64 */
  int64_t r = x % y;
  if (op == MOD && r != 0 && (r < 0) != (y < 0)) r += y;
  return omni_fixnum(r);
}

static OmniValue divide_big(OmniThread *t, Division op, OmniValue a, OmniValue b) {
  OmniValue q, r;
  big_divide(t, a, b, &q, &r);
  if (op == QUOTIENT) return q;
  if (r == a) r = big_fresh(t, a);
  if (op == MOD && big_sign(r) != 0 && big_sign(r) != big_sign(b)) r = big_add(t, r, b);
  return r;
}

static OmniValue divide(OmniThread *t, const OmniSite *site, Division op, OmniValue a,
                        OmniValue b) {
  if (omni_is_fixnum(a) && omni_is_fixnum(b) && b != omni_fixnum(0))
    return divide_fixnums(t, op, omni_fixnum_value(a), omni_fixnum_value(b));
  const char *name = division_names[op];
  if (!omni_is_number(a) || !omni_is_number(b)) return kind_error(t, site, name, a, b);
  if (omni_is_integer(a) && omni_is_integer(b)) {
    if (b == omni_fixnum(0)) return omni_error_arith(t, site, name, division_by_zero);
    return divide_big(t, op, a, b);
  }
  double y = rti_number_double(b);
  if (y == 0) return omni_error_arith(t, site, name, division_by_zero);
  return omni_double(t, divide_doubles(op, rti_number_double(a), y));
}

OmniValue omni_quotient_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return divide(t, site, QUOTIENT, a, b);
}
OmniValue omni_remainder_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return divide(t, site, REMAINDER, a, b);
}
OmniValue omni_mod_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return divide(t, site, MOD, a, b);
}

/* ---- gcd, lcm ---- */

OmniValue omni_prim_gcd(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!omni_is_integer(a)) return omni_error_kind(t, site, "gcd", "Int", a);
  if (!omni_is_integer(b)) return omni_error_kind(t, site, "gcd", "Int", b);
  OmniValue r = big_gcd(t, a, b);
  return r == a || r == b ? big_fresh(t, r) : r;
}

OmniValue omni_prim_lcm(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!omni_is_integer(a)) return omni_error_kind(t, site, "lcm", "Int", a);
  if (!omni_is_integer(b)) return omni_error_kind(t, site, "lcm", "Int", b);
  if (big_sign(a) == 0 || big_sign(b) == 0) return omni_fixnum(0);
  OmniValue q;
  big_divide(t, a, big_gcd(t, a, b), &q, NULL);
  OmniValue product = big_mul(t, site, q, b);
  return big_sign(product) < 0 ? big_sub(t, omni_fixnum(0), product) : product;
}

/* ---- expt ---- */

/* base^n for n >= 0: by squaring from the top bit down, so that the factor
 * that is multiplied in stays the small one. */
static OmniValue power(OmniThread *t, const OmniSite *site, OmniValue base, int64_t n) {
  if (n == 0) return omni_fixnum(1);
  if (base == omni_fixnum(2)) return big_shift_left(t, site, omni_fixnum(1), (size_t)n);
  size_t nbits = big_bit_length(base);
  if (n == 1) return big_fresh(t, base);
  if (nbits > 1 && (uint64_t)n > BIG_MAX_LIMBS * 64 / (nbits - 1))
    return omni_error_arith(t, site, "expt", "the result is too large");
  OmniValue result = base;
  for (int bit = 62 - __builtin_clzll((uint64_t)n); bit >= 0; bit--) {
    result = big_mul(t, site, result, result);
    if (n >> bit & 1) result = big_mul(t, site, result, base);
  }
  return result;
}

/* 0, 1 and -1 to any power, however large. */
static bool power_of_unit(OmniValue base, OmniValue exponent, OmniValue *out) {
  if (base == omni_fixnum(0) || base == omni_fixnum(1)) {
    *out = base;
    return true;
  }
  if (base != omni_fixnum(-1)) return false;
  BigView e;
  big_view(&e, exponent);
  *out = omni_fixnum(e.limbs[0] & 1 ? -1 : 1);
  return true;
}

OmniValue omni_prim_expt(OmniThread *t, const OmniSite *site, OmniValue base, OmniValue exponent) {
  if (!omni_is_number(base) || !omni_is_number(exponent))
    return kind_error(t, site, "expt", base, exponent);
  if (!omni_is_integer(base) || !omni_is_integer(exponent))
    return omni_double(t, pow(rti_number_double(base), rti_number_double(exponent)));
  if (big_sign(exponent) < 0) {
    if (base == omni_fixnum(0)) return omni_error_arith(t, site, "expt", division_by_zero);
    return omni_double(t, pow(rti_number_double(base), rti_number_double(exponent)));
  }
  OmniValue unit;
  if (exponent != omni_fixnum(0) && power_of_unit(base, exponent, &unit)) return unit;
  if (!omni_is_fixnum(exponent))
    return omni_error_arith(t, site, "expt", "the result is too large");
  return power(t, site, base, omni_fixnum_value(exponent));
}

/* ---- exact-integer-sqrt ---- */

/* The tuple of the root and what is left. */
OmniValue omni_prim_exact_integer_sqrt(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (!omni_is_integer(v) || big_sign(v) < 0)
    return omni_error_kind(t, site, "exact-integer-sqrt", "Int that is not negative", v);
  OmniValue root, rest;
  big_sqrt(t, v, &root, &rest);
  OmniValue pair = omni_new(t, OMNI_T_TUPLE, 3, 0);
  omni_init(t, pair, 1, root);
  omni_init(t, pair, 2, rest);
  return pair;
}
