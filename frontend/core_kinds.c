/* Questions about kinds: which kinds make a predicate true. Simplify answers
 * them for values it sees made, inference for all it proves.
 *
 * Rows are found by the primitive's id, once.
 */
#include <string.h>

#include "core_walk.h"

typedef struct PredicateRow {
  const char *id;
  CoreKinds may;  /* true of no other kind */
  CoreKinds must; /* true of all of these */
} PredicateRow;

static const PredicateRow rows[] = {
    {"not", KB_FALSE | KB_NOTHING, KB_FALSE | KB_NOTHING},
    {"is_null", KB_EMPTY, KB_EMPTY},
    {"is_pair", KB_PAIR, KB_PAIR},
    {"is_nothing", KB_NOTHING, KB_NOTHING},
    {"is_list", K_LIST, KB_EMPTY},
    {"is_int", K_INT, K_INT},
    {"fx_is_small", KB_FIX, 0},
    {"is_integer", K_NUMBER, K_INT}, /* 2.0 too */
    {"is_float", KB_FLOAT, KB_FLOAT},
    {"is_number", K_NUMBER, K_NUMBER},
    {"is_string", KB_STRING, KB_STRING},
    {"is_symbol", KB_SYMBOL, KB_SYMBOL},
    {"is_char", KB_CHAR, KB_CHAR},
    {"is_boolean", K_BOOL, K_BOOL},
    {"is_array", KB_ARRAY, KB_ARRAY},
    {"is_typed_array", KB_ARRAY, 0},
    {"is_dict", KB_DICT, KB_DICT},
    {"is_set", KB_SET, KB_SET},
    {"is_box", KB_BOX, KB_BOX},
    {"is_function", KB_FUNCTION, KB_FUNCTION},
    {"is_tuple", KB_OTHER, 0},
    {"is_iterator", KB_OTHER, 0},
    {"is_range", KB_OTHER, 0},
    {"is_port", KB_OTHER, 0},
    {"is_kind", KB_OTHER, 0},
    {"is_iter_end", KB_OTHER, 0},
    {"struct_is", KB_STRUCT, 0},
};

static const PredicateRow *row_of(PrimId id) {
  static const PredicateRow *by_id[PRIM_COUNT];
  static bool ready;
  if (!ready) {
    for (int i = 0; i < PRIM_COUNT; i++)
      for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
        if (!strcmp(prim_table[i].id, rows[j].id)) by_id[i] = &rows[j];
    ready = true;
  }
  return by_id[id];
}

CorePredicate core_predicate(PrimId id) {
  const PredicateRow *row = row_of(id);
  if (!row) return (CorePredicate){0};
  return (CorePredicate){true, row->may, row->must};
}

int core_predicate_truth(PrimId id, CoreKinds kinds) {
  CorePredicate p = core_predicate(id);
  if (!p.is || kinds == 0) return 0;
  if (!(kinds & p.may)) return -1;
  return kinds & ~p.must ? 0 : 1;
}
