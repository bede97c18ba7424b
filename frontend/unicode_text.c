/* Character classes of the source text: which characters make names, how wide
 * they show. ASCII is answered from a string, the rest by binary search in
 * generated ranges (unicode_text_data.h). */
#include "unicode_text.h"

#include <stddef.h>
#include <string.h>

#include "unicode_text_data.h"

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

static bool is_ascii_letter(uint32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool text_is_symbol_start(uint32_t c) {
  if (c < 0x80) return is_ascii_letter(c) || (c && strchr("*!-_?%/=<>+~$|", (int)c));
  return in_ranges(letter_ranges, COUNT(letter_ranges), c);
}

bool text_is_symbol_part(uint32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || text_is_symbol_start(c);
  return in_ranges(symbol_ranges, COUNT(symbol_ranges), c);
}

bool text_is_bidi_control(uint32_t c) {
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
         c == 0x200f || c == 0x61c;
}

int text_width(uint32_t c) {
  if (c < 0x300) return 1;
  if (in_ranges(zero_width_ranges, COUNT(zero_width_ranges), c)) return 0;
  return in_ranges(wide_ranges, COUNT(wide_ranges), c) ? 2 : 1;
}

char text_lookalike(uint32_t c) {
  if ((c >= 0x2000 && c <= 0x200b) || c == 0xa0 || c == 0x202f || c == 0x3000) return ' ';
  if (c >= 0x2010 && c <= 0x2015) return '-';
  switch (c) {
  case 0x201c: case 0x201d: case 0x201e: case 0xab: case 0xbb: return '"';
  case 0x2018: case 0x2019: case 0xb4: return '\'';
  case 0xff08: return '(';
  case 0xff09: return ')';
  case 0x2212: return '-';
  case 0xd7: return '*';
  case 0xff1d: return '=';
  default: return 0;
  }
}
