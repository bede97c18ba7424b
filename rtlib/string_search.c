/* Strings: splitting, joining, replacing, trimming, case (index-of and
 * contains? work on every collection and stand in collection.c).
 *
 * Searching is memmem on bytes: UTF-8 has no character inside another, so a
 * match of valid text starts at a character.
 */
#include "collection.h"
#include "u8.h"
#include "unicode.h"
#include "values.h"

typedef struct Bytes {
  const char *at;
  size_t n;
} Bytes;

/* A string or character operand as bytes; `few` holds a character's. */
static bool needle_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                           char few[4], Bytes *out) {
  if (omni_is_char(v)) {
    *out = (Bytes){few, u8_encode(omni_char_value(v), few)};
    return true;
  }
  if (!omni_is_string(v)) {
    omni_error_kind(t, site, op, "String or Char", v);
    return false;
  }
  *out = (Bytes){omni_string_bytes_view(v), omni_string_nbytes(v)};
  return true;
}

static const char *find(const char *from, const char *end, Bytes needle) {
  if (needle.n == 1) return memchr(from, *needle.at, (size_t)(end - from));
  return memmem(from, (size_t)(end - from), needle.at, needle.n);
}

/* ---- prefixes and suffixes ---- */

bool omni_prim_starts_with(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue prefix) {
  size_t nbytes;
  char few[4];
  Bytes what;
  const char *bytes = rti_string_operand(t, site, "starts-with?", s, &nbytes);
  return bytes != NULL && needle_operand(t, site, "starts-with?", prefix, few, &what) &&
         what.n <= nbytes && memcmp(bytes, what.at, what.n) == 0;
}

bool omni_prim_ends_with(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue suffix) {
  size_t nbytes;
  char few[4];
  Bytes what;
  const char *bytes = rti_string_operand(t, site, "ends-with?", s, &nbytes);
  return bytes != NULL && needle_operand(t, site, "ends-with?", suffix, few, &what) &&
         what.n <= nbytes && memcmp(bytes + nbytes - what.n, what.at, what.n) == 0;
}

/* ---- splitting ---- */

/* A list grown at its end. The pairs are the youngest objects there are while
 * it grows, but a string part made later is younger still: hence omni_store. */
typedef struct ListEnd {
  OmniValue first, last;
} ListEnd;

static void list_push(OmniThread *t, ListEnd *l, OmniValue v) {
  OmniValue p = omni_cons(t, v, OMNI_EMPTY);
  if (l->first == OMNI_EMPTY) l->first = p;
  else omni_store(t, l->last, 1, p);
  l->last = p;
}

static void split_characters(OmniThread *t, ListEnd *l, const char *p, const char *end) {
  while (p < end) {
    size_t width = u8_width_at(p);
    list_push(t, l, rti_string_new(t, p, width, 1));
    p += width;
  }
}

static bool blank_at(const char *p, size_t *width) {
  return unicode_is_whitespace(u8_decode(p, width));
}

/* The words between blanks; none is empty. */
static void split_words(OmniThread *t, ListEnd *l, const char *p, const char *end) {
  size_t width;
  while (p < end) {
    while (p < end && blank_at(p, &width)) p += width;
    const char *word = p;
    while (p < end && !blank_at(p, &width)) p += width;
    if (p > word) list_push(t, l, omni_string(t, word, (size_t)(p - word)));
  }
}

static void split_at(OmniThread *t, ListEnd *l, const char *p, const char *end, Bytes separator) {
  const char *at;
  while ((at = find(p, end, separator)) != NULL) {
    list_push(t, l, omni_string(t, p, (size_t)(at - p)));
    p = at + separator.n;
  }
  list_push(t, l, omni_string(t, p, (size_t)(end - p)));
}

/* (split s): words; (split s ""): characters; else what lies between */
OmniValue omni_prim_split(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue separator) {
  size_t nbytes;
  char few[4];
  Bytes what;
  ListEnd l = {OMNI_EMPTY, OMNI_EMPTY};
  const char *bytes = rti_string_operand(t, site, "split", s, &nbytes);
  if (bytes == NULL) return OMNI_NOTHING;
  if (separator == OMNI_ABSENT) {
    split_words(t, &l, bytes, bytes + nbytes);
    return l.first;
  }
  if (!needle_operand(t, site, "split", separator, few, &what)) return OMNI_NOTHING;
  if (what.n == 0) split_characters(t, &l, bytes, bytes + nbytes);
  else split_at(t, &l, bytes, bytes + nbytes, what);
  return l.first;
}

/* ---- joining ---- */

static void join_one(OmniText *x, OmniValue v, bool first, Bytes separator) {
  if (!first) omni_text_add(x, separator.at, separator.n);
  omni_print_value(x, v, OMNI_DISPLAY);
}

/* (join xs [separator]) on a list or array; elements in display form */
OmniValue omni_prim_string_join(OmniThread *t, const OmniSite *site, OmniValue xs,
                                OmniValue separator) {
  char few[4];
  Bytes what = {few, 0};
  if (separator != OMNI_ABSENT && !needle_operand(t, site, "join", separator, few, &what))
    return OMNI_NOTHING;
  OmniText x = {.t = t};
  OmniValue rest = xs;
  if (omni_is_type(xs, OMNI_T_ARRAY)) {
    for (size_t i = 0; i < omni_array_length(xs); i++)
      join_one(&x, omni_array_view(xs)[i], i == 0, what);
    return omni_text_string(&x);
  }
  for (; omni_is_pair(rest); rest = omni_slot(rest, 1))
    join_one(&x, omni_slot(rest, 0), rest == xs, what);
  if (rest == OMNI_EMPTY) return omni_text_string(&x);
  omni_text_free(&x);
  return omni_error_kind(t, site, "join", "List or Array", xs);
}

/* ---- replacing ---- */

OmniValue omni_prim_replace(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue from,
                            OmniValue to) {
  size_t nbytes;
  char few[4], few_to[4];
  Bytes what, with;
  const char *p = rti_string_operand(t, site, "replace", s, &nbytes), *at;
  if (p == NULL || !needle_operand(t, site, "replace", from, few, &what) ||
      !needle_operand(t, site, "replace", to, few_to, &with))
    return OMNI_NOTHING;
  if (what.n == 0) return omni_error_kind(t, site, "replace", "text to look for", from);
  const char *end = p + nbytes;
  if (find(p, end, what) == NULL) return s;
  OmniText x = {.t = t};
  while ((at = find(p, end, what)) != NULL) {
    omni_text_add(&x, p, (size_t)(at - p));
    omni_text_add(&x, with.at, with.n);
    p = at + what.n;
  }
  omni_text_add(&x, p, (size_t)(end - p));
  return omni_text_string(&x);
}

/* ---- trimming ---- */

typedef enum { TRIM_LEFT = 1, TRIM_RIGHT = 2 } Trim;

static OmniValue trim(OmniThread *t, const OmniSite *site, const char *op, unsigned sides,
                      OmniValue s) {
  size_t nbytes, width;
  const char *p = rti_string_operand(t, site, op, s, &nbytes);
  if (p == NULL) return OMNI_NOTHING;
  const char *end = p + nbytes;
  if (sides & TRIM_LEFT)
    while (p < end && blank_at(p, &width)) p += width;
  if (sides & TRIM_RIGHT)
    while (end > p) {
      const char *last = end - 1;
      while (u8_is_continuation(*last)) last--;
      if (!blank_at(last, &width)) break;
      end = last;
    }
  if ((size_t)(end - p) == nbytes) return s;
  return omni_string(t, p, (size_t)(end - p));
}

OmniValue omni_prim_trim(OmniThread *t, const OmniSite *site, OmniValue s) {
  return trim(t, site, "trim", TRIM_LEFT | TRIM_RIGHT, s);
}
OmniValue omni_prim_trim_left(OmniThread *t, const OmniSite *site, OmniValue s) {
  return trim(t, site, "trim-left", TRIM_LEFT, s);
}
OmniValue omni_prim_trim_right(OmniThread *t, const OmniSite *site, OmniValue s) {
  return trim(t, site, "trim-right", TRIM_RIGHT, s);
}

/* ---- case ---- */

typedef size_t CaseMapping(const char *bytes, size_t nbytes, char *to);

static OmniValue map_case(OmniThread *t, const OmniSite *site, const char *op, CaseMapping *mapping,
                          OmniValue s) {
  size_t nbytes;
  const char *bytes = rti_string_operand(t, site, op, s, &nbytes);
  if (bytes == NULL) return OMNI_NOTHING;
  size_t mapped = mapping(bytes, nbytes, NULL);
  char few[256];
  char *to = mapped <= sizeof few ? few : rti_allocate(t, mapped);
  mapping(bytes, nbytes, to);
  OmniValue result = omni_string(t, to, mapped);
  if (to != few) rti_release(t, to, mapped);
  return result;
}

OmniValue omni_prim_upper(OmniThread *t, const OmniSite *site, OmniValue s) {
  return map_case(t, site, "upper", utf8_upper, s);
}
OmniValue omni_prim_lower(OmniThread *t, const OmniSite *site, OmniValue s) {
  return map_case(t, site, "lower", utf8_lower, s);
}
