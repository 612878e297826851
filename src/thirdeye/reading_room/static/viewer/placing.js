// Where an image lies on the screen: mirrored, turned by quarters, enlarged, moved.

/** A placing that shows a whole image of `columns` x `rows` pixels, each `wide` x `high`, in a view. */
export function fitted(picture, view, turned = { flip: false, quarters: 0 }) {
  const odd = turned.quarters % 2;
  const across = (odd ? picture.rows * picture.high : picture.columns * picture.wide);
  const down = (odd ? picture.columns * picture.wide : picture.rows * picture.high);
  const zoom = Math.min(view.width / across, view.height / down) || 1;
  return { ...turned, zoom, x: 0, y: 0 };
}

/** The matrix (a, b, c, d, e, f) of a canvas from pixels of the image to pixels of the view. */
export function matrix(placing, picture, view) {
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][placing.quarters % 4];
  const across = placing.zoom * picture.wide * (placing.flip ? -1 : 1);
  const down = placing.zoom * picture.high;
  const [a, b, c, d] = [cos * across, sin * across, -sin * down, cos * down];
  const [x, y] = [picture.columns / 2, picture.rows / 2];
  const [left, top] = [view.width / 2 + placing.x - a * x - c * y, view.height / 2 + placing.y - b * x - d * y];
  return [a, b, c, d, Math.round(left), Math.round(top)]; // whole, so that pixel for pixel is exact
}

/** A point of the image on the screen. */
export function toScreen([a, b, c, d, e, f], [x, y]) { return [a * x + c * y + e, b * x + d * y + f]; }

/** A point of the screen in the image. */
export function toImage([a, b, c, d, e, f], [x, y]) {
  const area = a * d - b * c;
  return [(d * (x - e) - c * (y - f)) / area, (a * (y - f) - b * (x - e)) / area];
}

/** Enlarged by a factor, so that a point of the view stays where it is. */
export function enlarged(placing, factor, [x, y], view) {
  const zoom = Math.min(64, Math.max(0.0005, placing.zoom * factor));
  const by = zoom / placing.zoom;
  const [left, top] = [x - view.width / 2, y - view.height / 2];
  return { ...placing, zoom, x: left - (left - placing.x) * by, y: top - (top - placing.y) * by };
}
