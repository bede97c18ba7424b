/* Doubles as text: the shortest digits that read back as the same number.
 *
 * printf rounds correctly to any number of digits, so the shortest form is
 * found by trying 15, 16 and 17 digits and reading back; 15 always suffice for
 * what was written with 15 or fewer, 17 for everything. Two cases need more
 * care: subnormal numbers have fewer significant digits, so the search starts
 * at 1; and just below a power of two the doubles lie closer, so that the
 * rounded 16 digits may fall out of the narrow side while the next decimal
 * upwards is still inside.
 *
 * Layout: positional for 1e-7 <= |x| < 1e21, else with an exponent; always
 * with a point or an exponent, so that it reads back as a Float.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "values.h"

typedef struct Decimal { /* 0.d1d2d3... times 10^point */
  char digits[20];
  int n, point;
} Decimal;

/* Digits of d > 0 rounded to n digits. */
static void decimal_round(Decimal *x, double d, int n) {
  char text[40];
  snprintf(text, sizeof text, "%.*e", n - 1, d);
  const char *p = text;
  x->n = 0;
  for (; *p != 'e'; p++)
    if (*p != '.') x->digits[x->n++] = *p;
  x->point = atoi(p + 1) + 1;
}

static double decimal_value(const Decimal *x) {
  char text[48];
  snprintf(text, sizeof text, "0.%.*se%d", x->n, x->digits, x->point);
  return strtod(text, NULL);
}

/* One unit more in the last place; false when the digits are all nines. */
static bool decimal_increment(Decimal *x) {
  for (int i = x->n - 1; i >= 0; i--) {
    if (x->digits[i] < '9') {
      x->digits[i]++;
      return true;
    }
    x->digits[i] = '0';
  }
  return false;
}

static bool is_power_of_two(double d) {
  int exponent;
  return frexp(d, &exponent) == 0.5;
}

static void decimal_shortest(Decimal *x, double d) {
  for (int n = d < DBL_MIN ? 1 : 15; n <= 17; n++) {
    decimal_round(x, d, n);
    if (n == 17 || decimal_value(x) == d) break;
    if (n == 16 && is_power_of_two(d) && decimal_increment(x) && decimal_value(x) == d) break;
  }
  while (x->n > 1 && x->digits[x->n - 1] == '0') x->n--;
}

static char *put(char *to, const char *bytes, int n) {
  memcpy(to, bytes, (size_t)n);
  return to + n;
}
static char *put_zeros(char *to, int n) {
  memset(to, '0', (size_t)n);
  return to + n;
}

/* 123.0, 1.25, 0.0001 */
static char *layout_positional(char *to, const Decimal *x) {
  if (x->point <= 0) {
    to = put(to, "0.", 2);
    to = put_zeros(to, -x->point);
    return put(to, x->digits, x->n);
  }
  if (x->point >= x->n) {
    to = put(to, x->digits, x->n);
    to = put_zeros(to, x->point - x->n);
    return put(to, ".0", 2);
  }
  to = put(to, x->digits, x->point);
  to = put(to, ".", 1);
  return put(to, x->digits + x->point, x->n - x->point);
}

/* 1e21, 1.5e-7 */
static char *layout_exponent(char *to, const Decimal *x) {
  to = put(to, x->digits, 1);
  if (x->n > 1) {
    to = put(to, ".", 1);
    to = put(to, x->digits + 1, x->n - 1);
  }
  char text[8];
  return put(to, text, snprintf(text, sizeof text, "e%d", x->point - 1));
}

/* Whole numbers below 2^53 need no search. */
static char *layout_whole(char *to, uint64_t n) {
  char digits[20];
  int at = (int)sizeof digits;
  do {
    digits[--at] = (char)('0' + n % 10);
    n /= 10;
  } while (n != 0);
  to = put(to, digits + at, (int)sizeof digits - at);
  return put(to, ".0", 2);
}

size_t omni_float_text(double d, char *out) {
  char *to = out;
  if (isnan(d)) return (size_t)(put(to, "+nan.0", 6) - out);
  if (isinf(d)) return (size_t)(put(to, d < 0 ? "-inf.0" : "+inf.0", 6) - out);
  if (signbit(d)) *to++ = '-';
  d = fabs(d);
  if (d < 0x1p53 && trunc(d) == d) return (size_t)(layout_whole(to, (uint64_t)d) - out);
  Decimal x;
  decimal_shortest(&x, d);
  bool positional = x.point > -7 && x.point <= 21;
  to = positional ? layout_positional(to, &x) : layout_exponent(to, &x);
  return (size_t)(to - out);
}
