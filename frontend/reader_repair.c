/* Brackets that do not match.
 *
 * A lost bracket should be one error, in the top-level form that lost it, and
 * the other forms should read as if nothing had happened. The text alone cannot
 * say where a bracket is missing; its indentation nearly can. So:
 *
 * 1. If all brackets of the file match, nothing here runs.
 * 2. The file is cut into regions: a token in column 1 starts a top-level form.
 *    Regions that balance are left alone.
 * 3. For a region that does not, every way of inserting, dropping or retyping
 *    one bracket that makes it balance is tried, and the cost of the outcome is
 *    how badly the lines' indentation fits it (line_cost). The cheapest edit
 *    is taken; ties go to the place a person would look at first.
 * 4. If no single edit balances the region (or it is too big to try), brackets
 *    are closed where a line starts no further right than they do, stray
 *    closing brackets are dropped, and the first such place is reported.
 *
 * A file whose indentation says nothing (is_badly_indented) is taken as one
 * region. The repaired region is read on, so that what it defines is
 * known; everything later stages say about it is dropped (diag_damaged), and
 * its names are remembered, since a definition may have been lost.
 */
#include <string.h>

#include "reader.h"

enum {
  /* trying is quadratic: tokens of one region, steps over the whole file */
  MAX_TRIED = 4000,
  MAX_STEPS = 100000000,
  MAX_PIECES = 16,  /* regions that may make one form together */
  MANY_UNBALANCED = 3, /* regions: fewer say nothing about the indentation */
  COST_TOP = 4,     /* outside all brackets but not in column 1 */
  COST_LEFT = 4,    /* not right of its bracket */
  COST_UNALIGNED = 1,
  UNBALANCED = 1 << 20,
  RANK_UNLIKELY = 3,
};

typedef enum { EDIT_NONE, EDIT_INSERT_CLOSE, EDIT_INSERT_OPEN, EDIT_DROP, EDIT_RETYPE } EditKind;

typedef struct Edit {
  EditKind kind;
  size_t at;       /* token: inserted before it, or the one dropped or retyped */
  unsigned cost, rank; /* less is better; rank breaks ties of cost */
  size_t line;     /* counted from the region's first; a later one is better */
  size_t opener;   /* INSERT_CLOSE, RETYPE: the bracket concerned */
} Edit;

typedef struct Open { /* an open bracket during a walk */
  char bracket;      /* '?' for an inserted one: fits any */
  size_t token;
  uint32_t column, argument; /* column of the second item on its line, or 0 */
  uint32_t aligned;  /* column of the last line inside it, or 0 */
  uint32_t nitems;
} Open;

typedef struct Region {
  Reader *r;
  const Token *tokens;
  size_t n;
  VEC(Open) stack; /* scratch */
} Region;

static char closer_of(char open) {
  return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static bool fits(char open, char close) { return open == '?' || closer_of(open) == close; }

/* ---- balance ---- */

static bool is_balanced(Reader *r, const Token *tokens, size_t n) {
  VEC(char) stack = {0};
  for (size_t i = 0; i < n; i++) {
    if (tokens[i].kind == TK_OPEN) VEC_PUSH(r->arena, &stack, tokens[i].bracket);
    if (tokens[i].kind != TK_CLOSE) continue;
    if (!stack.n || !fits(stack.items[--stack.n], tokens[i].bracket)) return false;
  }
  return !stack.n;
}

/* ---- how well the indentation fits ---- */

/* The cost of token t being the first in its line where it is. */
static unsigned line_cost(Open *parent, const Token *t) {
  if (!parent) return t->column ? COST_TOP : 0;
  uint32_t inside = t->column - parent->column;
  if (t->column <= parent->column) return COST_LEFT;
  bool aligned = t->column == parent->aligned || t->column == parent->argument || inside <= 2;
  if (parent->aligned && t->column != parent->aligned) aligned = false;
  parent->aligned = t->column;
  return aligned ? 0 : COST_UNALIGNED;
}

static void count_item(Region *g, const Token *t) {
  if (!g->stack.n || t->kind == TK_CLOSE || t->kind == TK_POINT) return;
  Open *parent = &g->stack.items[g->stack.n - 1];
  if (++parent->nitems == 2 && !t->first) parent->argument = t->column;
}

static void push_open(Region *g, char bracket, size_t token) {
  Open o = {.bracket = bracket, .token = token, .column = g->tokens[token].column};
  VEC_PUSH(g->r->arena, &g->stack, o);
}

static unsigned first_cost(Region *g, const Token *t) {
  if (!t->first || t->kind == TK_CLOSE) return 0;
  return line_cost(g->stack.n ? &g->stack.items[g->stack.n - 1] : NULL, t);
}

/* Walks the region with the edit made; the cost, or UNBALANCED. */
static unsigned try_edit(Region *g, Edit *e, unsigned limit) {
  unsigned cost = 0;
  g->stack.n = 0;
  for (size_t i = 0; i <= g->n; i++) {
    bool here = i == e->at;
    if (here && e->kind == EDIT_INSERT_CLOSE) {
      if (!g->stack.n) return UNBALANCED;
      e->opener = g->stack.items[--g->stack.n].token;
    }
    if (i == g->n) break;
    const Token *t = &g->tokens[i];
    cost += first_cost(g, t);
    if (cost > limit) return UNBALANCED;
    count_item(g, t);
    if (here && e->kind == EDIT_INSERT_OPEN) {
      push_open(g, '?', i);
      count_item(g, t);
    }
    if (here && e->kind == EDIT_DROP) continue;
    if (t->kind == TK_OPEN) push_open(g, t->bracket, i);
    if (t->kind != TK_CLOSE) continue;
    if (!g->stack.n) return UNBALANCED;
    const Open *o = &g->stack.items[--g->stack.n];
    if (here && e->kind == EDIT_RETYPE) e->opener = o->token;
    else if (!fits(o->bracket, t->bracket)) return UNBALANCED;
  }
  return g->stack.n ? UNBALANCED : cost;
}

/* ---- candidates ---- */

static bool is_definition_word(const Token *t) {
  return t->kind == TK_ATOM && t->datum->kind == DATUM_SYMBOL &&
         !strcmp(t->datum->name->bytes, "define");
}

/* Words that nearly always stand first in a form. */
static bool is_head_word(const Token *t) {
  static const char *const heads[] = {
      "define", "let",  "let*", "letrec",  "if",   "cond", "when", "unless", "lambda", "fn", "match",
      "for",    "while", "do",  "begin", "set!", "put!", "println", "case", "not", "and", "cons",
      "+", "-", "*", "/", "=", "<", ">", "<=", ">="};
  if (t->kind != TK_ATOM || t->datum->kind != DATUM_SYMBOL) return false;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (!strcmp(t->datum->name->bytes, heads[i])) return true;
  return false;
}

static unsigned insert_close_rank(const Region *g, size_t i) {
  if (i == g->n || g->tokens[i].first) return 0;
  return g->tokens[i].kind == TK_CLOSE ? 1 : 2;
}

static unsigned insert_open_rank(const Region *g, size_t i) {
  const Token *t = &g->tokens[i];
  bool after_open = i && g->tokens[i - 1].kind == TK_OPEN;
  if (i && is_definition_word(&g->tokens[i - 1]) && t->kind == TK_ATOM) return 0;
  if (!i && t->kind == TK_OPEN) return RANK_UNLIKELY; /* a form around the whole form */
  if (!after_open && is_head_word(t)) return 0;
  if (t->first) return 1;
  bool is_name = t->kind == TK_ATOM && t->datum->kind == DATUM_SYMBOL;
  if (!is_name || i + 1 == g->n || g->tokens[i + 1].kind == TK_CLOSE) return 3;
  return after_open ? 4 : 2;
}

/* Of edits of equal cost: for a lost opening bracket the latest line, since the
 * line after it is where the indentation would stop to fit, and in it the best
 * rank; for a closing one the best rank, and then the last place, since it was
 * most likely one of several at the end of a line. */
static bool is_better(const Edit *e, const Edit *best) {
  if (e->cost != best->cost) return e->cost < best->cost;
  if (e->cost == UNBALANCED) return false;
  if (e->kind == EDIT_INSERT_CLOSE) return e->rank <= best->rank;
  if (e->line != best->line || e->kind == EDIT_DROP) return e->line >= best->line;
  return e->rank < best->rank;
}

static void consider(Region *g, Edit *best, Edit e) {
  e.cost = try_edit(g, &e, best->cost);
  if (is_better(&e, best)) *best = e;
}

static bool may_open_before(const Region *g, size_t i) {
  const Token *t = &g->tokens[i];
  if (t->kind == TK_CLOSE || t->kind == TK_POINT || t->kind == TK_DOT) return false;
  return !i || g->tokens[i - 1].kind != TK_POINT;
}

static Edit no_edit(void) {
  return (Edit){.kind = EDIT_NONE, .cost = UNBALANCED, .rank = RANK_UNLIKELY};
}

/* The best edit of one kind. */
static Edit find_edit_of(Region *g, EditKind kind) {
  Edit best = no_edit();
  size_t line = 0;
  for (size_t i = 0; i < g->n; i++) {
    const Token *t = &g->tokens[i];
    line += t->first;
    Edit e = {.kind = kind, .at = i, .line = line};
    if (kind == EDIT_INSERT_CLOSE) e.rank = insert_close_rank(g, i);
    else if (kind == EDIT_INSERT_OPEN) e.rank = insert_open_rank(g, i);
    bool possible = kind == EDIT_INSERT_CLOSE ||
                    (kind == EDIT_INSERT_OPEN ? may_open_before(g, i) : t->kind == TK_CLOSE);
    if (possible) consider(g, &best, e);
  }
  if (kind == EDIT_INSERT_CLOSE) consider(g, &best, (Edit){.kind = kind, .at = g->n});
  return best;
}

static Edit find_edit(Region *g) {
  size_t nopen = 0, nclose = 0;
  for (size_t i = 0; i < g->n; i++) {
    nopen += g->tokens[i].kind == TK_OPEN;
    nclose += g->tokens[i].kind == TK_CLOSE;
  }
  size_t nsteps = g->n * g->n;
  if (g->n > MAX_TRIED || g->r->repair_steps + nsteps > MAX_STEPS) return no_edit();
  g->r->repair_steps += nsteps;
  if (nopen == nclose) return find_edit_of(g, EDIT_RETYPE);
  if (nopen == nclose + 1) return find_edit_of(g, EDIT_INSERT_CLOSE);
  if (nclose != nopen + 1) return no_edit();
  Edit insert = find_edit_of(g, EDIT_INSERT_OPEN), drop = find_edit_of(g, EDIT_DROP);
  if (drop.cost < insert.cost) return drop;
  return drop.cost == insert.cost && insert.rank >= RANK_UNLIKELY ? drop : insert;
}

/* ---- output ---- */

static void put_token(Reader *r, TokenVec *to, Token t) { VEC_PUSH(r->arena, to, t); }

/* A bracket that is not in the text, without width. */
static Token virtual_token(TokenKind kind, char bracket, uint32_t at) {
  return (Token){.kind = (uint8_t)kind, .bracket = bracket, .start = at, .end = at};
}

/* End of the token before i: where a missing closing bracket is shown. */
static uint32_t end_before(const Region *g, size_t i) {
  return i ? g->tokens[i - 1].end : g->tokens[0].start;
}

static char kind_of_opener(char close) { return close == ')' ? '(' : close == ']' ? '[' : '{'; }

/* What the bracket inserted before token `at` must be, seen from its closer. */
static char inserted_bracket(const Region *g, size_t at) {
  size_t depth = 0;
  for (size_t i = at; i < g->n; i++) {
    if (g->tokens[i].kind == TK_OPEN) depth++;
    if (g->tokens[i].kind == TK_CLOSE && !depth--) return kind_of_opener(g->tokens[i].bracket);
  }
  return '(';
}

static void apply(Region *g, const Edit *e, TokenVec *to) {
  Reader *r = g->r;
  char opener = g->n ? g->tokens[e->opener].bracket : '(';
  for (size_t i = 0; i <= g->n; i++) {
    bool here = i == e->at;
    if (here && e->kind == EDIT_INSERT_CLOSE)
      put_token(r, to, virtual_token(TK_CLOSE, closer_of(opener), end_before(g, i)));
    if (i == g->n) break;
    Token t = g->tokens[i];
    if (here && e->kind == EDIT_INSERT_OPEN)
      put_token(r, to, virtual_token(TK_OPEN, inserted_bracket(g, i), t.start));
    if (here && e->kind == EDIT_DROP) continue;
    if (here && e->kind == EDIT_RETYPE) t.bracket = closer_of(opener);
    put_token(r, to, t);
  }
}

/* ---- messages ---- */

static Span span_of(const Region *g, size_t i) {
  return (Span){g->r->file, g->tokens[i].start, g->tokens[i].end};
}

static Span before_token(const Region *g, size_t i) {
  uint32_t end = end_before(g, i);
  return (Span){g->r->file, end ? end - 1 : end, end};
}

static const char *shown(char bracket) {
  static const char *const texts[] = {"(", "[", "{", "#{", ")", "]", "}"};
  const char *found = strchr("([{#)]}", bracket);
  return texts[found - "([{#)]}"];
}

static void report_unclosed(Region *g, size_t opener, size_t at) {
  char open = g->tokens[opener].bracket;
  Diag *d = g->r->diag;
  diag_report(d, DIAG_E0110, span_of(g, opener), "this `%s` is never closed", shown(open));
  diag_note(d, before_token(g, at), "judging by the indentation, `%c` is missing after this",
            closer_of(open));
}

static size_t last_closer(const Region *g) {
  size_t i = g->n - 1;
  while (i && g->tokens[i].kind != TK_CLOSE) i--;
  return i;
}

static void report_missing_open(Region *g, size_t at) {
  Diag *d = g->r->diag;
  char open = inserted_bracket(g, at);
  diag_report(d, DIAG_E0111, span_of(g, at), "a `%c` is missing, most likely before this", open);
  diag_note(d, span_of(g, last_closer(g)), "otherwise this bracket closes nothing");
}

static void report_stray(Region *g, size_t at) {
  diag_report(g->r->diag, DIAG_E0111, span_of(g, at), "this `%c` closes nothing",
              g->tokens[at].bracket);
  diag_help(g->r->diag, "remove it, or add the opening bracket that is missing before it");
}

static void report_wrong(Region *g, size_t opener, size_t at) {
  char open = g->tokens[opener].bracket;
  diag_report(g->r->diag, DIAG_E0112, span_of(g, at), "`%c` stands where `%c` should close",
              g->tokens[at].bracket, closer_of(open));
  diag_note(g->r->diag, span_of(g, opener), "the bracket to be closed is this `%s`", shown(open));
}

static void report(Region *g, const Edit *e) {
  switch (e->kind) {
  case EDIT_INSERT_CLOSE: report_unclosed(g, e->opener, e->at); break;
  case EDIT_INSERT_OPEN: report_missing_open(g, e->at); break;
  case EDIT_DROP: report_stray(g, e->at); break;
  case EDIT_RETYPE: report_wrong(g, e->opener, e->at); break;
  case EDIT_NONE: break;
  }
}

/* ---- without a single edit that helps ---- */

typedef struct Fallback {
  Region *g;
  TokenVec *to;
  bool silent; /* the first anomaly has been reported */
} Fallback;

static void fallback_close(Fallback *f, size_t at) {
  Open o = f->g->stack.items[--f->g->stack.n];
  if (!f->silent) report_unclosed(f->g, o.token, at);
  f->silent = true;
  put_token(f->g->r, f->to, virtual_token(TK_CLOSE, closer_of(o.bracket), end_before(f->g, at)));
}

static bool is_open_deeper(const Region *g, char close) {
  for (size_t i = g->stack.n; i-- > 0;)
    if (fits(g->stack.items[i].bracket, close)) return true;
  return false;
}

static void fallback_closer(Fallback *f, size_t i) {
  Region *g = f->g;
  Token t = g->tokens[i];
  if (!is_open_deeper(g, t.bracket)) {
    if (!f->silent) report_stray(g, i);
    f->silent = true;
    return;
  }
  while (!fits(g->stack.items[g->stack.n - 1].bracket, t.bracket)) fallback_close(f, i);
  g->stack.n--;
  put_token(g->r, f->to, t);
}

static void fallback(Region *g, TokenVec *to, bool silent) {
  Fallback f = {g, to, silent};
  g->stack.n = 0;
  for (size_t i = 0; i < g->n; i++) {
    Token t = g->tokens[i];
    if (t.first && t.kind != TK_CLOSE)
      while (g->stack.n && g->stack.items[g->stack.n - 1].column >= t.column) fallback_close(&f, i);
    if (t.kind == TK_CLOSE) {
      fallback_closer(&f, i);
      continue;
    }
    if (t.kind == TK_OPEN) push_open(g, t.bracket, i);
    put_token(g->r, to, t);
  }
  while (g->stack.n) fallback_close(&f, g->n);
}

/* ---- regions ---- */

static void lose_names(Region *g) {
  for (size_t i = 0; i < g->n; i++) {
    const Token *t = &g->tokens[i];
    if (t->kind == TK_ATOM && t->datum->kind == DATUM_SYMBOL) read_lose_name(g->r, t->datum->name);
  }
}

static void repair_region(Reader *r, const Token *tokens, size_t n, TokenVec *to) {
  Region g = {.r = r, .tokens = tokens, .n = n};
  Span all = {r->file, tokens[0].start, tokens[n - 1].end};
  /* a broken string takes brackets with it; a lost [ leaves a broken path */
  bool silent = diag_has_error_in(r->diag, all);
  Edit e = find_edit(&g);
  if (e.kind == EDIT_NONE) {
    fallback(&g, to, silent);
  } else {
    if (!silent) report(&g, &e);
    apply(&g, &e, to);
  }
  lose_names(&g);
  diag_damaged(r->diag, all);
}

static bool starts_region(const Token *t) {
  return t->first && !t->column && t->kind != TK_CLOSE;
}

static size_t region_end(const TokenVec *tokens, size_t start) {
  size_t i = start + 1;
  while (i < tokens->n && !starts_region(&tokens->items[i])) i++;
  return i;
}

/* True if the indentation is no guide: most lines start in column 1, and most
 * of the regions they make do not balance. */
static bool is_badly_indented(Reader *r) {
  size_t nlines = 0, nregions = 0, nunbalanced = 0;
  for (size_t i = 0; i < r->tokens.n; i++)
    nlines += r->tokens.items[i].first && r->tokens.items[i].kind != TK_CLOSE;
  for (size_t i = 0, end; i < r->tokens.n; i = end) {
    end = region_end(&r->tokens, i);
    nregions++;
    nunbalanced += !is_balanced(r, r->tokens.items + i, end - i);
  }
  return nunbalanced >= MANY_UNBALANCED && nunbalanced * 2 > nregions && nregions * 2 > nlines;
}

/* Forms written over several regions that make a whole only together: the end
 * of the last of them, or `end` if it is not so. */
static size_t whole_end(Reader *r, size_t start, size_t end) {
  size_t stop = end;
  for (int i = 0; i < MAX_PIECES && stop < r->tokens.n; i++) {
    size_t next = region_end(&r->tokens, stop);
    if (is_balanced(r, r->tokens.items + stop, next - stop)) break;
    stop = next;
    if (is_balanced(r, r->tokens.items + start, stop - start)) return stop;
  }
  return end;
}

void read_repair(Reader *r) {
  if (is_balanced(r, r->tokens.items, r->tokens.n)) return;
  TokenVec to = {0};
  if (is_badly_indented(r)) {
    repair_region(r, r->tokens.items, r->tokens.n, &to);
    r->tokens = to;
    return;
  }
  for (size_t i = 0, end; i < r->tokens.n; i = end) {
    end = region_end(&r->tokens, i);
    const Token *tokens = r->tokens.items + i;
    bool balanced = is_balanced(r, tokens, end - i);
    if (!balanced) {
      size_t whole = whole_end(r, i, end);
      balanced = whole > end;
      end = whole;
    }
    if (balanced)
      for (size_t k = i; k < end; k++) put_token(r, &to, r->tokens.items[k]);
    else repair_region(r, tokens, end - i, &to);
  }
  r->tokens = to;
}
