// From stored values to grey levels: the window (DICOM PS3.3 C.11.2.1), the polarity, as one table.

const OPAQUE = 0xff000000;

/** The values shown black and white of a window { centre, width, shape }. */
export function ends({ centre, width, shape }) {
  if (shape === "linear") return [centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2];
  return [centre - width / 2, centre + width / 2];
}

/** Grey level 0 to 1 of a physical value. */
export function level(value, window, frame) {
  if (window.shape === "table") {
    const at = Math.floor(value + 0.5) - frame.table_first;
    return frame.table[Math.min(Math.max(at, 0), frame.table.length - 1)] / 65535;
  }
  if (window.shape === "sigmoid") return 1 / (1 + Math.exp((-4 * (value - window.centre)) / window.width));
  const [low, high] = ends(window);
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Every possible raw value of a frame to a pixel (Uint32Array, ABGR of little-endian machines). */
export function pixelTable(frame, window, inverted) {
  const wide = frame.values instanceof Uint16Array;
  const table = new Uint32Array(wide ? 65536 : 256);
  const turned = inverted !== frame.inverted;
  for (let raw = 0; raw < table.length; raw += 1) {
    const stored = frame.signed && raw > 32767 ? raw - 65536 : raw;
    const shown = Math.floor(level(stored * frame.slope + frame.intercept, window, frame) * 255 + 0.5);
    const grey = turned ? 255 - shown : shown;
    table[raw] = OPAQUE | (grey << 16) | (grey << 8) | grey;
  }
  return table;
}

/** The physical value of a pixel; null outside. */
export function physical(frame, column, row) {
  if (frame.channels !== 1 || column < 0 || row < 0 || column >= frame.columns || row >= frame.rows) return null;
  const raw = frame.values[row * frame.columns + column];
  return (frame.signed && raw > 32767 ? raw - 65536 : raw) * frame.slope + frame.intercept;
}

/** The whole range of colours, as a window. */
export const COLOURS = { centre: 127.5, width: 255, shape: "exact", word: "file" };
