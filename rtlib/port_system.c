/* The system port: malloc for the small half, mmap for the page half.
 *
 * Reservations are PROT_NONE and not accounted for by the kernel, so a range
 * much larger than memory costs nothing until it is committed. Decommitting
 * gives the pages back and keeps the range.
 */
#define _DEFAULT_SOURCE 1

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "omni/port.h"

static void *sys_allocate(void *ctx, size_t n) {
  (void)ctx;
  return malloc(n ? n : 1);
}

static void *sys_allocate_aligned(void *ctx, size_t n, size_t align) {
  (void)ctx;
  void *p = NULL;
  if (align < sizeof(void *)) align = sizeof(void *);
  return posix_memalign(&p, align, n ? n : 1) == 0 ? p : NULL;
}

static void *sys_reallocate(void *ctx, void *p, size_t old, size_t n) {
  (void)ctx, (void)old;
  return realloc(p, n ? n : 1);
}

static void sys_release(void *ctx, void *p, size_t n) {
  (void)ctx, (void)n;
  free(p);
}

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* Reserves enough to cut an aligned piece out, and gives the ends back. */
static void *sys_reserve(void *ctx, size_t n, size_t align) {
  (void)ctx;
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t extra = align > page ? align - page : 0;
  if (n > SIZE_MAX - extra) return NULL;
  char *p = mmap(NULL, n + extra, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return NULL;
  size_t before = (size_t)(-(uintptr_t)p & (align - 1));
  if (extra == 0) return p;
  if (before) munmap(p, before);
  if (extra - before) munmap(p + before + n, extra - before);
  return p + before;
}

static bool sys_commit(void *ctx, void *p, size_t n) {
  (void)ctx;
  return mprotect(p, n, PROT_READ | PROT_WRITE) == 0;
}

static void sys_decommit(void *ctx, void *p, size_t n) {
  (void)ctx;
  (void)madvise(p, n, MADV_DONTNEED);
}

static void sys_page_release(void *ctx, void *p, size_t n) {
  (void)ctx;
  (void)munmap(p, n);
}

static size_t sys_outstanding(void *ctx) {
  (void)ctx;
  return 0;
}

static void sys_report(void *ctx, FILE *to) { (void)ctx, (void)to; }

const OmniPort *omni_port_system_borrowed(void) {
  static const OmniPort port = {
      .allocate = sys_allocate,
      .allocate_aligned = sys_allocate_aligned,
      .reallocate = sys_reallocate,
      .release = sys_release,
      .page_reserve = sys_reserve,
      .page_commit = sys_commit,
      .page_decommit = sys_decommit,
      .page_release = sys_page_release,
      .outstanding = sys_outstanding,
      .report = sys_report,
  };
  return &port;
}
