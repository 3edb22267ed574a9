#!/usr/bin/env python3
"""VM benchmark: the same workloads in Lumen and its peers, interleaved, with checksums compared.

  driver.py [--lumen PATH] [--rounds 3] [--only RUNTIME,...] [--work WORKLOAD,...] [--gate]

Every round runs all runtimes of a workload back to back, so that a change of the machine's speed hits all of them; a cell
is the minimum over the rounds of user CPU seconds for one run at reference size, start-up (the `noop` workload)
subtracted. Ratios are to `rustc -O` in the same run. A runtime whose program is not installed is left out by name. The last
lines give each runtime's geometric mean over the workloads; with --gate, a wrong checksum, or a mean above
Lua 5.4's, is exit status 1.
"""
import argparse
import math
import os
import resource
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# Workload: reference size, repetitions for fast, middling and slow runtimes, and the fraction of the size that slow ones run
# (only where cost is exactly linear in the size).
WORKLOADS = {
    "fib": (35, 12, 3, 1, 1),
    "summod": (100000000, 1, 1, 1, 10),
    "primes": (200000, 20, 10, 1, 1),
    "mandel": (400, 20, 5, 1, 1),
    "nbody": (1000000, 6, 3, 1, 10),
    "trees": (16, 2, 1, 1, 1),
    "spectral": (300, 40, 20, 1, 1),
    "qsort": (1000000, 6, 2, 1, 1),
    "msort": (1000000, 3, 1, 1, 1),
    "words": (10000000, 3, 1, 1, 1),
    "json": (10000000, 2, 1, 1, 1),
    "closures": (10000000, 6, 2, 1, 1),
    "ack": (9, 10, 3, 1, 1),
}


def runtimes(lumen, build):
    """Runtime: (argv prefix that takes WORKLOAD N REPS, speed class)."""
    return {
        "rustc -O": ([f"{build}/bench_rs"], "fast"),
        "lumen": ([f"{HERE}/lumen.sh"], "slow"),
        "node (V8)": (["node", "--stack-size=60000", f"{HERE}/bench.js"], "fast"),
        "LuaJIT": (["luajit", f"{HERE}/bench.lua"], "middling"),
        "LuaJIT -joff": (["luajit", "-joff", f"{HERE}/bench.lua"], "slow"),
        "Lua 5.4": (["lua5.4", f"{HERE}/bench.lua"], "slow"),
        "CPython": (["python3", f"{HERE}/bench.py"], "slow"),
    }


def run(argv, environment):
    """User CPU seconds and the printed checksum, or nothing and the error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        process = subprocess.run(argv, capture_output=True, timeout=300, env=environment)
    except subprocess.TimeoutExpired:
        return None, "timeout"
    if process.returncode:
        return None, (process.stderr.decode(errors="replace").strip().splitlines() or ["?"])[-1][:70]
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, process.stdout.decode().strip()


def measure(active, workloads, rounds, environment):
    """(workload, runtime) -> (seconds or None, {size: checksum} or error)."""
    startup = {}
    for _ in range(3):
        for name, (argv, _) in active.items():
            seconds, _ = run(argv + ["noop", "0", "1"], environment)
            if seconds is not None:
                startup[name] = min(startup.get(name, 9.0), seconds)
    best = {}
    for number in range(rounds):
        for workload in workloads:
            size, fast, middling, slow, fraction = WORKLOADS[workload]
            for name, (argv, speed) in active.items():
                repetitions = {"fast": fast, "middling": middling, "slow": slow}[speed]
                used = size // fraction if speed == "slow" else size
                seconds, output = run(argv + [workload, str(used), str(repetitions)], environment)
                if seconds is None:
                    best.setdefault((workload, name), (None, output, used))
                    continue
                seconds = max(seconds - startup.get(name, 0.0), 1e-4) * (size / used) / repetitions
                known = best.get((workload, name))
                if known is None or known[0] is None or seconds < known[0]:
                    best[workload, name] = (seconds, output, used)
        print(f"round {number + 1} of {rounds} done {time.strftime('%H:%M:%S')}", file=sys.stderr, flush=True)
    return best


def check(best, workloads, active, build, environment):
    """Workloads whose Lumen checksum differs from rustc's at the same size."""
    wrong = []
    for workload in workloads:
        if "lumen" not in active:
            continue
        seconds, output, used = best[workload, "lumen"]
        _, expected = run([f"{build}/bench_rs", workload, str(used), "1"], environment)
        if seconds is None or output != expected:
            wrong.append(f"{workload}: lumen says {output}, rustc {expected}")
    return wrong


def report(best, workloads, active):
    """Prints the table and the means; returns the means."""
    print(f"{'workload':10}" + "".join(f"{name:>22}" for name in active))
    for workload in workloads:
        reference = best[workload, "rustc -O"][0]
        cells = []
        for name in active:
            seconds = best[workload, name][0]
            cells.append(f"{seconds:10.3f} s {seconds / reference:8.2f}x" if seconds is not None else "-")
        print(f"{workload:10}" + "".join(f"{cell:>22}" for cell in cells))
    means = {}
    for name in active:
        pairs = [(best[w, name][0], best[w, "rustc -O"][0]) for w in workloads]
        if pairs and all(mine is not None for mine, _ in pairs):
            means[name] = math.exp(sum(math.log(mine / theirs) for mine, theirs in pairs) / len(pairs))
    print(f"{'mean':10}" + "".join(f"{means.get(name, float('nan')):>21.2f}x" for name in active))
    print("mean: geometric, of the ratios to rustc -O, over " + " ".join(workloads))
    return means


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lumen", default="lumen")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--work", default=",".join(WORKLOADS))
    parser.add_argument("--build", default=os.path.join(HERE, "../../target/bench-vm"))
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.build, exist_ok=True)
    program = f"{options.build}/bench_rs"
    if not os.path.exists(program):
        subprocess.check_call(["rustc", "--edition", "2021", "-O", "-C", "codegen-units=1", f"{HERE}/bench.rs", "-o", program])
    lumen = os.path.abspath(options.lumen) if os.sep in options.lumen else options.lumen
    environment = dict(os.environ, LUMEN=lumen)
    active = {}
    for name, (argv, speed) in runtimes(lumen, options.build).items():
        wanted = not options.only or name in options.only.split(",") or name == "rustc -O"
        found = shutil.which(lumen if name == "lumen" else argv[0])
        if wanted and found:
            active[name] = (argv, speed)
        elif wanted:
            print(f"{name}: not installed, skipped")
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    limit = 1 << 30 if hard == resource.RLIM_INFINITY else min(1 << 30, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (limit, hard))
    workloads = [workload for workload in options.work.split(",") if workload]
    best = measure(active, workloads, options.rounds, environment)
    means = report(best, workloads, active)
    wrong = check(best, workloads, active, options.build, environment)
    for sentence in wrong:
        print(f"WRONG   {sentence}")
    slower = means.get("lumen", 0.0) > means.get("Lua 5.4", math.inf)
    if "lumen" in means and "Lua 5.4" in means:
        print(f"{'MISSED' if slower else 'holds':6}  lumen's mean at most Lua 5.4's: {means['lumen']:.2f}x against {means['Lua 5.4']:.2f}x")
    return 1 if options.gate and (slower or wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
