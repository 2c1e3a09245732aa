// Judging by keys. A verdict is held back for some seconds, in this tab, and can be undone: the next ad opens at once, and
// what was decided is sent when the time is over, with the next verdict, or when the pages of review are left. A browser
// that dies before sends nothing: the ad is still in the queue.

import { csrfToken, toast } from "../common/common.js";

const KEY = "vonk-held-verdict";
const CLAIM_EVERY_MS = 30_000;
const page = document.querySelector("[data-review]");
const approve = document.querySelector("[data-approve]");
const reject = document.querySelector("[data-reject]");
const rejecting = reject?.querySelector("form");
const keys = document.getElementById("keys");
const bar = document.querySelector("[data-held]");
const claimed = document.querySelector("[data-claimed]");
let timer = 0;
let leaving = false; // For another page of review, where the held verdict goes on being held.

const held = () => JSON.parse(sessionStorage.getItem(KEY) || "null");

async function post(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken(), "Content-Type": "application/x-www-form-urlencoded" };
  const response = await fetch(url, { method: "POST", headers, body, credentials: "same-origin" });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw answer;
  return answer;
}

/** Sends what is held. Whatever stands in its way is said, with the way back to the ad. */
async function sendHeld() {
  const verdict = held();
  if (!verdict) return;
  sessionStorage.removeItem(KEY);
  clearTimeout(timer);
  bar.hidden = true;
  try {
    const { message } = await post(verdict.url, verdict.body);
    toast(message, { tone: "good" });
  } catch (problem) {
    const words = problem?.detail || page.dataset.failed;
    toast(words, { tone: "bad", link: verdict.page, linkLabel: verdict.name });
  }
}

function hold(form, label) {
  const body = new URLSearchParams(new FormData(form)).toString();
  const until = Date.now() + Number(page.dataset.hold) * 1000;
  const verdict = { id: page.dataset.review, url: form.action, body, until, words: `${label}: ${page.dataset.name}`, name: page.dataset.name, page: location.pathname + location.search };
  sessionStorage.setItem(KEY, JSON.stringify(verdict));
}

function go(address, heldId = "") {
  leaving = true;
  const url = new URL(address, location.href);
  url.searchParams.delete("held");
  if (heldId) url.searchParams.set("held", heldId);
  location.assign(url);
}

async function decide(event, form) {
  event.preventDefault();
  await sendHeld();
  hold(form, form.dataset.done);
  const next = page.dataset.next;
  if (next) go(next, page.dataset.review);
  else showHeld();
}

function showHeld() {
  const verdict = held();
  if (!verdict) return;
  const left = verdict.until - Date.now();
  if (left <= 0) {
    sendHeld();
    return;
  }
  bar.hidden = false;
  bar.querySelector("[data-held-words]").textContent = verdict.words;
  timer = setTimeout(async () => {
    await sendHeld();
    if (verdict.id === page.dataset.review) go(page.dataset.queue); // It was the last one.
  }, left);
}

function undo() {
  const verdict = held();
  if (!verdict) return;
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
  bar.hidden = true;
  if (verdict.id === page.dataset.review) toast(page.dataset.undone);
  else go(verdict.page);
}

function showClaim({ open, mine, words }) {
  claimed.hidden = !open || mine;
  if (words) claimed.querySelector("[data-claimed-words]").textContent = words;
}

async function claim(body = "") {
  try {
    showClaim(await post(page.dataset.claim, body));
  } catch {
    claimed.hidden = true; // Nobody can say whose it is now; the decision itself is judged by the server.
  }
}

function step(which) {
  const address = page.dataset[which];
  if (address) go(address, held()?.id);
}

function tick(number) {
  const box = reject.querySelectorAll("input[type='checkbox']")[number - 1];
  if (!box) return;
  box.checked = !box.checked;
  box.focus();
}

const ACTS = {
  j: () => step("next"),
  k: () => step("previous"),
  a: () => approve?.requestSubmit(),
  r: () => {
    if (!reject) return;
    reject.open = true;
    reject.querySelector("input[type='checkbox']").focus();
  },
  u: undo,
  p: () => document.querySelector("[data-phone] [data-play]")?.click(),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !page) return;
  if (event.target.closest("input:not([type='checkbox']), textarea, select, dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (reject?.open && /^[1-9]$/.test(key)) tick(Number(key));
  else if (reject?.open && key === "enter" && event.target.matches("input[type='checkbox']")) rejecting.requestSubmit();
  else if (Object.hasOwn(ACTS, key)) ACTS[key]();
  else return;
  event.preventDefault();
});

approve?.addEventListener("submit", (event) => decide(event, approve));
rejecting?.addEventListener("submit", (event) => {
  if (rejecting.querySelector("input[type='checkbox']:checked")) decide(event, rejecting);
  else {
    event.preventDefault();
    toast(rejecting.dataset.choose, { tone: "bad" });
  }
});
document.querySelector("[data-keys]")?.addEventListener("click", () => keys.showModal());
document.querySelector("[data-undo-held]")?.addEventListener("click", undo);
document.querySelector("[data-take-over]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  claim("take_over=1");
});
for (const link of document.querySelectorAll("[data-step]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    step(link.dataset.step);
  });
}
/** Sends a form as the page goes: a beacon is delivered when no answer can be heard any more. */
function leave(url, body) {
  const form = new URLSearchParams(body);
  form.set("csrfmiddlewaretoken", csrfToken());
  navigator.sendBeacon(url, form);
}

window.addEventListener("pagehide", () => {
  const verdict = held();
  if (verdict && !leaving) {
    sessionStorage.removeItem(KEY);
    leave(verdict.url, verdict.body);
  }
  if (page?.dataset.release && verdict?.id !== page.dataset.review) leave(page.dataset.release, "");
});

if (page) {
  showHeld();
  if ("open" in page.dataset && held()?.id !== page.dataset.review) {
    claim();
    setInterval(claim, CLAIM_EVERY_MS);
  }
}
