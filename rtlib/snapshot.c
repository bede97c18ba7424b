/* Keys as they were when inserted: a mutable object used as a key is copied,
 * all that equal? looks at, so that changing it later does not change the
 * dict. What cannot change (numbers, strings, symbols, immortal literals,
 * tuples and structs of such) and what compares by identity is kept as it is.
 *
 * A key that is deeper than SNAPSHOT_DEPTH through anything but cdrs, a cyclic
 * one for instance, is kept as it is from there on.
 */
#include "collection.h"

enum { SNAPSHOT_DEPTH = 200 };
static const size_t snapshot_max_pairs = (size_t)1 << 24;

static OmniValue snapshot(OmniThread *t, OmniValue v, int depth);

static OmniValue snapshot_list(OmniThread *t, OmniValue v, int depth) {
  OmniValue head = omni_cons(t, snapshot(t, omni_slot(v, 0), depth), OMNI_EMPTY), last = head;
  size_t n = 0;
  for (v = omni_slot(v, 1); omni_is_pair(v) && n < snapshot_max_pairs; v = omni_slot(v, 1), n++) {
    OmniValue p = omni_cons(t, snapshot(t, omni_slot(v, 0), depth), OMNI_EMPTY);
    omni_init(t, last, 1, p);
    last = p;
  }
  omni_init(t, last, 1, omni_is_pair(v) ? v : snapshot(t, v, depth));
  return head;
}

static OmniValue snapshot_array(OmniThread *t, OmniValue v, int depth) {
  size_t n = omni_array_length(v);
  OmniValue out = omni_array_new(t, n);
  for (size_t i = 0; i < n; i++)
    omni_init(t, omni_array_store(out), 1 + i, snapshot(t, omni_array_view(v)[i], depth));
  omni_set_immediate(out, ARRAY_LENGTH, omni_fixnum((int64_t)n));
  return out;
}

/* Tuples and structs: copied only if they, or something in them, can change. */
static OmniValue snapshot_fields(OmniThread *t, OmniValue v, int depth) {
  uint64_t h = omni_words(v)[0];
  size_t nwords = omni_header_nwords(h);
  OmniValue out = omni_new(t, omni_header_type(h), nwords, omni_header_aux(h));
  bool changed = omni_header_type(h) == OMNI_T_STRUCT;
  for (size_t i = 1; i < nwords; i++) {
    OmniValue copy = snapshot(t, omni_slot(v, i), depth);
    changed |= copy != omni_slot(v, i);
    omni_init(t, out, i, copy);
  }
  return changed ? out : v;
}

static OmniValue snapshot_dict(OmniThread *t, OmniValue v, int depth) {
  OmniValue out = omni_table_copy(t, v), store = omni_slot(out, TABLE_STORE);
  for (size_t i = 0; i < omni_table_used(out); i++)
    omni_store(t, store, 2 + 2 * i, snapshot(t, omni_slot(store, 2 + 2 * i), depth));
  return out;
}

static OmniValue snapshot(OmniThread *t, OmniValue v, int depth) {
  if (!omni_is_ref(v) || depth == 0 || omni_is_immortal(t, v)) return v;
  if (omni_is_pair(v)) return snapshot_list(t, v, depth - 1);
  switch (omni_header_type(omni_words(v)[0])) {
    case OMNI_T_ARRAY: return snapshot_array(t, v, depth - 1);
    case OMNI_T_TYPED_ARRAY: return omni_typed_slice(t, v, 0, omni_array_length(v));
    case OMNI_T_TUPLE:
    case OMNI_T_STRUCT: return snapshot_fields(t, v, depth - 1);
    case OMNI_T_DICT: return snapshot_dict(t, v, depth - 1);
    case OMNI_T_SET: return omni_table_copy(t, v);
    default: return v;
  }
}

OmniValue omni_key_snapshot(OmniThread *t, OmniValue key) {
  return omni_is_ref(key) ? snapshot(t, key, SNAPSHOT_DEPTH) : key;
}
