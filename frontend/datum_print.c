/* Datums as text that reads back as the same datums (the reader's fuzz test
 * holds it to that). Lists print on one line; floats in the shortest form that
 * reads back, always with a point or an exponent. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datum.h"
#include "unicode.h"
#include "unicode_text.h"

static void print_string(FILE *to, const Datum *d) {
  fputc('"', to);
  for (size_t i = 0; i < d->nbytes; i++) {
    unsigned char c = (unsigned char)d->text[i];
    if (c == '"' || c == '\\') fprintf(to, "\\%c", c);
    else if (c == '\n') fputs("\\n", to);
    else if (c == '\t') fputs("\\t", to);
    else if (c == '\r') fputs("\\r", to);
    else if (c < 0x20 || c == 0x7f) fprintf(to, "\\x%x;", c);
    else fputc(c, to);
  }
  fputc('"', to);
}

static void print_char(FILE *to, uint32_t c) {
  char bytes[UTF8_MAX];
  if (c == '\n') fputs("#\\newline", to);
  else if (c == ' ') fputs("#\\space", to);
  else if (c == '\t') fputs("#\\tab", to);
  else if (c == 0) fputs("#\\nul", to);
  else if (c < 0x21 || (c >= 0x7f && !text_is_symbol_start(c))) fprintf(to, "#\\x%" PRIx32, c);
  else fprintf(to, "#\\%.*s", (int)utf8_encode(c, bytes), bytes);
}

static void print_zeros(FILE *to, int n) {
  for (int i = 0; i < n; i++) fputc('0', to);
}

/* Takes what %e made (-d.ddde+dd) and lays it out as the language does:
 * positional for 1e-7 <= |x| < 1e21, else with an exponent. */
static void print_scientific(FILE *to, char *text) {
  char *exponent_part = strchr(text, 'e'), digits[20];
  int exponent = atoi(exponent_part + 1), n = 0;
  if (*text == '-') fputc('-', to);
  for (const char *p = text; p < exponent_part; p++)
    if (*p >= '0' && *p <= '9') digits[n++] = *p;
  if (digits[0] == '0') {
    fputs("0.0", to);
  } else if (exponent < -7 || exponent > 20) {
    fprintf(to, n > 1 ? "%c.%.*se%d" : "%c%.*se%d", digits[0], n - 1, digits + 1, exponent);
  } else if (exponent < 0) {
    fputs("0.", to);
    print_zeros(to, -exponent - 1);
    fprintf(to, "%.*s", n, digits);
  } else {
    int whole = n < exponent + 1 ? n : exponent + 1;
    fprintf(to, "%.*s", whole, digits);
    print_zeros(to, exponent + 1 - whole);
    fprintf(to, ".%.*s", n > whole ? n - whole : 1, n > whole ? digits + whole : "0");
  }
}

static void print_float(FILE *to, double x) {
  if (isnan(x)) {
    fputs("+nan.0", to);
    return;
  }
  if (isinf(x)) {
    fputs(x < 0 ? "-inf.0" : "+inf.0", to);
    return;
  }
  char text[40];
  for (int digits = 0; digits <= 16; digits++) {
    snprintf(text, sizeof text, "%.*e", digits, x);
    if (strtod(text, NULL) == x) break;
  }
  print_scientific(to, text);
}

static void print_items(FILE *to, const char *open, const Datum *d, const char *close) {
  fputs(open, to);
  for (uint32_t i = 0; i < d->n; i++) {
    if (i) fputc(' ', to);
    datum_print(to, d->items[i]);
  }
  if (d->tail) {
    fputs(" . ", to);
    datum_print(to, d->tail);
  }
  fputs(close, to);
}

static void print_prefixed(FILE *to, const char *prefix, const Datum *d) {
  fputs(prefix, to);
  datum_print(to, d->items[0]);
}

static void print_path(FILE *to, const Datum *d) {
  for (uint32_t i = 0; i < d->n; i++) {
    if (i) fputc('.', to);
    datum_print(to, d->items[i]);
  }
}

static void print_tag(FILE *to, const Datum *d) {
  fputs("^:", to);
  datum_print(to, d->items[0]->items[0]);
  for (uint32_t i = 1; i < d->n; i++) {
    if (!d->items[i]) continue;
    fputc(' ', to);
    datum_print(to, d->items[i]);
  }
}

void datum_print(FILE *to, const Datum *d) {
  switch (d->kind) {
  case DATUM_ERROR: fputs("#<error>", to); break;
  case DATUM_SYMBOL: fputs(d->name->bytes, to); break;
  case DATUM_INT:
    if (d->digits) fputs(d->digits, to);
    else fprintf(to, "%" PRId64, d->integer);
    break;
  case DATUM_FLOAT: print_float(to, d->number); break;
  case DATUM_STRING: print_string(to, d); break;
  case DATUM_CHAR: print_char(to, d->codepoint); break;
  case DATUM_BOOL: fputs(d->integer ? "true" : "false", to); break;
  case DATUM_NOTHING: fputs("nothing", to); break;
  case DATUM_LIST: print_items(to, "(", d, ")"); break;
  case DATUM_ARRAY: print_items(to, "[", d, "]"); break;
  case DATUM_KIND: print_items(to, "{", d, "}"); break;
  case DATUM_DICT: print_items(to, "#{", d, "}"); break;
  case DATUM_QUOTE: print_prefixed(to, d->keyword ? ":" : "'", d); break;
  case DATUM_QUASI: print_prefixed(to, "`", d); break;
  case DATUM_UNQUOTE: print_prefixed(to, ",", d); break;
  case DATUM_SPLICE: print_prefixed(to, ",@", d); break;
  case DATUM_PATH: print_path(to, d); break;
  case DATUM_TAG: print_tag(to, d); break;
  case DATUM_VAL: print_prefixed(to, "#val ", d); break;
  case DATUM_DOTS: fputs("..", to); break;
  case DATUM_AMP: fputc('&', to); break;
  case DATUM_COUNT: break;
  }
}
