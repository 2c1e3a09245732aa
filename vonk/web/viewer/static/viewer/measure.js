// Measures one showing of a post: what was seen of it, and for how long. Replays add watch time and nothing else.

import { record } from "./events.js";

const QUARTERS = [
  [0.25, "p25"],
  [0.5, "p50"],
  [0.75, "p75"],
];
const VIEWABLE_MS = 2000; // MRC, video: at least half of the pixels for two seconds on end.
const WATCH_EVERY_MS = 10000;

export class Showing {
  constructor(item) {
    this.token = item.token;
    this.durationMs = item.duration_ms;
    this.sent = new Set();
    this.watchedMs = 0; // In all.
    this.unsentMs = 0; // Since the last "watch".
    this.onEndMs = 0; // Without a break.
    this.lastMs = null;
  }

  once(kind) {
    if (this.sent.has(kind)) return;
    this.sent.add(kind);
    record(kind, this.token);
  }

  /** At least half of the post is on the screen and its first picture is painted. */
  rendered() {
    this.once("impression");
  }

  /** The video stands at `positionMs` and plays, at least half of it visible. Called once a frame or so. */
  playing(positionMs) {
    this.once("play");
    const stepMs = this.lastMs === null ? 0 : positionMs - this.lastMs;
    this.lastMs = positionMs;
    if (stepMs <= 0 || stepMs > 1000) return; // A jump is not watching.
    this.watchedMs += stepMs;
    this.unsentMs += stepMs;
    this.onEndMs += stepMs;
    if (this.onEndMs >= VIEWABLE_MS) this.once("viewable");
    if (this.watchedMs >= 2000) this.once("view_2s");
    if (this.watchedMs >= 6000) this.once("view_6s");
    if (this.watchedMs >= 15000) this.once("view_15s");
    for (const [share, kind] of QUARTERS) if (positionMs >= share * this.durationMs) this.once(kind);
    if (this.unsentMs >= WATCH_EVERY_MS) this.sendWatch();
  }

  /** The video was played to its end, for the first time or again. */
  ended() {
    for (const [, kind] of QUARTERS) this.once(kind);
    this.once("p100");
    if (this.durationMs < 6000) this.once("view_6s"); // To the end, where it is shorter.
    if (this.durationMs < 15000) this.once("view_15s");
    this.lastMs = null;
  }

  /** Playing stopped, or the post left the screen. */
  paused() {
    this.lastMs = null;
    this.onEndMs = 0;
    this.sendWatch();
  }

  sendWatch() {
    const watched = Math.round(this.unsentMs);
    if (watched > 0) record("watch", this.token, watched);
    this.unsentMs = 0;
  }
}
