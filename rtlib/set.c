/* Sets: the primitives over table.c, keys alone. Elements compare by equal?
 * and keep the order in which they came.
 */
#include "collection.h"
#include "values.h"

static bool check_set(OmniThread *t, const OmniSite *site, const char *op, OmniValue s) {
  if (omni_is_type(s, OMNI_T_SET)) return true;
  omni_error_kind(t, site, op, "Set", s);
  return false;
}

static bool check_mutable(OmniThread *t, const OmniSite *site, const char *op, OmniValue s) {
  if (!check_set(t, site, op, s)) return false;
  if (!omni_is_frozen(s)) return true;
  omni_error_immutable(t, site, op, s);
  return false;
}

static bool check_sets(OmniThread *t, const OmniSite *site, const char *op, int64_t argc,
                       const OmniValue *argv) {
  for (int64_t i = 0; i < argc; i++)
    if (!check_set(t, site, op, argv[i])) return false;
  return true;
}

bool rti_set_has(OmniThread *t, OmniValue set, OmniValue element) {
  return omni_table_find(t, set, element) >= 0;
}

OmniValue omni_prim_set(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv) {
  (void)site;
  OmniValue s = omni_table_new(t, OMNI_T_SET, 0, (size_t)argc);
  for (int64_t i = 0; i < argc; i++) omni_table_insert(t, s, argv[i]);
  return s;
}

void omni_prim_set_add(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue v) {
  if (check_mutable(t, site, "set-add!", s)) omni_table_insert(t, s, v);
}

bool omni_prim_set_remove(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue v) {
  return check_mutable(t, site, "set-remove!", s) && omni_table_remove(t, s, v, NULL);
}

bool omni_prim_set_has(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue v) {
  return check_set(t, site, "set-has?", s) && rti_set_has(t, s, v);
}

/* ---- algebra: new sets, in the order of the first, then of the others ---- */

static void add_all(OmniThread *t, OmniValue to, OmniValue from) {
  for (int64_t pos = omni_table_next(from, 0); pos >= 0;
       pos = omni_table_next(from, (size_t)pos + 1))
    omni_table_insert(t, to, omni_table_key(from, (size_t)pos));
}

OmniValue omni_prim_set_union(OmniThread *t, const OmniSite *site, int64_t argc,
                              const OmniValue *argv) {
  if (!check_sets(t, site, "set-union", argc, argv)) return OMNI_NOTHING;
  OmniValue out = omni_table_new(t, OMNI_T_SET, 0, 0);
  for (int64_t i = 0; i < argc; i++) add_all(t, out, argv[i]);
  return out;
}

/* The elements of `first` that are (or are not) in each of the others. */
static OmniValue keep(OmniThread *t, OmniValue first, int64_t argc, const OmniValue *argv,
                      bool wanted) {
  OmniValue out = omni_table_new(t, OMNI_T_SET, 0, 0);
  for (int64_t pos = omni_table_next(first, 0); pos >= 0;
       pos = omni_table_next(first, (size_t)pos + 1)) {
    OmniValue v = omni_table_key(first, (size_t)pos);
    int64_t i = 0;
    while (i < argc && rti_set_has(t, argv[i], v) == wanted) i++;
    if (i == argc) omni_table_insert(t, out, v);
  }
  return out;
}

OmniValue omni_prim_set_intersection(OmniThread *t, const OmniSite *site, OmniValue first,
                                     int64_t argc, const OmniValue *argv) {
  if (!check_set(t, site, "set-intersection", first) ||
      !check_sets(t, site, "set-intersection", argc, argv))
    return OMNI_NOTHING;
  return keep(t, first, argc, argv, true);
}

OmniValue omni_prim_set_difference(OmniThread *t, const OmniSite *site, OmniValue first,
                                   int64_t argc, const OmniValue *argv) {
  if (!check_set(t, site, "set-difference", first) ||
      !check_sets(t, site, "set-difference", argc, argv))
    return OMNI_NOTHING;
  return keep(t, first, argc, argv, false);
}

bool omni_prim_is_subset(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  if (!check_set(t, site, "subset?", a) || !check_set(t, site, "subset?", b)) return false;
  if (omni_table_live(a) > omni_table_live(b)) return false;
  for (int64_t pos = omni_table_next(a, 0); pos >= 0; pos = omni_table_next(a, (size_t)pos + 1))
    if (!rti_set_has(t, b, omni_table_key(a, (size_t)pos))) return false;
  return true;
}
