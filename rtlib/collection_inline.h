/* The hot paths of collections, inlined into compiled programs by ops_inline.c.
 *
 * An index is in range when its word, as an unsigned number, is below the
 * word of the length: both are fixnums, and a negative one is huge.
 */
#ifndef OMNI_COLLECTION_INLINE_H
#define OMNI_COLLECTION_INLINE_H

#include "collection.h"

static inline bool omni_array_has_index(OmniValue a, OmniValue i) {
  return omni_is_fixnum(i) && i < omni_slot(a, ARRAY_LENGTH);
}

/* The kinds that fit a fixnum or an immediate at the price of a load; the
 * others take the slow path. Bytes are those of element i. */
static inline bool omni_typed_load_fast(OmniValue a, size_t i, OmniValue *out) {
  const char *p = omni_raw_bytes(omni_array_store(a));
  switch (omni_array_element(a)) {
    case OMNI_ELEM_INT8: *out = omni_fixnum(((const int8_t *)p)[i]); return true;
    case OMNI_ELEM_UINT8: *out = omni_fixnum(((const uint8_t *)p)[i]); return true;
    case OMNI_ELEM_BOOL: *out = omni_bool(((const uint8_t *)p)[i] != 0); return true;
    case OMNI_ELEM_INT32: *out = omni_fixnum(((const int32_t *)(const void *)p)[i]); return true;
    case OMNI_ELEM_INT64: {
      int64_t n = ((const int64_t *)(const void *)p)[i];
      *out = omni_fixnum(n);
      return omni_fits_fixnum(n);
    }
    default: return false;
  }
}

static inline bool omni_typed_store_fast(OmniValue a, size_t i, OmniValue v) {
  char *p = omni_raw_bytes(omni_array_store(a));
  int64_t n = omni_fixnum_value(v);
  switch (omni_array_element(a)) {
    case OMNI_ELEM_INT8:
      if (!omni_is_fixnum(v) || n != (int8_t)n) return false;
      ((int8_t *)p)[i] = (int8_t)n;
      return true;
    case OMNI_ELEM_UINT8:
      if (!omni_is_fixnum(v) || n != (uint8_t)n) return false;
      ((uint8_t *)p)[i] = (uint8_t)n;
      return true;
    case OMNI_ELEM_BOOL:
      if (v != OMNI_TRUE && v != OMNI_FALSE) return false;
      ((uint8_t *)p)[i] = v == OMNI_TRUE;
      return true;
    case OMNI_ELEM_INT32:
      if (!omni_is_fixnum(v) || n != (int32_t)n) return false;
      ((int32_t *)(void *)p)[i] = (int32_t)n;
      return true;
    case OMNI_ELEM_INT64:
      if (!omni_is_fixnum(v)) return false;
      ((int64_t *)(void *)p)[i] = n;
      return true;
    default: return false;
  }
}

/* c.[i] and (put! c.[i] v): arrays here, all other collections out of line. The
 * typed arrays of Floats as well: what they give may have to be boxed. */
static inline bool omni_array_peek(OmniValue a, OmniValue i, OmniValue *out) {
  if (omni_is_type(a, OMNI_T_ARRAY) && omni_array_has_index(a, i)) {
    *out = omni_slot(omni_array_store(a), 1 + (size_t)omni_fixnum_value(i));
    return true;
  }
  return omni_is_type(a, OMNI_T_TYPED_ARRAY) && omni_array_has_index(a, i) &&
         omni_typed_load_fast(a, (size_t)omni_fixnum_value(i), out);
}

static inline OmniValue omni_index_ref_inline(OmniThread *t, const OmniSite *site, OmniValue c,
                                              OmniValue i) {
  OmniValue v;
  return OMNI_LIKELY(omni_array_peek(c, i, &v)) ? v : omni_index_ref_slow(t, site, c, i);
}

static inline bool omni_array_poke(OmniThread *t, OmniValue a, OmniValue i, OmniValue v) {
  if (omni_is_type(a, OMNI_T_ARRAY) && omni_array_has_index(a, i) && !omni_is_frozen(a)) {
    omni_store_inline(t, omni_array_store(a), 1 + (size_t)omni_fixnum_value(i), v);
    return true;
  }
  return omni_is_type(a, OMNI_T_TYPED_ARRAY) && omni_array_has_index(a, i) &&
         !omni_is_frozen(a) && omni_typed_store_fast(a, (size_t)omni_fixnum_value(i), v);
}

static inline void omni_index_set_inline(OmniThread *t, const OmniSite *site, OmniValue c,
                                         OmniValue i, OmniValue v) {
  if (!OMNI_LIKELY(omni_array_poke(t, c, i, v))) omni_index_set_slow(t, site, c, i, v);
}

static inline OmniValue omni_array_ref_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                              OmniValue i) {
  OmniValue v;
  return OMNI_LIKELY(omni_array_peek(a, i, &v)) ? v : omni_array_ref_slow(t, site, a, i);
}

static inline void omni_array_set_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                         OmniValue i, OmniValue v) {
  if (!OMNI_LIKELY(omni_array_poke(t, a, i, v))) omni_array_set_slow(t, site, a, i, v);
}

static inline OmniValue omni_length_inline(OmniThread *t, const OmniSite *site, OmniValue c) {
  if (omni_is_type(c, OMNI_T_ARRAY) || omni_is_type(c, OMNI_T_TYPED_ARRAY))
    return omni_slot(c, ARRAY_LENGTH);
  return omni_length_slow(t, site, c);
}

static inline OmniValue omni_array_length_inline(OmniThread *t, const OmniSite *site, OmniValue a) {
  if (omni_is_type(a, OMNI_T_ARRAY) || omni_is_type(a, OMNI_T_TYPED_ARRAY))
    return omni_slot(a, ARRAY_LENGTH);
  return omni_error_kind(t, site, "array-length", "Array", a);
}

static inline void omni_array_push_inline(OmniThread *t, const OmniSite *site, OmniValue a,
                                          OmniValue v) {
  if (OMNI_LIKELY(omni_is_type(a, OMNI_T_ARRAY) && !omni_is_frozen(a) &&
                  omni_array_length(a) < omni_array_capacity(a))) {
    size_t n = omni_array_length(a);
    omni_store_inline(t, omni_array_store(a), n + 1, v);
    omni_set_immediate(a, ARRAY_LENGTH, omni_fixnum((int64_t)n + 1));
    return;
  }
  omni_array_push_slow(t, site, a, v);
}

/* ---- sequences: arrays and tuples, for patterns and `for` ---- */

/* The length as a fixnum, -1 for what is neither. */
static inline OmniValue omni_seq_length_inline(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)t, (void)site;
  if (!omni_is_object(v)) return omni_fixnum(-1);
  switch (omni_header_type(omni_words(v)[0])) {
    case OMNI_T_ARRAY:
    case OMNI_T_TYPED_ARRAY: return omni_slot(v, ARRAY_LENGTH);
    case OMNI_T_TUPLE: return omni_fixnum((int64_t)omni_tuple_length(v));
    default: return omni_fixnum(-1);
  }
}

static inline OmniValue omni_seq_ref_inline(OmniThread *t, const OmniSite *site, OmniValue v,
                                            OmniValue i) {
  if (OMNI_LIKELY(omni_is_type(v, OMNI_T_ARRAY) && omni_array_has_index(v, i)))
    return omni_slot(omni_array_store(v), 1 + (size_t)omni_fixnum_value(i));
  return omni_seq_ref_slow(t, site, v, i);
}

/* ---- boxes ---- */

static inline OmniValue omni_unbox_inline(OmniThread *t, const OmniSite *site, OmniValue b) {
  return OMNI_LIKELY(omni_is_type(b, OMNI_T_BOX)) ? omni_slot(b, BOX_VALUE)
                                                  : omni_unbox_slow(t, site, b);
}

static inline void omni_set_box_inline(OmniThread *t, const OmniSite *site, OmniValue b,
                                       OmniValue v) {
  if (OMNI_LIKELY(omni_is_type(b, OMNI_T_BOX) && !omni_is_frozen(b)))
    omni_store_inline(t, b, BOX_VALUE, v);
  else
    omni_set_box_slow(t, site, b);
}

/* ---- iterators, and strings by byte offset: for the prelude, unchecked ---- */

static inline bool omni_is_iterator_of(OmniValue v, OmniIterKind kind) {
  return omni_is_type(v, OMNI_T_ITERATOR) && omni_slot(v, ITER_KIND) == omni_fixnum((int64_t)kind);
}

static inline size_t omni_string_char_nbytes(OmniValue s, size_t offset) {
  unsigned char lead = (unsigned char)omni_string_bytes_view(s)[offset];
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static inline uint32_t omni_string_decode(OmniValue s, size_t offset) {
  const unsigned char *p = (const unsigned char *)omni_string_bytes_view(s) + offset;
  uint32_t c = p[0];
  if (OMNI_LIKELY(c < 0x80)) return c;
  if (c < 0xe0) return (c & 0x1f) << 6 | (p[1] & 0x3fu);
  if (c < 0xf0) return (c & 0x0f) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
  return (c & 0x07) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

#endif
