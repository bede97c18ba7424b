"""Examples of deep, wide and endless recursion."""

import functools

from .common import Case, example, lines


@example
def tak(rng, large):
    """Value and number of calls by recursion with a memory."""
    x, y, z = (18, 12, 6) if large else rng.choice([(12, 8, 4), (11, 8, 5), (10, 7, 3),
                                                    (5, 9, 2), (9, 6, 4)])

    @functools.cache
    def tak(x, y, z):
        """The value, and how many calls it takes."""
        if y >= x:
            return z, 1
        parts = [tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)]
        value, calls = tak(*(value for value, _ in parts))
        return value, 1 + calls + sum(calls for _, calls in parts)

    value, calls = tak(x, y, z)
    return Case(lines(f"tak: {value}", f"takl: {value}",
                      f"counted: {value} after {calls} calls"), [x, y, z])


def ackermann_value(m, n):
    """Ackermann's function for m up to 3, by formula."""
    return [n + 1, n + 2, 2 * n + 3, 2 ** (n + 3) - 3][m]


@example
def ackermann(rng, large):
    m, n = (3, 8) if large else rng.choice([(2, 9), (3, 3), (1, 30), (3, 4), (2, 0)])
    value, kept, highest = ackermann_value(m, n), 0, n
    for level in range(m, 0, -1):       # on each level all from 0 to highest
        kept += highest + 1
        highest = max(1, ackermann_value(level, highest - 1)) if highest else 1
    return Case(lines(f"deep: {value}", f"flat: {value}",
                      f"memo: {value}, {kept} values kept"), [m, n])


def multiply(a, b, modulus):
    return [[sum(x * y for x, y in zip(row, column)) % modulus for column in zip(*b)]
            for row in a]


def state_machine(n):
    """The machine's value after n steps, by powers of the step's matrix.

    A step with factor f takes (value, left, 1) to (f value + left, left - 1, 1).
    """
    modulus = 99_991
    steps = [[[f, 1, 0], [0, 1, -1], [0, 0, 1]] for f in (3, 7, 5)]
    turn = multiply(steps[2], multiply(steps[1], steps[0], modulus), modulus)
    total = [[int(i == j) for j in range(3)] for i in range(3)]
    rounds, extra = divmod(n, 3)
    while rounds:
        if rounds & 1:
            total = multiply(turn, total, modulus)
        turn = multiply(turn, turn, modulus)
        rounds >>= 1
    for step in steps[:extra]:
        total = multiply(step, total, modulus)
    return multiply(total, [[1], [n], [1]], modulus)[0][0]


def wander(i):
    """Steps from i down to 1: halve, or go to the neighbour to be halved."""
    steps = 0
    while i > 1:
        i = i // 2 if i % 2 == 0 else i + 1 if i % 4 == 1 else i - 1
        steps += 1
    return steps


@example
def tail_calls(rng, large):
    n = 100_000_000 if large else rng.randint(50_000, 200_000)
    count = n // 100

    def player(turns):
        return "ping" if turns % 2 == 0 else "pong"

    return Case(lines(
        f"self: {n}",
        f"mutual: {player(n)} {player(n + 1)} {player(n + 1)}",
        f"unknown: {state_machine(n)}",
        f"control: {wander(n + 1)}",
        "apply: done",
        f"continuations: {count * (count + 1) // 2}",
        "allocating: (1 . 2)"), [n])
