"use strict";
// Fills the page with one build's log.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const spent = (part) => (part ? part[2] - part[1] : 0);
const lanes = new Lanes(byId("lanes"), data, (span) => {
  byId("tip").textContent = !span ? "\u00a0" : span.module.name + ": " + (span.part === "read" ? "read" : span.module.decision) + " in " +
    duration(span.end - span.start) + ", after " + duration(span.start) + ", thread " + span.lane + " – " + span.module.reason;
});

function row(module, cells, critical) {
  return element("tr", { class: critical ? "critical" : null }, element("td", {}, module), ...cells);
}

function number(text) {
  return element("td", { class: "number" }, text);
}

function figures() {
  const work = data.modules.reduce((sum, module) => sum + spent(module.read) + spent(module.build), 0);
  const entries = [
    [duration(data.duration), "whole build"], [thousands(data.counts.compiled), "compiled"], [thousands(data.counts.cached), "from the cache"],
    [thousands(data.counts.unasked), "up to date"], [thousands(data.counts.failed), "with errors"],
    [data.counts.hits + " / " + data.counts.misses, "cache hits / misses"],
    [duration(data.path.length ? data.path[data.path.length - 1].until : 0), "critical path"],
    [(work / data.duration).toFixed(1) + " of " + data.jobs, "threads busy"],
  ];
  byId("figures").append(...entries.map(([figure, what]) => element("div", {}, element("strong", {}, figure), element("span", { class: "dim" }, what))));
  byId("summary").textContent = counted(data.counts.modules, "module") + " · " + new Date(data.time).toLocaleString() + " · profile " + data.profile;
}

function phases() {
  byId("phases").append(...data.phases.map(([name, start, end]) => {
    const text = name + " " + duration(end - start), share = 100 * (end - start) / data.duration;
    return element("span", { title: text, "data-share": String(Math.max(0.2, share)) }, share > 9 ? text : "");
  }));
  byId("phase-list").textContent = data.phases.map(([name, start, end]) => name + " " + duration(end - start)).join(" · ");
  for (const part of byId("phases").children) part.style.flex = part.dataset.share + " 1 0";
}

function tables() {
  byId("path").tBodies[0].append(...data.path.map((step) => row(data.modules[step.module].name, [number(duration(step.duration)), number(duration(step.until))], false)));
  const slow = data.modules.slice().sort((left, right) => spent(right.read) + spent(right.build) - spent(left.read) - spent(left.build)).slice(0, 50);
  byId("slow").tBodies[0].append(...slow.map((module) => row(module.name,
    [element("td", {}, module.decision), number(duration(spent(module.read) + spent(module.build))), number(duration(spent(module.read))), element("td", { class: "dim" }, module.reason)],
    module.critical)));
  byId("path-title").append(" (" + counted(data.path.length, "module") + ")");
  if (data.modules.length > slow.length) byId("slow-title").append(" (" + slow.length + " of " + thousands(data.modules.length) + ")");
}

function theme() {
  switchTheme();
  lanes.draw();
}

figures();
phases();
tables();
byId("theme").addEventListener("click", theme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => lanes.draw());
document.addEventListener("keydown", (event) => {
  const keys = { "+": () => lanes.zoom(1.5), "=": () => lanes.zoom(1.5), "-": () => lanes.zoom(1 / 1.5), f: () => lanes.fit(), t: theme };
  if (!event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key]) keys[event.key]();
});
Object.assign(document.body.dataset, { modules: data.modules.length, lanes: lanes.lanes, spans: lanes.spans.length, ready: Math.round(performance.now()) });
