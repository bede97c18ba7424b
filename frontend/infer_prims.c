/* What primitives give, from what they are given. The table's result kind is
 * where nothing better is known; here stand the ones worth more. Primitives
 * that one build may lack are found by name, once.
 */
#include <string.h>

#include "infer.h"

/* ---- comparisons ---- */

int infer_comparison(PrimId id) {
  switch (id) {
  case PRIM_lt:
  case PRIM_fx_lt: return CMP_LT;
  case PRIM_le:
  case PRIM_fx_le: return CMP_LE;
  case PRIM_gt:
  case PRIM_fx_gt: return CMP_GT;
  case PRIM_ge:
  case PRIM_fx_ge: return CMP_GE;
  case PRIM_eq:
  case PRIM_fx_eq: return CMP_EQ;
  default: return -1;
  }
}

static int truth_of(bool yes, bool no) { return yes ? 1 : no ? -1 : 0; }

int infer_compare(Comparison c, Fact a, Fact b) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b)) return 0;
  switch (c) {
  case CMP_LT: return truth_of(a.hi < b.lo, a.lo >= b.hi);
  case CMP_LE: return truth_of(a.hi <= b.lo, a.lo > b.hi);
  case CMP_GT: return truth_of(a.lo > b.hi, a.hi <= b.lo);
  case CMP_GE: return truth_of(a.lo >= b.hi, a.hi < b.lo);
  case CMP_EQ:
    return truth_of(a.lo == a.hi && b.lo == b.hi && a.lo == b.lo, a.hi < b.lo || a.lo > b.hi);
  }
  return 0;
}

/* ---- results ---- */

static Fact bool_fact(int truth) {
  return fact_of_kinds(truth > 0 ? KB_TRUE : truth < 0 ? KB_FALSE : (KB_TRUE | KB_FALSE));
}

static Fact predicate_result(const CoreNode *n, Fact arg) {
  int64_t small = INT64_C(1) << 59;
  if (n->prim.id == PRIM_fx_is_small && fact_is_fixnum(arg) && arg.lo >= -small && arg.hi <= small)
    return bool_fact(1);
  int truth = core_predicate_truth(n->prim.id, arg.kinds);
  if (truth != 0 || n->prim.id != PRIM_struct_is) return bool_fact(truth);
  int64_t wanted = n->prim.args[1]->kind == CORE_CONST ? n->prim.args[1]->literal->integer : -1;
  if (!arg.shape || wanted < 0) return bool_fact(0);
  if ((uint32_t)wanted + 1 != arg.shape) return bool_fact(-1);
  return bool_fact(arg.kinds == KB_STRUCT ? 1 : 0);
}

/* Two values that are never one: their kinds differ. */
static Fact identical_result(Fact a, Fact b) {
  CoreKinds both = a.kinds & b.kinds;
  if (!both) return bool_fact(-1);
  CoreKinds single = KB_FALSE | KB_TRUE | KB_NOTHING | KB_EMPTY;
  bool one = a.kinds == b.kinds && (both & (both - 1)) == 0 && (both & single);
  return bool_fact(one ? 1 : 0);
}

static Fact struct_field(Infer *f, const CoreNode *n, Fact arg) {
  const CoreNode *index = n->prim.args[1];
  if (!arg.shape || arg.kinds != KB_STRUCT || index->kind != CORE_CONST) return fact_any;
  uint32_t k = arg.shape - 1;
  if (k >= f->p->structs.n || index->literal->integer >= f->p->structs.items[k]->nfields)
    return fact_any;
  return f->fields[f->field_start[k] + (uint32_t)index->literal->integer];
}

static Fact struct_made(const CoreNode *n) {
  const CoreNode *kind = n->prim.args[0];
  Fact r = fact_of_kinds(KB_STRUCT);
  if (kind->kind == CORE_CONST) r.shape = (uint32_t)kind->literal->integer + 1;
  return r;
}

/* Remainders lie between zero and the divisor. */
static Fact remainder_result(Fact a, Fact b, bool floored) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b)) return fact_of_kinds(K_NUMBER);
  int64_t most = b.hi > -b.lo ? b.hi - 1 : -b.lo - 1;
  if (most < 0) most = 0;
  if (floored) return fact_fixnum(b.lo < 0 ? -most : 0, b.hi > 0 ? most : 0);
  return fact_fixnum(a.lo < 0 ? -most : 0, a.hi > 0 ? most : 0);
}

static Fact quotient_result(Fact a, Fact b) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b)) return fact_of_kinds(K_NUMBER);
  if (b.lo <= -1) return fact_of_kinds(K_INT);
  int64_t by = b.lo > 0 ? b.lo : 1;
  Fact r = fact_fixnum(a.lo / by < 0 ? a.lo / by : 0, a.hi / by > 0 ? a.hi / by : 0);
  return r;
}

/* ---- arrays ---- */

int infer_element_kind(Fact a) {
  return a.kinds == KB_ARRAY && a.shape >= SHAPE_TYPED ? (int)(a.shape - SHAPE_TYPED) : -1;
}

static Fact array_of_shape(uint32_t shape) {
  Fact a = fact_of_kinds(KB_ARRAY);
  a.shape = shape;
  return a;
}

static Fact typed_array_made(const CoreNode *n) {
  const CoreNode *kind = n->prim.args[0];
  bool known = kind->kind == CORE_CONST && kind->literal->kind == LIT_KIND;
  return array_of_shape(known ? SHAPE_TYPED + (uint32_t)kind->literal->integer : 0);
}

static Fact element_of(Fact array) {
  switch (infer_element_kind(array)) {
  case INFER_KIND_INT8: return fact_fixnum(INT8_MIN, INT8_MAX);
  case INFER_KIND_INT16: return fact_fixnum(INT16_MIN, INT16_MAX);
  case INFER_KIND_INT32: return fact_fixnum(INT32_MIN, INT32_MAX);
  case INFER_KIND_UINT8: return fact_fixnum(0, UINT8_MAX);
  case INFER_KIND_UINT16: return fact_fixnum(0, UINT16_MAX);
  case INFER_KIND_UINT32: return fact_fixnum(0, UINT32_MAX);
  case INFER_KIND_INT64: return fact_of_kinds(K_INT);
  case INFER_KIND_FLOAT:
  case INFER_KIND_FLOAT32:
  case INFER_KIND_FLOAT64: return fact_of_kinds(KB_FLOAT);
  case INFER_KIND_BOOL: return fact_of_kinds(K_BOOL);
  case INFER_KIND_CHAR: return fact_of_kinds(KB_CHAR);
  default: return fact_any;
  }
}

/* -1 for what is neither array nor tuple */
static Fact sequence_length(Fact a) {
  if (!(a.kinds & (KB_ARRAY | KB_OTHER))) return fact_fixnum(-1, -1);
  return fact_fixnum(a.kinds & ~(CoreKinds)KB_ARRAY ? -1 : 0, INT64_C(1) << 48);
}

/* ---- small arithmetic ---- */

/* One of the two, unconverted. */
static Fact min_max_result(Fact a, Fact b, bool max) {
  a.kinds &= K_NUMBER;
  b.kinds &= K_NUMBER;
  Fact r = fact_join(fact_normal(a), fact_normal(b));
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b)) return r;
  if (max) r.lo = a.lo > b.lo ? a.lo : b.lo;
  else r.hi = a.hi < b.hi ? a.hi : b.hi;
  return r;
}

static Fact abs_result(Fact a) {
  if (fact_is_float(a)) return a;
  if (!fact_is_fixnum(a)) return fact_of_kinds(K_NUMBER);
  if (a.lo == OMNI_FIXNUM_MIN) return fact_of_kinds(K_INT);
  int64_t most = -a.lo > a.hi ? -a.lo : a.hi;
  int64_t least = a.lo > 0 ? a.lo : a.hi < 0 ? -a.hi : 0;
  return fact_fixnum(least, most);
}

static Fact bits_result(PrimId id, Fact a, Fact b) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(b)) return fact_of_kinds(K_INT);
  if (id == PRIM_bit_and && (a.lo >= 0 || b.lo >= 0)) {
    int64_t most = a.lo < 0 ? b.hi : b.lo < 0 ? a.hi : a.hi < b.hi ? a.hi : b.hi;
    return fact_fixnum(0, most);
  }
  return fact_of_kinds(KB_FIX);
}

static Fact shift_result(PrimId id, Fact a, Fact by) {
  if (!fact_is_fixnum(a) || !fact_is_fixnum(by) || by.lo < 0) return fact_of_kinds(K_INT);
  if (id == PRIM_shift_right) {
    int64_t n = by.lo > 61 ? 61 : by.lo;
    return fact_fixnum(a.lo < 0 ? a.lo >> n : 0, a.hi >= 0 ? a.hi >> n : -1);
  }
  if (by.lo != by.hi || by.hi > 60) return fact_of_kinds(K_INT);
  return fact_arithmetic(FACT_MUL, a, fact_fixnum(INT64_C(1) << by.lo, INT64_C(1) << by.lo));
}

typedef struct NamedRow {
  const char *id;
  enum { ROW_NONE, ROW_LENGTH, ROW_QUOTIENT, ROW_REMAINDER, ROW_MOD, ROW_DIV } what;
} NamedRow;

static const NamedRow named_rows[] = {
    {"array_length", ROW_LENGTH}, {"length", ROW_LENGTH},     {"string_length", ROW_LENGTH},
    {"string_nbytes", ROW_LENGTH}, {"string_step", ROW_LENGTH}, {"dict_length", ROW_LENGTH},
    {"set_length", ROW_LENGTH},   {"quotient", ROW_QUOTIENT}, {"remainder", ROW_REMAINDER},
    {"mod", ROW_MOD},             {"div", ROW_DIV},           {"coll_kind", ROW_LENGTH},
};

static int named_row(PrimId id) {
  static int rows[PRIM_COUNT];
  static bool ready;
  if (!ready) {
    for (int i = 0; i < PRIM_COUNT; i++)
      for (size_t j = 0; j < sizeof named_rows / sizeof *named_rows; j++)
        if (!strcmp(prim_table[i].id, named_rows[j].id)) rows[i] = (int)named_rows[j].what;
    ready = true;
  }
  return rows[id];
}

static bool same_local(const CoreNode *n) {
  const CoreNode *a = n->prim.args[0], *b = n->prim.args[1];
  return a->kind == CORE_LOCAL && b->kind == CORE_LOCAL && a->var == b->var;
}

Fact infer_prim_result(Infer *f, const CoreNode *n, const Fact *args) {
  const PrimInfo *info = &prim_table[n->prim.id];
  for (uint32_t i = 0; i < n->prim.nargs; i++)
    if (!args[i].kinds) return fact_none;
  if (info->effects & P_NORETURN) return fact_none;
  if (core_predicate(n->prim.id).is) return predicate_result(n, args[0]);
  int comparison = infer_comparison(n->prim.id);
  if (comparison >= 0) return bool_fact(infer_compare((Comparison)comparison, args[0], args[1]));
  switch (n->prim.id) {
  case PRIM_add:
  case PRIM_fx_add: return fact_arithmetic(FACT_ADD, args[0], args[1]);
  case PRIM_sub:
  case PRIM_fx_sub: return fact_arithmetic(FACT_SUB, args[0], args[1]);
  case PRIM_mul:
  case PRIM_fx_mul: return same_local(n) ? fact_square(args[0])
                                         : fact_arithmetic(FACT_MUL, args[0], args[1]);
  case PRIM_identical: return identical_result(args[0], args[1]);
  case PRIM_struct_ref: return struct_field(f, n, args[0]);
  case PRIM_struct_make: return struct_made(n);
  case PRIM_check_bound: return args[0];
  case PRIM_typed_array: return typed_array_made(n);
  case PRIM_array:
  case PRIM_make_array:
  case PRIM_list_to_array: return array_of_shape(SHAPE_ARRAY);
  case PRIM_index_ref:
  case PRIM_seq_ref:
  case PRIM_array_ref: return element_of(args[0]);
  case PRIM_seq_length: return sequence_length(args[0]);
  case PRIM_max: return min_max_result(args[0], args[1], true);
  case PRIM_min: return min_max_result(args[0], args[1], false);
  case PRIM_abs: return abs_result(args[0]);
  case PRIM_square: return fact_square(args[0]);
  case PRIM_bit_and:
  case PRIM_bit_or:
  case PRIM_bit_xor: return bits_result(n->prim.id, args[0], args[1]);
  case PRIM_shift_left:
  case PRIM_shift_right: return shift_result(n->prim.id, args[0], args[1]);
  case PRIM_char_to_integer: return fact_fixnum(0, 0x10ffff);
  default: break;
  }
  switch (named_row(n->prim.id)) {
  case ROW_LENGTH: return fact_fixnum(0, INT64_C(1) << 48);
  case ROW_QUOTIENT: return quotient_result(args[0], args[1]);
  case ROW_REMAINDER: return remainder_result(args[0], args[1], false);
  case ROW_MOD: return remainder_result(args[0], args[1], true);
  case ROW_DIV: return fact_of_kinds(KB_FLOAT);
  default: return fact_of_kinds(info->kind);
  }
}
