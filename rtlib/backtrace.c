/* The backtrace of an error: the frames of compiled functions, innermost first.
 *
 * The unwinder gives the first instruction of each frame's function; a program's
 * table says which OmniLisp function that is, and frames of the runtime, which
 * it does not name, are left out. Frames that tail calls have replaced are not
 * there. Runs of one function are printed once, with how often; no more than
 * SEEN_MAX frames are walked, so a report on a deep stack stays short.
 *
 * Nothing is allocated: this runs when memory or the stack is exhausted.
 */
#include <unwind.h>

#include "error.h"

#define LINES_MAX 24
#define SEEN_MAX 20000

typedef struct Trace {
  Report *r;
  const OmniProgram *program;
  const OmniFnInfo *last; /* run of frames not yet printed */
  uint64_t run;
  size_t nlines, seen;
} Trace;

static void print_run(Trace *x) {
  if (x->run == 0) return;
  if (x->nlines++ == 0) report_text(x->r, "backtrace:\n");
  report_text(x->r, "  in ");
  report_text(x->r, x->last->name != NULL ? x->last->name : "#<fn>");
  if (x->last->file != NULL) {
    report_text(x->r, " at ");
    report_text(x->r, x->last->file);
    report_text(x->r, ":");
    report_number(x->r, x->last->line);
  }
  if (x->run > 1) {
    report_text(x->r, " (");
    report_number(x->r, x->run);
    report_text(x->r, " times)");
  }
  report_text(x->r, "\n");
  x->run = 0;
}

static const OmniFnInfo *function_at(const OmniProgram *program, const void *start) {
  for (uint32_t i = 0; i < program->nfunctions; i++)
    if (program->functions[i].start == start) return &program->functions[i];
  return NULL;
}

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *arg) {
  Trace *x = arg;
  if (x->nlines >= LINES_MAX || x->seen++ >= SEEN_MAX) return _URC_END_OF_STACK;
  const OmniFnInfo *fn =
      function_at(x->program, (const void *)_Unwind_GetRegionStart(context));
  if (fn == NULL) return _URC_NO_REASON;
  if (fn != x->last) print_run(x);
  x->last = fn;
  x->run++;
  return _URC_NO_REASON;
}

void report_backtrace(OmniThread *t, Report *r) {
  Trace x = {.r = r, .program = rti_program_borrowed(t)};
  if (x.program == NULL) return;
  _Unwind_Backtrace(visit, &x);
  print_run(&x);
  if (x.nlines >= LINES_MAX || x.seen >= SEEN_MAX) report_text(r, "  ...\n");
}
