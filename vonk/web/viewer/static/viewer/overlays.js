// What stands over a video besides its words: stickers (text, poll, countdown, link) and subtitles.

import { send } from "../common/common.js";
import { bind, counted } from "./clicks.js";
import { refused, showCount } from "./social.js";

const KEY = "vonk.subtitles";
const part = (slide, name) => slide.querySelector(`[data-part="${name}"]`);
const here = document.documentElement.lang;

let subtitlesOn = false;
try {
  subtitlesOn = localStorage.getItem(KEY) === "on";
} catch {
  // Nothing is remembered: every visit begins without.
}

/** Show what there is over the item's video; once more when the site has said so (ads). */
export function overlay(slide, item, act) {
  stickers(slide, item, act);
  subtitles(slide, item);
}

function stickers(slide, item, act) {
  const box = part(slide, "stickers");
  box.replaceChildren();
  for (const sticker of item.stickers || []) {
    const made = document.getElementById(`sticker-${sticker.kind}`).content.firstElementChild.cloneNode(true);
    made.style.insetInlineStart = `${sticker.x / 10}%`;
    made.style.insetBlockStart = `${sticker.y / 10}%`;
    made.querySelector("[data-text]").textContent = sticker.text;
    if (sticker.kind === "link") made.querySelector("[data-gesture]").dataset.name = sticker.id;
    if (sticker.kind === "countdown") countdown(made, sticker);
    if (sticker.kind === "poll") poll(made, item, sticker);
    box.append(made);
  }
  bind(box, item, act);
  for (const link of box.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = `noopener nofollow ugc${item.disclosure && item.disclosure !== "none" ? " sponsored" : ""}`;
  }
}

function countdown(box, { ends_ms: ends }) {
  const output = box.querySelector("[data-left]");
  const number = new Intl.NumberFormat(here, { minimumIntegerDigits: 2 });
  const draw = () => {
    const seconds = Math.max(0, Math.floor((ends - Date.now()) / 1000));
    const days = Math.floor(seconds / 86400);
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map((one) => number.format(one)).join(":");
    const told = days ? new Intl.NumberFormat(here, { style: "unit", unit: "day", unitDisplay: "long" }).format(days) : "";
    output.textContent = seconds ? [told, clock].filter(Boolean).join(" ") : box.dataset.over;
    if (seconds && (box.isConnected || !output.dataset.begun)) setTimeout(draw, 1000 - (Date.now() % 1000));
    output.dataset.begun = "";
  };
  output.dateTime = new Date(ends).toISOString();
  draw();
}

function poll(box, item, sticker) {
  const list = box.querySelector("[data-options]");
  const template = box.querySelector("template");
  const rows = sticker.options.map((text, option) => {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-option]").textContent = text;
    row.querySelector("button").addEventListener("click", () => answer(option));
    list.append(row);
    return row;
  });

  function draw() {
    const { votes, choice } = sticker;
    const all = votes.reduce((sum, one) => sum + one, 0);
    rows.forEach((row, option) => {
      const share = all ? votes[option] / all : 0;
      const button = row.querySelector("button");
      button.disabled = choice !== null;
      button.setAttribute("aria-pressed", String(choice === option));
      row.querySelector("[data-bar]").style.inlineSize = votes.length ? `${Math.round(share * 100)}%` : "0";
      row.querySelector("[data-share]").textContent = votes.length ? new Intl.NumberFormat(here, { style: "percent" }).format(share) : "";
    });
    const total = box.querySelector("[data-total]");
    total.hidden = !votes.length;
    showCount(total.querySelector("span"), all);
  }

  async function answer(option) {
    counted("sticker", item);
    try {
      Object.assign(sticker, await send(`/stickers/${sticker.id}/vote`, { option }));
    } catch (problem) {
      refused(problem);
    }
    draw();
  }

  draw();
}

/** The language of this page before others, and the button that shows and hides them. */
function subtitles(slide, item) {
  const video = part(slide, "video");
  const button = part(slide, "subtitles");
  const found = item.subtitles || [];
  button.hidden = !video || !found.length;
  if (button.hidden || video.querySelector("track")) return;
  const chosen = found.find((one) => one.language === here.slice(0, 2)) || found[0];
  const track = document.createElement("track");
  Object.assign(track, { kind: "captions", srclang: chosen.language, label: new Intl.DisplayNames([here], { type: "language" }).of(chosen.language) });
  video.append(track);
  const said = part(slide, "said");
  said.lang = chosen.language;
  track.addEventListener("cuechange", () => {
    said.textContent = [...(track.track.activeCues || [])].map((cue) => cue.getCueAsHTML().textContent).join("\n");
  });
  const draw = () => {
    if (subtitlesOn && !track.hasAttribute("src")) track.src = chosen.url; // Fetched by whoever reads them.
    track.track.mode = subtitlesOn ? "hidden" : "disabled"; // The browser's own place is below our words.
    if (!subtitlesOn) said.textContent = "";
    button.setAttribute("aria-pressed", String(subtitlesOn));
  };
  button.addEventListener("click", () => {
    subtitlesOn = !subtitlesOn;
    try {
      localStorage.setItem(KEY, subtitlesOn ? "on" : "off");
    } catch {
      // The choice lasts as long as the page.
    }
    document.dispatchEvent(new CustomEvent("viewer:subtitles"));
  });
  document.addEventListener("viewer:subtitles", draw);
  draw();
}
