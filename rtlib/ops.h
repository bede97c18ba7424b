/* The memory operations that compiled code calls (plain C calling convention).
 * The fast tests stand in ops_inline.c and in the lowering; these are what they
 * call when a test fails.
 *
 * The frame protocol (memory.md 2.4, 2.5, 2.7)
 *
 *   entry      if (sp < t->stack_limit) own = omni_op_enter_slow(t), else own = NULL
 *              mark = t->hold                     (frames that hold)
 *   back edge  if (t->stack_limit & OMNI_BACK_EDGES_DUE)
 *                own = omni_op_settle_loop(t, own, live, n)
 *              if (t->hold != mark) omni_op_hold_pop(t, mark, live, n)
 *   return     if (own) omni_op_settle_return(t, own, live, n)
 *              if (t->hold != mark) omni_op_hold_pop(t, mark, live, n)
 *   tail call  if (own || t->hold != mark)
 *                omni_op_tail_args(t, own, mark, args, n, frame), or _hand
 *
 * `live` is an array in the caller's frame of every value that is used later
 * and may be a reference (immediates are welcome); each is replaced in place.
 * Settling comes first and pops second: the settle holds what is counted among
 * the live values, the pop keeps one count of each and drops the rest.
 *
 * A value that a call returned is protected only until the next operation that
 * may drop: whoever uses it after that holds it.
 */
#ifndef OMNI_OPS_H
#define OMNI_OPS_H

#include "rti.h"

/* The stack limit has three states: true (even), poisoned for entries and back
 * edges (above every stack address, odd), poisoned for back edges alone (a true
 * limit with the lowest bit set, which no entry check sees). */
#define OMNI_POISONED UINTPTR_MAX
#define OMNI_BACK_EDGES_DUE ((uintptr_t)1)
static inline bool omni_back_edges_due(const OmniThread *t) {
  return t->stack_limit & OMNI_BACK_EDGES_DUE;
}

/* The entry check failed. A real overflow ends in omni_error_stack; when a
 * region is due, opens one on top for the calling frame and returns it. */
OmniRegion *omni_op_enter_slow(OmniThread *t);
/* For functions that never own a region. The limit is restored; the allocator's
 * next slow path poisons it again. */
void omni_op_enter_slow_noown(OmniThread *t);

/* own is on top. Settles it into the region below. */
void omni_op_settle_return(OmniThread *t, OmniRegion *own, OmniValue *live, size_t n);

/* The limit was found poisoned at a back edge. Opens a region (own NULL) or
 * renews own, if due. Returns the frame's own region from here on. */
OmniRegion *omni_op_settle_loop(OmniThread *t, OmniRegion *own, OmniValue *live, size_t n);

/* Pops the hold stack to mark, keeping what is counted among live. */
void omni_op_hold_pop(OmniThread *t, OmniValue *mark, OmniValue *live, size_t n);

/* Before a tail call: args (the callee's closure among them) are what lives on.
 * Settles own as at a return, pops to mark, drops the arguments that an earlier
 * tail call of this activation handed over, and hands over the counted args.
 * `frame` is the address of the frame's return-address slot (any address that
 * stays the same through a chain of tail calls and is deeper than every frame
 * further out will do). */
void omni_op_tail_args(OmniThread *t, OmniRegion *own, OmniValue *mark, OmniValue *args, size_t n,
                       const void *frame);
/* The same before a tail call of code that makes an entry check, its own region
 * permitted or not: own stays open (settled if due) and is handed to the callee
 * through t->handed. What the callee's entry check finds there it adopts, or
 * splices if it never owns. A callee without an entry check would leave it to
 * the wrong frame: use omni_op_tail_args for that. */
void omni_op_tail_hand(OmniThread *t, OmniRegion *own, OmniValue *mark, OmniValue *args, size_t n,
                       const void *frame);

/* ---- call.c ---- */

OmniCode omni_op_callee_slow(OmniThread *t, const OmniSite *site, OmniValue f) OMNI_SLOW;
OmniValue omni_op_unbound_global(OmniThread *t, const OmniSite *site, int64_t index);
int64_t omni_op_spread(OmniThread *t, const OmniSite *site, int64_t n, const OmniValue *argv);
OmniValue omni_op_rest(OmniThread *t, int64_t from, int64_t argc, OmniValue a0, OmniValue a1,
                       OmniValue a2);
OmniValue omni_op_arity_error(OmniThread *t, const OmniSite *site, OmniValue f, int64_t argc);

#endif
