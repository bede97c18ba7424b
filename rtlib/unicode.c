/* Unicode properties, case mapping and UTF-8.
 *
 * The tables (unicode_data.h, generated) are sorted ranges, looked up by
 * binary search; ASCII, nearly all there is, is answered before. Case mapping
 * has two levels as in the standard: a simple mapping of one character to one,
 * and the list of characters whose full mapping has several. The one rule that
 * looks at the surroundings is the final sigma.
 */
#include "unicode.h"

#include <string.h>

#include "unicode_data.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool in_ranges(const UnicodeRange *table, size_t n, uint32_t c) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (c > table[middle].last) low = middle + 1;
    else high = middle;
  }
  return low < n && table[low].first <= c;
}

bool unicode_is_alphabetic(uint32_t c) {
  if (c < 0x80) return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  return in_ranges(alphabetic_ranges, COUNT(alphabetic_ranges), c);
}

bool unicode_is_numeric(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return in_ranges(numeric_ranges, COUNT(numeric_ranges), c);
}

bool unicode_is_whitespace(uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return in_ranges(whitespace_ranges, COUNT(whitespace_ranges), c);
}

/* Digits come in runs of ten from a zero; a range may hold several runs. */
int unicode_digit_value(uint32_t c) {
  for (size_t i = 0; i < COUNT(numeric_ranges); i++)
    if (c >= numeric_ranges[i].first && c <= numeric_ranges[i].last)
      return (int)((c - numeric_ranges[i].first) % 10);
  return -1;
}

static uint32_t map_simple(const UnicodeMapping *table, size_t n, uint32_t c) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (c > table[middle].last) low = middle + 1;
    else high = middle;
  }
  if (low == n || c < table[low].first || (c - table[low].first) % table[low].step) return c;
  return (uint32_t)((int64_t)c + table[low].delta);
}

uint32_t unicode_char_upper(uint32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 0x20 : c;
  return map_simple(upper_ranges, COUNT(upper_ranges), c);
}

uint32_t unicode_char_lower(uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  return map_simple(lower_ranges, COUNT(lower_ranges), c);
}

static unsigned map_full(const UnicodeExpansion *table, size_t n, uint32_t c, uint32_t to[]) {
  for (size_t low = 0, high = n; low < high;) {
    size_t middle = low + (high - low) / 2;
    if (c < table[middle].from) {
      high = middle;
    } else if (c > table[middle].from) {
      low = middle + 1;
    } else {
      unsigned k = 0;
      for (; k < UNICODE_CASE_MAX && table[middle].to[k]; k++) to[k] = table[middle].to[k];
      return k;
    }
  }
  return 0;
}

unsigned unicode_full_upper(uint32_t c, uint32_t to[UNICODE_CASE_MAX]) {
  unsigned n = c < 0x80 ? 0 : map_full(upper_full, COUNT(upper_full), c, to);
  if (n) return n;
  to[0] = unicode_char_upper(c);
  return 1;
}

unsigned unicode_full_lower(uint32_t c, uint32_t to[UNICODE_CASE_MAX]) {
  unsigned n = c < 0x80 ? 0 : map_full(lower_full, COUNT(lower_full), c, to);
  if (n) return n;
  to[0] = unicode_char_lower(c);
  return 1;
}

/* ---- UTF-8 ---- */

static bool is_continuation(const char *p, const char *end) {
  return p < end && ((unsigned char)*p & 0xc0) == 0x80;
}

uint32_t utf8_decode(const char *p, const char *end, unsigned *nbytes) {
  unsigned char lead = (unsigned char)*p;
  *nbytes = 1;
  if (lead < 0x80) return lead;
  unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4) return UINT32_MAX;
  uint32_t c = lead & (0x3fu >> more);
  for (unsigned i = 1; i <= more; i++) {
    if (!is_continuation(p + i, end)) return UINT32_MAX;
    c = c << 6 | ((unsigned char)p[i] & 0x3f);
  }
  static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
  if (c < least[more] || c > UNICODE_LAST || (c >= 0xd800 && c <= 0xdfff)) return UINT32_MAX;
  *nbytes = more + 1;
  return c;
}

unsigned utf8_encode(uint32_t c, char to[UTF8_MAX]) {
  if (c < 0x80) {
    to[0] = (char)c;
    return 1;
  }
  unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[4] = {0, 0xc0, 0xe0, 0xf0};
  to[0] = (char)(lead[more] | c >> (6 * more));
  for (unsigned i = 1; i <= more; i++) to[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
  return more + 1;
}

static size_t put(uint32_t c, char *to, size_t at) {
  char bytes[UTF8_MAX];
  unsigned n = utf8_encode(c, bytes);
  if (to) memcpy(to + at, bytes, n);
  return at + n;
}

size_t utf8_upper(const char *bytes, size_t nbytes, char *to) {
  const char *end = bytes + nbytes;
  size_t at = 0;
  unsigned n;
  for (const char *p = bytes; p < end; p += n) {
    uint32_t mapped[UNICODE_CASE_MAX], c = utf8_decode(p, end, &n);
    if (c == UINT32_MAX) c = 0xfffd;
    for (unsigned i = 0, k = unicode_full_upper(c, mapped); i < k; i++) at = put(mapped[i], to, at);
  }
  return at;
}

enum { CAPITAL_SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2 };

/* A sigma is final if a letter stands before it and none after. */
static bool next_is_letter(const char *p, const char *end) {
  unsigned n;
  return p < end && unicode_is_alphabetic(utf8_decode(p, end, &n));
}

size_t utf8_lower(const char *bytes, size_t nbytes, char *to) {
  const char *end = bytes + nbytes;
  size_t at = 0;
  unsigned n;
  bool after_letter = false;
  for (const char *p = bytes; p < end; p += n) {
    uint32_t mapped[UNICODE_CASE_MAX], c = utf8_decode(p, end, &n);
    if (c == UINT32_MAX) c = 0xfffd;
    unsigned k = unicode_full_lower(c, mapped);
    if (c == CAPITAL_SIGMA && after_letter && !next_is_letter(p + n, end)) mapped[0] = FINAL_SIGMA;
    for (unsigned i = 0; i < k; i++) at = put(mapped[i], to, at);
    after_letter = unicode_is_alphabetic(c);
  }
  return at;
}
