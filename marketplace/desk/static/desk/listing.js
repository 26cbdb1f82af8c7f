/* What is typed about a listing is never lost: drafts save themselves, and this phone keeps a copy until then. */
"use strict";

const listing = document.getElementById("listing");
if (listing?.elements.revision) {
  const PAUSE = 1500;
  const AGAIN = 10000;
  const autosaves = "autosave" in listing.dataset;
  const place = `desk:${listing.dataset.listing}`;
  const said = listing.querySelector("[data-autosaved]");
  const skipped = new Set(["csrfmiddlewaretoken", "photos", "revision", "craft_was"]);
  let timer, changed = false, leaving = false, turn = Promise.resolve();

  /* One request at a time: each one knows the revision that the one before has made. */
  listing.inTurn = (task) => {
    const result = turn.then(task, task);
    turn = result.catch(() => {});
    return result;
  };
  const say = (text, bad) => { said.textContent = text; said.classList.toggle("bad", Boolean(bad)); };
  const now = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  const fields = () => [...listing.elements].filter((field) => field.name && !skipped.has(field.name) && !["submit", "button", "file"].includes(field.type) && !/^v-\d+-(id|shown)$/.test(field.name));

  const copy = kept();
  function keep() {
    try { localStorage.setItem(place, JSON.stringify(Object.fromEntries(fields().map((field) => [field.name, field.value])))); } catch { /* A full or locked store. */ }
  }
  function forget() {
    try { localStorage.removeItem(place); } catch { /* Nothing was kept. */ }
  }
  function kept() {
    try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }
  }

  /* A part of this page as it stands on the server now. */
  async function fresh(id) {
    const answer = await fetch(location.href);
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  }

  /* Another craft asks other questions: they come without a reload. */
  async function askAboutCraft() {
    const craft = listing.elements.craft.value;
    const questions = await fresh("properties");
    if (!questions || listing.elements.craft.value !== craft) return;
    document.getElementById("properties").replaceWith(questions);
    listing.elements.craft_was.value = craft;
  }

  /* A photo shows once it has been prepared; words typed about one are left alone. */
  let looks = 0;
  function watchPhotos() {
    if (looks >= 5 || !document.querySelector("#photo-list [data-waits]")) return;
    looks += 1;
    setTimeout(async () => {
      const list = document.getElementById("photo-list");
      try {
        const found = await fresh("photo-list");
        const typing = [...list.querySelectorAll("input")].some((field) => field.value !== field.defaultValue || field === document.activeElement);
        if (found && !typing) list.replaceWith(found);
      } catch { /* The next look may get through. */ }
      watchPhotos();
    }, 3000);
  }
  listing.addEventListener("photos", () => { looks = 0; watchPhotos(); });
  watchPhotos();

  async function save() {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const data = new FormData(listing);
    data.delete("photos");
    data.set("do", "save");
    let response;
    try {
      response = await fetch(listing.getAttribute("action") || location.href, { method: "POST", body: data, keepalive: leaving, redirect: "manual", headers: { "X-Requested-With": "autosave" } });
      if (response.status >= 500) throw new Error("no answer");
    } catch {
      changed = true;
      say(listing.dataset.offline, true);
      timer = setTimeout(() => listing.inTurn(save), AGAIN);
      return;
    }
    if (response.type === "opaqueredirect") { changed = true; say(listing.dataset.out, true); return; }
    let answer;
    try { answer = await response.json(); } catch { say(listing.dataset.kept, true); return; }
    if (answer.conflict) { say(listing.dataset.other, true); return; }
    mark(listing, answer.errors);
    if (!answer.saved) { say(Object.values(answer.errors).join(" ") || listing.dataset.kept, true); return; }
    listing.elements.revision.value = answer.revision;
    for (const [name, id] of Object.entries(answer.kinds)) if (listing.elements[name]) listing.elements[name].value = id;
    if (listing.elements.craft.value !== listing.elements.craft_was.value) askAboutCraft().catch(() => {});
    if (Object.keys(answer.errors).length) say(listing.dataset.wrong, true);
    else {
      say(listing.dataset.saved.replace("%s", now()));
      if (!changed) forget();
    }
  }

  listing.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    changed = true;
    keep();
    if (!autosaves) { say(listing.dataset.kept); return; }
    clearTimeout(timer);
    timer = setTimeout(() => listing.inTurn(save), PAUSE);
  });
  window.addEventListener("online", () => { if (autosaves && changed) listing.inTurn(save); });
  window.addEventListener("pagehide", () => { leaving = true; if (autosaves) save(); });
  listing.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    changed = false;
    /* Kept until the page that follows says that it was saved. */
    try { sessionStorage.setItem(place, "sent"); } catch { /* Then the copy is offered once too often. */ }
  });

  /* On a slow link people type before this file has come. */
  if (fields().some((field) => "defaultValue" in field && field.value !== field.defaultValue)) listing.elements.name.dispatchEvent(new Event("input", { bubbles: true }));

  /* Words of an earlier visit that never got through. */
  let sent = null;
  try { sent = sessionStorage.getItem(place); sessionStorage.removeItem(place); } catch { /* No store. */ }
  const refused = document.getElementById("errors");
  if (sent && !refused && document.querySelector(".said .success")) forget();
  else if (copy && !refused && fields().some((field) => field.name in copy && copy[field.name] !== field.value)) {
    const offer = listing.querySelector("[data-restore]");
    offer.hidden = false;
    offer.querySelector("[data-restore-yes]").addEventListener("click", () => {
      for (const field of fields()) if (field.name in copy) field.value = copy[field.name];
      offer.hidden = true;
      listing.elements.name.dispatchEvent(new Event("input", { bubbles: true }));
      listing.elements.name.focus();
    });
    offer.querySelector("[data-restore-no]").addEventListener("click", () => { forget(); offer.hidden = true; listing.elements.name.focus(); });
  }
}
