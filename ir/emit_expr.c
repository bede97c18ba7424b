/* Expressions, by destination.
 *
 * emit_to sends a value somewhere and ends the path; emit_value computes one
 * and goes on; emit_cond branches on one without making it a value. Tail
 * position is the destination DEST_RETURN, nothing else: a loop in the middle
 * of an expression gets a slot and an exit block, and its bodies jump there.
 */
#include "emit.h"

#include <string.h>

static void emit_cond(FnEmit *f, CoreNode *node, LLVMBasicBlockRef yes, LLVMBasicBlockRef no);

/* ---- representations ---- */

LLVMValueRef emit_convert(IrModule *m, LLVMValueRef t, LLVMValueRef v, CoreRep from, CoreRep to) {
  if (from == to) return v;
  LLVMValueRef with_thread[] = {t, v};
  if (to == REP_VALUE) {
    if (from == REP_BOOL) return op_build(m, OP_from_bool, &v, 1, "bool");
    return op_build(m, from == REP_F64 ? OP_box_double : OP_box_int, with_thread, 2, "boxed");
  }
  if (from != REP_VALUE) ir_die("emit", "conversion from rep %d to %d", (int)from, (int)to);
  if (to == REP_BOOL) return op_build(m, OP_truthy, &v, 1, "true");
  return op_build(m, to == REP_F64 ? OP_unbox_double : OP_unbox_int, &v, 1, "raw");
}

static LLVMValueRef nothing_as(FnEmit *f, CoreRep rep) {
  if (rep == REP_BOOL) return LLVMConstInt(f->m->i1, 0, false);
  if (rep == REP_VALUE) return ir_immediate(f->m, OMNI_NOTHING);
  return LLVMGetUndef(emit_rep_type(f->m, rep)); /* never reached: kinds say so */
}

static CoreRep rep_of_letter(char letter) {
  switch (letter) {
  case 'F': return REP_F64;
  case 'I': return REP_I64;
  case 'B': return REP_BOOL;
  default: return REP_VALUE;
  }
}

/* ---- leaves ---- */

static LLVMValueRef emit_const(FnEmit *f, const Literal *l, CoreRep rep) {
  if (l->kind == LIT_RAW) return ir_i64(f->m, l->integer);
  if (rep == REP_F64 && l->kind == LIT_FLOAT) return LLVMConstReal(f->m->f64, l->number);
  if (rep == REP_I64 && l->kind == LIT_INT) return ir_i64(f->m, l->integer);
  if (rep == REP_BOOL)
    return LLVMConstInt(f->m->i1, l->kind != LIT_FALSE && l->kind != LIT_NOTHING, false);
  return emit_convert(f->m, f->t, constant_value(f, l), REP_VALUE, rep);
}

static Binding *binding_of(FnEmit *f, CoreVar *var) {
  Binding *b = ptrmap_get(f->bindings, var);
  if (!b)
    ir_die("emit", "variable %s#%u has no binding in %s", var->name ? var->name->bytes : "?",
           var->id, f->record->name);
  return b;
}

LLVMValueRef emit_raw_local(FnEmit *f, CoreVar *var) {
  if (var->lambda && var->lambda->mode == LAMBDA_CLOSURE && !emit_takes_closure(var->lambda))
    return constant_closure(f, emit_record(f->e, var->lambda));
  Binding *b = binding_of(f, var);
  switch (b->kind) {
  case BIND_SSA: return b->v;
  case BIND_SLOT: return LLVMBuildLoad2(f->m->b, emit_rep_type(f->m, var->rep), b->v, "");
  case BIND_CAPTURE: break;
  }
  LLVMValueRef operands[] = {f->closure, ir_i64(f->m, b->capture)};
  const char *name = var->name ? var->name->bytes : "captured";
  /* captures are values, whatever the variable is in its own frame */
  return emit_convert(f->m, f->t, op_build(f->m, OP_closure_ref, operands, 2, name), REP_VALUE,
                      var->rep);
}

LLVMValueRef emit_local(FnEmit *f, CoreVar *var) {
  LLVMValueRef v = emit_raw_local(f, var);
  if (!var->boxed) return v;
  LLVMValueRef operands[] = {f->t, ir_null(f->m), v};
  return op_build(f->m, OP_prim_cell_ref, operands, 3, var->name ? var->name->bytes : "cell");
}

static LLVMValueRef emit_global(FnEmit *f, CoreNode *node) {
  CoreGlobal *g = node->global;
  if (g->lambda) return constant_closure(f, emit_record(f->e, g->lambda));
  if (g->literal) return constant_value(f, g->literal);
  if (!g->checked) {
    LLVMValueRef operands[] = {f->t, ir_i64(f->m, g->index)};
    return op_build(f->m, OP_global_ref, operands, 2, g->name->bytes);
  }
  LLVMValueRef operands[] = {f->t, constant_site(f, node->span), ir_i64(f->m, g->index)};
  return op_build(f->m, OP_global_ref_checked, operands, 3, g->name->bytes);
}

static void emit_set(FnEmit *f, CoreNode *node) {
  CoreVar *var = node->set.var;
  LLVMValueRef v = emit_value(f, node->set.value, var->rep);
  if (var->boxed) {
    LLVMValueRef operands[] = {f->t, ir_null(f->m), emit_raw_local(f, var), v};
    op_build(f->m, OP_prim_cell_set, operands, 4, "");
    return;
  }
  Binding *b = binding_of(f, var);
  if (b->kind != BIND_SLOT) ir_die("emit", "%s is set but not a slot", var->name->bytes);
  LLVMBuildStore(f->m->b, v, b->v);
}

/* ---- primitives ---- */

static LLVMValueRef emit_prim(FnEmit *f, CoreNode *node, CoreRep *rep) {
  PrimId id = node->prim.id;
  const PrimInfo *info = &prim_table[id];
  OpId op = (OpId)(OP_prim_cons + (int)id);
  uint32_t n = node->prim.nargs, k = 0;
  LLVMValueRef *operands = ARENA_ARRAY(f->e->arena, LLVMValueRef, n + 2);
  const char *letter = info->reps;
  for (uint32_t i = 0; i < n; i++) {
    CoreRep want = *letter == '>' ? REP_VALUE : rep_of_letter(*letter);
    if (*letter != '>') letter++;
    operands[2 + k++] = emit_value(f, node->prim.args[i], want);
  }
  emit_at(f, node->span);
  operands[0] = f->t;
  operands[1] = info->effects & P_FAIL ? constant_site(f, node->span) : ir_null(f->m);
  LLVMValueRef result = op_build(f->m, op, operands, n + 2, "v");
  char letter_out = strchr(info->reps, '>')[1];
  *rep = rep_of_letter(letter_out);
  return letter_out == '-' ? ir_immediate(f->m, OMNI_NOTHING) : result;
}

/* ---- bindings ---- */

static bool is_lambda_binding(const CoreNode *init, const CoreVar *var) {
  return init->kind == CORE_LAMBDA && var->lambda == init->lambda;
}

static void bind_let(FnEmit *f, CoreNode *node) {
  if (node->kind == CORE_LETREC) {
    emit_bind_lambdas(f, node->let.n, node->let.vars, node->let.inits);
    return;
  }
  LLVMValueRef *values = ARENA_ARRAY(f->e->arena, LLVMValueRef, node->let.n + 1);
  for (uint32_t i = 0; i < node->let.n; i++)
    if (!is_lambda_binding(node->let.inits[i], node->let.vars[i]))
      values[i] = emit_value(f, node->let.inits[i], node->let.vars[i]->rep);
  for (uint32_t i = 0; i < node->let.n; i++) {
    if (values[i]) emit_bind(f, node->let.vars[i], values[i]);
    else emit_bind_lambdas(f, 1, &node->let.vars[i], &node->let.inits[i]);
  }
}

static bool needs_destination(const CoreNode *node) {
  return node->kind == CORE_IF ||
         ((node->kind == CORE_LET || node->kind == CORE_LETREC) &&
          emit_has_joins(node->let.n, node->let.inits));
}

/* Emits what comes before the last expression of nested bodies: sequences, and
 * bindings unless they bind blocks. What is left is the last expression. */
static CoreNode *enter_body(FnEmit *f, CoreNode *node) {
  while (node->kind == CORE_LET || node->kind == CORE_LETREC || node->kind == CORE_SEQ) {
    if (needs_destination(node)) break;
    if (node->kind == CORE_SEQ) {
      for (uint32_t i = 0; i + 1 < node->seq.n; i++) emit_effect(f, node->seq.items[i]);
      node = node->seq.items[node->seq.n - 1];
    } else {
      bind_let(f, node);
      node = node->let.body;
    }
  }
  return node;
}

/* ---- values ---- */

static LLVMValueRef through_slot(FnEmit *f, CoreNode *node, CoreRep rep) {
  LLVMValueRef slot = emit_slot(f, emit_rep_type(f->m, rep), "result");
  Dest dest = {DEST_SLOT, rep, slot, emit_block(f, "join")};
  emit_to(f, node, &dest);
  LLVMPositionBuilderAtEnd(f->m->b, dest.exit);
  return LLVMBuildLoad2(f->m->b, emit_rep_type(f->m, rep), slot, "");
}

LLVMValueRef emit_value(FnEmit *f, CoreNode *node, CoreRep rep) {
  node = enter_body(f, node);
  if (needs_destination(node)) return through_slot(f, node, rep);
  emit_at(f, node->span);
  CoreRep got = REP_VALUE;
  LLVMValueRef v;
  switch (node->kind) {
  case CORE_CONST: return emit_const(f, node->literal, rep);
  case CORE_LOCAL:
    v = emit_local(f, node->var);
    got = node->var->rep;
    break;
  case CORE_GLOBAL: v = emit_global(f, node); break;
  case CORE_LAMBDA: v = emit_lambda(f, node->lambda); break;
  case CORE_CALL:
  case CORE_APPLY: return emit_call_value(f, node, rep);
  case CORE_PRIM: v = emit_prim(f, node, &got); break;
  case CORE_SET:
    emit_set(f, node);
    return nothing_as(f, rep);
  case CORE_SET_GLOBAL: {
    LLVMValueRef value = emit_value(f, node->set_global.value, REP_VALUE);
    LLVMValueRef operands[] = {f->t, ir_i64(f->m, node->set_global.global->index), value};
    op_build(f->m, OP_global_set, operands, 3, "");
    return nothing_as(f, rep);
  }
  default: ir_die("emit", "node kind %d in value position", (int)node->kind);
  }
  return emit_convert(f->m, f->t, v, got, rep);
}

void emit_effect(FnEmit *f, CoreNode *node) {
  node = enter_body(f, node);
  if (needs_destination(node)) {
    Dest dest = {.kind = DEST_EFFECT, .exit = emit_block(f, "next")};
    emit_to(f, node, &dest);
    LLVMPositionBuilderAtEnd(f->m->b, dest.exit);
  } else if (node->kind == CORE_PRIM) {
    CoreRep ignored;
    emit_prim(f, node, &ignored);
  } else if (node->kind != CORE_CONST && node->kind != CORE_LAMBDA && node->kind != CORE_LOCAL) {
    emit_value(f, node, REP_VALUE);
  }
}

/* ---- destinations ---- */

void emit_deliver(FnEmit *f, LLVMValueRef v, const Dest *dest) {
  LLVMBuilderRef b = f->m->b;
  switch (dest->kind) {
  case DEST_SLOT: LLVMBuildStore(b, v, dest->slot); break;
  case DEST_EFFECT: break;
  case DEST_RETURN:
    if (!f->leave) {
      f->leave = emit_block(f, "leave");
      f->result_slot = emit_slot(f, emit_rep_type(f->m, f->result_rep), "result");
    }
    LLVMBuildStore(b, v, f->result_slot);
    LLVMBuildBr(b, f->leave);
    return;
  }
  LLVMBuildBr(b, dest->exit);
}

static void emit_if_to(FnEmit *f, CoreNode *node, const Dest *dest) {
  LLVMBasicBlockRef yes = emit_block(f, "then"), no = emit_block(f, "else");
  emit_cond(f, node->branch.test, yes, no);
  LLVMPositionBuilderAtEnd(f->m->b, yes);
  emit_to(f, node->branch.then, dest);
  LLVMPositionBuilderAtEnd(f->m->b, no);
  emit_to(f, node->branch.otherwise, dest);
}

void emit_to(FnEmit *f, CoreNode *node, const Dest *dest) {
  switch (node->kind) {
  case CORE_IF: emit_if_to(f, node, dest); return;
  case CORE_LET:
  case CORE_LETREC:
    bind_let(f, node);
    emit_to(f, node->let.body, dest);
    emit_joins(f, node->let.n, node->let.inits, dest);
    return;
  case CORE_SEQ:
    for (uint32_t i = 0; i + 1 < node->seq.n; i++) emit_effect(f, node->seq.items[i]);
    emit_to(f, node->seq.items[node->seq.n - 1], dest);
    return;
  case CORE_CALL:
  case CORE_APPLY: emit_call_to(f, node, dest); return;
  default: break;
  }
  if (dest->kind == DEST_EFFECT) {
    emit_effect(f, node);
    emit_deliver(f, NULL, dest);
  } else {
    emit_deliver(f, emit_value(f, node, dest->rep), dest);
  }
}

/* ---- conditions ---- */

static void emit_cond_if(FnEmit *f, CoreNode *node, LLVMBasicBlockRef yes, LLVMBasicBlockRef no) {
  LLVMBasicBlockRef then = emit_block(f, "and"), otherwise = emit_block(f, "or");
  emit_cond(f, node->branch.test, then, otherwise);
  LLVMPositionBuilderAtEnd(f->m->b, then);
  emit_cond(f, node->branch.then, yes, no);
  LLVMPositionBuilderAtEnd(f->m->b, otherwise);
  emit_cond(f, node->branch.otherwise, yes, no);
}

static void emit_cond(FnEmit *f, CoreNode *node, LLVMBasicBlockRef yes, LLVMBasicBlockRef no) {
  node = enter_body(f, node);
  if (node->kind == CORE_IF) {
    emit_cond_if(f, node, yes, no);
    return;
  }
  if (node->kind == CORE_PRIM && node->prim.id == PRIM_not) {
    emit_cond(f, node->prim.args[0], no, yes);
    return;
  }
  LLVMBuildCondBr(f->m->b, emit_value(f, node, REP_BOOL), yes, no);
}
