/* Symbols: one immortal object per spelling, found through an open-addressing
 * table on the port.
 *
 *     {header, hash, nbytes, bytes... 0}
 *
 * The table is the runtime's; one thread uses it. Symbols never move or die,
 * so identity is equality and the stored hash needs no bytes to be read.
 */
#include "values.h"

#define SYMBOLS_MIN 1024 /* slots */

static size_t symbol_slot(const SymbolTable *table, uint64_t hash, const char *utf8,
                          size_t nbytes) {
  size_t mask = table->capacity - 1, i = (size_t)hash & mask;
  for (;; i = (i + 1) & mask) {
    OmniValue s = table->slots[i];
    if (s == 0) return i;
    if (omni_words(s)[1] == hash && omni_symbol_nbytes(s) == nbytes &&
        memcmp(omni_symbol_bytes_view(s), utf8, nbytes) == 0)
      return i;
  }
}

static void table_grow(OmniThread *t, SymbolTable *table) {
  SymbolTable larger = {.capacity = table->capacity == 0 ? SYMBOLS_MIN : table->capacity * 2};
  larger.slots = rti_allocate(t, larger.capacity * sizeof *larger.slots);
  memset(larger.slots, 0, larger.capacity * sizeof *larger.slots);
  larger.n = table->n;
  for (size_t i = 0; i < table->capacity; i++) {
    OmniValue s = table->slots[i];
    if (s == 0) continue;
    larger.slots[symbol_slot(&larger, omni_words(s)[1], omni_symbol_bytes_view(s),
                             omni_symbol_nbytes(s))] = s;
  }
  rti_release(t, table->slots, table->capacity * sizeof *table->slots);
  *table = larger;
}

static OmniValue symbol_new(OmniThread *t, uint64_t hash, const char *utf8, size_t nbytes) {
  size_t nwords = 3 + nbytes / 8 + 1;
  OmniValue s = omni_new_immortal(t, OMNI_T_SYMBOL, nwords, 0);
  OmniValue *words = omni_words(s);
  words[1] = hash;
  words[2] = nbytes;
  words[nwords - 1] = 0;
  if (nbytes > 0) memcpy(words + 3, utf8, nbytes);
  return s;
}

OmniValue omni_symbol(OmniThread *t, const char *utf8, size_t nbytes) {
  OmniValues *values = rti_values(t);
  SymbolTable *table = &values->symbols;
  if (table->n >= table->capacity / 2) table_grow(t, table);
  uint64_t hash = rti_hash_bytes(values->hash_seed, utf8, nbytes);
  size_t i = symbol_slot(table, hash, utf8, nbytes);
  if (table->slots[i] == 0) {
    table->slots[i] = symbol_new(t, hash, utf8, nbytes);
    table->n++;
  }
  return table->slots[i];
}

/* ---- primitives ---- */

OmniValue omni_prim_string_to_symbol(OmniThread *t, const OmniSite *site, OmniValue s) {
  size_t n;
  const char *bytes = rti_string_operand(t, site, "string->symbol", s, &n);
  return bytes == NULL ? OMNI_NOTHING : omni_symbol(t, bytes, n);
}

OmniValue omni_prim_symbol_to_string(OmniThread *t, const OmniSite *site, OmniValue v) {
  if (!omni_is_symbol(v)) return omni_error_kind(t, site, "symbol->string", "Symbol", v);
  return omni_string(t, omni_symbol_bytes_view(v), omni_symbol_nbytes(v));
}

static bool symbol_exists(OmniThread *t, const char *utf8, size_t nbytes) {
  OmniValues *values = rti_values(t);
  const SymbolTable *table = &values->symbols;
  if (table->capacity == 0) return false;
  uint64_t hash = rti_hash_bytes(values->hash_seed, utf8, nbytes);
  return table->slots[symbol_slot(table, hash, utf8, nbytes)] != 0;
}

/* (gensym [prefix]): a symbol that nobody has spelled yet. */
OmniValue omni_prim_gensym(OmniThread *t, const OmniSite *site, OmniValue prefix) {
  const char *bytes = "g";
  size_t n = 1;
  if (omni_is_symbol(prefix)) {
    bytes = omni_symbol_bytes_view(prefix);
    n = omni_symbol_nbytes(prefix);
  } else if (prefix != OMNI_ABSENT) {
    bytes = rti_string_operand(t, site, "gensym", prefix, &n);
    if (bytes == NULL) return OMNI_NOTHING;
  }
  OmniText x = {.t = t};
  do {
    x.nbytes = 0;
    omni_text_add(&x, bytes, n);
    omni_text_add_int(&x, (int64_t)++rti_values(t)->next_gensym);
  } while (symbol_exists(t, x.bytes, x.nbytes));
  OmniValue s = omni_symbol(t, x.bytes, x.nbytes);
  omni_text_free(&x);
  return s;
}
