"""interrupt.py LINKER SOURCE: compiles with a linker that sleeps and sends each
signal while it does, in the current folder."""

import os
import signal
import subprocess
import sys
import time

def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


linker, source = sys.argv[1:]
with open("out", "w") as f:
    f.write("old")

# what runs the tests may have been started in the background, ignoring signals,
# and the tools keep ignoring what they find ignored
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
for number in SIGNALS:
    signal.signal(number, signal.SIG_DFL)

for command in (["omni-llc", "-O0", source, "-o", "out"], ["omni", "run", "-O0", source]):
    for number in SIGNALS:
        mark, tmp = os.path.abspath("mark"), os.path.abspath("tmp")
        os.makedirs(tmp, exist_ok=True)
        env = dict(os.environ, OMNI_CC=linker, OMNI_TEST_MARK=mark, TMPDIR=tmp)
        child = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not os.path.exists(mark) or not os.path.getsize(mark):
            assert time.monotonic() < deadline and child.poll() is None, child.communicate()
            time.sleep(0.01)
        child.send_signal(number)
        _, errors = child.communicate(timeout=30)
        assert child.returncode == -number, (command, number, child.returncode, errors)
        with open(mark) as f:
            assert not is_running(int(f.read())), "the linker still runs"
        os.remove(mark)
        with open("out") as f:
            assert f.read() == "old"
        left = sorted(os.listdir(".") + os.listdir(tmp))
        assert left == ["out", "tmp"], left
