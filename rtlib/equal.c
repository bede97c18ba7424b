/* equal?, = and eqv?.
 *
 * Two modes of one walk: equal? wants the same kind everywhere (1 and 1.0
 * differ, a NaN equals itself, 0.0 and -0.0 differ), = compares numbers by value
 * (NaN equals nothing). Functions, boxes, iterators, ports, builders compare by
 * identity in both.
 *
 * The walk has its own stack. Cyclic values come to an end by union-find: after
 * PLAIN containers, a pair of objects that is being compared is put into one
 * class, and objects of one class are taken as equal; if they are not, another
 * edge tells.
 */
#include <math.h>

#include "bignum.h"
#include "shape.h"
#include "values.h"
#include "work.h"

#define PLAIN 4096

typedef enum { BY_KIND, BY_VALUE } Mode; /* equal?, = */

typedef struct Compare {
  OmniThread *t;
  Mode mode;
  Work work;
  size_t seen;
  AddressMap classes; /* object -> number of its class's entry in parents */
  uint64_t *parents;
  size_t nparents, capacity;
} Compare;

/* ---- leaves ---- */

static bool doubles_same(double x, double y) {
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return x == y && signbit(x) == signbit(y);
}

static bool numbers_same(OmniValue a, OmniValue b) {
  bool fa = omni_is_double(a), fb = omni_is_double(b);
  if (fa != fb) return false;
  return fa ? doubles_same(omni_double_value(a), omni_double_value(b)) : big_compare(a, b) == 0;
}

static bool numbers_equal(Mode mode, OmniValue a, OmniValue b) {
  return mode == BY_KIND ? numbers_same(a, b) : rti_number_compare(a, b) == OMNI_SAME;
}

static bool is_typed(OmniValue v) { return omni_is_type(v, OMNI_T_TYPED_ARRAY); }

static bool element_is_float(OmniElement e) {
  return e == OMNI_ELEM_FLOAT32 || e == OMNI_ELEM_FLOAT64;
}

/* Typed arrays are leaves. Under = an array and a typed array are alike. */
static bool typed_equal(Compare *x, OmniValue a, OmniValue b) {
  size_t n = omni_array_length(a);
  if (n != omni_array_length(b)) return false;
  bool same_element = omni_array_element(a) == omni_array_element(b);
  if (!same_element && x->mode == BY_KIND) return false;
  if (same_element && !element_is_float(omni_array_element(a)))
    return memcmp(omni_raw_bytes(omni_array_store(a)), omni_raw_bytes(omni_array_store(b)),
                  n * omni_element_nbytes(omni_array_element(a))) == 0;
  for (size_t i = 0; i < n; i++) {
    OmniValue p = omni_element_ref(x->t, a, i), q = omni_element_ref(x->t, b, i);
    bool numbers = omni_is_number(p) && omni_is_number(q);
    if (numbers ? !numbers_equal(x->mode, p, q) : p != q) return false;
  }
  return true;
}

static bool typed_equals_array(Compare *x, OmniValue typed, OmniValue array) {
  size_t n = omni_array_length(typed);
  if (x->mode == BY_KIND || n != omni_array_length(array)) return false;
  for (size_t i = 0; i < n; i++) {
    OmniValue p = omni_element_ref(x->t, typed, i), q = omni_array_view(array)[i];
    bool numbers = omni_is_number(p) && omni_is_number(q);
    if (numbers ? !numbers_equal(x->mode, p, q) : p != q) return false;
  }
  return true;
}

static bool leaves_equal(Compare *x, OmniValue a, OmniValue b) {
  if (omni_is_number(a) && omni_is_number(b)) return numbers_equal(x->mode, a, b);
  if (a == b) return true;
  if (omni_is_string(a) && omni_is_string(b))
    return omni_string_nbytes(a) == omni_string_nbytes(b) && rti_string_compare(a, b) == 0;
  if (is_typed(a) && is_typed(b)) return typed_equal(x, a, b);
  if (is_typed(a) && omni_is_type(b, OMNI_T_ARRAY)) return typed_equals_array(x, a, b);
  if (is_typed(b) && omni_is_type(a, OMNI_T_ARRAY)) return typed_equals_array(x, b, a);
  return false;
}

/* ---- classes of objects taken as equal ---- */

static uint64_t new_class(Compare *x) {
  if (x->nparents == x->capacity) {
    size_t larger = x->capacity == 0 ? 256 : x->capacity * 2;
    x->parents = rti_reallocate(x->t, x->parents, x->capacity * sizeof *x->parents,
                                larger * sizeof *x->parents);
    x->capacity = larger;
  }
  x->parents[x->nparents] = x->nparents;
  return x->nparents++;
}

static uint64_t class_of(Compare *x, OmniValue v) {
  const uint64_t *known = address_map_find(&x->classes, v);
  uint64_t c = known != NULL ? *known : *address_map_at(&x->classes, v, new_class(x));
  while (x->parents[c] != c) {
    x->parents[c] = x->parents[x->parents[c]];
    c = x->parents[c];
  }
  return c;
}

/* Whether a and b are taken as equal already; from now on they are. */
static bool join_classes(Compare *x, OmniValue a, OmniValue b) {
  uint64_t ca = class_of(x, a), cb = class_of(x, b);
  x->parents[ca] = cb;
  return ca == cb;
}

/* ---- containers ---- */

static bool sets_equal(Compare *x, OmniValue a, OmniValue b) {
  for (int64_t i = 0; (i = omni_table_next(a, (size_t)i)) >= 0; i++)
    if (!rti_set_has(x->t, b, omni_table_key(a, (size_t)i))) return false;
  return true;
}

/* What can be told of two containers of one shape without their children. */
static bool outsides_equal(Shape shape, OmniValue a, OmniValue b) {
  switch (shape) {
  case SHAPE_DICT:
  case SHAPE_SET: return omni_table_live(a) == omni_table_live(b);
  case SHAPE_STRUCT: return omni_header_aux(omni_words(a)[0]) == omni_header_aux(omni_words(b)[0]);
  case SHAPE_TUPLE:
    if (omni_header_aux(omni_words(a)[0]) != omni_header_aux(omni_words(b)[0])) return false;
    return shape_count(shape, a) == shape_count(shape, b);
  default: return shape_count(shape, a) == shape_count(shape, b);
  }
}

/* Decides a and b, or puts them on the work stack; false: they differ. */
static bool compare_nodes(Compare *x, OmniValue a, OmniValue b) {
  Shape shape = shape_of(a);
  if (a == b && (shape != SHAPE_LEAF || !omni_is_double(a))) return true;
  if (shape == SHAPE_BOX) return false; /* identity */
  if (shape == SHAPE_LEAF || shape != shape_of(b)) return leaves_equal(x, a, b);
  if (!outsides_equal(shape, a, b)) return false;
  if (++x->seen > PLAIN && join_classes(x, a, b)) return true;
  if (shape == SHAPE_SET) return sets_equal(x, a, b);
  work_push(&x->work, a, b, 0);
  return true;
}

/* The names of a named tuple stand in the slot after its elements. */
static size_t compared_count(Shape shape, OmniValue v) {
  size_t n = shape_count(shape, v);
  bool named = shape == SHAPE_TUPLE && omni_header_aux(omni_words(v)[0]) & TUPLE_IS_NAMED;
  return named ? n + 1 : n;
}

static bool step_dict(Compare *x, WorkItem *top) {
  int64_t at = omni_table_next(top->a, top->i);
  if (at < 0) {
    x->work.n--;
    return true;
  }
  OmniValue a = top->a, b = top->b;
  top->i = (size_t)at + 1;
  OmniValue other = rti_dict_lookup(x->t, b, omni_table_key(a, (size_t)at));
  return other != OMNI_ABSENT && compare_nodes(x, omni_dict_value(a, (size_t)at), other);
}

static bool step(Compare *x) {
  WorkItem *top = work_top(&x->work);
  OmniValue a = top->a, b = top->b;
  Shape shape = shape_of(a);
  if (shape == SHAPE_DICT) return step_dict(x, top);
  size_t i = top->i++;
  if (top->i >= compared_count(shape, a)) x->work.n--; /* the last child: its place is free */
  if (i >= compared_count(shape, a)) return true;      /* no children at all */
  return compare_nodes(x, shape_child(shape, a, i), shape_child(shape, b, i));
}

static bool compare(OmniThread *t, Mode mode, OmniValue a, OmniValue b) {
  Compare x;
  x.t = t;
  x.mode = mode;
  x.seen = 0;
  if (shape_of(a) == SHAPE_LEAF || shape_of(b) == SHAPE_LEAF) return leaves_equal(&x, a, b);
  x.classes = (AddressMap){.t = t};
  x.parents = NULL;
  x.nparents = x.capacity = 0;
  work_open(&x.work, t);
  bool equal = compare_nodes(&x, a, b);
  while (equal && x.work.n > 0) equal = step(&x);
  work_close(&x.work);
  address_map_free(&x.classes);
  rti_release(t, x.parents, x.capacity * sizeof *x.parents);
  return equal;
}

bool omni_equal(OmniThread *t, OmniValue a, OmniValue b) { return compare(t, BY_KIND, a, b); }

bool omni_num_or_structure_equal(OmniThread *t, OmniValue a, OmniValue b) {
  return compare(t, BY_VALUE, a, b);
}

/* ---- primitives ---- */

bool omni_prim_eqv(OmniThread *t, const OmniSite *site, OmniValue a, OmniValue b) {
  (void)t, (void)site;
  return a == b || (omni_is_number(a) && omni_is_number(b) && numbers_same(a, b));
}
