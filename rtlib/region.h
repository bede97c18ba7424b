/* Internal structures of the memory core: blocks, tags, regions, units, the
 * runtime's record. Only the files of the core include this.
 *
 * Thread rule: everything here belongs to the thread that runs the program.
 * Errors: what allocates here never returns NULL unless it says so; running out
 * of memory ends in omni_error_memory.
 */
#ifndef OMNI_REGION_H
#define OMNI_REGION_H

#include <stdio.h>

#include "ops.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RTI_ASAN 1
#endif
#endif
#ifdef RTI_ASAN
#include <sanitizer/asan_interface.h>
#define RTI_CLOSE(p, n) __asan_poison_memory_region(p, n)
#define RTI_OPEN(p, n) __asan_unpoison_memory_region(p, n)
#else
#define RTI_CLOSE(p, n) ((void)(p), (void)(n))
#define RTI_OPEN(p, n) ((void)(p), (void)(n))
#endif

/* Stops at once: the runtime's own state is broken. Printed with the address,
 * what was expected and what was found. */
#define RTI_CHECK(cond, what, v) \
  do { if (OMNI_UNLIKELY(!(cond))) rti_corrupt(__FILE__, __LINE__, what, (uint64_t)(v)); } while (0)
_Noreturn void rti_corrupt(const char *file, int line, const char *what, uint64_t v);

/* ---- space.c: runs of blocks in one reserved range ----
 *
 *   base                 top                      limit
 *   | used and free runs | never used, or free again |
 *
 * Lengths are in blocks. `map` has a word per block; only the first and last
 * word of a free run mean something (its length), those of a used run are 0.
 * No two free runs touch, and none touches `top`. */
typedef struct FreeRun { struct FreeRun *next, *prev; size_t nblocks; } FreeRun;
#define SPACE_BINS 32
typedef struct Space {
  const OmniPort *port;
  char *base;
  size_t nblocks;          /* reserved */
  size_t top;              /* blocks below have been handed out */
  size_t committed;        /* blocks below are committed */
  size_t used, used_peak;  /* blocks in runs that are out */
  uint32_t *map;
  size_t map_committed, map_nbytes;
  FreeRun *bins[SPACE_BINS]; /* by log2 of the length */
} Space;
/* The range is reserved by the caller. False: out of memory. */
bool rti_space_init(Space *s, const OmniPort *port, char *base, size_t nbytes);
void rti_space_finish(Space *s); /* decommits; the range stays the caller's */
void *rti_space_take(Space *s, size_t nblocks); /* NULL: out of memory */
void rti_space_give(Space *s, void *p, size_t nblocks);

/* ---- block.c: blocks and tags ----
 *
 * Every block names a tag; the root of the tag's tree names the region. A tag
 * lives in the header of the first block its region got: all blocks that a
 * splice has joined die together, so a tag never outlives a block that names it. */
typedef struct Tag {
  struct Tag *parent;   /* NULL: root. The rest is valid in a root only. */
  OmniRegion *region;
  uint32_t rank, size;  /* size: tags joined here, for union by size */
  uint64_t count;       /* external counts: shared regions, fibers */
} Tag;

#define GRANULE_SHIFT 3
#define MARK_WORDS (OMNI_BLOCK_NBYTES >> GRANULE_SHIFT >> 6)
typedef struct Block {
  Tag *tag;
  struct Block *next;        /* in its region's list, or in the cache */
  struct Block *next_marked; /* measure: blocks with a mark set */
  struct Block *next_spare;  /* in its region's list of blocks with room */
  char *fill;                /* of a spare block: where its room begins */
  uint32_t nblocks;          /* more than 1, or one big object: a run */
  bool marked, identities;   /* identities: rti_identity has an entry in here */
  Tag own;
  uint64_t marks[MARK_WORDS]; /* measure; all zero at other times */
} Block;
_Static_assert(offsetof(Block, tag) == 0, "omni_same_tag");
#define BLOCK_ROOM (OMNI_BLOCK_NBYTES - sizeof(Block))
#define LARGE_NBYTES (OMNI_BLOCK_NBYTES / 2) /* from here on an object has a run of its own */
#define SPARE_NBYTES (OMNI_BLOCK_NBYTES / 32) /* a block with less room is full */

static inline Block *rti_block_of(OmniValue v) {
  return (Block *)(v & ~(OmniValue)(OMNI_BLOCK_NBYTES - 1));
}
Block *rti_block_take(OmniThread *t);
Block *rti_run_take(OmniThread *t, size_t nblocks);
void rti_block_give(OmniRuntime *rt, Block *b);
void rti_block_cache_drain(OmniRuntime *rt);
Tag *rti_tag_find_slow(Block *b);
static inline Tag *rti_tag_of(OmniValue v) {
  Block *b = rti_block_of(v);
  return OMNI_LIKELY(!b->tag->parent) ? b->tag : rti_tag_find_slow(b);
}
/* v is a reference that is not counted */
static inline OmniRegion *rti_region_of(OmniValue v) { return rti_tag_of(v)->region; }
static inline uint32_t rti_rank_of(OmniValue v) { return rti_tag_of(v)->rank; }
Tag *rti_tag_join(Tag *a, Tag *b); /* the new root; its region and rank are the caller's to set */

/* ---- region.c: regions and their lists ---- */

typedef struct Entry { OmniValue container; size_t index; } Entry;
typedef struct EntryList { Entry *items; size_t count, capacity; } EntryList;
#ifndef ENTRY_LIST_MIN
#define ENTRY_LIST_MIN 64 /* smaller in stress builds */
#endif

/* Invariants, with size(x) the bytes of objects:
 *   while t->top == r and outside a settle, the open block's free part is
 *   [t->bump, t->limit), otherwise [r->bump, r->limit);
 *   what lies between r->mark and the bump is not yet in size, fresh,
 *   allocated, credit;   rank == below->rank + 1;   tag == NULL iff no block. */
struct OmniRegion {
  Tag *tag;
  Block *blocks, *last;
  Block *large, *last_large;
  Block *spares, *last_spare; /* of blocks: not open, with room left */
  char *bump, *limit, *mark;
  EntryList esc;   /* edges into this region from older or counted containers */
  EntryList outs;  /* slots in this region that hold a count */
  size_t size;      /* in it now */
  size_t fresh;     /* since its last settle */
  size_t allocated; /* by its own frames and results, ever */
  size_t received;  /* moved in through esc, ever */
  size_t base;      /* size after its last settle */
  size_t credit;    /* bytes of tracing that its allocation has paid for */
  uintptr_t spliced_at; /* highest frame that was spliced into it since its last refill, or 0 */
  size_t loop_patience; /* polls deeper than that before back edges are left alone */
  uint32_t entry_patience; /* ... before entries are */
  OmniRegion *below;
  uint32_t rank;
  uint32_t nblocks;
};

OmniRegion *rti_region_new(OmniThread *t, OmniRegion *below, uint32_t rank);
void rti_region_push(OmniThread *t, OmniRegion *r);  /* opens r on top */
void rti_region_park(OmniThread *t);                 /* t->bump into the top region */
void rti_region_resume(OmniThread *t, OmniRegion *r); /* r is the top from here on */
void rti_region_account(OmniRegion *r, char *bump);
/* Another open block with room for nbytes; r is parked. True: a new one, r has
 * grown; false: one with room was left. */
bool rti_region_refill(OmniThread *t, OmniRegion *r, size_t nbytes);
/* The room [bump, limit) of one of r's blocks, which is not open any more. */
void rti_spare_add(OmniRegion *r, char *bump, char *limit);
OmniValue *rti_region_large(OmniThread *t, OmniRegion *r, size_t nbytes);
void rti_region_free_blocks(OmniThread *t, OmniRegion *r);
void rti_region_recycle(OmniRuntime *rt, OmniRegion *r);
void rti_region_destroy_pool(OmniRuntime *rt);
void rti_esc_push(OmniThread *t, OmniRegion *r, OmniValue c, size_t i);
void rti_outs_push(OmniThread *t, OmniRegion *r, OmniValue c, size_t i);
void rti_esc_drop(OmniThread *t, Entry e); /* gives the entry's weak count back */
void rti_list_free(OmniRuntime *rt, EntryList *l);
void rti_esc_join(OmniThread *t, OmniRegion *y, OmniRegion *p);
void rti_outs_join(OmniThread *t, OmniRegion *y, OmniRegion *p);
/* Abandons every region and hold: what an exit does. */
void rti_regions_abandon(OmniThread *t);

/* ---- unit.c: counted memory ---- */

typedef enum { UNIT_PLAIN, UNIT_DROPPING, UNIT_SEEN } UnitState;
#define UNIT_RUN 31u
#define UNIT_STATE(h) ((UnitState)((h) >> 5 & 3))
#define UNIT_PAIR ((uint64_t)1 << 7)
#define UNIT_IDENTITY ((uint64_t)1 << 8)
#define UNIT_WEAK_ONE ((uint64_t)1 << 9)
#define UNIT_WEAK_MASK (((uint64_t)1 << 32) - UNIT_WEAK_ONE)
#define UNIT_COUNT(h) ((uint32_t)((h) >> 32))

static inline uint64_t *rti_unit_header(OmniValue v) { return omni_words(v) - 1; }
/* A new unit with count 0, words not set. */
OmniValue rti_unit_new(OmniThread *t, size_t nwords, bool is_pair);
size_t rti_unit_nbytes(OmniValue v); /* of its cell or run */
void rti_release_counted(OmniThread *t, OmniValue v);
void rti_release_slice(OmniThread *t, size_t nunits); /* works on what is to be freed */
void rti_weak_retain(OmniValue v);
void rti_weak_release(OmniThread *t, OmniValue v);
/* Calls fn for every unit that is alive. fn may free no unit. */
void rti_units_walk(OmniRuntime *rt, void (*fn)(OmniThread *t, OmniValue v), OmniThread *t);
void rti_units_finish(OmniRuntime *rt);

typedef struct Slab Slab;
typedef struct Drop { OmniValue unit; size_t next; } Drop;
typedef struct Units {
  Space space;
  Slab *partial[UNIT_RUN];
  Slab *slabs, *runs;   /* all of them, for the walk at exit */
  Drop *drops;          /* work list of units whose count is zero */
  size_t ndrops, drops_capacity;
} Units;

/* ---- transmigrate.c: the one clone/trace loop ---- */

typedef struct Trace {
  OmniThread *t;
  OmniRegion *from;
  Tag *from_tag;
  OmniRegion *to;      /* move: destination, NULL = counted memory */
  size_t nbytes;       /* measure: reached; move: copied to `to` */
  size_t budget;       /* measure stops above it */
  Block *marked;
} Trace;
void rti_trace_begin(Trace *x, OmniThread *t, OmniRegion *from);
/* Read only: adds what v reaches in x->from. False: the budget is passed. */
bool rti_measure(Trace *x, OmniValue v);
void rti_measure_end(Trace *x);
/* The place of v after the move; v itself when it does not lie in x->from. */
OmniValue rti_move(Trace *x, OmniValue v, OmniRegion *to);
static inline bool rti_in(const Trace *x, OmniValue v) {
  return omni_is_ref(v) && !omni_counted(x->t, v) && rti_tag_of(v) == x->from_tag;
}
/* The words [first, end) of v that are values; none: first == end. */
static inline size_t rti_first_slot(OmniValue v, size_t *end);
/* Whether v, which lies in a region being settled, has been moved. */
static inline bool rti_forwarded(OmniValue v) {
  OmniValue w = omni_words(v)[0];
  return omni_is_pair(v) ? w == OMNI_FORWARD : (w & 1) == 0;
}
extern const uint16_t rti_first_slots[OMNI_TYPE_COUNT];
static inline size_t rti_nwords(OmniValue v) {
  return omni_is_pair(v) ? 2 : omni_header_nwords(omni_words(v)[0]);
}
static inline size_t rti_first_slot(OmniValue v, size_t *end) {
  if (omni_is_pair(v)) return *end = 2, 0;
  uint64_t h = omni_words(v)[0];
  *end = omni_header_nwords(h);
  size_t first = rti_first_slots[omni_header_type(h)];
  return first == OMNI_RAW || first > *end ? *end : first;
}

/* ---- store.c ---- */
/* Records the edge c[i] = v, which is already in the slot (memory.md 2.3). */
void rti_link(OmniThread *t, OmniValue c, size_t i, OmniValue v);

/* ---- settle.c ---- */
typedef enum { SETTLE_RETURN, SETTLE_RENEW } SettleKind;
bool rti_due(OmniThread *t, const OmniRegion *r);
void rti_poison_if_due(OmniThread *t, const OmniRegion *r);
/* y is on top; `frame` is the address of a frame called by the one that returns.
 * The region that is on top afterwards. */
OmniRegion *rti_settle(OmniThread *t, OmniRegion *y, SettleKind kind, OmniValue *live, size_t n,
                       const void *frame);
/* Leaves own, renewed if due, to the callee of a tail call. */
void rti_hand_over(OmniThread *t, OmniRegion *own, OmniValue *args, size_t n);

/* ---- hold.c ---- */
bool rti_holds_init(OmniRuntime *rt);
void rti_holds_finish(OmniRuntime *rt);
static inline void rti_hold_push(OmniThread *t, OmniValue word) {
  if (OMNI_UNLIKELY(t->hold == t->hold_limit)) omni_hold_grow(t);
  *t->hold++ = word;
}
void rti_holds_drop_to(OmniThread *t, OmniValue *mark);

/* ---- identity.c ---- */
void rti_identity_move(OmniThread *t, OmniValue from, OmniValue to);
void rti_identity_forget_block(OmniThread *t, Block *b);
void rti_identity_forget(OmniThread *t, OmniValue v);
void rti_identity_finish(OmniRuntime *rt);
typedef struct IdentityTable {
  struct { OmniValue key; uint64_t id; } *slots;
  size_t used, dead, capacity;
  uint64_t next_id;
} IdentityTable;

/* ---- cycles.c ---- */
/* Nothing but units is left: frees those that only cycles keep alive. */
void rti_cycles_free_all(OmniThread *t);

/* ---- stress.c ---- */
typedef enum { OUTCOME_AUTO, OUTCOME_MOVE, OUTCOME_SPLICE, OUTCOME_RANDOM } Outcome;
typedef struct Stress {
  Outcome outcome;
  bool settle_always; /* every poll point is due */
  bool units_always;  /* home = counted memory */
  bool poison;        /* known bytes in fresh and freed memory */
  bool verify;        /* the closure verifier after each settle */
  bool credit_zero;   /* no budget but for empty roots */
  uint64_t random;    /* state of OUTCOME_RANDOM */
} Stress;
/* Reads OMNI_STRESS=a,b,...; false: an unknown word, named on stderr. */
bool rti_stress_parse(Stress *s, const char *text);
uint64_t rti_stress_random(Stress *s);
#define RTI_BYTE_FRESH 0xa5
#define RTI_BYTE_FREED 0xdb

/* ---- verify.c ---- */
/* Checks I1 and I2 on everything reachable from live values, holds, globals and
 * escape lists; a broken rule stops the program with a message. */
void rti_verify(OmniThread *t, const OmniValue *live, size_t n);

/* ---- stats.c ---- */
typedef struct Stats {
  uint64_t bytes_allocated, bytes_moved, bytes_traced, bytes_received, bytes_spliced;
  uint64_t bytes_allocated_units, bytes_immortal;
  uint64_t regions_opened, regions_settled, regions_moved, regions_spliced, regions_detached;
  uint64_t regions_renewed, regions_open, regions_open_peak;
  uint64_t blocks_out, blocks_peak, large_bytes, large_peak;
  uint64_t escape_repairs, esc_pushes, outs_pushes, compactions, barrier_slow;
  uint64_t units_made, units_freed, units_freed_at_exit, units_leaked, unit_bytes, unit_bytes_peak;
  uint64_t holds, holds_peak, polls;
  uint64_t smell_received, smell_survived; /* the frame region that received most */
} Stats;
void rti_stats_print(const OmniRuntime *rt, FILE *to, bool json);

/* ---- runtime.c: the rest of the context ---- */
struct OmniRuntime {
  OmniThread thread;
  const OmniPort *port;
  const OmniProgram *program;
  char *range;           /* one reservation: blocks below, units above */
  size_t range_nbytes;
  Space blocks;
  Block *cache;          /* free single blocks, most recent first */
  size_t ncached;
  Units units;
  OmniRegion immortal;   /* rank 0 */
  OmniRegion *pool;      /* closed region records, linked by below */
  uintptr_t stack_limit; /* the true one */
  size_t step;           /* region growth step */
  OmniValue *holds;      /* the hold stack's reservation */
  size_t holds_nbytes;
  OmniValue *work;       /* transmigrate's work list */
  size_t nwork, work_capacity;
  IdentityTable identity;
  Stress stress;
  Stats stats;
  void *state[RTI_STATE_COUNT];
  /* start.c */
  int argc;
  char **argv;
  int status;
  volatile int interrupted; /* Ctrl-C came: the next poll calls on_interrupt */
  void (*on_interrupt)(OmniThread *t);
  void *main_stack;      /* where omni_exit goes back to */
  char *stack;
  size_t stack_nbytes;
};
/* Bytes that the program still has out: blocks but those of the immortal
 * region, units, lists. Zero after omni_runtime_empty. */
size_t rti_outstanding(const OmniRuntime *rt);
/* Gives up holds, globals, regions, and what only cycles keep: every byte but
 * immortal data and the runtime's own record. */
void omni_runtime_empty(OmniRuntime *rt);

/* ---- constants.c ---- */
void rti_constants_unpack(OmniThread *t, const OmniProgram *program);

/* ---- stack_*.S ---- */
/* Runs fn(arg) on the stack that ends at `top`; *saved is where a leave goes
 * back to, as if fn had returned. */
void rti_stack_enter(void *top, void (*fn)(void *), void *arg, void **saved);
_Noreturn void rti_stack_leave(void *saved);

#endif
