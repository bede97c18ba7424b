/* The hold stack: counts kept for a frame's use (memory.md 2.7).
 *
 * It lies in a reservation of its own that is committed as it grows, so pushing
 * is a compare, a store and a bump; entries never move. A word is
 *
 *   a counted reference   one count, given back when the word is popped
 *   an aligned address    (low bits 00) the word below it was handed over at a
 *                         tail call by the activation with this frame address
 *
 * The arguments of a tail call outlive the frame that made it, so they lie
 * below the callee's mark. The next tail call of the same activation finds them
 * on top, once it has popped to its mark, and drops them: 10^9 tail calls need
 * the room of one. Frames deeper than the caller's are gone by then, so what
 * they handed over goes too.
 */
#include "region.h"

#define HOLDS_NBYTES ((size_t)16 << 30)
#define HOLDS_NBYTES_MIN ((size_t)1 << 20)
#define HOLDS_STEP ((size_t)64 << 10)

bool rti_holds_init(OmniRuntime *rt) {
  const OmniPort *port = rt->port;
  size_t n = HOLDS_NBYTES;
  do rt->holds = port->page_reserve(port->ctx, n, HOLDS_STEP);
  while (!rt->holds && (n /= 4) >= HOLDS_NBYTES_MIN);
  if (!rt->holds) return false;
  rt->holds_nbytes = n;
  rt->thread.hold = rt->thread.hold_limit = rt->holds;
  return true;
}

static size_t committed(const OmniRuntime *rt) {
  return (size_t)(rt->thread.hold_limit - rt->holds) * sizeof(OmniValue);
}

void rti_holds_finish(OmniRuntime *rt) {
  const OmniPort *port = rt->port;
  if (!rt->holds) return;
  if (committed(rt)) port->page_decommit(port->ctx, rt->holds, committed(rt));
  port->page_release(port->ctx, rt->holds, rt->holds_nbytes);
  rt->holds = rt->thread.hold = rt->thread.hold_limit = NULL;
}

void omni_hold_grow(OmniThread *t) {
  OmniRuntime *rt = t->rt;
  size_t have = committed(rt), step = have < HOLDS_STEP ? HOLDS_STEP : have / 2;
  step = (step + HOLDS_STEP - 1) / HOLDS_STEP * HOLDS_STEP;
  if (step > rt->holds_nbytes - have) step = rt->holds_nbytes - have;
  if (!step || !rt->port->page_commit(rt->port->ctx, (char *)rt->holds + have, step))
    omni_error_memory(t, step);
  t->hold_limit += step / sizeof(OmniValue);
  rt->stats.holds_peak = (uint64_t)(t->hold_limit - rt->holds);
}

void omni_hold(OmniThread *t, OmniValue v) { omni_hold_inline(t, v); }

void rti_holds_drop_to(OmniThread *t, OmniValue *mark) {
  while (t->hold > mark) {
    OmniValue w = *--t->hold;
    if (omni_is_ref(w)) rti_release_counted(t, w);
  }
}

void omni_op_hold_pop(OmniThread *t, OmniValue *mark, OmniValue *live, size_t n) {
  for (size_t k = 0; k < n; k++)
    if (omni_counted(t, live[k])) omni_retain_counted(live[k]);
  rti_holds_drop_to(t, mark);
  for (size_t k = 0; k < n; k++)
    if (omni_counted(t, live[k])) rti_hold_push(t, live[k]);
}

/* What this activation, or one deeper, handed over at its last tail call. */
static void drop_handed(OmniThread *t, uintptr_t frame) {
  while (t->hold > t->rt->holds) {
    OmniValue w = t->hold[-1];
    if (omni_is_ref(w) || w > frame) return;
    rti_holds_drop_to(t, t->hold - 2);
  }
}

/* Counts what is counted among the arguments, then drops what the frame and its
 * predecessors in this activation held, then pushes the arguments. */
static void hand_over_args(OmniThread *t, OmniValue *mark, const OmniValue *args, size_t n,
                           const void *frame) {
  uintptr_t f = (uintptr_t)frame & ~(uintptr_t)7;
  for (size_t k = 0; k < n; k++)
    if (omni_counted(t, args[k])) omni_retain_counted(args[k]);
  rti_holds_drop_to(t, mark);
  drop_handed(t, f);
  for (size_t k = 0; k < n; k++) {
    if (!omni_counted(t, args[k])) continue;
    rti_hold_push(t, args[k]);
    rti_hold_push(t, f);
  }
}

void omni_op_tail_args(OmniThread *t, OmniRegion *own, OmniValue *mark, OmniValue *args, size_t n,
                       const void *frame) {
  if (own) omni_op_settle_return(t, own, args, n);
  hand_over_args(t, mark, args, n, frame);
}

void omni_op_tail_hand(OmniThread *t, OmniRegion *own, OmniValue *mark, OmniValue *args, size_t n,
                       const void *frame) {
  if (own) rti_hand_over(t, own, args, n);
  hand_over_args(t, mark, args, n, frame);
}
