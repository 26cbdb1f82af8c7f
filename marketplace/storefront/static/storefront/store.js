/* Small comforts; every page works without them. */
"use strict";

document.documentElement.classList.add("scripted");
for (const extra of document.querySelectorAll("[data-without-script]")) extra.hidden = true;

/* A list that acts when it is changed. */
for (const list of document.querySelectorAll("select[data-submit]")) list.addEventListener("change", () => list.form.requestSubmit());

/* A choice that acts when it is made. */
for (const choice of document.querySelectorAll("form[data-choice]")) choice.addEventListener("change", () => choice.requestSubmit());

/* The number of a basket's line. */
for (const form of document.querySelectorAll("form[data-line]")) {
  form.elements.quantity.addEventListener("change", () => form.requestSubmit(form.querySelector("[name=set]")));
}

/* A form that is sent once: a second press waits for the first. */
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent && !event.submitter?.formNoValidate) event.preventDefault();
    if (!event.submitter?.formNoValidate) form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

document.querySelector("[data-focus]")?.focus();

/* The price of the chosen variant. */
const price = document.querySelector("[data-price]:not(input)");
for (const radio of document.querySelectorAll("input[type=radio][data-price]")) {
  radio.addEventListener("change", () => { price.textContent = radio.dataset.price; });
}

/* Suggestions while one types: an ARIA combobox over the plain search form. */
const form = document.querySelector("form[data-suggest]");
const field = form?.querySelector("input[type=search]");
if (field) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) field.setAttribute(name, value);

  let timer, asked = "", chosen = -1, waiting;
  const rows = () => [...list.children];
  const close = () => { list.hidden = true; chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    chosen = index;
    rows().forEach((row, position) => row.setAttribute("aria-selected", String(position === index)));
    if (index >= 0) { field.setAttribute("aria-activedescendant", rows()[index].id); rows()[index].scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    list.replaceChildren(...found.map((row, index) => {
      const item = document.createElement("li");
      item.id = `suggestion-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      if (row.thumb) { const image = new Image(36, 45); image.src = row.thumb; image.alt = ""; item.append(image); }
      const text = document.createElement("span");
      text.textContent = row.text;
      item.append(text);
      if (row.kind) { const kind = document.createElement("span"); kind.className = "kind"; kind.textContent = row.kind; item.append(kind); }
      item.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(row.url); });
      item.dataset.url = row.url;
      return item;
    }));
    chosen = -1;
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const query = field.value.trim();
    if (query === asked) return;
    asked = query;
    waiting?.abort();
    if (query.length < 2) { close(); return; }
    waiting = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(query)}`, { signal: waiting.signal });
      if (answer.ok && document.activeElement === field) show((await answer.json()).suggestions);
    } catch { /* The field still searches. */ }
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 180); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) { if (event.key === "ArrowDown") { asked = ""; ask(); } return; }
    const last = rows().length - 1;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen >= last ? -1 : chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(chosen < 0 ? last : chosen - 1); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.assign(rows()[chosen].dataset.url); }
  });
}
