/* Strings: immutable UTF-8 with its length in bytes and in code points.
 *
 *     {header, nbytes, nchars, bytes... 0, crumbs...}
 *
 * When the two lengths are equal the text is ASCII and character i is byte i.
 * Else, and if the string is long, the byte offsets of every CRUMB-th character
 * follow the bytes, so that finding character i costs a short scan, and a loop
 * over the indices of a long text stays linear. The bytes end in a 0 that is
 * not counted, for C.
 */
#include "collection.h"
#include "u8.h"
#include "values.h"

#define CRUMB 32

/* ---- layout ---- */

static size_t crumbs_of(size_t nbytes, size_t nchars) {
  return nbytes == nchars ? 0 : nchars / CRUMB;
}
static size_t bytes_nwords(size_t nbytes) { return nbytes / 8 + 1; }
static uint64_t *crumbs_view(OmniValue s) {
  return omni_words(s) + 3 + bytes_nwords(omni_string_nbytes(s));
}
static char *string_bytes(OmniValue s) { return (char *)(omni_words(s) + 3); }

static size_t string_nwords(OmniThread *t, size_t nbytes, size_t nchars) {
  size_t nwords = 3 + bytes_nwords(nbytes) + crumbs_of(nbytes, nchars);
  if (nwords > UINT32_MAX) omni_error_memory(t, nbytes);
  return nwords;
}

/* Sets the lengths and the ending zeros; the bytes are the caller's. */
static OmniValue string_open(OmniValue s, size_t nbytes, size_t nchars) {
  omni_words(s)[1] = nbytes;
  omni_words(s)[2] = nchars;
  omni_words(s)[2 + bytes_nwords(nbytes)] = 0;
  return s;
}

/* The bytes are there: lays the crumbs. */
static OmniValue string_close(OmniValue s) {
  size_t ncrumbs = crumbs_of(omni_string_nbytes(s), omni_string_nchars(s));
  uint64_t *crumbs = crumbs_view(s);
  const char *bytes = string_bytes(s);
  size_t at = 0;
  for (size_t i = 0; i < ncrumbs; i++) {
    for (size_t n = 0; n < CRUMB; n++) at += u8_width_at(bytes + at);
    crumbs[i] = at;
  }
  return s;
}

static OmniValue string_new(OmniThread *t, size_t nbytes, size_t nchars) {
  size_t nwords = string_nwords(t, nbytes, nchars);
  return string_open(omni_new(t, OMNI_T_STRING, nwords, 0), nbytes, nchars);
}

OmniValue rti_string_new(OmniThread *t, const char *utf8, size_t nbytes, size_t nchars) {
  OmniValue s = string_new(t, nbytes, nchars);
  if (nbytes > 0) memcpy(string_bytes(s), utf8, nbytes);
  return string_close(s);
}

OmniValue omni_string(OmniThread *t, const char *utf8, size_t nbytes) {
  return rti_string_new(t, utf8, nbytes, u8_count(utf8, nbytes));
}

OmniValue rti_string_immortal(OmniThread *t, const char *utf8, size_t nbytes) {
  size_t nchars = u8_count(utf8, nbytes), nwords = string_nwords(t, nbytes, nchars);
  OmniValue s = string_open(omni_new_immortal(t, OMNI_T_STRING, nwords, 0), nbytes, nchars);
  if (nbytes > 0) memcpy(string_bytes(s), utf8, nbytes);
  return string_close(s);
}

OmniValue rti_string_from_input(OmniThread *t, const char *bytes, size_t nbytes) {
  size_t good = u8_valid_prefix(bytes, nbytes);
  if (good == nbytes) return omni_string(t, bytes, nbytes);
  OmniText x = {.t = t};
  while (good < nbytes) {
    omni_text_add(&x, bytes, good);
    omni_text_add_char(&x, 0xfffd);
    bytes += good + 1;
    nbytes -= good + 1;
    good = u8_valid_prefix(bytes, nbytes);
  }
  omni_text_add(&x, bytes, nbytes);
  return omni_text_string(&x);
}

/* ---- positions ---- */

size_t rti_string_offset(OmniValue s, size_t i) {
  size_t nbytes = omni_string_nbytes(s), nchars = omni_string_nchars(s);
  if (nbytes == nchars) return i;
  if (i == nchars) return nbytes;
  const char *bytes = string_bytes(s);
  size_t at = i < CRUMB ? 0 : crumbs_view(s)[i / CRUMB - 1];
  for (size_t n = i % CRUMB; n > 0; n--) at += u8_width_at(bytes + at);
  return at;
}

const char *rti_string_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                               size_t *nbytes) {
  if (!omni_is_string(v)) {
    omni_error_kind(t, site, op, "String", v);
    *nbytes = 0;
    return NULL;
  }
  *nbytes = omni_string_nbytes(v);
  return omni_string_bytes_view(v);
}

int rti_string_compare(OmniValue a, OmniValue b) {
  /* the order of UTF-8 bytes is the order of code points */
  size_t na = omni_string_nbytes(a), nb = omni_string_nbytes(b);
  int order = memcmp(string_bytes(a), string_bytes(b), na < nb ? na : nb);
  return order != 0 ? order : (na > nb) - (na < nb);
}

/* ---- primitives: length, reference, parts ---- */

int64_t omni_string_length_slow(OmniThread *t, const OmniSite *site, OmniValue s) {
  size_t nbytes;
  if (rti_string_operand(t, site, "string-length", s, &nbytes) == NULL) return 0;
  return (int64_t)omni_string_nchars(s);
}

OmniValue omni_string_ref_slow(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue i) {
  size_t nbytes, index, width;
  const char *bytes = rti_string_operand(t, site, "string-ref", s, &nbytes);
  if (bytes == NULL || !omni_index_operand(t, site, "string-ref", s, i, omni_string_nchars(s),
                                           OMNI_INDEX_ELEMENT, &index))
    return OMNI_NOTHING;
  return omni_char(u8_decode(bytes + rti_string_offset(s, index), &width));
}

OmniValue omni_prim_substring(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue start,
                              OmniValue end) {
  size_t nbytes, from, to;
  const char *bytes = rti_string_operand(t, site, "substring", s, &nbytes);
  if (bytes == NULL ||
      !omni_range_operands(t, site, "substring", s, start, end, omni_string_nchars(s), &from, &to))
    return OMNI_NOTHING;
  size_t first = rti_string_offset(s, from), last = rti_string_offset(s, to);
  return rti_string_new(t, bytes + first, last - first, to - from);
}

/* ---- primitives: joining ---- */

/* What str and string-append can copy straight into the result. */
static bool piece(OmniValue v, char few[4], const char **bytes, size_t *nbytes, size_t *nchars) {
  if (omni_is_string(v)) {
    *bytes = omni_string_bytes_view(v);
    *nbytes = omni_string_nbytes(v);
    *nchars = omni_string_nchars(v);
    return true;
  }
  if (!omni_is_char(v)) return false;
  *bytes = few;
  *nbytes = u8_encode(omni_char_value(v), few);
  *nchars = 1;
  return true;
}

/* The pieces in one string; false when one of them is neither text nor character. */
static bool append_pieces(OmniThread *t, int64_t argc, const OmniValue *argv, OmniValue *out) {
  char few[4];
  const char *bytes;
  size_t nbytes = 0, nchars = 0, n, m;
  for (int64_t i = 0; i < argc; i++) {
    if (!piece(argv[i], few, &bytes, &n, &m)) return false;
    nbytes += n;
    nchars += m;
  }
  OmniValue s = string_new(t, nbytes, nchars);
  char *to = string_bytes(s);
  for (int64_t i = 0; i < argc; i++) {
    piece(argv[i], few, &bytes, &n, &m);
    memcpy(to, bytes, n);
    to += n;
  }
  *out = string_close(s);
  return true;
}

OmniValue omni_prim_str(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv) {
  (void)site;
  if (argc == 1 && omni_is_string(argv[0])) return argv[0];
  OmniValue s;
  if (append_pieces(t, argc, argv, &s)) return s;
  OmniText x = {.t = t};
  for (int64_t i = 0; i < argc; i++) omni_print_value(&x, argv[i], OMNI_DISPLAY);
  return omni_text_string(&x);
}

OmniValue omni_prim_string_append(OmniThread *t, const OmniSite *site, int64_t argc,
                                  const OmniValue *argv) {
  for (int64_t i = 0; i < argc; i++)
    if (!omni_is_string(argv[i]))
      return omni_error_kind(t, site, "string-append", "String", argv[i]);
  OmniValue s = OMNI_NOTHING;
  append_pieces(t, argc, argv, &s);
  return s;
}

/* (make-string n [char]) */
OmniValue omni_prim_make_string(OmniThread *t, const OmniSite *site, OmniValue count,
                                OmniValue fill) {
  int64_t n;
  char few[4];
  if (!rti_int_operand(t, site, "make-string", "Int length of at least 0", count, 0,
                       INT64_C(1) << 34, &n))
    return OMNI_NOTHING;
  if (fill == OMNI_ABSENT) fill = omni_char(' ');
  if (!omni_is_char(fill)) return omni_error_kind(t, site, "make-string", "Char", fill);
  size_t width = u8_encode(omni_char_value(fill), few), nchars = (size_t)n;
  OmniValue s = string_new(t, nchars * width, nchars);
  for (size_t i = 0; i < nchars; i++) memcpy(string_bytes(s) + i * width, few, width);
  return string_close(s);
}

/* ---- primitives: lists of characters ---- */

OmniValue omni_prim_string_to_list(OmniThread *t, const OmniSite *site, OmniValue s) {
  size_t at, width;
  const char *bytes = rti_string_operand(t, site, "string->list", s, &at);
  if (bytes == NULL) return OMNI_EMPTY;
  OmniValue list = OMNI_EMPTY;
  while (at > 0) {
    do at--;
    while (u8_is_continuation(bytes[at]));
    list = omni_cons(t, omni_char(u8_decode(bytes + at, &width)), list);
  }
  return list;
}

OmniValue omni_prim_list_to_string(OmniThread *t, const OmniSite *site, OmniValue list) {
  OmniText x = {.t = t};
  OmniValue rest = list;
  for (; omni_is_pair(rest); rest = omni_slot(rest, 1)) {
    OmniValue c = omni_slot(rest, 0);
    if (!omni_is_char(c)) {
      omni_text_free(&x);
      return omni_error_kind(t, site, "list->string", "List of Char", c);
    }
    omni_text_add_char(&x, omni_char_value(c));
  }
  if (rest != OMNI_EMPTY) {
    omni_text_free(&x);
    return omni_error_kind(t, site, "list->string", "List", list);
  }
  return omni_text_string(&x);
}
