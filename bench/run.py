#!/usr/bin/env python3
"""Measures OmniLisp programs against C and Chez Scheme.

    run.py --omni-llc PATH [--quick] [--check] [--json FILE] [NAME...]

Compiles every program three times, checks that the outputs agree, and runs the
three in turn: 10 warm-up and 30 measured rounds when all take under 0.5 s, else
1 and 5. The table has the medians. The column `net` compares with Chez less
the start-up of an empty Chez program, which loads its heap from a file.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile
from dataclasses import dataclass, field

from measure import HERE, Meter, build, find_tool, first_line, machine, percentile

EXAMPLES = HERE.parent / "test" / "examples"
C_FLAGS = ["-O2"]
OMNI_FLAGS = ["-O2"]
CHEZ_FLAGS = "--optimize-level 2"
TEXT_BYTES = 50_000_000

# Arguments of each program; `text` runs on a generated text.
PROGRAMS = {
    "fib": ["40"],
    "tak": ["32", "20", "10"],
    "nqueens": ["12"],
    "sieve": ["50000000"],
    "mandelbrot": ["900", "600", "200"],
    "nbody": ["1000000"],
    "spectral_norm": ["1000"],
    "string_building": ["1000000"],
    "word_frequencies": ["20"],
}
READS_TEXT = {"word_frequencies"}

# What the speed has to be: at most so many times C's and Chez's time.
LIMIT_TO_CHEZ = 1.0
LIMITS_TO_C = {"fib": 1.5, "tak": 1.5, "sieve": 1.5}


@dataclass
class Series:
    """All the measured runs of one program in one language."""
    seconds: list = field(default_factory=list)
    peak_kib: int = 0

    def add(self, run):
        self.seconds.append(run.seconds)
        self.peak_kib = max(self.peak_kib, run.peak_kib)

    @property
    def median(self):
        return statistics.median(self.seconds)

    def summary(self):
        return {"median_s": self.median, "p95_s": percentile(self.seconds, 0.95),
                "peak_kib": self.peak_kib, "runs": len(self.seconds)}


def omni_source(name):
    """The benchmark's own program, or else the example of that name."""
    own = HERE / f"{name}.omni"
    return own if own.exists() else EXAMPLES / f"{name}.omni"


class Compilers:
    """Makes the command that runs a program, in each of the languages."""

    def __init__(self, options, folder):
        self.folder = folder
        self.omni_llc = options.omni_llc
        self.omni_flags = OMNI_FLAGS + options.omni_flag
        self.cc = find_tool("clang-19", "clang")
        self.scheme = find_tool("scheme", "chezscheme")

    def versions(self):
        return {
            "OmniLisp": f"{first_line(self.omni_llc, '--version')} "
                        f"({' '.join(self.omni_flags)})",
            "C": f"{first_line(self.cc, '--version')} ({' '.join(C_FLAGS)})",
            "Chez": f"Chez Scheme {first_line(self.scheme, '--version')} "
                    f"(compile-program, {CHEZ_FLAGS})",
        }

    def omni(self, name):
        program = self.folder / f"{name}.omni.exe"
        build([self.omni_llc, *self.omni_flags, omni_source(name), "-o", program])
        return [program]

    def c(self, name):
        program = self.folder / f"{name}.c.exe"
        build([self.cc, *C_FLAGS, HERE / f"{name}.c", "-o", program, "-lm"])
        return [program]

    def chez(self, name):
        program = self.folder / f"{name}.so"
        script = self.folder / "compile.ss"
        script.write_text(f'(compile-program "{HERE / name}.ss" "{program}")\n')
        build([self.scheme, *CHEZ_FLAGS.split(), "--script", script])
        return [self.scheme, "--program", program]

    def all(self, name):
        return {"omni": self.omni(name), "c": self.c(name), "chez": self.chez(name)}


def write_text(path, nbytes, seed):
    """An ASCII text in which the words are as unequally frequent as in prose."""
    rng = random.Random(seed)
    syllables = "ka lo mi ter san vo ri dan pel u est in or che".split()
    words = sorted({"".join(rng.choices(syllables, k=rng.randint(1, 5)))
                    for _ in range(30_000)})
    rng.shuffle(words)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    with open(path, "w", encoding="ascii") as out:
        left = nbytes
        while left > 0:
            row = rng.choices(words, weights, k=6000)
            text = "".join(" ".join(row[i:i + 12]).capitalize() + rng.choice(",.!?") + "\n"
                           for i in range(0, len(row), 12))
            left -= out.write(text)


def rounds(slowest, quick):
    """Warm-up and measured rounds for programs that take so long."""
    if slowest < 0.5:
        return (2, 7) if quick else (10, 30)
    return (1, 3) if quick else (1, 5)


def measure(name, meter, commands, arguments, stdin, quick):
    """The series of each language, run in turn; the first run of all is warm-up."""
    first = {language: meter.run(command + arguments, stdin)
             for language, command in commands.items()}
    expected = first["c"].stdout
    for language, run in first.items():
        if run.stdout != expected:
            sys.exit(f"{name}: the output of {language} differs from that of c:\n"
                     f"{run.stdout[:300]!r}\n{expected[:300]!r}")
    warm_up, measured = rounds(max(run.seconds for run in first.values()), quick)
    series = {language: Series() for language in commands}
    for i in range(1, warm_up + measured):
        for language, command in commands.items():
            run = meter.run(command + arguments, stdin)
            if run.stdout != expected:
                sys.exit(f"{name}: {language} gave another output in round {i}")
            if i >= warm_up:
                series[language].add(run)
    return series


HEADINGS = ("program", "runs", "OmniLisp", "p95", "C", "Chez", "to C", "to Chez",
            "net", "MiB Omni", "MiB C", "MiB Chez")
WIDTHS = (17, 5, 10, 9, 9, 9, 7, 8, 7, 9, 7, 9)


def print_row(cells):
    print("".join(f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}"
                  for i, (cell, w) in enumerate(zip(cells, WIDTHS))), flush=True)


def ratios(series, chez_start):
    omni, c, chez = (series[x].median for x in ("omni", "c", "chez"))
    return {"c": omni / c, "chez": omni / chez,
            "chez_net": omni / max(chez - chez_start, 1e-9)}


def print_series(name, series, ratio):
    omni = series["omni"]
    times = [omni.median, percentile(omni.seconds, 0.95), series["c"].median,
             series["chez"].median]
    print_row([name, len(omni.seconds), *(f"{t:.3f} s" for t in times),
               *(f"{ratio[x]:.2f}" for x in ("c", "chez", "chez_net")),
               *(f"{series[x].peak_kib / 1024:.1f}" for x in ("omni", "c", "chez"))])


def misses(name, ratio):
    """The limits this program does not keep, as sentences."""
    limit = LIMITS_TO_C.get(name)
    if limit and ratio["c"] > limit:
        yield f"{name} takes {ratio['c']:.2f} times C's time, more than {limit}"
    if ratio["chez_net"] > LIMIT_TO_CHEZ:
        yield (f"{name} takes {ratio['chez_net']:.2f} times Chez's time without its "
               f"start-up, more than {LIMIT_TO_CHEZ}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--omni-llc", required=True, type=os.path.abspath)
    parser.add_argument("--omni-flag", action="append", default=[],
                        help="one more flag for omni-llc, as --omni-flag=FLAG")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--check", action="store_true",
                        help="exit 1 when a limit is not kept")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--text-bytes", type=int, default=TEXT_BYTES,
                        help="size of the text of word_frequencies")
    parser.add_argument("--seed", type=int, default=1, help="of the generated text")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    unknown = set(options.names) - set(PROGRAMS)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    return options


def main():
    options = parse_options()
    names = options.names or list(PROGRAMS)
    missed, results = [], {}
    with tempfile.TemporaryDirectory(prefix="omni-bench-") as temporary:
        folder = pathlib.Path(temporary)
        compilers = Compilers(options, folder)
        meter = Meter(folder, compilers.cc)
        versions = compilers.versions()
        print(machine())
        for language, version in versions.items():
            print(f"{language}: {version}")

        text = folder / "text"
        if READS_TEXT & set(names):
            write_text(text, options.text_bytes, options.seed)
            print(f"text: {text.stat().st_size} bytes, seed {options.seed}")
        hello = compilers.chez("hello")
        chez_start = statistics.median(meter.run(hello).seconds for _ in range(9))
        print(f"start-up of Chez: {chez_start:.3f} s\n")

        print_row(HEADINGS)
        for name in names:
            stdin = text if name in READS_TEXT else None
            series = measure(name, meter, compilers.all(name), PROGRAMS[name], stdin,
                             options.quick)
            ratio = ratios(series, chez_start)
            print_series(name, series, ratio)
            missed += misses(name, ratio)
            results[name] = {"arguments": PROGRAMS[name], "ratios": ratio,
                             **{x: s.summary() for x, s in series.items()}}
    if options.json:
        report = {"machine": machine(), "versions": versions,
                  "chez_start_s": chez_start, "programs": results}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    print()
    for sentence in missed:
        print(f"missed: {sentence}")
    print(f"{len(names)} programs, {len(missed)} limits missed")
    sys.exit(1 if missed and options.check else 0)


if __name__ == "__main__":
    main()
