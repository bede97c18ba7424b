#!/usr/bin/env python3
"""Compiles and runs the example programs and compares their output.

    run.py --omni-llc PATH [-O0] [-O2] [--disable-pass=P]... [NAME...]

Each -O level given is one round over all the examples, with the passes named
by --disable-pass off; --flags="..." adds a round with exactly these flags.
Every round also checks that the runtime's accounting (OMNI_STATS=json, one
line on stderr) reports no byte outstanding.
"""

import argparse
import difflib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DIFF_LINES = 12


class Failure(Exception):
    """Why an example did not pass, in a few lines."""


def clip(text, limit=DIFF_LINES):
    rows = text.splitlines()
    more = [f"... {len(rows) - limit} more lines"] if len(rows) > limit else []
    return "\n".join(row[:160] for row in rows[:limit] + more)


def difference(expected, found):
    rows = [text.decode("utf-8", errors="replace").split("\n")
            for text in (expected, found)]
    return clip("\n".join(difflib.unified_diff(*rows, "expected", "found", n=1,
                                               lineterm="")))


def run(command, timeout, **options):
    try:
        return subprocess.run(command, timeout=timeout, capture_output=True, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"still running after {timeout} s") from None


def compile_example(options, flags, name, program):
    source = HERE / f"{name}.omni"
    done = run([options.omni_llc, *flags, str(source), "-o", str(program)],
               options.timeout)
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace")
        raise Failure(f"does not compile, status {done.returncode}\n{clip(message)}")


def check_accounting(stderr, required):
    """The runtime's statistics must say that everything was returned."""
    found = False
    for line in stderr.splitlines():
        if not line.startswith("{") or '"bytes_outstanding"' not in line:
            continue
        found = True
        outstanding = json.loads(line)["bytes_outstanding"]
        if outstanding != 0:
            raise Failure(f"{outstanding} bytes not returned at exit")
    if required and not found:
        raise Failure("no accounting line on stderr")


def run_example(options, name, program, cases):
    arguments = (cases / f"{name}.args").read_text().split("\n")[:-1]
    environment = dict(os.environ, OMNI_STATS="json")
    with open(cases / f"{name}.in", "rb") as stdin:
        done = run([str(program), *arguments], options.timeout, stdin=stdin,
                   env=environment)
    expected = (cases / f"{name}.out").read_bytes()
    stderr = done.stderr.decode("utf-8", errors="replace")
    if done.returncode != 0:
        raise Failure(f"status {done.returncode}\n{clip(stderr)}")
    if done.stdout != expected:
        raise Failure(difference(expected, done.stdout))
    check_accounting(stderr, options.require_stats)


def check_example(options, flags, name, cases, folder):
    program = folder / name
    try:
        compile_example(options, flags, name, program)
        run_example(options, name, program, cases)
    finally:
        program.unlink(missing_ok=True)


def run_round(options, flags, names, cases, folder):
    """One set of flags over all the names; gives the number of failures."""
    failed = 0
    for name in names:
        start = time.monotonic()
        try:
            check_example(options, flags, name, cases, folder)
            if options.verbose:
                print(f"ok    {name}  {time.monotonic() - start:.2f} s")
        except Failure as failure:
            failed += 1
            print(f"FAIL  {name}: {failure}", flush=True)
    print(f"{shlex.join(flags) or 'no flags'}: {len(names) - failed} passed, "
          f"{failed} failed", flush=True)
    return failed


def flag_sets(options):
    passes = [f"--disable-pass={name}" for name in options.disable_pass]
    levels = options.levels or ([] if options.flags else ["-O2"])
    return ([[level, *passes] for level in levels]
            + [shlex.split(flags) for flags in options.flags])


def make_cases(options, names, cases):
    command = [sys.executable, str(HERE / "expect.py"), "--out", str(cases)]
    if options.seed is not None:
        command += ["--seed", str(options.seed)]
    command += ["--large"] * options.large
    subprocess.run(command + names, check=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--omni-llc", required=True)
    for level in ("-O0", "-O1", "-O2", "-O3", "-Os"):
        parser.add_argument(level, dest="levels", action="append_const", const=level)
    parser.add_argument("--disable-pass", action="append", default=[], metavar="PASS")
    parser.add_argument("--flags", action="append", default=[])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--require-stats", action="store_true",
                        help="fail when the runtime prints no accounting")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def main():
    options = parse_options()
    known = sorted(path.stem for path in HERE.glob("*.omni"))
    unknown = set(options.names) - set(known)
    if unknown:
        sys.exit(f"run.py: no example is called {', '.join(sorted(unknown))}")
    names = options.names or known
    rounds = flag_sets(options)
    with tempfile.TemporaryDirectory(prefix="omni-examples-") as temporary:
        folder = pathlib.Path(temporary)
        cases = folder / "cases"
        make_cases(options, names, cases)
        failed = sum(run_round(options, flags, names, cases, folder)
                     for flags in rounds)
    print(f"{len(rounds) * len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
