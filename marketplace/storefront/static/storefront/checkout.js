/* Delivery and total follow the address, without leaving the form. */
"use strict";

const checkout = document.getElementById("checkout");
let latest = 0;

async function count() {
  const mine = ++latest;
  const data = new FormData(checkout);
  data.set("choose_ward", "1");
  try {
    const answer = await fetch(checkout.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("ways");
    if (mine !== latest || !fresh) return;
    const old = document.getElementById("ways");
    const name = old.contains(document.activeElement) ? document.activeElement.id : "";
    for (const extra of fresh.querySelectorAll("[data-without-script]")) extra.hidden = true;
    old.replaceWith(fresh);
    if (name) document.getElementById(name)?.focus();
    document.getElementById("counted").textContent = fresh.dataset.changed;
  } catch {
    /* The total is looked at once more when the order is placed. */
    for (const extra of checkout.querySelectorAll("#ways [data-without-script]")) extra.hidden = false;
  }
}

checkout.addEventListener("change", (event) => {
  const name = event.target.name ?? "";
  if (["country", "province", "ward"].includes(name) || name.startsWith("way-")) count();
});
