; Takeuchi's function.
(import (chezscheme))

(define settings
  (let ([arguments (command-line-arguments)])
    (if (= (length arguments) 3)
        (map string->number arguments)
        '(18 12 6))))

(define (tak x y z)
  (if (< y x)
      (tak (tak (- x 1) y z)
           (tak (- y 1) z x)
           (tak (- z 1) x y))
      z))

(display (apply tak settings))
(newline)
