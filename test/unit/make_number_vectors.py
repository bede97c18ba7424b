#!/usr/bin/env python3
"""Writes number_vectors.inc, what test_number.c checks the runtime against.

    python3 test/unit/make_number_vectors.py > test/unit/number_vectors.inc

Each line is {"operation", "a", "b", "result"}; numbers are decimal text, floats
in the runtime's own layout. Python's integers and its repr of floats are the
independent computation. The seed is fixed, so the file never changes by itself.
"""
import math
import random
import struct
import sys
from fractions import Fraction

sys.set_int_max_str_digits(0)
rng = random.Random(20240607)
lines = []


def emit(op, a, b, result):
    lines.append('{"%s", "%s", "%s", "%s"},' % (op, a, b, result))


def to_float(n):
    """Nearest float; infinite where Python would refuse."""
    try:
        return float(n)
    except OverflowError:
        return -math.inf if n < 0 else math.inf


def float_text(x):
    """Shortest digits (Python's repr) in the layout of the language."""
    if math.isnan(x):
        return "+nan.0"
    if math.isinf(x):
        return "-inf.0" if x < 0 else "+inf.0"
    sign = "-" if math.copysign(1, x) < 0 else ""
    mantissa, _, exponent = repr(abs(x)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if not digits:
        return sign + "0.0"
    if 1e-7 <= abs(x) < 1e21:
        if point <= 0:
            return sign + "0." + "0" * -point + digits
        if point >= len(digits):
            return sign + digits + "0" * (point - len(digits)) + ".0"
        return sign + digits[:point] + "." + digits[point:]
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return "%s%s%se%d" % (sign, digits[0], tail, point - 1)


# ---- integers around every limit of the representation, and random ones ----

edges = []
for bits in (0, 1, 31, 32, 53, 60, 61, 62, 63, 64, 65, 127, 128, 129, 192):
    for near in (-1, 0, 1):
        edges += [(1 << bits) + near, -(1 << bits) - near]


def random_int():
    bits = rng.choice([3, 30, 61, 62, 64, 90, 100, 128, 200, 400, 1600])
    n = rng.getrandbits(bits)
    if rng.random() < 0.2:  # runs of zeros and ones are where carries go wrong
        n = ((1 << bits) - 1) ^ (rng.getrandbits(bits // 2) << rng.randrange(bits))
    return -n if rng.random() < 0.5 else n


def truncated(a, b):
    q = abs(a) // abs(b)
    return -q if (a < 0) != (b < 0) else q


def pairs(n):
    for _ in range(n // 2):
        yield rng.choice(edges), rng.choice(edges)
    for _ in range(n - n // 2):
        yield random_int(), random_int()


for a, b in pairs(60):
    emit("add", a, b, a + b)
for a, b in pairs(60):
    emit("sub", a, b, a - b)
for a, b in pairs(70):
    emit("mul", a, b, a * b)
for a, b in pairs(80):
    if b:
        q = truncated(a, b)
        emit("quotient", a, b, q)
        emit("remainder", a, b, a - q * b)
        emit("mod", a, b, a % b)
        emit("div", a, b, float_text(to_float(Fraction(a, b)) if a or b > 0 else -0.0))
for a, b in pairs(40):
    common = random_int()
    emit("gcd", a * common, b * common, math.gcd(a * common, b * common))
for a, b in pairs(40):
    emit("bit-and", a, b, a & b)
    emit("bit-or", a, b, a | b)
    emit("bit-xor", a, b, a ^ b)
for a, _ in pairs(40):
    n = rng.choice([0, 1, 5, 61, 62, 63, 64, 65, 127, 128, 300])
    emit("shift-left", a, n, a << n)
    emit("shift-right", a, n, a >> n)
    emit("shift-right", a, -n, a << n)
for a, _ in pairs(30):
    emit("bit-not", a, 0, ~a)
    emit("isqrt", abs(a), 0, math.isqrt(abs(a)))
    emit("compare", a, a + 1, -1)
for a, b in pairs(40):
    emit("compare", a, b, (a > b) - (a < b))
for _ in range(30):
    a, n = rng.choice([2, 3, -3, 10, -7, random_int()]), rng.randrange(40)
    emit("expt", a, n, a**n)


def in_base(n, base):
    digits, m = "", abs(n)
    while True:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[m % base] + digits
        m //= base
        if m == 0:
            return ("-" if n < 0 else "") + digits


for a, _ in pairs(40):
    base = rng.choice([2, 3, 8, 16, 32, 36])
    emit("to-base-%d" % base, a, 0, in_base(a, base))

# a long one each: the library's sub-quadratic paths
long_a, long_b = rng.getrandbits(30000), rng.getrandbits(21000)
emit("mul", long_a, long_b, long_a * long_b)
emit("quotient", long_a, long_b, long_a // long_b)
emit("mod", -long_a, long_b, -long_a % long_b)

# ---- integers and floats ----

floats = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, 1e21, 1e22, 9007199254740992.0, 9007199254740994.0,
          2.0**61, 2.0**62, -(2.0**61), 2.0**64, 1e300, 5e-324, 1e-7, 9.999e-8]
for a in [n for n in edges if abs(n) > 1 << 50]:
    emit("to-float", a, 0, float_text(to_float(a)))
for _ in range(30):
    a = random_int()
    emit("to-float", a, 0, float_text(to_float(a)))
for _ in range(60):
    x = float(rng.choice([n for n in edges if abs(n) > 1 << 50]))
    x += rng.choice([0.0, 0.0, 1.0, -1.0, 0.5])
    a = rng.choice([int(x), int(x) + 1, int(x) - 1, rng.choice(edges)])
    emit("compare-float", a, float_text(x), (a > Fraction(x)) - (a < Fraction(x)))
for x in [f for f in floats if f == int(f)]:
    emit("exact", float_text(x), 0, int(x))

# ---- the text of floats, by their bits ----


def emit_float(x):
    bits = struct.unpack("<Q", struct.pack("<d", x))[0]
    emit("float-text", "%d" % bits, 0, float_text(x))


for x in floats + [math.inf, -math.inf, math.nan, math.pi, 0.1, 1 / 3, 123456.789]:
    emit_float(x)
for e in range(-1074, 1024, 13):
    emit_float(2.0**e)
    emit_float(math.nextafter(2.0**e, 0))
for _ in range(150):
    emit_float(struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64) & ~(1 << 63)))[0])
for _ in range(60):
    emit_float(round(rng.uniform(-1000, 1000), rng.randrange(6)))
for _ in range(20):
    emit_float(rng.getrandbits(20) * 5e-324)

print("/* Made by make_number_vectors.py; do not edit. */")
print("\n".join(lines))
