// The stacks of a case as small pictures; one is put into the chosen view.

import { make } from "./element.js";
import { say } from "./words.js";

/** A column of buttons, one for each source. */
export function thumbs(sources, click) {
  return make("div", { class: "thumbs", role: "group", "aria-label": say("images") }, ...sources.map((source, at) => {
    const text = source.count > 1 ? make("span", {}, String(source.count)) : null;
    const picture = make("img", { alt: "", src: source.preview(Math.floor(source.count / 2)), loading: "lazy" });
    return make("button", { type: "button", value: at, title: say("series", { number: at + 1 }), "aria-label": say("series", { number: at + 1 }), "aria-pressed": "false", click: () => click(source) }, picture, text);
  }));
}
