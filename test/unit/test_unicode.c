/* UTF-8, character properties and case of the runtime. */
#include <stdlib.h>

#include "check.h"
#include "unicode.h"

static uint32_t decode(const char *bytes, unsigned *n) {
  return utf8_decode(bytes, bytes + strlen(bytes), n);
}

static void every_scalar_value_survives_utf8(void) {
  bool all = true;
  for (uint32_t c = 1; c <= UNICODE_LAST; c++) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    char bytes[UTF8_MAX];
    unsigned n = utf8_encode(c, bytes), m;
    all = all && utf8_decode(bytes, bytes + n, &m) == c && m == n;
    all = all && (n == 1 || utf8_decode(bytes, bytes + n - 1, &m) == UINT32_MAX);
  }
  CHECK(all);
}

static void what_is_not_utf8_is_refused(void) {
  static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
                                    "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                    "\xff", "\xc3", "\xe2\x82", "\xc3("};
  unsigned n;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CHECK(decode(bad[i], &n) == UINT32_MAX && n == 1);
}

static void properties(void) {
  CHECK(unicode_is_alphabetic('a') && unicode_is_alphabetic(0x3bb) && unicode_is_alphabetic(0x540d));
  CHECK(!unicode_is_alphabetic('1') && !unicode_is_alphabetic('[') && !unicode_is_alphabetic(0x301));
  CHECK(unicode_is_numeric('7') && unicode_is_numeric(0x663) && !unicode_is_numeric('a'));
  CHECK(unicode_digit_value('7') == 7 && unicode_digit_value(0x663) == 3);
  CHECK(unicode_digit_value(0x1d7d8 + 5) == 5 && unicode_digit_value('a') == -1);
  CHECK(unicode_is_whitespace(' ') && unicode_is_whitespace(0xa0) && unicode_is_whitespace(0x3000));
  CHECK(!unicode_is_whitespace(0x200b) && !unicode_is_whitespace(0) && !unicode_is_whitespace('a'));
}

static void simple_case(void) {
  CHECK(unicode_char_upper('a') == 'A' && unicode_char_lower('Z') == 'z');
  CHECK(unicode_char_upper(0xe9) == 0xc9 && unicode_char_lower(0x3a9) == 0x3c9);
  CHECK(unicode_char_upper(0xdf) == 0xdf); /* ß has no single capital in the mapping */
  CHECK(unicode_char_upper(0xff) == 0x178 && unicode_char_lower(0x1e9e) == 0xdf);
  CHECK(unicode_char_upper(0x101) == 0x100 && unicode_char_upper(0x100) == 0x100);
  CHECK(unicode_char_lower(0x10400) == 0x10428 && unicode_char_upper(0x10d0) == 0x1c90);
  CHECK(unicode_char_upper('1') == '1' && unicode_char_upper(0x110000) == 0x110000);
}

static bool maps(size_t (*map)(const char *, size_t, char *), const char *from, const char *to) {
  char out[64];
  size_t n = map(from, strlen(from), NULL);
  return n == strlen(to) && map(from, strlen(from), out) == n && !memcmp(out, to, n);
}

static void case_of_strings(void) {
  CHECK(maps(utf8_upper, "straße ﬁ ŉ", "STRASSE FI ʼN"));
  CHECK(maps(utf8_upper, "", "") && maps(utf8_lower, "", ""));
  CHECK(maps(utf8_lower, "ÀÉÎ ABC", "àéî abc"));
  CHECK(maps(utf8_lower, "İ", "i̇"));
  CHECK(maps(utf8_lower, "ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ"));
  CHECK(maps(utf8_upper, "οδος", "ΟΔΟΣ"));
}

static const Test tests[] = {
    {"every_scalar_value_survives_utf8", every_scalar_value_survives_utf8},
    {"what_is_not_utf8_is_refused", what_is_not_utf8_is_refused},
    {"properties", properties},
    {"simple_case", simple_case},
    {"case_of_strings", case_of_strings},
};

int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
