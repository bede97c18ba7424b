/* The passes over the omni dialect, registered in passes.def.
 *
 * passes_run runs the default pipeline in order, less the disabled ones, with
 * the verifier after each when options->verify_each. passes_run_named runs the
 * listed ones (omni-opt). Passes that are needed for soundness are marked
 * required in the table and cannot be disabled.
 */
#ifndef OMNI_PASSES_H
#define OMNI_PASSES_H

#include "ir.h"

typedef struct PassInfo {
  const char *name, *description;
  bool required;
  /* works in place; answers whether it changed the module */
  bool (*run)(IrModule *m, const IrOptions *options);
} PassInfo;

extern const PassInfo pass_table[];
extern const size_t pass_count;
const PassInfo *pass_find(const char *name); /* NULL if there is none */

void passes_run(IrModule *m, const IrOptions *options);
/* Comma-separated names; false and *message (static) for an unknown name. */
bool passes_run_named(IrModule *m, const IrOptions *options, const char *names,
                      const char **message);

#endif
