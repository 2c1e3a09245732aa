// Sends the chosen file of components/upload.html with progress. Without this the same form sends it plainly.

import { csrfToken } from "./common.js";

const form = document.querySelector("[data-upload]");
const input = form.querySelector('input[type="file"]');
const drop = form.querySelector("[data-drop]");
const chosen = form.querySelector("[data-chosen]");
const sending = form.querySelector("[data-sending]");
const bar = sending.querySelector("progress");
const [label, amount] = sending.querySelectorAll(".v-progress-head span");
const refused = form.querySelector("[data-refused]");
const submit = form.querySelector('[type="submit"]');
const stop = form.querySelector("[data-stop]");

const size = (bytes) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < 3; unit += 1) value /= 1000;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[unit], maximumFractionDigits: 1 }).format(value);
};

function showChosen() {
  const file = input.files[0];
  chosen.hidden = !file;
  chosen.textContent = file ? `${file.name} · ${size(file.size)}` : "";
}

function working(on) {
  sending.hidden = !on;
  stop.hidden = !on;
  submit.disabled = on;
  input.disabled = on;
}

function refuse(problem) {
  working(false);
  const text = [problem.message, problem.cause, problem.remedy].filter(Boolean);
  refused.replaceChildren(...text.map((line, position) => {
    const part = document.createElement(position ? "p" : "strong");
    part.textContent = line;
    return part;
  }));
  refused.hidden = false;
  refused.scrollIntoView({ block: "nearest" });
}

function send(file) {
  const call = new XMLHttpRequest(); // fetch tells nothing of what was sent.
  const body = new FormData();
  body.append(input.name, file);
  refused.hidden = true;
  label.textContent = form.dataset.textSending;
  bar.value = 0;
  amount.textContent = "";
  working(true);
  call.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    amount.textContent = `${size(event.loaded)} / ${size(event.total)}`;
  });
  call.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    label.textContent = form.dataset.textChecking;
  });
  call.addEventListener("load", () => {
    let answer = {};
    try {
      answer = JSON.parse(call.responseText);
    } catch {
      answer = { message: form.dataset.textLost };
    }
    if (call.status === 200 && answer.url) window.location.assign(answer.url);
    else refuse(answer);
  });
  call.addEventListener("error", () => refuse({ message: form.dataset.textLost }));
  call.addEventListener("abort", () => working(false));
  stop.onclick = () => call.abort();
  call.open("POST", form.action);
  call.setRequestHeader("Accept", "application/json");
  call.setRequestHeader("X-CSRFToken", csrfToken());
  call.send(body);
}

form.addEventListener("submit", (event) => {
  const file = input.files[0];
  if (!file) return; // The server, or the browser, says that one is needed.
  event.preventDefault();
  send(file);
});

input.addEventListener("change", showChosen);
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.toggleAttribute("data-over", false));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length || input.disabled) return;
  input.files = event.dataTransfer.files;
  showChosen();
});
if (input.files.length) showChosen(); // Chosen before this ran, or kept by the browser on the way back.
