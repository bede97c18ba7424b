/* Shared between the passes: their entry points and what summaries say. */
#ifndef OMNI_PASSES_INTERNAL_H
#define OMNI_PASSES_INTERNAL_H

#include "ir_internal.h"
#include "passes.h"

#define OMNI_PASS(id, name, required, description) \
  bool pass_##id(IrModule *m, const IrOptions *options);
#include "passes.def"
#undef OMNI_PASS

/* ---- summaries.c ----
 * Facts about a function, kept as string attributes so that omni-opt's text
 * carries them. Absent means: it may. */
#define FACT_NO_ALLOC "omni-no-alloc"        /* allocates nothing */
#define FACT_NUMBERS_ONLY "omni-numbers-only" /* allocates at most big integers and boxed doubles */
#define FACT_NO_DROP "omni-no-drop"          /* drops nothing that its caller may be using */

bool fact_holds(LLVMValueRef fn, const char *fact);
/* Whether an instruction may drop (release or overwrite) counted values that
 * someone else uses: stores, calls that are not known not to. */
bool may_drop(LLVMValueRef in);
/* The function of the program that an instruction calls directly, or NULL. */
LLVMValueRef direct_callee(LLVMValueRef in);

#endif
