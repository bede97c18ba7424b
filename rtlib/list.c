/* Lists: what needs no closures. Pairs are two words without header; a list
 * ends in () or, if it is improper, in anything else.
 *
 * Lists are built front to back: the last pair is fresh and its cdr is still
 * (), so hanging on the next pair is a constructor store. Walks that could
 * meet a cycle count and compare with a slower second pointer.
 */
#include "collection.h"

static OmniValue car_of(OmniValue p) { return omni_slot(p, 0); }
static OmniValue cdr_of(OmniValue p) { return omni_slot(p, 1); }

/* A list under construction. */
typedef struct ListBuilder {
  OmniValue head, last;
} ListBuilder;

static const ListBuilder list_builder_empty = {OMNI_EMPTY, OMNI_EMPTY};

static void builder_hang(OmniThread *t, ListBuilder *b, OmniValue tail) {
  if (b->head == OMNI_EMPTY)
    b->head = tail;
  else
    omni_init(t, b->last, 1, tail);
}

static void builder_add(OmniThread *t, ListBuilder *b, OmniValue v) {
  OmniValue p = omni_cons(t, v, OMNI_EMPTY);
  builder_hang(t, b, p);
  b->last = p;
}

OmniValue omni_list_from(OmniThread *t, const OmniValue *values, size_t n, OmniValue tail) {
  OmniValue list = tail;
  for (size_t i = n; i-- > 0;) list = omni_cons(t, values[i], list);
  return list;
}

int64_t omni_list_length(OmniValue list) {
  int64_t n = 0;
  OmniValue slow = list;
  while (omni_is_pair(list)) {
    list = cdr_of(list);
    n++;
    if (n % 2 == 0) {
      slow = cdr_of(slow);
      if (slow == list && omni_is_pair(list)) return -1;
    }
  }
  return list == OMNI_EMPTY ? n : -1;
}

OmniValue omni_prim_list(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv) {
  (void)site;
  return omni_list_from(t, argv, (size_t)argc, OMNI_EMPTY);
}

bool omni_prim_is_list(OmniThread *t, const OmniSite *site, OmniValue v) {
  (void)t, (void)site;
  return omni_list_length(v) >= 0;
}

/* ---- append, reverse, copy ---- */

/* Adds a copy of a proper list to the builder. */
static bool builder_add_list(OmniThread *t, const OmniSite *site, const char *op, ListBuilder *b,
                             OmniValue list) {
  if (omni_list_length(list) < 0) {
    omni_error_kind(t, site, op, "List", list);
    return false;
  }
  for (; omni_is_pair(list); list = cdr_of(list)) builder_add(t, b, car_of(list));
  return true;
}

static OmniValue append_arrays(OmniThread *t, const OmniSite *site, int64_t argc,
                               const OmniValue *argv) {
  size_t n = 0;
  for (int64_t i = 0; i < argc; i++) {
    if (!omni_is_type(argv[i], OMNI_T_ARRAY))
      return omni_error_kind(t, site, "append", "Array", argv[i]);
    n += omni_array_length(argv[i]);
  }
  OmniValue out = omni_array_new(t, n);
  size_t at = 1;
  for (int64_t i = 0; i < argc; i++) {
    size_t length = omni_array_length(argv[i]);
    omni_init_many(t, omni_array_store(out), at, omni_array_view(argv[i]), length);
    at += length;
  }
  omni_set_immediate(out, ARRAY_LENGTH, omni_fixnum((int64_t)n));
  return out;
}

OmniValue omni_prim_append(OmniThread *t, const OmniSite *site, int64_t argc,
                           const OmniValue *argv) {
  if (argc == 0) return OMNI_EMPTY;
  if (omni_is_type(argv[0], OMNI_T_ARRAY)) return append_arrays(t, site, argc, argv);
  ListBuilder b = list_builder_empty;
  for (int64_t i = 0; i < argc - 1; i++)
    if (!builder_add_list(t, site, "append", &b, argv[i])) return OMNI_NOTHING;
  builder_hang(t, &b, argv[argc - 1]);
  return b.head;
}

static OmniValue last_pair(OmniValue list) {
  while (omni_is_pair(cdr_of(list))) list = cdr_of(list);
  return list;
}

OmniValue omni_prim_append_bang(OmniThread *t, const OmniSite *site, int64_t argc,
                                const OmniValue *argv) {
  OmniValue out = OMNI_EMPTY, end = OMNI_EMPTY;
  for (int64_t i = 0; i < argc; i++) {
    if (argv[i] == OMNI_EMPTY) continue;
    if (i + 1 < argc && omni_list_length(argv[i]) < 0)
      return omni_error_kind(t, site, "append!", "List", argv[i]);
    if (out == OMNI_EMPTY) {
      out = argv[i];
    } else {
      if (omni_is_immortal(t, end)) return omni_error_immutable(t, site, "append!", out);
      omni_store(t, end, 1, argv[i]);
    }
    if (omni_is_pair(argv[i]) && i + 1 < argc) end = last_pair(argv[i]);
  }
  return out;
}

static OmniValue reverse_array(OmniThread *t, OmniValue a) {
  size_t n = omni_array_length(a);
  OmniValue out = omni_array_new(t, n);
  for (size_t i = 0; i < n; i++)
    omni_init(t, omni_array_store(out), 1 + i, omni_array_view(a)[n - 1 - i]);
  omni_set_immediate(out, ARRAY_LENGTH, omni_fixnum((int64_t)n));
  return out;
}

static OmniValue reverse_typed(OmniThread *t, OmniValue a) {
  size_t n = omni_array_length(a), w = omni_element_nbytes(omni_array_element(a));
  OmniValue out = omni_typed_new(t, omni_array_element(a), n);
  const char *from = omni_raw_bytes(omni_array_store(a));
  char *to = omni_raw_bytes(omni_array_store(out));
  for (size_t i = 0; i < n; i++) memcpy(to + i * w, from + (n - 1 - i) * w, w);
  return out;
}

/* By code point: copies each sequence of lead and continuation bytes. */
static OmniValue reverse_string(OmniThread *t, OmniValue s) {
  size_t n = omni_string_nbytes(s);
  OmniText x = {.t = t};
  for (size_t end = n; end > 0;) {
    size_t start = end - 1;
    while (start > 0 && ((unsigned char)omni_string_bytes_view(s)[start] & 0xc0) == 0x80) start--;
    omni_text_add(&x, omni_string_bytes_view(s) + start, end - start);
    end = start;
  }
  OmniValue out = omni_string(t, x.bytes ? x.bytes : "", x.nbytes);
  omni_text_free(&x);
  return out;
}

OmniValue omni_prim_reverse(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_type(v, OMNI_T_ARRAY)) return reverse_array(t, v);
  if (omni_is_type(v, OMNI_T_TYPED_ARRAY)) return reverse_typed(t, v);
  if (omni_is_type(v, OMNI_T_STRING)) return reverse_string(t, v);
  if (omni_list_length(v) < 0)
    return omni_error_kind(t, site, "reverse", "List, Array or String", v);
  OmniValue out = OMNI_EMPTY;
  for (; omni_is_pair(v); v = cdr_of(v)) out = omni_cons(t, car_of(v), out);
  return out;
}

OmniValue omni_prim_list_copy(OmniThread *t, const OmniSite *site, OmniValue list) {
  ListBuilder b = list_builder_empty;
  if (!builder_add_list(t, site, "list-copy", &b, list)) return OMNI_NOTHING;
  return b.head;
}

/* ---- access ---- */

/* The k-th tail, k counted in pairs; raises when the list is shorter. */
static bool walk_to(OmniThread *t, const OmniSite *site, const char *op, OmniValue list,
                    OmniValue k, OmniValue *out) {
  if (!omni_is_fixnum(k) || omni_fixnum_value(k) < 0) {
    omni_error_kind(t, site, op, "Int index of at least 0", k);
    return false;
  }
  if (!omni_is_pair(list) && list != OMNI_EMPTY) {
    omni_error_kind(t, site, op, "List", list);
    return false;
  }
  int64_t n = omni_fixnum_value(k), i = 0;
  OmniValue p = list;
  for (; i < n && omni_is_pair(p); i++) p = cdr_of(p);
  if (i < n) {
    omni_error_index(t, site, op, list, k, (size_t)i);
    return false;
  }
  *out = p;
  return true;
}

OmniValue omni_prim_list_ref(OmniThread *t, const OmniSite *site, OmniValue list, OmniValue k) {
  OmniValue p;
  if (!walk_to(t, site, "list-ref", list, k, &p)) return OMNI_NOTHING;
  if (!omni_is_pair(p))
    return omni_error_index(t, site, "list-ref", list, k, (size_t)omni_fixnum_value(k));
  return car_of(p);
}

OmniValue omni_prim_list_tail(OmniThread *t, const OmniSite *site, OmniValue list, OmniValue k) {
  OmniValue p;
  return walk_to(t, site, "list-tail", list, k, &p) ? p : OMNI_NOTHING;
}

OmniValue omni_prim_last(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_pair(v)) return car_of(last_pair(v));
  if (omni_is_type(v, OMNI_T_ARRAY) && omni_array_length(v) > 0)
    return omni_array_view(v)[omni_array_length(v) - 1];
  return omni_error_kind(t, site, "last", "List or Array with at least one element", v);
}

/* ---- search ---- */

typedef bool Same(OmniThread *t, OmniValue a, OmniValue b);

static bool same_identical(OmniThread *t, OmniValue a, OmniValue b) {
  (void)t;
  return a == b;
}

/* eqv?: equal? on numbers and characters, else identity */
static bool same_eqv(OmniThread *t, OmniValue a, OmniValue b) {
  if (a == b) return true;
  bool numbers = (omni_is_double(a) && omni_is_double(b)) ||
                 (omni_is_type(a, OMNI_T_BIGNUM) && omni_is_type(b, OMNI_T_BIGNUM));
  return numbers && omni_equal(t, a, b);
}

static OmniValue find_member(OmniThread *t, const OmniSite *site, const char *op, Same *same,
                             OmniValue x, OmniValue list) {
  OmniValue p = list;
  for (; omni_is_pair(p); p = cdr_of(p))
    if (same(t, x, car_of(p))) return p;
  if (p != OMNI_EMPTY) return omni_error_kind(t, site, op, "List", list);
  return OMNI_FALSE;
}

static OmniValue find_entry(OmniThread *t, const OmniSite *site, const char *op, Same *same,
                            OmniValue x, OmniValue list) {
  OmniValue p = list;
  for (; omni_is_pair(p); p = cdr_of(p)) {
    OmniValue entry = car_of(p);
    if (!omni_is_pair(entry)) return omni_error_kind(t, site, op, "List of pairs", list);
    if (same(t, x, car_of(entry))) return entry;
  }
  if (p != OMNI_EMPTY) return omni_error_kind(t, site, op, "List", list);
  return OMNI_FALSE;
}

OmniValue omni_prim_memq(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_member(t, site, "memq", same_identical, x, list);
}
OmniValue omni_prim_memv(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_member(t, site, "memv", same_eqv, x, list);
}
OmniValue omni_prim_member(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_member(t, site, "member", omni_equal, x, list);
}
OmniValue omni_prim_assq(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_entry(t, site, "assq", same_identical, x, list);
}
OmniValue omni_prim_assv(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_entry(t, site, "assv", same_eqv, x, list);
}
OmniValue omni_prim_assoc(OmniThread *t, const OmniSite *site, OmniValue x, OmniValue list) {
  return find_entry(t, site, "assoc", omni_equal, x, list);
}

/* ---- conversion ---- */

/* The operands of `apply` as one list: all but the last, then what is in it. */
OmniValue omni_prim_spread(OmniThread *t, const OmniSite *site, OmniValue operands) {
  ListBuilder b = list_builder_empty;
  if (!omni_is_pair(operands)) return operands;
  while (omni_is_pair(cdr_of(operands))) {
    builder_add(t, &b, car_of(operands));
    operands = cdr_of(operands);
  }
  OmniValue last = car_of(operands);
  if (omni_is_type(last, OMNI_T_ARRAY))
    last = omni_list_from(t, omni_array_view(last), omni_array_length(last), OMNI_EMPTY);
  if (omni_list_length(last) < 0) return omni_error_kind(t, site, "apply", "List", last);
  builder_hang(t, &b, last);
  return b.head;
}

OmniValue omni_prim_list_to_array(OmniThread *t, const OmniSite *site, OmniValue list) {
  int64_t n = omni_list_length(list);
  if (n < 0) return omni_error_kind(t, site, "list->array", "List", list);
  OmniValue out = omni_array_new(t, (size_t)n);
  size_t i = 1;
  for (; omni_is_pair(list); list = cdr_of(list))
    omni_init(t, omni_array_store(out), i++, car_of(list));
  omni_set_immediate(out, ARRAY_LENGTH, omni_fixnum(n));
  return out;
}

OmniValue omni_prim_array_to_list(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (omni_is_type(v, OMNI_T_ARRAY))
    return omni_list_from(t, omni_array_view(v), omni_array_length(v), OMNI_EMPTY);
  if (omni_is_type(v, OMNI_T_TUPLE))
    return omni_list_from(t, omni_words(v) + 1, omni_tuple_length(v), OMNI_EMPTY);
  if (!omni_is_type(v, OMNI_T_TYPED_ARRAY))
    return omni_error_kind(t, site, "array->list", "Array", v);
  OmniValue list = OMNI_EMPTY;
  for (size_t i = omni_array_length(v); i-- > 0;)
    list = omni_cons(t, omni_element_ref(t, v, i), list);
  return list;
}
