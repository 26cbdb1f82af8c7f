/* Photos over a weak network: how far they are, and another try with the same file. Without this, forms send them. */
"use strict";

const HEADER = { name: "X-Requested-With", value: "upload" };

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
  const button = form.querySelector("[data-send]") || form.querySelector("button.act");
  const label = button.textContent;
  const alone = form.dataset.photos;
  let busy = false;

  const say = (text, bad) => { said.textContent = text; said.classList.toggle("bad", Boolean(bad)); };
  const progress = (percent) => {
    bar.firstElementChild.value = percent;
    /* A screen reader hears every quarter, not every percent. */
    if (percent % 25 === 0) say(form.dataset.going.replace("%s", percent));
  };

  async function upload() {
    if (busy || !field.files.length) return;
    busy = true;
    bar.hidden = false;
    button.disabled = true;
    say(form.dataset.going.replace("%s", 0));
    try {
      if (alone) await photos();
      else await whole();
      button.textContent = label;
    } catch (error) {
      say(error.message === "signed out" ? form.dataset.out : form.dataset.weak, true);
      button.textContent = form.dataset.again;
    }
    bar.hidden = true;
    button.disabled = false;
    busy = false;
  }

  /* The form holds nothing but files: it goes as a whole. */
  async function whole() {
    const answer = await send(form.action, new FormData(form), progress);
    if (answer.next) { location.assign(answer.next); return; }
    say(Object.values(answer.errors).join(" "), true);
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
      form.querySelector("#photo-list").innerHTML = answer.html;
      field.value = "";
      say(form.dataset.done);
    } else say(Object.values(answer.errors).join(" "), true);
  }

  field.addEventListener("change", upload);
  form.addEventListener("submit", (event) => {
    const asked = event.submitter === button || (!alone && !event.submitter?.formNoValidate);
    if (!asked || !field.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    upload();
  }, true);
}
