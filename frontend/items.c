/* Bodies: sequences of definitions and forms, and the order in which they
 * come into being.
 *
 * In a body, definitions are letrec*. Functions exist as long as they are
 * needed: each group of functions is bound (LETREC) just before the first value
 * or form that refers to one of them, directly or through other functions. A
 * value is an ordinary LET at its place. Only if something placed before a
 * value may read it does the value become a variable that starts out unbound
 * and is checked at every read:
 *
 *   (define (f) (g)) (define x (f)) (define (g) x)      x is early, f and g are
 *                                                       bound before it
 * At top level functions always exist; the same walk finds the globals whose
 * reads must be checked.
 */
#include "expand.h"

Item *items_add(Expand *x, Items *items, ItemTag tag, const Datum *d) {
  Item *it = ARENA_NEW(x->a, Item);
  it->tag = tag;
  it->items = items;
  it->index = (uint32_t)items->list.n;
  it->datum = d;
  VEC_PUSH(x->a, &items->list, it);
  return it;
}

/* ---- unused values ---- */

static bool has_no_effect(const CoreNode *n) {
  switch (n->kind) {
  case CORE_CONST: return n->literal->kind != LIT_NOTHING; /* also stands for errors */
  case CORE_LOCAL:
  case CORE_GLOBAL:
  case CORE_LAMBDA: return true;
  case CORE_PRIM: {
    const PrimInfo *info = &prim_table[n->prim.id];
    if (info->effects & (P_DROP | P_IO | P_NORETURN) || info->kind == K_NOTHING) return false;
    return n->prim.id != PRIM_prim_spread && info->name[0] != '%'
               ? true
               : info->effects & (P_PURE | P_INLINE);
  }
  default: return false;
  }
}

void warn_unused_value(Expand *x, const CoreNode *n) {
  if (x->module == &x->prelude || !has_no_effect(n) || diag_error_count(x->diag)) return;
  diag_report(x->diag, DIAG_W0302, n->span, "this value is not used");
  diag_help(x->diag, "only the last form of a body gives its value; remove it, or use it");
}

/* ---- placing ---- */

static bool is_function(const Item *it) {
  return it->tag == ITEM_FUNCTION && !(it->binding->var && it->binding->var->assigned);
}

/* Functions that `from` needs and that are not placed yet, in order of
 * discovery; values that these or `from` may read too early are marked. */
static ItemVec collect_functions(Expand *x, Item *from) {
  ItemVec found = {0};
  const Item *reader = from;
  for (size_t i = 0;;) {
    for (size_t k = 0; k < reader->refs.n; k++) {
      Item *to = reader->refs.items[k];
      if (to->items != from->items || to->done) continue;
      if (is_function(to)) {
        to->done = true;
        VEC_PUSH(x->a, &found, to);
      } else {
        to->early = true;
      }
    }
    if (i == found.n) return found;
    reader = found.items[i++];
  }
}

typedef struct Step {
  CoreKind kind; /* LET, LETREC, SEQ: a form, a SET */
  uint32_t n;
  CoreVar **vars;
  CoreNode **nodes;
} Step;
typedef VEC(Step) Steps;

static void step_add(Expand *x, Steps *steps, CoreKind kind, CoreVar *v, CoreNode *node) {
  Step s = {kind, 1, ARENA_NEW(x->a, CoreVar *), ARENA_NEW(x->a, CoreNode *)};
  s.vars[0] = v;
  s.nodes[0] = node;
  VEC_PUSH(x->a, steps, s);
}

static void step_functions(Expand *x, Steps *steps, const ItemVec *functions) {
  if (functions->n == 0) return;
  Step s = {CORE_LETREC, (uint32_t)functions->n, ARENA_ARRAY(x->a, CoreVar *, functions->n),
            ARENA_ARRAY(x->a, CoreNode *, functions->n)};
  for (uint32_t i = 0; i < s.n; i++) {
    s.vars[i] = functions->items[i]->binding->var;
    s.nodes[i] = functions->items[i]->node;
    if (s.nodes[i]->kind == CORE_LAMBDA) s.vars[i]->lambda = s.nodes[i]->lambda;
  }
  VEC_PUSH(x->a, steps, s);
}

/* Every read of an early value asks whether it is bound. */
static void check_reads(Expand *x, Item *it) {
  const Binding *b = it->binding;
  for (size_t i = 0; i < it->reads.n; i++) {
    CoreNode *read = it->reads.items[i];
    CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, 2);
    args[0] = core_node_new(x->p, CORE_LOCAL, read->span);
    args[0]->var = b->var; /* counted when the read was made */
    args[1] = node_symbol(x, b->name, read->span);
    read->kind = CORE_PRIM;
    read->prim.id = PRIM_check_bound;
    read->prim.nargs = 2;
    read->prim.args = args;
  }
}

static CoreNode *fold_steps(Expand *x, const Steps *steps, Span at) {
  CoreNode *body = NULL;
  for (size_t i = steps->n; i-- > 0;) {
    const Step *s = &steps->items[i];
    if (s->kind != CORE_SEQ) {
      CoreNode *let = core_let_new(x->p, s->n, s->vars, s->nodes, body, at);
      let->kind = s->kind;
      body = let;
      continue;
    }
    size_t first = i; /* a run of forms is one SEQ */
    while (first > 0 && steps->items[first - 1].kind == CORE_SEQ) first--;
    uint32_t n = (uint32_t)(i - first + 1);
    CoreNode **forms = ARENA_ARRAY(x->a, CoreNode *, n + 1);
    for (uint32_t k = 0; k < n; k++) forms[k] = steps->items[first + k].nodes[0];
    if (body) forms[n++] = body;
    body = node_seq(x, n, forms, at);
    i = first;
  }
  return body ? body : node_nothing(x, at);
}

CoreNode *items_place(Expand *x, Items *items, Span at) {
  Steps steps = {0}, unbound = {0};
  for (size_t i = 0; i < items->list.n; i++) {
    Item *it = items->list.items[i];
    if (is_function(it)) continue;
    ItemVec functions = collect_functions(x, it);
    step_functions(x, &steps, &functions);
    if (it->tag == ITEM_FORM) {
      step_add(x, &steps, CORE_SEQ, NULL, it->node);
    } else if (it->early) {
      step_add(x, &unbound, CORE_LET, it->binding->var, node_literal(x, LIT_UNBOUND, at));
      step_add(x, &steps, CORE_SEQ, NULL, node_set(x, it->binding->var, it->node, it->node->span));
      check_reads(x, it);
    } else {
      step_add(x, &steps, CORE_LET, it->binding->var, it->node);
    }
    it->done = true;
  }
  for (size_t i = 0; i < steps.n; i++) VEC_PUSH(x->a, &unbound, steps.items[i]);
  return fold_steps(x, &unbound, at);
}

void items_check_globals(Expand *x, Items *items) {
  for (size_t i = 0; i < items->list.n; i++) {
    Item *it = items->list.items[i];
    if (it->tag == ITEM_FUNCTION) continue;
    collect_functions(x, it);
    it->done = true;
  }
  for (size_t i = 0; i < items->list.n; i++) {
    const Item *it = items->list.items[i];
    if (it->tag == ITEM_VALUE && it->early && it->binding) it->binding->global->checked = true;
  }
}

/* ---- bodies with definitions ---- */

static void declare_local(Expand *x, Items *items, const Define *def) {
  Item *it =
      items_add(x, items, def->tag == DEFINE_FUNCTION ? ITEM_FUNCTION : ITEM_VALUE, def->datum);
  Binding *before = ptrmap_get(x->locals, def->name);
  if (before && before->item && before->item->items == items) {
    diag_report(x->diag, DIAG_E0302, def->name_span, "`%s` is defined twice in this body",
                def->name->bytes);
    diag_note(x->diag, before->span, "first defined here");
    it->tag = ITEM_FORM;
    it->node = expand_error(x, def->datum->span);
    return;
  }
  CoreVar *v = core_var_new(x->p, def->name, def->name_span);
  it->binding = scope_bind(x, def->name, v, def->name_span, true);
  it->binding->item = it;
  const Datum *d = def->datum; /* known to assignments before the definition */
  if (def->tag == DEFINE_VALUE && d->n == 4)
    scope_annotate(x, it->binding, kind_of_datum(x, d->items[2]));
}

static void declare_all(Expand *x, Items *items, Datum *const *forms, size_t n, Define *defs) {
  for (size_t i = 0; i < n; i++) {
    if (!datum_is_form(x, forms[i], "define")) {
      items_add(x, items, ITEM_FORM, forms[i]);
      continue;
    }
    defs[i] = define_parse(x, forms[i]);
    DefineTag tag = defs[i].tag;
    if (tag == DEFINE_FUNCTION || tag == DEFINE_VALUE) {
      declare_local(x, items, &defs[i]);
      continue;
    }
    if (tag != DEFINE_BAD)
      diag_report(x->diag, DIAG_E0202, forms[i]->span, "kinds are defined at top level only");
    items_add(x, items, ITEM_FORM, forms[i])->node = expand_error(x, forms[i]->span);
  }
}

static void expand_item(Expand *x, Item *it, const Define *def, bool last) {
  it->items->current = it;
  if (it->node) {
    /* reported */
  } else if (it->tag == ITEM_FUNCTION) {
    it->node = define_function(x, def);
  } else if (it->tag == ITEM_VALUE) {
    it->node = define_value(x, def);
  } else {
    it->node = expand_expr(x, it->datum);
    if (!last) warn_unused_value(x, it->node);
  }
  it->items->current = NULL;
}

/* The value of a body that ends in a definition, which was reported. */
static bool ends_in_definition(Expand *x, Datum *const *forms, size_t n) {
  if (!datum_is_form(x, forms[n - 1], "define")) return false;
  diag_report(x->diag, DIAG_E0202, forms[n - 1]->span, "a body ends in a definition");
  diag_help(x->diag, "the last form of a body is its value: add an expression after it");
  return true;
}

CoreNode *expand_body_forms(Expand *x, Datum *const *forms, size_t n, Span at, const char *what) {
  if (n == 0) {
    diag_report(x->diag, DIAG_E0201, at, "%s has no body", what);
    return expand_error(x, at);
  }
  size_t mark = scope_mark(x);
  bool open_end = ends_in_definition(x, forms, n);
  Items *items = ARENA_NEW(x->a, Items);
  Define *defs = ARENA_ARRAY(x->a, Define, n);
  declare_all(x, items, forms, n, defs);
  for (size_t i = 0; i < n; i++) expand_item(x, items->list.items[i], &defs[i], i + 1 == n);
  if (open_end) items_add(x, items, ITEM_FORM, forms[n - 1])->node = expand_error(x, at);
  CoreNode *body = items_place(x, items, at);
  scope_leave(x, mark);
  return body;
}

CoreNode *expand_body(Expand *x, const Datum *d, uint32_t from, const char *what) {
  uint32_t n = d->n > from ? d->n - from : 0;
  return expand_body_forms(x, d->items + from, n, d->span, what);
}
