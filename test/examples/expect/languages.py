"""Examples that interpret a language."""

import ast
import math
import operator
import re

from .common import Case, example, lines, show_float, show_list

# --- calculator -----------------------------------------------------------------


class Wrong(Exception):
    """A line that is answered by a message."""


class Unusable(Exception):
    """A line whose answer depends on how floats are rounded or signed."""


# Below it no float lies half-way between two shortest forms.
EXACT = 2 ** 48

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.Mod: operator.mod, ast.Pow: operator.pow}


def apply_operator(kind, a, b):
    if kind is ast.Mod and not (isinstance(a, int) and isinstance(b, int)):
        raise Wrong("% needs whole numbers")
    if kind in (ast.Div, ast.Mod) and b == 0:
        raise Wrong("division by zero")
    mixed = isinstance(a, float) or isinstance(b, float) or kind is ast.Div
    if mixed and max(abs(a), abs(b)) >= EXACT:
        raise Unusable
    if mixed and kind is ast.Mult and 0 in (a, b):
        raise Unusable                  # an exact zero, or a signed one
    if kind is ast.Pow and not (isinstance(a, int) and isinstance(b, int)
                                and 0 <= b <= 200 and abs(a) < 1000):
        raise Unusable
    value = OPERATORS[kind](a, b)
    if isinstance(value, float) and (math.isinf(value) or abs(value) >= EXACT):
        raise Unusable
    return value


def evaluate(node, variables):
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            if node.id not in variables:
                raise Wrong(f"unknown name {node.id}")
            return variables[node.id]
        case ast.UnaryOp(op=ast.USub()):
            return -evaluate(node.operand, variables)
        case ast.UnaryOp(op=ast.UAdd()):
            return evaluate(node.operand, variables)
        case ast.BinOp():
            left, right = (outcome(side, variables) for side in (node.left, node.right))
            for value in (left, right):
                if isinstance(value, Wrong):
                    raise value
            return apply_operator(type(node.op), left, right)
    raise SyntaxError("Python, but not an expression of the calculator")


def outcome(node, variables):
    try:
        return evaluate(node, variables)
    except Wrong as wrong:
        return wrong


def answer(line, variables):
    """What the calculator prints for a line; Python's own parser reads it."""
    try:
        statement = ast.parse(line.strip().replace("^", "**")).body[0]
        target = statement.targets[0].id if isinstance(statement, ast.Assign) else None
        value = evaluate(statement.value, variables)
    except SyntaxError:
        return "error: malformed expression"
    except Wrong as wrong:
        return f"error: {wrong}"
    if target:
        variables[target] = value
    return show_float(value) if isinstance(value, float) else str(value)


def make_expression(rng, depth, names):
    if depth == 0:
        choices = [str(rng.randint(0, 99)), str(rng.randint(0, 99)),
                   f"{rng.randint(0, 50)}.{rng.choice(['0', '5', '25'])}"]
        return rng.choice(choices + names)
    left, right = (make_expression(rng, rng.randint(0, depth - 1), names)
                   for _ in range(2))
    match rng.randint(0, 9):
        case 0:
            return f"-{left}"
        case 1:
            return f"({left})"
        case 2:
            return f"{rng.randint(-9, 99)} ^ {rng.randint(0, 30)}"
        case _:
            gap = rng.choice(["", " "])
            return f"{left}{gap}{rng.choice('+-*/%+-*')}{gap}{right}"


MALFORMED = ["1 +", "(2 * 3", "4 5", ") 1", "2 * * 3", "@ + 1", "()", "7 (8)"]


@example
def calculator(rng, large):
    variables, source, out = {}, ["", "2 ^ 3 ^ 2", "-2 ^ 2", "2 ^ 200", "7 / 2"], []
    out = [answer(line, variables) for line in source[1:]]
    while len(source) < (50_000 if large else 120):
        names = ["x", "y", "total_1", "z"]
        line = make_expression(rng, rng.randint(1, 4), rng.sample(names, 2))
        if rng.random() < 0.3:
            line = f"{rng.choice(names[:3])} = {line}"
        if rng.random() < 0.1:
            line = rng.choice(MALFORMED)
        try:
            out.append(answer(line, variables))
            source.append(line)
        except Unusable:
            pass
    return Case(lines(*out), [], lines(*source))


# --- brainfuck ------------------------------------------------------------------


def run_brainfuck(source, text):
    """Translates the program to Python and runs that; gives its output."""
    pieces = re.findall(r"[<>]+|[+-]+|[][.,]", re.sub(r"[^][<>+.,-]", "", source))
    code, depth = ["def run(tape, text, out):", " at = steps = 0"], 1
    for piece in pieces:
        pad = " " * depth
        code.append(f"{pad}steps += 1")
        match piece[0]:
            case "<" | ">":
                code.append(f"{pad}at += {piece.count('>') - piece.count('<')}")
            case "+" | "-":
                change = piece.count("+") - piece.count("-")
                code.append(f"{pad}tape[at] = (tape[at] + {change}) % 256")
            case ".":
                code.append(f"{pad}out.append(chr(tape[at]))")
            case ",":
                code.append(f"{pad}tape[at] = ord(next(text, chr(0))) % 256")
            case "[":
                code.append(f"{pad}while tape[at]:")
                depth += 1
            case "]":
                depth -= 1
    code.append(" return steps")
    scope, out = {}, []
    exec("\n".join(code), scope)
    steps = scope["run"]([0] * 30_000, iter(text), out)
    return "".join(out) + f"\n{len(pieces)} operations, {steps} steps\n"


HELLO = """++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.
    >>.<-.<.+++.------.--------.>>+.>++. and then three nested loops: >"""
REVERSE = ">,[>,]<[.<]"
UPPER = ",[--------------------------------.,]"


@example
def brainfuck(rng, large):
    word = "".join(rng.choices("abcdefgh", k=300 if large else 20))
    countdown = "+" * (100 if large else rng.randint(5, 12))
    loops = f"{countdown}[>{countdown}[>{countdown}[>+<-]<-]<-]>>>."
    source, text = rng.choice([(HELLO + loops, ""), (REVERSE + loops, word),
                               (UPPER + loops, word)])
    stdin = f"{source}!{text}" if text else source
    return Case(run_brainfuck(source, text), [], stdin)


# --- lisp -------------------------------------------------------------------------

LISP_PROGRAM = """
; Numbers
(define (fact n) (if (= n 0) 1 (* n (fact (- n 1)))))
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(display (fact {fact})) (newline)
(display (fib {fib})) (newline)

; Lists and higher-order functions
(define (map f items)
  (if (null? items) '() (cons (f (car items)) (map f (cdr items)))))
(define (filter keep? items)
  (cond ((null? items) '())
        ((keep? (car items)) (cons (car items) (filter keep? (cdr items))))
        (else (filter keep? (cdr items)))))
(define (fold f start items)
  (if (null? items) start (fold f (f start (car items)) (cdr items))))
(define numbers '({numbers}))
(display (map (lambda (x) (* x x)) numbers)) (newline)
(display (filter (lambda (x) (= 0 (remainder x 3))) numbers)) (newline)
(display (fold + 0 numbers)) (newline)

; Sorting
(define (append a b) (if (null? a) b (cons (car a) (append (cdr a) b))))
(define (sort items)
  (if (null? items)
      '()
      (let ((pivot (car items)) (others (cdr items)))
        (append (sort (filter (lambda (x) (< x pivot)) others))
                (cons pivot
                      (sort (filter (lambda (x) (not (< x pivot))) others)))))))
(display (sort numbers)) (newline)

; Closures with state, tail calls
(define (counter)
  (define n 0)
  (lambda (by) (set! n (+ n by)) n))
(define count (counter))
(count {first})
(display (list (count {second}) (count 1))) (newline)
(define (loop i sum) (if (= i 0) sum (loop (- i 1) (+ sum i))))
(display (loop {loop} 0)) (newline)

; Symbols and truth
(display (list (and 1 2 #f) (or #f 'yes) (equal? '(a (b)) '(a (b))))) (newline)
(display (map car '((one 1) (two 2)))) (newline)
"""


@example
def lisp(rng, large):
    numbers = [rng.randint(0, 99) for _ in range(400 if large else 12)]
    size = dict(fact=rng.randint(20, 60), fib=22 if large else 11,
                loop=1_000_000 if large else rng.randint(500, 2000),
                first=rng.randint(1, 9), second=rng.randint(1, 9))
    a, b = 0, 1
    for _ in range(size["fib"]):
        a, b = b, a + b
    count = size["first"] + size["second"]
    out = lines(
        math.factorial(size["fact"]),
        a,
        show_list([n * n for n in numbers]),
        show_list([n for n in numbers if n % 3 == 0]),
        sum(numbers),
        show_list(sorted(numbers)),
        show_list([count, count + 1]),
        size["loop"] * (size["loop"] + 1) // 2,
        "(#f yes #t)",
        "(one two)")
    program = LISP_PROGRAM.format(numbers=" ".join(map(str, numbers)), **size)
    return Case(out, [], program)
