// Fingers and keys, turned into what they mean. Which gesture does what on which post is for clicks.js to say.

const SWIPE_PX = 60;
const DOUBLE_TAP_MS = 260;

/** Call `left()` for a swipe to the left, `tap()` for one tap on the picture, `doubleTap()` for two.
 *
 * A swipe over pictures of which there are more (`data-more`) turns these, and is nobody else's. */
export function onTouch(feed, { left, tap, doubleTap }) {
  let began = null;
  let waiting = null;
  feed.addEventListener("touchstart", (event) => {
    const turning = event.target.closest("[data-more]");
    began = event.touches.length === 1 && !turning ? event.touches[0] : null;
  }, { passive: true });
  feed.addEventListener("touchend", (event) => {
    const ended = event.changedTouches[0];
    if (!began) return;
    const x = ended.clientX - began.clientX;
    const y = ended.clientY - began.clientY;
    began = null;
    if (x < -SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) left();
  }, { passive: true });
  feed.addEventListener("click", (event) => {
    if (!event.target.closest("[data-picture]")) return;
    if (waiting) {
      clearTimeout(waiting);
      waiting = null;
      doubleTap();
      return;
    }
    waiting = setTimeout(() => {
      waiting = null;
      tap();
    }, DOUBLE_TAP_MS);
  });
}

const NAMES = { ArrowDown: "next", PageDown: "next", ArrowUp: "previous", PageUp: "previous", ArrowLeft: "left", ArrowRight: "right", " ": "play", m: "sound", l: "like", c: "comments" };

/** Call the deed that a key stands for, unless the viewer is writing or a button has the focus. */
export function onKeys(deeds) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    if (event.target.closest("#panel") && event.key !== "c") return;
    const name = NAMES[event.key] || NAMES[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    deeds[name]();
  });
}
