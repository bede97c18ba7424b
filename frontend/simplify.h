/* Internals of the simplify stage, shared between its files. */
#ifndef OMNI_SIMPLIFY_H
#define OMNI_SIMPLIFY_H

#include "core_walk.h"

/* What happens to the value of a node: it travels on, it is tested, or nothing. */
typedef enum { AS_VALUE, AS_TEST, AS_EFFECT } SimplifyUse;

/* By variable id. */
typedef struct SVar {
  CoreNode *subst;   /* CONST, LOCAL or GLOBAL that stands for the variable */
  CoreNode *pending; /* the LAMBDA it is bound to, not simplified yet: it has one
                        use, and moves there if that is a call */
  int8_t truth;      /* at the place at hand: 1 truthy, -1 false or nothing, 0 unknown */
  bool recursive;    /* bound by a LETREC whose lambdas name it */
  bool in_group;     /* scan: inside the lambdas of its LETREC */
} SVar;

typedef enum { FN_NEW, FN_ON_STACK, FN_DONE } FnState;

/* By global->mark, of globals that are functions. */
typedef struct SFunction {
  CoreGlobal *global;
  FnState state;
  uint32_t size;         /* nodes, when done; before: at the start */
  uint32_t ncalls;       /* right calls in the program */
  uint32_t nvalues;      /* other uses */
  bool self_recursive;
  VEC(CoreGlobal *) callees;
} SFunction;

typedef struct Simplify {
  CoreProgram *p;
  int level;
  VEC(SVar) vars;
  VEC(SFunction) fns;
  VEC(CoreVar *) trail; /* variables whose truth is known, to take it back */
  SFunction *at;        /* the function at hand, or NULL */
  uint32_t depth;       /* of inlining within inlining */
  int64_t budget;       /* nodes that inlining may still add to the root */
  int64_t growth;       /* ... and to the whole program */
} Simplify;

/* ---- simplify.c ---- */
void simplify_shake(CoreProgram *p);
SVar *simplify_var(Simplify *s, const CoreVar *v);
SFunction *simplify_fn(Simplify *s, const CoreGlobal *g); /* NULL: not a function */
/* Facts of new code: which LETREC variables are recursive. Counts its nodes. */
uint32_t simplify_scan(Simplify *s, CoreNode *n);

/* ---- simplify_expr.c ---- */
void simplify_expr(Simplify *s, CoreNode **slot, SimplifyUse use);
/* Takes the uses in a tree that is thrown away out of the counts. */
void simplify_discard(Simplify *s, CoreNode *n);

/* ---- simplify_inline.c ---- */
/* Replaces a CALL (its function simplified, its arguments not) by the body of
 * what it calls, where that pays. True: *slot is new and not simplified. */
bool simplify_inline(Simplify *s, CoreNode **slot);

/* ---- simplify_fold.c ---- */
/* The value of a primitive on constants, NULL if that is left to run time. */
const Literal *simplify_fold(CoreProgram *p, PrimId id, uint32_t nargs, CoreNode *const *args);
static inline bool literal_is_falsy(const Literal *l) {
  return l->kind == LIT_FALSE || l->kind == LIT_NOTHING;
}
/* Copies of it are one value to the program: small numbers, characters... */
static inline bool literal_is_immediate(const Literal *l) {
  switch (l->kind) {
  case LIT_STRING:
  case LIT_BIGINT:
  case LIT_LIST:
  case LIT_ARRAY:
  case LIT_DICT: return false;
  default: return true;
  }
}

/* ---- simplify_self.c ---- */
/* Small recursive functions are inlined into themselves once. */
void simplify_self_calls(CoreProgram *p);

/* ---- simplify_struct.c ---- */
/* Functions that read many fields of a parameter get a version in which its
 * kind is known. */
void simplify_struct_parameters(CoreProgram *p);

/* ---- simplify_loop.c ---- */
/* Self tail calls of global functions become loops; LETRECs move to where their
 * functions are used. */
void simplify_loops(CoreProgram *p);

#endif
