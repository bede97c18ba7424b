/* Parameters of functions: names in slots or lists, with kinds, defaults and a
 * rest; and the lambdas made of them.
 *
 * Inside a slot, left to right: a symbol starts a parameter, a {Kind} after it
 * types it, any other form is its default, `.. rest` takes what is left. An
 * optional parameter arrives as absent; the body starts with its default.
 */
#include "expand.h"

static void add_param(Expand *x, Params *out, const Datum *d, bool rest) {
  for (size_t i = 0; i < out->n; i++) {
    if (out->items[i].name != d->name || datum_is_symbol(d, "_")) continue;
    diag_report(x->diag, DIAG_E0303, d->span, "two parameters are called `%s`", d->name->bytes);
    diag_note(x->diag, out->items[i].span, "the first one is here");
    return;
  }
  Param *last = out->n ? &out->items[out->n - 1] : NULL;
  if (last && last->rest) {
    diag_report(x->diag, DIAG_E0203, d->span, "`%s` comes after the rest parameter",
                d->name->bytes);
    diag_help(x->diag, "`.. %s` takes all arguments that are left and stands last",
              last->name->bytes);
    return;
  }
  VEC_PUSH(x->a, out, ((Param){.name = d->name, .span = d->span, .rest = rest}));
}

static void bad_param(Expand *x, const Datum *d, const char *help) {
  if (d->kind == DATUM_ERROR) return;
  diag_report(x->diag, DIAG_E0203, d->span, "a parameter is a name");
  diag_help(x->diag, "%s", help);
}

static void type_or_default(Expand *x, Params *out, const Datum *d) {
  Param *p = out->n ? &out->items[out->n - 1] : NULL;
  if (!p) {
    bad_param(x, d, "write the name first: [x {Int} 10]; take values apart with match or let");
  } else if (d->kind == DATUM_KIND && !p->kind && !p->fallback) {
    p->kind = kind_of_datum(x, d);
  } else if (!p->fallback && !p->rest && d->kind != DATUM_KIND) {
    p->fallback = d;
  } else {
    bad_param(x, d, "after a name come a {Kind} and a default, at most one of each");
  }
}

/* items[i] of a slot or parameter list; the index of the next one. */
static uint32_t add_rest(Expand *x, const Datum *list, uint32_t i, Params *out) {
  if (i + 1 < list->n && list->items[i + 1]->kind == DATUM_SYMBOL) {
    add_param(x, out, list->items[i + 1], true);
    return i + 2;
  }
  bad_param(x, list->items[i], "`..` is followed by the name of the rest parameter");
  return i + 1;
}

void params_of_slot(Expand *x, const Datum *slot, uint32_t from, Params *out) {
  for (uint32_t i = from; i < slot->n;) {
    const Datum *d = slot->items[i];
    if (d->kind == DATUM_TAG) {
      Tags tags = {0};
      d = tags_strip(d, &tags);
      if (tags.other)
        diag_report(x->diag, DIAG_E0204, tags.span, "this tag means nothing on a parameter");
    }
    if (d->kind == DATUM_DOTS) {
      i = add_rest(x, slot, i, out);
      continue;
    }
    if (d->kind == DATUM_SYMBOL) add_param(x, out, d, false);
    else type_or_default(x, out, d);
    i++;
  }
}

void params_of_list(Expand *x, const Datum *list, uint32_t from, Params *out) {
  for (uint32_t i = from; i < list->n;) {
    const Datum *d = list->items[i];
    if (d->kind == DATUM_DOTS) {
      i = add_rest(x, list, i, out);
      continue;
    }
    if (d->kind == DATUM_SYMBOL) add_param(x, out, d, false);
    else if (d->kind == DATUM_ARRAY) params_of_slot(x, d, 0, out);
    else
      bad_param(x, d, "a typed parameter or one with a default stands in brackets: [x {Int} 10]");
    i++;
  }
  if (!list->tail) return;
  diag_report(x->diag, DIAG_E0203, list->tail->span, "a rest parameter is written with `..`");
  if (list->tail->kind == DATUM_SYMBOL) {
    diag_help(x->diag, "write: .. %s", list->tail->name->bytes);
    add_param(x, out, list->tail, true);
  }
}

static void check_order(Expand *x, const Params *params) {
  const Param *optional = NULL;
  for (size_t i = 0; i < params->n; i++) {
    const Param *p = &params->items[i];
    if (p->fallback) optional = p;
    else if (optional && !p->rest && optional->fallback->kind != DATUM_ERROR) {
      diag_report(x->diag, DIAG_E0203, p->span,
                  "`%s` has no default but stands after `%s`, which has one", p->name->bytes,
                  optional->name->bytes);
      return;
    }
  }
}

/* What a parameter adds around the body, made in order, put around in reverse. */
typedef struct Prologue {
  CoreVar *raw, *var; /* optional: arrives as raw */
  CoreNode *init;     /* optional: the value of var */
  const Kind *kind;
  const char *place;
  Span span;
} Prologue;

static Prologue bind_param(Expand *x, const Param *p) {
  Prologue out = {.kind = p->kind,
                  .span = p->span,
                  .place = arena_printf(x->a, "parameter %s", p->name->bytes)};
  if (p->fallback) {
    out.raw = core_var_new(x->p, p->name, p->span);
    CoreNode *absent = node_prim2(x, PRIM_identical, node_local(x, out.raw, p->span),
                                  node_literal(x, LIT_ABSENT, p->span), p->span);
    CoreNode *fallback = expand_expr(x, p->fallback);
    if (p->kind) kind_refuses(x, p->kind, fallback, out.place, p->fallback->span);
    out.init = node_if(x, absent, fallback, node_local(x, out.raw, p->span), p->span);
  }
  out.var = scope_bind_new(x, p->name, p->span, false);
  scope_annotate(x, x->scope.items[x->scope.n - 1], p->kind);
  if (!out.raw) out.raw = out.var;
  return out;
}

CoreLambda *params_lambda(Expand *x, const Name *name, const Params *params, const Kind *returns,
                          const Datum *d, uint32_t body_from, Span at) {
  check_order(x, params);
  size_t mark = scope_mark(x), n = params->n;
  Prologue *prologues = ARENA_ARRAY(x->a, Prologue, n ? n : 1);
  CoreVar **vars = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  CoreLambda *l = lambda_new(x, name, (uint32_t)n, vars, NULL, at);
  l->nrequired = 0;
  for (size_t i = 0; i < n; i++) {
    prologues[i] = bind_param(x, &params->items[i]);
    l->params[i] = prologues[i].raw;
    if (params->items[i].rest) l->rest = true;
    else if (params->items[i].fallback) l->noptional++;
    else l->nrequired++;
  }
  CoreNode *body = expand_body(x, d, body_from, "this function");
  if (returns) {
    const char *place = arena_printf(x->a, "result of %s", name ? name->bytes : "fn");
    body = kind_check_result(x, returns, body, place);
  }
  for (size_t i = n; i-- > 0;) {
    const Prologue *p = &prologues[i];
    if (p->kind) body = kind_guard(x, p->kind, p->var, p->place, body, p->span);
    if (p->init) body = node_let1(x, p->var, p->init, body, p->span);
  }
  l->body = body;
  scope_leave(x, mark);
  return l;
}
