// Sends files in parts with progress, and follows what becomes of them. Without it the form works by itself.
"use strict";
(() => {
  const form = document.getElementById("upload");
  const files = document.getElementById("files");
  const drop = document.getElementById("drop");
  const chosen = document.getElementById("chosen");
  const sending = document.getElementById("sending");
  const progress = document.getElementById("progress");
  const go = document.getElementById("go");
  const most = Number(form.dataset.most);
  const PART = Math.min(most / 2, 48 * 1024 * 1024);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const total = (list) => list.reduce((sum, one) => sum + one.size, 0);

  const tell = () => {
    const list = [...files.files];
    const mb = (total(list) / 1048576).toFixed(1);
    chosen.textContent = list.length ? filled(form.dataset.chosen, { n: list.length, mb }) : "";
  };
  files.addEventListener("change", tell);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    files.files = event.dataTransfer.files;
    tell();
  });

  const parts = (list) => {
    const found = [[]];
    let size = 0;
    for (const one of list) {
      if (found[found.length - 1].length && (size + one.size > PART || found[found.length - 1].length >= 500)) {
        found.push([]);
        size = 0;
      }
      found[found.length - 1].push(one);
      size += one.size;
    }
    return found;
  };

  const send = (body, token, onSent) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/upload");
    request.setRequestHeader("X-CSRF", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("error", () => reject(new Error(form.dataset.failed)));
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a page: the status tells */ }
      if (request.status === 200) resolve(answer);
      else reject(new Error(answer.error || form.dataset.failed));
    });
    request.send(body);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const list = [...files.files];
    if (list.some((one) => one.size > most - 65536)) { sending.textContent = form.dataset.tooLarge; return; }
    const fields = new FormData(form);
    const token = fields.get("csrf");
    fields.delete("files");
    const all = parts(list);
    const whole = total(list) || 1;
    let before = 0;
    let batch = "";
    go.disabled = true;
    progress.hidden = false;
    try {
      for (const [number, part] of all.entries()) {
        const body = new FormData();
        for (const [name, value] of fields) body.append(name, value);
        if (batch) body.append("batch", batch);
        if (number < all.length - 1) body.append("more", "1");
        for (const one of part) body.append("files", one, one.name);
        const answer = await send(body, token, (sent) => {
          const percent = Math.min(100, Math.round((100 * (before + sent)) / whole));
          progress.value = percent;
          sending.textContent = filled(form.dataset.sending, { percent });
        });
        batch = answer.batch || batch;
        before += total(part);
      }
      window.location.assign("/upload");
    } catch (error) {
      sending.textContent = error.message;
      go.disabled = false;
      progress.hidden = true;
    }
  });

  // An arrival that is still open is followed; when it is done the page is fetched again and its row replaced.
  const refresh = async (row) => {
    const answer = await fetch("/upload", { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[data-arrival="${CSS.escape(row.dataset.arrival)}"] .became`);
    if (fresh) row.querySelector(".became").replaceChildren(...fresh.childNodes);
  };
  for (const row of document.querySelectorAll("[data-open]")) {
    const source = new EventSource(`/upload/${encodeURIComponent(row.dataset.arrival)}/events`);
    source.addEventListener("state", async (event) => {
      if (["done", "failed"].includes(JSON.parse(event.data).state)) source.close();
      await refresh(row);
    });
  }
})();
