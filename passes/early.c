/* Early clean-up: the emitter's stack slots become SSA values.
 *
 * LLVM's mem2reg and nothing more: passes that merge or split blocks would
 * take away the blocks of their own that back edges and settle points have.
 * requires: nothing.  keeps: the dialect's rules.
 */
#include "passes_internal.h"

bool pass_early(IrModule *m, const IrOptions *options) {
  (void)options;
  const char *message = NULL;
  if (!ir_llvm_passes(m, "function(mem2reg)", -1, &message)) ir_die("early", "%s", message);
  ir_remove_dead_code(m->module);
  return true;
}
