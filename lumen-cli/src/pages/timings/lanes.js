"use strict";
// The threads of a build, one row each: what they did when. Times are microseconds.

const LANE = 30, AXIS = 22, GAP = 4;

class Lanes {
  constructor(canvas, data, onHover) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.onHover = onHover;
    this.total = Math.max(1, data.duration);
    this.spans = [];
    data.modules.forEach((module, number) => {
      for (const part of ["read", "build"]) {
        if (module[part]) this.spans.push({ module, number, part, lane: module[part][0], start: module[part][1], end: module[part][2] });
      }
    });
    this.lanes = 1 + this.spans.reduce((most, span) => Math.max(most, span.lane), 0);
    canvas.style.height = AXIS + this.lanes * (LANE + GAP) + GAP + "px";
    this.fit();
    this.listen();
    new ResizeObserver(() => requestAnimationFrame(() => this.draw())).observe(canvas);
  }

  fit() {
    this.from = 0;
    this.until = this.total * 1.01;
    this.draw();
  }

  zoom(factor, at = 0.5) {
    const length = Math.min(this.total * 1.5, Math.max(20, (this.until - this.from) / factor));
    const middle = this.from + (this.until - this.from) * at;
    this.from = middle - length * at;
    this.until = this.from + length;
    this.draw();
  }

  listen() {
    const { canvas } = this;
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => { drag = event.clientX; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointerup", () => { drag = null; });
    canvas.addEventListener("pointercancel", () => { drag = null; });
    canvas.addEventListener("pointermove", (event) => {
      if (drag !== null) {
        const by = (event.clientX - drag) / canvas.clientWidth * (this.until - this.from);
        drag = event.clientX;
        this.from -= by;
        this.until -= by;
        return this.draw();
      }
      this.onHover(this.at(event.offsetX, event.offsetY));
    });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * 0.002), event.offsetX / canvas.clientWidth);
    }, { passive: false });
  }

  at(x, y) {
    const lane = Math.floor((y - AXIS) / (LANE + GAP));
    const time = this.from + x / this.canvas.clientWidth * (this.until - this.from);
    const slack = 2 * (this.until - this.from) / this.canvas.clientWidth;
    const near = this.spans.filter((span) => span.lane === lane && time >= span.start - slack && time <= span.end + slack);
    return near.find((span) => time >= span.start && time <= span.end) || near[0] || null;
  }

  draw() {
    const { canvas, context } = this;
    const ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colour = colours();
    const x = (time) => (time - this.from) / (this.until - this.from) * width;
    this.axis(colour, x, width, height);
    const fill = { compiled: colour.accent, cached: colour.hit, failed: colour.warn, kept: colour.import };
    for (const span of this.spans) {
      const left = x(span.start), right = Math.max(left + 0.6, x(span.end));
      if (right < 0 || left > width) continue;
      const top = AXIS + GAP + span.lane * (LANE + GAP);
      context.fillStyle = span.part === "read" ? colour.dim : fill[span.module.decision] || colour.dim;
      context.globalAlpha = span.part === "read" ? 0.6 : 1;
      context.fillRect(left, top, right - left, LANE);
      context.globalAlpha = 1;
      if (span.module.critical) {
        context.strokeStyle = colour.user;
        context.lineWidth = 2.5;
        context.strokeRect(left, top + 1.2, right - left, LANE - 2.4);
      }
      if (right - left > 46 && span.part === "build") this.label(span.module.path, left + 5, top, right - left - 10, colour);
    }
  }

  axis(colour, x, width, height) {
    const { context } = this;
    const step = niceStep((this.until - this.from) / Math.max(2, width / 110));
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (let time = Math.ceil(Math.max(0, this.from) / step) * step; time < this.until; time += step) {
      context.fillStyle = colour.line;
      context.fillRect(x(time), 0, 1, height);
      context.fillStyle = colour.dim;
      context.fillText(duration(time), x(time) + 4, AXIS / 2);
    }
    for (let lane = 0; lane < this.lanes; lane++) {
      context.fillStyle = colour.soft;
      context.fillRect(0, AXIS + GAP + lane * (LANE + GAP), width, LANE);
    }
  }

  label(text, left, top, width, colour) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, width, LANE);
    context.clip();
    context.fillStyle = colour.panel;
    context.font = "12px system-ui, sans-serif";
    context.fillText(text, left, top + LANE / 2);
    context.restore();
  }
}

// 1, 2 or 5 times a power of ten.
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) || 10 * power;
}

function duration(microseconds) {
  if (microseconds < 1000) return Math.round(microseconds) + " µs";
  if (microseconds < 1e6) return (microseconds / 1000).toFixed(microseconds < 1e4 ? 1 : 0) + " ms";
  return (microseconds / 1e6).toFixed(2) + " s";
}
