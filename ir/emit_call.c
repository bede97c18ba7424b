/* Calls, jumps and closures.
 *
 * What is called decides how: a JOIN lambda is a block of this frame and a call
 * of it a jump (a back edge, with its settle point, once its body has been
 * started); a function that is known is called directly with its own
 * signature; anything else goes through the generic entry. A call in tail
 * position replaces the frame: what the frame owns and holds is settled first.
 */
#include "emit.h"

#include <string.h>

/* ---- closures ---- */

LLVMValueRef emit_lambda(FnEmit *f, CoreLambda *lambda) {
  FnRecord *record = emit_record(f->e, lambda);
  if (!emit_takes_closure(lambda)) return constant_closure(f, record);
  emit_generic(f->e, record);
  LLVMValueRef *operands = ARENA_ARRAY(f->e->arena, LLVMValueRef, lambda->nfree + 2);
  operands[0] = f->t;
  operands[1] = constant_fn_info(f->e, record);
  CoreVar *own_name = ptrmap_get(f->e->lambda_vars, lambda);
  for (uint32_t i = 0; i < lambda->nfree; i++) {
    CoreVar *v = lambda->free[i];
    bool later = v == own_name || !ptrmap_get(f->bindings, v);
    operands[2 + i] = later ? ir_immediate(f->m, OMNI_NOTHING)
                            : emit_convert(f->m, f->t, emit_raw_local(f, v),
                                           v->boxed ? REP_VALUE : v->rep, REP_VALUE);
  }
  return op_build(f->m, OP_closure, operands, lambda->nfree + 2, "closure");
}

/* Captures of variables of the group that had no value yet when the closure
 * was made: they are filled in now that all exist. */
static void patch_captures(FnEmit *f, CoreVar *var, CoreVar **group, uint32_t n, uint32_t made) {
  CoreLambda *l = var->lambda;
  for (uint32_t i = 0; i < l->nfree; i++)
    for (uint32_t j = made; j < n; j++)
      if (l->free[i] == group[j] && emit_takes_closure(group[j]->lambda)) {
        LLVMValueRef operands[] = {f->t, emit_raw_local(f, var), ir_i64(f->m, i),
                                   emit_raw_local(f, group[j])};
        op_build(f->m, OP_closure_patch, operands, 4, "");
      }
}

static void start_join(FnEmit *f, CoreLambda *l, LLVMValueRef mark) {
  Join *j = ARENA_NEW(f->e->arena, Join);
  j->block = emit_block(f, l->name ? l->name->bytes : "join");
  j->mark = mark;
  j->slots = ARENA_ARRAY(f->e->arena, LLVMValueRef, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++)
    j->slots[i] = emit_slot(f, emit_rep_type(f->m, l->params[i]->rep), "join.param");
  ptrmap_put(f->joins, l, j);
}

bool emit_has_joins(uint32_t n, CoreNode **inits) {
  for (uint32_t i = 0; i < n; i++)
    if (inits[i]->kind == CORE_LAMBDA && inits[i]->lambda->mode == LAMBDA_JOIN) return true;
  return false;
}

static void bind_closure(FnEmit *f, CoreVar *var, CoreLambda *lambda) {
  LLVMValueRef v = emit_lambda(f, lambda);
  if (var->lambda == lambda && !emit_takes_closure(lambda)) return; /* a constant */
  emit_bind(f, var, v);
}

void emit_bind_lambdas(FnEmit *f, uint32_t n, CoreVar **vars, CoreNode **inits) {
  LLVMValueRef mark = NULL;
  for (uint32_t i = 0; i < n; i++) {
    CoreLambda *l = inits[i]->lambda;
    ptrmap_put(f->e->lambda_vars, l, vars[i]);
    if (l->mode != LAMBDA_JOIN) continue;
    if (!mark) mark = op_build(f->m, OP_hold_mark, &f->t, 1, "loop.mark");
    start_join(f, l, mark);
  }
  for (uint32_t i = 0; i < n; i++)
    if (inits[i]->lambda->mode == LAMBDA_CLOSURE) bind_closure(f, vars[i], inits[i]->lambda);
  for (uint32_t i = 0; i < n; i++)
    if (vars[i]->lambda && emit_takes_closure(vars[i]->lambda)) patch_captures(f, vars[i], vars, n, i);
}

void emit_joins(FnEmit *f, uint32_t n, CoreNode **inits, const Dest *dest) {
  for (uint32_t i = 0; i < n; i++) {
    if (inits[i]->kind != CORE_LAMBDA || inits[i]->lambda->mode != LAMBDA_JOIN) continue;
    CoreLambda *l = inits[i]->lambda;
    Join *j = ptrmap_get(f->joins, l);
    j->started = true;
    LLVMPositionBuilderAtEnd(f->m->b, j->block);
    for (uint32_t k = 0; k < l->nparams; k++) {
      CoreVar *p = l->params[k];
      emit_bind(f, p, LLVMBuildLoad2(f->m->b, emit_rep_type(f->m, p->rep), j->slots[k],
                                     p->name ? p->name->bytes : "p"));
    }
    emit_to(f, l->body, dest);
  }
}

/* ---- jumps ---- */

/* A back edge: its own block, with the settle point. */
static void back_edge(FnEmit *f, LLVMBasicBlockRef to, LLVMValueRef mark) {
  LLVMBasicBlockRef bb = emit_block(f, "back");
  LLVMBuildBr(f->m->b, bb);
  LLVMPositionBuilderAtEnd(f->m->b, bb);
  LLVMValueRef operands[] = {
      f->t, LLVMBuildLoad2(f->m->b, f->m->ptr, f->own_slot, "own"), mark};
  LLVMValueRef settled = op_build(f->m, OP_settle_loop, operands, 3, "settled");
  LLVMBuildStore(f->m->b, LLVMBuildExtractValue(f->m->b, settled, 0, "own"), f->own_slot);
  LLVMBuildBr(f->m->b, to);
}

static void jump(FnEmit *f, CoreNode *node, CoreLambda *l, LLVMValueRef *slots,
                 LLVMBasicBlockRef block, bool back, LLVMValueRef mark) {
  uint32_t n = node->call.nargs;
  if (n != l->nparams) ir_die("emit", "jump with %u arguments for %u", n, l->nparams);
  LLVMValueRef *args = ARENA_ARRAY(f->e->arena, LLVMValueRef, n + 1);
  for (uint32_t i = 0; i < n; i++) args[i] = emit_value(f, node->call.args[i], l->params[i]->rep);
  for (uint32_t i = 0; i < n; i++) LLVMBuildStore(f->m->b, args[i], slots[i]);
  if (back) back_edge(f, block, mark);
  else LLVMBuildBr(f->m->b, block);
}

/* ---- direct calls ---- */

/* The lambda that a call surely reaches, NULL if unknown. */
static CoreLambda *known_callee(const CoreNode *fn) {
  if (fn->kind == CORE_GLOBAL) return fn->global->lambda;
  if (fn->kind == CORE_LOCAL) return fn->var->lambda;
  if (fn->kind == CORE_LAMBDA) return fn->lambda;
  return NULL;
}

static bool arity_fits(const CoreLambda *l, uint32_t n) {
  return n >= l->nrequired && (l->rest || n <= l->nrequired + l->noptional);
}

/* The arguments of a direct call: thread, closure or free variables, parameters. */
static LLVMValueRef *direct_arguments(FnEmit *f, CoreNode *node, CoreLambda *l, unsigned *count) {
  uint32_t nargs = node->call.nargs, fixed = l->nrequired + l->noptional;
  LLVMValueRef *args = ARENA_ARRAY(f->e->arena, LLVMValueRef, 2 + l->nfree + l->nparams + nargs);
  LLVMValueRef *extra = ARENA_ARRAY(f->e->arena, LLVMValueRef, nargs + 1);
  unsigned n = 0;
  args[n++] = f->t;
  if (emit_takes_closure(l)) args[n++] = emit_value(f, node->call.fn, REP_VALUE);
  unsigned first_free = n;
  if (l->mode == LAMBDA_KNOWN) n += l->nfree;
  unsigned first = n;
  for (uint32_t i = 0; i < nargs; i++) {
    if (i < fixed) args[first + i] = emit_value(f, node->call.args[i], l->params[i]->rep);
    else extra[i - fixed] = emit_value(f, node->call.args[i], REP_VALUE);
  }
  for (uint32_t i = nargs; i < fixed; i++) args[first + i] = ir_immediate(f->m, OMNI_ABSENT);
  n = first + fixed;
  if (l->rest) {
    LLVMValueRef list = ir_immediate(f->m, OMNI_EMPTY);
    for (uint32_t i = nargs > fixed ? nargs - fixed : 0; i-- > 0;) {
      LLVMValueRef operands[] = {f->t, ir_null(f->m), extra[i], list};
      list = op_build(f->m, OP_prim_cons, operands, 4, "rest");
    }
    args[n++] = list;
  }
  if (l->mode == LAMBDA_KNOWN)
    for (uint32_t i = 0; i < l->nfree; i++) args[first_free + i] = emit_raw_local(f, l->free[i]);
  *count = n;
  return args;
}

/* Before a call that replaces the frame: every value operand goes through
 * settle_tail, which settles what the frame owns and hands over its holds. */
static void settle_operands(FnEmit *f, LLVMValueRef *args, unsigned n) {
  LLVMValueRef *operands = ARENA_ARRAY(f->e->arena, LLVMValueRef, n + 3);
  operands[0] = f->t;
  operands[1] = LLVMBuildLoad2(f->m->b, f->m->ptr, f->own_slot, "own");
  operands[2] = f->mark;
  unsigned k = 3;
  for (unsigned i = 0; i < n; i++)
    if (ir_is_value_type(f->m, args[i])) operands[k++] = args[i];
  LLVMValueRef settled = op_build(f->m, OP_settle_tail, operands, k, "settled");
  unsigned field = 0;
  for (unsigned i = 0; i < n; i++)
    if (ir_is_value_type(f->m, args[i]))
      args[i] = LLVMBuildExtractValue(f->m->b, settled, field++, "arg");
}

static LLVMValueRef build_direct(FnEmit *f, FnRecord *record, LLVMValueRef *args, unsigned n,
                                 bool tail) {
  LLVMValueRef call = LLVMBuildCall2(f->m->b, record->type, record->fn, args, n, "");
  LLVMSetInstructionCallConv(call, CC_SWIFTTAIL);
  if (tail) LLVMSetTailCallKind(call, LLVMTailCallKindMustTail);
  return call;
}

/* ---- unknown calls ---- */

static LLVMValueRef *unknown_operands(FnEmit *f, CoreNode *node) {
  uint32_t n = node->call.nargs;
  LLVMValueRef *operands = ARENA_ARRAY(f->e->arena, LLVMValueRef, n + 3);
  operands[0] = f->t;
  operands[2] = emit_value(f, node->call.fn, REP_VALUE);
  for (uint32_t i = 0; i < n; i++) operands[3 + i] = emit_value(f, node->call.args[i], REP_VALUE);
  operands[1] = constant_site(f, node->span);
  emit_at(f, node->span);
  return operands;
}

/* A call that surely has a wrong number of arguments fails here and not in the
 * function's generic entry, which does not know who calls it. */
static LLVMValueRef build_arity_error(FnEmit *f, CoreNode *node) {
  LLVMValueRef *called = unknown_operands(f, node);
  LLVMValueRef operands[] = {f->t, called[1], called[2], ir_i64(f->m, node->call.nargs)};
  return op_build(f->m, OP_arity_error, operands, 4, "error");
}

/* ---- entry points ---- */

LLVMValueRef emit_call_value(FnEmit *f, CoreNode *node, CoreRep rep) {
  CoreLambda *l = node->kind == CORE_CALL ? known_callee(node->call.fn) : NULL;
  if (l && l->mode != LAMBDA_JOIN) {
    if (!arity_fits(l, node->call.nargs))
      return emit_convert(f->m, f->t, build_arity_error(f, node), REP_VALUE, rep);
    FnRecord *record = emit_record(f->e, l);
    unsigned n;
    LLVMValueRef *args = direct_arguments(f, node, l, &n);
    emit_at(f, node->span);
    return emit_convert(f->m, f->t, build_direct(f, record, args, n, false), l->result_rep, rep);
  }
  LLVMValueRef *operands = unknown_operands(f, node);
  OpId op = node->kind == CORE_APPLY ? OP_apply : OP_call;
  return emit_convert(f->m, f->t, op_build(f->m, op, operands, node->call.nargs + 3, "called"), REP_VALUE,
                      rep);
}

static void tail_unknown(FnEmit *f, CoreNode *node) {
  unsigned n = node->call.nargs + 3;
  LLVMValueRef *operands = unknown_operands(f, node);
  settle_operands(f, operands + 2, n - 2);
  OpId op = node->kind == CORE_APPLY ? OP_tail_apply : OP_tail_call;
  LLVMBuildRet(f->m->b, op_build(f->m, op, operands, n, "called"));
}

static void tail_direct(FnEmit *f, CoreNode *node, CoreLambda *l) {
  FnRecord *record = emit_record(f->e, l);
  unsigned n;
  LLVMValueRef *args = direct_arguments(f, node, l, &n);
  emit_at(f, node->span);
  settle_operands(f, args, n);
  LLVMBuildRet(f->m->b, build_direct(f, record, args, n, true));
}

void emit_call_to(FnEmit *f, CoreNode *node, const Dest *dest) {
  CoreLambda *l = node->kind == CORE_CALL ? known_callee(node->call.fn) : NULL;
  emit_at(f, node->span);
  if (l && l->mode == LAMBDA_JOIN) {
    Join *j = ptrmap_get(f->joins, l);
    if (!j) ir_die("emit", "jump to a block of another frame in %s", f->record->name);
    jump(f, node, l, j->slots, j->block, j->started, j->mark);
    return;
  }
  if (dest->kind == DEST_RETURN) {
    bool fits = l && arity_fits(l, node->call.nargs);
    if (fits && l == f->lambda && node->call.nargs == l->nparams && !l->rest) {
      jump(f, node, l, f->param_slots, f->self_loop, true, f->mark);
      return;
    }
    CoreRep rep = fits ? l->result_rep : REP_VALUE;
    if (rep == f->result_rep && (fits || !l)) {
      if (fits) tail_direct(f, node, l);
      else tail_unknown(f, node);
      return;
    }
  }
  if (dest->kind == DEST_EFFECT) {
    emit_call_value(f, node, REP_VALUE);
    emit_deliver(f, NULL, dest);
  } else {
    emit_deliver(f, emit_call_value(f, node, dest->rep), dest);
  }
}
