// A host's page for tests: a film that plays by the page's own clock, which the tests move.
"use strict";

window.told = [];
window.failures = [];
window.addEventListener("error", (event) => window.failures.push(event.message));
window.addEventListener("unhandledrejection", (event) => window.failures.push(String(event.reason)));

/** Make the element behave as a film of that length would, without one: position, play, pause, seek, end. */
function film(video, durationMs, { loop = false } = {}) {
  const state = { at: 0, since: null, rate: 1, ready: 4, timer: 0 };
  const position = () => (state.since === null ? state.at : Math.min(state.at + (performance.now() - state.since) * state.rate, durationMs));
  const say = (name) => video.dispatchEvent(new Event(name));
  const settle = () => {
    state.at = position();
    if (state.since !== null) state.since = performance.now();
    clearTimeout(state.timer);
    if (state.since !== null) state.timer = setTimeout(end, (durationMs - state.at) / state.rate);
  };
  const end = () => {
    state.at = loop ? 0 : durationMs;
    state.since = loop ? performance.now() : null;
    if (loop) settle();
    say(loop ? "seeking" : "ended");
  };
  Object.defineProperties(video, {
    duration: { get: () => durationMs / 1000 },
    readyState: { get: () => state.ready },
    paused: { get: () => state.since === null },
    ended: { get: () => position() >= durationMs && state.since === null },
    seeking: { get: () => false },
    loop: { get: () => loop },
    currentTime: { get: () => position() / 1000, set: (seconds) => { settle(); state.at = seconds * 1000; settle(); say("seeking"); } },
    playbackRate: { get: () => state.rate, set: (rate) => { settle(); state.rate = rate; settle(); } },
  });
  video.play = () => { if (state.at >= durationMs) state.at = 0; state.since = performance.now(); settle(); };
  video.pause = () => { settle(); state.since = null; clearTimeout(state.timer); say("pause"); };
  video.load = (ready) => { state.ready = ready; };
  return video;
}

/** Put an element of 300 × 400 points into the page, 2,000 points down. */
function place(name) {
  const element = document.createElement(name);
  element.id = "ad";
  document.getElementById("place").replaceChildren(element);
  return element;
}

/** Say that the page is hidden, or seen again. */
function hide(hidden) {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
}
