/* The hot paths of memory that are inlined into every file of the runtime and,
 * as bitcode, into compiled programs: allocation, the constructor store, the
 * store barrier, holds. Included at the end of rti.h; needs nothing of
 * region.h. The rare paths are out of line, cold and preserve_most, so that a
 * call of one costs the fast path no registers.
 *
 * Two address ranges are reserved side by side: blocks below t->unit_base,
 * units from there on, and no reference points anywhere else. So one compare
 * answers `counted`; no memory is read.
 */
#ifndef OMNI_MEMORY_INLINE_H
#define OMNI_MEMORY_INLINE_H

#ifndef OMNI_BLOCK_SHIFT
#define OMNI_BLOCK_SHIFT 15 /* 32 KiB; -DOMNI_BLOCK_SHIFT=12 for stress builds */
#endif
#define OMNI_BLOCK_NBYTES ((size_t)1 << OMNI_BLOCK_SHIFT)

#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define OMNI_SLOW __attribute__((noinline, cold, preserve_most))
#else
#define OMNI_SLOW __attribute__((noinline, cold))
#endif
#define OMNI_LIKELY(x) __builtin_expect(!!(x), 1)
#define OMNI_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* unit header, one word before the object (which a reference names)
 *   63..32  count       0 = being freed or dead; all ones sticks for ever
 *   31..9   weak count  entries of escape lists that name this unit
 *        8  an identity number is on record
 *        7  the object is a pair
 *    6..5  state        (UNIT_* in region.h)
 *    4..0  size class   index into the slab bins, 31 = a run of its own  */
#define OMNI_UNIT_ONE ((uint64_t)1 << 32)
#define OMNI_UNIT_STUCK ((uint64_t)0xffffffff << 32)

/* ---- the rare paths ---- */
OmniValue *omni_alloc_slow(OmniThread *t, size_t nbytes) OMNI_SLOW; /* alloc.c */
void omni_init_counted(OmniThread *t, OmniValue c, size_t i, OmniValue v) OMNI_SLOW;
void omni_store_slow(OmniThread *t, OmniValue c, size_t i, OmniValue v) OMNI_SLOW;
void omni_hold_grow(OmniThread *t) OMNI_SLOW; /* hold.c */

/* ---- counted memory ---- */

static inline bool omni_counted(OmniThread *t, OmniValue v) {
  return omni_is_ref(v) & (v - t->unit_base < OMNI_UNIT_SPAN);
}

/* v is counted. */
static inline void omni_retain_counted(OmniValue v) {
  uint64_t *h = omni_words(v) - 1;
  if (OMNI_LIKELY(*h < OMNI_UNIT_STUCK)) *h += OMNI_UNIT_ONE;
}

/* Counts v for the running frame if it is counted memory (memory.md 2.7). */
static inline void omni_hold_inline(OmniThread *t, OmniValue v) {
  if (OMNI_LIKELY(!omni_counted(t, v))) return;
  omni_retain_counted(v);
  if (OMNI_UNLIKELY(t->hold == t->hold_limit)) omni_hold_grow(t);
  *t->hold++ = v;
}

/* ---- allocation ---- */

static inline OmniValue *omni_bump(OmniThread *t, size_t nbytes) {
  char *p = t->bump;
  if (OMNI_UNLIKELY((uintptr_t)t->limit - (uintptr_t)p < nbytes)) return omni_alloc_slow(t, nbytes);
  t->bump = p + nbytes;
  return (OmniValue *)(void *)p;
}

static inline OmniValue omni_new(OmniThread *t, OmniType type, size_t nwords, uint32_t aux) {
  OmniValue *p = omni_bump(t, nwords * 8);
  p[0] = omni_header(type, (uint32_t)nwords, aux);
  return omni_object(p);
}

/* The new object is the youngest there is, so only counted operands matter. */
static inline void omni_init(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  omni_words(c)[i] = v;
  if (OMNI_UNLIKELY(omni_counted(t, v))) omni_init_counted(t, c, i, v);
}

static inline OmniValue omni_cons(OmniThread *t, OmniValue car, OmniValue cdr) {
  OmniValue *p = omni_bump(t, 16);
  OmniValue v = omni_pair(p);
  p[0] = car;
  p[1] = cdr;
  if (OMNI_UNLIKELY(omni_counted(t, car))) omni_init_counted(t, v, 0, car);
  if (OMNI_UNLIKELY(omni_counted(t, cdr))) omni_init_counted(t, v, 1, cdr);
  return v;
}

/* ---- the store barrier ---- */

static inline bool omni_same_block(OmniValue a, OmniValue b) {
  return (a ^ b) < OMNI_BLOCK_NBYTES;
}

/* Blocks that name the same tag belong to one region (the first word of a block's
 * header; region.h pins it). */
static inline bool omni_same_tag(OmniValue a, OmniValue b) {
  OmniValue mask = ~(OmniValue)(OMNI_BLOCK_NBYTES - 1);
  return *(void *const *)(a & mask) == *(void *const *)(b & mask);
}

static inline void omni_store_inline(OmniThread *t, OmniValue c, size_t i, OmniValue v) {
  OmniValue *slot = omni_words(c) + i;
  if (OMNI_LIKELY(!(omni_counted(t, *slot) | omni_counted(t, c) | omni_counted(t, v)) &&
                  (!omni_is_ref(v) || omni_same_block(c, v) || omni_same_tag(c, v))))
    *slot = v;
  else
    omni_store_slow(t, c, i, v);
}

#endif
