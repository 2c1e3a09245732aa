// Sends many videos, two at a time, each with its own bar, to be stopped and sent again by itself. What has arrived is a
// draft: the page may be left. Without this the same form sends the files plainly.

import { csrfToken } from "../common/common.js";

const AT_ONCE = 2;
const form = document.querySelector("[data-uploads]");
const input = form.querySelector('input[type="file"]');
const drop = form.querySelector("[data-drop]");
const list = form.querySelector("[data-list]");
const submit = form.querySelector('[type="submit"]');
const rowOf = form.querySelector("template");
const said = form.querySelector("[data-said]");
const texts = form.dataset;
const rows = [];

const size = (bytes) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < 3; unit += 1) value /= 1000;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[unit], maximumFractionDigits: 1 }).format(value);
};

class Row {
  constructor(file) {
    this.file = file;
    this.element = rowOf.content.firstElementChild.cloneNode(true);
    const part = (name) => this.element.querySelector(`[data-${name}]`);
    [this.bar, this.text, this.problem, this.stop, this.again, this.off, this.open] =
      ["bar", "text", "problem", "stop", "again", "off", "open"].map(part);
    part("name").textContent = file.name;
    this.bar.setAttribute("aria-label", file.name);
    for (const button of [this.stop, this.again, this.off]) button.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${file.name}` }));
    this.stop.addEventListener("click", () => this.cancel());
    this.again.addEventListener("click", () => this.wait());
    this.off.addEventListener("click", () => this.remove());
    list.append(this.element);
  }

  show(state, text) {
    this.state = state;
    this.element.dataset.state = state;
    this.text.textContent = text;
    this.bar.hidden = !["waiting", "sending", "checking"].includes(state);
    this.stop.hidden = !["waiting", "sending"].includes(state);
    this.again.hidden = !["stopped", "refused"].includes(state);
    this.off.hidden = this.again.hidden;
    this.problem.hidden = state !== "refused";
    this.open.hidden = state !== "sent";
    told();
  }

  wait() {
    this.bar.value = 0;
    this.show("waiting", `${texts.textWaiting} · ${size(this.file.size)}`);
    next();
  }

  cancel() {
    const call = this.call;
    this.call = null;
    this.show("stopped", texts.textStopped);
    call?.abort();
    next();
  }

  remove() {
    rows.splice(rows.indexOf(this), 1);
    this.element.remove();
    told();
    input.focus();
  }

  send() {
    const call = new XMLHttpRequest(); // fetch tells nothing of what was sent.
    const body = new FormData();
    body.append(input.name, this.file);
    this.call = call;
    this.show("sending", texts.textSending);
    const current = (work) => (event) => this.call === call && work(event);
    call.upload.addEventListener("progress", current((event) => {
      if (!event.lengthComputable) return;
      this.bar.max = event.total;
      this.bar.value = event.loaded;
      this.text.textContent = `${size(event.loaded)} / ${size(event.total)}`;
    }));
    call.upload.addEventListener("load", current(() => {
      this.bar.removeAttribute("value");
      this.show("checking", texts.textChecking);
    }));
    call.addEventListener("load", current(() => this.answered(call)));
    call.addEventListener("error", current(() => this.refuse({ message: texts.textLost })));
    call.open("POST", form.action);
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("X-CSRFToken", csrfToken());
    call.send(body);
  }

  answered(call) {
    let answer = { message: texts.textLost };
    try {
      answer = JSON.parse(call.responseText);
    } catch {
      // Not our own answer: somebody in between has spoken, and the text above says what to do.
    }
    if (call.status !== 200 || !answer.url) return this.refuse(answer);
    this.call = null;
    if (rows.length === 1) {
      this.show("sent", texts.textSent);
      window.location.assign(answer.url);
      return;
    }
    this.open.href = answer.url;
    this.show("sent", texts.textSent);
    next();
  }

  refuse(problem) {
    this.call = null;
    this.problem.textContent = [problem.message, problem.cause, problem.remedy].filter(Boolean).join(" ");
    this.show("refused", "");
    next();
  }
}

function next() {
  const busy = rows.filter((row) => ["sending", "checking"].includes(row.state)).length;
  for (const row of rows.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy))) row.send();
}

/** Say how far it is, once for all files; the rows themselves are not read out at every step. */
function told() {
  const done = rows.filter((row) => row.state === "sent").length;
  said.textContent = rows.length ? texts.textDone.replace("{done}", done).replace("{all}", rows.length) : "";
}

function take(files) {
  for (const file of files) {
    if (rows.some((row) => row.file.name === file.name && row.file.size === file.size && row.file.lastModified === file.lastModified && row.state !== "stopped")) continue;
    rows.push(new Row(file));
  }
  for (const row of rows.filter((one) => !one.state)) row.wait();
  input.value = "";
}

submit.hidden = true; // A file is sent as soon as it is chosen.
input.required = false;
input.addEventListener("change", () => take([...input.files]));
form.addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.toggleAttribute("data-over", false));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
window.addEventListener("beforeunload", (event) => {
  if (rows.some((row) => ["waiting", "sending", "checking"].includes(row.state))) event.preventDefault();
});
