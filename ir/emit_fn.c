/* One function of the program.
 *
 * The direct entry has the type its lambda asks for: the context, the closure
 * if it captures, the captured variables of a KNOWN lambda, the parameters, all
 * in their representations. The generic entry, made only when the function is
 * used as a value, checks the number of arguments, fills in absent ones, builds
 * the rest list and jumps to the direct entry.
 *
 * Locals that change are stack slots until LLVM's mem2reg makes them SSA, the
 * frame's own region among them.
 */
#include "emit.h"

#include <string.h>

LLVMTypeRef emit_rep_type(IrModule *m, CoreRep rep) {
  switch (rep) {
  case REP_VALUE: return m->value;
  case REP_F64: return m->f64;
  case REP_I64: return m->i64;
  case REP_BOOL: return m->i1;
  case REP_COUNT: break;
  }
  ir_die("emit", "no type for representation %d", (int)rep);
}

LLVMBasicBlockRef emit_block(FnEmit *f, const char *name) {
  return LLVMAppendBasicBlockInContext(f->m->ctx, f->record->fn, name);
}

LLVMValueRef emit_slot(FnEmit *f, LLVMTypeRef type, const char *name) {
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->m->b);
  LLVMValueRef first = LLVMGetFirstInstruction(f->entry);
  LLVMMetadataRef location = LLVMGetCurrentDebugLocation2(f->m->b);
  if (first) LLVMPositionBuilderBefore(f->m->b, first);
  else LLVMPositionBuilderAtEnd(f->m->b, f->entry);
  LLVMValueRef slot = LLVMBuildAlloca(f->m->b, type, name);
  LLVMPositionBuilderAtEnd(f->m->b, here);
  LLVMSetCurrentDebugLocation2(f->m->b, location);
  return slot;
}

static Binding *new_binding(FnEmit *f, CoreVar *var, BindKind kind, LLVMValueRef v) {
  Binding *b = ARENA_NEW(f->e->arena, Binding);
  b->kind = kind;
  b->v = v;
  ptrmap_put(f->bindings, var, b);
  return b;
}

void emit_bind(FnEmit *f, CoreVar *var, LLVMValueRef v) {
  if (var->boxed) {
    LLVMValueRef operands[] = {f->t, ir_null(f->m), v};
    new_binding(f, var, BIND_SSA, op_build(f->m, OP_prim_cell_make, operands, 3, "cell"));
  } else if (var->assigned) {
    LLVMValueRef slot = emit_slot(f, emit_rep_type(f->m, var->rep), var->name->bytes);
    LLVMBuildStore(f->m->b, v, slot);
    new_binding(f, var, BIND_SLOT, slot);
  } else {
    new_binding(f, var, BIND_SSA, v);
  }
}

/* Code of another file than the function's, inlined from the prelude say, gets a
 * scope that names its file. */
static LLVMMetadataRef scope_in_file(FnEmit *f, uint32_t file) {
  LLVMMetadataRef function = LLVMGetSubprogram(f->record->fn);
  if (!function || file == f->record->file) return function;
  if (!f->file_scopes) f->file_scopes = ptrmap_new(f->e->arena);
  const void *key = &f->m->di_files[file];
  LLVMMetadataRef scope = ptrmap_get(f->file_scopes, key);
  if (scope) return scope;
  scope = LLVMDIBuilderCreateLexicalBlockFile(f->m->di, function, f->m->di_files[file], 0);
  ptrmap_put(f->file_scopes, key, scope);
  return scope;
}

void emit_at(FnEmit *f, Span span) {
  if (!f->m->di || span.file == 0) return;
  LLVMMetadataRef scope = scope_in_file(f, span.file);
  if (!scope) return;
  LineColumn at = source_position(f->e->program->sources, span);
  LLVMSetCurrentDebugLocation2(
      f->m->b, LLVMDIBuilderCreateDebugLocation(f->m->ctx, at.line, at.column, scope, NULL));
}

/* A line-table description of the function; calls need a location once it has one. */
static void attach_debug_info(Emit *e, FnRecord *record, Span span) {
  IrModule *m = e->m;
  if (!m->di || span.file == 0) return;
  record->file = span.file;
  LineColumn at = source_position(e->program->sources, span);
  LLVMMetadataRef file = m->di_files[span.file];
  LLVMMetadataRef type = LLVMDIBuilderCreateSubroutineType(m->di, file, NULL, 0, LLVMDIFlagZero);
  size_t linkage_n;
  const char *linkage = LLVMGetValueName2(record->fn, &linkage_n);
  LLVMSetSubprogram(record->fn,
                    LLVMDIBuilderCreateFunction(m->di, file, record->name, strlen(record->name),
                                                linkage, linkage_n, file, at.line, type, true,
                                                true, at.line, LLVMDIFlagZero,
                                                m->options->opt_level > 0));
}

static FnEmit *start(Emit *e, FnRecord *record, CoreLambda *lambda) {
  FnEmit *f = ARENA_NEW(e->arena, FnEmit);
  f->e = e;
  f->m = e->m;
  f->record = record;
  f->lambda = lambda;
  f->bindings = ptrmap_new(e->arena);
  f->joins = ptrmap_new(e->arena);
  f->result_rep = lambda ? lambda->result_rep : REP_VALUE;
  f->entry = emit_block(f, "entry");
  LLVMBasicBlockRef body = emit_block(f, "body");
  LLVMPositionBuilderAtEnd(e->m->b, f->entry);
  LLVMSetCurrentDebugLocation2(e->m->b, NULL);
  LLVMBuildBr(e->m->b, body);
  LLVMPositionBuilderAtEnd(e->m->b, body);
  f->t = LLVMGetParam(record->fn, 0);
  return f;
}

/* The frame: the stack check, which may open an own region, and the hold mark.
 * Passes take out what the function turns out not to need. */
static void open_frame(FnEmit *f) {
  LLVMValueRef own = op_build(f->m, OP_enter, &f->t, 1, "own");
  f->own_slot = emit_slot(f, f->m->ptr, "own");
  LLVMBuildStore(f->m->b, own, f->own_slot);
  f->mark = op_build(f->m, OP_hold_mark, &f->t, 1, "mark");
}

static void bind_parameters(FnEmit *f) {
  CoreLambda *l = f->lambda;
  unsigned k = 1;
  if (emit_takes_closure(l)) {
    f->closure = LLVMGetParam(f->record->fn, k++);
    LLVMSetValueName2(f->closure, "closure", 7);
    for (uint32_t i = 0; i < l->nfree; i++)
      new_binding(f, l->free[i], BIND_CAPTURE, NULL)->capture = i;
  } else if (l->mode == LAMBDA_KNOWN) {
    for (uint32_t i = 0; i < l->nfree; i++)
      new_binding(f, l->free[i], BIND_SSA, LLVMGetParam(f->record->fn, k++));
  }
  CoreVar *own_name = ptrmap_get(f->e->lambda_vars, l);
  if (f->closure && own_name) new_binding(f, own_name, BIND_SSA, f->closure);
  if (f->closure && l->self) new_binding(f, l->self, BIND_SSA, f->closure);
  f->param_slots = ARENA_ARRAY(f->e->arena, LLVMValueRef, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++) {
    f->param_slots[i] = emit_slot(f, emit_rep_type(f->m, l->params[i]->rep), "param");
    LLVMBuildStore(f->m->b, LLVMGetParam(f->record->fn, k++), f->param_slots[i]);
  }
  /* self tail calls come back to here */
  f->self_loop = emit_block(f, "again");
  LLVMBuildBr(f->m->b, f->self_loop);
  LLVMPositionBuilderAtEnd(f->m->b, f->self_loop);
  for (uint32_t i = 0; i < l->nparams; i++) {
    CoreVar *p = l->params[i];
    emit_bind(f, p, LLVMBuildLoad2(f->m->b, emit_rep_type(f->m, p->rep), f->param_slots[i],
                                   p->name ? p->name->bytes : "p"));
  }
}

/* All returns of a frame meet in one block, which settles it. */
static void close_frame(FnEmit *f) {
  if (!f->leave) return;
  LLVMBuilderRef b = f->m->b;
  LLVMPositionBuilderAtEnd(b, f->leave);
  LLVMValueRef v = LLVMBuildLoad2(b, emit_rep_type(f->m, f->result_rep), f->result_slot, "result");
  LLVMValueRef own = LLVMBuildLoad2(b, f->m->ptr, f->own_slot, "own");
  bool value = f->result_rep == REP_VALUE;
  LLVMValueRef operands[] = {f->t, own, f->mark, value ? v : ir_immediate(f->m, OMNI_NOTHING)};
  LLVMValueRef kept = op_build(f->m, OP_settle_return, operands, 4, "result");
  LLVMBuildRet(b, value ? kept : v);
}

void emit_function(Emit *e, FnRecord *record) {
  attach_debug_info(e, record, record->lambda->span);
  FnEmit *f = start(e, record, record->lambda);
  emit_at(f, record->lambda->span);
  open_frame(f);
  bind_parameters(f);
  emit_to(f, record->lambda->body, &(Dest){.kind = DEST_RETURN, .rep = f->result_rep});
  close_frame(f);
}

void emit_top_level(Emit *e, FnRecord *record) {
  const CoreProgram *p = e->program;
  Span span = p->top.n ? p->top.items[p->top.n - 1]->span : (Span){0};
  attach_debug_info(e, record, span);
  FnEmit *f = start(e, record, NULL);
  emit_at(f, span);
  open_frame(f);
  for (size_t i = 0; i < p->top.n; i++) emit_effect(f, p->top.items[i]);
  emit_deliver(f, ir_immediate(f->m, OMNI_NOTHING), &(Dest){.kind = DEST_RETURN});
  close_frame(f);
}

/* ---- generic entries ---- */

LLVMValueRef emit_generic(Emit *e, FnRecord *record) {
  if (record->generic) return record->generic;
  const char *name = arena_printf(e->arena, "%s.generic", record->name);
  record->generic = LLVMAddFunction(e->m->module, name, e->generic_type);
  LLVMSetFunctionCallConv(record->generic, CC_SWIFTTAIL);
  LLVMSetLinkage(record->generic, LLVMInternalLinkage);
  ir_string_attribute(e->m, record->generic, IR_GENERIC, "");
  return record->generic;
}

enum { GENERIC_ARGC = 2, GENERIC_FIRST = 3, GENERIC_IN_REGISTERS = 3 };

static LLVMValueRef generic_argument(IrModule *m, LLVMValueRef g, uint32_t i) {
  if (i < GENERIC_IN_REGISTERS) return LLVMGetParam(g, GENERIC_FIRST + i);
  LLVMValueRef operands[] = {LLVMGetParam(g, 0), ir_i64(m, i)};
  return op_build(m, OP_arg, operands, 2, "arg");
}

static LLVMValueRef generic_rest(IrModule *m, LLVMValueRef g, uint32_t from) {
  LLVMValueRef operands[] = {LLVMGetParam(g, 0),  ir_i64(m, from),      LLVMGetParam(g, 2),
                             LLVMGetParam(g, 3), LLVMGetParam(g, 4), LLVMGetParam(g, 5)};
  return op_build(m, OP_rest, operands, 6, "rest");
}

static void check_arity(Emit *e, LLVMValueRef g, const CoreLambda *l) {
  IrModule *m = e->m;
  LLVMValueRef argc = LLVMGetParam(g, GENERIC_ARGC);
  LLVMBasicBlockRef good = LLVMAppendBasicBlockInContext(m->ctx, g, "good");
  LLVMBasicBlockRef bad = LLVMAppendBasicBlockInContext(m->ctx, g, "bad");
  uint32_t most = l->nrequired + l->noptional;
  LLVMValueRef wrong;
  if (l->rest)
    wrong = LLVMBuildICmp(m->b, LLVMIntSLT, argc, ir_i64(m, l->nrequired), "few");
  else if (l->noptional == 0)
    wrong = LLVMBuildICmp(m->b, LLVMIntNE, argc, ir_i64(m, l->nrequired), "wrong");
  else {
    LLVMValueRef over = LLVMBuildSub(m->b, argc, ir_i64(m, l->nrequired), "");
    wrong = LLVMBuildICmp(m->b, LLVMIntUGT, over, ir_i64(m, most - l->nrequired), "wrong");
  }
  LLVMBuildCondBr(m->b, wrong, bad, good);
  LLVMPositionBuilderAtEnd(m->b, bad);
  LLVMValueRef operands[] = {LLVMGetParam(g, 0), ir_null(m), LLVMGetParam(g, 1), argc};
  LLVMBuildRet(m->b, op_build(m, OP_arity_error, operands, 4, "error"));
  LLVMPositionBuilderAtEnd(m->b, good);
}

void emit_generic_body(Emit *e, FnRecord *record) {
  IrModule *m = e->m;
  CoreLambda *l = record->lambda;
  LLVMValueRef g = record->generic;
  LLVMSetCurrentDebugLocation2(m->b, NULL);
  LLVMPositionBuilderAtEnd(m->b, LLVMAppendBasicBlockInContext(m->ctx, g, "entry"));
  check_arity(e, g, l);
  LLVMValueRef *args = ARENA_ARRAY(e->arena, LLVMValueRef, l->nparams + 2);
  unsigned n = 0;
  args[n++] = LLVMGetParam(g, 0);
  if (emit_takes_closure(l)) args[n++] = LLVMGetParam(g, 1);
  for (uint32_t i = 0; i < l->nparams; i++) {
    LLVMValueRef v;
    if (l->rest && i == l->nparams - 1) {
      v = generic_rest(m, g, i);
    } else {
      v = generic_argument(m, g, i);
      if (i >= l->nrequired) {
        LLVMValueRef given =
            LLVMBuildICmp(m->b, LLVMIntSGT, LLVMGetParam(g, GENERIC_ARGC), ir_i64(m, i), "");
        v = LLVMBuildSelect(m->b, given, v, ir_immediate(m, OMNI_ABSENT), "optional");
      }
    }
    args[n++] = emit_convert(m, args[0], v, REP_VALUE, l->params[i]->rep);
  }
  LLVMValueRef call = LLVMBuildCall2(m->b, record->type, record->fn, args, n, "");
  LLVMSetInstructionCallConv(call, CC_SWIFTTAIL);
  if (l->result_rep == REP_VALUE) {
    LLVMSetTailCallKind(call, LLVMTailCallKindMustTail);
    LLVMBuildRet(m->b, call);
    return;
  }
  LLVMBuildRet(m->b, emit_convert(m, args[0], call, l->result_rep, REP_VALUE));
}
