// Everything by keyboard: letters choose, arrows do what the tool does.

import { adjust } from "./adjust.js";
import { marksWith } from "./marking.js";
import { enlarged } from "./placing.js";

const TOOLS = { w: "window", m: "pan", z: "zoom", s: "scroll", p: "point", l: "length", b: "box", o: "outline" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP_PX = 8;
const FAST = 5;

/** Listen to keys on a view. */
export function listenToKeys(view, viewer) {
  view.element.addEventListener("focus", () => viewer.choose(view));
  view.element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (pressed(view, viewer, event)) event.preventDefault();
  });
}

function pressed(view, viewer, event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (TOOLS[key]) { viewer.use(TOOLS[key]); return true; }
  if (ARROWS[key]) { arrow(view, viewer, ARROWS[key], event.shiftKey ? FAST : 1); return true; }
  const action = ACTIONS[key];
  if (action) action(view, viewer);
  return Boolean(action);
}

const middle = (view) => [view.size.width / 2, view.size.height / 2];
const zoomed = (factor) => (view) => view.place(enlarged(view.placing, factor, middle(view), view.size));

const ACTIONS = {
  PageUp: (view, viewer) => viewer.scroll(view, -1),
  PageDown: (view, viewer) => viewer.scroll(view, 1),
  Home: (view, viewer) => viewer.scroll(view, -view.source.count),
  End: (view, viewer) => viewer.scroll(view, view.source.count),
  "+": zoomed(1.2),
  "=": zoomed(1.2),
  "-": zoomed(1 / 1.2),
  0: (view) => view.reset(),
  1: (view) => view.place({ ...view.placing, zoom: 1 / view.sharp, x: 0, y: 0 }),
  i: (view) => view.invert(),
  r: (view) => view.place({ ...view.placing, quarters: (view.placing.quarters + 1) % 4 }),
  f: (view) => view.place({ ...view.placing, flip: !view.placing.flip }),
  v: (view, viewer) => viewer.nextWindow(view),
  x: (view, viewer) => viewer.nextLayout(),
  q: (view, viewer) => viewer.togglePlanes(),
  c: (view, viewer) => viewer.marking.closeMark(view),
  k: (view, viewer) => viewer.play(view),
  Enter: (view, viewer) => viewer.marking.setAimed(view),
  Escape: (view, viewer) => viewer.marking.letGo(view),
  Delete: (view, viewer) => viewer.marking.removeMark(view),
  Backspace: (view, viewer) => viewer.marking.removeMark(view),
  "?": (view, viewer) => viewer.help(),
};

function arrow(view, viewer, [dx, dy], times) {
  if (viewer.tool === "scroll") viewer.scroll(view, (dx + dy) * times);
  else if (marksWith(viewer.tool)) viewer.marking.aim(view, dx * times, dy * times);
  else adjust(view, viewer.tool, dx * STEP_PX * times, dy * STEP_PX * times, middle(view));
}
