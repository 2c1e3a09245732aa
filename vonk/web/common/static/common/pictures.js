// Pictures of a new post: sent as they are chosen, with progress; put in order by dragging or with the arrows. Without this
// the form sends them in the order in which they were chosen.

import { csrfToken } from "./common.js";

const form = document.querySelector("[data-pictures]");
const list = form.querySelector("[data-list]");
const input = form.querySelector('input[type="file"]');
const drop = form.querySelector("[data-drop]");
const said = form.querySelector("[data-said]");
const refused = form.querySelector("[data-refused]");
const submit = form.querySelector('[type="submit"]');
const template = document.querySelector("[data-picture-template]");
const most = Number(form.dataset.most);
const fill = (text, ...values) => values.reduce((before, value) => before.replace("%s", value), text);

let underway = 0;
let dragged = null;

function draw() {
  const all = [...list.children];
  for (const [number, item] of all.entries()) {
    item.querySelector("[data-place]").textContent = number + 1;
    item.querySelector('[data-move="-1"]').disabled = number === 0;
    item.querySelector('[data-move="1"]').disabled = number === all.length - 1;
  }
  submit.disabled = underway > 0;
}

function refuse(...lines) {
  refused.replaceChildren(...lines.filter(Boolean).map((line, place) => Object.assign(document.createElement(place ? "p" : "strong"), { textContent: line })));
  refused.hidden = false;
}

function add(file) {
  const item = template.content.querySelector("li").cloneNode(true);
  const bar = item.querySelector("[data-progress]");
  const image = item.querySelector("img");
  const local = URL.createObjectURL(file);
  image.src = local;
  image.addEventListener("load", () => URL.revokeObjectURL(local), { once: true });
  bar.hidden = false;
  list.append(item);
  const call = new XMLHttpRequest(); // fetch tells nothing of what was sent.
  const body = new FormData();
  body.append("file", file);
  const lost = (problem) => {
    item.remove();
    refuse(`${file.name}: ${problem?.message || form.dataset.textLost}`, problem?.remedy);
  };
  call.upload.addEventListener("progress", (event) => event.lengthComputable && (bar.value = event.loaded / event.total));
  call.addEventListener("load", () => {
    let answer = null;
    try {
      answer = JSON.parse(call.responseText);
    } catch {
      answer = null; // Said below as what was not sent.
    }
    if (call.status !== 200 || !answer?.id) return lost(answer);
    item.dataset.id = answer.id;
    item.querySelector('[name="picture"]').value = answer.id;
    image.src = answer.url;
    bar.hidden = true;
  });
  call.addEventListener("error", () => lost(null));
  call.addEventListener("loadend", () => {
    underway -= 1;
    draw();
  });
  item.abort = () => call.abort();
  underway += 1;
  call.open("POST", form.dataset.receive);
  call.setRequestHeader("Accept", "application/json");
  call.setRequestHeader("X-CSRFToken", csrfToken());
  call.send(body);
}

function take(files) {
  refused.hidden = true;
  const room = most - list.children.length;
  if (files.length > room) refuse(fill(form.dataset.textMany, most));
  for (const file of [...files].slice(0, room)) add(file);
  draw();
}

/** Put an item elsewhere and say where it is now. */
function place(item, before, focus) {
  list.insertBefore(item, before);
  draw();
  const all = [...list.children];
  said.textContent = fill(form.dataset.textPlace, all.indexOf(item) + 1, all.length);
  if (focus) (focus.disabled ? item.querySelector("[data-move]:not(:disabled)") : focus)?.focus();
}

function remove(item) {
  const next = item.nextElementSibling || item.previousElementSibling;
  item.abort?.();
  if (item.dataset.id) {
    fetch(`${form.dataset.receive}${item.dataset.id}/remove/`, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => {}); // It goes after a day.
  }
  item.remove();
  draw();
  (next?.querySelector("[data-remove]") || input).focus();
}

list.addEventListener("click", (event) => {
  const item = event.target.closest("[data-picture]");
  const move = event.target.closest("[data-move]");
  if (event.target.closest("[data-remove]")) remove(item);
  else if (move?.dataset.move === "-1") place(item, item.previousElementSibling, move);
  else if (move) place(item, item.nextElementSibling?.nextElementSibling || null, move);
});
list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-picture]");
  dragged.toggleAttribute("data-dragged", true);
  event.dataTransfer.effectAllowed = "move";
});
list.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-picture]");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const all = [...list.children];
  place(dragged, all.indexOf(dragged) < all.indexOf(over) ? over.nextElementSibling : over, null);
});
list.addEventListener("dragend", () => {
  dragged?.toggleAttribute("data-dragged", false);
  dragged = null;
});
list.addEventListener("keydown", (event) => event.key === "Enter" && event.target.matches("input") && event.preventDefault()); // Words are written; nothing is published by them.
input.addEventListener("change", () => {
  take(input.files);
  input.value = ""; // They are sent already.
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    if (dragged) return;
    event.preventDefault();
    drop.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") take([...event.dataTransfer.files].filter((file) => file.type.startsWith("image/")));
  });
}
draw();
