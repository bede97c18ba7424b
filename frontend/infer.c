/* core_infer: what values may be, over the whole program, and what follows.
 *
 * Roots (functions and top-level forms) are walked (infer_flow.c) until nothing
 * new flows anywhere: a call adds to what the callee's parameters may be and
 * queues it, a result that grew queues the callers, a global or a struct field
 * that grew queues its readers. Facts only grow, and intervals are widened, so
 * this ends; it starts optimistic, so recursion and loops lose nothing:
 *
 *   (define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))   (fib 40)
 *
 *   n is 40, then 38..40, then (widened, but n >= 2 where it shrinks) 0..40:
 *   always a fixnum, and n - 1 and n - 2 cannot overflow.
 *
 * Loops and functions that compute with values nobody knows may then be doubled
 * (infer_guard.c), and all starts again.
 *
 * Then one more walk rewrites (infer_rewrite.c), and register forms are chosen
 * (infer_reps.c).
 */
#include <stdlib.h>

#include "infer.h"

/* ---- what there is ---- */

static uint32_t add_lambda(Infer *f, CoreLambda *l, uint32_t root) {
  LambdaInfo info = {.lambda = l, .root = root};
  info.params = ARENA_ARRAY(f->p->arena, Fact, l->nparams + 1);
  info.open = l->mode == LAMBDA_CLOSURE || (l->mode == LAMBDA_TOP && l->value_used);
  l->mark = (uint32_t)f->infos.n;
  VEC_PUSH(f->p->arena, &f->infos, info);
  return l->mark;
}

static void add_threshold(Infer *f, int64_t n) {
  if (f->thresholds.n < 512) VEC_PUSH(f->p->arena, &f->thresholds, n);
}

static void note_literal(Infer *f, const Literal *l) {
  if (l->kind != LIT_INT || !omni_fits_fixnum(l->integer)) return;
  add_threshold(f, l->integer);
  if (omni_fits_fixnum(l->integer + 1)) add_threshold(f, l->integer + 1);
  if (omni_fits_fixnum(l->integer - 1)) add_threshold(f, l->integer - 1);
}

/* The infos of functions must stand before calls of them are met. */
static void add_top_lambda(void *ctx, CoreNode **slot, CoreLambda *top) {
  Infer *f = ctx;
  uint32_t root = (uint32_t)f->roots.n;
  VEC_PUSH(f->p->arena, &f->roots, ((Root){.slot = slot, .top = top}));
  if (top) add_lambda(f, top, root);
}

static bool reads_structs(PrimId id) { return id == PRIM_struct_ref; }

static void push_once(Infer *f, uint32_t **items, size_t *n, size_t *capacity, uint32_t root) {
  if (*n > 0 && (*items)[*n - 1] == root) return;
  struct { uint32_t *items; size_t n, capacity; } v = {*items, *n, *capacity};
  VEC_PUSH(f->p->arena, &v, root);
  *items = v.items;
  *n = v.n;
  *capacity = v.capacity;
}
#define PUSH_ONCE(f, v, root) push_once((f), &(v)->items, &(v)->n, &(v)->capacity, (root))

static void collect(Infer *f, CoreNode *n, uint32_t root) {
  for (;;) {
    switch (n->kind) {
    case CORE_CONST: note_literal(f, n->literal); break;
    case CORE_LAMBDA: add_lambda(f, n->lambda, root); break;
    case CORE_GLOBAL:
      if (n->global->lambda) {
        Root *callee = &f->roots.items[f->infos.items[n->global->lambda->mark].root];
        PUSH_ONCE(f, &callee->callers, root);
      } else if (!n->global->literal) {
        PUSH_ONCE(f, &f->globals.items[n->global->mark].readers, root);
      }
      break;
    case CORE_SET_GLOBAL: f->globals.items[n->set_global.global->mark].set = true; break;
    case CORE_PRIM:
      if (reads_structs(n->prim.id)) PUSH_ONCE(f, &f->struct_readers, root);
      break;
    default: break;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) collect(f, core_child(n, i), root);
    n = core_child(n, count - 1);
  }
}

static int compare_int64(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void collect_globals(Infer *f) {
  for (size_t i = 0; i < f->p->globals.n; i++) {
    CoreGlobal *g = f->p->globals.items[i];
    if (g->lambda) continue;
    g->mark = (uint32_t)f->globals.n;
    VEC_PUSH(f->p->arena, &f->globals, ((GlobalFact){.global = g}));
  }
}

/* Structs that the runtime itself makes have no place in the source. */
static void collect_structs(Infer *f) {
  size_t nfields = 0;
  f->field_start = ARENA_ARRAY(f->p->arena, uint32_t, f->p->structs.n + 1);
  for (size_t k = 0; k < f->p->structs.n; k++) {
    f->field_start[k] = (uint32_t)nfields;
    nfields += f->p->structs.items[k]->nfields;
  }
  f->fields = ARENA_ARRAY(f->p->arena, Fact, nfields + 1);
  for (size_t k = 0; k < f->p->structs.n; k++)
    for (uint32_t i = 0; f->p->structs.items[k]->span.file == 0 &&
                         i < f->p->structs.items[k]->nfields; i++)
      f->fields[f->field_start[k] + i] = fact_any;
}

static void collect_all(Infer *f) {
  static const int64_t standard[] = {-1, 0, 1, 255, INT64_C(1) << 31, INT64_C(1) << 53,
                                     INT64_C(1) << 59, (INT64_C(1) << 59) + 1,
                                     -(INT64_C(1) << 59), -(INT64_C(1) << 59) - 1};
  Arena *a = f->p->arena;
  size_t nvars = f->p->next_var_id + 1;
  f->now = ARENA_ARRAY(a, Fact, nvars);
  f->ever = ARENA_ARRAY(a, Fact, nvars);
  f->ever_updates = ARENA_ARRAY(a, uint32_t, nvars);
  collect_globals(f);
  collect_structs(f);
  core_each_root(f->p, true, add_top_lambda, f);
  for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) add_threshold(f, standard[i]);
  for (uint32_t i = 0; i < f->roots.n; i++) collect(f, *f->roots.items[i].slot, i);
  qsort(f->thresholds.items, f->thresholds.n, sizeof *f->thresholds.items, compare_int64);
}

/* ---- the fixed point ---- */

static void start_queue(Infer *f) {
  for (uint32_t i = 0; i < f->roots.n; i++) {
    Root *root = &f->roots.items[i];
    LambdaInfo *info = root->top ? &f->infos.items[root->top->mark] : NULL;
    if (info && !root->top->global) info->open = true; /* a test */
    if (info && !info->open) continue;
    root->queued = true;
    VEC_PUSH(f->p->arena, &f->queue, i);
  }
}

static void run_queue(Infer *f) {
  for (size_t next = 0; next < f->queue.n; next++) {
    uint32_t root = f->queue.items[next];
    f->roots.items[root].queued = false;
    infer_root(f, root);
  }
  f->queue.n = 0;
}

static void find_facts(Infer *f, CoreProgram *p) {
  core_closures(p);
  *f = (Infer){.p = p};
  collect_all(f);
  start_queue(f);
  run_queue(f);
}

/* requires: facts of variables; `used`.  gives: kinds of nodes, variables,
 * results; rep of variables and results; modes of lambdas (core_closures runs
 * first).  keeps: meaning, order of evaluation, errors, spans, scopes.
 * spoils: nrefs, and modes where code became unreachable: core_closures again. */
void core_infer(CoreProgram *p, int level) {
  if (level <= 0) return;
  Infer f;
  find_facts(&f, p);
  if (level >= 2 && infer_guard(&f)) find_facts(&f, p);
  f.final = true;
  f.changed = false;
  for (uint32_t i = 0; i < f.roots.n; i++) infer_root(&f, i);
  if (f.queue.n > 0) abort(); /* facts grew in the walk that relies on them */
  infer_reps(&f);
  for (size_t i = 0; i < f.globals.n; i++) {
    const GlobalFact *g = &f.globals.items[i];
    if (g->set && g->fact.kinds) g->global->kinds = g->fact.kinds;
  }
}
