/* The memory core, one rule per check. Random programs: test_memory_random.c. */
#include "memory_check.h"

static OmniValue list_of(OmniThread *t, int64_t n) {
  OmniValue l = OMNI_EMPTY;
  for (int64_t i = n; i-- > 0;) l = omni_cons(t, omni_fixnum(i), l);
  return l;
}

static bool is_list_of(OmniValue l, int64_t n) {
  for (int64_t i = 0; i < n; i++, l = omni_slot(l, 1))
    if (!omni_is_pair(l) || omni_slot(l, 0) != omni_fixnum(i)) return false;
  return l == OMNI_EMPTY;
}

static void garbage(OmniThread *t, size_t nbytes) {
  for (size_t i = 0; i < nbytes / 16; i++) omni_cons(t, OMNI_EMPTY, OMNI_EMPTY);
}

/* ---- regions ---- */

static void empty_runtime(void) {
  Fixture f = fixture_new(0, "");
  fixture_end(&f);
}

static void allocation_fills_blocks(void) {
  Fixture f = fixture_new(0, "");
  OmniValue l = list_of(f.t, 10000);
  CHECK(is_list_of(l, 10000));
  CHECK(f.rt->stats.blocks_out >= 5);
  CHECK(rti_region_of(l) == f.t->top);
  fixture_end(&f);
}

static void large_objects_have_runs(void) {
  Fixture f = fixture_new(0, "");
  size_t n = OMNI_BLOCK_NBYTES / 8 * 5;
  OmniValue v = omni_new(f.t, OMNI_T_ARRAY_STORE, n, 0);
  OmniValue young = list_of(f.t, 3);
  for (size_t i = 1; i < n; i++) omni_init(f.t, v, i, young);
  CHECK(omni_slot(v, n - 1) == young);
  CHECK(f.rt->stats.large_bytes >= n * 8);
  fixture_end(&f);
}

/* Words that look like references, at every index, in an object without values. */
static void raw_words_are_not_traced(void) {
  Fixture f = fixture_new(1, "move,verify");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  size_t n = 100000;
  OmniValue live = omni_new(t, OMNI_T_RAW_STORE, n, 0);
  for (size_t i = 1; i < n; i++) omni_words(live)[i] = UINT64_C(0x6b6b6b6b6b6b6b6b);
  omni_store(t, t->globals, 1, live);
  omni_op_settle_return(t, own, &live, 1);
  CHECK(omni_slot(live, n - 1) == UINT64_C(0x6b6b6b6b6b6b6b6b));
  fixture_end(&f);
}

static void return_moves_a_small_result(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue live[2] = {list_of(t, 10), omni_fixnum(7)};
  garbage(t, 40000);
  OmniValue before = live[0];
  omni_op_settle_return(t, own, live, 2);
  CHECK(live[0] != before && is_list_of(live[0], 10) && live[1] == omni_fixnum(7));
  CHECK(rti_region_of(live[0]) == t->top && t->top->rank == 1);
  CHECK(f.rt->stats.regions_moved == 1 && f.rt->stats.bytes_moved == 160);
  CHECK(f.rt->stats.blocks_out == 1);
  fixture_end(&f);
}

static void return_splices_a_large_result(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  OmniValue older = list_of(t, 5);
  OmniRegion *own = open_own(t);
  OmniValue live = list_of(t, 5000), before = live;
  omni_op_settle_return(t, own, &live, 1);
  CHECK(live == before && is_list_of(live, 5000));
  CHECK(rti_region_of(live) == t->top && rti_region_of(older) == t->top);
  CHECK(f.rt->stats.regions_spliced == 1 && f.rt->stats.bytes_moved == 0);
  CHECK(rti_rank_of(live) == 1);
  fixture_end(&f);
}

static void renewal_keeps_what_lives(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  OmniRegion *own = NULL;
  OmniValue acc = list_of(t, 100);
  t->top->fresh = f.rt->step; /* due */
  own = omni_op_settle_loop(t, own, &acc, 1);
  CHECK(own == t->top && own != NULL);
  for (int i = 0; i < 2000; i++) {
    acc = list_of(t, 100);
    garbage(t, 1000);
    if (t->stack_limit & OMNI_BACK_EDGES_DUE) own = omni_op_settle_loop(t, own, &acc, 1);
    CHECK(is_list_of(acc, 100));
  }
  CHECK(f.rt->stats.regions_renewed > 10);
  CHECK(f.rt->stats.blocks_peak < 32);
  Stats *st = &f.rt->stats;
  CHECK(st->bytes_moved * 2 <= st->bytes_allocated && st->bytes_traced <= st->bytes_allocated);
  omni_op_settle_return(t, own, &acc, 1);
  CHECK(is_list_of(acc, 100));
  fixture_end(&f);
}

static void growing_list_stays_within_bounds(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  OmniRegion *own = NULL;
  OmniValue acc = OMNI_EMPTY;
  for (int64_t i = 200000; i-- > 0;) {
    acc = omni_cons(t, omni_fixnum(i), acc);
    if (t->stack_limit & OMNI_BACK_EDGES_DUE) own = omni_op_settle_loop(t, own, &acc, 1);
  }
  CHECK(is_list_of(acc, 200000));
  Stats *st = &f.rt->stats;
  CHECK(st->bytes_moved * 2 <= st->bytes_allocated && st->bytes_traced <= st->bytes_allocated);
  if (own) omni_op_settle_return(t, own, &acc, 1);
  fixture_end(&f);
}

static void splice_chain_joins_tags(void) {
  Fixture f = fixture_new(0, "splice");
  OmniThread *t = f.t;
  enum { DEPTH = 200 };
  OmniRegion *own[DEPTH];
  OmniValue v = OMNI_EMPTY;
  for (int i = 0; i < DEPTH; i++) {
    own[i] = open_own(t);
    v = omni_cons(t, omni_fixnum(i), v);
  }
  OmniValue first = v;
  for (int i = DEPTH; i-- > 0;) omni_op_settle_return(t, own[i], &v, 1);
  CHECK(v == first);
  for (int i = DEPTH; i-- > 0; v = omni_slot(v, 1)) {
    CHECK(omni_slot(v, 0) == omni_fixnum(i));
    CHECK(rti_region_of(v) == t->top && rti_rank_of(v) == 1);
  }
  fixture_end(&f);
}

static void sharing_and_cycles_survive(void) {
  Fixture f = fixture_new(0, "move");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue a = omni_cons(t, OMNI_EMPTY, OMNI_EMPTY), b = omni_cons(t, a, a);
  omni_store(t, a, 1, b);
  OmniValue live[2] = {b, a};
  omni_op_settle_return(t, own, live, 2);
  CHECK(omni_slot(live[0], 0) == live[1] && omni_slot(live[0], 1) == live[1]);
  CHECK(omni_slot(live[1], 1) == live[0]);
  fixture_end(&f);
}

/* ---- escapes ---- */

static void escape_to_an_older_region(void) {
  Fixture f = fixture_new(0, "move,verify");
  OmniThread *t = f.t;
  OmniValue box = make_box(t, OMNI_EMPTY);
  OmniRegion *own = open_own(t);
  omni_store(t, box, 1, list_of(t, 20));
  garbage(t, 1000);
  omni_op_settle_return(t, own, NULL, 0);
  CHECK(is_list_of(omni_slot(box, 1), 20));
  CHECK(rti_region_of(omni_slot(box, 1)) == t->top);
  CHECK(f.rt->stats.escape_repairs == 1 && t->top->received == 320);
  fixture_end(&f);
}

static void escape_to_a_global_becomes_counted(void) {
  Fixture f = fixture_new(1, "verify");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue l = list_of(t, 20);
  omni_store(t, t->globals, 1, l);
  garbage(t, 30000);
  omni_op_settle_return(t, own, &l, 1);
  CHECK(omni_counted(t, l) && l == omni_slot(t->globals, 1) && is_list_of(l, 20));
  CHECK(f.rt->stats.units_made == 21); /* and the cells */
  omni_op_hold_pop(t, f.rt->holds, NULL, 0);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  CHECK(f.rt->stats.units_freed == 20);
  fixture_end(&f);
}

static void overwrite(OmniThread *t, OmniValue box, int i) {
  OmniRegion *own = t->stack_limit == OMNI_POISONED ? omni_op_enter_slow(t) : NULL;
  omni_store(t, box, 1, omni_cons(t, omni_fixnum(i), OMNI_EMPTY));
  if (own) omni_op_settle_return(t, own, NULL, 0);
}

/* main's box overwritten by a callee, from a loop */
static void overwritten_box_stays_flat(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  OmniValue box = make_box(t, OMNI_EMPTY);
  OmniRegion *own = NULL;
  for (int i = 0; i < 300000; i++) {
    overwrite(t, box, i);
    if (t->stack_limit & OMNI_BACK_EDGES_DUE) own = omni_op_settle_loop(t, own, &box, 1);
  }
  CHECK(omni_slot(omni_slot(box, 1), 0) == omni_fixnum(299999));
  CHECK(f.rt->stats.blocks_peak < 12);
  if (own) omni_op_settle_return(t, own, NULL, 0);
  fixture_end(&f);
}

/* A callee's loop that meets every poison first, opens a region for a handful of
 * objects and returns all of them: the caller's loop must still come to settle. */
static __attribute__((noinline)) OmniValue fill(OmniThread *t) {
  OmniRegion *own = NULL;
  OmniValue acc = OMNI_EMPTY;
  for (int64_t i = 10; i-- > 0;) {
    acc = omni_cons(t, omni_fixnum(i), acc);
    if (omni_back_edges_due(t)) own = omni_op_settle_loop(t, own, &acc, 1);
  }
  if (own) omni_op_settle_return(t, own, &acc, 1);
  return acc;
}

static void inner_loops_do_not_starve_outer_ones(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniRegion *own = NULL;
  for (int i = 0; i < 100000; i++) {
    omni_store(t, t->globals, 1, fill(t));
    if (omni_back_edges_due(t)) own = omni_op_settle_loop(t, own, NULL, 0);
  }
  CHECK(is_list_of(omni_slot(t->globals, 1), 10));
  CHECK(f.rt->stats.blocks_peak < 12);
  if (own) omni_op_settle_return(t, own, NULL, 0);
  fixture_end(&f);
}

/* A container that has received more than its region allocated is treated as
 * counted memory: what is overwritten in it dies at once. */
static void long_lived_container_becomes_a_home(void) {
  Fixture f = fixture_new(0, "verify");
  OmniThread *t = f.t;
  OmniValue box = make_box(t, OMNI_EMPTY);
  for (int i = 0; i < 5000; i++) {
    OmniRegion *own = open_own(t);
    garbage(t, 1000);
    omni_store(t, box, 1, list_of(t, 10));
    omni_op_settle_return(t, own, NULL, 0);
  }
  CHECK(omni_counted(t, omni_slot(box, 1)) && is_list_of(omni_slot(box, 1), 10));
  CHECK(f.rt->stats.blocks_peak < 12 && f.rt->stats.unit_bytes_peak < 2000);
  fixture_end(&f);
}

/* A chain of tail calls keeps one region, handed from frame to frame. */
static void handed_regions_stay_flat(void) {
  Fixture f = fixture_new(0, "verify");
  OmniThread *t = f.t;
  OmniValue arg = OMNI_EMPTY;
  for (int i = 0; i < 200000; i++) {
    OmniRegion *own = t->stack_limit == OMNI_POISONED ? omni_op_enter_slow(t) : NULL;
    OmniValue *mark = t->hold;
    arg = list_of(t, 3);
    if (own) omni_op_tail_hand(t, own, mark, &arg, 1, &f);
    CHECK(t->top->rank <= 2);
  }
  CHECK(is_list_of(arg, 3) && f.rt->stats.blocks_peak < 12);
  CHECK(f.rt->stats.regions_opened < 10000);
  omni_op_enter_slow_noown(t); /* a callee that owns nothing ends the chain */
  CHECK(t->top->rank == 1 && t->handed == NULL && is_list_of(arg, 3));
  fixture_end(&f);
}

static void shared_by_global_and_result(void) {
  Fixture f = fixture_new(1, "move,verify");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue inner = make_box(t, omni_fixnum(1));
  OmniValue outer = omni_cons(t, inner, OMNI_EMPTY);
  omni_store(t, t->globals, 1, inner);
  omni_op_settle_return(t, own, &outer, 1);
  CHECK(!omni_counted(t, outer) && omni_counted(t, omni_slot(outer, 0)));
  CHECK(omni_slot(outer, 0) == omni_slot(t->globals, 1));
  omni_store(t, omni_slot(outer, 0), 1, omni_fixnum(2));
  CHECK(omni_slot(omni_slot(t->globals, 1), 1) == omni_fixnum(2));
  fixture_end(&f);
}

static void stores_of_one_slot_are_listed_once(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  for (int i = 0; i < 100000; i++) omni_store(t, t->globals, 1, make_box(t, omni_fixnum(i)));
  CHECK(own->esc.count == 1);
  omni_op_settle_return(t, own, NULL, 0);
  CHECK(omni_slot(omni_slot(t->globals, 1), 1) == omni_fixnum(99999));
  fixture_end(&f);
}

static void lists_are_compacted(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  for (int i = 0; i < 100000; i++) { /* every entry stale at once */
    omni_store(t, t->globals, 1, make_box(t, omni_fixnum(i)));
    omni_store(t, t->globals, 1, OMNI_NOTHING);
  }
  CHECK(own->esc.count <= 64 && f.rt->stats.compactions > 1000);
  omni_op_settle_return(t, own, NULL, 0);
  fixture_end(&f);
}

/* ---- units ---- */

static OmniValue counted_list(OmniThread *t, int64_t n) {
  OmniRegion *own = open_own(t);
  omni_store(t, t->globals, 1, list_of(t, n));
  Outcome was = t->rt->stress.outcome;
  t->rt->stress.outcome = OUTCOME_MOVE;
  omni_op_settle_return(t, own, NULL, 0);
  t->rt->stress.outcome = was;
  return omni_slot(t->globals, 1);
}

static void release_of_a_chain_needs_no_depth(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  counted_list(t, 200000);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  CHECK(f.rt->stats.units_freed < 1000); /* a slice, not all of it at once */
  rti_release_slice(t, SIZE_MAX);
  CHECK(f.rt->stats.units_freed == 200000);
  CHECK(f.rt->units.drops_capacity == 64);
  fixture_end(&f);
}

static void units_of_every_size(void) {
  Fixture f = fixture_new(0, "poison");
  OmniThread *t = f.t;
  enum { N = 3000 };
  static OmniValue v[N];
  for (size_t n = 1; n <= N; n++) {
    OmniValue u = v[n - 1] = rti_unit_new(t, n * 3 % N + 1, false);
    size_t nwords = n * 3 % N + 1;
    omni_words(u)[0] = omni_header(OMNI_T_RAW_STORE, (uint32_t)nwords, 0);
    for (size_t i = 1; i < nwords; i++) omni_words(u)[i] = n;
    omni_retain_counted(u);
  }
  bool intact = true;
  for (size_t n = 1; n <= N; n++)
    for (size_t i = 1; i < n * 3 % N + 1; i++) intact &= omni_slot(v[n - 1], i) == n;
  CHECK(intact);
  for (size_t n = 0; n < N; n++) rti_release_counted(t, v[n]);
  CHECK(f.rt->stats.units_freed == N);
  fixture_end(&f);
}

static void weak_named_units_wait(void) {
  Fixture f = fixture_new(1, "verify");
  OmniThread *t = f.t;
  OmniRegion *outer = open_own(t);
  OmniValue box = counted_list(t, 1);
  OmniRegion *own = open_own(t);
  omni_store(t, box, 0, make_box(t, OMNI_EMPTY)); /* an entry names the unit */
  omni_store(t, t->globals, 1, OMNI_NOTHING);     /* and the unit dies */
  CHECK(f.rt->stats.units_freed == 1 && omni_slot(box, 0) == OMNI_NOTHING);
  CHECK(*rti_unit_header(box) & UNIT_WEAK_MASK);
  omni_op_settle_return(t, own, NULL, 0);
  CHECK(*rti_unit_header(box) == 0); /* the cell is free */
  omni_op_settle_return(t, outer, NULL, 0);
  fixture_end(&f);
}

static void cycles_are_freed_at_exit(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniValue l = counted_list(t, 2);
  omni_store(t, omni_slot(l, 1), 1, l);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  CHECK(f.rt->stats.units_freed == 0);
  omni_runtime_empty(f.rt);
  CHECK(f.rt->stats.units_freed_at_exit == 2 && f.rt->stats.units_leaked == 0);
  fixture_end(&f);
}

static void leaked_counts_are_told_from_cycles(void) {
  Fixture f = fixture_new(1, "");
  OmniValue l = counted_list(f.t, 3);
  omni_retain_counted(omni_slot(l, 1));
  omni_runtime_empty(f.rt);
  CHECK(f.rt->stats.units_freed_at_exit == 2 && f.rt->stats.units_leaked == 1);
  omni_runtime_destroy(f.rt);
  omni_port_destroy(f.port);
}

/* ---- holds ---- */

static void a_held_value_survives_its_container(void) {
  Fixture f = fixture_new(1, "poison");
  OmniThread *t = f.t;
  OmniValue *mark = t->hold, l = counted_list(t, 5);
  omni_hold(t, l);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  CHECK(is_list_of(l, 5));
  omni_op_hold_pop(t, mark, &l, 1);
  CHECK(is_list_of(l, 5) && t->hold == mark + 1);
  omni_op_hold_pop(t, mark, NULL, 0);
  CHECK(f.rt->stats.units_freed == 5);
  fixture_end(&f);
}

static void tail_calls_hand_over_in_constant_space(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniValue arg = counted_list(t, 3);
  omni_hold(t, arg);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  omni_op_tail_args(t, NULL, f.rt->holds, &arg, 1, &f);
  for (int i = 0; i < 1000000; i++) {
    OmniValue *mark = t->hold;
    omni_hold(t, arg);
    omni_op_tail_args(t, NULL, mark, &arg, 1, &f);
  }
  CHECK(t->hold == f.rt->holds + 2 && is_list_of(arg, 3));
  CHECK(UNIT_COUNT(*rti_unit_header(arg)) == 1);
  fixture_end(&f);
}

static void deep_hold_stack(void) {
  Fixture f = fixture_new(1, "");
  OmniThread *t = f.t;
  OmniValue l = counted_list(t, 1);
  for (int i = 0; i < 1000000; i++) omni_hold(t, l);
  omni_op_hold_pop(t, f.rt->holds, NULL, 0);
  CHECK(UNIT_COUNT(*rti_unit_header(l)) == 1);
  fixture_end(&f);
}

/* ---- identity, immortal memory ---- */

static void identity_moves_along(void) {
  Fixture f = fixture_new(1, "move");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue live[2] = {make_box(t, OMNI_EMPTY), omni_cons(t, OMNI_EMPTY, OMNI_EMPTY)};
  uint64_t a = omni_identity(t, live[0]), b = omni_identity(t, live[1]);
  omni_store(t, t->globals, 1, live[1]);
  omni_op_settle_return(t, own, live, 2);
  CHECK(a != b && omni_identity(t, live[0]) == a && omni_identity(t, live[1]) == b);
  CHECK(omni_counted(t, live[1]));
  fixture_end(&f);
}

static void identity_of_the_dead_is_forgotten(void) {
  Fixture f = fixture_new(0, "move");
  OmniThread *t = f.t;
  for (int i = 0; i < 1000; i++) {
    OmniRegion *own = open_own(t);
    for (int k = 0; k < 50; k++) omni_identity(t, make_box(t, OMNI_EMPTY));
    omni_op_settle_return(t, own, NULL, 0);
  }
  CHECK(f.rt->identity.used == 0 && f.rt->identity.capacity <= 512);
  fixture_end(&f);
}

static void immortal_edges_are_not_recorded(void) {
  Fixture f = fixture_new(1, "verify");
  OmniThread *t = f.t;
  OmniValue k = omni_cons_immortal(t, omni_fixnum(1), OMNI_EMPTY);
  CHECK(omni_is_immortal(t, k) && !omni_is_immortal(t, make_box(t, k)));
  OmniRegion *own = open_own(t);
  OmniValue b = make_box(t, k);
  omni_store(t, t->globals, 1, k);
  omni_op_settle_return(t, own, &b, 1);
  CHECK(omni_slot(b, 1) == k && f.rt->stats.esc_pushes == 0 && f.rt->stats.units_made == 1);
  fixture_end(&f);
}

/* ---- entry checks ---- */

static void regions_open_when_due(void) {
  Fixture f = fixture_new(0, "");
  OmniThread *t = f.t;
  CHECK(t->stack_limit != OMNI_POISONED);
  garbage(t, 3 * OMNI_BLOCK_NBYTES + (64 << 10));
  CHECK(t->stack_limit == OMNI_POISONED);
  omni_op_enter_slow_noown(t);
  CHECK(t->stack_limit != OMNI_POISONED && t->top->rank == 1);
  garbage(t, OMNI_BLOCK_NBYTES + 16);
  OmniRegion *own = omni_op_enter_slow(t);
  CHECK(own && own == t->top && own->rank == 2 && t->stack_limit != OMNI_POISONED);
  CHECK(omni_op_enter_slow(t) == NULL);
  omni_op_settle_return(t, own, NULL, 0);
  CHECK(t->stack_limit == OMNI_POISONED); /* the region below is still due */
  fixture_end(&f);
}

/* ---- settling is linear ---- */

static void deep_structures_need_no_stack(void) {
  Fixture f = fixture_new(1, "move");
  OmniThread *t = f.t;
  OmniRegion *own = open_own(t);
  OmniValue car = OMNI_EMPTY, cdr = OMNI_EMPTY;
  for (int i = 0; i < 300000; i++) {
    car = omni_cons(t, car, OMNI_EMPTY);
    cdr = omni_cons(t, OMNI_EMPTY, cdr);
  }
  omni_store(t, t->globals, 1, car);
  omni_op_settle_return(t, own, &cdr, 1);
  int n = 0;
  for (OmniValue v = omni_slot(t->globals, 1); omni_is_pair(v); v = omni_slot(v, 0)) n++;
  CHECK(n == 300000);
  omni_store(t, t->globals, 1, OMNI_NOTHING);
  rti_release_slice(t, SIZE_MAX);
  CHECK(f.rt->stats.units_freed == 300000);
  fixture_end(&f);
}

#define TESTS(X)                                                                            \
  X(empty_runtime) X(allocation_fills_blocks) X(large_objects_have_runs)                    \
  X(raw_words_are_not_traced) X(return_moves_a_small_result) X(return_splices_a_large_result) \
  X(renewal_keeps_what_lives) X(growing_list_stays_within_bounds)                           \
  X(splice_chain_joins_tags) X(sharing_and_cycles_survive) X(escape_to_an_older_region)     \
  X(escape_to_a_global_becomes_counted) X(overwritten_box_stays_flat)                       \
  X(long_lived_container_becomes_a_home) X(handed_regions_stay_flat)                        \
  X(inner_loops_do_not_starve_outer_ones)                                                   \
  X(shared_by_global_and_result) X(stores_of_one_slot_are_listed_once)                      \
  X(lists_are_compacted) X(release_of_a_chain_needs_no_depth) X(units_of_every_size)        \
  X(weak_named_units_wait) X(cycles_are_freed_at_exit)                                      \
  X(leaked_counts_are_told_from_cycles) X(a_held_value_survives_its_container)              \
  X(tail_calls_hand_over_in_constant_space) X(deep_hold_stack) X(identity_moves_along)      \
  X(identity_of_the_dead_is_forgotten) X(immortal_edges_are_not_recorded)                   \
  X(regions_open_when_due) X(deep_structures_need_no_stack)

int main(int argc, char **argv) {
  static const Test tests[] = {
#define X(name) {#name, name},
      TESTS(X)
#undef X
  };
  return RUN_TESTS(tests, argc, argv);
}
