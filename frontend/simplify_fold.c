/* Primitives on constants, computed exactly as the runtime computes them.
 *
 * What would leave the fixnum range, fail, or depend on how the runtime rounds
 * or compares across kinds stays for run time.
 */
#include <stdlib.h>
#include <string.h>

#include "omni/value.h"
#include "simplify.h"

static const Literal *literal_bool(CoreProgram *p, bool b) {
  return core_literal_of(p, b ? LIT_TRUE : LIT_FALSE);
}

static const Literal *fixnum_or_null(CoreProgram *p, bool overflow, int64_t n) {
  return overflow || !omni_fits_fixnum(n) ? NULL : core_literal_int(p, n);
}

static const Literal *fold_int(CoreProgram *p, PrimId id, int64_t a, int64_t b) {
  int64_t r = 0;
  bool overflow;
  switch (id) {
  case PRIM_add:
  case PRIM_fx_add: overflow = __builtin_add_overflow(a, b, &r); break;
  case PRIM_sub:
  case PRIM_fx_sub: overflow = __builtin_sub_overflow(a, b, &r); break;
  case PRIM_mul:
  case PRIM_fx_mul: overflow = __builtin_mul_overflow(a, b, &r); break;
  case PRIM_lt: return literal_bool(p, a < b);
  case PRIM_le: return literal_bool(p, a <= b);
  case PRIM_gt: return literal_bool(p, a > b);
  case PRIM_ge: return literal_bool(p, a >= b);
  case PRIM_eq:
  case PRIM_fx_eq: return literal_bool(p, a == b);
  default: return NULL;
  }
  return fixnum_or_null(p, overflow, r);
}

static const Literal *fold_float(CoreProgram *p, PrimId id, double a, double b) {
  switch (id) {
  case PRIM_add: return core_literal_float(p, a + b);
  case PRIM_sub: return core_literal_float(p, a - b);
  case PRIM_mul: return core_literal_float(p, a * b);
  case PRIM_lt: return literal_bool(p, a < b);
  case PRIM_le: return literal_bool(p, a <= b);
  case PRIM_gt: return literal_bool(p, a > b);
  case PRIM_ge: return literal_bool(p, a >= b);
  case PRIM_eq: return literal_bool(p, a == b);
  default: return NULL;
  }
}

/* An Int that a double holds exactly meets a Float as that double. */
static bool as_exact_double(const Literal *l, double *x) {
  if (l->kind == LIT_FLOAT) *x = l->number;
  else if (l->kind == LIT_INT && llabs(l->integer) <= INT64_C(1) << 53) *x = (double)l->integer;
  else return false;
  return true;
}

/* Both are literals that have one value each, whatever made them. */
static bool same_immediate(const Literal *a, const Literal *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == LIT_INT || a->kind == LIT_CHAR) return a->integer == b->integer;
  if (a->kind == LIT_SYMBOL)
    return a->nbytes == b->nbytes && !memcmp(a->text, b->text, a->nbytes);
  return true;
}

static const Literal *fold_identical(CoreProgram *p, const Literal *a, const Literal *b) {
  if (!literal_is_immediate(a) || !literal_is_immediate(b)) {
    bool one = literal_is_immediate(a) || literal_is_immediate(b);
    return one ? literal_bool(p, false) : NULL;
  }
  if (a->kind == LIT_FLOAT && b->kind == LIT_FLOAT) return NULL;
  if (a->kind == LIT_KIND || b->kind == LIT_KIND || a->kind == LIT_RAW) return NULL;
  return literal_bool(p, same_immediate(a, b));
}

/* 1 or 0 where the literal decides the question, -1 where the primitive is none. */
static int test_literal(PrimId id, const Literal *l) {
  switch (id) {
  case PRIM_not: return literal_is_falsy(l);
  case PRIM_is_null: return l->kind == LIT_EMPTY;
  case PRIM_is_pair: return l->kind == LIT_LIST;
  case PRIM_is_nothing: return l->kind == LIT_NOTHING;
  case PRIM_is_array: return l->kind == LIT_KIND ? -1 : l->kind == LIT_ARRAY;
  case PRIM_is_dict: return l->kind == LIT_KIND ? -1 : l->kind == LIT_DICT;
  default: return -1;
  }
}

static const Literal *fold_two(CoreProgram *p, PrimId id, const Literal *a, const Literal *b) {
  double x, y;
  if (id == PRIM_identical) return fold_identical(p, a, b);
  if (id == PRIM_equal || id == PRIM_eqv) {
    bool simple = literal_is_immediate(a) && literal_is_immediate(b);
    return simple ? fold_identical(p, a, b) : NULL; /* structure: run time */
  }
  if (a->kind == LIT_INT && b->kind == LIT_INT) return fold_int(p, id, a->integer, b->integer);
  if (as_exact_double(a, &x) && as_exact_double(b, &y)) return fold_float(p, id, x, y);
  return NULL;
}

const Literal *simplify_fold(CoreProgram *p, PrimId id, uint32_t nargs, CoreNode *const *args) {
  for (uint32_t i = 0; i < nargs; i++)
    if (args[i]->kind != CORE_CONST) return NULL;
  if (nargs == 2) return fold_two(p, id, args[0]->literal, args[1]->literal);
  int answer = nargs == 1 ? test_literal(id, args[0]->literal) : -1;
  return answer < 0 ? NULL : literal_bool(p, answer > 0);
}
