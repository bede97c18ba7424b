/* The allocator port and its adapters; out-of-memory at every place of a
 * runtime's start. */
#include <setjmp.h>

#include "check.h"
#include "region.h"

static jmp_buf out_of_memory;

_Noreturn void omni_error_memory(OmniThread *t, size_t nbytes) {
  (void)t, (void)nbytes;
  longjmp(out_of_memory, 1);
}

_Noreturn void omni_error_stack(OmniThread *t, const OmniSite *site) {
  (void)t, (void)site;
  longjmp(out_of_memory, 2);
}

static void system_port(void) {
  const OmniPort *p = omni_port_system_borrowed();
  char *a = p->allocate(p->ctx, 100);
  CHECK(a);
  memset(a, 7, 100);
  a = p->reallocate(p->ctx, a, 100, 100000);
  CHECK(a && a[99] == 7);
  p->release(p->ctx, a, 100000);
  void *q = p->allocate_aligned(p->ctx, 10, 4096);
  CHECK(q && (uintptr_t)q % 4096 == 0);
  p->release(p->ctx, q, 10);
}

static void system_pages(void) {
  const OmniPort *p = omni_port_system_borrowed();
  size_t n = (size_t)1 << 36, align = (size_t)1 << 20;
  char *a = p->page_reserve(p->ctx, n, align);
  CHECK(a && (uintptr_t)a % align == 0);
  CHECK(p->page_commit(p->ctx, a + 65536, 65536));
  memset(a + 65536, 1, 65536);
  p->page_decommit(p->ctx, a + 65536, 65536);
  CHECK(p->page_commit(p->ctx, a + 65536, 65536) && a[65536] == 0);
  p->page_release(p->ctx, a, n);
}

static void tracing_counts(void) {
  OmniPort *p = omni_port_tracing_owned(omni_port_system_borrowed());
  CHECK(p->outstanding(p->ctx) == 0);
  void *a = p->allocate(p->ctx, 100), *b = p->allocate_aligned(p->ctx, 50, 256);
  CHECK((uintptr_t)a % _Alignof(max_align_t) == 0 && (uintptr_t)b % 256 == 0);
  CHECK(p->outstanding(p->ctx) == 150);
  a = p->reallocate(p->ctx, a, 100, 1000);
  CHECK(p->outstanding(p->ctx) == 1050);
  p->release(p->ctx, b, 50);
  p->release(p->ctx, a, 1000);
  CHECK(p->outstanding(p->ctx) == 0);
  omni_port_destroy(p);
}

static void null_ports_are_refused(void) {
  CHECK(omni_port_tracing_owned(NULL) == NULL);
  CHECK(omni_port_oom_owned(NULL, 1, OMNI_OOM_ONCE) == NULL);
  CHECK(omni_runtime_create_owned(NULL) == NULL);
}

static int failures(OmniOomShape shape) {
  OmniPort *p = omni_port_oom_owned(omni_port_system_borrowed(), 3, shape);
  int failed = 0;
  for (int i = 0; i < 9; i++) {
    void *a = p->allocate(p->ctx, 8);
    failed += a == NULL;
    if (a) p->release(p->ctx, a, 8);
  }
  omni_port_destroy(p);
  return failed;
}

static void oom_shapes(void) {
  CHECK(failures(OMNI_OOM_ONCE) == 1);
  CHECK(failures(OMNI_OOM_FROM) == 7);
  CHECK(failures(OMNI_OOM_EVERY) == 3);
}

/* Work that goes through every part of the core. */
static void work(OmniThread *t) {
  OmniValue box = omni_new(t, OMNI_T_BOX, 2, 0), l = OMNI_EMPTY;
  omni_init(t, box, 1, OMNI_EMPTY);
  OmniRegion *own = rti_region_new(t, t->top, t->top->rank + 1);
  rti_region_push(t, own);
  for (int i = 0; i < 20000; i++) l = omni_cons(t, omni_fixnum(i), l);
  for (int i = 0; i < 200; i++) omni_store(t, box, 1, l), omni_store(t, box, 1, OMNI_EMPTY);
  omni_store(t, box, 1, l);
  omni_new(t, OMNI_T_RAW_STORE, 1 << 16, 0);
  t->rt->stress.units_always = true;
  omni_op_settle_return(t, own, &l, 1);
  omni_identity(t, l);
  omni_op_hold_pop(t, t->rt->holds, NULL, 0);
}

/* Runtimes that are left as they are, still reachable for the leak checker. */
static OmniRuntime *abandoned[1000];

/* True: it ran to its end. Nothing may be left in either case. */
static bool run_with_failure(size_t n) {
  OmniPort *trace = omni_port_tracing_owned(omni_port_system_borrowed());
  OmniPort *oom = omni_port_oom_owned(trace, n, OMNI_OOM_ONCE);
  OmniRuntime *volatile rt = omni_runtime_create_owned(oom);
  volatile bool done = false;
  if (rt && setjmp(out_of_memory) == 0) {
    work(omni_runtime_thread_borrowed(rt));
    done = true;
  }
  /* A failure inside a move leaves the region half moved, so a program ends
   * there without running on; its runtime is left as it is. */
  if (rt && done) omni_runtime_destroy(rt);
  else abandoned[n] = rt;
  size_t left = omni_port_destroy_stack(oom, omni_port_system_borrowed(), NULL);
  if (done || !rt) CHECK(left == 0);
  return done;
}

/* Some failures are got over (a smaller reservation does): the sweep ends when
 * a long row of runs was not disturbed. */
static void every_failure_is_a_result(void) {
  size_t stopped = 0, n = 1;
  for (size_t undisturbed = 0; undisturbed < 40 && n < 1000; n++) {
    bool done = run_with_failure(n);
    undisturbed = done ? undisturbed + 1 : 0;
    stopped += !done;
  }
  CHECK(stopped > 10 && n < 1000);
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"system_port", system_port},
      {"system_pages", system_pages},
      {"tracing_counts", tracing_counts},
      {"null_ports_are_refused", null_ports_are_refused},
      {"oom_shapes", oom_shapes},
      {"every_failure_is_a_result", every_failure_is_a_result},
  };
  return RUN_TESTS(tests, argc, argv);
}
