#!/usr/bin/env python3
"""Build-tool benchmark: CPU time (user + system of all children), wall time and peak memory, the minimum of several runs.

  measure.py [--sizes 1000x50,10000x200] [--lumen PATH] [--peers ninja,make,esbuild] [--large 100000x2000] [--work DIR] [--gate]

For each size (modules x packages) a workspace is generated (gen.py), and on the same import graph run: the physical floor
(floor/: list and stat, read and SHA-256, a no-op against a flat state file), `lumen build`, and the peers: ninja and make
drive fcc/, a dummy compiler that reads, hashes, writes and cuts off early; esbuild (npm) bundles the TypeScript edition
without checking types. Every row gives the number of modules that were recompiled. Times of one run compare with each
other and with nothing else: quote ratios. --large builds one more workspace with Lumen alone: cold, and a no-op. Every bound of the
project is printed with its goal; with --gate a missed bound is exit status 1 (a missed goal is not).
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FLOOR_RUNS = 9
EDITS = [("leaf", "touch"), ("leaf", "body"), ("root", "comment"), ("root", "body"), ("root", "signature"), ("root", "breaking")]


class Run:
    """One finished process: CPU and wall milliseconds, peak megabytes, what it printed."""

    def __init__(self, command, cwd, env=None, allowed=(0,)):
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            sys.exit(f"failed ({process.returncode}): {command}\n{self.output[-2000:]}")
        self.cpu = (usage.ru_utime + usage.ru_stime) * 1e3
        self.wall = (time.perf_counter() - started) * 1e3
        self.memory = usage.ru_maxrss // 1024


class Tool:
    """A build tool on one edition of the workspace."""

    def __init__(self, name, language, command, cwd, clean, count, env=None):
        self.name, self.language, self.command, self.cwd = name, language, command, cwd
        self.clean, self.count, self.env = clean, count, env

    def run(self, breaking=False):
        return Run(self.command, self.cwd, self.env, (0, 1) if breaking else (0,))


class Table:
    """The rows of one workspace size, printed as they come."""

    def __init__(self, size):
        self.size, self.rows, self.memory, self.recompiled = size, {}, {}, {}

    def add(self, tool, case, runs, count=""):
        cpu, wall = min(run.cpu for run in runs), min(run.wall for run in runs)
        self.rows[tool, case] = cpu
        floor = self.rows.get(("floor", "no-op"))
        ratio = f"{cpu / floor:7.1f}x floor" if floor else " " * 14
        memory = max(run.memory for run in runs)
        self.memory[tool, case], self.recompiled[tool, case] = memory, count
        print(f"{self.size:>6}  {tool:8} {case:15} {cpu:9.1f} cpu ms {wall:9.1f} wall ms {memory:5d} MB {ratio}  {count}", flush=True)


def edit(work, revision, language, target, kind):
    """Rewrites one module; every call makes new content."""
    revision[0] += 1
    number = revision[0] if kind in ("comment", "body") else revision[0] % FLOOR_RUNS + 1
    command = [sys.executable, f"{HERE}/gen.py", "edit", "--out", work, "--langs", language]
    subprocess.check_call(command + ["--target", target, "--kind", kind, "--rev", str(number)])


def measure(tool, table, work, revision, repetitions):
    """Cold, no-op, and each edit; the number of recompiled modules is the last run's. The least time of an edit is that of as many runs as the
    floor's, but for slow ones."""
    tool.clean()
    cold = tool.run()
    table.add(tool.name, "cold", [cold], tool.count(cold))
    runs = [tool.run() for _ in range(repetitions)]
    table.add(tool.name, "no-op", runs, tool.count(runs[-1]))
    for target, kind in EDITS:
        runs = []
        while len(runs) < 3 or len(runs) < FLOOR_RUNS and sum(run.wall for run in runs) < 2000:
            if kind == "breaking":  # from a valid workspace each time
                edit(work, revision, tool.language, target, "comment")
                tool.count(tool.run())
            edit(work, revision, tool.language, target, kind)
            runs.append(tool.run(breaking=kind == "breaking"))
        table.add(tool.name, f"{target} {kind}", runs, tool.count(runs[-1]))


def lumen_tool(binary, work):
    source, cache = os.path.join(work, "lumen"), os.path.join(work, "cache")

    def clean():
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(os.path.join(source, ".lumen"), ignore_errors=True)

    def count(run):
        found = re.search(r"(\d+) compiled", run.output)
        errors = len(re.findall(r"^error\[", run.output, re.M))
        return f"{found.group(1) if found else 0} recompiled" + (f", {errors} errors" if errors else "")

    return Tool("lumen", "lumen", [binary, "build"], source, clean, count, dict(os.environ, LUMEN_CACHE_DIR=cache))


def make_tool(name, work):
    folder, tools = os.path.join(work, "src"), os.path.join(work, "bin")
    os.makedirs(tools, exist_ok=True)
    for program in ("fcc", "fld"):
        if not os.path.exists(f"{tools}/{program}"):
            subprocess.check_call(["cc", "-O2", "-o", f"{tools}/{program}", f"{HERE}/fcc/{program}.c"])
    # The dummy compiler logs nothing; objects younger than the run's start are those it made.
    def objects():
        out = os.path.join(folder, "out")
        return {name: os.stat(os.path.join(out, name)).st_mtime_ns for name in os.listdir(out) if name.endswith(".o")}

    before = [{}]

    def clean():
        shutil.rmtree(os.path.join(folder, "out"), ignore_errors=True)
        os.makedirs(os.path.join(folder, "out"))
        for leftover in (".ninja_log", ".ninja_deps", "app"):
            if os.path.exists(os.path.join(folder, leftover)):
                os.unlink(os.path.join(folder, leftover))
        before[0] = {}

    def count(_run):
        # The runs of one row make the same objects; those that changed since the row before are the row's.
        now = objects()
        changed = sum(1 for name, time_ns in now.items() if before[0].get(name) != time_ns)
        before[0] = now
        return f"{changed} recompiled"

    command = [name, "-j2"] + (["-s"] if name == "make" else [])
    return Tool(name, "src", command, folder, clean, count, dict(os.environ, PATH=tools + ":" + os.environ["PATH"]))


def esbuild_tool(work):
    home = os.path.join(work, "npm")
    binary = os.path.join(home, "node_modules/esbuild/bin/esbuild")
    if not os.path.exists(binary):
        os.makedirs(home, exist_ok=True)
        subprocess.check_call(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", home, "esbuild@0.28"])
    folder = os.path.join(work, "ts")
    command = [binary, "main.ts", "--bundle", "--format=esm", "--log-level=error", "--outfile=out.js"]
    return Tool("esbuild", "ts", command, folder, lambda: None, lambda run: "all, types unchecked")


def measure_size(modules, packages, options):
    """Prints the table of one size and returns it."""
    work = os.path.join(options.work, f"{modules}")
    peers = [peer for peer in options.peers.split(",") if peer]
    languages = ",".join(["lumen", "src"] + (["ts"] if "esbuild" in peers else []))
    command = [sys.executable, f"{HERE}/gen.py", "gen", "--out", work, "--langs", languages, "--seed", "1"]
    subprocess.check_call(command + ["--packages", str(packages), "--modules", str(modules), "--lines", "60"])
    target = os.path.join(options.work, "floor-target")
    subprocess.check_call(["cargo", "build", "-q", "--release", "--manifest-path", f"{HERE}/floor/Cargo.toml", "--target-dir", target])
    floor, source, state = os.path.join(target, "release/floor"), os.path.join(work, "lumen"), os.path.join(work, "state")
    table = Table(modules)
    Run([floor, "mkstate", source, ".lm.md", state], work)
    for mode, case in (("noop", "no-op"), ("stat", "stat"), ("sha", "read and hash")):
        table.add("floor", case, [Run([floor, mode, source, ".lm.md", state], work) for _ in range(FLOOR_RUNS)])
    makers = {"lumen": lambda: lumen_tool(options.lumen, work), "esbuild": lambda: esbuild_tool(work)}
    revision = [int(time.time()) % 10000]
    for name in ["lumen"] + peers:
        if name == "lumen" or name == "esbuild" or shutil.which(name):
            tool = makers.get(name, lambda: make_tool(name, work))()
            measure(tool, table, work, revision, options.repetitions)
        else:
            print(f"{modules:>6}  {name}: not installed, skipped")
    return table


def measure_large(modules, packages, options):
    """A workspace beyond what the peers are asked: cold and no-op."""
    work = os.path.join(options.work, f"{modules}")
    command = [sys.executable, f"{HERE}/gen.py", "gen", "--out", work, "--langs", "lumen", "--seed", "1"]
    subprocess.check_call(command + ["--packages", str(packages), "--modules", str(modules), "--lines", "60"])
    tool, table = lumen_tool(options.lumen, work), Table(modules)
    tool.clean()
    cold = tool.run()
    table.add(tool.name, "cold", [cold], tool.count(cold))
    tool.run()  # reads once more what was written too shortly before to be sure of its times
    table.add(tool.name, "no-op", [tool.run() for _ in range(options.repetitions)])
    return table


EDIT_CASES = ["leaf touch", "leaf body", "root comment", "root body", "root signature"]


def bounds(tables):
    """The project's bounds as (sentence, measured, goal, bound)."""
    for size in sorted(size for size, table in tables.items() if ("floor", "no-op") in table.rows):
        rows, table = tables[size].rows, tables[size]
        floor = rows["floor", "no-op"]
        yield f"{size}: no-op against the flat-state floor", rows["lumen", "no-op"] / floor, 1.5, 2
        for case in EDIT_CASES:
            yield f"{size}: {case} against the flat-state floor", rows["lumen", case] / floor, 2, 3
        for case in ("root body", "root signature"):
            yield f"{size}: {case}, modules recompiled", int(table.recompiled["lumen", case].split()[0]), 1, 1
        if ("make", "root breaking") in rows:
            yield f"{size}: breaking signature against make", rows["lumen", "root breaking"] / rows["make", "root breaking"], 0.5, 1
        if ("ninja", "leaf body") in rows:
            yield f"{size}: leaf body edit against ninja", rows["lumen", "leaf body"] / rows["ninja", "leaf body"], 0.5, 1
        if ("esbuild", "cold") in rows:
            yield f"{size}: cold, types checked, against esbuild without", rows["lumen", "cold"] / rows["esbuild", "cold"], 1, 2
    if 10000 in tables:
        yield "10000: memory of a cold build, MB", tables[10000].memory["lumen", "cold"], 300, 500
    if {1000, 10000} <= tables.keys():
        # 2,591 direct users instead of 264; linear would be 9.8 times as much.
        users = tables[10000].rows["lumen", "root breaking"] / tables[1000].rows["lumen", "root breaking"]
        yield "breaking signature, ten times the direct users", users, 9.8, 12
    for size in sorted(size for size in tables if size > 10000 and 10000 in tables):
        linear = tables[size].rows["lumen", "no-op"] / tables[10000].rows["lumen", "no-op"] / (size / 10000)
        yield f"{size}: no-op for each module, against 10,000 modules", linear, 1.2, 1.5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000x50")
    parser.add_argument("--lumen", default="lumen")
    parser.add_argument("--peers", default="")
    parser.add_argument("--large", default="")
    parser.add_argument("--work")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    options.lumen = os.path.abspath(options.lumen) if os.sep in options.lumen else options.lumen
    options.work = os.path.abspath(options.work or tempfile.mkdtemp(prefix="lumen-bench-"))
    parse = lambda sizes: [tuple(map(int, size.split("x"))) for size in sizes.split(",") if size]
    tables = {modules: measure_size(modules, packages, options) for modules, packages in parse(options.sizes)}
    tables.update((modules, measure_large(modules, packages, options)) for modules, packages in parse(options.large))
    missed = 0
    for sentence, measured, goal, bound in bounds(tables):
        verdict = "goal" if measured <= goal else "holds" if measured <= bound else "MISSED"
        missed += verdict == "MISSED"
        print(f"{verdict:6}  {sentence}: {measured:.2f}, goal {goal}, at most {bound}")
    return 1 if options.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())
