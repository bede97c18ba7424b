/* Paths: person.name, grid.[i].[j], (f x).y; put! and update on them.
 *
 * A field of a value whose kind is annotated is read directly. Of others the
 * field's name tells: the one or two structs of the program that have such a
 * field are tried inline, everything else (dicts, other structs, errors) goes
 * to %field-ref, which looks the name up.
 */
#include "expand.h"

typedef struct Step {
  const Name *field;  /* .name */
  const Datum *index; /* .[i] */
  Span span;
} Step;
typedef VEC(Step) StepVec;

static StepVec path_steps(Expand *x, const Datum *d) {
  StepVec steps = {0};
  for (uint32_t i = 1; i < d->n; i++) {
    const Datum *s = d->items[i];
    if (s->kind == DATUM_SYMBOL) VEC_PUSH(x->a, &steps, ((Step){s->name, NULL, s->span}));
    if (s->kind != DATUM_ARRAY) continue;
    if (s->n == 0) diag_report(x->diag, DIAG_E0206, s->span, "an index is missing");
    for (uint32_t k = 0; k < s->n; k++)
      VEC_PUSH(x->a, &steps, ((Step){NULL, s->items[k], s->items[k]->span}));
  }
  return steps;
}

/* The annotated kind of a path's head, if it is a struct. */
static const Kind *head_kind(Expand *x, const Datum *head) {
  const Binding *b = head->kind == DATUM_SYMBOL ? ptrmap_get(x->locals, head->name) : NULL;
  if (!b && head->kind == DATUM_SYMBOL) b = scope_global(x, head->name);
  bool place = b && (b->tag == BIND_LOCAL || b->tag == BIND_GLOBAL);
  return place && b->kind && b->kind->tag == KIND_STRUCT ? b->kind : NULL;
}

static const Kind *field_kind(Expand *x, const Kind *k, int field) {
  const Kind *f = x->struct_kinds.items[k->first]->fields[field];
  return f && f->tag == KIND_STRUCT ? f : NULL;
}

static void report_no_field(Expand *x, const Kind *k, const Step *s) {
  const CoreStruct *info = x->p->structs.items[k->first];
  diag_report(x->diag, DIAG_E0404, s->span, "%s has no field `%s`", k->name->bytes,
              s->field->bytes);
  const Name *near = diag_suggest(s->field, info->fields, info->nfields);
  if (near) diag_help(x->diag, "did you mean `%s`?", near->bytes);
}

/* ---- reading ---- */

static CoreNode *struct_ref(Expand *x, CoreNode *object, uint32_t field, Span at) {
  return node_prim2(x, PRIM_struct_ref, object, node_raw(x, field, at), at);
}

static CoreNode *field_by_name(Expand *x, CoreNode *object, const Name *field, Span at) {
  const FieldUses *uses = ptrmap_get(x->fields, field);
  if (!uses || uses->n > FIELD_USES_MAX)
    return node_prim2(x, PRIM_field_ref, object, node_symbol(x, field, at), at);
  Temp t = temp_new(x, object);
  CoreNode *read =
      node_prim2(x, PRIM_field_ref, temp_use(x, &t, at), node_symbol(x, field, at), at);
  for (uint32_t i = uses->n; i-- > 0;) {
    CoreNode *is = node_prim2(x, PRIM_struct_is, temp_use(x, &t, at),
                              node_raw(x, uses->kind_index[i], at), at);
    read = node_if(x, is, struct_ref(x, temp_use(x, &t, at), uses->field[i], at), read, at);
  }
  return temp_wrap(x, &t, read);
}

/* object.step; `kind` is what the object surely is, and becomes what the result
 * surely is. */
static CoreNode *read_step(Expand *x, CoreNode *object, const Step *s, const Kind **kind, Span at) {
  const Kind *k = *kind;
  *kind = NULL;
  if (s->index) return node_prim2(x, PRIM_index_ref, object, expand_expr(x, s->index), at);
  if (!k) return field_by_name(x, object, s->field, at);
  int field = struct_field(x, k->first, s->field);
  if (field < 0) {
    report_no_field(x, k, s);
    return expand_error(x, at);
  }
  *kind = field_kind(x, k, field);
  CoreNode *read = struct_ref(x, object, (uint32_t)field, at);
  const Kind *place = x->struct_kinds.items[k->first]->fields[field];
  if (place && place->sized) ptrmap_put(x->places, read, (void *)place);
  return read;
}

static Span step_span(const Datum *d, const Step *s) {
  return (Span){d->span.file, d->span.start, s->span.end + (s->index ? 1u : 0u)};
}

static CoreNode *read_steps(Expand *x, const Datum *d, const StepVec *steps, size_t n,
                            const Kind **kind) {
  CoreNode *object = expand_expr(x, d->items[0]);
  *kind = head_kind(x, d->items[0]);
  for (size_t i = 0; i < n; i++)
    object = read_step(x, object, &steps->items[i], kind, step_span(d, &steps->items[i]));
  return object;
}

CoreNode *expand_path(Expand *x, const Datum *d) {
  StepVec steps = path_steps(x, d);
  const Kind *kind;
  return read_steps(x, d, &steps, steps.n, &kind);
}

/* ---- put! ---- */

static CoreNode *report_immutable(Expand *x, const Kind *k, const Step *s) {
  diag_report(x->diag, DIAG_E0405, s->span, "the field `%s` of %s is immutable", s->field->bytes,
              k->name->bytes);
  diag_help(x->diag, "declare it [^:mutable %s], or use (update path function) for a changed copy",
            s->field->bytes);
  return expand_error(x, s->span);
}

static CoreNode *put_field(Expand *x, const Kind *k, CoreNode *object, const Step *s,
                           CoreNode *value, Span at) {
  int field = struct_field(x, k->first, s->field);
  if (field < 0) {
    report_no_field(x, k, s);
    return expand_error(x, at);
  }
  const CoreStruct *info = x->p->structs.items[k->first];
  if (!(info->mutable_mask >> field & 1)) return report_immutable(x, k, s);
  const char *place = arena_printf(x->a, "field %s of %s", s->field->bytes, k->name->bytes);
  CoreNode *checked =
      kind_check(x, x->struct_kinds.items[k->first]->fields[field], value, place, at);
  return node_prim3(x, PRIM_struct_set, object, node_raw(x, field, at), checked, at);
}

/* The field of an object of unknown kind. Structs with an annotated field of
 * that name are tried here, since only the compiler knows the annotation. */
static CoreNode *put_by_name(Expand *x, CoreNode *object, const Step *s, CoreNode *value, Span at) {
  const FieldUses *uses = ptrmap_get(x->fields, s->field);
  Temp o = temp_new(x, object), v = temp_new(x, value);
  CoreNode *put = node_prim3(x, PRIM_field_set, temp_use(x, &o, at), node_symbol(x, s->field, at),
                             temp_use(x, &v, at), at);
  for (size_t i = x->p->structs.n; uses && i-- > 0;) {
    const Kind *k = x->struct_kinds.items[i];
    int field = struct_field(x, (uint32_t)i, s->field);
    if (field < 0 || !(x->p->structs.items[i]->mutable_mask >> field & 1)) continue;
    if (uses->n > FIELD_USES_MAX && kind_is_any(k->fields[field])) continue;
    CoreNode *is =
        node_prim2(x, PRIM_struct_is, temp_use(x, &o, at), node_raw(x, (int64_t)i, at), at);
    CoreNode *set = put_field(x, k, temp_use(x, &o, at), s, temp_use(x, &v, at), at);
    put = node_if(x, is, set, put, at);
  }
  return temp_wrap(x, &o, temp_wrap(x, &v, put));
}

CoreNode *form_put(Expand *x, const Datum *d) {
  if (d->n == 4) { /* (put! collection key value) */
    CoreNode **args = expand_operands(x, d, 1);
    return node_prim(x, PRIM_index_set, 3, args, d->span);
  }
  if (d->n != 3 || d->items[1]->kind != DATUM_PATH) {
    bool name = d->n == 3 && d->items[1]->kind == DATUM_SYMBOL;
    diag_report(x->diag, DIAG_E0206, d->n == 3 ? d->items[1]->span : d->span,
                "`put!` takes a path and a value");
    diag_help(x->diag, name ? "to give a variable a new value use set!"
                            : "write (put! p.age 31), (put! a.[0] 1) or (put! dict key value)");
    return expand_error(x, d->span);
  }
  const Datum *path = d->items[1];
  StepVec steps = path_steps(x, path);
  if (steps.n == 0) return expand_error(x, d->span);
  const Kind *kind;
  CoreNode *object = read_steps(x, path, &steps, steps.n - 1, &kind);
  const Step *last = &steps.items[steps.n - 1];
  if (last->index) {
    CoreNode *index = expand_expr(x, last->index);
    return node_prim3(x, PRIM_index_set, object, index, expand_expr(x, d->items[2]), d->span);
  }
  CoreNode *value = expand_expr(x, d->items[2]);
  if (!kind) return put_by_name(x, object, last, value, d->span);
  return put_field(x, kind, object, last, value, d->span);
}

/* ---- update ---- */

/* (update p.x.[i] f arg ...): every object and index of the path once, from the
 * outside in; then the new value; then copies, from the inside out. */
CoreNode *form_update(Expand *x, const Datum *d) {
  if (d->n < 3 || d->items[1]->kind != DATUM_PATH) {
    diag_report(x->diag, DIAG_E0206, d->span, "`update` takes a path and a function");
    diag_help(x->diag, "write (update p.age f): a copy of p with (f p.age) as its age");
    return expand_error(x, d->span);
  }
  const Datum *path = d->items[1];
  StepVec steps = path_steps(x, path);
  size_t n = steps.n;
  Temp *objects = ARENA_ARRAY(x->a, Temp, n + 1), *keys = ARENA_ARRAY(x->a, Temp, n + 1);
  objects[0] = temp_new(x, expand_expr(x, path->items[0]));
  for (size_t i = 0; i < n; i++) {
    const Step *s = &steps.items[i];
    Span at = step_span(path, s);
    CoreNode *key = s->index ? expand_expr(x, s->index) : node_symbol(x, s->field, at);
    keys[i] = temp_new(x, key);
    PrimId read = s->index ? PRIM_index_ref : PRIM_field_ref;
    objects[i + 1] = temp_new(
        x, node_prim2(x, read, temp_use(x, &objects[i], at), temp_use(x, &keys[i], at), at));
  }
  CoreNode *fn = expand_expr(x, d->items[2]);
  uint32_t nargs = d->n - 2;
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, nargs);
  args[0] = temp_use(x, &objects[n], d->span);
  for (uint32_t i = 1; i < nargs; i++) args[i] = expand_expr(x, d->items[i + 2]);
  CoreNode *value = node_call(x, fn, nargs, args, d->span);
  for (size_t i = n; i-- > 0;) {
    PrimId with = steps.items[i].index ? PRIM_index_with : PRIM_field_with;
    value = node_prim3(x, with, temp_use(x, &objects[i], d->span), temp_use(x, &keys[i], d->span),
                       value, d->span);
  }
  for (size_t i = n + 1; i-- > 0;) {
    value = temp_wrap(x, &objects[i], value);
    if (i > 0) value = temp_wrap(x, &keys[i - 1], value);
  }
  return value;
}
