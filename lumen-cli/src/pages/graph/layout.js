"use strict";
// Places nodes in columns, importers to the left of what they import, and orders columns so that few edges cross.

const HEIGHT = 26, ROW = 34, GAP = 64, FOLD_GAP = 12, MOST_ROWS = 34;

// Nodes of a scene are as wide as its longest name needs, within reason.
function nodeWidth(nodes) {
  const longest = nodes.reduce((most, node) => Math.max(most, 8.7 * node.label.length + 7.2 * Math.min(14, node.note.length)), 0);
  return Math.round(Math.min(260, Math.max(92, longest + 40)));
}

// Columns by the longest chain of imports below a node. An edge that leads back does not count.
function layoutLevels(scene) {
  const level = new Array(scene.nodes.length).fill(-1);
  const open = new Array(scene.nodes.length).fill(false);
  for (let start = 0; start < scene.nodes.length; start++) {
    const work = [[start, 0]];
    while (work.length) {
      const top = work[work.length - 1];
      const [number, position] = top;
      const out = scene.nodes[number].out;
      if (position === 0) {
        if (level[number] >= 0) { work.pop(); continue; }
        open[number] = true;
      }
      if (position < out.length) {
        top[1]++;
        const edge = out[position];
        if (open[edge.to]) edge.back = true;
        else if (level[edge.to] < 0) work.push([edge.to, 0]);
        continue;
      }
      level[number] = out.reduce((most, edge) => (edge.back ? most : Math.max(most, level[edge.to] + 1)), 0);
      open[number] = false;
      work.pop();
    }
  }
  const isolated = (node) => !node.out.length && !node.in.length;
  scene.nodes.forEach((node, number) => { node.column = isolated(node) ? null : -level[number]; });
  layoutColumns(scene);
}

function layoutColumns(scene) {
  scene.width = nodeWidth(scene.nodes);
  const columns = new Map();
  const apart = [];
  scene.nodes.forEach((node, number) => {
    node.number = number;
    if (node.column === null) return apart.push(node);
    if (!columns.has(node.column)) columns.set(node.column, []);
    columns.get(node.column).push(node);
  });
  const order = [...columns.keys()].sort((left, right) => left - right);
  for (const nodes of columns.values()) nodes.sort((left, right) => natural(left.label, right.label)).forEach((node, row) => { node.rank = row / nodes.length; });
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const key of sweep % 2 ? order : [...order].reverse()) sortColumn(scene, columns.get(key), sweep % 2 ? "in" : "out");
  }
  let x = 0;
  const tallest = Math.min(MOST_ROWS, Math.max(1, ...[...columns.values()].map((nodes) => nodes.length)));
  // A graph that is wide and low gets more room between its rows.
  const row = ROW * Math.min(2.2, Math.max(1, (order.length * (scene.width + GAP)) / (tallest * ROW * 2.2)));
  for (const key of order) x = placeColumn(columns.get(key), x, row, scene.width + FOLD_GAP) + scene.width + GAP;
  const bottom = Math.max(0, ...scene.nodes.filter((node) => node.y !== undefined).map((node) => node.y + HEIGHT));
  placeApart(apart, bottom, Math.max(x, 4 * scene.width), scene.width + FOLD_GAP);
}

// A node goes where its neighbours are on average; one without neighbours stays.
function sortColumn(scene, nodes, way) {
  for (const node of nodes) {
    const ranks = node[way].map((edge) => scene.nodes[way === "in" ? edge.from : edge.to].rank).filter((rank) => rank !== undefined);
    node.wish = ranks.length ? ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length : node.rank;
  }
  nodes.sort((left, right) => left.wish - right.wish || natural(left.label, right.label));
  nodes.forEach((node, row) => { node.rank = (row + 0.5) / nodes.length; });
}

// Long columns are folded. Returns where the next may begin.
function placeColumn(nodes, x, row, step) {
  const folds = Math.ceil(nodes.length / MOST_ROWS);
  const rows = Math.ceil(nodes.length / folds);
  nodes.forEach((node, index) => {
    const fold = Math.floor(index / rows);
    const inFold = Math.min(rows, nodes.length - fold * rows);
    node.x = x + fold * step;
    node.y = ((index % rows) - inFold / 2) * row;
  });
  return x + (folds - 1) * step;
}

// What neither imports nor is imported here lies below the rest, in rows.
function placeApart(nodes, bottom, width, step) {
  const across = Math.max(1, Math.floor(width / step));
  nodes.forEach((node, index) => {
    node.x = (index % across) * step;
    node.y = bottom + 60 + Math.floor(index / across) * ROW;
  });
}
