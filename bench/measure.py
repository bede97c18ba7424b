"""Running programs with time and peak memory; what machine and tools they ran on."""

import math
import pathlib
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Run:
    seconds: float
    peak_kib: int
    stdout: bytes


def build(command):
    """Runs a compiler; stops with its message when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}\n"
                 + done.stderr.decode(errors="replace")[:2000])


def find_tool(*names):
    """The first of the names that is a program here."""
    for name in names:
        if shutil.which(name):
            return name
    sys.exit(f"none of these programs is installed: {', '.join(names)}")


class Meter:
    """Measures single runs with the helper measure.c, compiled into `folder`."""

    def __init__(self, folder, cc):
        self.helper, self.report = folder / "measure", folder / "measure.report"
        build([cc, "-O2", "-o", self.helper, HERE / "measure.c"])

    def run(self, command, stdin=None):
        with open(stdin or "/dev/null", "rb") as source:
            done = subprocess.run([self.helper, self.report, *map(str, command)],
                                  stdin=source, capture_output=True, check=True)
        seconds, peak, status = self.report.read_text().split()
        if status != "0":
            sys.exit(f"{' '.join(map(str, command))}: status {status}\n"
                     + done.stderr.decode(errors="replace")[:2000])
        return Run(float(seconds), int(peak), done.stdout)


def percentile(values, share):
    """The smallest value that at least this share of them does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode(errors="replace").splitlines()[0]


def machine():
    """Processor, number of them and kernel, in one line."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    cores = len([line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                 if line.startswith("processor")])
    return f"{model}, {cores} cores, {platform.system()} {platform.release()}"
