// The marks of a reading, and the one that is being set.

const NEEDED = { point: 1, length: 2, box: 2, outline: Infinity };

/** Marks; calls `changed` whenever the kept ones change. */
export class Marks extends EventTarget {
  constructor(kept) {
    super();
    this.kept = kept;
    this.open = null; // { kind, image, frame, points }
  }

  /** The marks of one frame. */
  of(where) { return where ? this.kept.filter((mark) => mark.image === where.image && mark.frame === where.frame) : []; }

  /** Begin a mark. */
  begin(kind, where, point) {
    this.open = { kind, ...where, points: [point] };
    if (NEEDED[kind] === 1) this._keep();
  }

  /** Another point of the mark that is open; a second one at the same place closes an outline. */
  add(point) {
    const { kind, points } = this.open;
    if (kind === "outline" && points.length > 2 && near(point, points.at(-1))) { this._keep(); return; }
    points.push(point);
    if (points.length >= NEEDED[kind]) this._keep();
  }

  /** Close an outline. */
  close() { if (this.open?.kind === "outline" && this.open.points.length > 2) this._keep(); }

  /** Let go of the mark that is open. */
  drop() { this.open = null; }

  /** Take the last mark of a frame away. */
  remove(where) {
    const last = this.of(where).at(-1);
    if (!last) return;
    this.kept = this.kept.filter((mark) => mark !== last);
    this._tell();
  }

  _keep() {
    const { kind, image, frame, points } = this.open;
    this.open = null;
    if (kind !== "point" && points.every((point) => near(point, points[0]))) return; // of no extent
    this.kept = [...this.kept, { kind, image, frame, points: points.map(([x, y]) => [hundredth(x), hundredth(y)]) }];
    this._tell();
  }

  _tell() { this.dispatchEvent(new Event("changed")); }
}

function near([a, b], [c, d]) { return Math.hypot(a - c, b - d) < 0.5; }

function hundredth(value) { return Math.round(value * 100) / 100; }
