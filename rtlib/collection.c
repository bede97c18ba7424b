/* What works on every kind of collection, by the kind of the first argument:
 * length, get, contains?, slice, copy, and paths (`c.[i]`).
 *
 * Each operation is one switch over OmniCollKind; what needs closures (most
 * iterators) is in the prelude and does not come here.
 */
#include "collection_inline.h"
#include "values.h"

OmniCollKind omni_coll_kind(OmniValue v) {
  if (omni_is_pair(v) || v == OMNI_EMPTY) return OMNI_COLL_LIST;
  if (!omni_is_object(v)) return OMNI_COLL_NONE;
  switch (omni_header_type(omni_words(v)[0])) {
    case OMNI_T_ARRAY: return OMNI_COLL_ARRAY;
    case OMNI_T_TYPED_ARRAY: return OMNI_COLL_TYPED;
    case OMNI_T_STRING: return OMNI_COLL_STRING;
    case OMNI_T_DICT: return OMNI_COLL_DICT;
    case OMNI_T_SET: return OMNI_COLL_SET;
    case OMNI_T_TUPLE: return OMNI_COLL_TUPLE;
    case OMNI_T_PORT: return OMNI_COLL_PORT;
    case OMNI_T_CLOSURE: return OMNI_COLL_FUNCTION;
    case OMNI_T_ITERATOR:
      return omni_slot(v, ITER_KIND) == omni_fixnum(OMNI_ITER_RANGE) ? OMNI_COLL_RANGE
                                                                     : OMNI_COLL_ITERATOR;
    default: return OMNI_COLL_NONE;
  }
}

/* How the prelude reports a wrong operand; both texts are literals of its. */
OmniValue omni_prim_kind_error(OmniThread *t, const OmniSite *site, OmniValue op,
                               OmniValue expected, OmniValue got) {
  return omni_error_kind(t, site, omni_string_bytes_view(op), omni_string_bytes_view(expected),
                         got);
}

/* ---- length ---- */

/* Elements of a range, -1 if it is none of machine integers. */
static int64_t range_length(OmniValue it) {
  OmniValue start = omni_slot(it, ITER_STATE), end = omni_slot(it, ITER_STATE + 1),
            step = omni_slot(it, ITER_STATE + 2);
  if (!omni_is_fixnum(start) || !omni_is_fixnum(end) || !omni_is_fixnum(step)) return -1;
  int64_t span = omni_fixnum_value(end) - omni_fixnum_value(start), k = omni_fixnum_value(step);
  if (k < 0) span = -span, k = -k;
  return span <= 0 ? 0 : (span + k - 1) / k;
}

/* The length, or -1 for what has none. */
static int64_t length_of(OmniValue v) {
  switch (omni_coll_kind(v)) {
    case OMNI_COLL_LIST: return omni_list_length(v);
    case OMNI_COLL_ARRAY:
    case OMNI_COLL_TYPED: return (int64_t)omni_array_length(v);
    case OMNI_COLL_STRING: return (int64_t)omni_string_nchars(v);
    case OMNI_COLL_DICT:
    case OMNI_COLL_SET: return (int64_t)omni_table_live(v);
    case OMNI_COLL_TUPLE: return (int64_t)omni_tuple_length(v);
    case OMNI_COLL_RANGE: return range_length(v);
    default:
      if (omni_is_type(v, OMNI_T_STRING_BUILDER))
        return omni_fixnum_value(omni_slot(v, BUILDER_NCHARS));
      return -1;
  }
}

OmniValue omni_length_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  int64_t n = length_of(v);
  if (n >= 0) return omni_fixnum(n);
  const char *expected = omni_is_pair(v) ? "proper List" : "collection of known length";
  return omni_error_kind(t, site, "length", expected, v);
}

bool omni_prim_is_empty(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_pair(v)) return false;
  int64_t n = length_of(v);
  if (n < 0) omni_error_kind(t, site, "empty?", "collection", v);
  return n <= 0;
}

/* ---- sequences for patterns: arrays and tuples ---- */

static bool is_indexed(OmniCollKind kind) {
  return kind == OMNI_COLL_ARRAY || kind == OMNI_COLL_TYPED || kind == OMNI_COLL_TUPLE;
}

/* Element i < length of an array or tuple. */
static OmniValue element_at(OmniThread *t, OmniValue v, size_t i) {
  switch (omni_coll_kind(v)) {
    case OMNI_COLL_ARRAY: return omni_array_view(v)[i];
    case OMNI_COLL_TYPED: return omni_element_ref(t, v, i);
    default: return omni_slot(v, i + 1);
  }
}

OmniValue omni_seq_ref_slow(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue i) {
  size_t at;
  if (!omni_index_operand(t, site, "match", v, i, (size_t)length_of(v), OMNI_INDEX_ELEMENT, &at))
    return OMNI_NOTHING;
  return element_at(t, v, at);
}

OmniValue omni_prim_seq_rest(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue from) {
  size_t first, n = (size_t)length_of(v);
  if (!omni_index_operand(t, site, "match", v, from, n, OMNI_INDEX_END, &first))
    return OMNI_NOTHING;
  OmniValue list = OMNI_EMPTY;
  while (n > first) list = omni_cons(t, element_at(t, v, --n), list);
  return list;
}

/* ---- paths: c.[i] ---- */

static OmniValue char_of(OmniValue s, size_t i) {
  return omni_char(omni_string_decode(s, rti_string_offset(s, i)));
}

OmniValue omni_index_ref_slow(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i) {
  OmniCollKind kind = omni_coll_kind(c);
  size_t at;
  if (kind == OMNI_COLL_ARRAY || kind == OMNI_COLL_TYPED)
    return omni_array_ref_slow(t, site, c, i);
  if (kind == OMNI_COLL_LIST) return omni_prim_list_ref(t, site, c, i);
  if (kind == OMNI_COLL_DICT) {
    OmniValue v = rti_dict_lookup(t, c, i);
    return v != OMNI_ABSENT ? v : omni_raise(t, site, "key", "no such key", 1, &i);
  }
  if (kind != OMNI_COLL_STRING && !is_indexed(kind))
    return omni_error_kind(t, site, ".[ ]", "Array, List, String, Dict or Tuple", c);
  if (!omni_index_operand(t, site, ".[ ]", c, i, (size_t)length_of(c), OMNI_INDEX_ELEMENT, &at))
    return OMNI_NOTHING;
  return kind == OMNI_COLL_STRING ? char_of(c, at) : element_at(t, c, at);
}

void omni_index_set_slow(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i,
                         OmniValue v) {
  switch (omni_coll_kind(c)) {
    case OMNI_COLL_ARRAY:
    case OMNI_COLL_TYPED: omni_array_set_slow(t, site, c, i, v); return;
    case OMNI_COLL_DICT:
      if (omni_is_frozen(c))
        omni_error_immutable(t, site, "put!", c);
      else
        omni_dict_put(t, c, i, v);
      return;
    default: omni_error_kind(t, site, "put!", "Array or Dict", c);
  }
}

/* A list that shares the tail behind element i. */
static OmniValue list_with(OmniThread *t, const OmniSite *site, OmniValue list, OmniValue i,
                           OmniValue v) {
  int64_t n = omni_list_length(list);
  size_t at;
  if (n < 0) return omni_error_kind(t, site, "update", "List", list);
  if (!omni_index_operand(t, site, "update", list, i, (size_t)n, OMNI_INDEX_ELEMENT, &at))
    return OMNI_NOTHING;
  OmniValue head = OMNI_EMPTY, last = OMNI_EMPTY;
  for (size_t k = 0; k <= at; k++, list = omni_slot(list, 1)) {
    OmniValue tail = k == at ? omni_slot(list, 1) : OMNI_EMPTY;
    OmniValue p = omni_cons(t, k == at ? v : omni_slot(list, 0), tail);
    if (k == 0)
      head = p;
    else
      omni_init(t, last, 1, p);
    last = p;
  }
  return head;
}

OmniValue omni_prim_index_with(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i,
                               OmniValue v) {
  OmniCollKind kind = omni_coll_kind(c);
  if (kind == OMNI_COLL_LIST) return list_with(t, site, c, i, v);
  if (kind == OMNI_COLL_TUPLE) {
    size_t at;
    if (!omni_index_operand(t, site, "update", c, i, (size_t)length_of(c), OMNI_INDEX_ELEMENT, &at))
      return OMNI_NOTHING;
    return omni_tuple_like(t, c, at, v);
  }
  if (kind != OMNI_COLL_ARRAY && kind != OMNI_COLL_TYPED && kind != OMNI_COLL_DICT)
    return omni_error_kind(t, site, "update", "Array, List, Dict or Tuple", c);
  OmniValue out = omni_prim_copy(t, site, c);
  omni_index_set_slow(t, site, out, i, v);
  return out;
}

/* ---- get, contains?, index-of ---- */

/* The index operand of `get`: false when there is no such element. */
static bool has_index(OmniValue c, OmniValue i, size_t *at) {
  int64_t n = length_of(c);
  if (!omni_is_fixnum(i) || omni_fixnum_value(i) < 0 || omni_fixnum_value(i) >= n) return false;
  *at = (size_t)omni_fixnum_value(i);
  return true;
}

static OmniValue get_or_absent(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue key) {
  size_t at;
  switch (omni_coll_kind(c)) {
    case OMNI_COLL_DICT: return rti_dict_lookup(t, c, key);
    case OMNI_COLL_SET: return rti_set_has(t, c, key) ? key : OMNI_ABSENT;
    case OMNI_COLL_LIST: return has_index(c, key, &at) ? omni_prim_list_ref(t, site, c, key) : OMNI_ABSENT;
    case OMNI_COLL_STRING: return has_index(c, key, &at) ? char_of(c, at) : OMNI_ABSENT;
    case OMNI_COLL_TUPLE:
      if (omni_tuple_field(c, key) >= 0) return omni_prim_field_ref(t, site, c, key);
      return has_index(c, key, &at) ? element_at(t, c, at) : OMNI_ABSENT;
    case OMNI_COLL_ARRAY:
    case OMNI_COLL_TYPED: return has_index(c, key, &at) ? element_at(t, c, at) : OMNI_ABSENT;
    default: break;
  }
  if (omni_is_type(c, OMNI_T_STRUCT) && omni_is_symbol(key)) return omni_struct_get(t, c, key);
  if (c == OMNI_NOTHING) return OMNI_ABSENT;
  return omni_error_kind(t, site, "get", "collection or struct", c);
}

OmniValue omni_prim_get(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue key,
                        OmniValue otherwise) {
  OmniValue v = get_or_absent(t, site, c, key);
  if (v != OMNI_ABSENT) return v;
  return otherwise == OMNI_ABSENT ? OMNI_NOTHING : otherwise;
}

/* Byte offset of the first occurrence at or after `from`, or -1. */
static int64_t string_find(OmniValue s, const char *what, size_t nbytes, size_t from) {
  const char *bytes = omni_string_bytes_view(s);
  const char *found = memmem(bytes + from, omni_string_nbytes(s) - from, what, nbytes);
  return found == NULL ? -1 : found - bytes;
}

/* The bytes of a string or character to look for; NULL (raised) for others. */
static const char *needle(OmniThread *t, const OmniSite *site, const char *op, OmniText *scratch,
                          OmniValue v, size_t *nbytes) {
  if (!omni_is_char(v)) return rti_string_operand(t, site, op, v, nbytes);
  omni_text_add_char(scratch, omni_char_value(v));
  *nbytes = scratch->nbytes;
  return scratch->bytes;
}

static size_t chars_before(OmniValue s, size_t offset) {
  const unsigned char *p = (const unsigned char *)omni_string_bytes_view(s);
  if (omni_string_nbytes(s) == omni_string_nchars(s)) return offset;
  size_t n = 0;
  for (size_t i = 0; i < offset; i++) n += (p[i] & 0xc0) != 0x80;
  return n;
}

static OmniValue string_index_of(OmniThread *t, const OmniSite *site, const char *op, OmniValue s,
                                 OmniValue what, size_t from) {
  OmniText scratch = {.t = t};
  size_t nbytes;
  const char *bytes = needle(t, site, op, &scratch, what, &nbytes);
  int64_t at = bytes == NULL ? -1 : string_find(s, bytes, nbytes, rti_string_offset(s, from));
  omni_text_free(&scratch);
  return at < 0 ? OMNI_NOTHING : omni_fixnum((int64_t)chars_before(s, (size_t)at));
}

static OmniValue list_index_of(OmniThread *t, OmniValue list, OmniValue what, size_t from) {
  int64_t i = 0;
  for (; omni_is_pair(list); list = omni_slot(list, 1), i++)
    if ((size_t)i >= from && omni_equal(t, omni_slot(list, 0), what)) return omni_fixnum(i);
  return OMNI_NOTHING;
}

/* `what` in a string, list, array or tuple. */
static OmniValue find_in(OmniThread *t, const OmniSite *site, const char *op, OmniValue c,
                         OmniValue what, OmniValue start) {
  OmniCollKind kind = omni_coll_kind(c);
  int64_t n = length_of(c);
  size_t from, to;
  if (n < 0 || (kind != OMNI_COLL_STRING && kind != OMNI_COLL_LIST && !is_indexed(kind)))
    return omni_error_kind(t, site, op, "String, List or Array", c);
  if (!omni_range_operands(t, site, op, c, start, OMNI_ABSENT, (size_t)n, &from, &to))
    return OMNI_NOTHING;
  if (kind == OMNI_COLL_STRING) return string_index_of(t, site, op, c, what, from);
  if (kind == OMNI_COLL_LIST) return list_index_of(t, c, what, from);
  for (size_t i = from; i < to; i++)
    if (omni_equal(t, element_at(t, c, i), what)) return omni_fixnum((int64_t)i);
  return OMNI_NOTHING;
}

OmniValue omni_prim_index_of(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue what,
                             OmniValue from) {
  return find_in(t, site, "index-of", c, what, from);
}

bool omni_prim_contains(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue what) {
  switch (omni_coll_kind(c)) {
    case OMNI_COLL_DICT: return rti_dict_lookup(t, c, what) != OMNI_ABSENT;
    case OMNI_COLL_SET: return rti_set_has(t, c, what);
    default: return find_in(t, site, "contains?", c, what, OMNI_ABSENT) != OMNI_NOTHING;
  }
}

/* ---- slice, copy ---- */

static OmniValue string_slice(OmniThread *t, OmniValue s, size_t from, size_t to) {
  size_t a = rti_string_offset(s, from), b = rti_string_offset(s, to);
  OmniText x = {.t = t};
  omni_text_add(&x, omni_string_bytes_view(s) + a, b - a);
  OmniValue out = rti_string_new(t, x.bytes ? x.bytes : "", b - a, to - from);
  omni_text_free(&x);
  return out;
}

static OmniValue list_slice(OmniThread *t, OmniValue list, size_t from, size_t to) {
  OmniValue head = OMNI_EMPTY, last = OMNI_EMPTY;
  for (size_t i = 0; i < to; i++, list = omni_slot(list, 1)) {
    if (i < from) continue;
    OmniValue p = omni_cons(t, omni_slot(list, 0), OMNI_EMPTY);
    if (i == from)
      head = p;
    else
      omni_init(t, last, 1, p);
    last = p;
  }
  return head;
}

OmniValue omni_prim_slice(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue start,
                          OmniValue end) {
  OmniCollKind kind = omni_coll_kind(c);
  int64_t n = length_of(c);
  size_t from, to;
  if (n < 0 || (kind != OMNI_COLL_STRING && kind != OMNI_COLL_LIST && !is_indexed(kind)))
    return omni_error_kind(t, site, "slice", "Array, List, String or Tuple", c);
  if (!omni_range_operands(t, site, "slice", c, start, end, (size_t)n, &from, &to))
    return OMNI_NOTHING;
  switch (kind) {
    case OMNI_COLL_LIST: return list_slice(t, c, from, to);
    case OMNI_COLL_STRING: return string_slice(t, c, from, to);
    case OMNI_COLL_TYPED: return omni_typed_slice(t, c, from, to);
    case OMNI_COLL_ARRAY: return omni_array_from(t, omni_array_view(c) + from, to - from);
    default: return omni_prim_tuple(t, site, (int64_t)(to - from), omni_words(c) + 1 + from);
  }
}

OmniValue omni_prim_copy(OmniThread *t, const OmniSite *site, OmniValue c) {
  switch (omni_coll_kind(c)) {
    case OMNI_COLL_LIST: return omni_prim_list_copy(t, site, c);
    case OMNI_COLL_ARRAY: return omni_array_from(t, omni_array_view(c), omni_array_length(c));
    case OMNI_COLL_TYPED: return omni_typed_slice(t, c, 0, omni_array_length(c));
    case OMNI_COLL_DICT:
    case OMNI_COLL_SET: return omni_table_copy(t, c);
    case OMNI_COLL_STRING:
    case OMNI_COLL_TUPLE:
    case OMNI_COLL_RANGE: return c;
    default: break;
  }
  if (omni_is_type(c, OMNI_T_STRUCT)) return omni_struct_with(t, c, SIZE_MAX - 1, OMNI_NOTHING);
  if (omni_is_type(c, OMNI_T_BOX)) return omni_prim_box(t, site, omni_slot(c, BOX_VALUE));
  return omni_error_kind(t, site, "copy", "collection", c);
}
