/* Liveness of Omni values in one function of the dialect.
 *
 * Tracked are arguments and instructions of the value type that may be
 * references; what can only be an immediate or a literal neither moves nor
 * dies. "May be a reference" is an optimistic fixed point over phis and
 * selects, from what the table of operations says of results.
 */
#ifndef OMNI_LIVENESS_H
#define OMNI_LIVENESS_H

#include "ir_internal.h"

typedef struct BitSet { uint64_t *words; } BitSet;

typedef struct Liveness {
  IrModule *m;
  LLVMValueRef fn;
  Arena *arena;             /* its own: dropped by liveness_free */
  unsigned nvalues, nblocks, nwords;
  LLVMValueRef *values;     /* tracked ones, by number */
  LLVMBasicBlockRef *blocks;
  PtrMap *number;           /* value -> number + 1 */
  PtrMap *block_number;     /* block -> number + 1 */
  BitSet *in, *out;         /* by block */
} Liveness;

Liveness *liveness_compute(IrModule *m, LLVMValueRef fn);
void liveness_free(Liveness *l);
/* The number of a tracked value, or -1. */
int liveness_number(const Liveness *l, LLVMValueRef v);

static inline bool bit_get(BitSet s, unsigned i) { return s.words[i / 64] >> (i % 64) & 1; }
static inline void bit_set(BitSet s, unsigned i) { s.words[i / 64] |= UINT64_C(1) << (i % 64); }
static inline void bit_clear(BitSet s, unsigned i) {
  s.words[i / 64] &= ~(UINT64_C(1) << (i % 64));
}
BitSet bitset_new(const Liveness *l);

/* Calls visit(in, live-after, ctx) for every instruction of a block from the
 * last to the first; `live` is what is live just after it. */
void liveness_walk(const Liveness *l, unsigned block,
                   void (*visit)(LLVMValueRef in, BitSet live, void *ctx), void *ctx);

#endif
