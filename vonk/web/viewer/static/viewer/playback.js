// Plays the video of the slide in view and keeps the next two ready. Sound is the viewer's choice and is remembered.

import Vonk from "/vonk.mjs";

const AHEAD = 2;
const BEHIND = 2;
const KEY = "vonk.sound";

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
  shows.set(slide, Vonk.measure(slide.querySelector(".f-frame"), { token: item.token, durationMs: item.duration_ms }));
  slide.videoUrl = item.video_url;
  slide.durationMs = item.duration_ms;
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
}

/** Let go of a slide that leaves the page. */
export function dismiss(slide) {
  shows.get(slide).stop();
}

function load(slide) {
  const video = part(slide, "video");
  if (!video.hasAttribute("src")) {
    video.src = slide.videoUrl;
    video.preload = "auto";
  }
}

function unload(slide) {
  const video = part(slide, "video");
  if (!video.hasAttribute("src")) return;
  video.removeAttribute("src");
  video.load(); // Frees the memory that the video held.
  slide.classList.remove("f-loaded");
}

/** Show a slide: play it, stop the one before, load what is near and free what is far. */
export function show(slide) {
  if (slide === current) return;
  if (current) part(current, "video").pause();
  current = slide;
  stopped = false;
  const slides = [...slide.parentElement.querySelectorAll(".f-slide")];
  const here = slides.indexOf(slide);
  slides.forEach((other, position) => {
    if (position < here - BEHIND || position > here + AHEAD) unload(other);
    else load(other);
  });
  play();
}

async function play() {
  const slide = current;
  if (!slide || stopped || document.hidden) return;
  const video = part(slide, "video");
  video.muted = !soundOn;
  try {
    await video.play();
  } catch (error) {
    if (error.name !== "NotAllowedError" || slide !== current) return;
    video.muted = true; // Browsers allow sound only after a first tap.
    await video.play().catch(() => setStopped(true));
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
  if (stopped) part(current, "video").pause();
  else play();
}

/** Say whether the video in view can be heard. */
export const audible = () => Boolean(current) && !part(current, "video").muted;

export function toggleSound() {
  soundOn = !audible();
  try {
    localStorage.setItem(KEY, soundOn ? "on" : "off");
  } catch {
    // The choice lasts as long as the page.
  }
  if (current) part(current, "video").muted = !soundOn;
  drawSound();
}

function drawSound() {
  document.body.classList.toggle("f-silent", !audible());
  for (const button of document.querySelectorAll('[data-part="mute"]')) button.setAttribute("aria-pressed", String(audible()));
}

function frame() {
  if (current && !document.hidden) {
    const positionMs = part(current, "video").currentTime * 1000;
    part(current, "progress").style.transform = `scaleX(${Math.min(1, positionMs / current.durationMs)})`;
  }
  requestAnimationFrame(frame);
}

document.addEventListener("visibilitychange", () => {
  if (!current) return;
  if (document.hidden) part(current, "video").pause();
  else play();
});
requestAnimationFrame(frame);
