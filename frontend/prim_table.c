/* The compiler's view of the primitives: rtlib/prims.def as an array. */
#include "core.h"

const PrimInfo prim_table[PRIM_COUNT] = {
#define OMNI_PRIM(id, name, min, max, reps, effects, kind)                                         \
  [PRIM_##id] = {#id, name, min, max, reps, effects, kind},
#include "prims.def"
#undef OMNI_PRIM
};
