// Lengths and sizes of marks: in millimetres where the size of a pixel is known, else in pixels.

import { say } from "./words.js";

/** Distance of two points; spacing is [row, column] in mm, or null. */
export function distance([a, b], spacing) {
  const [down, across] = spacing ?? [1, 1];
  return Math.hypot((b[0] - a[0]) * across, (b[1] - a[1]) * down);
}

/** Area within a ring of points, in mm2 or pixels. */
export function area(points, spacing) {
  const [down, across] = spacing ?? [1, 1];
  const twice = points.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = points[(at + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return (Math.abs(twice) / 2) * across * down;
}

/** What is written beside a mark; empty for a point. */
export function said({ kind, points }, spacing) {
  if (kind === "length") return length(distance(points, spacing), spacing);
  if (kind === "box") {
    const [[left, top], [right, bottom]] = points;
    const width = length(distance([[left, 0], [right, 0]], spacing), spacing);
    const height = length(distance([[0, top], [0, bottom]], spacing), spacing);
    return say("box_size", { width: width.split(" ")[0], height });
  }
  if (kind === "outline") return `${number(area(points, spacing))} ${spacing ? "mm²" : "px²"}`;
  return "";
}

function length(value, spacing) { return say(spacing ? "millimetres" : "pixels", { value: number(value) }); }

function number(value) {
  const digits = value < 100 ? 1 : 0;
  return value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
