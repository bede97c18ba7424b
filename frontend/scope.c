/* What names mean: locals, the program's definitions, the prelude's, special
 * forms and primitives, in this order; suggestions for misspelt names; warnings
 * about unused and shadowing ones.
 *
 * Locals are a stack: each name points at its innermost binding, which knows
 * the one it hides. Leaving a scope undoes the bindings made since its mark.
 * A special form comes before a definition of the program (which may not take
 * its name), after a local.
 */
#include <string.h>

#include "expand.h"

/* Names of features that later milestones bring. */
static const struct {
  const char *name, *group;
  DiagCode code;
} later_names[] = {
    {"handle", "effects", DIAG_E0904},
    {"perform", "effects", DIAG_E0904},
    {"try", "handling of errors", DIAG_E0904},
    {"raise", "handling of errors", DIAG_E0904},
    {"prompt", "delimited control", DIAG_E0904},
    {"control", "delimited control", DIAG_E0904},
    {"fiber", "fibers", DIAG_E0905},
    {"yield", "fibers", DIAG_E0905},
    {"resume", "fibers", DIAG_E0905},
    {"spawn", "fibers", DIAG_E0905},
    {"with-fibers", "fibers", DIAG_E0905},
    {"chan", "channels", DIAG_E0905},
    {"send", "channels", DIAG_E0905},
    {"recv", "channels", DIAG_E0905},
    {"select", "channels", DIAG_E0905},
    {"thread", "threads", DIAG_E0905},
    {"thread-join", "threads", DIAG_E0905},
    {"atom", "atoms", DIAG_E0905},
    {"deref", "atoms", DIAG_E0905},
    {"reset!", "atoms", DIAG_E0905},
    {"swap!", "atoms", DIAG_E0905},
    {"cas!", "atoms", DIAG_E0905},
    {"freeze", "sharing between threads", DIAG_E0905},
    {"define-syntax", "macros", DIAG_E0906},
    {"syntax-rules", "macros", DIAG_E0906},
    {"let-syntax", "macros", DIAG_E0906},
    {"letrec-syntax", "macros", DIAG_E0906},
    {"import", "modules", DIAG_E0907},
    {"module", "modules", DIAG_E0907},
    {"export", "modules", DIAG_E0907},
    {"lift", "staging", DIAG_E0909},
    {"run", "staging", DIAG_E0909},
    {"union", "unions as values", DIAG_E0902},
};

static void add_builtin(Expand *x, Binding b) {
  Binding *copy = ARENA_NEW(x->a, Binding);
  *copy = b;
  ptrmap_put(x->builtins, b.name, copy);
}

static void add_forms(Expand *x, const SpecialForm *forms) {
  for (; forms->name; forms++)
    add_builtin(
        x, (Binding){.tag = BIND_FORM, .name = name_cstr(x->names, forms->name), .form = forms});
}

void scope_init(Expand *x) {
  x->locals = ptrmap_new(x->a);
  x->builtins = ptrmap_new(x->a);
  x->reported = ptrmap_new(x->a);
  x->fields = ptrmap_new(x->a);
  x->places = ptrmap_new(x->a);
  x->prelude.names = ptrmap_new(x->a);
  x->program.names = ptrmap_new(x->a);
  for (size_t i = 0; i < sizeof later_names / sizeof *later_names; i++)
    add_builtin(x, (Binding){.tag = BIND_LATER,
                             .name = name_cstr(x->names, later_names[i].name),
                             .later = later_names[i].group,
                             .later_code = later_names[i].code});
  for (int id = 0; id < PRIM_COUNT; id++)
    add_builtin(x, (Binding){.tag = BIND_PRIM,
                             .name = name_cstr(x->names, prim_table[id].name),
                             .prim = (PrimId)id});
  add_forms(x, control_forms);
  add_forms(x, loop_forms);
}

/* ---- locals ---- */

size_t scope_mark(const Expand *x) { return x->scope.n; }

static bool is_quiet(const Name *name) { return name->bytes[0] == '_'; }

/* Of locals only: parameters called as something of the file are common. */
static void warn_shadow(Expand *x, const Name *name, Span at) {
  const Binding *outer = ptrmap_get(x->locals, name);
  if (!outer || x->module == &x->prelude || is_quiet(name)) return;
  diag_report(x->diag, DIAG_W0303, at, "`%s` hides another `%s`", name->bytes, name->bytes);
  diag_note(x->diag, outer->span, "the other one is bound here");
}

Binding *scope_bind(Expand *x, const Name *name, CoreVar *var, Span at, bool warn_unused) {
  Binding *b = ARENA_NEW(x->a, Binding);
  *b = (Binding){.tag = BIND_LOCAL,
                 .name = name,
                 .var = var,
                 .span = at,
                 .warn_unused = warn_unused && !is_quiet(name) && x->module != &x->prelude,
                 .outer = ptrmap_get(x->locals, name)};
  warn_shadow(x, name, at);
  ptrmap_put(x->locals, name, b);
  VEC_PUSH(x->a, &x->scope, b);
  return b;
}

CoreVar *scope_bind_new(Expand *x, const Name *name, Span at, bool warn_unused) {
  CoreVar *v = core_var_new(x->p, name, at);
  scope_bind(x, name, v, at, warn_unused);
  return v;
}

void scope_annotate(Expand *x, Binding *b, const Kind *kind) {
  b->kind = kind;
  if (!kind || !kind->sized) return;
  ptrmap_put(x->places, b->global ? (void *)b->global : (void *)b->var, (void *)kind);
}

void scope_leave(Expand *x, size_t mark) {
  while (x->scope.n > mark) {
    Binding *b = x->scope.items[--x->scope.n];
    ptrmap_put(x->locals, b->name, b->outer);
    if (b->warn_unused && !b->used && diag_error_count(x->diag) == 0) {
      diag_report(x->diag, DIAG_W0301, b->span, "`%s` is never used", b->name->bytes);
      diag_help(x->diag, "remove it, or call it `_%s` if that is meant", b->name->bytes);
    }
  }
}

/* ---- lookup ---- */

/* %names are for the prelude. */
static bool is_visible(const Expand *x, const Name *name) {
  return name->bytes[0] != '%' || x->module == &x->prelude;
}

Binding *scope_global(Expand *x, const Name *name) {
  Binding *builtin = ptrmap_get(x->builtins, name);
  /* the prelude's function of a form's name is for its use as a value */
  bool fixed =
      builtin && builtin->tag == BIND_FORM && (!builtin->form->soft || x->module == &x->prelude);
  if (fixed) return builtin;
  Binding *b = ptrmap_get(x->module->names, name);
  if (b) return b;
  if (!is_visible(x, name)) return NULL;
  if (builtin && builtin->tag == BIND_FORM) return builtin;
  b = ptrmap_get(x->prelude.names, name);
  return b ? b : builtin;
}

Binding *scope_lookup(Expand *x, const Name *name) {
  Binding *b = ptrmap_get(x->locals, name);
  if (!b) b = scope_global(x, name);
  if (b) b->used = true;
  return b;
}

Binding *scope_prelude(Expand *x, const char *text) {
  const Name *name = name_cstr(x->names, text);
  Binding *b = ptrmap_get(x->prelude.names, name);
  return b ? b : ptrmap_get(x->builtins, name);
}

/* A use of a definition, for the order of initialisation. */
void scope_note_reference(Expand *x, Binding *b, CoreNode *node) {
  Item *to = b->item;
  if (!to) return;
  if (node) VEC_PUSH(x->a, &to->reads, node);
  Item *from = to->items->current;
  if (!from) return;
  if (from->refs.n > 0 && from->refs.items[from->refs.n - 1] == to) return;
  VEC_PUSH(x->a, &from->refs, to);
}

/* ---- unknown names ---- */

typedef VEC(const Name *) NameVec;

static bool is_wanted(const Binding *b, WantedName wanted) {
  switch (wanted) {
  case WANTED_KIND: return b->tag == BIND_STRUCT || b->tag == BIND_KIND;
  case WANTED_CONSTRUCTOR: return b->tag == BIND_STRUCT || b->tag == BIND_CASE;
  case WANTED_VALUE: break;
  }
  return b->tag != BIND_KIND;
}

static void add_names(Expand *x, const PtrMap *m, WantedName wanted, NameVec *out) {
  for (size_t i = 0; i < ptrmap_count(m); i++) {
    const void *key;
    const Binding *b = ptrmap_at(m, i, &key);
    const Name *name = key;
    if (b && is_visible(x, name) && is_wanted(b, wanted)) VEC_PUSH(x->a, out, name);
  }
}

static void add_kinds(Expand *x, NameVec *out) {
  for (size_t i = 0; i < ptrmap_count(x->kinds); i++) {
    const void *key;
    ptrmap_at(x->kinds, i, &key);
    VEC_PUSH(x->a, out, (const Name *)key);
  }
}

/* What people bring from other Lisps, and what it is called here. */
static const char *name_from_elsewhere(const Name *name) {
  static const char *const names[][2] = {{"setq", "set!"},
                                         {"setf", "put!"},
                                         {"defun", "define"},
                                         {"defn", "define"},
                                         {"def", "define"},
                                         {"defvar", "define"},
                                         {"progn", "do"},
                                         {"nil", "nothing` or `()"},
                                         {"null", "nothing"},
                                         {"None", "nothing"},
                                         {"struct", "{struct Name}"},
                                         {"defstruct", "{struct Name}"},
                                         {"define-struct", "{struct Name}"},
                                         {"define-record-type", "{struct Name}"},
                                         {"hash-map", "dict"},
                                         {"make-hash-table", "dict"},
                                         {"vector", "array"},
                                         {"mapcar", "map"},
                                         {"dolist", "for"},
                                         {"dotimes", "for"},
                                         {"loop", "while"},
                                         {"elif", "cond"},
                                         {"let-values", "let"},
                                         {"call-with-values", "let"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name->bytes, names[i][0])) return names[i][1];
  return NULL;
}

void scope_report_unknown(Expand *x, const Name *name, Span at, WantedName wanted) {
  static const char *const what[] = {"name", "kind", "struct or case"};
  if (ptrmap_get(x->reported, name)) return;
  ptrmap_put(x->reported, name, x);
  NameVec candidates = {0};
  add_names(x, x->locals, wanted, &candidates);
  add_names(x, x->module->names, wanted, &candidates);
  add_names(x, x->prelude.names, wanted, &candidates);
  add_names(x, x->builtins, wanted, &candidates);
  if (wanted != WANTED_CONSTRUCTOR) add_kinds(x, &candidates);
  const Name *near = diag_suggest(name, candidates.items, candidates.n);
  const char *here = wanted == WANTED_VALUE ? name_from_elsewhere(name) : NULL;
  diag_report(x->diag, DIAG_E0301, at, "unknown %s `%s`", what[wanted], name->bytes);
  if (here) diag_help(x->diag, "other Lisps have `%s`; here it is `%s`", name->bytes, here);
  if (here || !near) return;
  diag_help(x->diag, "did you mean `%s`?", near->bytes);
  Binding *b = scope_lookup(x, near);
  if (b && b->span.file && !b->from_prelude)
    diag_note(x->diag, b->span, "`%s` is defined here", near->bytes);
}

void scope_forgive(Expand *x, const Datum *d) {
  if (d->kind == DATUM_SYMBOL) ptrmap_put(x->reported, d->name, x);
  for (uint32_t i = 0; i < d->n && d->items; i++)
    if (d->items[i]) scope_forgive(x, d->items[i]);
}

/* A capitalised name that a pattern binds is usually a misspelt case. */
void scope_warn_capital(Expand *x, const Name *name, Span at) {
  if (name->bytes[0] < 'A' || name->bytes[0] > 'Z' || x->module == &x->prelude) return;
  NameVec cases = {0};
  add_names(x, x->module->names, WANTED_CONSTRUCTOR, &cases);
  const Name *near = diag_suggest(name, cases.items, cases.n);
  diag_report(x->diag, DIAG_W0305, at, "`%s` is bound here as a name, and matches everything",
              name->bytes);
  if (near) diag_help(x->diag, "did you mean `%s`?", near->bytes);
  else diag_help(x->diag, "no case or struct of that name is known");
}
