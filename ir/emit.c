/* The module: which functions a program needs, in which order they are
 * emitted, and what is around them.
 *
 * Emission starts at the top level and the tests; a function is declared when
 * something first refers to it and its body emitted from a worklist, so what
 * is not reachable costs nothing and the order is the program's own.
 */
#include "emit.h"

#include <stdio.h>
#include <string.h>

bool emit_takes_closure(const CoreLambda *lambda) {
  return lambda->mode == LAMBDA_CLOSURE && lambda->nfree > 0;
}

static const char *people_name(Emit *e, const CoreLambda *l) {
  if (l->name) return l->name->bytes;
  if (l->global) return l->global->name->bytes;
  for (const CoreLambda *o = l->outer; o; o = o->outer)
    if (o->name) return arena_printf(e->arena, "%s.fn", o->name->bytes);
  return "fn";
}

static LLVMTypeRef direct_type(Emit *e, const CoreLambda *l) {
  IrModule *m = e->m;
  LLVMTypeRef *params = ARENA_ARRAY(e->arena, LLVMTypeRef, 2 + l->nfree + l->nparams);
  unsigned n = 0;
  params[n++] = m->ptr;
  if (emit_takes_closure(l)) params[n++] = m->value;
  if (l->mode == LAMBDA_KNOWN)
    for (uint32_t i = 0; i < l->nfree; i++)
      params[n++] = l->free[i]->boxed ? m->value : emit_rep_type(m, l->free[i]->rep);
  for (uint32_t i = 0; i < l->nparams; i++) params[n++] = emit_rep_type(m, l->params[i]->rep);
  return LLVMFunctionType(emit_rep_type(m, l->result_rep), params, n, false);
}

static FnRecord *new_record(Emit *e, const char *name, LLVMTypeRef type) {
  FnRecord *r = ARENA_NEW(e->arena, FnRecord);
  r->name = name;
  r->type = type;
  r->index = (uint32_t)e->functions.n;
  r->fn = LLVMAddFunction(e->m->module, arena_printf(e->arena, "lisp.%s", name), type);
  LLVMSetFunctionCallConv(r->fn, CC_SWIFTTAIL);
  LLVMSetLinkage(r->fn, LLVMInternalLinkage);
  VEC_PUSH(e->arena, &e->functions, r);
  return r;
}

FnRecord *emit_record(Emit *e, CoreLambda *lambda) {
  if (lambda->ir) return lambda->ir;
  FnRecord *r = new_record(e, people_name(e, lambda), direct_type(e, lambda));
  r->lambda = lambda;
  lambda->ir = r;
  return r;
}

static void emit_all(Emit *e) {
  FnRecord *top = new_record(e, "top level", LLVMFunctionType(e->m->value, &e->m->ptr, 1, false));
  emit_top_level(e, top);
  for (size_t i = 0; i < e->program->tests.n; i++)
    emit_generic(e, emit_record(e, e->program->tests.items[i].lambda));
  for (size_t i = 1; i < e->functions.n; i++) emit_function(e, e->functions.items[i]);
  for (size_t i = 1; i < e->functions.n; i++)
    if (e->functions.items[i]->generic) emit_generic_body(e, e->functions.items[i]);
}

/* ---- the C main ---- */

static void emit_main(Emit *e) {
  IrModule *m = e->m;
  LLVMTypeRef params[] = {m->i32, m->ptr, m->ptr};
  LLVMTypeRef callee_type = LLVMFunctionType(m->i32, params, 3, false);
  LLVMTypeRef main_type = LLVMFunctionType(m->i32, params, 2, false);
  LLVMValueRef callee = LLVMAddFunction(m->module, "omni_main", callee_type);
  LLVMValueRef fn = LLVMAddFunction(m->module, "main", main_type);
  LLVMSetCurrentDebugLocation2(m->b, NULL);
  LLVMPositionBuilderAtEnd(m->b, LLVMAppendBasicBlockInContext(m->ctx, fn, "entry"));
  LLVMValueRef args[] = {LLVMGetParam(fn, 0), LLVMGetParam(fn, 1),
                         LLVMGetNamedGlobal(m->module, "omni.program")};
  LLVMBuildRet(m->b, LLVMBuildCall2(m->b, callee_type, callee, args, 3, ""));
}

/* ---- debug info ---- */

static void start_debug_info(Emit *e) {
  IrModule *m = e->m;
  if (!m->options->debug_info) return;
  m->di = LLVMCreateDIBuilder(m->module);
  size_t nfiles = 1;
  while (source_get(e->program->sources, (uint32_t)nfiles)) nfiles++;
  m->di_files = ARENA_ARRAY(m->arena, LLVMMetadataRef, nfiles);
  for (uint32_t i = 1; i < nfiles; i++) {
    const char *path = source_get(e->program->sources, i)->path;
    m->di_files[i] = LLVMDIBuilderCreateFile(m->di, path, strlen(path), ".", 1);
  }
  if (nfiles == 1) m->di_files[0] = LLVMDIBuilderCreateFile(m->di, "?", 1, ".", 1);
  m->di_unit = LLVMDIBuilderCreateCompileUnit(
      m->di, LLVMDWARFSourceLanguageC99, m->di_files[nfiles - 1], "omni-llc", 8,
      m->options->opt_level > 0, "", 0, 0, "", 0, LLVMDWARFEmissionLineTablesOnly, 0, false, false,
      "", 0, "", 0);
  LLVMValueRef version = LLVMConstInt(m->i32, LLVMDebugMetadataVersion(), false);
  LLVMValueRef dwarf = LLVMConstInt(m->i32, 5, false);
  LLVMAddModuleFlag(m->module, LLVMModuleFlagBehaviorWarning, "Debug Info Version", 18,
                    LLVMValueAsMetadata(version));
  LLVMAddModuleFlag(m->module, LLVMModuleFlagBehaviorWarning, "Dwarf Version", 13,
                    LLVMValueAsMetadata(dwarf));
}

IrModule *ir_emit(const CoreProgram *program, const IrOptions *options) {
  IrModule *m = ir_new(options);
  Emit e = {.m = m, .program = program, .arena = m->arena};
  e.lambda_vars = ptrmap_new(m->arena);
  LLVMTypeRef generic[] = {m->ptr, m->value, m->i64, m->value, m->value, m->value};
  e.generic_type = LLVMFunctionType(m->value, generic, 6, false);
  start_debug_info(&e);
  constants_start(&e);
  emit_all(&e);
  constants_finish(&e);
  emit_main(&e);
  if (m->di) LLVMDIBuilderFinalize(m->di);
  return m;
}
