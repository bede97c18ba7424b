/* Diagnostics: recording, filtering, options.
 *
 * Reports are kept until the end of a stage and then written in the order of
 * their places, whatever order the stage worked in. Three things keep one
 * mistake from showing as several: an error inside the span of an earlier one
 * is dropped, so is everything inside text declared damaged, and notes to a
 * dropped report go with it. Beyond a multiple of the limit reports are only
 * counted, so that a hostile file costs no memory.
 */
#include "diag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag_internal.h"

enum { DEFAULT_LIMIT = 20, KEPT_PER_SHOWN = 16, MAX_DAMAGED = 1000 };

const DiagInfo diag_table[DIAG_COUNT] = {
#define DIAG(code, severity, title, explanation)                                                   \
  {#code, NULL, #code ": " title "\n\n" explanation, SEVERITY_ERROR, false},
#define WARN(code, name, title, explanation)                                                       \
  {#code, name, #code ": " title " (-W" name ")\n\n" explanation, SEVERITY_WARNING, false},
#define WARN_ALL(code, name, title, explanation)                                                   \
  {#code, name, #code ": " title " (-W" name ")\n\n" explanation, SEVERITY_WARNING, true},
#include "diag.def"
#undef DIAG
#undef WARN
#undef WARN_ALL
};

struct Diag {
  Arena *arena;
  SourceMap *sources;
  DiagOptions options;
  VEC(DiagReport *) reports; /* since the last flush */
  VEC(Span) errors;          /* of this stage and those before: cascades */
  VEC(Span) damaged;
  DiagReport *last;          /* what help and notes belong to; NULL: dropped */
  uint32_t nerrors, nwarnings;
  uint32_t nshown;           /* errors written so far */
  uint32_t nunshown;         /* errors since the last flush that are not kept */
};

Diag *diag_new(Arena *a, SourceMap *sources, const DiagOptions *options) {
  Diag *d = ARENA_NEW(a, Diag);
  d->arena = a;
  d->sources = sources;
  if (options) d->options = *options;
  if (!d->options.limit) d->options.limit = DEFAULT_LIMIT;
  return d;
}

/* ---- recording ---- */

static bool span_within(Span inner, Span outer) {
  return inner.file && inner.file == outer.file && inner.start >= outer.start &&
         inner.end <= outer.end;
}

static bool is_cascade(const Diag *d, Span at) {
  for (size_t i = 0; i < d->damaged.n; i++)
    if (span_within(at, d->damaged.items[i])) return true;
  for (size_t i = 0; i < d->errors.n; i++)
    if (span_within(at, d->errors.items[i])) return true;
  return false;
}

static bool is_shown(const DiagOptions *o, DiagCode code) {
  const DiagInfo *info = &diag_table[code];
  if (info->severity == SEVERITY_ERROR) return true;
  if (o->disabled[code]) return false;
  return !info->only_with_all || o->warn_all || o->enabled[code] || o->as_error[code];
}

static Severity severity_of(const DiagOptions *o, DiagCode code) {
  if (o->warnings_are_errors || o->as_error[code]) return SEVERITY_ERROR;
  return diag_table[code].severity;
}

void diag_report(Diag *d, DiagCode code, Span at, const char *format, ...) {
  d->last = NULL;
  if (!is_shown(&d->options, code) || is_cascade(d, at)) return;
  Severity severity = severity_of(&d->options, code);
  size_t kept_at_most = (size_t)d->options.limit * KEPT_PER_SHOWN;
  *(severity == SEVERITY_ERROR ? &d->nerrors : &d->nwarnings) += 1;
  if (d->reports.n >= kept_at_most) {
    d->nunshown += severity == SEVERITY_ERROR;
    return;
  }
  DiagReport *r = ARENA_NEW(d->arena, DiagReport);
  va_list args;
  va_start(args, format);
  *r = (DiagReport){.code = code,
                    .severity = severity,
                    .at = at,
                    .message = arena_vprintf(d->arena, format, args),
                    .sequence = d->reports.n};
  va_end(args);
  VEC_PUSH(d->arena, &d->reports, r);
  if (diag_table[code].severity == SEVERITY_ERROR) VEC_PUSH(d->arena, &d->errors, at);
  d->last = r;
}

void diag_help(Diag *d, const char *format, ...) {
  if (!d->last) return;
  va_list args;
  va_start(args, format);
  VEC_PUSH(d->arena, &d->last->helps, arena_vprintf(d->arena, format, args));
  va_end(args);
}

void diag_note(Diag *d, Span at, const char *format, ...) {
  if (!d->last) return;
  va_list args;
  va_start(args, format);
  DiagNote note = {at, arena_vprintf(d->arena, format, args)};
  va_end(args);
  VEC_PUSH(d->arena, &d->last->notes, note);
}

void diag_damaged(Diag *d, Span at) {
  Span *last = d->damaged.n ? &d->damaged.items[d->damaged.n - 1] : NULL;
  if (d->damaged.n >= MAX_DAMAGED && last->file == at.file) *last = span_join(*last, at);
  else VEC_PUSH(d->arena, &d->damaged, at);
}

bool diag_has_error_in(const Diag *d, Span at) {
  for (size_t i = 0; i < d->errors.n; i++) {
    Span e = d->errors.items[i];
    if (e.file == at.file && e.start >= at.start && e.start <= at.end) return true;
  }
  return false;
}

uint32_t diag_error_count(const Diag *d) { return d->nerrors; }

uint32_t diag_warning_count(const Diag *d) { return d->nwarnings; }

/* ---- writing ---- */

static int by_place(const void *a, const void *b) {
  const DiagReport *x = *(DiagReport *const *)a, *y = *(DiagReport *const *)b;
  if (x->at.file != y->at.file) return x->at.file < y->at.file ? -1 : 1;
  if (x->at.start != y->at.start) return x->at.start < y->at.start ? -1 : 1;
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static Colors colors_for(ColorMode mode, FILE *to) {
  if (mode != COLOR_AUTO) return mode == COLOR_ALWAYS ? COLORS_ON : COLORS_OFF;
  const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
  if (none && *none) return COLORS_OFF;
  if (!term || !strcmp(term, "dumb")) return COLORS_OFF;
  int fd = fileno(to); /* -1 for a stream in memory */
  return fd >= 0 && isatty(fd) ? COLORS_ON : COLORS_OFF;
}

static void render_unshown(Text *t, uint32_t n, DiagFormat format) {
  const char *s = n == 1 ? "" : "s";
  if (format == DIAG_JSON)
    text_printf(t, "{\"severity\":\"note\",\"message\":\"%u more error%s not shown\"}\n", n, s);
  else
    text_printf(t, "%u more error%s not shown\n", n, s);
}

void diag_flush_to(Diag *d, FILE *to) {
  Text text = {.arena = d->arena};
  Colors colors = colors_for(d->options.color, to);
  if (d->reports.n) qsort(d->reports.items, d->reports.n, sizeof *d->reports.items, by_place);
  uint32_t nunshown = d->nunshown;
  for (size_t i = 0; i < d->reports.n; i++) {
    const DiagReport *r = d->reports.items[i];
    bool is_error = r->severity == SEVERITY_ERROR;
    if (d->nshown >= d->options.limit) {
      nunshown += is_error;
      continue;
    }
    d->nshown += is_error;
    if (d->options.format == DIAG_JSON) diag_render_json(&text, d->sources, r);
    else diag_render_text(&text, d->sources, r, colors);
  }
  if (nunshown) render_unshown(&text, nunshown, d->options.format);
  if (text.bytes.n) fwrite(text.bytes.items, 1, text.bytes.n, to);
  fflush(to);
  d->reports.n = 0;
  d->nunshown = 0;
  d->last = NULL;
}

void diag_flush(Diag *d) { diag_flush_to(d, stderr); }

/* ---- tables and options ---- */

const char *diag_code_name(DiagCode code) { return diag_table[code].code; }

static bool same_code(const char *a, const char *b) {
  while (*a && toupper((unsigned char)*a) == toupper((unsigned char)*b)) a++, b++;
  return !*a && !*b;
}

const char *diag_explain(const char *code) {
  for (size_t i = 0; i < DIAG_COUNT; i++)
    if (same_code(diag_table[i].code, code)) return diag_table[i].explanation;
  return NULL;
}

/* Sets flags[code] for the warning(s) of that name or code; false: unknown. */
static bool set_flag(bool *flags, const char *name) {
  bool found = false;
  for (size_t i = 0; i < DIAG_COUNT; i++) {
    const DiagInfo *info = &diag_table[i];
    if (!info->name || (strcmp(info->name, name) && strcmp(info->code, name))) continue;
    flags[i] = found = true;
  }
  return found;
}

static bool starts_with(const char *s, const char *prefix) {
  return !strncmp(s, prefix, strlen(prefix));
}

bool diag_option(DiagOptions *o, const char *flag) {
  if (starts_with(flag, "-W")) flag += 2;
  if (!strcmp(flag, "all")) return o->warn_all = true;
  if (!strcmp(flag, "error")) return o->warnings_are_errors = true;
  if (starts_with(flag, "error=")) return set_flag(o->as_error, flag + strlen("error="));
  if (starts_with(flag, "no-")) return set_flag(o->disabled, flag + strlen("no-"));
  return set_flag(o->enabled, flag);
}

const char *diag_option_suggest(const char *flag) {
  const char *names[DIAG_COUNT + 3] = {"all", "error"};
  size_t n = 2;
  for (size_t i = 0; i < DIAG_COUNT; i++)
    if (diag_table[i].name) names[n++] = diag_table[i].name;
  if (starts_with(flag, "-W")) flag += 2;
  if (starts_with(flag, "no-")) flag += strlen("no-");
  if (starts_with(flag, "error=")) flag += strlen("error=");
  return diag_suggest_cstr(flag, names);
}
