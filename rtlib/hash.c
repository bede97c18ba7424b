/* Hashes that agree with equal?.
 *
 * A value is hashed by its first BUDGET nodes in the order of a walk, so the
 * cost is bounded, cycles end, and equal values, having equal walks, have equal
 * hashes. A dict or set has no order, so only the number of its entries and the
 * sum of the hashes of its leaf keys count. What compares by identity hashes by
 * its identity number, never by an address.
 *
 * Bytes: 16 at a time by folded 64 x 64 -> 128 bit multiplication (the step of
 * wyhash), seeded per process.
 */
#include <math.h>

#include "bignum.h"
#include "shape.h"
#include "values.h"
#include "work.h"

#define BUDGET 128

#define K1 UINT64_C(0xa0761d6478bd642f)
#define K2 UINT64_C(0xe7037ed1a0b428db)

static uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 p = (unsigned __int128)a * b;
  return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t mix(uint64_t h, uint64_t x) { return fold(h ^ K1, x ^ K2); }

static uint64_t load64(const unsigned char *p) {
  uint64_t x;
  memcpy(&x, p, sizeof x);
  return x;
}

uint64_t rti_hash_bytes(uint64_t seed, const void *bytes, size_t nbytes) {
  const unsigned char *p = bytes;
  uint64_t h = seed ^ K1;
  size_t n = nbytes;
  for (; n > 16; n -= 16, p += 16) h = fold(load64(p) ^ K2, load64(p + 8) ^ h);
  uint64_t a = 0, b = 0;
  if (n >= 8) {
    a = load64(p);
    b = load64(p + n - 8);
  } else {
    for (size_t i = 0; i < n; i++) a = a << 8 | p[i];
  }
  return fold(K2 ^ nbytes, fold(a ^ K2, b ^ h));
}

/* ---- leaves ---- */

static uint64_t hash_double(uint64_t seed, double d) {
  uint64_t bits;
  if (isnan(d)) d = (double)NAN;
  memcpy(&bits, &d, sizeof bits);
  if (isnan(d)) bits = UINT64_C(0x7ff8000000000000);
  return mix(seed ^ OMNI_T_DOUBLE, bits);
}

static uint64_t hash_bignum(uint64_t seed, OmniValue v) {
  BigView view;
  big_view(&view, v);
  return rti_hash_bytes(seed ^ (view.negative ? K2 : 0), view.limbs, view.n * 8);
}

static uint64_t hash_typed_array(OmniThread *t, uint64_t seed, OmniValue v) {
  size_t n = omni_array_length(v);
  OmniElement element = omni_array_element(v);
  uint64_t h = mix(seed ^ (uint64_t)element, n);
  if (n > BUDGET) n = BUDGET;
  if (element == OMNI_ELEM_FLOAT32 || element == OMNI_ELEM_FLOAT64) {
    for (size_t i = 0; i < n; i++)
      h = mix(h, hash_double(seed, omni_double_value(omni_element_ref(t, v, i))));
    return h;
  }
  return rti_hash_bytes(h, omni_raw_bytes(omni_array_store(v)), n * omni_element_nbytes(element));
}

/* A symbol carries its hash under the process's seed. */
static uint64_t hash_symbol(OmniThread *t, uint64_t seed, OmniValue v) {
  if (seed == rti_values(t)->hash_seed) return mix(seed, omni_slot(v, 1));
  return mix(seed, rti_hash_bytes(seed, omni_symbol_bytes_view(v), omni_symbol_nbytes(v)));
}

static uint64_t hash_leaf(OmniThread *t, uint64_t seed, OmniValue v) {
  if (omni_is_double(v)) return hash_double(seed, omni_double_value(v));
  if (!omni_is_ref(v)) return mix(seed, v);
  switch (omni_header_type(omni_words(v)[0])) {
  case OMNI_T_STRING: return rti_hash_bytes(seed, omni_string_bytes_view(v), omni_string_nbytes(v));
  case OMNI_T_SYMBOL: return hash_symbol(t, seed, v);
  case OMNI_T_BIGNUM: return hash_bignum(seed, v);
  case OMNI_T_TYPED_ARRAY: return hash_typed_array(t, seed, v);
  case OMNI_T_KIND: return mix(seed ^ OMNI_T_KIND, omni_slot(v, 1));
  default: return mix(seed ^ K2, omni_identity(t, v));
  }
}

/* ---- containers ---- */

static uint64_t hash_table(OmniThread *t, uint64_t seed, Shape shape, OmniValue v) {
  uint64_t sum = 0;
  size_t stride = shape == SHAPE_DICT ? 2 : 1;
  for (size_t i = 0; i < shape_count(shape, v); i += stride) {
    OmniValue key = shape_child(shape, v, i);
    if (key != OMNI_DELETED && shape_of(key) == SHAPE_LEAF) sum += hash_leaf(t, seed, key);
  }
  return mix(mix(seed ^ (uint64_t)shape, omni_table_live(v)), sum);
}

typedef struct Hash {
  OmniThread *t;
  uint64_t seed, h;
  Work work;
} Hash;

/* What a container adds before its children. */
static uint64_t hash_outside(Hash *x, Shape shape, OmniValue v) {
  switch (shape) {
  case SHAPE_STRUCT: return mix(x->h ^ SHAPE_STRUCT, omni_header_aux(omni_words(v)[0]));
  case SHAPE_PAIR: return mix(x->h, SHAPE_PAIR);
  case SHAPE_DICT:
  case SHAPE_SET: return mix(x->h, hash_table(x->t, x->seed, shape, v));
  default: return mix(x->h ^ (uint64_t)shape, shape_count(shape, v));
  }
}

/* Adds v's own hash; its children, if it has some that count, become work. */
static void hash_node(Hash *x, OmniValue v) {
  Shape shape = shape_of(v);
  if (shape == SHAPE_LEAF) {
    x->h = mix(x->h, hash_leaf(x->t, x->seed, v));
    return;
  }
  if (shape == SHAPE_BOX) {
    x->h = mix(x->h, omni_identity(x->t, v));
    return;
  }
  x->h = hash_outside(x, shape, v);
  bool ordered = shape != SHAPE_DICT && shape != SHAPE_SET;
  if (ordered && shape_count(shape, v) > 0) work_push(&x->work, v, 0, 0);
}

static uint64_t hash_container(OmniThread *t, uint64_t seed, OmniValue v) {
  Hash x;
  x.t = t;
  x.seed = x.h = seed;
  work_open(&x.work, t);
  hash_node(&x, v);
  for (size_t n = 0; x.work.n > 0 && n < BUDGET; n++) {
    WorkItem *top = work_top(&x.work);
    OmniValue c = top->a;
    Shape shape = shape_of(c);
    size_t i = top->i++;
    if (top->i == shape_count(shape, c)) x.work.n--;
    hash_node(&x, shape_child(shape, c, i));
  }
  work_close(&x.work);
  return x.h;
}

static uint64_t hash_value(OmniThread *t, uint64_t seed, OmniValue v) {
  return shape_of(v) == SHAPE_LEAF ? hash_leaf(t, seed, v) : hash_container(t, seed, v);
}

uint64_t omni_hash(OmniThread *t, OmniValue v) {
  return hash_value(t, rti_values(t)->hash_seed, v);
}

/* (hash v): a fixnum that is not negative. A program may print it, so it is
 * the same in every process. */
OmniValue omni_prim_hash(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)site;
  return omni_fixnum((int64_t)(hash_value(t, 0, v) >> 3));
}
