// What is entered is kept by the server a moment later, so that a reload loses nothing.

import { say } from "./words.js";

const WAIT_MS = 600;

/** Keep the form of a case. */
export function keepDraft(form, { case: caseId, csrf }, marks) {
  const told = form.querySelector(".kept");
  let waiting = null;
  let last = Promise.resolve();

  const keep = async () => {
    waiting = null;
    if (form.dataset.sure) return;
    const body = new URLSearchParams(new FormData(form));
    const sent = fetch(`/cases/${caseId}/draft`, { method: "POST", body, headers: { "X-CSRF": csrf, accept: "application/json" }, keepalive: true });
    told.textContent = await sent.then((answer) => say(answer.ok ? "kept" : "not_kept"), () => say("not_kept"));
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { last = last.then(keep); }, WAIT_MS);
  };
  form.addEventListener("input", soon);
  marks.addEventListener("changed", soon);
  form.addEventListener("submit", () => clearTimeout(waiting));
  addEventListener("pagehide", () => { if (waiting !== null) keep(); });
}
