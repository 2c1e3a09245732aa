// What the deeds of the click map do that lead nowhere: engage, open a panel.

import { toast } from "../common/common.js";
import { bind } from "./clicks.js";
import { close, copyOf, fill, open } from "./panel.js";
import { follow, shared, toggle } from "./social.js";
import { draw } from "./slide.js";
import Vonk from "/vonk.mjs";
import { words } from "./words.js";

export const slides = new Map(); // item → its slide
const redraw = (item) => draw(slides.get(item), item);

function openComments(item, from) {
  const box = open("comments", words.comments, from);
  fill(box, "GET", `/posts/${item.post_id}/comments`, { token: item.token });
}

/** Where a shared link leads: the post's own page; of a post that is shown in ads alone, whose it is or what it is for. */
function addressOf(item) {
  const own = item.kind === "organic" || item.has_page;
  return new URL(own ? `/posts/${item.post_id}/` : item.profile.url || item.landing_url, window.location.origin).href;
}

function openShare(item, from) {
  const box = open("share", words.share, from);
  box.append(copyOf("share-sheet"));
  const address = addressOf(item);
  const copying = box.querySelector("[data-copy]");
  copying.dataset.copy = address;
  copying.addEventListener("click", () => shared(item, redraw), { once: true });
  const device = box.querySelector("[data-device-share]");
  if (navigator.share) {
    device.addEventListener("click", async () => {
      try {
        await navigator.share({ title: item.caption, url: address });
      } catch {
        return; // Called off.
      }
      shared(item, redraw);
    });
  } else device.remove();
  bindSheet(box, item);
}

function bindSheet(box, item) {
  bind(box, item, act);
  bindWhy(box.querySelector("[data-why-post]"), item);
  const hide = box.querySelector("[data-hide]");
  hide?.addEventListener("click", () => putAway(item));
  for (const button of box.querySelectorAll("[data-report]")) {
    button.addEventListener("click", () => {
      Vonk.event(item.token, "report", Number(button.dataset.report));
      Vonk.flush();
      close();
      toast(words.reported, { tone: "good" });
    });
  }
}

/** Why an organic post stands in the feed, told below the button; of an ad "About this ad" says it. */
function bindWhy(button, item) {
  if (!button) return;
  if (item.kind !== "organic") {
    button.closest("li").remove();
    return;
  }
  const lines = button.parentElement.querySelector("[data-why-lines]");
  button.addEventListener("click", () => {
    lines.hidden = !lines.hidden;
    button.setAttribute("aria-expanded", String(!lines.hidden));
    if (!lines.hidden) fill(lines, "GET", `/posts/${item.post_id}/why`);
  });
}

function putAway(item) {
  Vonk.event(item.token, "hide");
  Vonk.flush();
  close({ focus: false });
  toast(words.hidden);
  document.dispatchEvent(new CustomEvent("viewer:hidden", { detail: { item } }));
}

function openDisclosure(item, from) {
  const box = open("disclosure", words.about_this_ad, from);
  box.append(copyOf("disclosure-sheet"));
  box.querySelector("[data-advertiser]").textContent = item.advertiser_name;
  box.querySelector("[data-payer]").textContent = item.payer_name || item.advertiser_name;
  const poster = box.querySelector("[data-poster]");
  if (item.kind === "spark") poster.textContent = poster.textContent.replace("%s", `@${item.profile.handle}`);
  else poster.remove();
  bindSheet(box, item);
  fill(box.querySelector("[data-why]"), "POST", "/ads/why", { token: item.token });
}

/** Do what the click map names. */
export function act(does, item, element) {
  if (does === "like" || does === "favourite") {
    toggle(does, item, redraw);
    if (does === "like" && item.liked) pop(slides.get(item));
  } else if (does === "follow") follow(item, redraw);
  else if (does === "comment") openComments(item, element);
  else if (does === "share") openShare(item, element);
  else if (does === "disclosure") openDisclosure(item, element);
}

/** Like by double tap: only ever on. */
export function likeOnce(item) {
  if (item.liked) pop(slides.get(item));
  else act("like", item);
}

function pop(slide) {
  const heart = slide.querySelector('[data-part="heart"]');
  heart.classList.remove("f-pop");
  void heart.offsetWidth; // Restarts the animation.
  heart.classList.add("f-pop");
}

document.body.addEventListener("commented", (event) => {
  for (const [item, slide] of slides) {
    if (String(item.post_id) !== String(event.detail.post_id)) continue;
    item.counts.comments = event.detail.comments;
    draw(slide, item);
  }
});
