/* Integers of any size: the operations of bignum.c and bignum_bits.c.
 *
 * Every operand is an integer value, fixnum or bignum; every result is
 * normalised: a fixnum when it fits, else a bignum
 *
 *     {header, limb count, limbs...}
 *
 * whose limb count is negative for a negative number (as GMP's mpz), whose
 * limbs are least significant first and whose top limb is not zero. The object
 * may be some words longer than its limbs.
 *
 * Fresh results lie in the top region; an operation may return an operand.
 */
#ifndef OMNI_BIGNUM_H
#define OMNI_BIGNUM_H

#include "values.h"

/* An integer as sign and limbs; n is 0 for zero. `one` holds a fixnum's limb:
 * a view must not be copied. */
typedef struct BigView {
  const uint64_t *limbs;
  size_t n;
  bool negative;
  uint64_t one;
} BigView;
void big_view(BigView *view, OmniValue v);

/* Results longer than this raise "too large" instead of eating the machine. */
#define BIG_MAX_LIMBS ((size_t)1 << 28)

/* An own copy of what may be an operand: the compiler takes the result of an
 * arithmetic primitive for a fresh value, which nothing else can drop. */
OmniValue big_fresh(OmniThread *t, OmniValue v);

OmniValue big_add(OmniThread *t, OmniValue a, OmniValue b);
OmniValue big_sub(OmniThread *t, OmniValue a, OmniValue b);
OmniValue big_mul(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
/* Truncated division; b is not zero. Either result may be NULL. */
void big_divide(OmniThread *t, OmniValue a, OmniValue b, OmniValue *quotient, OmniValue *remainder);
OmniValue big_gcd(OmniThread *t, OmniValue a, OmniValue b);
/* a = root * root + rest, a >= 0 */
void big_sqrt(OmniThread *t, OmniValue a, OmniValue *root, OmniValue *rest);
int big_compare(OmniValue a, OmniValue b); /* < 0, 0, > 0 */
int big_sign(OmniValue a);                 /* -1, 0, 1 */
size_t big_bit_length(OmniValue a);        /* of the absolute value */
OmniValue big_from_u128(OmniThread *t, unsigned __int128 magnitude, bool negative);
/* From limbs that need not be normalised. */
OmniValue big_from_limbs(OmniThread *t, const uint64_t *limbs, size_t n, bool negative);

/* bignum_bits.c: shifts and two's complement */
OmniValue big_shift_left(OmniThread *t, const OmniSite *site, OmniValue a, size_t nbits);
OmniValue big_shift_right(OmniThread *t, OmniValue a, size_t nbits); /* towards -inf */
typedef enum { BIG_AND, BIG_OR, BIG_XOR } BigBitOp;
OmniValue big_bits(OmniThread *t, BigBitOp op, OmniValue a, OmniValue b);

/* bignum_double.c */
double big_to_double(OmniValue a);                         /* nearest, ties to even */
double big_ratio(OmniThread *t, OmniValue a, OmniValue b); /* a/b, nearest; b != 0 */
OmniValue big_from_double(OmniThread *t, double d);        /* d is integral and finite */
int big_compare_double(OmniValue a, double d);             /* d is finite */

/* bignum_text.c */
void big_add_text(OmniText *x, OmniValue a, unsigned base);
/* Digit values 0..base-1, most significant first. */
OmniValue big_from_digit_values(OmniThread *t, const uint8_t *digits, size_t n, unsigned base,
                                bool negative);

/* ---- scratch limbs: on the C stack when few, else on the port ---- */
typedef struct BigScratch {
  uint64_t *limbs;
  size_t n;
  uint64_t few[48];
} BigScratch;
uint64_t *big_scratch(OmniThread *t, BigScratch *s, size_t n);
void big_scratch_free(OmniThread *t, BigScratch *s);

/* ---- for the files of bignum*.c ---- */
OmniValue big_new(OmniThread *t, size_t nlimbs);
static inline uint64_t *big_limbs(OmniValue big) { return omni_words(big) + 2; }
/* Normalises what big_new made and n limbs of which have been written. */
OmniValue big_finish(OmniValue big, size_t n, bool negative);

#endif
