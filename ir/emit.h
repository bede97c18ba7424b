/* Internals of the emitter: core program -> omni dialect.
 *
 * emit.c        the module: worklist of functions, top level, tests, program record
 * emit_fn.c     one function: parameters, generic entry, frame
 * emit_expr.c   expressions, by destination
 * emit_call.c   calls and jumps, tail calls, closures
 * constants.c   the literal pool and the constant tables (sites, functions, kinds)
 */
#ifndef OMNI_EMIT_H
#define OMNI_EMIT_H

#include "ir_internal.h"

/* A function of the program: its direct entry, and its generic one if the
 * function is used as a value. */
typedef struct FnRecord {
  CoreLambda *lambda;   /* NULL: the top level */
  const char *name;     /* for people */
  LLVMValueRef fn, generic;
  LLVMTypeRef type;
  uint32_t index;       /* in the table of functions */
  uint32_t file;        /* that its debug information names */
} FnRecord;

typedef struct Emit {
  IrModule *m;
  const CoreProgram *program;
  Arena *arena;
  VEC(FnRecord *) functions; /* index order; grows while emitting */
  PtrMap *lambda_vars;       /* CoreLambda -> the CoreVar bound to it */
  LLVMValueRef function_table; /* placeholder until the end */
  LLVMTypeRef site_type, fn_info_type;
  LLVMTypeRef generic_type;
  struct ConstantPool *pool;
  PtrMap *strings;           /* Name -> constant C string */
  PtrMap *sites;
} Emit;

typedef enum { BIND_SSA, BIND_SLOT, BIND_CAPTURE } BindKind;
typedef struct Binding {
  BindKind kind;
  LLVMValueRef v;    /* SSA value, or the slot (alloca) */
  uint32_t capture;
} Binding;

typedef struct Join { /* a JOIN lambda in this function */
  LLVMBasicBlockRef block;
  LLVMValueRef *slots;  /* one per parameter */
  LLVMValueRef mark;    /* hold mark at the LETREC that binds it */
  bool started;         /* its body is (being) emitted: a call is a back edge */
} Join;

typedef struct FnEmit {
  Emit *e;
  IrModule *m;
  FnRecord *record;
  CoreLambda *lambda;
  LLVMBasicBlockRef entry;     /* allocas */
  LLVMValueRef t, own_slot, mark, closure;
  LLVMValueRef *param_slots;   /* raw parameters, reassigned by self tail calls */
  LLVMBasicBlockRef self_loop;
  LLVMBasicBlockRef leave;     /* the one block that returns, once something goes there */
  LLVMValueRef result_slot;
  PtrMap *bindings;            /* CoreVar -> Binding */
  PtrMap *joins;               /* CoreLambda -> Join */
  PtrMap *file_scopes;         /* debug scopes of other files */
  CoreRep result_rep;
} FnEmit;

typedef enum { DEST_RETURN, DEST_SLOT, DEST_EFFECT } DestKind;
/* Where the value of an expression goes. Every path of emit_to ends in a
 * terminator: a return, or a branch to `exit`. */
typedef struct Dest {
  DestKind kind;
  CoreRep rep;
  LLVMValueRef slot;
  LLVMBasicBlockRef exit;
} Dest;

/* ---- emit.c ---- */
FnRecord *emit_record(Emit *e, CoreLambda *lambda);
/* Whether the direct entry takes the closure as its first parameter. */
bool emit_takes_closure(const CoreLambda *lambda);

/* ---- emit_fn.c ---- */
LLVMTypeRef emit_rep_type(IrModule *m, CoreRep rep);
void emit_function(Emit *e, FnRecord *record);
void emit_top_level(Emit *e, FnRecord *record);
LLVMValueRef emit_generic(Emit *e, FnRecord *record); /* declares it on first use */
void emit_generic_body(Emit *e, FnRecord *record);
LLVMBasicBlockRef emit_block(FnEmit *f, const char *name);
LLVMValueRef emit_slot(FnEmit *f, LLVMTypeRef type, const char *name);
void emit_bind(FnEmit *f, CoreVar *var, LLVMValueRef v); /* v has var->rep */
void emit_at(FnEmit *f, Span span); /* debug location */

/* ---- emit_expr.c ---- */
LLVMValueRef emit_value(FnEmit *f, CoreNode *node, CoreRep rep);
void emit_effect(FnEmit *f, CoreNode *node);
void emit_to(FnEmit *f, CoreNode *node, const Dest *dest);
void emit_deliver(FnEmit *f, LLVMValueRef v, const Dest *dest); /* v has dest's rep */
LLVMValueRef emit_convert(IrModule *m, LLVMValueRef t, LLVMValueRef v, CoreRep from, CoreRep to);
LLVMValueRef emit_local(FnEmit *f, CoreVar *var); /* in var->rep; the cell if boxed is read */
LLVMValueRef emit_raw_local(FnEmit *f, CoreVar *var); /* as captured: the cell itself */

/* ---- emit_call.c ---- */
void emit_call_to(FnEmit *f, CoreNode *node, const Dest *dest);
LLVMValueRef emit_call_value(FnEmit *f, CoreNode *node, CoreRep rep);
LLVMValueRef emit_lambda(FnEmit *f, CoreLambda *lambda);
/* Binds the lambdas of a LET or LETREC; join bodies are emitted by emit_joins. */
void emit_bind_lambdas(FnEmit *f, uint32_t n, CoreVar **vars, CoreNode **inits);
bool emit_has_joins(uint32_t n, CoreNode **inits);
void emit_joins(FnEmit *f, uint32_t n, CoreNode **inits, const Dest *dest);

/* ---- constants.c ---- */
void constants_start(Emit *e);
LLVMValueRef constant_value(FnEmit *f, const Literal *literal); /* immediate or omni.const */
LLVMValueRef constant_closure(FnEmit *f, FnRecord *record);     /* static closure */
LLVMValueRef constant_site(FnEmit *f, Span at);
LLVMValueRef constant_string(Emit *e, const char *bytes, size_t nbytes);
LLVMValueRef constant_fn_info(Emit *e, FnRecord *record);       /* address in the table */
void constants_finish(Emit *e); /* tables and the program record */

#endif
