// A whole slide: tiles of the level that suits the enlargement, over an overview.
//
// Levels are those of the Deep Zoom format: the last is the finest, each one before it half as wide.

const KEPT_TILES = 400;

/** A slide of the case, as a source of one frame without values. */
export class SlideSource {
  constructor(caseId, images, stack, tilePx) {
    const image = images[stack.frames[0][0]];
    const [across, down] = stack.spacing_mm;
    this.stack = stack;
    this.count = 1;
    this.code = "";
    this.group = this;
    this.modality = stack.modality;
    this._image = image;
    this._address = `/cases/${caseId}/images/${image}/`;
    this._tilePx = tilePx;
    this._finest = Math.max(0, Math.ceil(Math.log2(Math.max(stack.columns, stack.rows))));
    this._tiles = new Map();
    this._frame = {
      tiled: this, columns: stack.columns, rows: stack.rows, channels: 3, windows: [], unit: "",
      spacing_mm: across ? [down, across] : null,
    };
    this._overview = new Image();
    this._overview.src = this.preview();
  }

  where() { return { image: this._image, frame: 0 }; }

  preview() { return `${this._address}frames/0/preview.png`; }

  now() { return this._frame; }

  async frame() {
    await this._overview.decode();
    return this._frame;
  }

  /** Draw what a view shows; `again` is called when a tile has come. */
  draw(context, corners, scale, again) {
    const { columns, rows } = this._frame;
    if (this._overview.complete && this._overview.naturalWidth) context.drawImage(this._overview, 0, 0, columns, rows);
    const level = Math.min(this._finest, Math.max(0, this._finest + Math.ceil(Math.log2(scale))));
    const side = this._tilePx * 2 ** (this._finest - level); // of a tile, in pixels of the finest level
    const [left, top, right, bottom] = within(corners, columns, rows);
    for (let row = Math.floor(top / side); row * side < bottom; row += 1) {
      for (let column = Math.floor(left / side); column * side < right; column += 1) {
        const tile = this._tile(level, column, row, again);
        if (tile) context.drawImage(tile, column * side, row * side, Math.min(side, columns - column * side), Math.min(side, rows - row * side));
      }
    }
  }

  _tile(level, column, row, again) {
    const address = `${this._address}tiles/${level}/${column}_${row}.jpeg`;
    let tile = this._tiles.get(address);
    if (!tile) {
      tile = new Image();
      tile.addEventListener("load", again);
      tile.src = address;
      this._tiles.set(address, tile);
      if (this._tiles.size > KEPT_TILES) this._tiles.delete(this._tiles.keys().next().value);
    }
    return tile.complete && tile.naturalWidth ? tile : null;
  }
}

/** The rectangle around points, cut to the slide. */
function within(corners, columns, rows) {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.max(0, Math.min(...xs)), Math.max(0, Math.min(...ys)), Math.min(columns, Math.max(...xs)), Math.min(rows, Math.max(...ys))];
}
