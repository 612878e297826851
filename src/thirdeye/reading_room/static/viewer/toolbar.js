// Tools, windows and layouts as buttons.

import { make } from "./element.js";
import { say } from "./words.js";

const TOOLS = { window: "W", pan: "M", zoom: "Z", scroll: "S", point: "P", length: "L", box: "B", outline: "O" };

/** The toolbar of a viewer, which it keeps up to date through `refresh`. */
export class Toolbar {
  constructor(viewer) {
    this.viewer = viewer;
    this.tools = Object.entries(TOOLS).map(([tool, key]) => choice(`tool_${tool}`, key, () => viewer.use(tool), tool));
    this.layouts = [1, 2, 4].map((count) => choice(`layout_${count}`, "X", () => viewer.arrange(count), count, String(count)));
    this.presets = make("select", { "aria-label": say("preset"), change: () => viewer.pick(Number(this.presets.value)) });
    this.planes = plain("planes", "Q", () => viewer.togglePlanes());
    this.solid = plain("solid", "3D", () => viewer.solid());
    this.play = plain("play", "K", () => viewer.play(viewer.chosen));
    const turned = ["invert", "rotate", "flip", "reset"].map((name) => plain(name, { invert: "I", rotate: "R", flip: "F", reset: "0" }[name], () => viewer.press(name)));
    this.element = make("div", { class: "viewer-tools", role: "toolbar", "aria-label": say("tools") },
      make("div", { role: "group", "aria-label": say("tools") }, ...this.tools), make("hr", { "aria-hidden": "true" }),
      this.presets, ...turned, this.play, plain("undo", "Del", () => viewer.marking.removeMark(viewer.chosen)), make("hr", { "aria-hidden": "true" }),
      make("div", { role: "group", "aria-label": say("layout") }, ...this.layouts), this.planes, this.solid,
      plain("help", "?", () => viewer.help(), "?"));
  }

  refresh() {
    const { viewer } = this;
    for (const button of this.tools) press(button, button.value === viewer.tool);
    for (const button of this.layouts) press(button, Number(button.value) === viewer.layout);
    press(this.planes, Boolean(viewer.meeting));
    this.solid.hidden = !(viewer.meeting && viewer.hasSolid);
    this.planes.hidden = !viewer.canCut;
    this.play.hidden = !(viewer.chosen?.source?.stack?.rate_hz > 0);
    this._windows(viewer.chosen);
  }

  _windows(view) {
    const windows = view?.windows ?? [];
    const own = view?.window?.word === "own";
    const options = windows.map((window, at) => make("option", { value: at }, named(windows, window)));
    if (own || !windows.length) options.push(make("option", { value: -1 }, say("window_own")));
    this.presets.replaceChildren(...options);
    this.presets.value = String(own ? -1 : Math.max(0, windows.indexOf(view?.window)));
    this.presets.disabled = !windows.length;
  }
}

function named(windows, window) {
  const same = windows.filter((one) => one.word === window.word);
  return say(`window_${window.word}`) + (same.length > 1 ? ` ${same.indexOf(window) + 1}` : "");
}

function press(button, is) { button.setAttribute("aria-pressed", String(is)); }

function choice(word, key, click, value, text = say(word)) {
  return make("button", { type: "button", value, title: `${say(word)} (${key})`, "aria-label": say(word), "aria-pressed": "false", click }, text);
}

function plain(word, key, click, text = say(word)) {
  return make("button", { type: "button", title: `${say(word)} (${key})`, "aria-label": say(word), click }, text);
}
