/* Typed arrays: elements without boxes in a RAW_STORE, element kind in the
 * header's aux. Header and store are replaced as in array.c; a raw store holds
 * no values, so filling it needs no store path.
 *
 * What one element kind costs is told by OMNI_ELEMENTS; reading and writing
 * are one switch each. Integers are range-checked, floats take Floats only.
 */
#include "bignum.h"
#include "collection.h"

static const struct {
  const char *name;
  uint8_t nbytes;
} elements[OMNI_ELEM_COUNT] = {
#define X(id, name, ctype) [OMNI_ELEM_##id] = {name, sizeof(ctype)},
    OMNI_ELEMENTS(X)
#undef X
};

size_t omni_element_nbytes(OmniElement element) { return elements[element].nbytes; }
const char *omni_element_name_borrowed(OmniElement element) { return elements[element].name; }

static OmniValue new_raw(OmniThread *t, size_t nbytes) {
  size_t nwords = (nbytes + 7) / 8;
  if (nwords >= UINT32_MAX) omni_error_memory(t, nbytes);
  OmniValue raw = omni_new(t, OMNI_T_RAW_STORE, nwords + 1, 0);
  memset(omni_raw_bytes(raw), 0, nwords * 8);
  return raw;
}

OmniValue omni_typed_new(OmniThread *t, OmniElement element, size_t length) {
  OmniValue raw = new_raw(t, length * elements[element].nbytes);
  OmniValue a = omni_new(t, OMNI_T_TYPED_ARRAY, ARRAY_NWORDS, element);
  omni_init(t, a, ARRAY_LENGTH, omni_fixnum((int64_t)length));
  omni_init(t, a, ARRAY_SLOTS, raw);
  return a;
}

/* The element kind that a kind value names, or COUNT. */
static OmniElement element_of_kind(OmniValue kind) {
  if (!omni_is_type(kind, OMNI_T_KIND)) return OMNI_ELEM_COUNT;
  OmniValue symbol = omni_slot(kind, 2);
  const char *name = omni_symbol_bytes_view(symbol);
  size_t nbytes = omni_symbol_nbytes(symbol);
  if (nbytes == 5 && memcmp(name, "Float", 5) == 0) return OMNI_ELEM_FLOAT64;
  for (int e = 0; e < OMNI_ELEM_COUNT; e++)
    if (strlen(elements[e].name) == nbytes && memcmp(name, elements[e].name, nbytes) == 0)
      return (OmniElement)e;
  return OMNI_ELEM_COUNT;
}

OmniValue omni_prim_typed_array(OmniThread *t, const OmniSite *site, OmniValue kind, OmniValue n,
                                OmniValue fill) {
  OmniElement element = element_of_kind(kind);
  if (element == OMNI_ELEM_COUNT)
    return omni_error_kind(t, site, "typed-array",
                           "kind of unboxed elements (Int64, Float64, Int8, Char, Bool ...)", kind);
  if (!omni_is_fixnum(n) || omni_fixnum_value(n) < 0)
    return omni_error_kind(t, site, "typed-array", "Int length of at least 0", n);
  OmniValue a = omni_typed_new(t, element, (size_t)omni_fixnum_value(n));
  if (fill != OMNI_ABSENT)
    for (size_t i = 0; i < omni_array_length(a); i++)
      if (!omni_element_set(t, site, a, i, fill)) break;
  return a;
}

/* ---- elements ---- */

OmniValue omni_element_ref(OmniThread *t, OmniValue a, size_t i) {
  const void *p = omni_raw_bytes(omni_array_store(a));
  switch (omni_array_element(a)) {
    case OMNI_ELEM_INT8: return omni_fixnum(((const int8_t *)p)[i]);
    case OMNI_ELEM_INT16: return omni_fixnum(((const int16_t *)p)[i]);
    case OMNI_ELEM_INT32: return omni_fixnum(((const int32_t *)p)[i]);
    case OMNI_ELEM_INT64: return omni_int(t, ((const int64_t *)p)[i]);
    case OMNI_ELEM_UINT8: return omni_fixnum(((const uint8_t *)p)[i]);
    case OMNI_ELEM_UINT16: return omni_fixnum(((const uint16_t *)p)[i]);
    case OMNI_ELEM_UINT32: return omni_fixnum(((const uint32_t *)p)[i]);
    case OMNI_ELEM_FLOAT32: return omni_double(t, (double)((const float *)p)[i]);
    case OMNI_ELEM_FLOAT64: return omni_double(t, ((const double *)p)[i]);
    case OMNI_ELEM_CHAR: return omni_char(((const uint32_t *)p)[i]);
    case OMNI_ELEM_BOOL: return omni_bool(((const uint8_t *)p)[i] != 0);
    case OMNI_ELEM_COUNT: break;
  }
  return OMNI_NOTHING;
}

/* Whether v is an integer of 64 bits; those of 63 and 64 are bignums. */
static bool int64_value(OmniValue v, int64_t *out) {
  if (omni_is_fixnum(v)) {
    *out = omni_fixnum_value(v);
    return true;
  }
  if (!omni_is_bignum(v)) return false;
  BigView big;
  big_view(&big, v);
  if (big.n != 1 || big.limbs[0] > (uint64_t)INT64_MAX + big.negative) return false;
  *out = (int64_t)(big.negative ? 0 - big.limbs[0] : big.limbs[0]);
  return true;
}

static bool int_in(OmniValue v, int64_t low, int64_t high, int64_t *out) {
  return int64_value(v, out) && *out >= low && *out <= high;
}

static bool element_write(OmniValue a, size_t i, OmniValue v) {
  void *p = omni_raw_bytes(omni_array_store(a));
  int64_t n;
  switch (omni_array_element(a)) {
#define INTEGER(id, ctype, low, high) \
  case OMNI_ELEM_##id:                \
    if (!int_in(v, low, high, &n)) return false; \
    ((ctype *)p)[i] = (ctype)n;       \
    return true;
    INTEGER(INT8, int8_t, INT8_MIN, INT8_MAX)
    INTEGER(INT16, int16_t, INT16_MIN, INT16_MAX)
    INTEGER(INT32, int32_t, INT32_MIN, INT32_MAX)
    INTEGER(INT64, int64_t, INT64_MIN, INT64_MAX)
    INTEGER(UINT8, uint8_t, 0, UINT8_MAX)
    INTEGER(UINT16, uint16_t, 0, UINT16_MAX)
    INTEGER(UINT32, uint32_t, 0, UINT32_MAX)
#undef INTEGER
    case OMNI_ELEM_FLOAT32:
      if (!omni_is_double(v)) return false;
      ((float *)p)[i] = (float)omni_double_value(v);
      return true;
    case OMNI_ELEM_FLOAT64:
      if (!omni_is_double(v)) return false;
      ((double *)p)[i] = omni_double_value(v);
      return true;
    case OMNI_ELEM_CHAR:
      if (!omni_is_char(v)) return false;
      ((uint32_t *)p)[i] = omni_char_value(v);
      return true;
    case OMNI_ELEM_BOOL:
      if (v != OMNI_TRUE && v != OMNI_FALSE) return false;
      ((uint8_t *)p)[i] = v == OMNI_TRUE;
      return true;
    case OMNI_ELEM_COUNT: break;
  }
  return false;
}

bool omni_element_set(OmniThread *t, const OmniSite *site, OmniValue a, size_t i, OmniValue v) {
  if (element_write(a, i, v)) return true;
  omni_error_kind(t, site, "array-set!", elements[omni_array_element(a)].name, v);
  return false;
}

/* ---- growth and slices ---- */

void omni_typed_append(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v) {
  size_t n = omni_array_length(a), w = elements[omni_array_element(a)].nbytes;
  OmniValue raw = omni_array_store(a);
  size_t capacity = (omni_header_nwords(omni_words(raw)[0]) - 1) * 8 / w;
  if (n == capacity) {
    OmniValue bigger = new_raw(t, capacity == 0 ? 32 : capacity * w * 2);
    memcpy(omni_raw_bytes(bigger), omni_raw_bytes(raw), n * w);
    omni_store(t, a, ARRAY_SLOTS, bigger);
  }
  if (omni_element_set(t, site, a, n, v))
    omni_set_immediate(a, ARRAY_LENGTH, omni_fixnum((int64_t)n + 1));
}

OmniValue omni_typed_slice(OmniThread *t, OmniValue a, size_t from, size_t to) {
  size_t w = elements[omni_array_element(a)].nbytes;
  OmniValue out = omni_typed_new(t, omni_array_element(a), to - from);
  memcpy(omni_raw_bytes(omni_array_store(out)), omni_raw_bytes(omni_array_store(a)) + from * w,
         (to - from) * w);
  return out;
}
