; Builds, splits, joins and turns round strings.
(import (chezscheme))

(define arguments (command-line-arguments))
(define n (if (null? arguments) 1000 (string->number (car arguments))))

(define (fizz i)
  (cond
    [(= (remainder i 15) 0) "fizzbuzz"]
    [(= (remainder i 3) 0) "fizz"]
    [(= (remainder i 5) 0) "buzz"]
    [else (number->string i)]))

(define (build n)
  (let ([out (open-output-string)])
    (do ([i 1 (+ i 1)]) ((> i n))
      (put-string out (fizz i))
      (put-char out #\,))
    (get-output-string out)))

(define (text-hash text)
  (let ([end (string-length text)])
    (let loop ([i 0] [sum 7])
      (if (= i end)
          sum
          (loop (+ i 1)
                (modulo (+ (* 31 sum) (char->integer (string-ref text i)))
                        1000000007))))))

(define (split text separator)
  (let ([end (string-length text)])
    (let loop ([start 0] [i 0] [words '()])
      (cond
        [(= i end) (reverse (cons (substring text start end) words))]
        [(char=? (string-ref text i) separator)
         (loop (+ i 1) (+ i 1) (cons (substring text start i) words))]
        [else (loop start (+ i 1) words)]))))

(define (join words separator)
  (let ([out (open-output-string)])
    (put-string out (car words))
    (for-each (lambda (word)
                (put-string out separator)
                (put-string out word))
              (cdr words))
    (get-output-string out)))

(define (reversed text)
  (list->string (reverse (string->list text))))

(define (count-palindromes n)
  (let loop ([i 0] [found 0])
    (if (= i n)
        found
        (let ([text (number->string i)])
          (loop (+ i 1) (if (string=? text (reversed text)) (+ found 1) found))))))

(define text (build n))
(printf "~a ~a\n" (string-length text) (text-hash text))
(let ([words (split text #\,)])
  (printf "~a ~a\n" (length words) (text-hash (join words ";"))))
(printf "~a\n" (count-palindromes n))
