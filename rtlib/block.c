/* Blocks and tags.
 *
 * A block is 32 KiB, aligned to its size, so the header of the block that an
 * object lies in is a mask away. The header names a tag; tags form union-find
 * trees (union by size, path halving), and the root names the region: a splice
 * joins two trees and every block of both is in the region below, in O(1).
 *
 * A tag needs no memory of its own. It lies in the header of the first block
 * its region got; blocks that were joined are freed together, so no block ever
 * names a tag in a block that is gone.
 *
 * Single blocks go through a small cache (last in, first out: warm), runs
 * straight to the space.
 */
#include "region.h"

#define CACHE_MAX 64

Tag *rti_tag_find_slow(Block *b) {
  Tag *g = b->tag;
  while (g->parent) {
    if (g->parent->parent) g->parent = g->parent->parent;
    g = g->parent;
  }
  return b->tag = g;
}

Tag *rti_tag_join(Tag *a, Tag *b) {
  if (a->size < b->size) {
    Tag *c = a;
    a = b, b = c;
  }
  b->parent = a;
  a->size += b->size;
  a->count += b->count;
  return a;
}

static void count_out(OmniThread *t, size_t n) {
  Stats *st = &t->rt->stats;
  st->blocks_out += n;
  if (st->blocks_out > st->blocks_peak) st->blocks_peak = st->blocks_out;
}

/* The space hands out memory that may hold anything. */
static Block *fresh_header(OmniThread *t, size_t nblocks) {
  Block *b = rti_space_take(&t->rt->blocks, nblocks);
  if (!b) omni_error_memory(t, nblocks << OMNI_BLOCK_SHIFT);
  memset(b, 0, sizeof *b);
  b->nblocks = (uint32_t)nblocks;
  return b;
}

Block *rti_block_take(OmniThread *t) {
  OmniRuntime *rt = t->rt;
  Block *b = rt->cache;
  if (OMNI_LIKELY(b != NULL)) {
    rt->cache = b->next;
    rt->ncached--;
    RTI_OPEN(b, OMNI_BLOCK_NBYTES);
  } else {
    b = fresh_header(t, 1);
  }
  if (OMNI_UNLIKELY(rt->stress.poison)) memset(b + 1, RTI_BYTE_FRESH, BLOCK_ROOM);
  count_out(t, 1);
  return b;
}

Block *rti_run_take(OmniThread *t, size_t nblocks) {
  Block *b = fresh_header(t, nblocks);
  count_out(t, nblocks);
  return b;
}

void rti_block_give(OmniRuntime *rt, Block *b) {
  rt->stats.blocks_out -= b->nblocks;
  if (OMNI_UNLIKELY(b->identities)) rti_identity_forget_block(&rt->thread, b);
  if (OMNI_UNLIKELY(rt->stress.poison))
    memset(b + 1, RTI_BYTE_FREED, ((size_t)b->nblocks << OMNI_BLOCK_SHIFT) - sizeof *b);
  b->tag = NULL;
  if (b->nblocks > 1 || rt->ncached >= CACHE_MAX) {
    rti_space_give(&rt->blocks, b, b->nblocks);
    return;
  }
  b->next = rt->cache;
  rt->cache = b;
  rt->ncached++;
  RTI_CLOSE(b + 1, BLOCK_ROOM);
}

void rti_block_cache_drain(OmniRuntime *rt) {
  while (rt->cache) {
    Block *b = rt->cache;
    rt->cache = b->next;
    rt->ncached--;
    rti_space_give(&rt->blocks, b, 1);
  }
}
