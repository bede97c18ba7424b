/* Characters: code points, their properties and simple case mapping. A
 * character whose full mapping is several characters (the sharp s) maps to
 * itself here; `upper` on strings has the full mapping.
 */
#include "u8.h"
#include "unicode.h"
#include "values.h"

static bool char_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                         uint32_t *c) {
  *c = 0;
  if (omni_is_char(v)) {
    *c = omni_char_value(v);
    return true;
  }
  omni_error_kind(t, site, op, "Char", v);
  return false;
}

int64_t omni_char_to_integer_slow(OmniThread *t, const OmniSite *site, OmniValue v) {
  uint32_t c;
  char_operand(t, site, "char->integer", v, &c);
  return c;
}

OmniValue omni_prim_integer_to_char(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (!omni_is_fixnum(v) || !u8_is_code_point(omni_fixnum_value(v)))
    return omni_error_kind(t, site, "integer->char", "Unicode code point", v);
  return omni_char((uint32_t)omni_fixnum_value(v));
}

static OmniValue map_char(OmniThread *t, const OmniSite *site, const char *op,
                          uint32_t (*mapping)(uint32_t), OmniValue v) {
  uint32_t c;
  return char_operand(t, site, op, v, &c) ? omni_char(mapping(c)) : OMNI_NOTHING;
}

OmniValue omni_prim_char_upcase(OmniThread *t, const OmniSite *site, OmniValue v) {
  return map_char(t, site, "char-upcase", unicode_char_upper, v);
}
OmniValue omni_prim_char_downcase(OmniThread *t, const OmniSite *site, OmniValue v) {
  return map_char(t, site, "char-downcase", unicode_char_lower, v);
}

#define CHAR_PROPERTY(id, name, property) \
  bool omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue v) { \
    uint32_t c; \
    return char_operand(t, site, name, v, &c) && property(c); \
  }
CHAR_PROPERTY(char_is_alphabetic, "char-alphabetic?", unicode_is_alphabetic)
CHAR_PROPERTY(char_is_numeric, "char-numeric?", unicode_is_numeric)
CHAR_PROPERTY(char_is_whitespace, "char-whitespace?", unicode_is_whitespace)
