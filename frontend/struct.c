/* Structs and enums: their declaration, constructors and fields.
 *
 * A struct or a case with fields has a constructor, a function of the program
 * that checks annotated fields; a call of one without annotated fields makes
 * the object on the spot. A case without fields is one object, made before
 * anything runs. A kind's index is its place among the program's structs; the
 * cases of an enum stand side by side.
 */
#include "expand.h"

static Kind *kind_new(Expand *x, KindTag tag, const Name *name) {
  Kind *k = ARENA_NEW(x->a, Kind);
  k->tag = tag;
  k->name = name;
  k->kinds = (CoreKinds)KB_STRUCT;
  return k;
}

/* A new kind index for a struct or case of that name. */
static Kind *struct_new(Expand *x, const Name *name, const Kind *enum_kind, Span at) {
  CoreStruct *s = ARENA_NEW(x->a, CoreStruct);
  s->name = name;
  s->enum_name = enum_kind ? enum_kind->name : NULL;
  s->span = at;
  VEC_PUSH(x->a, &x->p->structs, s);
  Kind *k = kind_new(x, KIND_STRUCT, name);
  k->first = (uint32_t)x->p->structs.n - 1;
  k->count = 1;
  VEC_PUSH(x->a, &x->struct_kinds, k);
  VEC_PUSH(x->a, &x->case_enums, enum_kind);
  return k;
}

static Binding *bind_kind(Expand *x, BindingTag tag, const Name *name, const Kind *kind, Span at) {
  Binding *b = module_declare(x, tag, name, at);
  if (b) b->kind = kind;
  return b;
}

/* ---- fields ---- */

typedef struct Field {
  const Name *name;
  Span span;
  const Datum *kind; /* or NULL */
  bool is_mutable;
} Field;
typedef VEC(Field) Fields;

static void add_field(Expand *x, const Datum *d, bool is_mutable, Fields *out) {
  for (size_t i = 0; i < out->n; i++) {
    if (out->items[i].name != d->name) continue;
    diag_report(x->diag, DIAG_E0303, d->span, "two fields are called `%s`", d->name->bytes);
    diag_note(x->diag, out->items[i].span, "the first one is here");
    return;
  }
  VEC_PUSH(x->a, out, ((Field){d->name, d->span, NULL, is_mutable}));
}

/* One slot may hold several fields, each with a kind. */
static void fields_of_slot(Expand *x, const Datum *slot, bool all_mutable, Fields *out) {
  if (slot->kind != DATUM_ARRAY) {
    if (slot->kind == DATUM_ERROR) return;
    diag_report(x->diag, DIAG_E0408, slot->span, "fields stand in brackets: [name {Kind}]");
    return;
  }
  for (uint32_t i = 0; i < slot->n; i++) {
    Tags tags = {0};
    const Datum *d = tags_strip(slot->items[i], &tags);
    Field *last = out->n ? &out->items[out->n - 1] : NULL;
    if (d->kind == DATUM_SYMBOL) add_field(x, d, all_mutable || tags.is_mutable, out);
    else if (d->kind == DATUM_KIND && last && !last->kind) last->kind = d;
    else if (d->kind != DATUM_ERROR)
      diag_report(x->diag, DIAG_E0408, d->span, "a field is a name, and may have a {Kind}");
  }
}

static void note_field(Expand *x, const Name *field, uint32_t kind_index, uint32_t at) {
  FieldUses *uses = ptrmap_get(x->fields, field);
  if (!uses) {
    uses = ARENA_NEW(x->a, FieldUses);
    ptrmap_put(x->fields, field, uses);
  }
  if (uses->n < FIELD_USES_MAX) {
    uses->kind_index[uses->n] = kind_index;
    uses->field[uses->n] = at;
  }
  uses->n++;
}

#define FIELDS_MAX 64 /* the mask of mutable ones is a word */

static void set_fields(Expand *x, uint32_t index, const Fields *fields, Span at) {
  CoreStruct *s = x->p->structs.items[index];
  Kind *k = x->struct_kinds.items[index];
  size_t n = fields->n;
  if (n > FIELDS_MAX) {
    diag_report(x->diag, DIAG_E0408, at, "%zu fields are too many: a struct has at most %d", n,
                FIELDS_MAX);
    n = FIELDS_MAX;
  }
  s->nfields = k->nfields = (uint32_t)n;
  s->fields = ARENA_ARRAY(x->a, const Name *, n ? n : 1);
  k->fields = ARENA_ARRAY(x->a, const Kind *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) {
    s->fields[i] = fields->items[i].name;
    if (fields->items[i].is_mutable) s->mutable_mask |= UINT64_C(1) << i;
    note_field(x, s->fields[i], index, i);
  }
}

/* Kinds of fields, once all kinds are declared. */
static void set_field_kinds(Expand *x, uint32_t index, const Fields *fields) {
  Kind *k = x->struct_kinds.items[index];
  for (uint32_t i = 0; i < k->nfields; i++)
    if (fields->items[i].kind) k->fields[i] = kind_of_datum(x, fields->items[i].kind);
}

int struct_field(const Expand *x, uint32_t kind_index, const Name *field) {
  const CoreStruct *s = x->p->structs.items[kind_index];
  for (uint32_t i = 0; i < s->nfields; i++)
    if (s->fields[i] == field) return (int)i;
  return -1;
}

/* ---- constructors ---- */

static CoreNode *make_object(Expand *x, uint32_t index, uint32_t n, CoreNode *const *fields,
                             Span at) {
  CoreNode **args = ARENA_ARRAY(x->a, CoreNode *, n + 1);
  args[0] = node_raw(x, index, at);
  for (uint32_t i = 0; i < n; i++) args[i + 1] = fields[i];
  return node_prim(x, PRIM_struct_make, n + 1, args, at);
}

static bool has_field_kinds(const Kind *k) {
  for (uint32_t i = 0; i < k->nfields; i++)
    if (!kind_is_any(k->fields[i])) return true;
  return false;
}

CoreNode *struct_construct(Expand *x, const Binding *b, uint32_t n, CoreNode **args, Span at) {
  const Kind *k = b->kind;
  if (n != k->nfields || n == 0 || has_field_kinds(k)) return NULL;
  return make_object(x, k->first, n, args, at);
}

static CoreLambda *constructor(Expand *x, const Kind *k, Span at) {
  uint32_t n = k->nfields;
  const CoreStruct *s = x->p->structs.items[k->first];
  CoreVar **params = ARENA_ARRAY(x->a, CoreVar *, n ? n : 1);
  CoreNode **values = ARENA_ARRAY(x->a, CoreNode *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) {
    params[i] = core_var_new(x->p, s->fields[i], at);
    values[i] = node_local(x, params[i], at);
  }
  CoreNode *body = make_object(x, k->first, n, values, at);
  for (uint32_t i = n; i-- > 0;) {
    const char *place = arena_printf(x->a, "field %s of %s", s->fields[i]->bytes, s->name->bytes);
    body = kind_guard(x, k->fields[i], params[i], place, body, at);
  }
  return lambda_new(x, k->name, n, params, body, at);
}

static void define_constructor(Expand *x, Binding *b, Span at) {
  CoreGlobal *g = b->global;
  g->lambda = constructor(x, b->kind, at);
  g->lambda->global = g;
}

/* A case without fields: made first of all. */
static void define_case_value(Expand *x, Binding *b, Span at) {
  CoreNode *set = core_node_new(x->p, CORE_SET_GLOBAL, at);
  set->set_global.global = b->global;
  set->set_global.value = make_object(x, b->kind->first, 0, NULL, at);
  b->global->assigned = true;
  VEC_PUSH(x->a, &x->first_forms, set);
}

/* ---- declarations ---- */

static Fields struct_fields(Expand *x, const Define *def) {
  Fields fields = {0};
  const Datum *d = def->datum;
  for (uint32_t i = 2; i < d->n; i++) fields_of_slot(x, d->items[i], def->tags.is_mutable, &fields);
  return fields;
}

void struct_declare(Expand *x, Define *def) {
  Kind *k = struct_new(x, def->name, NULL, def->name_span);
  def->binding = bind_kind(x, BIND_STRUCT, def->name, k, def->name_span);
  Fields fields = struct_fields(x, def);
  set_fields(x, k->first, &fields, def->datum->span);
}

void struct_define(Expand *x, const Define *def) {
  if (!def->binding) return;
  Fields fields = {0};
  const Datum *d = def->datum;
  for (uint32_t i = 2; i < d->n; i++)
    if (d->items[i]->kind == DATUM_ARRAY) fields_of_slot(x, d->items[i], false, &fields);
  set_field_kinds(x, def->binding->kind->first, &fields);
  define_constructor(x, def->binding, d->span);
}

static bool is_case(Expand *x, const Datum *d) {
  if (d->kind == DATUM_SYMBOL) return true;
  if (d->kind == DATUM_LIST && d->n > 0 && d->items[0]->kind == DATUM_SYMBOL) return true;
  if (d->kind == DATUM_ERROR) return false;
  diag_report(x->diag, DIAG_E0408, d->span, "a case is a name, or a list of a name and its fields");
  diag_help(x->diag, "write Red or (Some [value {Kind}])");
  return false;
}

static Fields case_fields(Expand *x, const Datum *d) {
  Fields fields = {0};
  if (d->kind != DATUM_LIST) return fields;
  for (uint32_t i = 1; i < d->n; i++) fields_of_slot(x, d->items[i], false, &fields);
  return fields;
}

static void declare_case(Expand *x, const Datum *d, Kind *enum_kind, BindingVec *out) {
  const Datum *head = d->kind == DATUM_LIST ? d->items[0] : d;
  Kind *k = struct_new(x, head->name, enum_kind, head->span);
  enum_kind->count++;
  Fields fields = case_fields(x, d);
  set_fields(x, k->first, &fields, d->span);
  Binding *b = bind_kind(x, BIND_CASE, head->name, k, head->span);
  if (b) b->enum_kind = enum_kind;
  VEC_PUSH(x->a, out, b);
}

void enum_declare(Expand *x, Define *def) {
  Kind *k = kind_new(x, KIND_ENUM, def->name);
  k->first = (uint32_t)x->p->structs.n;
  bind_kind(x, BIND_KIND, def->name, k, def->name_span);
  const Datum *d = def->datum;
  for (uint32_t i = 2; i < d->n; i++)
    if (is_case(x, d->items[i])) declare_case(x, d->items[i], k, &def->cases);
  if (d->n == 2) diag_report(x->diag, DIAG_E0408, d->span, "an enum has at least one case");
}

void enum_define(Expand *x, const Define *def) {
  size_t next = 0;
  for (uint32_t i = 2; i < def->datum->n && next < def->cases.n; i++) {
    const Datum *d = def->datum->items[i];
    if (d->kind != DATUM_SYMBOL && d->kind != DATUM_LIST) continue;
    Binding *b = def->cases.items[next++];
    if (!b) continue;
    Fields fields = case_fields(x, d);
    set_field_kinds(x, b->kind->first, &fields);
    if (b->kind->nfields > 0) define_constructor(x, b, d->span);
    else define_case_value(x, b, d->span);
  }
}
