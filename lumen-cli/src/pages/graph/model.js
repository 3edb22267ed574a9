"use strict";
// The graph as the page uses it: modules with their users, and packages and folders as a tree of groups.

const SPREAD_OVER = 60; // A package with more modules than this is divided by folders.
const MOST_IN_GROUP = 150; // A group with more modules of its own than this is divided by name.

function readModel(data) {
  const modules = data.modules.map(([path, pack, imports, missing], index) => {
    const name = data.packages[pack][0];
    return { index, path, pack, imports, missing: missing || [], users: [], group: null,
      name: name ? name + " " + path : path };
  });
  let imports = 0;
  for (const module of modules) {
    for (const target of module.imports) modules[target].users.push(module.index);
    imports += module.imports.length;
  }
  const groups = [];
  const root = newGroup(groups, null, "workspace", "all packages");
  const packages = data.packages.map(([name, version, member]) =>
    newGroup(groups, root, name || "documents", (member ? "package " : "dependency ") + (version || "")));
  for (const module of modules) packages[module.pack].modules.push(module);
  for (const group of packages) {
    if (group.modules.length > SPREAD_OVER) divideByFolder(groups, group, 0);
  }
  for (const group of [...groups]) {
    if (group.modules.length > MOST_IN_GROUP) divideByName(groups, group);
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

function divideByName(groups, group) {
  const modules = group.modules.sort((left, right) => (left.path < right.path ? -1 : 1));
  group.modules = [];
  const parts = Math.ceil(modules.length / MOST_IN_GROUP);
  const each = Math.ceil(modules.length / parts);
  for (let start = 0; start < modules.length; start += each) {
    const some = modules.slice(start, start + each);
    const inner = newGroup(groups, group, some[0].path + " … " + some[some.length - 1].path, "part of " + group.label);
    inner.modules = some;
  }
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
