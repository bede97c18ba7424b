/* Integers of any size to digits and back. Up to 128 bits by plain division;
 * beyond that GMP converts in sub-quadratic time, on a copy because its
 * conversion destroys the limbs.
 */
#include "bignum.h"
#include "gmp_table.h"

static const char digit_chars[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static void add_short(OmniText *x, const BigView *v, unsigned base) {
  char digits[128];
  size_t at = sizeof digits;
  unsigned __int128 n = v->n == 0 ? 0 : v->limbs[0];
  if (v->n == 2) n |= (unsigned __int128)v->limbs[1] << 64;
  do {
    digits[--at] = digit_chars[(unsigned)(n % base)];
    n /= base;
  } while (n != 0);
  omni_text_add(x, digits + at, sizeof digits - at);
}

/* An upper bound of the digits that n limbs have in the base. */
static size_t digits_bound(size_t nlimbs, unsigned base) {
  unsigned bits = 31u - (unsigned)__builtin_clz(base); /* bits per digit, rounded down */
  if (base == 10) return nlimbs * 20 + 1;              /* 64 bits are 19.3 digits */
  return nlimbs * 64 / bits + 2;
}

static void add_long(OmniText *x, const BigView *v, unsigned base) {
  OmniThread *t = x->t;
  BigScratch s;
  uint64_t *copy = big_scratch(t, &s, v->n);
  memcpy(copy, v->limbs, v->n * 8);
  size_t bound = digits_bound(v->n, base);
  unsigned char *digits = rti_allocate(t, bound);
  size_t n = rti_gmp(t)->get_str(digits, (int)base, copy, (mp_size_t)v->n);
  size_t skip = 0;
  while (skip + 1 < n && digits[skip] == 0) skip++;
  for (size_t i = skip; i < n; i++) digits[i] = (unsigned char)digit_chars[digits[i]];
  omni_text_add(x, (const char *)digits + skip, n - skip);
  rti_release(t, digits, bound);
  big_scratch_free(t, &s);
}

void big_add_text(OmniText *x, OmniValue a, unsigned base) {
  BigView v;
  big_view(&v, a);
  if (v.negative) omni_text_add(x, "-", 1);
  if (v.n <= 2) add_short(x, &v, base);
  else add_long(x, &v, base);
}

OmniValue big_from_digit_values(OmniThread *t, const uint8_t *digits, size_t n, unsigned base,
                                bool negative) {
  while (n > 0 && *digits == 0) digits++, n--;
  if (n == 0) return omni_fixnum(0);
  unsigned bits = 32u - (unsigned)__builtin_clz(base - 1); /* bits per digit, rounded up */
  if (n * bits <= 128) {
    unsigned __int128 sum = 0;
    for (size_t i = 0; i < n; i++) sum = sum * base + digits[i];
    return big_from_u128(t, sum, negative);
  }
  OmniValue r = big_new(t, n * bits / 64 + 2);
  mp_size_t nlimbs = rti_gmp(t)->set_str(big_limbs(r), digits, n, (int)base);
  return big_finish(r, (size_t)nlimbs, negative);
}
