/* The table of GMP functions, filled from the shared library when the first big
 * integer needs it.
 *
 * Two threads may fill it at once: both write the same addresses, and each
 * publishes with a release store that pairs with the acquire load in rti_gmp,
 * so nobody reads a half-filled table.
 */
#include <dlfcn.h>
#include <stdatomic.h>

#include "gmp_table.h"

static OmniGmp table;
static _Atomic bool filled;

static const char *const library_names[] = {"libgmp.so.10", "libgmp.so"};

static void *library_open(void) {
  for (size_t i = 0; i < sizeof library_names / sizeof *library_names; i++) {
    void *library = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
    if (library != NULL) return library;
  }
  return NULL;
}

static bool table_fill(void) {
  void *library = library_open();
  if (library == NULL) return false;
  /* through memcpy: ISO C has no conversion between object and function pointers */
#define X(name, function, symbol) \
  do { \
    void *address = dlsym(library, symbol); \
    if (address == NULL) return false; \
    memcpy(&table.name, &address, sizeof address); \
  } while (0);
  OMNI_GMP_FUNCTIONS(X)
#undef X
  atomic_store_explicit(&filled, true, memory_order_release);
  return true;
}

const OmniGmp *rti_gmp(OmniThread *t) {
  if (!atomic_load_explicit(&filled, memory_order_acquire) && !table_fill())
    omni_raise(t, NULL, "system",
               "this program computes with big integers, which need the GMP library "
               "(libgmp.so.10), and it cannot be loaded; install it (Debian: libgmp10) or "
               "compile the program with --static",
               0, NULL);
  rti_gmp_use_port(&table, t);
  return &table;
}
