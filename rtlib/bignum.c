/* Addition, subtraction, multiplication, division, gcd and square root of
 * integers of any size, on GMP's mpn functions.
 *
 * Every operation looks at its operands through a BigView, so that a fixnum is
 * a bignum of one limb. Numbers of a few limbs are handled by loops in this
 * file: they are as fast as the library there, and a program that only needs
 * 64 or 128 bits now and then never loads it.
 *
 * mpn functions want the longer operand first, non-empty operands, and
 * destinations that do not overlap sources in forbidden ways; results go
 * straight into the fresh object.
 */
#include "bignum.h"
#include "gmp_table.h"

/* Below this many limbs the loops of this file are used. */
#define FEW 24

/* ---- views, results, scratch ---- */

void big_view(BigView *view, OmniValue v) {
  if (omni_is_fixnum(v)) {
    int64_t n = omni_fixnum_value(v);
    view->negative = n < 0;
    view->one = n < 0 ? (uint64_t)-n : (uint64_t)n;
    view->limbs = &view->one;
    view->n = n != 0;
    return;
  }
  int64_t count = (int64_t)omni_words(v)[1];
  view->negative = count < 0;
  view->n = (size_t)(count < 0 ? -count : count);
  view->limbs = omni_words(v) + 2;
}

OmniValue big_new(OmniThread *t, size_t nlimbs) {
  if (nlimbs > UINT32_MAX - 2) omni_error_memory(t, nlimbs * 8);
  return omni_new(t, OMNI_T_BIGNUM, nlimbs + 2, 0);
}

OmniValue big_finish(OmniValue big, size_t n, bool negative) {
  const uint64_t *limbs = big_limbs(big);
  while (n > 0 && limbs[n - 1] == 0) n--;
  if (n == 0) return omni_fixnum(0);
  if (n == 1) {
    uint64_t one = limbs[0];
    if (one <= (uint64_t)OMNI_FIXNUM_MAX)
      return omni_fixnum(negative ? -(int64_t)one : (int64_t)one);
    if (negative && one == (uint64_t)OMNI_FIXNUM_MAX + 1) return omni_fixnum(OMNI_FIXNUM_MIN);
  }
  omni_words(big)[1] = (uint64_t)(negative ? -(int64_t)n : (int64_t)n);
  return big;
}

uint64_t *big_scratch(OmniThread *t, BigScratch *s, size_t n) {
  s->n = n;
  s->limbs = n <= sizeof s->few / sizeof *s->few ? s->few : rti_allocate(t, n * 8);
  return s->limbs;
}

void big_scratch_free(OmniThread *t, BigScratch *s) {
  if (s->limbs != s->few) rti_release(t, s->limbs, s->n * 8);
}

OmniValue big_from_limbs(OmniThread *t, const uint64_t *limbs, size_t n, bool negative) {
  OmniValue r = big_new(t, n == 0 ? 1 : n);
  memcpy(big_limbs(r), limbs, n * 8);
  return big_finish(r, n, negative);
}

OmniValue big_fresh(OmniThread *t, OmniValue v) {
  if (omni_is_fixnum(v)) return v;
  BigView view;
  big_view(&view, v);
  return big_from_limbs(t, view.limbs, view.n, view.negative);
}

OmniValue big_from_u128(OmniThread *t, unsigned __int128 magnitude, bool negative) {
  if (magnitude <= (uint64_t)OMNI_FIXNUM_MAX) {
    int64_t n = (int64_t)magnitude;
    return omni_fixnum(negative ? -n : n);
  }
  uint64_t limbs[2] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
  return big_from_limbs(t, limbs, 2, negative);
}

OmniValue rti_int_immortal(OmniThread *t, const uint8_t *bytes, size_t nbytes, bool negative) {
  size_t n = (nbytes + 7) / 8;
  if (n == 0) return omni_fixnum(0);
  OmniValue r = omni_new_immortal(t, OMNI_T_BIGNUM, n + 2, 0);
  uint64_t *limbs = big_limbs(r);
  memset(limbs, 0, n * 8);
  for (size_t i = 0; i < nbytes; i++) limbs[i / 8] |= (uint64_t)bytes[i] << (i % 8 * 8);
  return big_finish(r, n, negative);
}

int big_sign(OmniValue a) {
  int64_t n = omni_is_fixnum(a) ? omni_fixnum_value(a) : (int64_t)omni_words(a)[1];
  return (n > 0) - (n < 0);
}

size_t big_bit_length(OmniValue a) {
  BigView v;
  big_view(&v, a);
  if (v.n == 0) return 0;
  return v.n * 64 - (size_t)__builtin_clzll(v.limbs[v.n - 1]);
}

/* ---- comparison ---- */

static int limbs_compare(const uint64_t *a, size_t na, const uint64_t *b, size_t nb) {
  if (na != nb) return na < nb ? -1 : 1;
  for (size_t i = na; i-- > 0;)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

int big_compare(OmniValue a, OmniValue b) {
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  int order = limbs_compare(x.limbs, x.n, y.limbs, y.n);
  return x.negative ? -order : order;
}

/* ---- addition and subtraction ---- */

/* r = a + b, na >= nb; r has room for na + 1. Returns its length. */
static size_t limbs_add(OmniThread *t, uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b,
                        size_t nb) {
  unsigned long long carry = 0;
  size_t i = 0;
  if (nb >= FEW) {
    carry = rti_gmp(t)->add_n(r, a, b, (mp_size_t)nb);
    i = nb;
  }
  for (; i < nb; i++) r[i] = __builtin_addcll(a[i], b[i], carry, &carry);
  for (; i < na; i++) r[i] = __builtin_addcll(a[i], 0, carry, &carry);
  r[i] = carry;
  return na + 1;
}

/* r = a - b, a >= b. */
static size_t limbs_sub(OmniThread *t, uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b,
                        size_t nb) {
  unsigned long long borrow = 0;
  size_t i = 0;
  if (nb >= FEW) {
    borrow = rti_gmp(t)->sub_n(r, a, b, (mp_size_t)nb);
    i = nb;
  }
  for (; i < nb; i++) r[i] = __builtin_subcll(a[i], b[i], borrow, &borrow);
  for (; i < na; i++) r[i] = __builtin_subcll(a[i], 0, borrow, &borrow);
  return na;
}

static OmniValue views_add(OmniThread *t, const BigView *x, const BigView *y, bool y_negative) {
  bool swap = x->n < y->n;
  if (x->negative == y_negative) {
    const BigView *longer = swap ? y : x, *shorter = swap ? x : y;
    OmniValue r = big_new(t, longer->n + 1);
    size_t n = limbs_add(t, big_limbs(r), longer->limbs, longer->n, shorter->limbs, shorter->n);
    return big_finish(r, n, x->negative);
  }
  int order = limbs_compare(x->limbs, x->n, y->limbs, y->n);
  if (order == 0) return omni_fixnum(0);
  const BigView *larger = order < 0 ? y : x, *smaller = order < 0 ? x : y;
  OmniValue r = big_new(t, larger->n);
  size_t n = limbs_sub(t, big_limbs(r), larger->limbs, larger->n, smaller->limbs, smaller->n);
  return big_finish(r, n, order < 0 ? y_negative : x->negative);
}

OmniValue big_add(OmniThread *t, OmniValue a, OmniValue b) {
  if (omni_is_fixnum(a) && omni_is_fixnum(b))
    return omni_int(t, omni_fixnum_value(a) + omni_fixnum_value(b));
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  return views_add(t, &x, &y, y.negative);
}

OmniValue big_sub(OmniThread *t, OmniValue a, OmniValue b) {
  if (omni_is_fixnum(a) && omni_is_fixnum(b))
    return omni_int(t, omni_fixnum_value(a) - omni_fixnum_value(b));
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  return views_add(t, &x, &y, !y.negative);
}

/* ---- multiplication ---- */

/* r = a * b for one limb b; r has room for n + 1. */
static void limbs_mul_1(OmniThread *t, uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
  if (n >= FEW) {
    r[n] = rti_gmp(t)->mul_1(r, a, (mp_size_t)n, b);
    return;
  }
  uint64_t carry = 0;
  for (size_t i = 0; i < n; i++) {
    unsigned __int128 p = (unsigned __int128)a[i] * b + carry;
    r[i] = (uint64_t)p;
    carry = (uint64_t)(p >> 64);
  }
  r[n] = carry;
}

OmniValue big_mul(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (omni_is_fixnum(a) && omni_is_fixnum(b)) {
    __int128 p = (__int128)omni_fixnum_value(a) * omni_fixnum_value(b);
    return big_from_u128(t, (unsigned __int128)(p < 0 ? -p : p), p < 0);
  }
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  if (x.n == 0 || y.n == 0) return omni_fixnum(0);
  if (x.n + y.n > BIG_MAX_LIMBS) return omni_error_arith(t, site, "*", "the result is too large");
  const BigView *longer = x.n < y.n ? &y : &x, *shorter = x.n < y.n ? &x : &y;
  OmniValue r = big_new(t, x.n + y.n);
  uint64_t *limbs = big_limbs(r);
  if (shorter->n == 1) {
    limbs_mul_1(t, limbs, longer->limbs, longer->n, shorter->limbs[0]);
  } else if (a == b) {
    rti_gmp(t)->sqr(limbs, x.limbs, (mp_size_t)x.n);
  } else {
    rti_gmp(t)->mul(limbs, longer->limbs, (mp_size_t)longer->n, shorter->limbs,
                    (mp_size_t)shorter->n);
  }
  return big_finish(r, x.n + y.n, x.negative != y.negative);
}

/* ---- division ---- */

/* q = a / b for one limb b; returns the remainder. */
static uint64_t limbs_divide_1(OmniThread *t, uint64_t *q, const uint64_t *a, size_t n,
                               uint64_t b) {
  if (n >= FEW) return rti_gmp(t)->divrem_1(q, 0, a, (mp_size_t)n, b);
  unsigned __int128 rest = 0;
  for (size_t i = n; i-- > 0;) {
    rest = rest << 64 | a[i];
    q[i] = (uint64_t)(rest / b);
    rest %= b;
  }
  return (uint64_t)rest;
}

void big_divide(OmniThread *t, OmniValue a, OmniValue b, OmniValue *quotient,
                OmniValue *remainder) {
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  OmniValue q, r;
  if (limbs_compare(x.limbs, x.n, y.limbs, y.n) < 0) {
    q = omni_fixnum(0);
    r = a;
  } else if (y.n == 1) {
    q = big_new(t, x.n);
    uint64_t rest = limbs_divide_1(t, big_limbs(q), x.limbs, x.n, y.limbs[0]);
    q = big_finish(q, x.n, x.negative != y.negative);
    r = big_from_u128(t, rest, x.negative);
  } else {
    size_t nq = x.n - y.n + 1;
    q = big_new(t, nq);
    r = big_new(t, y.n);
    rti_gmp(t)->tdiv_qr(big_limbs(q), big_limbs(r), 0, x.limbs, (mp_size_t)x.n, y.limbs,
                        (mp_size_t)y.n);
    q = big_finish(q, nq, x.negative != y.negative);
    r = big_finish(r, y.n, x.negative);
  }
  if (quotient != NULL) *quotient = q;
  if (remainder != NULL) *remainder = r;
}

/* ---- greatest common divisor ---- */

static uint64_t gcd_words(uint64_t a, uint64_t b) {
  while (b != 0) {
    uint64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}

static size_t trailing_zeros(const BigView *v) {
  size_t i = 0;
  while (v->limbs[i] == 0) i++;
  return i * 64 + (size_t)__builtin_ctzll(v->limbs[i]);
}

static OmniValue big_abs(OmniThread *t, OmniValue a) {
  return big_sign(a) < 0 ? big_sub(t, omni_fixnum(0), a) : a;
}

/* mpn_gcd destroys its operands, and wants one of them odd and the first not
 * shorter: both are shifted down to odd numbers, the common twos return. */
static OmniValue gcd_long(OmniThread *t, OmniValue a, OmniValue b) {
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  size_t za = trailing_zeros(&x), zb = trailing_zeros(&y);
  OmniValue odd_a = big_shift_right(t, big_abs(t, a), za);
  OmniValue odd_b = big_shift_right(t, big_abs(t, b), zb);
  if (big_compare(odd_a, odd_b) < 0) {
    OmniValue swap = odd_a;
    odd_a = odd_b;
    odd_b = swap;
  }
  big_view(&x, odd_a);
  big_view(&y, odd_b);
  BigScratch s;
  uint64_t *copy = big_scratch(t, &s, x.n + y.n);
  memcpy(copy, x.limbs, x.n * 8);
  memcpy(copy + x.n, y.limbs, y.n * 8);
  OmniValue r = big_new(t, y.n);
  mp_size_t n = rti_gmp(t)->gcd(big_limbs(r), copy, (mp_size_t)x.n, copy + x.n, (mp_size_t)y.n);
  big_scratch_free(t, &s);
  return big_shift_left(t, NULL, big_finish(r, (size_t)n, false), za < zb ? za : zb);
}

OmniValue big_gcd(OmniThread *t, OmniValue a, OmniValue b) {
  BigView x, y;
  big_view(&x, a);
  big_view(&y, b);
  if (x.n == 0) return big_abs(t, b);
  if (y.n == 0) return big_abs(t, a);
  if (x.n == 1 && y.n == 1) return big_from_u128(t, gcd_words(x.limbs[0], y.limbs[0]), false);
  return gcd_long(t, a, b);
}

/* ---- square root ---- */

static uint64_t sqrt_word(uint64_t n) {
  uint64_t root = (uint64_t)__builtin_sqrt((double)n);
  /* the double may be off by one either way near 2^64 */
  while ((unsigned __int128)root * root > n) root--;
  while ((unsigned __int128)(root + 1) * (root + 1) <= n) root++;
  return root;
}

void big_sqrt(OmniThread *t, OmniValue a, OmniValue *root, OmniValue *rest) {
  BigView x;
  big_view(&x, a);
  if (x.n <= 1) {
    uint64_t n = x.n == 0 ? 0 : x.limbs[0], s = sqrt_word(n);
    *root = big_from_u128(t, s, false);
    *rest = big_from_u128(t, n - s * s, false);
    return;
  }
  OmniValue s = big_new(t, (x.n + 1) / 2), r = big_new(t, x.n);
  mp_size_t nr = rti_gmp(t)->sqrtrem(big_limbs(s), big_limbs(r), x.limbs, (mp_size_t)x.n);
  *root = big_finish(s, (x.n + 1) / 2, false);
  *rest = big_finish(r, (size_t)nr, false);
}
