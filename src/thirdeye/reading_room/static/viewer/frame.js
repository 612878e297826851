// One frame as the server sends it: a header, and values that are unpacked here.
//
// Values stay as raw bits: signed ones are read with their sign where a table is made (levels.js), so that
// one loop paints them all.

/** Fetch a frame. */
export async function fetchFrame(url, signal) {
  const answer = await fetch(url, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return unpack(await answer.arrayBuffer());
}

/** A frame from its bytes: the header's fields, and `values` (Uint8Array or Uint16Array). */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const steps = new Uint8Array(buffer, 4 + length);
  const { rows, columns, channels } = header;
  const values = header.type.endsWith("1") ? summed8(steps, rows, columns, channels) : summed16(steps, rows, columns);
  return { ...header, values, signed: header.type.startsWith("i") };
}

// Each row is the running sum of its differences; sums wrap around.
function summed8(steps, rows, columns, channels) {
  const width = columns * channels;
  const values = new Uint8Array(rows * width);
  for (let row = 0, at = 0; row < rows; row += 1) {
    const end = at + width;
    for (let first = at + channels; at < first; at += 1) values[at] = steps[at];
    for (; at < end; at += 1) values[at] = values[at - channels] + steps[at];
  }
  return values;
}

function summed16(steps, rows, columns) {
  const count = rows * columns;
  const values = new Uint16Array(count);
  for (let row = 0, at = 0; row < rows; row += 1) {
    let sum = 0;
    for (const end = at + columns; at < end; at += 1) {
      sum = (sum + steps[at] + (steps[at + count] << 8)) & 0xffff;
      values[at] = sum;
    }
  }
  return values;
}
