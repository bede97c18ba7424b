/* Numbers.
 *
 * A word that starts like a number is taken whole and then held against the
 * grammar, so that `3.x` or `1__0` is one error on the whole word:
 *
 *   int    [+-] digits | 0x hexdigits | 0b bits        one _ between two digits
 *   float  [+-] (digits . digits? | . digits | digits) [e [+-] digits]
 *
 * Ints beyond 64 bits stay decimal digits; 0x and 0b are converted by repeated
 * division, which is quadratic and therefore limited. Floats go through strtod,
 * which rounds correctly; the compiler never leaves the "C" locale.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum { SHOWN_BYTES = 40 }; /* of a malformed number, in its message */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool read_number_starts(const char *p, const char *end) {
  if (p < end && (*p == '+' || *p == '-')) p++;
  if (p < end && *p == '.') p++;
  return p < end && is_digit(*p);
}

/* ---- errors ---- */

static Datum *malformed(Reader *r, const char *start, const char *end, const char *help) {
  bool is_long = end - start > SHOWN_BYTES;
  int n = is_long ? SHOWN_BYTES : (int)(end - start);
  while (is_long && ((unsigned char)start[n] & 0xc0) == 0x80) n--;
  diag_report(r->diag, DIAG_E0105, read_span(r, start, end), "`%.*s%s` is not a number", n, start,
              is_long ? "..." : "");
  if (help) diag_help(r->diag, "%s", help);
  return read_datum_new(r, DATUM_ERROR, start, end);
}

static Datum *too_large(Reader *r, const char *start, const char *end, const char *what) {
  diag_report(r->diag, DIAG_E0106, read_span(r, start, end), "%s", what);
  return read_datum_new(r, DATUM_ERROR, start, end);
}

static bool is_all_digits(const char *p, const char *end) {
  if (p == end) return false;
  while (p < end && is_digit(*p)) p++;
  return p == end;
}

static bool is_ratio(const char *p, const char *end) {
  if (p < end && (*p == '+' || *p == '-')) p++;
  const char *slash = memchr(p, '/', (size_t)(end - p));
  return slash && is_all_digits(p, slash) && is_all_digits(slash + 1, end);
}

/* What to say about a word that is no decimal number. */
static const char *help_for(const char *start, const char *end) {
  for (const char *p = start; p < end; p++) {
    if (*p == 'E' && p > start && (is_digit(p[-1]) || p[-1] == '.'))
      return "the exponent is written with a small e, as in 1e5";
    if (*p == '_' && (p + 1 == end || !is_digit(p[1]) || p == start || !is_digit(p[-1])))
      return "one _ may stand between two digits, as in 1_000";
    if (*p == '.' && p + 1 < end && !is_digit(p[1]) && p[1] != 'e')
      return "a number has no fields; a path starts with a name, ) or ]";
  }
  return "names do not start with a digit; numbers end at a blank or bracket";
}

/* ---- integers ---- */

static Datum *int_from_digits(Reader *r, const char *start, const char *end, const char *digits,
                              size_t n, bool negative) {
  Datum *d = read_datum_new(r, DATUM_INT, start, end);
  while (n > 1 && *digits == '0') digits++, n--;
  int64_t value = 0;
  bool fits = true;
  for (size_t i = 0; i < n && fits; i++) {
    int64_t digit = negative ? '0' - digits[i] : digits[i] - '0';
    fits = !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, digit, &value);
  }
  if (fits) d->integer = value;
  else d->digits = arena_printf(r->arena, "%s%.*s", negative ? "-" : "", (int)n, digits);
  return d;
}

static int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/* The bits, 32 a limb, least first; cleared and big enough. */
static size_t limbs_fill(uint32_t *limbs, const char *digits, size_t n, unsigned bits_per_digit) {
  size_t bit = 0;
  for (size_t i = n; i-- > 0; bit += bits_per_digit) {
    uint64_t v = (uint64_t)digit_value(digits[i]) << bit % 32;
    limbs[bit / 32] |= (uint32_t)v;
    limbs[bit / 32 + 1] |= (uint32_t)(v >> 32);
  }
  return bit / 32 + 1;
}

/* Divides by 10^9 in place, shortens n, and returns the remainder. */
static uint32_t limbs_divide(uint32_t *limbs, size_t *n) {
  uint64_t rest = 0;
  for (size_t i = *n; i-- > 0;) {
    uint64_t v = rest << 32 | limbs[i];
    limbs[i] = (uint32_t)(v / 1000000000);
    rest = v % 1000000000;
  }
  while (*n && !limbs[*n - 1]) --*n;
  return (uint32_t)rest;
}

static Datum *int_from_base(Reader *r, const char *start, const char *end, const char *digits,
                            size_t n, unsigned bits_per_digit) {
  uint32_t *limbs = ARENA_ARRAY(r->arena, uint32_t, n * bits_per_digit / 32 + 2);
  size_t nlimbs = limbs_fill(limbs, digits, n, bits_per_digit);
  size_t room = n * bits_per_digit / 3 + 10, at = room;
  char *decimal = arena_alloc(r->arena, room);
  do {
    uint32_t part = limbs_divide(limbs, &nlimbs);
    for (int i = 0; i < 9; i++, part /= 10) decimal[--at] = (char)('0' + part % 10);
  } while (nlimbs);
  return int_from_digits(r, start, end, decimal + at, room - at, false);
}

static Datum *read_based(Reader *r, const char *start, const char *end, unsigned bits_per_digit) {
  char *digits = arena_alloc(r->arena, (size_t)(end - start));
  size_t n = 0;
  for (const char *p = start + 2; p < end; p++) {
    if (*p == '_' && n && p[-1] != '_' && p + 1 < end) continue;
    if (digit_value(*p) >= 1 << bits_per_digit)
      return malformed(r, start, end, bits_per_digit == 1 ? "after 0b stand digits 0 and 1"
                                                          : "after 0x stand digits 0-9 and a-f");
    digits[n++] = *p;
  }
  if (!n) return malformed(r, start, end, "digits must follow");
  if (n > READ_MAX_BASED)
    return too_large(r, start, end, "this literal has more than 100,000 digits");
  return int_from_base(r, start, end, digits, n, bits_per_digit);
}

/* ---- decimal ---- */

/* Moves over digits with single _ between them; copies the digits. */
static const char *scan_digits(const char *p, const char *end, char *to, size_t *n) {
  while (p < end && is_digit(*p)) {
    to[(*n)++] = *p++;
    if (p + 1 < end && *p == '_' && is_digit(p[1])) p++;
  }
  return p;
}

/* Copies an exponent, if one is there and whole; else stays where it is. */
static const char *scan_exponent(const char *p, const char *end, char *to, size_t *n) {
  if (p == end || *p != 'e') return p;
  const char *digits = p + 1;
  if (digits < end && (*digits == '+' || *digits == '-')) digits++;
  if (digits == end || !is_digit(*digits)) return p;
  while (p < digits) to[(*n)++] = *p++;
  return scan_digits(p, end, to, n);
}

static Datum *float_from(Reader *r, const char *start, const char *end, const char *clean) {
  Datum *d = read_datum_new(r, DATUM_FLOAT, start, end);
  d->number = strtod(clean, NULL);
  if (isfinite(d->number)) return d;
  too_large(r, start, end, "this number is too large for a Float");
  diag_help(r->diag, "infinity is written %cinf.0", d->number < 0 ? '-' : '+');
  d->kind = DATUM_ERROR;
  return d;
}

static Datum *read_decimal(Reader *r, const char *start, const char *end) {
  char *clean = arena_alloc(r->arena, (size_t)(end - start) + 1);
  size_t n = 0, sign = 0;
  const char *p = start;
  if (*p == '+') p++;
  if (*p == '-') clean[n++] = *p++, sign = 1;
  p = scan_digits(p, end, clean, &n);
  if (p == end) return int_from_digits(r, start, end, clean + sign, n - sign, sign);
  if (*p == '.') {
    clean[n++] = *p++;
    p = scan_digits(p, end, clean, &n);
  }
  p = scan_exponent(p, end, clean, &n);
  if (p < end) return malformed(r, start, end, help_for(start, end));
  clean[n] = 0;
  return float_from(r, start, end, clean);
}

Datum *read_number(Reader *r, const char *start, const char *end) {
  const char *p = *start == '+' || *start == '-' ? start + 1 : start;
  if (is_ratio(start, end)) {
    diag_report(r->diag, DIAG_E0901, read_span(r, start, end), "exact fractions are not there yet");
    diag_help(r->diag, "for a Float write (/ a b)");
    return read_datum_new(r, DATUM_ERROR, start, end);
  }
  if (end - start > READ_MAX_DECIMAL)
    return too_large(r, start, end, "this literal has more than 1,000,000 characters");
  if (end - p > 1 && p[0] == '0' && strchr("xbXBoO", p[1])) {
    if (p > start) return malformed(r, start, end, "0x and 0b take no sign: write (- 0xff)");
    if (p[1] == 'x') return read_based(r, start, end, 4);
    if (p[1] == 'b') return read_based(r, start, end, 1);
    return malformed(r, start, end, "the prefixes are 0x for hexadecimal and 0b for binary");
  }
  return read_decimal(r, start, end);
}
