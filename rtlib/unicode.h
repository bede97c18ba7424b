/* Properties and case of Unicode characters, and UTF-8.
 *
 * A leaf: depends on nothing else of the runtime. Code points are uint32_t;
 * what is not a Unicode scalar value has no property and maps to itself.
 * Sizes are bytes. Tables are constant; any thread may call.
 */
#ifndef OMNI_UNICODE_H
#define OMNI_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4, UNICODE_CASE_MAX = 3, UNICODE_LAST = 0x10ffff };

bool unicode_is_alphabetic(uint32_t c); /* letters and letter numbers */
bool unicode_is_numeric(uint32_t c);    /* decimal digits of any script */
bool unicode_is_whitespace(uint32_t c);
/* -1 if it is no decimal digit */
int unicode_digit_value(uint32_t c);

/* Simple mapping: one character to one (so that ß stays ß). */
uint32_t unicode_char_upper(uint32_t c);
uint32_t unicode_char_lower(uint32_t c);
/* Full mapping, ß to SS; returns how many of `to` it has filled, at least 1. */
unsigned unicode_full_upper(uint32_t c, uint32_t to[UNICODE_CASE_MAX]);
unsigned unicode_full_lower(uint32_t c, uint32_t to[UNICODE_CASE_MAX]);

/* Decodes the code point at p (p < end). Writes its length; for bytes that are
 * not UTF-8 returns UINT32_MAX and length 1. Surrogates, overlong forms and
 * values above 10FFFF are not UTF-8. */
uint32_t utf8_decode(const char *p, const char *end, unsigned *nbytes);
/* c must be a scalar value; returns the length, 1 to UTF8_MAX. */
unsigned utf8_encode(uint32_t c, char to[UTF8_MAX]);

/* Case of a whole string of valid UTF-8, by the full mapping; a capital sigma
 * at the end of a word becomes a final one. `to` may be NULL to measure.
 * Returns the size of the result. */
size_t utf8_upper(const char *bytes, size_t nbytes, char *to);
size_t utf8_lower(const char *bytes, size_t nbytes, char *to);

#endif
