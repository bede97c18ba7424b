; The spectral norm of the infinite matrix 1, 1/2, 1/3, ... cut to n x n.
(import (chezscheme))

(define arguments (command-line-arguments))
(define n (if (null? arguments) 50 (string->number (car arguments))))

(define (entry i j)
  (let ([diagonal (+ i j)])
    (/ 1.0 (+ (quotient (* diagonal (+ diagonal 1)) 2) i 1))))

(define (entry-transposed i j) (entry j i))

(define (multiply! matrix v out)
  (let ([size (vector-length v)])
    (do ([i 0 (+ i 1)]) ((= i size))
      (vector-set! out i
        (let loop ([j 0] [sum 0.0])
          (if (= j size)
              sum
              (loop (+ j 1) (+ sum (* (matrix i j) (vector-ref v j))))))))))

(define (multiply-both! v out scratch)
  (multiply! entry v scratch)
  (multiply! entry-transposed scratch out))

(define (dot v w)
  (let loop ([i 0] [sum 0.0])
    (if (= i (vector-length v))
        sum
        (loop (+ i 1) (+ sum (* (vector-ref v i) (vector-ref w i)))))))

(define (spectral-norm n)
  (let ([u (make-vector n 1.0)]
        [v (make-vector n 0.0)]
        [scratch (make-vector n 0.0)])
    (do ([i 0 (+ i 1)]) ((= i 10))
      (multiply-both! u v scratch)
      (multiply-both! v u scratch))
    (sqrt (/ (dot u v) (dot v v)))))

; Nine decimals of a number from 1 to before 10.
(define (show-norm x)
  (let ([digits (number->string (exact (floor (+ (* x 1e9) 0.5))))])
    (string-append (substring digits 0 1) "." (substring digits 1 10))))

(display (show-norm (spectral-norm n)))
(newline)
