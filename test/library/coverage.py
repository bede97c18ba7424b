#!/usr/bin/env python3
"""Every name of the library has a check.

    python3 test/library/coverage.py            check; exit 1 with what is wrong
    python3 test/library/coverage.py --list     print names.txt as it should be

names.txt is the table of the library: a name a line, with where it is
implemented. This script compares it with what there is (rtlib/prims.def, the
definitions of rtlib/prelude), and looks for a use of each name in the programs
of this folder: in code that a CHECK line follows before the next blank line.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DELIMITERS = r"\s()\[\]{}\"';`,"


def primitives():
    """name -> file, from prims.def and its section comments"""
    found, section = {}, "?"
    for line in (ROOT / "rtlib/prims.def").read_text().splitlines():
        heading = re.match(r"/\* ---- ([\w.]+)", line)
        if heading:
            section = heading.group(1).rstrip(":")
        entry = re.match(r'OMNI_PRIM\(\w+, "([^"]+)"', line)
        if entry and not entry.group(1).startswith("%"):
            found[entry.group(1)] = section
    return found


def definitions():
    """name -> file, from the prelude"""
    found = {}
    folder = ROOT / "rtlib/prelude"
    for file in (folder / "order.txt").read_text().split():
        text = (folder / file).read_text()
        for name in re.findall(rf"^\(define \(?([^{DELIMITERS}]+)", text, re.M):
            if not name.startswith("%"):
                found[name] = file
    return found


def table():
    rows = {name: ("prim", file) for name, file in primitives().items()}
    for name, file in definitions().items():
        rows[name] = ("prelude", file)
    return rows


def strip(line):
    """A line of code without comments and the insides of strings."""
    line = re.sub(r'#\\.', " ", line)
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    return line.split(";")[0]


def exercised():
    """Every token of code that is followed by a CHECK line."""
    tokens = set()
    for file in sorted(HERE.glob("*.omni")):
        pending = set()
        for line in file.read_text().splitlines():
            if re.match(r"; [A-Z]+(-NEXT|-SAME|-NOT|-DAG)?:", line) and "RUN" not in line:
                tokens |= pending
                pending = set()
            else:
                pending |= set(re.split(rf"[{DELIMITERS}]+", strip(line)))
    return tokens


def main():
    rows = table()
    listing = [f"{name:<24} {kind:<8} {file}" for name, (kind, file) in sorted(rows.items())]
    if "--list" in sys.argv:
        print("\n".join(listing))
        return 0
    wrong = []
    written = [l for l in (HERE / "names.txt").read_text().splitlines() if l and l[0] != "#"]
    wrong += [f"names.txt lacks: {l}" for l in listing if l not in written]
    wrong += [f"names.txt has what is not there: {l}" for l in written if l not in listing]
    used = exercised()
    wrong += [f"not exercised by any program here: {n}" for n in sorted(rows) if n not in used]
    print("\n".join(wrong + [f"{len(rows)} names, {len(wrong)} complaints"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
