/* The literals of a program, unpacked into immortal memory when it starts.
 *
 * The compiler writes them as one stream of bytes, item after item; U is an
 * unsigned LEB128 number:
 *
 *   'i' U            integer, zigzag      'c' U            character
 *   'N' sign U bytes big integer, magnitude little-endian
 *   'd' 8 bytes      double               's' U bytes      string
 *   'y' U bytes      symbol               'p' U items tail list of U >= 1 items
 *   'a' U items      array                'D' U pairs      dict
 *   'F' U            closure without captures of function U
 *   'K' U            kind: place in kinds.def, or their number plus a struct kind's
 *   'e' () 't' true 'f' false 'n' nothing 'A' absent 'u' unbound
 *
 * Nested items go on an explicit stack, so their depth costs no C stack. While
 * unpacking, the immortal region is the top one: the ordinary constructors make
 * immortal objects, which are then marked immutable.
 */
#include <stdlib.h>

#include "collection.h"
#include "region.h"
#include "values.h"

typedef struct Frame {
  uint8_t tag;
  uint64_t left;   /* items still to come */
  OmniValue whole; /* what is being built; a list's first pair */
  OmniValue last;  /* 'p': its last pair; 'D': the key that waits for its value */
} Frame;

typedef struct Reader {
  OmniThread *t;
  const uint8_t *at, *end;
  Frame *stack;
  size_t n, capacity;
} Reader;

static _Noreturn void broken(const Reader *r) {
  rti_corrupt(__FILE__, __LINE__, "the literals of the program cannot be read, bytes left",
              (uint64_t)(r->end - r->at));
}

static uint8_t byte(Reader *r) {
  if (r->at == r->end) broken(r);
  return *r->at++;
}

static uint64_t number(Reader *r) {
  uint64_t n = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint8_t b = byte(r);
    n |= (uint64_t)(b & 0x7f) << shift;
    if (!(b & 0x80)) return n;
  }
  broken(r);
}

static const uint8_t *bytes(Reader *r, uint64_t n) {
  if (n > (uint64_t)(r->end - r->at)) broken(r);
  const uint8_t *p = r->at;
  r->at += n;
  return p;
}

static void set_immutable(OmniValue v) {
  omni_words(v)[0] |= (uint64_t)OMNI_FLAG_IMMUTABLE << 8;
}

/* ---- items without parts ---- */

static OmniValue big_integer(Reader *r) {
  bool negative = byte(r) != 0;
  uint64_t n = number(r);
  const uint8_t *p = bytes(r, n);
  size_t nlimbs = (size_t)(n + 7) / 8;
  OmniValue v = omni_new(r->t, OMNI_T_BIGNUM, 2 + nlimbs, 0);
  OmniValue *w = omni_words(v);
  memset(w + 1, 0, (1 + nlimbs) * 8);
  w[1] = (OmniValue)(negative ? -(int64_t)nlimbs : (int64_t)nlimbs);
  for (uint64_t i = 0; i < n; i++) w[2 + i / 8] |= (uint64_t)p[i] << i % 8 * 8;
  return v;
}

static OmniValue double_item(Reader *r) {
  double d;
  memcpy(&d, bytes(r, 8), 8);
  return omni_double(r->t, d);
}

static OmniValue string_item(Reader *r) {
  uint64_t n = number(r);
  return omni_string(r->t, (const char *)bytes(r, n), (size_t)n);
}

static OmniValue symbol_item(Reader *r) {
  uint64_t n = number(r);
  return omni_symbol(r->t, (const char *)bytes(r, n), (size_t)n);
}

static OmniValue closure_item(Reader *r) {
  const OmniProgram *program = r->t->rt->program;
  uint64_t i = number(r);
  if (i >= program->nfunctions) broken(r);
  const OmniFnInfo *info = &program->functions[i];
  OmniValue v = omni_new(r->t, OMNI_T_CLOSURE, 3, 0);
  omni_words(v)[1] = (OmniValue)(uintptr_t)info->code;
  omni_words(v)[2] = (OmniValue)(uintptr_t)info;
  return v;
}

static OmniValue integer_item(Reader *r) {
  uint64_t n = number(r);
  return omni_int(r->t, (int64_t)(n >> 1) ^ -(int64_t)(n & 1));
}

static OmniValue simple_item(Reader *r, uint8_t tag) {
  switch (tag) {
  case 'i': return integer_item(r);
  case 'N': return big_integer(r);
  case 'd': return double_item(r);
  case 's': return string_item(r);
  case 'y': return symbol_item(r);
  case 'c': return omni_char((uint32_t)number(r));
  case 'F': return closure_item(r);
  case 'K': return rti_kind_value(r->t, number(r));
  case 'e': return OMNI_EMPTY;
  case 't': return OMNI_TRUE;
  case 'f': return OMNI_FALSE;
  case 'n': return OMNI_NOTHING;
  case 'A': return OMNI_ABSENT;
  case 'u': return OMNI_UNBOUND;
  default: broken(r);
  }
}

/* ---- items with parts ---- */

static void frame_push(Reader *r, Frame f) {
  if (r->n == r->capacity) {
    const OmniPort *port = r->t->rt->port;
    size_t old = r->capacity, n = old ? old * 2 : 16;
    Frame *p = port->reallocate(port->ctx, r->stack, old * sizeof f, n * sizeof f);
    if (!p) omni_error_memory(r->t, n * sizeof f);
    r->stack = p;
    r->capacity = n;
  }
  r->stack[r->n++] = f;
}

/* False: the item has no parts. */
static bool open_item(Reader *r, uint8_t tag) {
  Frame f = {.tag = tag, .whole = OMNI_EMPTY};
  switch (tag) {
  case 'p':
    f.left = number(r) + 1; /* the tail counts */
    break;
  case 'a':
    f.left = number(r);
    f.whole = omni_array_new(r->t, (size_t)f.left);
    break;
  case 'D':
    f.left = number(r) * 2;
    f.whole = omni_table_new(r->t, OMNI_T_DICT, 0, (size_t)f.left / 2);
    break;
  default: return false;
  }
  frame_push(r, f);
  return true;
}

static void list_part(Reader *r, Frame *f, OmniValue v) {
  bool first = f->whole == OMNI_EMPTY;
  OmniValue next = f->left == 1 ? v : omni_cons(r->t, v, OMNI_EMPTY);
  if (first) f->whole = next;
  else omni_words(f->last)[1] = next;
  f->last = next;
}

static void add_part(Reader *r, Frame *f, OmniValue v) {
  if (f->tag == 'p') list_part(r, f, v);
  else if (f->tag == 'a') omni_array_append(r->t, f->whole, v);
  else if (f->left % 2 == 0) f->last = v;
  else omni_dict_put(r->t, f->whole, f->last, v);
  f->left--;
}

/* One whole constant. */
static OmniValue constant(Reader *r) {
  for (;;) {
    uint8_t tag = byte(r);
    OmniValue v = OMNI_NOTHING;
    if (!open_item(r, tag)) {
      v = simple_item(r, tag);
      if (!r->n) return v;
      add_part(r, &r->stack[r->n - 1], v);
    }
    while (r->stack[r->n - 1].left == 0) {
      Frame f = r->stack[--r->n];
      v = f.whole;
      if (f.tag != 'p') set_immutable(v);
      if (!r->n) return v;
      add_part(r, &r->stack[r->n - 1], v);
    }
  }
}

void rti_constants_unpack(OmniThread *t, const OmniProgram *program) {
  Reader r = {.t = t, .at = program->constants};
  r.end = r.at + program->constants_nbytes;
  OmniRegion *top = t->top;
  uintptr_t limit = t->stack_limit;
  t->rt->immortal.below = top;
  rti_region_push(t, &t->rt->immortal);
  for (uint32_t i = 0; i < program->nconstants; i++) program->constant_slots[i] = constant(&r);
  if (r.at != r.end) broken(&r);
  rti_region_park(t);
  rti_region_resume(t, top);
  t->rt->immortal.below = NULL;
  t->stack_limit = limit; /* literals make nothing due */
  if (r.stack) omni_port_free(t->rt->port, r.stack, r.capacity * sizeof *r.stack);
}
