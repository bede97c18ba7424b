"""oom.py SOURCE: the n-th allocation of a compile fails, for n = 1, 2, ... until
n is beyond the last; in the current folder."""

import os
import subprocess
import sys

LAST = 400
failures = 0
for n in range(1, LAST + 1):
    env = dict(os.environ, OMNI_TEST_OOM_N=str(n), OMNI_TEST_OOM_SHAPE="from")
    done = subprocess.run(["omni-llc", "-O0", "-c", sys.argv[1], "-o", "out.o"], env=env,
                          capture_output=True, text=True)
    if done.returncode == 0:
        break
    failures += 1
    assert done.returncode == 70, (n, done)
    assert "out of memory" in done.stderr, (n, done)
    assert os.listdir(".") == [], (n, os.listdir("."))
assert failures >= 3 and n < LAST, (failures, n)
