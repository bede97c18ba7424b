; Moves the sun and the giant planets for n steps and prints the energy.
(import (chezscheme))

(define arguments (command-line-arguments))
(define steps (if (null? arguments) 1000 (string->number (car arguments))))

(define pi 3.141592653589793)
(define solar-mass (* 4.0 pi pi))
(define days-per-year 365.24)

(define-record-type body
  (fields (mutable x) (mutable y) (mutable z)
          (mutable vx) (mutable vy) (mutable vz)
          mass))

; Positions in astronomical units, speeds in units a day, masses in suns.
(define (planet x y z vx vy vz mass)
  (make-body x y z
             (* vx days-per-year) (* vy days-per-year) (* vz days-per-year)
             (* mass solar-mass)))

(define (make-system)
  (vector
    (make-body 0.0 0.0 0.0 0.0 0.0 0.0 solar-mass)
    (planet 4.84143144246472090e+00 -1.16032004402742839e+00 -1.03622044471123109e-01
            1.66007664274403694e-03 7.69901118419740425e-03 -6.90460016972063023e-05
            9.54791938424326609e-04)
    (planet 8.34336671824457987e+00 4.12479856412430479e+00 -4.03523417114321381e-01
            -2.76742510726411000e-03 4.99852801234917238e-03 2.30417297573763929e-05
            2.85885980666130812e-04)
    (planet 1.28943695621391310e+01 -1.51111514016986312e+01 -2.23307578892655734e-01
            2.96460137564761618e-03 2.37847173959480950e-03 -2.96589568540237556e-05
            4.36624404335156298e-05)
    (planet 1.53796971148509165e+01 -2.59193146099879641e+01 1.79258772950371181e-01
            2.68067772490389322e-03 1.62824170038242295e-03 -9.51592254519715870e-05
            5.15138902046611451e-05)))

(define (balance! bodies)
  (define (momentum speed)
    (let loop ([i 0] [sum 0.0])
      (if (= i (vector-length bodies))
          sum
          (let ([b (vector-ref bodies i)])
            (loop (+ i 1) (+ sum (* (speed b) (body-mass b))))))))
  (let ([sun (vector-ref bodies 0)]
        [px (momentum body-vx)]
        [py (momentum body-vy)]
        [pz (momentum body-vz)])
    (body-vx-set! sun (/ (- px) solar-mass))
    (body-vy-set! sun (/ (- py) solar-mass))
    (body-vz-set! sun (/ (- pz) solar-mass))))

(define (kick! a b dt)
  (let* ([dx (- (body-x a) (body-x b))]
         [dy (- (body-y a) (body-y b))]
         [dz (- (body-z a) (body-z b))]
         [square-distance (+ (* dx dx) (* dy dy) (* dz dz))]
         [force (/ dt (* square-distance (sqrt square-distance)))])
    (body-vx-set! a (- (body-vx a) (* dx (body-mass b) force)))
    (body-vy-set! a (- (body-vy a) (* dy (body-mass b) force)))
    (body-vz-set! a (- (body-vz a) (* dz (body-mass b) force)))
    (body-vx-set! b (+ (body-vx b) (* dx (body-mass a) force)))
    (body-vy-set! b (+ (body-vy b) (* dy (body-mass a) force)))
    (body-vz-set! b (+ (body-vz b) (* dz (body-mass a) force)))))

(define (advance! bodies dt)
  (let ([n (vector-length bodies)])
    (do ([i 0 (+ i 1)]) ((= i n))
      (do ([j (+ i 1) (+ j 1)]) ((= j n))
        (kick! (vector-ref bodies i) (vector-ref bodies j) dt)))
    (do ([i 0 (+ i 1)]) ((= i n))
      (let ([b (vector-ref bodies i)])
        (body-x-set! b (+ (body-x b) (* dt (body-vx b))))
        (body-y-set! b (+ (body-y b) (* dt (body-vy b))))
        (body-z-set! b (+ (body-z b) (* dt (body-vz b))))))))

(define (kinetic b)
  (* 0.5 (body-mass b)
     (+ (* (body-vx b) (body-vx b))
        (* (body-vy b) (body-vy b))
        (* (body-vz b) (body-vz b)))))

(define (potential a b)
  (let ([dx (- (body-x a) (body-x b))]
        [dy (- (body-y a) (body-y b))]
        [dz (- (body-z a) (body-z b))])
    (/ (* (body-mass a) (body-mass b))
       (sqrt (+ (* dx dx) (* dy dy) (* dz dz))))))

(define (energy bodies)
  (define sum 0.0)
  (let ([n (vector-length bodies)])
    (do ([i 0 (+ i 1)]) ((= i n))
      (set! sum (+ sum (kinetic (vector-ref bodies i))))
      (do ([j (+ i 1) (+ j 1)]) ((= j n))
        (set! sum (- sum (potential (vector-ref bodies i)
                                    (vector-ref bodies j)))))))
  sum)

; Nine decimals of a number between -1 and 0.
(define (show-energy e)
  (let ([digits (number->string (exact (floor (+ (* (- e) 1e9) 0.5))))])
    (string-append "-0." (make-string (- 9 (string-length digits)) #\0) digits)))

(define bodies (make-system))
(balance! bodies)
(display (show-energy (energy bodies)))
(newline)
(do ([i 0 (+ i 1)]) ((= i steps))
  (advance! bodies 0.01))
(display (show-energy (energy bodies)))
(newline)
