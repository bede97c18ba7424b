/* Which calls are replaced by the body of what they call, and how.
 *
 *   single use   a local lambda with one use, a call: it moves there
 *   small        a copy, if the body is hardly larger than the call, or the
 *                root's budget allows it; more is allowed where an argument is
 *                itself a lambda, for then the calls inside become known
 *   loops        a recursive global function that gets a lambda for a parameter
 *                which it hands on unchanged becomes a local loop in which that
 *                parameter is the lambda: (for-each (fn ..) xs) is a loop
 *   operators    (f a b), f bound to a library operator: the primitive
 *
 * Arguments become the inits of a LET, in order; optional parameters that are
 * not given are absent, what is left for a rest parameter is consed.
 */
#include "simplify.h"

enum {
  DEPTH_MAX = 24,       /* inlining inside what was inlined */
  TINY = 5,             /* plus one per argument: not larger than the call */
  SMALL = 24,           /* at level 2; half of it at level 1 */
  FOR_LAMBDA = 160,     /* more for a callee that gets a lambda */
  FOR_SINGLE_CALL = 60, /* more for a callee with no other use */
  LOOP_MAX = 240,       /* recursive function that becomes a local loop */
};

/* Nodes of a tree, counted up to `limit`. */
static uint32_t size_upto(CoreNode *n, uint32_t limit) {
  uint32_t size = 0;
  for (;;) {
    if (++size > limit) return size;
    uint32_t count = core_nchildren(n);
    if (count == 0) return size;
    for (uint32_t i = 0; i + 1 < count; i++) {
      size += size_upto(core_child(n, i), limit - size);
      if (size > limit) return size;
    }
    n = core_child(n, count - 1);
  }
}

/* ---- binding arguments ---- */

static CoreNode *rest_list(Simplify *s, CoreNode *call, uint32_t from) {
  Span span = call->span;
  CoreNode *list = core_const_new(s->p, core_literal_of(s->p, LIT_EMPTY), span);
  for (uint32_t i = call->call.nargs; i-- > from;) {
    CoreNode **args = ARENA_ARRAY(s->p->arena, CoreNode *, 2);
    args[0] = call->call.args[i];
    args[1] = list;
    list = core_prim_new(s->p, PRIM_cons, 2, args, span);
  }
  return list;
}

static CoreNode **parameter_inits(Simplify *s, CoreNode *call, const CoreLambda *l) {
  uint32_t named = l->nrequired + l->noptional;
  CoreNode **inits = ARENA_ARRAY(s->p->arena, CoreNode *, l->nparams + 1);
  for (uint32_t i = 0; i < named; i++)
    inits[i] = i < call->call.nargs
                   ? call->call.args[i]
                   : core_const_new(s->p, core_literal_of(s->p, LIT_ABSENT), call->span);
  if (l->rest) inits[named] = rest_list(s, call, named);
  return inits;
}

/* *slot becomes the body of l, which nobody else has. */
static void put_body(Simplify *s, CoreNode **slot, CoreLambda *l) {
  CoreNode *call = *slot;
  if (l->nparams == 0) {
    *slot = l->body;
    return;
  }
  CoreNode **inits = parameter_inits(s, call, l);
  *slot = core_let_new(s->p, l->nparams, l->params, inits, l->body, call->span);
}

static void put_copy(Simplify *s, CoreNode **slot, const CoreLambda *l) {
  CoreLambda *copy = core_copy_inlined(s->p, l, *slot);
  simplify_scan(s, copy->body);
  put_body(s, slot, copy);
}

/* ---- what is worth it ---- */

static bool is_function(const CoreNode *n) {
  if (n->kind == CORE_LAMBDA) return true;
  return (n->kind == CORE_LOCAL && n->var->lambda) || (n->kind == CORE_GLOBAL && n->global->lambda);
}

static bool gets_function(Simplify *s, const CoreNode *call) {
  for (uint32_t i = 0; i < call->call.nargs; i++) {
    const CoreNode *arg = call->call.args[i];
    if (arg->kind == CORE_LOCAL && simplify_var(s, arg->var)->subst)
      arg = simplify_var(s, arg->var)->subst;
    if (is_function(arg)) return true;
  }
  return false;
}

static bool pays(Simplify *s, const CoreNode *call, uint32_t size, uint32_t extra) {
  uint32_t limit = (s->level >= 2 ? SMALL : SMALL / 2) + 2 * call->call.nargs;
  if (s->depth >= DEPTH_MAX) return false;
  if (size <= TINY + call->call.nargs) return s->budget > -2000;
  if (s->level >= 2 && gets_function(s, call)) limit += FOR_LAMBDA;
  return size <= limit + extra && s->budget >= size;
}

static bool spend(Simplify *s, uint32_t size) {
  s->budget -= size;
  return true;
}

/* ---- local functions ---- */

static bool inline_local(Simplify *s, CoreNode **slot, CoreVar *v) {
  CoreLambda *l = v->lambda;
  SVar *sv = simplify_var(s, v);
  CoreNode *pending = sv->pending;
  if (pending && v->nrefs == 1) { /* moves here; its binder drops the husk */
    sv->pending = NULL;
    v->nrefs = 0;
    v->lambda = NULL;
    pending->kind = CORE_CONST;
    pending->literal = core_literal_of(s->p, LIT_NOTHING);
    put_body(s, slot, l);
    return true;
  }
  if (pending || sv->recursive) return false;
  uint32_t size = size_upto(l->body, SMALL + FOR_LAMBDA);
  if (!pays(s, *slot, size, 0)) return false;
  if (v->nrefs > 0) v->nrefs--;
  put_copy(s, slot, l);
  return spend(s, size);
}

/* ---- global functions ---- */

static bool inline_global(Simplify *s, CoreNode **slot, SFunction *fn) {
  CoreLambda *l = fn->global->lambda;
  bool single = fn->ncalls == 1 && fn->nvalues == 0 && s->level >= 2;
  if (fn->state != FN_DONE || fn->self_recursive || fn == s->at) return false;
  if (!pays(s, *slot, fn->size, single ? FOR_SINGLE_CALL : 0)) return false;
  put_copy(s, slot, l);
  return spend(s, fn->size);
}

/* ---- recursive functions that get a lambda ---- */

typedef struct LoopMaker {
  Simplify *s;
  CoreGlobal *global;
  const CoreLambda *lambda;
  bool *fixed; /* by parameter: handed on unchanged and known here */
  bool ok;
  CoreVar *loop;
} LoopMaker;

/* Parameters that a self call does not hand on as they are are not fixed; a
 * use of the function that is no plain call spoils it all. */
static void check_self_calls(LoopMaker *m, CoreNode *n) {
  for (;;) {
    uint32_t first = 0;
    if (n->kind == CORE_GLOBAL && n->global == m->global) m->ok = false;
    if (n->kind == CORE_SET && n->set.var->assigned)
      for (uint32_t i = 0; i < m->lambda->nparams; i++)
        if (m->lambda->params[i] == n->set.var) m->fixed[i] = false;
    if (n->kind == CORE_CALL && n->call.fn->kind == CORE_GLOBAL &&
        n->call.fn->global == m->global) {
      if (n->call.nargs != m->lambda->nparams) m->ok = false;
      for (uint32_t i = 0; m->ok && i < n->call.nargs; i++) {
        const CoreNode *arg = n->call.args[i];
        if (arg->kind != CORE_LOCAL || arg->var != m->lambda->params[i]) m->fixed[i] = false;
      }
      first = 1;
    }
    uint32_t count = core_nchildren(n);
    if (count <= first || !m->ok) return;
    for (uint32_t i = first; i + 1 < count; i++) check_self_calls(m, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

static uint32_t drop_fixed(const LoopMaker *m, CoreNode **items) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < m->lambda->nparams; i++)
    if (!m->fixed[i]) items[kept++] = items[i];
  return kept;
}

/* In the copy: calls of the global become calls of the loop. */
static void turn_self_calls(LoopMaker *m, CoreNode *n) {
  for (;;) {
    if (n->kind == CORE_CALL && n->call.fn->kind == CORE_GLOBAL &&
        n->call.fn->global == m->global) {
      n->call.fn = core_local_new(m->s->p, m->loop, n->call.fn->span);
      for (uint32_t i = 0; i < n->call.nargs; i++)
        if (m->fixed[i]) simplify_discard(m->s, n->call.args[i]);
      n->call.nargs = drop_fixed(m, n->call.args);
    }
    uint32_t count = core_nchildren(n);
    if (count == 0) return;
    for (uint32_t i = 0; i + 1 < count; i++) turn_self_calls(m, core_child(n, i));
    n = core_child(n, count - 1);
  }
}

/* (let [p arg ..] (letrec [loop (lambda (q ..) body)] (loop q' ..))) where the
 * fixed parameters are bound by the LET, the others by both. */
static void put_loop(LoopMaker *m, CoreNode **slot) {
  Simplify *s = m->s;
  CoreNode *call = *slot;
  CoreLambda *l = core_copy_inlined(s->p, m->lambda, call);
  Arena *a = s->p->arena;
  uint32_t n = l->nparams, nloop = 0;
  CoreVar **outer = ARENA_ARRAY(a, CoreVar *, n + 1);
  CoreVar **inner = ARENA_ARRAY(a, CoreVar *, n + 1);
  CoreNode **args = ARENA_ARRAY(a, CoreNode *, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    outer[i] = l->params[i];
    if (m->fixed[i]) continue;
    outer[i] = core_var_new(s->p, l->params[i]->name, l->params[i]->span);
    inner[nloop] = l->params[i];
    args[nloop++] = core_local_new(s->p, outer[i], call->span);
  }
  m->loop = core_var_new(s->p, m->global->name, m->global->span);
  m->loop->lambda = l;
  turn_self_calls(m, l->body);
  l->nparams = l->nrequired = nloop;
  l->params = inner;
  CoreNode *lambda = core_node_new(s->p, CORE_LAMBDA, l->span);
  lambda->lambda = l;
  CoreNode *start = core_node_new(s->p, CORE_CALL, call->span);
  start->call.fn = core_local_new(s->p, m->loop, call->span);
  start->call.nargs = nloop;
  start->call.args = args;
  CoreNode *letrec = core_node_new(s->p, CORE_LETREC, call->span);
  letrec->let.n = 1;
  letrec->let.vars = ARENA_NEW(a, CoreVar *);
  letrec->let.inits = ARENA_NEW(a, CoreNode *);
  letrec->let.vars[0] = m->loop;
  letrec->let.inits[0] = lambda;
  letrec->let.body = start;
  *slot = core_let_new(s->p, n, outer, call->call.args, letrec, call->span);
  simplify_scan(s, letrec);
}

static bool make_loop(Simplify *s, CoreNode **slot, SFunction *fn) {
  CoreNode *call = *slot;
  const CoreLambda *l = fn->global->lambda;
  if (s->level < 2 || fn->state != FN_DONE || !fn->self_recursive || fn == s->at) return false;
  if (fn->size > LOOP_MAX || s->budget < fn->size || s->depth >= DEPTH_MAX) return false;
  if (!core_has_plain_params(l) || !gets_function(s, call)) return false;
  LoopMaker m = {.s = s, .global = fn->global, .lambda = l, .ok = true};
  m.fixed = ARENA_ARRAY(s->p->arena, bool, l->nparams + 1);
  for (uint32_t i = 0; i < l->nparams; i++) {
    const CoreNode *arg = call->call.args[i];
    if (arg->kind == CORE_LOCAL && simplify_var(s, arg->var)->subst)
      arg = simplify_var(s, arg->var)->subst;
    m.fixed[i] = is_function(arg);
  }
  check_self_calls(&m, l->body);
  bool any = false;
  for (uint32_t i = 0; i < l->nparams; i++) any |= m.fixed[i];
  if (!m.ok || !any) return false;
  put_loop(&m, slot);
  return spend(s, fn->size);
}

/* ---- library operators that came as values ---- */

static bool call_operator(CoreNode *call) {
  static const struct { const char *name; PrimId id; } operators[] = {
      {"+", PRIM_add}, {"-", PRIM_sub}, {"*", PRIM_mul}, {"<", PRIM_lt}, {"<=", PRIM_le},
      {">", PRIM_gt},  {">=", PRIM_ge}, {"=", PRIM_eq},  {"==", PRIM_eq},
  };
  const CoreGlobal *g = call->call.fn->global;
  if (!g->from_prelude || !g->lambda || call->call.nargs != 2) return false;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    const char *a = operators[i].name, *b = g->name->bytes;
    while (*a && *a == *b) a++, b++;
    if (*a || *b) continue;
    CoreNode **args = call->call.args;
    call->kind = CORE_PRIM;
    call->prim.id = operators[i].id;
    call->prim.nargs = 2;
    call->prim.args = args;
    return true;
  }
  return false;
}

bool simplify_inline(Simplify *s, CoreNode **slot) {
  CoreNode *call = *slot, *fn = call->call.fn;
  if (fn->kind == CORE_GLOBAL && call_operator(call)) return true;
  CoreLambda *l = core_callee(call);
  if (!l || l->self) return false;
  if (fn->kind == CORE_LAMBDA) {
    put_body(s, slot, l);
    return true;
  }
  if (fn->kind == CORE_LOCAL) return inline_local(s, slot, fn->var);
  SFunction *g = simplify_fn(s, fn->global);
  return g && (inline_global(s, slot, g) || make_loop(s, slot, g));
}
