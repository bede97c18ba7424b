/* The table of GMP functions, filled by the linker: for programs that are
 * linked with --static against libgmp.a. It takes the place of
 * bignum_dynamic.c.
 */
#include "gmp_table.h"

static const OmniGmp table = {
#define X(name, function, symbol) .name = function,
    OMNI_GMP_FUNCTIONS(X)
#undef X
};

const OmniGmp *rti_gmp(OmniThread *t) {
  rti_gmp_use_port(&table, t);
  return &table;
}
