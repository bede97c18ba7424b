/* What simplify changes, what it must leave, and how long it takes. */
#include <time.h>

#include "core_shows.h"

static const char *simplified(const char *text, int level) {
  CoreProgram *p = program_of(text);
  core_simplify(p, level);
  return checked_text(p);
}

#define SHOWS(text, part) OUT_SHOWS(simplified(text, 2), part)
#define LACKS(text, part) OUT_LACKS(simplified(text, 2), part)

static void folds_constants(void) {
  SHOWS("(println (mul 6 (add 3 4)))", "const 42\n");
  SHOWS("(println (if (lt 1 2) 3 4))", "println\n    const 3\n");
  SHOWS("(println (add 0.5 2))", "const 2.5\n");
}

static void symbols_are_told_apart(void) {
  SHOWS("(println (if (identical 'a 'b) 1 2))", "const 2\n");
  SHOWS("(println (if (identical 'a 'a) 1 2))", "const 1\n");
}

static void leaves_overflow_to_run_time(void) {
  SHOWS("(println (add 2305843009213693951 1))", "prim add");
  SHOWS("(println (add 1 true))", "prim add");
}

static void drops_what_has_no_effect(void) {
  LACKS("(define (f x) (do (cons x x) (let ((u (add 1 2)) (v x)) x))) (println (f 1))", "prim cons");
  SHOWS("(define (f x) (do (car x) 1)) (println (f 1))", "prim car");
}

static void keeps_effects_in_order(void) {
  SHOWS("(let ((a (println 1)) (b (println 2))) (println 3))",
        "const 1\n    prim println\n      const 2\n    prim println\n      const 3");
}

static void tests_the_same_variable_once(void) {
  LACKS("(define (f x) (if x (if x 1 2) (if x 3 4))) (println (f (read_line)))", "const 2");
  LACKS("(define (f x) (if x (if x 1 2) (if x 3 4))) (println (f (read_line)))", "const 3");
}

static void or_becomes_branches(void) {
  LACKS("(println (let ((t (is_pair (read_line)))) (if (if t t (is_null 1)) 1 2)))", "let");
}

static void inlines_small_functions(void) {
  LACKS("(define (sq x) (mul x x)) (define (f y) (sq (sq y))) (println (f (read_line)))", "call");
}

static void keeps_order_of_arguments(void) {
  SHOWS("(define (second a b) b) (println (second (read_char) (read_line)))",
        "prim read_char\n        const absent\n      prim read_line");
}

static void recursion_is_not_unrolled(void) {
  SHOWS("(define (fib n) (if (lt n 2) n (add (fib (sub n 1)) (fib (sub n 2)))))"
        "(println (fib 30))",
        "println\n    call @fib\n      const 30");
}

static void map_of_a_lambda_is_a_loop(void) {
  const char *text =
      "(define (map1 f xs) (if (is_null xs) () (cons (f (car xs)) (map1 f (cdr xs)))))"
      "(define (t xs n) (map1 (fn (x) (add x n)) xs)) (println (t (read_line) 2))";
  LACKS(text, "@map1");
  LACKS(text, "lambda (x");
  SHOWS(text, "prim add\n");
}

static void self_tail_call_becomes_a_loop(void) {
  SHOWS("(define (gcd a b) (if (eq b 0) a (gcd b (sub a b)))) (println (gcd (read_line) 4))",
        "letrec");
}

static void letrec_moves_to_its_use(void) {
  SHOWS("(define (f n) (letrec ((l (fn (i) (if (lt i n) (l (add i n)) i)))) (cons n (l 0))))"
        "(println (f (read_line)) f)",
        "prim cons\n    local n.1\n    letrec");
}

static void optional_arguments(void) {
  SHOWS("(define (f a ? b) (if (identical b (do b b)) a b)) (println (f 1 2) f)", "const 1\n");
}

static void level_0_only_shakes(void) {
  const char *out = simplified("(define (f) 1) (define (g) 2) (println (add 1 (g)))", 0);
  CHECK(strstr(out, "@g") != NULL);
  CHECK(strstr(out, "@f") == NULL);
  CHECK(strstr(out, "prim add") != NULL);
  arena_free(arena);
}

/* 2,500 functions, each calling the next ones: well under a second even in a
 * debug build; quadratic work would take minutes. */
static void long_programs_are_quick(void) {
  static char text[1 << 20];
  size_t n = 0;
  enum { COUNT = 2500 };
  for (int i = 0; i < COUNT; i++)
    n += (size_t)snprintf(
        text + n, sizeof text - n,
        "(define (f%d a b) (let ((x (add a %d)) (y (cons b a))) (if (lt x 10) (f%d x y) (do"
        " (println x y) (letrec ((l (fn (i) (if (lt i x) (l (add i 1)) (f%d i y))))) (l 0))))))\n",
        i, i, (i + 1) % COUNT, (i * 7 + 3) % COUNT);
  snprintf(text + n, sizeof text - n, "(f0 1 2)");
  arena = arena_new(omni_port_system_borrowed());
  CoreProgram *p = core_from_text(arena, text);
  clock_t start = clock();
  core_simplify(p, 2);
  clock_t simplified_at = clock();
  core_infer(p, 2);
  core_closures(p);
  double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  CHECK(core_check(p) == NULL);
  CHECK(seconds < 5);
  if (getenv("CORE_TIMES"))
    printf("simplify %.3f s, the rest %.3f s\n",
           (double)(simplified_at - start) / CLOCKS_PER_SEC,
           seconds - (double)(simplified_at - start) / CLOCKS_PER_SEC);
  arena_free(arena);
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"folds_constants", folds_constants},
      {"symbols_are_told_apart", symbols_are_told_apart},
      {"leaves_overflow_to_run_time", leaves_overflow_to_run_time},
      {"drops_what_has_no_effect", drops_what_has_no_effect},
      {"keeps_effects_in_order", keeps_effects_in_order},
      {"tests_the_same_variable_once", tests_the_same_variable_once},
      {"or_becomes_branches", or_becomes_branches},
      {"inlines_small_functions", inlines_small_functions},
      {"keeps_order_of_arguments", keeps_order_of_arguments},
      {"recursion_is_not_unrolled", recursion_is_not_unrolled},
      {"map_of_a_lambda_is_a_loop", map_of_a_lambda_is_a_loop},
      {"self_tail_call_becomes_a_loop", self_tail_call_becomes_a_loop},
      {"letrec_moves_to_its_use", letrec_moves_to_its_use},
      {"optional_arguments", optional_arguments},
      {"level_0_only_shakes", level_0_only_shakes},
      {"long_programs_are_quick", long_programs_are_quick},
  };
  return RUN_TESTS(tests, argc, argv);
}
