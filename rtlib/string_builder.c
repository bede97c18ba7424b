/* String builders: text that grows at its end.
 *
 *     {header, nbytes fixnum, nchars fixnum, RAW_STORE}
 *
 * The store is replaced by one of twice the size when it is full, so pushing
 * costs amortised constant time whatever region the builder lives in.
 */
#include "collection.h"
#include "u8.h"
#include "values.h"

enum { BUILDER_NBYTES = 1, BUILDER_STORE = 3, BUILDER_NWORDS = 4, BUILDER_MIN_NWORDS = 4 };

static size_t store_nbytes(OmniValue store) {
  return ((size_t)omni_header_nwords(omni_words(store)[0]) - 1) * 8;
}

static OmniValue store_new(OmniThread *t, size_t nbytes) {
  size_t nwords = 1 + (nbytes + 7) / 8;
  if (nwords > UINT32_MAX) omni_error_memory(t, nbytes);
  return omni_new(t, OMNI_T_RAW_STORE, nwords, 0);
}

OmniValue omni_prim_string_builder(OmniThread *t, const OmniSite *site) {
  (void)site;
  OmniValue store = store_new(t, BUILDER_MIN_NWORDS * 8);
  OmniValue b = omni_new(t, OMNI_T_STRING_BUILDER, BUILDER_NWORDS, 0);
  omni_words(b)[BUILDER_NBYTES] = omni_fixnum(0);
  omni_words(b)[BUILDER_NCHARS] = omni_fixnum(0);
  omni_init(t, b, BUILDER_STORE, store);
  return b;
}

static size_t builder_nbytes(OmniValue b) {
  return (size_t)omni_fixnum_value(omni_slot(b, BUILDER_NBYTES));
}
static size_t builder_nchars(OmniValue b) {
  return (size_t)omni_fixnum_value(omni_slot(b, BUILDER_NCHARS));
}

/* Room for n more bytes; where they go. */
static char *builder_reserve(OmniThread *t, OmniValue b, size_t n) {
  size_t used = builder_nbytes(b);
  OmniValue store = omni_slot(b, BUILDER_STORE);
  size_t room = store_nbytes(store);
  if (room - used < n) {
    size_t wanted = room * 2 > used + n ? room * 2 : used + n;
    OmniValue larger = store_new(t, wanted);
    memcpy(omni_raw_bytes(larger), omni_raw_bytes(store), used);
    omni_store(t, b, BUILDER_STORE, larger);
    store = omni_slot(b, BUILDER_STORE);
  }
  return omni_raw_bytes(store) + used;
}

static void builder_add(OmniThread *t, OmniValue b, const char *bytes, size_t nbytes,
                        size_t nchars) {
  memcpy(builder_reserve(t, b, nbytes), bytes, nbytes);
  omni_set_immediate(b, BUILDER_NBYTES, omni_fixnum((int64_t)(builder_nbytes(b) + nbytes)));
  omni_set_immediate(b, BUILDER_NCHARS, omni_fixnum((int64_t)(builder_nchars(b) + nchars)));
}

OmniValue rti_builder_push(OmniThread *t, const OmniSite *site, OmniValue b, OmniValue v) {
  char few[4];
  if (!omni_is_type(b, OMNI_T_STRING_BUILDER))
    return omni_error_kind(t, site, "push!", "StringBuilder", b);
  if (omni_is_char(v)) {
    builder_add(t, b, few, u8_encode(omni_char_value(v), few), 1);
  } else if (omni_is_string(v)) {
    builder_add(t, b, omni_string_bytes_view(v), omni_string_nbytes(v), omni_string_nchars(v));
  } else {
    OmniText x = {.t = t};
    omni_print_value(&x, v, OMNI_DISPLAY);
    builder_add(t, b, x.bytes, x.nbytes, u8_count(x.bytes, x.nbytes));
    omni_text_free(&x);
  }
  return OMNI_NOTHING;
}

/* push! on a builder: a character, a string, or anything in display form */
void omni_prim_builder_push(OmniThread *t, const OmniSite *site, OmniValue b, OmniValue v) {
  rti_builder_push(t, site, b, v);
}

OmniValue omni_prim_builder_to_string(OmniThread *t, const OmniSite *site, OmniValue b) {
  if (!omni_is_type(b, OMNI_T_STRING_BUILDER))
    return omni_error_kind(t, site, "builder->string", "StringBuilder", b);
  return rti_string_new(t, omni_raw_bytes(omni_slot(b, BUILDER_STORE)), builder_nbytes(b),
                        builder_nchars(b));
}

void omni_prim_builder_clear(OmniThread *t, const OmniSite *site, OmniValue b) {
  if (!omni_is_type(b, OMNI_T_STRING_BUILDER)) {
    omni_error_kind(t, site, "builder-clear!", "StringBuilder", b);
    return;
  }
  omni_set_immediate(b, BUILDER_NBYTES, omni_fixnum(0));
  omni_set_immediate(b, BUILDER_NCHARS, omni_fixnum(0));
}

void rti_builder_text(OmniText *x, OmniValue b) {
  omni_text_add(x, omni_raw_bytes(omni_slot(b, BUILDER_STORE)), builder_nbytes(b));
}
