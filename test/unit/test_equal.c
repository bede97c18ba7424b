/* equal?, =, eqv? and that hashes agree with equal?. */
#include <math.h>

#include "runtime_fixture.h"

bool omni_prim_eqv(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);

static OmniValue list_of(Fixture *f, int64_t n, OmniValue last) {
  OmniValue list = omni_cons(f->t, last, OMNI_EMPTY);
  while (n-- > 0) list = omni_cons(f->t, num(n), list);
  return list;
}
static OmniValue flt(Fixture *f, double d) { return omni_double(f->t, d); }
static OmniValue big(Fixture *f, const char *s) {
  return rti_number_from_text(f->t, s, strlen(s), 10);
}

/* What is expected of equal? and of =; equal values must have equal hashes. */
static bool are(Fixture *f, OmniValue a, OmniValue b, bool equal, bool by_value) {
  bool both_ways = omni_equal(f->t, a, b) == equal && omni_equal(f->t, b, a) == equal &&
                   omni_num_or_structure_equal(f->t, a, b) == by_value &&
                   omni_num_or_structure_equal(f->t, b, a) == by_value;
  return both_ways && (!equal || omni_hash(f->t, a) == omni_hash(f->t, b));
}

static void numbers(void) {
  Fixture f = fixture_open();
  CHECK(are(&f, num(1), num(1), true, true) && are(&f, num(1), num(2), false, false));
  CHECK(are(&f, num(1), flt(&f, 1), false, true));
  CHECK(are(&f, flt(&f, NAN), flt(&f, -NAN), true, false));
  OmniValue nan = flt(&f, NAN);
  CHECK(are(&f, nan, nan, true, false));
  CHECK(are(&f, flt(&f, 0.0), flt(&f, -0.0), false, true));
  CHECK(are(&f, flt(&f, 1e300), flt(&f, 1e300), true, true));
  CHECK(are(&f, big(&f, "123456789012345678901234567890"),
            big(&f, "123456789012345678901234567890"), true, true));
  CHECK(are(&f, big(&f, "123456789012345678901234567890"),
            big(&f, "-123456789012345678901234567890"), false, false));
  CHECK(are(&f, big(&f, "9007199254740993"), flt(&f, 9007199254740992.0), false, false));
  CHECK(omni_prim_eqv(f.t, NULL, big(&f, "99999999999999999999"), big(&f, "99999999999999999999")));
  CHECK(!omni_prim_eqv(f.t, NULL, num(1), flt(&f, 1)));
  CHECK(!omni_prim_eqv(f.t, NULL, text(&f, "a"), text(&f, "a")));
  fixture_close(&f);
}

static void structures(void) {
  Fixture f = fixture_open();
  CHECK(are(&f, text(&f, "abc"), text(&f, "abc"), true, true));
  CHECK(are(&f, text(&f, "abc"), text(&f, "abd"), false, false));
  CHECK(are(&f, list_of(&f, 5, num(9)), list_of(&f, 5, num(9)), true, true));
  CHECK(are(&f, list_of(&f, 5, num(9)), list_of(&f, 5, flt(&f, 9)), false, true));
  CHECK(are(&f, list_of(&f, 5, num(9)), list_of(&f, 6, num(9)), false, false));
  OmniValue xs[] = {num(1), text(&f, "x"), OMNI_EMPTY};
  OmniValue array = omni_array_from(f.t, xs, 3), other = omni_array_from(f.t, xs, 3);
  CHECK(are(&f, array, other, true, true));
  CHECK(are(&f, array, omni_array_from(f.t, xs, 2), false, false));
  CHECK(are(&f, array, omni_list_from(f.t, xs, 3, OMNI_EMPTY), false, false));
  CHECK(are(&f, omni_tuple2(f.t, num(1), array), omni_tuple2(f.t, num(1), other), true, true));
  CHECK(are(&f, omni_typed_new(f.t, OMNI_ELEM_INT64, 3), omni_typed_new(f.t, OMNI_ELEM_INT64, 3),
            true, true));
  CHECK(are(&f, omni_typed_new(f.t, OMNI_ELEM_INT64, 3), omni_typed_new(f.t, OMNI_ELEM_FLOAT64, 3),
            false, true));
  OmniValue zeros[] = {num(0), num(0), num(0)};
  CHECK(
      are(&f, omni_typed_new(f.t, OMNI_ELEM_INT8, 3), omni_array_from(f.t, zeros, 3), false, true));
  CHECK(are(&f, array, num(1), false, false) && are(&f, OMNI_EMPTY, OMNI_NOTHING, false, false));
  fixture_close(&f);
}

static void tables(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_table_new(f.t, OMNI_T_DICT, 0, 0), b = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  for (int64_t i = 0; i < 20; i++) {
    omni_dict_put(f.t, a, num(i), list_of(&f, i, text(&f, "v")));
    omni_dict_put(f.t, b, num(19 - i), list_of(&f, 19 - i, text(&f, "v")));
  }
  CHECK(are(&f, a, b, true, true)); /* whatever the order */
  omni_dict_put(f.t, b, num(7), num(0));
  CHECK(are(&f, a, b, false, false));
  CHECK(omni_table_remove(f.t, a, num(7), NULL) && omni_table_remove(f.t, b, num(7), NULL));
  CHECK(are(&f, a, b, true, true));
  OmniValue s = omni_table_new(f.t, OMNI_T_SET, 0, 0), r = omni_table_new(f.t, OMNI_T_SET, 0, 0);
  omni_table_insert(f.t, s, text(&f, "p"));
  omni_table_insert(f.t, s, num(2));
  omni_table_insert(f.t, r, num(2));
  CHECK(are(&f, s, r, false, false));
  omni_table_insert(f.t, r, text(&f, "p"));
  CHECK(are(&f, s, r, true, true));
  fixture_close(&f);
}

static void identity(void) {
  Fixture f = fixture_open();
  OmniValue a = omni_new(f.t, OMNI_T_BOX, 2, 0), b = omni_new(f.t, OMNI_T_BOX, 2, 0);
  omni_init(f.t, a, 1, num(1));
  omni_init(f.t, b, 1, num(1));
  CHECK(are(&f, a, a, true, true) && are(&f, a, b, false, false));
  fixture_close(&f);
}

static OmniValue circle(Fixture *f, int64_t n, OmniValue last) {
  OmniValue list = list_of(f, n, last), p = list;
  while (omni_slot(p, 1) != OMNI_EMPTY) p = omni_slot(p, 1);
  omni_store(f->t, p, 1, list);
  return list;
}

static void cycles(void) {
  Fixture f = fixture_open();
  CHECK(are(&f, circle(&f, 3, num(9)), circle(&f, 3, num(9)), true, true));
  CHECK(are(&f, circle(&f, 3, num(9)), circle(&f, 3, num(8)), false, false));
  CHECK(are(&f, circle(&f, 10000, num(9)), circle(&f, 10000, num(8)), false, false));
  /* (0 0 0 ...) whatever the length of the circle */
  CHECK(are(&f, circle(&f, 0, num(0)), circle(&f, 1, num(0)), true, true));
  OmniValue a = omni_array_new(f.t, 1), b = omni_array_new(f.t, 1);
  omni_array_append(f.t, a, b);
  omni_array_append(f.t, b, a);
  CHECK(are(&f, a, b, true, true));
  fixture_close(&f);
}

/* Shared structure whose unfolding has 2^60 leaves is decided at once. */
static void sharing(void) {
  Fixture f = fixture_open();
  OmniValue a = OMNI_EMPTY, b = OMNI_EMPTY;
  for (int i = 0; i < 60; i++) {
    a = omni_cons(f.t, a, a);
    b = omni_cons(f.t, b, b);
  }
  CHECK(are(&f, a, b, true, true));
  fixture_close(&f);
}

static void depth(void) {
  Fixture f = fixture_open();
  OmniValue a = num(1), b = num(1), c = num(2);
  for (int i = 0; i < 1000000; i++) {
    a = omni_cons(f.t, a, OMNI_EMPTY);
    b = omni_cons(f.t, b, OMNI_EMPTY);
    c = omni_cons(f.t, c, OMNI_EMPTY);
  }
  CHECK(are(&f, a, b, true, true) && are(&f, a, c, false, false));
  CHECK(are(&f, list_of(&f, 1000000, num(1)), list_of(&f, 1000000, num(1)), true, true));
  fixture_close(&f);
}

/* Different values mostly have different hashes. */
static void hashes_spread(void) {
  Fixture f = fixture_open();
  enum { N = 4096 };
  size_t buckets[N] = {0}, used = 0;
  char name[16];
  for (int i = 0; i < N; i++) {
    uint64_t h = i % 2
                     ? omni_hash(f.t, num(i))
                     : omni_hash(f.t, omni_string(f.t, name, (size_t)snprintf(name, 16, "k%d", i)));
    used += buckets[h % N]++ == 0;
  }
  CHECK(used > N * 55 / 100); /* random: 63 % */
  fixture_close(&f);
}

static const Test tests[] = {
    {"numbers", numbers}, {"structures", structures},
    {"tables", tables},   {"identity", identity},
    {"cycles", cycles},   {"sharing", sharing},
    {"depth", depth},     {"hashes_spread", hashes_spread},
};
int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
