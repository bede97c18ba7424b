; Counts the primes below n with the sieve of Eratosthenes on bytes.
(import (chezscheme))

(define arguments (command-line-arguments))
(define limit (if (null? arguments) 100000 (string->number (car arguments))))

(define (cross-out! composite size step)
  (let loop ([n (* step step)])
    (when (< n size)
      (bytevector-u8-set! composite n 1)
      (loop (+ n step)))))

(define (sieve! composite size)
  (let loop ([n 2])
    (when (< (* n n) size)
      (when (= (bytevector-u8-ref composite n) 0)
        (cross-out! composite size n))
      (loop (+ n 1)))))

(define (count-primes composite size)
  (let loop ([n 2] [primes 0])
    (cond
      [(= n size) primes]
      [(= (bytevector-u8-ref composite n) 1) (loop (+ n 1) primes)]
      [else (loop (+ n 1) (+ primes 1))])))

(let ([composite (make-bytevector limit 0)])
  (sieve! composite limit)
  (display (count-primes composite limit))
  (newline))
