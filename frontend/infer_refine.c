/* What a branch knows: the test came out true, or false.
 *
 * Only variables are narrowed, and only those that no other frame can assign.
 * What is narrowed goes on the trail; whoever opened the branch takes it back.
 */
#include "infer.h"

void infer_set_now(Infer *f, CoreVar *v, Fact fact) {
  VEC_PUSH(f->p->arena, &f->trail, ((Undo){v->id, f->now[v->id]}));
  f->now[v->id] = fact;
}

/* The variable of a node whose fact may be narrowed, or NULL. What a test read
 * of an assigned variable is its value still unless the test itself assigns. */
static CoreVar *variable(const Infer *f, const CoreNode *n) {
  if (n->kind != CORE_LOCAL || n->var->lambda) return NULL;
  return n->var->assigned && (n->var->captured || f->assigns) ? NULL : n->var;
}

static bool assigns(CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_SET) return true;
    uint32_t count = core_nchildren(n);
    if (count == 0) return false;
    for (uint32_t i = 0; i + 1 < count; i++)
      if (assigns(core_child(n, i))) return true;
    n = core_child(n, count - 1);
  }
}

static void narrow_kinds(Infer *f, const CoreNode *n, CoreKinds kinds) {
  CoreVar *v = variable(f, n);
  if (!v) return;
  Fact a = f->now[v->id];
  if (!(a.kinds & ~kinds)) return;
  a.kinds &= kinds;
  infer_set_now(f, v, fact_normal(a));
}

/* If the variable is an integer, it lies in [lo, hi]. */
static void narrow_var(Infer *f, CoreVar *v, int64_t lo, int64_t hi) {
  Fact a = f->now[v->id];
  if (!(a.kinds & K_INT) || (lo <= a.lo && hi >= a.hi)) return;
  if (lo > a.lo) a.lo = lo;
  if (hi < a.hi) a.hi = hi;
  infer_set_now(f, v, fact_normal(a));
}

/* The largest n with n * n <= square. */
static int64_t root_of(int64_t square) {
  int64_t n = 0;
  for (int64_t bit = INT64_C(1) << 30; bit; bit >>= 1)
    if ((n + bit) * (n + bit) <= square) n += bit;
  return n;
}

static int64_t shifted(int64_t bound, int64_t by) {
  if (bound <= INT_LOW || bound >= INT_HIGH) return bound;
  int64_t n = bound + by; /* both are below 2^62 */
  return n < INT_LOW ? INT_LOW : n > INT_HIGH ? INT_HIGH : n;
}

static bool arithmetic_op(PrimId id, FactOp *op) {
  switch (id) {
  case PRIM_add:
  case PRIM_fx_add:
  case PRIM_fx_add_nowrap: *op = FACT_ADD; return true;
  case PRIM_sub:
  case PRIM_fx_sub:
  case PRIM_fx_sub_nowrap: *op = FACT_SUB; return true;
  case PRIM_mul:
  case PRIM_fx_mul:
  case PRIM_fx_mul_nowrap: *op = FACT_MUL; return true;
  default: return false;
  }
}

/* The node lies in [lo, hi]: what follows for the variable in it, seen through
 * x + c, x - c and x * x. That x is an integer must follow from the node's
 * being one, so the variable must have no Float part. */
static void narrow_interval(Infer *f, const CoreNode *n, int64_t lo, int64_t hi) {
  CoreVar *v = variable(f, n);
  if (v) {
    narrow_var(f, v, lo, hi);
    return;
  }
  if (n->kind != CORE_PRIM || n->prim.nargs != 2) return;
  const CoreNode *a = n->prim.args[0], *b = n->prim.args[1];
  CoreVar *x = variable(f, a);
  if (!x || !fact_is_integer(f->now[x->id])) return;
  bool constant = b->kind == CORE_CONST && b->literal->kind == LIT_INT &&
                  omni_fits_fixnum(b->literal->integer);
  FactOp op; /* rewritten or not: the final walk must know as much as the others */
  if (!arithmetic_op(n->prim.id, &op)) return;
  if (op == FACT_ADD && constant)
    narrow_var(f, x, shifted(lo, -b->literal->integer), shifted(hi, -b->literal->integer));
  else if (op == FACT_SUB && constant)
    narrow_var(f, x, shifted(lo, b->literal->integer), shifted(hi, b->literal->integer));
  else if (op == FACT_MUL && variable(f, b) == x && hi >= 0 && hi < INT_HIGH)
    narrow_var(f, x, -root_of(hi), root_of(hi));
}

static Fact fact_at(const Infer *f, const CoreNode *n) {
  if (n->kind == CORE_CONST) return fact_of_literal(n->literal);
  const CoreVar *v = variable(f, n);
  return v ? f->now[v->id] : fact_of_kinds(n->kinds);
}

static Comparison negated(Comparison c) {
  switch (c) {
  case CMP_LT: return CMP_GE;
  case CMP_LE: return CMP_GT;
  case CMP_GT: return CMP_LE;
  case CMP_GE: return CMP_LT;
  case CMP_EQ: break;
  }
  return CMP_EQ;
}

static void refine_equal(Infer *f, const CoreNode *a, const CoreNode *b) {
  Fact fa = fact_at(f, a), fb = fact_at(f, b);
  if (fact_is_integer(fb)) narrow_interval(f, a, fb.lo, fb.hi);
  if (fact_is_integer(fa)) narrow_interval(f, b, fa.lo, fa.hi);
}

/* Against a Float the negation of < is not >= (NaN), and bounds say nothing: the
 * other operand must be an integer. */
static void refine_comparison(Infer *f, Comparison c, const CoreNode *a, const CoreNode *b,
                              bool truth) {
  if (c == CMP_EQ) {
    if (truth) refine_equal(f, a, b);
    return;
  }
  if (!truth) c = negated(c);
  if (c == CMP_GT || c == CMP_GE) {
    const CoreNode *swap = a;
    a = b;
    b = swap;
    c = c == CMP_GT ? CMP_LT : CMP_LE;
  }
  int64_t gap = c == CMP_LT ? 1 : 0;
  Fact fa = fact_at(f, a), fb = fact_at(f, b);
  if (fact_is_integer(fb)) narrow_interval(f, a, INT_LOW, shifted(fb.hi, -gap));
  if (fact_is_integer(fa)) narrow_interval(f, b, shifted(fa.lo, gap), INT_HIGH);
}

/* Kinds that have one value: a failed identity test excludes them. */
static bool is_single(CoreKinds kinds) {
  return kinds == KB_FALSE || kinds == KB_TRUE || kinds == KB_NOTHING || kinds == KB_EMPTY;
}

static void refine_identical(Infer *f, const CoreNode *a, const CoreNode *b, bool truth) {
  CoreKinds ka = fact_at(f, a).kinds, kb = fact_at(f, b).kinds;
  if (truth) {
    narrow_kinds(f, a, kb);
    narrow_kinds(f, b, ka);
  } else if (is_single(kb)) {
    narrow_kinds(f, a, ~kb);
  } else if (is_single(ka)) {
    narrow_kinds(f, b, ~ka);
  }
}

static void refine_shape(Infer *f, const CoreNode *n, const CoreNode *kind) {
  CoreVar *v = variable(f, n);
  if (!v || kind->kind != CORE_CONST) return;
  Fact a = f->now[v->id];
  if (a.kinds != KB_STRUCT) return;
  a.shape = (uint32_t)kind->literal->integer + 1;
  infer_set_now(f, v, a);
}

/* zero?, positive?, negative?: comparisons with 0 */
static bool refine_sign(Infer *f, const CoreNode *n, bool truth) {
  static const Literal zero_literal = {.kind = LIT_INT};
  static const CoreNode zero = {.kind = CORE_CONST, .kinds = KB_FIX, .literal = &zero_literal};
  Comparison c;
  if (n->prim.id == PRIM_is_zero) c = CMP_EQ;
  else if (n->prim.id == PRIM_is_positive) c = CMP_GT;
  else if (n->prim.id == PRIM_is_negative) c = CMP_LT;
  else return false;
  refine_comparison(f, c, n->prim.args[0], &zero, truth);
  return true;
}

static void refine_prim(Infer *f, const CoreNode *n, bool truth) {
  CoreNode *const *args = n->prim.args;
  CorePredicate predicate = core_predicate(n->prim.id);
  int comparison = infer_comparison(n->prim.id);
  if (predicate.is) {
    narrow_kinds(f, args[0], truth ? predicate.may : ~predicate.must);
    if (truth && n->prim.id == PRIM_struct_is) refine_shape(f, args[0], args[1]);
    if (truth && n->prim.id == PRIM_fx_is_small)
      narrow_interval(f, args[0], -(INT64_C(1) << 59), INT64_C(1) << 59);
  } else if (comparison >= 0) {
    refine_comparison(f, (Comparison)comparison, args[0], args[1], truth);
  } else if (n->prim.id == PRIM_identical) {
    refine_identical(f, args[0], args[1], truth);
  } else {
    refine_sign(f, n, truth);
  }
}

static bool is_const_truth(const CoreNode *n, bool truth) {
  return n->kind == CORE_CONST && (fact_truth(fact_of_literal(n->literal)) > 0) == truth;
}

static void refine(Infer *f, const CoreNode *test, bool truth) {
  CoreKinds falsy = KB_FALSE | KB_NOTHING;
  for (;;) {
    if (test->kind == CORE_LOCAL) {
      narrow_kinds(f, test, truth ? ~falsy : falsy);
      return;
    }
    if (test->kind == CORE_PRIM && test->prim.id == PRIM_not) {
      test = test->prim.args[0];
      truth = !truth;
      continue;
    }
    if (test->kind == CORE_PRIM) {
      refine_prim(f, test, truth);
      return;
    }
    if (test->kind != CORE_IF) return;
    /* (if a b false) is true, (if a true b) is false: both a and b came out so */
    const CoreNode *arm = truth ? test->branch.otherwise : test->branch.then;
    if (!is_const_truth(arm, !truth)) return;
    refine(f, test->branch.test, truth);
    test = truth ? test->branch.then : test->branch.otherwise;
  }
}

void infer_refine(Infer *f, const CoreNode *test, bool truth) {
  f->assigns = assigns((CoreNode *)test);
  refine(f, test, truth);
}

static bool takes_index(PrimId id) {
  return id == PRIM_array_ref || id == PRIM_array_set || id == PRIM_index_ref ||
         id == PRIM_index_set;
}

/* What follows from a primitive's having come back: an index into an array was
 * one. This, like the kinds of results, holds because a primitive that fails
 * does not come back; should a handler one day resume with a value, it must
 * leave through another door. */
void infer_assume_done(Infer *f, const CoreNode *n, const Fact *args) {
  if (!takes_index(n->prim.id) || args[0].kinds != KB_ARRAY) return;
  f->assigns = assigns((CoreNode *)n);
  narrow_kinds(f, n->prim.args[1], KB_FIX);
  narrow_interval(f, n->prim.args[1], 0, INT64_C(1) << 48);
}
