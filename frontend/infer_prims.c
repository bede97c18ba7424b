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
  case PRIM_fx_mul: return fact_arithmetic(FACT_MUL, args[0], args[1]);
  case PRIM_identical: return identical_result(args[0], args[1]);
  case PRIM_struct_ref: return struct_field(f, n, args[0]);
  case PRIM_struct_make: return struct_made(n);
  case PRIM_check_bound: return args[0];
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
