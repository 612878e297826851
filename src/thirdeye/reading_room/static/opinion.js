// The heat map: off at first, fetched when it is asked for, as strong as the reader wants it.
const stage = document.querySelector(".stage");
const plain = stage?.querySelector(".plain");
const map = stage?.querySelector(".map");
const shown = document.getElementById("map");
const strength = document.getElementById("strength");

function paint() {
  if (!map) return;
  const source = stage.dataset.map || "";
  shown.disabled = !source;
  const wanted = shown.checked && source !== "";
  if (wanted && map.getAttribute("src") !== source) map.src = source;
  map.hidden = !wanted;
  strength.disabled = !wanted;
  map.style.opacity = strength.value / 100;
}
if (map) {
  shown.addEventListener("change", paint);
  strength.addEventListener("input", paint);
  paint();
}

// Several images of the case, or the slices of a volume: one is shown at a time, with its own heat map.
const look = document.getElementById("look");
if (look && plain) {
  const looks = [...document.querySelectorAll("#looks li")];
  const name = document.getElementById("look-name");
  const said = document.getElementById("map-said");
  const go = () => {
    const one = looks[look.value];
    if (!one) return;
    plain.src = one.dataset.picture;
    name.value = one.textContent;
    look.setAttribute("aria-valuetext", one.textContent);
    stage.dataset.map = one.dataset.map || "";
    if (said) said.textContent = one.dataset.said;
    paint();
  };
  look.addEventListener("input", go);
  go();
}

// An opinion that is being made: look again after some seconds.
const waiting = document.querySelector("[data-look-again]");
if (waiting) setTimeout(() => location.reload(), 1000 * waiting.dataset.lookAgain);
