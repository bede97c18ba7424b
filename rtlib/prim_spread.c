/* Primitives that take any number of arguments, called with a list of them:
 * what such a primitive becomes when it is used as a value (apply, map).
 *
 * The table has a row for each primitive of that kind; the others do not stand
 * in it, so that a program links no more than it may call. Rows are called
 * through the type their `reps` in prims.def spell.
 */
#include <string.h>

#include "rti.h"
#include "values.h"

typedef void (*AnyFunction)(void);
typedef OmniValue (*Rest0)(OmniThread *, const OmniSite *, int64_t, const OmniValue *);
typedef OmniValue (*Rest1)(OmniThread *, const OmniSite *, OmniValue, int64_t, const OmniValue *);
typedef void (*RestVoid0)(OmniThread *, const OmniSite *, int64_t, const OmniValue *);
typedef void (*RestVoid1)(OmniThread *, const OmniSite *, OmniValue, int64_t, const OmniValue *);

enum {
#define OMNI_PRIM(id, name, min, max, reps, effects, kind) ID_##id,
#include "prims.def"
#undef OMNI_PRIM
  ID_COUNT
};

#define OMNI_PRIM(id, name, min, max, reps, effects, kind) \
  void prim_##id(void) __asm__("omni_prim_" #id);
#include "prims.def"
#undef OMNI_PRIM

static const struct {
  AnyFunction function; /* NULL: takes a fixed number */
  const char *reps;
} rows[ID_COUNT] = {
#define OMNI_PRIM(id, name, min, max, reps, effects, kind)                                     \
  [ID_##id] = {__builtin_choose_expr((max) < 0, prim_##id, (AnyFunction)NULL), reps},
#include "prims.def"
#undef OMNI_PRIM
};

static OmniValue call(OmniThread *t, const OmniSite *site, int64_t id, int64_t n,
                      const OmniValue *v) {
  AnyFunction f = rows[id].function;
  const char *reps = rows[id].reps;
  if (strcmp(reps, ">V") == 0) return ((Rest0)f)(t, site, n, v);
  if (strcmp(reps, "V>V") == 0) return ((Rest1)f)(t, site, v[0], n - 1, v + 1);
  if (strcmp(reps, ">-") == 0) ((RestVoid0)f)(t, site, n, v);
  else ((RestVoid1)f)(t, site, v[0], n - 1, v + 1);
  return OMNI_NOTHING;
}

/* id: the primitive's place in prims.def; args: a proper list, at least as long
 * as the primitive's fixed arguments. */
OmniValue omni_prim_prim_spread(OmniThread *t, const OmniSite *site, int64_t id, OmniValue args) {
  size_t n = 0, i = 0;
  for (OmniValue l = args; omni_is_pair(l); l = omni_slot(l, 1)) n++;
  OmniValue few[16], *v = few;
  if (n > 16) v = rti_reallocate(t, NULL, 0, n * sizeof(OmniValue));
  for (OmniValue l = args; omni_is_pair(l); l = omni_slot(l, 1)) v[i++] = omni_slot(l, 0);
  OmniValue result = call(t, site, id, (int64_t)n, v);
  if (v != few) rti_release(t, v, n * sizeof(OmniValue));
  return result;
}
