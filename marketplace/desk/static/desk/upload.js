/* Photos over a weak network: how far they are, and another try with the same file. Without this, forms send them. */
"use strict";

const HEADER = { name: "X-Requested-With", value: "upload" };

/* What was refused is said beside its field, as the page itself does it; what was mended meanwhile is no longer said. */
function mark(form, errors) {
  const active = document.activeElement;
  for (const old of form.querySelectorAll("p.error[id$=-error]")) {
    const field = document.getElementById(old.id.slice(0, -6));
    if (!("marked" in old.dataset) && !altered(field)) continue;
    field?.removeAttribute("aria-invalid");
    old.remove();
  }
  for (const [name, words] of Object.entries(errors)) {
    const field = document.getElementById(name);
    if (!field) continue;
    document.getElementById(`${name}-error`)?.remove();
    const line = document.createElement("p");
    line.className = "error";
    line.id = `${name}-error`;
    line.dataset.marked = "";
    line.textContent = words;
    if (field.matches("fieldset")) field.querySelector("legend").after(line);
    else field.before(line);
    field.setAttribute("aria-invalid", "true");
    const tied = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean).concat(line.id));
    field.setAttribute("aria-describedby", [...tied].join(" "));
  }
  const summary = document.getElementById("errors");
  for (const link of summary?.querySelectorAll("a") ?? []) if (!document.getElementById(`${link.hash.slice(1)}-error`)) link.closest("li").remove();
  if (summary && !summary.querySelector("li")) summary.remove();
  /* Words that come in above push what one types into under the bar at the foot. */
  if (form.contains(active)) active.scrollIntoView({ block: "nearest" });
}
function altered(field) {
  if (!field || field.type === "file") return true;
  if (field.matches("select")) return ![...field.options].some((option) => option.selected && option.defaultSelected);
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function send(url, data, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader(HEADER.name, HEADER.value);
    request.setRequestHeader("X-CSRFToken", data.get("csrfmiddlewaretoken"));
    request.timeout = 180000;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100));
    });
    for (const kind of ["error", "timeout", "abort"]) request.addEventListener(kind, () => reject(new Error(kind)));
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* A page: signed out, or a fault. */ }
      if (request.status < 500 && answer) resolve(answer);
      else reject(new Error(new URL(request.responseURL).pathname.startsWith("/accounts/") ? "signed out" : "no answer"));
    });
    request.send(data);
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const field = form.querySelector("input[type=file]");
  if (!field) continue;
  const bar = form.querySelector("[data-sending]");
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("[data-send]");
  const pick = form.querySelector(".pick-button");
  const label = button.textContent;
  const alone = form.dataset.photos;
  /* A form that holds nothing but files sends them as soon as they are chosen. */
  const atOnce = !("withWords" in form.dataset);
  let busy = false;

  const say = (text, bad) => { said.textContent = text; said.classList.toggle("bad", Boolean(bad)); };
  const progress = (percent) => {
    bar.firstElementChild.value = percent;
    /* A screen reader hears every quarter, not every percent. */
    if (percent % 25 === 0) say(form.dataset.going.replace("%s", percent));
  };
  /* One button at a time: the one that takes a photo, or the one that tries again. */
  const offer = (again) => {
    button.textContent = again ? form.dataset.again : label;
    if (!atOnce) return;
    button.hidden = !again;
    if (!alone) pick.classList.toggle("act", !again);
  };

  async function upload() {
    if (busy || !field.files.length) return;
    busy = true;
    bar.hidden = false;
    button.disabled = true;
    if (atOnce) mark(form, {});
    progress(0);
    try {
      if (alone) await photos();
      else await whole();
      offer(false);
    } catch (error) {
      say(error.message === "signed out" ? form.dataset.out : form.dataset.weak, true);
      offer(true);
    }
    bar.hidden = true;
    button.disabled = false;
    busy = false;
  }

  async function whole() {
    const answer = await send(form.getAttribute("action") || location.href, new FormData(form), progress);
    if (answer.next) { location.assign(answer.next); return; }
    if (atOnce) { say(Object.values(answer.errors).join(" "), true); return; }
    mark(form, answer.errors);
    say([form.dataset.wrong, answer.errors.form].filter(Boolean).join(" "), true);
    document.getElementById(Object.keys(answer.errors)[0])?.focus();
  }

  /* Photos of a listing go by themselves; what is typed stays in the form. */
  async function photos() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const file of field.files) data.append("photos", file);
    const task = () => send(alone, data, progress);
    const answer = await (form.inTurn ? form.inTurn(task) : task());
    if (answer.revision) form.elements.revision.value = answer.revision;
    if (answer.html) {
      const list = form.querySelector("#photo-list");
      const words = Object.fromEntries([...list.querySelectorAll("input")].map((input) => [input.name, input.value]));
      list.innerHTML = answer.html;
      for (const input of list.querySelectorAll("input")) input.value = words[input.name] ?? input.value;
      field.value = "";
      say(form.dataset.done);
      form.dispatchEvent(new Event("photos"));
    } else say(Object.values(answer.errors).join(" "), true);
  }

  field.addEventListener("change", () => {
    if (atOnce) upload();
    else form.querySelector(`[data-picked="${field.id}"]`).textContent = [...field.files].map((file) => file.name).join(", ");
  });
  form.addEventListener("submit", (event) => {
    const asked = event.submitter === button || (!alone && !event.submitter?.formNoValidate);
    if (!asked || !field.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    upload();
  }, true);
  offer(false);
  /* On a slow link a photo may have been chosen before this file has come. */
  if (atOnce) upload();
}
