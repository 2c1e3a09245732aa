// A form that is kept while it is written, judged where it was left, and estimated. It works without this too.

const form = document.querySelector("[data-create]");
const left = new Set(); // The fields that somebody was in: of others nothing is said before they submit.
const SAVE_AFTER = 1200;
const AGAIN_AFTER = 8000;
const timers = new Map();

function soon(name, delay) {
  clearTimeout(timers.get(name));
  timers.set(
    name,
    setTimeout(() => document.body.dispatchEvent(new Event(name)), delay),
  );
}

const named = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];

/** Puts what the server says of a field beside it, or takes away what it said before. */
function say(name, said) {
  const controls = named(name);
  const box = controls[0]?.closest(".v-field");
  if (!box) return;
  const before = box.querySelector(".v-field-error");
  if (!said) {
    before?.remove();
    box.classList.remove("v-field-wrong");
    controls.forEach((control) => {
      control.classList.remove("is-invalid");
      control.removeAttribute("aria-invalid");
    });
    return;
  }
  if (before?.textContent.trim() === said) return;
  const error = form.querySelector("template[data-wrong]").content.firstElementChild.cloneNode(true);
  error.className = "v-field-error";
  error.id = `said-${name}`;
  error.querySelector("span").textContent = said;
  if (before) before.replaceWith(error);
  else (box.querySelector(".form-hint") ?? box.lastElementChild).insertAdjacentElement(box.querySelector(".form-hint") ? "beforebegin" : "afterend", error);
  box.classList.add("v-field-wrong");
  controls.forEach((control) => {
    if (control.matches(".form-control, .form-select")) control.classList.add("is-invalid");
    control.setAttribute("aria-invalid", "true");
    const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("said-"));
    control.setAttribute("aria-describedby", [...others, error.id].join(" "));
  });
}

function sayAll() {
  const said = new Map([...document.querySelectorAll("#checked [data-field]")].map((one) => [one.dataset.field, one.textContent]));
  for (const name of left) say(name, said.get(name) ?? "");
}

const saved = (text) => {
  const place = form.querySelector("[data-saved]");
  if (place) place.textContent = text;
};

let changed = false;
function wrote(event) {
  if (!event.target.name || event.target.name === "place") return;
  changed = true;
  soon("vonk:draft", SAVE_AFTER);
  if (/^(ad_group|campaign)-/.test(event.target.name)) soon("vonk:estimate", 500);
}

form.addEventListener("input", wrote);
form.addEventListener("change", (event) => {
  wrote(event);
  if (!event.target.name) return;
  if (event.target.matches("input[type=radio], input[type=checkbox], select")) {
    left.add(event.target.name);
    soon("vonk:check", 200);
  }
});
form.addEventListener("focusout", (event) => {
  if (!event.target.name || !changed || event.target.matches("button, [type=search]")) return;
  left.add(event.target.name);
  soon("vonk:check", 200);
});
form.addEventListener("click", (event) => {
  const to = event.target.closest("[data-to]")?.dataset.to;
  if (!to) return;
  event.preventDefault();
  const place = document.getElementById(to) ?? document.getElementById(`${to}_0`);
  const control = place?.matches("input, select, textarea") ? place : place?.querySelector("input:not([hidden]), select, textarea");
  for (let details = place?.closest("details"); details; details = details.parentElement.closest("details")) details.open = true;
  control?.focus({ preventScroll: true });
  (place?.closest(".v-field") ?? place)?.scrollIntoView({ block: "center" });
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden && changed) soon("vonk:draft", 0);
});
const isSaver = (event) => event.target.matches?.("[data-saver]") || event.detail?.elt?.matches?.("[data-saver]");
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (isSaver(event)) saved(form.dataset.saving);
});
for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failed, (event) => {
    if (!isSaver(event) || event.detail.xhr?.status === 422) return;
    saved(form.dataset.unsaved);
    soon("vonk:draft", AGAIN_AFTER);
  });
}
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "checked" || event.target.id === "checked") sayAll();
});
if ("refused" in form.dataset) {
  for (const control of form.elements) if (control.name) left.add(control.name);
  form.querySelector("[data-summary]")?.focus();
}
