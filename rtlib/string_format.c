/* (format template value ...): text with placeholders.
 *
 *     {}                      the next value in its display form
 *     {:[<^>][0][width][.digits][type]}
 *
 * `<` `^` `>` place the text in a field of `width` characters (numbers stand at
 * the right unless told otherwise, the rest at the left), `0` fills with zeros
 * after the sign, `.digits` gives a number that many digits after its point
 * (other text is cut to that many characters), and the types are `x` and `b`,
 * an Int in base 16 or 2, and `w`, the readable form. `{{` and `}}` are braces.
 */
#include "u8.h"
#include "values.h"

typedef struct Field {
  char align; /* '<' '^' '>' or 0 */
  char type;  /* 'x' 'b' 'w' or 0 */
  bool zeros;
  size_t width;
  int digits; /* -1: not given */
} Field;

#define WIDTH_MAX 100000
#define DIGITS_MAX 340

static const char *read_number(const char *p, const char *end, size_t max, size_t *out) {
  size_t n = 0;
  while (p < end && *p >= '0' && *p <= '9' && n <= max) n = n * 10 + (size_t)(*p++ - '0');
  *out = n;
  return n <= max ? p : NULL;
}

/* What stands between { and }; NULL if it is not a field. Returns what follows
 * the }. */
static const char *read_field(const char *p, const char *end, Field *f) {
  *f = (Field){.digits = -1};
  if (p < end && *p == ':') {
    p++;
    if (p < end && (*p == '<' || *p == '^' || *p == '>')) f->align = *p++;
    if (p < end && *p == '0') f->zeros = true, p++;
    p = read_number(p, end, WIDTH_MAX, &f->width);
    if (p != NULL && p < end && *p == '.') {
      size_t digits;
      p = read_number(p + 1, end, DIGITS_MAX, &digits);
      f->digits = (int)digits;
    }
    if (p != NULL && p < end && (*p == 'x' || *p == 'b' || *p == 'w')) f->type = *p++;
  }
  return p != NULL && p < end && *p == '}' ? p + 1 : NULL;
}

static void add_fixed(OmniText *x, OmniValue v, int digits) {
  char text[DIGITS_MAX * 2 + 16];
  int n = snprintf(text, sizeof text, "%.*f", digits, rti_number_double(v));
  omni_text_add(x, text, (size_t)n);
}

/* False when the value does not go with the field's type. */
static bool add_contents(OmniText *x, const Field *f, OmniValue v) {
  if (f->type == 'x' || f->type == 'b') {
    if (!omni_is_integer(v)) return false;
    rti_text_add_number(x, v, f->type == 'x' ? 16 : 2);
    return true;
  }
  if (f->digits >= 0 && omni_is_number(v)) {
    add_fixed(x, v, f->digits);
    return true;
  }
  omni_print_value(x, v, f->type == 'w' ? OMNI_WRITE : OMNI_DISPLAY);
  if (f->digits >= 0) {
    size_t cut = 0;
    for (int i = 0; i < f->digits && cut < x->nbytes; i++) cut += u8_width_at(x->bytes + cut);
    x->nbytes = cut;
  }
  return true;
}

static void add_many(OmniText *x, char c, size_t n) {
  while (n-- > 0) omni_text_add(x, &c, 1);
}

static void add_in_field(OmniText *x, const Field *f, const OmniText *contents, bool number) {
  size_t nchars = u8_count(contents->bytes, contents->nbytes);
  size_t room = f->width > nchars ? f->width - nchars : 0;
  if (f->zeros && number) {
    size_t sign = contents->nbytes > 0 && *contents->bytes == '-';
    omni_text_add(x, contents->bytes, sign);
    add_many(x, '0', room);
    omni_text_add(x, contents->bytes + sign, contents->nbytes - sign);
    return;
  }
  char align = f->align != 0 ? f->align : number ? '>' : '<';
  size_t left = align == '<' ? 0 : align == '>' ? room : room / 2;
  add_many(x, ' ', left);
  omni_text_add(x, contents->bytes, contents->nbytes);
  add_many(x, ' ', room - left);
}

static bool add_value(OmniText *x, const Field *f, OmniValue v) {
  OmniText contents = {.t = x->t};
  bool fits = add_contents(&contents, f, v);
  if (fits) add_in_field(x, f, &contents, omni_is_number(v));
  omni_text_free(&contents);
  return fits;
}

typedef enum { FORMAT_DONE, FORMAT_BAD_FIELD, FORMAT_BAD_VALUE, FORMAT_TOO_FEW } FormatResult;

static FormatResult format(OmniText *x, const char *p, const char *end, int64_t argc,
                           const OmniValue *argv, int64_t *used) {
  while (p < end) {
    const char *brace = p;
    while (brace < end && *brace != '{' && *brace != '}') brace++;
    omni_text_add(x, p, (size_t)(brace - p));
    if (brace == end) break;
    if (brace + 1 < end && brace[1] == *brace) {
      omni_text_add(x, brace, 1);
      p = brace + 2;
      continue;
    }
    Field f;
    if (*brace == '}' || (p = read_field(brace + 1, end, &f)) == NULL) return FORMAT_BAD_FIELD;
    if (*used == argc) return FORMAT_TOO_FEW;
    if (!add_value(x, &f, argv[(*used)++])) return FORMAT_BAD_VALUE;
  }
  return FORMAT_DONE;
}

OmniValue omni_prim_format(OmniThread *t, const OmniSite *site, OmniValue template, int64_t argc,
                           const OmniValue *argv) {
  size_t nbytes;
  const char *bytes = rti_string_operand(t, site, "format", template, &nbytes);
  if (bytes == NULL) return OMNI_NOTHING;
  OmniText x = {.t = t};
  int64_t used = 0;
  FormatResult result = format(&x, bytes, bytes + nbytes, argc, argv, &used);
  if (result == FORMAT_DONE && used == argc) return omni_text_string(&x);
  omni_text_free(&x);
  switch (result) {
  case FORMAT_BAD_VALUE:
    return omni_error_kind(t, site, "format", "Int for {:x} and {:b}", argv[used - 1]);
  case FORMAT_BAD_FIELD:
    return omni_raise(t, site, "format",
                      "format: this template has a brace that is neither {} nor doubled", 1,
                      &template);
  default:
    return omni_raise(t, site, "format",
                      result == FORMAT_TOO_FEW ? "format: more {} than values"
                                               : "format: more values than {}",
                      1, &template);
  }
}
