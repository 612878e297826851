// What a view shows: the frames of a stack, fetched when they are needed and kept while there is room.

import { fetchFrame } from "./frame.js";

const KEPT_PIXELS = 120_000_000; // of all frames of a stack that stay in memory
const AHEAD = 3;
const TOGETHER = 6; // requests at a time

/** The frames of a stack of the case. */
export class StackSource {
  constructor(caseId, images, stack) {
    this.stack = stack;
    this.count = stack.frames.length;
    this.code = stack.code;
    this.group = this;
    this.modality = stack.modality;
    this.native = true;
    this._urls = stack.frames.map(([image, frame]) => `/cases/${caseId}/images/${images[image]}/frames/${frame}/`);
    this._where = stack.frames.map(([image, frame]) => ({ image: images[image], frame }));
    this._coming = new Map();
    this._ready = new Map();
  }

  /** Image and frame that marks name. */
  where(index) { return this._where[index]; }

  /** Address of a picture for a first look. */
  preview(index) { return `${this._urls[index]}preview.png`; }

  /** A frame that is here already, or null. */
  now(index) { return this._ready.get(index) ?? null; }

  /** A frame; those beside it are asked for after it. */
  async frame(index) {
    const frame = await this._fetched(index);
    for (let step = 1; step <= AHEAD; step += 1) {
      for (const near of [index + step, index - step]) {
        if (near >= 0 && near < this.count) this._fetched(near).catch(() => {});
      }
    }
    return frame;
  }

  /** Every frame, in order; for planes through the whole. */
  async all(told) {
    const frames = [];
    for (let first = 0; first < this.count; first += TOGETHER) {
      const some = Array.from({ length: Math.min(TOGETHER, this.count - first) }, (_, at) => this._fetched(first + at));
      frames.push(...await Promise.all(some));
      told(frames.length, this.count);
    }
    return frames;
  }

  _fetched(index) {
    if (this._ready.has(index)) return Promise.resolve(this._ready.get(index));
    if (!this._coming.has(index)) {
      const coming = fetchFrame(`${this._urls[index]}values`).finally(() => this._coming.delete(index));
      this._coming.set(index, coming.then((frame) => this._keep(index, frame)));
    }
    return this._coming.get(index);
  }

  _keep(index, frame) {
    this._ready.set(index, frame);
    const most = Math.max(2 * AHEAD + 2, Math.floor(KEPT_PIXELS / (frame.rows * frame.columns)));
    for (const old of this._ready.keys()) {
      if (this._ready.size <= most) break;
      if (Math.abs(old - index) > AHEAD) this._ready.delete(old);
    }
    return frame;
  }
}
