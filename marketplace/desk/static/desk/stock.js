/* The shelf without a reload: every press is one change with a key of its own, sent one after the other. */
"use strict";

const AGAIN = 4000;
const shelves = document.querySelector("[data-shelves]");
const heard = document.querySelector("[data-stock-said]");
const say = (text, bad) => { heard.textContent = text; heard.classList.toggle("bad", Boolean(bad)); };

for (const form of shelves?.querySelectorAll("form[data-step]") ?? []) {
  const row = form.closest("li");
  const waiting = [];
  let presses = 0, busy = false;

  /* Sends what waits. A press whose answer got lost goes again with the same key, and is counted once. */
  async function count() {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const data = new FormData(form);
      for (const [name, value] of Object.entries(waiting[0])) data.set(name, value);
      try {
        const response = await fetch(form.action, { method: "POST", body: data, redirect: "error", headers: { "X-Requested-With": "stock" } });
        show(await response.json());
        waiting.shift();
      } catch {
        say(shelves.dataset.weak, true);
        setTimeout(count, AGAIN);
        break;
      }
    }
    busy = false;
  }
  function show(answer) {
    if (answer.errors) { say(Object.values(answer.errors).join(" "), true); return; }
    form.querySelector("[data-on-hand]").textContent = answer.onHand;
    row.querySelector("[data-shown]").value = answer.onHand;
    say(answer.said);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    presses += 1;
    waiting.push({ delta: event.submitter.value, key: `${form.elements.key.value}-${presses}` });
    count();
  });
}
