#!/usr/bin/env python3
"""Checks that every diagnostic has an explanation and a test.

Reads the codes of frontend/diag.def; a code is tested if some lit test under
test/ expects it, as `error[CODE]` or `warning[CODE]` or in JSON. Prints what is
missing and exits with 1.

    python3 test/diagnostics/coverage.py SOURCE COMPILER
"""
import os
import re
import subprocess
import sys


def codes_of(table):
    text = open(table, encoding="utf-8").read()
    return re.findall(r"^(?:DIAG|WARN|WARN_ALL)\((\w+)", text, re.MULTILINE)


def expected_codes(tests):
    found = set()
    for folder, _, names in os.walk(tests):
        for name in names:
            if not name.endswith((".omni", ".test")):
                continue
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                for line in f:
                    if "CHECK" in line or "RUN" in line:
                        found.update(re.findall(r"\b[EW]0\d{3}\b", line))
    return found


def explanation(compiler, code):
    run = subprocess.run([compiler, "--explain", code], capture_output=True, text=True)
    return run.stdout.strip() if run.returncode == 0 else ""


def main():
    source, compiler = sys.argv[1:]
    codes = codes_of(os.path.join(source, "frontend", "diag.def"))
    tested = expected_codes(os.path.join(source, "test"))
    problems = [f"{c}: no test expects it" for c in codes if c not in tested]
    problems += [f"{c}: no explanation" for c in codes if len(explanation(compiler, c)) < 40]
    problems += [f"{c}: twice in the table" for c in set(codes) if codes.count(c) > 1]
    if codes != sorted(codes, key=lambda c: (c[0], c)):
        problems.append("the table is not in the order of the codes")
    for problem in problems:
        print(problem)
    print(f"{len(codes)} codes, {len(problems)} problems")
    sys.exit(1 if problems or not codes else 0)


if __name__ == "__main__":
    main()
