/* Numbers to text and back.
 *
 * Text is read in the syntax of number literals (language.md, the character
 * calculus): a sign, digits with single underscores between them, 0x and 0b
 * without a sign, a point, a small e with an exponent, +inf.0 -inf.0 +nan.0.
 * With a base other than 10: a sign and digits. Anything else is not a number;
 * nothing is skipped, not even blanks.
 */
#include <math.h>
#include <stdlib.h>

#include "bignum.h"

/* ---- to text ---- */

void rti_text_add_number(OmniText *x, OmniValue v, unsigned base) {
  if (omni_is_double(v)) {
    char text[OMNI_FLOAT_TEXT_MAX];
    omni_text_add(x, text, omni_float_text(omni_double_value(v), text));
    return;
  }
  big_add_text(x, v, base);
}

static bool base_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                         unsigned *base) {
  int64_t n = 10;
  if (v != OMNI_ABSENT && !rti_int_operand(t, site, op, "Int base from 2 to 36", v, 2, 36, &n))
    return false;
  *base = (unsigned)n;
  return true;
}

OmniValue omni_prim_number_to_string(OmniThread *t, const OmniSite *site, OmniValue v,
                                     OmniValue radix) {
  unsigned base;
  if (!omni_is_number(v)) return omni_error_kind(t, site, "number->string", "Number", v);
  if (!base_operand(t, site, "number->string", radix, &base)) return OMNI_NOTHING;
  if (base != 10 && omni_is_double(v))
    return omni_error_kind(t, site, "number->string", "Int with a base other than 10", v);
  OmniText x = {.t = t};
  rti_text_add_number(&x, v, base);
  return omni_text_string(&x);
}

/* ---- from text ---- */

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

OmniValue rti_int_from_digits(OmniThread *t, const char *digits, size_t n, unsigned base,
                              bool negative) {
  uint8_t few[64];
  uint8_t *values = n <= sizeof few ? few : rti_allocate(t, n);
  for (size_t i = 0; i < n; i++) values[i] = (uint8_t)digit_value(digits[i]);
  OmniValue v = big_from_digit_values(t, values, n, base, negative);
  if (values != few) rti_release(t, values, n);
  return v;
}

/* Copies the digits of text to `out` without their underscores; 0 when they are
 * not digits of the base with single underscores between them. */
static size_t plain_digits(const char *text, size_t n, unsigned base, char *out) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '_') {
      if (i == 0 || i + 1 == n || text[i + 1] == '_') return 0;
      continue;
    }
    if (digit_value(text[i]) >= (int)base) return 0;
    out[count++] = text[i];
  }
  return count;
}

static OmniValue integer_from_text(OmniThread *t, const char *text, size_t n, unsigned base,
                                   bool negative, char *plain) {
  size_t count = plain_digits(text, n, base, plain);
  if (count == 0) return OMNI_NOTHING;
  return rti_int_from_digits(t, plain, count, base, negative);
}

static size_t span_of_digits(const char *text, size_t n) {
  size_t i = 0;
  while (i < n && ((text[i] >= '0' && text[i] <= '9') || text[i] == '_')) i++;
  return i;
}

/* digits [. digits] [e [sign] digits] with a digit before or after the point;
 * `plain` has room for the text and a 0. */
static OmniValue float_from_text(OmniThread *t, const char *text, size_t n, bool negative,
                                 char *plain) {
  size_t at = span_of_digits(text, n), count = 0;
  bool any = at > 0;
  if (at > 0 && (count = plain_digits(text, at, 10, plain)) == 0) return OMNI_NOTHING;
  if (at < n && text[at] == '.') {
    plain[count++] = text[at++];
    size_t fraction = span_of_digits(text + at, n - at);
    if (fraction > 0) {
      size_t digits = plain_digits(text + at, fraction, 10, plain + count);
      if (digits == 0) return OMNI_NOTHING;
      count += digits;
      at += fraction;
      any = true;
    }
  }
  if (!any) return OMNI_NOTHING;
  if (at < n) {
    if (text[at] != 'e') return OMNI_NOTHING;
    plain[count++] = text[at++];
    if (at < n && (text[at] == '-' || text[at] == '+')) plain[count++] = text[at++];
    size_t digits = plain_digits(text + at, n - at, 10, plain + count);
    if (digits == 0) return OMNI_NOTHING;
    count += digits;
  }
  plain[count] = 0;
  double d = strtod(plain, NULL);
  return omni_double(t, negative ? -d : d);
}

static OmniValue special_from_text(OmniThread *t, const char *text, size_t n) {
  if (n != 6) return OMNI_NOTHING;
  if (memcmp(text, "+inf.0", 6) == 0) return omni_double(t, (double)INFINITY);
  if (memcmp(text, "-inf.0", 6) == 0) return omni_double(t, -(double)INFINITY);
  if (memcmp(text, "+nan.0", 6) == 0) return omni_double(t, (double)NAN);
  return OMNI_NOTHING;
}

/* `plain` has room for n + 1 bytes. */
static OmniValue number_from_text(OmniThread *t, const char *text, size_t n, unsigned base,
                                  char *plain) {
  if (n == 0) return OMNI_NOTHING;
  bool sign = *text == '-' || *text == '+', negative = *text == '-';
  const char *digits = text + sign;
  size_t ndigits = n - sign;
  if (ndigits == 0) return OMNI_NOTHING;
  if (base != 10) return integer_from_text(t, digits, ndigits, base, negative, plain);
  if (!sign && n > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'b'))
    return integer_from_text(t, text + 2, n - 2, text[1] == 'x' ? 16 : 2, false, plain);
  if (span_of_digits(digits, ndigits) == ndigits)
    return integer_from_text(t, digits, ndigits, 10, negative, plain);
  OmniValue special = sign ? special_from_text(t, text, n) : OMNI_NOTHING;
  if (special != OMNI_NOTHING) return special;
  return float_from_text(t, digits, ndigits, negative, plain);
}

OmniValue rti_number_from_text(OmniThread *t, const char *text, size_t n, unsigned base) {
  char few[128];
  char *plain = n < sizeof few ? few : rti_allocate(t, n + 1);
  OmniValue v = number_from_text(t, text, n, base, plain);
  if (plain != few) rti_release(t, plain, n + 1);
  return v;
}

OmniValue omni_prim_string_to_number(OmniThread *t, const OmniSite *site, OmniValue s,
                                     OmniValue radix) {
  size_t n;
  unsigned base;
  const char *text = rti_string_operand(t, site, "string->number", s, &n);
  if (text == NULL || !base_operand(t, site, "string->number", radix, &base)) return OMNI_NOTHING;
  return rti_number_from_text(t, text, n, base);
}
