/* The allocator port: all memory of the runtime and of the compiler comes
 * through one of these.
 *
 * A port is a table of functions with a context.  It is passed explicitly;
 * there is no hidden global allocator, and a null port is refused where it is
 * required.  Adapters (system, tracing, oom-after-N) stack by wrapping.
 *
 * Units: sizes are bytes.  Ownership: memory belongs to the caller until it
 * gives it back through the same port with the same size.  Errors: NULL means
 * out of memory; nothing is printed.  Thread rule: as the adapter says; the
 * system adapter may be used from any thread.
 */
#ifndef OMNI_PORT_H
#define OMNI_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct OmniPort OmniPort;

struct OmniPort {
  void *ctx;
  /* small half: malloc-like, aligned to max_align_t */
  void *(*allocate)(void *ctx, size_t nbytes);
  void *(*allocate_aligned)(void *ctx, size_t nbytes, size_t align);
  /* old_nbytes is what p was allocated with; NULL leaves p as it was */
  void *(*reallocate)(void *ctx, void *p, size_t old_nbytes, size_t nbytes);
  void (*release)(void *ctx, void *p, size_t nbytes);
  /* page half: address space in multiples of the page size; `align` is a
   * power of two. Reserved memory must be committed before use. */
  void *(*page_reserve)(void *ctx, size_t nbytes, size_t align);
  bool (*page_commit)(void *ctx, void *p, size_t nbytes);
  void (*page_decommit)(void *ctx, void *p, size_t nbytes);
  void (*page_release)(void *ctx, void *p, size_t nbytes);
  /* bytes now out (small half plus committed pages), or 0 if not counted */
  size_t (*outstanding)(void *ctx);
  /* prints what the adapter knows; leaks with their call sites if it traces */
  void (*report)(void *ctx, FILE *to);
};

/* ---- adapters (rtlib/port_*.c) ---- */

/* malloc and mmap of the platform; static storage, never destroyed */
const OmniPort *omni_port_system_borrowed(void);

/* Counts what goes through `base`; optional. `_owned`: omni_port_destroy. */
OmniPort *omni_port_tracing_owned(const OmniPort *base);

typedef enum { OMNI_OOM_ONCE, OMNI_OOM_FROM, OMNI_OOM_EVERY, OMNI_OOM_COUNT } OmniOomShape;
/* The n-th allocation (1-based; either half) fails: once, from then on, or
 * every n-th. Owned: omni_port_destroy. */
OmniPort *omni_port_oom_owned(const OmniPort *base, size_t n, OmniOomShape shape);

/* The stack of adapters that the environment asks for (OMNI_ALLOC_TRACE,
 * OMNI_TEST_OOM_N, OMNI_TEST_OOM_SHAPE=once|from|every): `base` itself when
 * nothing is asked for, or NULL when out of memory. Given back by
 * omni_port_destroy_stack. */
OmniPort *omni_port_from_env_owned(const OmniPort *base);
/* Destroys an `_owned` adapter, not what it wraps; the system port is ignored. */
void omni_port_destroy(OmniPort *port);
/* The same for every adapter from `port` down to `base`, which stays. The bytes
 * that were still out; if there were some, what the innermost adapter knows of
 * them goes to `report` unless that is NULL. */
size_t omni_port_destroy_stack(OmniPort *port, const OmniPort *base, FILE *report);

static inline void *omni_port_alloc(const OmniPort *p, size_t n) {
  return p->allocate(p->ctx, n);
}
static inline void omni_port_free(const OmniPort *p, void *q, size_t n) {
  p->release(p->ctx, q, n);
}

#endif
