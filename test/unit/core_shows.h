/* What a core stage must and must not leave, for the tests of one stage alone:
 * the program is text (core_text.h), the stage runs on it, and parts of the
 * printed tree are looked for. The printed text lives in `arena`, which the check
 * frees.
 */
#ifndef OMNI_TEST_CORE_SHOWS_H
#define OMNI_TEST_CORE_SHOWS_H

#include "check.h"
#include "core_text.h"

static Arena *arena;

/* Opens `arena`. */
static inline CoreProgram *program_of(const char *text) {
  arena = arena_new(omni_port_system_borrowed());
  return core_from_text(arena, text);
}

/* The printed program, whose tree must keep core_check's rules. */
static inline const char *checked_text(CoreProgram *p) {
  const char *broken = core_check(p);
  if (broken) printf("broken: %s\n", broken);
  CHECK(broken == NULL);
  return core_to_text(p);
}

#define OUT_SHOWS(printed, part)                 \
  do {                                           \
    const char *out = (printed);                 \
    CHECK(strstr(out, part) != NULL);            \
    if (!strstr(out, part)) printf("%s\n", out); \
    arena_free(arena);                           \
  } while (0)
#define OUT_LACKS(printed, part)                \
  do {                                          \
    const char *out = (printed);                \
    CHECK(strstr(out, part) == NULL);           \
    if (strstr(out, part)) printf("%s\n", out); \
    arena_free(arena);                          \
  } while (0)

#endif
