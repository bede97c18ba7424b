/* The registry of passes and the default pipeline: one straight list, in the
 * order of passes.def, with the verifier in view after each.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "passes_internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const PassInfo pass_table[] = {
#define OMNI_PASS(id, name, required, description) {name, description, required, pass_##id},
#include "passes.def"
#undef OMNI_PASS
};
const size_t pass_count = sizeof pass_table / sizeof *pass_table;

const PassInfo *pass_find(const char *name) {
  for (size_t i = 0; i < pass_count; i++)
    if (strcmp(pass_table[i].name, name) == 0) return &pass_table[i];
  return NULL;
}

static bool is_disabled(const IrOptions *options, const char *name) {
  for (size_t i = 0; i < options->ndisabled; i++)
    if (strcmp(options->disabled[i], name) == 0) return true;
  return false;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run_one(IrModule *m, const IrOptions *options, const PassInfo *pass) {
  double before = options->time_passes ? seconds() : 0;
  bool changed = pass->run(m, options);
  if (options->time_passes)
    fprintf(stderr, "%10.3f ms  %s%s\n", (seconds() - before) * 1e3, pass->name,
            changed ? "" : " (no change)");
  if (!options->verify_each) return;
  const char *wrong = ir_verify(m);
  if (wrong) ir_die(pass->name, "%s", wrong);
}

void passes_run(IrModule *m, const IrOptions *options) {
  if (options->verify_each) {
    const char *wrong = ir_verify(m);
    if (wrong) ir_die("emit", "%s", wrong);
  }
  for (size_t i = 0; i < pass_count; i++)
    if (pass_table[i].required || !is_disabled(options, pass_table[i].name))
      run_one(m, options, &pass_table[i]);
}

bool passes_run_named(IrModule *m, const IrOptions *options, const char *names,
                      const char **message) {
  static char unknown[100];
  for (const char *at = names; *at;) {
    size_t n = strcspn(at, ",");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)n, at);
    const PassInfo *pass = pass_find(name);
    if (!pass) {
      snprintf(unknown, sizeof unknown, "there is no pass named '%s'", name);
      *message = unknown;
      return false;
    }
    run_one(m, options, pass);
    at += n + (at[n] == ',');
  }
  return true;
}
