/* What a program asks of the system: its arguments, the environment, the
 * time, its end; and assert.
 */
#include "collection.h"
#include "values.h"

#include <stdlib.h>
#include <time.h>

/* The command line without the program's name, as a list of strings. */
OmniValue omni_prim_args(OmniThread *t, const OmniSite *site) {
  (void)site;
  char **argv = rti_argv_borrowed(t);
  OmniValue list = OMNI_EMPTY;
  for (int i = rti_argc(t) - 1; i > 0; i--)
    list = omni_cons(t, rti_string_from_input(t, argv[i], strlen(argv[i])), list);
  return list;
}

OmniValue omni_prim_getenv(OmniThread *t, const OmniSite *site, OmniValue name) {
  size_t nbytes;
  const char *bytes = rti_string_operand(t, site, "getenv", name, &nbytes);
  const char *value = bytes == NULL ? NULL : getenv(bytes);
  return value == NULL ? OMNI_NOTHING : rti_string_from_input(t, value, strlen(value));
}

/* Nothing or true: 0; false: 1; an Int: its low byte. */
OmniValue omni_prim_exit(OmniThread *t, const OmniSite *site, OmniValue status) {
  if (status == OMNI_ABSENT || status == OMNI_NOTHING || status == OMNI_TRUE) omni_exit(t, 0);
  if (status == OMNI_FALSE) omni_exit(t, 1);
  if (!omni_is_fixnum(status)) return omni_error_kind(t, site, "exit", "Int status", status);
  omni_exit(t, (int)(omni_fixnum_value(status) & 0xff));
}

/* Seconds since 1970 as a Float. */
OmniValue omni_prim_time(OmniThread *t, const OmniSite *site) {
  (void)site;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return omni_double(t, (double)now.tv_sec + (double)now.tv_nsec * 1e-9);
}

void omni_prim_assert(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue message) {
  if (omni_truthy(v)) return;
  bool given = message != OMNI_ABSENT;
  omni_raise(t, site, "assertion", "assertion failed", given ? 1 : 0, &message);
}
