/* Random core programs, run by the reference before and after the core stages:
 * the output and the way the run ends must be the same, and nothing that the
 * stages claim about kinds, ranges or register forms may be untrue.
 *
 * A program is text (core_text.h): a few functions, structs, a global, loops,
 * closures, assigned variables, numbers near the end of the fixnum range. The
 * seed of a failure is printed; `test_core_random SEED` runs that one alone.
 */
#include <stdlib.h>

#include "check.h"
#include "core_run.h"

enum { TEXT_MAX = 1 << 16, FUNCTIONS = 4, NAMES_MAX = 24 };

typedef struct Gen {
  uint64_t state;
  char text[TEXT_MAX];
  size_t n;
  const char *names[NAMES_MAX]; /* variables in scope */
  bool is_loop[NAMES_MAX];      /* a function of one parameter */
  bool is_number[NAMES_MAX];
  bool is_counter[NAMES_MAX];   /* may be set by a test */
  size_t nnames;
  int next_name;
  int depth; /* of expressions: small programs find most, and read best */
  char pool[4096][8];
} Gen;

static uint32_t rnd(Gen *g, uint32_t n) {
  g->state = g->state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(g->state >> 33) % n;
}

static void put(Gen *g, const char *s) {
  size_t n = strlen(s);
  if (g->n + n + 1 >= TEXT_MAX) return;
  memcpy(g->text + g->n, s, n + 1);
  g->n += n;
}

static const char *fresh(Gen *g) {
  char *name = g->pool[g->next_name % 4096];
  snprintf(name, 8, "v%d", g->next_name++ % 4096);
  return name;
}

static void push_name(Gen *g, const char *name, bool loop) {
  if (g->nnames == NAMES_MAX) return;
  g->names[g->nnames] = name;
  g->is_number[g->nnames] = g->is_counter[g->nnames] = false;
  g->is_loop[g->nnames++] = loop;
}

static void push_number(Gen *g, const char *name) {
  push_name(g, name, false);
  if (g->nnames < NAMES_MAX) g->is_number[g->nnames - 1] = true;
}

static void expr(Gen *g, int depth);

static void constant(Gen *g) {
  static const char *const all[] = {
      "0", "1", "2", "7", "-1", "10", "100", "1.5", "2.0", "0.0", "true", "false", "nothing", "()",
      "2305843009213693951", "-2305843009213693952", "2305843009213693950", "1073741824"};
  put(g, all[rnd(g, sizeof all / sizeof *all)]);
}

static void variable(Gen *g) {
  for (int tries = 0; tries < 6 && g->nnames > 0; tries++) {
    size_t i = rnd(g, (uint32_t)g->nnames);
    if (g->is_loop[i] && rnd(g, 4)) continue;
    put(g, g->names[i]);
    return;
  }
  constant(g);
}

/* Mostly a number: programs that fail at once find little. */
static void number(Gen *g, int depth) {
  static const char *const all[] = {"0", "1", "2", "5", "-3", "1.5", "0.25", "2305843009213693951",
                                    "-2305843009213693952", "1000000007"};
  static const char *const ops[] = {"(add ", "(sub ", "(mul ", "(if (lt 2 "};
  if (rnd(g, 30) == 0) {
    expr(g, depth - 1);
  } else if (depth > 0 && rnd(g, 2)) {
    uint32_t op = rnd(g, 4);
    put(g, ops[op]);
    number(g, depth - 1);
    put(g, op == 3 ? ") " : " ");
    number(g, depth - 1);
    if (op == 3) {
      put(g, " ");
      number(g, depth - 1);
    }
    put(g, ")");
  } else {
    for (int tries = 0; tries < 8 && g->nnames > 0; tries++) {
      size_t i = rnd(g, (uint32_t)g->nnames);
      if (!g->is_number[i]) continue;
      put(g, g->names[i]);
      return;
    }
    put(g, all[rnd(g, rnd(g, 3) ? 5 : 10)]);
  }
}

static void list_of(Gen *g, const char *head, int nargs, int depth) {
  put(g, "(");
  put(g, head);
  for (int i = 0; i < nargs; i++) {
    put(g, " ");
    expr(g, depth - 1);
  }
  put(g, ")");
}

static void assigning_number(Gen *g, int depth) {
  for (int tries = 0; tries < 8 && g->nnames > 0; tries++) {
    size_t i = rnd(g, (uint32_t)g->nnames);
    if (!g->is_counter[i]) continue;
    put(g, "(do (set! ");
    put(g, g->names[i]);
    put(g, " ");
    number(g, depth - 1);
    put(g, ") ");
    number(g, depth - 1);
    put(g, ")");
    return;
  }
  number(g, depth);
}

static void test(Gen *g, int depth) {
  static const char *const two[] = {"lt", "le", "gt", "ge", "eq", "identical"};
  static const char *const one[] = {"is_pair", "is_null", "is_nothing", "not"};
  if (rnd(g, 3)) {
    put(g, "(");
    put(g, two[rnd(g, 6)]);
    put(g, " ");
    number(g, depth - 1);
    put(g, " ");
    assigning_number(g, depth - 1);
    put(g, ")");
  }
  else if (rnd(g, 2)) list_of(g, one[rnd(g, 4)], 1, depth);
  else expr(g, depth - 1);
}

static void branch(Gen *g, int depth) {
  put(g, "(if ");
  test(g, depth - 1);
  put(g, " ");
  expr(g, depth - 1);
  put(g, " ");
  expr(g, depth - 1);
  put(g, ")");
}

static void let(Gen *g, int depth) {
  const char *name = fresh(g);
  size_t scope = g->nnames;
  put(g, "(let ((");
  put(g, name);
  put(g, " ");
  expr(g, depth - 1);
  put(g, ")) ");
  push_name(g, name, false);
  expr(g, depth - 1);
  put(g, ")");
  g->nnames = scope;
}

/* (letrec ((f (fn (i a) (if (lt i n) (f (add i 1) e) a)))) (f 0 e)) */
static void loop(Gen *g, int depth) {
  static const char *const steps[] = {"(add %s 1)", "(sub %s 1)", "(add %s 2)", "(mul %s 2)"};
  const char *f = fresh(g), *i = fresh(g), *a = fresh(g);
  char step[40];
  size_t scope = g->nnames;
  snprintf(step, sizeof step, steps[rnd(g, 4)], i);
  put(g, "(letrec ((");
  put(g, f);
  put(g, " (fn (");
  put(g, i);
  put(g, " ");
  put(g, a);
  put(g, ") (if (");
  put(g, rnd(g, 2) ? "lt " : "ge ");
  put(g, i);
  put(g, " ");
  if (rnd(g, 2)) put(g, "5");
  else variable(g);
  bool number_too = rnd(g, 2);
  push_number(g, i);
  if (number_too) push_number(g, a);
  else push_name(g, a, false);
  put(g, ") (");
  put(g, f);
  put(g, " ");
  put(g, step);
  put(g, " ");
  if (number_too) number(g, depth - 1);
  else expr(g, depth - 1);
  put(g, ") ");
  expr(g, depth - 1);
  put(g, ")))) ");
  g->nnames = scope;
  bool inside = rnd(g, 2);
  if (inside) put(g, "(add 1 ");
  put(g, "(");
  put(g, f);
  put(g, " ");
  number(g, 1);
  put(g, " ");
  if (number_too) number(g, depth - 1);
  else expr(g, depth - 1);
  put(g, inside ? ")))" : "))");
}

/* while: an assigned counter and an assigned sum */
static void while_loop(Gen *g, int depth) {
  const char *i = fresh(g), *s = fresh(g), *w = fresh(g);
  size_t scope = g->nnames;
  char text[200];
  snprintf(text, sizeof text, "(let ((%s 0) (%s ", i, s);
  put(g, text);
  number(g, 1);
  push_number(g, i);
  push_number(g, s);
  if (g->nnames < NAMES_MAX) g->is_counter[g->nnames - 1] = true;
  snprintf(text, sizeof text, ")) (do (letrec ((%s (fn () (if (lt %s 4) (do (set! %s ", w, i, s);
  put(g, text);
  number(g, depth - 1);
  snprintf(text, sizeof text, ") (set! %s (add %s 1)) (%s)) nothing)))) (%s)) ", i, i, w, w);
  put(g, text);
  expr(g, depth - 1);
  put(g, "))");
  g->nnames = scope;
}

static void closure(Gen *g, int depth) {
  const char *x = fresh(g);
  size_t scope = g->nnames;
  put(g, "(fn (");
  put(g, x);
  put(g, ") ");
  push_name(g, x, false);
  expr(g, depth - 1);
  put(g, ")");
  g->nnames = scope;
}

static void local_function(Gen *g, int depth) {
  const char *f = fresh(g);
  size_t scope = g->nnames;
  put(g, rnd(g, 2) ? "(let ((" : "(letrec ((");
  put(g, f);
  put(g, " ");
  closure(g, depth - 1);
  put(g, ")) ");
  push_name(g, f, true);
  put(g, "(cons (");
  put(g, f);
  put(g, " ");
  expr(g, depth - 2);
  put(g, ") ");
  expr(g, depth - 1);
  put(g, "))");
  g->nnames = scope;
}

/* Two functions that call each other, and something that calls one of them. */
static void mutual(Gen *g, int depth) {
  const char *f = fresh(g), *h = fresh(g), *i = fresh(g), *j = fresh(g);
  char text[200];
  size_t scope = g->nnames;
  snprintf(text, sizeof text, "(letrec ((%s (fn (%s) (if (lt %s 3) ", f, i, i);
  put(g, text);
  push_number(g, i);
  if (rnd(g, 2)) put(g, "(add 1 ");
  else put(g, "(do ");
  snprintf(text, sizeof text, "(%s (add %s 1))) ", h, i);
  put(g, text);
  expr(g, depth - 2);
  g->nnames = scope;
  snprintf(text, sizeof text, "))) (%s (fn (%s) (if (lt %s 5) (%s (add %s 1)) ", h, j, j, f, j);
  put(g, text);
  push_number(g, j);
  expr(g, depth - 2);
  g->nnames = scope;
  put(g, ")))) ");
  if (rnd(g, 3) == 0) push_name(g, f, true);
  snprintf(text, sizeof text, "(cons (%s 0) ", rnd(g, 2) ? f : h);
  put(g, text);
  expr(g, depth - 1);
  put(g, "))");
  g->nnames = scope;
}

static void assign(Gen *g, int depth) {
  const char *x = fresh(g);
  size_t scope = g->nnames;
  put(g, "(let ((");
  put(g, x);
  put(g, " ");
  expr(g, 1);
  put(g, ")) (do (set! ");
  put(g, x);
  put(g, " ");
  push_name(g, x, false);
  expr(g, depth - 1);
  put(g, ") ");
  if (rnd(g, 2)) {
    put(g, "(println ((fn (q) (set! ");
    put(g, x);
    put(g, " q)) ");
    expr(g, depth - 1);
    put(g, ")) ");
  }
  expr(g, depth - 1);
  put(g, "))");
  g->nnames = scope;
}

static void call(Gen *g, int depth) {
  char name[8];
  snprintf(name, sizeof name, "(f%u ", rnd(g, FUNCTIONS));
  put(g, name);
  number(g, depth - 1);
  put(g, " ");
  if (rnd(g, 2)) number(g, depth - 1);
  else expr(g, depth - 1);
  put(g, ")");
}

static void structs(Gen *g, int depth) {
  const char *x = fresh(g);
  char text[120];
  put(g, "(let ((");
  put(g, x);
  put(g, " (struct_make 0 ");
  expr(g, depth - 1);
  put(g, " ");
  expr(g, depth - 1);
  snprintf(text, sizeof text, "))) (if (struct_is %s 0) (add (struct_ref %s %u) ", x, x,
           rnd(g, 2));
  put(g, text);
  expr(g, depth - 1);
  put(g, ") 3))");
}

static void expr(Gen *g, int depth) {
  static const char *const arithmetic[] = {"add", "sub", "mul"};
  if (depth <= 0 || g->n > TEXT_MAX / 2) {
    if (rnd(g, 3)) variable(g);
    else constant(g);
    return;
  }
  switch (rnd(g, 19)) {
  case 0:
  case 1:
  case 2:
    if (rnd(g, 6)) number(g, depth);
    else list_of(g, arithmetic[rnd(g, 3)], 2, depth);
    break;
  case 3:
  case 4: branch(g, depth); break;
  case 5: let(g, depth); break;
  case 6: loop(g, depth); break;
  case 7: while_loop(g, depth); break;
  case 8: local_function(g, depth); break;
  case 9: assign(g, depth); break;
  case 10:
  case 11: call(g, depth); break;
  case 12: structs(g, depth); break;
  case 13: list_of(g, "cons", 2, depth); break;
  case 14:
    put(g, rnd(g, 2) ? "(car (cons " : "(cdr (cons ");
    expr(g, depth - 1);
    put(g, " ");
    expr(g, depth - 1);
    put(g, "))");
    break;
  case 15: list_of(g, rnd(g, 2) ? "println" : "do", 2, depth); break;
  case 17: mutual(g, depth); break;
  case 16:
    put(g, "(f0 ");
    number(g, depth - 1);
    put(g, ")");
    break;
  default:
    if (rnd(g, 3)) variable(g);
    else test(g, depth);
  }
}

static void program(Gen *g) {
  put(g, "(define gl 5)\n");
  for (int i = 0; i < FUNCTIONS; i++) {
    char head[40];
    snprintf(head, sizeof head, "(define (f%d a %sb) ", i, i == 0 ? "? " : "");
    put(g, head);
    g->nnames = 0;
    push_number(g, "a");
    push_name(g, "b", false);
    push_number(g, "gl");
    if (rnd(g, 2)) {
      put(g, "(if (lt a 3) ");
      number(g, g->depth - 1);
      put(g, " ");
    } else {
      put(g, "(if (is_pair a) ");
      expr(g, g->depth - 2);
      put(g, " ");
    }
    expr(g, g->depth);
    put(g, "))\n");
  }
  g->nnames = 0;
  for (int i = 0; i < 4; i++) {
    put(g, "(println ");
    expr(g, g->depth);
    put(g, ")\n");
    if (i == 1) put(g, "(set! gl (add gl 1.5))\n");
  }
}

static const Name *struct_fields[2];

static CoreProgram *parse(const OmniPort *port, const char *text) {
  Arena *a = arena_new(port);
  CoreProgram *p = core_from_text(a, text);
  CoreStruct *s = ARENA_NEW(a, CoreStruct);
  s->name = name_cstr(p->names, "S");
  s->nfields = 2;
  s->fields = struct_fields;
  struct_fields[0] = struct_fields[1] = s->name;
  s->span.file = 1;
  VEC_PUSH(a, &p->structs, s);
  return p;
}

static const char *const end_names[] = {"a value", "an error", "no fuel", "a lie"};

/* Whether level changes nothing that the program shows. */
static bool same_at(const OmniPort *port, const char *text, int level, const Run *expected,
                    RunEnd end) {
  static Run got;
  CoreProgram *p = parse(port, text);
  const char *broken = core_check(p);
  const char *stage = "parse";
  if (!broken) {
    core_simplify(p, level);
    stage = "simplify";
    broken = core_check(p);
  }
  if (!broken) {
    core_infer(p, level);
    stage = "infer";
    broken = core_check(p);
  }
  if (!broken) {
    core_closures(p);
    stage = "closures";
    broken = core_check(p);
  }
  RunEnd got_end = broken ? RUN_LIE : run_program(&got, p, 4000000);
  bool same = got_end == RUN_FUEL ||
              (got_end == end && got.nout == expected->nout &&
               !memcmp(got.out, expected->out, got.nout));
  if (!same) {
    printf("level %d: after %s: %s, expected %s: %s\n", level, stage, end_names[got_end],
           end_names[end], broken ? broken : got.lie ? got.lie : "");
    printf("--- expected\n%s--- got\n%s---\n%s\n", expected->out, broken ? "" : got.out, text);
    if (got.liar && !broken)
      printf("at a node of kind %d, kinds %x\n", (int)got.liar->kind, got.liar->kinds);
    if (getenv("CORE_DUMP")) core_print(stdout, p);
  }
  arena_free(p->arena);
  return same;
}

static size_t nvalues; /* programs that ran to their end */

static bool run_seed(uint64_t seed) {
  static Gen g;
  static Run expected;
  memset(&g, 0, sizeof g);
  g.state = seed * 2654435761u + 12345;
  g.depth = 2 + (int)rnd(&g, 3);
  program(&g);
  const OmniPort *port = omni_port_system_borrowed();
  CoreProgram *p = parse(port, g.text);
  RunEnd end = run_program(&expected, p, 200000);
  arena_free(p->arena);
  if (end == RUN_FUEL) return true;
  if (end == RUN_VALUE) nvalues++;
  for (int level = 0; level <= 2; level++)
    if (!same_at(port, g.text, level, &expected, end)) return false;
  return true;
}

static uint64_t first_seed = 1, nseeds = 400;

static void programs_mean_the_same(void) {
  for (uint64_t seed = first_seed; seed < first_seed + nseeds; seed++) {
    bool same = run_seed(seed);
    CHECK(same);
    if (!same) {
      printf("seed %llu\n", (unsigned long long)seed);
      return;
    }
  }
  CHECK(nvalues > nseeds / 20 || nseeds == 1);
}

/* test_core_random [FIRST_SEED [COUNT]] */
int main(int argc, char **argv) {
  static const Test tests[] = {{"programs_mean_the_same", programs_mean_the_same}};
  if (argc > 1) {
    first_seed = strtoull(argv[1], NULL, 10);
    nseeds = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  }
  return RUN_TESTS(tests, 1, argv);
}
