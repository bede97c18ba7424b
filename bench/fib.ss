; Fibonacci numbers by their definition.
(import (chezscheme))

(define arguments (command-line-arguments))
(define n (if (null? arguments) 30 (string->number (car arguments))))

(define (fib n)
  (if (< n 2)
      n
      (+ (fib (- n 1)) (fib (- n 2)))))

(display (fib n))
(newline)
