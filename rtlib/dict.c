/* Dicts: the primitives over table.c. Keys compare by equal?, in an identity
 * dict by identity; entries keep the order in which they were inserted.
 */
#include "collection.h"
#include "values.h"

static bool check_dict(OmniThread *t, const OmniSite *site, const char *op, OmniValue d) {
  if (omni_is_type(d, OMNI_T_DICT)) return true;
  omni_error_kind(t, site, op, "Dict", d);
  return false;
}

OmniValue rti_dict_lookup(OmniThread *t, OmniValue dict, OmniValue key) {
  int64_t pos = omni_table_find(t, dict, key);
  return pos < 0 ? OMNI_ABSENT : omni_dict_value(dict, (size_t)pos);
}

static bool check_mutable(OmniThread *t, const OmniSite *site, const char *op, OmniValue d) {
  if (!check_dict(t, site, op, d)) return false;
  if (!omni_is_frozen(d)) return true;
  omni_error_immutable(t, site, op, d);
  return false;
}

static OmniValue dict_from(OmniThread *t, const OmniSite *site, uint32_t aux, int64_t argc,
                           const OmniValue *argv) {
  if (argc % 2 != 0)
    return omni_raise(t, site, "arity", "a dict takes keys and values in pairs", 1,
                      &argv[argc - 1]);
  OmniValue d = omni_table_new(t, OMNI_T_DICT, aux, (size_t)argc / 2);
  for (int64_t i = 0; i < argc; i += 2) omni_dict_put(t, d, argv[i], argv[i + 1]);
  return d;
}

OmniValue omni_prim_dict(OmniThread *t, const OmniSite *site, int64_t argc,
                         const OmniValue *argv) {
  return dict_from(t, site, 0, argc, argv);
}
OmniValue omni_prim_identity_dict(OmniThread *t, const OmniSite *site, int64_t argc,
                                  const OmniValue *argv) {
  return dict_from(t, site, TABLE_BY_IDENTITY, argc, argv);
}
OmniValue omni_prim_dict_ref(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue key,
                             OmniValue otherwise) {
  if (!check_dict(t, site, "dict-ref", d)) return OMNI_NOTHING;
  int64_t pos = omni_table_find(t, d, key);
  if (pos >= 0) return omni_dict_value(d, (size_t)pos);
  if (otherwise != OMNI_ABSENT) return otherwise;
  return omni_raise(t, site, "key", "dict-ref: no such key", 1, &key);
}

void omni_prim_dict_set(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue key,
                             OmniValue v) {
  if (check_mutable(t, site, "dict-set!", d)) omni_dict_put(t, d, key, v);
}

OmniValue omni_prim_dict_remove(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue key) {
  OmniValue v = OMNI_NOTHING;
  if (check_mutable(t, site, "dict-remove!", d)) omni_table_remove(t, d, key, &v);
  return v;
}

bool omni_prim_dict_has(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue key) {
  return check_dict(t, site, "dict-has?", d) && omni_table_find(t, d, key) >= 0;
}

/* ---- keys, values, entries: arrays in order of insertion ---- */

typedef OmniValue Part(OmniThread *t, OmniValue d, size_t pos);

static OmniValue part_key(OmniThread *t, OmniValue d, size_t pos) {
  (void)t;
  return omni_table_key(d, pos);
}
static OmniValue part_value(OmniThread *t, OmniValue d, size_t pos) {
  (void)t;
  return omni_dict_value(d, pos);
}
static OmniValue part_entry(OmniThread *t, OmniValue d, size_t pos) {
  return omni_tuple2(t, omni_table_key(d, pos), omni_dict_value(d, pos));
}

static OmniValue parts(OmniThread *t, const OmniSite *site, const char *op, Part *part,
                       OmniValue d) {
  if (!check_dict(t, site, op, d)) return OMNI_NOTHING;
  size_t live = omni_table_live(d), i = 1;
  OmniValue out = omni_array_new(t, live), store = omni_array_store(out);
  for (int64_t pos = omni_table_next(d, 0); pos >= 0; pos = omni_table_next(d, (size_t)pos + 1))
    omni_init(t, store, i++, part(t, d, (size_t)pos));
  omni_set_immediate(out, ARRAY_LENGTH, omni_fixnum((int64_t)live));
  return out;
}

OmniValue omni_prim_dict_keys(OmniThread *t, const OmniSite *site, OmniValue d) {
  return parts(t, site, "keys", part_key, d);
}
OmniValue omni_prim_dict_values(OmniThread *t, const OmniSite *site, OmniValue d) {
  return parts(t, site, "values", part_value, d);
}
OmniValue omni_prim_dict_entries(OmniThread *t, const OmniSite *site, OmniValue d) {
  return parts(t, site, "entries", part_entry, d);
}

/* ---- walking by position, for the prelude: dicts and sets ---- */

OmniValue omni_prim_dict_next(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue pos) {
  (void)t, (void)site;
  return omni_fixnum(omni_table_next(d, (size_t)omni_fixnum_value(pos)));
}

OmniValue omni_prim_dict_end(OmniThread *t, const OmniSite *site, OmniValue d) {
  (void)t, (void)site;
  return omni_fixnum((int64_t)omni_table_used(d));
}

/* The entry may have gone since the position was asked for. */
static bool is_position(OmniValue d, OmniValue pos) {
  return omni_is_fixnum(pos) && (size_t)omni_fixnum_value(pos) < omni_table_used(d);
}

OmniValue omni_prim_dict_key(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue pos) {
  (void)t, (void)site;
  if (!is_position(d, pos)) return OMNI_NOTHING;
  OmniValue key = omni_table_key(d, (size_t)omni_fixnum_value(pos));
  return key == OMNI_DELETED ? OMNI_NOTHING : key;
}

OmniValue omni_prim_dict_value(OmniThread *t, const OmniSite *site, OmniValue d, OmniValue pos) {
  (void)t, (void)site;
  return is_position(d, pos) ? omni_dict_value(d, (size_t)omni_fixnum_value(pos)) : OMNI_NOTHING;
}
