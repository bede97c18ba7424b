#!/usr/bin/env python3
"""Compiles and runs the examples of the documents.

    test/docs/run_docs.py --compiler build/release/bin/omni-llc [-j 2] [FILE[:LINE]...]

Every block fenced as ```lisp is a program of its own:

    ; => text      a line of its output, in order; all of its output is given so
    ; input: text  a line of its standard input

It must compile without complaint and end with status 0. A block fenced as
```lisp error must fail, in the compiler or when it runs (status 70):

    ; error: text  must stand in what it says

Ends in `N passed, N failed`; exit 1 if one failed.
"""

import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ["README.md", "docs/*.md"]
SECONDS = 60


class Example:
    def __init__(self, file, line, kind, lines):
        self.where = f"{file}:{line}"
        self.kind = kind
        self.source = "".join(lines)
        self.outputs = self.marked(lines, "=>")
        self.inputs = self.marked(lines, "input:")
        self.errors = self.marked(lines, "error:")

    @staticmethod
    def marked(lines, mark):
        found = [re.match(rf".*; {re.escape(mark)} ?(.*)$", l) for l in lines]
        return [m.group(1) for m in found if m]


def examples(path):
    name = path.relative_to(ROOT)
    start, kind, lines = None, None, []
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        fence = re.match(r"```(.*)$", line)
        if start is None and fence:
            start, kind, lines = number, fence.group(1).strip(), []
        elif fence:
            if kind in ("lisp", "lisp error"):
                yield Example(name, start, kind, lines)
            start = None
        elif start is not None:
            lines.append(line)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **options)


def complaint(example, compiler, folder):
    """What is wrong with an example, or None."""
    source = pathlib.Path(folder) / "example.omni"
    program = pathlib.Path(folder) / "example"
    source.write_text(example.source)
    compiled = run([compiler, str(source), "-o", str(program)])
    if example.kind == "lisp error":
        said, status = compiled.stderr, compiled.returncode
        if status == 0:
            ran = run([str(program)], cwd=folder, input="")
            said, status = ran.stderr, ran.returncode
        missing = [e for e in example.errors if e not in said]
        if status not in (1, 70):
            return f"should fail, but the status is {status}\n{said}"
        return f"does not say: {missing}\nbut: {said}" if missing else None
    if compiled.returncode != 0 or compiled.stderr:
        return f"does not compile cleanly ({compiled.returncode}):\n{compiled.stderr}"
    ran = run([str(program)], cwd=folder, input="".join(l + "\n" for l in example.inputs))
    if ran.returncode != 0:
        return f"ends with status {ran.returncode}:\n{ran.stderr}"
    expected = "".join(l + "\n" for l in example.outputs)
    if ran.stdout != expected:
        return f"expected:\n{expected}but it printed:\n{ran.stdout}"
    return None


def check(example, compiler):
    with tempfile.TemporaryDirectory(prefix="omni-docs-") as folder:
        try:
            return complaint(example, compiler, folder)
        except subprocess.TimeoutExpired:
            return f"runs for more than {SECONDS} s"


def selected(arguments):
    """The documents, or FILE or FILE:LINE (the block that has the line)."""
    if not arguments:
        for pattern in DOCUMENTS:
            for path in sorted(ROOT.glob(pattern)):
                yield from examples(path)
    for argument in arguments:
        file, _, line = argument.partition(":")
        blocks = list(examples(pathlib.Path(file).resolve()))
        if not line:
            yield from blocks
            continue
        before = [b for b in blocks if int(b.where.rpartition(":")[2]) <= int(line)]
        yield from before[-1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default=str(ROOT / "build/release/bin/omni-llc"))
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    compiler = str(pathlib.Path(arguments.compiler).resolve())
    blocks, failed = list(selected(arguments.files)), 0
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        results = pool.map(lambda e: check(e, compiler), blocks)
        for example, problem in zip(blocks, results):
            if problem:
                failed += 1
                print(f"FAILED {example.where}: {problem}\n{example.source}")
    print(f"{len(blocks) - failed} passed, {failed} failed")
    return 1 if failed or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
