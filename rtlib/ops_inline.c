/* The operations that are inlined into compiled programs.
 *
 * This file is compiled twice: into libomnirt.a, where programs built at -O0
 * call it, and to bitcode that is linked into programs from -O1 on, so that
 * LLVM inlines what is called and drops the rest. So each function is the usual
 * path and one call of something slow; the optimiser then removes tests that
 * the program around it has already made.
 *
 * Functions named omni_prim_* are lines of prims.def, omni_op_* of ir/ops.def.
 */
#include <math.h>

#include "collection_inline.h"
#include "ops.h"
#include "rti.h"
#include "values_inline.h"

#define OMNI_THREAD_FIELD(name, offset) \
  _Static_assert(offsetof(OmniThread, name) == (offset), "thread_layout.def: " #name);
#include "thread_layout.def"
#undef OMNI_THREAD_FIELD

#define OMNI_OUT_OF_LINE __attribute__((noinline))
/* What stands in inner loops is inlined wherever it is called; for the rest
 * the compiler asks for small code (INLINE_THRESHOLD in ir/backend.c). */
#define OMNI_INNER_LOOP __attribute__((always_inline))

/* Parameters that a function of this file's uniform signature does not use. */
#define UNUSED(x) ((void)(x))

/* Definitions of functions that compiled code declares by itself. */
#pragma clang diagnostic ignored "-Wmissing-prototypes"

/* ---- pairs ---- */

OMNI_INNER_LOOP OmniValue omni_prim_cons(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue d) {
  UNUSED(site);
  return omni_cons(t, a, d);
}

OmniValue omni_prim_car(OmniThread *t, const OmniSite *site, OmniValue p) {
  if (OMNI_LIKELY(omni_is_pair(p))) return omni_words(p)[0];
  return omni_error_kind(t, site, "car", "Pair", p);
}

OmniValue omni_prim_cdr(OmniThread *t, const OmniSite *site, OmniValue p) {
  if (OMNI_LIKELY(omni_is_pair(p))) return omni_words(p)[1];
  return omni_error_kind(t, site, "cdr", "Pair", p);
}

static void set_pair(OmniThread *t, const OmniSite *site, const char *op, OmniValue p, size_t i,
                     OmniValue v) {
  if (OMNI_UNLIKELY(!omni_is_pair(p))) omni_error_kind(t, site, op, "Pair", p);
  else if (OMNI_UNLIKELY(omni_is_immortal(t, p))) omni_error_immutable(t, site, op, p);
  else omni_store_inline(t, p, i, v);
}

void omni_prim_set_car(OmniThread *t, const OmniSite *site, OmniValue p, OmniValue v) {
  set_pair(t, site, "set-car!", p, 0, v);
}

void omni_prim_set_cdr(OmniThread *t, const OmniSite *site, OmniValue p, OmniValue v) {
  set_pair(t, site, "set-cdr!", p, 1, v);
}

/* ---- tests ---- */

bool omni_prim_is_null(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return v == OMNI_EMPTY;
}

bool omni_prim_is_pair(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return omni_is_pair(v);
}

bool omni_prim_is_nothing(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return v == OMNI_NOTHING;
}

bool omni_prim_not(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return !omni_truthy(v);
}

bool omni_prim_identical(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(t), UNUSED(site);
  return a == b;
}

/* ---- numbers ---- */

static inline bool both_fixnums(OmniValue a, OmniValue b) { return ((a | b) & 3) == 0; }

static inline bool both_doubles(OmniValue a, OmniValue b) {
  return omni_is_immediate_double(a) && omni_is_immediate_double(b);
}

static inline OmniValue from_double(OmniThread *t, double d) {
  OmniValue v = omni_double_rotate(d);
  return OMNI_LIKELY(omni_is_immediate_double(v)) ? v : omni_double_box(t, d);
}

/* The usual case alone is inlined: fixnums. Doubles that the compiler did not see
 * coming cost a call, which keeps programs small and quick to compile. */
#define ARITHMETIC(name, builtin, operator, scaled_b)                                      \
  static OMNI_OUT_OF_LINE OmniValue name##_number(OmniThread *t, const OmniSite *site,     \
                                                  OmniValue a, OmniValue b) {              \
    if (both_doubles(a, b))                                                                \
      return from_double(t, omni_immediate_double_value(a)                                 \
                                operator omni_immediate_double_value(b));                  \
    return omni_##name##_slow(t, site, a, b);                                              \
  }                                                                                        \
  OmniValue omni_prim_##name(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) { \
    int64_t r;                                                                             \
    if (OMNI_LIKELY(both_fixnums(a, b)) &&                                                 \
        OMNI_LIKELY(!builtin((int64_t)a, (int64_t)(scaled_b), &r)))                        \
      return (OmniValue)r;                                                                 \
    return name##_number(t, site, a, b);                                                   \
  }                                                                                        \
  OmniValue omni_prim_fx_##name(OmniThread *t, const OmniSite *site, OmniValue a,          \
                                OmniValue b) {                                             \
    int64_t r;                                                                             \
    if (OMNI_LIKELY(!builtin((int64_t)a, (int64_t)(scaled_b), &r))) return (OmniValue)r;   \
    return omni_##name##_slow(t, site, a, b);                                              \
  }
ARITHMETIC(add, __builtin_add_overflow, +, b)
ARITHMETIC(sub, __builtin_sub_overflow, -, b)
ARITHMETIC(mul, __builtin_mul_overflow, *, (int64_t)b >> 2)

OmniValue omni_prim_fx_add_nowrap(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(t), UNUSED(site);
  return (OmniValue)((int64_t)a + (int64_t)b);
}

OmniValue omni_prim_fx_sub_nowrap(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(t), UNUSED(site);
  return (OmniValue)((int64_t)a - (int64_t)b);
}

OmniValue omni_prim_fx_mul_nowrap(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(t), UNUSED(site);
  return (OmniValue)(omni_fixnum_value(a) * (int64_t)b);
}

/* Operands proved to be fixnums, results to stay in the range. On words: the
 * two low bits of a fixnum are clear, so and, or, xor and comparisons need no
 * shift. */
#define FIXNUM_OPERATION(name, expression)                                            \
  OmniValue omni_prim_fx_##name(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) { \
    UNUSED(t), UNUSED(site);                                                          \
    return (OmniValue)(expression);                                                   \
  }
FIXNUM_OPERATION(quotient, omni_fixnum(omni_fixnum_value(a) / omni_fixnum_value(b)))
FIXNUM_OPERATION(remainder, omni_fixnum(omni_fixnum_value(a) % omni_fixnum_value(b)))
FIXNUM_OPERATION(and, a &b)
FIXNUM_OPERATION(or, a | b)
FIXNUM_OPERATION(xor, a ^ b)
FIXNUM_OPERATION(shift_right, ((int64_t)a >> omni_fixnum_value(b)) & ~INT64_C(3))
FIXNUM_OPERATION(max, (int64_t)a < (int64_t)b ? b : a)
FIXNUM_OPERATION(min, (int64_t)a > (int64_t)b ? b : a)

bool omni_prim_fx_is_small(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  /* the tag bits and the range in one comparison: rotated, both stand on top */
  uint64_t w = v + ((uint64_t)1 << 61);
  return (w >> 2 | w << 62) <= (uint64_t)1 << 60;
}

OmniValue omni_prim_fx_mod(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(t), UNUSED(site);
  int64_t x = omni_fixnum_value(a), y = omni_fixnum_value(b), r = x % y;
  if (r != 0 && (r < 0) != (y < 0)) r += y;
  return omni_fixnum(r);
}

#define COMPARISON(name, operator)                                                           \
  static OMNI_OUT_OF_LINE bool name##_number(OmniThread *t, const OmniSite *site,            \
                                             OmniValue a, OmniValue b) {                     \
    if (both_doubles(a, b))                                                                  \
      return omni_immediate_double_value(a) operator omni_immediate_double_value(b);         \
    return omni_##name##_slow(t, site, a, b);                                                \
  }                                                                                          \
  bool omni_prim_##name(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {     \
    if (OMNI_LIKELY(both_fixnums(a, b))) return (int64_t)a operator (int64_t)b;              \
    return name##_number(t, site, a, b);                                                     \
  }                                                                                          \
  bool omni_prim_fx_##name(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {  \
    UNUSED(t), UNUSED(site);                                                                 \
    return (int64_t)a operator (int64_t)b;                                                   \
  }                                                                                          \
  bool omni_prim_fl_##name(OmniThread *t, const OmniSite *site, double a, double b) {        \
    UNUSED(t), UNUSED(site);                                                                 \
    return a operator b;                                                                     \
  }
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)
COMPARISON(eq, ==)

#define FLOAT_ARITHMETIC(name, operator)                                                  \
  double omni_prim_fl_##name(OmniThread *t, const OmniSite *site, double a, double b) {   \
    UNUSED(t), UNUSED(site);                                                              \
    return a operator b;                                                                  \
  }
FLOAT_ARITHMETIC(add, +)
FLOAT_ARITHMETIC(sub, -)
FLOAT_ARITHMETIC(mul, *)
FLOAT_ARITHMETIC(div, /)

double omni_prim_fl_max(OmniThread *t, const OmniSite *site, double a, double b) {
  UNUSED(t), UNUSED(site);
  return a < b ? b : a;
}

double omni_prim_fl_min(OmniThread *t, const OmniSite *site, double a, double b) {
  UNUSED(t), UNUSED(site);
  return a > b ? b : a;
}

double omni_prim_fl_abs(OmniThread *t, const OmniSite *site, double a) {
  UNUSED(t), UNUSED(site);
  return __builtin_fabs(a);
}

double omni_prim_fl_neg(OmniThread *t, const OmniSite *site, double a) {
  UNUSED(t), UNUSED(site);
  return -a;
}

double omni_prim_fl_sqrt(OmniThread *t, const OmniSite *site, double a) {
  UNUSED(t), UNUSED(site);
  return __builtin_sqrt(a);
}

double omni_prim_fix_to_fl(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return (double)omni_fixnum_value(v);
}

OmniValue omni_op_box_double(OmniThread *t, double d) { return from_double(t, d); }

double omni_op_unbox_double(OmniValue v) {
  return OMNI_LIKELY(omni_is_immediate_double(v)) ? omni_immediate_double_value(v)
                                                  : omni_double_value(v);
}

OmniValue omni_op_box_int(OmniThread *t, int64_t n) {
  return OMNI_LIKELY(omni_fits_fixnum(n)) ? omni_fixnum(n) : omni_int(t, n);
}

int64_t omni_op_unbox_int(OmniValue v) { return omni_fixnum_value(v); }

/* ---- structs and cells: their kinds have been tested ---- */

bool omni_prim_struct_is(OmniThread *t, const OmniSite *site, OmniValue v, int64_t kind) {
  UNUSED(t), UNUSED(site);
  if (!omni_is_object(v)) return false;
  uint64_t mask = UINT64_C(0xffff) << 16 | 0xff;
  return (omni_words(v)[0] & mask) == (omni_header(OMNI_T_STRUCT, 0, (uint32_t)kind) & mask);
}

OmniValue omni_prim_struct_ref(OmniThread *t, const OmniSite *site, OmniValue v, int64_t field) {
  UNUSED(t), UNUSED(site);
  return omni_slot(v, 1 + (size_t)field);
}

void omni_prim_struct_set(OmniThread *t, const OmniSite *site, OmniValue s, int64_t field,
                          OmniValue v) {
  UNUSED(site);
  omni_store_inline(t, s, 1 + (size_t)field, v);
}

OmniValue omni_prim_cell_make(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(site);
  OmniValue c = omni_new(t, OMNI_T_BOX, 2, 0);
  omni_init(t, c, 1, v);
  return c;
}

OmniValue omni_prim_cell_ref(OmniThread *t, const OmniSite *site, OmniValue c) {
  UNUSED(t), UNUSED(site);
  return omni_slot(c, 1);
}

void omni_prim_cell_set(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue v) {
  UNUSED(site);
  omni_store_inline(t, c, 1, v);
}

OmniValue omni_prim_check_bound(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue name) {
  if (OMNI_LIKELY(v != OMNI_UNBOUND)) return v;
  return omni_raise(t, site, "unbound", "a variable is used before its definition has run", 1,
                    &name);
}

/* ---- numbers, strings, kinds: values_inline.h ---- */

#define VALUE_UNARY(R, id)                                                \
  R omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue v) {    \
    return omni_##id##_inline(t, site, v);                                \
  }
#define VALUE_BINARY(id)                                                                    \
  OmniValue omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) { \
    return omni_##id##_inline(t, site, a, b);                                               \
  }
#define VALUE_TEST(id, test)                                              \
  bool omni_prim_##id(OmniThread *t, const OmniSite *site, OmniValue v) { \
    UNUSED(t), UNUSED(site);                                              \
    return test;                                                          \
  }
VALUE_UNARY(bool, is_zero)
VALUE_UNARY(bool, is_positive)
VALUE_UNARY(bool, is_negative)
VALUE_UNARY(bool, is_odd)
VALUE_UNARY(bool, is_even)
VALUE_UNARY(OmniValue, abs)
VALUE_UNARY(OmniValue, bit_not)
VALUE_UNARY(OmniValue, floor_to_int)
VALUE_UNARY(double, inexact)
VALUE_UNARY(double, sqrt)
VALUE_UNARY(int64_t, string_length)
VALUE_UNARY(int64_t, char_to_integer)
VALUE_BINARY(max)
VALUE_BINARY(min)
VALUE_BINARY(div)
VALUE_BINARY(quotient)
VALUE_BINARY(remainder)
VALUE_BINARY(mod)
VALUE_BINARY(bit_and)
VALUE_BINARY(bit_or)
VALUE_BINARY(bit_xor)
VALUE_BINARY(shift_left)
VALUE_BINARY(shift_right)
VALUE_BINARY(string_ref)
VALUE_TEST(is_number, omni_is_number(v))
VALUE_TEST(is_float, omni_is_double(v))
VALUE_TEST(is_int, omni_is_integer(v))
VALUE_TEST(is_boolean, v == OMNI_TRUE || v == OMNI_FALSE)
VALUE_TEST(is_char, omni_is_char(v))
VALUE_TEST(is_string, omni_is_string(v))
VALUE_TEST(is_symbol, omni_is_symbol(v))
VALUE_TEST(is_function, omni_is_type(v, OMNI_T_CLOSURE))
VALUE_TEST(is_kind, omni_is_type(v, OMNI_T_KIND))

bool omni_prim_equal(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  UNUSED(site);
  return omni_equal_inline(t, a, b);
}

/* ---- collections: collection_inline.h ---- */

OmniValue omni_prim_array_ref(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i) {
  return omni_array_ref_inline(t, site, a, i);
}

void omni_prim_array_set(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i,
                         OmniValue v) {
  omni_array_set_inline(t, site, a, i, v);
}

void omni_prim_array_push(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue v) {
  omni_array_push_inline(t, site, a, v);
}

void omni_prim_set_box(OmniThread *t, const OmniSite *site, OmniValue b, OmniValue v) {
  omni_set_box_inline(t, site, b, v);
}

VALUE_UNARY(OmniValue, array_length)
VALUE_UNARY(OmniValue, seq_length)
VALUE_BINARY(seq_ref)
VALUE_UNARY(OmniValue, unbox)
VALUE_TEST(is_array, omni_is_type(v, OMNI_T_ARRAY) || omni_is_type(v, OMNI_T_TYPED_ARRAY))
VALUE_TEST(is_typed_array, omni_is_type(v, OMNI_T_TYPED_ARRAY))
VALUE_TEST(is_dict, omni_is_type(v, OMNI_T_DICT))
VALUE_TEST(is_set, omni_is_type(v, OMNI_T_SET))
VALUE_TEST(is_box, omni_is_type(v, OMNI_T_BOX))
VALUE_TEST(is_tuple, omni_is_type(v, OMNI_T_TUPLE))
VALUE_TEST(is_iterator, omni_is_type(v, OMNI_T_ITERATOR))
VALUE_TEST(is_range, omni_is_iterator_of(v, OMNI_ITER_RANGE))
VALUE_TEST(iter_is_once, omni_is_iterator_of(v, OMNI_ITER_ONCE))
VALUE_TEST(is_iter_end, v == OMNI_END)

OmniValue omni_prim_iter_end(OmniThread *t, const OmniSite *site) {
  UNUSED(t), UNUSED(site);
  return OMNI_END;
}

OmniValue omni_prim_range_part(OmniThread *t, const OmniSite *site, OmniValue it, int64_t part) {
  UNUSED(t), UNUSED(site);
  return omni_slot(it, ITER_STATE + (size_t)part);
}

OmniValue omni_prim_coll_kind(OmniThread *t, const OmniSite *site, OmniValue v) {
  UNUSED(t), UNUSED(site);
  return omni_fixnum(omni_coll_kind(v));
}

OmniValue omni_prim_string_char_at(OmniThread *t, const OmniSite *site, OmniValue s,
                                   OmniValue offset) {
  UNUSED(t), UNUSED(site);
  return omni_char(omni_string_decode(s, (size_t)omni_fixnum_value(offset)));
}

OmniValue omni_prim_string_step(OmniThread *t, const OmniSite *site, OmniValue s,
                                OmniValue offset) {
  UNUSED(t), UNUSED(site);
  size_t nbytes = omni_string_char_nbytes(s, (size_t)omni_fixnum_value(offset));
  return offset + omni_fixnum((int64_t)nbytes);
}

OmniValue omni_prim_string_nbytes(OmniThread *t, const OmniSite *site, OmniValue s) {
  UNUSED(t), UNUSED(site);
  return omni_fixnum((int64_t)omni_string_nbytes(s));
}

/* ---- paths ---- */

OmniValue omni_prim_index_ref(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i) {
  return omni_index_ref_inline(t, site, c, i);
}

void omni_prim_index_set(OmniThread *t, const OmniSite *site, OmniValue c, OmniValue i,
                         OmniValue v) {
  omni_index_set_inline(t, site, c, i, v);
}

OmniValue omni_prim_length(OmniThread *t, const OmniSite *site, OmniValue c) {
  return omni_length_inline(t, site, c);
}

/* ---- arrays whose element kind is proved ---- */

OmniValue omni_prim_slots_length(OmniThread *t, const OmniSite *site, OmniValue a) {
  UNUSED(t), UNUSED(site);
  return omni_slot(a, ARRAY_LENGTH);
}

OMNI_INNER_LOOP OmniValue omni_prim_slots_ref(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i) {
  if (OMNI_LIKELY(omni_array_has_index(a, i)))
    return omni_slot(omni_array_store(a), 1 + (size_t)omni_fixnum_value(i));
  return omni_array_ref_slow(t, site, a, i);
}

OMNI_INNER_LOOP void omni_prim_slots_set(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i,
                         OmniValue v) {
  if (OMNI_LIKELY(omni_array_has_index(a, i) && !omni_is_frozen(a)))
    omni_store_inline(t, omni_array_store(a), 1 + (size_t)omni_fixnum_value(i), v);
  else
    omni_array_set_slow(t, site, a, i, v);
}

/* The element kind and the value are proved, so what is left for the slow path is
 * to raise an error. That it does not come back is said here, lest a loop be
 * compiled as if the array could be another one after each store. */
static inline _Noreturn void raised(void) { __builtin_trap(); }

/* Element i of a typed array of that C type. `bool`, not `uint8_t`: a store
 * through a character type might change the array's length, for all C knows. */
#define ELEMENT(ctype, a, i) \
  (((ctype *)(void *)omni_raw_bytes(omni_array_store(a)))[omni_fixnum_value(i)])

OMNI_INNER_LOOP double omni_prim_f64_ref(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i) {
  if (OMNI_LIKELY(omni_array_has_index(a, i))) return ELEMENT(const double, a, i);
  omni_array_ref_slow(t, site, a, i);
  raised();
}

OMNI_INNER_LOOP void omni_prim_f64_set(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i, double v) {
  if (OMNI_LIKELY(omni_array_has_index(a, i) && !omni_is_frozen(a))) {
    ELEMENT(double, a, i) = v;
    return;
  }
  omni_array_set_slow(t, site, a, i, from_double(t, v));
  raised();
}

OMNI_INNER_LOOP bool omni_prim_bool_ref(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i) {
  if (OMNI_LIKELY(omni_array_has_index(a, i))) return ELEMENT(const bool, a, i);
  omni_array_ref_slow(t, site, a, i);
  raised();
}

OMNI_INNER_LOOP void omni_prim_bool_set(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i, bool v) {
  if (OMNI_LIKELY(omni_array_has_index(a, i) && !omni_is_frozen(a))) {
    ELEMENT(bool, a, i) = v;
    return;
  }
  omni_array_set_slow(t, site, a, i, omni_bool(v));
  raised();
}

/* Integers; a value that does not fit the element is left to the slow path. */
#define INTEGER_ELEMENTS(name, ctype)                                                         \
  OMNI_INNER_LOOP OmniValue omni_prim_##name##_ref(OmniThread *t, const OmniSite *site, OmniValue a, \
                                   OmniValue i) {                                             \
    if (OMNI_LIKELY(omni_array_has_index(a, i))) {                                            \
      int64_t n = ELEMENT(const ctype, a, i);                                                 \
      if (OMNI_LIKELY(omni_fits_fixnum(n))) return omni_fixnum(n);                            \
    }                                                                                         \
    return omni_array_ref_slow(t, site, a, i);                                                \
  }                                                                                           \
  OMNI_INNER_LOOP void omni_prim_##name##_set(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue i, \
                              OmniValue v) {                                                  \
    int64_t n = omni_fixnum_value(v);                                                         \
    if (OMNI_LIKELY(omni_array_has_index(a, i) && !omni_is_frozen(a) && n == (ctype)n))       \
      ELEMENT(ctype, a, i) = (ctype)n;                                                        \
    else                                                                                      \
      omni_array_set_slow(t, site, a, i, v);                                                  \
  }
INTEGER_ELEMENTS(i64, int64_t)
INTEGER_ELEMENTS(i32, int32_t)
INTEGER_ELEMENTS(i8, int8_t)
INTEGER_ELEMENTS(u8, uint8_t)

/* ---- globals, closures, holds ---- */

void omni_op_global_set(OmniThread *t, int64_t index, OmniValue v) {
  omni_store_inline(t, t->globals, 1 + (size_t)index, v);
}

void omni_op_hold(OmniThread *t, OmniValue v) { omni_hold_inline(t, v); }

/* {header, code, info, captures...} */
OmniValue omni_op_closure(OmniThread *t, const OmniFnInfo *info, int64_t n,
                          const OmniValue *captures) {
  OmniValue c = omni_new(t, OMNI_T_CLOSURE, 3 + (size_t)n, 0);
  omni_words(c)[1] = (OmniValue)info->code;
  omni_words(c)[2] = (OmniValue)info;
  for (int64_t i = 0; i < n; i++) omni_init(t, c, 3 + (size_t)i, captures[i]);
  return c;
}

/* Closures of one group are made one after the other without a settle point
 * between them, so this is still the store of a constructor. */
void omni_op_closure_patch(OmniThread *t, OmniValue c, int64_t i, OmniValue v) {
  omni_init(t, c, 3 + (size_t)i, v);
}

OmniCode omni_op_callee(OmniThread *t, const OmniSite *site, OmniValue f) {
  if (OMNI_LIKELY(omni_is_type(f, OMNI_T_CLOSURE))) return (OmniCode)omni_words(f)[1];
  return omni_op_callee_slow(t, site, f);
}
