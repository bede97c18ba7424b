/* omni-opt: runs named passes over a module in dialect text, for tests.
 *
 *   omni-opt --passes=a,b in.ll [-o out.ll]
 *   omni-opt --verify-only in.ll          only the dialect's rules: 0 or 1
 *   omni-opt --passes=... --lower in.ll   down to plain LLVM IR
 *
 * The dialect is verified before the first pass and after each. A module that
 * breaks a rule is the input's fault before the first pass (status 1) and ours
 * after it (status 70).
 */
#include <string.h>

#include "driver.h"
#include "ir.h"
#include "passes.h"

typedef struct OptOptions {
  Options base;       /* for messages and files */
  const char *passes; /* NULL: none */
  bool verify_only, lower;
} OptOptions;

static void print_help(void) {
  printf("usage: omni-opt [--passes=A,B] [--verify-only] [--lower] [-o FILE] FILE.ll\n\n"
         "Passes over the omni dialect:\n");
  for (size_t i = 0; i < pass_count; i++)
    printf("  %-24s%s\n", pass_table[i].name, pass_table[i].description);
}

/* false: wrong, and printed */
static bool parse(OptOptions *o, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    if (!strncmp(a, "--passes=", 9)) o->passes = a + 9;
    else if (!strcmp(a, "--verify-only")) o->verify_only = true;
    else if (!strcmp(a, "--lower")) o->lower = true;
    else if (!strcmp(a, "-o") && i + 1 < argc) o->base.output = argv[++i];
    else if (a[0] == '-' && a[1]) {
      message_error(&o->base, "unknown option %s", shown(o->base.arena, a));
      return false;
    } else if (o->base.input) {
      message_error(&o->base, "one module at a time");
      return false;
    } else o->base.input = a;
  }
  if (!o->base.input) message_error(&o->base, "no input file");
  return o->base.input != NULL;
}

static int verify_input(const OptOptions *o, IrModule *m) {
  const char *problem = ir_verify(m);
  if (!problem) return STATUS_OK;
  message_error(&o->base, "%s: %s", shown(o->base.arena, o->base.input), problem);
  return STATUS_PROGRAM;
}

static int write_module(const OptOptions *o, IrModule *m) {
  IrBuffer text;
  if (!ir_dump(m, &text)) omni_die_memory("dump");
  const char *output = o->base.output ? o->base.output : "-";
  if (strcmp(output, "-")) output = output_resolve(o->base.arena, output);
  int status = output_write(&o->base, output, text.bytes, text.nbytes);
  ir_buffer_free(&text);
  return status;
}

static int work(const OptOptions *o, IrModule *m, const IrOptions *options) {
  int status = verify_input(o, m);
  if (status || o->verify_only) return status;
  const char *message = NULL;
  if (o->passes && !passes_run_named(m, options, o->passes, &message)) {
    message_error(&o->base, "--passes: %s", message);
    return STATUS_USAGE;
  }
  if (o->lower) ir_lower(m);
  return write_module(o, m);
}

static int run(int argc, char **argv, Arena *arena) {
  OptOptions o = {0};
  options_default(&o.base, arena, "omni-opt");
  o.base.argc = argc;
  o.base.argv = argv;
  if (argc == 2 && !strcmp(argv[1], "--help")) return print_help(), STATUS_OK;
  if (!parse(&o, argc, argv)) return STATUS_USAGE;
  Bytes text;
  int status = input_read(&o.base, o.base.input, &text);
  if (status) return status;
  IrOptions options = {.port = arena_port(arena), .verify_each = true, .module_name = o.base.input};
  const char *message = NULL;
  if (!ir_initialise(&options, &message)) {
    message_error(&o.base, "%s", message);
    return STATUS_USAGE;
  }
  reproducer_arm(&o.base);
  reproducer_set_source(text);
  IrModule *m = ir_parse(text.bytes, text.nbytes, o.base.input, &options, &message);
  if (!m) {
    message_error(&o.base, "%s", message);
    return STATUS_PROGRAM;
  }
  status = work(&o, m, &options);
  ir_free(m);
  return status;
}

int main(int argc, char **argv) { return driver_start(argc, argv, run); }
