"""interrupt-busy.py PROGRAM...: lets the program compute for a while, interrupts
it as Ctrl-C does, and leaves with 128 + the signal that ended it. The wait is in the
program's own CPU time, so that a loaded machine does not cut it short."""

import os
import signal
import subprocess
import sys
import time

CPU_SECONDS = 0.5

signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored in the background
child = subprocess.Popen(sys.argv[1:])
while child.poll() is None:
    with open(f"/proc/{child.pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    if (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") >= CPU_SECONDS:
        break
    time.sleep(0.02)
child.send_signal(signal.SIGINT)
status = child.wait()
sys.exit(128 - status if status < 0 else status)
