"use strict";

// While a sheet is worked on, its part of the page is fetched anew. Without this script the link "Look again" does it.
const EVERY = 3000;
const MOST = 200;
let looks = 0;

async function look() {
  const shown = document.querySelector("#sheets[data-working]");
  if (!shown || looks >= MOST) return;
  looks += 1;
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#sheets");
    // Whoever stands on a button inside stays there until the next time.
    if (fresh && !shown.contains(document.activeElement)) {
      if (!("working" in fresh.dataset)) delete shown.dataset.working;
      if (fresh.textContent !== shown.textContent) shown.replaceChildren(...fresh.childNodes);
    }
  } catch { /* A weak link: the next look may get through. */ }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
