// What dragging and arrow keys do to a view, by tool. Steps are in pixels of the screen: right and down are positive.

import { enlarged } from "./placing.js";

const NARROWEST = 1e-6;

/** Change a view by a tool: dx, dy pixels dragged from a point of the view. */
export function adjust(view, tool, dx, dy, point) {
  if (!view.frame) return;
  if (tool === "window" && !view.window) tool = "pan"; // a slide has no window
  if (tool === "window") view.look(windowed(view, dx, dy));
  else if (tool === "pan") view.place({ ...view.placing, x: view.placing.x + dx, y: view.placing.y + dy });
  else if (tool === "zoom") view.place(enlarged(view.placing, Math.exp(-dy / 150), point, view.size));
}

/** A wider window to the right, a darker image downwards; a whole view's width is the whole range. */
function windowed(view, dx, dy) {
  const shown = view.windows.find((one) => one.word === "full") ?? view.windows[0];
  const { centre, width, shape } = view.window.shape === "table" ? { ...shown, shape: "exact" } : view.window;
  const step = Math.max(width, shown.width / 20 || 1) / 300;
  const least = shape === "linear" ? 2 : Math.max(NARROWEST, shown.width / 10_000);
  return { shape, word: "own", centre: centre + dy * step, width: Math.max(least, width + dx * step * 2) };
}
