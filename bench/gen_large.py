#!/usr/bin/env python3
"""Generates a large OmniLisp program and what it must print.

    gen_large.py --lines 5000 [--seed N] --out FILE [--expect FILE]

The program is some hundreds of functions of mixed sorts, made from templates
with random numbers in them; each is called once and its result printed. Every
template knows in Python what its function gives.
"""

import argparse
import pathlib
import random
from dataclasses import dataclass

TEMPLATES = []


@dataclass
class Piece:
    """Definitions, an expression that calls them, and what that displays."""
    code: str
    call: str
    value: object


def template(function):
    """Registers `function(i, rng) -> Piece`; i makes the names unique."""
    TEMPLATES.append(function)
    return function


@template
def counting_loop(i, rng):
    n, a, b, m = rng.randint(20, 90), rng.randint(2, 9), rng.randint(1, 50), 9973
    total = 0
    for k in range(n):
        total = (total + a * k * k + b) % m
    return Piece(f"""
; Sums {a} k^2 + {b} for k below n, modulo {m}.
(define (polynomial-sum-{i} n)
  (let loop [k 0] [sum 0]
    (if (= k n)
        sum
        (loop (+ k 1)
              (mod (+ sum (* {a} k k) {b}) {m})))))
""", f"(polynomial-sum-{i} {n})", total)


@template
def list_pipeline(i, rng):
    items = [rng.randint(-50, 99) for _ in range(12)]
    d, a = rng.randint(2, 5), rng.randint(1, 9)
    value = sum(a * x for x in items if x % d == 0)
    return Piece(f"""
(define measurements-{i} '({' '.join(map(str, items))}))

; {a} times the sum of the items that {d} divides.
(define (pipeline-{i} items)
  (|> items
      (filter (fn [x] (= 0 (mod x {d}))) _)
      (map (fn [x] (* {a} x)) _)
      (reduce + 0 _)))
""", f"(pipeline-{i} measurements-{i})", value)


@template
def structs(i, rng):
    points = [(rng.randint(-20, 20), rng.randint(-20, 20)) for _ in range(5)]
    dx, dy = rng.randint(-5, 5), rng.randint(-5, 5)
    value = sum(abs(x + dx) + abs(y + dy) for x, y in points)
    made = "\n        ".join(f"(Point{i} {x} {y})" for x, y in points)
    return Piece(f"""
(define {{struct Point{i}}} [x {{Int}}] [y {{Int}}])

(define (shifted-{i} p)
  (Point{i} (+ p.x {dx}) (+ p.y {dy})))

(define (norm-{i} p)
  (match p
    (Point{i} x y) (+ (abs x) (abs y))))

(define (total-norm-{i})
  (let [points
        (list
        {made})]
    (reduce + 0 (map (fn [p] (norm-{i} (shifted-{i} p))) points))))
""", f"(total-norm-{i})", value)


@template
def expression_trees(i, rng):
    def make(depth):
        if depth == 0:
            n = rng.randint(0, 9)
            return f"(Const{i} {n})", n
        left, x = make(rng.randint(0, depth - 1))
        right, y = make(rng.randint(0, depth - 1))
        name, value = rng.choice([("Sum", x + y), ("Product", x * y),
                                  ("Difference", x - y)])
        return f"({name}{i} {left} {right})", value

    text, value = make(4)
    return Piece(f"""
(define {{enum Formula{i}}}
  (Const{i} [value {{Int}}])
  (Sum{i} [left] [right])
  (Product{i} [left] [right])
  (Difference{i} [left] [right]))

(define (evaluate-{i} formula)
  (match formula
    (Const{i} value) value
    (Sum{i} left right) (+ (evaluate-{i} left) (evaluate-{i} right))
    (Product{i} left right) (* (evaluate-{i} left) (evaluate-{i} right))
    (Difference{i} left right) (- (evaluate-{i} left) (evaluate-{i} right))))
""", f"(evaluate-{i}\n  {text})", value)


@template
def strings(i, rng):
    words = [rng.choice(["red", "green", "blue", "amber", "violet"]) for _ in range(6)]
    mark = rng.choice(["-", "+", "/", "::"])
    kept = [word.upper() for word in words if len(word) > 3]
    return Piece(f"""
; The longer words in capitals, with marks between.
(define (shout-{i} text)
  (define (long? word) (> (string-length word) 3))
  (let [words (split text " ")]
    (join (map upper (filter long? words)) "{mark}")))
""", f'(shout-{i} "{" ".join(words)}")', mark.join(kept))


@template
def dicts(i, rng):
    items = [rng.randint(0, 5) for _ in range(15)]
    key = rng.choice(items)
    value = f"{len(set(items))} {items.count(key)}"
    return Piece(f"""
; How many different items there are, and how often one of them.
(define (tally-{i} items wanted)
  (define counts (dict))
  (for [item items]
    (dict-set! counts item (+ 1 (dict-ref counts item 0))))
  (format "{{}} {{}}" (length counts) (dict-ref counts wanted)))
""", f"(tally-{i} [{' '.join(map(str, items))}] {key})", value)


@template
def arrays(i, rng):
    items = [rng.randint(0, 99) for _ in range(10)]
    swaps, ordered = 0, list(items)
    for a in range(len(ordered)):
        for b in range(a, 0, -1):
            if ordered[b - 1] <= ordered[b]:
                break
            ordered[b - 1], ordered[b] = ordered[b], ordered[b - 1]
            swaps += 1
    return Piece(f"""
; Insertion sort in place; gives the number of swaps.
(define (insertion-sort-{i}! items)
  (define swaps 0)
  (define (sink! b)
    (when (and (> b 0) (> items.[(- b 1)] items.[b]))
      (let [kept items.[b]]
        (put! items.[b] items.[(- b 1)])
        (put! items.[(- b 1)] kept)
        (set! swaps (+ swaps 1))
        (sink! (- b 1)))))
  (for [a (range (array-length items))]
    (sink! a))
  swaps)

(define (sorted-{i} items)
  (let [swaps (insertion-sort-{i}! items)]
    (str swaps " " items.[0] " " items.[{len(items) - 1}])))
""", f"(sorted-{i} [{' '.join(map(str, items))}])",
                 f"{swaps} {ordered[0]} {ordered[-1]}")


@template
def closures(i, rng):
    factors = [rng.randint(2, 9) for _ in range(3)]
    start, rounds = rng.randint(1, 9), rng.randint(3, 8)
    value = start
    for _ in range(rounds):
        for factor in factors:
            value = (value * factor + 1) % 10_007
    return Piece(f"""
(define (step-{i} factor)
  (fn [x] (mod (+ (* factor x) 1) 10007)))

(define (compose-{i} f g)
  (fn [x] (g (f x))))

(define machine-{i}
  (compose-{i} (step-{i} {factors[0]})
    (compose-{i} (step-{i} {factors[1]}) (step-{i} {factors[2]}))))

(define (repeat-{i} x times)
  (if (= times 0)
      x
      (repeat-{i} (machine-{i} x) (- times 1))))
""", f"(repeat-{i} {start} {rounds})", value)


@template
def decisions(i, rng):
    low, high = sorted(rng.sample(range(5, 95), 2))
    inputs = [rng.randint(0, 99) for _ in range(8)]

    def grade(n):
        if n % 10 == 7:
            return "lucky"
        return "small" if n < low else "medium" if n < high else "large"

    return Piece(f"""
(define (grade-{i} n)
  (cond
    ((= (mod n 10) 7) 'lucky)
    ((< n {low}) 'small)
    ((< n {high}) 'medium)
    (else 'large)))

(define (grades-{i} numbers)
  (let collect-grades [left numbers] [text ""]
    (match left
      () text
      [n] (str text (grade-{i} n))
      [n .. others]
        (collect-grades others (str text (grade-{i} n) " ")))))
""", f"(grades-{i} '({' '.join(map(str, inputs))}))", " ".join(map(grade, inputs)))


@template
def big_numbers(i, rng):
    base, exponent, m = rng.randint(3, 99), rng.randint(50, 300), rng.randint(100, 9999)
    return Piece(f"""
; base^n by squaring, then the last digits.
(define (power-{i} base n)
  (cond
    ((= n 0) 1)
    ((even? n) (power-{i} (* base base) (quotient n 2)))
    (else (* base (power-{i} base (- n 1))))))

(define (last-digits-{i} base n)
  (mod (power-{i} base n) {m}))
""", f"(last-digits-{i} {base} {exponent})", pow(base, exponent, m))


@template
def floats(i, rng):
    halves = [rng.randint(-40, 40) / 2 for _ in range(6)]
    shift = rng.randint(1, 8) / 4
    value = sum((x + shift) * (x + shift) for x in halves)
    return Piece(f"""
(define samples-{i} [{' '.join(map(str, halves))}])

; The sum of the squares of the shifted samples.
(define (energy-{i} samples [shift {{Float}}])
  (define sum 0.0)
  (for [x samples]
    (let [shifted (+ x shift)]
      (set! sum (+ sum (* shifted shifted)))))
  sum)
""", f"(energy-{i} samples-{i} {shift})", value)


@template
def mutual_recursion(i, rng):
    n, step = rng.randint(30, 200), rng.randint(2, 4)
    turns, left = 0, n
    while left > 0:
        left -= 1 if turns % 2 == 0 else step
        turns += 1
    return Piece(f"""
(define (walk-{i} left turns)
  (if (<= left 0) turns (run-{i} (- left 1) (+ turns 1))))

(define (run-{i} left turns)
  (if (<= left 0) turns (walk-{i} (- left {step}) (+ turns 1))))
""", f"(walk-{i} {n} 0)", turns)


def generate(nlines, rng):
    """The text of a program of about `nlines` lines, and what it prints."""
    program, expected = ["; A generated program.\n"], []
    count, i = 1, 0
    while count < nlines:
        i += 1
        piece = TEMPLATES[i % len(TEMPLATES)](i, rng)
        text = f'{piece.code}\n(println "{i}: " {piece.call})\n'
        program.append(text)
        expected.append(f"{i}: {piece.value}\n")
        count += text.count("\n")
    return "".join(program), "".join(expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--expect", type=pathlib.Path)
    options = parser.parse_args()
    program, expected = generate(options.lines, random.Random(options.seed))
    options.out.write_text(program)
    if options.expect:
        options.expect.write_text(expected)


if __name__ == "__main__":
    main()
