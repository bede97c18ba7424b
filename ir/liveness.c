/* Backward liveness over SSA: the textbook iteration on bit sets, where the
 * operands of a phi are used at the end of the predecessor they come from.
 */
#include "liveness.h"

#include <string.h>

/* ---- what may be a reference ---- */

static bool op_result_may_be_ref(OpId op) {
  const OpInfo *info = op_info(op);
  if (info->result != 'V' && info->result != '=' && info->result != '#') return false;
  if (op == OP_const || op == OP_from_bool) return false;
  return (info->kinds & K_MAYBE_REF) != 0;
}

static bool is_merge(LLVMValueRef v) {
  return LLVMIsAPHINode(v) || LLVMIsASelectInst(v) || LLVMIsAFreezeInst(v);
}

static bool leaf_may_be_ref(LLVMValueRef v) {
  if (LLVMIsAConstant(v)) return false;
  if (LLVMIsACallInst(v)) {
    OpId op = op_of(v);
    return op == OP_NONE || op_result_may_be_ref(op);
  }
  return true; /* arguments, what settle operations return */
}

typedef VEC(LLVMValueRef) Values;

static void collect(Liveness *l, Values *all) {
  for (unsigned i = 0; i < LLVMCountParams(l->fn); i++) {
    LLVMValueRef p = LLVMGetParam(l->fn, i);
    if (ir_is_value_type(l->m, p)) VEC_PUSH(l->arena, all, p);
  }
  for (unsigned b = 0; b < l->nblocks; b++)
    for (LLVMValueRef in = LLVMGetFirstInstruction(l->blocks[b]); in;
         in = LLVMGetNextInstruction(in))
      if (ir_is_value_type(l->m, in)) VEC_PUSH(l->arena, all, in);
}

static unsigned merge_operands(LLVMValueRef v, LLVMValueRef *phi_operand, unsigned i) {
  if (LLVMIsAPHINode(v)) {
    if (phi_operand) *phi_operand = LLVMGetIncomingValue(v, i);
    return LLVMCountIncoming(v);
  }
  unsigned first = LLVMIsASelectInst(v) ? 1 : 0;
  if (phi_operand) *phi_operand = LLVMGetOperand(v, first + i);
  return first ? 2 : 1;
}

/* Marks every merge that some reference may reach. */
static PtrMap *find_refs(Liveness *l, const Values *all) {
  PtrMap *refs = ptrmap_new(l->arena);
  for (size_t i = 0; i < all->n; i++)
    if (!is_merge(all->items[i]) && leaf_may_be_ref(all->items[i]))
      ptrmap_put(refs, IR_KEY(all->items[i]), all->items[i]);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < all->n; i++) {
      LLVMValueRef v = all->items[i], operand;
      if (!is_merge(v) || ptrmap_get(refs, IR_KEY(v))) continue;
      for (unsigned k = 0, n = merge_operands(v, NULL, 0); k < n; k++) {
        merge_operands(v, &operand, k);
        if (!ptrmap_get(refs, IR_KEY(operand))) continue;
        ptrmap_put(refs, IR_KEY(v), v);
        changed = true;
        break;
      }
    }
  }
  return refs;
}

/* ---- the iteration ---- */

BitSet bitset_new(const Liveness *l) {
  return (BitSet){ARENA_ARRAY(l->arena, uint64_t, l->nwords + 1)};
}

int liveness_number(const Liveness *l, LLVMValueRef v) {
  return (int)(uintptr_t)ptrmap_get(l->number, IR_KEY(v)) - 1;
}

static void use(const Liveness *l, BitSet live, LLVMValueRef v) {
  int n = liveness_number(l, v);
  if (n >= 0) bit_set(live, (unsigned)n);
}

static void define(const Liveness *l, BitSet live, LLVMValueRef v) {
  int n = liveness_number(l, v);
  if (n >= 0) bit_clear(live, (unsigned)n);
}

void liveness_walk(const Liveness *l, unsigned block,
                   void (*visit)(LLVMValueRef in, BitSet live, void *ctx), void *ctx) {
  BitSet live = bitset_new(l);
  memcpy(live.words, l->out[block].words, l->nwords * 8);
  for (LLVMValueRef in = LLVMGetLastInstruction(l->blocks[block]), previous; in; in = previous) {
    previous = LLVMGetPreviousInstruction(in);
    visit(in, live, ctx);
    define(l, live, in);
    if (LLVMIsAPHINode(in)) continue;
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(in); i++)
      use(l, live, LLVMGetOperand(in, i));
  }
}

static bool flow_out(const Liveness *l, unsigned block) {
  LLVMValueRef end = LLVMGetBasicBlockTerminator(l->blocks[block]);
  bool changed = false;
  for (unsigned s = 0; s < LLVMGetNumSuccessors(end); s++) {
    LLVMBasicBlockRef to = LLVMGetSuccessor(end, s);
    unsigned t = (unsigned)(uintptr_t)ptrmap_get(l->block_number, IR_KEY(to)) - 1;
    for (unsigned w = 0; w < l->nwords; w++) {
      uint64_t more = l->in[t].words[w] & ~l->out[block].words[w];
      l->out[block].words[w] |= more;
      changed |= more != 0;
    }
    for (LLVMValueRef in = LLVMGetFirstInstruction(to); in && LLVMIsAPHINode(in);
         in = LLVMGetNextInstruction(in))
      for (unsigned i = 0; i < LLVMCountIncoming(in); i++) {
        if (LLVMGetIncomingBlock(in, i) != l->blocks[block]) continue;
        int n = liveness_number(l, LLVMGetIncomingValue(in, i));
        if (n < 0 || bit_get(l->out[block], (unsigned)n)) continue;
        bit_set(l->out[block], (unsigned)n);
        changed = true;
      }
  }
  return changed;
}

/* What a block uses before defining, and what it defines: one pass each, so that
 * the iteration is words only. */
typedef struct BlockSets { BitSet uses, defs; } BlockSets;

static void summarise(const Liveness *l, unsigned block, BlockSets *sets) {
  sets->uses = bitset_new(l);
  sets->defs = bitset_new(l);
  for (LLVMValueRef in = LLVMGetLastInstruction(l->blocks[block]); in;
       in = LLVMGetPreviousInstruction(in)) {
    int n = liveness_number(l, in);
    if (n >= 0) bit_set(sets->defs, (unsigned)n), bit_clear(sets->uses, (unsigned)n);
    if (LLVMIsAPHINode(in)) continue;
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(in); i++)
      use(l, sets->uses, LLVMGetOperand(in, i));
  }
}

static void iterate(Liveness *l) {
  BlockSets *sets = ARENA_ARRAY(l->arena, BlockSets, l->nblocks + 1);
  for (unsigned b = 0; b < l->nblocks; b++) summarise(l, b, &sets[b]);
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned b = l->nblocks; b-- > 0;) {
      changed |= flow_out(l, b);
      for (unsigned w = 0; w < l->nwords; w++)
        l->in[b].words[w] =
            sets[b].uses.words[w] | (l->out[b].words[w] & ~sets[b].defs.words[w]);
    }
  }
}

Liveness *liveness_compute(IrModule *m, LLVMValueRef fn) {
  Arena *a = arena_new(m->options->port);
  Liveness *l = ARENA_NEW(a, Liveness);
  l->m = m;
  l->fn = fn;
  l->arena = a;
  l->number = ptrmap_new(a);
  l->block_number = ptrmap_new(a);
  l->nblocks = LLVMCountBasicBlocks(fn);
  l->blocks = ARENA_ARRAY(a, LLVMBasicBlockRef, l->nblocks + 1);
  LLVMGetBasicBlocks(fn, l->blocks);
  Values all = {0};
  collect(l, &all);
  PtrMap *refs = find_refs(l, &all);
  l->values = ARENA_ARRAY(a, LLVMValueRef, all.n + 1);
  for (size_t i = 0; i < all.n; i++) {
    if (!ptrmap_get(refs, IR_KEY(all.items[i]))) continue;
    l->values[l->nvalues++] = all.items[i];
    ptrmap_put(l->number, IR_KEY(all.items[i]), (void *)(uintptr_t)l->nvalues);
  }
  l->nwords = (l->nvalues + 63) / 64;
  l->in = ARENA_ARRAY(a, BitSet, l->nblocks + 1);
  l->out = ARENA_ARRAY(a, BitSet, l->nblocks + 1);
  for (unsigned b = 0; b < l->nblocks; b++) {
    l->in[b] = bitset_new(l);
    l->out[b] = bitset_new(l);
    ptrmap_put(l->block_number, IR_KEY(l->blocks[b]), (void *)(uintptr_t)(b + 1));
  }
  iterate(l);
  return l;
}

void liveness_free(Liveness *l) { arena_free(l->arena); }
