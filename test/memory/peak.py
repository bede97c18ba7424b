#!/usr/bin/env python3
"""Runs a program and checks its memory: peak.py LIMIT_KIB PROGRAM [ARG...]

The program's standard output is passed on. Fails if it fails, if the most bytes
that it had out at one time (objects and lists, from OMNI_STATS=json) exceed
the limit, or if any were left at exit.
"""
import json
import os
import subprocess
import sys


def main():
    limit = int(sys.argv[1]) * 1024
    run = subprocess.run(sys.argv[2:], stderr=subprocess.PIPE, text=True,
                         env=dict(os.environ, OMNI_STATS="json"))
    if run.returncode != 0:
        sys.exit(f"exit status {run.returncode}\n{run.stderr}")
    stats = json.loads(run.stderr.strip().splitlines()[-1])
    peak, left = stats["bytes_allocated_peak"], stats["bytes_outstanding"]
    if peak > limit:
        sys.exit(f"peak of {peak} bytes, the limit is {limit}")
    if left:
        sys.exit(f"{left} bytes outstanding at exit")


main()
