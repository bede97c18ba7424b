/* Arrays, typed arrays, lists, tuples: growth, slices, element kinds. */
#include "runtime_fixture.h"

OmniValue omni_prim_array_pop(OmniThread *t, const OmniSite *site, OmniValue a);
OmniValue omni_prim_slice(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue start,
                          OmniValue end);
OmniValue omni_prim_append(OmniThread *t, const OmniSite *site, int64_t argc,
                           const OmniValue *argv);
OmniValue omni_prim_reverse(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_index_of(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue what,
                             OmniValue from);
OmniValue omni_prim_get(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue key,
                        OmniValue otherwise);

static OmniValue numbers(Fixture *f, int64_t n) {
  OmniValue a = omni_array_new(f->t, 0);
  for (int64_t i = 0; i < n; i++) omni_array_append(f->t, a, num(i));
  return a;
}

static void push_and_pop_keep_the_elements(void) {
  Fixture f = fixture_open();
  OmniValue a = numbers(&f, 100000);
  CHECK(omni_array_length(a) == 100000);
  for (int64_t i = 0; i < 100000; i += 997)
    CHECK(omni_array_ref_slow(f.t, NULL, a, num(i)) == num(i));
  for (int64_t i = 99999; i >= 50000; i--) CHECK(omni_prim_array_pop(f.t, NULL, a) == num(i));
  CHECK(omni_array_length(a) == 50000);
  CHECK(omni_array_view(a)[50000] == OMNI_NOTHING); /* vacated slots hold nothing */
  fixture_close(&f);
}

/* 2^20 pushes may not copy more than 2^21 words. */
static void growth_is_linear(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_array_new(f.t, 0), store = omni_array_store(a);
  size_t copied = 0;
  for (int64_t i = 0; i < 1 << 20; i++) {
    omni_array_append(f.t, a, num(i));
    if (omni_array_store(a) == store) continue;
    copied += (size_t)i;
    store = omni_array_store(a);
  }
  CHECK(copied <= 1 << 21);
  fixture_close(&f);
}

static void slices_are_copies(void) {
  Fixture f = fixture_open();
  OmniValue a = numbers(&f, 10);
  OmniValue b = omni_prim_slice(f.t, NULL, a, num(2), num(5));
  CHECK(omni_array_length(b) == 3 && omni_array_view(b)[0] == num(2));
  omni_array_set_slow(f.t, NULL, b, num(0), num(99));
  CHECK(omni_array_view(a)[2] == num(2));
  CHECK(omni_array_length(omni_prim_slice(f.t, NULL, a, num(10), OMNI_ABSENT)) == 0);
  OmniValue s = omni_prim_slice(f.t, NULL, text(&f, "h\xc3\xa9llo"), num(1), num(3));
  CHECK(omni_equal(f.t, s, text(&f, "\xc3\xa9l")));
  fixture_close(&f);
}

static void typed_arrays_hold_their_kind(void) {
  Fixture f = fixture_open();
  for (int e = 0; e < OMNI_ELEM_COUNT; e++) {
    OmniValue a = omni_typed_new(f.t, (OmniElement)e, 5);
    OmniValue v = e == OMNI_ELEM_FLOAT32 || e == OMNI_ELEM_FLOAT64 ? omni_double(f.t, 1.5)
                  : e == OMNI_ELEM_CHAR                            ? omni_char(0x20ac)
                  : e == OMNI_ELEM_BOOL                            ? OMNI_TRUE
                                                                   : num(101);
    for (size_t i = 0; i < 5; i += 2) CHECK(omni_element_set(f.t, NULL, a, i, v));
    for (size_t i = 0; i < 5; i++) CHECK((omni_element_ref(f.t, a, i) == v) == (i % 2 == 0));
  }
  fixture_close(&f);
}

static void int64_elements_reach_their_limits(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_typed_new(f.t, OMNI_ELEM_INT64, 2);
  OmniValue low = omni_int(f.t, INT64_MIN), high = omni_int(f.t, INT64_MAX);
  CHECK(omni_element_set(f.t, NULL, a, 0, low) && omni_element_set(f.t, NULL, a, 1, high));
  CHECK(omni_equal(f.t, omni_element_ref(f.t, a, 0), low));
  CHECK(omni_equal(f.t, omni_element_ref(f.t, a, 1), high));
  fixture_close(&f);
}

static void typed_arrays_grow(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_typed_new(f.t, OMNI_ELEM_INT16, 0);
  for (int64_t i = 0; i < 30000; i++) omni_typed_append(f.t, NULL, a, num(i));
  CHECK(omni_array_length(a) == 30000);
  CHECK(omni_element_ref(f.t, a, 12345) == num(12345));
  OmniValue part = omni_typed_slice(f.t, a, 100, 103);
  CHECK(omni_array_length(part) == 3 && omni_element_ref(f.t, part, 2) == num(102));
  fixture_close(&f);
}

static void lists_append_and_reverse(void) {
  Fixture f = fixture_open();
  OmniValue v[] = {num(1), num(2), num(3)};
  OmniValue a = omni_list_from(f.t, v, 3, OMNI_EMPTY), b = omni_list_from(f.t, v, 2, OMNI_EMPTY);
  OmniValue both[] = {a, b};
  OmniValue c = omni_prim_append(f.t, NULL, 2, both);
  CHECK(omni_list_length(c) == 5 && omni_list_length(a) == 3);
  OmniValue r = omni_prim_reverse(f.t, NULL, c);
  CHECK(omni_slot(r, 0) == num(2) && omni_list_length(r) == 5);
  CHECK(omni_prim_append(f.t, NULL, 0, NULL) == OMNI_EMPTY);
  fixture_close(&f);
}

static void cyclic_lists_have_no_length(void) {
  Fixture f = fixture_open();
  for (int64_t n = 1; n < 9; n++) {
    OmniValue list = OMNI_EMPTY, last = OMNI_EMPTY;
    for (int64_t i = 0; i < n; i++) {
      list = omni_cons(f.t, num(i), list);
      if (i == 0) last = list;
    }
    CHECK(omni_list_length(list) == n);
    omni_store(f.t, last, 1, list);
    CHECK(omni_list_length(list) == -1);
  }
  CHECK(omni_list_length(omni_cons(f.t, num(1), num(2))) == -1);
  fixture_close(&f);
}

static void get_gives_the_default_for_what_is_absent(void) {
  Fixture f = fixture_open();
  OmniValue a = numbers(&f, 3);
  CHECK(omni_prim_get(f.t, NULL, a, num(2), OMNI_ABSENT) == num(2));
  CHECK(omni_prim_get(f.t, NULL, a, num(3), OMNI_ABSENT) == OMNI_NOTHING);
  CHECK(omni_prim_get(f.t, NULL, a, num(-1), num(9)) == num(9));
  CHECK(omni_prim_get(f.t, NULL, text(&f, "abc"), num(1), OMNI_ABSENT) == omni_char('b'));
  CHECK(omni_prim_index_of(f.t, NULL, text(&f, "h\xc3\xa9llo"), text(&f, "l"), num(0)) == num(2));
  CHECK(omni_prim_index_of(f.t, NULL, text(&f, "hello"), omni_char('x'), num(0)) == OMNI_NOTHING);
  CHECK(omni_prim_index_of(f.t, NULL, a, num(1), num(2)) == OMNI_NOTHING);
  fixture_close(&f);
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"push_and_pop_keep_the_elements", push_and_pop_keep_the_elements},
      {"growth_is_linear", growth_is_linear},
      {"slices_are_copies", slices_are_copies},
      {"typed_arrays_hold_their_kind", typed_arrays_hold_their_kind},
      {"int64_elements_reach_their_limits", int64_elements_reach_their_limits},
      {"typed_arrays_grow", typed_arrays_grow},
      {"lists_append_and_reverse", lists_append_and_reverse},
      {"cyclic_lists_have_no_length", cyclic_lists_have_no_length},
      {"get_gives_the_default_for_what_is_absent", get_gives_the_default_for_what_is_absent},
  };
  return RUN_TESTS(tests, argc, argv);
}
