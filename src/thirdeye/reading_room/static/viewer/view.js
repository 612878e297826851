// One view: a frame of a source through a window, at a place, with what is drawn over it.

import { draw, make } from "./element.js";
import { drawLayer } from "./layer.js";
import { COLOURS, physical } from "./levels.js";
import { paint } from "./paint.js";
import { fitted, matrix, toImage } from "./placing.js";
import { letters, usual } from "./sides.js";
import { say } from "./words.js";

const NONE = { columns: 1, rows: 1, wide: 1, high: 1 };

export class View {
  constructor(marks) {
    this.marks = marks;
    this.canvas = make("canvas", { class: "picture", "aria-hidden": "true" });
    this.layer = draw("svg", { class: "layer", "aria-hidden": "true" });
    this.corners = Object.fromEntries(["top", "bottom", "right", "side n", "side e", "side s", "side w"].map((name) => [name, make("div", { class: `corner ${name}` })]));
    this.element = make("div", { class: "view", tabindex: "0", role: "application" }, this.canvas, this.layer, ...Object.values(this.corners));
    this._painted = make("canvas");
    this.source = null;
    this.aim = null;
    this.cross = null; // () => point of the crosshair in this view
    new ResizeObserver(() => this.resized()).observe(this.element);
  }

  /** Show a source from a frame on, as it hangs usually. */
  show(source, index = Math.floor(source.count / 2)) {
    Object.assign(this, { source, index: -1, frame: null, window: null, inverted: false, placing: null, aim: null, _look: null, _first: null });
    this.failed = false;
    this.refresh();
    return this.go(index);
  }

  /** Go to a frame. */
  async go(index) {
    const source = this.source;
    const wanted = Math.min(Math.max(index, 0), source.count - 1);
    if (wanted === this.index) return;
    this.index = wanted;
    this.marks.drop();
    const here = source.now(wanted);
    if (here) this._take(here);
    else this._preview(source, wanted);
    try {
      const frame = await source.frame(wanted);
      if (this.source === source && this.index === wanted && this.frame !== frame) this._take(frame);
    } catch {
      this.failed = this.source === source && this.index === wanted;
      this._said();
    }
  }

  /** The size of the view in pixels of the screen. */
  get size() { return { width: this.canvas.width / this.sharp, height: this.canvas.height / this.sharp }; }

  get sharp() { return globalThis.devicePixelRatio || 1; }

  get picture() {
    if (!this.frame) return this._first ?? NONE;
    const { columns, rows, spacing_mm: spacing } = this.frame;
    const least = spacing ? Math.min(...spacing) : 1;
    return { columns, rows, wide: spacing ? spacing[1] / least : 1, high: spacing ? spacing[0] / least : 1 };
  }

  get matrix() { return matrix(this.placing, this.picture, this.size); }

  /** A point of the screen, from the view's corner, in the image. */
  inImage(point) { return toImage(this.matrix, point); }

  /** The windows to choose from. */
  get windows() { return this.frame?.channels === 3 && !this.frame.tiled ? [COLOURS] : this.frame?.windows ?? []; }

  /** Look through another window. */
  look(window) {
    this.window = window;
    this._repaint();
  }

  invert() {
    this.inverted = !this.inverted;
    this._repaint();
  }

  /** Place the image otherwise. */
  place(placing) {
    this.placing = placing;
    this.refresh();
  }

  /** Back to how it hangs usually, through the first window. */
  reset() {
    this.inverted = false;
    this.window = this.windows[0] ?? null;
    this.placing = null;
    this._repaint();
  }

  resized() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return;
    const fit = !this.placing || this._isFitted;
    this.canvas.width = Math.round(width * this.sharp);
    this.canvas.height = Math.round(height * this.sharp);
    if (fit) this.placing = null;
    this.refresh();
  }

  /** Draw again what is there. */
  refresh() {
    if (!this.source || !this.canvas.width) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.frame || this._look) {
      if (!this.placing) this._fit();
      else this._isFitted = this.placing === this._fittedAs;
      this._draw(context);
      this._over();
    } else this.layer.replaceChildren();
    this._said();
    this.element.dispatchEvent(new CustomEvent("shown"));
  }

  _draw(context) {
    const { columns, rows } = this.picture;
    context.imageSmoothingEnabled = this.placing.zoom * this.sharp !== 1;
    context.imageSmoothingQuality = "high";
    context.setTransform(...this.matrix.map((value) => value * this.sharp));
    if (this.frame?.tiled) {
      const { width, height } = this.size;
      const corners = [[0, 0], [width, 0], [0, height], [width, height]].map((point) => this.inImage(point));
      this.frame.tiled.draw(context, corners, this.placing.zoom * this.sharp, () => this.refresh());
    } else context.drawImage(this.frame ? this._painted : this._look, 0, 0, columns, rows);
  }

  _fit() {
    this.placing = this._fittedAs = fitted(this.picture, this.size, usual(this.source.code));
    this._isFitted = true;
  }

  _take(frame) {
    const other = this.frame && (frame.rows !== this.frame.rows || frame.columns !== this.frame.columns);
    this.frame = frame;
    this.failed = false;
    this._look = null;
    this.window ??= this.windows[0] ?? null;
    if (other || this._first) this.placing = null;
    this._first = null;
    this._repaint();
  }

  _preview(source, index) {
    if (this.frame || !source.preview) return; // the frame before stays until the next is here
    const look = new Image();
    look.addEventListener("load", () => {
      if (this.source !== source || this.index !== index || this.frame) return;
      this._look = look;
      this._first = { columns: look.naturalWidth, rows: look.naturalHeight, ...source.aspect?.() ?? { wide: 1, high: 1 } };
      this.placing = null;
      this.refresh();
    });
    look.src = source.preview(index);
  }

  _repaint() {
    if (this.frame && !this.frame.tiled) paint(this._painted, this.frame, this.window, this.inverted);
    this.refresh();
  }

  _over() {
    const where = this.source.where(this.index);
    drawLayer(this.layer, {
      marks: this.marks.of(where),
      open: this.marks.open && where && this.marks.open.image === where.image && this.marks.open.frame === where.frame ? this.marks.open : null,
      aim: this.aim,
      cross: this.cross?.(this) ?? null,
      spacing: this.frame?.spacing_mm ?? null,
      matrix: this.matrix,
      size: this.size,
    });
  }

  _said() {
    const { source, index, corners } = this;
    const plane = source.plane ? say(source.plane) : "";
    corners.top.textContent = [plane, source.count > 1 ? say("frame", { frame: index + 1, frames: source.count }) : ""].filter(Boolean).join("  ");
    const waits = this.failed ? say("failed") : this.frame ? "" : say("loading");
    const shown = this.window && this.window.shape !== "table" ? say("window", { centre: short(this.window.centre), width: short(this.window.width) }) : "";
    corners.bottom.textContent = waits || shown;
    corners.right.textContent = this.placing ? say("zoom", { percent: percent(this.placing.zoom) }) : "";
    const sides = letters(source.code, this.placing ?? { flip: false, quarters: 0 });
    for (const side of "nesw") corners[`side ${side}`].textContent = sides ? say(`side_${sides[side]}`) : "";
    this.element.setAttribute("aria-label", [plane, say("picture", { number: index + 1, count: source.count }), waits].filter(Boolean).join(", "));
    this.element.dataset.state = this.failed ? "failed" : this.frame ? "ready" : "loading";
  }

  /** The value under a point of the screen, in words; empty where there is none. */
  valueAt(point) {
    if (!this.frame || this.frame.tiled || !this.placing) return "";
    const [x, y] = this.inImage(point);
    const value = physical(this.frame, Math.floor(x), Math.floor(y));
    return value === null ? "" : say("value", { value: short(value), unit: this.frame.unit }).trim();
  }
}

function percent(zoom) { return zoom < 0.1 ? (zoom * 100).toPrecision(2) : Math.round(zoom * 100); }

function short(value) { return Math.abs(value) >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3); }
