/* The reader as a function: text in, printed datums and error codes out. What
 * the messages say is tested in test/diagnostics/reader. */
#include <stdlib.h>

#include "check.h"
#include "datum.h"

typedef struct Reading {
  Arena *arena;
  SourceMap *sources;
  Diag *diag;
  ReadResult result;
} Reading;

static Reading read_text(const char *text, size_t n) {
  Reading r = {.arena = arena_new(omni_port_system_borrowed())};
  r.sources = sources_new(r.arena);
  DiagOptions o = {.format = DIAG_JSON};
  r.diag = diag_new(r.arena, r.sources, &o);
  uint32_t file = source_add(r.sources, "f.omni", text, n);
  r.result = read_source(r.arena, names_new(r.arena), r.diag, r.sources, file);
  return r;
}

/* Datums, a line each; then the errors as `code@offset`. */
static char *outcome_of(Reading *r) {
  char *text, *json;
  size_t n, njson;
  FILE *to = open_memstream(&text, &n), *errors = open_memstream(&json, &njson);
  for (size_t i = 0; i < r->result.n; i++) {
    datum_print(to, r->result.forms[i]);
    fputc('\n', to);
  }
  diag_flush_to(r->diag, errors);
  fclose(errors);
  for (const char *p = json; (p = strstr(p, "\"code\":\""));) {
    p += strlen("\"code\":\"");
    const char *start = strstr(p, "\"start\":");
    fprintf(to, "%.5s@%d\n", p, atoi(start + strlen("\"start\":")));
  }
  fclose(to);
  free(json);
  return text;
}

static bool reads_bytes(const char *text, size_t n, const char *wanted) {
  Reading r = read_text(text, n);
  char *got = outcome_of(&r);
  bool same = !strcmp(got, wanted);
  if (!same) printf("read: %s\ngot:\n%swanted:\n%s", text, got, wanted);
  free(got);
  arena_free(r.arena);
  return same;
}

static bool reads(const char *text, const char *wanted) {
  return reads_bytes(text, strlen(text), wanted);
}

static void nothing_is_nothing(void) {
  CHECK(reads("", ""));
  CHECK(reads(" \t\r\n\f ; comment", ""));
  CHECK(reads("\xef\xbb\xbf", ""));
  CHECK(reads("#!shebang", ""));
}

static void spans_are_exact(void) {
  Reading r = read_text(" (f 'a.b.[1 2] ^:doc \"λ\" x . y)", 32);
  const Datum *list = r.result.forms[0];
  CHECK(list->span.start == 1 && list->span.end == 32);
  CHECK(list->n == 3 && list->tail && list->tail->span.start == 30);
  const Datum *quote = list->items[1], *path = quote->items[0], *tag = list->items[2];
  CHECK(quote->kind == DATUM_QUOTE && quote->span.start == 4 && quote->span.end == 14);
  CHECK(path->kind == DATUM_PATH && path->span.start == 5 && path->n == 3);
  CHECK(path->items[2]->kind == DATUM_ARRAY && path->items[2]->span.start == 9);
  CHECK(tag->kind == DATUM_TAG && tag->span.start == 15 && tag->span.end == 27);
  CHECK(tag->items[1]->nbytes == 2);
  arena_free(r.arena);
}

static void numbers_that_are_errors(void) {
  static const char *const bad[] = {"1E5",  "-0xff", "+0b1", "1__0", "3.x", "1_",  "0x", "0x_1",
                                    "0b2",  "0o7",   "1e",   "1e+",  "1.2.3",   "1+",  "5a",  "1_.5"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK(reads(bad[i], "#<error>\nE0105@0\n"));
  }
  CHECK(reads("1/2 -3/4", "#<error>\n#<error>\nE0901@0\nE0901@4\n"));
  CHECK(reads("1e999", "#<error>\nE0106@0\n"));
  CHECK(reads("1e-999 -1e-999", "0.0\n-0.0\n"));
}

static void words_near_numbers_are_symbols(void) {
  CHECK(reads("- + -- +x -x ->x e1 _1 x1", "-\n+\n--\n+x\n-x\n->x\ne1\n_1\nx1\n"));
  CHECK(reads("+inf +inf.0 -inf.0 +nan.0", "+inf\n+inf.0\n-inf.0\n+nan.0\n"));
}

static void floats_round_correctly(void) {
  Reading r = read_text("9007199254740993.0 0.1 2.2250738585072011e-308 1e23 8.5e-1", 58);
  static const double wanted[] = {9007199254740992.0, 0x1.999999999999ap-4,
                                  0x0.fffffffffffffp-1022, 0x1.52d02c7e14af6p+76,
                                  0x1.b333333333333p-1};
  CHECK(r.result.n == 5);
  for (size_t i = 0; i < r.result.n; i++) CHECK(r.result.forms[i]->number == wanted[i]);
  arena_free(r.arena);
}

static void strings_hold_any_byte(void) {
  CHECK(reads("\"\\0\\x7f;\\u{10FFFF}\"", "\"\\x0;\\x7f;\U0010ffff\"\n"));
  CHECK(reads("\"a\\  \n   b\"", "\"ab\"\n"));
  CHECK(reads("\"a\r\nb\"", "\"a\\nb\"\n"));
  CHECK(reads("\"\\", "\"\\\\\"\nE0101@0\n"));
}

static void a_lost_quote_is_one_error(void) {
  CHECK(reads("(a \"b)\n(c \"d\")\n(e)\n", "(a \"b)\")\n(c \"d\")\n(e)\nE0101@3\n"));
  CHECK(reads("(a b\")\n(c \"d\")\n", "(a b \")\")\n(c \"d\")\nE0101@4\n"));
  CHECK(reads("(x \"long\n text\")\n(a \"b)\n(c \"d\")\n",
              "(x \"long\\n text\")\n(a \"b)\")\n(c \"d\")\nE0101@20\n"));
}

static void broken_brackets_stay_in_their_form(void) {
  CHECK(reads("(a (b)\n(c)\n", "(a (b))\n(c)\nE0110@0\n"));
  CHECK(reads("(a b))\n(c)\n", "(a b)\n(c)\nE0111@5\n"));
  CHECK(reads("(a [b)\n(c)\n", "(a [b])\n(c)\nE0110@3\n"));
  CHECK(reads("(a (b])\n(c)\n", "(a (b))\n(c)\nE0112@5\n"));
  CHECK(reads("define (f x)\n  x)\n(c)\n", "(define (f x) x)\n(c)\nE0111@0\n"));
  CHECK(reads("(define f x)\n  x)\n(c)\n", "(define (f x) x)\n(c)\nE0111@8\n"));
  CHECK(reads("(define (f x)\n  (g\n  (h))\n(c)\n", "(define (f x) (g) (h))\n(c)\nE0110@16\n"));
}

static void names_of_broken_forms_are_remembered(void) {
  Reading r = read_text("(define (f x\n  (g))\n(h)\n", 24);
  CHECK(r.result.lost_names && ptrmap_count(r.result.lost_names) == 4);
  arena_free(r.arena);
  r = read_text("(define (f x)\n  (g))\n(h)\n", 25);
  CHECK(!r.result.lost_names);
  arena_free(r.arena);
}

static void unindented_code_is_not_cut_into_forms(void) {
  CHECK(reads("(a\n(b\n(c))\n)\n(d\n(e)\n", "(a (b (c)))\n(d)\n(e)\nE0110@13\n"));
}

static void deep_nesting_is_an_error(void) {
  enum { DEPTH = 200000 };
  char *text = malloc(2 * DEPTH);
  memset(text, '(', DEPTH);
  memset(text + DEPTH, ')', DEPTH);
  Reading r = read_text(text, 2 * DEPTH);
  CHECK(diag_error_count(r.diag) == 1);
  arena_free(r.arena);
  memset(text, '\'', DEPTH);
  r = read_text(text, DEPTH + 1);
  CHECK(diag_error_count(r.diag) >= 1);
  arena_free(r.arena);
  for (size_t i = 0; i + 1 < DEPTH; i += 2) memcpy(text + i, "#;", 2);
  r = read_text(text, DEPTH);
  CHECK(diag_error_count(r.diag) >= 1);
  arena_free(r.arena);
  memset(text, '(', 999);
  memset(text + 999, ')', 999);
  r = read_text(text, 1998);
  CHECK(diag_error_count(r.diag) == 0);
  arena_free(r.arena);
  free(text);
}

static void bad_bytes_are_reported_once_per_run(void) {
  CHECK(reads("a \xff\xfe b", "a\n#<error>\n#<error>\nb\nE0100@2\n"));
  CHECK(reads("\"\xc0\x80\"", "\"\ufffd\ufffd\"\nE0100@1\n"));
  CHECK(reads("; \xed\xa0\x80", "E0100@2\n"));
  CHECK(reads_bytes("a\0b", 3, "a\nb\nE0123@1\n"));
}

static const Test tests[] = {
    {"nothing_is_nothing", nothing_is_nothing},
    {"spans_are_exact", spans_are_exact},
    {"numbers_that_are_errors", numbers_that_are_errors},
    {"words_near_numbers_are_symbols", words_near_numbers_are_symbols},
    {"floats_round_correctly", floats_round_correctly},
    {"strings_hold_any_byte", strings_hold_any_byte},
    {"a_lost_quote_is_one_error", a_lost_quote_is_one_error},
    {"broken_brackets_stay_in_their_form", broken_brackets_stay_in_their_form},
    {"names_of_broken_forms_are_remembered", names_of_broken_forms_are_remembered},
    {"unindented_code_is_not_cut_into_forms", unindented_code_is_not_cut_into_forms},
    {"deep_nesting_is_an_error", deep_nesting_is_an_error},
    {"bad_bytes_are_reported_once_per_run", bad_bytes_are_reported_once_per_run},
};

int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
