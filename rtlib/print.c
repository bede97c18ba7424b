/* The display and the readable form of every value.
 *
 * Printing walks with a stack of its own, so depth costs memory and not the C
 * stack. Only mutation makes cycles, so nearly all values are trees and a first
 * walk, which remembers nothing, comes to an end. If it has not within STEPS_MAX,
 * a depth-first walk with a map of objects marks the containers that an edge
 * leads back to; those get labels, #0=(1 . #0#).
 *
 * In the readable form a symbol has a quote where it is a value by itself: at
 * the top, as an array element or a struct field. As a dict's key a symbol is
 * always written :key, as in source.
 */
#include "shape.h"
#include "u8.h"
#include "values.h"
#include "work.h"

#define STEPS_MAX ((size_t)1 << 22)
#define DEPTH_MAX ((size_t)1 << 16)

/* what the label map holds for a container */
enum { NODE_OPEN = 1, NODE_DONE, NODE_CYCLIC, NODE_LABEL /* NODE_LABEL + n: printed as #n */ };

typedef struct Printer {
  OmniThread *t;
  OmniText *x;
  OmniStyle style;
  Work work;
  AddressMap labels;
  uint64_t nlabels;
} Printer;

/* ---- leaves ---- */

static void add_escaped(OmniText *x, const char *bytes, size_t nbytes) {
  omni_text_add(x, "\"", 1);
  for (size_t i = 0; i < nbytes; i++) {
    char c = bytes[i], hex[8];
    switch (c) {
    case '"': omni_text_add(x, "\\\"", 2); continue;
    case '\\': omni_text_add(x, "\\\\", 2); continue;
    case '\n': omni_text_add(x, "\\n", 2); continue;
    case '\t': omni_text_add(x, "\\t", 2); continue;
    case '\r': omni_text_add(x, "\\r", 2); continue;
    case '\0': omni_text_add(x, "\\0", 2); continue;
    default: break;
    }
    if ((unsigned char)c < 0x20 || c == 0x7f)
      omni_text_add(x, hex, (size_t)snprintf(hex, sizeof hex, "\\x%x;", (unsigned)c));
    else omni_text_add(x, &c, 1);
  }
  omni_text_add(x, "\"", 1);
}

static void add_char(OmniText *x, uint32_t c, OmniStyle style) {
  if (style == OMNI_DISPLAY) {
    omni_text_add_char(x, c);
    return;
  }
  char hex[16];
  switch (c) {
  case '\n': omni_text_add_cstr(x, "#\\newline"); return;
  case ' ': omni_text_add_cstr(x, "#\\space"); return;
  case '\t': omni_text_add_cstr(x, "#\\tab"); return;
  case 0: omni_text_add_cstr(x, "#\\nul"); return;
  default: break;
  }
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
    omni_text_add(x, hex, (size_t)snprintf(hex, sizeof hex, "#\\x%02x", c));
    return;
  }
  omni_text_add(x, "#\\", 2);
  omni_text_add_char(x, c);
}

static void add_immediate(OmniText *x, OmniValue v, OmniStyle style) {
  if (omni_is_char(v)) {
    add_char(x, omni_char_value(v), style);
    return;
  }
  switch (v) {
  case OMNI_FALSE: omni_text_add_cstr(x, "false"); return;
  case OMNI_TRUE: omni_text_add_cstr(x, "true"); return;
  case OMNI_NOTHING: omni_text_add_cstr(x, "nothing"); return;
  case OMNI_EMPTY: omni_text_add_cstr(x, "()"); return;
  default: omni_text_add_cstr(x, "#<unbound>"); return;
  }
}

static void add_symbol_name(OmniText *x, OmniValue symbol) {
  omni_text_add(x, omni_symbol_bytes_view(symbol), omni_symbol_nbytes(symbol));
}

static void add_function(OmniText *x, OmniValue v) {
  const OmniFnInfo *info = (const OmniFnInfo *)omni_slot(v, 2);
  omni_text_add_cstr(x, "#<fn");
  if (info != NULL && info->name != NULL) {
    omni_text_add(x, " ", 1);
    omni_text_add_cstr(x, info->name);
  }
  omni_text_add(x, ">", 1);
}

static void add_iterator(OmniText *x, OmniValue v) {
  if (omni_fixnum_value(omni_slot(v, ITER_KIND)) != OMNI_ITER_RANGE) {
    omni_text_add_cstr(x, "#<iterator>");
    return;
  }
  omni_text_add_cstr(x, "#<range");
  size_t nparts = omni_slot(v, ITER_STATE + 2) == omni_fixnum(1) ? 2 : 3;
  for (size_t i = 0; i < nparts; i++) {
    omni_text_add(x, " ", 1);
    rti_text_add_number(x, omni_slot(v, ITER_STATE + i), 10);
  }
  omni_text_add(x, ">", 1);
}

static void add_port(OmniText *x, OmniValue v, size_t name_slot) {
  OmniValue name = omni_slot(v, name_slot);
  omni_text_add_cstr(x, "#<port");
  if (omni_is_string(name)) {
    omni_text_add(x, " ", 1);
    omni_text_add(x, omni_string_bytes_view(name), omni_string_nbytes(name));
  }
  omni_text_add(x, ">", 1);
}

static void add_builder(OmniText *x, OmniValue v, OmniStyle style) {
  if (style == OMNI_DISPLAY) {
    rti_builder_text(x, v);
    return;
  }
  OmniText contents = {.t = x->t};
  rti_builder_text(&contents, v);
  omni_text_add_cstr(x, "#<string-builder ");
  add_escaped(x, contents.bytes, contents.nbytes);
  omni_text_add(x, ">", 1);
  omni_text_free(&contents);
}

static void add_kind(OmniText *x, OmniValue v) {
  omni_text_add(x, "{", 1);
  add_symbol_name(x, omni_slot(v, 2));
  omni_text_add(x, "}", 1);
}

static void add_leaf(OmniText *x, OmniValue v, OmniStyle style);

static void add_typed_array(OmniText *x, OmniValue v, OmniStyle style) {
  omni_text_add(x, "[", 1);
  for (size_t i = 0; i < omni_array_length(v); i++) {
    if (i > 0) omni_text_add(x, " ", 1);
    add_leaf(x, omni_element_ref(x->t, v, i), style);
  }
  omni_text_add(x, "]", 1);
}

static void add_leaf(OmniText *x, OmniValue v, OmniStyle style) {
  if (omni_is_number(v)) {
    rti_text_add_number(x, v, 10);
    return;
  }
  if (!omni_is_ref(v)) {
    add_immediate(x, v, style);
    return;
  }
  switch (omni_header_type(omni_words(v)[0])) {
  case OMNI_T_STRING:
    if (style == OMNI_DISPLAY) omni_text_add(x, omni_string_bytes_view(v), omni_string_nbytes(v));
    else add_escaped(x, omni_string_bytes_view(v), omni_string_nbytes(v));
    return;
  case OMNI_T_SYMBOL: add_symbol_name(x, v); return;
  case OMNI_T_CLOSURE: add_function(x, v); return;
  case OMNI_T_TYPED_ARRAY: add_typed_array(x, v, style); return;
  case OMNI_T_ITERATOR: add_iterator(x, v); return;
  case OMNI_T_PORT: add_port(x, v, 2); return;
  case OMNI_T_STRING_BUILDER: add_builder(x, v, style); return;
  case OMNI_T_KIND: add_kind(x, v); return;
  default:
    omni_text_add_cstr(x, "#<");
    omni_text_add_cstr(x, omni_kind_name_borrowed(x->t, v));
    omni_text_add(x, ">", 1);
  }
}

/* ---- cycles ---- */

/* Whether a walk over v comes to an end within the limits, shared parts being
 * walked as often as they are met. */
static bool is_finite(OmniThread *t, OmniValue v) {
  Work work;
  work_open(&work, t);
  work_push(&work, v, 0, 0);
  size_t steps = 0;
  while (work.n > 0 && work.n < DEPTH_MAX && ++steps < STEPS_MAX) {
    WorkItem *top = work_top(&work);
    OmniValue c = top->a;
    Shape shape = shape_of(c);
    size_t n = shape_count(shape, c), i = top->i++;
    if (i + 1 >= n) work.n--; /* the last child takes its parent's place */
    if (i >= n) continue;
    OmniValue child = shape_child(shape, c, i);
    if (shape_of(child) != SHAPE_LEAF) work_push(&work, child, 0, 0);
  }
  bool finite = work.n == 0;
  work_close(&work);
  return finite;
}

/* Depth first: an edge to a container that is still open closes a cycle. */
static void find_cycles(Printer *p, OmniValue v) {
  Work *work = &p->work;
  *address_map_at(&p->labels, v, NODE_OPEN) = NODE_OPEN;
  work_push(work, v, 0, 0);
  while (work->n > 0) {
    WorkItem *top = work_top(work);
    Shape shape = shape_of(top->a);
    if (top->i == shape_count(shape, top->a)) {
      uint64_t *state = address_map_find(&p->labels, top->a);
      if (*state == NODE_OPEN) *state = NODE_DONE;
      work->n--;
      continue;
    }
    OmniValue child = shape_child(shape, top->a, top->i++);
    if (shape_of(child) == SHAPE_LEAF) continue;
    uint64_t *state = address_map_at(&p->labels, child, 0);
    if (*state == NODE_OPEN) {
      *state = NODE_CYCLIC;
    } else if (*state == 0) {
      *state = NODE_OPEN;
      work_push(work, child, 0, 0);
    }
  }
}

/* ---- containers ---- */

static void print_node(Printer *p, OmniValue v, bool by_itself);

/* Whether the container has a label; prints #n# or #n=. True: all is said. */
static bool print_label(Printer *p, OmniValue v) {
  uint64_t *state = address_map_find(&p->labels, v);
  if (state == NULL || *state < NODE_CYCLIC) return false;
  bool known = *state >= NODE_LABEL;
  if (!known) *state = NODE_LABEL + p->nlabels++;
  omni_text_add(p->x, "#", 1);
  omni_text_add_int(p->x, (int64_t)(*state - NODE_LABEL));
  omni_text_add(p->x, known ? "#" : "=", 1);
  return known;
}

static bool is_labelled(const Printer *p, OmniValue v) {
  const uint64_t *state = address_map_find(&p->labels, v);
  return state != NULL && *state >= NODE_CYCLIC;
}

static void print_open(Printer *p, Shape shape, OmniValue v) {
  switch (shape) {
  case SHAPE_LEAF: break;
  case SHAPE_PAIR: omni_text_add(p->x, "(", 1); break;
  case SHAPE_ARRAY: omni_text_add(p->x, "[", 1); break;
  case SHAPE_DICT: omni_text_add(p->x, "#{", 2); break;
  case SHAPE_SET: omni_text_add_cstr(p->x, "#<set"); break;
  case SHAPE_TUPLE: omni_text_add_cstr(p->x, "#<tuple"); break;
  case SHAPE_BOX: omni_text_add_cstr(p->x, "#<box"); break;
  case SHAPE_STRUCT: {
    const OmniKindInfo *info = rti_struct_info_borrowed(p->t, v);
    bool bare = info->enum_name != NULL && info->nfields == 0;
    if (!bare) omni_text_add(p->x, "(", 1);
    omni_text_add_cstr(p->x, info->name);
    break;
  }
  }
}

static void print_close(Printer *p, Shape shape, OmniValue v) {
  switch (shape) {
  case SHAPE_LEAF: return;
  case SHAPE_PAIR: omni_text_add(p->x, ")", 1); return;
  case SHAPE_ARRAY: omni_text_add(p->x, "]", 1); return;
  case SHAPE_DICT: omni_text_add(p->x, "}", 1); return;
  case SHAPE_SET:
  case SHAPE_TUPLE:
  case SHAPE_BOX: omni_text_add(p->x, ">", 1); return;
  case SHAPE_STRUCT: {
    const OmniKindInfo *info = rti_struct_info_borrowed(p->t, v);
    if (info->enum_name == NULL || info->nfields > 0) omni_text_add(p->x, ")", 1);
    return;
  }
  }
}

/* One step of a list: its car, or what its cdr makes of it. i says which part
 * is next: 0 the car, 1 the cdr, 2 the end after a dotted tail. */
static void step_list(Printer *p, WorkItem *top) {
  if (top->i == 0) {
    top->i = 1;
    print_node(p, omni_slot(top->a, 0), false);
    return;
  }
  OmniValue rest = omni_slot(top->a, 1);
  if (top->i == 2 || rest == OMNI_EMPTY) {
    omni_text_add(p->x, ")", 1);
    p->work.n--;
  } else if (omni_is_pair(rest) && !is_labelled(p, rest)) {
    omni_text_add(p->x, " ", 1);
    *top = (WorkItem){rest, 0, 0};
  } else {
    omni_text_add_cstr(p->x, " . ");
    top->i = 2;
    print_node(p, rest, false);
  }
}

static bool is_named_tuple(Shape shape, OmniValue v) {
  return shape == SHAPE_TUPLE && (omni_header_aux(omni_words(v)[0]) & TUPLE_IS_NAMED) != 0;
}

static void print_key(Printer *p, OmniValue key) {
  if (omni_is_symbol(key)) {
    omni_text_add(p->x, ":", 1);
    add_symbol_name(p->x, key);
  } else {
    print_node(p, key, false);
  }
}

/* One child of a container that is not a pair; b: whether one has been printed. */
static void step_container(Printer *p, WorkItem *top) {
  OmniValue v = top->a;
  Shape shape = shape_of(v);
  size_t i = top->i++;
  if (i >= shape_count(shape, v)) {
    print_close(p, shape, v);
    p->work.n--;
    return;
  }
  OmniValue child = shape_child(shape, v, i);
  bool is_table = shape == SHAPE_DICT || shape == SHAPE_SET;
  bool is_key = shape == SHAPE_SET || (shape == SHAPE_DICT && i % 2 == 0);
  if (is_table && child == OMNI_DELETED && is_key) {
    if (shape == SHAPE_DICT) top->i++;
    return;
  }
  bool first = top->b == 0;
  top->b = 1;
  if (!first || (shape != SHAPE_ARRAY && shape != SHAPE_DICT)) omni_text_add(p->x, " ", 1);
  if (is_named_tuple(shape, v)) {
    OmniValue names = omni_slot(v, 1 + shape_count(shape, v));
    print_key(p, omni_array_view(names)[i]);
    omni_text_add(p->x, " ", 1);
  }
  if (shape == SHAPE_DICT && is_key) print_key(p, child);
  else print_node(p, child, shape == SHAPE_ARRAY || shape == SHAPE_STRUCT);
}

/* Prints a leaf; opens a container and leaves the rest to the work stack. */
static void print_node(Printer *p, OmniValue v, bool by_itself) {
  Shape shape = shape_of(v);
  if (shape == SHAPE_LEAF) {
    if (by_itself && p->style == OMNI_WRITE && omni_is_symbol(v)) omni_text_add(p->x, "'", 1);
    add_leaf(p->x, v, p->style);
    return;
  }
  if (print_label(p, v)) return;
  print_open(p, shape, v);
  work_push(&p->work, v, 0, 0);
}

void omni_print_value(OmniText *to, OmniValue v, OmniStyle style) {
  Printer p = {.t = to->t, .x = to, .style = style, .labels = {.t = to->t}};
  work_open(&p.work, to->t);
  if (shape_of(v) != SHAPE_LEAF && !is_finite(to->t, v)) find_cycles(&p, v);
  print_node(&p, v, true);
  while (p.work.n > 0) {
    WorkItem *top = work_top(&p.work);
    if (omni_is_pair(top->a)) step_list(&p, top);
    else step_container(&p, top);
  }
  work_close(&p.work);
  address_map_free(&p.labels);
}
