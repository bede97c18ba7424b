/* The values half of the runtime: what number*.c, bignum*.c, float_text.c,
 * string*.c, text.c, char.c, symbol.c, print.c, equal.c, hash.c, kind.c and
 * error.c offer to the other files of rtlib beyond rti.h.
 *
 * Ownership: values are as everywhere in the runtime (fresh ones lie in the top
 * region). Errors: a failing operation raises through error.c. Thread rule: the
 * calling thread's own context.
 */
#ifndef OMNI_VALUES_H
#define OMNI_VALUES_H

#include "rti.h"

/* ---- per-runtime state of the values half ---- */
typedef struct SymbolTable {
  OmniValue *slots; /* 0 = free; open addressing, capacity a power of two */
  size_t n, capacity;
} SymbolTable;

/* Stands in front of what rti_allocate gives out; keeps its alignment. */
typedef struct Held {
  struct Held *prev, *next;
  size_t nbytes, unused;
} Held;

typedef struct OmniValues {
  SymbolTable symbols;
  uint64_t hash_seed; /* of strings, symbols and numbers; set once at start */
  uint64_t random[4]; /* xoshiro256** */
  uint64_t next_gensym;
  OmniValue *kinds; /* kind values made so far, by number; 0 = not made */
  size_t nkinds;
  int raising; /* > 0 while an error is being reported */
  Held *held;  /* what rti_allocate has given out */
} OmniValues;

/* values.c. False when memory is out. The program need not be known yet. */
bool rti_values_start(OmniThread *t);
void rti_values_finish(OmniThread *t);

static inline OmniValues *rti_values(OmniThread *t) {
  return (OmniValues *)*rti_state(t, RTI_STATE_VALUES);
}

/* values.c: memory that never moves and is not a value; raises when there is
 * none. What an error keeps from being released goes with the runtime. */
void *rti_allocate(OmniThread *t, size_t nbytes);
void *rti_try_allocate(OmniThread *t, size_t nbytes); /* NULL when there is none */
void *rti_reallocate(OmniThread *t, void *p, size_t old_nbytes, size_t nbytes);
void rti_release(OmniThread *t, void *p, size_t nbytes);

/* ---- number.c: what the inline fast paths fall back to ---- */
OmniValue omni_add_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_sub_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_mul_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
bool omni_lt_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
bool omni_le_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
bool omni_gt_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
bool omni_ge_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
bool omni_eq_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b); /* = */
/* ... and those of values_inline.h; each does the whole operation */
bool omni_is_zero_slow(OmniThread *t, const OmniSite *site, OmniValue v);
bool omni_is_positive_slow(OmniThread *t, const OmniSite *site, OmniValue v);
bool omni_is_negative_slow(OmniThread *t, const OmniSite *site, OmniValue v);
bool omni_is_odd_slow(OmniThread *t, const OmniSite *site, OmniValue v);  /* not of fixnums */
bool omni_is_even_slow(OmniThread *t, const OmniSite *site, OmniValue v); /* nor this */
OmniValue omni_abs_slow(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_max_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_min_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_div_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_quotient_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_remainder_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_mod_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_bit_and_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_bit_or_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_bit_xor_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b);
OmniValue omni_bit_not_slow(OmniThread *t, const OmniSite *site, OmniValue a);
OmniValue omni_shift_left_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue n);
OmniValue omni_shift_right_slow(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue n);
double omni_inexact_slow(OmniThread *t, const OmniSite *site, OmniValue v);
OmniValue omni_floor_to_int_slow(OmniThread *t, const OmniSite *site, OmniValue v);
int64_t omni_string_length_slow(OmniThread *t, const OmniSite *site, OmniValue s);
OmniValue omni_string_ref_slow(OmniThread *t, const OmniSite *site, OmniValue s, OmniValue i);
int64_t omni_char_to_integer_slow(OmniThread *t, const OmniSite *site, OmniValue c);
/* A double that does not stand for itself. */
OmniValue omni_double_box(OmniThread *t, double d);

static inline bool omni_is_bignum(OmniValue v) { return omni_is_type(v, OMNI_T_BIGNUM); }
static inline bool omni_is_integer(OmniValue v) { return omni_is_fixnum(v) || omni_is_bignum(v); }
static inline bool omni_is_number(OmniValue v) {
  return omni_is_fixnum(v) || omni_is_double(v) || omni_is_bignum(v);
}

/* How two numbers stand: exact, also between integers and doubles. */
typedef enum { OMNI_LESS = -1, OMNI_SAME = 0, OMNI_GREATER = 1, OMNI_UNORDERED = 2 } OmniOrder;
OmniOrder rti_number_compare(OmniValue a, OmniValue b);
/* The nearest double of any number. */
double rti_number_double(OmniValue v);
/* An operand that must be an integer in [min, max]: an index, a count, a code.
 * False after it has raised (`what` says what was expected). */
bool rti_int_operand(OmniThread *t, const OmniSite *site, const char *op, const char *what,
                     OmniValue v, int64_t min, int64_t max, int64_t *out);

/* ---- number_text.c, float_text.c ---- */
/* The integer that `digits` (no sign, no underscores) is in `base`. */
OmniValue rti_int_from_digits(OmniThread *t, const char *digits, size_t n, unsigned base,
                              bool negative);
/* For the literals of a program, in immortal memory if it is no fixnum: the
 * magnitude's bytes, least significant first. */
OmniValue rti_int_immortal(OmniThread *t, const uint8_t *bytes, size_t nbytes, bool negative);
/* A number in the syntax of the language; OMNI_NOTHING if it is not one. */
OmniValue rti_number_from_text(OmniThread *t, const char *text, size_t n, unsigned base);
void rti_text_add_number(OmniText *x, OmniValue v, unsigned base);
/* Shortest form that reads back, always with a point, an exponent or a name.
 * Writes at most OMNI_FLOAT_TEXT_MAX bytes, no terminating 0; returns how many. */
#define OMNI_FLOAT_TEXT_MAX 32
size_t omni_float_text(double d, char *out);

/* ---- text.c: growing text ---- */
void omni_text_add_cstr(OmniText *x, const char *s);
void omni_text_add_char(OmniText *x, uint32_t c);
void omni_text_add_int(OmniText *x, int64_t n);
/* The text as a string value; the buffer is freed. */
OmniValue omni_text_string(OmniText *x);

/* ---- string.c ---- */
static inline bool omni_is_string(OmniValue v) { return omni_is_type(v, OMNI_T_STRING); }
/* Valid UTF-8 whose length in code points is known. */
OmniValue rti_string_new(OmniThread *t, const char *utf8, size_t nbytes, size_t nchars);
OmniValue rti_string_immortal(OmniThread *t, const char *utf8, size_t nbytes);
/* Any bytes: what is not UTF-8 becomes U+FFFD. For input. */
OmniValue rti_string_from_input(OmniThread *t, const char *bytes, size_t nbytes);
/* Byte offset of character i, i <= nchars. */
size_t rti_string_offset(OmniValue s, size_t i);
/* The string operand or NULL after it has raised. */
const char *rti_string_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                               size_t *nbytes);
int rti_string_compare(OmniValue a, OmniValue b);

/* ---- string_builder.c ---- */
OmniValue rti_builder_push(OmniThread *t, const OmniSite *site, OmniValue builder, OmniValue v);
void rti_builder_text(OmniText *x, OmniValue builder); /* appends what it holds */

/* ---- symbol.c ---- */
static inline bool omni_is_symbol(OmniValue v) { return omni_is_type(v, OMNI_T_SYMBOL); }
static inline size_t omni_symbol_nbytes(OmniValue s) { return (size_t)omni_words(s)[2]; }
static inline const char *omni_symbol_bytes_view(OmniValue s) {
  return (const char *)(omni_words(s) + 3);
}

/* ---- hash.c ---- */
uint64_t rti_hash_bytes(uint64_t seed, const void *bytes, size_t nbytes);

/* ---- dict.c, set.c: the value of an entry, OMNI_ABSENT if none; whether an
 * element is there ---- */
OmniValue rti_dict_lookup(OmniThread *t, OmniValue dict, OmniValue key);
bool rti_set_has(OmniThread *t, OmniValue set, OmniValue element);

/* ---- kind.c ---- */
enum {
#define OMNI_KIND(id, name) OMNI_K_##id,
#include "kinds.def"
#undef OMNI_KIND
  OMNI_KIND_COUNT
};
/* The kind value with that number: a place in kinds.def, or OMNI_KIND_COUNT
 * plus the index of a struct or case. One immortal object per number. */
OmniValue rti_kind_value(OmniThread *t, uint64_t number);
/* The number of the kind of v; cases have that of their enum's first case. */
uint64_t rti_kind_number(OmniThread *t, OmniValue v);
/* Whether v is of the kind with that number, a parent of its own included. */
bool rti_kind_has(OmniThread *t, uint64_t number, OmniValue v);
/* Of a struct value; never NULL. */
const OmniKindInfo *rti_struct_info_borrowed(OmniThread *t, OmniValue v);

/* ---- error.c ---- */
/* "OP: WHAT" as a condition of the given kind, with one irritant. */
OmniValue rti_error1(OmniThread *t, const OmniSite *site, const char *kind, const char *message,
                     OmniValue irritant);
#endif
