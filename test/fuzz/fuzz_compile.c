/* Fuzz target: bytes as a program through the whole compiler up to lowered
 * LLVM IR, without the linker.
 *
 * Beyond not crashing: a program with errors has located errors; one without
 * keeps every rule of the core tree and of the dialect after each stage; the
 * same bytes give the same IR twice. The prelude is read each time, as in the
 * compiler, since the program decides what of it is used.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "embedded.h"
#include "ir.h"
#include "passes.h"

extern const OmniEmbedded omni_prelude[];
extern const size_t omni_prelude_count;

static void fail(const char *stage, const char *what) {
  fprintf(stderr, "fuzz_compile: %s: %s\n", stage, what);
  abort();
}

static void check(const CoreProgram *p, const char *stage) {
  const char *problem = core_check(p);
  if (problem) fail(stage, problem);
}

static ReadResult read_prelude(Arena *a, NameTable *names, Diag *diag, SourceMap *sources) {
  VEC(Datum *) forms = {0};
  for (size_t i = 0; i < omni_prelude_count; i++) {
    const OmniEmbedded *e = &omni_prelude[i];
    uint32_t file = source_add(sources, e->name, e->bytes, e->nbytes);
    ReadResult part = read_source(a, names, diag, sources, file);
    for (size_t k = 0; k < part.n; k++) VEC_PUSH(a, &forms, part.forms[k]);
  }
  return (ReadResult){.forms = forms.items, .n = forms.n};
}

/* Text of the lowered module, or empty for a program with errors. */
static IrBuffer compile(const char *bytes, size_t n, const IrOptions *o) {
  Arena *a = arena_new(o->port);
  SourceMap *sources = sources_new(a);
  NameTable *names = names_new(a);
  DiagOptions diag_options = {.color = COLOR_NEVER};
  Diag *diag = diag_new(a, sources, &diag_options);
  uint32_t file = source_add(sources, "fuzz.omni", bytes, n);
  ReadResult program = read_source(a, names, diag, sources, file);
  ReadResult prelude = read_prelude(a, names, diag, sources);
  CoreProgram *p = expand_program(a, names, sources, diag, prelude, program, false);
  IrBuffer out = {0};
  if (diag_error_count(diag) == 0) {
    check(p, "expand");
    core_simplify(p, o->opt_level);
    check(p, "simplify");
    core_infer(p, o->opt_level);
    check(p, "infer");
    core_closures(p);
    check(p, "closures");
    IrModule *m = ir_emit(p, o);
    passes_run(m, o);
    ir_lower(m);
    if (!ir_dump(m, &out)) fail("dump", "out of memory");
    ir_free(m);
  }
  arena_free(a);
  return out;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  static const IrOptions host = {0};
  const char *message = NULL;
  if (!ir_initialise(&host, &message)) fail("start", message);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  IrOptions o = {.port = omni_port_system_borrowed(), .verify_each = true};
  char *text = omni_port_alloc(o.port, n + 1);
  if (!text) fail("start", "out of memory");
  memcpy(text, data, n);
  text[n] = 0;
  o.opt_level = n % 2 ? 2 : 0;
  IrBuffer first = compile(text, n, &o);
  if (n % 16 == 0) {
    IrBuffer second = compile(text, n, &o);
    if (first.nbytes != second.nbytes ||
        (first.nbytes && memcmp(first.bytes, second.bytes, first.nbytes)))
      fail("repeat", "the same program gave different IR");
    ir_buffer_free(&second);
  }
  ir_buffer_free(&first);
  omni_port_free(o.port, text, n + 1);
  return 0;
}
