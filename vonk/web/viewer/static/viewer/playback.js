// Plays the video or pictures of the slide in view and keeps the next two ready. Sound is the viewer's choice and is remembered.

import { picturesOf } from "./pictures.js";
import Vonk from "/vonk.mjs";

const AHEAD = 2;
const BEHIND = 2;
const KEY = "vonk.sound";
const SMALL_ENOUGH_PX = 560; // The smaller file has a short side of 480.

const part = (slide, name) => slide.querySelector(`[data-part="${name}"]`);
const shows = new WeakMap(); // slide → its showing
let current = null;
let stopped = false; // By the viewer.

let soundOn = false;
try {
  soundOn = localStorage.getItem(KEY) === "on";
} catch {
  // Nothing is remembered: every visit begins silent.
}

export const currentSlide = () => current;

/** Get a new slide ready to be played. */
export function prepare(slide, item) {
  const pictures = item.pictures?.length || 0;
  const showing = Vonk.measure(slide.querySelector(".f-frame"), { token: item.token, durationMs: item.duration_ms, pictures });
  shows.set(slide, showing);
  slide.player = pictures ? picturesOf(slide, item, (place) => showing.picture(place)) : filmOf(slide, item);
}

/** The smaller file where nobody would see the difference, or the line is slow or dear. */
function fileOf(item, frame) {
  if (!item.small_url) return item.video_url;
  const { saveData = false, effectiveType = "", downlink = Infinity } = navigator.connection || {};
  const slow = saveData || downlink < 2 || ["slow-2g", "2g", "3g"].includes(effectiveType);
  const pixels = Math.min(frame.clientWidth, frame.clientHeight) * window.devicePixelRatio;
  return slow || pixels <= SMALL_ENOUGH_PX ? item.small_url : item.video_url;
}

/** Return what plays the item's video; pictures.js has the same for pictures. */
function filmOf(slide, item) {
  const video = part(slide, "video");
  video.addEventListener("ended", () => {
    video.currentTime = 0;
    video.play().catch(() => {});
  });
  video.addEventListener("loadeddata", () => slide.classList.add("f-loaded"));
  video.addEventListener("playing", () => slide.classList.remove("f-waiting"));
  video.addEventListener("waiting", () => slide.classList.add("f-waiting"));
  video.addEventListener("error", () => {
    if (video.hasAttribute("src")) slide.classList.add("f-broken");
  });
  return {
    hasSound: true,
    get muted() {
      return video.muted;
    },
    set muted(now) {
      video.muted = now;
    },
    turn: () => false,
    load() {
      if (video.hasAttribute("src")) return;
      video.src = fileOf(item, slide.querySelector(".f-frame"));
      video.preload = "auto";
    },
    unload() {
      if (!video.hasAttribute("src")) return;
      video.removeAttribute("src");
      video.load(); // Frees the memory that the video held.
      slide.classList.remove("f-loaded");
    },
    play: () => video.play(),
    pause: () => video.pause(),
    share: () => (video.currentTime * 1000) / item.duration_ms,
  };
}

/** Let go of a slide that leaves the page. */
export function dismiss(slide) {
  shows.get(slide).stop();
  slide.player.pause();
  slide.player.unload();
}

/** Show a slide: play it, stop the one before, load what is near and free what is far. */
export function show(slide) {
  if (slide === current) return;
  current?.player.pause();
  current = slide;
  stopped = false;
  const slides = [...slide.parentElement.querySelectorAll(".f-slide")];
  const here = slides.indexOf(slide);
  slides.forEach((other, position) => {
    if (position < here - BEHIND || position > here + AHEAD) other.player.unload();
    else other.player.load();
  });
  play();
}

async function play() {
  const slide = current;
  if (!slide || stopped || document.hidden) return;
  const { player } = slide;
  player.muted = !soundOn;
  try {
    await player.play();
  } catch (error) {
    if (error.name !== "NotAllowedError" || slide !== current) return;
    player.muted = true; // Browsers allow sound only after a first tap.
    await player.play().catch(() => setStopped(true));
  }
  drawSound();
}

function setStopped(now) {
  stopped = now;
  current?.classList.toggle("f-paused", now);
}

export function togglePlay() {
  if (!current) return;
  setStopped(!stopped);
  if (stopped) current.player.pause();
  else play();
}

/** Say whether what is in view can be heard; of pictures without a sound nothing ever is. */
export const audible = () => Boolean(current) && !current.player.muted;
export const hasSound = () => Boolean(current?.player.hasSound);

/** Show the next picture of the post in view, or the one before; false where there is none. */
export const turn = (by) => Boolean(current?.player.turn(by));

/** Say whether the post in view has several pictures. */
export const turns = () => Boolean(current?.querySelector('[data-part="pictures"]:not(.f-single)'));

export function toggleSound() {
  soundOn = !audible();
  try {
    localStorage.setItem(KEY, soundOn ? "on" : "off");
  } catch {
    // The choice lasts as long as the page.
  }
  if (current) {
    current.player.muted = !soundOn;
    if (!stopped) play();
  }
  drawSound();
}

function drawSound() {
  document.body.classList.toggle("f-silent", !audible());
  for (const button of document.querySelectorAll('[data-part="mute"]')) button.setAttribute("aria-pressed", String(audible()));
}

function frame() {
  if (current && !document.hidden) {
    part(current, "progress").style.transform = `scaleX(${Math.min(1, current.player.share())})`;
  }
  requestAnimationFrame(frame);
}

document.addEventListener("visibilitychange", () => {
  if (!current) return;
  if (document.hidden) current.player.pause();
  else play();
});
requestAnimationFrame(frame);
