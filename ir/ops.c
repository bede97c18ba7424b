/* The table of operations: ops.def and prims.def as data, and the declared
 * functions that stand for them in a module.
 *
 * An operation is recognised by the name of the function it calls; the names
 * are looked up in a perfect-enough table sorted once. Effects become LLVM
 * attributes on the declarations, so that LLVM's early clean-up may merge or
 * drop what has none and must leave the rest in order.
 */
#include "ir_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct OpRow {
  const char *name, *signature;
  int max_args;
  uint32_t effects;
  OpLowering lowering;
  bool prim;
  CoreKinds kinds;
} OpRow;

#define CALL LOWER_CALL
#define CUSTOM LOWER_CUSTOM
static const OpRow op_rows[OP_COUNT] = {
#define OMNI_OP(id, signature, effects, lowering, doc) \
  {#id, signature, 0, effects, lowering, false, K_ANY},
#include "ops.def"
#undef OMNI_OP
#define OMNI_PRIM(id, name, min, max, reps, effects, kind) \
  {#id, reps, max, effects, LOWER_CALL, true, kind},
#include "prims.def"
#undef OMNI_PRIM
};
#undef CALL
#undef CUSTOM

enum { OP_NAME_MAX = 64, OP_OPERANDS_MAX = 24, OP_HASH_SIZE = 2048 };
static OpInfo op_infos[OP_COUNT];
static char op_operand_text[OP_COUNT][OP_OPERANDS_MAX];
static char op_c_names[OP_COUNT][OP_NAME_MAX];
static uint16_t op_hash[OP_HASH_SIZE]; /* OpId + 1 */
static bool op_ready;

static uint32_t hash_name(const char *s, size_t n) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 16777619u;
  return h;
}

static void fill_info(OpId op) {
  const OpRow *row = &op_rows[op];
  OpInfo *info = &op_infos[op];
  const char *arrow = strchr(row->signature, '>');
  if (!arrow) ir_die("ops", "operation %s has no result letter", row->name);
  snprintf(op_operand_text[op], OP_OPERANDS_MAX, "%s%.*s%s", row->prim ? "TS" : "",
           (int)(arrow - row->signature), row->signature, row->prim && row->max_args < 0 ? "*" : "");
  snprintf(op_c_names[op], OP_NAME_MAX, "omni_%s_%s", row->prim ? "prim" : "op", row->name);
  size_t n = strlen(op_operand_text[op]);
  info->name = row->name;
  info->operands = op_operand_text[op];
  info->result = arrow[1];
  info->variadic = n > 0 && op_operand_text[op][n - 1] == '*';
  info->effects = row->effects;
  info->kinds = row->kinds;
  info->lowering = row->lowering;
  info->c_name = op_c_names[op];
}

static void prepare(void) {
  if (op_ready) return;
  op_ready = true;
  for (int op = 0; op < OP_COUNT; op++) {
    fill_info((OpId)op);
    uint32_t h = hash_name(op_infos[op].name, strlen(op_infos[op].name)) % OP_HASH_SIZE;
    while (op_hash[h]) {
      if (strcmp(op_infos[op_hash[h] - 1].name, op_infos[op].name) == 0)
        ir_die("ops", "two operations are named %s", op_infos[op].name);
      h = (h + 1) % OP_HASH_SIZE;
    }
    op_hash[h] = (uint16_t)(op + 1);
  }
}

const OpInfo *op_info(OpId op) {
  prepare();
  return &op_infos[op];
}

LLVMTypeRef op_letter_type(IrModule *m, char letter) {
  switch (letter) {
  case 'T': case 'S': case 'P': return m->ptr;
  case 'V': return m->value;
  case 'F': return m->f64;
  case 'I': return m->i64;
  case 'B': return m->i1;
  case '-': return m->nil;
  default: ir_die("ops", "no type for operand letter %c", letter);
  }
}

static LLVMTypeRef result_type(IrModule *m, const OpInfo *info, unsigned n) {
  if (info->result != '=' && info->result != '#') return op_letter_type(m, info->result);
  LLVMTypeRef *fields = ARENA_ARRAY(m->arena, LLVMTypeRef, n + 1);
  unsigned k = 0;
  if (info->result == '=') fields[k++] = m->ptr;
  for (unsigned i = 0; i < n; i++) fields[k++] = m->value;
  return LLVMStructTypeInContext(m->ctx, fields, k, false);
}

/* LLVM may merge, reorder and drop what is pure; everything else stays. */
static void set_effects(IrModule *m, LLVMValueRef fn, const OpInfo *info) {
  ir_function_attribute(m, fn, "nounwind", 0);
  if (info->effects & P_NORETURN) return;
  if (!(info->effects & P_PURE)) return;
  ir_function_attribute(m, fn, "willreturn", 0);
  ir_function_attribute(m, fn, "memory", 0); /* reads and writes nothing */
}

LLVMTypeRef op_type(IrModule *m, OpId op, unsigned n) {
  const OpInfo *info = op_info(op);
  size_t fixed = strlen(info->operands) - (info->variadic ? 1 : 0);
  LLVMTypeRef *params = ARENA_ARRAY(m->arena, LLVMTypeRef, fixed + n + 1);
  for (size_t i = 0; i < fixed; i++) params[i] = op_letter_type(m, info->operands[i]);
  for (unsigned i = 0; i < n; i++) params[fixed + i] = m->value;
  return LLVMFunctionType(result_type(m, info, n), params, (unsigned)fixed + n, false);
}

static LLVMValueRef declare(IrModule *m, OpId op, unsigned n, LLVMTypeRef *type) {
  const OpInfo *info = op_info(op);
  char name[OP_NAME_MAX + 24];
  if (info->variadic) snprintf(name, sizeof name, "omni.%s.%u", info->name, n);
  else snprintf(name, sizeof name, "omni.%s", info->name);
  LLVMValueRef fn = LLVMGetNamedFunction(m->module, name);
  if (fn) {
    *type = LLVMGlobalGetValueType(fn);
    return fn;
  }
  *type = op_type(m, op, n);
  fn = LLVMAddFunction(m->module, name, *type);
  set_effects(m, fn, info);
  return fn;
}

LLVMValueRef op_function(IrModule *m, OpId op, unsigned n, LLVMTypeRef *type) {
  const OpInfo *info = op_info(op);
  if (info->variadic) return declare(m, op, n, type);
  if (!m->op_fn[op]) m->op_fn[op] = declare(m, op, 0, type);
  else *type = LLVMGlobalGetValueType(m->op_fn[op]);
  return m->op_fn[op];
}

OpId op_of(LLVMValueRef in) {
  if (!LLVMIsACallInst(in)) return OP_NONE;
  LLVMValueRef callee = LLVMGetCalledValue(in);
  if (!LLVMIsAFunction(callee)) return OP_NONE;
  size_t n;
  const char *name = LLVMGetValueName2(callee, &n);
  if (n < 6 || memcmp(name, "omni.", 5) != 0) return OP_NONE;
  prepare();
  name += 5;
  n -= 5;
  const char *dot = memchr(name, '.', n);
  if (dot) n = (size_t)(dot - name);
  for (uint32_t h = hash_name(name, n) % OP_HASH_SIZE; op_hash[h]; h = (h + 1) % OP_HASH_SIZE) {
    const char *s = op_infos[op_hash[h] - 1].name;
    if (strncmp(s, name, n) == 0 && s[n] == 0) return (OpId)(op_hash[h] - 1);
  }
  return OP_NONE;
}

bool op_is_tail_call(LLVMValueRef in) {
  OpId op = op_of(in);
  return op == OP_tail_call || op == OP_tail_apply ||
         (LLVMIsACallInst(in) && LLVMGetTailCallKind(in) == LLVMTailCallKindMustTail);
}

unsigned op_variadic_operands(LLVMValueRef call, OpId op, unsigned *first) {
  const OpInfo *info = op_info(op);
  unsigned n = LLVMGetNumArgOperands(call);
  *first = n;
  if (!info->variadic) return 0;
  *first = (unsigned)strlen(info->operands) - 1;
  return n > *first ? n - *first : 0;
}

LLVMValueRef op_build(IrModule *m, OpId op, LLVMValueRef *operands, unsigned n, const char *name) {
  const OpInfo *info = op_info(op);
  unsigned fixed = (unsigned)strlen(info->operands) - (info->variadic ? 1 : 0);
  if (n < fixed || (n > fixed && !info->variadic))
    ir_die("ops", "%s takes %u operands, got %u", info->name, fixed, n);
  LLVMTypeRef type;
  LLVMValueRef fn = op_function(m, op, n - fixed, &type);
  bool unit = info->result == '-';
  return LLVMBuildCall2(m->b, type, fn, operands, n, unit ? "" : name);
}
