"use strict";
// The graph as the page uses it: modules with their users, and packages and folders as a tree of groups.

const SPREAD_OVER = 60; // A package with more modules than this is divided by folders.
const MOST_IN_GROUP = 150; // A group with more modules of its own than this is divided into layers.

function readModel(data) {
  const modules = data.modules.map(([path, pack, imports, missing], index) => {
    const name = data.packages[pack][0];
    return { index, path, pack, imports, missing: missing || [], users: [], group: null, ring: -1, level: 0,
      name: name ? name + " " + path : path };
  });
  let imports = 0;
  for (const module of modules) {
    for (const target of module.imports) modules[target].users.push(module.index);
    imports += module.imports.length;
  }
  markRings(modules);
  const groups = [];
  const root = newGroup(groups, null, "workspace", "all packages");
  const packages = data.packages.map(([name, version, member]) =>
    newGroup(groups, root, name || "documents", (member ? "package " : "dependency ") + (version || "")));
  for (const module of modules) packages[module.pack].modules.push(module);
  for (const group of packages) {
    if (group.modules.length > SPREAD_OVER) divideByFolder(groups, group, 0);
  }
  for (const group of [...groups]) {
    if (group.modules.length > MOST_IN_GROUP) divideByLevel(groups, group);
  }
  for (const group of groups) {
    for (const module of group.modules) module.group = group;
    for (let outer = group; outer; outer = outer.parent) outer.size += group.modules.length;
  }
  for (const group of groups) if (group.parent && group.size === 0) group.parent.groups = group.parent.groups.filter((other) => other !== group);
  return { modules, groups, packages, root, imports };
}

function newGroup(groups, parent, label, title) {
  const group = { id: groups.length, parent, label, title, groups: [], modules: [], size: 0 };
  groups.push(group);
  if (parent) parent.groups.push(group);
  return group;
}

// `money.fx.rates` lies in the folders `money` and `fx`. A folder of one module is none.
function divideByFolder(groups, group, depth) {
  const folders = new Map();
  for (const module of group.modules) {
    const parts = module.path.split(".");
    const folder = parts.length > depth + 1 ? parts[depth] : "";
    if (!folders.has(folder)) folders.set(folder, []);
    folders.get(folder).push(module);
  }
  if (folders.size === 1 && !folders.has("")) {
    if (depth < 8) divideByFolder(groups, group, depth + 1);
    return;
  }
  group.modules = folders.get("") || [];
  folders.delete("");
  for (const [folder, modules] of folders) {
    if (modules.length === 1) { group.modules.push(modules[0]); continue; }
    const inner = newGroup(groups, group, folder, "folder of " + group.label);
    inner.modules = modules;
    if (modules.length > SPREAD_OVER && depth < 8) divideByFolder(groups, inner, depth + 1);
  }
}

// Names as people order them: m2 before m10.
const { compare: natural } = new Intl.Collator("en", { numeric: true });

// Layers by the longest chain of imports below a module: what is imported lies in the same layer or in an earlier one.
function divideByLevel(groups, group) {
  const modules = group.modules.sort((left, right) => left.level - right.level || natural(left.path, right.path));
  group.modules = [];
  const parts = Math.ceil(modules.length / MOST_IN_GROUP);
  const each = Math.ceil(modules.length / parts);
  for (let start = 0; start < modules.length; start += each) {
    const some = modules.slice(start, start + each).sort((left, right) => natural(left.path, right.path));
    const label = "layer " + (start / each + 1) + ": " + some[0].path + (some.length > 1 ? ", …" : "");
    newGroup(groups, group, label, "part of " + group.label).modules = some;
  }
}

// Modules that import each other, over others too, get the same `ring`; what imports nothing has level 0. Strongly
// connected components, after Tarjan: they come out with what they import first.
function markRings(modules) {
  const order = new Int32Array(modules.length).fill(-1);
  const low = new Int32Array(modules.length);
  const waiting = [];
  let seen = 0, rings = 0;
  for (const { index: start } of modules) {
    if (order[start] >= 0) continue;
    const work = [[start, 0]];
    while (work.length) {
      const top = work[work.length - 1];
      const [index, position] = top;
      const module = modules[index];
      if (position === 0) {
        order[index] = low[index] = seen++;
        waiting.push(index);
      }
      if (position < module.imports.length) {
        top[1]++;
        const target = module.imports[position];
        if (order[target] < 0) work.push([target, 0]);
        else if (modules[target].ring < 0) low[index] = Math.min(low[index], order[target]);
        continue;
      }
      work.pop();
      if (work.length) {
        const [user] = work[work.length - 1];
        low[user] = Math.min(low[user], low[index]);
      }
      if (low[index] === order[index]) closeRing(modules, waiting.splice(waiting.lastIndexOf(index)), rings++);
    }
  }
}

function closeRing(modules, members, ring) {
  for (const member of members) modules[member].ring = ring;
  let level = 0;
  for (const member of members) {
    for (const target of modules[member].imports) if (modules[target].ring !== ring) level = Math.max(level, modules[target].level + 1);
  }
  for (const member of members) modules[member].level = level;
}

function everyModule(group, visit) {
  group.modules.forEach(visit);
  for (const inner of group.groups) everyModule(inner, visit);
}

// Modules whose name holds every word: those that end with the whole text first, then by where it begins, then by name.
function searchModules(model, text, most) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return { found: [], all: 0 };
  const whole = words.join(" ");
  const ranked = [];
  for (const module of model.modules) {
    const name = module.name.toLowerCase();
    if (!words.every((word) => name.includes(word))) continue;
    const path = module.path.toLowerCase();
    const rank = path === whole || name === whole ? 0 : path.endsWith("." + whole) ? 1 : path.startsWith(words[0]) ? 2 : 3;
    ranked.push([rank, name.length, name, module]);
  }
  ranked.sort((left, right) => left[0] - right[0] || left[1] - right[1] || (left[2] < right[2] ? -1 : 1));
  return { found: ranked.slice(0, most).map((entry) => entry[3]), all: ranked.length };
}
