// The page of a reading: the viewer and the form.

import { keepDraft } from "./draft.js";
import { make } from "./element.js";
import { prepareForm } from "./form.js";
import { Viewer } from "./viewer.js";
import { learn, say } from "./words.js";

const element = document.querySelector(".viewer");
learn(JSON.parse(element.dataset.said));
const form = document.getElementById("reading");
prepareForm(form, document.getElementById("lock"));

const answer = await fetch(`/cases/${element.dataset.case}/stacks.json`, { headers: { accept: "application/json" } });
if (answer.ok) {
  const hung = await answer.json();
  tellMissing(hung);
  const viewer = new Viewer(element, hung, JSON.parse(form.elements.marks.value));
  viewer.marks.addEventListener("changed", () => { form.elements.marks.value = JSON.stringify(viewer.marks.kept); });
  keepDraft(form, element.dataset, viewer.marks);
  viewer.views[0]?.element.focus({ preventScroll: true });
} else {
  element.textContent = say("failed");
}

/** Say how many images of the case cannot be shown; a reading of a part must know that it is one. */
function tellMissing({ images, stacks }) {
  const shown = new Set(stacks.flatMap((stack) => stack.frames.map(([image]) => image)));
  const count = images.length - shown.size;
  if (count) form.prepend(make("p", { class: "warning", role: "alert" }, say("unreadable", { count, all: images.length })));
}
