/* Helpers that the core-to-core stages share: children of a node, roots of a
 * program, known callees, small constructors.
 *
 * Nothing here recurses; walkers recurse over nesting only, and loop over long
 * sequences and over whatever stands in tail position.
 */
#ifndef OMNI_CORE_WALK_H
#define OMNI_CORE_WALK_H

#include "core.h"

/* ---- children, in order of evaluation ---- */

/* CALL and APPLY: the function first. LET: inits, then the body. LAMBDA: the
 * body. IF: test, then, otherwise. */
uint32_t core_nchildren(const CoreNode *n);
CoreNode **core_child_slot(CoreNode *n, uint32_t i);
static inline CoreNode *core_child(CoreNode *n, uint32_t i) { return *core_child_slot(n, i); }
/* Whether the child's value is the value of the node (and the child the last
 * thing evaluated): arms of IF, bodies of LET and LETREC, the last of a SEQ. */
bool core_child_is_tail(const CoreNode *n, uint32_t i);

/* ---- roots: every tree of a program ---- */

/* Calls `visit` for the body of each function that is a global's value or a
 * test's (with the function), then for each top-level form (with NULL).
 * `used_only`: globals that tree shaking left alone. */
typedef void (*CoreRootVisit)(void *ctx, CoreNode **root, CoreLambda *top);
void core_each_root(const CoreProgram *p, bool used_only, CoreRootVisit visit, void *ctx);

/* ---- facts ---- */

/* Recomputes what trees say about variables: nrefs, assigned, lambda. */
void core_refresh_vars(CoreProgram *p);
/* Whether `n` arguments are a right number for the lambda. */
static inline bool core_accepts(const CoreLambda *l, uint32_t n) {
  return n >= l->nrequired && (l->rest || n <= l->nrequired + l->noptional);
}
/* The function that a CALL surely calls with a right number of arguments, or
 * NULL. Needs var->lambda. */
CoreLambda *core_callee(const CoreNode *call);
/* Optional or rest parameters: never lifted, never a block. */
static inline bool core_has_plain_params(const CoreLambda *l) {
  return l->noptional == 0 && !l->rest;
}
/* No effect, cannot fail, may be dropped, doubled or moved over anything:
 * constants, lambdas, unassigned locals, unchecked constant globals. */
bool core_is_trivial(const CoreNode *n);
/* Neither effect nor failure: need not run if the value is not wanted. */
bool core_is_droppable(const CoreNode *n);
/* Whether the global's value is fixed before anything runs. */
static inline bool core_global_is_constant(const CoreGlobal *g) {
  return g->lambda != NULL || g->literal != NULL;
}

/* ---- core_kinds.c: predicates ---- */

typedef struct CorePredicate {
  bool is;        /* the primitive is a predicate of its first argument's kind */
  CoreKinds may;  /* true of no other kind */
  CoreKinds must; /* true of all values of these */
} CorePredicate;
CorePredicate core_predicate(PrimId id);
/* Of a value of one of `kinds`: 1 true, -1 false, 0 unknown or no predicate. */
int core_predicate_truth(PrimId id, CoreKinds kinds);

/* ---- construction ---- */

CoreNode *core_node_new(CoreProgram *p, CoreKind kind, Span span);
CoreNode *core_const_new(CoreProgram *p, const Literal *literal, Span span);
CoreNode *core_local_new(CoreProgram *p, CoreVar *v, Span span);
CoreNode *core_let_new(CoreProgram *p, uint32_t n, CoreVar **vars, CoreNode **inits,
                       CoreNode *body, Span span);
CoreNode *core_if_new(CoreProgram *p, CoreNode *test, CoreNode *then, CoreNode *otherwise,
                      Span span);
CoreNode *core_prim_new(CoreProgram *p, PrimId id, uint32_t nargs, CoreNode **args, Span span);
CoreVar *core_var_new(CoreProgram *p, const Name *name, Span span);
const Literal *core_literal_of(CoreProgram *p, LiteralKind kind); /* TRUE, FALSE, NOTHING... */
const Literal *core_literal_int(CoreProgram *p, int64_t n);       /* n fits a fixnum */
const Literal *core_literal_float(CoreProgram *p, double x);

/* A deep copy with new variables and lambdas; spans stay. Variables bound
 * outside `n` stay themselves unless `from[i]` is replaced by `to[i]`. */
CoreNode *core_copy(CoreProgram *p, const CoreNode *n, uint32_t nrenamed, CoreVar *const *from,
                    CoreVar *const *to);
CoreLambda *core_copy_lambda(CoreProgram *p, const CoreLambda *l);
/* To stand where `call` stands; a library function takes over the call's span. */
CoreLambda *core_copy_inlined(CoreProgram *p, const CoreLambda *l, const CoreNode *call);

/* `(lambda self (x) ..)` becomes a LETREC or a use of the variable it is bound
 * to; a LAMBDA that is called on the spot becomes a LET; what is bound to a
 * lambda and cannot be reached goes. Leaves var facts refreshed. */
void core_normalise(CoreProgram *p);

#endif
