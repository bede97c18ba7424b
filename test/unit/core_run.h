/* A small interpreter of core trees, for tests: the reference that optimised
 * trees are compared with, and the judge of what the stages claim. While it
 * runs it checks that every value is of the kinds its node and its variable
 * were given, and that the operands and results of fixnum and Float primitives
 * are what those rely on.
 *
 * A run ends with a value, with an error of the program (as compiled code would
 * raise), out of fuel (no verdict), or with a lie found in the tree.
 */
#ifndef OMNI_TEST_CORE_RUN_H
#define OMNI_TEST_CORE_RUN_H

#include <setjmp.h>

#include "core_text.h"
#include "omni/value.h"

typedef enum {
  RV_INT, RV_FLOAT, RV_TRUE, RV_FALSE, RV_NOTHING, RV_EMPTY, RV_PAIR, RV_FUNCTION, RV_ABSENT,
  RV_STRUCT, RV_UNSET
} RunTag;

typedef struct RunValue RunValue;
typedef struct RunEnv RunEnv;
struct RunValue {
  RunTag tag;
  __int128 integer;
  double number;
  RunValue *items; /* PAIR: car, cdr; STRUCT: fields */
  uint32_t shape;  /* STRUCT: kind index */
  const CoreLambda *lambda;
  const RunEnv *env;
};
struct RunEnv {
  const CoreVar *var;
  RunValue *cell;
  const RunEnv *next;
};

enum { RUN_ARGS_MAX = 12, RUN_DEPTH_MAX = 700 };

typedef enum { RUN_VALUE, RUN_ERROR, RUN_FUEL, RUN_LIE } RunEnd;

typedef struct Run {
  const CoreProgram *p;
  Arena *arena;
  long fuel;
  int depth;
  PtrMap *globals; /* CoreGlobal -> RunValue * */
  char out[4096];  /* what println wrote */
  size_t nout;
  const char *lie;
  const CoreNode *liar; /* the node at hand */
  jmp_buf stop;
} Run;

static inline _Noreturn void run_stop(Run *r, RunEnd end) { longjmp(r->stop, (int)end + 1); }

static inline _Noreturn void run_lie(Run *r, const char *what) {
  r->lie = what;
  run_stop(r, RUN_LIE);
}

/* ---- values ---- */

static inline bool run_is_fixnum(RunValue v) {
  return v.tag == RV_INT && v.integer >= OMNI_FIXNUM_MIN && v.integer <= OMNI_FIXNUM_MAX;
}

static inline CoreKinds run_kind(RunValue v) {
  switch (v.tag) {
  case RV_INT: return run_is_fixnum(v) ? KB_FIX : KB_BIG;
  case RV_FLOAT: return KB_FLOAT;
  case RV_TRUE: return KB_TRUE;
  case RV_FALSE: return KB_FALSE;
  case RV_NOTHING: return KB_NOTHING;
  case RV_EMPTY: return KB_EMPTY;
  case RV_PAIR: return KB_PAIR;
  case RV_FUNCTION: return KB_FUNCTION;
  case RV_STRUCT: return KB_STRUCT;
  case RV_ABSENT:
  case RV_UNSET: break;
  }
  return KB_OTHER;
}

static inline RunValue run_tag(RunTag tag) { return (RunValue){.tag = tag}; }
static inline RunValue run_bool(bool b) { return run_tag(b ? RV_TRUE : RV_FALSE); }
static inline bool run_truthy(RunValue v) { return v.tag != RV_FALSE && v.tag != RV_NOTHING; }
static inline RunValue run_float(double d) { return (RunValue){.tag = RV_FLOAT, .number = d}; }
static inline RunValue run_int(__int128 n) { return (RunValue){.tag = RV_INT, .integer = n}; }
static inline bool run_is_number(RunValue v) { return v.tag == RV_INT || v.tag == RV_FLOAT; }
static inline double run_double(RunValue v) {
  return v.tag == RV_FLOAT ? v.number : (double)v.integer;
}

static inline RunValue run_cell(Run *r, RunTag tag, uint32_t n, const RunValue *items) {
  RunValue v = run_tag(tag);
  v.items = ARENA_ARRAY(r->arena, RunValue, n + 1);
  for (uint32_t i = 0; i < n; i++) v.items[i] = items[i];
  return v;
}

static inline bool run_same(RunValue a, RunValue b) {
  if (a.tag != b.tag) return false;
  switch (a.tag) {
  case RV_INT: return a.integer == b.integer;
  case RV_FLOAT: return a.number == b.number;
  case RV_PAIR:
  case RV_STRUCT: return a.items == b.items;
  case RV_FUNCTION: return a.lambda == b.lambda && a.env == b.env;
  default: return true;
  }
}

/* -1, 0, 1; 2: unordered. Integers of the tests fit a long double or meet integers. */
static inline int run_order(RunValue a, RunValue b) {
  if (a.tag == RV_INT && b.tag == RV_INT) return (a.integer > b.integer) - (a.integer < b.integer);
  long double x = a.tag == RV_INT ? (long double)a.integer : (long double)a.number;
  long double y = b.tag == RV_INT ? (long double)b.integer : (long double)b.number;
  return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
}

static inline bool run_equal(RunValue a, RunValue b) {
  if (run_is_number(a) && run_is_number(b)) return run_order(a, b) == 0;
  if (a.tag == RV_PAIR && b.tag == RV_PAIR)
    return run_equal(a.items[0], b.items[0]) && run_equal(a.items[1], b.items[1]);
  return run_same(a, b);
}

static inline void run_write(Run *r, const char *text) {
  size_t n = strlen(text);
  if (r->nout + n >= sizeof r->out) run_stop(r, RUN_FUEL);
  memcpy(r->out + r->nout, text, n + 1);
  r->nout += n;
}

static inline void run_print(Run *r, RunValue v) {
  char text[64];
  static const char *const words[] = {"", "", "true", "false", "nothing", "()", "", "#<fn>",
                                      "absent", "", "unset"};
  switch (v.tag) {
  case RV_INT:
    snprintf(text, sizeof text, "%lld:%llu", (long long)(v.integer >> 64),
             (unsigned long long)v.integer);
    run_write(r, text);
    break;
  case RV_FLOAT:
    snprintf(text, sizeof text, "%.17g", v.number);
    run_write(r, text);
    break;
  case RV_PAIR:
    run_write(r, "(");
    run_print(r, v.items[0]);
    run_write(r, " . ");
    run_print(r, v.items[1]);
    run_write(r, ")");
    break;
  case RV_STRUCT: run_write(r, "#<struct>"); break;
  default: run_write(r, words[v.tag]);
  }
}

/* ---- primitives ---- */

static inline RunValue run_arithmetic(Run *r, char op, RunValue a, RunValue b) {
  if (!run_is_number(a) || !run_is_number(b)) run_stop(r, RUN_ERROR);
  if (a.tag == RV_FLOAT || b.tag == RV_FLOAT) {
    double x = run_double(a), y = run_double(b);
    return run_float(op == '+' ? x + y : op == '-' ? x - y : x * y);
  }
  __int128 n, limit = (__int128)1 << 100;
  bool over = op == '+'   ? __builtin_add_overflow(a.integer, b.integer, &n)
              : op == '-' ? __builtin_sub_overflow(a.integer, b.integer, &n)
                          : __builtin_mul_overflow(a.integer, b.integer, &n);
  if (over || n > limit || n < -limit) run_stop(r, RUN_FUEL);
  return run_int(n);
}

static inline RunValue run_fixnum(Run *r, char op, const RunValue *a, bool stays) {
  if (!run_is_fixnum(a[0]) || !run_is_fixnum(a[1])) run_lie(r, "operand of %fx- is no fixnum");
  RunValue v = run_arithmetic(r, op, a[0], a[1]);
  if (stays && !run_is_fixnum(v)) run_lie(r, "a result leaves the fixnums");
  return v;
}

static inline RunValue run_flonum(Run *r, char op, const RunValue *a) {
  if (a[0].tag != RV_FLOAT || a[1].tag != RV_FLOAT) run_lie(r, "operand of %fl- is no Float");
  return run_arithmetic(r, op, a[0], a[1]);
}

/* order wanted: bit 0 less, bit 1 same, bit 2 greater */
static inline RunValue run_comparison(Run *r, int wanted, const RunValue *a) {
  if (!run_is_number(a[0]) || !run_is_number(a[1])) run_stop(r, RUN_ERROR);
  int order = run_order(a[0], a[1]);
  return run_bool(order < 2 && (wanted >> (order + 1) & 1));
}

static inline RunValue run_fx_comparison(Run *r, int wanted, const RunValue *a) {
  if (!run_is_fixnum(a[0]) || !run_is_fixnum(a[1])) run_lie(r, "operand of %fx- is no fixnum");
  return run_comparison(r, wanted, a);
}

static inline RunValue run_fl_comparison(Run *r, int wanted, const RunValue *a) {
  if (a[0].tag != RV_FLOAT || a[1].tag != RV_FLOAT) run_lie(r, "operand of %fl- is no Float");
  return run_comparison(r, wanted, a);
}

static inline RunValue run_struct(Run *r, PrimId id, CoreNode *const *nodes, uint32_t n,
                                  const RunValue *a) {
  if (id == PRIM_struct_make) {
    RunValue v = run_cell(r, RV_STRUCT, n - 1, a + 1);
    v.shape = (uint32_t)nodes[0]->literal->integer;
    return v;
  }
  int64_t raw = nodes[1]->literal->integer;
  if (id == PRIM_struct_is) return run_bool(a[0].tag == RV_STRUCT && a[0].shape == raw);
  if (a[0].tag != RV_STRUCT || raw >= r->p->structs.items[a[0].shape]->nfields)
    run_stop(r, RUN_FUEL); /* unchecked: the program of the test is wrong */
  if (id == PRIM_struct_ref) return a[0].items[raw];
  a[0].items[raw] = a[2];
  return run_tag(RV_NOTHING);
}

static inline RunValue run_prim(Run *r, const CoreNode *node, uint32_t n, const RunValue *a) {
  switch (node->prim.id) {
  case PRIM_cons: return run_cell(r, RV_PAIR, 2, a);
  case PRIM_car:
  case PRIM_cdr:
    if (a[0].tag != RV_PAIR) run_stop(r, RUN_ERROR);
    return a[0].items[node->prim.id == PRIM_cdr];
  case PRIM_is_null: return run_bool(a[0].tag == RV_EMPTY);
  case PRIM_is_pair: return run_bool(a[0].tag == RV_PAIR);
  case PRIM_is_nothing: return run_bool(a[0].tag == RV_NOTHING);
  case PRIM_not: return run_bool(!run_truthy(a[0]));
  case PRIM_identical: return run_bool(run_same(a[0], a[1]));
  case PRIM_add: return run_arithmetic(r, '+', a[0], a[1]);
  case PRIM_sub: return run_arithmetic(r, '-', a[0], a[1]);
  case PRIM_mul: return run_arithmetic(r, '*', a[0], a[1]);
  case PRIM_fx_add: return run_fixnum(r, '+', a, false);
  case PRIM_fx_sub: return run_fixnum(r, '-', a, false);
  case PRIM_fx_mul: return run_fixnum(r, '*', a, false);
  case PRIM_fx_add_nowrap: return run_fixnum(r, '+', a, true);
  case PRIM_fx_sub_nowrap: return run_fixnum(r, '-', a, true);
  case PRIM_fx_mul_nowrap: return run_fixnum(r, '*', a, true);
  case PRIM_fl_add: return run_flonum(r, '+', a);
  case PRIM_fl_sub: return run_flonum(r, '-', a);
  case PRIM_fl_mul: return run_flonum(r, '*', a);
  case PRIM_fix_to_fl:
    if (!run_is_fixnum(a[0])) run_lie(r, "operand of %fix->fl is no fixnum");
    return run_float((double)a[0].integer);
  case PRIM_fx_is_small: {
    __int128 most = (__int128)1 << 59;
    return run_bool(a[0].tag == RV_INT && a[0].integer <= most && a[0].integer >= -most);
  }
  case PRIM_lt: return run_comparison(r, 1, a);
  case PRIM_le: return run_comparison(r, 3, a);
  case PRIM_gt: return run_comparison(r, 4, a);
  case PRIM_ge: return run_comparison(r, 6, a);
  case PRIM_eq: return run_bool(run_equal(a[0], a[1]));
  case PRIM_fx_lt: return run_fx_comparison(r, 1, a);
  case PRIM_fx_le: return run_fx_comparison(r, 3, a);
  case PRIM_fx_gt: return run_fx_comparison(r, 4, a);
  case PRIM_fx_ge: return run_fx_comparison(r, 6, a);
  case PRIM_fx_eq: return run_fx_comparison(r, 2, a);
  case PRIM_fl_lt: return run_fl_comparison(r, 1, a);
  case PRIM_fl_le: return run_fl_comparison(r, 3, a);
  case PRIM_fl_gt: return run_fl_comparison(r, 4, a);
  case PRIM_fl_ge: return run_fl_comparison(r, 6, a);
  case PRIM_fl_eq: return run_fl_comparison(r, 2, a);
  case PRIM_struct_is:
  case PRIM_struct_ref:
  case PRIM_struct_set:
  case PRIM_struct_make: return run_struct(r, node->prim.id, node->prim.args, n, a);
  case PRIM_println:
    for (uint32_t i = 0; i < n; i++) run_print(r, a[i]);
    run_write(r, "\n");
    return run_tag(RV_NOTHING);
  case PRIM_exit: run_stop(r, RUN_ERROR);
  default: run_lie(r, "a primitive that the reference does not know");
  }
}

/* ---- expressions ---- */

static inline RunValue run_literal(const Literal *l) {
  switch (l->kind) {
  case LIT_INT: return run_int(l->integer);
  case LIT_FLOAT: return run_float(l->number);
  case LIT_TRUE: return run_tag(RV_TRUE);
  case LIT_FALSE: return run_tag(RV_FALSE);
  case LIT_EMPTY: return run_tag(RV_EMPTY);
  case LIT_ABSENT:
  case LIT_RAW: return run_tag(RV_ABSENT);
  default: return run_tag(RV_NOTHING);
  }
}

static inline const RunEnv *run_bind(Run *r, const CoreVar *v, RunValue value, const RunEnv *env) {
  if (!(run_kind(value) & v->kinds) && value.tag != RV_UNSET)
    run_lie(r, "a variable holds what its kinds exclude");
  if (v->rep == REP_F64 && value.tag != RV_FLOAT) run_lie(r, "an f64 variable is no Float");
  RunEnv *e = ARENA_NEW(r->arena, RunEnv);
  e->var = v;
  e->cell = ARENA_NEW(r->arena, RunValue);
  *e->cell = value;
  e->next = env;
  return e;
}

static inline RunValue *run_find(Run *r, const CoreVar *v, const RunEnv *env) {
  for (; env; env = env->next)
    if (env->var == v) return env->cell;
  run_lie(r, "a variable is not bound");
}

static inline RunValue *run_global(Run *r, const CoreGlobal *g) {
  RunValue *cell = ptrmap_get(r->globals, g);
  if (!cell) {
    cell = ARENA_NEW(r->arena, RunValue);
    *cell = run_tag(RV_UNSET);
    ptrmap_put(r->globals, g, cell);
  }
  return cell;
}

static inline RunValue run_closure(const CoreLambda *l, const RunEnv *env) {
  return (RunValue){.tag = RV_FUNCTION, .lambda = l, .env = env};
}

static inline RunValue run_node(Run *r, const CoreNode *n, const RunEnv *env);

static inline RunValue run_apply(Run *r, RunValue fn, uint32_t n, const RunValue *args) {
  if (fn.tag != RV_FUNCTION || !core_accepts(fn.lambda, n)) run_stop(r, RUN_ERROR);
  const CoreLambda *l = fn.lambda;
  const RunEnv *env = fn.env;
  if (l->self) env = run_bind(r, l->self, fn, env);
  uint32_t named = l->nrequired + l->noptional;
  for (uint32_t i = 0; i < named; i++)
    env = run_bind(r, l->params[i], i < n ? args[i] : run_tag(RV_ABSENT), env);
  if (l->rest) {
    RunValue list = run_tag(RV_EMPTY);
    for (uint32_t i = n; i-- > named;)
      list = run_cell(r, RV_PAIR, 2, (RunValue[]){args[i], list});
    env = run_bind(r, l->params[named], list, env);
  }
  RunValue v = run_node(r, l->body, env);
  if (l->result_rep == REP_F64 && v.tag != RV_FLOAT) run_lie(r, "an f64 result is no Float");
  if (l->mode != LAMBDA_JOIN && l->result_kinds && !(run_kind(v) & l->result_kinds))
    run_lie(r, "a result is of no kind it may be");
  return v;
}

static inline RunValue run_call(Run *r, const CoreNode *n, const RunEnv *env) {
  RunValue fn = run_node(r, n->call.fn, env);
  RunValue args[RUN_ARGS_MAX];
  uint32_t nargs = n->call.nargs;
  for (uint32_t i = 0; i < nargs; i++) args[i] = run_node(r, n->call.args[i], env);
  if (n->kind == CORE_APPLY) {
    RunValue list = args[--nargs];
    for (; list.tag == RV_PAIR && nargs < RUN_ARGS_MAX; list = list.items[1]) args[nargs++] = list.items[0];
  }
  return run_apply(r, fn, nargs, args);
}

static inline RunValue run_let(Run *r, const CoreNode *n, const RunEnv *env) {
  RunValue values[RUN_ARGS_MAX];
  const RunEnv *inner = env;
  if (n->kind == CORE_LETREC)
    for (uint32_t i = 0; i < n->let.n; i++)
      inner = run_bind(r, n->let.vars[i], run_tag(RV_UNSET), inner);
  for (uint32_t i = 0; i < n->let.n; i++) {
    values[i] = run_node(r, n->let.inits[i], inner);
    if (n->kind == CORE_LETREC) *run_find(r, n->let.vars[i], inner) = values[i];
  }
  if (n->kind == CORE_LET)
    for (uint32_t i = 0; i < n->let.n; i++) inner = run_bind(r, n->let.vars[i], values[i], inner);
  return run_node(r, n->let.body, inner);
}

static inline RunValue run_unchecked(Run *r, const CoreNode *n, const RunEnv *env) {
  switch (n->kind) {
  case CORE_CONST: return run_literal(n->literal);
  case CORE_LOCAL: return *run_find(r, n->var, env);
  case CORE_GLOBAL: {
    if (n->global->lambda) return run_closure(n->global->lambda, NULL);
    RunValue v = n->global->literal ? run_literal(n->global->literal) : *run_global(r, n->global);
    if (v.tag == RV_UNSET) run_stop(r, RUN_ERROR);
    return v;
  }
  case CORE_LAMBDA: return run_closure(n->lambda, env);
  case CORE_CALL:
  case CORE_APPLY: return run_call(r, n, env);
  case CORE_PRIM: {
    RunValue args[RUN_ARGS_MAX];
    for (uint32_t i = 0; i < n->prim.nargs; i++) args[i] = run_node(r, n->prim.args[i], env);
    return run_prim(r, n, n->prim.nargs, args);
  }
  case CORE_IF:
    return run_truthy(run_node(r, n->branch.test, env)) ? run_node(r, n->branch.then, env)
                                                        : run_node(r, n->branch.otherwise, env);
  case CORE_LET:
  case CORE_LETREC: return run_let(r, n, env);
  case CORE_SET: {
    RunValue v = run_node(r, n->set.value, env);
    if (!(run_kind(v) & n->set.var->kinds)) run_lie(r, "a variable is set to an excluded kind");
    *run_find(r, n->set.var, env) = v;
    return run_tag(RV_NOTHING);
  }
  case CORE_SET_GLOBAL:
    *run_global(r, n->set_global.global) = run_node(r, n->set_global.value, env);
    return run_tag(RV_NOTHING);
  case CORE_SEQ:
    for (uint32_t i = 0; i + 1 < n->seq.n; i++) run_node(r, n->seq.items[i], env);
    return run_node(r, n->seq.items[n->seq.n - 1], env);
  case CORE_COUNT: break;
  }
  run_lie(r, "no such node");
}



/* A node with a jump in tail position: what a JOIN comes to is the value of the
 * node that binds it, not of this one, though here it passes through. */
static inline bool run_jumps(const CoreNode *n) {
  const CoreLambda *l = core_callee(n);
  if (l) return l->mode == LAMBDA_JOIN;
  for (uint32_t i = 0; i < core_nchildren(n); i++)
    if (core_child_is_tail(n, i) && run_jumps(core_child((CoreNode *)n, i))) return true;
  return false;
}

static inline RunValue run_node(Run *r, const CoreNode *n, const RunEnv *env) {
  if (--r->fuel < 0 || r->depth > RUN_DEPTH_MAX) run_stop(r, RUN_FUEL);
  r->depth++;
  RunValue v = run_unchecked(r, n, env);
  r->depth--;
  if (!(run_kind(v) & n->kinds) && !run_jumps(n)) {
    r->liar = n;
    run_print(r, v);
    run_lie(r, "a value is of no kind its node may have");
  }
  return v;
}

static inline RunEnd run_program(Run *r, const CoreProgram *p, long fuel) {
  memset(r, 0, sizeof *r);
  r->p = p;
  r->arena = p->arena;
  r->fuel = fuel;
  r->globals = ptrmap_new(p->arena);
  int ended = setjmp(r->stop);
  if (ended) return (RunEnd)(ended - 1);
  for (size_t i = 0; i < p->top.n; i++) run_node(r, p->top.items[i], NULL);
  return RUN_VALUE;
}

#endif
