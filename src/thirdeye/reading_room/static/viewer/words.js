// The words of the viewer, in the language of the page.

let known = {};

/** Take the words over: key to text. */
export function learn(words) { known = words; }

/** A text with what is filled in: say("frame", { frame: 1, frames: 9 }). */
export function say(key, filled = {}) {
  return (known[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(filled[name] ?? whole));
}
