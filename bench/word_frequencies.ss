; Counts the words of a text on standard input and lists the most frequent.
(import (chezscheme))

(define arguments (command-line-arguments))
(define how-many (if (null? arguments) 10 (string->number (car arguments))))

(define (for-each-word visit line)
  (let* ([text (string-downcase line)] [end (string-length text)])
    (let scan ([start 0] [i 0])
      (let ([at-letter (and (< i end) (char-alphabetic? (string-ref text i)))])
        (when (and (not at-letter) (< start i))
          (visit (substring text start i)))
        (cond
          [(= i end) (void)]
          [at-letter (scan start (+ i 1))]
          [else (scan (+ i 1) (+ i 1))])))))

(define counts (make-hashtable string-hash string=?))
(define total 0)

(define (count-word! word)
  (set! total (+ total 1))
  (hashtable-update! counts word (lambda (n) (+ n 1)) 0))

(define (more-frequent? a b)
  (if (= (cdr a) (cdr b))
      (string<? (car a) (car b))
      (> (cdr a) (cdr b))))

(define (pad-left value width)
  (let ([text (number->string value)])
    (string-append (make-string (max 0 (- width (string-length text))) #\space)
                   text)))

(let ([in (current-input-port)])
  (let next ([line (get-line in)])
    (unless (eof-object? line)
      (for-each-word count-word! line)
      (next (get-line in)))))

(let-values ([(words numbers) (hashtable-entries counts)])
  (printf "~a words, ~a different\n" total (vector-length words))
  (let print-first ([left how-many]
                    [ranked (list-sort more-frequent?
                              (map cons (vector->list words)
                                        (vector->list numbers)))])
    (unless (or (= left 0) (null? ranked))
      (printf "~a  ~a\n" (pad-left (cdar ranked) 8) (caar ranked))
      (print-first (- left 1) (cdr ranked)))))
