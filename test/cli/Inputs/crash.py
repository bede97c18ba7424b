"""crash.py LINKER SOURCE: sends a crash signal to a compile whose linker
sleeps, in the current folder."""

import os
import re
import signal
import subprocess
import sys
import time

linker, source = sys.argv[1:]
with open("out", "w") as f:
    f.write("old")
os.mkdir("tmp")
mark = os.path.abspath("mark")
env = dict(os.environ, OMNI_CC=linker, OMNI_TEST_MARK=mark, TMPDIR=os.path.abspath("tmp"))
command = ["omni-llc", "-O0", source, "-o", "out"]
child = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
deadline = time.monotonic() + 60
while not os.path.exists(mark) or not os.path.getsize(mark):
    assert time.monotonic() < deadline and child.poll() is None, child.communicate()
    time.sleep(0.01)
child.send_signal(signal.SIGSEGV)
_, errors = child.communicate(timeout=30)
assert child.returncode == 70, (child.returncode, errors)
assert "internal error: crash: segmentation fault" in errors, errors
folder = re.search(r"reproduce it is in (\S+)", errors).group(1)
assert os.path.dirname(folder) == os.path.abspath("tmp"), folder
with open(source) as expected, open(os.path.join(folder, "input.omni")) as found:
    assert found.read() == expected.read()
with open(os.path.join(folder, "command")) as f:
    lines = f.read().splitlines()
assert lines[-len(command):] == command, lines
with open("out") as f:
    assert f.read() == "old"
assert sorted(os.listdir(".")) == ["mark", "out", "tmp"], os.listdir(".")
