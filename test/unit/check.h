/* Named checks for unit tests: each test file is a program.
 *
 *   static void adds(void) { CHECK(1 + 1 == 2); }
 *   static const Test tests[] = {{"adds", adds}};
 *   int main(int argc, char **argv) { return RUN_TESTS(tests, argc, argv); }
 *
 * Prints each failed check with its place and, last, `N passed, N failed`
 * (tests, not checks). Exit 1 if one failed. Arguments name the tests to run.
 */
#ifndef OMNI_TEST_CHECK_H
#define OMNI_TEST_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct Test {
  const char *name;
  void (*run)(void);
} Test;

static bool check_failed;

#define CHECK(cond)                                                          \
  do {                                                                       \
    if (!(cond)) {                                                           \
      check_failed = true;                                                   \
      printf("%s:%d: check failed: %s\n", __FILE__, __LINE__, #cond);        \
    }                                                                        \
  } while (0)

static inline bool test_is_wanted(const char *name, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!strcmp(argv[i], name)) return true;
  return argc <= 1;
}

static inline int run_tests(const Test *tests, size_t n, int argc, char **argv) {
  size_t passed = 0, failed = 0;
  for (size_t i = 0; i < n; i++) {
    if (!test_is_wanted(tests[i].name, argc, argv)) continue;
    check_failed = false;
    tests[i].run();
    if (check_failed) printf("FAILED %s\n", tests[i].name);
    *(check_failed ? &failed : &passed) += 1;
  }
  printf("%zu passed, %zu failed\n", passed, failed);
  return failed > 0;
}
#define RUN_TESTS(tests, argc, argv) \
  run_tests((tests), sizeof(tests) / sizeof *(tests), (argc), (argv))

#endif
