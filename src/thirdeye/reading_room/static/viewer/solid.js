// A volume in three dimensions, by NiiVue where it is installed (scripts/viewers); without it there are planes.

import { make } from "./element.js";
import { say } from "./words.js";

const SCRIPT = "/static/vendor/niivue.js";
const AXIS = { R: [0, 1], L: [0, -1], A: [1, 1], P: [1, -1], S: [2, 1], I: [2, -1] };
const HEADER_BYTES = 352;
const FLOAT32 = 16;

/** Show a volume { values, size, base } of a stack in a dialog. */
export async function showSolid(volume, stack) {
  await script();
  const canvas = make("canvas", { class: "solid-canvas" });
  const dialog = make("dialog", { class: "solid", "aria-label": say("solid") }, canvas,
    make("button", { type: "button", class: "main", click: () => dialog.close() }, say("close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  const viewer = new globalThis.niivue.Niivue({ backColor: [0, 0, 0, 1], show3Dcrosshair: false, isOrientCube: true });
  await viewer.attachToCanvas(canvas);
  await viewer.loadFromArrayBuffer(nifti(volume, stack), "volume.nii");
  viewer.setSliceType(viewer.sliceTypeRender);
  dialog.dataset.state = "ready";
}

function script() {
  if (globalThis.niivue) return Promise.resolve();
  return new Promise((loaded, failed) => document.head.append(make("script", { src: SCRIPT, load: loaded, error: failed })));
}

/** A NIfTI-1 file of single-precision numbers. */
export function nifti({ values, size, base }, { code, spacing_mm: spacing }) {
  const buffer = new ArrayBuffer(HEADER_BYTES + 4 * values.length);
  const head = new DataView(buffer);
  head.setInt32(0, 348, true);
  [3, ...size, 1, 1, 1, 1].forEach((length, at) => head.setInt16(40 + 2 * at, length, true));
  head.setInt16(70, FLOAT32, true);
  head.setInt16(72, 32, true);
  [1, ...spacing].forEach((step, at) => head.setFloat32(76 + 4 * at, step, true));
  head.setFloat32(108, HEADER_BYTES, true);
  head.setFloat32(112, 1, true);
  head.setUint8(123, 2); // millimetres
  head.setInt16(254, 1, true); // the rows below place the voxels
  [...code].forEach((letter, axis) => {
    const [row, sign] = AXIS[letter];
    head.setFloat32(280 + 16 * row + 4 * axis, sign * spacing[axis], true);
    head.setFloat32(280 + 16 * row + 12, (-sign * spacing[axis] * (size[axis] - 1)) / 2, true);
  });
  head.setUint32(344, 0x6e2b3100, false); // "n+1"
  const numbers = new Float32Array(buffer, HEADER_BYTES);
  for (let at = 0; at < values.length; at += 1) {
    const raw = values[at];
    numbers[at] = (base.signed && raw > 32767 ? raw - 65536 : raw) * base.slope + base.intercept;
  }
  return buffer;
}
