/* The text form of a core program, for --dump=core and tests.
 *
 * One construct a line, children indented by two, in order of evaluation.
 * Variables print as name.number, numbered from 1 within each function or
 * top-level form, so the text does not depend on the rest of the program;
 * globals print as @name. What a stage has not decided is not shown:
 *
 *   function @fib top (n.1 : fix) kinds fix
 *     if
 *       prim fx_lt : true|false
 *         local n.1 : fix
 *         const 2 : fix
 *       ...
 *
 * Before tree shaking all functions are printed, after it those that are used.
 */
#include <inttypes.h>
#include <string.h>

#include "core_walk.h"

typedef struct Printer {
  FILE *to;
  const CoreProgram *p;
  uint32_t *numbers; /* by variable id, of the root being printed; 0: none yet */
  uint32_t *stamps;  /* by variable id: the root the number belongs to */
  uint32_t root, next;
  bool used_only;
} Printer;

static const char *const kind_names[] = {
    "fix", "big", "float", "false", "true", "nothing", "char", "empty", "pair",
    "string", "symbol", "array", "dict", "set", "box", "function", "struct", "other",
};
static const char *const rep_names[REP_COUNT] = {"value", "f64", "i64", "bool"};
static const char *const mode_names[LAMBDA_COUNT] = {"undecided", "top", "closure", "known",
                                                     "join"};

/* Large sets by what is missing: any-empty-pair. */
static void print_kinds(FILE *to, CoreKinds kinds) {
  const char *between = "";
  if (kinds == 0) fputs("none", to);
  if (__builtin_popcount(kinds) > 9) {
    fputs("any", to);
    between = "-";
    kinds = K_ANY & ~kinds;
  }
  bool missing = *between;
  for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
    if (!(kinds >> i & 1)) continue;
    fprintf(to, "%s%s", between, kind_names[i]);
    between = missing ? "-" : "|";
  }
}

static void print_kinds_if_known(FILE *to, CoreKinds kinds) {
  if (kinds == K_ANY) return;
  fputs(" : ", to);
  print_kinds(to, kinds);
}

static void print_var(Printer *pr, const CoreVar *v) {
  if (pr->stamps[v->id] != pr->root) {
    pr->stamps[v->id] = pr->root;
    pr->numbers[v->id] = ++pr->next;
  }
  fprintf(pr->to, "%.*s.%u", v->name ? (int)v->name->nbytes : 1, v->name ? v->name->bytes : "_",
          pr->numbers[v->id]);
}

static void print_binder(Printer *pr, const CoreVar *v) {
  print_var(pr, v);
  print_kinds_if_known(pr->to, v->kinds);
  if (v->rep != REP_VALUE) fprintf(pr->to, " %s", rep_names[v->rep]);
  if (v->assigned) fputs(" assigned", pr->to);
  if (v->boxed) fputs(" boxed", pr->to);
}

static void print_lambda_head(Printer *pr, const CoreLambda *l) {
  if (l->mode != LAMBDA_UNDECIDED) fprintf(pr->to, " %s", mode_names[l->mode]);
  fputs(" (", pr->to);
  for (uint32_t i = 0; i < l->nparams; i++) {
    if (i > 0) fputs(", ", pr->to);
    if (l->rest && i + 1 == l->nparams) fputs(".. ", pr->to);
    else if (i >= l->nrequired) fputs("? ", pr->to);
    print_binder(pr, l->params[i]);
  }
  fputc(')', pr->to);
  if (l->self) {
    fputs(" self ", pr->to);
    print_var(pr, l->self);
  }
  if (l->nfree > 0) {
    fputs(" free (", pr->to);
    for (uint32_t i = 0; i < l->nfree; i++) {
      if (i > 0) fputs(", ", pr->to);
      print_var(pr, l->free[i]);
    }
    fputc(')', pr->to);
  }
  if (l->value_used) fputs(" value-used", pr->to);
  if (l->result_kinds != 0 && l->result_kinds != K_ANY) {
    fputs(" gives ", pr->to);
    print_kinds(pr->to, l->result_kinds);
  }
  if (l->result_rep != REP_VALUE) fprintf(pr->to, " as %s", rep_names[l->result_rep]);
}

static void print_bytes(FILE *to, const char *bytes, size_t nbytes) {
  fputc('"', to);
  for (size_t i = 0; i < nbytes; i++) {
    unsigned char b = (unsigned char)bytes[i];
    if (b == '"' || b == '\\') fprintf(to, "\\%c", b);
    else if (b < 0x20 || b == 0x7f) fprintf(to, "\\x%x;", b);
    else fputc(b, to);
  }
  fputc('"', to);
}

/* Always with a point, an exponent or a name, so no Float looks like an Int. */
static void print_float(FILE *to, double x) {
  char text[40];
  snprintf(text, sizeof text, "%.17g", x);
  fprintf(to, "%s%s", text, strpbrk(text, ".en") ? "" : ".0");
}

static void print_literal(FILE *to, const Literal *l);

static void print_items(FILE *to, const Literal *l, const char *open, const char *close) {
  fputs(open, to);
  for (uint32_t i = 0; i < l->n; i++) {
    if (i > 0) fputc(' ', to);
    print_literal(to, l->items[i]);
  }
  if (l->kind == LIT_LIST && l->tail) {
    fputs(" . ", to);
    print_literal(to, l->tail);
  }
  fputs(close, to);
}

static void print_literal(FILE *to, const Literal *l) {
  switch (l->kind) {
  case LIT_INT: fprintf(to, "%" PRId64, l->integer); break;
  case LIT_BIGINT: fprintf(to, "%.*s", (int)l->nbytes, l->text); break;
  case LIT_FLOAT: print_float(to, l->number); break;
  case LIT_STRING: print_bytes(to, l->text, l->nbytes); break;
  case LIT_SYMBOL: fprintf(to, "'%.*s", (int)l->nbytes, l->text); break;
  case LIT_CHAR: fprintf(to, "#\\x%" PRIx64, (uint64_t)l->integer); break;
  case LIT_TRUE: fputs("true", to); break;
  case LIT_FALSE: fputs("false", to); break;
  case LIT_NOTHING: fputs("nothing", to); break;
  case LIT_EMPTY: fputs("()", to); break;
  case LIT_LIST: print_items(to, l, "(", ")"); break;
  case LIT_ARRAY: print_items(to, l, "[", "]"); break;
  case LIT_DICT: print_items(to, l, "#{", "}"); break;
  case LIT_ABSENT: fputs("absent", to); break;
  case LIT_UNBOUND: fputs("unbound", to); break;
  case LIT_KIND: fprintf(to, "kind %" PRId64, l->integer); break;
  case LIT_RAW: fprintf(to, "raw %" PRId64, l->integer); break;
  case LIT_COUNT: break;
  }
}

static void print_node(Printer *pr, const CoreNode *n, int indent);

static void print_line_start(Printer *pr, int indent) { fprintf(pr->to, "%*s", indent, ""); }

static void print_children(Printer *pr, const CoreNode *n, uint32_t first, int indent) {
  uint32_t count = core_nchildren(n);
  for (uint32_t i = first; i < count; i++) print_node(pr, core_child((CoreNode *)n, i), indent);
}

static void print_let(Printer *pr, const CoreNode *n, int indent) {
  for (uint32_t i = 0; i < n->let.n; i++) {
    print_line_start(pr, indent + 2);
    fputs("bind ", pr->to);
    print_binder(pr, n->let.vars[i]);
    fputc('\n', pr->to);
    print_node(pr, n->let.inits[i], indent + 4);
  }
  print_node(pr, n->let.body, indent + 2);
}

/* call @f, call f.1: a callee that is a name stands on the line */
static uint32_t print_call_head(Printer *pr, const CoreNode *n) {
  const CoreNode *fn = n->call.fn;
  if (fn->kind == CORE_GLOBAL) {
    fprintf(pr->to, " @%s", fn->global->name->bytes);
  } else if (fn->kind == CORE_LOCAL) {
    fputc(' ', pr->to);
    print_var(pr, fn->var);
  } else {
    return 0;
  }
  return 1;
}

static void print_node(Printer *pr, const CoreNode *n, int indent) {
  static const char *const words[CORE_COUNT] = {
      "const", "local",  "global", "lambda", "call", "apply", "prim",
      "if",    "let",    "letrec", "set",    "set-global", "seq"};
  uint32_t first_child = 0;
  print_line_start(pr, indent);
  fputs(words[n->kind], pr->to);
  switch (n->kind) {
  case CORE_CONST:
    fputc(' ', pr->to);
    print_literal(pr->to, n->literal);
    break;
  case CORE_LOCAL:
    fputc(' ', pr->to);
    print_var(pr, n->var);
    break;
  case CORE_GLOBAL: fprintf(pr->to, " @%s", n->global->name->bytes); break;
  case CORE_LAMBDA:
    if (n->lambda->name) fprintf(pr->to, " %s", n->lambda->name->bytes);
    print_lambda_head(pr, n->lambda);
    break;
  case CORE_CALL:
  case CORE_APPLY: first_child = print_call_head(pr, n); break;
  case CORE_PRIM: fprintf(pr->to, " %s", prim_table[n->prim.id].id); break;
  case CORE_SET:
    fputc(' ', pr->to);
    print_var(pr, n->set.var);
    break;
  case CORE_SET_GLOBAL: fprintf(pr->to, " @%s", n->set_global.global->name->bytes); break;
  default: break;
  }
  if (n->kind != CORE_LAMBDA) print_kinds_if_known(pr->to, n->kinds);
  fputc('\n', pr->to);
  if (n->kind == CORE_LET || n->kind == CORE_LETREC) print_let(pr, n, indent);
  else print_children(pr, n, first_child, indent + 2);
}

static void print_root(void *ctx, CoreNode **root, CoreLambda *top) {
  Printer *pr = ctx;
  pr->root++;
  pr->next = 0;
  if (top && top->global) {
    fprintf(pr->to, "function @%s", top->global->name->bytes);
    print_lambda_head(pr, top);
    if (top->global->from_prelude) fputs(" prelude", pr->to);
  } else if (top) {
    fprintf(pr->to, "test %s", top->name ? top->name->bytes : "_");
    print_lambda_head(pr, top);
  } else {
    fputs("top", pr->to);
  }
  fputc('\n', pr->to);
  print_node(pr, *root, 2);
}

/* Globals whose value is not a function: constants and cells. */
static void print_globals(Printer *pr) {
  for (size_t i = 0; i < pr->p->globals.n; i++) {
    const CoreGlobal *g = pr->p->globals.items[i];
    if (g->lambda || (pr->used_only && !g->used)) continue;
    fprintf(pr->to, "global @%s", g->name->bytes);
    print_kinds_if_known(pr->to, g->kinds);
    if (g->checked) fputs(" checked", pr->to);
    if (g->assigned) fputs(" assigned", pr->to);
    if (g->literal) {
      fputs(" = ", pr->to);
      print_literal(pr->to, g->literal);
    }
    fputc('\n', pr->to);
  }
}

void core_print(FILE *to, const CoreProgram *p) {
  size_t nvars = p->next_var_id + 1;
  Printer pr = {.to = to, .p = p, .used_only = p->shaken};
  pr.numbers = ARENA_ARRAY(p->arena, uint32_t, nvars);
  pr.stamps = ARENA_ARRAY(p->arena, uint32_t, nvars);
  print_globals(&pr);
  core_each_root(p, pr.used_only, print_root, &pr);
}
