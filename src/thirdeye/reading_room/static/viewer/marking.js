// Setting marks on a view, by pointer and by keyboard.

import { toImage, toScreen } from "./placing.js";

const MARKS = new Set(["point", "length", "box", "outline"]);
const STEP_PX = 4; // of the aim on the screen

/** Whether a tool sets marks. */
export function marksWith(tool) { return MARKS.has(tool); }

/** Sets marks for a viewer, which tells the tool; `again` draws all views. */
export class Marking {
  constructor(marks, viewer, again) {
    Object.assign(this, { marks, viewer, again });
  }

  setPoint(view, point) {
    const where = view.source.where(view.index);
    if (!where || !view.frame) return;
    if (this.marks.open) this.marks.add(point);
    else this.marks.begin(this.viewer.tool, where, point);
    this.again();
  }

  release(view, point) {
    if (this.marks.open && this.viewer.tool !== "outline") this.marks.add(point);
    this.again();
  }

  closeMark(view) {
    this.marks.close();
    view.refresh();
  }

  letGo(view) {
    this.marks.drop();
    view.aim = null;
    view.refresh();
  }

  removeMark(view) { if (view?.source) this.marks.remove(view.source.where(view.index)); }

  /** Move the aim of the keyboard by steps on the screen. */
  aim(view, dx, dy) {
    if (!view.frame) return;
    const centre = [view.picture.columns / 2, view.picture.rows / 2];
    if (view.aim) {
      const [x, y] = toScreen(view.matrix, view.aim);
      view.aim = toImage(view.matrix, [x + STEP_PX * dx, y + STEP_PX * dy]);
    } else view.aim = centre;
    view.refresh();
  }

  setAimed(view) {
    if (!MARKS.has(this.viewer.tool)) return;
    if (view.aim) this.setPoint(view, [...view.aim]);
    else this.aim(view, 0, 0);
  }
}
