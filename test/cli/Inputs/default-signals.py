"""default-signals.py COMMAND...: becomes the command with SIGINT as at a
terminal; what is started in the background finds it ignored."""

import os
import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
