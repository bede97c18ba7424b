/* core_simplify: what runs on the whole program, in which order.
 *
 * Functions are simplified callees first, so that what is inlined is small
 * already and sizes are known. A cycle of functions is cut where the walk closes
 * it: a call to a function that is still on the stack is never inlined, so
 * inlining comes to an end. Each root has a budget for growth; constants,
 * single uses and tiny bodies cost nothing.
 *
 *   level 0   tree shaking alone
 *   level 1   one round
 *   level 2   two rounds: the second sees what the first made known
 *
 * The work is in simplify_expr.c (one walk over a tree), simplify_inline.c
 * (which calls are replaced by bodies), simplify_fold.c (constants) and
 * simplify_loop.c (self tail calls, places of LETRECs).
 */
#include "simplify.h"

/* ---- tree shaking ----
 *
 * A global is used if code that runs can name it: from the top-level forms and
 * tests on, through the bodies of used functions. A definition of a value that
 * nothing reads stays a top-level form, for its effects. */

typedef struct Shake {
  CoreProgram *p;
  VEC(CoreNode *) work;
} Shake;

static void use_global(Shake *s, CoreGlobal *g) {
  if (g->used) return;
  g->used = true;
  if (g->lambda) VEC_PUSH(s->p->arena, &s->work, g->lambda->body);
}

static void shake(Shake *s, CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_GLOBAL) use_global(s, n->global);
    if (n->kind == CORE_SET_GLOBAL) use_global(s, n->set_global.global);
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) shake(s, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

void simplify_shake(CoreProgram *p) {
  Shake s = {.p = p};
  p->shaken = true;
  for (size_t i = 0; i < p->globals.n; i++) p->globals.items[i]->used = false;
  for (size_t i = 0; i < p->tests.n; i++)
    VEC_PUSH(p->arena, &s.work, p->tests.items[i].lambda->body);
  for (size_t i = 0; i < p->top.n; i++) VEC_PUSH(p->arena, &s.work, p->top.items[i]);
  while (s.work.n > 0) shake(&s, s.work.items[--s.work.n]);
}

/* ---- facts ---- */

SVar *simplify_var(Simplify *s, const CoreVar *v) {
  while (s->vars.n <= v->id) VEC_PUSH(s->p->arena, &s->vars, (SVar){0});
  return &s->vars.items[v->id];
}

SFunction *simplify_fn(Simplify *s, const CoreGlobal *g) {
  if (!g->lambda || g->mark >= s->fns.n) return NULL;
  SFunction *fn = &s->fns.items[g->mark];
  return fn->global == g ? fn : NULL;
}

static void set_in_group(Simplify *s, CoreNode *letrec, bool in) {
  for (uint32_t i = 0; i < letrec->let.n; i++)
    simplify_var(s, letrec->let.vars[i])->in_group = in;
}

uint32_t simplify_scan(Simplify *s, CoreNode *n) {
  uint32_t size = 0;
  for (;;) {
    size++;
    if (n->kind == CORE_LOCAL) {
      SVar *v = simplify_var(s, n->var);
      if (v->in_group) v->recursive = true;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return size;
    if (n->kind == CORE_LETREC) set_in_group(s, n, true);
    for (uint32_t i = 0; i + 1 < count; i++) size += simplify_scan(s, core_child(n, i));
    if (n->kind == CORE_LETREC) set_in_group(s, n, false);
    n = core_child(n, count - 1);
  }
}

/* Uses of global functions in a tree; `from` is whose tree it is. */
static void count_uses(Simplify *s, CoreNode *n, SFunction *from) {
  for (;;) {
    uint32_t first = 0;
    CoreNode *named = n;
    if (n->kind == CORE_CALL && n->call.fn->kind == CORE_GLOBAL) {
      named = n->call.fn;
      first = 1;
    }
    SFunction *fn = named->kind == CORE_GLOBAL ? simplify_fn(s, named->global) : NULL;
    if (fn) {
      *(core_callee(n) ? &fn->ncalls : &fn->nvalues) += 1;
      if (fn == from) fn->self_recursive = true;
      else if (from) VEC_PUSH(s->p->arena, &from->callees, fn->global);
    }
    uint32_t count = core_nchildren(n);
    if (count <= first) return;
    for (uint32_t i = first; i + 1 < count; i++) count_uses(s, core_child(n, i), from);
    n = core_child(n, count - 1);
  }
}

static void scan_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Simplify *s = ctx;
  SFunction *fn = top && top->global ? simplify_fn(s, top->global) : NULL;
  uint32_t size = simplify_scan(s, *root);
  if (fn) fn->size = size;
  count_uses(s, *root, fn);
}

static void find_functions(Simplify *s) {
  for (size_t i = 0; i < s->p->globals.n; i++) {
    CoreGlobal *g = s->p->globals.items[i];
    if (!g->lambda || !g->used) continue;
    g->lambda->global = g;
    g->mark = (uint32_t)s->fns.n;
    VEC_PUSH(s->p->arena, &s->fns, ((SFunction){.global = g}));
  }
  core_each_root(s->p, true, scan_root, s);
}

/* ---- order ---- */

static void simplify_root(Simplify *s, CoreNode **root, SimplifyUse use, SFunction *fn,
                          uint32_t size) {
  s->at = fn;
  s->depth = 0;
  s->budget = s->level >= 2 ? 300 + 2 * (int64_t)size : 60 + (int64_t)size / 2;
  /* library functions stay small, to be inlined where their arguments are known */
  if (fn && fn->global->from_prelude) s->budget = 40;
  if (s->budget > s->growth) s->budget = s->growth > 0 ? s->growth : 0;
  int64_t before = s->budget;
  simplify_expr(s, root, use);
  s->growth -= before - s->budget;
}

static bool calls_itself(CoreNode *n, const CoreGlobal *g) {
  for (;;) {
    if (n->kind == CORE_GLOBAL && n->global == g) return true;
    uint32_t count = core_nchildren(n);
    if (count == 0) return false;
    for (uint32_t i = 0; i + 1 < count; i++)
      if (calls_itself(core_child(n, i), g)) return true;
    n = core_child(n, count - 1);
  }
}

static void simplify_function(Simplify *s, SFunction *fn) {
  CoreLambda *l = fn->global->lambda;
  simplify_root(s, &l->body, AS_VALUE, fn, fn->size);
  fn->size = simplify_scan(s, l->body);
  fn->self_recursive = calls_itself(l->body, fn->global);
  fn->state = FN_DONE;
}

typedef struct OrderEntry {
  SFunction *fn;
  size_t next; /* callee to look at */
} OrderEntry;

/* Callees first, without recursion: chains of calls may be as long as the program. */
static void simplify_from(Simplify *s, SFunction *root) {
  VEC(OrderEntry) stack = {0};
  if (root->state != FN_NEW) return;
  root->state = FN_ON_STACK;
  VEC_PUSH(s->p->arena, &stack, ((OrderEntry){root, 0}));
  while (stack.n > 0) {
    OrderEntry *top = &stack.items[stack.n - 1];
    if (top->next == top->fn->callees.n) {
      simplify_function(s, top->fn);
      stack.n--;
      continue;
    }
    SFunction *callee = simplify_fn(s, top->fn->callees.items[top->next++]);
    if (!callee || callee->state != FN_NEW) continue;
    callee->state = FN_ON_STACK;
    VEC_PUSH(s->p->arena, &stack, ((OrderEntry){callee, 0}));
  }
}

/* Small programs may grow as they like; large ones by a part of their size, or
 * compiling them would take for ever. */
enum { GROWTH_MIN = 4000, GROWTH_PART = 4 };

static void simplify_round(CoreProgram *p, int level) {
  Simplify s = {.p = p, .level = level};
  core_normalise(p);
  find_functions(&s);
  int64_t size = 0;
  for (size_t i = 0; i < s.fns.n; i++) size += s.fns.items[i].size;
  s.growth = GROWTH_MIN + size / GROWTH_PART;
  for (size_t i = 0; i < s.fns.n; i++) simplify_from(&s, &s.fns.items[i]);
  for (size_t i = 0; i < p->tests.n; i++)
    simplify_root(&s, &p->tests.items[i].lambda->body, AS_VALUE, NULL, 100);
  for (size_t i = 0; i < p->top.n; i++)
    simplify_root(&s, &p->top.items[i], AS_EFFECT, NULL, 100);
  simplify_shake(p);
}

/* requires: names resolved, patterns compiled.  gives: `used` of globals, facts
 * of variables (nrefs, assigned, lambda).  keeps: meaning, order of evaluation,
 * errors and where they are reported, spans.  spoils: modes of lambdas, kinds. */
void core_simplify(CoreProgram *p, int level) {
  simplify_shake(p);
  if (level <= 0) return;
  simplify_round(p, level);
  if (level >= 2) simplify_round(p, level);
  core_normalise(p);
  if (level >= 2) simplify_struct_parameters(p);
  if (level >= 2) simplify_self_calls(p);
  simplify_loops(p);
  core_normalise(p);
}
