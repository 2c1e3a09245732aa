// The one panel beside the video (below it on a phone): comments, sharing, disclosure. Esc closes it.

import { words } from "./words.js";

const panel = document.getElementById("panel");
const body = document.getElementById("panel-body");
const title = document.getElementById("panel-title");
let opener = null;
let shown = "";

export const openPanel = () => shown;

export function close({ focus = true } = {}) {
  if (!shown) return;
  shown = "";
  panel.hidden = true;
  document.body.classList.remove("f-panel-open");
  body.replaceChildren();
  if (focus && opener?.isConnected) opener.focus({ preventScroll: true });
}

/** Open the panel under a name; return its body, empty. */
export function open(name, heading, from) {
  if (!shown) opener = from instanceof HTMLElement ? from : document.activeElement;
  shown = name;
  title.textContent = heading;
  body.replaceChildren();
  panel.hidden = false;
  document.body.classList.add("f-panel-open");
  document.getElementById("panel-close").focus({ preventScroll: true });
  return body;
}

/** Fill `box` with a part of a page; say so when that fails. */
export async function fill(box, verb, address, values) {
  box.innerHTML = '<div class="f-loading" aria-hidden="true"></div>';
  try {
    await window.htmx.ajax(verb, address, { target: box, swap: "innerHTML", values });
  } catch {
    box.textContent = words.not_loaded;
  }
  if (box.querySelector(".f-loading")) box.textContent = words.not_loaded;
}

/** A copy of a template of the page. */
export const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

document.getElementById("panel-close").addEventListener("click", () => close());
document.addEventListener("keydown", (event) => event.key === "Escape" && close());
document.getElementById("panel-scrim").addEventListener("click", () => close());
