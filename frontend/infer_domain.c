/* Facts: sets of kinds with an interval for integers. A lattice: fact_none at
 * the bottom, fact_any at the top, fact_join the least fact that covers both.
 */
#include "infer.h"

const Fact fact_none = {0, 0, 0, 0};
const Fact fact_any = {K_ANY, 0, INT_LOW, INT_HIGH};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

Fact fact_normal(Fact a) {
  if (a.lo > OMNI_FIXNUM_MAX || a.hi < OMNI_FIXNUM_MIN || a.lo > a.hi)
    a.kinds &= ~(CoreKinds)KB_FIX;
  if ((a.lo >= OMNI_FIXNUM_MIN && a.hi <= OMNI_FIXNUM_MAX) || a.lo > a.hi)
    a.kinds &= ~(CoreKinds)KB_BIG;
  if (!(a.kinds & K_INT)) {
    a.lo = a.hi = 0;
  } else if (!(a.kinds & KB_BIG)) {
    a.lo = larger(a.lo, OMNI_FIXNUM_MIN);
    a.hi = smaller(a.hi, OMNI_FIXNUM_MAX);
  }
  if (!(a.kinds & (KB_STRUCT | KB_ARRAY))) a.shape = 0;
  return a;
}

Fact fact_of_kinds(CoreKinds kinds) {
  return fact_normal((Fact){.kinds = kinds, .lo = INT_LOW, .hi = INT_HIGH});
}

Fact fact_fixnum(int64_t lo, int64_t hi) {
  lo = larger(lo, OMNI_FIXNUM_MIN);
  hi = smaller(hi, OMNI_FIXNUM_MAX);
  if (lo > hi) return fact_none;
  return (Fact){KB_FIX, 0, lo, hi};
}

Fact fact_of_literal(const Literal *l) {
  static const CoreKinds of[LIT_COUNT] = {
      [LIT_BIGINT] = KB_BIG,    [LIT_FLOAT] = KB_FLOAT,     [LIT_STRING] = KB_STRING,
      [LIT_SYMBOL] = KB_SYMBOL, [LIT_CHAR] = KB_CHAR,       [LIT_TRUE] = KB_TRUE,
      [LIT_FALSE] = KB_FALSE,   [LIT_NOTHING] = KB_NOTHING, [LIT_EMPTY] = KB_EMPTY,
      [LIT_LIST] = KB_PAIR,     [LIT_ARRAY] = KB_ARRAY,     [LIT_DICT] = KB_DICT,
      [LIT_ABSENT] = KB_OTHER,  [LIT_UNBOUND] = KB_OTHER,   [LIT_KIND] = KB_OTHER,
      [LIT_RAW] = KB_OTHER,
  };
  if (l->kind != LIT_INT) return fact_of_kinds(of[l->kind]);
  return omni_fits_fixnum(l->integer) ? fact_fixnum(l->integer, l->integer)
                                      : fact_of_kinds(KB_BIG);
}

Fact fact_join(Fact a, Fact b) {
  if (!a.kinds) return b;
  if (!b.kinds) return a;
  Fact r = {.kinds = a.kinds | b.kinds};
  /* a shape speaks of structs and arrays; a fact without them agrees with any */
  CoreKinds shaped = KB_STRUCT | KB_ARRAY;
  bool sa = a.kinds & shaped, sb = b.kinds & shaped;
  r.shape = !sa ? b.shape : !sb ? a.shape : a.shape == b.shape ? a.shape : 0;
  bool fa = a.kinds & K_INT, fb = b.kinds & K_INT;
  if (fa && fb) {
    r.lo = smaller(a.lo, b.lo);
    r.hi = larger(a.hi, b.hi);
  } else if (fa || fb) {
    r.lo = fa ? a.lo : b.lo;
    r.hi = fa ? a.hi : b.hi;
  }
  return r;
}

bool fact_equal(Fact a, Fact b) {
  return a.kinds == b.kinds && a.shape == b.shape && a.lo == b.lo && a.hi == b.hi;
}

/* ---- widening ---- */

enum { EXACT_UPDATES = 2, THRESHOLD_UPDATES = 9 };

static int64_t widen_low(const Infer *f, int64_t lo, uint32_t nupdates) {
  if (nupdates <= THRESHOLD_UPDATES)
    for (size_t i = f->thresholds.n; i-- > 0;)
      if (f->thresholds.items[i] <= lo) return f->thresholds.items[i];
  return lo < OMNI_FIXNUM_MIN ? INT_LOW : OMNI_FIXNUM_MIN;
}

static int64_t widen_high(const Infer *f, int64_t hi, uint32_t nupdates) {
  if (nupdates <= THRESHOLD_UPDATES)
    for (size_t i = 0; i < f->thresholds.n; i++)
      if (f->thresholds.items[i] >= hi) return f->thresholds.items[i];
  return hi > OMNI_FIXNUM_MAX ? INT_HIGH : OMNI_FIXNUM_MAX;
}

Fact fact_widen(const Infer *f, Fact old, Fact next, uint32_t nupdates) {
  Fact r = fact_join(old, next);
  if (!(old.kinds & K_INT) || nupdates <= EXACT_UPDATES) return r;
  if (r.lo < old.lo) r.lo = widen_low(f, r.lo, nupdates);
  if (r.hi > old.hi) r.hi = widen_high(f, r.hi, nupdates);
  return r;
}

/* ---- truth ---- */

int fact_truth(Fact a) {
  CoreKinds falsy = KB_FALSE | KB_NOTHING;
  if (!(a.kinds & falsy)) return 1;
  return a.kinds & ~falsy ? 0 : -1;
}

/* ---- arithmetic ---- */

/* Bounds in two words of room. What lies beyond the fixnums begins right behind
 * them and goes on for ever: far enough that sums and products with a bound
 * that is not far stay beyond. */
static const __int128 far = (__int128)1 << 63;
static __int128 wide_low(int64_t lo) { return lo == INT_LOW ? -far : lo; }
static __int128 wide_high(int64_t hi) { return hi == INT_HIGH ? far : hi; }

static Fact integers(__int128 lo, __int128 hi) {
  Fact a = {.kinds = K_INT};
  a.lo = lo < OMNI_FIXNUM_MIN ? INT_LOW : lo > OMNI_FIXNUM_MAX ? INT_HIGH : (int64_t)lo;
  a.hi = hi < OMNI_FIXNUM_MIN ? INT_LOW : hi > OMNI_FIXNUM_MAX ? INT_HIGH : (int64_t)hi;
  return fact_normal(a);
}

static Fact products(__int128 al, __int128 ah, __int128 bl, __int128 bh) {
  __int128 all[4] = {al * bl, al * bh, ah * bl, ah * bh}, lo = all[0], hi = all[0];
  for (int i = 1; i < 4; i++) {
    if (all[i] < lo) lo = all[i];
    if (all[i] > hi) hi = all[i];
  }
  return integers(lo, hi);
}

static Fact integer_arithmetic(FactOp op, Fact a, Fact b) {
  __int128 al = wide_low(a.lo), ah = wide_high(a.hi);
  __int128 bl = wide_low(b.lo), bh = wide_high(b.hi);
  switch (op) {
  case FACT_ADD: return integers(al + bl, ah + bh);
  case FACT_SUB: return integers(al - bh, ah - bl);
  case FACT_MUL: break;
  }
  return products(al, ah, bl, bh);
}

/* An operand that is no number makes the operation fail: only numbers count. */
Fact fact_arithmetic(FactOp op, Fact a, Fact b) {
  CoreKinds ak = a.kinds & K_NUMBER, bk = b.kinds & K_NUMBER;
  Fact r = fact_none;
  if (!ak || !bk) return r;
  if ((ak & K_INT) && (bk & K_INT)) r = integer_arithmetic(op, a, b);
  if ((ak & KB_FLOAT) || (bk & KB_FLOAT)) r = fact_join(r, fact_of_kinds(KB_FLOAT));
  return r;
}

Fact fact_square(Fact a) {
  Fact r = fact_arithmetic(FACT_MUL, a, a);
  if ((r.kinds & K_INT) && r.lo < 0) r.lo = 0;
  return fact_normal(r);
}
