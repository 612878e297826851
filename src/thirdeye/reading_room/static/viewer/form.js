// The reader's own probability, which has no value until they give one; and the question before the lock.

/** Prepare the form of a reading and its dialog. */
export function prepareForm(form, dialog) {
  const number = form.elements.probability_percent;
  const slider = form.querySelector("input[type=range]");
  const follow = () => {
    const given = number.value !== "" && number.validity.valid;
    slider.classList.toggle("unset", !given);
    if (given) slider.value = number.value;
  };
  slider.addEventListener("input", () => {
    number.value = slider.value;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  slider.addEventListener("click", () => { if (number.value === "") slider.dispatchEvent(new Event("input")); });
  number.addEventListener("input", follow);
  follow();

  form.addEventListener("submit", (event) => {
    if (form.dataset.sure) return;
    event.preventDefault();
    const said = dialog.querySelector(".said");
    const answer = form.elements.answer?.value;
    said.textContent = said.dataset.said.replace("{what}", `${answer ? `${answer}, ` : ""}${number.value} %`);
    dialog.showModal();
    dialog.querySelector("[value=no]").focus();
  });
  dialog.addEventListener("click", (event) => {
    const { value } = event.target;
    if (value === "no") dialog.close();
    if (value !== "yes" || form.dataset.sure) return;
    form.dataset.sure = "yes";
    form.requestSubmit();
  });
}
