/* Messages of the tools about everything that is not the program's text: the
 * command line, files, the linker. One line each on stderr, `tool: error: ...`
 * or, with --diagnostics=json, an object like those of the program's errors.
 *
 * File names come from outside and may hold anything. In a message they are
 * shown between quotes with control characters escaped, so that a name cannot
 * forge a second line or drive a terminal.
 */
#include <stdarg.h>
#include <string.h>

#include "driver.h"

static void put_json_string(const char *s) {
  fputc('"', stderr);
  for (; *s; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\') fputc('\\', stderr), fputc(c, stderr);
    else if (c < 0x20 || c == 0x7f) fprintf(stderr, "\\u%04x", c);
    else fputc(c, stderr);
  }
  fputc('"', stderr);
}

static void message(const Options *o, const char *severity, const char *format, va_list args) {
  char text[4096];
  vsnprintf(text, sizeof text, format, args);
  if (o->diag.format == DIAG_JSON) {
    fprintf(stderr, "{\"severity\":\"%s\",\"tool\":\"%s\",\"message\":", severity, o->tool);
    put_json_string(text);
    fputs("}\n", stderr);
  } else {
    fprintf(stderr, "%s: %s: %s\n", o->tool, severity, text);
  }
}

void message_error(const Options *o, const char *format, ...) {
  va_list args;
  va_start(args, format);
  message(o, "error", format, args);
  va_end(args);
}

void message_note(const Options *o, const char *format, ...) {
  va_list args;
  va_start(args, format);
  message(o, "note", format, args);
  va_end(args);
}

const char *shown(Arena *a, const char *path) {
  size_t nbytes = strlen(path);
  char *out = arena_alloc(a, nbytes * 4 + 3), *p = out;
  *p++ = '\'';
  for (size_t i = 0; i < nbytes; i++) {
    unsigned char c = (unsigned char)path[i];
    if (c < 0x20 || c == 0x7f) p += snprintf(p, 5, "\\x%02x", c);
    else *p++ = (char)c;
  }
  *p++ = '\'';
  *p = 0;
  return out;
}

static bool is_plain(const char *s) {
  return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "_-+=./,:@%")];
}

void message_command(char *const *argv) {
  for (size_t i = 0; argv[i]; i++) {
    if (i) fputc(' ', stderr);
    if (is_plain(argv[i])) {
      fputs(argv[i], stderr);
      continue;
    }
    fputc('\'', stderr);
    for (const char *p = argv[i]; *p; p++)
      if (*p == '\'') fputs("'\\''", stderr);
      else fputc(*p, stderr);
    fputc('\'', stderr);
  }
  fputc('\n', stderr);
}
