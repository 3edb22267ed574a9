#!/usr/bin/env python3
"""Hostile input: what `lumen check` does with documents and manifests that are made to hurt, in seconds and megabytes.

  measure.py [--lumen PATH] [--gate]

Each case must end by itself with an exit status of the table (0, 1, 2), without a signal and without a panic, within 10 s
and 2 GB; with --gate a miss is exit status 1.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

SECONDS, MEGABYTES = 10, 2048


def code(text):
    return b"# Case\n\n```lumen\n" + text + b"\n```\n"


def cases(folder):
    """Yields (name, arguments, current folder); makes the files as it goes."""

    def document(name, content):
        path = os.path.join(folder, name + ".lm.md")
        with open(path, "wb") as file:
            file.write(content)
        return name, ["check", path], folder

    yield document("empty file", b"")
    yield document("50 MB of parentheses", code(b"cell main()\n" + b"(" * 50_000_000))
    yield document("50 MB of parentheses outside code", b"(" * 50_000_000)
    yield document("1 MB of parentheses", code(b"cell main()\n" + b"(" * 1_000_000))
    blocks = b"if true\n" * 100_000 + b"end\n" * 100_000
    yield document("100,000 nested blocks", code(b"cell main()\n" + blocks + b"end"))
    yield document("100,000 open blocks", code(b"cell main()\n" + b"if true\n" * 100_000))
    yield document("a line of 1 MB", code(b"cell main()\n  print(\"" + b"x" * 1_000_000 + b"\")\nend"))
    yield document("a line of 1 MB with an error", code(b"cell main()\n  print(" + b"x" * 1_000_000 + b")\nend"))
    spin = b"cell spin() -> Int\n  let mut i = 0\n  loop\n    i = (i + 1) % 7\n  end\nend\n"
    constants = b"".join(b"const C%d: Int = spin()\n" % i for i in range(10_000))
    yield document("10,000 constants that never end", code(constants + spin))
    leaves = b"".join(b"  defer\n    print(%d)\n  end\n  if n == %d\n    return n\n  end\n" % (i, i) for i in range(2_000))
    yield document("2,000 defers and 2,000 ways out", code(b"cell main(n: Int = 1) -> Int\n" + leaves + b"  n\nend"))
    lambdas = b"fn(x) => " * 20_000
    yield document("20,000 nested lambdas", code(b"cell main()\n  let f = " + lambdas + b"1\nend"))
    boxes = b"Box[" * 20_000 + b"Int" + b"]" * 20_000
    yield document("20,000 nested type arguments", code(b"record Box[T]\n  v: T\nend\n\ncell f(b: " + boxes + b")\nend"))
    doubling = b"".join(b"cell f%d[T](x: T) -> Int\n  f%d((x, x))\nend\n" % (i, i + 1) for i in range(60))
    yield document("types that double sixty times", code(doubling + b"cell f60[T](x: T) -> Int\n  1\nend\ncell main()\n  print(f0(1))\nend"))
    comprehension = b"[" * 3_000 + b"1" + b" for x in [1]]" * 3_000
    yield document("3,000 nested comprehensions", code(b"cell main()\n  print(" + comprehension + b")\nend"))
    bounds = b"".join(b"trait T%d\n  cell m%d(self: Self) -> Int\nend\n" % (i, i) for i in range(2_000))
    bound = b" + ".join(b"T%d" % i for i in range(2_000))
    yield document("2,000 traits and a bound on all", code(bounds + b"cell f[A: " + bound + b"](a: A) -> Int\n  a.m1999()\nend"))
    yield document("invalid UTF-8", code(b"cell main()\n  print(\"\xff\xfe\")\nend"))
    yield document("zeros", b"\0" * 1_000_000)
    yield document("100,000 nested list types", code(b"cell f(x: " + b"list[" * 100_000 + b"Int" + b"]" * 100_000 + b")\nend"))
    yield document("500,000 prefix minuses", code(b"cell main() -> Int\n  " + b"-" * 500_000 + b"1\nend"))
    yield document("100,000 nots", code(b"cell main() -> Bool\n  " + b"not " * 100_000 + b"true\nend"))
    yield document("100,000 additions", code(b"cell main() -> Int\n  1" + b" + 1" * 100_000 + b"\nend"))
    yield document("100,000 field accesses", code(b"cell main()\n  let x = 1" + b".a" * 100_000 + b"\nend"))
    yield document("100,000 else ifs", code(b"cell main()\n  if false\n" + b"  else if false\n" * 100_000 + b"  end\nend"))
    yield document("a list of 100,000 elements", code(b"cell main() -> Int\n  length([" + b"1, " * 100_000 + b"])\nend"))
    yield document("100,000 cells", code(b"\n".join(b"cell f%d() -> Int\n  %d\nend" % (i, i) for i in range(100_000))))
    yield document("100,000 unknown names", code(b"cell main()\n" + b"".join(b"  print(x%d)\n" % i for i in range(100_000)) + b"end"))
    yield document("100,000 quote levels", b"> " * 100_000 + b"text\n")
    yield document("100,000 open fences", b"```lumen\n" * 100_000)
    yield document("an interpolation nested 10,000 deep", code(b"cell main()\n  print(" + b'"{' * 10_000 + b"1" + b'}"' * 10_000 + b")\nend"))

    package = os.path.join(folder, "package")
    os.makedirs(os.path.join(package, "src", "x.lm.md"))
    with open(os.path.join(package, "lumen.toml"), "w") as file:
        file.write('[package]\nname = "@a/b"\nversion = "0.1.0"\n')
    os.symlink("..", os.path.join(package, "src", "loop"))
    os.symlink("self.lm.md", os.path.join(package, "src", "self.lm.md"))
    with open(os.path.join(package, "src", "main.lm.md"), "wb") as file:
        file.write(code(b"cell main()\n  print(1)\nend"))
    yield "a folder named x.lm.md and symlink loops", ["check"], package

    large = os.path.join(folder, "large")
    os.makedirs(os.path.join(large, "src"))
    with open(os.path.join(large, "lumen.toml"), "w") as file:
        file.write('[package]\nname = "@a/b"\nversion = "0.1.0"\n' + "# padding\n" * 1_000_000)
    yield "a manifest of 10 MB", ["check"], large

    deep = os.path.join(folder, "deep")
    os.makedirs(os.path.join(deep, "src"))
    with open(os.path.join(deep, "lumen.toml"), "w") as file:
        file.write("x = " + "[" * 400_000)
    yield "a manifest of 400,000 brackets", ["check"], deep


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lumen", default="lumen")
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    lumen = os.path.abspath(options.lumen) if os.sep in options.lumen else options.lumen
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, LUMEN_CACHE_DIR=os.path.join(folder, "cache"), NO_COLOR="1")
        for name, arguments, where in cases(folder):
            with open(os.path.join(folder, "stderr"), "w+b") as stderr:
                started = time.perf_counter()
                process = subprocess.Popen([lumen] + arguments, cwd=where, env=environment, stdout=subprocess.DEVNULL, stderr=stderr)
                _, status, usage = os.wait4(process.pid, 0)
                seconds = time.perf_counter() - started
                process.returncode = os.waitstatus_to_exitcode(status)
                stderr.seek(0)
                said = stderr.read(4096).decode(errors="replace")
            megabytes = usage.ru_maxrss // 1024
            good = process.returncode in (0, 1, 2) and "panicked" not in said and seconds <= SECONDS and megabytes <= MEGABYTES
            missed += not good
            first = next((line for line in said.splitlines() if line.strip()), "")[:70]
            print(f"{'holds' if good else 'MISSED':6}  {name:45} status {process.returncode:3}  {seconds:6.2f} s {megabytes:5} MB  {first}", flush=True)
    return 1 if options.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())
