// What is drawn over an image: marks, the mark that is being set, the aim of the keyboard, the crosshair.

import { draw } from "./element.js";
import { said } from "./measure.js";
import { toScreen } from "./placing.js";

/** Draw over a view anew. */
export function drawLayer(svg, { marks, open, aim, cross, spacing, matrix, size }) {
  const onScreen = (point) => toScreen(matrix, point);
  svg.replaceChildren(
    ...(cross ? crosshair(onScreen(cross), size) : []),
    ...marks.flatMap((mark) => shape(mark, onScreen, spacing, false)),
    ...(open ? shape(open, onScreen, spacing, true) : []),
    ...(aim ? [aiming(onScreen(aim))] : []),
  );
}

function shape(mark, onScreen, spacing, isOpen) {
  const corners = mark.kind === "box" && mark.points.length === 2 ? around(mark.points) : mark.points;
  const points = corners.map(onScreen);
  if (mark.kind === "point") return [draw("circle", { class: "dot", cx: points[0][0], cy: points[0][1], r: 6 })];
  const closed = !isOpen && mark.kind !== "length" || mark.kind === "box";
  const path = `M${points.map((point) => point.join(" ")).join("L")}${closed ? "Z" : ""}`;
  const drawn = [
    draw("path", { class: "halo", d: path }),
    draw("path", { class: isOpen ? "mark open" : "mark", d: path }),
  ];
  if (mark.kind === "length" || isOpen) drawn.push(...points.map(([x, y]) => draw("circle", { class: "dot", cx: x, cy: y, r: 3 })));
  if (mark.points.length > 1) {
    const [x, y] = points.reduce((far, point) => (point[0] > far[0] ? point : far));
    drawn.push(draw("text", { x: x + 8, y: y + 5 }, said(mark, spacing)));
  }
  return drawn;
}

function around([[left, top], [right, bottom]]) { return [[left, top], [right, top], [right, bottom], [left, bottom]]; }

function crosshair([x, y], { width, height }) {
  return [
    draw("path", { class: "cross", d: `M0 ${y}H${x - 12}M${x + 12} ${y}H${width}M${x} 0V${y - 12}M${x} ${y + 12}V${height}` }),
  ];
}

function aiming([x, y]) {
  return draw("path", { class: "aim", d: `M${x - 12} ${y}H${x - 3}M${x + 3} ${y}H${x + 12}M${x} ${y - 12}V${y - 3}M${x} ${y + 3}V${y + 12}` });
}
