/* Tuples: immutable, elements in the object itself. A named tuple has one
 * word more at its end, an array of the names (symbols) of its elements.
 */
#include "collection.h"
#include "values.h"

OmniValue omni_tuple2(OmniThread *t, OmniValue a, OmniValue b) {
  OmniValue v = omni_new(t, OMNI_T_TUPLE, 3, 0);
  omni_init(t, v, 1, a);
  omni_init(t, v, 2, b);
  return v;
}

OmniValue omni_prim_tuple(OmniThread *t, const OmniSite *site, int64_t argc,
                          const OmniValue *argv) {
  (void)site;
  OmniValue v = omni_new(t, OMNI_T_TUPLE, (size_t)argc + 1, 0);
  omni_init_many(t, v, 1, argv, (size_t)argc);
  return v;
}

OmniValue omni_prim_named_tuple(OmniThread *t, const OmniSite *site, int64_t argc,
                                const OmniValue *argv) {
  if (argc % 2 != 0)
    return omni_raise(t, site, "arity", "a named tuple takes names and values in pairs", 1,
                      &argv[argc - 1]);
  size_t n = (size_t)argc / 2;
  OmniValue names = omni_array_new(t, n);
  for (size_t i = 0; i < n; i++) {
    if (!omni_is_symbol(argv[2 * i]))
      return omni_error_kind(t, site, "named-tuple", "Symbol", argv[2 * i]);
    omni_array_append(t, names, argv[2 * i]);
  }
  OmniValue v = omni_new(t, OMNI_T_TUPLE, n + 2, TUPLE_IS_NAMED);
  for (size_t i = 0; i < n; i++) omni_init(t, v, 1 + i, argv[2 * i + 1]);
  omni_init(t, v, n + 1, names);
  return v;
}

OmniValue omni_tuple_like(OmniThread *t, OmniValue tuple, size_t i, OmniValue v) {
  uint64_t h = omni_words(tuple)[0];
  size_t nwords = omni_header_nwords(h);
  OmniValue out = omni_new(t, OMNI_T_TUPLE, nwords, omni_header_aux(h));
  for (size_t k = 1; k < nwords; k++) omni_init(t, out, k, k == i + 1 ? v : omni_slot(tuple, k));
  return out;
}

int64_t omni_tuple_field(OmniValue tuple, OmniValue name) {
  uint64_t h = omni_words(tuple)[0];
  if ((omni_header_aux(h) & TUPLE_IS_NAMED) == 0) return -1;
  OmniValue names = omni_slot(tuple, omni_header_nwords(h) - 1);
  for (size_t i = 0; i < omni_array_length(names); i++)
    if (omni_array_view(names)[i] == name) return (int64_t)i;
  return -1;
}
