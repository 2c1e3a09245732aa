// The tables of campaigns, ad groups and ads: keys, selection, values changed in their cells, columns in order.
// Everything works by links and forms without it, but for what is changed in a cell.

import { csrfToken, toast } from "../common/common.js";

const grid = () => document.getElementById("grid");
const rows = () => [...document.querySelectorAll("#grid tr[data-row]")];
const boxes = () => [...document.querySelectorAll("#grid td.t-check input")];
const bulk = () => document.getElementById("bulk");
let current = -1; // The row that keys are about.
let everything = false; // All that matches is selected, not only what the page shows.

// Selection

function chosen() {
  return boxes().filter((box) => box.checked);
}

function told() {
  const form = bulk();
  if (!form) return;
  const count = everything ? Number(grid().dataset.total) : chosen().length;
  form.hidden = count === 0;
  form.elements.all.value = everything ? "1" : "";
  const words = form.querySelector("[role=status]");
  const shown = new Intl.NumberFormat(document.documentElement.lang).format(count);
  words.textContent = count === 1 ? words.dataset.one : words.dataset.many.replace("{count}", shown);
  for (const row of rows()) row.classList.toggle("t-selected", everything || row.querySelector("td.t-check input")?.checked === true);
  const page = document.querySelector("[data-check-page]");
  if (page) {
    page.checked = count > 0 && chosen().length === boxes().length;
    page.indeterminate = count > 0 && chosen().length < boxes().length;
  }
  leadOn();
}

/** The tables below this one are those of what is ticked here. */
function leadOn() {
  const ids = chosen().map((box) => box.value);
  for (const tab of document.querySelectorAll(".a-tabs a[data-into]")) {
    tab.dataset.plain ??= tab.getAttribute("href");
    const address = new URL(tab.dataset.plain, location.href);
    const one = ids.length > 0 && !everything;
    if (one) address.searchParams.set(tab.dataset.into, ids.join(","));
    tab.setAttribute("href", address.pathname + address.search);
    tab.querySelector("[data-count]").textContent = one ? ` (${ids.length})` : "";
  }
}

function select(on) {
  everything = false;
  for (const box of boxes()) box.checked = on;
  told();
}

// Keys

function go(to) {
  const all = rows();
  if (!all.length) return;
  current = Math.max(0, Math.min(all.length - 1, to));
  all.forEach((row, place) => row.classList.toggle("t-current", place === current));
  all[current].querySelector("a.a-name").focus({ preventScroll: true });
  all[current].scrollIntoView({ block: "nearest" });
}

function here() {
  const focused = document.activeElement?.closest("#grid tr[data-row]");
  if (focused) current = rows().indexOf(focused);
  return rows()[current];
}

const KEYS = {
  j: () => go((here() ? current : -1) + 1),
  k: () => go((here() ? current : 1) - 1),
  x: () => {
    const box = here()?.querySelector("td.t-check input");
    if (box) {
      everything = false;
      box.checked = !box.checked;
      told();
    }
  },
  e: () => {
    const form = bulk();
    if (form && !form.hidden) form.requestSubmit(form.querySelector('[data-act=""]'));
    else here()?.querySelector('[data-edit="name"]')?.click();
  },
  "/": () => document.getElementById("q").select(),
  "?": () => document.getElementById("table-keys").showModal(),
};
KEYS.ArrowDown = KEYS.j;
KEYS.ArrowUp = KEYS.k;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const inField = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape") {
    const inline = event.target.closest("[data-inline]");
    if (inline) restore(inline);
    else if (inField) event.target.blur();
    else if (chosen().length) select(false);
    return;
  }
  if (inField || event.target.closest("summary, details.t-panel")) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && !event.target.closest("#grid tr[data-row]")) return; // Elsewhere arrows scroll.
  if (KEYS[event.key] && grid()) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

// Values changed in their cells

const before = new WeakMap();

document.addEventListener("htmx:beforeSwap", (event) => {
  const cell = event.detail.target;
  if (cell.matches?.("#grid td") && event.detail.requestConfig.elt.matches("[data-edit]")) {
    const others = document.querySelector("#grid [data-inline]");
    if (others) restore(others); // One at a time.
    before.set(cell, [...cell.childNodes]);
  }
});

document.addEventListener("htmx:afterSettle", () => {
  const field = document.querySelector("#grid [data-inline] input[name=value]");
  if (field && document.activeElement !== field) {
    field.focus();
    field.select();
  }
});

function restore(form) {
  const cell = form.closest("td");
  const nodes = before.get(cell);
  if (!nodes) return;
  cell.replaceChildren(...nodes);
  cell.querySelector("[data-edit]").focus();
}

async function undo(url) {
  const response = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
  if (!response.ok) return toast(String(response.status), { tone: "bad" });
  location.reload();
}

const UNDO_MS = 10000; // Long enough to read, to think and to reach it; the list of all changes has it afterwards.

document.addEventListener("table:saved", (event) => {
  const { text, undo: url, label, row } = event.detail;
  document.querySelector(`#row-${row} [data-edit="name"]`)?.focus();
  if (!url) return toast(text);
  const box = document.createElement("div");
  box.className = "v-toast v-tone-calm";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm t-undo";
  button.textContent = label;
  button.addEventListener("click", () => undo(url));
  box.append(text, " ", button);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), UNDO_MS);
});

// What stands around the rows

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-opens]");
  if (opens) document.getElementById(opens.dataset.opens).showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  if (event.target.closest("[data-select-none]")) select(false);
  if (event.target.closest("[data-select-all]")) {
    select(true);
    everything = true;
    told();
  }
  const cancel = event.target.closest("[data-inline-cancel]");
  if (cancel) restore(cancel.closest("[data-inline]"));
  const move = event.target.closest("[data-move]");
  if (move) moveColumn(move);
  const act = event.target.closest("[data-act]");
  if (act) bulk().elements.act.value = act.dataset.act;
  const sorted = event.target.closest("a[data-sort], a[data-page]");
  if (sorted && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(sorted.getAttribute("href"));
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

function show(address) {
  window.htmx.ajax("GET", address, { target: "#grid", swap: "outerHTML" }).then(() => history.pushState({}, "", address));
}

window.addEventListener("popstate", () => location.reload());

function moveColumn(button) {
  const item = button.closest("li");
  const up = button.dataset.move === "-1";
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item);
  else other.after(item);
  button.focus();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-check-page]")) select(event.target.checked);
  else if (event.target.matches("#grid td.t-check input")) {
    everything = false;
    told();
  }
  if (event.target.matches("[data-goes]")) {
    const address = new URL(location.href);
    address.searchParams.set(event.target.name, event.target.value);
    address.searchParams.delete("page");
    show(address.pathname + address.search);
  }
});

/** A condition on a number is one part of the address, made of three fields. */
function condition(box) {
  const part = (name) => box.querySelector(`[data-part=${name}]`);
  const { metric, side, bound, whole } = { metric: part("metric"), side: part("side"), bound: part("bound"), whole: part("whole") };
  const meant = metric.value && bound.value.trim();
  whole.value = meant ? `${metric.value}.${side.value}.${bound.value.trim()}` : "";
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const box = event.target.closest("[data-condition]");
    if (box) condition(box);
  }, true);
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filters") return;
  for (const [name, value] of [...event.detail.formData.entries()]) if (!value) event.detail.formData.delete(name);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-with-query]")) return;
  event.target.elements.query.value = bulk()?.elements.query.value ?? location.search.slice(1);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "grid" && event.detail.elt.id !== "grid") return;
  current = -1;
  everything = false;
  told();
});

told();
