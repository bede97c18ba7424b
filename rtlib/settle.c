/* When regions open, and how they are settled (memory.md 2.4).
 *
 * The allocator poisons the stack limit when the top region has grown by a step
 * since its last settle; the next entry of a function that can own a region
 * opens one, the next back edge opens or renews the loop's own. A settle has
 * two outcomes. It first measures what survives: roots are the live values that
 * the compiled code names and the valid entries of the escape list. If that is
 * little (at most a third of the region, and paid for by its trace credit), the
 * survivors move to where they belong and the blocks are free; otherwise the
 * region is spliced into the one below, or stays as it is at a back edge, and
 * nothing moves.
 *
 * After the splice of a small region the one below has lost nothing, so for a
 * frame as deep another region would only repeat that, but a loop or a call
 * further out may well be able to drop it all. So the limit stays poisoned,
 * and until the region takes a new block only polls of frames further out are
 * heard. Those deeper down wait; when their patience is at an end entries are left
 * alone, and, after many more in proportion to what waits, back edges.
 *
 * Order of a move: escapes into counted memory first, then older containers
 * before younger, live values last. So no copy ever lies in a younger region
 * than something that was copied before it and points to it, without an entry.
 */
#include "region.h"

#define WORTHY_NBYTES ((size_t)16 << 10)
#define ENTRY_PATIENCE 64
#define LOOP_PATIENCE_MIN 1024
#define LOOP_PATIENCE_BYTES 16 /* of what waits, per poll that waits */

static bool due_at(const OmniRuntime *rt, const OmniRegion *r, size_t threshold) {
  return rt->stress.settle_always || r->fresh >= threshold;
}

/* Whether r has grown enough for another to open above it. What the open block
 * has taken since the last slow path is not in fresh yet: small change. */
bool rti_due(OmniThread *t, const OmniRegion *r) { return due_at(t->rt, r, t->rt->step); }

typedef enum { LIMIT_TRUE, LIMIT_LOOPS, LIMIT_POISONED } Limit;

static void limit_set(OmniThread *t, Limit limit) {
  const OmniRuntime *rt = t->rt;
  if (limit == LIMIT_POISONED || rt->stress.settle_always) t->stack_limit = OMNI_POISONED;
  else t->stack_limit = rt->stack_limit | (limit == LIMIT_LOOPS ? OMNI_BACK_EDGES_DUE : 0);
}

void rti_poison_if_due(OmniThread *t, const OmniRegion *r) {
  if (rti_due(t, r)) t->stack_limit = OMNI_POISONED;
}

/* ---- entry ---- */

static void check_stack(OmniThread *t) {
  t->rt->stats.polls++;
  rti_interrupt_check(t);
  if ((uintptr_t)__builtin_frame_address(0) < t->rt->stack_limit) omni_error_stack(t, NULL);
}

/* The limit is restored even when everything is due: the frame may enter
 * itself again inside the region. */
static OmniRegion *open_region(OmniThread *t) {
  OmniRegion *r = rti_region_new(t, t->top, t->top->rank + 1);
  rti_region_push(t, r);
  t->stack_limit = t->rt->stack_limit;
  return r;
}

/* The region that a tail call handed over, for the frame that is entered. */
static OmniRegion *adopt_handed(OmniThread *t) {
  OmniRegion *own = t->handed;
  t->handed = NULL;
  limit_set(t, LIMIT_TRUE);
  return own;
}

/* Whether the poll of a frame is to wait for one of a frame further out. */
static bool deeper_than_splice(const OmniRuntime *rt, const OmniRegion *r, const void *frame) {
  return (uintptr_t)frame <= r->spliced_at && !rt->stress.settle_always;
}

/* Which polls are still asked to wait. */
static Limit limit_of_patience(const OmniRegion *r) {
  if (r->entry_patience) return LIMIT_POISONED;
  return r->loop_patience ? LIMIT_LOOPS : LIMIT_TRUE;
}

/* The poll of a frame that owns nothing; each kind of poll has its patience. */
static OmniRegion *poll_open(OmniThread *t, const void *frame, bool at_entry) {
  OmniRegion *top = t->top;
  if (!rti_due(t, top)) {
    limit_set(t, LIMIT_TRUE);
    return NULL;
  }
  if (!deeper_than_splice(t->rt, top, frame)) return open_region(t);
  if (at_entry && top->entry_patience) top->entry_patience--;
  if (!at_entry && top->loop_patience) top->loop_patience--;
  limit_set(t, limit_of_patience(top));
  return NULL;
}

OmniRegion *omni_op_enter_slow(OmniThread *t) {
  check_stack(t);
  return t->handed ? adopt_handed(t) : poll_open(t, __builtin_frame_address(0), true);
}

/* ---- the settle ---- */

/* A valid escape, and where its target goes. */
typedef struct Escape { uint32_t rank; bool counted; size_t index; } Escape;
typedef struct Escapes { Escape *items; size_t count, capacity; } Escapes;

/* home(c): counted memory if c is counted, or if its region has received more
 * than it ever allocated; NULL stands for it. */
static OmniRegion *home(OmniThread *t, OmniValue c) {
  if (omni_counted(t, c) || t->rt->stress.units_always) return NULL;
  OmniRegion *r = rti_region_of(c);
  return r->received > t->rt->step + r->allocated ? NULL : r;
}

static bool escape_valid(const Trace *x, Entry e) {
  if (!rti_in(x, omni_words(e.container)[e.index])) return false;
  return omni_counted(x->t, e.container) || rti_tag_of(e.container) != x->from_tag;
}

static bool measure_all(Trace *x, const OmniValue *live, size_t n) {
  bool fits = true;
  for (size_t k = 0; k < n && fits; k++) fits = rti_measure(x, live[k]);
  const EntryList *esc = &x->from->esc;
  for (size_t k = 0; k < esc->count && fits; k++) {
    Entry e = esc->items[k];
    if (escape_valid(x, e)) fits = rti_measure(x, omni_words(e.container)[e.index]);
  }
  rti_measure_end(x);
  return fits;
}

/* Whether the survivors are few enough to move. */
static bool worth_moving(OmniThread *t, OmniRegion *y, SettleKind kind, const OmniValue *live,
                         size_t n) {
  Stress *s = &t->rt->stress;
  Trace x;
  rti_trace_begin(&x, t, y);
  size_t credit = s->credit_zero ? 0 : kind == SETTLE_RETURN ? y->credit / 2 : y->credit;
  x.budget = y->size / 3 < credit ? y->size / 3 : credit;
  if (s->outcome == OUTCOME_MOVE) x.budget = SIZE_MAX;
  bool fits = measure_all(&x, live, n);
  y->credit -= x.nbytes < y->credit ? x.nbytes : y->credit;
  t->rt->stats.bytes_traced += x.nbytes;
  if (s->outcome == OUTCOME_SPLICE) return false;
  if (s->outcome == OUTCOME_RANDOM) return rti_stress_random(s) & 1;
  return fits;
}

static bool before(const Escape *a, const Escape *b) {
  if (a->counted != b->counted) return a->counted;
  return a->rank != b->rank ? a->rank < b->rank : a->index < b->index;
}

/* Shell sort: the index makes the order total, so equal ranks keep theirs. */
static void sort_escapes(Escapes *s) {
  size_t gap = 1;
  while (gap < s->count / 3) gap = gap * 3 + 1;
  for (; gap; gap /= 3)
    for (size_t i = gap; i < s->count; i++) {
      Escape e = s->items[i];
      size_t j = i;
      for (; j >= gap && before(&e, &s->items[j - gap]); j -= gap) s->items[j] = s->items[j - gap];
      s->items[j] = e;
    }
}

static void collect_escapes(Trace *x, Escapes *s) {
  const EntryList *esc = &x->from->esc;
  bool sorted = true;
  for (size_t k = 0; k < esc->count; k++) {
    Entry e = esc->items[k];
    if (!escape_valid(x, e)) continue;
    OmniRegion *w = home(x->t, e.container);
    s->items[s->count] = (Escape){.rank = w ? w->rank : 0, .counted = !w, .index = k};
    if (s->count && before(&s->items[s->count], &s->items[s->count - 1])) sorted = false;
    s->count++;
  }
  if (!sorted) sort_escapes(s);
}

static void repair(Trace *x, Entry e, bool counted) {
  OmniThread *t = x->t;
  OmniValue *slot = omni_words(e.container) + e.index;
  if (!rti_in(x, *slot)) return; /* an entry that stands twice */
  OmniRegion *w = counted ? NULL : rti_region_of(e.container);
  x->nbytes = 0;
  *slot = rti_move(x, *slot, w);
  rti_link(t, e.container, e.index, *slot);
  if (w) w->received += x->nbytes;
  t->rt->stats.bytes_received += x->nbytes;
  t->rt->stats.escape_repairs++;
}

static void move_escapes(Trace *x) {
  OmniThread *t = x->t;
  const EntryList *esc = &x->from->esc;
  if (!esc->count) return;
  const OmniPort *port = t->rt->port;
  Escapes s = {.capacity = esc->count};
  s.items = omni_port_alloc(port, s.capacity * sizeof *s.items);
  if (!s.items) omni_error_memory(t, s.capacity * sizeof *s.items);
  collect_escapes(x, &s);
  for (size_t k = 0; k < s.count; k++) repair(x, esc->items[s.items[k].index], s.items[k].counted);
  omni_port_free(port, s.items, s.capacity * sizeof *s.items);
}

/* What became counted by the move has no count for the frame yet. */
static void move_live(Trace *x, OmniRegion *p, OmniValue *live, size_t n) {
  for (size_t k = 0; k < n; k++) {
    if (!rti_in(x, live[k])) continue;
    size_t had = p->size;
    live[k] = rti_move(x, live[k], p);
    p->allocated += p->size - had;
    omni_hold_inline(x->t, live[k]);
  }
}

static void drop_outs(Trace *x) {
  const EntryList *outs = &x->from->outs;
  for (size_t k = 0; k < outs->count; k++) {
    Entry e = outs->items[k];
    if (rti_forwarded(e.container)) continue;
    OmniValue *slot = omni_words(e.container) + e.index, v = *slot;
    if (!omni_counted(x->t, v)) continue;
    *slot = OMNI_NOTHING;
    rti_release_counted(x->t, v);
  }
}

/* Survivors leave y for good. */
static void move_out(OmniThread *t, OmniRegion *y, OmniRegion *p, OmniValue *live, size_t n) {
  Trace x;
  rti_trace_begin(&x, t, y);
  if (y->tag) {
    move_escapes(&x);
    move_live(&x, p, live, n);
    drop_outs(&x);
  }
  for (size_t k = 0; k < y->esc.count; k++) rti_esc_drop(t, y->esc.items[k]);
  rti_region_free_blocks(t, y);
}

/* p bumps on in the block with more room; the other one is kept for later. */
static void splice_open_block(OmniRegion *y, OmniRegion *p) {
  size_t room_y = (uintptr_t)y->limit - (uintptr_t)y->bump;
  size_t room_p = (uintptr_t)p->limit - (uintptr_t)p->bump;
  if (room_y > room_p) {
    rti_spare_add(p, p->bump, p->limit);
    p->bump = y->bump, p->limit = y->limit, p->mark = y->mark;
  } else {
    rti_spare_add(p, y->bump, y->limit);
  }
}

static void append(Block **list, Block **last, Block *more, Block *last_more, size_t link) {
  if (!more) return;
  if (*list) *(Block **)(void *)((char *)*last + link) = more;
  else *list = more;
  *last = last_more;
}

static void splice_blocks(OmniRegion *y, OmniRegion *p) {
  append(&p->blocks, &p->last, y->blocks, y->last, offsetof(Block, next));
  append(&p->large, &p->last_large, y->large, y->last_large, offsetof(Block, next));
  append(&p->spares, &p->last_spare, y->spares, y->last_spare, offsetof(Block, next_spare));
  splice_open_block(y, p);
}

/* Gives y to p, the region below: nothing is copied, no block is visited. */
static void splice(OmniThread *t, OmniRegion *y, OmniRegion *p) {
  if (y->tag) {
    Tag *root = p->tag ? rti_tag_join(p->tag, y->tag) : y->tag;
    root->region = p;
    root->rank = p->rank;
    p->tag = root;
  }
  splice_blocks(y, p);
  p->nblocks += y->nblocks;
  p->size += y->size;
  p->fresh += y->size;
  p->allocated += y->allocated;
  p->received += y->received;
  p->credit += y->credit;
  t->rt->stats.bytes_spliced += y->size;
  rti_esc_join(t, y, p);
  rti_outs_join(t, y, p);
}

/* Nobody adopted the handed region: it joins the one below, which needs to know
 * of no live value. */
static void splice_handed(OmniThread *t) {
  OmniRegion *y = t->handed, *p = y->below;
  RTI_CHECK(t->top == y, "a handed region is not on top", (uintptr_t)y);
  t->handed = NULL;
  t->rt->stats.regions_spliced++;
  rti_region_park(t);
  splice(t, y, p);
  rti_region_resume(t, p);
  rti_region_recycle(t->rt, y);
}

void omni_op_enter_slow_noown(OmniThread *t) {
  check_stack(t);
  if (t->handed) splice_handed(t);
  OmniRegion *top = t->top;
  bool waits = top->spliced_at && rti_due(t, top);
  if (waits && top->entry_patience) top->entry_patience--;
  limit_set(t, waits ? limit_of_patience(top) : LIMIT_TRUE);
}

/* Nothing leads into y, and nothing in it holds a count: the common end. */
static bool nothing_survives(OmniThread *t, const OmniRegion *y, const OmniValue *live, size_t n) {
  if (!y->tag) return y->esc.count == 0;
  if (y->esc.count || y->outs.count) return false;
  for (size_t k = 0; k < n; k++)
    if (omni_is_ref(live[k]) && !omni_counted(t, live[k]) && rti_tag_of(live[k]) == y->tag)
      return false;
  return t->rt->stress.outcome == OUTCOME_AUTO;
}

static void note_smell(Stats *st, const OmniRegion *y, size_t survived) {
  if (y->received <= st->smell_received) return;
  st->smell_received = y->received;
  st->smell_survived = survived;
}

/* A region worth its opening has no followers to hold back. */
static void note_splice(OmniThread *t, OmniRegion *p, size_t nbytes, uintptr_t frame) {
  if (nbytes >= WORTHY_NBYTES) p->spliced_at = 0;
  else if (frame > p->spliced_at) p->spliced_at = frame;
  p->entry_patience = ENTRY_PATIENCE;
  p->loop_patience = LOOP_PATIENCE_MIN + p->fresh / LOOP_PATIENCE_BYTES;
  limit_set(t, rti_due(t, p) ? LIMIT_POISONED : LIMIT_TRUE);
}

static OmniRegion *settle_return(OmniThread *t, OmniRegion *y, OmniValue *live, size_t n,
                                 const void *frame) {
  OmniRegion *p = y->below;
  Stats *st = &t->rt->stats;
  size_t nbytes = y->size;
  bool empty = nothing_survives(t, y, live, n);
  bool moves = empty || worth_moving(t, y, SETTLE_RETURN, live, n);
  if (empty) {
    st->regions_moved++;
    rti_region_free_blocks(t, y);
  } else if (moves) {
    st->regions_moved++;
    size_t had = p->size;
    move_out(t, y, p, live, n);
    note_smell(st, y, p->size - had);
  } else {
    st->regions_spliced++;
    splice(t, y, p);
  }
  rti_region_resume(t, p);
  rti_region_recycle(t->rt, y);
  if (moves) limit_set(t, rti_due(t, p) ? LIMIT_POISONED : LIMIT_TRUE);
  else note_splice(t, p, nbytes, (uintptr_t)frame);
  return p;
}

static OmniRegion *settle_renew(OmniThread *t, OmniRegion *y, OmniValue *live, size_t n) {
  Stats *st = &t->rt->stats;
  st->regions_renewed++;
  if (!nothing_survives(t, y, live, n) && !worth_moving(t, y, SETTLE_RENEW, live, n)) {
    st->regions_spliced++;
    y->base = y->size;
    y->fresh = 0;
    rti_region_resume(t, y);
    limit_set(t, LIMIT_TRUE);
    return y;
  }
  st->regions_moved++;
  OmniRegion *p = rti_region_new(t, y->below, y->rank);
  move_out(t, y, p, live, n);
  note_smell(st, y, p->size);
  p->base = p->size;
  p->fresh = 0;
  p->credit = y->credit;
  rti_region_resume(t, p);
  rti_region_recycle(t->rt, y);
  limit_set(t, LIMIT_TRUE);
  return p;
}

OmniRegion *rti_settle(OmniThread *t, OmniRegion *y, SettleKind kind, OmniValue *live, size_t n,
                       const void *frame) {
  if (OMNI_UNLIKELY(t->handed != NULL)) splice_handed(t);
  RTI_CHECK(t->top == y, "a region is settled that is not on top", (uintptr_t)y);
  t->rt->stats.regions_settled++;
  rti_region_park(t);
  for (size_t k = 0; k < n; k++) omni_hold_inline(t, live[k]);
  OmniRegion *p = kind == SETTLE_RETURN ? settle_return(t, y, live, n, frame)
                                        : settle_renew(t, y, live, n);
  if (OMNI_UNLIKELY(t->rt->stress.verify)) rti_verify(t, live, n);
  return p;
}

/* ---- what compiled code calls ---- */

void omni_op_settle_return(OmniThread *t, OmniRegion *own, OmniValue *live, size_t n) {
  rti_settle(t, own, SETTLE_RETURN, live, n, __builtin_frame_address(0));
}

/* Whether a region has grown enough since its last settle for another one. */
static bool renewal_due(const OmniRuntime *rt, const OmniRegion *r) {
  size_t half = r->base / 2;
  return due_at(rt, r, half > rt->step ? half : rt->step);
}

OmniRegion *omni_op_settle_loop(OmniThread *t, OmniRegion *own, OmniValue *live, size_t n) {
  t->rt->stats.polls++;
  rti_interrupt_check(t);
  if (OMNI_UNLIKELY(t->handed != NULL)) splice_handed(t);
  if (!own) return poll_open(t, __builtin_frame_address(0), false);
  if (t->top == own && renewal_due(t->rt, own))
    return rti_settle(t, own, SETTLE_RENEW, live, n, NULL);
  limit_set(t, LIMIT_TRUE);
  return own;
}

void rti_hand_over(OmniThread *t, OmniRegion *own, OmniValue *args, size_t n) {
  if (renewal_due(t->rt, own)) own = rti_settle(t, own, SETTLE_RENEW, args, n, NULL);
  t->handed = own;
  t->stack_limit = OMNI_POISONED;
}
