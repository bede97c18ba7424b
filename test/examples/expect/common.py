"""What the reference implementations share: the registry and number formats."""

import math
from dataclasses import dataclass, field
from decimal import Decimal

EXAMPLES = {}


@dataclass
class Case:
    """One run of an example: what goes in and what must come out."""
    out: str
    args: list = field(default_factory=list)
    stdin: str = ""


def example(function):
    """Registers `function(rng, large) -> Case` under its name.

    `rng` is a seeded random.Random; `large` asks for the size of a benchmark
    instead of one that runs in well under a second.
    """
    EXAMPLES[function.__name__] = function
    return function


def lines(*items):
    """The items as lines of text, each ended by a newline."""
    return "".join(f"{item}\n" for item in items)


def show_float(x):
    """A float as OmniLisp displays it: shortest form, always recognisable."""
    if math.isnan(x):
        return "+nan.0"
    if math.isinf(x):
        return "+inf.0" if x > 0 else "-inf.0"
    if x != 0 and not 1e-7 <= abs(x) < 1e21:
        mantissa, exponent = repr(x).split("e")
        return f"{mantissa}e{int(exponent)}"
    text = format(Decimal(repr(x)), "f")
    return text if "." in text else text + ".0"


def show_list(items):
    """A list as OmniLisp displays it, nested lists too."""
    if isinstance(items, (list, tuple)):
        return "(" + " ".join(show_list(item) for item in items) + ")"
    return str(items)


def park_miller(state):
    """The random generator of the examples: the states after `state`."""
    while True:
        state = 16807 * state % 2147483647
        yield state


def checksum(values, start=0):
    """The rolling checksum that several examples print."""
    total = start
    for value in values:
        total = (31 * total + value) % 1_000_000_007
    return total
