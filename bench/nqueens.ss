; Counts the ways to place n queens; the queens placed so far are a list.
(import (chezscheme))

(define arguments (command-line-arguments))
(define size (if (null? arguments) 8 (string->number (car arguments))))

(define (safe? column queens distance)
  (or (null? queens)
      (let ([queen (car queens)])
        (and (not (= queen column))
             (not (= queen (+ column distance)))
             (not (= queen (- column distance)))
             (safe? column (cdr queens) (+ distance 1))))))

(define (count-from row queens)
  (if (= row size)
      1
      (let loop ([column 0] [found 0])
        (cond
          [(= column size) found]
          [(safe? column queens 1)
           (loop (+ column 1)
                 (+ found (count-from (+ row 1) (cons column queens))))]
          [else (loop (+ column 1) found)]))))

(display (count-from 0 '()))
(newline)
