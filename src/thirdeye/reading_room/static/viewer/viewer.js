// The viewer: views side by side, one of them chosen, and what is done to them.

import { make } from "./element.js";
import { showHelp } from "./help.js";
import { listenToKeys } from "./keys.js";
import { Marking, marksWith } from "./marking.js";
import { Marks } from "./marks.js";
import { planesOf } from "./planes.js";
import { listen } from "./pointer.js";
import { showSolid } from "./solid.js";
import { SlideSource } from "./slide.js";
import { StackSource } from "./source.js";
import { thumbs } from "./thumbs.js";
import { Toolbar } from "./toolbar.js";
import { View } from "./view.js";
import { hasPlanes } from "./volume.js";
import { say } from "./words.js";

const LAYOUTS = [1, 2, 4];
const SCROLL_PX = 12; // dragged for one frame

export class Viewer {
  constructor(element, { case: caseId, images, stacks, tile_px: tilePx, solid }, kept) {
    this.hasSolid = solid;
    this.element = element;
    this.marks = new Marks(kept);
    this.marking = new Marking(this.marks, this, () => this._over());
    this.sources = stacks.map((stack) => (stack.kind === "slide" ? new SlideSource(caseId, images, stack, tilePx) : new StackSource(caseId, images, stack)));
    this.tool = "window";
    this.layout = 1;
    this.meeting = null; // where three planes meet
    this.views = [];
    this.chosen = null;
    this._dragged = 0;
    this._build();
    this.arrange(LAYOUTS.find((count) => count >= Math.min(this.sources.length, 4)) ?? 1);
    this.marks.addEventListener("changed", () => this._over());
  }

  _build() {
    this.toolbar = new Toolbar(this);
    this.grid = make("div", { class: "views" });
    this.thumbs = this.sources.length > 1 ? thumbs(this.sources, (source) => this.hang(source)) : null;
    this.element.classList.toggle("strip", Boolean(this.thumbs));
    this.element.replaceChildren(...[this.toolbar.element, this.thumbs, this.grid].filter(Boolean));
  }

  /** Lay out 1, 2 or 4 views, with the stacks that were there and those that follow. */
  arrange(count) {
    this.layout = count;
    const shown = this.meeting ? [] : this.views.map((view) => view.source);
    this.meeting = null;
    const rest = this.sources.filter((source) => !shown.includes(source));
    const all = [...shown, ...rest];
    this._lay(Array.from({ length: count }, (_, at) => all[at] ?? null), count);
  }

  _lay(sources, count) {
    const focused = this.grid.contains(document.activeElement);
    this.grid.dataset.layout = count;
    this.views = sources.map((source) => {
      const view = new View(this.marks);
      listen(view, this);
      listenToKeys(view, this);
      view.element.addEventListener("shown", () => { if (view === this.chosen) this.toolbar.refresh(); });
      return view;
    });
    this.grid.replaceChildren(...this.views.map((view) => view.element));
    this.views.forEach((view, at) => { if (sources[at]) view.show(sources[at]); });
    this.views = this.views.filter((view) => view.source);
    this.choose(this.views[0]);
    this.use(this.tool);
    if (focused) this.chosen?.element.focus({ preventScroll: true }); // keys go on working
  }

  get canCut() { return Boolean(this.meeting) || Boolean(this.chosen?.source.stack && hasPlanes(this.chosen.source.stack)); }

  choose(view) {
    if (!view || this.chosen === view) return;
    this.chosen = view;
    for (const one of this.views) one.element.classList.toggle("chosen", one === view && this.views.length > 1);
    const buttons = this.thumbs?.querySelectorAll("button") ?? [];
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(this.sources[at] === view.source)));
    this.toolbar.refresh();
  }

  /** Put a stack into the chosen view. */
  hang(source) {
    if (this.meeting) this.arrange(1);
    const view = this.chosen;
    view.show(source);
    this.chosen = null;
    this.choose(view);
  }

  use(tool) {
    this.tool = tool;
    this.marks.drop();
    for (const view of this.views) {
      view.element.dataset.tool = tool;
      if (!marksWith(tool)) view.aim = null;
    }
    this._over();
    this.toolbar.refresh();
  }

  /** Windows of all views of one volume change together. */
  look(view, window) {
    for (const one of this.views) if (one.source.group === view.source.group) one.look(window);
    this.toolbar.refresh();
  }

  pick(at) { if (at >= 0) this.look(this.chosen, this.chosen.windows[at]); }

  nextWindow(view) { if (view.windows.length) this.pick((view.windows.indexOf(view.window) + 1) % view.windows.length); }

  nextLayout() { this.arrange(LAYOUTS[(LAYOUTS.indexOf(this.layout) + 1) % LAYOUTS.length]); }

  press(name) {
    const view = this.chosen;
    if (!view?.frame) return;
    if (name === "invert") view.invert();
    else if (name === "reset") view.reset();
    else if (name === "rotate") view.place({ ...view.placing, quarters: (view.placing.quarters + 1) % 4 });
    else view.place({ ...view.placing, flip: !view.placing.flip });
  }

  scroll(view, step) {
    view.go(view.index + step);
    if (!this.meeting) return;
    this.meeting[view.source.through] = view.index;
    this._over();
  }

  drag(view, dy) {
    this._dragged += dy;
    const step = Math.trunc(this._dragged / SCROLL_PX);
    this._dragged -= step * SCROLL_PX;
    if (step) this.scroll(view, step);
  }

  /** Where the pointer is: the value below it. */
  point(view, at) {
    const value = view.valueAt(at);
    if (value) view.corners.right.textContent = value;
  }

  /** A click moves the place where planes meet. */
  click(view, point) {
    if (!this.meeting) return;
    this.meeting = view.source.voxel(point, view.index);
    for (const one of this.views) one.go(this.meeting[one.source.through]);
    this._over();
  }

  async togglePlanes() {
    if (this.meeting) { this.arrange(1); return; }
    if (!this.canCut) return;
    const view = this.chosen;
    const { planes, meeting, volume } = await planesOf(view.source, (here, of) => { view.corners.top.textContent = say("loading_planes", { here, of }); });
    this.meeting = meeting;
    this._whole = { volume, stack: view.source.stack };
    this.layout = 4;
    this.chosen = null;
    this._lay(planes, 4);
    for (const one of this.views) one.cross = (self) => (this.meeting ? self.source.point(this.meeting) : null);
    this._over();
  }

  /** The volume of the planes in three dimensions. */
  solid() { showSolid(this._whole.volume, this._whole.stack); }

  /** Play a cine, or stop it. */
  play(view) {
    const rate = view?.source?.stack?.rate_hz;
    if (view.playing) { clearInterval(view.playing); view.playing = null; return; }
    if (rate > 0) view.playing = setInterval(() => view.go((view.index + 1) % view.source.count), 1000 / Math.min(rate, 60));
  }

  help() { showHelp(); }

  _over() { for (const view of this.views) view.refresh(); }
}
