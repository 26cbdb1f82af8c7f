/* The shelf without a reload: every press is one change with a key of its own, sent one after the other. */
"use strict";

const AGAIN = 4000;
const shelves = document.querySelector("[data-shelves]");
const heard = document.querySelector("[data-stock-said]");
const open = new Set();
const say = (text, bad) => { heard.textContent = text; heard.classList.toggle("bad", Boolean(bad)); };

for (const form of shelves?.querySelectorAll("form[data-step]") ?? []) {
  const row = form.closest("li");
  const number = form.querySelector("[data-on-hand]");
  const waiting = [];
  let presses = 0, busy = false, there = Number(number.textContent), held = Number(form.dataset.held);

  /* What will be on the shelf once everything pressed has been counted. */
  const coming = () => waiting.reduce((sum, press) => sum + Number(press.delta), there);
  function show() {
    number.textContent = coming();
    row.querySelector("[data-shown]").value = there;
    form.classList.toggle("waits", waiting.length > 0);
    if (waiting.length) open.add(form); else open.delete(form);
  }

  /* Sends what waits. A press whose answer got lost goes again with the same key, and is counted once. */
  async function count() {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const data = new FormData(form);
      for (const [name, value] of Object.entries(waiting[0])) data.set(name, value);
      try {
        const response = await fetch(form.action, { method: "POST", body: data, redirect: "manual", headers: { "X-Requested-With": "stock" } });
        if (response.type === "opaqueredirect") { say(shelves.dataset.out, true); break; }
        answered(await response.json());
      } catch {
        say(shelves.dataset.weak, true);
        setTimeout(count, AGAIN);
        break;
      }
    }
    busy = false;
  }
  function answered(answer) {
    waiting.shift();
    if (!answer.errors) { there = answer.onHand; held = answer.held; }
    show();
    if (answer.errors) say(Object.values(answer.errors).join(" "), true);
    else if (!waiting.length) say(answer.said);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const delta = event.submitter.value;
    if (delta < 0 && coming() <= held) { say(shelves.dataset.none, true); return; }
    presses += 1;
    waiting.push({ delta, key: `${form.elements.key.value}-${presses}` });
    show();
    count();
  });
}

/* Presses that no answer has come for are asked about before the page is left. */
window.addEventListener("beforeunload", (event) => { if (open.size) event.preventDefault(); });
