/* Tokens to datums, and the entry of the reader.
 *
 * When this runs, brackets match (read_repair has seen to it), so a list ends
 * where its bracket closes and no closing bracket comes unexpectedly. The
 * descent is recursive and counts its depth; what is nested too deeply is
 * skipped up to the bracket around it. The items of the lists being read share
 * one stack and are copied out when their list ends.
 *
 *   datum   = prefix datum | primary step*        step = . symbol | . [ items ]
 *   primary = atom | ( items ) | [ items ] | { items } | #{ items }
 */
#include <string.h>

#include "reader.h"

static Datum *parse_datum(Reader *r);

static const Token *peek(const Reader *r) {
  return r->next < r->tokens.n ? &r->tokens.items[r->next] : NULL;
}

static bool peek_is(const Reader *r, TokenKind kind) {
  const Token *t = peek(r);
  return t && t->kind == kind;
}

static bool peek_is_prefix(const Reader *r, PrefixKind prefix) {
  const Token *t = peek(r);
  return t && t->kind == TK_PREFIX && t->prefix == prefix;
}

static Span token_span(const Reader *r, const Token *t) {
  return (Span){r->file, t->start, t->end};
}

static Datum *datum_at(Reader *r, DatumKind kind, Span span) {
  Datum *d = ARENA_NEW(r->arena, Datum);
  d->kind = kind;
  d->span = span;
  return d;
}

static Datum *error_at(Reader *r, Span span) { return datum_at(r, DATUM_ERROR, span); }

static bool at_end(const Reader *r) { return !peek(r) || peek_is(r, TK_CLOSE); }

void read_lose_name(Reader *r, const Name *name) {
  if (!r->lost_names) r->lost_names = ptrmap_new(r->arena);
  ptrmap_put(r->lost_names, name, (void *)(uintptr_t)name);
}

/* ---- depth ---- */

/* Moves to the closing bracket around the cursor, or to the end. */
static void skip_to_end(Reader *r) {
  size_t depth = 0;
  for (const Token *t; (t = peek(r)); r->next++) {
    if (t->kind == TK_OPEN) depth++;
    if (t->kind == TK_CLOSE && !depth--) return;
  }
}

static Datum *too_deep(Reader *r, Span at) {
  if (!r->depth_reported)
    diag_report(r->diag, DIAG_E0120, at, "this is nested more than %d deep", READ_MAX_DEPTH);
  r->depth_reported = true;
  skip_to_end(r);
  return error_at(r, at);
}

/* ---- lists ---- */

static void skip_datum_comments(Reader *r) {
  while (peek_is_prefix(r, PREFIX_COMMENT)) {
    Span at = token_span(r, peek(r));
    r->next++;
    if (at_end(r)) diag_report(r->diag, DIAG_E0116, at, "#; comments out the next datum, but none follows");
    else parse_datum(r);
  }
}

static Datum *dotted_error(Reader *r, Span at, const char *message) {
  diag_report(r->diag, DIAG_E0115, at, "%s", message);
  diag_help(r->diag, "a dotted pair is written '(1 . 2)");
  return NULL;
}

/* On the point of a dotted pair; the tail, or NULL after an error. */
static Datum *parse_tail(Reader *r, char bracket, bool has_items) {
  Span at = token_span(r, peek(r));
  r->next++;
  if (bracket != '(') return dotted_error(r, at, "a dotted pair can only stand in ( )");
  if (!has_items) return dotted_error(r, at, "nothing stands before the point");
  skip_datum_comments(r);
  if (at_end(r)) return dotted_error(r, at, "nothing stands after the point");
  if (peek_is(r, TK_DOT)) return NULL;
  Datum *tail = parse_datum(r);
  skip_datum_comments(r);
  if (at_end(r)) return tail;
  return dotted_error(r, at, "more than one datum stands after the point");
}

static void take_items(Reader *r, Datum *d, size_t mark) {
  d->n = (uint32_t)(r->stack.n - mark);
  d->items = ARENA_ARRAY(r->arena, Datum *, d->n);
  if (d->n) memcpy(d->items, r->stack.items + mark, d->n * sizeof *d->items);
  r->stack.n = mark;
}

static DatumKind kind_of(char bracket) {
  switch (bracket) {
  case '(': return DATUM_LIST;
  case '[': return DATUM_ARRAY;
  case '{': return DATUM_KIND;
  default: return DATUM_DICT;
  }
}

static void check_dict(Reader *r, const Datum *d) {
  if (d->kind != DATUM_DICT || d->n % 2 == 0) return;
  diag_report(r->diag, DIAG_E0119, d->items[d->n - 1]->span, "this key has no value");
  diag_help(r->diag, "a dict literal is #{key value key value ...}");
}

static Datum *parse_list(Reader *r) {
  const Token *open = peek(r);
  char bracket = open->bracket;
  Datum *d = datum_at(r, kind_of(bracket), token_span(r, open));
  size_t mark = r->stack.n;
  r->next++;
  for (;;) {
    skip_datum_comments(r);
    if (at_end(r)) break;
    if (peek_is(r, TK_DOT)) d->tail = parse_tail(r, bracket, r->stack.n > mark);
    else VEC_PUSH(r->arena, &r->stack, parse_datum(r));
  }
  if (peek(r)) d->span.end = token_span(r, peek(r)).end;
  r->next++;
  take_items(r, d, mark);
  check_dict(r, d);
  return d;
}

/* ---- paths ---- */

static Datum *parse_steps(Reader *r, Datum *head) {
  if (!peek_is(r, TK_POINT)) return head;
  Datum *path = datum_at(r, DATUM_PATH, head->span);
  size_t mark = r->stack.n;
  VEC_PUSH(r->arena, &r->stack, head);
  while (peek_is(r, TK_POINT)) {
    r->next++;
    const Token *t = peek(r);
    if (!t || (t->kind != TK_ATOM && t->kind != TK_OPEN)) break; /* only in damaged text */
    Datum *step = t->datum;
    if (t->kind == TK_OPEN) step = parse_list(r);
    else r->next++;
    VEC_PUSH(r->arena, &r->stack, step);
    path->span.end = step->span.end;
  }
  take_items(r, path, mark);
  return path;
}

/* ---- prefixes ---- */

static Datum *nothing_follows(Reader *r, Span at, const char *prefix) {
  diag_report(r->diag, DIAG_E0116, at, "nothing follows this %s", prefix);
  return error_at(r, at);
}

static Datum *wrap(Reader *r, DatumKind kind, Span at, Datum *inner) {
  Datum *d = datum_at(r, kind, span_join(at, inner->span));
  d->n = 1;
  d->items = ARENA_NEW(r->arena, Datum *);
  d->items[0] = inner;
  return d;
}

static Datum *parse_quoted(Reader *r, PrefixKind prefix, Span at) {
  static const struct {
    DatumKind kind;
    const char *text;
  } forms[PREFIX_COUNT] = {
      [PREFIX_QUOTE] = {DATUM_QUOTE, "'"},     [PREFIX_QUASI] = {DATUM_QUASI, "`"},
      [PREFIX_UNQUOTE] = {DATUM_UNQUOTE, ","}, [PREFIX_SPLICE] = {DATUM_SPLICE, ",@"},
      [PREFIX_COLON] = {DATUM_QUOTE, "colon"}, [PREFIX_VAL] = {DATUM_VAL, "#val"}};
  skip_datum_comments(r);
  if (at_end(r) || peek_is(r, TK_DOT)) return nothing_follows(r, at, forms[prefix].text);
  Datum *d = wrap(r, forms[prefix].kind, at, parse_datum(r));
  d->keyword = prefix == PREFIX_COLON;
  return d;
}

/* ---- tags ---- */

static const char *const tags_alone[] = {"mutable",  "seq",     "rec",      "covariant",
                                         "contravariant", "owned", "borrowed", "consumed",
                                         "escapes",  "nothing-on-null", "errno", NULL};
static const char *const tags_with_value[] = {"parent", "where", "doc", "from", NULL};

static bool is_listed(const char *const *list, const char *word) {
  for (; *list; list++)
    if (!strcmp(*list, word)) return true;
  return false;
}

static const char *nearest_tag(const char *word) {
  const char *const *lists[] = {tags_alone, tags_with_value};
  const char *all[32];
  size_t n = 0;
  for (size_t i = 0; i < 2; i++)
    for (const char *const *p = lists[i]; *p; p++) all[n++] = *p;
  all[n] = NULL;
  return diag_suggest_cstr(word, all);
}

static bool takes_value(const Datum *tag) {
  return is_listed(tags_with_value, tag->items[0]->name->bytes);
}

/* The tag itself if it is known; else it is reported and its nearest neighbour
 * stands for it, or NULL if there is none. */
static Datum *known_tag(Reader *r, Datum *tag, Span at) {
  Datum *symbol = tag->items[0];
  const char *word = symbol->name->bytes;
  if (is_listed(tags_alone, word) || is_listed(tags_with_value, word)) return tag;
  const char *near = nearest_tag(word);
  diag_report(r->diag, DIAG_E0117, at, "there is no tag `:%s`", word);
  if (!near) return NULL;
  diag_help(r->diag, "did you mean ^:%s?", near);
  symbol->name = name_cstr(r->names, near);
  return tag;
}

/* What follows ^, as a keyword quote of a symbol; NULL after an error. */
static Datum *parse_tag_name(Reader *r, Span at) {
  const Token *t = peek(r);
  bool joined = t && t->start == at.end;
  if (joined && peek_is_prefix(r, PREFIX_COLON)) {
    Datum *name = parse_datum(r);
    if (name->kind == DATUM_QUOTE && name->items[0]->kind == DATUM_SYMBOL) return name;
    if (name->kind == DATUM_ERROR) return NULL;
    at = span_join(at, name->span);
  } else if (joined && t->kind == TK_ATOM && t->datum->kind == DATUM_SYMBOL) {
    diag_report(r->diag, DIAG_E0118, span_join(at, token_span(r, t)), "a tag's name starts with a colon");
    diag_help(r->diag, "write ^:%s", t->datum->name->bytes);
    r->next++;
    return wrap(r, DATUM_QUOTE, token_span(r, t), t->datum);
  }
  diag_report(r->diag, DIAG_E0118, at, "this is not a tag");
  diag_help(r->diag, "a tag is written ^:name");
  return NULL;
}

static Datum *parse_tag_part(Reader *r, Span at, const char *what) {
  skip_datum_comments(r);
  if (!at_end(r) && !peek_is(r, TK_DOT)) return parse_datum(r);
  diag_report(r->diag, DIAG_E0118, at, "%s", what);
  return NULL;
}

static Datum *parse_tag(Reader *r, Span at) {
  Datum *name = parse_tag_name(r, at);
  Datum *value = NULL;
  Span place = name ? span_join(at, name->span) : at;
  if (name) name = known_tag(r, name, place);
  bool with_value = name && takes_value(name);
  if (with_value) value = parse_tag_part(r, place, "this tag takes a value, but none follows");
  if (with_value && !value) return error_at(r, place);
  Datum *form = parse_tag_part(r, place, "no form follows this tag");
  if (!form) return error_at(r, place);
  if (!name) return form;
  Datum *d = datum_at(r, DATUM_TAG, span_join(at, form->span));
  d->n = 3;
  d->items = ARENA_ARRAY(r->arena, Datum *, 3);
  d->items[0] = name;
  d->items[1] = value;
  d->items[2] = form;
  return d;
}

/* ---- datums ---- */

static Datum *parse_prefixed(Reader *r) {
  const Token *t = peek(r);
  Span at = token_span(r, t);
  PrefixKind prefix = t->prefix;
  r->next++;
  return prefix == PREFIX_TAG ? parse_tag(r, at) : parse_quoted(r, prefix, at);
}

/* A point that lost what it joined, in damaged text. */
static Datum *parse_stray(Reader *r) {
  Datum *d = error_at(r, token_span(r, peek(r)));
  r->next++;
  return d;
}

/* The cursor is on a token that is no closing bracket. */
static Datum *parse_datum(Reader *r) {
  const Token *t = peek(r);
  if (r->depth >= READ_MAX_DEPTH) return too_deep(r, token_span(r, t));
  r->depth++;
  Datum *d;
  if (peek_is_prefix(r, PREFIX_COMMENT)) {
    Span at = token_span(r, t);
    skip_datum_comments(r);
    d = at_end(r) ? error_at(r, at) : parse_datum(r);
  } else if (t->kind == TK_PREFIX) {
    d = parse_prefixed(r);
  } else if (t->kind == TK_OPEN) {
    d = parse_steps(r, parse_list(r));
  } else if (t->kind == TK_ATOM) {
    r->next++;
    d = parse_steps(r, t->datum);
  } else {
    d = parse_stray(r);
  }
  r->depth--;
  return d;
}

static void parse_top(Reader *r) {
  for (;;) {
    skip_datum_comments(r);
    if (!peek(r)) return;
    if (peek_is(r, TK_DOT))
      diag_report(r->diag, DIAG_E0113, token_span(r, peek(r)), "the point joins nothing");
    VEC_PUSH(r->arena, &r->stack, parse_datum(r));
  }
}

ReadResult read_source(Arena *a, NameTable *names, Diag *diag, SourceMap *sources, uint32_t file) {
  const Source *s = source_get(sources, file);
  if (s->nbytes > READ_MAX_FILE) {
    diag_report(diag, DIAG_E0121, (Span){file, 0, 0}, "this file is larger than 16 MiB");
    return (ReadResult){0};
  }
  Reader r = {.arena = a,
              .names = names,
              .diag = diag,
              .file = file,
              .text = s->bytes,
              .at = s->bytes,
              .end = s->bytes + s->nbytes};
  read_tokens(&r);
  read_repair(&r);
  parse_top(&r);
  return (ReadResult){r.stack.items, r.stack.n, r.lost_names};
}
