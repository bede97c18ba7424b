/* Internals of the expander: datums -> core program. Prototypes are grouped
 * under the file that defines them.
 *
 * One pass over the datums resolves names and builds core nodes. A form that is
 * wrong is reported once and stands as `nothing`; everything else goes on.
 * Recursion follows the nesting of the source (which the reader limits); long
 * sequences are loops, and the trees made from them nest only in tail position.
 */
#ifndef OMNI_EXPAND_H
#define OMNI_EXPAND_H

#include "core.h"
#include "core_walk.h"

typedef struct Expand Expand;

/* ---- kinds as annotations name them ---- */
typedef enum { KIND_ANY, KIND_BUILTIN, KIND_STRUCT, KIND_ENUM, KIND_UNION } KindTag;
typedef struct Kind Kind;
struct Kind {
  KindTag tag;
  const Name *name;
  int64_t family;        /* BUILTIN: as LIT_KIND names it */
  CoreKinds kinds;       /* BUILTIN: values it may have */
  bool sized;            /* BUILTIN: an integer kind of places only, whose arithmetic wraps */
  uint32_t first, count; /* STRUCT, ENUM: kind indexes [first, first + count) */
  uint32_t nfields;      /* STRUCT */
  const Kind **fields;   /* STRUCT: kinds of the fields */
  uint32_t n;            /* UNION */
  const Kind **items;
};

/* ---- what a name means ---- */
typedef enum {
  BIND_LOCAL,  /* var */
  BIND_GLOBAL, /* global */
  BIND_STRUCT, /* kind; global is its constructor */
  BIND_CASE,   /* kind, an enum's case; global is the constructor or the value */
  BIND_KIND,   /* kind: an enum or an alias; no value but {K} */
  BIND_PRIM,   /* prim */
  BIND_FORM,   /* form */
  BIND_LATER,  /* later */
} BindingTag;

typedef struct Binding Binding;
typedef struct Item Item;
typedef struct SpecialForm SpecialForm;

struct Binding {
  BindingTag tag;
  const Name *name;
  Span span;
  CoreVar *var;
  CoreGlobal *global;
  const Kind *kind;       /* BIND_STRUCT, CASE, KIND: what it names; else its annotation */
  const Kind *enum_kind;  /* CASE */
  PrimId prim;
  const SpecialForm *form;
  const char *later;      /* the group of features it belongs to */
  DiagCode later_code;
  bool used;
  bool warn_unused;       /* LOCAL: report if never used */
  bool from_prelude;
  Item *item;             /* LOCAL or GLOBAL defined by a body's item */
  Binding *outer;         /* LOCAL: what the name meant outside */
};

/* A definition or form of a body: what it refers to, for the order of
 * initialisation (items.c). */
typedef VEC(Item *) ItemVec;
typedef VEC(CoreNode *) NodeVec;
typedef VEC(Binding *) BindingVec;
typedef struct Items Items;
typedef enum { ITEM_FORM, ITEM_VALUE, ITEM_FUNCTION } ItemTag;
struct Item {
  ItemTag tag;
  Items *items;          /* the body it belongs to */
  uint32_t index;        /* place among the items */
  const Datum *datum;
  Binding *binding;      /* VALUE, FUNCTION */
  CoreNode *node;        /* the form, the value, the LAMBDA */
  ItemVec refs;          /* sibling definitions it uses */
  NodeVec reads;         /* VALUE: every node that reads it */
  bool early;            /* a read may come before the definition */
  bool done;             /* placed */
};
struct Items {
  ItemVec list;
  Item *current;         /* the one being expanded */
  Items *outer;
};

typedef CoreNode *(*FormExpander)(Expand *x, const Datum *d);
struct SpecialForm {
  const char *name;
  FormExpander expand;
  bool soft; /* as a function of the library: a definition may take its name */
};

/* What a module (the prelude, the program) defines. */
typedef struct Module {
  PtrMap *names;          /* Name -> Binding */
  Items items;
} Module;

struct Expand {
  Arena *a;
  NameTable *names;
  Diag *diag;
  SourceMap *sources;
  CoreProgram *p;
  PtrMap *locals;         /* Name -> innermost Binding of a local */
  VEC(Binding *) scope;   /* locals in order of binding */
  PtrMap *builtins;       /* Name -> Binding: forms, primitives, later names */
  PtrMap *kinds;          /* Name -> Kind: the built-in ones */
  Module prelude, program;
  Module *module;         /* the one being expanded */
  Items *items;           /* innermost body being expanded */
  PtrMap *reported;       /* unknown names already reported */
  PtrMap *fields;         /* field Name -> FieldUses */
  CoreGlobal *prim_values[PRIM_COUNT]; /* functions that stand for primitives */
  VEC(Kind *) struct_kinds; /* by kind index */
  VEC(const Kind *) case_enums; /* by kind index: the enum, or NULL */
  NodeVec first_forms;    /* run before all others: cases, assigned functions */
  NodeVec known_calls;    /* calls of names, for the check of their arity */
  PtrMap *places;         /* CoreVar, CoreGlobal or node that reads a field -> its sized Kind */
  PtrMap *result_kinds;   /* CoreGlobal -> the Kind its function promises */
  bool with_tests;
};

#define SPAN_NONE ((Span){0, 0, 0})

/* ---- expand.c: dispatch, calls of everything, small things ---- */
CoreNode *expand_expr(Expand *x, const Datum *d);
CoreNode *expand_reference(Expand *x, Binding *b, Span at);
/* n operands from items[from..] */
CoreNode **expand_operands(Expand *x, const Datum *d, uint32_t from);
/* Forms items[from..] as a sequence, without definitions; nothing if none. */
CoreNode *expand_sequence(Expand *x, const Datum *d, uint32_t from);
CoreNode *expand_error(Expand *x, Span at); /* stands for a form that was reported */
bool datum_is_symbol(const Datum *d, const char *name);
/* Whether the list is a use of the special form `name` (not hidden by a local). */
bool datum_is_form(Expand *x, const Datum *d, const char *name);
/* A list form with an array of operands, for forms made of others. */
Datum *datum_new_list(Expand *x, Span span, uint32_t n);
Datum *datum_new_symbol(Expand *x, const Name *name, Span span);
const char *source_text(Expand *x, Span at); /* blanks folded, cut at 200 bytes */

/* ---- program.c ---- */
CoreGlobal *global_new(Expand *x, const Name *name, Span at);
/* A definition of the module; NULL after a report if the name is taken. */
Binding *module_declare(Expand *x, BindingTag tag, const Name *name, Span at);

/* ---- node.c: small constructors ---- */
CoreNode *node_nothing(Expand *x, Span at);
CoreNode *node_bool(Expand *x, bool b, Span at);
CoreNode *node_int(Expand *x, int64_t n, Span at);
CoreNode *node_raw(Expand *x, int64_t n, Span at);
CoreNode *node_literal(Expand *x, LiteralKind kind, Span at);
CoreNode *node_symbol(Expand *x, const Name *name, Span at);
CoreNode *node_string(Expand *x, const char *text, Span at);
CoreNode *node_local(Expand *x, CoreVar *v, Span at);
CoreNode *node_global(Expand *x, CoreGlobal *g, Span at);
CoreNode *node_if(Expand *x, CoreNode *test, CoreNode *then, CoreNode *otherwise, Span at);
CoreNode *node_let1(Expand *x, CoreVar *v, CoreNode *init, CoreNode *body, Span at);
CoreNode *node_letrec1(Expand *x, CoreVar *v, CoreLambda *l, CoreNode *body, Span at);
CoreNode *node_lambda(Expand *x, CoreLambda *l, Span at);
CoreNode *node_seq(Expand *x, uint32_t n, CoreNode **items, Span at);
CoreNode *node_seq2(Expand *x, CoreNode *first, CoreNode *second, Span at);
CoreNode *node_call(Expand *x, CoreNode *fn, uint32_t n, CoreNode **args, Span at);
CoreNode *node_call_local(Expand *x, CoreVar *fn, uint32_t n, CoreNode *const *args, Span at);
CoreNode *node_set(Expand *x, CoreVar *v, CoreNode *value, Span at);
CoreNode *node_prim(Expand *x, PrimId id, uint32_t n, CoreNode *const *args, Span at);
CoreNode *node_prim1(Expand *x, PrimId id, CoreNode *a, Span at);
CoreNode *node_prim2(Expand *x, PrimId id, CoreNode *a, CoreNode *b, Span at);
CoreNode *node_prim3(Expand *x, PrimId id, CoreNode *a, CoreNode *b, CoreNode *c, Span at);
CoreLambda *lambda_new(Expand *x, const Name *name, uint32_t n, CoreVar *const *params,
                       CoreNode *body, Span at);
CoreVar *var_new(Expand *x, const char *name, Span at); /* a name no source can mean */
/* A value used several times: `wrap` puts the LET around the finished node. */
typedef struct Temp { CoreVar *var; CoreNode *init; } Temp;
Temp temp_new(Expand *x, CoreNode *init);
CoreNode *temp_use(Expand *x, const Temp *t, Span at);
CoreNode *temp_wrap(Expand *x, const Temp *t, CoreNode *body);

/* ---- literal.c ---- */
/* The constant that a quoted datum is. Reports what cannot be quoted. */
const Literal *literal_of_datum(Expand *x, const Datum *d);
const Literal *literal_symbol(Expand *x, const Name *name);
const Literal *literal_kind(Expand *x, const Kind *kind); /* NULL: has no value (unions) */

/* ---- scope.c ---- */
void scope_init(Expand *x);
size_t scope_mark(const Expand *x);
Binding *scope_bind(Expand *x, const Name *name, CoreVar *var, Span at, bool warn_unused);
/* A new variable of that name, bound. */
CoreVar *scope_bind_new(Expand *x, const Name *name, Span at, bool warn_unused);
void scope_leave(Expand *x, size_t mark);
/* What a name means here, or NULL. Marks it used. */
Binding *scope_lookup(Expand *x, const Name *name);
Binding *scope_global(Expand *x, const Name *name); /* not locals */
/* Reports an unknown name (once per spelling), with a suggestion. */
typedef enum { WANTED_VALUE, WANTED_KIND, WANTED_CONSTRUCTOR } WantedName;
void scope_report_unknown(Expand *x, const Name *name, Span at, WantedName wanted);
/* The prelude's binding of a name that expansions refer to, or NULL. */
Binding *scope_prelude(Expand *x, const char *name);
/* The names in a datum that was refused: unknown ones are not reported again. */
void scope_forgive(Expand *x, const Datum *d);
void scope_warn_capital(Expand *x, const Name *name, Span at);
/* The annotation of a local or a global. */
void scope_annotate(Expand *x, Binding *b, const Kind *kind);
/* A use of a definition by the item that is being expanded; `node` reads it, or is
 * NULL for an assignment. */
void scope_note_reference(Expand *x, Binding *b, CoreNode *node);

/* ---- items.c: bodies and the order of initialisation ---- */
/* A body with definitions: items[from..] of d. */
CoreNode *expand_body(Expand *x, const Datum *d, uint32_t from, const char *what);
CoreNode *expand_body_forms(Expand *x, Datum *const *forms, size_t n, Span at, const char *what);
/* Places the items of a body, whose definitions are locals. */
CoreNode *items_place(Expand *x, Items *items, Span at);
Item *items_add(Expand *x, Items *items, ItemTag tag, const Datum *d);
void items_check_globals(Expand *x, Items *items); /* sets CoreGlobal.checked */
void warn_unused_value(Expand *x, const CoreNode *n);

/* ---- define.c: the shapes of define and lambda ---- */
typedef struct Param {
  const Name *name;
  Span span;
  const Kind *kind;      /* NULL: any */
  const Datum *fallback; /* default, or NULL */
  bool rest;
} Param;
typedef VEC(Param) Params;
typedef enum { DEFINE_BAD, DEFINE_VALUE, DEFINE_FUNCTION, DEFINE_STRUCT, DEFINE_ENUM,
               DEFINE_ALIAS, DEFINE_NONE } DefineTag;
typedef struct Tags {
  const Datum *parent, *doc, *where, *from;
  bool is_mutable, seq, rec, other;
  Span span; /* of the last one */
} Tags;
typedef struct Define {
  DefineTag tag;
  const Datum *datum;
  const Datum *head;     /* after the tags: symbol, list or kind */
  Tags tags;
  const Name *name;
  Span name_span;
  uint32_t slots, body;  /* items[slots..body) are slots (or what follows the head) */
  uint32_t list_params;  /* params stand in the head list from 1 on */
  bool typed_params;     /* an annotated parameter stands in the head */
  Binding *binding;      /* at top level, once declared; NULL: refused */
  BindingVec cases;      /* ENUM */
} Define;
/* Strips ^tags from a form, collecting them. */
const Datum *tags_strip(const Datum *d, Tags *tags);
Define define_parse(Expand *x, const Datum *d);
/* Notes the kind that a function promises, before anything is expanded. */
void define_result_kind(Expand *x, const Define *def, const Binding *b);
CoreNode *define_value(Expand *x, const Define *def);
CoreNode *define_function(Expand *x, const Define *def);
CoreNode *form_define(Expand *x, const Datum *d);
CoreNode *form_lambda(Expand *x, const Datum *d);

/* ---- params.c ---- */
void params_of_slot(Expand *x, const Datum *slot, uint32_t from, Params *out);
void params_of_list(Expand *x, const Datum *list, uint32_t from, Params *out);
/* Binds the parameters, expands the body, checks; `returns` may be NULL. */
CoreLambda *params_lambda(Expand *x, const Name *name, const Params *params, const Kind *returns,
                          const Datum *d, uint32_t body_from, Span at);

/* ---- kind.c ---- */
void kind_init(Expand *x);
const Kind *kind_of_datum(Expand *x, const Datum *d); /* {K} or K; Any after a report */
const Kind *kind_find(Expand *x, const Name *name);   /* NULL */
CoreNode *kind_test(Expand *x, const Kind *k, CoreVar *v, Span at);
/* Reports a value that surely does not fit. */
bool kind_refuses(Expand *x, const Kind *k, const CoreNode *value, const char *place, Span at);
/* The value, checked; `place` says what it is for. */
CoreNode *kind_check(Expand *x, const Kind *k, CoreNode *value, const char *place, Span at);
/* `body` with a check of v before it. */
CoreNode *kind_guard(Expand *x, const Kind *k, CoreVar *v, const char *place, CoreNode *body,
                     Span at);
/* A function's body, its result checked at every leaf, tail calls kept. */
CoreNode *kind_check_result(Expand *x, const Kind *k, CoreNode *body, const char *place);
const Kind *kind_union(Expand *x, const Datum *d, const Name *name);
bool kind_is_any(const Kind *k);
bool kind_same(const Kind *a, const Kind *b);

/* ---- struct.c ---- */
void struct_declare(Expand *x, Define *def);
void struct_define(Expand *x, const Define *def);
void enum_declare(Expand *x, Define *def);
void enum_define(Expand *x, const Define *def);
/* NULL: call the constructor as a function. */
CoreNode *struct_construct(Expand *x, const Binding *b, uint32_t n, CoreNode **args, Span at);
int struct_field(const Expand *x, uint32_t kind_index, const Name *field); /* -1 */
#define FIELD_USES_MAX 2 /* structs with a field of a name that are tried inline */
typedef struct FieldUses {
  uint32_t n; /* structs that have the field; the first FIELD_USES_MAX of them: */
  uint32_t kind_index[FIELD_USES_MAX], field[FIELD_USES_MAX];
} FieldUses;

/* ---- path.c ---- */
CoreNode *expand_path(Expand *x, const Datum *d);
CoreNode *form_put(Expand *x, const Datum *d);
CoreNode *form_update(Expand *x, const Datum *d);

/* ---- call.c ---- */
CoreNode *expand_call(Expand *x, const Datum *d);
void call_check_arity(Expand *x);
/* A call of a binding with finished arguments. */
CoreNode *call_binding(Expand *x, Binding *b, uint32_t n, CoreNode **args, Span at);
CoreGlobal *prim_as_value(Expand *x, PrimId id);
bool prim_find(Expand *x, const char *name, PrimId *id);

/* ---- binding.c ---- */
CoreNode *form_let(Expand *x, const Datum *d);
CoreNode *form_let_star(Expand *x, const Datum *d);
CoreNode *form_letrec(Expand *x, const Datum *d);
/* `target kind? value` triples of slots. */
typedef struct Slot {
  const Datum *target;
  const Datum *kind;  /* or NULL */
  const Datum *value; /* NULL: reported */
} Slot;
typedef VEC(Slot) Slots;
void slots_of_array(Expand *x, const Datum *array, Slots *out);

/* ---- control.c, loop.c ---- */
extern const SpecialForm control_forms[], loop_forms[];

/* ---- pattern.c: patterns as trees; pattern_tree.c: their compilation ---- */
typedef enum {
  PAT_ANY, PAT_BIND, PAT_LITERAL, PAT_SEQ, PAT_STRUCT, PAT_DICT, PAT_KIND, PAT_OR, PAT_AND
} PatternTag;
typedef struct Pattern Pattern;
struct Pattern {
  PatternTag tag;
  Span span;
  uint32_t var;             /* BIND: index among the clause's variables */
  const Literal *literal;   /* LITERAL; */
  const Kind *kind;         /* STRUCT, KIND */
  bool rest;                /* SEQ: the last item takes the rest */
  uint32_t n;               /* SEQ, STRUCT, DICT, OR, AND: items */
  Pattern **items;
  const Literal **keys;     /* DICT */
};
typedef struct Guard {
  const Datum *datum;
  CoreNode *node;
  CoreVar **params; /* of the guard as a function of the clause's names */
  CoreVar *fn;
} Guard;
typedef struct Clause {
  Pattern *pattern;
  Span span;
  VEC(Binding *) vars;      /* bound names, in scope order */
  VEC(CoreVar *) params;    /* a variable each: parameters of the body */
  VEC(Guard) guards;
  const Datum *result;
  CoreNode *body;
  bool reached;
  /* pattern_tree.c's own */
  CoreVar *join;
} Clause;
/* Parses the pattern and binds its names in the scope. */
Clause *clause_parse(Expand *x, const Datum *pattern, bool warn_unused);
/* Code that matches the variable against the clauses, whose bodies are
 * expanded; when none matches: the match error of `v`. */
CoreNode *clauses_compile(Expand *x, CoreVar *v, Clause **clauses, size_t n, Span at);
bool pattern_is_name(Expand *x, const Datum *d);
/* Binds a target (name, `_` or pattern) to the value of v, then what `body` makes. */
typedef CoreNode *(*BodyMaker)(Expand *x, void *ctx);
CoreNode *pattern_bind(Expand *x, const Datum *target, const Datum *kind, CoreNode *value,
                       bool warn_unused, BodyMaker make, void *ctx, Span at);
CoreNode *form_match(Expand *x, const Datum *d);
bool literal_same(const Literal *a, const Literal *b);

/* ---- quasi.c ---- */
CoreNode *expand_quasi(Expand *x, const Datum *d);
CoreNode *expand_quoted(Expand *x, const Datum *d, Span at);

#endif
