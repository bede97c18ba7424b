/* What every adapter that wraps a port begins with, so that it can be
 * destroyed without knowing which it is. Internal to rtlib/port_*.c. */
#ifndef OMNI_PORT_ADAPTER_H
#define OMNI_PORT_ADAPTER_H

#include "omni/port.h"

typedef struct PortAdapter {
  OmniPort port;
  const OmniPort *base;
  size_t nbytes; /* of the whole adapter, from base's small half */
} PortAdapter;

#endif
