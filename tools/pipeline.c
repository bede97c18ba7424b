/* The compile, stage by stage, in one straight line:
 *
 *   read -> expand -> simplify -> infer -> closures            (frontend/)
 *        -> emit -> passes -> lower -> optimise -> object       (ir/, passes/)
 *        -> write or link                                       (output.c, link.c)
 *
 * `--dump=STAGE` prints what stands after a stage and leaves. Errors in the
 * program end it after the stage that found them. The scratch folder is made
 * only when bytes are ready for it.
 */
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "core.h"
#include "driver.h"
#include "ir.h"
#include "passes.h"

typedef struct Compile {
  const Options *o;
  Arena *arena;
  const OmniPort *port;
  SourceMap *sources;
  NameTable *names;
  Diag *diag;
  uint32_t file;        /* the program's */
  const char *output;   /* links followed; "-": standard output */
  struct timespec mark; /* --time-passes: end of the stage before */
} Compile;

/* ---- time ---- */

static void stage_done(Compile *c, const char *name) {
  if (!c->o->time_passes) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double ms =
      (double)(now.tv_sec - c->mark.tv_sec) * 1e3 + (double)(now.tv_nsec - c->mark.tv_nsec) / 1e6;
  fprintf(stderr, "%10.3f ms  %s\n", ms, name);
  c->mark = now;
}

static void print_peak(const Compile *c) {
  struct rusage usage;
  if (!c->o->time_passes || getrusage(RUSAGE_SELF, &usage)) return;
  fprintf(stderr, "%10.1f MB  peak memory\n", (double)usage.ru_maxrss / 1024);
}

/* ---- paths ---- */

/* the input's file name with another ending, in the current folder */
static const char *renamed(Arena *a, const char *input, const char *ending) {
  const char *slash = strrchr(input, '/'), *base = slash ? slash + 1 : input;
  size_t n = strlen(base);
  if (n > 5 && !strcmp(base + n - 5, ".omni")) n -= 5;
  else if (!*ending) return "a.out";
  return arena_printf(a, "%.*s%s", (int)n, base, ending);
}

const char *output_default(const Options *o) {
  static const char *const endings[] = {[EMIT_EXE] = "",
                                        [EMIT_OBJ] = ".o",
                                        [EMIT_ASM] = ".s",
                                        [EMIT_LLVM_IR] = ".ll",
                                        [EMIT_LLVM_BC] = ".bc"};
  if (o->dump) return "-";
  if (!o->input) return "a.out";
  if (!strcmp(o->input, "-")) return o->emit == EMIT_EXE ? "a.out" : "-";
  return renamed(o->arena, o->input, endings[o->emit]);
}

static bool is_same_file(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_output(const Compile *c) {
  const Options *o = c->o;
  if (!strcmp(c->output, "-")) return STATUS_OK;
  struct stat st;
  if (stat(c->output, &st) == 0 && S_ISDIR(st.st_mode)) {
    message_error(o, "cannot write %s: it is a folder; name the output with -o",
                  shown(c->arena, c->output));
    return STATUS_IO;
  }
  bool clash = o->input && strcmp(o->input, "-") && is_same_file(o->input, c->output);
  for (size_t i = 0; i < o->link_inputs.n; i++)
    clash = clash || is_same_file(o->link_inputs.items[i], c->output);
  if (!clash || output_is_special(c->output)) return STATUS_OK;
  message_error(o, "the output %s is also an input; name another with -o",
                shown(c->arena, c->output));
  return STATUS_USAGE;
}

static const char *mapped_path(const Options *o, const char *path) {
  for (size_t i = o->path_maps.n; i-- > 0;) { /* the last one given wins */
    const PathMap *map = &o->path_maps.items[i];
    size_t n = strlen(map->from);
    if (!strncmp(path, map->from, n)) return arena_printf(o->arena, "%s%s", map->to, path + n);
  }
  return path;
}

/* ---- dependency file ---- */

static void put_make_name(FILE *to, const char *name) {
  for (; *name; name++) {
    if (*name == ' ' || *name == '#' || *name == '\\') fputc('\\', to);
    if (*name == '$') fputc('$', to);
    fputc(*name, to);
  }
}

static int write_depfile(Compile *c) {
  const Options *o = c->o;
  const char *path = o->depfile;
  if (!path) {
    const char *base = strcmp(c->output, "-") ? c->output : renamed(c->arena, o->input, ".d");
    size_t n = strlen(base);
    bool object = n > 2 && !strcmp(base + n - 2, ".o");
    path = arena_printf(c->arena, "%.*s.d", (int)(object ? n - 2 : n), base);
  }
  TextBuffer text;
  FILE *to = text_buffer_open(&text, c->port);
  put_make_name(to, o->output ? o->output : output_default(o));
  fputc(':', to);
  if (strcmp(o->input, "-")) fputc(' ', to), put_make_name(to, o->input);
  for (size_t i = 0; i < o->link_inputs.n; i++)
    fputc(' ', to), put_make_name(to, o->link_inputs.items[i]);
  fputc('\n', to);
  if (fclose(to) || text.failed) omni_die_memory("dependency file");
  int status = output_write(o, output_resolve(c->arena, path), text.bytes, text.nbytes);
  text_buffer_free(&text);
  return status;
}

/* ---- the front end ---- */

static int read_program(Compile *c) {
  Bytes source;
  int status = input_read(c->o, c->o->input, &source);
  if (status) return status;
  bool is_stdin = !strcmp(c->o->input, "-");
  const char *path = is_stdin ? "<stdin>" : c->o->input;
  reproducer_set_source(source);
  c->file = source_add(c->sources, path, source.bytes, source.nbytes);
  return STATUS_OK;
}

static ReadResult read_prelude(Compile *c) {
  VEC(Datum *) forms = {0};
  for (size_t i = 0; i < omni_prelude_count; i++) {
    const OmniEmbedded *e = &omni_prelude[i];
    uint32_t file = source_add(c->sources, arena_printf(c->arena, "<prelude>/%s", e->name),
                               e->bytes, e->nbytes);
    ReadResult part = read_source(c->arena, c->names, c->diag, c->sources, file);
    for (size_t k = 0; k < part.n; k++) VEC_PUSH(c->arena, &forms, part.forms[k]);
  }
  return (ReadResult){.forms = forms.items, .n = forms.n};
}

static void check_core(const CoreProgram *p, const char *stage) {
#ifdef OMNI_DEBUG
  const char *problem = core_check(p);
  if (problem) ir_die(stage, "%s", problem);
#else
  (void)p;
  (void)stage;
#endif
}

/* NULL: there were errors */
static CoreProgram *front_end(Compile *c, ReadResult program) {
  const Options *o = c->o;
  ReadResult prelude = read_prelude(c);
  stage_done(c, "read");
  CoreProgram *p =
      expand_program(c->arena, c->names, c->sources, c->diag, prelude, program, o->with_tests);
  stage_done(c, "expand");
  if (diag_error_count(c->diag)) return NULL;
  check_core(p, "expand");
  core_simplify(p, o->opt_level);
  stage_done(c, "simplify");
  check_core(p, "simplify");
  core_infer(p, o->opt_level);
  stage_done(c, "infer");
  check_core(p, "infer");
  core_closures(p);
  stage_done(c, "closures");
  check_core(p, "closures");
  return diag_error_count(c->diag) ? NULL : p;
}

/* ---- dumps ---- */

static int dump_datums(Compile *c, ReadResult program) {
  TextBuffer text;
  FILE *to = text_buffer_open(&text, c->port);
  for (size_t i = 0; i < program.n; i++) {
    datum_print(to, program.forms[i]);
    fputc('\n', to);
  }
  if (fclose(to) || text.failed) omni_die_memory("dump");
  int status = output_write(c->o, c->output, text.bytes, text.nbytes);
  text_buffer_free(&text);
  return status;
}

static int dump_core(Compile *c, const CoreProgram *p) {
  TextBuffer text;
  FILE *to = text_buffer_open(&text, c->port);
  core_print(to, p);
  if (fclose(to) || text.failed) omni_die_memory("dump");
  int status = output_write(c->o, c->output, text.bytes, text.nbytes);
  text_buffer_free(&text);
  return status;
}

static int write_buffer(Compile *c, IrBuffer *b) {
  int status = output_write(c->o, c->output, b->bytes, b->nbytes);
  ir_buffer_free(b);
  return status;
}

static int write_module_text(Compile *c, IrModule *m) {
  IrBuffer text;
  if (!ir_dump(m, &text)) omni_die_memory("dump");
  return write_buffer(c, &text);
}

/* ---- the back end ---- */

static int fail(const Compile *c, const char *message, int status) {
  message_error(c->o, "%s", message);
  return status;
}

static int link_object(Compile *c, const IrBuffer *object) {
  const Options *o = c->o;
  int status = scratch_make(o, c->output);
  if (status) return status;
  const char *executable = scratch_path(c->arena, "program");
  const char *path = object ? scratch_path(c->arena, "program.o") : NULL;
  if (object) status = scratch_write(o, "program.o", c->output, object->bytes, object->nbytes);
  if (!status) status = link_program(o, path, executable);
  stage_done(c, "link");
  if (!status && !o->dry_run) status = scratch_commit(o, "program", c->output);
  scratch_remove();
  return status;
}

static int write_machine_code(Compile *c, IrModule *m) {
  bool assembly = c->o->emit == EMIT_ASM || c->o->dump == DUMP_ASM;
  const char *message = NULL;
  IrBuffer object;
  if (!ir_object(m, assembly, &object, &message)) return fail(c, message, STATUS_INTERNAL);
  stage_done(c, "machine code");
  if (assembly || c->o->emit == EMIT_OBJ) return write_buffer(c, &object);
  int status = link_object(c, &object);
  ir_buffer_free(&object);
  return status;
}

static int write_bitcode(Compile *c, IrModule *m) {
  IrBuffer bitcode;
  if (!ir_bitcode(m, &bitcode)) omni_die_memory("bitcode");
  return write_buffer(c, &bitcode);
}

static int back_end(Compile *c, IrModule *m, const IrOptions *options) {
  passes_run(m, options);
  stage_done(c, "passes");
  if (c->o->dump == DUMP_DIALECT) return write_module_text(c, m);
  ir_lower(m);
  stage_done(c, "lower");
  if (c->o->dump == DUMP_LLVM) return write_module_text(c, m);
  const char *message = NULL;
  if (!ir_optimise(m, &message)) return fail(c, message, STATUS_IO);
  stage_done(c, "optimise");
  if (c->o->dump == DUMP_NONE && c->o->emit == EMIT_LLVM_IR) return write_module_text(c, m);
  if (c->o->dump == DUMP_NONE && c->o->emit == EMIT_LLVM_BC) return write_bitcode(c, m);
  return write_machine_code(c, m);
}

static IrOptions ir_options(const Compile *c) {
  const Options *o = c->o;
  return (IrOptions){
      .port = c->port,
      .opt_level = o->opt_level,
      .optimise_size = o->optimise_size,
      .debug_info = o->debug_info,
#ifdef OMNI_DEBUG
      .verify_each = true,
#else
      .verify_each = o->verify_each,
#endif
      .triple = o->triple,
      .cpu = o->cpu,
      .module_name = source_get(c->sources, c->file)->path,
      .bitcode_path =
          o->opt_level > 0 ? arena_printf(c->arena, "%s/ops_inline.bc", runtime_folder(o)) : NULL,
      .disabled = o->disabled_passes.items,
      .ndisabled = o->disabled_passes.n,
      .time_passes = o->time_passes,
  };
}

static const char *optional_passes(const Compile *c) {
  const char *names = "";
  for (size_t i = 0; i < pass_count; i++)
    if (!pass_table[i].required)
      names = arena_printf(c->arena, "%s%s%s", names, *names ? ", " : " ", pass_table[i].name);
  return names;
}

static int check_passes(const Compile *c) {
  for (size_t i = 0; i < c->o->disabled_passes.n; i++) {
    const char *name = c->o->disabled_passes.items[i];
    const PassInfo *pass = pass_find(name);
    if (pass && !pass->required) continue;
    message_error(c->o, "--disable-pass=%s: %s; those that can be left out are%s", name,
                  pass ? "this pass is needed" : "there is no such pass", optional_passes(c));
    return STATUS_USAGE;
  }
  return STATUS_OK;
}

static int compile_core(Compile *c, const CoreProgram *p) {
  IrOptions options = ir_options(c);
  const char *message = NULL;
  if (!ir_initialise(&options, &message)) {
    message_error(c->o, "--target=%s: %s", c->o->triple ? c->o->triple : "", message);
    return STATUS_USAGE;
  }
  bool optimised = options.bitcode_path && (!c->o->dump || c->o->dump == DUMP_ASM);
  int status = optimised ? runtime_check(c->o, "ops_inline.bc") : STATUS_OK;
  if (status) return status;
  stage_done(c, "start LLVM");
  IrModule *m = ir_emit(p, &options);
  stage_done(c, "emit");
  status = back_end(c, m, &options);
  ir_free(m);
  return status;
}

/* ---- the whole ---- */

static int compile_program(Compile *c) {
  int status = read_program(c);
  if (status) return status;
  ReadResult program = read_source(c->arena, c->names, c->diag, c->sources, c->file);
  if (c->o->dump == DUMP_DATUMS) {
    uint32_t errors = diag_error_count(c->diag);
    diag_flush(c->diag);
    status = dump_datums(c, program);
    return status ? status : errors ? STATUS_PROGRAM : STATUS_OK;
  }
  CoreProgram *p = front_end(c, program);
  diag_flush(c->diag);
  if (!p) return STATUS_PROGRAM;
  if (c->o->dump == DUMP_CORE) return dump_core(c, p);
  if (c->o->path_maps.n) {
    const char *path = source_get(c->sources, c->file)->path;
    source_rename(c->sources, c->file, mapped_path(c->o, path));
  }
  if (c->o->write_depfile && !c->o->dry_run && (status = write_depfile(c))) return status;
  return compile_core(c, p);
}

int compile_run(Options *o) {
  Compile c = {.o = o, .arena = o->arena, .port = arena_port(o->arena)};
  clock_gettime(CLOCK_MONOTONIC, &c.mark);
  c.output = o->output ? o->output : output_default(o);
  if (strcmp(c.output, "-")) c.output = output_resolve(c.arena, c.output);
  if (o->verbose) print_version(stderr);
  int status = check_output(&c);
  if (!status) status = check_passes(&c);
  if (!status) status = target_check(o);
  if (status) return status;
  if (!o->input) return link_object(&c, NULL);
  c.sources = sources_new(c.arena);
  c.names = names_new(c.arena);
  c.diag = diag_new(c.arena, c.sources, &o->diag);
  reproducer_arm(o);
  status = compile_program(&c);
  print_peak(&c);
  return status;
}
