#!/usr/bin/env python3
"""Synthetic multi-package workspace generator for build-tool benchmarks.

  gen.py gen  --out DIR --packages P --modules M --lines L --seed S [--langs lumen,ts,go,src]
  gen.py edit --out DIR --target leaf|root|mid --kind touch|comment|body|signature|breaking|error --rev N [--langs ...]
  gen.py info --out DIR

One import DAG (pure function of packages/modules/seed) is emitted in several languages:
  lumen/  workspace lumen.toml, packages/pNN/lumen.toml, packages/pNN/src/mNNNNN.lm.md
  ts/     packages/pNN/src/mNNNNN.ts, package.json + tsconfig.json (composite, references) per package, root tsconfig
  go/     go.mod, pNN/mNNNNN/m.go (one Go package per module, Go's unit of compilation)
  src/    packages/pNN/mNNNNN.src for the dummy compiler fcc, with build.ninja and Makefile

DAG: packages are layered (package k may depend on lower packages); a module imports 0..6 earlier
modules: ~70 % from the same package with geometric locality, ~20 % from declared lower packages,
~10 % from hub modules (Zipf over the first 1 % of modules). Module 0 is the `root` (all reach it by
construction of hubs), the last module is a `leaf` nobody imports. `mid` is in the middle.
Edits rewrite exactly one module: touch = mtime only; comment = prose/comment only (no code change);
body = a constant inside a function body; signature = one more public function (dependents stay valid);
breaking = one more parameter of the function that dependents call; error = a call of an undefined name.
"""
import argparse, json, os, random, sys, time

W = 5
def mn(i): return f"m{i:0{W}d}"

class Dag:
    def __init__(s, packages, modules, seed):
        s.P, s.M, s.seed = packages, modules, seed
        r = random.Random(seed)
        per = modules / packages
        s.pkg = [min(int(i / per), packages - 1) for i in range(modules)]
        s.pw = max(2, len(str(packages - 1)))
        # declared package deps: 1..5 lower packages, biased to near ones and to package 0
        s.pdeps = [[] for _ in range(packages)]
        layer = [min(7, k * 8 // packages) for k in range(packages)]   # 8 package layers bound the depth
        for k in range(1, packages):
            low = [q for q in range(k) if layer[q] < layer[k]]
            if not low: continue
            near = [q for q in low if layer[q] == layer[k] - 1]
            ds = {r.choice(near)} | ({0} if r.random() < .6 else set())
            for _ in range(r.randint(0, 4)): ds.add(r.choice(low if r.random() < .5 else near))
            s.pdeps[k] = sorted(ds)
        first = [0] * packages; cnt = [0] * packages
        for i, p in enumerate(s.pkg):
            if cnt[p] == 0: first[p] = i
            cnt[p] += 1
        hubs = max(1, modules // 100)
        s.deps = [[] for _ in range(modules)]
        for i in range(1, modules):
            p = s.pkg[i]; n = r.choice([1, 2, 2, 3, 3, 3, 4, 4, 5, 6]); ds = set()
            for _ in range(n * 3):
                if len(ds) >= n: break
                x = r.random()
                if x < .70 and i > first[p]:   # 6 levels inside a package
                    lv = (i - first[p]) * 6 // cnt[p]; hi = first[p] + -(-lv * cnt[p] // 6)
                    d = hi - 1 - int(r.expovariate(1 / max(2, cnt[p] / 5)))
                    if first[p] <= d < i: ds.add(d)
                elif x < .90 and s.pdeps[p]:
                    q = r.choice(s.pdeps[p]); ds.add(first[q] + r.randrange(cnt[q]))
                else:
                    h = min(hubs - 1, int(r.paretovariate(.9)) - 1)
                    if h < i and (s.pkg[h] == p or s.pkg[h] in s.pdeps[p] or s.pkg[h] == 0): ds.add(h)
            if not ds: ds.add(0)
            s.deps[i] = sorted(ds)
        for i in range(modules):   # package 0 is a declared dep where a hub was used
            if any(s.pkg[d] == 0 for d in s.deps[i]) and s.pkg[i] and 0 not in s.pdeps[s.pkg[i]]:
                s.pdeps[s.pkg[i]] = sorted([0] + s.pdeps[s.pkg[i]])
        s.rdeps = [[] for _ in range(modules)]
        for i, ds in enumerate(s.deps):
            for d in ds: s.rdeps[d].append(i)
        s.leaf = modules - 1; s.root = 0; s.mid = modules // 2
    def pn(s, p): return f"p{p:0{s.pw}d}"
    def closure(s, i, rel):
        seen, st = {i}, [i]
        while st:
            for d in rel[st.pop()]:
                if d not in seen: seen.add(d); st.append(d)
        return len(seen) - 1
    def depth(s):
        d = [0] * s.M
        for i in range(s.M):
            if s.deps[i]: d[i] = 1 + max(d[x] for x in s.deps[i])
        return max(d)
    def tops(s): return [i for i in range(s.M) if not s.rdeps[i]]
    def info(s):
        return dict(packages=s.P, modules=s.M, seed=s.seed, edges=sum(map(len, s.deps)), depth=s.depth(),
            tops=len(s.tops()), max_fan_in=max(map(len, s.rdeps)), root_rdeps=s.closure(0, s.rdeps),
            mid_rdeps=s.closure(s.mid, s.rdeps), root_direct=len(s.rdeps[0]))

def helpers(i, lines): return max(1, (lines - 14) // 9)

def lumen(g, i, L, rev):
    ds = g.deps[i]; o = [f"# Module {mn(i)}", "", f"Generated prose for module {i}; revision {rev['comment']}.", "", "```lumen"]
    for d in ds:
        path = mn(d) if g.pkg[d] == g.pkg[i] else f"@ws/{g.pn(g.pkg[d])}.{mn(d)}"
        o.append(f"import {path}: f{d}")
    o += ["", f"pub record R{i}", "  id: Int", "  name: String", "end", "", f"pub cell f{i}(x: Int{', more: Int' * bool(rev['breaking'])}) -> Int", "  if x <= 0", f"    return {i % 97 + rev['body']}", "  end", "  let acc: Int = x"]
    for k, d in enumerate(ds): o.append(f"  let v{k}: Int = f{d}(x - {k + 1})")
    o.append("  return acc" + "".join(f" + v{k}" for k in range(len(ds))) + f" + h{i}_0(x)"); o.append("end")
    for s in range(rev['signature']): o += ["", f"pub cell extra{i}_{s}(x: Int) -> Int", f"  return x + {s}", "end"]
    if rev['error']: o += ["", f"cell bad{i}(x: Int) -> Int", "  return undefined_name(x)", "end"]
    o += ["```", ""]
    H = helpers(i, L)
    for j in range(H):
        if j % 6 == 0: o += ["", f"## Helpers {j}", "", "Some prose between blocks of code.", "", "```lumen"]
        nxt = f"h{i}_{j+1}(x - 1)" if j + 1 < H and j % 6 != 5 else str(j)
        o += ["", f"cell h{i}_{j}(x: Int) -> Int", f"  let a: Int = x * {j + 3}", f"  let b: Int = a + {i % 13}", "  if b > 1000", f"    return {nxt}", "  end", "  return a - b", "end"]
        if j % 6 == 5 or j == H - 1: o += ["```"]
    return "\n".join(o) + "\n"

def ts(g, i, L, rev):
    ds = g.deps[i]; o = [f"// module {i} revision {rev['comment']}"]
    for d in ds:
        rel = f"./{mn(d)}" if g.pkg[d] == g.pkg[i] else f"../../{g.pn(g.pkg[d])}/src/{mn(d)}"
        o.append(f'import {{ f{d}, type R{d} }} from "{rel}.js";')
    o += [f"export interface R{i} {{ id: number; name: string;" + "".join(f" r{d}?: R{d};" for d in ds) + " }",
          f"export function f{i}(x: number{', more: number' * bool(rev['breaking'])}): number {{", f"  if (x <= 0) return {i % 97 + rev['body']};", "  let acc: number = x;"]
    for k, d in enumerate(ds): o.append(f"  const v{k}: number = f{d}(x - {k + 1});")
    o += ["  return acc" + "".join(f" + v{k}" for k in range(len(ds))) + f" + h{i}_0(x);", "}"]
    for s in range(rev['signature']): o += [f"export function extra{i}_{s}(x: number): number {{ return x + {s}; }}"]
    if rev['error']: o += [f"export function bad{i}(x: number): number {{ return undefined_name(x); }}"]
    H = helpers(i, L)
    for j in range(H):
        nxt = f"h{i}_{j+1}(x - 1)" if j + 1 < H else str(j)
        o += ["", f"function h{i}_{j}(x: number): number {{", f"  const a: number = x * {j + 3};", f"  const b: number = a + {i % 13};", "  if (b > 1000) {", f"    return {nxt};", "  }", "  return a - b;", "}"]
    return "\n".join(o) + "\n"

def go(g, i, L, rev):
    ds = g.deps[i]; o = [f"// module {i} revision {rev['comment']}", f"package {mn(i)}", ""]
    for d in ds: o.append(f'import "bench.test/w/{g.pn(g.pkg[d])}/{mn(d)}"')
    o += [f"type R{i} struct {{", "\tID int", "\tName string"] + [f"\tR{d} *{mn(d)}.R{d}" for d in ds] + ["}", f"func F{i}(x int{', more int' * bool(rev['breaking'])}) int {{", "\tif x <= 0 {", f"\t\treturn {i % 97 + rev['body']}", "\t}", "\tacc := x"]
    for k, d in enumerate(ds): o.append(f"\tv{k} := {mn(d)}.F{d}(x - {k + 1})")
    o += ["\treturn acc" + "".join(f" + v{k}" for k in range(len(ds))) + f" + h{i}_0(x)", "}"]
    for s in range(rev['signature']): o += [f"func Extra{i}_{s}(x int) int {{ return x + {s} }}"]
    if rev['error']: o += [f"func Bad{i}(x int) int {{ return undefinedName(x) }}"]
    H = helpers(i, L)
    for j in range(H):
        nxt = f"h{i}_{j+1}(x - 1)" if j + 1 < H else str(j)
        o += ["", f"func h{i}_{j}(x int) int {{", f"\ta := x * {j + 3}", f"\tb := a + {i % 13}", "\tif b > 1000 {", f"\t\treturn {nxt}", "\t}", "\treturn a - b", "}"]
    return "\n".join(o) + "\n"

def src(g, i, L, rev):
    ds = g.deps[i]; o = [f"# module {i} revision {rev['comment']}"] + [f"import {mn(d)}" for d in ds] + [f"sig f{i} int int" + " int" * bool(rev["breaking"])]
    o += [f"sig extra{i}_{s} int int" for s in range(rev['signature'])] + [f"body return {i % 97 + rev['body']}"]
    while len(o) < L: o.append(f"body let a{len(o)} = x * {len(o)} + {i % 13}")
    return "\n".join(o) + "\n"

def path(g, lang, i):
    p, m = g.pn(g.pkg[i]), mn(i)
    return {"lumen": f"lumen/packages/{p}/src/{m}.lm.md", "ts": f"ts/packages/{p}/src/{m}.ts",
            "go": f"go/{p}/{m}/m.go", "src": f"src/packages/{p}/{m}.src"}[lang]
R = {"lumen": lumen, "ts": ts, "go": go, "src": src}

def w(root, rel, text):
    f = os.path.join(root, rel); os.makedirs(os.path.dirname(f), exist_ok=True)
    with open(f, "w") as h: h.write(text)

def gen(a):
    g = Dag(a.packages, a.modules, a.seed); z = dict(comment=0, body=0, signature=0, breaking=0, error=0)
    w(a.out, "gen.json", json.dumps(dict(packages=a.packages, modules=a.modules, lines=a.lines, seed=a.seed)))
    langs = a.langs.split(",")
    for lang in langs:
        for i in range(g.M): w(a.out, path(g, lang, i), R[lang](g, i, a.lines, z))
    tops = g.tops(); pk = range(g.P)
    if "lumen" in langs:
        w(a.out, "lumen/lumen.toml", '[workspace]\nmembers = ["packages/*"]\n')
        for p in pk:
            w(a.out, f"lumen/packages/{g.pn(p)}/lumen.toml", f'[package]\nname = "@ws/{g.pn(p)}"\nversion = "0.1.0"\n\n[dependencies]\n' + "".join(f'"@ws/{g.pn(d)}" = {{ path = "../{g.pn(d)}" }}\n' for d in g.pdeps[p]))
        p = g.P - 1; mine = [t for t in tops if g.pkg[t] == p]
        w(a.out, f"lumen/packages/{g.pn(p)}/src/main.lm.md", "# Entry\n\n```lumen\n" + "".join(f"import {mn(t)}: f{t}\n" for t in mine) + "\ncell main() -> Int\n  let s: Int = 0\n" + "".join(f"  let t{k}: Int = f{t}(4)\n" for k, t in enumerate(mine)) + "  return s" + "".join(f" + t{k}" for k in range(len(mine))) + "\nend\n```\n")
    if "ts" in langs:
        co = dict(target="es2022", module="nodenext", moduleResolution="nodenext", strict=True, skipLibCheck=True, types=[], lib=["es2022"])
        for p in pk:
            w(a.out, f"ts/packages/{g.pn(p)}/tsconfig.json", json.dumps(dict(compilerOptions=dict(co, composite=True, rootDir="../..", outDir="../../out", tsBuildInfoFile="dist/b.tsbuildinfo"), include=["src/**/*.ts"], references=[dict(path=f"../{g.pn(d)}") for d in g.pdeps[p]]), indent=1))
            w(a.out, f"ts/packages/{g.pn(p)}/package.json", json.dumps(dict(name=f"@b/{g.pn(p)}", version="0.1.0", private=True, type="module", scripts=dict(build="mkdir -p dist && cat src/*.ts | wc -c > dist/out.txt"), dependencies={f"@b/{g.pn(d)}": "*" for d in g.pdeps[p]}), indent=1))
        w(a.out, "ts/tsconfig.json", json.dumps(dict(compilerOptions=dict(co, incremental=True, declaration=True, outDir="dist-single", rootDir=".", tsBuildInfoFile="dist-single/.tsbuildinfo"), include=["packages/*/src/**/*.ts", "main.ts"]), indent=1))
        w(a.out, "ts/tsconfig.build.json", json.dumps(dict(files=[], references=[dict(path=f"packages/{g.pn(p)}") for p in pk]), indent=1))
        w(a.out, "ts/package.json", json.dumps(dict(name="w", private=True, type="module", packageManager="npm@10.8.2", workspaces=["packages/*"]), indent=1))
        w(a.out, "ts/turbo.json", json.dumps({"$schema": "https://turborepo.com/schema.json", "tasks": {"build": {"dependsOn": ["^build"], "inputs": ["src/**"], "outputs": ["dist/out.txt"]}}}, indent=1))
        w(a.out, "ts/main.ts", "".join(f'import {{ f{t} }} from "./packages/{g.pn(g.pkg[t])}/src/{mn(t)}.js";\n' for t in tops) + "export const total: number = 0" + "".join(f" + f{t}(4)" for t in tops) + ";\n")
    if "go" in langs:
        w(a.out, "go/go.mod", "module bench.test/w\n\ngo 1.19\n")
        w(a.out, "go/main.go", "package main\n\n" + "".join(f'import "bench.test/w/{g.pn(g.pkg[t])}/{mn(t)}"\n' for t in tops) + "\nfunc main() {\n\ts := 0\n" + "".join(f"\ts += {mn(t)}.F{t}(4)\n" for t in tops) + "\tprintln(s)\n}\n")
    if "src" in langs:
        n = ["ninja_required_version = 1.5", "rule cc", "  command = fcc $in_src $out_base $deps_ifc", "  restat = 1", "rule link", "  command = fld $out @$out.rsp", "  rspfile = $out.rsp", "  rspfile_content = $in", ""]
        mk = ["all: app", ".SUFFIXES:", ""]
        objs = []
        for i in range(g.M):
            s = f"packages/{g.pn(g.pkg[i])}/{mn(i)}.src"; b = f"out/{mn(i)}"; ifc = " ".join(f"out/{mn(d)}.ifc" for d in g.deps[i]); objs.append(b + ".o")
            n += [f"build {b}.o {b}.ifc: cc {s} | {ifc}" if ifc else f"build {b}.o {b}.ifc: cc {s}", f"  in_src = {s}", f"  out_base = {b}", f"  deps_ifc = {ifc}"]
            # make idiom for early cutoff: the .ifc is a side product refreshed only when changed
            mk += [f"{b}.o: {s} {ifc}", f"\t@fcc {s} {b} {ifc}", f"{b}.ifc: {b}.o ;"]
        n += [f"build app: link {' '.join(objs)}", "default app", ""]
        mk += [f"OBJS := {' '.join(objs)}", "app: $(OBJS)", "\t$(file >app.rsp,$(OBJS)) @fld app @app.rsp", ""]
        w(a.out, "src/build.ninja", "\n".join(n)); w(a.out, "src/Makefile", "\n".join(mk)); os.makedirs(os.path.join(a.out, "src/out"), exist_ok=True)
    print(json.dumps(g.info()))

def load(a):
    c = json.load(open(os.path.join(a.out, "gen.json"))); return Dag(c["packages"], c["modules"], c["seed"]), c

def edit(a):
    g, c = load(a); i = dict(leaf=g.leaf, root=g.root, mid=g.mid)[a.target]
    rev = dict(comment=0, body=0, signature=0, breaking=0, error=0)
    if a.kind in rev: rev[a.kind] = a.rev
    for lang in a.langs.split(","):
        f = os.path.join(a.out, path(g, lang, i))
        if not os.path.exists(f): continue
        if a.kind == "touch": os.utime(f)
        else: open(f, "w").write(R[lang](g, i, c["lines"], rev))

p = argparse.ArgumentParser(); sp = p.add_subparsers(dest="cmd", required=True)
for name in ("gen", "edit", "info"):
    q = sp.add_parser(name); q.add_argument("--out", required=True); q.add_argument("--langs", default="lumen,ts,go,src")
    if name == "gen":
        q.add_argument("--packages", type=int, default=20); q.add_argument("--modules", type=int, default=1000); q.add_argument("--lines", type=int, default=60); q.add_argument("--seed", type=int, default=1)
    if name == "edit":
        q.add_argument("--target", default="leaf"); q.add_argument("--kind", default="touch"); q.add_argument("--rev", type=int, default=1)
a = p.parse_args()
if a.cmd == "gen": gen(a)
elif a.cmd == "edit": edit(a)
else: print(json.dumps(load(a)[0].info()))
