/* Random numbers: xoshiro256** (Blackman and Vigna), one state per runtime,
 * seeded at start from the system and by (random-seed! n) from n through
 * splitmix64, so that a seeded program repeats itself on every machine.
 *
 * (random) is a Float in [0, 1), (random n) an Int in [0, n) without bias,
 * (random x) with a Float x a Float in [0, x).
 */
#include "bignum.h"

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

static uint64_t next(uint64_t s[4]) {
  uint64_t result = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate(s[3], 45);
  return result;
}

static uint64_t splitmix(uint64_t *x) {
  uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static void seed(uint64_t s[4], uint64_t n) {
  for (int i = 0; i < 4; i++) s[i] = splitmix(&n);
}

void omni_prim_random_seed(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (!omni_is_integer(v)) {
    omni_error_kind(t, site, "random-seed!", "Int", v);
    return;
  }
  BigView view;
  big_view(&view, v);
  uint64_t n = view.negative ? ~UINT64_C(0) : 0;
  for (size_t i = 0; i < view.n; i++) n ^= view.limbs[i];
  seed(rti_values(t)->random, n);
}

static double random_unit(uint64_t s[4]) { return (double)(next(s) >> 11) * 0x1p-53; }

/* Uniform in [0, n) by Lemire's multiplication with rejection. */
static uint64_t random_below(uint64_t s[4], uint64_t n) {
  unsigned __int128 product = (unsigned __int128)next(s) * n;
  if ((uint64_t)product < n) {
    uint64_t reject = -n % n;
    while ((uint64_t)product < reject) product = (unsigned __int128)next(s) * n;
  }
  return (uint64_t)(product >> 64);
}

/* Limbs below the mask of n's top limb until they are below n. */
static OmniValue random_big(OmniThread *t, uint64_t s[4], OmniValue n) {
  BigView v;
  big_view(&v, n);
  uint64_t mask = ~UINT64_C(0) >> __builtin_clzll(v.limbs[v.n - 1]);
  for (;;) {
    OmniValue r = big_new(t, v.n);
    for (size_t i = 0; i < v.n; i++) big_limbs(r)[i] = next(s);
    big_limbs(r)[v.n - 1] &= mask;
    r = big_finish(r, v.n, false);
    if (big_compare(r, n) < 0) return r;
  }
}

OmniValue omni_prim_random(OmniThread *t, const OmniSite *site, OmniValue n) {
  uint64_t *s = rti_values(t)->random;
  if (n == OMNI_ABSENT) return omni_double(t, random_unit(s));
  if (omni_is_double(n) && omni_double_value(n) > 0)
    return omni_double(t, random_unit(s) * omni_double_value(n));
  if (!omni_is_integer(n) || big_sign(n) <= 0)
    return omni_error_kind(t, site, "random", "positive Number", n);
  if (omni_is_fixnum(n))
    return omni_fixnum((int64_t)random_below(s, (uint64_t)omni_fixnum_value(n)));
  return random_big(t, s, n);
}
