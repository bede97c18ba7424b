#!/usr/bin/env python3
"""Measures what small programs cost: start-up, size and compile time.

    startup.py --omni-llc PATH [--quick] [--check]

Start-up of hello against C in turn, hello's stripped size and the shared
libraries it needs, the compile time of hello and of a generated program of
5,000 lines with the compiler's peak memory.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from measure import HERE, Meter, build, find_tool, first_line, machine, percentile

SYSTEM_LIBRARIES = ("linux-vdso", "libc.", "libm.", "ld-linux", "libgcc_s",
                    "libpthread", "libdl", "libgmp")


class Limits:
    """Prints figures beside what they have to be and counts the misses."""

    def __init__(self):
        self.missed = 0

    def figure(self, what, value, limit, unit, digits=3):
        kept = value <= limit
        self.missed += not kept
        print(f"{what:<40}{value:>12.{digits}f} {unit:<4} "
              f"limit {limit:g} {unit}{'' if kept else '   MISSED'}", flush=True)


def start_up(meter, programs, warm_up, measured):
    """Median and 95th percentile of each program's time, run in turn."""
    times = {name: [] for name in programs}
    for i in range(warm_up + measured):
        for name, program in programs.items():
            run = meter.run([program])
            if run.stdout != b"Hello, world!\n":
                sys.exit(f"hello in {name} says {run.stdout!r}")
            if i >= warm_up:
                times[name].append(run.seconds)
    return {name: (statistics.median(t), percentile(t, 0.95))
            for name, t in times.items()}


def stripped_size(program, folder):
    stripped = folder / "hello.stripped"
    shutil.copy(program, stripped)
    build(["strip", stripped])
    return stripped.stat().st_size


def own_libraries(program):
    """The shared libraries a program needs that no plain system has."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    names = [line.split()[0] for line in listing.splitlines() if line.strip()]
    return [name for name in names
            if not pathlib.Path(name).name.startswith(SYSTEM_LIBRARIES)]


def compile_figures(meter, command, runs):
    """Median seconds and peak MiB of a compile."""
    meter.run(command)
    measured = [meter.run(command) for _ in range(runs)]
    return (statistics.median(run.seconds for run in measured),
            max(run.peak_kib for run in measured) / 1024)


def check_output(meter, program, expected):
    found = meter.run([program]).stdout
    if found != expected:
        sys.exit(f"the generated program prints {found[:200]!r}, "
                 f"expected {expected[:200]!r}")


def measure_start_up(options, folder, meter, cc, limits):
    omni, c = folder / "hello-omni", folder / "hello-c"
    build([options.omni_llc, "-O2", HERE / "hello.omni", "-o", omni])
    build([cc, "-O2", HERE / "hello.c", "-o", c])
    warm_up, measured = (5, 50) if options.quick else (10, 300)
    times = start_up(meter, {"OmniLisp": omni, "C": c}, warm_up, measured)
    print(f"start-up of hello, {measured} runs in turn:")
    for name, (median, p95) in times.items():
        print(f"  {name:<12} median {1e3 * median:.3f} ms, p95 {1e3 * p95:.3f} ms")
    limits.figure("start-up to C's", times["OmniLisp"][0] / times["C"][0], 2, "x", 2)
    limits.figure("hello, stripped", stripped_size(omni, folder) / 1024, 300, "KiB", 1)
    needed = own_libraries(omni)
    limits.figure("shared libraries of our own", len(needed), 0, "", 0)
    for name in needed:
        print(f"  {name}")


def measure_compiles(options, folder, meter, limits):
    runs = 3 if options.quick else 7
    seconds, peak = compile_figures(
        meter, [options.omni_llc, "-O2", HERE / "hello.omni", "-o", folder / "a"], runs)
    limits.figure("compile hello -O2", seconds, 0.3, "s")
    print(f"  peak {peak:.1f} MiB")

    source, expected = folder / "large.omni", folder / "large.out"
    build([sys.executable, HERE / "gen_large.py", "--lines", 5000, "--seed",
           options.seed, "--out", source, "--expect", expected])
    print(f"generated program: {len(source.read_text().splitlines())} lines, "
          f"seed {options.seed}")
    for level, limit in (("-O0", 1.5), ("-O2", 4.0)):
        program = folder / "large"
        seconds, peak = compile_figures(
            meter, [options.omni_llc, level, source, "-o", program], runs)
        limits.figure(f"compile 5,000 lines {level}", seconds, limit, "s")
        limits.figure(f"peak memory of that {level}", peak, 300, "MiB", 1)
        check_output(meter, program, expected.read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--omni-llc", required=True, type=os.path.abspath)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--check", action="store_true",
                        help="exit 1 when a limit is not kept")
    parser.add_argument("--seed", type=int, default=1, help="of the large program")
    options = parser.parse_args()
    limits = Limits()
    with tempfile.TemporaryDirectory(prefix="omni-startup-") as temporary:
        folder = pathlib.Path(temporary)
        cc = find_tool("clang-19", "clang")
        meter = Meter(folder, cc)
        print(machine())
        print(f"OmniLisp: {first_line(options.omni_llc, '--version')}")
        print(f"C: {first_line(cc, '--version')} (-O2)\n")
        measure_start_up(options, folder, meter, cc, limits)
        measure_compiles(options, folder, meter, limits)
    print(f"{limits.missed} limits missed")
    sys.exit(1 if limits.missed and options.check else 0)


if __name__ == "__main__":
    main()
