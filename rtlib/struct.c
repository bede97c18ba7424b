/* Fields by name, where the compiler does not know the struct: `p.name` and
 * `(put! p.name v)` on a struct, a named tuple, or a dict whose keys are
 * symbols. Fields by number are in ops_inline.c.
 */
#include "collection.h"
#include "values.h"

OmniValue omni_prim_struct_make(OmniThread *t, const OmniSite *site, int64_t kind, int64_t argc,
                                const OmniValue *argv) {
  (void)site;
  OmniValue s = omni_new(t, OMNI_T_STRUCT, (size_t)argc + 1, (uint32_t)kind);
  omni_init_many(t, s, 1, argv, (size_t)argc);
  return s;
}

OmniValue omni_struct_with(OmniThread *t, OmniValue s, size_t field, OmniValue v) {
  uint64_t h = omni_words(s)[0];
  size_t nwords = omni_header_nwords(h);
  OmniValue out = omni_new(t, OMNI_T_STRUCT, nwords, omni_header_aux(h));
  for (size_t i = 1; i < nwords; i++) omni_init(t, out, i, i == field + 1 ? v : omni_slot(s, i));
  return out;
}

static int64_t field_index(const OmniKindInfo *kind, OmniValue name) {
  const char *bytes = omni_symbol_bytes_view(name);
  size_t nbytes = omni_symbol_nbytes(name);
  for (uint32_t i = 0; i < kind->nfields; i++)
    if (strncmp(kind->field_names[i], bytes, nbytes) == 0 && kind->field_names[i][nbytes] == 0)
      return i;
  return -1;
}

OmniValue omni_struct_get(OmniThread *t, OmniValue s, OmniValue name) {
  int64_t i = field_index(rti_struct_info_borrowed(t, s), name);
  return i < 0 ? OMNI_ABSENT : omni_slot(s, (size_t)i + 1);
}

static OmniValue error_no_field(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name) {
  OmniValue irritants[] = {name, v};
  return omni_raise(t, site, "field", "no such field", 2, irritants);
}

OmniValue omni_prim_field_ref(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name) {
  if (omni_is_type(v, OMNI_T_STRUCT)) {
    int64_t i = field_index(rti_struct_info_borrowed(t, v), name);
    return i < 0 ? error_no_field(t, site, v, name) : omni_slot(v, (size_t)i + 1);
  }
  if (omni_is_type(v, OMNI_T_DICT)) {
    OmniValue found = rti_dict_lookup(t, v, name);
    return found != OMNI_ABSENT ? found : omni_raise(t, site, "key", "no such key", 1, &name);
  }
  if (omni_is_type(v, OMNI_T_TUPLE)) {
    int64_t i = omni_tuple_field(v, name);
    return i < 0 ? error_no_field(t, site, v, name) : omni_slot(v, (size_t)i + 1);
  }
  return omni_error_kind(t, site, ".", "struct, Dict or named tuple", v);
}

static void struct_set_by_name(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue name,
                               OmniValue x) {
  const OmniKindInfo *kind = rti_struct_info_borrowed(t, s);
  int64_t i = field_index(kind, name);
  if (i < 0)
    error_no_field(t, site, s, name);
  else if (i >= 64 || (kind->mutable_mask >> i & 1) == 0 || omni_is_frozen(s))
    omni_error_immutable(t, site, "put!", s);
  else
    omni_store(t, s, (size_t)i + 1, x);
}

void omni_prim_field_set(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name,
                         OmniValue x) {
  if (omni_is_type(v, OMNI_T_STRUCT))
    struct_set_by_name(t, site, v, name, x);
  else if (!omni_is_type(v, OMNI_T_DICT))
    omni_error_kind(t, site, "put!", "struct or Dict", v);
  else if (omni_is_frozen(v))
    omni_error_immutable(t, site, "put!", v);
  else
    omni_dict_put(t, v, name, x);
}

/* A copy in which the field is x: `update`. */
OmniValue omni_prim_field_with(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name,
                               OmniValue x) {
  if (omni_is_type(v, OMNI_T_STRUCT)) {
    int64_t i = field_index(rti_struct_info_borrowed(t, v), name);
    return i < 0 ? error_no_field(t, site, v, name) : omni_struct_with(t, v, (size_t)i, x);
  }
  if (omni_is_type(v, OMNI_T_TUPLE)) {
    int64_t i = omni_tuple_field(v, name);
    return i < 0 ? error_no_field(t, site, v, name) : omni_tuple_like(t, v, (size_t)i, x);
  }
  if (!omni_is_type(v, OMNI_T_DICT))
    return omni_error_kind(t, site, "update", "struct, Dict or named tuple", v);
  OmniValue out = omni_table_copy(t, v);
  omni_dict_put(t, out, name, x);
  return out;
}
