/* Modes of lambdas, free variables and boxes: core_closures on trees from text. */
#include "core_shows.h"

/* The printed program after core_closures alone. */
static const char *closed(const char *text) {
  CoreProgram *p = program_of(text);
  core_simplify(p, 0);
  CHECK(core_check(p) == NULL);
  core_closures(p);
  return checked_text(p);
}

#define SHOWS(text, part) OUT_SHOWS(closed(text), part)

static void loop_in_tail_position_is_join(void) {
  SHOWS("(letrec ((l (fn (i) (if (lt i 9) (l (add i 1)) i)))) (l 0))", "lambda join (i.2)");
}

static void loop_stands_anywhere(void) {
  SHOWS("(add 1 (letrec ((l (fn (i) (if (lt i 9) (l (add i 1)) i)))) (l 0)))",
        "lambda join (i.2)");
}

static void call_as_operand_is_known(void) {
  SHOWS("(letrec ((l (fn (i) (if (lt i 9) (add 1 (l (add i 1))) i)))) (l 0))",
        "lambda known (i.2)");
  SHOWS("(letrec ((l (fn (i) (if (lt i 9) (l (add i 1)) i)))) (add 1 (l 0)))",
        "lambda known (i.2)");
}

static void mutual_loops_stay_together(void) {
  const char *text = "(letrec ((a (fn (i) (if i (b i) 1))) (b (fn (j) (if j (a j) 2)))) (a 0))";
  SHOWS(text, "lambda join (i.2)");
  SHOWS(text, "lambda join (j.4)");
}

/* b's other call is an operand: then a, which b's body calls, is no loop either */
static void one_bad_call_spoils_the_group(void) {
  const char *text =
      "(letrec ((a (fn (i) (if i (b i) 1))) (b (fn (j) (if j (a j) 2)))) (add (b 1) (a 0)))";
  SHOWS(text, "lambda known (i.2)");
  SHOWS(text, "lambda known (j.4)");
}

static void loop_in_loop_shares_the_frame(void) {
  const char *text = "(letrec ((a (fn (i) (letrec ((b (fn (j) (if j (b i) (a j))))) (b 1))))) (a 0))";
  SHOWS(text, "lambda join (i.2)");
  SHOWS(text, "lambda join (j.4)");
}

static void call_from_a_closure_is_no_jump(void) {
  SHOWS("(letrec ((l (fn (i) (cons i (fn () (l i)))))) (l 0))", "lambda known (i.2)");
}

static void value_use_makes_a_closure(void) {
  SHOWS("(letrec ((l (fn (i) (if i (l i) l)))) (l 0))", "lambda closure (i.2) self l.1");
}

static void known_takes_free_variables_of_callees(void) {
  SHOWS("(define (t n m) (letrec ((f (fn (i) (add (g i) 1))) (g (fn (j) (add n j))))"
        " (add (f m) (f 2)))) (println (t 1 2))",
        "lambda known (i.4) free (n.1)");
}

static void closure_that_calls_known_captures_for_it(void) {
  SHOWS("(define (t n) (letrec ((g (fn (j) (add n (add 1 (g j)))))) (fn (x) (g x)))) (println (t 1))",
        "lambda closure (x.4) free (n.1)");
}

static void assigned_and_shared_is_boxed(void) {
  SHOWS("(define (t) (let ((c 0)) (fn () (set! c (add c 1))))) (println (t))", "bind c.1 assigned boxed");
}

static void assigned_in_a_loop_is_not_boxed(void) {
  SHOWS("(let ((s 0)) (letrec ((l (fn () (if (lt s 9) (do (set! s 1) (l)) s)))) (l)))",
        "bind s.1 assigned\n");
}

static void toplevel_function_as_value(void) {
  SHOWS("(define (f x) x) (define (g x) (f x)) (println f (g 1))",
        "function @f top (x.1) value-used");
  SHOWS("(define (f x) x) (define (g x) (f x)) (println f (g 1))", "function @g top (x.1)\n");
}

static void wrong_number_of_arguments_is_a_value_use(void) {
  SHOWS("(define (f x) x) (println (f 1 2))", "function @f top (x.1) value-used");
}

static void unreachable_functions_go(void) {
  const char *out =
      closed("(letrec ((a (fn (i) (b i))) (b (fn (j) (a j))) (c (fn (k) k))) (println (c 1)))");
  CHECK(strstr(out, "bind c.") != NULL);
  CHECK(strstr(out, "bind a.") == NULL);
  CHECK(strstr(out, "bind b.") == NULL);
  arena_free(arena);
}

static void a_lambda_called_on_the_spot_is_a_let(void) {
  SHOWS("(println ((fn (x) (cons x x)) 1))", "let\n      bind x.1\n");
}

int main(int argc, char **argv) {
  static const Test tests[] = {
      {"loop_in_tail_position_is_join", loop_in_tail_position_is_join},
      {"loop_stands_anywhere", loop_stands_anywhere},
      {"call_as_operand_is_known", call_as_operand_is_known},
      {"mutual_loops_stay_together", mutual_loops_stay_together},
      {"one_bad_call_spoils_the_group", one_bad_call_spoils_the_group},
      {"loop_in_loop_shares_the_frame", loop_in_loop_shares_the_frame},
      {"call_from_a_closure_is_no_jump", call_from_a_closure_is_no_jump},
      {"value_use_makes_a_closure", value_use_makes_a_closure},
      {"known_takes_free_variables_of_callees", known_takes_free_variables_of_callees},
      {"closure_that_calls_known_captures_for_it", closure_that_calls_known_captures_for_it},
      {"assigned_and_shared_is_boxed", assigned_and_shared_is_boxed},
      {"assigned_in_a_loop_is_not_boxed", assigned_in_a_loop_is_not_boxed},
      {"toplevel_function_as_value", toplevel_function_as_value},
      {"wrong_number_of_arguments_is_a_value_use", wrong_number_of_arguments_is_a_value_use},
      {"unreachable_functions_go", unreachable_functions_go},
      {"a_lambda_called_on_the_spot_is_a_let", a_lambda_called_on_the_spot_is_a_let},
  };
  return RUN_TESTS(tests, argc, argv);
}
