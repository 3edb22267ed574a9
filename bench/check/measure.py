#!/usr/bin/env python3
"""Speed of checking, in lines of code a second of CPU time, on documents of 1,000, 10,000 and 100,000 lines.

  measure.py --bench PATH [--lumen PATH] [--gate]

`--bench` is the example `check_speed` of lumen-cli: reading and checking alone, in one process. `--lumen` adds the whole
command `lumen check` with an empty cache, which also lowers, hashes and writes artefacts; its start-up (an empty document)
is taken off. With --gate, less than 300,000 lines a second of reading and checking at any size is exit status 1.
"""
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile

SIZES = [1_000, 10_000, 100_000]
FLOOR, GOAL = 300_000, 1_000_000
ROUNDS = 3


def written(folder, lines):
    """A document of that many lines, and how many lines of code it has."""
    generator = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gen.py")
    path = os.path.join(folder, f"lines{lines}.lm.md")
    with open(path, "w") as file:
        subprocess.run([sys.executable, generator, str(lines)], stdout=file, check=True)
    return path


def phases(bench, path):
    """Seconds of CPU for each phase, the best of some rounds; and the lines of code."""
    best, lines = {}, 0
    for _ in range(ROUNDS):
        printed = subprocess.run([bench, path], capture_output=True, text=True, check=True).stdout
        rows = re.findall(r" (parse|check|lower) (\d+) lines \d+ lines/s ([\d.]+) ms", printed)
        if not rows or " E" in printed:
            sys.exit(f"the document is faulty:\n{printed[:2000]}")
        for phase, count, milliseconds in rows:
            lines = int(count)
            best[phase] = min(best.get(phase, 1e9), float(milliseconds) / 1e3)
    return best, lines


def command(lumen, path):
    """Seconds of CPU of `lumen check` with an empty cache."""
    best = 1e9
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([lumen, "check", path], env={**os.environ, "LUMEN_CACHE_DIR": cache}, capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--lumen")
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    slowest = None
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        start_up = 0.0
        if options.lumen:
            empty = os.path.join(folder, "empty.lm.md")
            with open(empty, "w") as file:
                file.write("```lumen\ncell main()\nend\n```\n")
            start_up = command(options.lumen, empty)
        print(f"{'lines':>8} {'read':>11} {'check':>11} {'read+check':>11} {'lower':>11}" + (f" {'lumen check':>12}" if options.lumen else ""))
        for size in SIZES:
            path = written(folder, size)
            best, lines = phases(options.bench, path)
            both = best["parse"] + best["check"]
            rates.append(lines / both)
            row = [lines / best["parse"], lines / best["check"], lines / both, lines / best["lower"]]
            line = f"{lines:>8} " + " ".join(f"{rate:>11,.0f}" for rate in row)
            if options.lumen:
                line += f" {lines / max(command(options.lumen, path) - start_up, 1e-3):>12,.0f}"
            print(line)
    slowest = min(rates)
    print(f"lines a second of CPU; a line of {SIZES[-1]:,} costs {rates[0] / rates[-1]:.2f} times one of {SIZES[0]:,}")
    print(f"slowest {slowest:,.0f}; floor {FLOOR:,}, goal {GOAL:,}")
    if options.gate and slowest < FLOOR:
        sys.exit(1)


main()
