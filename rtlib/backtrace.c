/* The backtrace of an error: the frames of compiled functions, innermost first.
 *
 * The unwinder gives the first instruction of each frame's function; a program's
 * table says which OmniLisp function that is, and frames of the runtime, which
 * it does not name, are left out. Frames that tail calls have replaced are not
 * there. Runs of one function are shown once, with how often; of functions of
 * the prelude that called each other only the outermost is. No more than
 * SEEN_MAX frames are walked, so a report on a deep stack stays short. A
 * program compiled with -g gets the line of each call, others the line where
 * the function is defined.
 *
 * Nothing is allocated: this runs when memory or the stack is exhausted.
 */
#include <unwind.h>

#include "error.h"

#define RUNS_MAX 24
#define SEEN_MAX 20000

typedef struct FrameRun {
  const OmniFnInfo *fn;
  uint64_t count;
} FrameRun;

typedef struct Trace {
  const OmniProgram *program;
  size_t nruns, seen;
  FrameRun runs[RUNS_MAX];
  SourcePlace places[RUNS_MAX]; /* of each run's innermost frame */
} Trace;

static const OmniFnInfo *function_at(const OmniProgram *program, const void *start) {
  for (uint32_t i = 0; i < program->nfunctions; i++)
    if (program->functions[i].start == start) return &program->functions[i];
  return NULL;
}

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *arg) {
  Trace *x = arg;
  if (x->seen++ >= SEEN_MAX) return _URC_END_OF_STACK;
  const OmniFnInfo *fn = function_at(x->program, (const void *)_Unwind_GetRegionStart(context));
  if (fn == NULL) return _URC_NO_REASON;
  if (x->nruns > 0 && x->runs[x->nruns - 1].fn == fn) {
    x->runs[x->nruns - 1].count++;
    return _URC_NO_REASON;
  }
  if (x->nruns == RUNS_MAX) {
    x->seen = SEEN_MAX;
    return _URC_END_OF_STACK;
  }
  /* the return address may be the first byte of the next line */
  x->places[x->nruns].address = (uintptr_t)_Unwind_GetIP(context) - 1;
  x->runs[x->nruns++] = (FrameRun){fn, 1};
  return _URC_NO_REASON;
}

/* Line tables hold the directory apart: the function's own file is shown as the
 * compiler was given it. */
static const char *shown_file(const OmniFnInfo *fn, const SourcePlace *place) {
  if (place->file == NULL || fn->file == NULL) return place->file != NULL ? place->file : fn->file;
  size_t whole = strlen(fn->file), name = strlen(place->file);
  bool same = name <= whole && strcmp(fn->file + whole - name, place->file) == 0 &&
              (name == whole || fn->file[whole - name - 1] == '/');
  return same ? fn->file : place->file;
}

static void print_run(Report *r, const FrameRun *run, const SourcePlace *place) {
  const char *file = shown_file(run->fn, place);
  report_text(r, "  in ");
  report_text(r, run->fn->name != NULL ? run->fn->name : "#<fn>");
  if (is_library_file(file)) {
    report_text(r, " (library)");
  } else if (file != NULL) {
    report_text(r, " at ");
    report_path(r, file);
    uint64_t line = place->file != NULL ? place->line : run->fn->line;
    if (line) { /* the top level has none of its own */
      report_text(r, ":");
      report_number(r, line);
    }
  }
  if (run->count > 1) {
    report_text(r, " (");
    report_number(r, run->count);
    report_text(r, " times)");
  }
  report_text(r, "\n");
}

/* Of the library's functions that called each other the program's author knows
 * the outermost. */
static bool is_inner_library(const Trace *x, size_t i) {
  return i + 1 < x->nruns && is_library_file(x->runs[i].fn->file) &&
         is_library_file(x->runs[i + 1].fn->file);
}

void report_backtrace(OmniThread *t, Report *r) {
  Trace x;
  SourcePlaces places;
  x.program = rti_program_borrowed(t);
  x.nruns = x.seen = 0;
  if (x.program == NULL) return;
  _Unwind_Backtrace(visit, &x);
  if (x.nruns == 0) return;
  places_find(&places, x.places, x.nruns);
  report_text(r, "backtrace:\n");
  for (size_t i = 0; i < x.nruns; i++)
    if (!is_inner_library(&x, i)) print_run(r, &x.runs[i], &x.places[i]);
  if (x.seen >= SEEN_MAX) report_text(r, "  ...\n");
  places_close(&places);
}
