#!/usr/bin/env python3
"""Rules of the source tree that the compiler does not check.

    scripts/guard.py               checks the tree
    scripts/guard.py --self-test   first shows that each rule catches a breach

allocation  all memory goes through OmniPort: no malloc, calloc, realloc, free,
            strdup and their like outside rtlib/port_*.c
headers     a public header (rtlib/include/omni) opens with a comment that says
            what it is for and compiles alone, warning-clean, with gcc and clang
ownership   in a public header, the comment of an _owned function names what
            destroys the result; that of _borrowed and _view says how long it
            holds
layers      rtlib and frontend include nothing of LLVM; frontend nothing of ir,
            passes or tools; ir and passes nothing of tools

Ends with `N passed, N failed`: one check a rule and a file.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ("frontend", "ir", "passes", "rtlib", "tools")

RAW = ("malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf "
       "aligned_alloc posix_memalign memalign valloc getline getdelim open_memstream").split()
RAW_CALL = re.compile(r"(?<![\w.>])(" + "|".join(RAW) + r")\s*\(")
# taking the function itself is a call in disguise
RAW_NAME = re.compile(r"[=,(&]\s*(" + "|".join(RAW[:5]) + r")\s*[,;)]")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def strip(text):
    """Comments, strings and characters become spaces; lines stay."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_allocation(path, text):
    if re.fullmatch(r"rtlib/port_\w+\.c", path):
        return []
    code = strip(text)
    found = list(RAW_CALL.finditer(code)) + list(RAW_NAME.finditer(code))
    return [f"{path}:{line_of(code, m.start(1))}: {m.group(1)}: memory goes through OmniPort"
            for m in found]


def check_layers(path, text):
    layer = path.split("/")[0]
    forbidden = {"rtlib": (), "frontend": ("ir.h", "passes.h", "driver.h", "ir_internal.h"),
                 "ir": ("driver.h",), "passes": ("driver.h",)}
    if layer not in forbidden:
        return []
    wrong = []
    for m in INCLUDE.finditer(text):
        name = m.group(1)
        llvm = layer in ("rtlib", "frontend") and name.startswith(("llvm", "clang-c"))
        if llvm or name in forbidden[layer]:
            wrong.append(f"{path}:{line_of(text, m.start(1))}: {layer} may not include {name}")
    return wrong


def is_public_header(path):
    return path.startswith("rtlib/include/omni/") and path.endswith(".h")


def check_header(path, text, root):
    if not is_public_header(path):
        return []
    wrong = []
    if not text.startswith("/* "):
        wrong.append(f"{path}:1: a public header opens by saying what it is for")
    for compiler in ("gcc", "clang-19"):
        if not shutil.which(compiler):
            wrong.append(f"{path}: {compiler} is not installed, cannot check the header")
            continue
        command = [compiler, "-std=c17", "-Wall", "-Wextra", "-Wconversion", "-Werror",
                   "-fsyntax-only", "-x", "c", "-include", os.path.join(root, path),
                   "-I", os.path.join(root, "rtlib/include"), os.devnull]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            wrong.append(f"{path}: does not compile alone with {compiler}:\n{done.stderr[:1500]}")
    return wrong


FUNCTION = re.compile(r"^[A-Za-z][\w \t]*?[\s*](omni_\w+)\s*\(", re.M)
DESTROYS = re.compile(r"destroy|free|release|give.? back", re.I)
LIFETIME = re.compile(r"until|valid|static|never|as long|while|lifetime|life of|as it was", re.I)


def comment_before(text, offset):
    """The comment that stands directly before the declaration at offset; a group
    of declarations without a blank line between shares one."""
    head = text[:offset]
    end = head.rfind("*/")
    if end < 0 or "\n\n" in head[end:]:
        return ""
    return head[head.rfind("/*", 0, end):end]


def check_ownership(path, text):
    if not is_public_header(path):
        return []
    wrong = []
    for m in FUNCTION.finditer(text):
        name, comment = m.group(1), comment_before(text, m.start())
        where = f"{path}:{line_of(text, m.start(1))}: {name}"
        if name.endswith("_owned") and not DESTROYS.search(comment):
            wrong.append(f"{where}: the comment does not say what destroys the result")
        if name.endswith(("_borrowed", "_view")) and not LIFETIME.search(comment):
            wrong.append(f"{where}: the comment does not say how long the result holds")
    return wrong


def sources(root):
    for folder in FOLDERS:
        for parent, folders, names in os.walk(os.path.join(root, folder)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h", ".def")):
                    yield os.path.relpath(os.path.join(parent, name), root)


def check_file(root, path):
    """One list of breaches for each rule."""
    with open(os.path.join(root, path), encoding="utf-8") as f:
        text = f.read()
    return [check_allocation(path, text), check_layers(path, text),
            check_header(path, text, root), check_ownership(path, text)]


def check_tree(root):
    passed, wrong = 0, []
    for path in sources(root):
        for breaches in check_file(root, path):
            wrong += breaches
            passed += not breaches
    return passed, wrong


# What each rule must catch: (file, text, words of the message), or None for
# text that must pass.
BREACHES = [
    ("ir/a.c", "void f(void *p) { free(p); }\n", "ir/a.c:1: free"),
    ("tools/a.c", "int x;\nchar *g(void) { return strdup (\"a\"); }\n", "tools/a.c:2: strdup"),
    ("rtlib/a.c", "void *(*f)(unsigned long) = malloc;\n", "rtlib/a.c:1: malloc"),
    ("frontend/a.c", "#include <llvm-c/Core.h>\n", "may not include llvm-c/Core.h"),
    ("frontend/b.c", '#include "ir.h"\n', "may not include ir.h"),
    ("rtlib/include/omni/a.h", "int x_undeclared(size_t n);\n", "does not compile alone"),
    ("rtlib/include/omni/b.h", "#define X 1\n", "opens by saying"),
    ("rtlib/include/omni/c.h", "/* c */\n/* Makes it. */\nint *omni_c_owned(void);\n",
     "omni_c_owned: the comment does not say what destroys"),
    ("rtlib/include/omni/d.h", "/* d */\n/* Gets it. */\nint *omni_d_view(void);\n",
     "omni_d_view: the comment does not say how long"),
    ("rtlib/port_a.c", "void f(void *p) { free(p); }\n", None),
    ("ir/c.c", "/* free(p) */ const char *s = \"malloc(1)\"; void f(void) { arena_free(a); }\n",
     None),
    ("rtlib/b.c", "void f(struct p *p) { p->free(1); omni_port_free(p, 1, 2); }\n", None),
]


def self_test():
    passed, failed = 0, 0
    for path, text, expected in BREACHES:
        with tempfile.TemporaryDirectory() as root:
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full))
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)
            wrong = "\n".join(check_tree(root)[1])
        ok = expected in wrong if expected else not wrong
        passed, failed = passed + ok, failed + (not ok)
        if not ok:
            print(f"self-test: {path}: expected {expected!r}, got {wrong!r}")
    return passed, failed


def main():
    passed = failed = 0
    if "--self-test" in sys.argv[1:]:
        passed, failed = self_test()
    tree_passed, wrong = check_tree(ROOT)
    for line in wrong:
        print(line)
    print(f"{passed + tree_passed} passed, {failed + len(wrong)} failed")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
