"""Compiles programs whose names other programs could misread, in the current
folder; fails loudly if one does not come out as it should."""

import os
import subprocess

NAMES = ["-x", "--version", "@args", "a b", "$(touch pwned)", "`touch pwned`", "a;touch pwned",
         "line\nbreak", "quote'\"", "back\\slash", "-Wl,--version", "*", "é", "%s%n", "a,b", "#{x}", "\x1b[31mred"]

for name in NAMES:
    folder = name + ".d"
    os.mkdir(folder)
    for source, output in ((name + ".omni", name), (folder + "/" + name + ".omni", folder + "/p")):
        with open(source, "w", encoding="utf-8") as f:
            f.write('(println "hello")\n')
        # inputs stand after --; only a leading @ means something after -o, as in gcc
        if output.startswith("@"):
            output = "./" + output
        done = subprocess.run(["omni-llc", "-O0", "-o", output, "--", source],
                              capture_output=True, text=True)
        assert done.returncode == 0 and not done.stderr, (name, done)
        ran = subprocess.run([os.path.abspath(output)], capture_output=True, text=True)
        assert ran.stdout == "hello\n" and ran.returncode == 0, (name, ran)
    objects = ["./" + name + ".o", "./" + folder + "/" + name + ".o"]
    for o in objects:
        done = subprocess.run(["omni-llc", "-O0", "-c", "-o", o, "--", name + ".omni"],
                              capture_output=True, text=True)
        assert done.returncode == 0, (name, done)
        done = subprocess.run(["omni-llc", "-o", "again", "--", o.removeprefix("./")], capture_output=True, text=True)
        assert done.returncode == 0, (name, done)
    missing = subprocess.run(["omni-llc", "--", name + ".nope"], capture_output=True, text=True)
    assert missing.returncode == 74 and missing.stderr.count("\n") == 1, (name, missing)
    wrong = name + ".wrong.omni"
    for text, status in (("(nope", 1), ("(println\n  (car 5))", 70)):
        with open(wrong, "w", encoding="utf-8") as f:
            f.write(text)
        done = subprocess.run(["omni", "run", "-O0", "--", wrong], capture_output=True, text=True)
        place = name.replace("\n", "\\x0a").replace("\x1b", "\\x1b") + f".wrong.omni:{1 if status == 1 else 2}:"
        assert done.returncode == status and place in done.stderr, (name, done)
assert not os.path.exists("pwned")
assert not [n for n in os.listdir(".") if n.startswith(".omni-")]
