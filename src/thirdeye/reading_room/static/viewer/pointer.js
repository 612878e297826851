// Mouse, pen and fingers on a view: one does what the tool does, two enlarge and move.

import { adjust } from "./adjust.js";
import { marksWith } from "./marking.js";
import { enlarged } from "./placing.js";

const CLICK_PX = 4;

/** Listen on a view; `viewer` knows the tool, the marks and what a click means. */
export function listen(view, viewer) {
  const down = new Map();
  let moved = 0;
  let tool = null;
  const at = (event) => {
    const { left, top } = view.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  view.element.addEventListener("pointerdown", (event) => {
    viewer.choose(view);
    view.element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    moved = 0;
    tool = event.button === 1 ? "pan" : event.button === 2 ? "zoom" : viewer.tool;
    if (down.size === 1 && marksWith(tool) && view.frame) viewer.marking.setPoint(view, view.inImage(at(event)));
  });
  view.element.addEventListener("pointermove", (event) => {
    viewer.point(view, at(event));
    if (!down.has(event.pointerId)) return;
    const [x, y] = down.get(event.pointerId);
    const here = at(event);
    moved += Math.abs(here[0] - x) + Math.abs(here[1] - y);
    if (down.size === 2) pinch(view, down, event.pointerId, here);
    else if (tool === "scroll") viewer.drag(view, here[1] - y);
    else if (!marksWith(tool)) adjust(view, tool, here[0] - x, here[1] - y, here);
    down.set(event.pointerId, here);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (marksWith(tool) && moved > CLICK_PX) viewer.marking.release(view, view.inImage(at(event)));
    else if (!marksWith(tool) && moved <= CLICK_PX) viewer.click(view, view.inImage(at(event)));
  };
  view.element.addEventListener("pointerup", up);
  view.element.addEventListener("pointercancel", up);
  view.element.addEventListener("dblclick", () => viewer.marking.closeMark(view));
  view.element.addEventListener("contextmenu", (event) => event.preventDefault());
  view.element.addEventListener("wheel", (event) => {
    event.preventDefault();
    viewer.choose(view);
    const step = Math.sign(event.deltaY);
    if (view.source.count > 1 && !event.ctrlKey) viewer.scroll(view, step);
    else if (view.placing) view.place(enlarged(view.placing, Math.exp(-step * 0.15), at(event), view.size));
  }, { passive: false });
}

/** Two fingers: what lies between them grows and moves with them. */
function pinch(view, down, id, here) {
  const [other] = [...down].filter(([key]) => key !== id).map(([, point]) => point);
  const before = down.get(id);
  const span = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
  const middle = [(here[0] + other[0]) / 2, (here[1] + other[1]) / 2];
  const grown = enlarged(view.placing, span(here) / span(before), middle, view.size);
  view.place({ ...grown, x: grown.x + (here[0] - before[0]) / 2, y: grown.y + (here[1] - before[1]) / 2 });
}
