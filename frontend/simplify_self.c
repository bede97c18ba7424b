/* Small recursive functions are inlined into themselves, once.
 *
 * A function like fib spends its time on entering and leaving; most of its
 * calls only find that they have nothing to do. With its own body in place of
 * each of its recursive calls that are not in tail position (those become
 * loops), the test of the base case is made before the call. Only small bodies
 * with few such calls are worth their copies.
 */
#include "simplify.h"

enum {
  BODY_MAX = 60,   /* nodes */
  SITES_MAX = 4,
  GROWTH_MAX = 180 /* nodes times sites */
};

typedef struct Sites {
  const CoreGlobal *global;
  CoreNode **slots[SITES_MAX];
  uint32_t n, nnodes;
} Sites;

static void find_sites(Sites *s, CoreNode **slot, bool tail) {
  for (;;) {
    CoreNode *n = *slot;
    if (++s->nnodes > BODY_MAX || s->n > SITES_MAX) return;
    bool call = n->kind == CORE_CALL && n->call.fn->kind == CORE_GLOBAL &&
                n->call.fn->global == s->global && n->call.nargs == s->global->lambda->nparams;
    if (call && !tail) {
      if (s->n < SITES_MAX) s->slots[s->n] = slot;
      s->n++;
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++)
      find_sites(s, core_child_slot(n, i), tail && core_child_is_tail(n, i));
    tail = tail && core_child_is_tail(n, count - 1);
    slot = core_child_slot(n, count - 1);
  }
}

static void inline_self(CoreProgram *p, CoreLambda *l, Sites *s) {
  const CoreLambda *pristine = core_copy_lambda(p, l);
  /* inner sites first: an argument of a site may hold another one */
  for (uint32_t i = s->n; i-- > 0;) {
    CoreNode *call = *s->slots[i];
    CoreLambda *copy = core_copy_lambda(p, pristine);
    *s->slots[i] =
        core_let_new(p, copy->nparams, copy->params, call->call.args, copy->body, call->span);
  }
}

void simplify_self_calls(CoreProgram *p) {
  for (size_t i = 0; i < p->globals.n; i++) {
    CoreGlobal *g = p->globals.items[i];
    if (!g->used || !g->lambda || g->lambda->nparams == 0 || !core_has_plain_params(g->lambda))
      continue;
    Sites s = {.global = g};
    find_sites(&s, &g->lambda->body, true);
    if (s.n == 0 || s.n > SITES_MAX || s.nnodes > BODY_MAX || s.n * s.nnodes > GROWTH_MAX) continue;
    inline_self(p, g->lambda, &s);
  }
}
