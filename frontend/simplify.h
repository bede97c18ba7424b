/* Internals of the simplify stage, shared between its files. */
#ifndef OMNI_SIMPLIFY_H
#define OMNI_SIMPLIFY_H

#include "core_walk.h"

/* ---- simplify.c ---- */
void simplify_shake(CoreProgram *p);

#endif
