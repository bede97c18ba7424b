/* Diagnostics: text and JSON, order, cascades, options, suggestions. */
#include <stdlib.h>

#include "check.h"
#include "diag.h"

typedef struct Fixture {
  Arena *arena;
  SourceMap *sources;
  Diag *diag;
  uint32_t file;
} Fixture;

static Fixture with_options(const char *text, DiagOptions o) {
  Fixture f = {.arena = arena_new(omni_port_system_borrowed())};
  f.sources = sources_new(f.arena);
  f.file = source_add(f.sources, "f.omni", text, strlen(text));
  f.diag = diag_new(f.arena, f.sources, &o);
  return f;
}

static Fixture fixture(const char *text) {
  return with_options(text, (DiagOptions){.color = COLOR_NEVER});
}

static Span at(const Fixture *f, uint32_t start, uint32_t end) {
  return (Span){f->file, start, end};
}

/* What a flush writes; lives in the fixture's arena. */
static const char *flushed(Fixture *f) {
  char *text;
  size_t n;
  FILE *to = open_memstream(&text, &n);
  diag_flush_to(f->diag, to);
  fclose(to);
  char *copy = arena_copy(f->arena, text, n);
  free(text);
  return copy;
}

static void checks_text(Fixture *f, const char *wanted) {
  const char *got = flushed(f);
  if (strcmp(got, wanted)) printf("got:\n%swanted:\n%s", got, wanted);
  CHECK(!strcmp(got, wanted));
  arena_free(f->arena);
}

static void shows_line_underline_help_and_note(void) {
  Fixture f = fixture("one\n  two three\n");
  diag_report(f.diag, DIAG_E0105, at(&f, 10, 15), "bad %s", "three");
  diag_help(f.diag, "write 3");
  diag_note(f.diag, at(&f, 0, 3), "see here");
  checks_text(&f, "f.omni:2:7: error[E0105]: bad three\n"
                  "    2 |   two three\n"
                  "      |       ^~~~~\n"
                  "help: write 3\n"
                  "f.omni:1:1: note: see here\n"
                  "    1 | one\n"
                  "      | ^~~\n");
}

static void underlines_fit_tabs_wide_and_combining_characters(void) {
  Fixture f = fixture("\t名e\u0301 x");
  diag_report(f.diag, DIAG_E0105, at(&f, 8, 9), "m");
  checks_text(&f, "f.omni:1:6: error[E0105]: m\n"
                  "    1 |         名e\u0301 x\n"
                  "      |             ^\n");
  f = fixture("a名b");
  diag_report(f.diag, DIAG_E0105, at(&f, 1, 4), "m");
  checks_text(&f, "f.omni:1:2: error[E0105]: m\n"
                  "    1 | a名b\n"
                  "      |  ^~\n");
}

static void controls_and_bad_bytes_are_spelt_out(void) {
  Fixture f = fixture("\001\377\342\200\256x");
  diag_report(f.diag, DIAG_E0105, at(&f, 5, 6), "m");
  checks_text(&f, "f.omni:1:4: error[E0105]: m\n"
                  "    1 | <U+0001><FF><U+202E>x\n"
                  "      |                     ^\n");
}

static void empty_and_multi_line_spans_and_the_end(void) {
  Fixture f = fixture("ab\ncd\n");
  diag_report(f.diag, DIAG_E0105, at(&f, 6, 6), "at the end");
  diag_report(f.diag, DIAG_E0105, at(&f, 1, 5), "two lines");
  checks_text(&f, "f.omni:1:2: error[E0105]: two lines\n"
                  "    1 | ab\n"
                  "      |  ^\n"
                  "f.omni:3:1: error[E0105]: at the end\n"
                  "    3 |\n"
                  "      | ^\n");
}

static void without_a_place_only_the_message_shows(void) {
  Fixture f = fixture("");
  diag_report(f.diag, DIAG_E0105, (Span){0, 0, 0}, "m");
  checks_text(&f, "error[E0105]: m\n");
}

static void sorted_by_place_across_files(void) {
  Fixture f = fixture("a b c");
  uint32_t other = source_add(f.sources, "g.omni", "x", 1);
  diag_report(f.diag, DIAG_E0105, (Span){other, 0, 1}, "4");
  diag_report(f.diag, DIAG_E0105, at(&f, 4, 5), "3");
  diag_report(f.diag, DIAG_W0310, at(&f, 0, 1), "1");
  diag_report(f.diag, DIAG_E0105, at(&f, 2, 3), "2");
  const char *text = flushed(&f);
  const char *p = text;
  for (const char *n = "1234"; *n; n++) {
    p = strchr(p, ']') ? strstr(p, (char[]){']', ':', ' ', *n, 0}) : NULL;
    CHECK(p != NULL);
    if (!p) break;
  }
  arena_free(f.arena);
}

static void an_error_inside_an_error_is_dropped_with_its_notes(void) {
  Fixture f = fixture("abcdefgh");
  diag_report(f.diag, DIAG_E0105, at(&f, 2, 6), "first");
  diag_report(f.diag, DIAG_E0106, at(&f, 3, 5), "second");
  diag_help(f.diag, "lost");
  diag_note(f.diag, at(&f, 0, 1), "lost");
  diag_report(f.diag, DIAG_E0106, at(&f, 2, 6), "third");
  CHECK(diag_error_count(f.diag) == 1);
  const char *text = flushed(&f);
  CHECK(strstr(text, "first") && !strstr(text, "lost") && !strstr(text, "second"));
  diag_report(f.diag, DIAG_E0106, at(&f, 2, 3), "after the flush");
  CHECK(diag_error_count(f.diag) == 1);
  diag_report(f.diag, DIAG_E0106, at(&f, 5, 7), "overlaps");
  CHECK(diag_error_count(f.diag) == 2);
  CHECK(diag_has_error_in(f.diag, at(&f, 5, 5)) && !diag_has_error_in(f.diag, at(&f, 6, 8)));
  arena_free(f.arena);
}

static void damaged_text_is_silent(void) {
  Fixture f = fixture("abcdefgh");
  diag_damaged(f.diag, at(&f, 2, 6));
  diag_report(f.diag, DIAG_E0105, at(&f, 2, 6), "m");
  diag_report(f.diag, DIAG_W0310, at(&f, 3, 4), "m");
  CHECK(diag_error_count(f.diag) == 0 && diag_warning_count(f.diag) == 0);
  diag_report(f.diag, DIAG_E0105, at(&f, 5, 7), "m");
  CHECK(diag_error_count(f.diag) == 1);
  arena_free(f.arena);
}

static void the_limit_counts_what_is_not_shown(void) {
  Fixture f = with_options("abcdefghij", (DiagOptions){.color = COLOR_NEVER, .limit = 2});
  for (uint32_t i = 0; i < 5; i++) diag_report(f.diag, DIAG_E0105, at(&f, i, i + 1), "m%u", i);
  const char *text = flushed(&f);
  CHECK(strstr(text, "m1") && !strstr(text, "m2") && strstr(text, "3 more errors not shown"));
  CHECK(diag_error_count(f.diag) == 5);
  arena_free(f.arena);
}

static void json_is_one_escaped_object_a_line(void) {
  DiagOptions o = {.format = DIAG_JSON};
  Fixture f = with_options("ab\nλ\"x", o);
  diag_report(f.diag, DIAG_E0105, at(&f, 5, 6), "a \"q\" \n \001 \377");
  diag_help(f.diag, "h\\");
  diag_note(f.diag, at(&f, 0, 2), "n");
  checks_text(&f, "{\"severity\":\"error\",\"code\":\"E0105\",\"file\":\"f.omni\",\"line\":2,"
                  "\"column\":2,\"end_line\":2,\"end_column\":3,\"start\":5,\"end\":6,"
                  "\"message\":\"a \\\"q\\\" \\n \\u0001 \\ufffd\",\"help\":[\"h\\\\\"],"
                  "\"notes\":[{\"severity\":\"note\",\"file\":\"f.omni\",\"line\":1,\"column\":1,"
                  "\"end_line\":1,\"end_column\":3,\"start\":0,\"end\":2,\"message\":\"n\"}]}\n");
}

static void warnings_obey_their_options(void) {
  DiagOptions o = {.color = COLOR_NEVER};
  CHECK(diag_option(&o, "-Wno-bidi-control"));
  Fixture f = with_options("ab", o);
  diag_report(f.diag, DIAG_W0310, at(&f, 0, 1), "m");
  CHECK(diag_warning_count(f.diag) == 0);
  arena_free(f.arena);

  o = (DiagOptions){.color = COLOR_NEVER};
  CHECK(diag_option(&o, "-Werror=bidi-control") && !diag_option(&o, "-Wno-such"));
  f = with_options("ab", o);
  diag_report(f.diag, DIAG_W0310, at(&f, 0, 1), "m");
  CHECK(diag_error_count(f.diag) == 1);
  CHECK(strstr(flushed(&f), "error[W0310]: m [-Werror=bidi-control]"));
  arena_free(f.arena);

  o = (DiagOptions){.color = COLOR_NEVER};
  CHECK(diag_option(&o, "-Werror") && diag_option(&o, "-Wall"));
  CHECK(o.warn_all && o.warnings_are_errors);
  CHECK(!strcmp(diag_option_suggest("-Wno-bidi-controls"), "bidi-control"));
}

static void explanations_are_found_by_code(void) {
  CHECK(strstr(diag_explain("E0101"), "unterminated string"));
  CHECK(diag_explain("e0101") == diag_explain("E0101"));
  CHECK(strstr(diag_explain("W0310"), "-Wbidi-control"));
  CHECK(!diag_explain("E9999") && !diag_explain("") && !diag_explain("E01011"));
  CHECK(!strcmp(diag_code_name(DIAG_E0105), "E0105"));
}

static const char *nearest(const char *word) {
  static const char *const known[] = {"string-append", "length", "list", "last", "car", "cdr",
                                      "x", "größe", NULL};
  return diag_suggest_cstr(word, known);
}

static bool suggests(const char *word, const char *wanted) {
  const char *near = nearest(word);
  return near ? wanted && !strcmp(near, wanted) : !wanted;
}

static void suggestions_are_near(void) {
  CHECK(suggests("lenght", "length"));      /* swapped */
  CHECK(suggests("lngth", "length"));       /* dropped */
  CHECK(suggests("string_append", "string-append"));
  CHECK(suggests("strin-appendd", "string-append"));
  CHECK(suggests("lisst", "list"));
  CHECK(suggests("grösse", "größe") && suggests("größ", "größe"));
  CHECK(suggests("y", NULL));               /* too short */
  CHECK(suggests("completely", NULL));
  CHECK(suggests("length", NULL));          /* itself is no suggestion */
}

static const Test tests[] = {
    {"shows_line_underline_help_and_note", shows_line_underline_help_and_note},
    {"underlines_fit_tabs_wide_and_combining_characters",
     underlines_fit_tabs_wide_and_combining_characters},
    {"controls_and_bad_bytes_are_spelt_out", controls_and_bad_bytes_are_spelt_out},
    {"empty_and_multi_line_spans_and_the_end", empty_and_multi_line_spans_and_the_end},
    {"without_a_place_only_the_message_shows", without_a_place_only_the_message_shows},
    {"sorted_by_place_across_files", sorted_by_place_across_files},
    {"an_error_inside_an_error_is_dropped_with_its_notes",
     an_error_inside_an_error_is_dropped_with_its_notes},
    {"damaged_text_is_silent", damaged_text_is_silent},
    {"the_limit_counts_what_is_not_shown", the_limit_counts_what_is_not_shown},
    {"json_is_one_escaped_object_a_line", json_is_one_escaped_object_a_line},
    {"warnings_obey_their_options", warnings_obey_their_options},
    {"explanations_are_found_by_code", explanations_are_found_by_code},
    {"suggestions_are_near", suggestions_are_near},
};

int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
