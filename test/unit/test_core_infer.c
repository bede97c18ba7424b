/* What inference proves, and what it must not claim. */
#include "core_shows.h"

static const char *inferred(const char *text) {
  CoreProgram *p = program_of(text);
  core_simplify(p, 0); /* nothing is inlined: the text is what is inferred */
  core_infer(p, 2);
  core_closures(p);
  return checked_text(p);
}

#define SHOWS(text, part) OUT_SHOWS(inferred(text), part)
#define LACKS(text, part) OUT_LACKS(inferred(text), part)

static const char fib[] =
    "(define (fib n) (if (lt n 2) n (add (fib (sub n 1)) (fib (sub n 2))))) (println (fib 40))";

static void fib_subtracts_without_overflow(void) {
  SHOWS(fib, "function @fib top (n.1 : fix) gives fix|big");
  SHOWS(fib, "prim fx_sub_nowrap");
  SHOWS(fib, "prim fx_lt");
  SHOWS(fib, "prim add"); /* the sum may be big */
}

static void a_function_used_as_value_knows_nothing(void) {
  SHOWS("(define (f n) (sub n 1)) (println f (f 3))", "prim sub");
}

static void counter_below_a_fixnum(void) {
  const char *text = "(define (f n) (letrec ((l (fn (i) (if (lt i n) (l (add i 1)) i)))) (l 0)))"
                     "(println (f 10) (f 1000))";
  SHOWS(text, "prim fx_add_nowrap");
  SHOWS(text, "prim fx_lt");
}

/* ... so there are two versions, and a test which to enter */
static void counter_below_anything_may_overflow(void) {
  const char *text = "(define (f n) (letrec ((l (fn (i) (if (lt i n) (l (add i 1)) i)))) (l 0)))"
                     "(println (f (read_line)))";
  SHOWS(text, "prim fx_is_small");
  SHOWS(text, "prim add");
  SHOWS(text, "prim fx_add_nowrap");
}

static void counter_without_bound_may_overflow(void) {
  LACKS("(letrec ((l (fn (i) (if (read_line) (l (add i 1)) i)))) (println (l 0)))", "nowrap");
}

static void counting_down(void) {
  SHOWS("(letrec ((l (fn (i) (if (gt i 0) (l (sub i 1)) i)))) (println (l 99)))",
        "prim fx_sub_nowrap");
}

static void not_equal_does_not_bound(void) {
  LACKS("(letrec ((l (fn (i) (if (eq i 0) i (l (sub i 1)))))) (println (l 99)))", "nowrap");
}

static void while_loops_are_followed(void) {
  const char *text = "(let ((i 0) (s 0.0)) (do (letrec ((w (fn () (if (lt i 9) (do"
                     " (set! s (add s (mul 1.5 i))) (set! i (add i 1)) (w)) nothing)))) (w))"
                     " (println s i)))";
  SHOWS(text, "bind s.2 : float f64 assigned");
  SHOWS(text, "prim fx_add_nowrap");
  SHOWS(text, "prim fix_to_fl");
}

static void shared_variables_are_not_narrowed(void) {
  LACKS("(define (f g x) (let ((i x)) (do (println (fn () (set! i true)))"
        " (if (lt i 5) (do (g) (add i 1)) 0)))) (println (f (read_line) 3))",
        "fx_add");
}

/* i is 5 or less when it is compared, and something else in the arm */
static void a_test_that_assigns_bounds_nothing(void) {
  LACKS("(let ((i 0)) (do (letrec ((w (fn () (if (lt i (do (set! i 2305843009213693951) 5))"
        " (do (set! i (add i 1)) (w)) nothing)))) (w)) (println i)))",
        "nowrap");
}

static void an_index_is_an_index_afterwards(void) {
  SHOWS("(define (f a) (letrec ((l (fn (i) (if (array_ref a i) (l (add i 1)) i)))) (l 0)))"
        "(println (f (make_array 9 true)))",
        "prim fx_add_nowrap");
}

static void a_square_below_a_bound(void) {
  SHOWS("(define (f n) (letrec ((l (fn (i) (if (lt (mul i i) n) (l (add i 1)) i)))) (l 2)))"
        "(println (f 100) (f 1000))",
        "prim fx_mul_nowrap");
}

static void typed_arrays_give_doubles(void) {
  SHOWS("(define (f a) (add (array_ref a 0) 1.5)) (println (f (typed_array kind:12 3)))",
        "prim f64_ref");
}

static void doubles_travel_unboxed(void) {
  const char *text = "(define (norm x y) (add (mul x x) (mul y y)))"
                     "(define (f a) (mul 2 (norm a 1.5))) (println (f 0.5))";
  SHOWS(text, "function @norm top (x.1 : float f64, y.2 : float f64) gives float as f64");
  SHOWS(text, "const 2.0 : float"); /* the fixnum became a double */
}

/* g's result is a value, so f, which tail-calls it, returns one too */
static void tail_calls_agree_on_the_result(void) {
  const char *text = "(define (g x) (mul x 1.5)) (define (f x) (if (lt x 1.0) (h x) (g x)))"
                     "(define (h x) (if (lt x 0.0) x (k x))) (define (k x) (add 1.0 x))"
                     "(println (f 0.5) k)";
  LACKS(text, "as f64");
}

static void pairs_are_known_in_the_arm(void) {
  SHOWS("(define (f x) (if (is_pair x) (if (is_pair x) 1 2) 3)) (println (f (read_line)))",
        "if : fix\n    prim is_pair : false|true\n      local x.1\n    const 1 : fix\n"
        "    const 3 : fix");
}

static void an_arm_that_ends_leaves_the_other_known(void) {
  LACKS("(define (f x) (do (if (is_pair x) nothing (exit 1)) (if (is_pair x) 1 2)))"
        "(println (f (read_line)))",
        "const 2 : fix");
}

static void equality_of_symbols_is_identity(void) {
  SHOWS("(define (f x) (if (eq x true) 1 2)) (println (f (read_line)))", "prim identical");
  LACKS("(define (f x) (if (eq x 1) 1 2)) (println (f (read_line)))", "prim identical");
}

static void globals_have_kinds(void) {
  SHOWS("(define scale 2.5) (define (f x) (mul x scale)) (println (f 2.0))", "prim fl_mul");
  LACKS("(define scale 2.5) (define (f x) (mul x scale)) (set! scale 3) (println (f 2.0))",
        "prim fl_mul : float\n    local x.1 : float\n    global");
}

static void results_leave_the_range(void) {
  SHOWS("(define (f x) (mul x x)) (println (f 2) (f 4000000000))", "prim fx_mul : fix|big");
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"fib_subtracts_without_overflow", fib_subtracts_without_overflow},
      {"a_function_used_as_value_knows_nothing", a_function_used_as_value_knows_nothing},
      {"counter_below_a_fixnum", counter_below_a_fixnum},
      {"counter_below_anything_may_overflow", counter_below_anything_may_overflow},
      {"counter_without_bound_may_overflow", counter_without_bound_may_overflow},
      {"counting_down", counting_down},
      {"not_equal_does_not_bound", not_equal_does_not_bound},
      {"while_loops_are_followed", while_loops_are_followed},
      {"shared_variables_are_not_narrowed", shared_variables_are_not_narrowed},
      {"a_test_that_assigns_bounds_nothing", a_test_that_assigns_bounds_nothing},
      {"an_index_is_an_index_afterwards", an_index_is_an_index_afterwards},
      {"a_square_below_a_bound", a_square_below_a_bound},
      {"typed_arrays_give_doubles", typed_arrays_give_doubles},
      {"doubles_travel_unboxed", doubles_travel_unboxed},
      {"tail_calls_agree_on_the_result", tail_calls_agree_on_the_result},
      {"pairs_are_known_in_the_arm", pairs_are_known_in_the_arm},
      {"an_arm_that_ends_leaves_the_other_known", an_arm_that_ends_leaves_the_other_known},
      {"equality_of_symbols_is_identity", equality_of_symbols_is_identity},
      {"globals_have_kinds", globals_have_kinds},
      {"results_leave_the_range", results_leave_the_range},
  };
  return RUN_TESTS(tests, argc, argv);
}
