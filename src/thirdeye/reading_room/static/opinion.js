// The heat map: off at first, fetched when it is asked for, as strong as the reader wants it.
const stage = document.querySelector(".stage[data-map]");
if (stage) {
  const map = stage.querySelector(".map");
  const shown = document.getElementById("map");
  const strength = document.getElementById("strength");
  const paint = () => {
    if (shown.checked && !map.getAttribute("src")) map.src = stage.dataset.map;
    map.hidden = !shown.checked;
    strength.disabled = !shown.checked;
    map.style.opacity = strength.value / 100;
  };
  shown.addEventListener("change", paint);
  strength.addEventListener("input", paint);
  paint();
}

// An opinion that is being made: look again after some seconds.
const waiting = document.querySelector("[data-look-again]");
if (waiting) setTimeout(() => location.reload(), 1000 * waiting.dataset.lookAgain);
