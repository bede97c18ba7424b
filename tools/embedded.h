/* Files that are part of the program: the form of the tables that
 * cmake/embed.cmake writes. */
#ifndef OMNI_EMBEDDED_H
#define OMNI_EMBEDDED_H

#include <stddef.h>

typedef struct OmniEmbedded {
  const char *name;  /* file name without folder */
  const char *bytes; /* a 0 follows, not counted */
  size_t nbytes;
} OmniEmbedded;

#endif
