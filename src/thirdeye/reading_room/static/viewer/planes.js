// Three planes through a volume: each is a source for a view, and all meet in one place.

import { planeOf } from "./sides.js";
import { assemble, cut } from "./volume.js";

const ORDER = ["axial", "coronal", "sagittal"];

/** The three planes of a stack: sources in the order axial, coronal, sagittal, and where they meet. */
export async function planesOf(source, told) {
  const volume = assemble(await source.all(told));
  const meeting = volume.size.map((length) => Math.floor(length / 2)); // a voxel
  const group = {};
  const planes = [[0, 1, 2], [0, 2, 1], [1, 2, 0]].map((axes) => new PlaneSource(source.stack, volume, axes, group));
  planes.sort((one, other) => ORDER.indexOf(one.plane) - ORDER.indexOf(other.plane));
  return { planes, meeting, volume };
}

/** Slices across one axis of a volume. */
class PlaneSource {
  constructor(stack, volume, axes, group) {
    this.axes = axes;
    this.through = axes[2];
    this.count = volume.size[this.through];
    this.code = axes.map((axis) => stack.code[axis]).join("");
    this.plane = planeOf(this.code[2]);
    this.modality = stack.modality;
    this.group = group; // views of one group share their window
    this._volume = volume;
    this._spacing = [stack.spacing_mm[axes[1]], stack.spacing_mm[axes[0]]];
    this._last = null;
  }

  /** Marks are set on frames as they came, not on planes. */
  where() { return null; }

  now(index) {
    if (this._last?.index !== index) this._last = { index, frame: this._cut(index) };
    return this._last.frame;
  }

  async frame(index) { return this.now(index); }

  /** Where the planes meet, as a point of this one. */
  point(meeting) { return [meeting[this.axes[0]] + 0.5, meeting[this.axes[1]] + 0.5]; }

  /** The voxel under a point of this plane. */
  voxel([x, y], index) {
    const found = [0, 0, 0];
    const held = (value, axis) => Math.min(Math.max(value, 0), this._volume.size[axis] - 1);
    found[this.axes[0]] = held(Math.floor(x), this.axes[0]);
    found[this.axes[1]] = held(Math.floor(y), this.axes[1]);
    found[this.through] = index;
    return found;
  }

  _cut(index) {
    const [columns, rows] = [this._volume.size[this.axes[0]], this._volume.size[this.axes[1]]];
    return { ...this._volume.base, columns, rows, spacing_mm: this._spacing, values: cut(this._volume, this.axes, index) };
  }
}
