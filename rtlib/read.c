/* `read`: one datum from a port, in the syntax of quoted data: numbers,
 * strings, characters, symbols, lists with dotted tails, arrays, dicts,
 * quotes, comments.
 *
 * A recursive descent over the port's characters; nesting is limited, so that
 * no input can exhaust the stack. Wrong input is an error of kind read. The
 * end of the input before any datum is `nothing`.
 */
#include "collection.h"
#include "io.h"
#include "values.h"

enum { READ_MAX_DEPTH = 10000 };

typedef struct Reader {
  OmniThread *t;
  const OmniSite *site;
  IoPort *port;
  OmniText token; /* scratch: bytes of an atom, a string */
  int depth;
  bool failed;
} Reader;

static OmniValue read_datum(Reader *r);

/* ---- characters ---- */

static int32_t peek(Reader *r) {
  size_t nbytes;
  return r->failed ? -1 : io_peek(r->t, r->site, r->port, &nbytes);
}

static int32_t next(Reader *r) {
  size_t nbytes = 0;
  int32_t c = r->failed ? -1 : io_peek(r->t, r->site, r->port, &nbytes);
  r->port->start += nbytes;
  return c;
}

static OmniValue fail(Reader *r, const char *message) {
  if (!r->failed) omni_raise(r->t, r->site, "read", message, 0, NULL);
  r->failed = true;
  return OMNI_NOTHING;
}

static bool is_blank(int32_t c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool ends_atom(int32_t c) {
  return c < 0 || is_blank(c) || (c < 0x80 && strchr("()[]{}\";'`,", c) != NULL);
}

/* Nested: reads up to and with the closing |#. */
static void skip_block(Reader *r) {
  for (int depth = 1; depth > 0;) {
    int32_t c = next(r);
    if (c < 0) {
      fail(r, "read: a block comment does not end");
      return;
    }
    if (c == '|' && peek(r) == '#') next(r), depth--;
    else if (c == '#' && peek(r) == '|') next(r), depth++;
  }
}

/* Skips blanks and line comments. */
static int32_t skip_blanks(Reader *r) {
  for (;;) {
    int32_t c = peek(r);
    if (c == ';')
      while (c >= 0 && c != '\n') c = next(r);
    else if (is_blank(c))
      next(r);
    else
      return c;
  }
}

/* ---- atoms ---- */

static void read_token(Reader *r) {
  while (!ends_atom(peek(r))) omni_text_add_char(&r->token, (uint32_t)next(r));
}

static bool token_is(const Reader *r, const char *word) {
  return r->token.nbytes == strlen(word) && memcmp(r->token.bytes, word, r->token.nbytes) == 0;
}

static OmniValue read_atom(Reader *r) {
  r->token.nbytes = 0;
  read_token(r);
  if (r->token.nbytes == 0) {
    next(r);
    return fail(r, "read: unexpected character");
  }
  if (token_is(r, "true")) return OMNI_TRUE;
  if (token_is(r, "false")) return OMNI_FALSE;
  if (token_is(r, "nothing")) return OMNI_NOTHING;
  OmniValue n = rti_number_from_text(r->t, r->token.bytes, r->token.nbytes, 10);
  if (n != OMNI_NOTHING) return n;
  if (r->token.bytes[0] == ':' && r->token.nbytes > 1)
    return omni_symbol(r->t, r->token.bytes + 1, r->token.nbytes - 1);
  return omni_symbol(r->t, r->token.bytes, r->token.nbytes);
}

static int hex_digit(int32_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
  return -1;
}

/* Hexadecimal digits up to `end`, which is consumed; -1 if there are none. */
static int32_t read_hex(Reader *r, int32_t end) {
  int32_t n = 0, count = 0, c;
  while ((c = next(r)) != end) {
    int digit = hex_digit(c);
    if (digit < 0 || ++count > 6) return -1;
    n = n * 16 + digit;
  }
  return count == 0 || n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff) ? -1 : n;
}

static int32_t read_escape(Reader *r) {
  int32_t c = next(r);
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '0': return 0;
    case '\\':
    case '"': return c;
    case 'x': return read_hex(r, ';');
    case 'u': return next(r) == '{' ? read_hex(r, '}') : -1;
    default: return -1;
  }
}

static OmniValue read_string(Reader *r) {
  next(r);
  r->token.nbytes = 0;
  for (;;) {
    int32_t c = next(r);
    if (c == '"') return omni_string(r->t, r->token.bytes ? r->token.bytes : "", r->token.nbytes);
    if (c < 0) return fail(r, "read: a string does not end");
    if (c == '\\' && peek(r) == '\n') {
      next(r);
      while (peek(r) == ' ' || peek(r) == '\t') next(r);
      continue;
    }
    if (c == '\\' && (c = read_escape(r)) < 0) return fail(r, "read: unknown escape in a string");
    omni_text_add_char(&r->token, (uint32_t)c);
  }
}

static OmniValue read_char(Reader *r) {
  static const struct {
    const char *name;
    uint32_t c;
  } names[] = {{"newline", '\n'}, {"space", ' '}, {"tab", '\t'}, {"nul", 0}, {"return", '\r'}};
  int32_t first = next(r);
  if (first < 0) return fail(r, "read: a character is missing after #\\");
  r->token.nbytes = 0;
  omni_text_add_char(&r->token, (uint32_t)first);
  size_t one = r->token.nbytes;
  if (!ends_atom(first)) read_token(r);
  if (r->token.nbytes == one) return omni_char((uint32_t)first);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (token_is(r, names[i].name)) return omni_char(names[i].c);
  uint32_t c = 0;
  bool hex = first == 'x' && r->token.nbytes <= 7;
  for (size_t i = 1; i < r->token.nbytes && hex; i++) {
    int digit = hex_digit(r->token.bytes[i]);
    hex = digit >= 0;
    c = c * 16 + (uint32_t)digit;
  }
  if (!hex || c > 0x10ffff) return fail(r, "read: unknown character name");
  return omni_char(c);
}

/* ---- compound data ---- */

/* Data up to `close`, appended to an array; a dotted tail goes to *tail. */
static OmniValue read_items(Reader *r, int32_t close, OmniValue *tail) {
  OmniValue items = omni_array_new(r->t, 0);
  next(r);
  for (;;) {
    int32_t c = skip_blanks(r);
    if (c < 0) return fail(r, "read: a list does not end"), items;
    if (c == close) return next(r), items;
    OmniValue v = read_datum(r);
    if (r->failed) return items;
    if (v == OMNI_ABSENT) continue;
    if (tail != NULL && omni_is_symbol(v) && omni_symbol_nbytes(v) == 1 &&
        omni_symbol_bytes_view(v)[0] == '.') {
      *tail = read_datum(r);
      if (skip_blanks(r) != close) return fail(r, "read: one datum must follow a dot"), items;
      continue;
    }
    omni_array_append(r->t, items, v);
  }
}

static OmniValue read_list(Reader *r) {
  OmniValue tail = OMNI_EMPTY, items = read_items(r, ')', &tail);
  return omni_list_from(r->t, omni_array_view(items), omni_array_length(items), tail);
}

static OmniValue read_dict(Reader *r) {
  OmniValue items = read_items(r, '}', NULL), d = omni_table_new(r->t, OMNI_T_DICT, 0, 0);
  size_t n = omni_array_length(items);
  if (n % 2 != 0) return fail(r, "read: a dict takes keys and values in pairs");
  for (size_t i = 0; i < n; i += 2)
    omni_dict_put(r->t, d, omni_array_view(items)[i], omni_array_view(items)[i + 1]);
  return d;
}

static OmniValue read_quoted(Reader *r, const char *word) {
  OmniValue v[2] = {omni_symbol(r->t, word, strlen(word)), OMNI_ABSENT};
  while (v[1] == OMNI_ABSENT && !r->failed)
    v[1] = skip_blanks(r) < 0 ? fail(r, "read: nothing follows a quote") : read_datum(r);
  return omni_list_from(r->t, v, 2, OMNI_EMPTY);
}

static OmniValue read_hash(Reader *r) {
  next(r);
  switch (peek(r)) {
    case '\\': next(r); return read_char(r);
    case '{': return read_dict(r);
    case '|': next(r); skip_block(r); return OMNI_ABSENT;
    case ';':
      next(r);
      if (skip_blanks(r) >= 0) read_datum(r);
      return OMNI_ABSENT;
    case 't': next(r); return OMNI_TRUE;
    case 'f': next(r); return OMNI_FALSE;
    default: return fail(r, "read: unknown syntax after #");
  }
}

/* One datum; OMNI_ABSENT for a comment in its place. */
static OmniValue read_any(Reader *r) {
  switch (skip_blanks(r)) {
    case -1: return OMNI_ABSENT;
    case '(': return read_list(r);
    case '[': return read_items(r, ']', NULL);
    case '"': return read_string(r);
    case '#': return read_hash(r);
    case '\'': next(r); return read_quoted(r, "quote");
    case '`': next(r); return read_quoted(r, "quasiquote");
    case ',':
      next(r);
      if (peek(r) != '@') return read_quoted(r, "unquote");
      next(r);
      return read_quoted(r, "unquote-splicing");
    default: return read_atom(r);
  }
}

static OmniValue read_datum(Reader *r) {
  if (r->depth == READ_MAX_DEPTH) return fail(r, "read: nested too deeply");
  r->depth++;
  OmniValue v = read_any(r);
  r->depth--;
  return v;
}

OmniValue omni_prim_read_datum(OmniThread *t, const OmniSite *site, OmniValue port) {
  IoPort *p = io_port_operand(t, site, "read", port, IO_INPUT, IO_STDIN);
  if (p == NULL) return OMNI_NOTHING;
  Reader r = {.t = t, .site = site, .port = p, .token = {.t = t}};
  OmniValue v = OMNI_ABSENT;
  while (v == OMNI_ABSENT && !r.failed && skip_blanks(&r) >= 0) v = read_datum(&r);
  omni_text_free(&r.token);
  return v == OMNI_ABSENT ? OMNI_NOTHING : v;
}
