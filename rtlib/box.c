/* Boxes: one mutable slot. `=` and equal? of boxes are identity. */
#include "collection.h"

OmniValue omni_prim_box(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)site;
  OmniValue b = omni_new(t, OMNI_T_BOX, 2, 0);
  omni_init(t, b, BOX_VALUE, v);
  return b;
}

OmniValue omni_unbox_slow(OmniThread *t, const OmniSite *site, OmniValue b) {
  return omni_error_kind(t, site, "unbox", "Box", b);
}

void omni_set_box_slow(OmniThread *t, const OmniSite *site, OmniValue b) {
  if (omni_is_type(b, OMNI_T_BOX))
    omni_error_immutable(t, site, "set-box!", b);
  else
    omni_error_kind(t, site, "set-box!", "Box", b);
}
