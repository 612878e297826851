// The page of a reading: the viewer and the form.

import { keepDraft } from "./draft.js";
import { prepareForm } from "./form.js";
import { Viewer } from "./viewer.js";
import { learn, say } from "./words.js";

const element = document.querySelector(".viewer");
learn(JSON.parse(element.dataset.said));
const form = document.getElementById("reading");
prepareForm(form, document.getElementById("lock"));

const answer = await fetch(`/cases/${element.dataset.case}/stacks.json`, { headers: { accept: "application/json" } });
if (answer.ok) {
  const viewer = new Viewer(element, await answer.json(), JSON.parse(form.elements.marks.value));
  viewer.marks.addEventListener("changed", () => { form.elements.marks.value = JSON.stringify(viewer.marks.kept); });
  keepDraft(form, element.dataset, viewer.marks);
  viewer.views[0]?.element.focus({ preventScroll: true });
} else {
  element.textContent = say("failed");
}
