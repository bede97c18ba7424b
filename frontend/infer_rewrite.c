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

/* ---- integers ---- */

static bool excludes(Fact a, int64_t n) { return a.lo > n || a.hi < n; }

/* The quotient of the least fixnum and -1 is none. */
static bool divides_in_range(Fact a, Fact b) {
  return excludes(b, 0) && (excludes(b, -1) || excludes(a, OMNI_FIXNUM_MIN));
}

/* Generic operations on two fixnums that stay in the range: what they become. */
static PrimId fixnum_operation(PrimId id, Fact a, Fact b, Fact result) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b) || !fact_is_fixnum(result)) return id;
  switch (id) {
  case PRIM_quotient: return divides_in_range(a, b) ? PRIM_fx_quotient : id;
  case PRIM_remainder: return divides_in_range(a, b) ? PRIM_fx_remainder : id;
  case PRIM_mod: return divides_in_range(a, b) ? PRIM_fx_mod : id;
  case PRIM_bit_and: return PRIM_fx_and;
  case PRIM_bit_or: return PRIM_fx_or;
  case PRIM_bit_xor: return PRIM_fx_xor;
  case PRIM_max: return PRIM_fx_max;
  case PRIM_min: return PRIM_fx_min;
  case PRIM_shift_right: return b.lo >= 0 && b.hi <= 61 ? PRIM_fx_shift_right : id;
  default: return id;
  }
}

/* (shift-left a k), k known and nothing lost: (* a 2^k) */
static void rewrite_shift_left(Infer *f, CoreNode *n, const Fact *args, Fact result) {
  if (!fact_is_fixnum(args[0]) || !fact_is_fixnum(args[1]) || !fact_is_fixnum(result)) return;
  if (args[1].lo != args[1].hi || !core_is_droppable(n->prim.args[1])) return;
  CoreNode *factor = core_const_new(
      f->p, core_literal_int(f->p, INT64_C(1) << args[1].lo), n->prim.args[1]->span);
  factor->kinds = KB_FIX;
  n->prim.args = two(f, n->prim.args[0], factor);
  n->prim.id = PRIM_fx_mul_nowrap;
}

static void rewrite_integer(Infer *f, CoreNode *n, const Fact *args, Fact result) {
  if (n->prim.nargs != 2) return;
  if (n->prim.id == PRIM_shift_left) rewrite_shift_left(f, n, args, result);
  else n->prim.id = fixnum_operation(n->prim.id, args[0], args[1], result);
}

/* ---- more on doubles ---- */

/* (/ a b) of fixnums is the double nearest to the ratio: one division if both
 * are exact as doubles. */
static bool may_divide(Fact a, Fact b) {
  if (fact_is_float(a) || fact_is_float(b)) return is_float_or_fixnum(a) && is_float_or_fixnum(b);
  return exact_in_double(a) && exact_in_double(b) && excludes(b, 0);
}

static void rewrite_double(Infer *f, CoreNode **slot, const Fact *args) {
  CoreNode *n = *slot;
  switch (n->prim.id) {
  case PRIM_div:
    if (may_divide(args[0], args[1])) to_doubles(f, n, PRIM_fl_div, args);
    break;
  case PRIM_max:
  case PRIM_min:
    if (fact_is_float(args[0]) && fact_is_float(args[1]))
      n->prim.id = n->prim.id == PRIM_max ? PRIM_fl_max : PRIM_fl_min;
    break;
  case PRIM_abs:
    if (fact_is_float(args[0])) n->prim.id = PRIM_fl_abs;
    break;
  case PRIM_square:
    if (fact_is_float(args[0]) && n->prim.args[0]->kind == CORE_LOCAL) {
      CoreNode *again = core_local_new(f->p, n->prim.args[0]->var, n->span);
      again->kinds = KB_FLOAT;
      n->prim.args = two(f, n->prim.args[0], again);
      n->prim.nargs = 2;
      n->prim.id = PRIM_fl_mul;
    }
    break;
  case PRIM_inexact:
    if (is_float_or_fixnum(args[0])) *slot = as_double(f, n->prim.args[0], args[0]);
    break;
  default: break;
  }
}

/* ---- arrays ---- */

typedef struct ElementRow {
  int kind; /* kinds.def */
  PrimId ref, set;
  CoreKinds value; /* what may be stored without a test */
} ElementRow;

static const ElementRow elements[] = {
    {INFER_KIND_FLOAT, PRIM_f64_ref, PRIM_f64_set, KB_FLOAT},
    {INFER_KIND_FLOAT64, PRIM_f64_ref, PRIM_f64_set, KB_FLOAT},
    {INFER_KIND_INT64, PRIM_i64_ref, PRIM_i64_set, KB_FIX},
    {INFER_KIND_INT32, PRIM_i32_ref, PRIM_i32_set, KB_FIX},
    {INFER_KIND_INT8, PRIM_i8_ref, PRIM_i8_set, KB_FIX},
    {INFER_KIND_UINT8, PRIM_u8_ref, PRIM_u8_set, KB_FIX},
    {INFER_KIND_BOOL, PRIM_bool_ref, PRIM_bool_set, K_BOOL},
};

typedef enum { ARRAY_REF, ARRAY_SET, ARRAY_LENGTH, ARRAY_NOT } ArrayUse;

static ArrayUse array_use(PrimId id) {
  switch (id) {
  case PRIM_index_ref:
  case PRIM_seq_ref:
  case PRIM_array_ref: return ARRAY_REF;
  case PRIM_index_set:
  case PRIM_array_set: return ARRAY_SET;
  case PRIM_length:
  case PRIM_seq_length:
  case PRIM_array_length: return ARRAY_LENGTH;
  default: return ARRAY_NOT;
  }
}

static void rewrite_array(CoreNode *n, const Fact *args) {
  ArrayUse use = array_use(n->prim.id);
  if (use == ARRAY_NOT) return;
  int element = infer_element_kind(args[0]);
  bool plain = fact_is_plain_array(args[0]);
  if (use == ARRAY_LENGTH) {
    if (plain || element >= 0) n->prim.id = PRIM_slots_length;
    return;
  }
  if (plain) n->prim.id = use == ARRAY_REF ? PRIM_slots_ref : PRIM_slots_set;
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
    if (elements[i].kind != element) continue;
    if (use == ARRAY_REF) n->prim.id = elements[i].ref;
    else if (!(args[2].kinds & ~elements[i].value)) n->prim.id = elements[i].set;
  }
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
  bool chars = a.kinds == KB_CHAR && b.kinds == KB_CHAR; /* in the order of their words */
  if ((fact_is_fixnum(a) && fact_is_fixnum(b)) || chars) n->prim.id = row->fx;
  else if (doubles) to_doubles(f, n, row->fl, args);
  else if (n->prim.id == PRIM_eq && (has_identity(a) || has_identity(b)))
    n->prim.id = PRIM_identical;
}

/* zero?, positive?, negative? */
static void rewrite_sign(Infer *f, CoreNode *n, const Fact *args) {
  Comparison c;
  if (n->prim.id == PRIM_is_zero) c = CMP_EQ;
  else if (n->prim.id == PRIM_is_positive) c = CMP_GT;
  else if (n->prim.id == PRIM_is_negative) c = CMP_LT;
  else return;
  if (!is_float_or_fixnum(args[0])) return;
  CoreNode *zero = core_const_new(f->p, core_literal_int(f->p, 0), n->span);
  zero->kinds = KB_FIX;
  Fact both[2] = {args[0], fact_fixnum(0, 0)};
  n->prim.args = two(f, n->prim.args[0], zero);
  n->prim.nargs = 2;
  rewrite_comparison(f, n, c, both);
}

/* equal? and eqv? of what has no structure */
static void rewrite_equal(CoreNode *n, const Fact *args) {
  if (n->prim.id != PRIM_equal && n->prim.id != PRIM_eqv) return;
  CoreKinds simple = identity_kinds | KB_FIX;
  if (!(args[0].kinds & ~simple) || !(args[1].kinds & ~simple)) n->prim.id = PRIM_identical;
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
  if (c >= 0) {
    rewrite_comparison(f, n, (Comparison)c, args);
  } else if (!rewrite_arithmetic(f, n, args, result)) {
    rewrite_integer(f, n, args, result);
    rewrite_sign(f, n, args);
    rewrite_equal(n, args);
    rewrite_array(n, args);
    rewrite_double(f, slot, args);
  }
  return result;
}
