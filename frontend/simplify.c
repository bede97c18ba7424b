/* core_simplify: entry and tree shaking. */
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
  for (size_t i = 0; i < p->globals.n; i++) p->globals.items[i]->used = false;
  for (size_t i = 0; i < p->tests.n; i++)
    VEC_PUSH(p->arena, &s.work, p->tests.items[i].lambda->body);
  for (size_t i = 0; i < p->top.n; i++) VEC_PUSH(p->arena, &s.work, p->top.items[i]);
  while (s.work.n > 0) shake(&s, s.work.items[--s.work.n]);
}

void core_simplify(CoreProgram *p, int level) {
  simplify_shake(p);
  if (level <= 0) return;
  core_normalise(p);
}
