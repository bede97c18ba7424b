/* Random programs against a heap where nothing dies.
 *
 * Each program is a tree of frames that allocate, load, store, call, tail-call,
 * loop and return through the operations that compiled code uses, with the same
 * protocol for own regions and holds. Beside it runs a shadow: what each object
 * holds, by number, for ever. After every load the two must agree, and equal
 * numbers must be the same word. Every stress mode runs; at the end nothing may
 * be left.
 *
 * test_memory_random [MODE SEED]    one program; otherwise a range of seeds,
 * OMNI_TEST_RUNS of them per mode.
 */
#include "memory_check.h"

#define SHADOW_MAX 60000
#define NGLOBALS 4
#define SLOTS_MAX 6
#define ENV_MAX 64
#define LARGE_SLOTS (OMNI_BLOCK_NBYTES / 8 + 40)

/* What a slot of the shadow holds: an object's number, or an immediate. */
typedef struct Slot { uint32_t object; OmniValue immediate; } Slot;
typedef struct Shadow { uint32_t nslots; uint64_t identity; Slot slots[SLOTS_MAX]; } Shadow;

typedef struct Program {
  Fixture f;
  OmniThread *t;
  uint64_t random;
  Shadow *shadow;
  uint32_t nshadow;
  Slot globals[NGLOBALS];
  int budget; /* frames that may still be entered */
  const char *mode;
  unsigned seed;
} Program;

typedef struct Env { OmniValue v[ENV_MAX]; size_t n; } Env;

static uint64_t random_below(Program *p, uint64_t n) {
  p->random ^= p->random << 13;
  p->random ^= p->random >> 7;
  p->random ^= p->random << 17;
  return (p->random >> 11) % n;
}

static bool chance(Program *p, unsigned percent) { return random_below(p, 100) < percent; }

/* ---- objects: number in the first value slot, then the slots ----
 * a pair has its number as car; one in four tuples is large */

static size_t first_of(OmniValue v) { return omni_is_pair(v) ? 1 : 2; }

static uint32_t number_of(OmniValue v) {
  return (uint32_t)omni_fixnum_value(omni_words(v)[omni_is_pair(v) ? 0 : 1]);
}

static Slot shadow_slot(OmniValue v) {
  return omni_is_ref(v) ? (Slot){.object = number_of(v) + 1} : (Slot){.immediate = v};
}

static void fail(Program *p, const char *what) {
  printf("mode %s, seed %u: %s\n", p->mode, p->seed, what);
  abort();
}

static void expect(Program *p, OmniValue v, Slot s) {
  bool right = s.object ? omni_is_ref(v) && number_of(v) + 1 == s.object
                        : v == s.immediate;
  if (!right) fail(p, "a load gave another value than was stored");
  if (!omni_is_ref(v)) return;
  Shadow *o = &p->shadow[number_of(v)];
  if (o->identity && omni_identity(p->t, v) != o->identity) fail(p, "an identity number changed");
}

static void env_add(Program *p, Env *e, OmniValue v) {
  if (e->n < ENV_MAX) e->v[e->n++] = v;
  else e->v[random_below(p, ENV_MAX)] = v;
}

static OmniValue pick(Program *p, const Env *e) {
  if (e->n && chance(p, 80)) return e->v[random_below(p, e->n)];
  return omni_fixnum((int64_t)random_below(p, 9));
}

static OmniValue pick_ref(Program *p, const Env *e) {
  for (int i = 0; i < 8 && e->n; i++) {
    OmniValue v = e->v[random_below(p, e->n)];
    if (omni_is_ref(v)) return v;
  }
  return OMNI_NOTHING;
}

static OmniValue new_tuple(Program *p, uint32_t number, const OmniValue *slots, size_t n) {
  OmniThread *t = p->t;
  size_t pad = chance(p, 2) ? LARGE_SLOTS : chance(p, 10) ? 200 : 0;
  OmniValue v = omni_new(t, OMNI_T_TUPLE, 2 + n + pad, 0);
  omni_init(t, v, 1, omni_fixnum(number));
  if (chance(p, 50)) omni_init_many(t, v, 2, slots, n);
  else for (size_t i = 0; i < n; i++) omni_init(t, v, 2 + i, slots[i]);
  for (size_t i = 0; i < pad; i++) omni_init(t, v, 2 + n + i, OMNI_EMPTY);
  return v;
}

static void allocate(Program *p, Env *e) {
  if (p->nshadow == SHADOW_MAX) return;
  uint32_t number = p->nshadow++;
  Shadow *o = &p->shadow[number];
  OmniValue slots[SLOTS_MAX];
  o->identity = 0;
  o->nslots = chance(p, 50) ? 1 : (uint32_t)random_below(p, SLOTS_MAX + 1);
  for (uint32_t i = 0; i < o->nslots; i++) {
    slots[i] = pick(p, e);
    o->slots[i] = shadow_slot(slots[i]);
  }
  OmniValue v = o->nslots == 1 ? omni_cons(p->t, omni_fixnum(number), slots[0])
                               : new_tuple(p, number, slots, o->nslots);
  if (chance(p, 3)) o->identity = omni_identity(p->t, v);
  env_add(p, e, v);
}

static void store(Program *p, Env *e) {
  OmniValue c = pick_ref(p, e), v = pick(p, e);
  if (!omni_is_ref(c)) return;
  Shadow *o = &p->shadow[number_of(c)];
  if (!o->nslots) return;
  size_t i = random_below(p, o->nslots);
  omni_store(p->t, c, first_of(c) + i, v);
  o->slots[i] = shadow_slot(v);
}

/* A borrow: not held. */
static OmniValue load(Program *p, const Env *e) {
  OmniValue c = pick_ref(p, e);
  if (!omni_is_ref(c)) return OMNI_NOTHING;
  Shadow *o = &p->shadow[number_of(c)];
  if (!o->nslots) return OMNI_NOTHING;
  size_t i = random_below(p, o->nslots);
  OmniValue v = omni_slot(c, first_of(c) + i);
  expect(p, v, o->slots[i]);
  return v;
}

static void load_and_hold(Program *p, Env *e) {
  OmniValue v = load(p, e);
  omni_hold_inline(p->t, v);
  env_add(p, e, v);
}

static void use_global(Program *p, Env *e) {
  size_t g = random_below(p, NGLOBALS);
  OmniValue cells = p->t->globals;
  if (chance(p, 40)) {
    OmniValue v = pick(p, e);
    omni_store(p->t, cells, 1 + g, v);
    p->globals[g] = shadow_slot(v);
  } else {
    OmniValue v = omni_slot(cells, 1 + g);
    expect(p, v, p->globals[g]);
    omni_hold_inline(p->t, v);
    env_add(p, e, v);
  }
}

/* ---- frames ---- */

static void check_env(Program *p, const Env *e, const Slot *before) {
  for (size_t i = 0; i < e->n; i++) {
    expect(p, e->v[i], before[i]);
    for (size_t j = 0; j < i; j++)
      if (before[i].object && before[i].object == before[j].object && e->v[i] != e->v[j])
        fail(p, "one object has become two");
  }
}

static void env_shrink(Program *p, Env *e) {
  size_t kept = 0;
  for (size_t i = 0; i < e->n; i++)
    if (chance(p, 60)) e->v[kept++] = e->v[i];
  e->n = kept;
}

static OmniRegion *back_edge(Program *p, Env *e, OmniRegion *own, OmniValue *mark) {
  OmniThread *t = p->t;
  Slot before[ENV_MAX];
  env_shrink(p, e);
  size_t borrow = e->n; /* live, but not held yet */
  bool borrows = chance(p, 20) && borrow < ENV_MAX;
  if (borrows) env_add(p, e, load(p, e));
  for (size_t i = 0; i < e->n; i++) before[i] = shadow_slot(e->v[i]);
  if (t->stack_limit & OMNI_BACK_EDGES_DUE) own = omni_op_settle_loop(t, own, e->v, e->n);
  if (t->hold != mark) omni_op_hold_pop(t, mark, e->v, e->n);
  if (borrows) omni_hold_inline(t, e->v[borrow]);
  check_env(p, e, before);
  return own;
}

static OmniValue frame(Program *p, const OmniValue *args, size_t nargs, int depth);

static void call(Program *p, Env *e, int depth) {
  OmniValue args[3];
  size_t n = random_below(p, 4);
  if (depth > 12 || p->budget-- <= 0) return;
  for (size_t i = 0; i < n; i++) args[i] = pick(p, e);
  OmniValue r = frame(p, args, n, depth + 1);
  omni_hold_inline(p->t, r);
  env_add(p, e, r);
}

/* Some functions never own a region. */
static OmniRegion *enter(Program *p) {
  OmniThread *t = p->t;
  if (t->stack_limit != OMNI_POISONED) return NULL;
  if (!chance(p, 20)) return omni_op_enter_slow(t);
  omni_op_enter_slow_noown(t);
  return NULL;
}

/* The arguments of a tail call replace the environment. */
static void tail_call(Program *p, Env *e, OmniRegion *own, OmniValue *mark, const void *where) {
  OmniThread *t = p->t;
  Env args = {.n = random_below(p, 4)};
  Slot before[4];
  for (size_t i = 0; i < args.n; i++) {
    args.v[i] = chance(p, 25) ? load(p, e) : pick(p, e);
    before[i] = shadow_slot(args.v[i]);
  }
  if (own || t->hold != mark) {
    if (chance(p, 50)) omni_op_tail_args(t, own, mark, args.v, args.n, where);
    else omni_op_tail_hand(t, own, mark, args.v, args.n, where);
  }
  check_env(p, &args, before);
  *e = args;
}

static void step(Program *p, Env *e, int depth) {
  uint64_t k = random_below(p, 100);
  if (k < 35) allocate(p, e);
  else if (k < 55) store(p, e);
  else if (k < 80) load_and_hold(p, e);
  else if (k < 90) use_global(p, e);
  else call(p, e, depth);
}

static OmniValue frame(Program *p, const OmniValue *args, size_t nargs, int depth) {
  OmniThread *t = p->t;
  Env e = {.n = nargs};
  if (nargs) memcpy(e.v, args, nargs * sizeof *args);
  for (;;) {
    OmniRegion *own = enter(p);
    OmniValue *mark = t->hold;
    for (size_t n = 5 + random_below(p, 40); n--;) {
      step(p, &e, depth);
      if (chance(p, 6)) own = back_edge(p, &e, own, mark);
    }
    if (chance(p, 15) && p->budget-- > 0) {
      tail_call(p, &e, own, mark, __builtin_frame_address(0));
      continue;
    }
    OmniValue result = chance(p, 25) ? load(p, &e) : pick(p, &e);
    Slot before = shadow_slot(result);
    if (own) omni_op_settle_return(t, own, &result, 1);
    if (t->hold != mark) omni_op_hold_pop(t, mark, &result, 1);
    expect(p, result, before);
    return result;
  }
}

static void run_program(Program *p, const char *mode, unsigned seed) {
  p->mode = mode;
  p->seed = seed;
  p->f = fixture_new(NGLOBALS, mode);
  p->t = p->f.t;
  p->f.rt->stress.random += seed;
  p->random = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
  p->nshadow = 0;
  p->budget = 80;
  for (int g = 0; g < NGLOBALS; g++) p->globals[g] = (Slot){.immediate = OMNI_NOTHING};
  while (p->budget > 0) {
    OmniValue *mark = p->t->hold;
    frame(p, NULL, 0, 0);
    if (p->t->hold != mark) omni_op_hold_pop(p->t, mark, NULL, 0);
  }
  fixture_end(&p->f);
  if (check_failed) fail(p, "not everything came back");
}

/* ---- the modes ---- */

static Program program;
static unsigned runs = 40;

static void run_mode(const char *mode) {
  for (unsigned seed = 0; seed < runs; seed++) run_program(&program, mode, seed);
}

#define MODES(X)                                                                     \
  X(plain, "poison") X(settle, "settle,poison,verify")                               \
  X(move, "settle,move,poison,verify") X(splice, "settle,splice,poison,verify")      \
  X(random, "settle,random,poison,verify") X(units, "settle,move,units,verify")      \
  X(units_random, "settle,random,units,poison") X(credit, "settle,credit0,verify")   \
  X(random_fast, "settle,random") X(move_fast, "move") X(splice_fast, "splice")

#define X(name, mode) static void mode_##name(void) { run_mode(mode); }
MODES(X)
#undef X

int main(int argc, char **argv) {
  static Shadow shadow[SHADOW_MAX];
  static const Test tests[] = {
#define X(name, mode) {#name, mode_##name},
      MODES(X)
#undef X
  };
  program.shadow = shadow;
  const char *n = getenv("OMNI_TEST_RUNS");
  if (n) runs = (unsigned)strtoul(n, NULL, 10);
  if (argc == 3 && argv[2][0] >= '0' && argv[2][0] <= '9') {
    run_program(&program, argv[1], (unsigned)strtoul(argv[2], NULL, 10));
    return 0;
  }
  return RUN_TESTS(tests, argc, argv);
}
