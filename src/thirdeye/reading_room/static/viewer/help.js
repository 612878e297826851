// The keys, on a page of their own.

import { make } from "./element.js";
import { say } from "./words.js";

const LINES = ["help_arrows", "help_tools", "help_enter", "help_frames", "help_zoom", "help_look", "help_views"];

/** Show the keys; focus goes back to where it was. */
export function showHelp() {
  const dialog = make("dialog", { "aria-label": say("help") },
    make("h2", {}, say("help")), ...LINES.map((line) => make("p", {}, say(line))),
    make("button", { type: "button", class: "main", click: () => dialog.close() }, say("close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
