/* Kinds as values, and what kind a value is of.
 *
 * A kind has a number: its place in kinds.def, or OMNI_KIND_COUNT plus the index
 * of a struct or case in the program's table. A kind value is an immortal
 * object made when it is first needed, one per number, so kinds compare by
 * identity. A case is not a kind of its own: its number is that of the first
 * case of its enum, and the value's name is the enum's.
 */
#include "collection.h"
#include "values.h"

static const char *const family_names[OMNI_KIND_COUNT] = {
#define OMNI_KIND(id, name) name,
#include "kinds.def"
#undef OMNI_KIND
};

/* ---- structs ---- */

const OmniKindInfo *rti_struct_info_borrowed(OmniThread *t, OmniValue v) {
  static const OmniKindInfo unknown = {.name = "Struct"};
  const OmniProgram *program = rti_program_borrowed(t);
  uint32_t index = omni_header_aux(omni_words(v)[0]);
  return program != NULL && index < program->nkinds ? &program->kinds[index] : &unknown;
}

/* Cases of one enum stand side by side. */
static uint32_t first_case(const OmniProgram *program, uint32_t index) {
  const char *name = program->kinds[index].enum_name;
  if (name == NULL) return index;
  while (index > 0 && program->kinds[index - 1].enum_name != NULL &&
         strcmp(program->kinds[index - 1].enum_name, name) == 0)
    index--;
  return index;
}

static uint64_t struct_number(OmniThread *t, OmniValue v) {
  const OmniProgram *program = rti_program_borrowed(t);
  uint32_t index = omni_header_aux(omni_words(v)[0]);
  if (program == NULL || index >= program->nkinds) return OMNI_K_ANY;
  return OMNI_KIND_COUNT + (uint64_t)first_case(program, index);
}

/* ---- the kind of a value ---- */

static uint64_t object_number(OmniThread *t, OmniValue v) {
  switch (omni_header_type(omni_words(v)[0])) {
  case OMNI_T_DOUBLE: return OMNI_K_FLOAT;
  case OMNI_T_BIGNUM: return OMNI_K_INT;
  case OMNI_T_STRING: return OMNI_K_STRING;
  case OMNI_T_SYMBOL: return OMNI_K_SYMBOL;
  case OMNI_T_ARRAY:
  case OMNI_T_TYPED_ARRAY: return OMNI_K_ARRAY;
  case OMNI_T_DICT: return OMNI_K_DICT;
  case OMNI_T_SET: return OMNI_K_SET;
  case OMNI_T_BOX: return OMNI_K_BOX;
  case OMNI_T_TUPLE: return OMNI_K_TUPLE;
  case OMNI_T_STRUCT: return struct_number(t, v);
  case OMNI_T_CLOSURE: return OMNI_K_FUNCTION;
  case OMNI_T_ITERATOR: return OMNI_K_ITERATOR;
  case OMNI_T_STRING_BUILDER: return OMNI_K_STRING_BUILDER;
  case OMNI_T_PORT: return OMNI_K_PORT;
  case OMNI_T_KIND: return OMNI_K_KIND;
  case OMNI_T_ARRAY_STORE:
  case OMNI_T_RAW_STORE:
  case OMNI_T_CELLS:
  case OMNI_TYPE_COUNT: break; /* never seen by a program */
  }
  return OMNI_K_ANY;
}

uint64_t rti_kind_number(OmniThread *t, OmniValue v) {
  if (omni_is_fixnum(v)) return OMNI_K_INT;
  if (omni_is_immediate_double(v)) return OMNI_K_FLOAT;
  if (omni_is_pair(v)) return OMNI_K_PAIR;
  if (omni_is_object(v)) return object_number(t, v);
  if (omni_is_char(v)) return OMNI_K_CHAR;
  if (v == OMNI_TRUE || v == OMNI_FALSE) return OMNI_K_BOOL;
  if (v == OMNI_EMPTY) return OMNI_K_EMPTY;
  return OMNI_K_NOTHING;
}

static const char *number_name(OmniThread *t, uint64_t number) {
  if (number < OMNI_KIND_COUNT) return family_names[number];
  const OmniProgram *program = rti_program_borrowed(t);
  uint64_t index = number - OMNI_KIND_COUNT;
  if (program == NULL || index >= program->nkinds) return "Struct";
  const OmniKindInfo *info = &program->kinds[index];
  return info->enum_name != NULL ? info->enum_name : info->name;
}

const char *omni_kind_name_borrowed(OmniThread *t, OmniValue v) {
  return number_name(t, rti_kind_number(t, v));
}

/* ---- membership ---- */

typedef struct Range {
  int64_t min, max;
} Range;

/* The ranges of the sized integers whose values are all fixnums; Int64 is
 * told by has_int64. */
static bool small_range(uint64_t number, Range *out) {
  switch (number) {
  case OMNI_K_INT32: *out = (Range){INT32_MIN, INT32_MAX}; return true;
  case OMNI_K_INT16: *out = (Range){INT16_MIN, INT16_MAX}; return true;
  case OMNI_K_INT8: *out = (Range){INT8_MIN, INT8_MAX}; return true;
  case OMNI_K_UINT32: *out = (Range){0, UINT32_MAX}; return true;
  case OMNI_K_UINT16: *out = (Range){0, UINT16_MAX}; return true;
  case OMNI_K_UINT8: *out = (Range){0, UINT8_MAX}; return true;
  default: return false;
  }
}

/* The one limb of a bignum with the given sign, or 0. */
static uint64_t only_limb(OmniValue v, int64_t count) {
  return omni_is_bignum(v) && (int64_t)omni_slot(v, 1) == count ? omni_slot(v, 2) : 0;
}

static bool has_int64(OmniValue v) {
  uint64_t above = only_limb(v, 1), below = only_limb(v, -1);
  return omni_is_fixnum(v) || (above != 0 && above <= INT64_MAX) ||
         (below != 0 && below <= (uint64_t)INT64_MAX + 1);
}

bool rti_kind_has(OmniThread *t, uint64_t number, OmniValue v) {
  Range range;
  if (small_range(number, &range))
    return omni_is_fixnum(v) && omni_fixnum_value(v) >= range.min &&
           omni_fixnum_value(v) <= range.max;
  switch (number) {
  case OMNI_K_ANY: return true;
  case OMNI_K_NUMBER: return omni_is_number(v);
  case OMNI_K_INTEGER:
  case OMNI_K_INT: return omni_is_integer(v);
  case OMNI_K_INT64: return has_int64(v);
  case OMNI_K_FLOAT:
  case OMNI_K_FLOAT64:
  case OMNI_K_FLOAT32: return omni_is_double(v);
  case OMNI_K_LIST: return omni_is_pair(v) || v == OMNI_EMPTY;
  default: return rti_kind_number(t, v) == number;
  }
}

/* ---- kind values ---- */

static void kinds_grow(OmniThread *t, uint64_t number) {
  OmniValues *values = rti_values(t);
  size_t larger = (size_t)number + OMNI_KIND_COUNT;
  values->kinds = rti_reallocate(t, values->kinds, values->nkinds * sizeof(OmniValue),
                                 larger * sizeof(OmniValue));
  memset(values->kinds + values->nkinds, 0, (larger - values->nkinds) * sizeof(OmniValue));
  values->nkinds = larger;
}

static OmniValue kind_new(OmniThread *t, uint64_t number) {
  const char *name = number_name(t, number);
  OmniValue symbol = omni_symbol(t, name, strlen(name));
  OmniValue kind = omni_new_immortal(t, OMNI_T_KIND, 4, 0);
  OmniValue *words = omni_words(kind);
  words[1] = omni_fixnum((int64_t)number);
  words[2] = symbol;
  words[3] = OMNI_NOTHING;
  return kind;
}

OmniValue rti_kind_value(OmniThread *t, uint64_t number) {
  OmniValues *values = rti_values(t);
  if (number >= values->nkinds) kinds_grow(t, number);
  if (values->kinds[number] == 0) values->kinds[number] = kind_new(t, number);
  return values->kinds[number];
}

/* ---- primitives ---- */

OmniValue omni_prim_type_of(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)site;
  return rti_kind_value(t, rti_kind_number(t, v));
}

bool omni_prim_is_of_kind(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue kind) {
  if (omni_is_type(kind, OMNI_T_KIND))
    return rti_kind_has(t, (uint64_t)omni_fixnum_value(omni_slot(kind, 1)), v);
  omni_error_kind(t, site, "type?", "Kind", kind);
  return false;
}
