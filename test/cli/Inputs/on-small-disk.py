"""on-small-disk.py FOLDER COMMAND...: runs the command in FOLDER with a file
system of 40 KiB mounted there."""

import os
import subprocess
import sys

folder, command = sys.argv[1], sys.argv[2:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", folder], check=True)
try:
    status = subprocess.run(command, cwd=folder).returncode
finally:
    subprocess.run(["umount", "-l", folder], check=True)
sys.exit(status)
