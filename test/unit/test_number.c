/* Numbers: arithmetic of every size against vectors computed by Python
 * (number_vectors.inc, made by make_number_vectors.py), the text of floats,
 * reading numbers, random numbers, and the edges of the representation. */
#include <math.h>

#include "bignum.h"
#include "runtime_fixture.h"

/* ---- what is tested; the prototypes follow prims.def ---- */
OmniValue omni_prim_div(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_quotient(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_remainder(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_mod(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_gcd(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_lcm(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_expt(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_bit_and(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_bit_or(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_bit_xor(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_bit_not(OmniThread *t, const OmniSite *site, OmniValue a);
OmniValue omni_prim_shift_left(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_shift_right(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_exact_integer_sqrt(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_exact(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_round(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_round_to_int(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_floor_to_int(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_prim_max(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_prim_random(OmniThread *t, const OmniSite *site, OmniValue n);
void omni_prim_random_seed(OmniThread *t, const OmniSite *site, OmniValue v);
double omni_prim_log(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue base);
bool omni_prim_is_integer(OmniThread *t, const OmniSite *site, OmniValue v);
bool omni_prim_is_odd(OmniThread *t, const OmniSite *site, OmniValue v);

static OmniValue read_number(Fixture *f, const char *s) {
  return rti_number_from_text(f->t, s, strlen(s), 10);
}

/* The value's text; valid until the next call. */
static const char *shown(Fixture *f, OmniValue v, unsigned base) {
  static char *kept;
  OmniText x = {.t = f->t};
  rti_text_add_number(&x, v, base);
  free(kept);
  kept = malloc(x.nbytes + 1);
  if (kept == NULL) abort();
  memcpy(kept, x.bytes, x.nbytes);
  kept[x.nbytes] = 0;
  omni_text_free(&x);
  return kept;
}

/* ---- vectors ---- */

typedef struct Vector {
  const char *op, *a, *b, *result;
} Vector;
static const Vector vectors[] = {
#include "number_vectors.inc"
};

static OmniValue isqrt(OmniThread *t, OmniValue a) {
  return omni_slot(omni_prim_exact_integer_sqrt(t, NULL, a), 1);
}

typedef OmniValue Binary(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
static const struct {
  const char *name;
  Binary *run;
} binaries[] = {
    {"add", omni_add_slow},
    {"sub", omni_sub_slow},
    {"mul", omni_mul_slow},
    {"quotient", omni_prim_quotient},
    {"remainder", omni_prim_remainder},
    {"mod", omni_prim_mod},
    {"div", omni_prim_div},
    {"gcd", omni_prim_gcd},
    {"bit-and", omni_prim_bit_and},
    {"bit-or", omni_prim_bit_or},
    {"bit-xor", omni_prim_bit_xor},
    {"shift-left", omni_prim_shift_left},
    {"shift-right", omni_prim_shift_right},
    {"expt", omni_prim_expt},
};

static OmniValue run_binary(Fixture *f, const Vector *v, OmniValue a, OmniValue b) {
  for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
    if (!strcmp(binaries[i].name, v->op)) return binaries[i].run(f->t, NULL, a, b);
  return OMNI_ABSENT;
}

static bool is_normalised(OmniValue v) {
  if (!omni_is_bignum(v)) return true;
  BigView view;
  big_view(&view, v);
  if (view.limbs[view.n - 1] == 0) return false;
  return view.n > 1 || view.limbs[0] > (uint64_t)OMNI_FIXNUM_MAX + view.negative;
}

static bool vector_holds(Fixture *f, const Vector *v) {
  if (!strcmp(v->op, "float-text")) {
    uint64_t bits = strtoull(v->a, NULL, 10);
    double d;
    memcpy(&d, &bits, sizeof d);
    char out[OMNI_FLOAT_TEXT_MAX + 1];
    out[omni_float_text(d, out)] = 0;
    OmniValue back = read_number(f, out);
    return !strcmp(out, v->result) && omni_is_double(back) &&
           (isnan(d) || omni_double_value(back) == d);
  }
  OmniValue a = read_number(f, v->a), b = read_number(f, v->b);
  if (!strncmp(v->op, "to-base-", 8)) {
    unsigned base = (unsigned)atoi(v->op + 8);
    OmniValue back = rti_number_from_text(f->t, v->result, strlen(v->result), base);
    return omni_equal(f->t, a, back) && !strcmp(shown(f, a, base), v->result);
  }
  if (!strncmp(v->op, "compare", 7))
    return (int)rti_number_compare(a, b) == atoi(v->result) &&
           (int)rti_number_compare(b, a) == -atoi(v->result);
  OmniValue r = !strcmp(v->op, "bit-not")    ? omni_prim_bit_not(f->t, NULL, a)
                : !strcmp(v->op, "isqrt")    ? isqrt(f->t, a)
                : !strcmp(v->op, "to-float") ? omni_double(f->t, rti_number_double(a))
                : !strcmp(v->op, "exact")    ? omni_prim_exact(f->t, NULL, a)
                                             : run_binary(f, v, a, b);
  return r != OMNI_ABSENT && is_normalised(r) && !strcmp(shown(f, r, 10), v->result);
}

static void agrees_with_python(void) {
  Fixture f = fixture_open();
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    bool holds = vector_holds(&f, &vectors[i]);
    CHECK(holds);
    if (!holds)
      printf("%s %.60s %.60s: expected %.60s\n", vectors[i].op, vectors[i].a, vectors[i].b,
             vectors[i].result);
  }
  fixture_close(&f);
}

/* ---- representation ---- */

static void fixnums_end_where_they_should(void) {
  Fixture f = fixture_open();
  CHECK(omni_is_fixnum(omni_int(f.t, OMNI_FIXNUM_MAX)));
  CHECK(omni_is_fixnum(omni_int(f.t, OMNI_FIXNUM_MIN)));
  CHECK(omni_is_bignum(omni_int(f.t, OMNI_FIXNUM_MAX + 1)));
  CHECK(omni_is_bignum(omni_int(f.t, OMNI_FIXNUM_MIN - 1)));
  CHECK(!strcmp(shown(&f, omni_int(f.t, INT64_MIN), 10), "-9223372036854775808"));
  OmniValue big = omni_int(f.t, OMNI_FIXNUM_MAX + 1);
  CHECK(omni_sub_slow(f.t, NULL, big, num(1)) == num(OMNI_FIXNUM_MAX));
  CHECK(omni_prim_quotient(f.t, NULL, num(OMNI_FIXNUM_MIN), num(-1)) != num(OMNI_FIXNUM_MIN));
  fixture_close(&f);
}

static void doubles_box_and_unbox(void) {
  static const double values[] = {0.0,
                                  -0.0,
                                  1.0,
                                  -1.5,
                                  1e300,
                                  1e-300,
                                  5e-324,
                                  INFINITY,
                                  0x1p-255,
                                  0x1p257,
                                  0x1.fffffffffffffp256,
                                  3.14};
  Fixture f = fixture_open();
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    OmniValue v = omni_double(f.t, values[i]);
    double back = omni_double_value(v);
    CHECK(omni_is_double(v) && memcmp(&back, &values[i], sizeof back) == 0);
  }
  CHECK(isnan(omni_double_value(omni_double(f.t, NAN))));
  fixture_close(&f);
}

/* ---- reading ---- */

static void reads_what_the_language_writes(void) {
  static const struct {
    const char *text;
    double value;
  } good[] = {{"0", 0},           {"-7", -7},           {"+3", 3},
              {"0xff", 255},      {"0b101", 5},         {"1_000", 1000},
              {"3.14", 3.14},     {".5", .5},           {"3.", 3},
              {"1e-9", 1e-9},     {"-2.5e3", -2500},    {"1e+2", 100},
              {"1_0.2_5", 10.25}, {"+inf.0", INFINITY}, {"-inf.0", -INFINITY},
              {"-.5", -.5}};
  static const char *const bad[] = {"",      "-",   "+",   ".",   "e5",   "1E5",  "-0xff",
                                    "1__0",  "_1",  "1_",  "0x",  "0b2",  "1e",   "1e+",
                                    "1.5.2", " 1",  "1 ",  "abc", "1_.5", "1._5", "inf.0",
                                    "1e5.0", "--1", "0xg", "1/2", "1e1_"};
  Fixture f = fixture_open();
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    OmniValue v = read_number(&f, good[i].text);
    CHECK(omni_is_number(v) && rti_number_double(v) == good[i].value);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (read_number(&f, bad[i]) != OMNI_NOTHING) printf("accepted: \"%s\"\n", bad[i]);
    CHECK(read_number(&f, bad[i]) == OMNI_NOTHING);
  }
  CHECK(rti_number_from_text(f.t, "-ff", 3, 16) == num(-255));
  CHECK(rti_number_from_text(f.t, "FF", 2, 16) == num(255));
  CHECK(rti_number_from_text(f.t, "12", 2, 2) == OMNI_NOTHING);
  fixture_close(&f);
}

/* Every float in a stretch of the narrow binades reads back as itself. */
static void floats_read_back(void) {
  Fixture f = fixture_open();
  uint64_t bits = 12345;
  for (int i = 0; i < 20000; i++) {
    bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double d;
    memcpy(&d, &bits, sizeof d);
    if (!isfinite(d)) continue;
    char out[OMNI_FLOAT_TEXT_MAX + 1];
    out[omni_float_text(d, out)] = 0;
    CHECK(strtod(out, NULL) == d);
  }
  fixture_close(&f);
}

/* ---- single operations ---- */

static void rounds_half_to_even(void) {
  static const double in[] = {0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, 2.6, 1e20, 4503599627370497.5};
  static const double out[] = {0, 2, 2, -0.0, -2, -2, 2, 3, 1e20, 4503599627370498.0};
  Fixture f = fixture_open();
  for (size_t i = 0; i < sizeof in / sizeof *in; i++)
    CHECK(omni_double_value(omni_prim_round(f.t, NULL, omni_double(f.t, in[i]))) == out[i]);
  CHECK(omni_prim_round(f.t, NULL, num(7)) == num(7));
  CHECK(omni_prim_round_to_int(f.t, NULL, omni_double(f.t, 3.5)) == num(4));
  CHECK(omni_prim_floor_to_int(f.t, NULL, omni_double(f.t, -3.5)) == num(-4));
  OmniValue big = omni_prim_floor_to_int(f.t, NULL, omni_double(f.t, 1e25));
  CHECK(!strcmp(shown(&f, big, 10), "10000000000000000905969664"));
  fixture_close(&f);
}

static void mixes_ints_and_floats(void) {
  Fixture f = fixture_open();
  OmniValue half = omni_double(f.t, 0.5), nan = omni_double(f.t, NAN);
  CHECK(omni_double_value(omni_add_slow(f.t, NULL, num(1), half)) == 1.5);
  CHECK(omni_double_value(omni_prim_div(f.t, NULL, num(7), num(2))) == 3.5);
  CHECK(isinf(omni_double_value(omni_prim_div(f.t, NULL, half, num(0)))));
  CHECK(omni_double_value(omni_prim_expt(f.t, NULL, num(2), num(-1))) == 0.5);
  CHECK(omni_prim_expt(f.t, NULL, num(-1), read_number(&f, "1000000000000000000000001")) ==
        num(-1));
  CHECK(omni_double_value(omni_prim_mod(f.t, NULL, omni_double(f.t, -5.5), num(2))) == 0.5);
  CHECK(omni_prim_max(f.t, NULL, num(1), half) == num(1));
  CHECK(omni_prim_lcm(f.t, NULL, num(4), num(-6)) == num(12));
  CHECK(!omni_lt_slow(f.t, NULL, nan, num(1)) && !omni_ge_slow(f.t, NULL, nan, num(1)));
  CHECK(omni_prim_is_integer(f.t, NULL, omni_double(f.t, 2.0)));
  CHECK(!omni_prim_is_integer(f.t, NULL, half));
  CHECK(omni_prim_is_odd(f.t, NULL, num(-3)) && omni_prim_is_odd(f.t, NULL, omni_double(f.t, 3)));
  OmniValue huge = omni_prim_expt(f.t, NULL, num(10), num(1000));
  CHECK(fabs(omni_prim_log(f.t, NULL, huge, OMNI_ABSENT) - 2302.585092994046) < 1e-9);
  fixture_close(&f);
}

/* ---- random numbers ---- */

static void random_repeats_and_stays_in_range(void) {
  Fixture f = fixture_open();
  OmniValue limit = read_number(&f, "1000000000000000000000000");
  OmniValue first[20];
  for (int round = 0; round < 2; round++) {
    omni_prim_random_seed(f.t, NULL, num(42));
    for (int i = 0; i < 20; i++) {
      OmniValue r = omni_prim_random(f.t, NULL, num(10));
      CHECK(omni_is_fixnum(r) && omni_fixnum_value(r) >= 0 && omni_fixnum_value(r) < 10);
      if (round == 0) first[i] = r;
      CHECK(r == first[i]);
    }
    double d = omni_double_value(omni_prim_random(f.t, NULL, OMNI_ABSENT));
    CHECK(d >= 0 && d < 1);
    OmniValue big = omni_prim_random(f.t, NULL, limit);
    CHECK(big_sign(big) >= 0 && big_compare(big, limit) < 0);
  }
  size_t counts[10] = {0};
  for (int i = 0; i < 10000; i++) counts[omni_fixnum_value(omni_prim_random(f.t, NULL, num(10)))]++;
  for (int i = 0; i < 10; i++) CHECK(counts[i] > 850 && counts[i] < 1150);
  fixture_close(&f);
}

static const Test tests[] = {
    {"agrees_with_python", agrees_with_python},
    {"fixnums_end_where_they_should", fixnums_end_where_they_should},
    {"doubles_box_and_unbox", doubles_box_and_unbox},
    {"reads_what_the_language_writes", reads_what_the_language_writes},
    {"floats_read_back", floats_read_back},
    {"rounds_half_to_even", rounds_half_to_even},
    {"mixes_ints_and_floats", mixes_ints_and_floats},
    {"random_repeats_and_stays_in_range", random_repeats_and_stays_in_range},
};
int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
