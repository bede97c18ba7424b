/* Tables: the insertion-ordered hash tables under dicts and sets.
 *
 * The store holds the entries in the order they came: key, value, key, value
 * for a dict, keys alone for a set. The index is a power of two of
 * {hash, position + 1} words, probed linearly, at most half full. The hash
 * stands in the index, so that a probe touches the store only on a likely
 * match and growth never looks at a key again.
 *
 * Removal marks the key's slot in the store with OMNI_DELETED and closes the
 * gap in the index by shifting back what the gap had displaced, so the index
 * has no marks of its own and lookups do not slow down. When the store is full
 * it is rebuilt without the removed entries, at twice the capacity if more
 * than half of it is live.
 *
 *   live <= used <= capacity;  nslots = 2 * capacity;  position < used
 *   every entry below `first` is removed: a queue that takes from the front
 *   does not walk over what it took
 */
#include "collection.h"

typedef struct TableEntry {
  uint32_t hash, pos1; /* pos1 = position + 1; 0 means free */
} TableEntry;

enum { TABLE_MIN_CAPACITY = 4 };
static const size_t table_max_capacity = (size_t)1 << 30;

static TableEntry *entries_of(OmniValue index) {
  return (TableEntry *)(void *)omni_raw_bytes(index);
}
static size_t nslots_of(OmniValue index) {
  return omni_header_nwords(omni_words(index)[0]) - 1;
}
static size_t capacity_of(OmniValue d) { return nslots_of(omni_slot(d, TABLE_INDEX)) / 2; }

static void set_count(OmniValue d, size_t slot, size_t n) {
  omni_set_immediate(d, slot, omni_fixnum((int64_t)n));
}

static bool by_identity(OmniValue d) {
  return omni_header_aux(omni_words(d)[0]) == TABLE_BY_IDENTITY;
}

/* ---- making ---- */

static size_t capacity_for(size_t n) {
  size_t capacity = TABLE_MIN_CAPACITY;
  while (capacity < n) capacity *= 2;
  return capacity;
}

static OmniValue index_new(OmniThread *t, size_t capacity) {
  OmniValue index = omni_new(t, OMNI_T_RAW_STORE, 2 * capacity + 1, 0);
  memset(omni_raw_bytes(index), 0, 2 * capacity * sizeof(TableEntry));
  return index;
}

static size_t stride_of(OmniType type) { return type == OMNI_T_SET ? 1 : 2; }

OmniValue omni_table_new(OmniThread *t, OmniType type, uint32_t aux, size_t n) {
  size_t capacity = capacity_for(n), nwords = capacity * stride_of(type) + 1;
  OmniValue store = omni_new(t, OMNI_T_ARRAY_STORE, nwords, 0);
  omni_fill_nothing(store, 1, nwords);
  OmniValue index = index_new(t, capacity);
  OmniValue d = omni_new(t, type, TABLE_NWORDS, aux);
  omni_init(t, d, TABLE_LIVE, omni_fixnum(0));
  omni_init(t, d, TABLE_USED, omni_fixnum(0));
  omni_init(t, d, TABLE_STORE, store);
  omni_init(t, d, TABLE_INDEX, index);
  omni_init(t, d, TABLE_FIRST, omni_fixnum(0));
  return d;
}

/* ---- hashing and comparing ---- */

static uint32_t mix(uint64_t h) {
  h ^= h >> 32;
  h *= UINT64_C(0x9e3779b97f4a7c15);
  return (uint32_t)(h >> 32);
}

static uint32_t hash_key(OmniThread *t, OmniValue d, OmniValue key) {
  if (!by_identity(d)) return mix(omni_hash(t, key));
  return mix(omni_is_ref(key) ? omni_identity(t, key) : key);
}

/* Strings first: they are the usual key that is not identical. */
static bool same_key(OmniThread *t, OmniValue d, OmniValue a, OmniValue b) {
  if (a == b) return true;
  if (by_identity(d)) return false;
  if (!omni_is_type(a, OMNI_T_STRING) || !omni_is_type(b, OMNI_T_STRING))
    return omni_equal(t, a, b);
  size_t nbytes = omni_string_nbytes(a);
  return nbytes == omni_string_nbytes(b) &&
         memcmp(omni_string_bytes_view(a), omni_string_bytes_view(b), nbytes) == 0;
}

/* ---- the index ---- */

/* Where the key's entry is in the index; if it is not there, the free place
 * where the search ended. */
static size_t index_find(OmniThread *t, OmniValue d, OmniValue key, uint32_t hash) {
  OmniValue index = omni_slot(d, TABLE_INDEX);
  const TableEntry *e = entries_of(index);
  size_t mask = nslots_of(index) - 1, i = hash & mask;
  for (; e[i].pos1 != 0; i = (i + 1) & mask)
    if (e[i].hash == hash && same_key(t, d, omni_table_key(d, e[i].pos1 - 1), key)) break;
  return i;
}

static void index_add(OmniValue index, uint32_t hash, size_t pos) {
  TableEntry *e = entries_of(index);
  size_t mask = nslots_of(index) - 1, i = hash & mask;
  while (e[i].pos1 != 0) i = (i + 1) & mask;
  e[i] = (TableEntry){hash, (uint32_t)(pos + 1)};
}

/* Frees place i: an entry further on in the same run moves back into the gap
 * unless its home lies behind the gap. */
static void index_remove(OmniValue index, size_t i) {
  TableEntry *e = entries_of(index);
  size_t mask = nslots_of(index) - 1;
  for (size_t j = (i + 1) & mask; e[j].pos1 != 0; j = (j + 1) & mask) {
    size_t home = e[j].hash & mask;
    if (((j - home) & mask) < ((j - i) & mask)) continue;
    e[i] = e[j];
    i = j;
  }
  e[i] = (TableEntry){0, 0};
}

/* ---- growth ---- */

/* Fills a new index with the entries of the old one, whose positions have
 * become dense: `hashes` is scratch, one per old position. */
static void reindex(OmniThread *t, OmniValue d, OmniValue old_store, size_t used,
                    OmniValue new_index) {
  OmniValue old_index = omni_slot(d, TABLE_INDEX);
  const TableEntry *e = entries_of(old_index);
  size_t stride = omni_table_stride(d);
  OmniValue scratch = omni_new(t, OMNI_T_RAW_STORE, used / 2 + 2, 0);
  uint32_t *hashes = (uint32_t *)(void *)omni_raw_bytes(scratch);
  for (size_t i = 0; i < nslots_of(old_index); i++)
    if (e[i].pos1 != 0) hashes[e[i].pos1 - 1] = e[i].hash;
  size_t to = 0;
  for (size_t pos = 0; pos < used; pos++)
    if (omni_slot(old_store, 1 + pos * stride) != OMNI_DELETED)
      index_add(new_index, hashes[pos], to++);
}

static void copy_live(OmniThread *t, OmniValue from, OmniValue to, size_t used, size_t stride,
                      size_t nwords) {
  size_t at = 1;
  for (size_t pos = 0; pos < used; pos++) {
    if (omni_slot(from, 1 + pos * stride) == OMNI_DELETED) continue;
    for (size_t k = 0; k < stride; k++) omni_init(t, to, at++, omni_slot(from, 1 + pos * stride + k));
  }
  omni_fill_nothing(to, at, nwords);
}

static void rebuild(OmniThread *t, OmniValue d) {
  size_t live = omni_table_live(d), used = omni_table_used(d), stride = omni_table_stride(d);
  size_t capacity = capacity_of(d);
  if (live > capacity / 2) capacity *= 2;
  if (capacity > table_max_capacity) omni_error_memory(t, capacity * 16);
  OmniValue old_store = omni_slot(d, TABLE_STORE);
  OmniValue index = index_new(t, capacity);
  reindex(t, d, old_store, used, index);
  OmniValue store = omni_new(t, OMNI_T_ARRAY_STORE, capacity * stride + 1, 0);
  copy_live(t, old_store, store, used, stride, capacity * stride + 1);
  omni_store(t, d, TABLE_STORE, store);
  omni_store(t, d, TABLE_INDEX, index);
  set_count(d, TABLE_USED, live);
  set_count(d, TABLE_FIRST, 0);
}

/* ---- operations ---- */

int64_t omni_table_find(OmniThread *t, OmniValue d, OmniValue key) {
  if (omni_table_live(d) == 0) return -1;
  size_t i = index_find(t, d, key, hash_key(t, d, key));
  return (int64_t)entries_of(omni_slot(d, TABLE_INDEX))[i].pos1 - 1;
}

size_t omni_table_insert(OmniThread *t, OmniValue d, OmniValue key) {
  uint32_t hash = hash_key(t, d, key);
  size_t i = index_find(t, d, key, hash);
  uint32_t pos1 = entries_of(omni_slot(d, TABLE_INDEX))[i].pos1;
  if (pos1 != 0) return pos1 - 1;
  if (!by_identity(d)) key = omni_key_snapshot(t, key);
  size_t pos = omni_table_used(d);
  if (pos == capacity_of(d)) {
    rebuild(t, d);
    pos = omni_table_used(d);
    index_add(omni_slot(d, TABLE_INDEX), hash, pos);
  } else {
    entries_of(omni_slot(d, TABLE_INDEX))[i] = (TableEntry){hash, (uint32_t)(pos + 1)};
  }
  omni_store(t, omni_slot(d, TABLE_STORE), 1 + pos * omni_table_stride(d), key);
  set_count(d, TABLE_USED, pos + 1);
  set_count(d, TABLE_LIVE, omni_table_live(d) + 1);
  return pos;
}

void omni_dict_put(OmniThread *t, OmniValue d, OmniValue key, OmniValue v) {
  size_t pos = omni_table_insert(t, d, key);
  omni_store(t, omni_slot(d, TABLE_STORE), 2 + pos * 2, v);
}

/* After a removal: the removed entries at both ends are forgotten. */
static void trim(OmniValue d) {
  size_t used = omni_table_used(d), first = (size_t)omni_fixnum_value(omni_slot(d, TABLE_FIRST));
  while (used > first && omni_table_key(d, used - 1) == OMNI_DELETED) used--;
  while (first < used && omni_table_key(d, first) == OMNI_DELETED) first++;
  if (first == used) first = used = 0;
  set_count(d, TABLE_USED, used);
  set_count(d, TABLE_FIRST, first);
}

bool omni_table_remove(OmniThread *t, OmniValue d, OmniValue key, OmniValue *value) {
  if (omni_table_live(d) == 0) return false;
  OmniValue index = omni_slot(d, TABLE_INDEX), store = omni_slot(d, TABLE_STORE);
  size_t i = index_find(t, d, key, hash_key(t, d, key)), stride = omni_table_stride(d);
  uint32_t pos1 = entries_of(index)[i].pos1;
  if (pos1 == 0) return false;
  size_t at = 1 + (size_t)(pos1 - 1) * stride;
  index_remove(index, i);
  set_count(d, TABLE_LIVE, omni_table_live(d) - 1);
  if (value != NULL) {
    *value = omni_slot(store, at + 1);
    omni_hold(t, *value);
  }
  omni_store(t, store, at, OMNI_DELETED);
  if (stride == 2) omni_store(t, store, at + 1, OMNI_NOTHING);
  trim(d);
  return true;
}

int64_t omni_table_next(OmniValue d, size_t pos) {
  size_t used = omni_table_used(d), first = (size_t)omni_fixnum_value(omni_slot(d, TABLE_FIRST));
  if (pos < first) pos = first;
  for (; pos < used; pos++)
    if (omni_table_key(d, pos) != OMNI_DELETED) return (int64_t)pos;
  return -1;
}

OmniValue omni_table_copy(OmniThread *t, OmniValue d) {
  size_t live = omni_table_live(d), used = omni_table_used(d), stride = omni_table_stride(d);
  OmniType type = omni_header_type(omni_words(d)[0]);
  OmniValue out = omni_table_new(t, type, omni_header_aux(omni_words(d)[0]), live);
  OmniValue store = omni_slot(out, TABLE_STORE);
  copy_live(t, omni_slot(d, TABLE_STORE), store, used, stride,
            omni_header_nwords(omni_words(store)[0]));
  reindex(t, d, omni_slot(d, TABLE_STORE), used, omni_slot(out, TABLE_INDEX));
  set_count(out, TABLE_LIVE, live);
  set_count(out, TABLE_USED, live);
  return out;
}
