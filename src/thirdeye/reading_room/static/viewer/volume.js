// The voxels of a stack in one piece, and planes cut out of them.

const MOST_VOXELS = 200_000_000;

/** Whether planes can be laid through a stack. */
export function hasPlanes(stack) {
  return stack.code?.length === 3 && stack.spacing_mm.length === 3 && stack.frames.length > 3
    && stack.rows * stack.columns * stack.frames.length <= MOST_VOXELS;
}

/** Frames of one size into { values, size: [columns, rows, frames], base }; one slope for all. */
export function assemble(frames) {
  const [base] = frames;
  const alike = frames.every((one) => one.slope === base.slope && one.intercept === base.intercept && one.signed === base.signed && one.values.constructor === base.values.constructor);
  const each = base.rows * base.columns;
  const values = alike ? new base.values.constructor(each * frames.length) : new Uint16Array(each * frames.length);
  const scale = alike ? null : common(frames);
  frames.forEach((frame, at) => values.set(alike ? frame.values : scale.of(frame), at * each));
  return { values, size: [base.columns, base.rows, frames.length], base: alike ? base : { ...base, ...scale.header } };
}

/** Slices that are scaled each in their own way (PET) onto one scale of 65,536 steps. */
function common(frames) {
  const read = (frame, raw) => (frame.signed && raw > 32767 ? raw - 65536 : raw) * frame.slope + frame.intercept;
  let [low, high] = [Infinity, -Infinity];
  for (const frame of frames) {
    for (const raw of frame.values) {
      const value = read(frame, raw);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const slope = (high - low) / 65535 || 1;
  return {
    header: { slope, intercept: low, signed: false },
    of: (frame) => Uint16Array.from(frame.values, (raw) => Math.round((read(frame, raw) - low) / slope)),
  };
}

/** A plane across axis `through` at `index`: columns along axis `across`, rows along axis `down`. */
export function cut({ values, size }, [across, down, through], index) {
  const step = [1, size[0], size[0] * size[1]];
  const [columns, rows] = [size[across], size[down]];
  const plane = new values.constructor(columns * rows);
  for (let row = 0, at = 0; row < rows; row += 1) {
    let from = index * step[through] + row * step[down];
    for (let column = 0; column < columns; column += 1, at += 1, from += step[across]) plane[at] = values[from];
  }
  return plane;
}
