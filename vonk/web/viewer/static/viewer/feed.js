// The feed: fetches posts, mixes in the ads that win their slots, and follows the slide in view.

import { act, likeOnce, slides } from "./acts.js";
import { askForAd, isSlot } from "./ads.js";
import { perform } from "./clicks.js";
import { onKeys, onTouch } from "./gestures.js";
import { overlay } from "./overlays.js";
import { close, openPanel } from "./panel.js";
import { audible, currentSlide, dismiss, hasSound, prepare, show, togglePlay, toggleSound, turn, turns } from "./playback.js";
import { draw, fitCaption, makeSlide } from "./slide.js";
import { fillState } from "./social.js";
import Vonk from "/vonk.mjs";

const AHEAD = 3; // Slides kept beyond the one in view: two to preload and one on its way.
const SLIDES_MAX = 60; // Older ones leave the page.

const feed = document.getElementById("feed");
const { surface } = feed.dataset;
const status = document.getElementById("feed-status");
const items = new WeakMap(); // slide → its item
const wide = window.matchMedia("(min-width: 992px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const away = new Map(); // Creator's id → how many of their posts were put away on this page.

const state = { waiting: [], cursor: "", done: false, position: 1, growing: false, viewerToken: "", adsUrl: "", policy: null, again: 0 };

async function fetchPage() {
  const address = new URL("/feed/next", window.location.origin);
  if (surface !== "for_you") address.searchParams.set("from", surface);
  if (state.cursor) address.searchParams.set("cursor", state.cursor);
  else if (feed.dataset.first) address.searchParams.set("first", feed.dataset.first);
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`the feed answered ${response.status}`);
  const page = await response.json();
  state.waiting.push(...page.items.map((item) => ({ ...item, kind: "organic" })));
  state.cursor = page.cursor;
  state.done = !page.cursor;
  state.viewerToken = page.viewer_token;
  state.policy = page.slot_policy;
  if (!state.adsUrl) {
    state.adsUrl = page.ads_url;
    Vonk.start({ ads: state.adsUrl });
  }
}

async function nextItem() {
  if (isSlot(state.position, state.policy)) {
    const ad = await askForAd({ viewer: state.viewerToken, surface, position: state.position });
    if (ad) return ad;
  }
  if (!state.waiting.length && !state.done) await fetchPage();
  return state.waiting.shift() || null;
}

function append(item) {
  const slide = makeSlide(item, act);
  slides.set(item, slide);
  items.set(slide, item);
  prepare(slide, item);
  feed.append(slide);
  feed.removeAttribute("aria-busy"); // A feed has articles, or is being filled.
  watch.observe(slide);
  fitCaption(slide);
  if (item.kind !== "organic") {
    fillState(item, (filled) => {
      draw(slide, filled);
      overlay(slide, filled, act);
    });
  }
  state.position += 1;
}

function trim() {
  const all = feed.querySelectorAll(".f-slide");
  if (all.length <= SLIDES_MAX || currentSlide() === all[0] || currentSlide() === all[1]) return;
  const height = all[0].offsetHeight;
  watch.unobserve(all[0]);
  dismiss(all[0]);
  slides.delete(items.get(all[0]));
  all[0].remove();
  if (feed.scrollTop >= height && !CSS.supports("overflow-anchor: auto")) feed.scrollTop -= height; // Elsewhere the browser keeps the place.
}

/** Keep enough slides after the one in view. One run at a time, so that positions never race. */
async function grow() {
  if (state.growing) return;
  state.growing = true;
  try {
    while (left() < AHEAD) {
      const item = await nextItem();
      if (!item) break;
      append(item);
      trim();
    }
    state.again = 0;
    status.dataset.state = feed.querySelector(".f-slide") ? (state.done && !state.waiting.length ? "end" : "") : "empty";
  } catch (error) {
    console.error("feed:", error); // The viewer is told by the page's state; this is for who looks into it.
    status.dataset.state = feed.querySelector(".f-slide") ? "" : "failed";
    state.again = Math.min((state.again || 1000) * 2, 30000);
    setTimeout(grow, state.again);
  } finally {
    state.growing = false;
  }
}

function left() {
  const all = [...feed.querySelectorAll(".f-slide")];
  return currentSlide() ? all.length - 1 - all.indexOf(currentSlide()) : all.length;
}

const watch = new IntersectionObserver(
  (changes) => {
    for (const change of changes) {
      if (!change.isIntersecting || change.intersectionRatio < 0.5 || change.target === currentSlide()) continue;
      const before = currentSlide();
      show(change.target);
      for (const slide of [before, change.target]) slide?.toggleAttribute("data-current", slide === change.target);
      if (before && openPanel()) {
        if (wide.matches && openPanel() === "comments") act("comment", items.get(change.target));
        else close({ focus: false });
      }
      grow();
    }
  },
  { root: feed, threshold: [0.5] },
);

function step(by) {
  const all = [...feed.querySelectorAll(".f-slide")];
  const target = all[all.indexOf(currentSlide()) + by];
  target?.scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block: "start" });
}

/** What was put away leaves the page at once, here and where it waits; of a creator of two, what waits goes too. */
function putAway(item) {
  const slide = slides.get(item);
  const next = slide?.nextElementSibling;
  if (item.kind === "organic") {
    const times = (away.get(item.profile.id) || 0) + 1;
    away.set(item.profile.id, times);
    const creatorToo = times > 1 && !item.profile.followed;
    state.waiting = state.waiting.filter((one) => one.post_id !== item.post_id && !(creatorToo && one.profile.id === item.profile.id));
  }
  if (!next) {
    step(-1);
    return; // The last one stays until another comes.
  }
  watch.unobserve(slide);
  dismiss(slide);
  slides.delete(item);
  slide.remove();
  next.scrollIntoView({ behavior: "auto", block: "start" });
}

const here = (deed) => () => currentSlide() && deed(items.get(currentSlide()));
const toProfile = here((item) => perform("swipe_left", item, act));

let soundChosen = false; // The first tap on a silent video turns its sound on; later taps pause.
function chooseSound() {
  if (!hasSound()) return;
  soundChosen = true;
  toggleSound();
}

onTouch(feed, {
  left: toProfile,
  tap: () => (audible() || soundChosen || !hasSound() ? togglePlay() : chooseSound()),
  doubleTap: here(likeOnce),
});
onKeys({
  next: () => step(1),
  previous: () => step(-1),
  left: () => (turns() ? turn(-1) : toProfile()), // Among pictures the arrows turn, and leave to nowhere.
  right: () => turn(1),
  play: togglePlay,
  sound: chooseSound,
  like: here((item) => act("like", item)),
  comments: here((item) => (openPanel() === "comments" ? close() : act("comment", item))),
});
document.getElementById("next").addEventListener("click", () => step(1));
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("retry").addEventListener("click", grow);
feed.addEventListener("click", (event) => event.target.closest('[data-part="mute"]') && chooseSound());
document.addEventListener("viewer:hidden", (event) => putAway(event.detail.item));
window.addEventListener("resize", () => feed.querySelectorAll(".f-slide").forEach(fitCaption));
grow();
