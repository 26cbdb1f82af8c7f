/* The payment page turns by itself when the money has come, and its lines can be copied. */
"use strict";

function arm(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
      const words = root.querySelector("[data-copied]")?.dataset.copied ?? "✓";
      const before = button.innerHTML;
      button.textContent = words;
      document.getElementById("announce").textContent = words;
      setTimeout(() => { button.innerHTML = before; }, 2000);
    });
  }
}

const FIRST_MS = 3000;
const LAST_MS = 15000;
let pause = FIRST_MS, timer;

async function look() {
  const box = document.getElementById("payment");
  if (!box?.dataset.poll || document.hidden) return;
  try {
    const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const news = await answer.json();
      if (news.state !== "AWAITING_PAYMENT") { await turn(box, news); return; }
    }
  } catch { /* The net is away for a moment; ask again later. */ }
  pause = Math.min(pause * 1.08, LAST_MS);
  timer = setTimeout(look, pause);
}

async function turn(box, news) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.getElementById("payment");
  if (!fresh) { location.reload(); return; }
  const words = box.dataset.paidWords;
  box.replaceWith(fresh);
  document.title = page.title;
  document.getElementById("announce").textContent = news.paid ? words : fresh.querySelector("[data-state]")?.textContent ?? "";
  for (const old of document.querySelectorAll(".note.success")) old.remove();
  scrollTo({ top: 0 });
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) { pause = FIRST_MS; look(); }
});
arm(document);
timer = setTimeout(look, FIRST_MS);
