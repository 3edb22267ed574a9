"use strict";
// What is shown and why: the address (`#module=…`, `#group=…`, `#find=…`) says which scene, everything else follows from it.

const model = readModel(JSON.parse(document.getElementById("data").textContent));
const byId = (id) => document.getElementById(id);
const state = { depth: 1, chosen: -1 };
const canvas = new GraphCanvas(byId("canvas"), openNode, selectNode);

function go(kind, value) {
  const address = "#" + kind + "=" + encodeURIComponent(value);
  if (location.hash === address) show(); else location.hash = address;
}

function show() {
  const [kind, value] = location.hash.slice(1).split(/=(.*)/s).map((part) => decodeURIComponent(part || ""));
  if (kind === "find") {
    byId("search").value = value;
    search();
  }
  const module = kind === "module" && model.modules.find((module) => module.name === value);
  const group = kind === "group" && model.groups.find((group) => groupName(group) === value);
  if (module) showModule(module); else showGroup(group || (model.root.groups.length === 1 ? model.root.groups[0] : model.root));
  document.body.dataset.nodes = canvas.scene.nodes.length;
  document.body.dataset.edges = canvas.scene.edges.length;
  document.body.dataset.cycles = canvas.scene.edges.filter((edge) => edge.cycle).length;
  document.body.dataset.back = canvas.scene.edges.filter((edge) => edge.back).length;
}

// Packages of the same name are told apart by their versions.
function groupName(group) {
  const own = group.parent === model.root ? group.label + " " + group.title.split(" ").pop() : group.label;
  return group.parent && group.parent !== model.root ? groupName(group.parent) + " / " + own : own;
}

function showGroup(group) {
  canvas.show(groupScene(model, group), -1);
  byId("depth").hidden = true;
  crumbs(group, null);
  groupPanel(group);
}

function showModule(module) {
  canvas.show(focusScene(model, module, state.depth), 0);
  byId("depth").hidden = false;
  byId("depth-value").value = state.depth;
  crumbs(module.group, module);
  modulePanel(module);
}

function openNode(number) {
  const node = canvas.scene.nodes[number];
  if (!node) return;
  if (node.group) go("group", groupName(node.group)); else go("module", node.module.name);
}

function selectNode(number) {
  canvas.select(number);
  const node = canvas.scene.nodes[number];
  if (!node) return;
  if (node.group) groupPanel(node.group, () => openNode(number)); else modulePanel(node.module, () => openNode(number));
}

function out() {
  const { scene } = canvas;
  const group = scene.kind === "focus" ? scene.centre.group : scene.group.parent;
  if (group) go("group", groupName(group));
}

function deeper(by) {
  if (canvas.scene.kind !== "focus") return;
  state.depth = Math.min(6, Math.max(1, state.depth + by));
  show();
}

function crumbs(group, module) {
  const parts = [];
  for (let outer = group; outer; outer = outer.parent) parts.unshift(outer);
  const place = byId("crumbs");
  place.replaceChildren();
  parts.forEach((part, position) => {
    if (position) place.append("›");
    place.append(element("button", { onclick: () => go("group", groupName(part)) }, part.label));
  });
  if (module) place.append("›", element("strong", {}, module.path));
}

function modulePanel(module, open) {
  const panel = byId("panel");
  const parts = [element("h1", {}, module.name), element("p", { class: "dim" }, model.packages[module.pack].title)];
  if (open) parts.push(element("button", { onclick: open }, "Put in the middle"));
  for (const missing of module.missing) parts.push(element("p", { class: "warn" }, "imports `" + missing + "`, which is not there"));
  parts.push(...list("Imports", module.imports.map(moduleEntry)), ...list("Used by", module.users.map(moduleEntry)));
  panel.replaceChildren(...parts);
  panel.scrollTop = 0;
}

function groupPanel(group, open) {
  const inside = canvas.scene.group === group ? canvas.scene.outside : null;
  const parts = [element("h1", {}, group.label), element("p", { class: "dim" }, group.title + " · " + counted(group.size, "module"))];
  if (open) parts.push(element("button", { onclick: open }, "Open"));
  if (inside) {
    const entries = (map) => [...map].sort((left, right) => right[1] - left[1])
      .map(([other, count]) => ({ label: other.label, note: thousands(count), open: () => go("group", groupName(other)) }));
    parts.push(...list("Imports from", entries(inside.imports)), ...list("Used by", entries(inside.users)));
  }
  const holds = group.groups.map((inner) => ({ label: inner.label, note: thousands(inner.size), open: () => go("group", groupName(inner)) }));
  parts.push(...list("Holds", holds.concat(group.modules.map((module) => moduleEntry(module.index)))));
  byId("panel").replaceChildren(...parts);
  byId("panel").scrollTop = 0;
}

function moduleEntry(index) {
  const module = model.modules[index];
  return { label: module.path, note: model.packages[module.pack].label, open: () => go("module", module.name) };
}

// A list of buttons; long ones are completed on demand.
function list(title, entries) {
  if (!entries.length) return [];
  const rows = element("ol", { class: "list" });
  const add = (some) => rows.append(...some.map((entry) =>
    element("li", {}, element("button", { onclick: entry.open, title: entry.label }, element("span", {}, entry.label), element("span", { class: "dim" }, entry.note)))));
  add(entries.slice(0, 100));
  const heading = element("h2", {}, title + " (" + thousands(entries.length) + ")");
  if (entries.length <= 100) return [heading, rows];
  const all = element("button", { onclick: () => { add(entries.slice(100)); all.remove(); } }, "Show all " + thousands(entries.length));
  return [heading, rows, all];
}

function search() {
  const input = byId("search"), results = byId("results"), found = byId("found");
  const answer = searchModules(model, input.value, 50);
  state.chosen = answer.found.length ? 0 : -1;
  results.replaceChildren(...answer.found.map((module, number) =>
    element("li", { role: "option", id: "result-" + number, "aria-selected": String(number === 0) },
      element("button", { tabindex: -1, title: module.name, onclick: () => go("module", module.name) },
        element("span", {}, module.path), element("span", { class: "dim" }, model.packages[module.pack].label)))));
  const asked = input.value.trim() !== "";
  results.hidden = !answer.found.length;
  found.hidden = !asked;
  found.textContent = answer.all > 50 ? "50 of " + thousands(answer.all) + " modules" : counted(answer.all, "module");
  input.setAttribute("aria-expanded", String(!results.hidden));
  mark();
}

function mark() {
  const rows = [...byId("results").children];
  rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === state.chosen)));
  if (rows[state.chosen]) {
    byId("search").setAttribute("aria-activedescendant", rows[state.chosen].id);
    rows[state.chosen].scrollIntoView({ block: "nearest" });
  } else byId("search").removeAttribute("aria-activedescendant");
}

function searchKey(event) {
  const rows = byId("results").children;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    state.chosen = Math.max(0, Math.min(rows.length - 1, state.chosen + (event.key === "ArrowDown" ? 1 : -1)));
    mark();
  } else if (event.key === "Enter" && rows[state.chosen]) {
    rows[state.chosen].firstChild.click();
    byId("canvas").focus();
  } else if (event.key === "Escape") {
    event.target.value = "";
    search();
    byId("canvas").focus();
  }
}

// The nearest node in the direction of an arrow: along edges to the side, within the column up and down.
function neighbour(key) {
  const { nodes } = canvas.scene;
  const here = nodes[canvas.selected];
  if (!here) return nodes.length ? 0 : -1;
  const aside = { ArrowLeft: () => here.in.map((edge) => edge.from), ArrowRight: () => here.out.map((edge) => edge.to) }[key];
  const sign = key === "ArrowUp" ? -1 : 1;
  const candidates = aside ? aside() : nodes.map((node, number) => number).filter((number) => (nodes[number].y - here.y) * sign > 0);
  const cost = (number) => Math.abs(nodes[number].y - here.y) + (aside ? 0.01 : 4) * Math.abs(nodes[number].x - here.x);
  return candidates.reduce((best, number) => (best < 0 || cost(number) < cost(best) ? number : best), -1);
}

const keys = {
  "/": () => byId("search").select(),
  "?": () => byId("help").showModal(),
  "+": () => canvas.zoom(1.25), "=": () => canvas.zoom(1.25), "-": () => canvas.zoom(0.8),
  f: () => canvas.fit(), t: theme, "[": () => deeper(-1), "]": () => deeper(1),
  Enter: () => openNode(canvas.selected), Backspace: out, Escape: out,
};

function theme() {
  switchTheme();
  canvas.draw();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open || event.target === byId("search")) return;
  const onButton = event.target.tagName === "BUTTON";
  if (event.key.startsWith("Arrow") && !onButton) {
    const number = neighbour(event.key);
    if (number >= 0) selectNode(number);
    event.preventDefault();
  } else if (keys[event.key] && !(onButton && event.key === "Enter")) {
    event.preventDefault();
    keys[event.key]();
  }
});
byId("search").addEventListener("input", search);
byId("search").addEventListener("keydown", searchKey);
byId("zoom-in").addEventListener("click", () => canvas.zoom(1.25));
byId("zoom-out").addEventListener("click", () => canvas.zoom(0.8));
byId("fit").addEventListener("click", () => canvas.fit());
byId("theme").addEventListener("click", theme);
byId("shallower").addEventListener("click", () => deeper(-1));
byId("deeper").addEventListener("click", () => deeper(1));
byId("help-open").addEventListener("click", keys["?"]);
addEventListener("hashchange", show);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => canvas.draw());

byId("packages").append(...model.packages.map((group) =>
  element("li", {}, element("button", { title: group.title, onclick: () => go("group", groupName(group)) },
    element("span", {}, group.label), element("span", { class: "dim" }, thousands(group.size))))));
byId("counts").textContent = [counted(model.modules.length, "module"), counted(model.imports, "import"), counted(model.packages.length, "package")].join(" · ");
Object.assign(document.body.dataset, { modules: model.modules.length, imports: model.imports, packages: model.packages.length });
show();
document.body.dataset.ready = Math.round(performance.now());
