/* The shape of a value as printing, comparing and hashing see it: a leaf, or a
 * container with children in a fixed order. A dict's children are key, value,
 * key, value...; a removed entry's key is OMNI_DELETED. Boxes have a shape for
 * printing only; they compare by identity.
 */
#ifndef OMNI_SHAPE_H
#define OMNI_SHAPE_H

#include "collection.h"

typedef enum {
  SHAPE_LEAF,
  SHAPE_PAIR,
  SHAPE_ARRAY,
  SHAPE_TUPLE,
  SHAPE_STRUCT,
  SHAPE_DICT,
  SHAPE_SET,
  SHAPE_BOX
} Shape;

static inline Shape shape_of(OmniValue v) {
  if (omni_is_pair(v)) return SHAPE_PAIR;
  if (!omni_is_object(v)) return SHAPE_LEAF;
  switch (omni_header_type(omni_words(v)[0])) {
  case OMNI_T_ARRAY: return SHAPE_ARRAY;
  case OMNI_T_TUPLE: return SHAPE_TUPLE;
  case OMNI_T_STRUCT: return SHAPE_STRUCT;
  case OMNI_T_DICT: return SHAPE_DICT;
  case OMNI_T_SET: return SHAPE_SET;
  case OMNI_T_BOX: return SHAPE_BOX;
  default: return SHAPE_LEAF;
  }
}

static inline size_t shape_count(Shape shape, OmniValue v) {
  switch (shape) {
  case SHAPE_LEAF: return 0;
  case SHAPE_PAIR: return 2;
  case SHAPE_ARRAY: return omni_array_length(v);
  case SHAPE_TUPLE: return omni_tuple_length(v);
  case SHAPE_STRUCT: return omni_header_nwords(omni_words(v)[0]) - 1;
  case SHAPE_DICT: return omni_table_used(v) * 2;
  case SHAPE_SET: return omni_table_used(v);
  case SHAPE_BOX: return 1;
  }
  return 0;
}

static inline OmniValue shape_child(Shape shape, OmniValue v, size_t i) {
  switch (shape) {
  case SHAPE_PAIR: return omni_slot(v, i);
  case SHAPE_ARRAY: return omni_array_view(v)[i];
  case SHAPE_DICT:
  case SHAPE_SET: return omni_slot(omni_slot(v, TABLE_STORE), 1 + i);
  default: return omni_slot(v, 1 + i);
  }
}

#endif
