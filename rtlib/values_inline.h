/* The hot paths of numbers, strings and kinds, inlined into compiled programs
 * by ops_inline.c. Each is the usual case and one call of the rest.
 *
 * Fixnums are worked on as words (the value times four): the quotient of two
 * words is the quotient of the values, the remainder is scaled as a value is.
 */
#ifndef OMNI_VALUES_INLINE_H
#define OMNI_VALUES_INLINE_H

#include <math.h>

#include "collection.h"
#include "values.h"

static inline bool omni_both_fixnums(OmniValue a, OmniValue b) { return ((a | b) & 3) == 0; }
static inline bool omni_both_doubles(OmniValue a, OmniValue b) {
  return omni_is_immediate_double(a) && omni_is_immediate_double(b);
}
static inline OmniValue omni_from_double(OmniThread *t, double d) {
  OmniValue v = omni_double_rotate(d);
  return OMNI_LIKELY(omni_is_immediate_double(v)) ? v : omni_double_box(t, d);
}

/* ---- signs and parity ---- */

static inline bool omni_is_zero_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return OMNI_LIKELY(omni_is_fixnum(v)) ? v == 0 : omni_is_zero_slow(t, site, v);
}
static inline bool omni_is_positive_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return OMNI_LIKELY(omni_is_fixnum(v)) ? (int64_t)v > 0 : omni_is_positive_slow(t, site, v);
}
static inline bool omni_is_negative_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return OMNI_LIKELY(omni_is_fixnum(v)) ? (int64_t)v < 0 : omni_is_negative_slow(t, site, v);
}
static inline bool omni_is_odd_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return OMNI_LIKELY(omni_is_fixnum(v)) ? (v & 4) != 0 : omni_is_odd_slow(t, site, v);
}
static inline bool omni_is_even_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return OMNI_LIKELY(omni_is_fixnum(v)) ? (v & 4) == 0 : omni_is_even_slow(t, site, v);
}

static inline OmniValue omni_abs_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (OMNI_LIKELY(omni_is_fixnum(v) && v != omni_fixnum(OMNI_FIXNUM_MIN)))
    return (int64_t)v < 0 ? -v : v;
  if (omni_is_immediate_double(v)) return omni_from_double(t, fabs(omni_immediate_double_value(v)));
  return omni_abs_slow(t, site, v);
}

static inline OmniValue omni_max_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                        OmniValue b) {
  if (OMNI_LIKELY(omni_both_fixnums(a, b))) return (int64_t)a < (int64_t)b ? b : a;
  if (omni_both_doubles(a, b))
    return omni_immediate_double_value(a) < omni_immediate_double_value(b) ? b : a;
  return omni_max_slow(t, site, a, b);
}
static inline OmniValue omni_min_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                        OmniValue b) {
  if (OMNI_LIKELY(omni_both_fixnums(a, b))) return (int64_t)a > (int64_t)b ? b : a;
  if (omni_both_doubles(a, b))
    return omni_immediate_double_value(a) > omni_immediate_double_value(b) ? b : a;
  return omni_min_slow(t, site, a, b);
}

/* ---- division ---- */

/* A fixnum that a double holds exactly. */
static inline bool omni_exact_in_double(OmniValue v) {
  return omni_is_fixnum(v) && v + omni_fixnum(INT64_C(1) << 53) <= omni_fixnum(INT64_C(1) << 54);
}

static inline OmniValue omni_div_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                        OmniValue b) {
  if (omni_both_doubles(a, b))
    return omni_from_double(t, omni_immediate_double_value(a) / omni_immediate_double_value(b));
  if (omni_exact_in_double(a) && omni_exact_in_double(b) && b != 0)
    return omni_from_double(t, (double)omni_fixnum_value(a) / (double)omni_fixnum_value(b));
  return omni_div_slow(t, site, a, b);
}

/* Division by -1 may leave the fixnums; the slow path has it. */
static inline OmniValue omni_quotient_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                             OmniValue b) {
  if (OMNI_LIKELY(omni_both_fixnums(a, b) && b + 4 > 4))
    return (OmniValue)((int64_t)a / (int64_t)b) << 2;
  return omni_quotient_slow(t, site, a, b);
}
static inline OmniValue omni_remainder_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                              OmniValue b) {
  if (OMNI_LIKELY(omni_both_fixnums(a, b) && b != 0)) return (OmniValue)((int64_t)a % (int64_t)b);
  return omni_remainder_slow(t, site, a, b);
}
static inline OmniValue omni_mod_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                        OmniValue b) {
  if (OMNI_LIKELY(omni_both_fixnums(a, b) && b != 0)) {
    int64_t r = (int64_t)a % (int64_t)b;
    return (OmniValue)(r != 0 && (r ^ (int64_t)b) < 0 ? r + (int64_t)b : r);
  }
  return omni_mod_slow(t, site, a, b);
}

/* ---- bits ---- */

static inline OmniValue omni_bit_and_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                            OmniValue b) {
  return OMNI_LIKELY(omni_both_fixnums(a, b)) ? a & b : omni_bit_and_slow(t, site, a, b);
}
static inline OmniValue omni_bit_or_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                           OmniValue b) {
  return OMNI_LIKELY(omni_both_fixnums(a, b)) ? a | b : omni_bit_or_slow(t, site, a, b);
}
static inline OmniValue omni_bit_xor_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                            OmniValue b) {
  return OMNI_LIKELY(omni_both_fixnums(a, b)) ? a ^ b : omni_bit_xor_slow(t, site, a, b);
}
static inline OmniValue omni_bit_not_inline(OmniThread *t, const OmniSite *site, OmniValue a) {
  return OMNI_LIKELY(omni_is_fixnum(a)) ? ~a & ~(OmniValue)3 : omni_bit_not_slow(t, site, a);
}
static inline OmniValue omni_shift_left_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                               OmniValue n) {
  if (OMNI_LIKELY(omni_both_fixnums(a, n) && n < omni_fixnum(62))) {
    OmniValue r = a << (n >> 2);
    if (OMNI_LIKELY((int64_t)r >> (n >> 2) == (int64_t)a)) return r;
  }
  return omni_shift_left_slow(t, site, a, n);
}
static inline OmniValue omni_shift_right_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                                OmniValue n) {
  if (OMNI_LIKELY(omni_both_fixnums(a, n) && n < omni_fixnum(62)))
    return (OmniValue)((int64_t)a >> (n >> 2)) & ~(OmniValue)3;
  return omni_shift_right_slow(t, site, a, n);
}

/* ---- doubles ---- */

static inline double omni_inexact_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_immediate_double(v)) return omni_immediate_double_value(v);
  if (omni_is_fixnum(v)) return (double)omni_fixnum_value(v);
  return omni_inexact_slow(t, site, v);
}
static inline double omni_sqrt_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  return sqrt(omni_inexact_inline(t, site, v));
}
static inline OmniValue omni_floor_to_int_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_fixnum(v)) return v;
  if (omni_is_immediate_double(v)) {
    double d = omni_immediate_double_value(v);
    if (fabs(d) < 0x1p60) return omni_fixnum((int64_t)floor(d));
  }
  return omni_floor_to_int_slow(t, site, v);
}

/* ---- strings and characters ---- */

static inline int64_t omni_string_length_inline(OmniThread *t, const OmniSite *site, OmniValue s) {
  if (OMNI_LIKELY(omni_is_string(s))) return (int64_t)omni_string_nchars(s);
  return omni_string_length_slow(t, site, s);
}

/* Of ASCII text; a negative index is huge as a word. */
static inline OmniValue omni_string_ref_inline(OmniThread *t, const OmniSite *site, OmniValue s,
                                               OmniValue i) {
  if (OMNI_LIKELY(omni_is_string(s) && omni_is_fixnum(i))) {
    size_t nbytes = omni_string_nbytes(s);
    if (OMNI_LIKELY(nbytes == omni_string_nchars(s) && i >> 2 < nbytes && !(i >> 63)))
      return omni_char((unsigned char)omni_string_bytes_view(s)[i >> 2]);
  }
  return omni_string_ref_slow(t, site, s, i);
}

static inline int64_t omni_char_to_integer_inline(OmniThread *t, const OmniSite *site,
                                                  OmniValue c) {
  if (OMNI_LIKELY(omni_is_char(c))) return (int64_t)omni_char_value(c);
  return omni_char_to_integer_slow(t, site, c);
}

/* ---- equality ---- */

/* Two immediates that are not the same word differ, but for doubles and NaN:
 * those are never the same word and equal? only when boxed. */
static inline bool omni_equal_inline(OmniThread *t, OmniValue a, OmniValue b) {
  if (a == b) return true;
  return omni_is_ref(a) && omni_is_ref(b) && omni_equal(t, a, b);
}

#endif
