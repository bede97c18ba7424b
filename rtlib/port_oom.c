/* The oom-after-N port: makes allocations fail on purpose, by count, so that a
 * failure can be repeated. Both halves count; giving back never fails. */
#include "port_adapter.h"

typedef struct Oom {
  PortAdapter a;
  size_t n, calls;
  OmniOomShape shape;
} Oom;

static bool fails(Oom *x) {
  x->calls++;
  switch (x->shape) {
  case OMNI_OOM_ONCE: return x->calls == x->n;
  case OMNI_OOM_FROM: return x->calls >= x->n;
  case OMNI_OOM_EVERY: return x->n && x->calls % x->n == 0;
  case OMNI_OOM_COUNT: break;
  }
  return false;
}

static void *oom_allocate(void *ctx, size_t n) {
  Oom *x = ctx;
  return fails(x) ? NULL : x->a.base->allocate(x->a.base->ctx, n);
}

static void *oom_allocate_aligned(void *ctx, size_t n, size_t align) {
  Oom *x = ctx;
  return fails(x) ? NULL : x->a.base->allocate_aligned(x->a.base->ctx, n, align);
}

static void *oom_reallocate(void *ctx, void *p, size_t old, size_t n) {
  Oom *x = ctx;
  return fails(x) ? NULL : x->a.base->reallocate(x->a.base->ctx, p, old, n);
}

static void oom_release(void *ctx, void *p, size_t n) {
  Oom *x = ctx;
  x->a.base->release(x->a.base->ctx, p, n);
}

static void *oom_reserve(void *ctx, size_t n, size_t align) {
  Oom *x = ctx;
  return fails(x) ? NULL : x->a.base->page_reserve(x->a.base->ctx, n, align);
}

static bool oom_commit(void *ctx, void *p, size_t n) {
  Oom *x = ctx;
  return !fails(x) && x->a.base->page_commit(x->a.base->ctx, p, n);
}

static void oom_decommit(void *ctx, void *p, size_t n) {
  Oom *x = ctx;
  x->a.base->page_decommit(x->a.base->ctx, p, n);
}

static void oom_page_release(void *ctx, void *p, size_t n) {
  Oom *x = ctx;
  x->a.base->page_release(x->a.base->ctx, p, n);
}

static size_t oom_outstanding(void *ctx) {
  Oom *x = ctx;
  return x->a.base->outstanding(x->a.base->ctx);
}

static void oom_report(void *ctx, FILE *to) {
  Oom *x = ctx;
  fprintf(to, "allocations asked for: %zu, made to fail by number %zu\n", x->calls, x->n);
  x->a.base->report(x->a.base->ctx, to);
}

OmniPort *omni_port_oom_owned(const OmniPort *base, size_t n, OmniOomShape shape) {
  if (!base || n == 0) return NULL;
  Oom *x = base->allocate(base->ctx, sizeof *x);
  if (!x) return NULL;
  *x = (Oom){.a = {.base = base, .nbytes = sizeof *x}, .n = n, .shape = shape};
  x->a.port = (OmniPort){
      .ctx = x,
      .allocate = oom_allocate,
      .allocate_aligned = oom_allocate_aligned,
      .reallocate = oom_reallocate,
      .release = oom_release,
      .page_reserve = oom_reserve,
      .page_commit = oom_commit,
      .page_decommit = oom_decommit,
      .page_release = oom_page_release,
      .outstanding = oom_outstanding,
      .report = oom_report,
  };
  return &x->a.port;
}
