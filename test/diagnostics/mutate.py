#!/usr/bin/env python3
"""Breaks good programs in small ways and counts the errors.

For each sampled mutation of the given programs the compiler should report
exactly one error: for a misspelt name on that name, for a deleted bracket
inside the top-level form that lost it. Prints a table, the failures, and how
many kinds of mutation reached --wanted percent; exits with 1 if one did not.

    python3 test/diagnostics/mutate.py --compiler build/release/bin/omni-llc \
        test/examples/*.omni

--command runs something else instead; the file's name is appended to it.
The same --seed takes the same samples.
"""
import argparse
import collections
import glob
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

DELIMITERS = set(" \t\r\n()[]{};\"'`,^")
BINDERS = {"define", "lambda", "fn", "λ", "let", "let*", "letrec", "for", "match", "catch", "try",
           "deftest", "import", "module", "handle", "case", "or", "as", "quote", "set!", "do",
           "put!", "update", "cond", "if", "when", "unless", "while", "begin", "and", "not", "|>",
           "values", "else"}

Token = collections.namedtuple("Token", "kind text start end")
Mutation = collections.namedtuple("Mutation", "kind path text start end form what")


# ---- a small scanner: enough to tell code from strings and comments ----

def block_comment_end(text, i):
    depth = 0
    while i < len(text):
        two = text[i:i + 2]
        if two == "#|":
            depth += 1
            i += 2
        elif two == "|#":
            depth -= 1
            i += 2
            if not depth:
                return i
        else:
            i += 1
    return i


def string_end(text, i):
    i += 1
    while text[i] != '"':
        i += 2 if text[i] == "\\" else 1
    return i + 1


def word_end(text, i):
    while i < len(text) and text[i] not in DELIMITERS:
        i += 1
    return i


def scan(text):
    tokens, i = [], 0
    while i < len(text):
        c = text[i]
        if c in " \t\r\n":
            i += 1
        elif c == ";":
            i = (text.find("\n", i) + 1) or len(text)
        elif text.startswith("#|", i):
            i = block_comment_end(text, i)
        elif c == '"':
            end = string_end(text, i)
            tokens.append(Token("string", text[i:end], i, end))
            i = end
        elif text.startswith("#\\", i):
            end = max(word_end(text, i + 2), i + 3)
            tokens.append(Token("atom", text[i:end], i, end))
            i = end
        elif text.startswith("#{", i):
            tokens.append(Token("open", "#{", i, i + 2))
            i += 2
        elif c in "([{":
            tokens.append(Token("open", c, i, i + 1))
            i += 1
        elif c in ")]}":
            tokens.append(Token("close", c, i, i + 1))
            i += 1
        elif c in "'`,^":
            tokens.append(Token("prefix", c, i, i + 1))
            i += 1
        else:
            end = word_end(text, i)
            tokens.append(Token("atom", text[i:end], i, end))
            i = end
    return tokens


def top_forms(tokens):
    """For each token the (start, end) of its top-level form."""
    forms, depth, first = [], 0, 0
    for i, t in enumerate(tokens):
        depth += (t.kind == "open") - (t.kind == "close")
        if depth == 0 and t.kind != "prefix":
            forms += [(tokens[first].start, t.end)] * (i + 1 - first)
            first = i + 1
    return forms


# ---- what can be broken ----

def bracket_deletions(path, text, brackets):
    tokens = scan(text)
    forms = top_forms(tokens)
    for t, form in zip(tokens, forms):
        if t.kind in ("open", "close") and t.text in brackets:
            broken = text[:t.start] + text[t.end:]
            kind = "opening" if t.kind == "open" else "closing"
            yield Mutation(kind, path, broken, t.start, t.start,
                           (form[0], form[1] - len(t.text)), f"without {t.text}")


def quote_deletions(path, text):
    tokens = scan(text)
    for t, form in zip(tokens, top_forms(tokens)):
        if t.kind != "string":
            continue
        for i in (t.start, t.end - 1):
            yield Mutation("quote", path, text[:i] + text[i + 1:], i, i,
                           (form[0], form[1] - 1), 'without "')


def is_plain_name(word):
    return word[0].isalpha() and len(word) >= 3 and not set(word) & set(".#:@&\\/0123456789")


def references(tokens):
    """Heads and operands of calls of plain functions: certainly no bindings."""
    stack = []  # [bracket, head or None, items so far, quoted]
    quoted = False
    for i, t in enumerate(tokens):
        if t.kind == "prefix":
            quoted = t.text in "'`^"
            continue
        parent = stack[-1] if stack else None
        if t.kind == "open":
            inherited = quoted or bool(parent and parent[3])
            header = bool(parent and parent[1] in BINDERS - {"do", "if", "when", "begin", "and"}
                          and parent[2] == 1)
            clause = bool(parent and (parent[1] in ("match", "cond", "case", "let", "handle",
                                                    "try", "catch", "let*", "letrec")
                                      or parent[0] != "("))
            stack.append([t.text, None, 0, inherited or header or clause])
        elif t.kind == "close":
            stack.pop()
        elif parent:
            head = parent[1] if parent[2] else t.text
            plain = parent[0] == "(" and not parent[3] and not quoted
            if plain and t.kind == "atom" and is_plain_name(t.text) and t.text not in BINDERS:
                if head and head not in BINDERS and is_plain_name(head) and head[0].islower():
                    yield i
        if parent:
            if parent[2] == 0 and t.kind == "atom":
                parent[1] = t.text
            parent[2] += 1
        quoted = False


def misspell(word, taken, rng):
    for _ in range(50):
        i = rng.randrange(1, len(word))
        kind = rng.randrange(4)
        if kind == 0:
            new = word[:i - 1] + word[i] + word[i - 1] + word[i + 1:]
        elif kind == 1:
            new = word[:i] + word[i + 1:]
        elif kind == 2:
            new = word[:i] + word[i] + word[i:]
        else:
            new = word[:i] + rng.choice("aeioutrs") + word[i + 1:]
        if new not in taken and new[0].isalpha() and len(new) > 1:
            return new
    return word + "x"


KEYWORDS = {"true", "false", "nothing"}


def library_words():
    """Words of the prelude and the table of primitives: no misspelling of them."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "rtlib")
    words = set()
    for path in glob.glob(os.path.join(root, "prelude", "*.omni")):
        with open(path, encoding="utf-8") as f:
            words |= {t.text for t in scan(f.read())}
    with open(os.path.join(root, "prims.def"), encoding="utf-8") as f:
        words |= set(re.findall(r'"([^"\s]+)"', f.read()))
    return words


def misspellings(path, text, rng, library):
    tokens = scan(text)
    forms = top_forms(tokens)
    taken = {t.text for t in tokens} | library | BINDERS
    for i in references(tokens):
        t = tokens[i]
        if t.text in KEYWORDS:
            continue
        new = misspell(t.text, taken, rng)
        broken = text[:t.start] + new + text[t.end:]
        yield Mutation("name", path, broken, t.start, t.start + len(new), forms[i],
                       f"{t.text} -> {new}")


# ---- running ----

def errors_of(command, mutation, folder):
    path = os.path.join(folder, os.path.basename(mutation.path))
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(mutation.text)
    run = subprocess.run(command + [path], capture_output=True, timeout=60)
    found = []
    for line in run.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith("{"):
            d = json.loads(line)
            if d["severity"] == "error":
                found.append(d)
        elif run.returncode not in (0, 1):
            return None, f"exit {run.returncode}: {line}"
    if run.returncode not in (0, 1):
        return None, f"exit {run.returncode}"
    return found, ""


def judge(mutation, found, trouble):
    """Empty if all is well, else what is wrong."""
    if found is None:
        return trouble
    if len(found) != 1:
        codes = " ".join(f"{d['code']}@{d.get('line', '?')}" for d in found[:5])
        return f"{len(found)} errors {codes}"
    d = found[0]
    if "start" not in d:
        return f"{d['code']} has no place"
    start = len(mutation.text[:mutation.start].encode())
    end = len(mutation.text[:mutation.end].encode())
    if mutation.kind == "name":
        ok = d["start"] == start and d["end"] == end
    else:
        low = len(mutation.text[:mutation.form[0]].encode())
        high = len(mutation.text[:mutation.form[1]].encode())
        ok = low <= d["start"] and d["start"] <= high
    return "" if ok else f"{d['code']} at line {d['line']}: {d['message']}"


def sample(rng, items, n):
    return rng.sample(items, n) if 0 < n < len(items) else items


def collect(args, rng):
    names, brackets, quotes = [], [], []
    library = library_words()
    for path in args.files:
        with open(path, encoding="utf-8", newline="") as f:
            text = f.read()
        names += misspellings(path, text, rng, library)
        brackets += bracket_deletions(path, text, args.brackets)
        quotes += quote_deletions(path, text)
    return sample(rng, names, args.names) * (args.names != 0) + \
        sample(rng, brackets, args.parens) * (args.parens != 0) + \
        sample(rng, quotes, args.quotes) * (args.quotes != 0)


def line_of(mutation):
    return mutation.text.count("\n", 0, mutation.start) + 1


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--compiler", default="omni-llc")
    p.add_argument("--command", help="what to run instead of the compiler")
    p.add_argument("--names", type=int, default=300, help="how many; -1: all, 0: none")
    p.add_argument("--parens", type=int, default=300)
    p.add_argument("--quotes", type=int, default=0, help="string quotes to delete")
    p.add_argument("--brackets", default="()", help="which brackets to delete")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--wanted", type=float, default=95.0, help="percent")
    p.add_argument("files", nargs="+")
    args = p.parse_args()
    rng = random.Random(args.seed)
    command = shlex.split(args.command) if args.command else \
        [args.compiler, "--diagnostics=json", "-c", "-o", os.devnull]
    tried, good = collections.Counter(), collections.Counter()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for m in collect(args, rng):
            trouble = judge(m, *errors_of(command, m, folder))
            tried[m.kind] += 1
            good[m.kind] += not trouble
            if trouble:
                failures.append(f"{m.path}:{line_of(m)}: {m.what}: {trouble}")
    print(f"seed {args.seed}, {len(args.files)} programs")
    print(f"{'mutation':<10}{'tried':>8}{'one error':>11}{'percent':>9}")
    passed = failed = 0
    for kind in sorted(tried):
        percent = 100.0 * good[kind] / tried[kind]
        passed += percent >= args.wanted
        failed += percent < args.wanted
        print(f"{kind:<10}{tried[kind]:>8}{good[kind]:>11}{percent:>9.1f}")
    for f in failures:
        print(f)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
