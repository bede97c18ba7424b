/* core_infer: what values may be, as sets of kinds.
 *
 * So far: the kinds of constants and of primitives' results.
 */
#include "core_walk.h"

static CoreKinds literal_kinds(const Literal *l) {
  static const CoreKinds of[LIT_COUNT] = {
      [LIT_INT] = KB_FIX,         [LIT_BIGINT] = KB_BIG,      [LIT_FLOAT] = KB_FLOAT,
      [LIT_STRING] = KB_STRING,   [LIT_SYMBOL] = KB_SYMBOL,   [LIT_CHAR] = KB_CHAR,
      [LIT_TRUE] = KB_TRUE,       [LIT_FALSE] = KB_FALSE,     [LIT_NOTHING] = KB_NOTHING,
      [LIT_EMPTY] = KB_EMPTY,     [LIT_LIST] = KB_PAIR,       [LIT_ARRAY] = KB_ARRAY,
      [LIT_DICT] = KB_DICT,
  };
  return of[l->kind] ? of[l->kind] : K_ANY;
}

static void infer(CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_CONST) n->kinds = literal_kinds(n->literal);
    if (n->kind == CORE_PRIM) n->kinds = prim_table[n->prim.id].kind;
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) infer(core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static void infer_root(void *ctx, CoreNode **root, CoreLambda *top) {
  (void)ctx;
  (void)top;
  infer(*root);
}

void core_infer(CoreProgram *p, int level) {
  if (level > 0) core_each_root(p, true, infer_root, NULL);
}
