#!/usr/bin/env python3
"""Test-run benchmark: what `lumen test` costs when little or nothing has changed, in CPU time (user + system of all children), the
minimum of several runs, as a multiple of a no-op build of the same workspace in the same run.

  tests.py [--modules 1000] [--tests 10] [--lumen PATH] [--work DIR] [--repetitions N] [--gate]

A workspace of one package is generated in which every module has so many tests, each of a cell of its own that calls the module before.
Measured: a no-op build, all tests, a run in which nothing has changed, and runs after an edit of one cell that one test reaches. With --gate
a missed bound is exit status 1.
"""
import argparse
import os
import re
import shutil
import sys
import tempfile

from measure import Run


def module(number, tests, revision):
    """The document of a module; the revision is in the body of the first cell that is tested."""
    lines = [f"# Module {number}", "", "```lumen"]
    if number:
        lines += [f"import m{number - 1}: base{number - 1}"]
    lines += ["", f"pub cell base{number}(x: Int) -> Int", f"  x + {number}", "end"]
    for test in range(tests):
        below = f"base{number - 1}(x)" if number else "x"
        own = revision if test == 0 else 0
        lines += ["", f"cell f{test}(x: Int) -> Int", f"  {below} * {test + 2} + {own}", "end"]
        lines += ["", "@test", f"cell t{test}()", "  let mut x = 0", "  for each in [1, 2]", "    x = x + each", "  end", f"  assert(f{test}(x) > 0)", "end"]
    return "\n".join(lines + ["```", ""])


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def ran(run):
    """Tests that passed, and those of them that were not run."""
    found = re.search(r"Tested (\d+) passed(?: \((\d+) from the cache\))?, 0 failed", run.output)
    if not found:
        sys.exit(f"not all tests passed: {run.output[-2000:]}")
    passed, cached = int(found[1]), int(found[2] or 0)
    return passed, passed - cached


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=1000)
    parser.add_argument("--tests", type=int, default=10)
    parser.add_argument("--lumen", default="lumen")
    parser.add_argument("--work")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    lumen = os.path.abspath(options.lumen) if os.sep in options.lumen else options.lumen
    work = os.path.abspath(options.work or tempfile.mkdtemp(prefix="lumen-bench-"))
    shutil.rmtree(work, ignore_errors=True)
    write(f"{work}/lumen.toml", '[package]\nname = "@bench/tests"\nversion = "0.1.0"\n')
    for number in range(options.modules):
        write(f"{work}/src/m{number}.lm.md", module(number, options.tests, 0))
    environment = {**os.environ, "LUMEN_CACHE_DIR": f"{work}/cache"}
    environment.pop("CI", None)
    run = lambda *arguments: Run([lumen, *arguments], work, environment)
    total = options.modules * options.tests

    def row(case, runs, count):
        cpu, wall = min(run.cpu for run in runs), min(run.wall for run in runs)
        print(f"{total:>6}  {case:24} {cpu:9.1f} cpu ms {wall:9.1f} wall ms {max(run.memory for run in runs):5d} MB  {count}", flush=True)
        return cpu

    first = run("test")
    row("all tests, cold", [first], f"{ran(first)[1]} run")
    for _ in range(2):  # reads once more what was written too shortly before to be sure of its times
        run("test")
    build = row("no-op build", [run("build") for _ in range(options.repetitions)], "")
    runs = [run("test") for _ in range(options.repetitions)]
    unchanged = row("tests, nothing changed", runs, f"{ran(runs[-1])[1]} run")
    edits = []
    for revision in range(1, 4):
        write(f"{work}/src/m{options.modules // 2}.lm.md", module(options.modules // 2, options.tests, revision))
        edits.append(run("test"))
    row("tests, one cell edited", edits, f"{ran(edits[-1])[1]} run")
    missed = 0
    for sentence, measured, goal, bound in (
        (f"{total} tests, nothing changed, against a no-op build", unchanged / build, 2, 3),
        ("tests run after an edit that one reaches", max(ran(edit)[1] for edit in edits), 1, 1),
        ("tests run when nothing has changed", ran(runs[-1])[1], 0, 0),
    ):
        verdict = "goal" if measured <= goal else "holds" if measured <= bound else "MISSED"
        missed += verdict == "MISSED"
        print(f"{verdict:6}  {sentence}: {measured:.2f}, goal {goal}, at most {bound}")
    shutil.rmtree(work, ignore_errors=True)
    return 1 if options.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())
