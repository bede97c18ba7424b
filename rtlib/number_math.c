/* Rounding, conversion between Int and Float, and the elementary functions.
 *
 * floor and its like keep the kind of their operand; the `->int` forms and
 * `exact` give an Int. The elementary functions compute on doubles whatever
 * they are given; outside their domain they give NaN, as IEEE has it.
 */
#include <math.h>

#include "bignum.h"

/* ---- rounding ---- */

/* Half to even, whatever the rounding mode. */
static double round_even(double d) {
  double r = round(d);
  if (fabs(r - d) == 0.5 && fmod(r, 2.0) != 0.0) r -= copysign(1.0, d);
  return copysign(r, d);
}

typedef double Rounding(double);

static OmniValue round_operand(OmniThread *t, const OmniSite *site, const char *op,
                               Rounding *rounding, OmniValue v) {
  if (omni_is_integer(v)) return big_fresh(t, v);
  if (!omni_is_double(v)) return omni_error_kind(t, site, op, "Number", v);
  return omni_double(t, rounding(omni_double_value(v)));
}

static OmniValue round_to_int(OmniThread *t, const OmniSite *site, const char *op,
                              Rounding *rounding, OmniValue v) {
  if (omni_is_integer(v)) return big_fresh(t, v);
  if (!omni_is_double(v)) return omni_error_kind(t, site, op, "Number", v);
  double d = omni_double_value(v);
  if (!isfinite(d)) return omni_error_kind(t, site, op, "finite Number", v);
  return big_from_double(t, rounding(d));
}

#define ROUNDING(id, to_int, name, function) \
  OmniValue omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue v) { \
    return round_operand(t, site, name, function, v); \
  } \
  OmniValue to_int(OmniThread *t, const OmniSite *site, OmniValue v) { \
    return round_to_int(t, site, name "->int", function, v); \
  }
ROUNDING(floor, omni_floor_to_int_slow, "floor", floor)
ROUNDING(ceiling, omni_prim_ceiling_to_int, "ceiling", ceil)
ROUNDING(truncate, omni_prim_truncate_to_int, "truncate", trunc)
ROUNDING(round, omni_prim_round_to_int, "round", round_even)

/* ---- exact, inexact ---- */

OmniValue omni_prim_exact(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_integer(v)) return big_fresh(t, v);
  if (!omni_is_double(v)) return omni_error_kind(t, site, "exact", "Number", v);
  double d = omni_double_value(v);
  if (!isfinite(d) || trunc(d) != d)
    return omni_error_kind(t, site, "exact", "Number that is whole", v);
  return big_from_double(t, d);
}

static double double_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v) {
  if (omni_is_number(v)) return rti_number_double(v);
  omni_error_kind(t, site, op, "Number", v);
  return 0;
}

double omni_inexact_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return double_operand(t, site, "inexact", v);
}

/* ---- elementary functions ---- */

#define ELEMENTARY(id, function) \
  double omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue v) { \
    return function(double_operand(t, site, #id, v)); \
  }
ELEMENTARY(sin, sin)
ELEMENTARY(cos, cos)
ELEMENTARY(tan, tan)
ELEMENTARY(asin, asin)
ELEMENTARY(acos, acos)
ELEMENTARY(exp, exp)

/* (atan y) or (atan y x): the angle of the point (x, y) */
double omni_prim_atan(OmniThread *t, const OmniSite *site, OmniValue y, OmniValue x) {
  double d = double_operand(t, site, "atan", y);
  return x == OMNI_ABSENT ? atan(d) : atan2(d, double_operand(t, site, "atan", x));
}

/* The logarithm of a big integer may be a double when the integer is not. */
static double log_operand(OmniThread *t, const OmniSite *site, OmniValue v) {
  double d = double_operand(t, site, "log", v);
  if (!omni_is_bignum(v) || !isinf(d) || d < 0) return log(d);
  size_t shift = big_bit_length(v) - 64;
  return log(big_to_double(big_shift_right(t, v, shift))) + (double)shift * 0x1.62e42fefa39efp-1;
}

/* (log x) or (log x base) */
double omni_prim_log(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue base) {
  if (base == omni_fixnum(2) && !omni_is_bignum(v)) return log2(double_operand(t, site, "log", v));
  if (base == omni_fixnum(10) && !omni_is_bignum(v))
    return log10(double_operand(t, site, "log", v));
  double d = log_operand(t, site, v);
  return base == OMNI_ABSENT ? d : d / log_operand(t, site, base);
}
