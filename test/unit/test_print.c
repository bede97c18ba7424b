/* The display and readable forms of every type, cycles, and depth. */
#include "runtime_fixture.h"

OmniValue omni_prim_string_builder(OmniThread *t, const OmniSite *site);
OmniValue omni_prim_type_of(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_range(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b,
                          OmniValue step);

static bool shows(Fixture *f, OmniValue v, OmniStyle style, const char *expected) {
  OmniText x = {.t = f->t};
  omni_print_value(&x, v, style);
  bool same = x.nbytes == strlen(expected) && memcmp(x.bytes, expected, x.nbytes) == 0;
  if (!same) printf("expected %s, got %.*s\n", expected, (int)x.nbytes, x.bytes);
  omni_text_free(&x);
  return same;
}
static bool displays(Fixture *f, OmniValue v, const char *expected) {
  return shows(f, v, OMNI_DISPLAY, expected);
}
static bool writes(Fixture *f, OmniValue v, const char *expected) {
  return shows(f, v, OMNI_WRITE, expected);
}

static OmniValue symbol(Fixture *f, const char *s) { return omni_symbol(f->t, s, strlen(s)); }
static OmniValue list2(Fixture *f, OmniValue a, OmniValue b) {
  return omni_cons(f->t, a, omni_cons(f->t, b, OMNI_EMPTY));
}
static OmniValue box_of(Fixture *f, OmniValue v) {
  OmniValue b = omni_new(f->t, OMNI_T_BOX, 2, 0);
  omni_init(f->t, b, 1, v);
  return b;
}

static void leaves(void) {
  Fixture f = fixture_open();
  CHECK(displays(&f, OMNI_TRUE, "true") && displays(&f, OMNI_FALSE, "false"));
  CHECK(displays(&f, OMNI_NOTHING, "nothing") && displays(&f, OMNI_EMPTY, "()"));
  CHECK(displays(&f, num(-42), "-42") && displays(&f, omni_double(f.t, 1), "1.0"));
  CHECK(displays(&f, text(&f, "a\"b\n"), "a\"b\n"));
  CHECK(writes(&f,
               text(&f, "a\"b\\\n\t\r\x01\x7f"
                        "é"),
               "\"a\\\"b\\\\\\n\\t\\r\\x1;\\x7f;é\""));
  CHECK(displays(&f, omni_char('x'), "x") && writes(&f, omni_char('x'), "#\\x"));
  CHECK(writes(&f, omni_char('\n'), "#\\newline") && writes(&f, omni_char(' '), "#\\space"));
  CHECK(writes(&f, omni_char(7), "#\\x07") && writes(&f, omni_char(0x6f22), "#\\漢"));
  CHECK(displays(&f, symbol(&f, "x"), "x") && writes(&f, symbol(&f, "x"), "'x"));
  CHECK(displays(&f, omni_prim_type_of(f.t, NULL, num(1)), "{Int}"));
  fixture_close(&f);
}

static void containers(void) {
  Fixture f = fixture_open();
  OmniValue x = symbol(&f, "x"), s = text(&f, "b");
  OmniValue list = list2(&f, x, list2(&f, num(2), s));
  CHECK(displays(&f, list, "(x (2 b))") && writes(&f, list, "(x (2 \"b\"))"));
  CHECK(displays(&f, omni_cons(f.t, num(1), num(2)), "(1 . 2)"));
  CHECK(displays(&f, omni_cons(f.t, num(1), omni_cons(f.t, num(2), num(3))), "(1 2 . 3)"));
  OmniValue elements[] = {x, list, OMNI_EMPTY};
  OmniValue array = omni_array_from(f.t, elements, 3);
  CHECK(displays(&f, array, "[x (x (2 b)) ()]"));
  CHECK(writes(&f, array, "['x (x (2 \"b\")) ()]"));
  CHECK(displays(&f, omni_array_new(f.t, 0), "[]"));
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  CHECK(displays(&f, d, "#{}"));
  omni_dict_put(f.t, d, symbol(&f, "name"), s);
  omni_dict_put(f.t, d, num(1), x);
  omni_dict_put(f.t, d, s, array);
  CHECK(displays(&f, d, "#{:name b 1 x b [x (x (2 b)) ()]}"));
  CHECK(omni_table_remove(f.t, d, num(1), NULL) && omni_table_remove(f.t, d, s, NULL));
  CHECK(writes(&f, d, "#{:name \"b\"}"));
  OmniValue set = omni_table_new(f.t, OMNI_T_SET, 0, 0);
  CHECK(displays(&f, set, "#<set>"));
  omni_table_insert(f.t, set, num(1));
  omni_table_insert(f.t, set, num(2));
  CHECK(displays(&f, set, "#<set 1 2>"));
  CHECK(displays(&f, box_of(&f, list), "#<box (x (2 b))>"));
  CHECK(displays(&f, omni_tuple2(f.t, num(1), s), "#<tuple 1 b>"));
  CHECK(displays(&f, omni_prim_range(f.t, NULL, num(0), num(5), OMNI_ABSENT), "#<range 0 5>"));
  CHECK(displays(&f, omni_typed_new(f.t, OMNI_ELEM_FLOAT64, 2), "[0.0 0.0]"));
  OmniValue b = omni_prim_string_builder(f.t, NULL);
  rti_builder_push(f.t, NULL, b, s);
  CHECK(displays(&f, b, "b") && writes(&f, b, "#<string-builder \"b\">"));
  fixture_close(&f);
}

static void cycles(void) {
  Fixture f = fixture_open();
  OmniValue p = omni_cons(f.t, num(1), OMNI_EMPTY);
  omni_store(f.t, p, 1, p);
  CHECK(displays(&f, p, "#0=(1 . #0#)"));
  OmniValue q = list2(&f, num(1), num(2));
  omni_store(f.t, omni_slot(q, 1), 1, q);
  CHECK(displays(&f, q, "#0=(1 2 . #0#)"));
  OmniValue inner = list2(&f, num(3), num(4));
  omni_store(f.t, omni_slot(inner, 1), 1, omni_slot(inner, 1));
  CHECK(displays(&f, inner, "(3 . #0=(4 . #0#))"));
  OmniValue a = omni_array_new(f.t, 1);
  omni_array_append(f.t, a, p);
  omni_array_append(f.t, a, a);
  CHECK(displays(&f, a, "#0=[#1=(1 . #1#) #0#]"));
  OmniValue box = box_of(&f, OMNI_NOTHING);
  omni_store(f.t, box, 1, box);
  CHECK(displays(&f, box, "#0=#<box #0#>"));
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  omni_dict_put(f.t, d, symbol(&f, "self"), d);
  CHECK(displays(&f, d, "#0=#{:self #0#}"));
  fixture_close(&f);
}

/* What is shared without a cycle is printed twice, without a label. */
static void sharing(void) {
  Fixture f = fixture_open();
  OmniValue s = list2(&f, num(1), num(2)), v = list2(&f, s, s);
  CHECK(displays(&f, v, "((1 2) (1 2))"));
  OmniValue many = OMNI_EMPTY;
  for (int i = 0; i < 500; i++) many = omni_cons(f.t, s, many);
  OmniText x = {.t = f.t};
  omni_print_value(&x, many, OMNI_DISPLAY);
  CHECK(x.nbytes == 500 * 6 + 1 && memchr(x.bytes, '#', x.nbytes) == NULL);
  omni_text_free(&x);
  fixture_close(&f);
}

static void depth(void) {
  enum { DEEP = 1000000 };
  Fixture f = fixture_open();
  OmniValue deep = OMNI_EMPTY, flat = OMNI_EMPTY;
  for (int i = 0; i < DEEP; i++) {
    deep = omni_cons(f.t, deep, OMNI_EMPTY);
    flat = omni_cons(f.t, num(7), flat);
  }
  OmniText x = {.t = f.t};
  omni_print_value(&x, deep, OMNI_DISPLAY);
  CHECK(x.nbytes == 2 * DEEP + 2 && x.bytes[DEEP] == '(' && x.bytes[DEEP + 1] == ')');
  x.nbytes = 0;
  omni_print_value(&x, flat, OMNI_DISPLAY);
  CHECK(x.nbytes == 2 * DEEP + 1);
  omni_text_free(&x);
  fixture_close(&f);
}

static const Test tests[] = {
    {"leaves", leaves},   {"containers", containers}, {"cycles", cycles},
    {"sharing", sharing}, {"depth", depth},
};
int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
