/* Runs of blocks in one reserved range of addresses.
 *
 * The range grows upward and is committed in steps that grow with it, so that
 * the kernel sees one mapping. Runs that come back are joined with their free
 * neighbours (the map knows the lengths at both ends of a free run) and kept in
 * bins by the logarithm of their length; a run that reaches the top is given
 * back to the unused part. The list node of a free run lies in the run itself.
 * Which run is taken depends only on the order of requests, never on addresses
 * outside the range.
 */
#include "region.h"

#define STEP_MIN ((size_t)256 << 10)
#define STEP_MAX ((size_t)16 << 20)
#define PAGE_NBYTES ((size_t)4096)

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static unsigned bin_of(size_t nblocks) {
  unsigned b = 63u - (unsigned)__builtin_clzll(nblocks);
  return b < SPACE_BINS ? b : SPACE_BINS - 1;
}

bool rti_space_init(Space *s, const OmniPort *port, char *base, size_t nbytes) {
  *s = (Space){.port = port, .base = base, .nblocks = nbytes >> OMNI_BLOCK_SHIFT};
  s->map_nbytes = round_up(s->nblocks * sizeof *s->map, (size_t)1 << 16);
  s->map = port->page_reserve(port->ctx, s->map_nbytes, PAGE_NBYTES);
  return s->map != NULL;
}

void rti_space_finish(Space *s) {
  if (!s->map) return;
  RTI_OPEN(s->base, s->committed << OMNI_BLOCK_SHIFT);
  if (s->committed) s->port->page_decommit(s->port->ctx, s->base, s->committed << OMNI_BLOCK_SHIFT);
  if (s->map_committed) s->port->page_decommit(s->port->ctx, s->map, s->map_committed);
  s->port->page_release(s->port->ctx, s->map, s->map_nbytes);
  s->map = NULL;
}

/* Makes blocks below `end` usable. */
static bool commit_to(Space *s, size_t end) {
  if (end <= s->committed) return true;
  if (end > s->nblocks) return false;
  size_t have = s->committed << OMNI_BLOCK_SHIFT;
  size_t step = have / 8 < STEP_MIN ? STEP_MIN : have / 8 > STEP_MAX ? STEP_MAX : have / 8;
  size_t upto = round_up((end << OMNI_BLOCK_SHIFT), STEP_MIN);
  if (upto < have + step) upto = round_up(have + step, STEP_MIN);
  if (upto > s->nblocks << OMNI_BLOCK_SHIFT) upto = s->nblocks << OMNI_BLOCK_SHIFT;
  size_t need = round_up((upto >> OMNI_BLOCK_SHIFT) * sizeof *s->map, PAGE_NBYTES);
  if (need > s->map_committed) {
    size_t more = need - s->map_committed;
    if (!s->port->page_commit(s->port->ctx, (char *)s->map + s->map_committed, more)) return false;
    s->map_committed = need;
  }
  if (!s->port->page_commit(s->port->ctx, s->base + have, upto - have)) return false;
  s->committed = upto >> OMNI_BLOCK_SHIFT;
  return true;
}

static void *address(const Space *s, size_t i) { return s->base + (i << OMNI_BLOCK_SHIFT); }

static void bin_insert(Space *s, size_t i, size_t n) {
  FreeRun *f = address(s, i);
  RTI_OPEN(f, sizeof *f);
  FreeRun **head = &s->bins[bin_of(n)];
  *f = (FreeRun){.next = *head, .nblocks = n};
  if (f->next) f->next->prev = f;
  *head = f;
  s->map[i] = s->map[i + n - 1] = (uint32_t)n;
}

static void bin_remove(Space *s, FreeRun *f) {
  if (f->prev) f->prev->next = f->next;
  else s->bins[bin_of(f->nblocks)] = f->next;
  if (f->next) f->next->prev = f->prev;
  size_t i = (size_t)((char *)f - s->base) >> OMNI_BLOCK_SHIFT;
  s->map[i] = s->map[i + f->nblocks - 1] = 0;
}

static FreeRun *find_run(Space *s, size_t n) {
  for (unsigned b = bin_of(n); b < SPACE_BINS; b++)
    for (FreeRun *f = s->bins[b]; f; f = f->next)
      if (f->nblocks >= n) return f;
  return NULL;
}

void *rti_space_take(Space *s, size_t n) {
  FreeRun *f = find_run(s, n);
  size_t i;
  if (f) {
    i = (size_t)((char *)f - s->base) >> OMNI_BLOCK_SHIFT;
    size_t left = f->nblocks - n;
    bin_remove(s, f);
    if (left) bin_insert(s, i + n, left);
  } else {
    i = s->top;
    if (n > s->nblocks - i || !commit_to(s, i + n)) return NULL;
    s->top = i + n;
  }
  s->map[i] = s->map[i + n - 1] = 0;
  s->used += n;
  if (s->used > s->used_peak) s->used_peak = s->used;
  void *p = address(s, i);
  RTI_OPEN(p, n << OMNI_BLOCK_SHIFT);
  return p;
}

void rti_space_give(Space *s, void *p, size_t n) {
  size_t i = (size_t)((char *)p - s->base) >> OMNI_BLOCK_SHIFT;
  RTI_CLOSE(p, n << OMNI_BLOCK_SHIFT);
  s->used -= n;
  if (i > 0 && s->map[i - 1]) {
    size_t m = s->map[i - 1];
    i -= m, n += m;
    bin_remove(s, address(s, i));
  }
  if (i + n < s->top && s->map[i + n]) {
    FreeRun *f = address(s, i + n);
    n += f->nblocks;
    bin_remove(s, f);
  }
  if (i + n == s->top) s->top = i;
  else bin_insert(s, i, n);
}
