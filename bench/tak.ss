; Takeuchi's function, several times over.
(import (chezscheme))

(define settings
  (let ([arguments (command-line-arguments)])
    (if (= (length arguments) 4)
        (map string->number arguments)
        '(1 18 12 6))))

(define (tak x y z)
  (if (< y x)
      (tak (tak (- x 1) y z)
           (tak (- y 1) z x)
           (tak (- z 1) x y))
      z))

(let ([x (cadr settings)] [y (caddr settings)] [z (cadddr settings)])
  (let loop ([left (car settings)] [sum 0])
    (if (= left 0)
        (begin (display sum) (newline))
        (loop (- left 1) (+ sum (tak x y z))))))
