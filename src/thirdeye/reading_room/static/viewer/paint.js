// A frame onto a canvas of its own size.

import { pixelTable } from "./levels.js";

/** Paint a frame through a window; the canvas takes the frame's size. */
export function paint(canvas, frame, window, inverted) {
  if (canvas.width !== frame.columns || canvas.height !== frame.rows) {
    canvas.width = frame.columns;
    canvas.height = frame.rows;
    canvas.held = null;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  canvas.held ??= context.createImageData(frame.columns, frame.rows);
  const pixels = new Uint32Array(canvas.held.data.buffer);
  const table = pixelTable(frame, window, inverted);
  if (frame.channels === 1) grey(pixels, frame.values, table);
  else colour(pixels, frame.values, table);
  context.putImageData(canvas.held, 0, 0);
}

function grey(pixels, values, table) {
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = table[values[at]];
}

function colour(pixels, values, table) {
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += 3) {
    const red = table[values[from]] & 0xff;
    const green = table[values[from + 1]] & 0xff00;
    pixels[at] = 0xff000000 | (table[values[from + 2]] & 0xff0000) | green | red;
  }
}
