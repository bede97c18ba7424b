/* Boxes: one mutable slot. `=` and equal? of boxes are identity. */
#include "collection.h"

static bool check_box(OmniThread *t, const OmniSite *site, const char *op, OmniValue b) {
  if (omni_is_type(b, OMNI_T_BOX)) return true;
  omni_error_kind(t, site, op, "Box", b);
  return false;
}

OmniValue omni_prim_box(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)site;
  OmniValue b = omni_new(t, OMNI_T_BOX, 2, 0);
  omni_init(t, b, BOX_VALUE, v);
  return b;
}

OmniValue omni_prim_unbox(OmniThread *t, const OmniSite *site, OmniValue b) {
  return check_box(t, site, "unbox", b) ? omni_slot(b, BOX_VALUE) : OMNI_NOTHING;
}

void omni_prim_set_box(OmniThread *t, const OmniSite *site, OmniValue b, OmniValue v) {
  if (!check_box(t, site, "set-box!", b)) return;
  if (omni_is_frozen(b))
    omni_error_immutable(t, site, "set-box!", b);
  else
    omni_store(t, b, BOX_VALUE, v);
}

bool omni_prim_is_box(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)t, (void)site;
  return omni_is_type(v, OMNI_T_BOX);
}
