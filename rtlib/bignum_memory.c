/* GMP's temporary memory comes from the runtime's port like all other memory.
 *
 * Its hooks have no context argument, so the thread context stands in a
 * thread-local variable that every use of the table sets. The hooks must not
 * return NULL; running out is reported as the program's own out-of-memory
 * error, which does not return.
 */
#include "gmp_table.h"

static _Thread_local OmniThread *current;

static void *gmp_allocate(size_t nbytes) { return rti_allocate(current, nbytes); }
static void *gmp_reallocate(void *p, size_t old_nbytes, size_t nbytes) {
  return rti_reallocate(current, p, old_nbytes, nbytes);
}
static void gmp_release(void *p, size_t nbytes) { rti_release(current, p, nbytes); }

void rti_gmp_use_port(const OmniGmp *gmp, OmniThread *t) {
  if (current == NULL) gmp->set_memory(gmp_allocate, gmp_reallocate, gmp_release);
  current = t;
}
