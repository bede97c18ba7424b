/* One walk over a tree that makes it smaller: from the outside in for what is
 * known of variables, from the inside out for what follows from simpler parts.
 *
 * Every node is visited once. What a variable stands for is noted when its
 * binder is met (SVar.subst) and put in where the variable is used, so no tree
 * is searched again. A lambda with a single use is not touched until the use is
 * met: if that is a call, the body moves there and is simplified there, with
 * the arguments known; if not, its binder simplifies it at the end.
 *
 * The use a value is put to travels with the walk: in a test, a variable that
 * an outer test has decided is a constant; for effect, what has none goes.
 *
 * Counts of uses (nrefs) may stay too high inside a walk, never too low: a
 * binding goes when its count is zero.
 */
#include "simplify.h"

/* ---- constants and dropping ---- */

static CoreNode *const_of(Simplify *s, LiteralKind kind, Span span) {
  return core_const_new(s->p, core_literal_of(s->p, kind), span);
}

void simplify_discard(Simplify *s, CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_LOCAL) {
      if (n->var->nrefs > 0) n->var->nrefs--;
      /* a lambda that is not wanted any more need not be simplified: its binder
       * throws it away */
      if (n->var->nrefs == 0) simplify_var(s, n->var)->pending = NULL;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) simplify_discard(s, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static bool prim_is_droppable(PrimId id) {
  return !(prim_table[id].effects & (P_FAIL | P_DROP | P_IO | P_NORETURN));
}

static void replace_const(Simplify *s, CoreNode **slot, LiteralKind kind) {
  Span span = (*slot)->span;
  simplify_discard(s, *slot);
  *slot = const_of(s, kind, span);
}

/* Only the effects of *slot are wanted, and it is simplified already. */
static void keep_effect(Simplify *s, CoreNode **slot) {
  if ((*slot)->kind != CORE_CONST && core_is_droppable(*slot))
    replace_const(s, slot, LIT_NOTHING);
}

/* ---- leaves ---- */

static CoreNode *instance(Simplify *s, const CoreNode *of, Span span) {
  CoreNode *n = core_node_new(s->p, of->kind, span);
  if (of->kind == CORE_CONST) n->literal = of->literal;
  else if (of->kind == CORE_GLOBAL) n->global = of->global;
  else {
    n->var = of->var;
    n->var->nrefs++;
  }
  return n;
}

static void simplify_local(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreVar *v = (*slot)->var;
  CoreNode *subst = simplify_var(s, v)->subst;
  if (subst) {
    if (v->nrefs > 0) v->nrefs--;
    *slot = instance(s, subst, (*slot)->span);
    simplify_expr(s, slot, use);
    return;
  }
  int truth = v->lambda ? 1 : simplify_var(s, v)->truth;
  if (use == AS_EFFECT) replace_const(s, slot, LIT_NOTHING);
  else if (use == AS_TEST && truth != 0) replace_const(s, slot, truth > 0 ? LIT_TRUE : LIT_FALSE);
}

static void simplify_global(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreGlobal *g = (*slot)->global;
  if (g->literal && literal_is_immediate(g->literal))
    *slot = core_const_new(s->p, g->literal, (*slot)->span);
  else if (use == AS_TEST && g->lambda) *slot = const_of(s, LIT_TRUE, (*slot)->span);
  else if (use == AS_EFFECT) keep_effect(s, slot);
}

/* ---- tests ---- */

static void know(Simplify *s, CoreVar *v, bool truth) {
  SVar *sv = simplify_var(s, v);
  if (v->assigned || sv->truth) return;
  sv->truth = truth ? 1 : -1;
  VEC_PUSH(s->p->arena, &s->trail, v);
}

static bool is_const_truth(const CoreNode *n, bool truth) {
  return n->kind == CORE_CONST && literal_is_falsy(n->literal) != truth;
}

/* What follows for variables if `test` came out as `truth`. */
static void assume(Simplify *s, const CoreNode *test, bool truth) {
  for (;;) {
    if (test->kind == CORE_LOCAL) {
      know(s, test->var, truth);
      return;
    }
    if (test->kind == CORE_PRIM && test->prim.id == PRIM_not) {
      test = test->prim.args[0];
      truth = !truth;
      continue;
    }
    if (test->kind != CORE_IF) return;
    /* (if a b false) is true, (if a true b) is false: both a and b came out so */
    const CoreNode *arm = truth ? test->branch.otherwise : test->branch.then;
    if (!is_const_truth(arm, !truth)) return;
    assume(s, test->branch.test, truth);
    test = truth ? test->branch.then : test->branch.otherwise;
  }
}

static void forget(Simplify *s, size_t mark) {
  while (s->trail.n > mark) simplify_var(s, s->trail.items[--s->trail.n])->truth = 0;
}

static void simplify_arm(Simplify *s, CoreNode **arm, const CoreNode *test, bool truth,
                         SimplifyUse use) {
  size_t mark = s->trail.n;
  assume(s, test, truth);
  simplify_expr(s, arm, use);
  forget(s, mark);
}

static bool gives_bool(const CoreNode *n) {
  return n->kind == CORE_PRIM && prim_table[n->prim.id].kind == K_BOOL;
}

static bool is_literal(const CoreNode *n, LiteralKind kind) {
  return n->kind == CORE_CONST && n->literal->kind == kind;
}

static CoreNode *negation(Simplify *s, CoreNode *n, Span span) {
  CoreNode **args = ARENA_NEW(s->p->arena, CoreNode *);
  args[0] = n;
  return core_prim_new(s->p, PRIM_not, 1, args, span);
}

/* Arms that are constants: the test itself, or its negation, is the value. */
static void finish_if(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot, *test = n->branch.test;
  CoreNode *then = n->branch.then, *otherwise = n->branch.otherwise;
  if (use == AS_EFFECT && then->kind == CORE_CONST && otherwise->kind == CORE_CONST) {
    *slot = test;
    keep_effect(s, slot);
  } else if (use == AS_TEST && is_const_truth(then, true) && is_const_truth(otherwise, false)) {
    *slot = test;
  } else if (is_literal(then, LIT_TRUE) && is_literal(otherwise, LIT_FALSE) && gives_bool(test)) {
    *slot = test;
  } else if (is_literal(then, LIT_FALSE) && is_literal(otherwise, LIT_TRUE)) {
    *slot = negation(s, test, n->span);
  }
}

static void forward_single_use(Simplify *s, CoreNode **slot);

/* (if (let [x e] t) a b) is (let [x e] (if t a b)); also out of a SEQ. */
static CoreNode **hoist_test(CoreNode **slot) {
  CoreNode *n = *slot;
  CoreNode **tail = &n->branch.test;
  for (;;) {
    CoreNode *t = *tail;
    if (t->kind == CORE_LET || t->kind == CORE_LETREC) tail = &t->let.body;
    else if (t->kind == CORE_SEQ) tail = &t->seq.items[t->seq.n - 1];
    else break;
  }
  if (tail == &n->branch.test) return slot;
  *slot = n->branch.test;
  n->branch.test = *tail;
  *tail = n;
  return tail;
}

static void simplify_if(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  simplify_expr(s, &n->branch.test, AS_TEST);
  CoreNode **outer = slot;
  slot = hoist_test(slot);
  while (n->branch.test->kind == CORE_PRIM && n->branch.test->prim.id == PRIM_not) {
    CoreNode *then = n->branch.then;
    n->branch.test = n->branch.test->prim.args[0];
    n->branch.then = n->branch.otherwise;
    n->branch.otherwise = then;
  }
  if (n->branch.test->kind == CORE_CONST) {
    bool truth = !literal_is_falsy(n->branch.test->literal);
    simplify_discard(s, truth ? n->branch.otherwise : n->branch.then);
    *slot = truth ? n->branch.then : n->branch.otherwise;
    simplify_expr(s, slot, use);
    return;
  }
  simplify_arm(s, &n->branch.then, n->branch.test, true, use);
  simplify_arm(s, &n->branch.otherwise, n->branch.test, false, use);
  finish_if(s, slot, use);
  if (outer != slot) forward_single_use(s, outer);
}

/* ---- bindings ---- */

static bool can_stand_for(const CoreVar *v, const CoreNode *init) {
  if (v->assigned) return false;
  switch (init->kind) {
  case CORE_CONST: return literal_is_immediate(init->literal) || v->nrefs <= 1;
  case CORE_LOCAL: return !init->var->assigned;
  case CORE_GLOBAL: return core_global_is_constant(init->global);
  default: return false;
  }
}

static void bind_lambda(Simplify *s, CoreVar *v, CoreNode *init) {
  v->lambda = init->lambda;
  if (v->nrefs == 1) simplify_var(s, v)->pending = init;
}

/* The LAMBDA had one use, and that was no call: it stays where it was bound. */
static void settle_pending(Simplify *s, CoreVar *v) {
  CoreNode *init = simplify_var(s, v)->pending;
  if (!init) return;
  simplify_var(s, v)->pending = NULL;
  simplify_expr(s, &init->lambda->body, AS_VALUE);
}

static void simplify_init(Simplify *s, CoreVar *v, CoreNode **init) {
  if ((*init)->kind == CORE_LAMBDA && !v->assigned) {
    bind_lambda(s, v, *init);
    if (!simplify_var(s, v)->pending) simplify_expr(s, &(*init)->lambda->body, AS_VALUE);
    return;
  }
  v->lambda = NULL;
  simplify_expr(s, init, v->nrefs == 0 && !v->assigned ? AS_EFFECT : AS_VALUE);
  if ((*init)->kind == CORE_LAMBDA && !v->assigned) v->lambda = (*init)->lambda;
  if (can_stand_for(v, *init)) simplify_var(s, v)->subst = *init;
}

/* The place of the one use of v, if nothing with an effect, and nothing that an
 * effect could change, is evaluated before it. */
static CoreNode **first_use(CoreNode **slot, const CoreVar *v) {
  for (;;) {
    CoreNode *n = *slot;
    if (n->kind == CORE_LOCAL && n->var == v) return slot;
    uint32_t count = core_nchildren(n), first = 0;
    if (n->kind == CORE_LAMBDA) return NULL;
    if (n->kind == CORE_LETREC) first = count - 1;
    if (n->kind == CORE_IF) count = 1;
    while (first < count && core_is_trivial(core_child(n, first)) &&
           !(core_child(n, first)->kind == CORE_LOCAL && core_child(n, first)->var == v))
      first++;
    if (first == count) return NULL;
    slot = core_child_slot(n, first);
  }
}

/* (let [x e] (f x ..)) is (f e ..) */
static void forward_single_use(Simplify *s, CoreNode **slot) {
  (void)s;
  while ((*slot)->kind == CORE_LET) {
    CoreNode *n = *slot;
    uint32_t last = n->let.n - 1;
    CoreVar *v = n->let.vars[last];
    if (v->nrefs != 1 || v->assigned || n->let.inits[last]->kind == CORE_LAMBDA) return;
    CoreNode **use = first_use(&n->let.body, v);
    if (!use) return;
    *use = n->let.inits[last];
    v->nrefs = 0;
    if (--n->let.n == 0) *slot = n->let.body;
  }
}

static bool is_unused(const CoreVar *v) { return v->nrefs == 0 && !v->assigned; }

/* (let [x e] [y f] body), neither used: e, f, body */
static void let_to_seq(Simplify *s, CoreNode *n) {
  uint32_t count = n->let.n;
  CoreNode **items = ARENA_ARRAY(s->p->arena, CoreNode *, count + 1);
  for (uint32_t i = 0; i < count; i++) items[i] = n->let.inits[i];
  items[count] = n->let.body;
  n->kind = CORE_SEQ;
  n->seq.n = count + 1;
  n->seq.items = items;
}

/* Bindings that are not used go; what remains of them is their effect. */
static void drop_bindings(Simplify *s, CoreNode **slot) {
  CoreNode *n = *slot;
  uint32_t kept = 0;
  bool any_used = false;
  for (uint32_t i = 0; i < n->let.n; i++) {
    CoreVar *v = n->let.vars[i];
    CoreNode *init = n->let.inits[i];
    if (is_unused(v) && core_is_droppable(init)) {
      simplify_discard(s, init);
      continue;
    }
    any_used |= !is_unused(v);
    n->let.vars[kept] = v;
    n->let.inits[kept++] = init;
  }
  n->let.n = kept;
  if (kept == 0) *slot = n->let.body;
  else if (!any_used && n->kind == CORE_LET) let_to_seq(s, n);
}

static void simplify_let(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  for (uint32_t i = 0; i < n->let.n; i++) simplify_init(s, n->let.vars[i], &n->let.inits[i]);
  simplify_expr(s, &n->let.body, use);
  for (uint32_t i = 0; i < n->let.n; i++) settle_pending(s, n->let.vars[i]);
  drop_bindings(s, slot);
  forward_single_use(s, slot);
}

/* Functions with several uses first: then the places where those with one are
 * called have been met before anything is known to stay. */
static void simplify_letrec(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  if (n->let.n == 1 && !simplify_var(s, n->let.vars[0])->recursive) {
    n->kind = CORE_LET;
    simplify_let(s, slot, use);
    return;
  }
  for (uint32_t i = 0; i < n->let.n; i++)
    if (!n->let.vars[i]->assigned) bind_lambda(s, n->let.vars[i], n->let.inits[i]);
  for (uint32_t i = 0; i < n->let.n; i++) {
    CoreNode *init = n->let.inits[i]; /* no lambda any more if it has moved */
    if (init->kind == CORE_LAMBDA && !simplify_var(s, n->let.vars[i])->pending)
      simplify_expr(s, &init->lambda->body, AS_VALUE);
  }
  simplify_expr(s, &n->let.body, use);
  for (uint32_t i = 0; i < n->let.n; i++) settle_pending(s, n->let.vars[i]);
  drop_bindings(s, slot);
}

/* ---- calls and primitives ---- */

/* ((let [x e] f) a) is (let [x e] (f a)): the head is evaluated first anyway. */
static bool rotate_head(CoreNode **slot) {
  CoreNode *n = *slot, *fn = n->call.fn;
  CoreNode **tail;
  if (fn->kind == CORE_LET || fn->kind == CORE_LETREC) tail = &fn->let.body;
  else if (fn->kind == CORE_SEQ) tail = &fn->seq.items[fn->seq.n - 1];
  else return false;
  *slot = fn;
  n->call.fn = *tail;
  *tail = n;
  return true;
}

static void simplify_call(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  if (rotate_head(slot)) {
    simplify_expr(s, slot, use);
    return;
  }
  CoreNode *fn = n->call.fn;
  bool moves = fn->kind == CORE_LAMBDA; /* simplified where it goes */
  if (!moves) simplify_expr(s, &n->call.fn, AS_VALUE);
  if (n->kind == CORE_CALL && simplify_inline(s, slot)) {
    s->depth++;
    simplify_expr(s, slot, use);
    s->depth--;
    return;
  }
  if (moves) simplify_expr(s, &n->call.fn, AS_VALUE);
  for (uint32_t i = 0; i < n->call.nargs; i++) simplify_expr(s, &n->call.args[i], AS_VALUE);
}

/* The value is not wanted: only the arguments' effects. */
static void prim_to_effects(Simplify *s, CoreNode **slot) {
  CoreNode *n = *slot;
  CoreNode **items = ARENA_ARRAY(s->p->arena, CoreNode *, n->prim.nargs + 1);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n->prim.nargs; i++) {
    CoreNode *arg = n->prim.args[i];
    if (core_is_droppable(arg)) simplify_discard(s, arg);
    else items[kept++] = arg;
  }
  items[kept++] = const_of(s, LIT_NOTHING, n->span);
  if (kept == 1) {
    *slot = items[0];
    return;
  }
  n->kind = CORE_SEQ;
  n->seq.n = kept;
  n->seq.items = items;
}

static bool is_never_absent(const CoreNode *n) {
  if (n->kind == CORE_LAMBDA) return true;
  if (n->kind == CORE_PRIM) return prim_table[n->prim.id].kind != K_ANY;
  return n->kind == CORE_GLOBAL && core_global_is_constant(n->global);
}

/* (identical? x absent), x surely a value: an optional argument that was given */
static bool tests_given_argument(const CoreNode *n) {
  return n->prim.id == PRIM_identical && is_literal(n->prim.args[1], LIT_ABSENT) &&
         is_never_absent(n->prim.args[0]) && core_is_droppable(n->prim.args[0]);
}

static void simplify_prim(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  SimplifyUse arg_use = n->prim.id == PRIM_not ? AS_TEST : AS_VALUE;
  for (uint32_t i = 0; i < n->prim.nargs; i++) simplify_expr(s, &n->prim.args[i], arg_use);
  const Literal *value = simplify_fold(s->p, n->prim.id, n->prim.nargs, n->prim.args);
  if (!value && tests_given_argument(n)) {
    simplify_discard(s, n->prim.args[0]);
    value = core_literal_of(s->p, LIT_FALSE);
  }
  if (value) {
    *slot = core_const_new(s->p, value, n->span);
    return;
  }
  if (use == AS_EFFECT && prim_is_droppable(n->prim.id)) prim_to_effects(s, slot);
  if (use == AS_TEST && n->prim.id == PRIM_not) {
    CoreNode *inner = n->prim.args[0];
    if (inner->kind == CORE_PRIM && inner->prim.id == PRIM_not) *slot = inner->prim.args[0];
  }
}

/* ---- sequences ---- */

static void simplify_seq(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  VEC(CoreNode *) items = {0};
  for (uint32_t i = 0; i < n->seq.n; i++) {
    bool last = i + 1 == n->seq.n;
    CoreNode *item = n->seq.items[i];
    simplify_expr(s, &item, last ? use : AS_EFFECT);
    uint32_t inner = item->kind == CORE_SEQ ? item->seq.n : 1;
    CoreNode **from = item->kind == CORE_SEQ ? item->seq.items : &item;
    for (uint32_t j = 0; j < inner; j++) {
      bool value = last && j + 1 == inner;
      if (!value && from[j]->kind == CORE_CONST) continue;
      VEC_PUSH(s->p->arena, &items, from[j]);
    }
  }
  if (items.n == 1) {
    *slot = items.items[0];
    return;
  }
  n->seq.n = (uint32_t)items.n;
  n->seq.items = items.items;
}

void simplify_expr(Simplify *s, CoreNode **slot, SimplifyUse use) {
  CoreNode *n = *slot;
  switch (n->kind) {
  case CORE_CONST: break;
  case CORE_LOCAL: simplify_local(s, slot, use); break;
  case CORE_GLOBAL: simplify_global(s, slot, use); break;
  case CORE_LAMBDA:
    if (use == AS_VALUE) simplify_expr(s, &n->lambda->body, AS_VALUE);
    else replace_const(s, slot, use == AS_TEST ? LIT_TRUE : LIT_NOTHING);
    break;
  case CORE_CALL:
  case CORE_APPLY: simplify_call(s, slot, use); break;
  case CORE_PRIM: simplify_prim(s, slot, use); break;
  case CORE_IF: simplify_if(s, slot, use); break;
  case CORE_LET: simplify_let(s, slot, use); break;
  case CORE_LETREC: simplify_letrec(s, slot, use); break;
  case CORE_SET: simplify_expr(s, &n->set.value, AS_VALUE); break;
  case CORE_SET_GLOBAL: simplify_expr(s, &n->set_global.value, AS_VALUE); break;
  case CORE_SEQ: simplify_seq(s, slot, use); break;
  case CORE_COUNT: break;
  }
}
