/* The entry points of GMP's mpn layer that bignum.c uses, as a table, so that
 * a program that never meets a big integer does not need libgmp: the table is
 * filled at first use (bignum_dynamic.c) or at link time (bignum_static.c, for
 * --static). One of the two files is linked.
 */
#ifndef OMNI_GMP_TABLE_H
#define OMNI_GMP_TABLE_H

#include <gmp.h>

#include "values.h"

/* name here, name in mpn, symbol in the library */
#define OMNI_GMP_FUNCTIONS(X) \
  X(add_n, mpn_add_n, "__gmpn_add_n") \
  X(sub_n, mpn_sub_n, "__gmpn_sub_n") \
  X(mul_1, mpn_mul_1, "__gmpn_mul_1") \
  X(mul, mpn_mul, "__gmpn_mul") \
  X(sqr, mpn_sqr, "__gmpn_sqr") \
  X(divrem_1, mpn_divrem_1, "__gmpn_divrem_1") \
  X(tdiv_qr, mpn_tdiv_qr, "__gmpn_tdiv_qr") \
  X(gcd, mpn_gcd, "__gmpn_gcd") \
  X(sqrtrem, mpn_sqrtrem, "__gmpn_sqrtrem") \
  X(get_str, mpn_get_str, "__gmpn_get_str") \
  X(set_str, mpn_set_str, "__gmpn_set_str") \
  X(set_memory, mp_set_memory_functions, "__gmp_set_memory_functions")

typedef struct OmniGmp {
#define X(name, function, symbol) __typeof__(&function) name;
  OMNI_GMP_FUNCTIONS(X)
#undef X
} OmniGmp;

/* Never NULL: raises when the library is missing. GMP's temporary memory comes
 * from t's port until the next call with another thread context. */
const OmniGmp *rti_gmp(OmniThread *t);

/* bignum_memory.c: makes GMP allocate through t's port. */
void rti_gmp_use_port(const OmniGmp *gmp, OmniThread *t);

#endif
