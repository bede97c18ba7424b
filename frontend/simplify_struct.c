/* Functions whose parameters turn out to be structs test that once.
 *
 * A field of a parameter without annotation is read by asking whether the value
 * is of the one kind that has the field, and looking the name up if not. A
 * function that asks this of a parameter again and again gets a second version
 * of its body, in which the answer is known:
 *
 *   (define (f a b) body)  =>
 *   (define (f a b) (if (and (struct-is? a k) (struct-is? b k)) body' body))
 *
 * Inference then knows the kinds of the annotated fields in body'. What kind of
 * struct a value is never changes, so stores in between do not matter. Both
 * versions are the same code, so meaning does not change.
 */
#include "simplify.h"

enum {
  TESTS_MIN = 3,     /* of one parameter, to be worth it */
  BODY_MAX = 400,    /* nodes */
  PARAMS_MAX = 8,
  GROWTH_MAX = 6000, /* nodes added to the program */
};

typedef struct Tested { /* a parameter and the kind it is asked for */
  CoreVar *var;
  int64_t kind;
  uint32_t ntests;
} Tested;

typedef struct Look {
  const CoreLambda *l;
  Tested params[PARAMS_MAX];
  uint32_t nnodes;
} Look;

static bool is_test(const CoreNode *n, CoreVar **var, int64_t *kind) {
  if (n->kind != CORE_PRIM || n->prim.id != PRIM_struct_is) return false;
  const CoreNode *v = n->prim.args[0], *k = n->prim.args[1];
  if (v->kind != CORE_LOCAL || v->var->assigned || k->kind != CORE_CONST) return false;
  *var = v->var;
  *kind = k->literal->integer;
  return true;
}

static void note_test(Look *x, CoreVar *var, int64_t kind) {
  for (uint32_t i = 0; i < x->l->nparams && i < PARAMS_MAX; i++) {
    if (x->l->params[i] != var) continue;
    Tested *t = &x->params[i];
    if (t->ntests == 0) *t = (Tested){.var = var, .kind = kind};
    if (t->kind == kind) t->ntests++;
  }
}

static void look(Look *x, CoreNode *n) {
  for (;;) {
    CoreVar *var;
    int64_t kind;
    x->nnodes++;
    if (is_test(n, &var, &kind)) note_test(x, var, kind);
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) look(x, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static bool is_known(const Look *x, const CoreNode *n) {
  CoreVar *var;
  int64_t kind;
  if (!is_test(n, &var, &kind)) return false;
  for (uint32_t i = 0; i < PARAMS_MAX; i++)
    if (x->params[i].ntests >= TESTS_MIN && x->params[i].var == var && x->params[i].kind == kind)
      return true;
  return false;
}

/* In the version for structs: branches on what is known go. */
static void fold_tests(const Look *x, CoreNode **slot) {
  for (;;) {
    while ((*slot)->kind == CORE_IF && is_known(x, (*slot)->branch.test))
      *slot = (*slot)->branch.then;
    CoreNode *n = *slot;
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) fold_tests(x, core_child_slot(n, i));
    slot = core_child_slot(n, count - 1);
  }
}

static CoreNode *struct_test(CoreProgram *p, const Tested *t, Span span) {
  CoreNode **args = ARENA_ARRAY(p->arena, CoreNode *, 2);
  Literal *kind = ARENA_NEW(p->arena, Literal);
  kind->kind = LIT_RAW;
  kind->integer = t->kind;
  args[0] = core_local_new(p, t->var, span);
  args[1] = core_const_new(p, kind, span);
  return core_prim_new(p, PRIM_struct_is, 2, args, span);
}

/* Nodes added, 0 if the function does not ask for it. */
static uint32_t add_version(CoreProgram *p, CoreLambda *l) {
  Look x = {.l = l};
  look(&x, l->body);
  if (x.nnodes > BODY_MAX) return 0;
  CoreNode *test = NULL;
  for (uint32_t i = PARAMS_MAX; i-- > 0;) {
    if (x.params[i].ntests < TESTS_MIN) continue;
    CoreNode *one = struct_test(p, &x.params[i], l->span);
    CoreNode *no = core_const_new(p, core_literal_of(p, LIT_FALSE), l->span);
    test = test ? core_if_new(p, one, test, no, no->span) : one;
  }
  if (!test) return 0;
  CoreNode *version = core_copy(p, l->body, 0, NULL, NULL);
  fold_tests(&x, &version);
  l->body = core_if_new(p, test, version, l->body, l->body->span);
  return x.nnodes;
}

void simplify_struct_parameters(CoreProgram *p) {
  uint32_t budget = GROWTH_MAX;
  for (size_t i = 0; i < p->globals.n; i++) {
    CoreGlobal *g = p->globals.items[i];
    if (!g->used || !g->lambda || g->lambda->nparams == 0) continue;
    uint32_t added = add_version(p, g->lambda);
    if (added > budget) return;
    budget -= added;
  }
}
