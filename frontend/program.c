/* A whole program: the prelude, then the program's file, each a module.
 *
 * A module's names are declared first, so its functions see each other in any
 * order; then kinds are completed, then everything is expanded in order. What a
 * definition becomes is settled last, when all assignments are known:
 *
 *   function, never assigned      CoreGlobal.lambda
 *   constant, never assigned,
 *     not read too early          CoreGlobal.literal
 *   function that is assigned     set before all forms
 *   any other value               set in order, among the forms
 */
#include "expand.h"

/* ---- globals ---- */

CoreGlobal *global_new(Expand *x, const Name *name, Span at) {
  CoreGlobal *g = ARENA_NEW(x->a, CoreGlobal);
  g->name = name;
  g->span = at;
  g->index = (uint32_t)x->p->globals.n;
  g->kinds = K_ANY;
  g->from_prelude = x->module == &x->prelude;
  VEC_PUSH(x->a, &x->p->globals, g);
  return g;
}

static bool is_taken(Expand *x, const Name *name, Span at) {
  const Binding *builtin = ptrmap_get(x->builtins, name);
  if (builtin && builtin->tag == BIND_FORM && !builtin->form->soft) {
    diag_report(x->diag, DIAG_E0209, at, "`%s` is a special form and cannot be defined",
                name->bytes);
    diag_help(x->diag, "choose another name; a parameter or a let may use this one");
    return true;
  }
  const Binding *before = ptrmap_get(x->module->names, name);
  if (!before) return false;
  diag_report(x->diag, DIAG_E0302, at, "`%s` is defined twice", name->bytes);
  diag_note(x->diag, before->span, "first defined here");
  return true;
}

Binding *module_declare(Expand *x, BindingTag tag, const Name *name, Span at) {
  if (is_taken(x, name, at)) return NULL;
  Binding *b = ARENA_NEW(x->a, Binding);
  *b = (Binding){.tag = tag, .name = name, .span = at, .from_prelude = x->module == &x->prelude};
  if (tag != BIND_KIND) b->global = global_new(x, name, at);
  ptrmap_put(x->module->names, name, b);
  return b;
}

/* ---- declaring ---- */

typedef struct Top {
  const Datum *datum;
  Define def; /* tag NONE: a form */
  Item *item;
  bool is_test;
} Top;
typedef VEC(Top) Tops;

/* The top-level forms, those of `do` spliced. */
static void flatten(Expand *x, Datum *const *forms, size_t n, Tops *out) {
  for (size_t i = 0; i < n; i++) {
    Datum *d = forms[i];
    if (datum_is_form(x, d, "do") || datum_is_form(x, d, "begin")) {
      flatten(x, d->items + 1, d->n - 1, out);
      continue;
    }
    Top top = {.datum = d, .def = {.tag = DEFINE_NONE}};
    top.is_test = datum_is_form(x, d, "deftest");
    if (datum_is_form(x, d, "define")) top.def = define_parse(x, d);
    VEC_PUSH(x->a, out, top);
  }
}

/* A typed parameter makes a definition a method where the name has one. */
static bool is_method(Expand *x, const Define *def) {
  if (def->tag != DEFINE_FUNCTION || !def->typed_params) return false;
  const Binding *own = ptrmap_get(x->module->names, def->name);
  const Binding *library = ptrmap_get(x->prelude.names, def->name);
  const Binding *builtin = ptrmap_get(x->builtins, def->name);
  bool function = own && own->item && own->item->tag == ITEM_FUNCTION;
  bool extends =
      !own && x->module != &x->prelude && (library || (builtin && builtin->tag == BIND_PRIM));
  if ((!function && !extends) || def->name->bytes[0] == '%') return false;
  diag_report(x->diag, DIAG_E0910, def->name_span,
              "methods of a name that is defined already are not available yet");
  if (own) diag_note(x->diag, own->span, "`%s` is defined here", def->name->bytes);
  else
    diag_help(x->diag,
              "`%s` is a function of the library; without annotated parameters this "
              "definition takes its place in this file",
              def->name->bytes);
  return true;
}

static bool is_lambda_form(Expand *x, const Datum *d) {
  return datum_is_form(x, d, "fn") || datum_is_form(x, d, "lambda") || datum_is_form(x, d, "λ");
}

static void declare_name(Expand *x, Top *top) {
  Define *def = &top->def;
  bool function =
      def->tag == DEFINE_FUNCTION || is_lambda_form(x, def->datum->items[def->datum->n - 1]);
  if (is_method(x, def)) return;
  def->binding = module_declare(x, BIND_GLOBAL, def->name, def->name_span);
  if (!def->binding) return;
  function &= def->tag == DEFINE_FUNCTION || def->datum->n == 3;
  top->item = items_add(x, &x->module->items, function ? ITEM_FUNCTION : ITEM_VALUE, top->datum);
  top->item->binding = def->binding;
  def->binding->item = top->item;
}

static void declare(Expand *x, Top *top) {
  switch (top->def.tag) {
  case DEFINE_STRUCT: struct_declare(x, &top->def); return;
  case DEFINE_ENUM: enum_declare(x, &top->def); return;
  case DEFINE_ALIAS:
    top->def.binding = module_declare(x, BIND_KIND, top->def.name, top->def.name_span);
    if (top->def.binding) top->def.binding->kind = ptrmap_get(x->kinds, name_cstr(x->names, "Any"));
    return;
  case DEFINE_VALUE:
  case DEFINE_FUNCTION: declare_name(x, top); return;
  case DEFINE_NONE:
    if (!top->is_test) top->item = items_add(x, &x->module->items, ITEM_FORM, top->datum);
    return;
  case DEFINE_BAD: return;
  }
}

/* ---- kinds ---- */

static void define_alias(Expand *x, const Define *def) {
  if (!def->binding) return;
  const Datum *d = def->datum;
  if (d->n != 3) {
    diag_report(x->diag, DIAG_E0408, d->span, "an alias names one kind: (define {Name} {Kind})");
    return;
  }
  const Datum *value = d->items[2];
  bool is_union =
      value->kind == DATUM_LIST && value->n > 0 && datum_is_symbol(value->items[0], "union");
  def->binding->kind = is_union ? kind_union(x, value, def->name) : kind_of_datum(x, value);
}

static void define_kinds(Expand *x, const Tops *tops) {
  for (size_t i = 0; i < tops->n; i++)
    if (tops->items[i].def.tag == DEFINE_ALIAS) define_alias(x, &tops->items[i].def);
  for (size_t i = 0; i < tops->n; i++) {
    const Define *def = &tops->items[i].def;
    if (def->tag == DEFINE_STRUCT) struct_define(x, def);
    else if (def->tag == DEFINE_ENUM) enum_define(x, def);
    else if (def->tag == DEFINE_VALUE && def->datum->n == 4 && def->binding)
      scope_annotate(x, def->binding, kind_of_datum(x, def->datum->items[2]));
    else if (def->tag == DEFINE_FUNCTION && def->binding) define_result_kind(x, def, def->binding);
  }
}

/* ---- expanding ---- */

static void expand_test(Expand *x, const Datum *d) {
  const Datum *name = d->n > 1 ? d->items[1] : NULL;
  if (!name || (name->kind != DATUM_SYMBOL && name->kind != DATUM_STRING) || d->n < 3) {
    diag_report(x->diag, DIAG_E0201, d->span, "`deftest` takes a name and a body");
    return;
  }
  CoreLambda *l = lambda_new(x, NULL, 0, NULL, expand_body(x, d, 2, "this test"), d->span);
  const char *text =
      name->kind == DATUM_SYMBOL ? name->name->bytes : arena_copy(x->a, name->text, name->nbytes);
  if (x->with_tests) VEC_PUSH(x->a, &x->p->tests, ((CoreTest){text, l, d->span}));
}

static void expand_top(Expand *x, Top *top) {
  if (top->is_test) {
    expand_test(x, top->datum);
    return;
  }
  Item *it = top->item;
  const Define *def = &top->def;
  if (!it) {
    /* refused, but its own mistakes are still worth telling */
    if (def->tag == DEFINE_FUNCTION) define_function(x, def);
    if (def->tag == DEFINE_VALUE) define_value(x, def);
    return;
  }
  x->module->items.current = it;
  if (def->tag == DEFINE_FUNCTION) it->node = define_function(x, def);
  else if (def->tag == DEFINE_VALUE) it->node = define_value(x, def);
  else it->node = expand_expr(x, top->datum);
  x->module->items.current = NULL;
  if (it->tag == ITEM_FORM) warn_unused_value(x, it->node);
}

/* ---- settling what definitions are ---- */

static CoreNode *set_global(Expand *x, CoreGlobal *g, CoreNode *value) {
  CoreNode *n = core_node_new(x->p, CORE_SET_GLOBAL, value->span);
  n->set_global.global = g;
  n->set_global.value = value;
  return n;
}

static bool is_constant(const CoreNode *n, const CoreGlobal *g) {
  return n->kind == CORE_CONST && !g->assigned && !g->checked;
}

static void settle_item(Expand *x, const Item *it, NodeVec *forms) {
  CoreGlobal *g = it->binding ? it->binding->global : NULL;
  CoreNode *node = it->node;
  if (it->tag == ITEM_FORM) {
    VEC_PUSH(x->a, forms, node);
  } else if (it->tag == ITEM_FUNCTION && node->kind == CORE_LAMBDA && !g->assigned) {
    g->lambda = node->lambda;
    node->lambda->global = g;
  } else if (it->tag == ITEM_FUNCTION) {
    VEC_PUSH(x->a, &x->first_forms, set_global(x, g, node));
  } else if (is_constant(node, g)) {
    g->literal = node->literal;
  } else {
    g->assigned = true;
    VEC_PUSH(x->a, forms, set_global(x, g, node));
  }
}

static void settle(Expand *x, Module *m) {
  items_check_globals(x, &m->items);
  NodeVec forms = {0};
  for (size_t i = 0; i < m->items.list.n; i++) settle_item(x, m->items.list.items[i], &forms);
  for (size_t i = 0; i < x->first_forms.n; i++) VEC_PUSH(x->a, &x->p->top, x->first_forms.items[i]);
  for (size_t i = 0; i < forms.n; i++) VEC_PUSH(x->a, &x->p->top, forms.items[i]);
  x->first_forms.n = 0;
}

static void expand_module(Expand *x, Module *m, ReadResult source) {
  x->module = m;
  Tops tops = {0};
  flatten(x, source.forms, source.n, &tops);
  for (size_t i = 0; i < tops.n; i++) declare(x, &tops.items[i]);
  define_kinds(x, &tops);
  for (size_t i = 0; i < tops.n; i++) expand_top(x, &tops.items[i]);
  settle(x, m);
}

/* Definitions may have been lost with brackets: their names count as reported. */
static void forgive_lost_names(Expand *x, ReadResult source) {
  if (!source.lost_names) return;
  for (size_t i = 0; i < ptrmap_count(source.lost_names); i++) {
    const void *name;
    ptrmap_at(source.lost_names, i, &name);
    ptrmap_put(x->reported, name, x);
  }
}

CoreProgram *expand_program(Arena *a, NameTable *names, SourceMap *sources, Diag *diag,
                            ReadResult prelude, ReadResult program, bool with_tests) {
  Expand *x = ARENA_NEW(a, Expand);
  CoreProgram *p = ARENA_NEW(a, CoreProgram);
  p->arena = x->a = a;
  p->names = x->names = names;
  p->sources = x->sources = sources;
  p->diag = x->diag = diag;
  x->p = p;
  x->with_tests = with_tests;
  x->result_kinds = ptrmap_new(a);
  scope_init(x);
  kind_init(x);
  forgive_lost_names(x, program);
  expand_module(x, &x->prelude, prelude);
  expand_module(x, &x->program, program);
  core_refresh_vars(p);
  call_check_arity(x);
  return p;
}
