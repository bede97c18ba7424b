/* Primitives that are cheaper once the kinds of their operands are proved.
 *
 *   both fixnums             %fx-*; /nowrap if the result stays in the range
 *   Floats, or Float with    %fl-* on unboxed doubles; the fixnum is converted
 *   fixnum                   (comparisons: only if a double holds it exactly)
 *   = on what has identity   identical?
 *   questions with one       the answer, after the operands' effects
 *   possible answer
 *
 * The generic primitives do the same with the same operands: only the tests go.
 */
#include "infer.h"

static const Fact *operand(const Fact *args, uint32_t i) { return &args[i]; }

static CoreNode **two(Infer *f, CoreNode *a, CoreNode *b) {
  CoreNode **args = ARENA_ARRAY(f->p->arena, CoreNode *, 2);
  args[0] = a;
  args[1] = b;
  return args;
}

/* ---- answers ---- */

static Fact put_answer(Infer *f, CoreNode **slot, bool truth) {
  CoreNode *n = *slot;
  const Literal *l = core_literal_of(f->p, truth ? LIT_TRUE : LIT_FALSE);
  CoreNode *answer = core_const_new(f->p, l, n->span);
  answer->kinds = truth ? KB_TRUE : KB_FALSE;
  CoreNode **items = ARENA_ARRAY(f->p->arena, CoreNode *, n->prim.nargs + 1);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n->prim.nargs; i++)
    if (!core_is_droppable(n->prim.args[i])) items[kept++] = n->prim.args[i];
  items[kept++] = answer;
  if (kept == 1) {
    *slot = answer;
  } else {
    n->kind = CORE_SEQ;
    n->seq.n = kept;
    n->seq.items = items;
  }
  return fact_of_kinds(answer->kinds);
}

/* ---- doubles ---- */

static bool exact_in_double(Fact a) {
  int64_t most = INT64_C(1) << 53;
  return fact_is_fixnum(a) && a.lo >= -most && a.hi <= most;
}

static bool is_float_or_fixnum(Fact a) { return fact_is_float(a) || fact_is_fixnum(a); }

static CoreNode *as_double(Infer *f, CoreNode *n, Fact fact) {
  if (fact_is_float(fact)) return n;
  CoreNode *d;
  if (n->kind == CORE_CONST) {
    d = core_const_new(f->p, core_literal_float(f->p, (double)n->literal->integer), n->span);
  } else {
    CoreNode **args = ARENA_NEW(f->p->arena, CoreNode *);
    args[0] = n;
    d = core_prim_new(f->p, PRIM_fix_to_fl, 1, args, n->span);
  }
  d->kinds = KB_FLOAT;
  return d;
}

static void to_doubles(Infer *f, CoreNode *n, PrimId id, const Fact *args) {
  n->prim.args = two(f, as_double(f, n->prim.args[0], args[0]),
                     as_double(f, n->prim.args[1], args[1]));
  n->prim.id = id;
}

/* ---- arithmetic ---- */

typedef struct ArithmeticRow {
  PrimId generic, fx, fx_nowrap, fl;
} ArithmeticRow;

static const ArithmeticRow arithmetic[] = {
    {PRIM_add, PRIM_fx_add, PRIM_fx_add_nowrap, PRIM_fl_add},
    {PRIM_sub, PRIM_fx_sub, PRIM_fx_sub_nowrap, PRIM_fl_sub},
    {PRIM_mul, PRIM_fx_mul, PRIM_fx_mul_nowrap, PRIM_fl_mul},
};

static bool rewrite_arithmetic(Infer *f, CoreNode *n, const Fact *args, Fact result) {
  for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
    const ArithmeticRow *row = &arithmetic[i];
    if (n->prim.id != row->generic && n->prim.id != row->fx) continue;
    if (fact_is_fixnum(args[0]) && fact_is_fixnum(args[1]))
      n->prim.id = fact_is_fixnum(result) ? row->fx_nowrap : row->fx;
    else if (fact_is_float(result) && is_float_or_fixnum(args[0]) && is_float_or_fixnum(args[1]))
      to_doubles(f, n, row->fl, args);
    return true;
  }
  return false;
}

/* ---- comparisons ---- */

typedef struct ComparisonRow {
  PrimId generic, fx, fl;
} ComparisonRow;

static const ComparisonRow comparisons[] = {
    [CMP_LT] = {PRIM_lt, PRIM_fx_lt, PRIM_fl_lt}, [CMP_LE] = {PRIM_le, PRIM_fx_le, PRIM_fl_le},
    [CMP_GT] = {PRIM_gt, PRIM_fx_gt, PRIM_fl_gt}, [CMP_GE] = {PRIM_ge, PRIM_fx_ge, PRIM_fl_ge},
    [CMP_EQ] = {PRIM_eq, PRIM_fx_eq, PRIM_fl_eq},
};

/* Kinds whose values are equal only to themselves, and to nothing else. */
static const CoreKinds identity_kinds =
    KB_FALSE | KB_TRUE | KB_NOTHING | KB_EMPTY | KB_CHAR | KB_SYMBOL;

static bool has_identity(Fact a) { return !(a.kinds & ~identity_kinds); }

static void rewrite_comparison(Infer *f, CoreNode *n, Comparison c, const Fact *args) {
  Fact a = *operand(args, 0), b = *operand(args, 1);
  const ComparisonRow *row = &comparisons[c];
  bool doubles = (fact_is_float(a) && (fact_is_float(b) || exact_in_double(b))) ||
                 (fact_is_float(b) && exact_in_double(a));
  if (fact_is_fixnum(a) && fact_is_fixnum(b)) n->prim.id = row->fx;
  else if (doubles) to_doubles(f, n, row->fl, args);
  else if (n->prim.id == PRIM_eq && (has_identity(a) || has_identity(b)))
    n->prim.id = PRIM_identical;
}

Fact infer_rewrite_prim(Infer *f, CoreNode **slot, const Fact *args, Fact result) {
  CoreNode *n = *slot;
  if (result.kinds == KB_TRUE || result.kinds == KB_FALSE) {
    bool fails = prim_table[n->prim.id].effects & (P_DROP | P_IO);
    bool answered = infer_comparison(n->prim.id) < 0 ||
                    (fact_is_fixnum(args[0]) && fact_is_fixnum(args[1]));
    if (!fails && answered) return put_answer(f, slot, result.kinds == KB_TRUE);
  }
  int c = infer_comparison(n->prim.id);
  if (c >= 0) rewrite_comparison(f, n, (Comparison)c, args);
  else rewrite_arithmetic(f, n, args, result);
  return result;
}
