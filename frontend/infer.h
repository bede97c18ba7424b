/* Internals of the inference stage, shared between its files. */
#ifndef OMNI_INFER_H
#define OMNI_INFER_H

#include "core_walk.h"
#include "omni/value.h"

/* What is known of a value: it is of one of `kinds`; if it is an integer it
 * lies in [lo, hi]; if it is a struct or an array, of which shape (0: any).
 * kinds == 0: no value ever gets here. Without integers, lo and hi are 0.
 *
 * lo and hi: INT_LOW stands for all integers below the fixnums, INT_HIGH for
 * all above; big integers are among the kinds only if one of them is reached.
 *
 * shape: kind index + 1 of a struct; SHAPE_ARRAY of a plain array; SHAPE_TYPED
 * + number of the element kind (kinds.def) of a typed array. */
enum { SHAPE_ARRAY = 1 << 20, SHAPE_TYPED };
#define INT_LOW (OMNI_FIXNUM_MIN - 1)
#define INT_HIGH (OMNI_FIXNUM_MAX + 1)
typedef struct Fact {
  CoreKinds kinds;
  uint32_t shape;
  int64_t lo, hi;
} Fact;

typedef VEC(Fact) FactVec;

/* By lambda->mark. Facts only ever grow, so passes can be repeated at will. */
typedef struct LambdaInfo {
  CoreLambda *lambda;
  uint32_t root;        /* whose tree it stands in, or is */
  bool open;            /* called from places nobody knows: parameters are anything */
  bool entered;         /* a call that may happen has been met */
  uint32_t version;     /* grows with params and entry */
  uint32_t evaluated;   /* the version its body was last walked with */
  Fact *params;
  Fact result;          /* not of JOINs */
  uint32_t nupdates, nresult_updates; /* widening sets in with their number */
  /* JOIN: assigned variables of the frame, as they are when it is entered */
  uint32_t ntracked;
  Fact *entry;
  /* JOIN: what the last walk over its body came to */
  Fact out;
  bool out_dead;
  Fact *exit;
} LambdaInfo;

typedef struct Root {
  CoreNode **slot;
  CoreLambda *top;        /* NULL: a top-level form */
  bool queued;
  VEC(uint32_t) callers;  /* roots that call top */
} Root;

/* By global->mark, of globals that are neither function nor constant. */
typedef struct GlobalFact {
  CoreGlobal *global;
  bool set;               /* there is code that sets it */
  Fact fact;
  uint32_t nupdates;
  VEC(uint32_t) readers;  /* roots */
} GlobalFact;

typedef struct Undo {
  uint32_t var;
  Fact was;
} Undo;

typedef struct Infer {
  CoreProgram *p;
  VEC(LambdaInfo) infos;
  VEC(Root) roots;
  VEC(GlobalFact) globals;
  VEC(uint32_t) queue;
  Fact *fields;           /* what struct fields hold, all of them one after the other */
  uint32_t *field_start;  /* by struct kind index */
  VEC(uint32_t) struct_readers;
  VEC(int64_t) thresholds; /* where widening stops, sorted */
  Fact *now;              /* by variable id: at the place at hand */
  Fact *ever;             /* by variable id: all it ever holds */
  uint32_t *ever_updates;
  VEC(Undo) trail;
  VEC(CoreVar *) tracked; /* assigned variables in scope that no other frame sees */
  size_t frame_tracked;   /* the first of the frame at hand */
  FactVec states;         /* saved states of tracked variables, a stack */
  bool assigns;           /* infer_refine.c: the test at hand assigns variables */
  bool dead;              /* the place at hand is never reached */
  bool changed;           /* the root at hand must be walked again */
  bool final;             /* facts stand still: rewrite */
  uint32_t root;          /* at hand */
} Infer;

/* ---- infer_domain.c: facts ---- */
extern const Fact fact_any, fact_none;
Fact fact_of_kinds(CoreKinds kinds);
Fact fact_fixnum(int64_t lo, int64_t hi); /* clamped; none if lo > hi */
/* Kinds and bounds made to agree with each other. */
Fact fact_normal(Fact a);
Fact fact_of_literal(const Literal *l);
Fact fact_join(Fact a, Fact b);
bool fact_equal(Fact a, Fact b);
/* old joined with what comes next; bounds that still move after a few updates
 * go to the next threshold, then to the end of the range. */
Fact fact_widen(const Infer *f, Fact old, Fact next, uint32_t nupdates);
static inline bool fact_is_fixnum(Fact a) { return a.kinds == KB_FIX; }
static inline bool fact_is_integer(Fact a) { return a.kinds && !(a.kinds & ~K_INT); }
static inline bool fact_is_float(Fact a) { return a.kinds == KB_FLOAT; }
/* Truth of the value: 1 truthy, -1 not, 0 unknown. */
int fact_truth(Fact a);
/* a + b, a - b, a * b of whatever a and b are; BIG where the range is left. */
typedef enum { FACT_ADD, FACT_SUB, FACT_MUL } FactOp;
Fact fact_arithmetic(FactOp op, Fact a, Fact b);
/* a * a: never negative */
Fact fact_square(Fact a);

/* ---- infer_prims.c: what primitives give ---- */
Fact infer_prim_result(Infer *f, const CoreNode *n, const Fact *args);
/* LT, LE, GT, GE, EQ of the generic and the fixnum comparisons, else -1 */
typedef enum { CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_EQ } Comparison;
int infer_comparison(PrimId id);
/* Truth of a comparison of fixnums: 1, -1 or 0 (unknown). */
int infer_compare(Comparison c, Fact a, Fact b);

/* The element kind of what is surely a typed array, else -1. */
int infer_element_kind(Fact a);
static inline bool fact_is_plain_array(Fact a) {
  return a.kinds == KB_ARRAY && a.shape == SHAPE_ARRAY;
}
enum { /* by number, as LIT_KIND has it */
#define OMNI_KIND(id, name) INFER_KIND_##id,
#include "kinds.def"
#undef OMNI_KIND
};

/* ---- infer_refine.c: branches ---- */
/* Narrows what is known of variables, given how a test came out. */
void infer_refine(Infer *f, const CoreNode *test, bool truth);
/* Narrows what is known of variables, given that a primitive has not failed. */
void infer_assume_done(Infer *f, const CoreNode *prim, const Fact *args);
void infer_set_now(Infer *f, CoreVar *v, Fact fact);

/* ---- infer_flow.c: the walk ---- */
Fact infer_expr(Infer *f, CoreNode **slot);
void infer_root(Infer *f, uint32_t root);

/* ---- infer_rewrite.c ---- */
/* The node's primitive, once what its operands are is known. Returns the fact
 * of what stands there now. */
Fact infer_rewrite_prim(Infer *f, CoreNode **slot, const Fact *args, Fact result);

/* ---- infer_guard.c ---- */
/* Doubles loops and recursive functions that compute with values nobody knows;
 * true: the program has changed and must be inferred anew. */
bool infer_guard(Infer *f);

/* ---- infer_reps.c ---- */
/* Register forms of variables, parameters and results. */
void infer_reps(Infer *f);

#endif
