/* Ports: what is written comes back, line ends, long lines, broken UTF-8. */
#include <unistd.h>

#include "io.h"
#include "runtime_fixture.h"

OmniValue omni_prim_open(OmniThread *t, const OmniSite *site, OmniValue path, OmniValue mode);
void omni_prim_close(OmniThread *t, const OmniSite *site, OmniValue port);
void omni_prim_print_to(OmniThread *t, const OmniSite *site, OmniValue port, int64_t argc,
                        const OmniValue *argv);
OmniValue omni_prim_read_line(OmniThread *t, const OmniSite *site, OmniValue port);
OmniValue omni_prim_read_all(OmniThread *t, const OmniSite *site, OmniValue port);
OmniValue omni_prim_read_char(OmniThread *t, const OmniSite *site, OmniValue port);
OmniValue omni_prim_peek_char(OmniThread *t, const OmniSite *site, OmniValue port);
OmniValue omni_prim_read_datum(OmniThread *t, const OmniSite *site, OmniValue port);
bool omni_prim_file_exists(OmniThread *t, const OmniSite *site, OmniValue path);
void omni_prim_delete_file(OmniThread *t, const OmniSite *site, OmniValue path);

typedef struct File {
  Fixture f;
  char path[64];
  OmniValue name, port;
} File;

/* A file with these bytes, open for reading. */
static File file_with(const char *bytes, size_t nbytes) {
  File x = {.f = fixture_open(), .path = "/tmp/omni-test-io-XXXXXX"};
  int fd = mkstemp(x.path);
  if (fd < 0 || write(fd, bytes, nbytes) != (ssize_t)nbytes) abort();
  close(fd);
  if (!rti_io_start(x.f.t)) abort();
  x.name = text(&x.f, x.path);
  x.port = omni_prim_open(x.f.t, NULL, x.name, OMNI_ABSENT);
  return x;
}

static void file_done(File *x) {
  omni_prim_delete_file(x->f.t, NULL, x->name);
  CHECK(!omni_prim_file_exists(x->f.t, NULL, x->name));
  CHECK(rti_io_flush_all(x->f.t));
  rti_io_finish(x->f.t);
  fixture_close(&x->f);
}

static bool is_text(OmniValue v, const char *s) {
  return omni_is_string(v) && omni_string_nbytes(v) == strlen(s) &&
         memcmp(omni_string_bytes_view(v), s, strlen(s)) == 0;
}

static void lines_end_in_any_way(void) {
  File x = file_with("one\r\ntwo\n\nlast", 14);
  CHECK(is_text(omni_prim_read_line(x.f.t, NULL, x.port), "one"));
  CHECK(is_text(omni_prim_read_line(x.f.t, NULL, x.port), "two"));
  CHECK(is_text(omni_prim_read_line(x.f.t, NULL, x.port), ""));
  CHECK(is_text(omni_prim_read_line(x.f.t, NULL, x.port), "last"));
  CHECK(omni_prim_read_line(x.f.t, NULL, x.port) == OMNI_NOTHING);
  CHECK(omni_prim_read_line(x.f.t, NULL, x.port) == OMNI_NOTHING);
  file_done(&x);
}

/* Lines longer than the buffer, and lines that straddle its end. */
static void long_lines_are_whole(void) {
  enum { LINES = 40, WIDTH = 30011 };
  char *bytes = malloc(LINES * (WIDTH + 1)), *p = bytes;
  for (int i = 0; i < LINES; i++) {
    memset(p, 'a' + i % 26, WIDTH);
    p[WIDTH] = i == 20 ? ' ' : '\n';
    p += WIDTH + 1;
  }
  File x = file_with(bytes, LINES * (WIDTH + 1));
  for (int i = 0; i < LINES - 1; i++) {
    OmniValue line = omni_prim_read_line(x.f.t, NULL, x.port);
    CHECK(omni_string_nbytes(line) == (i == 20 ? 2 * WIDTH + 1 : WIDTH));
    CHECK(omni_string_bytes_view(line)[WIDTH - 1] == 'a' + (i <= 20 ? i : i + 1) % 26);
  }
  CHECK(omni_prim_read_line(x.f.t, NULL, x.port) == OMNI_NOTHING);
  file_done(&x);
  free(bytes);
}

static void read_all_gives_the_rest(void) {
  File x = file_with("ab\ncd\xc3\xa9", 7);
  omni_prim_read_char(x.f.t, NULL, x.port);
  CHECK(is_text(omni_prim_read_all(x.f.t, NULL, x.port), "b\ncd\xc3\xa9"));
  CHECK(omni_prim_read_all(x.f.t, NULL, x.port) == OMNI_NOTHING);
  file_done(&x);
}

static void characters_are_code_points(void) {
  File x = file_with("a\xe2\x82\xac\xff\xc3z\xf0\x9f\x98\x80", 11);
  uint32_t expected[] = {'a', 0x20ac, 0xfffd, 0xfffd, 'z', 0x1f600};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    CHECK(omni_prim_peek_char(x.f.t, NULL, x.port) == omni_char(expected[i]));
    CHECK(omni_prim_read_char(x.f.t, NULL, x.port) == omni_char(expected[i]));
  }
  CHECK(omni_prim_read_char(x.f.t, NULL, x.port) == OMNI_NOTHING);
  file_done(&x);
}

static void what_is_written_comes_back(void) {
  File x = file_with("", 0);
  OmniValue out = omni_prim_open(x.f.t, NULL, x.name, text(&x.f, "w"));
  OmniValue values[] = {text(&x.f, "line"), num(1), omni_char('\n')};
  for (int i = 0; i < 50000; i++) omni_prim_print_to(x.f.t, NULL, out, 3, values);
  omni_prim_close(x.f.t, NULL, out);
  omni_prim_close(x.f.t, NULL, out);
  int lines = 0;
  OmniValue line;
  while ((line = omni_prim_read_line(x.f.t, NULL, x.port)) != OMNI_NOTHING)
    lines += is_text(line, "line1");
  CHECK(lines == 50000);
  file_done(&x);
}

static void data_reads_as_written(void) {
  const char *source =
      "; comment\n(1 -2.5 \"s\\n\\x41;\" #\\a #\\newline (x . y) [1 #{k v}]) 'q #| b |# #;skip :s () true";
  File x = file_with(source, strlen(source));
  OmniText out = {.t = x.f.t};
  for (int i = 0; i < 5; i++) {
    omni_print_value(&out, omni_prim_read_datum(x.f.t, NULL, x.port), OMNI_WRITE);
    omni_text_add(&out, "\n", 1);
  }
  CHECK(omni_prim_read_datum(x.f.t, NULL, x.port) == OMNI_NOTHING);
  const char *expected = "(1 -2.5 \"s\\nA\" #\\a #\\newline (x . y) [1 #{:k v}])\n(quote q)\n's\n()\ntrue\n";
  CHECK(out.nbytes == strlen(expected) && memcmp(out.bytes, expected, out.nbytes) == 0);
  if (out.nbytes != strlen(expected)) printf("%.*s", (int)out.nbytes, out.bytes);
  omni_text_free(&out);
  file_done(&x);
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"lines_end_in_any_way", lines_end_in_any_way},
      {"long_lines_are_whole", long_lines_are_whole},
      {"read_all_gives_the_rest", read_all_gives_the_rest},
      {"characters_are_code_points", characters_are_code_points},
      {"what_is_written_comes_back", what_is_written_comes_back},
      {"data_reads_as_written", data_reads_as_written},
  };
  return RUN_TESTS(tests, argc, argv);
}
