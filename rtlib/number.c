/* Numbers: boxing, the slow paths of + - * and of the comparisons, and the
 * predicates.
 *
 * Integers are exact and of any size; doubles are IEEE. An operation on both
 * computes in doubles, but a comparison of both is exact: 2^53 + 1 is not equal
 * to 9007199254740992.0. The inline fast paths have handled what is common
 * (two fixnums without overflow, two doubles) before they come here.
 */
#include "bignum.h"

#include <math.h>

/* ---- boxing ---- */

OmniValue omni_int(OmniThread *t, int64_t n) {
  if (omni_fits_fixnum(n)) return omni_fixnum(n);
  uint64_t magnitude = n < 0 ? -(uint64_t)n : (uint64_t)n;
  return big_from_u128(t, magnitude, n < 0);
}

OmniValue omni_double_box(OmniThread *t, double d) {
  OmniValue v = omni_new(t, OMNI_T_DOUBLE, 2, 0);
  memcpy(omni_words(v) + 1, &d, sizeof d);
  return v;
}

OmniValue omni_double(OmniThread *t, double d) {
  OmniValue v = omni_double_rotate(d);
  return omni_is_immediate_double(v) ? v : omni_double_box(t, d);
}

double omni_double_value(OmniValue v) {
  if (omni_is_immediate_double(v)) return omni_immediate_double_value(v);
  double d;
  memcpy(&d, omni_words(v) + 1, sizeof d);
  return d;
}

double rti_number_double(OmniValue v) {
  return omni_is_double(v) ? omni_double_value(v) : big_to_double(v);
}

/* ---- operands ---- */

/* The first of two operands that is not a number. */
static OmniValue not_a_number(OmniValue a, OmniValue b) { return omni_is_number(a) ? b : a; }

static inline bool both_integers(OmniValue a, OmniValue b) {
  return omni_is_integer(a) && omni_is_integer(b);
}
static inline bool both_numbers(OmniValue a, OmniValue b) {
  return omni_is_number(a) && omni_is_number(b);
}

bool rti_int_operand(OmniThread *t, const OmniSite *site, const char *op, const char *what,
                     OmniValue v, int64_t min, int64_t max, int64_t *out) {
  *out = min;
  if (omni_is_fixnum(v)) {
    int64_t n = omni_fixnum_value(v);
    if (n >= min && n <= max) {
      *out = n;
      return true;
    }
  }
  omni_error_kind(t, site, op, what, v);
  return false;
}

/* ---- + - * ---- */

OmniValue omni_add_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (both_integers(a, b)) return big_add(t, a, b);
  if (both_numbers(a, b)) return omni_double(t, rti_number_double(a) + rti_number_double(b));
  return omni_error_kind(t, site, "+", "Number", not_a_number(a, b));
}

OmniValue omni_sub_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (both_integers(a, b)) return big_sub(t, a, b);
  if (both_numbers(a, b)) return omni_double(t, rti_number_double(a) - rti_number_double(b));
  return omni_error_kind(t, site, "-", "Number", not_a_number(a, b));
}

OmniValue omni_mul_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (both_integers(a, b)) return big_mul(t, site, a, b);
  if (both_numbers(a, b)) return omni_double(t, rti_number_double(a) * rti_number_double(b));
  return omni_error_kind(t, site, "*", "Number", not_a_number(a, b));
}

/* ---- comparison ---- */

static OmniOrder order_of(int n) { return n < 0 ? OMNI_LESS : n > 0 ? OMNI_GREATER : OMNI_SAME; }

static OmniOrder compare_doubles(double x, double y) {
  if (x < y) return OMNI_LESS;
  if (x > y) return OMNI_GREATER;
  return x == y ? OMNI_SAME : OMNI_UNORDERED;
}

/* integer against double; `sign` -1 when they stand the other way round */
static OmniOrder compare_mixed(OmniValue a, double d, int sign) {
  if (isnan(d)) return OMNI_UNORDERED;
  if (isinf(d)) return order_of(d > 0 ? -sign : sign);
  return order_of(sign * big_compare_double(a, d));
}

OmniOrder rti_number_compare(OmniValue a, OmniValue b) {
  bool fa = omni_is_double(a), fb = omni_is_double(b);
  if (fa && fb) return compare_doubles(omni_double_value(a), omni_double_value(b));
  if (fa) return compare_mixed(b, omni_double_value(a), -1);
  if (fb) return compare_mixed(a, omni_double_value(b), 1);
  return order_of(big_compare(a, b));
}

/* What < <= > >= stand on: numbers by value, strings and characters by code
 * point; anything else is an error and counts as unordered. */
static OmniOrder compare(OmniThread *t, const OmniSite *site, const char *op, OmniValue a,
                         OmniValue b) {
  if (both_numbers(a, b)) return rti_number_compare(a, b);
  if (omni_is_string(a) && omni_is_string(b)) return order_of(rti_string_compare(a, b));
  if (omni_is_char(a) && omni_is_char(b))
    return order_of((int)omni_char_value(a) - (int)omni_char_value(b));
  if (omni_is_string(a)) omni_error_kind(t, site, op, "String", b);
  else if (omni_is_char(a)) omni_error_kind(t, site, op, "Char", b);
  else if (omni_is_number(a)) omni_error_kind(t, site, op, "Number", b);
  else omni_error_kind(t, site, op, "Number, String or Char", a);
  return OMNI_UNORDERED;
}

bool omni_lt_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return compare(t, site, "<", a, b) == OMNI_LESS;
}
bool omni_gt_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return compare(t, site, ">", a, b) == OMNI_GREATER;
}
bool omni_le_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  return compare(t, site, "<=", a, b) <= OMNI_SAME;
}
bool omni_ge_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  OmniOrder order = compare(t, site, ">=", a, b);
  return order == OMNI_SAME || order == OMNI_GREATER;
}
bool omni_eq_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  (void)site;
  return omni_num_or_structure_equal(t, a, b);
}

/* ---- predicates ---- */

/* Scheme's meaning: 2.0 is one too. */
bool omni_prim_is_integer(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)t, (void)site;
  if (!omni_is_double(v)) return omni_is_integer(v);
  double d = omni_double_value(v);
  return isfinite(d) && trunc(d) == d;
}

/* -1, 0, 1, or 2 for NaN */
static int sign_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v) {
  if (omni_is_integer(v)) return big_sign(v);
  if (omni_is_double(v)) return (int)compare_doubles(omni_double_value(v), 0.0);
  omni_error_kind(t, site, op, "Number", v);
  return 2;
}

bool omni_is_zero_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return sign_operand(t, site, "zero?", v) == 0;
}
bool omni_is_positive_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return sign_operand(t, site, "positive?", v) == 1;
}
bool omni_is_negative_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return sign_operand(t, site, "negative?", v) == -1;
}

static bool odd_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v) {
  if (omni_is_bignum(v)) {
    BigView view;
    big_view(&view, v);
    return view.limbs[0] & 1;
  }
  if (omni_prim_is_integer(t, site, v)) return fmod(omni_double_value(v), 2.0) != 0.0;
  omni_error_kind(t, site, op, "Int", v);
  return false;
}

bool omni_is_odd_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return odd_operand(t, site, "odd?", v);
}
bool omni_is_even_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  return !odd_operand(t, site, "even?", v);
}

/* ---- small operations ---- */

static OmniValue fresh(OmniThread *t, OmniValue v) {
  return omni_is_double(v) ? omni_double(t, omni_double_value(v)) : big_fresh(t, v);
}

OmniValue omni_max_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!both_numbers(a, b)) return omni_error_kind(t, site, "max", "Number", not_a_number(a, b));
  return fresh(t, rti_number_compare(a, b) == OMNI_LESS ? b : a);
}
OmniValue omni_min_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!both_numbers(a, b)) return omni_error_kind(t, site, "min", "Number", not_a_number(a, b));
  return fresh(t, rti_number_compare(a, b) == OMNI_GREATER ? b : a);
}
OmniValue omni_abs_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_double(v)) return omni_double(t, fabs(omni_double_value(v)));
  if (!omni_is_integer(v)) return omni_error_kind(t, site, "abs", "Number", v);
  return big_sign(v) < 0 ? big_sub(t, omni_fixnum(0), v) : big_fresh(t, v);
}
OmniValue omni_prim_square(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (!omni_is_number(v)) return omni_error_kind(t, site, "square", "Number", v);
  return omni_mul_slow(t, site, v, v);
}
