/* The stack of adapters that the environment asks for, innermost first:
 *
 *   OMNI_ALLOC_TRACE=1          tracing
 *   OMNI_TEST_OOM_N=n           allocation n fails
 *   OMNI_TEST_OOM_SHAPE=once|from|every
 *
 * Tracing lies below, so that what an injected failure leaves behind is seen.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "port_adapter.h"

void omni_port_destroy(OmniPort *port) {
  if (!port || port == omni_port_system_borrowed()) return;
  PortAdapter *a = (PortAdapter *)(void *)port;
  a->base->release(a->base->ctx, a, a->nbytes);
}

/* The outer adapters have their own records from the inner ones. */
size_t omni_port_destroy_stack(OmniPort *port, const OmniPort *base, FILE *report) {
  size_t left = 0;
  while (port && port != base) {
    OmniPort *below = (OmniPort *)(uintptr_t)((PortAdapter *)(void *)port)->base;
    if (below == base) left = port->outstanding(port->ctx);
    if (left && report) port->report(port->ctx, report);
    omni_port_destroy(port);
    port = below;
  }
  return left;
}

static bool asked_for(const char *name) {
  const char *text = getenv(name);
  return text && *text && strcmp(text, "0") != 0;
}

static OmniOomShape shape_from_env(void) {
  const char *text = getenv("OMNI_TEST_OOM_SHAPE");
  if (text && strcmp(text, "once") == 0) return OMNI_OOM_ONCE;
  if (text && strcmp(text, "every") == 0) return OMNI_OOM_EVERY;
  return OMNI_OOM_FROM;
}

OmniPort *omni_port_from_env_owned(const OmniPort *base) {
  OmniPort *port = (OmniPort *)(uintptr_t)base;
  if (asked_for("OMNI_ALLOC_TRACE")) port = omni_port_tracing_owned(port);
  if (!port || !asked_for("OMNI_TEST_OOM_N")) return port;
  OmniPort *oom = omni_port_oom_owned(port, strtoull(getenv("OMNI_TEST_OOM_N"), NULL, 10),
                                      shape_from_env());
  if (!oom) omni_port_destroy_stack(port, base, NULL);
  return oom;
}
