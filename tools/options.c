/* The command line of omni-llc, driven by options.def.
 *
 * Response files (@file) are expanded first, then arguments are matched against
 * the longest fitting spelling of the table. `--` ends options, so that a file
 * named -x or @x can be compiled. What is not built yet is refused by name; an
 * option is never accepted and then ignored.
 */
#include <stdlib.h>
#include <string.h>

#include "driver.h"

#ifndef OMNI_VERSION
#error "OMNI_VERSION comes from CMake"
#endif

typedef enum { NONE, JOINED, NEXT, EITHER } Argument;

typedef enum {
#define OPTION(id, spelling, argument, metavar, help) OPT_##id,
#include "options.def"
#undef OPTION
  OPT_COUNT
} OptionId;

typedef struct OptionRow {
  const char *spelling, *metavar, *help;
  Argument argument;
} OptionRow;

static const OptionRow rows[OPT_COUNT] = {
#define OPTION(id, spelling, argument, metavar, help) {spelling, metavar, help, argument},
#include "options.def"
#undef OPTION
};

void options_default(Options *o, Arena *arena, const char *tool) {
  *o = (Options){.arena = arena, .tool = tool, .opt_level = 2};
  o->diag.color = COLOR_AUTO;
}

/* ---- response files ---- */

enum { RESPONSE_DEPTH = 10 };

/* One word as gcc's response files have them: split at white space, quotes of
 * both kinds, backslash takes the next character. NULL at the end. */
static const char *response_word(Arena *a, const char **cursor) {
  const char *p = *cursor;
  p += strspn(p, " \t\r\n\f\v");
  if (!*p) return NULL;
  char *word = arena_alloc(a, strlen(p) + 1), *out = word;
  char quote = 0;
  for (; *p && (quote || !strchr(" \t\r\n\f\v", *p)); p++) {
    if (*p == '\\' && p[1]) *out++ = *++p;
    else if (quote && *p == quote) quote = 0;
    else if (!quote && (*p == '"' || *p == '\'')) quote = *p;
    else *out++ = *p;
  }
  *cursor = p;
  return word;
}

static int expand(Options *o, const char *argument, int depth, Strings *out) {
  if (argument[0] != '@' || !argument[1]) {
    VEC_PUSH(o->arena, out, argument);
    return STATUS_OK;
  }
  if (depth == RESPONSE_DEPTH) {
    message_error(o, "response files are nested more than %d deep at %s", RESPONSE_DEPTH,
                  shown(o->arena, argument));
    return STATUS_USAGE;
  }
  Bytes file;
  int status = input_read(o, argument + 1, &file);
  if (status) {
    message_note(o,
                 "an argument that starts with '@' names a response file; for an input of "
                 "that name write ./%s",
                 argument);
    return status;
  }
  const char *cursor = file.bytes;
  for (const char *word; !status && (word = response_word(o->arena, &cursor));)
    status = expand(o, word, depth + 1, out);
  return status;
}

/* the arguments after response files; what follows `--` is taken as it is */
static int expand_all(Options *o, int argc, char **argv, Strings *out) {
  bool literal = false;
  for (int i = 1; i < argc; i++) {
    int status = STATUS_OK;
    if (literal) VEC_PUSH(o->arena, out, argv[i]);
    else status = expand(o, argv[i], 0, out);
    if (status) return status;
    literal = literal || !strcmp(argv[i], "--");
  }
  return STATUS_OK;
}

/* ---- what is printed and done ---- */

static void print_help(void) {
  printf("usage: omni-llc [options] FILE.omni [more .o .a .so files]\n"
         "Compiles an OmniLisp program to a native executable.\n\n");
  for (size_t i = 0; i < OPT_COUNT; i++) {
    if (!rows[i].help) continue;
    bool apart = rows[i].argument == NEXT || rows[i].argument == EITHER;
    int n = printf("  %s%s%s", rows[i].spelling, apart ? " " : "", rows[i].metavar);
    printf("%*s%s\n", n < 26 ? 26 - n : 1, "", rows[i].help);
  }
  printf("  @FILE                   read more arguments from FILE\n"
         "  --                      what follows are file names\n"
         "  -                       read the program from standard input\n\n"
         "Exit status: 0 done, 1 errors in the program, 2 wrong usage, 70 internal error,\n"
         "74 a file could not be read or written.\n");
}

static ParseResult explain(const Options *o, const char *code, int *status) {
  const char *text = diag_explain(code);
  if (text) {
    printf("%s\n", text);
    return PARSE_DONE;
  }
  message_error(o, "there is no diagnostic with the code %s", shown(o->arena, code));
  *status = STATUS_USAGE;
  return PARSE_BAD;
}

void print_version(FILE *to) {
  fprintf(to, "omni-llc %s (LLVM %s)\n", OMNI_VERSION, OMNI_LLVM_VERSION);
}

/* ---- applying one option ---- */

static bool bad_value(const Options *o, const OptionRow *row, const char *value,
                      const char *expected) {
  const char *whole = arena_printf(o->arena, "%s%s", row->spelling, value);
  message_error(o, "%s: expected %s", shown(o->arena, whole), expected);
  return false;
}

static bool not_yet(const Options *o, const char *what) {
  message_error(o, "%s is not there yet in this version", what);
  return false;
}

typedef struct Choice {
  const char *name;
  int value; /* -1: not yet */
} Choice;

/* the choice's value into *value; false and a message otherwise */
static bool choose(const Options *o, const OptionRow *row, const char *name, const Choice *choices,
                   size_t n, int *value) {
  const char *list = "";
  for (size_t i = 0; i < n; i++) {
    if (!strcmp(choices[i].name, name)) {
      if (choices[i].value < 0)
        return not_yet(o, arena_printf(o->arena, "%s%s", row->spelling, name));
      *value = choices[i].value;
      return true;
    }
    if (choices[i].value >= 0)
      list = arena_printf(o->arena, "%s%s%s", list, *list ? ", " : "", choices[i].name);
  }
  return bad_value(o, row, name, arena_printf(o->arena, "one of %s", list));
}
#define CHOOSE(o, row, name, choices, value) \
  choose((o), (row), (name), (choices), sizeof(choices) / sizeof *(choices), (value))

static bool set_emit(Options *o, const OptionRow *row, const char *name) {
  static const Choice choices[] = {
      {"exe", EMIT_EXE},         {"obj", EMIT_OBJ}, {"asm", EMIT_ASM}, {"llvm-ir", EMIT_LLVM_IR},
      {"llvm-bc", EMIT_LLVM_BC}, {"lib", -1},       {"shared", -1},    {"header", -1}};
  int value;
  if (!CHOOSE(o, row, name, choices, &value)) return false;
  o->emit = (EmitKind)value;
  return true;
}

static bool set_dump(Options *o, const OptionRow *row, const char *name) {
  static const Choice choices[] = {
      {"datums", DUMP_DATUMS}, {"core", DUMP_CORE}, {"dialect", DUMP_DIALECT},
      {"llvm", DUMP_LLVM},     {"asm", DUMP_ASM},   {"syntax", -1},
      {"regions", -1}};
  int value;
  if (!CHOOSE(o, row, name, choices, &value)) return false;
  o->dump = (DumpStage)value;
  return true;
}

static bool set_color(Options *o, const OptionRow *row, const char *name) {
  static const Choice choices[] = {
      {"auto", COLOR_AUTO}, {"always", COLOR_ALWAYS}, {"never", COLOR_NEVER}};
  int value;
  if (!CHOOSE(o, row, name, choices, &value)) return false;
  o->diag.color = (ColorMode)value;
  return true;
}

static bool set_diagnostics(Options *o, const OptionRow *row, const char *name) {
  static const Choice choices[] = {{"text", DIAG_TEXT}, {"json", DIAG_JSON}};
  int value;
  if (!CHOOSE(o, row, name, choices, &value)) return false;
  o->diag.format = (DiagFormat)value;
  return true;
}

static bool set_level(Options *o, const OptionRow *row, const char *level) {
  static const Choice choices[] = {{"0", 0}, {"1", 1}, {"2", 2}, {"3", 3}, {"s", 2}};
  if (!CHOOSE(o, row, level, choices, &o->opt_level)) return false;
  o->optimise_size = *level == 's';
  return true;
}

static bool add_path_map(Options *o, const OptionRow *row, const char *value) {
  const char *equals = strchr(value, '=');
  if (!equals || equals == value) return bad_value(o, row, value, "OLD=NEW");
  PathMap map = {arena_copy(o->arena, value, (size_t)(equals - value)), equals + 1};
  VEC_PUSH(o->arena, &o->path_maps, map);
  return true;
}

static void add_link_arg(Options *o, const char *flag, const char *value) {
  VEC_PUSH(o->arena, &o->link_args, arena_printf(o->arena, "%s%s", flag, value));
}

static void add_linker_list(Options *o, const char *list) {
  while (*list) {
    size_t n = strcspn(list, ",");
    VEC_PUSH(o->arena, &o->link_args, "-Xlinker");
    VEC_PUSH(o->arena, &o->link_args, arena_copy(o->arena, list, n));
    list += n + (list[n] == ',');
  }
}

static bool set_warning(Options *o, const OptionRow *row, const char *name) {
  if (diag_option(&o->diag, arena_printf(o->arena, "-W%s", name))) return true;
  const char *near = diag_option_suggest(name);
  const char *wanted = "the name of a warning, all, error, no-NAME or error=NAME";
  if (near) wanted = arena_printf(o->arena, "%s; did you mean %s?", wanted, near);
  return bad_value(o, row, name, wanted);
}

/* false: wrong, and a message is printed */
static bool apply(Options *o, OptionId id, const char *value) {
  const OptionRow *row = &rows[id];
  switch (id) {
  case OPT_output: o->output = value; break;
  case OPT_object: o->emit = EMIT_OBJ; break;
  case OPT_assembly: o->emit = EMIT_ASM; break;
  case OPT_emit: return set_emit(o, row, value);
  case OPT_level: return set_level(o, row, value);
  case OPT_debug: o->debug_info = true; break;
  case OPT_target: o->triple = value; break;
  case OPT_cpu: o->cpu = value; break;
  case OPT_library: add_link_arg(o, "-l", value); break;
  case OPT_library_folder: add_link_arg(o, "-L", value); break;
  case OPT_module_folder: return not_yet(o, "-I (modules)");
  case OPT_linker:
    add_link_arg(o, "-Xlinker", "");
    add_link_arg(o, "", value);
    break;
  case OPT_linker_list: add_linker_list(o, value); break;
  case OPT_static_link:
  case OPT_static_link_short: o->static_link = true; break;
  case OPT_strip: o->strip = true; break;
  case OPT_depend: o->write_depfile = true; break;
  case OPT_depend_file: o->depfile = value; break;
  case OPT_warning: return set_warning(o, row, value);
  case OPT_color: return set_color(o, row, value);
  case OPT_diagnostics: return set_diagnostics(o, row, value);
  case OPT_dump: return set_dump(o, row, value);
  case OPT_disable_pass: VEC_PUSH(o->arena, &o->disabled_passes, value); break;
  case OPT_verify_each: o->verify_each = true; break;
  case OPT_map_path: return add_path_map(o, row, value);
  case OPT_test: o->with_tests = true; break;
  case OPT_time_passes: o->time_passes = true; break;
  case OPT_stats: return not_yet(o, "--stats");
  case OPT_verbose: o->verbose = true; break;
  case OPT_dry_run: o->dry_run = true; break;
  case OPT_explain:
  case OPT_explain_joined:
  case OPT_version:
  case OPT_help:
  case OPT_help_short:
  case OPT_COUNT: /* options_parse has answered them; others do not take them */
    message_error(o, "%s is for omni-llc", row->spelling);
    return false;
  }
  return true;
}

/* ---- matching ---- */

/* the row with the longest fitting spelling; OPT_COUNT if there is none */
static OptionId match(const char *argument) {
  OptionId best = OPT_COUNT;
  size_t best_nbytes = 0;
  for (int id = 0; id < OPT_COUNT; id++) {
    size_t n = strlen(rows[id].spelling);
    bool joined = rows[id].argument == JOINED || rows[id].argument == EITHER;
    bool fits = joined ? strncmp(argument, rows[id].spelling, n) == 0
                       : strcmp(argument, rows[id].spelling) == 0;
    if (fits && n > best_nbytes) best = (OptionId)id, best_nbytes = n;
  }
  return best;
}

static void unknown_option(const Options *o, const char *argument) {
  NameTable *names = names_new(o->arena);
  const Name *spellings[OPT_COUNT];
  for (int id = 0; id < OPT_COUNT; id++) spellings[id] = name_cstr(names, rows[id].spelling);
  /* what stands after `=` says nothing about the option that was meant */
  const char *equals = strchr(argument, '=');
  size_t n = equals ? (size_t)(equals - argument) + 1 : strlen(argument);
  const Name *near = diag_suggest(name_of(names, argument, n), spellings, OPT_COUNT);
  message_error(o, "unknown option %s; %s%s", shown(o->arena, argument),
                near ? "did you mean " : "--help lists the options", near ? near->bytes : "");
}

/* The option at argv[0]: its row into *id and its value; how many arguments it
 * takes up, or -1 if it is wrong. */
static int take(Options *o, int argc, const char *const *argv, OptionId *id, const char **value) {
  *id = match(argv[0]);
  if (*id == OPT_COUNT) return unknown_option(o, argv[0]), -1;
  const OptionRow *row = &rows[*id];
  *value = argv[0] + strlen(row->spelling);
  bool next = row->argument == NEXT || (row->argument == EITHER && !**value);
  if (next && argc < 2) {
    message_error(o, "%s needs an argument: %s", row->spelling, row->metavar);
    return -1;
  }
  if (next) *value = argv[1];
  else if (row->argument == JOINED && !**value && *id != OPT_warning) {
    message_error(o, "%s needs an argument: %s", row->spelling, row->metavar);
    return -1;
  }
  return next ? 2 : 1;
}

int options_parse_one(Options *o, int argc, char **argv) {
  if (argv[0][0] != '-' || !argv[0][1]) return 0;
  OptionId id;
  const char *value;
  int n = take(o, argc, (const char *const *)argv, &id, &value);
  return n < 0 || apply(o, id, value) ? n : -1;
}

static bool has_suffix(const char *s, const char *suffix) {
  size_t n = strlen(s), k = strlen(suffix);
  return n > k && !strcmp(s + n - k, suffix);
}

/* false: a second program */
static bool add_input(Options *o, const char *path) {
  if (has_suffix(path, ".o") || has_suffix(path, ".a") || has_suffix(path, ".so")) {
    VEC_PUSH(o->arena, &o->link_inputs, path);
    return true;
  }
  if (o->input) {
    message_error(o, "one program at a time: %s and %s are both given", shown(o->arena, o->input),
                  shown(o->arena, path));
    return false;
  }
  o->input = path;
  return true;
}

static bool check_whole(const Options *o) {
  if (!o->input && !o->link_inputs.n)
    return message_error(o, "no input file; --help shows the usage"), false;
  if (o->input && !*o->input) return message_error(o, "the input's name is empty"), false;
  if (o->output && !*o->output) return message_error(o, "the output's name is empty"), false;
  if (!o->input && (o->emit != EMIT_EXE || o->dump))
    return message_error(o, "no program to compile, only objects to link"), false;
  bool exe = o->emit == EMIT_EXE && !o->dump;
  if (exe && o->output && !strcmp(o->output, "-"))
    return message_error(o, "an executable cannot go to standard output"), false;
  if (o->depfile && !o->write_depfile) return message_error(o, "-MF without -MD"), false;
  return true;
}

ParseResult options_parse(Options *o, int argc, char **argv, int *status) {
  Strings args = {0};
  o->argc = argc;
  o->argv = argv;
  if ((*status = expand_all(o, argc, argv, &args))) return PARSE_BAD;
  *status = STATUS_USAGE;
  bool only_files = false;
  for (size_t i = 0; i < args.n;) {
    const char *argument = args.items[i];
    if (!only_files && !strcmp(argument, "--")) {
      only_files = true;
      i++;
    } else if (only_files || argument[0] != '-' || !argument[1]) {
      if (!add_input(o, argument)) return PARSE_BAD;
      i++;
    } else {
      OptionId id;
      const char *value;
      int n = take(o, (int)(args.n - i), args.items + i, &id, &value);
      if (n < 0) return PARSE_BAD;
      if (id == OPT_help || id == OPT_help_short) return print_help(), PARSE_DONE;
      if (id == OPT_version) return print_version(stdout), PARSE_DONE;
      if (id == OPT_explain || id == OPT_explain_joined) return explain(o, value, status);
      if (!apply(o, id, value)) return PARSE_BAD;
      i += (size_t)n;
    }
  }
  if (!check_whole(o)) return PARSE_BAD;
  *status = STATUS_OK;
  return PARSE_OK;
}
