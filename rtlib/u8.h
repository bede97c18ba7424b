/* UTF-8 of strings, inline: one code point at a time, and counting. Text that is
 * in a string was checked when it came in, and these trust it; unicode.h has the
 * decoder for text from outside.
 */
#ifndef OMNI_U8_H
#define OMNI_U8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool u8_is_continuation(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* Bytes of the character that starts with this byte. */
static inline size_t u8_width_at(const char *p) {
  unsigned char c = (unsigned char)*p;
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static inline uint32_t u8_decode(const char *p, size_t *width) {
  const unsigned char *u = (const unsigned char *)p;
  *width = u8_width_at(p);
  switch (*width) {
  case 1: return u[0];
  case 2: return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
  case 3: return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
  default:
    return (u[0] & 0x07u) << 18 | (u[1] & 0x3fu) << 12 | (u[2] & 0x3fu) << 6 | (u[3] & 0x3fu);
  }
}

static inline size_t u8_encode(uint32_t c, char *to) {
  unsigned char *u = (unsigned char *)to;
  if (c < 0x80) {
    u[0] = (unsigned char)c;
    return 1;
  }
  if (c < 0x800) {
    u[0] = (unsigned char)(0xc0 | c >> 6);
    u[1] = (unsigned char)(0x80 | (c & 0x3f));
    return 2;
  }
  if (c < 0x10000) {
    u[0] = (unsigned char)(0xe0 | c >> 12);
    u[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
    u[2] = (unsigned char)(0x80 | (c & 0x3f));
    return 3;
  }
  u[0] = (unsigned char)(0xf0 | c >> 18);
  u[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
  u[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
  u[3] = (unsigned char)(0x80 | (c & 0x3f));
  return 4;
}

/* Code points are 0..0x10ffff without the surrogates. */
static inline bool u8_is_code_point(int64_t c) {
  return c >= 0 && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

static inline size_t u8_count(const char *p, size_t nbytes) {
  size_t n = 0;
  for (size_t i = 0; i < nbytes; i++) n += !u8_is_continuation(p[i]);
  return n;
}

/* How many of the bytes are valid UTF-8 from the start; text.c. */
size_t u8_valid_prefix(const char *p, size_t nbytes);

#endif
