/* Shifts and bitwise operations of integers of any size.
 *
 * Integers behave as two's complement numbers with endless sign bits. A
 * negative number of magnitude m has the bits of ~(m - 1), so its limbs can be
 * produced on the fly, least significant first, with one carry.
 */
#include "bignum.h"

/* ---- shifts ---- */

OmniValue big_shift_left(OmniThread *t, const OmniSite *site, OmniValue a, size_t nbits) {
  BigView v;
  big_view(&v, a);
  if (v.n == 0 || nbits == 0) return a;
  size_t words = nbits / 64;
  unsigned bits = (unsigned)(nbits % 64);
  if (words > BIG_MAX_LIMBS - v.n - 1)
    return omni_error_arith(t, site, "shift-left", "the result is too large");
  OmniValue r = big_new(t, v.n + words + 1);
  uint64_t *out = big_limbs(r);
  memset(out, 0, words * 8);
  out += words;
  if (bits == 0) {
    memcpy(out, v.limbs, v.n * 8);
    out[v.n] = 0;
  } else {
    out[0] = v.limbs[0] << bits;
    for (size_t i = 1; i < v.n; i++) out[i] = v.limbs[i] << bits | v.limbs[i - 1] >> (64 - bits);
    out[v.n] = v.limbs[v.n - 1] >> (64 - bits);
  }
  return big_finish(r, v.n + words + 1, v.negative);
}

/* Whether any of the low nbits of the magnitude is set. */
static bool low_bits_set(const BigView *v, size_t nbits) {
  size_t words = nbits / 64;
  for (size_t i = 0; i < words; i++)
    if (v->limbs[i] != 0) return true;
  unsigned bits = (unsigned)(nbits % 64);
  return bits != 0 && (v->limbs[words] & ((UINT64_C(1) << bits) - 1)) != 0;
}

OmniValue big_shift_right(OmniThread *t, OmniValue a, size_t nbits) {
  BigView v;
  big_view(&v, a);
  if (v.n == 0 || nbits == 0) return a;
  size_t words = nbits / 64;
  unsigned bits = (unsigned)(nbits % 64);
  if (words >= v.n) return omni_fixnum(v.negative ? -1 : 0);
  size_t n = v.n - words;
  OmniValue r = big_new(t, n + 1);
  uint64_t *out = big_limbs(r);
  const uint64_t *in = v.limbs + words;
  for (size_t i = 0; i < n; i++) {
    uint64_t high = i + 1 < n ? in[i + 1] : 0;
    out[i] = bits == 0 ? in[i] : in[i] >> bits | high << (64 - bits);
  }
  out[n] = 0;
  if (v.negative && low_bits_set(&v, nbits)) /* towards minus infinity */
    for (size_t i = 0; ++out[i] == 0; i++) {}
  return big_finish(r, n + 1, v.negative);
}

/* ---- two's complement ---- */

typedef struct Bits {
  BigView v;
  uint64_t carry; /* of the + 1 in -m = ~m + 1 */
} Bits;

static void bits_open(Bits *b, OmniValue v) {
  big_view(&b->v, v);
  b->carry = 1;
}

/* Limb i; called with i = 0, 1, 2, ... */
static uint64_t bits_limb(Bits *b, size_t i) {
  uint64_t limb = i < b->v.n ? b->v.limbs[i] : 0;
  if (!b->v.negative) return limb;
  limb = ~limb + b->carry;
  b->carry = b->carry && limb == 0;
  return limb;
}

static uint64_t bits_combine(BigBitOp op, uint64_t x, uint64_t y) {
  switch (op) {
  case BIG_AND: return x & y;
  case BIG_OR: return x | y;
  case BIG_XOR: return x ^ y;
  }
  return 0;
}

static void limbs_negate(uint64_t *limbs, size_t n) {
  uint64_t carry = 1;
  for (size_t i = 0; i < n; i++) {
    limbs[i] = ~limbs[i] + carry;
    carry = carry && limbs[i] == 0;
  }
}

OmniValue big_bits(OmniThread *t, BigBitOp op, OmniValue a, OmniValue b) {
  Bits x, y;
  bits_open(&x, a);
  bits_open(&y, b);
  size_t n = (x.v.n > y.v.n ? x.v.n : y.v.n) + 1; /* one limb of sign bits */
  OmniValue r = big_new(t, n);
  uint64_t *out = big_limbs(r);
  for (size_t i = 0; i < n; i++) out[i] = bits_combine(op, bits_limb(&x, i), bits_limb(&y, i));
  bool negative = out[n - 1] >> 63;
  if (negative) limbs_negate(out, n);
  return big_finish(r, n, negative);
}
