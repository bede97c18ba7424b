/* Tables: lookup, order, removal, growth, keys, sets. */
#include "runtime_fixture.h"

static int64_t value_of(Fixture *f, OmniValue d, OmniValue key) {
  OmniValue v = rti_dict_lookup(f->t, d, key);
  return v == OMNI_ABSENT ? -1 : omni_fixnum_value(v);
}

/* The keys in order, as "a b c", of a dict whose keys are small numbers. */
static const char *order(OmniValue d) {
  static char out[256];
  size_t n = 0;
  for (int64_t pos = omni_table_next(d, 0); pos >= 0; pos = omni_table_next(d, (size_t)pos + 1))
    n += (size_t)snprintf(out + n, sizeof out - n, "%s%d", n == 0 ? "" : " ",
                          (int)omni_fixnum_value(omni_table_key(d, (size_t)pos)));
  out[n] = 0;
  return out;
}

static void finds_what_was_put(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  CHECK(value_of(&f, d, num(1)) == -1);
  omni_dict_put(f.t, d, text(&f, "one"), num(1));
  omni_dict_put(f.t, d, text(&f, "two"), num(2));
  CHECK(value_of(&f, d, text(&f, "one")) == 1);
  CHECK(value_of(&f, d, text(&f, "two")) == 2);
  CHECK(value_of(&f, d, text(&f, "three")) == -1);
  omni_dict_put(f.t, d, text(&f, "one"), num(11));
  CHECK(value_of(&f, d, text(&f, "one")) == 11);
  CHECK(omni_table_live(d) == 2);
  fixture_close(&f);
}

static void keeps_the_order_of_insertion(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  for (int64_t k = 9; k >= 0; k--) omni_dict_put(f.t, d, num(k), num(k));
  CHECK(!strcmp(order(d), "9 8 7 6 5 4 3 2 1 0"));
  omni_dict_put(f.t, d, num(5), num(0));
  CHECK(!strcmp(order(d), "9 8 7 6 5 4 3 2 1 0"));
  CHECK(omni_table_remove(f.t, d, num(5), NULL));
  omni_dict_put(f.t, d, num(5), num(0));
  CHECK(!strcmp(order(d), "9 8 7 6 4 3 2 1 0 5"));
  fixture_close(&f);
}

static void removes_from_both_ends(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0), v;
  for (int64_t k = 0; k < 6; k++) omni_dict_put(f.t, d, num(k), num(10 * k));
  CHECK(omni_table_remove(f.t, d, num(0), &v) && omni_fixnum_value(v) == 0);
  CHECK(omni_table_remove(f.t, d, num(5), &v) && omni_fixnum_value(v) == 50);
  CHECK(!omni_table_remove(f.t, d, num(5), &v));
  CHECK(omni_table_used(d) == 5 && omni_table_next(d, 0) == 1);
  for (int64_t k = 1; k < 5; k++) CHECK(omni_table_remove(f.t, d, num(k), NULL));
  CHECK(omni_table_live(d) == 0 && omni_table_used(d) == 0);
  omni_dict_put(f.t, d, num(7), num(7));
  CHECK(!strcmp(order(d), "7"));
  fixture_close(&f);
}

/* A queue of 100 that 100000 entries pass through stays small. */
static void does_not_grow_when_used_as_a_queue(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  for (int64_t k = 0; k < 100000; k++) {
    omni_dict_put(f.t, d, num(k), num(k));
    if (k < 100) continue;
    int64_t first = omni_table_next(d, 0);
    CHECK(omni_fixnum_value(omni_table_key(d, (size_t)first)) == k - 100);
    CHECK(omni_table_remove(f.t, d, num(k - 100), NULL));
  }
  CHECK(omni_table_live(d) == 100);
  CHECK(omni_header_nwords(omni_words(omni_slot(d, TABLE_INDEX))[0]) <= 4 * 256 + 1);
  fixture_close(&f);
}

/* Random operations against a plain array of values. */
static void agrees_with_a_model(void) {
  enum { KEYS = 300, STEPS = 60000 };
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  int model[KEYS];
  memset(model, -1, sizeof model);
  uint32_t seed = 12345;
  size_t live = 0;
  for (int step = 0; step < STEPS; step++) {
    seed = seed * 1664525u + 1013904223u;
    int k = (int)(seed >> 8) % KEYS;
    OmniValue key = omni_double(f.t, k + 0.5); /* not immediate integers */
    if ((seed >> 4 & 3) == 0) {
      CHECK(omni_table_remove(f.t, d, key, NULL) == (model[k] >= 0));
      live -= model[k] >= 0;
      model[k] = -1;
    } else {
      live += model[k] < 0;
      omni_dict_put(f.t, d, key, num(step));
      model[k] = step;
    }
    CHECK(omni_table_live(d) == live);
    CHECK(value_of(&f, d, omni_double(f.t, k + 0.5)) == model[k]);
  }
  for (int k = 0; k < KEYS; k++)
    CHECK(value_of(&f, d, omni_double(f.t, k + 0.5)) == model[k]);
  fixture_close(&f);
}

static void integers_and_floats_are_different_keys(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  omni_dict_put(f.t, d, num(1), num(10));
  omni_dict_put(f.t, d, omni_double(f.t, 1.0), num(20));
  CHECK(value_of(&f, d, num(1)) == 10);
  CHECK(value_of(&f, d, omni_double(f.t, 1.0)) == 20);
  CHECK(omni_table_live(d) == 2);
  fixture_close(&f);
}

static void a_key_counts_as_it_was_inserted(void) {
  Fixture f = fixture_open();
  OmniValue one = num(1), d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  OmniValue key = omni_array_from(f.t, &one, 1);
  omni_dict_put(f.t, d, key, num(7));
  omni_array_append(f.t, key, num(2));
  CHECK(value_of(&f, d, key) == -1);
  CHECK(value_of(&f, d, omni_array_from(f.t, &one, 1)) == 7);
  OmniValue pair = omni_cons(f.t, num(1), OMNI_EMPTY);
  omni_dict_put(f.t, d, pair, num(8));
  omni_store(f.t, pair, 0, num(2));
  CHECK(value_of(&f, d, omni_cons(f.t, num(1), OMNI_EMPTY)) == 8);
  fixture_close(&f);
}

static void identity_dicts_tell_equal_keys_apart(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, TABLE_BY_IDENTITY, 0);
  OmniValue a = omni_array_from(f.t, NULL, 0), b = omni_array_from(f.t, NULL, 0);
  omni_dict_put(f.t, d, a, num(1));
  omni_dict_put(f.t, d, b, num(2));
  CHECK(value_of(&f, d, a) == 1 && value_of(&f, d, b) == 2);
  omni_array_append(f.t, a, num(9));
  CHECK(value_of(&f, d, a) == 1);
  fixture_close(&f);
}

static void copies_are_independent(void) {
  Fixture f = fixture_open();
  OmniValue d = omni_table_new(f.t, OMNI_T_DICT, 0, 0);
  for (int64_t k = 0; k < 20; k++) omni_dict_put(f.t, d, num(k), num(k));
  for (int64_t k = 0; k < 20; k += 2) omni_table_remove(f.t, d, num(k), NULL);
  OmniValue c = omni_table_copy(f.t, d);
  omni_dict_put(f.t, d, num(1), num(100));
  omni_table_remove(f.t, d, num(3), NULL);
  CHECK(!strcmp(order(c), "1 3 5 7 9 11 13 15 17 19"));
  for (int64_t k = 0; k < 20; k++) CHECK(value_of(&f, c, num(k)) == (k % 2 ? k : -1));
  fixture_close(&f);
}

static void sets_hold_each_element_once(void) {
  Fixture f = fixture_open();
  OmniValue s = omni_table_new(f.t, OMNI_T_SET, 0, 0);
  for (int64_t k = 0; k < 1000; k++) omni_table_insert(f.t, s, num(k % 37));
  CHECK(omni_table_live(s) == 37);
  for (int64_t k = 0; k < 50; k++) CHECK(rti_set_has(f.t, s, num(k)) == (k < 37));
  CHECK(omni_table_remove(f.t, s, num(5), NULL) && !rti_set_has(f.t, s, num(5)));
  fixture_close(&f);
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"finds_what_was_put", finds_what_was_put},
      {"keeps_the_order_of_insertion", keeps_the_order_of_insertion},
      {"removes_from_both_ends", removes_from_both_ends},
      {"does_not_grow_when_used_as_a_queue", does_not_grow_when_used_as_a_queue},
      {"agrees_with_a_model", agrees_with_a_model},
      {"integers_and_floats_are_different_keys", integers_and_floats_are_different_keys},
      {"a_key_counts_as_it_was_inserted", a_key_counts_as_it_was_inserted},
      {"identity_dicts_tell_equal_keys_apart", identity_dicts_tell_equal_keys_apart},
      {"copies_are_independent", copies_are_independent},
      {"sets_hold_each_element_once", sets_hold_each_element_once},
  };
  return RUN_TESTS(tests, argc, argv);
}
