/* The walk of inference: an abstract run of one root, in order of evaluation.
 *
 * `now` holds what is known of each variable at the place at hand. Branches
 * narrow it (infer_refine.c) and take that back; an arm that never ends lets
 * the other's knowledge stand, so after (if (not (pair? x)) (error ..)) x is a
 * pair. Assigned variables that only one frame sees are followed from
 * assignment to assignment (`tracked`); those that closures share are the union
 * of all they ever hold (`ever`).
 *
 * A call of a JOIN is a jump: its arguments and the tracked variables flow into
 * the JOIN, and nothing comes after it. The value of the node that binds JOINs is
 * what its body and the JOINs' bodies come to where they do not jump. Bodies are
 * walked again until what flows into them stands still; widening sees to that.
 *
 * In the final walk, when all facts stand still, nodes get their kinds and
 * primitives are rewritten on the way up; code that is never reached becomes
 * `nothing`.
 */
#include "infer.h"

/* ---- states of tracked variables ---- */

static size_t ntracked(const Infer *f) { return f->tracked.n - f->frame_tracked; }

static CoreVar *tracked_at(const Infer *f, size_t i) {
  return f->tracked.items[f->frame_tracked + i];
}

/* Pushes what the tracked variables are now. */
static size_t save_state(Infer *f) {
  size_t at = f->states.n;
  for (size_t i = 0; i < ntracked(f); i++)
    VEC_PUSH(f->p->arena, &f->states, f->now[tracked_at(f, i)->id]);
  return at;
}

static void load_state(Infer *f, const Fact *from, size_t n) {
  for (size_t i = 0; i < n; i++) f->now[tracked_at(f, i)->id] = from[i];
}

static void join_state(Infer *f, const Fact *with) {
  for (size_t i = 0; i < ntracked(f); i++) {
    Fact *now = &f->now[tracked_at(f, i)->id];
    *now = fact_join(*now, with[i]);
  }
}

static void undo(Infer *f, size_t mark) {
  while (f->trail.n > mark) {
    Undo u = f->trail.items[--f->trail.n];
    f->now[u.var] = u.was;
  }
}

/* ---- variables ---- */

static bool is_shared(const CoreVar *v) { return v->assigned && v->captured; }

static void join_ever(Infer *f, CoreVar *v, Fact fact) {
  Fact next = fact_widen(f, f->ever[v->id], fact, f->ever_updates[v->id]);
  if (fact_equal(next, f->ever[v->id])) return;
  f->ever[v->id] = next;
  f->ever_updates[v->id]++;
  if (is_shared(v)) f->changed = true;
}

static void bind_var(Infer *f, CoreVar *v, Fact fact) {
  f->now[v->id] = fact;
  if (v->assigned) {
    join_ever(f, v, fact);
    if (!v->captured) VEC_PUSH(f->p->arena, &f->tracked, v);
    fact = f->ever[v->id];
  } else {
    f->ever[v->id] = fact;
  }
  if (f->final && fact.kinds) v->kinds = fact.kinds;
}

static Fact read_var(const Infer *f, const CoreVar *v) {
  if (v->lambda) return fact_of_kinds(KB_FUNCTION);
  return is_shared(v) ? f->ever[v->id] : f->now[v->id];
}

static void queue_root(Infer *f, uint32_t root) {
  if (f->roots.items[root].queued) return;
  f->roots.items[root].queued = true;
  VEC_PUSH(f->p->arena, &f->queue, root);
}

static Fact eval_global(Infer *f, const CoreGlobal *g) {
  if (g->lambda) return fact_of_kinds(KB_FUNCTION);
  if (g->literal) return fact_of_literal(g->literal);
  const GlobalFact *gf = &f->globals.items[g->mark];
  return gf->set ? gf->fact : fact_any;
}

static void set_global(Infer *f, const CoreGlobal *g, Fact fact) {
  GlobalFact *gf = &f->globals.items[g->mark];
  Fact next = fact_widen(f, gf->fact, fact, gf->nupdates);
  if (fact_equal(next, gf->fact)) return;
  gf->fact = next;
  gf->nupdates++;
  for (size_t i = 0; i < gf->readers.n; i++) queue_root(f, gf->readers.items[i]);
}

/* ---- struct fields ---- */

static void join_field(Infer *f, uint32_t k, uint32_t field, Fact fact) {
  if (k >= f->p->structs.n || field >= f->p->structs.items[k]->nfields) return;
  Fact *at = &f->fields[f->field_start[k] + field];
  /* no widening by count: bounds of what is in memory are not followed */
  if (fact.kinds & K_INT) {
    fact.lo = fact.kinds & KB_BIG ? INT_LOW : OMNI_FIXNUM_MIN;
    fact.hi = fact.kinds & KB_BIG ? INT_HIGH : OMNI_FIXNUM_MAX;
  }
  Fact next = fact_join(*at, fact);
  if (fact_equal(next, *at)) return;
  *at = next;
  for (size_t i = 0; i < f->struct_readers.n; i++) queue_root(f, f->struct_readers.items[i]);
  f->changed = true;
}

static void join_named_fields(Infer *f, const CoreNode *name, Fact fact) {
  bool known = name->kind == CORE_CONST && name->literal->kind == LIT_SYMBOL;
  for (uint32_t k = 0; k < f->p->structs.n; k++) {
    const CoreStruct *s = f->p->structs.items[k];
    for (uint32_t i = 0; i < s->nfields; i++)
      if (!known || (s->fields[i]->nbytes == name->literal->nbytes &&
                     !__builtin_memcmp(s->fields[i]->bytes, name->literal->text,
                                       s->fields[i]->nbytes)))
        join_field(f, k, i, fact);
  }
}

/* Values that primitives put into structs. */
static void note_fields(Infer *f, const CoreNode *n, const Fact *args) {
  CoreNode *const *a = n->prim.args;
  switch (n->prim.id) {
  case PRIM_struct_make:
    for (uint32_t i = 1; i < n->prim.nargs; i++)
      join_field(f, (uint32_t)a[0]->literal->integer, i - 1, args[i]);
    break;
  case PRIM_struct_set:
    for (uint32_t k = 0; k < f->p->structs.n; k++)
      if (args[0].kinds != KB_STRUCT || !args[0].shape || args[0].shape == k + 1)
        join_field(f, k, (uint32_t)a[1]->literal->integer, args[2]);
    break;
  case PRIM_field_set:
  case PRIM_field_with: join_named_fields(f, a[1], args[2]); break;
  default: break;
  }
}

/* ---- functions ---- */

static LambdaInfo *info_of(Infer *f, const CoreLambda *l) { return &f->infos.items[l->mark]; }

/* What an argument position receives: given, absent, or the rest list. */
static Fact argument(const CoreLambda *l, uint32_t param, const Fact *args, uint32_t nargs) {
  if (l->rest && param + 1 == l->nparams)
    return fact_of_kinds(nargs > param ? KB_PAIR : KB_EMPTY);
  return param < nargs ? args[param] : fact_of_kinds(KB_OTHER);
}

static bool join_params(Infer *f, LambdaInfo *info, const Fact *args, uint32_t nargs) {
  bool grew = !info->entered;
  info->entered = true;
  for (uint32_t i = 0; i < info->lambda->nparams; i++) {
    Fact fact = argument(info->lambda, i, args, nargs);
    Fact next = fact_widen(f, info->params[i], fact, info->nupdates);
    if (fact_equal(next, info->params[i])) continue;
    info->params[i] = next;
    grew = true;
  }
  return grew;
}

static bool join_entry(Infer *f, LambdaInfo *info) {
  bool grew = false;
  for (uint32_t i = 0; i < info->ntracked; i++) {
    Fact now = f->now[tracked_at(f, i)->id];
    Fact next = fact_widen(f, info->entry[i], now, info->nupdates);
    if (fact_equal(next, info->entry[i])) continue;
    info->entry[i] = next;
    grew = true;
  }
  return grew;
}

static void join_result(Infer *f, LambdaInfo *info, Fact result) {
  Fact next = fact_widen(f, info->result, result, info->nresult_updates);
  if (fact_equal(next, info->result)) return;
  info->result = next;
  info->nresult_updates++;
  const Root *root = &f->roots.items[info->root];
  if (info->lambda != root->top) f->changed = true;
  else
    for (size_t i = 0; i < root->callers.n; i++) queue_root(f, root->callers.items[i]);
}

static void bind_params(Infer *f, LambdaInfo *info) {
  for (uint32_t i = 0; i < info->lambda->nparams; i++)
    bind_var(f, info->lambda->params[i], info->open ? fact_any : info->params[i]);
}

/* The body of a function with a frame of its own. */
static void eval_frame(Infer *f, CoreLambda *l) {
  LambdaInfo *info = info_of(f, l);
  if (!info->entered && !info->open) {
    if (f->final) l->body = core_const_new(f->p, core_literal_of(f->p, LIT_NOTHING), l->span);
    return;
  }
  size_t mark = f->trail.n, frame = f->frame_tracked, tracked = f->tracked.n;
  bool dead = f->dead;
  f->frame_tracked = tracked;
  f->dead = false;
  if (l->self && l->self->lambda != l) f->now[l->self->id] = fact_of_kinds(KB_FUNCTION);
  bind_params(f, info);
  Fact result = infer_expr(f, &l->body);
  join_result(f, info_of(f, l), f->dead ? fact_none : result);
  undo(f, mark);
  f->tracked.n = tracked;
  f->frame_tracked = frame;
  f->dead = dead;
}

/* Argument facts live on the stack of states while the call is looked at. */
static size_t eval_args(Infer *f, uint32_t n, CoreNode **args) {
  size_t base = f->states.n;
  for (uint32_t i = 0; i < n; i++) VEC_PUSH(f->p->arena, &f->states, fact_none);
  for (uint32_t i = 0; i < n; i++) {
    Fact fact = infer_expr(f, &args[i]);
    f->states.items[base + i] = f->dead ? fact_none : fact;
  }
  return base;
}

static Fact jump(Infer *f, LambdaInfo *info, const Fact *args, uint32_t nargs) {
  bool grew = join_params(f, info, args, nargs);
  grew |= join_entry(f, info);
  if (grew) {
    info->version++;
    info->nupdates++;
  }
  f->dead = true;
  return fact_none;
}

static Fact call_known(Infer *f, LambdaInfo *info, const Fact *args, uint32_t nargs) {
  if (!info->open && join_params(f, info, args, nargs)) {
    info->nupdates++;
    if (info->root == f->root && info->lambda != f->roots.items[f->root].top) f->changed = true;
    else queue_root(f, info->root);
  }
  if (!info->result.kinds) f->dead = true;
  return info->result;
}

static Fact eval_call(Infer *f, CoreNode *n) {
  CoreLambda *l = core_callee(n);
  if (l && n->call.fn->kind == CORE_LAMBDA) l = NULL;
  Fact fn = infer_expr(f, &n->call.fn);
  size_t base = eval_args(f, n->call.nargs, n->call.args);
  Fact result = fact_any;
  const Fact *args = f->states.items + base;
  if (f->dead) result = fact_none;
  else if (l && l->mode == LAMBDA_JOIN) result = jump(f, info_of(f, l), args, n->call.nargs);
  else if (l) result = call_known(f, info_of(f, l), args, n->call.nargs);
  else if (!(fn.kinds & KB_FUNCTION) && fn.kinds) result = fact_any; /* an error, at run time */
  f->states.n = base;
  return result;
}

/* ---- primitives ---- */

static Fact eval_prim(Infer *f, CoreNode **slot) {
  CoreNode *n = *slot;
  size_t base = eval_args(f, n->prim.nargs, n->prim.args);
  Fact result = fact_none;
  if (!f->dead) {
    const Fact *args = f->states.items + base;
    result = infer_prim_result(f, n, args);
    note_fields(f, n, args);
    infer_assume_done(f, n, args);
    if (f->final && result.kinds) result = infer_rewrite_prim(f, slot, args, result);
    if (!result.kinds) f->dead = true;
  }
  f->states.n = base;
  return result;
}

/* ---- branches ---- */

/* The test is decided: the arm is all there is. */
static Fact eval_decided(Infer *f, CoreNode **slot, bool truth) {
  CoreNode *n = *slot;
  CoreNode **arm = truth ? &n->branch.then : &n->branch.otherwise;
  infer_refine(f, n->branch.test, truth);
  Fact result = infer_expr(f, arm);
  if (!f->final) return result;
  CoreNode *test = n->branch.test, *value = *arm;
  if (core_is_droppable(test)) {
    *slot = value;
    return result;
  }
  CoreNode **items = ARENA_ARRAY(f->p->arena, CoreNode *, 2);
  items[0] = test;
  items[1] = value;
  n->kind = CORE_SEQ;
  n->seq.n = 2;
  n->seq.items = items;
  return result;
}

static Fact eval_if(Infer *f, CoreNode **slot) {
  CoreNode *n = *slot;
  Fact test = infer_expr(f, &n->branch.test);
  if (f->dead) return fact_none;
  int truth = fact_truth(test);
  if (truth != 0) return eval_decided(f, slot, truth > 0);

  size_t mark = f->trail.n, base = save_state(f);
  infer_refine(f, n->branch.test, true);
  Fact then = infer_expr(f, &n->branch.then);
  bool then_dead = f->dead;
  size_t after_then = save_state(f);
  VEC(Undo) kept = {0}; /* what the first arm knows, should the second never end */
  for (size_t i = mark; !then_dead && i < f->trail.n; i++)
    VEC_PUSH(f->p->arena, &kept, ((Undo){f->trail.items[i].var, f->now[f->trail.items[i].var]}));
  undo(f, mark);

  load_state(f, f->states.items + base, ntracked(f));
  f->dead = false;
  infer_refine(f, n->branch.test, false);
  Fact otherwise = infer_expr(f, &n->branch.otherwise);
  bool otherwise_dead = f->dead;
  const Fact *then_state = f->states.items + after_then;
  if (then_dead) { /* the second arm's knowledge stands, on the trail */
    f->states.n = base;
    return otherwise_dead ? fact_none : otherwise;
  }
  f->dead = false;
  if (otherwise_dead) {
    undo(f, mark);
    for (size_t i = 0; i < kept.n; i++) {
      uint32_t id = kept.items[i].var;
      VEC_PUSH(f->p->arena, &f->trail, ((Undo){id, f->now[id]}));
      f->now[id] = kept.items[i].was;
    }
    load_state(f, then_state, ntracked(f));
    f->states.n = base;
    return then;
  }
  size_t after_otherwise = save_state(f);
  undo(f, mark);
  load_state(f, f->states.items + after_otherwise, ntracked(f));
  join_state(f, f->states.items + after_then);
  f->states.n = base;
  return fact_join(then, otherwise);
}

/* ---- bindings ---- */

static void start_join(Infer *f, LambdaInfo *info) {
  info->evaluated = info->version - 1;
  if (info->entry) return;
  info->ntracked = (uint32_t)ntracked(f);
  info->entry = ARENA_ARRAY(f->p->arena, Fact, info->ntracked + 1);
  info->exit = ARENA_ARRAY(f->p->arena, Fact, info->ntracked + 1);
}

static void eval_join_body(Infer *f, CoreLambda *l, size_t mark) {
  LambdaInfo *info = info_of(f, l);
  size_t tracked = f->tracked.n;
  info->evaluated = info->version;
  f->dead = false;
  load_state(f, info->entry, info->ntracked);
  bind_params(f, info);
  Fact out = infer_expr(f, &l->body);
  info = info_of(f, l);
  f->tracked.n = tracked;
  info->out = f->dead ? fact_none : out;
  info->out_dead = f->dead;
  for (uint32_t i = 0; i < info->ntracked; i++) info->exit[i] = f->now[tracked_at(f, i)->id];
  undo(f, mark);
}

static bool is_join(const CoreNode *init) {
  return init->kind == CORE_LAMBDA && init->lambda->mode == LAMBDA_JOIN;
}

/* Walks the JOINs that `n` binds until nothing new flows into them. */
static void settle_joins(Infer *f, CoreNode *n, size_t mark) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < n->let.n; i++) {
      if (!is_join(n->let.inits[i])) continue;
      CoreLambda *l = n->let.inits[i]->lambda;
      LambdaInfo *info = info_of(f, l);
      if (!info->entered) {
        if (f->final) l->body = core_const_new(f->p, core_literal_of(f->p, LIT_NOTHING), l->span);
        continue;
      }
      if (info->evaluated == info->version) continue;
      eval_join_body(f, l, mark);
      again = true;
    }
  }
}

/* What the node comes to: its body, or a JOIN that ends without a jump. */
static Fact leave_joins(Infer *f, CoreNode *n, Fact value, size_t mark) {
  bool dead = f->dead;
  size_t base = save_state(f);
  undo(f, mark);
  settle_joins(f, n, mark);
  load_state(f, f->states.items + base, ntracked(f));
  f->states.n = base;
  for (uint32_t i = 0; i < n->let.n; i++) {
    if (!is_join(n->let.inits[i])) continue;
    const LambdaInfo *info = info_of(f, n->let.inits[i]->lambda);
    if (!info->entered || info->out_dead) continue;
    value = fact_join(value, info->out);
    if (dead) load_state(f, info->exit, info->ntracked);
    else join_state(f, info->exit);
    dead = false;
  }
  f->dead = dead;
  return value;
}

static void eval_inits(Infer *f, CoreNode *n) {
  size_t base = f->states.n;
  for (uint32_t i = 0; i < n->let.n; i++) VEC_PUSH(f->p->arena, &f->states, fact_none);
  for (uint32_t i = 0; i < n->let.n; i++) {
    CoreNode *init = n->let.inits[i];
    if (init->kind == CORE_LAMBDA && !f->dead) {
      init->kinds = KB_FUNCTION;
      if (init->lambda->mode != LAMBDA_JOIN) eval_frame(f, init->lambda);
      f->states.items[base + i] = fact_of_kinds(KB_FUNCTION);
    } else {
      Fact fact = infer_expr(f, &n->let.inits[i]);
      f->states.items[base + i] = f->dead ? fact_none : fact;
      if (n->let.inits[i]->kind != CORE_LAMBDA) n->let.vars[i]->lambda = NULL;
    }
  }
  for (uint32_t i = 0; i < n->let.n; i++) bind_var(f, n->let.vars[i], f->states.items[base + i]);
  f->states.n = base;
}

static Fact eval_let(Infer *f, CoreNode *n) {
  size_t tracked = f->tracked.n;
  bool joins = false;
  for (uint32_t i = 0; i < n->let.n; i++) {
    if (n->kind == CORE_LETREC) f->now[n->let.vars[i]->id] = fact_of_kinds(KB_FUNCTION);
    if (n->kind == CORE_LETREC && n->let.vars[i]->assigned)
      join_ever(f, n->let.vars[i], fact_of_kinds(KB_FUNCTION));
  }
  eval_inits(f, n);
  if (!f->dead)
    for (uint32_t i = 0; i < n->let.n; i++)
      if (is_join(n->let.inits[i])) {
        start_join(f, info_of(f, n->let.inits[i]->lambda));
        joins = true;
      }
  size_t mark = f->trail.n;
  Fact value = infer_expr(f, &n->let.body);
  if (f->dead) value = fact_none;
  if (joins) value = leave_joins(f, n, value, mark);
  f->tracked.n = tracked;
  return value;
}

/* ---- the rest ---- */

static Fact eval_seq(Infer *f, CoreNode *n) {
  Fact value = fact_none;
  for (uint32_t i = 0; i < n->seq.n; i++) value = infer_expr(f, &n->seq.items[i]);
  return value;
}

static Fact eval_set(Infer *f, CoreNode *n) {
  CoreVar *v = n->set.var;
  Fact fact = infer_expr(f, &n->set.value);
  if (f->dead) return fact_none;
  join_ever(f, v, fact);
  if (!v->captured) f->now[v->id] = fact;
  return fact_of_kinds(KB_NOTHING);
}

static Fact eval_set_global(Infer *f, CoreNode *n) {
  Fact fact = infer_expr(f, &n->set_global.value);
  if (f->dead) return fact_none;
  set_global(f, n->set_global.global, fact);
  return fact_of_kinds(KB_NOTHING);
}

static Fact eval(Infer *f, CoreNode **slot) {
  CoreNode *n = *slot;
  switch (n->kind) {
  case CORE_CONST: return fact_of_literal(n->literal);
  case CORE_LOCAL: return read_var(f, n->var);
  case CORE_GLOBAL: return eval_global(f, n->global);
  case CORE_LAMBDA: eval_frame(f, n->lambda); return fact_of_kinds(KB_FUNCTION);
  case CORE_CALL:
  case CORE_APPLY: return eval_call(f, n);
  case CORE_PRIM: return eval_prim(f, slot);
  case CORE_IF: return eval_if(f, slot);
  case CORE_LET:
  case CORE_LETREC: return eval_let(f, n);
  case CORE_SET: return eval_set(f, n);
  case CORE_SET_GLOBAL: return eval_set_global(f, n);
  case CORE_SEQ: return eval_seq(f, n);
  case CORE_COUNT: break;
  }
  return fact_any;
}

Fact infer_expr(Infer *f, CoreNode **slot) {
  if (f->dead) {
    if (f->final)
      *slot = core_const_new(f->p, core_literal_of(f->p, LIT_NOTHING), (*slot)->span);
    return fact_none;
  }
  Fact fact = eval(f, slot);
  (*slot)->kinds = fact.kinds ? fact.kinds : K_ANY;
  return fact;
}

enum { WALKS_MAX = 1000 };

void infer_root(Infer *f, uint32_t index) {
  f->root = index;
  uint32_t walks = 0;
  do {
    f->changed = false;
    f->dead = false;
    f->trail.n = f->tracked.n = f->states.n = f->frame_tracked = 0;
    CoreLambda *top = f->roots.items[index].top;
    if (top) eval_frame(f, top);
    else infer_expr(f, f->roots.items[index].slot);
  } while (f->changed && !f->final && ++walks < WALKS_MAX);
}
