; Sums the escape times of the Mandelbrot set over a grid of points.
(import (chezscheme))

(define settings
  (let ([arguments (command-line-arguments)])
    (if (= (length arguments) 3)
        (map string->number arguments)
        '(60 40 100))))

(define (escape-time cr ci limit)
  (let loop ([zr 0.0] [zi 0.0] [n 0])
    (let ([rr (* zr zr)] [ii (* zi zi)])
      (if (or (= n limit) (> (+ rr ii) 4.0))
          n
          (loop (+ (- rr ii) cr) (+ (* 2.0 (* zr zi)) ci) (+ n 1))))))

(define (row-sum row width height limit)
  (let ([ci (- (/ (* 2.0 row) height) 1.0)])
    (let loop ([column 0] [sum 0])
      (if (= column width)
          sum
          (let ([cr (- (/ (* 3.0 column) width) 2.0)])
            (loop (+ column 1) (+ sum (escape-time cr ci limit))))))))

(let ([width (car settings)] [height (cadr settings)] [limit (caddr settings)])
  (let loop ([row 0] [sum 0])
    (if (= row height)
        (begin (display sum) (newline))
        (loop (+ row 1) (+ sum (row-sum row width height limit))))))
