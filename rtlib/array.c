/* Arrays: a header object {length, store} whose store is replaced by one of
 * twice the size when it is full, so that a loop of push! is linear.
 *
 * Growth makes the new store in the top region and fills it with constructor
 * stores; hanging it into the header goes through omni_store, because the
 * header may be old or counted. Slots beyond the length hold nothing.
 *
 * The operations take typed arrays too; how their elements are read and
 * written is in typed_array.c.
 */
#include "collection.h"
#include "values.h"

enum { ARRAY_MIN_CAPACITY = 4 };

static bool is_any_array(OmniValue v) {
  return omni_is_type(v, OMNI_T_ARRAY) || omni_is_type(v, OMNI_T_TYPED_ARRAY);
}

static void set_length(OmniValue a, size_t n) {
  omni_set_immediate(a, ARRAY_LENGTH, omni_fixnum((int64_t)n));
}

OmniValue omni_array_new(OmniThread *t, size_t capacity) {
  OmniValue store = omni_new(t, OMNI_T_ARRAY_STORE, capacity + 1, 0);
  omni_fill_nothing(store, 1, capacity + 1);
  OmniValue a = omni_new(t, OMNI_T_ARRAY, ARRAY_NWORDS, 0);
  omni_init(t, a, ARRAY_LENGTH, omni_fixnum(0));
  omni_init(t, a, ARRAY_SLOTS, store);
  return a;
}

OmniValue omni_array_from(OmniThread *t, const OmniValue *values, size_t n) {
  OmniValue a = omni_array_new(t, n);
  omni_init_many(t, omni_array_store(a), 1, values, n);
  set_length(a, n);
  return a;
}

/* ---- operands ---- */

bool omni_index_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                        OmniValue index, size_t length, OmniIndexUse use, size_t *out) {
  if (!omni_is_fixnum(index)) {
    omni_error_kind(t, site, op, "Int index", index);
    return false;
  }
  int64_t i = omni_fixnum_value(index);
  size_t limit = use == OMNI_INDEX_END ? length + 1 : length;
  if (i < 0 || (size_t)i >= limit) {
    omni_error_index(t, site, op, coll, index, length);
    return false;
  }
  *out = (size_t)i;
  return true;
}

bool omni_range_operands(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                         OmniValue start, OmniValue end, size_t length, size_t *from,
                         size_t *to) {
  *from = 0, *to = length;
  if (end != OMNI_ABSENT && end != OMNI_NOTHING &&
      !omni_index_operand(t, site, op, coll, end, length, OMNI_INDEX_END, to))
    return false;
  if (start == OMNI_ABSENT) return true;
  return omni_index_operand(t, site, op, coll, start, *to, OMNI_INDEX_END, from);
}

/* The operand is an array that may be changed. */
static bool check_mutable(OmniThread *t, const OmniSite *site, const char *op, OmniValue a) {
  if (!is_any_array(a)) {
    omni_error_kind(t, site, op, "Array", a);
    return false;
  }
  if (omni_is_frozen(a)) {
    omni_error_immutable(t, site, op, a);
    return false;
  }
  return true;
}

/* ---- making ---- */

OmniValue omni_prim_array(OmniThread *t, const OmniSite *site, int64_t argc,
                          const OmniValue *argv) {
  (void)site;
  return omni_array_from(t, argv, (size_t)argc);
}

/* The largest store whose size in words fits a header. */
static bool length_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue n,
                           size_t *out) {
  if (!omni_is_fixnum(n) || omni_fixnum_value(n) < 0) {
    omni_error_kind(t, site, op, "Int length of at least 0", n);
    return false;
  }
  if (omni_fixnum_value(n) >= (int64_t)UINT32_MAX) omni_error_memory(t, (size_t)omni_fixnum_value(n));
  *out = (size_t)omni_fixnum_value(n);
  return true;
}

OmniValue omni_prim_make_array(OmniThread *t, const OmniSite *site, OmniValue n, OmniValue fill) {
  size_t length;
  if (!length_operand(t, site, "make-array", n, &length)) return OMNI_NOTHING;
  OmniValue a = omni_array_new(t, length);
  if (fill != OMNI_ABSENT && fill != OMNI_NOTHING)
    for (size_t i = 1; i <= length; i++) omni_init(t, omni_array_store(a), i, fill);
  set_length(a, length);
  return a;
}

/* ---- access ---- */

OmniValue omni_array_ref_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i) {
  if (!is_any_array(a)) return omni_error_kind(t, site, "array-ref", "Array", a);
  size_t at;
  if (!omni_index_operand(t, site, "array-ref", a, i, omni_array_length(a), OMNI_INDEX_ELEMENT, &at))
    return OMNI_NOTHING;
  if (omni_is_type(a, OMNI_T_TYPED_ARRAY)) return omni_element_ref(t, a, at);
  return omni_array_view(a)[at];
}

void omni_array_set_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i,
                         OmniValue v) {
  size_t at;
  if (!check_mutable(t, site, "array-set!", a) ||
      !omni_index_operand(t, site, "array-set!", a, i, omni_array_length(a), OMNI_INDEX_ELEMENT, &at))
    return;
  if (omni_is_type(a, OMNI_T_TYPED_ARRAY))
    omni_element_set(t, site, a, at, v);
  else
    omni_store(t, omni_array_store(a), at + 1, v);
}

void omni_prim_array_fill(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v,
                               OmniValue start, OmniValue end) {
  size_t from, to;
  if (!check_mutable(t, site, "array-fill!", a) ||
      !omni_range_operands(t, site, "array-fill!", a, start, end, omni_array_length(a), &from, &to))
    return;
  bool typed = omni_is_type(a, OMNI_T_TYPED_ARRAY);
  for (size_t i = from; i < to; i++) {
    if (!typed)
      omni_store(t, omni_array_store(a), i + 1, v);
    else if (!omni_element_set(t, site, a, i, v))
      break;
  }
}

/* ---- growth ---- */

static void grow(OmniThread *t, OmniValue a) {
  size_t n = omni_array_length(a), capacity = omni_array_capacity(a) * 2;
  if (capacity < ARRAY_MIN_CAPACITY) capacity = ARRAY_MIN_CAPACITY;
  if (capacity >= UINT32_MAX) omni_error_memory(t, capacity * 8);
  OmniValue store = omni_new(t, OMNI_T_ARRAY_STORE, capacity + 1, 0);
  omni_init_many(t, store, 1, omni_array_view(a), n);
  omni_fill_nothing(store, n + 1, capacity + 1);
  omni_store(t, a, ARRAY_SLOTS, store);
}

void omni_array_append(OmniThread *t, OmniValue a, OmniValue v) {
  size_t n = omni_array_length(a);
  if (n == omni_array_capacity(a)) grow(t, a);
  omni_store_inline(t, omni_array_store(a), n + 1, v);
  set_length(a, n + 1);
}

void omni_array_push_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v) {
  if (omni_is_type(a, OMNI_T_STRING_BUILDER)) {
    rti_builder_push(t, site, a, v);
    return;
  }
  if (!check_mutable(t, site, "push!", a)) return;
  if (omni_is_type(a, OMNI_T_TYPED_ARRAY))
    omni_typed_append(t, site, a, v);
  else
    omni_array_append(t, a, v);
}

OmniValue omni_prim_array_pop(OmniThread *t, const OmniSite *site, OmniValue a) {
  if (!check_mutable(t, site, "pop!", a)) return OMNI_NOTHING;
  size_t n = omni_array_length(a);
  if (n == 0) return omni_error_index(t, site, "pop!", a, omni_fixnum(-1), 0);
  OmniValue v;
  if (omni_is_type(a, OMNI_T_TYPED_ARRAY)) {
    v = omni_element_ref(t, a, n - 1);
  } else {
    v = omni_array_view(a)[n - 1];
    omni_hold(t, v);
    omni_store(t, omni_array_store(a), n, OMNI_NOTHING);
  }
  set_length(a, n - 1);
  return v;
}

/* to[at..] = from[start..end): both arrays of values or both typed alike, `to`
 * grown to hold it. They are never the same array (the prelude's business). */
void omni_prim_array_copy_range(OmniThread *t, const OmniSite *site, OmniValue to,
                                     OmniValue at, OmniValue from, OmniValue start,
                                     OmniValue end) {
  size_t i, first, last;
  if (!check_mutable(t, site, "array", to) || !is_any_array(from)) return;
  if (!omni_range_operands(t, site, "array", from, start, end, omni_array_length(from), &first, &last) ||
      !omni_index_operand(t, site, "array", to, at, omni_array_length(to), OMNI_INDEX_END, &i))
    return;
  for (; first < last; first++, i++) {
    OmniValue v = omni_array_ref_slow(t, site, from, omni_fixnum((int64_t)first));
    if (i < omni_array_length(to))
      omni_array_set_slow(t, site, to, omni_fixnum((int64_t)i), v);
    else
      omni_array_push_slow(t, site, to, v);
  }
}
