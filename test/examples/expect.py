#!/usr/bin/env python3
"""Writes input and expected output of the example programs.

    expect.py --out DIR [--seed N] [--large] [NAME...]

makes DIR/NAME.in, DIR/NAME.args (one argument to a line) and DIR/NAME.out.
Nothing here knows the compiler: the outputs come from reference
implementations in Python, in the modules of the folder expect.
"""

import argparse
import pathlib
import random
import shlex
import sys

from expect import algorithms, languages, numbers, puzzles, recursion, text  # noqa: F401
from expect.common import EXAMPLES


def write_case(folder, name, case):
    (folder / f"{name}.in").write_text(case.stdin, encoding="utf-8")
    (folder / f"{name}.args").write_text(
        "".join(f"{argument}\n" for argument in case.args))
    (folder / f"{name}.out").write_text(case.out, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=None,
                        help="of the random inputs; a new one when not given")
    parser.add_argument("--large", action="store_true",
                        help="sizes of a benchmark instead of a test")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    names = options.names or sorted(EXAMPLES)
    for name in names:
        if name not in EXAMPLES:
            sys.exit(f"expect.py: no example is called {name}")
    command = ["expect.py", "--out", str(options.out), "--seed", str(seed)]
    command += ["--large"] * options.large + options.names
    print(f"seed {seed}: {shlex.join(command)}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in names:
        # A generator of its own, so that one example alone gets the same input.
        rng = random.Random(f"{seed}:{name}")
        write_case(options.out, name, EXAMPLES[name](rng, options.large))


if __name__ == "__main__":
    main()
