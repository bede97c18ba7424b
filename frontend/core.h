/* The core program: what the front end hands to ir/. A small typed tree with
 * source spans on every node; all names resolved, all patterns compiled.
 *
 * Life of a tree: expand (expand_program) makes it; core_simplify, core_infer
 * and core_closures annotate and rewrite it in place, in that order; ir/ reads
 * it. Fields say who fills them.
 */
#ifndef OMNI_CORE_H
#define OMNI_CORE_H

#include <stdio.h>

#include "datum.h"
#include "diag.h"
#include "support.h"

/* ---- kinds, as sets of what a value may be ---- */
typedef uint32_t CoreKinds;
enum {
  KB_FIX = 1 << 0, KB_BIG = 1 << 1, KB_FLOAT = 1 << 2, KB_FALSE = 1 << 3, KB_TRUE = 1 << 4,
  KB_NOTHING = 1 << 5, KB_CHAR = 1 << 6, KB_EMPTY = 1 << 7, KB_PAIR = 1 << 8, KB_STRING = 1 << 9,
  KB_SYMBOL = 1 << 10, KB_ARRAY = 1 << 11, KB_DICT = 1 << 12, KB_SET = 1 << 13, KB_BOX = 1 << 14,
  KB_FUNCTION = 1 << 15, KB_STRUCT = 1 << 16, KB_OTHER = 1 << 17,
};
#define K_ANY ((CoreKinds)0x3ffff)
#define K_FIX ((CoreKinds)KB_FIX) /* always in the fixnum range */
#define K_INT ((CoreKinds)(KB_FIX | KB_BIG))
#define K_FLOAT ((CoreKinds)KB_FLOAT)
#define K_NUMBER ((CoreKinds)(KB_FIX | KB_BIG | KB_FLOAT))
#define K_BOOL ((CoreKinds)(KB_FALSE | KB_TRUE))
#define K_NOTHING ((CoreKinds)KB_NOTHING)
#define K_CHAR ((CoreKinds)KB_CHAR)
#define K_PAIR ((CoreKinds)KB_PAIR)
#define K_LIST ((CoreKinds)(KB_PAIR | KB_EMPTY))
#define K_STRING ((CoreKinds)KB_STRING)
#define K_SYMBOL ((CoreKinds)KB_SYMBOL)
#define K_ARRAY ((CoreKinds)KB_ARRAY)
#define K_DICT ((CoreKinds)KB_DICT)
#define K_SET ((CoreKinds)KB_SET)
#define K_BOX ((CoreKinds)KB_BOX)
#define K_FUNCTION ((CoreKinds)KB_FUNCTION)
#define K_STRUCT ((CoreKinds)KB_STRUCT)
#define K_OTHER ((CoreKinds)KB_OTHER)

/* How a variable or result travels in compiled code. */
typedef enum { REP_VALUE, REP_F64, REP_I64, REP_BOOL, REP_COUNT } CoreRep;

/* ---- primitives (rtlib/prims.def) ---- */
typedef enum {
#define OMNI_PRIM(id, name, min, max, reps, effects, kind) PRIM_##id,
#include "prims.def"
#undef OMNI_PRIM
  PRIM_COUNT
} PrimId;
enum {
  P_PURE = 1, P_ALLOC = 2, P_FAIL = 4, P_LOAD = 8, P_DROP = 16, P_IO = 32, P_NORETURN = 64,
  P_INLINE = 128
};
typedef struct PrimInfo {
  const char *id, *name;
  int min_args, max_args; /* -1: any number */
  const char *reps;       /* see prims.def */
  uint32_t effects;
  CoreKinds kind;
} PrimInfo;
extern const PrimInfo prim_table[PRIM_COUNT];

/* ---- literals ---- */
typedef enum {
  LIT_INT, LIT_BIGINT, LIT_FLOAT, LIT_STRING, LIT_SYMBOL, LIT_CHAR, LIT_TRUE, LIT_FALSE,
  LIT_NOTHING, LIT_EMPTY, LIT_LIST, LIT_ARRAY, LIT_DICT, LIT_ABSENT, LIT_UNBOUND,
  LIT_KIND,   /* integer: family or struct kind index, see literal.c */
  LIT_RAW,    /* integer, for 'I' operands of primitives */
  LIT_COUNT
} LiteralKind;
typedef struct Literal Literal;
struct Literal {
  LiteralKind kind;
  int64_t integer;     /* INT, CHAR, RAW, KIND */
  double number;
  const char *text;    /* STRING, SYMBOL bytes; BIGINT decimal digits with '-'? */
  size_t nbytes;
  uint32_t n;          /* LIST, ARRAY: items; DICT: 2 per entry */
  const Literal **items;
  const Literal *tail; /* LIST: dotted tail or NULL */
};

/* ---- the tree ---- */
typedef struct CoreNode CoreNode;
typedef struct CoreVar CoreVar;
typedef struct CoreLambda CoreLambda;
typedef struct CoreGlobal CoreGlobal;

struct CoreVar {
  const Name *name;
  Span span;
  uint32_t id;           /* unique in the program */
  CoreLambda *owner;     /* the lambda (of any mode but JOIN) whose frame has it: closures */
  CoreLambda *lambda;    /* bound to this lambda by LET or LETREC and never assigned */
  bool assigned;         /* target of SET: expand */
  bool captured;         /* free in a CLOSURE or KNOWN lambda: closures */
  bool boxed;            /* assigned and captured: SET and LOCAL go through a box; ir/ makes
                            it where the variable is bound: closures */
  uint32_t nrefs;        /* uses, not counting assignments: simplify keeps it right */
  CoreKinds kinds;       /* infer; K_ANY before */
  CoreRep rep;           /* infer; REP_VALUE before. Never other than VALUE if boxed */
};

typedef enum {
  LAMBDA_UNDECIDED,
  LAMBDA_TOP,      /* value of a global, captures nothing */
  LAMBDA_CLOSURE,  /* used as a value: needs a closure object */
  LAMBDA_KNOWN,    /* only called, directly: its free variables become leading parameters */
  LAMBDA_JOIN,     /* only called, always in tail position of the LETREC/LET that binds it,
                      within one frame: becomes a block; calls are jumps (loops) */
  LAMBDA_COUNT
} LambdaMode;

struct CoreLambda {
  const Name *name;      /* NULL: nameless */
  Span span;
  uint32_t nrequired, noptional; /* optional parameters arrive as absent; the body tests */
  bool rest;             /* the last parameter is a list of what is left */
  uint32_t nparams;      /* nrequired + noptional + rest */
  CoreVar **params;
  CoreNode *body;
  LambdaMode mode;       /* closures */
  CoreLambda *outer;     /* enclosing frame lambda, NULL at top level: closures */
  CoreGlobal *global;    /* LAMBDA_TOP: whose value it is */
  uint32_t nfree;        /* CLOSURE: captures; KNOWN: extra leading parameters: closures */
  CoreVar **free;        /* outer variables, as named outside */
  CoreVar *self;         /* (lambda self (x) ...): variable bound to the closure itself, or NULL.
                            After closures: what a CLOSURE calls itself inside, if it does; then
                            this is mostly the very variable that LET or LETREC binds to it
                            outside, and it is not among `free` */
  bool value_used;       /* TOP: also used as a value, needs a static closure: closures */
  CoreRep result_rep;    /* infer: REP_VALUE unless every caller is known */
  CoreKinds result_kinds;/* infer */
  uint32_t mark;         /* own of the front-end stage at work */
  void *ir;              /* ir/'s own */
};

struct CoreGlobal {
  const Name *name;
  Span span;
  uint32_t index;         /* slot in the globals object, if it needs one */
  bool assigned;          /* set! somewhere, or defined by a non-constant */
  bool checked;           /* a read may come before the definition has run */
  bool from_prelude;
  bool used;              /* reachable: tree shaking (simplify) */
  CoreLambda *lambda;     /* defined once, as a function, never assigned */
  const Literal *literal; /* defined once, as a constant, never assigned */
  CoreKinds kinds;
  uint32_t mark;          /* own of the front-end stage at work */
  void *ir;
};

typedef enum {
  CORE_CONST, CORE_LOCAL, CORE_GLOBAL, CORE_LAMBDA, CORE_CALL, CORE_APPLY, CORE_PRIM, CORE_IF,
  CORE_LET, CORE_LETREC, CORE_SET, CORE_SET_GLOBAL, CORE_SEQ,
  CORE_COUNT /* match is IF, LET and JOIN lambdas; handle and perform: not yet */
} CoreKind;

struct CoreNode {
  CoreKind kind;
  Span span;
  CoreKinds kinds;         /* what the value may be: infer; K_ANY before */
  union {
    const Literal *literal;                                  /* CONST */
    CoreVar *var;                                            /* LOCAL */
    CoreGlobal *global;                                      /* GLOBAL */
    CoreLambda *lambda;                                      /* LAMBDA */
    struct { CoreNode *fn; uint32_t nargs; CoreNode **args; } call; /* CALL; APPLY: the last
                                                                argument is a list to spread */
    struct { PrimId id; uint32_t nargs; CoreNode **args; } prim; /* PRIM: right number of
                                                                arguments; absent ones given */
    struct { CoreNode *test, *then, *otherwise; } branch;    /* IF */
    struct { uint32_t n; CoreVar **vars; CoreNode **inits; CoreNode *body; } let; /* LET: inits
               left to right, no init sees the vars. LETREC: every init is a LAMBDA */
    struct { CoreVar *var; CoreNode *value; } set;           /* SET; its value is nothing */
    struct { CoreGlobal *global; CoreNode *value; } set_global; /* also definitions */
    struct { uint32_t n; CoreNode **items; } seq;            /* SEQ: at least one */
  };
};

typedef struct CoreStruct { /* struct kind or enum case, in kind-index order */
  const Name *name, *enum_name;
  uint32_t nfields;
  const Name **fields;
  uint64_t mutable_mask;
  Span span;
} CoreStruct;

typedef struct CoreTest { const char *name; CoreLambda *lambda; Span span; } CoreTest;

typedef struct CoreProgram {
  Arena *arena;
  NameTable *names;
  SourceMap *sources;
  Diag *diag;
  VEC(CoreGlobal *) globals;
  VEC(CoreNode *) top;       /* top-level forms and value definitions, in order */
  VEC(CoreStruct *) structs; /* index = kind index */
  VEC(CoreTest) tests;
  uint32_t next_var_id;
  bool shaken;               /* `used` of globals is right: simplify */
} CoreProgram;

/* ---- stages ---- */

/* Expands and resolves the prelude's and the program's forms. Errors are in
 * diag; the result is usable only if there are none. */
CoreProgram *expand_program(Arena *a, NameTable *names, SourceMap *sources, Diag *diag,
                            ReadResult prelude, ReadResult program, bool with_tests);
/* Folding, inlining, dead code, tree shaking. level 0: tree shaking alone. */
void core_simplify(CoreProgram *p, int level);
/* Kinds, representations, specialisation of primitives. level 0: nothing. */
void core_infer(CoreProgram *p, int level);
/* Modes of lambdas, free variables, boxes. Always. */
void core_closures(CoreProgram *p);
/* Rules of the tree, checked after every stage in debug builds; NULL if it holds. */
const char *core_check(const CoreProgram *p);
void core_print(FILE *to, const CoreProgram *p); /* --dump=core */

#endif
