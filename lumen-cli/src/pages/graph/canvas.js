"use strict";
// Draws a scene, and says what lies under the pointer. Knows nothing of what a click means.

const READABLE = 0.6; // Smaller than that, names cannot be read.

class GraphCanvas {
  constructor(canvas, onOpen, onSelect) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.scene = newScene("empty");
    this.view = { x: 0, y: 0, scale: 1 };
    this.selected = -1;
    this.hovered = -1;
    this.onOpen = onOpen;
    this.onSelect = onSelect;
    this.labels = new Map();
    this.listen();
    new ResizeObserver(() => requestAnimationFrame(() => this.resize())).observe(canvas);
    this.resize();
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    if (!this.moved) this.fit(READABLE); else this.draw();
  }

  show(scene, selected) {
    this.scene = scene;
    this.selected = selected;
    this.hovered = -1;
    this.fit(READABLE);
  }

  select(number) {
    this.selected = number;
    const node = this.scene.nodes[number];
    if (node) this.reveal(node);
    this.draw();
  }

  // The whole scene, but not smaller than `least` nor larger than life; of what does not fit, the selected node or else the left end.
  fit(least = 0.05) {
    this.moved = false;
    const { nodes } = this.scene;
    if (!nodes.length) return this.draw();
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const node of nodes) {
      box.left = Math.min(box.left, node.x); box.right = Math.max(box.right, node.x + this.scene.width);
      box.top = Math.min(box.top, node.y); box.bottom = Math.max(box.bottom, node.y + HEIGHT);
    }
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    const scale = Math.min(1.1, (width - 50) / (box.right - box.left), (height - 70) / (box.bottom - box.top));
    this.view.scale = Math.max(least, scale);
    this.view.x = scale < least ? 25 - this.view.scale * box.left : width / 2 - this.view.scale * (box.left + box.right) / 2;
    this.view.y = height / 2 - this.view.scale * (box.top + box.bottom) / 2;
    if (scale < least && nodes[this.selected]) this.centre(nodes[this.selected]);
    this.draw();
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(3, Math.max(0.05, this.view.scale * factor));
    const real = scale / this.view.scale;
    this.view = { x: x - (x - this.view.x) * real, y: y - (y - this.view.y) * real, scale };
    this.moved = true;
    this.draw();
  }

  centre(node) {
    this.view.x = this.canvas.clientWidth / 2 - this.view.scale * (node.x + this.scene.width / 2);
    this.view.y = this.canvas.clientHeight / 2 - this.view.scale * (node.y + HEIGHT / 2);
  }

  // Moves as little as needed for a node to be seen.
  reveal(node) {
    const { view } = this;
    const left = node.x * view.scale + view.x, top = node.y * view.scale + view.y;
    const right = this.canvas.clientWidth - this.scene.width * view.scale - 12, bottom = this.canvas.clientHeight - HEIGHT * view.scale - 12;
    view.x += Math.max(12, Math.min(right, left)) - left;
    view.y += Math.max(12, Math.min(bottom, top)) - top;
  }

  at(event) {
    const x = (event.offsetX - this.view.x) / this.view.scale, y = (event.offsetY - this.view.y) / this.view.scale;
    return this.scene.nodes.findIndex((node) => x >= node.x && x <= node.x + this.scene.width && y >= node.y && y <= node.y + HEIGHT);
  }

  listen() {
    const { canvas } = this;
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, far: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (drag) {
        const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
        if (!drag.far && Math.hypot(dx, dy) < 4) return;
        Object.assign(drag, { x: event.clientX, y: event.clientY, far: true });
        this.view.x += dx; this.view.y += dy; this.moved = true;
        return this.draw();
      }
      const hovered = this.at(event);
      if (hovered !== this.hovered) {
        this.hovered = hovered;
        canvas.style.cursor = hovered < 0 ? "grab" : "pointer";
        this.draw();
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      const click = drag && !drag.far;
      drag = null;
      const number = this.at(event);
      if (!click || number < 0) return;
      // A first click selects, one on what is selected opens.
      if (number === this.selected) this.onOpen(number); else this.onSelect(number);
    });
    canvas.addEventListener("pointercancel", () => { drag = null; });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.offsetX, event.offsetY);
    }, { passive: false });
  }

  draw() {
    const { context, scene, view } = this;
    const ratio = devicePixelRatio || 1;
    const colour = colours();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    context.translate(view.x, view.y);
    context.scale(view.scale, view.scale);
    const marked = this.hovered >= 0 ? this.hovered : this.selected;
    const strong = [];
    context.lineWidth = 1;
    for (const edge of scene.edges) {
      if (edge.from === marked || edge.to === marked) strong.push(edge);
      else this.edge(edge, edge.cycle ? colour.warn : colour.dim, marked >= 0 ? 0.13 : 0.3);
    }
    for (const edge of strong) {
      context.lineWidth = strong.length > 20 ? 1.5 : Math.min(4, 1.5 + Math.log2(edge.count) / 2);
      this.edge(edge, edge.cycle ? colour.warn : edge.from === marked ? colour.import : colour.user, 1);
    }
    const near = new Set(strong.flatMap((edge) => [edge.from, edge.to]));
    scene.nodes.forEach((node, number) => this.node(node, number, colour, marked, near));
    context.globalAlpha = 1;
  }

  edge({ from, to }, stroke, alpha) {
    const { context, scene } = this;
    const a = scene.nodes[from], b = scene.nodes[to];
    const forward = b.x > a.x;
    const x1 = a.x + (forward ? scene.width : 0), x2 = b.x + (forward ? 0 : scene.width);
    const bend = Math.max(30, Math.abs(x2 - x1) / 2) * (forward ? 1 : -1);
    context.strokeStyle = stroke;
    context.globalAlpha = alpha;
    context.beginPath();
    context.moveTo(x1, a.y + HEIGHT / 2);
    context.bezierCurveTo(x1 + bend, a.y + HEIGHT / 2, x2 - bend, b.y + HEIGHT / 2, x2, b.y + HEIGHT / 2);
    context.stroke();
  }

  node(node, number, colour, marked, near) {
    const { context } = this;
    context.globalAlpha = marked >= 0 && number !== marked && !near.has(number) ? 0.55 : 1;
    context.fillStyle = node.group ? colour.soft : colour.panel;
    context.strokeStyle = number === this.selected ? colour.accent : number === this.hovered ? colour.dim : colour.line;
    context.lineWidth = number === this.selected ? 2.5 : 1.2;
    context.beginPath();
    context.roundRect(node.x, node.y, this.scene.width, HEIGHT, node.group ? 3 : 12);
    context.fill();
    context.stroke();
    if (this.view.scale < 0.25) return;
    context.textBaseline = "middle";
    context.font = "11px system-ui, sans-serif";
    const note = this.short(node.note, 100);
    const noteWidth = note ? context.measureText(note).width + 8 : 0;
    context.fillStyle = colour.dim;
    if (note) context.fillText(note, node.x + this.scene.width - 8 - context.measureText(note).width, node.y + HEIGHT / 2 + 0.5);
    context.font = (node.group ? "600 " : "") + "12.5px system-ui, sans-serif";
    context.fillStyle = colour.text;
    context.fillText(this.short(node.label, this.scene.width - 20 - noteWidth), node.x + 10, node.y + HEIGHT / 2 + 0.5);
  }

  // The end of a name says more than its begin.
  short(text, width) {
    const key = this.context.font + width + text;
    let short = this.labels.get(key);
    if (short === undefined) {
      short = text;
      while (short.length > 2 && this.context.measureText(short).width > width) short = "…" + short.slice(short.startsWith("…") ? 3 : 2);
      this.labels.set(key, short);
    }
    return short;
  }
}
