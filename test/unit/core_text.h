/* Core programs from text, for the tests of the core stages alone: no reader,
 * no expander, no prelude.
 *
 *   program  (define (f x ..) body ..)   a global function
 *            (define x expr)             a global value, set at that place
 *            expr                        a top-level form
 *   expr     5 1.5 true false nothing () 'symbol kind:N name
 *            (fn (x .. ) body ..)  (fn self (x) body ..)   `& x` last: rest; `? x`: optional
 *            (let ((x e) ..) body ..)  (letrec ((f (fn ..)) ..) body ..)
 *            (if a b c)  (set! x e)  (do e ..)  (apply f e ..)
 *            (prim-id e ..)   C name of a primitive, as in prims.def: (add 1 2)
 *            (f e ..)         a call
 *
 * An unknown name is a mistake in the test: it prints and aborts.
 */
#ifndef OMNI_TEST_CORE_TEXT_H
#define OMNI_TEST_CORE_TEXT_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_walk.h"

typedef struct TextBinding {
  const Name *name;
  CoreVar *var;
  const struct TextBinding *next;
} TextBinding;

typedef struct CoreText {
  CoreProgram *p;
  const char *at;
} CoreText;

static inline _Noreturn void text_fail(const CoreText *t, const char *what) {
  fprintf(stderr, "core text: %s at: %.40s\n", what, t->at);
  abort();
}

static inline void text_blank(CoreText *t) {
  while (isspace((unsigned char)*t->at)) t->at++;
}

static inline bool text_take(CoreText *t, char c) {
  text_blank(t);
  if (*t->at != c) return false;
  t->at++;
  return true;
}

static inline void text_need(CoreText *t, char c) {
  if (!text_take(t, c)) text_fail(t, "wrong bracket");
}

static inline const Name *text_word(CoreText *t) {
  text_blank(t);
  const char *start = t->at;
  while (*t->at && !isspace((unsigned char)*t->at) && *t->at != '(' && *t->at != ')') t->at++;
  if (start == t->at) text_fail(t, "no word");
  return name_of(t->p->names, start, (size_t)(t->at - start));
}

static inline bool text_is(const Name *name, const char *s) { return !strcmp(name->bytes, s); }

static inline CoreNode *text_node(CoreText *t, CoreKind kind) {
  return core_node_new(t->p, kind, (Span){0, 0, 0});
}

static inline CoreNode *text_expr(CoreText *t, const TextBinding *env);

/* expressions up to and with the closing bracket */
static inline uint32_t text_exprs(CoreText *t, const TextBinding *env, CoreNode ***out) {
  VEC(CoreNode *) items = {0};
  while (!text_take(t, ')')) VEC_PUSH(t->p->arena, &items, text_expr(t, env));
  *out = items.items;
  return (uint32_t)items.n;
}

static inline CoreNode *text_body(CoreText *t, const TextBinding *env) {
  CoreNode *n = text_node(t, CORE_SEQ);
  n->seq.n = text_exprs(t, env, &n->seq.items);
  return n->seq.n == 1 ? n->seq.items[0] : n;
}

static inline CoreVar *text_bind(CoreText *t, const Name *name, const TextBinding **env) {
  TextBinding *b = ARENA_NEW(t->p->arena, TextBinding);
  b->name = name;
  b->var = core_var_new(t->p, name, (Span){0, 0, 0});
  b->next = *env;
  *env = b;
  return b->var;
}

/* after (x ..: the parameters, then the body */
static inline void text_function(CoreText *t, CoreLambda *l, const TextBinding *env) {
  VEC(CoreVar *) params = {0};
  while (!text_take(t, ')')) {
    const Name *name = text_word(t);
    bool optional = text_is(name, "?"), rest = text_is(name, "&");
    if (optional || rest) name = text_word(t);
    if (rest) l->rest = true;
    else *(optional ? &l->noptional : &l->nrequired) += 1;
    VEC_PUSH(t->p->arena, &params, text_bind(t, name, &env));
  }
  l->nparams = (uint32_t)params.n;
  l->params = params.items;
  l->result_kinds = K_ANY;
  l->body = text_body(t, env);
}

static inline CoreNode *text_lambda(CoreText *t, const TextBinding *env) {
  CoreNode *n = text_node(t, CORE_LAMBDA);
  n->lambda = ARENA_NEW(t->p->arena, CoreLambda);
  if (!text_take(t, '(')) {
    n->lambda->name = text_word(t);
    n->lambda->self = text_bind(t, n->lambda->name, &env);
    text_need(t, '(');
  }
  text_function(t, n->lambda, env);
  return n;
}

static inline CoreNode *text_let(CoreText *t, const TextBinding *env, CoreKind kind) {
  CoreNode *n = text_node(t, kind);
  VEC(CoreVar *) vars = {0};
  VEC(CoreNode *) inits = {0};
  const TextBinding *inner = env;
  text_need(t, '(');
  const char *start = t->at;
  if (kind == CORE_LETREC) { /* the names first: skim over the inits */
    int depth = 0;
    for (; *t->at && depth >= 0; t->at++) {
      if (*t->at == ')') depth--;
      if (*t->at == '(' && depth++ == 0) {
        t->at++;
        VEC_PUSH(t->p->arena, &vars, text_bind(t, text_word(t), &inner));
        t->at--;
      }
    }
    t->at = start;
  }
  while (text_take(t, '(')) {
    const Name *name = text_word(t);
    VEC_PUSH(t->p->arena, &inits, text_expr(t, kind == CORE_LETREC ? inner : env));
    if (kind == CORE_LET) VEC_PUSH(t->p->arena, &vars, text_bind(t, name, &inner));
    text_need(t, ')');
  }
  text_need(t, ')');
  n->let.n = (uint32_t)vars.n;
  n->let.vars = vars.items;
  n->let.inits = inits.items;
  n->let.body = text_body(t, inner);
  return n;
}

static inline CoreGlobal *text_global(const CoreText *t, const Name *name) {
  for (size_t i = 0; i < t->p->globals.n; i++)
    if (t->p->globals.items[i]->name == name) return t->p->globals.items[i];
  return NULL;
}

static inline CoreNode *text_set(CoreText *t, const TextBinding *env) {
  const Name *name = text_word(t);
  const TextBinding *b = env;
  while (b && b->name != name) b = b->next;
  CoreNode *n = text_node(t, b ? CORE_SET : CORE_SET_GLOBAL);
  CoreNode *value = text_expr(t, env);
  text_need(t, ')');
  if (b) {
    b->var->assigned = true;
    n->set.var = b->var;
    n->set.value = value;
  } else {
    n->set_global.global = text_global(t, name);
    if (!n->set_global.global) text_fail(t, "unknown global");
    n->set_global.value = value;
  }
  return n;
}

static inline CoreNode *text_prim(CoreText *t, const TextBinding *env, PrimId id) {
  VEC(CoreNode *) args = {0};
  while (!text_take(t, ')')) {
    CoreNode *arg = text_expr(t, env);
    const char *reps = prim_table[id].reps;
    if (args.n < strcspn(reps, ">") && reps[args.n] == 'I' && arg->kind == CORE_CONST) {
      Literal *raw = ARENA_NEW(t->p->arena, Literal);
      *raw = *arg->literal;
      raw->kind = LIT_RAW;
      arg->literal = raw;
    }
    VEC_PUSH(t->p->arena, &args, arg);
  }
  while (prim_table[id].max_args >= 0 && (int)args.n < prim_table[id].max_args)
    VEC_PUSH(t->p->arena, &args,
             core_const_new(t->p, core_literal_of(t->p, LIT_ABSENT), (Span){0, 0, 0}));
  return core_prim_new(t->p, id, (uint32_t)args.n, args.items, (Span){0, 0, 0});
}

static inline CoreNode *text_call(CoreText *t, const TextBinding *env, CoreKind kind) {
  CoreNode *n = text_node(t, kind);
  n->call.fn = text_expr(t, env);
  n->call.nargs = text_exprs(t, env, &n->call.args);
  return n;
}

static inline int text_find_prim(const Name *name) {
  for (int i = 0; i < PRIM_COUNT; i++)
    if (text_is(name, prim_table[i].id)) return i;
  return -1;
}

static inline CoreNode *text_form(CoreText *t, const TextBinding *env) {
  const char *start = t->at;
  text_blank(t);
  if (*t->at == '(') return text_call(t, env, CORE_CALL);
  const Name *head = text_word(t);
  if (text_is(head, "fn")) return text_lambda(t, env);
  if (text_is(head, "let")) return text_let(t, env, CORE_LET);
  if (text_is(head, "letrec")) return text_let(t, env, CORE_LETREC);
  if (text_is(head, "set!")) return text_set(t, env);
  if (text_is(head, "do")) return text_body(t, env);
  if (text_is(head, "apply")) return text_call(t, env, CORE_APPLY);
  if (text_is(head, "if")) {
    CoreNode *n = text_node(t, CORE_IF);
    n->branch.test = text_expr(t, env);
    n->branch.then = text_expr(t, env);
    n->branch.otherwise = text_expr(t, env);
    text_need(t, ')');
    return n;
  }
  const TextBinding *b = env;
  while (b && b->name != head) b = b->next;
  int prim = b || text_global(t, head) ? -1 : text_find_prim(head);
  if (prim >= 0) return text_prim(t, env, (PrimId)prim);
  t->at = start;
  return text_call(t, env, CORE_CALL);
}

static inline const Literal *text_literal(CoreText *t, const Name *word) {
  char *end;
  long long integer = strtoll(word->bytes, &end, 10);
  if (!*end) return core_literal_int(t->p, integer);
  double number = strtod(word->bytes, &end);
  if (!*end) return core_literal_float(t->p, number);
  if (word->bytes[0] == '\'') { /* 'symbol */
    Literal *l = ARENA_NEW(t->p->arena, Literal);
    l->kind = LIT_SYMBOL;
    l->text = word->bytes + 1;
    l->nbytes = word->nbytes - 1;
    return l;
  }
  if (!strncmp(word->bytes, "kind:", 5)) { /* kind:N, as numbered by kinds.def */
    Literal *l = ARENA_NEW(t->p->arena, Literal);
    l->kind = LIT_KIND;
    l->integer = atoll(word->bytes + 5);
    return l;
  }
  if (text_is(word, "true")) return core_literal_of(t->p, LIT_TRUE);
  if (text_is(word, "false")) return core_literal_of(t->p, LIT_FALSE);
  if (text_is(word, "nothing")) return core_literal_of(t->p, LIT_NOTHING);
  return NULL;
}

static inline CoreNode *text_expr(CoreText *t, const TextBinding *env) {
  Span nowhere = {0, 0, 0};
  if (text_take(t, '(')) {
    if (text_take(t, ')')) return core_const_new(t->p, core_literal_of(t->p, LIT_EMPTY), nowhere);
    return text_form(t, env);
  }
  const Name *word = text_word(t);
  const Literal *literal = text_literal(t, word);
  if (literal) return core_const_new(t->p, literal, nowhere);
  for (const TextBinding *b = env; b; b = b->next)
    if (b->name == word) return core_local_new(t->p, b->var, nowhere);
  CoreNode *n = text_node(t, CORE_GLOBAL);
  n->global = text_global(t, word);
  if (!n->global) text_fail(t, "unknown name");
  return n;
}

/* names of all definitions, so that functions can name later ones */
static inline void text_declare(CoreText *t) {
  const char *start = t->at;
  for (const char *d = start; (d = strstr(d, "(define ")); d++) {
    t->at = d + 8;
    text_take(t, '(');
    CoreGlobal *g = ARENA_NEW(t->p->arena, CoreGlobal);
    g->name = text_word(t);
    g->index = (uint32_t)t->p->globals.n;
    g->kinds = K_ANY;
    VEC_PUSH(t->p->arena, &t->p->globals, g);
    if (d[8] == '(') g->lambda = ARENA_NEW(t->p->arena, CoreLambda);
    else g->assigned = g->checked = true;
  }
  t->at = start;
}

static inline void text_toplevel(CoreText *t) {
  text_blank(t);
  if (strncmp(t->at, "(define ", 8)) {
    VEC_PUSH(t->p->arena, &t->p->top, text_expr(t, NULL));
    return;
  }
  t->at += 8;
  if (text_take(t, '(')) {
    CoreGlobal *g = text_global(t, text_word(t));
    g->lambda->name = g->name;
    g->lambda->global = g;
    text_function(t, g->lambda, NULL);
    return;
  }
  CoreNode *n = text_node(t, CORE_SET_GLOBAL);
  n->set_global.global = text_global(t, text_word(t));
  n->set_global.value = text_expr(t, NULL);
  text_need(t, ')');
  VEC_PUSH(t->p->arena, &t->p->top, n);
}

static inline CoreProgram *core_from_text(Arena *a, const char *text) {
  CoreProgram *p = ARENA_NEW(a, CoreProgram);
  p->arena = a;
  p->names = names_new(a);
  CoreText t = {p, text};
  text_declare(&t);
  for (text_blank(&t); *t.at; text_blank(&t)) text_toplevel(&t);
  return p;
}

/* The printed form, in the arena. */
static inline const char *core_to_text(const CoreProgram *p) {
  FILE *f = tmpfile();
  if (!f) abort();
  core_print(f, p);
  long n = ftell(f);
  char *out = arena_alloc(p->arena, (size_t)n + 1);
  rewind(f);
  if (fread(out, 1, (size_t)n, f) != (size_t)n) abort();
  fclose(f);
  return out;
}

#endif
