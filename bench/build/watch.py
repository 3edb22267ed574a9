#!/usr/bin/env python3
"""Latency of `lumen watch`: wall time from saving a file to the first error on the screen, and to the end of the build.

  watch.py [--sizes 1000x50,10000x200] [--lumen PATH] [--peers tsc,esbuild] [--rounds 20] [--work DIR] [--gate]

For each size (modules x packages) a workspace is generated (gen.py). A leaf and the root that everything reaches are saved in turns with
an error in a private function and without it; times are from before the write to the line that the program prints. Each row has the
median and the 95th percentile. Beside them, in the same run: `lumen build` with nothing to do, and in the TypeScript edition of the same
graph `tsc --watch` (to its first error) and `esbuild --watch` (to its end; it checks no types). Times of one run compare with
each other and with nothing else. With --gate a miss of a bound is exit status 1: the first error after at most 8 no-op builds plus the
25 ms that it waits for more events, at the median.
"""
import argparse
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SETTLE = 25
DEADLINE = 600


class Watcher:
    """A process that watches, and its lines with the time of their arrival."""

    def __init__(self, command, cwd, env=None):
        self.process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.perf_counter(), line.decode(errors="replace")))
        self.lines.put((time.perf_counter(), None))

    def until(self, holds):
        """The arrival of the first line that `holds` of."""
        seen = []
        while True:
            at, line = self.lines.get(timeout=DEADLINE)
            if line is None:
                sys.exit("it ended: " + "".join(seen)[-2000:])
            if holds(line):
                return at
            seen.append(line)

    def stop(self):
        self.process.kill()
        self.process.wait()


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def row(size, tool, case, values):
    median, high = statistics.median(values), percentile(values, 0.95)
    print(f"{size:>6}  {tool:8} {case:30} median {median:9.1f} ms   p95 {high:9.1f} ms   ({len(values)} times)", flush=True)
    return median


def variants(work, language, target):
    """The file of a module, its text with an error, and its texts without one, each another body."""
    edit = [sys.executable, f"{HERE}/gen.py", "edit", "--out", work, "--langs", language, "--target", target]
    folder = os.path.join(work, language)
    def changed():
        times = {}
        for parent, _, names in os.walk(folder):
            if "/.lumen" not in parent:
                times.update({os.path.join(parent, name): os.stat(os.path.join(parent, name)).st_mtime_ns for name in names})
        return times
    texts, before = {}, changed()
    for kind, rev in (("error", 1), ("body", 1), ("body", 2)):
        subprocess.check_call(edit + ["--kind", kind, "--rev", str(rev)])
        path = next(path for path, at in changed().items() if before.get(path) != at)
        with open(path) as file:
            texts[kind, rev] = file.read()
    return path, texts["error", 1], [texts["body", 1], texts["body", 2]]


def save(path, text):
    began = time.perf_counter()
    with open(path, "w") as file:
        file.write(text)
    return began


def rounds(watcher, places, options, is_error, is_end, report):
    """Saves with an error and without, in turns; reports the times of each."""
    for target, (path, bad, good) in places.items():
        errors, ends = [], []
        for number in range(options.rounds):
            began = save(path, bad)
            if is_error:
                errors.append((watcher.until(is_error) - began) * 1e3)
            watcher.until(is_end)
            began = save(path, good[number % 2])
            ends.append((watcher.until(is_end) - began) * 1e3)
        report(target, errors, ends)


def event(name):
    return lambda line: f'"event":"{name}"' in line and '"unchanged"' not in line


def measure_lumen(size, work, options):
    """Medians of the no-op build and of the first error after a save of leaf and root."""
    cwd, env = os.path.join(work, "lumen"), dict(os.environ, LUMEN_CACHE_DIR=os.path.join(work, "cache"))
    places = {target: variants(work, "lumen", target) for target in ("leaf", "root")}
    subprocess.run([options.lumen, "build", "-q"], cwd=cwd, env=env, check=True)
    times = []
    for _ in range(max(options.rounds, 5)):
        began = time.perf_counter()
        subprocess.run([options.lumen, "build", "-q"], cwd=cwd, env=env, check=True)
        times.append((time.perf_counter() - began) * 1e3)
    noop = row(size, "lumen", "build, nothing to do", times)
    watcher = Watcher([options.lumen, "--message-format", "json", "watch"], cwd, env)
    watcher.until(event("watch-idle"))
    first = {}
    def report(target, errors, ends):
        first[target] = row(size, "lumen", f"{target}: save to first error", errors)
        row(size, "lumen", f"{target}: save to end of build", ends)
    is_error = lambda line: '"severity":"error"' in line
    rounds(watcher, places, options, is_error, event("watch-idle"), report)
    watcher.stop()
    return noop, first


def measure_peer(peer, size, work, options):
    home = os.path.join(options.work, "npm")
    binary = os.path.join(home, "node_modules/.bin", peer)
    if not os.path.exists(binary):
        os.makedirs(home, exist_ok=True)
        package = {"tsc": "typescript@5", "esbuild": "esbuild@0.28"}[peer]
        subprocess.check_call(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", home, package])
    folder = os.path.join(work, "ts")
    places = {target: variants(work, "ts", target) for target in ("leaf", "root")}
    if peer == "tsc":
        command = [binary, "--watch", "--noEmit", "--incremental", "false", "--declaration", "false", "--pretty", "false", "--preserveWatchOutput"]
        is_error, is_end = (lambda line: "error TS" in line), (lambda line: "Watching for file changes" in line)
    else:
        command = [binary, "main.ts", "--bundle", "--format=esm", "--watch", "--outfile=out.js"]
        is_error, is_end = None, (lambda line: "build finished" in line)
    watcher = Watcher(command, folder)
    watcher.until(is_end)
    def report(target, errors, ends):
        if errors:
            row(size, peer, f"{target}: save to first error", errors)
        row(size, peer, f"{target}: save to end", ends)
    rounds(watcher, places, options, is_error, is_end, report)
    watcher.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000x50")
    parser.add_argument("--lumen", default="lumen")
    parser.add_argument("--peers", default="")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--work")
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    options.lumen = os.path.abspath(options.lumen) if os.sep in options.lumen else options.lumen
    options.work = os.path.abspath(options.work or tempfile.mkdtemp(prefix="lumen-watch-"))
    peers = [peer for peer in options.peers.split(",") if peer]
    missed = 0
    for modules, packages in (tuple(map(int, size.split("x"))) for size in options.sizes.split(",")):
        work = os.path.join(options.work, str(modules))
        languages = "lumen,ts" if peers else "lumen"
        command = [sys.executable, f"{HERE}/gen.py", "gen", "--out", work, "--langs", languages, "--seed", "1"]
        described = subprocess.check_output(command + ["--packages", str(packages), "--modules", str(modules), "--lines", "60"])
        json.loads(described)
        noop, first = measure_lumen(modules, work, options)
        for peer in peers:
            measure_peer(peer, modules, work, options)
        for target, median in first.items():
            holds = median <= 8 * noop + SETTLE
            missed += not holds
            print(f"{'holds' if holds else 'MISSED':6}  {modules} modules, {target}: first error after {median:.0f} ms, at most {8 * noop + SETTLE:.0f} ms")
    return 1 if options.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())
