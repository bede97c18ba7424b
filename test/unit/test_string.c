/* Strings, characters, symbols, builders and format. */
#include "runtime_fixture.h"
#include "u8.h"

OmniValue omni_prim_substring(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue start,
                              OmniValue end);
OmniValue omni_prim_string_ref(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue i);
OmniValue omni_prim_str(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv);
OmniValue omni_prim_make_string(OmniThread *t, const OmniSite *site, OmniValue n, OmniValue fill);
OmniValue omni_prim_string_to_list(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_prim_list_to_string(OmniThread *t, const OmniSite *site, OmniValue list);
OmniValue omni_prim_split(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue separator);
OmniValue omni_prim_string_join(OmniThread *t, const OmniSite *site, OmniValue xs, OmniValue sep);
OmniValue omni_prim_replace(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue from,
                            OmniValue to);
OmniValue omni_prim_trim(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_prim_trim_left(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_prim_trim_right(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_prim_upper(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_prim_lower(OmniThread *t, const OmniSite *site, OmniValue s);
bool omni_prim_starts_with(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue prefix);
bool omni_prim_ends_with(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue suffix);
OmniValue omni_prim_format(OmniThread *t, const OmniSite *site, OmniValue template, int64_t argc,
                           const OmniValue *argv);
OmniValue omni_prim_string_builder(OmniThread *t, const OmniSite *site);
OmniValue omni_prim_builder_to_string(OmniThread *t, const OmniSite *site, OmniValue b);
OmniValue omni_prim_char_upcase(OmniThread *t, const OmniSite *site, OmniValue v);
bool omni_prim_char_is_alphabetic(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_gensym(OmniThread *t, const OmniSite *site, OmniValue prefix);
OmniValue omni_prim_symbol_to_string(OmniThread *t, const OmniSite *site, OmniValue v);

/* Whether s is that text, with the right lengths and ending. */
static bool is(OmniValue s, const char *expected) {
  size_t n = strlen(expected);
  return omni_is_string(s) && omni_string_nbytes(s) == n &&
         memcmp(omni_string_bytes_view(s), expected, n) == 0 && omni_string_bytes_view(s)[n] == 0 &&
         omni_string_nchars(s) == u8_count(expected, n);
}

static bool prints(Fixture *f, OmniValue v, const char *expected) {
  OmniText x = {.t = f->t};
  omni_print_value(&x, v, OMNI_WRITE);
  bool same = x.nbytes == strlen(expected) && memcmp(x.bytes, expected, x.nbytes) == 0;
  if (!same) printf("expected %s, got %.*s\n", expected, (int)x.nbytes, x.bytes);
  omni_text_free(&x);
  return same;
}

static void indexes_by_code_point(void) {
  Fixture f = fixture_open();
  OmniValue s = text(&f, "aé漢😀z");
  CHECK(omni_string_nchars(s) == 5 && omni_string_nbytes(s) == 11);
  CHECK(omni_prim_string_ref(f.t, NULL, s, num(2)) == omni_char(0x6f22));
  CHECK(omni_prim_string_ref(f.t, NULL, s, num(3)) == omni_char(0x1f600));
  CHECK(omni_prim_string_ref(f.t, NULL, s, num(4)) == omni_char('z'));
  CHECK(is(omni_prim_substring(f.t, NULL, s, num(1), num(3)), "é漢"));
  CHECK(is(omni_prim_substring(f.t, NULL, s, num(3), OMNI_ABSENT), "😀z"));
  CHECK(is(omni_prim_substring(f.t, NULL, s, num(5), OMNI_ABSENT), ""));
  fixture_close(&f);
}

/* Long texts have a table of offsets: every index is right, at its edges too. */
static void indexes_long_text(void) {
  static const char *const pieces[] = {"a", "é", "漢", "😀"};
  static const uint32_t points[] = {'a', 0xe9, 0x6f22, 0x1f600};
  enum { N = 1000 };
  Fixture f = fixture_open();
  OmniText x = {.t = f.t};
  for (size_t i = 0; i < N; i++) omni_text_add_cstr(&x, pieces[i * 7 / 3 % 4]);
  OmniValue s = omni_text_string(&x);
  CHECK(omni_string_nchars(s) == N);
  for (int64_t i = 0; i < N; i++)
    CHECK(omni_prim_string_ref(f.t, NULL, s, num(i)) == omni_char(points[(size_t)i * 7 / 3 % 4]));
  CHECK(rti_string_offset(s, N) == omni_string_nbytes(s));
  OmniValue immortal = rti_string_immortal(f.t, omni_string_bytes_view(s), omni_string_nbytes(s));
  CHECK(omni_equal(f.t, s, immortal) &&
        rti_string_offset(immortal, 999) == rti_string_offset(s, 999));
  fixture_close(&f);
}

static void joins_and_makes(void) {
  Fixture f = fixture_open();
  OmniValue mixed[] = {text(&f, "a"), num(1), omni_char(0xe9), omni_double(f.t, 2), OMNI_NOTHING};
  CHECK(is(omni_prim_str(f.t, NULL, 5, mixed), "a1é2.0nothing"));
  OmniValue plain[] = {text(&f, "ab"), omni_char('c'), text(&f, "漢")};
  CHECK(is(omni_prim_str(f.t, NULL, 3, plain), "abc漢"));
  CHECK(is(omni_prim_str(f.t, NULL, 0, NULL), ""));
  CHECK(omni_prim_str(f.t, NULL, 1, plain) == plain[0]);
  CHECK(is(omni_prim_make_string(f.t, NULL, num(3), omni_char(0x6f22)), "漢漢漢"));
  CHECK(is(omni_prim_make_string(f.t, NULL, num(2), OMNI_ABSENT), "  "));
  OmniValue list = omni_prim_string_to_list(f.t, NULL, text(&f, "xé漢"));
  CHECK(prints(&f, list, "(#\\x #\\é #\\漢)"));
  CHECK(is(omni_prim_list_to_string(f.t, NULL, list), "xé漢"));
  OmniValue xs[] = {num(1), text(&f, "b"), num(3)};
  CHECK(is(omni_prim_string_join(f.t, NULL, omni_list_from(f.t, xs, 3, OMNI_EMPTY), text(&f, ", ")),
           "1, b, 3"));
  CHECK(is(omni_prim_string_join(f.t, NULL, omni_array_from(f.t, xs, 3), OMNI_ABSENT), "1b3"));
  CHECK(is(omni_prim_string_join(f.t, NULL, OMNI_EMPTY, text(&f, "-")), ""));
  fixture_close(&f);
}

static void splits(void) {
  Fixture f = fixture_open();
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, "a,b,,c"), text(&f, ",")),
               "(\"a\" \"b\" \"\" \"c\")"));
  CHECK(
      prints(&f, omni_prim_split(f.t, NULL, text(&f, ",a,"), omni_char(',')), "(\"\" \"a\" \"\")"));
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, "  one \t two\u3000three\n"), OMNI_ABSENT),
               "(\"one\" \"two\" \"three\")"));
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, "é漢"), text(&f, "")), "(\"é\" \"漢\")"));
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, ""), text(&f, ",")), "(\"\")"));
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, ""), OMNI_ABSENT), "()"));
  CHECK(prints(&f, omni_prim_split(f.t, NULL, text(&f, "a--b"), text(&f, "--")), "(\"a\" \"b\")"));
  fixture_close(&f);
}

static void searches_and_replaces(void) {
  Fixture f = fixture_open();
  OmniValue s = text(&f, "banana");
  CHECK(is(omni_prim_replace(f.t, NULL, s, text(&f, "an"), text(&f, "é")), "bééa"));
  CHECK(is(omni_prim_replace(f.t, NULL, s, text(&f, "a"), text(&f, "")), "bnn"));
  CHECK(omni_prim_replace(f.t, NULL, s, text(&f, "x"), text(&f, "y")) == s);
  CHECK(omni_prim_starts_with(f.t, NULL, s, text(&f, "ban")));
  CHECK(!omni_prim_starts_with(f.t, NULL, s, text(&f, "bananas")));
  CHECK(omni_prim_ends_with(f.t, NULL, s, omni_char('a')));
  CHECK(omni_prim_ends_with(f.t, NULL, s, text(&f, "")));
  CHECK(!omni_prim_ends_with(f.t, NULL, s, text(&f, "n")));
  fixture_close(&f);
}

static void trims_and_changes_case(void) {
  Fixture f = fixture_open();
  OmniValue s = text(&f, "\u3000 x y\t\n");
  CHECK(is(omni_prim_trim(f.t, NULL, s), "x y"));
  CHECK(is(omni_prim_trim_left(f.t, NULL, s), "x y\t\n"));
  CHECK(is(omni_prim_trim_right(f.t, NULL, s), "\u3000 x y"));
  CHECK(is(omni_prim_trim(f.t, NULL, text(&f, " \n")), ""));
  CHECK(is(omni_prim_upper(f.t, NULL, text(&f, "straße é")), "STRASSE É"));
  CHECK(is(omni_prim_lower(f.t, NULL, text(&f, "ΟΔΟΣ ΑΣ Σ")), "οδος ας σ"));
  CHECK(omni_prim_char_upcase(f.t, NULL, omni_char(0xe9)) == omni_char(0xc9));
  CHECK(omni_prim_char_upcase(f.t, NULL, omni_char(0xdf)) == omni_char(0xdf));
  CHECK(omni_prim_char_is_alphabetic(f.t, NULL, omni_char(0x6f22)));
  CHECK(!omni_prim_char_is_alphabetic(f.t, NULL, omni_char('1')));
  fixture_close(&f);
}

static void orders_by_code_point(void) {
  static const char *const rising[] = {"", "A", "Z", "a", "ab", "b", "é", "漢", "\uffff", "😀"};
  Fixture f = fixture_open();
  for (size_t i = 0; i + 1 < sizeof rising / sizeof *rising; i++) {
    OmniValue a = text(&f, rising[i]), b = text(&f, rising[i + 1]);
    CHECK(omni_lt_slow(f.t, NULL, a, b) && omni_gt_slow(f.t, NULL, b, a));
    CHECK(omni_le_slow(f.t, NULL, a, a) && !omni_lt_slow(f.t, NULL, a, a));
  }
  CHECK(omni_lt_slow(f.t, NULL, omni_char('a'), omni_char(0x1f600)));
  fixture_close(&f);
}

static void repairs_input(void) {
  Fixture f = fixture_open();
  CHECK(is(rti_string_from_input(f.t, "ok é", 5), "ok é"));
  CHECK(is(rti_string_from_input(f.t,
                                 "a\xff"
                                 "b",
                                 3),
           "a\uFFFD"
           "b"));
  CHECK(is(rti_string_from_input(f.t, "\xc0\x80", 2), "\uFFFD\uFFFD"));
  CHECK(is(rti_string_from_input(f.t, "\xed\xa0\x80", 3), "\uFFFD\uFFFD\uFFFD"));
  CHECK(is(rti_string_from_input(f.t, "12345678é\xe6\xbc", 12), "12345678é\uFFFD\uFFFD"));
  CHECK(is(rti_string_from_input(f.t, "", 0), ""));
  fixture_close(&f);
}

static void builds(void) {
  Fixture f = fixture_open();
  OmniValue b = omni_prim_string_builder(f.t, NULL);
  CHECK(is(omni_prim_builder_to_string(f.t, NULL, b), ""));
  for (int i = 0; i < 1000; i++) rti_builder_push(f.t, NULL, b, omni_char(i % 2 ? 0xe9 : 'x'));
  OmniValue s = omni_prim_builder_to_string(f.t, NULL, b);
  CHECK(omni_string_nchars(s) == 1000 && omni_string_nbytes(s) == 1500);
  rti_builder_push(f.t, NULL, b, text(&f, "tail"));
  rti_builder_push(f.t, NULL, b, num(42));
  s = omni_prim_builder_to_string(f.t, NULL, b);
  CHECK(omni_string_nchars(s) == 1006 &&
        !strcmp(omni_string_bytes_view(s) + omni_string_nbytes(s) - 6, "tail42"));
  fixture_close(&f);
}

static void formats(void) {
  static const struct {
    const char *template, *expected;
  } cases[] = {
      {"{} and {}", "7 and -3.25"},       {"{:5}|{:8.1}", "    7|    -3.2"},
      {"{:<5}|{:^9}", "7    |  -3.25  "}, {"{:05}|{:08.2}", "00007|-0003.25"},
      {"{:x}|{{}}{}", "7|{}-3.25"},       {"{:b}{:.0}", "111-3"},
  };
  Fixture f = fixture_open();
  OmniValue values[] = {num(7), omni_double(f.t, -3.25)};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    OmniValue s = omni_prim_format(f.t, NULL, text(&f, cases[i].template), 2, values);
    CHECK(is(s, cases[i].expected));
    if (!is(s, cases[i].expected)) printf("got %s\n", omni_string_bytes_view(s));
  }
  OmniValue word = text(&f, "héé");
  CHECK(is(omni_prim_format(f.t, NULL, text(&f, "[{:5}]"), 1, &word), "[héé  ]"));
  CHECK(is(omni_prim_format(f.t, NULL, text(&f, "[{:>5.2}]"), 1, &word), "[   hé]"));
  CHECK(is(omni_prim_format(f.t, NULL, text(&f, "{:w}"), 1, &word), "\"héé\""));
  fixture_close(&f);
}

static void interns_symbols(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_symbol(f.t, "alpha", 5);
  CHECK(a == omni_symbol(f.t, "alpha", 5) && a != omni_symbol(f.t, "alph", 4));
  CHECK(is(omni_prim_symbol_to_string(f.t, NULL, a), "alpha"));
  OmniValue all[3000];
  char name[16];
  for (int i = 0; i < 3000; i++)
    all[i] = omni_symbol(f.t, name, (size_t)snprintf(name, sizeof name, "s%d", i));
  for (int i = 0; i < 3000; i++)
    CHECK(all[i] == omni_symbol(f.t, name, (size_t)snprintf(name, sizeof name, "s%d", i)));
  OmniValue taken = omni_symbol(f.t, "g1", 2), g = omni_prim_gensym(f.t, NULL, OMNI_ABSENT);
  CHECK(g != taken && omni_is_symbol(g) && g != omni_prim_gensym(f.t, NULL, OMNI_ABSENT));
  fixture_close(&f);
}

static const Test tests[] = {
    {"indexes_by_code_point", indexes_by_code_point},
    {"indexes_long_text", indexes_long_text},
    {"joins_and_makes", joins_and_makes},
    {"splits", splits},
    {"searches_and_replaces", searches_and_replaces},
    {"trims_and_changes_case", trims_and_changes_case},
    {"orders_by_code_point", orders_by_code_point},
    {"repairs_input", repairs_input},
    {"builds", builds},
    {"formats", formats},
    {"interns_symbols", interns_symbols},
};
int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
