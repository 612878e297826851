// The list by keyboard: J and K (or arrows) go from case to case; the filters apply as soon as they are chosen.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("#worklist tbody tr")];
  const first = (row) => row.querySelector(".acts a, .acts button");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !rows.length) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
    first(next).focus();
    event.preventDefault();
  });
  const filters = document.querySelector("form.filters");
  if (filters) filters.addEventListener("change", () => filters.submit());
})();
