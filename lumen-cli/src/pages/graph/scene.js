"use strict";
// A scene is what is drawn at a time: nodes (modules or groups) and edges between them, never more than some hundred nodes.

const MOST_IN_COLUMN = 36; // More modules at one distance from the middle are shown as their packages.
const MOST_GROUPS = 40;

function newScene(kind) {
  return { kind, nodes: [], edges: [], width: 0 };
}

// What a group holds, its inner groups closed.
function groupScene(model, group) {
  const scene = newScene("group");
  scene.group = group;
  const place = new Int32Array(model.modules.length).fill(-1);
  for (const inner of group.groups) {
    everyModule(inner, (module) => { place[module.index] = scene.nodes.length; });
    scene.nodes.push({ group: inner, label: inner.label, note: thousands(inner.size) });
  }
  for (const module of group.modules) {
    place[module.index] = scene.nodes.length;
    scene.nodes.push({ module, label: module.path, note: "" });
  }
  const outside = { imports: new Map(), users: new Map() };
  const count = (map, key) => map.set(key, (map.get(key) || 0) + 1);
  everyModule(group, (module) => {
    for (const target of module.imports) if (place[target] < 0) count(outside.imports, model.packages[model.modules[target].pack]);
    for (const user of module.users) if (place[user] < 0) count(outside.users, model.packages[model.modules[user].pack]);
  });
  scene.outside = outside;
  connect(model, scene, place);
  layoutLevels(scene);
  return scene;
}

// A module in the middle, what uses it to the left, what it imports to the right.
function focusScene(model, centre, depth) {
  const scene = newScene("focus");
  scene.centre = centre;
  const place = new Int32Array(model.modules.length).fill(-1);
  place[centre.index] = 0;
  scene.nodes.push({ module: centre, label: centre.path, note: model.packages[centre.pack].label, column: 0 });
  for (const [way, sign] of [["imports", 1], ["users", -1]]) {
    let edge = [centre];
    for (let step = 1; step <= depth && edge.length; step++) {
      const next = new Set();
      for (const module of edge) for (const other of module[way]) if (place[other] < 0) next.add(other);
      edge = addColumn(model, scene, place, [...next].map((index) => model.modules[index]), sign * step);
    }
  }
  connect(model, scene, place);
  layoutColumns(scene);
  return scene;
}

// Adds modules at one distance; returns those that are shown themselves, from which it goes on.
function addColumn(model, scene, place, modules, column) {
  if (modules.length <= MOST_IN_COLUMN) {
    for (const module of modules) {
      place[module.index] = scene.nodes.length;
      scene.nodes.push({ module, label: module.path, note: model.packages[module.pack].label, column });
    }
    return modules;
  }
  const byPackage = new Map();
  for (const module of modules) {
    if (!byPackage.has(module.pack)) byPackage.set(module.pack, []);
    byPackage.get(module.pack).push(module);
  }
  const sorted = [...byPackage].sort((left, right) => right[1].length - left[1].length || left[0] - right[0]);
  for (const [pack, some] of sorted.slice(0, MOST_GROUPS)) {
    for (const module of some) place[module.index] = scene.nodes.length;
    scene.nodes.push({ group: model.packages[pack], label: model.packages[pack].label, note: thousands(some.length), column });
  }
  const rest = sorted.slice(MOST_GROUPS);
  if (rest.length) {
    const number = scene.nodes.length;
    for (const [, some] of rest) for (const module of some) place[module.index] = number;
    scene.nodes.push({ group: model.root, label: counted(rest.length, "more package"), note: "", column });
  }
  return [];
}

// Imports between nodes, each pair once with its number of imports. An edge is one of a cycle if one of its imports is: groups may
// import each other without any module doing so.
function connect(model, scene, place) {
  const edges = new Map();
  const size = scene.nodes.length;
  model.modules.forEach((module) => {
    const from = place[module.index];
    if (from < 0) return;
    for (const target of module.imports) {
      const to = place[target];
      if (to < 0 || to === from) continue;
      const key = from * size + to;
      const cycle = model.modules[target].ring === module.ring;
      const edge = edges.get(key);
      if (edge) {
        edge.count++;
        edge.cycle = edge.cycle || cycle;
      } else edges.set(key, { from, to, count: 1, cycle });
    }
  });
  scene.edges = [...edges.values()];
  for (const node of scene.nodes) { node.out = []; node.in = []; }
  for (const edge of scene.edges) {
    scene.nodes[edge.from].out.push(edge);
    scene.nodes[edge.to].in.push(edge);
  }
}
