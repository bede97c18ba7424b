/* Collections: their slots, and what their files share (internal to rtlib).
 *
 * Word numbers are those of layout.def. An array and a table (dict or set) is
 * a header object that never changes its identity and a store object that is
 * replaced when it grows. Slots of a store that hold nothing live hold the
 * immediate `nothing`, so nothing is retained by accident.
 */
#ifndef OMNI_COLLECTION_H
#define OMNI_COLLECTION_H

#include "rti.h"

/* ---- slots ---- */
enum {
  ARRAY_LENGTH = 1, ARRAY_SLOTS = 2, ARRAY_NWORDS = 3, /* also TYPED_ARRAY */
  TABLE_LIVE = 1,  /* entries that are there */
  TABLE_USED = 2,  /* entries of the store in use, removed ones included */
  TABLE_STORE = 3, /* ARRAY_STORE; a removed entry's key is OMNI_DELETED */
  TABLE_INDEX = 4, /* RAW_STORE of TableEntry */
  TABLE_FIRST = 5, /* no entry below this one is live */
  TABLE_NWORDS = 6,
  ITER_KIND = 1, ITER_STATE = 2, /* OMNI_ITER_* and what it needs */
  BOX_VALUE = 1,
  BUILDER_NCHARS = 2,
};
#define TABLE_BY_IDENTITY 1u /* aux of a DICT */
#define TUPLE_IS_NAMED 1u    /* aux of a TUPLE: the last element is the array of names */

/* `%coll-kind`: how the prelude walks a value. The prelude's kinds.omni has
 * the same numbers. */
typedef enum {
  OMNI_COLL_LIST, OMNI_COLL_ARRAY, OMNI_COLL_TYPED, OMNI_COLL_STRING, OMNI_COLL_DICT,
  OMNI_COLL_SET, OMNI_COLL_RANGE, OMNI_COLL_ITERATOR, OMNI_COLL_TUPLE, OMNI_COLL_PORT,
  OMNI_COLL_FUNCTION, OMNI_COLL_NONE
} OmniCollKind;

typedef enum {
  OMNI_ITER_RANGE,   /* start, end, step */
  OMNI_ITER_MAKER,   /* a closure that gives a fresh `next` */
  OMNI_ITER_ONCE,    /* the one `next`, or false when it has been started */
} OmniIterKind;

/* Element kinds of typed arrays: X(ID, kind's name, C type) */
#define OMNI_ELEMENTS(X)                                                                  \
  X(INT8, "Int8", int8_t) X(INT16, "Int16", int16_t) X(INT32, "Int32", int32_t)           \
  X(INT64, "Int64", int64_t) X(UINT8, "UInt8", uint8_t) X(UINT16, "UInt16", uint16_t)     \
  X(UINT32, "UInt32", uint32_t) X(FLOAT32, "Float32", float) X(FLOAT64, "Float64", double) \
  X(CHAR, "Char", uint32_t) X(BOOL, "Bool", uint8_t)
typedef enum {
#define X(id, name, ctype) OMNI_ELEM_##id,
  OMNI_ELEMENTS(X)
#undef X
  OMNI_ELEM_COUNT
} OmniElement;

static inline size_t omni_array_length(OmniValue a) {
  return (size_t)omni_fixnum_value(omni_slot(a, ARRAY_LENGTH));
}
static inline OmniValue omni_array_store(OmniValue a) { return omni_slot(a, ARRAY_SLOTS); }
static inline size_t omni_array_capacity(OmniValue a) {
  return omni_header_nwords(omni_words(omni_array_store(a))[0]) - 1;
}
static inline OmniElement omni_array_element(OmniValue a) {
  return (OmniElement)omni_header_aux(omni_words(a)[0]);
}
/* The values of an ARRAY or TUPLE; valid until it grows. */
static inline const OmniValue *omni_array_view(OmniValue a) {
  return omni_words(omni_array_store(a)) + 1;
}
static inline char *omni_raw_bytes(OmniValue raw) { return (char *)(omni_words(raw) + 1); }

static inline size_t omni_table_live(OmniValue d) {
  return (size_t)omni_fixnum_value(omni_slot(d, TABLE_LIVE));
}
static inline size_t omni_table_used(OmniValue d) {
  return (size_t)omni_fixnum_value(omni_slot(d, TABLE_USED));
}
/* words per entry */
static inline size_t omni_table_stride(OmniValue d) { return omni_is_type(d, OMNI_T_SET) ? 1 : 2; }
static inline OmniValue omni_table_key(OmniValue d, size_t pos) {
  return omni_slot(omni_slot(d, TABLE_STORE), 1 + pos * omni_table_stride(d));
}
static inline OmniValue omni_dict_value(OmniValue d, size_t pos) {
  return omni_slot(omni_slot(d, TABLE_STORE), 2 + pos * 2);
}

static inline size_t omni_tuple_length(OmniValue v) {
  uint64_t h = omni_words(v)[0];
  return omni_header_nwords(h) - 1 - (omni_header_aux(h) & TUPLE_IS_NAMED);
}

/* A slot that holds an immediate becomes another immediate: no count and no
 * edge changes, so the store path has nothing to do. */
static inline void omni_set_immediate(OmniValue c, size_t i, OmniValue v) {
  omni_words(c)[i] = v;
}
static inline void omni_fill_nothing(OmniValue c, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) omni_words(c)[i] = OMNI_NOTHING;
}
static inline bool omni_is_frozen(OmniValue v) {
  return (omni_header_flags(omni_words(v)[0]) & OMNI_FLAG_IMMUTABLE) != 0;
}

/* ---- list.c ---- */
/* A list of the n values, ending in `tail`. */
OmniValue omni_list_from(OmniThread *t, const OmniValue *values, size_t n, OmniValue tail);
/* The number of pairs of a proper list, or -1. */
int64_t omni_list_length(OmniValue list);

/* ---- array.c ---- */
OmniValue omni_array_new(OmniThread *t, size_t capacity);                     /* length 0 */
OmniValue omni_array_from(OmniThread *t, const OmniValue *values, size_t n);
void omni_array_append(OmniThread *t, OmniValue a, OmniValue v);
OmniValue omni_array_ref_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i);
void omni_array_set_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i, OmniValue v);
void omni_array_push_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v);
/* c.[i], (put! c.[i] v), (length c) where the inlined part gives up: collection.c */
OmniValue omni_index_ref_slow(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i);
void omni_index_set_slow(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i,
                         OmniValue v);
OmniValue omni_length_slow(OmniThread *t, const OmniSite *site, OmniValue v);
/* Reads an index operand: 0 <= i < length (or <= for OMNI_INDEX_END). Raises
 * and gives false if it is not one. */
typedef enum { OMNI_INDEX_ELEMENT, OMNI_INDEX_END } OmniIndexUse;
bool omni_index_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                        OmniValue index, size_t length, OmniIndexUse use, size_t *out);
/* Reads optional `start end` operands (ABSENT: 0 and length). */
bool omni_range_operands(OmniThread *t, const OmniSite *site, const char *op, OmniValue coll,
                         OmniValue start, OmniValue end, size_t length, size_t *from, size_t *to);

/* ---- typed_array.c ---- */
OmniValue omni_typed_new(OmniThread *t, OmniElement element, size_t length); /* zeros */
OmniValue omni_element_ref(OmniThread *t, OmniValue a, size_t i);
/* false (and raised) if v is not of the array's element kind. */
bool omni_element_set(OmniThread *t, const OmniSite *site, OmniValue a, size_t i, OmniValue v);
size_t omni_element_nbytes(OmniElement element);
const char *omni_element_name_borrowed(OmniElement element);
void omni_typed_append(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v);
OmniValue omni_typed_slice(OmniThread *t, OmniValue a, size_t from, size_t to);

/* ---- table.c: dicts and sets ---- */
OmniValue omni_table_new(OmniThread *t, OmniType type, uint32_t aux, size_t capacity);
int64_t omni_table_find(OmniThread *t, OmniValue d, OmniValue key); /* position or -1 */
/* The position of the key's entry, new or old; a new one has no value yet. */
size_t omni_table_insert(OmniThread *t, OmniValue d, OmniValue key);
void omni_dict_put(OmniThread *t, OmniValue d, OmniValue key, OmniValue v);
/* Whether it was there; its value (held) goes to *value unless that is NULL. */
bool omni_table_remove(OmniThread *t, OmniValue d, OmniValue key, OmniValue *value);
OmniValue omni_table_copy(OmniThread *t, OmniValue d);
/* The first live position at or after pos, or -1. */
int64_t omni_table_next(OmniValue d, size_t pos);

/* ---- box.c: what the inline paths fall back to ---- */
OmniValue omni_unbox_slow(OmniThread *t, const OmniSite *site, OmniValue b);
void omni_set_box_slow(OmniThread *t, const OmniSite *site, OmniValue b);

/* ---- snapshot.c ---- */
/* A key as it is now: what later mutation cannot reach. */
OmniValue omni_key_snapshot(OmniThread *t, OmniValue key);

/* ---- collection.c ---- */
OmniCollKind omni_coll_kind(OmniValue v);
OmniValue omni_seq_ref_slow(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue i);

/* ---- tuple.c ---- */
OmniValue omni_tuple2(OmniThread *t, OmniValue a, OmniValue b);
OmniValue omni_tuple_like(OmniThread *t, OmniValue tuple, size_t i, OmniValue v);
int64_t omni_tuple_field(OmniValue tuple, OmniValue name); /* index or -1 */

/* ---- struct.c ---- */
/* A copy, with the field replaced if it is one. */
OmniValue omni_struct_with(OmniThread *t, OmniValue s, size_t field, OmniValue v);
OmniValue omni_struct_get(OmniThread *t, OmniValue s, OmniValue name); /* or ABSENT */

/* ---- primitives that other files of the runtime use ---- */
OmniValue omni_prim_list_ref(OmniThread *t, const OmniSite *site, OmniValue list, OmniValue k);
OmniValue omni_prim_list_copy(OmniThread *t, const OmniSite *site, OmniValue list);
OmniValue omni_prim_field_ref(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name);
OmniValue omni_prim_tuple(OmniThread *t, const OmniSite *site, int64_t argc,
                          const OmniValue *argv);
OmniValue omni_prim_box(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_copy(OmniThread *t, const OmniSite *site, OmniValue c);

#endif
