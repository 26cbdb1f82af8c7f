/* The wards of the chosen province, without leaving the form. */
"use strict";

const asking = document.querySelector("form[data-wards]");
const province = asking.elements.province;
const ward = asking.elements.ward;
/* An address abroad has neither. */
if (ward) province.addEventListener("change", async () => {
  ward.disabled = true;
  try {
    const answer = await fetch(`${asking.dataset.wards}?tinh=${encodeURIComponent(province.value)}`);
    if (!answer.ok) throw new Error("no wards");
    const { wards } = await answer.json();
    ward.replaceChildren(ward.options[0], ...wards.map((row) => new Option(row.name, row.code)));
    ward.value = "";
  } catch {
    /* The button that works without scripts comes back. */
    for (const extra of asking.querySelectorAll("[data-without-script]")) extra.hidden = false;
  }
  ward.disabled = false;
});

/* Whoever names their village need not look for its commune in a long list. */
asking.elements.village?.addEventListener("change", (event) => {
  const commune = event.target.selectedOptions[0].closest("optgroup")?.label;
  const found = [...ward.options].find((option) => option.text === commune);
  if (found && !ward.value) ward.value = found.value;
});
