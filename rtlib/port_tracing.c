/* The tracing port: counts what goes through it.
 *
 * Every block of the small half carries a record in front of it: size, call
 * number, a stamp that names this port (so that memory given back through
 * another one is caught), and links to its neighbours, so that leaks can be
 * listed with the place they were asked for. Committed pages are counted by
 * size only.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "port_adapter.h"

#define STAMP UINT64_C(0x6f6d6e692d747263)

/* The record is a multiple of the strictest alignment of malloc. */
typedef struct Record {
  struct Record *next, *prev;
  size_t nbytes, offset; /* from the start of the base allocation to the user's */
  uint64_t number;       /* of the allocation, from 1 */
  void *caller;
  uint64_t stamp;
  struct Tracing *owner;
} Record;

typedef struct Tracing {
  PortAdapter a;
  Record *records;
  uint64_t allocations, failures;
  size_t small, pages, peak;
} Tracing;

static void note_peak(Tracing *x) {
  if (x->small + x->pages > x->peak) x->peak = x->small + x->pages;
}

static Record *record_of(void *p) { return (Record *)p - 1; }

static void link_record(Tracing *x, Record *r) {
  r->prev = NULL;
  r->next = x->records;
  if (r->next) r->next->prev = r;
  x->records = r;
}

static void unlink_record(Tracing *x, Record *r) {
  if (r->prev) r->prev->next = r->next;
  else x->records = r->next;
  if (r->next) r->next->prev = r->prev;
}

static void check(const Tracing *x, const Record *r, size_t nbytes) {
  if (r->stamp == STAMP && r->owner == x && r->nbytes == nbytes) return;
  fprintf(stderr, "omni: memory at %p is given back through the wrong port or with the wrong size "
          "(expected %zu bytes, found %zu)\n", (const void *)(r + 1), r->nbytes, nbytes);
  abort();
}

static void *enter(Tracing *x, char *base, size_t offset, size_t nbytes, void *caller) {
  if (!base) {
    x->failures++;
    return NULL;
  }
  Record *r = (Record *)(void *)(base + offset) - 1;
  *r = (Record){.nbytes = nbytes, .offset = offset, .number = ++x->allocations, .caller = caller,
                .stamp = STAMP, .owner = x};
  link_record(x, r);
  x->small += nbytes;
  note_peak(x);
  return r + 1;
}

static void *tr_allocate(void *ctx, size_t n) {
  Tracing *x = ctx;
  if (n > SIZE_MAX - sizeof(Record)) return NULL;
  char *base = x->a.base->allocate(x->a.base->ctx, n + sizeof(Record));
  return enter(x, base, sizeof(Record), n, __builtin_return_address(0));
}

static void *tr_allocate_aligned(void *ctx, size_t n, size_t align) {
  Tracing *x = ctx;
  size_t offset = (sizeof(Record) + align - 1) / align * align;
  if (n > SIZE_MAX - offset) return NULL;
  char *base = x->a.base->allocate_aligned(x->a.base->ctx, n + offset, align);
  return enter(x, base, offset, n, __builtin_return_address(0));
}

static void tr_release(void *ctx, void *p, size_t n) {
  Tracing *x = ctx;
  if (!p) return;
  Record *r = record_of(p);
  check(x, r, n);
  unlink_record(x, r);
  x->small -= n;
  r->stamp = 0;
  x->a.base->release(x->a.base->ctx, (char *)p - r->offset, n + r->offset);
}

static void *tr_reallocate(void *ctx, void *p, size_t old, size_t n) {
  void *q = tr_allocate(ctx, n);
  if (!q) return NULL;
  record_of(q)->caller = __builtin_return_address(0);
  if (!p) return q;
  memcpy(q, p, old < n ? old : n);
  tr_release(ctx, p, old);
  return q;
}

static void *tr_reserve(void *ctx, size_t n, size_t align) {
  Tracing *x = ctx;
  void *p = x->a.base->page_reserve(x->a.base->ctx, n, align);
  if (!p) x->failures++;
  return p;
}

static bool tr_commit(void *ctx, void *p, size_t n) {
  Tracing *x = ctx;
  if (!x->a.base->page_commit(x->a.base->ctx, p, n)) {
    x->failures++;
    return false;
  }
  x->pages += n;
  note_peak(x);
  return true;
}

static void tr_decommit(void *ctx, void *p, size_t n) {
  Tracing *x = ctx;
  x->pages -= n;
  x->a.base->page_decommit(x->a.base->ctx, p, n);
}

static void tr_page_release(void *ctx, void *p, size_t n) {
  Tracing *x = ctx;
  x->a.base->page_release(x->a.base->ctx, p, n);
}

static size_t tr_outstanding(void *ctx) {
  Tracing *x = ctx;
  return x->small + x->pages;
}

static void tr_report(void *ctx, FILE *to) {
  Tracing *x = ctx;
  fprintf(to, "allocations %llu, failures %llu, peak %zu bytes, outstanding %zu bytes (%zu in pages)\n",
          (unsigned long long)x->allocations, (unsigned long long)x->failures, x->peak,
          x->small + x->pages, x->pages);
  for (Record *r = x->records; r; r = r->next)
    fprintf(to, "  not given back: %zu bytes, allocation %llu, asked for at %p\n", r->nbytes,
            (unsigned long long)r->number, r->caller);
  x->a.base->report(x->a.base->ctx, to);
}

OmniPort *omni_port_tracing_owned(const OmniPort *base) {
  if (!base) return NULL;
  Tracing *x = base->allocate(base->ctx, sizeof *x);
  if (!x) return NULL;
  *x = (Tracing){.a = {.base = base, .nbytes = sizeof *x}};
  x->a.port = (OmniPort){
      .ctx = x,
      .allocate = tr_allocate,
      .allocate_aligned = tr_allocate_aligned,
      .reallocate = tr_reallocate,
      .release = tr_release,
      .page_reserve = tr_reserve,
      .page_commit = tr_commit,
      .page_decommit = tr_decommit,
      .page_release = tr_page_release,
      .outstanding = tr_outstanding,
      .report = tr_report,
  };
  return &x->a.port;
}
