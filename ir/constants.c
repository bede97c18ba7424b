/* Constants: the literal pool and the tables that describe the program.
 *
 * Immediates are constants of the value type. Everything else that a literal
 * can be is written to one byte stream (rtlib/constants.c has its format), is
 * unpacked into immortal memory when the program starts, and is loaded from a
 * slot. Equal strings, symbols and numbers share a slot. Sites, function
 * infos, kinds and the program record are LLVM constants; their types follow
 * the structs of rtlib/rti.h and are pinned there by static assertions.
 */
#include "emit.h"

#include <stdio.h>
#include <string.h>

#include "omni/value.h"

typedef struct ConstantPool {
  VEC(char) bytes;
  uint32_t n;
  NameTable *keys;      /* serialised form -> Name */
  PtrMap *index_of;     /* Name -> index + 1 */
  PtrMap *fn_index;     /* FnRecord -> index + 1 */
} ConstantPool;

void constants_start(Emit *e) {
  IrModule *m = e->m;
  e->pool = ARENA_NEW(e->arena, ConstantPool);
  e->pool->keys = names_new(e->arena);
  e->pool->index_of = ptrmap_new(e->arena);
  e->pool->fn_index = ptrmap_new(e->arena);
  e->strings = ptrmap_new(e->arena);
  e->sites = ptrmap_new(e->arena);
  LLVMTypeRef site[] = {m->ptr, m->ptr, m->i32, m->i32};
  e->site_type = LLVMStructTypeInContext(m->ctx, site, 4, false);
  LLVMTypeRef info[] = {m->ptr, m->ptr, m->ptr, m->ptr, m->i32, m->i16, m->i16};
  e->fn_info_type = LLVMStructTypeInContext(m->ctx, info, 7, false);
  e->function_table =
      LLVMAddGlobal(m->module, LLVMArrayType2(e->fn_info_type, 0), "omni.functions.placeholder");
}

/* ---- serialising ---- */

typedef VEC(char) Bytes;

static void put(Emit *e, Bytes *b, const void *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) VEC_PUSH(e->arena, b, ((const char *)bytes)[i]);
}

static void put_tag(Emit *e, Bytes *b, char tag) { VEC_PUSH(e->arena, b, tag); }

static void put_u(Emit *e, Bytes *b, uint64_t n) {
  do {
    put_tag(e, b, (char)((n & 0x7f) | (n > 0x7f ? 0x80 : 0)));
    n >>= 7;
  } while (n);
}

static void put_int(Emit *e, Bytes *b, int64_t n) {
  put_tag(e, b, 'i');
  put_u(e, b, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

/* Decimal digits to a little-endian magnitude, nine digits a step. */
static void put_bigint(Emit *e, Bytes *b, const char *digits, size_t ndigits) {
  bool negative = digits[0] == '-';
  size_t i = negative ? 1 : 0, n = 0;
  uint32_t *limbs = ARENA_ARRAY(e->arena, uint32_t, ndigits / 9 + 2);
  for (size_t step; i < ndigits; i += step) {
    uint64_t chunk = 0, scale = 1;
    for (step = 0; step < 9 && i + step < ndigits; step++, scale *= 10)
      chunk = chunk * 10 + (uint64_t)(digits[i + step] - '0');
    for (size_t k = 0; k < n; k++) {
      chunk += limbs[k] * scale;
      limbs[k] = (uint32_t)chunk;
      chunk >>= 32;
    }
    if (chunk) limbs[n++] = (uint32_t)chunk;
  }
  size_t nbytes = n * 4;
  while (nbytes && ((limbs[(nbytes - 1) / 4] >> ((nbytes - 1) % 4 * 8)) & 0xff) == 0) nbytes--;
  put_tag(e, b, 'N');
  put_tag(e, b, negative ? 1 : 0);
  put_u(e, b, nbytes);
  for (size_t k = 0; k < nbytes; k++) put_tag(e, b, (char)(limbs[k / 4] >> (k % 4 * 8)));
}

static void put_text(Emit *e, Bytes *b, char tag, const char *text, size_t n) {
  put_tag(e, b, tag);
  put_u(e, b, n);
  put(e, b, text, n);
}

static void put_literal(Emit *e, Bytes *b, const Literal *l) {
  switch (l->kind) {
  case LIT_INT: put_int(e, b, l->integer); return;
  case LIT_BIGINT: put_bigint(e, b, l->text, l->nbytes); return;
  case LIT_FLOAT:
    put_tag(e, b, 'd');
    put(e, b, &l->number, 8);
    return;
  case LIT_STRING: put_text(e, b, 's', l->text, l->nbytes); return;
  case LIT_SYMBOL: put_text(e, b, 'y', l->text, l->nbytes); return;
  case LIT_CHAR:
    put_tag(e, b, 'c');
    put_u(e, b, (uint64_t)l->integer);
    return;
  case LIT_TRUE: put_tag(e, b, 't'); return;
  case LIT_FALSE: put_tag(e, b, 'f'); return;
  case LIT_NOTHING: put_tag(e, b, 'n'); return;
  case LIT_EMPTY: put_tag(e, b, 'e'); return;
  case LIT_ABSENT: put_tag(e, b, 'A'); return;
  case LIT_UNBOUND: put_tag(e, b, 'u'); return;
  case LIT_KIND:
    put_tag(e, b, 'K');
    put_u(e, b, (uint64_t)l->integer);
    return;
  case LIT_LIST:
  case LIT_ARRAY:
  case LIT_DICT:
    if (l->kind == LIT_LIST && l->n == 0) {
      put_tag(e, b, 'e');
      return;
    }
    put_tag(e, b, l->kind == LIT_LIST ? 'p' : l->kind == LIT_ARRAY ? 'a' : 'D');
    put_u(e, b, l->kind == LIT_DICT ? l->n / 2 : l->n);
    for (uint32_t i = 0; i < l->n; i++) put_literal(e, b, l->items[i]);
    if (l->kind == LIT_LIST) {
      if (l->tail) put_literal(e, b, l->tail);
      else put_tag(e, b, 'e');
    }
    return;
  case LIT_RAW:
  case LIT_COUNT: break;
  }
  ir_die("constants", "literal of kind %d", (int)l->kind);
}

/* Appends a serialised literal unless the pool has it. Mutable identity does
 * not matter: literals are immutable, equal ones may be one object. */
static uint32_t pool_index(Emit *e, const Bytes *b) {
  ConstantPool *pool = e->pool;
  const Name *key = name_of(pool->keys, b->items, b->n);
  uintptr_t known = (uintptr_t)ptrmap_get(pool->index_of, key);
  if (known) return (uint32_t)known - 1;
  for (size_t i = 0; i < b->n; i++) VEC_PUSH(e->arena, &pool->bytes, b->items[i]);
  ptrmap_put(pool->index_of, key, (void *)((uintptr_t)pool->n + 1));
  return pool->n++;
}

static LLVMValueRef pooled(FnEmit *f, uint32_t index) {
  LLVMValueRef operand = ir_i64(f->m, index);
  return op_build(f->m, OP_const, &operand, 1, "literal");
}

static bool immediate_word(const Literal *l, uint64_t *word) {
  switch (l->kind) {
  case LIT_INT:
    *word = omni_fixnum(l->integer);
    return omni_fits_fixnum(l->integer);
  case LIT_FLOAT:
    *word = omni_double_rotate(l->number);
    return omni_is_immediate_double(*word);
  case LIT_CHAR: *word = omni_char((uint32_t)l->integer); return true;
  case LIT_TRUE: *word = OMNI_TRUE; return true;
  case LIT_FALSE: *word = OMNI_FALSE; return true;
  case LIT_NOTHING: *word = OMNI_NOTHING; return true;
  case LIT_EMPTY: *word = OMNI_EMPTY; return true;
  case LIT_ABSENT: *word = OMNI_ABSENT; return true;
  case LIT_UNBOUND: *word = OMNI_UNBOUND; return true;
  default: return false;
  }
}

LLVMValueRef constant_value(FnEmit *f, const Literal *l) {
  uint64_t word;
  if (immediate_word(l, &word)) return ir_immediate(f->m, word);
  Bytes b = {0};
  if (l->kind == LIT_INT) { /* beyond the fixnums */
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)l->integer);
    put_bigint(f->e, &b, digits, (size_t)n);
  } else {
    put_literal(f->e, &b, l);
  }
  return pooled(f, pool_index(f->e, &b));
}

LLVMValueRef constant_closure(FnEmit *f, FnRecord *record) {
  emit_generic(f->e, record);
  Bytes b = {0};
  put_tag(f->e, &b, 'F');
  put_u(f->e, &b, record->index);
  return pooled(f, pool_index(f->e, &b));
}

/* ---- tables ---- */

static LLVMValueRef private_constant(Emit *e, LLVMValueRef init, const char *name) {
  LLVMValueRef g = LLVMAddGlobal(e->m->module, LLVMTypeOf(init), name);
  LLVMSetInitializer(g, init);
  LLVMSetGlobalConstant(g, true);
  LLVMSetLinkage(g, LLVMPrivateLinkage);
  LLVMSetUnnamedAddress(g, LLVMGlobalUnnamedAddr);
  return g;
}

LLVMValueRef constant_string(Emit *e, const char *bytes, size_t nbytes) {
  const Name *key = name_of(e->program->names, bytes, nbytes);
  LLVMValueRef g = ptrmap_get(e->strings, key);
  if (g) return g;
  g = private_constant(e, LLVMConstStringInContext2(e->m->ctx, bytes, nbytes, false), "text");
  ptrmap_put(e->strings, key, g);
  return g;
}

static LLVMValueRef c_string(Emit *e, const char *s) {
  return s ? constant_string(e, s, strlen(s)) : ir_null(e->m);
}

static LLVMValueRef u32(Emit *e, uint64_t n) { return LLVMConstInt(e->m->i32, n, false); }

static const char *path_of(Emit *e, Span at) {
  return at.file ? source_get(e->program->sources, at.file)->path : "?";
}

LLVMValueRef constant_site(FnEmit *f, Span at) {
  Emit *e = f->e;
  if (at.file == 0) return ir_null(f->m);
  LineColumn where = source_position(e->program->sources, at);
  const char *text = arena_printf(e->arena, "%u:%u:%u:%s", at.file, where.line, where.column,
                                  f->record->name);
  const Name *key = name_cstr(e->program->names, text);
  LLVMValueRef g = ptrmap_get(e->sites, key);
  if (g) return g;
  LLVMValueRef fields[] = {c_string(e, path_of(e, at)), c_string(e, f->record->name),
                           u32(e, where.line), u32(e, where.column)};
  g = private_constant(e, LLVMConstStructInContext(f->m->ctx, fields, 4, false), "site");
  ptrmap_put(e->sites, key, g);
  return g;
}

LLVMValueRef constant_fn_info(Emit *e, FnRecord *record) {
  LLVMValueRef index[] = {ir_i64(e->m, record->index)};
  return LLVMConstInBoundsGEP2(e->fn_info_type, e->function_table, index, 1);
}

static LLVMValueRef function_row(Emit *e, FnRecord *r) {
  IrModule *m = e->m;
  const CoreLambda *l = r->lambda;
  size_t ntop = e->program->top.n; /* the prelude's forms, if any, come first */
  Span at = l ? l->span : ntop ? e->program->top.items[ntop - 1]->span : (Span){0};
  uint32_t least = l ? l->nrequired : 0;
  uint32_t most = !l ? 0 : l->rest ? 0xffff : l->nrequired + l->noptional;
  bool nameless = l && !l->name && !l->global;
  LLVMValueRef fields[] = {
      r->generic ? r->generic : ir_null(m),
      r->fn,
      nameless ? ir_null(m) : c_string(e, r->name),
      c_string(e, path_of(e, at)),
      u32(e, l && at.file ? source_position(e->program->sources, at).line : 0),
      LLVMConstInt(m->i16, least, false),
      LLVMConstInt(m->i16, most, false)};
  return LLVMConstStructInContext(m->ctx, fields, 7, false);
}

static LLVMValueRef function_table(Emit *e) {
  size_t n = e->functions.n;
  LLVMValueRef *rows = ARENA_ARRAY(e->arena, LLVMValueRef, n + 1);
  for (size_t i = 0; i < n; i++) rows[i] = function_row(e, e->functions.items[i]);
  LLVMValueRef g =
      private_constant(e, LLVMConstArray2(e->fn_info_type, rows, n), "omni.functions");
  LLVMReplaceAllUsesWith(e->function_table, g);
  LLVMDeleteGlobal(e->function_table);
  return g;
}

static LLVMValueRef string_table(Emit *e, const char **strings, size_t n, const char *name) {
  LLVMValueRef *rows = ARENA_ARRAY(e->arena, LLVMValueRef, n + 1);
  for (size_t i = 0; i < n; i++) rows[i] = c_string(e, strings[i]);
  return private_constant(e, LLVMConstArray2(e->m->ptr, rows, n), name);
}

static LLVMValueRef global_names(Emit *e, uint32_t *count) {
  const CoreProgram *p = e->program;
  *count = 0;
  for (size_t i = 0; i < p->globals.n; i++)
    if (p->globals.items[i]->index >= *count) *count = p->globals.items[i]->index + 1;
  const char **names = ARENA_ARRAY(e->arena, const char *, *count + 1);
  for (size_t i = 0; i < p->globals.n; i++)
    names[p->globals.items[i]->index] = p->globals.items[i]->name->bytes;
  return string_table(e, names, *count, "omni.global_names");
}

static LLVMValueRef kind_table(Emit *e) {
  IrModule *m = e->m;
  const CoreProgram *p = e->program;
  LLVMTypeRef types[] = {m->ptr, m->ptr, m->i32, m->ptr, m->i64};
  LLVMTypeRef row_type = LLVMStructTypeInContext(m->ctx, types, 5, false);
  LLVMValueRef *rows = ARENA_ARRAY(e->arena, LLVMValueRef, p->structs.n + 1);
  for (size_t i = 0; i < p->structs.n; i++) {
    const CoreStruct *s = p->structs.items[i];
    const char **fields = ARENA_ARRAY(e->arena, const char *, s->nfields + 1);
    for (uint32_t k = 0; k < s->nfields; k++) fields[k] = s->fields[k]->bytes;
    LLVMValueRef row[] = {c_string(e, s->name->bytes),
                          c_string(e, s->enum_name ? s->enum_name->bytes : NULL),
                          u32(e, s->nfields), string_table(e, fields, s->nfields, "fields"),
                          LLVMConstInt(m->i64, s->mutable_mask, false)};
    rows[i] = LLVMConstStructInContext(m->ctx, row, 5, false);
  }
  return private_constant(e, LLVMConstArray2(row_type, rows, p->structs.n), "omni.kinds");
}

static LLVMValueRef test_table(Emit *e) {
  IrModule *m = e->m;
  const CoreProgram *p = e->program;
  LLVMTypeRef types[] = {m->ptr, m->i32};
  LLVMTypeRef row_type = LLVMStructTypeInContext(m->ctx, types, 2, false);
  LLVMValueRef *rows = ARENA_ARRAY(e->arena, LLVMValueRef, p->tests.n + 1);
  for (size_t i = 0; i < p->tests.n; i++) {
    LLVMValueRef row[] = {c_string(e, p->tests.items[i].name),
                          u32(e, emit_record(e, p->tests.items[i].lambda)->index)};
    rows[i] = LLVMConstStructInContext(m->ctx, row, 2, false);
  }
  return private_constant(e, LLVMConstArray2(row_type, rows, p->tests.n), "omni.tests");
}

static LLVMValueRef constant_slots(Emit *e) {
  IrModule *m = e->m;
  LLVMTypeRef type = LLVMArrayType2(m->i64, e->pool->n);
  LLVMValueRef g = LLVMAddGlobal(m->module, type, "omni.constant_slots");
  LLVMSetInitializer(g, LLVMConstNull(type));
  LLVMSetLinkage(g, LLVMInternalLinkage);
  return g;
}

void constants_finish(Emit *e) {
  IrModule *m = e->m;
  uint32_t nglobals;
  LLVMValueRef names = global_names(e, &nglobals);
  LLVMValueRef bytes = private_constant(
      e, LLVMConstStringInContext2(m->ctx, e->pool->bytes.items ? e->pool->bytes.items : "",
                                   e->pool->bytes.n, true), "omni.constants");
  const CoreProgram *p = e->program;
  LLVMValueRef fields[] = {
      u32(e, 1), u32(e, nglobals), names, bytes, ir_i64(m, (int64_t)e->pool->bytes.n),
      u32(e, e->pool->n), u32(e, p->structs.n), u32(e, e->functions.n), u32(e, p->tests.n),
      constant_slots(e), kind_table(e), function_table(e), test_table(e),
      e->functions.items[0]->fn};
  LLVMValueRef record = LLVMConstStructInContext(m->ctx, fields, 14, false);
  LLVMValueRef g = LLVMAddGlobal(m->module, LLVMTypeOf(record), "omni.program");
  LLVMSetInitializer(g, record);
  LLVMSetGlobalConstant(g, true);
  LLVMSetLinkage(g, LLVMInternalLinkage);
}
