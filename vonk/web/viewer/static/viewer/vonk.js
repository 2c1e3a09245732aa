// vonk.js: asks a Vonk ad server for ads, measures what is seen of them, and loses no event. One file, no dependency, no
// build, no cookie. As <script src="…/vonk.js"> it gives window.Vonk; vonk.mjs beside it is the same as a module.
// Nothing here throws into the page: what goes wrong is told to start()'s `onerror`. Handbook: docs/clients/README.md.
(() => {
  "use strict";
  if (globalThis.Vonk) return;

  const KEPT_MAX = 2000; // Events; what a viewer does offline in some hours.
  const KEPT_FOR_MS = 7 * 24 * 3600 * 1000; // After seven days an event counts no more.
  const BATCH_MAX = 50;
  const BATCH_CHARS = 30000; // A page that closes may send 64 kB in all.
  const SOON_MS = 2000;
  const WAIT_MAX_MS = 60000;
  const TOLD_MAX_MS = 3600000; // A server that asks for more patience is asked again after an hour.
  const ANSWER_MS = 15000; // Without an answer in that time the batch is sent again.
  const OPEN_MS = 3000; // A storage that does not open by then is none.
  const TICK_MS = 100;
  const WATCH_EVERY_MS = 10000;
  const SLACK_MS = 500; // Of a video's position against the clock; more is a jump.
  const ENDED_SHARE = 90; // Percent of a video that were played when "played to its end" is true.
  const REPLAYS_MAX = 100; // Of one showing.
  const SEEN_MS = 500; // A picture that stayed so long was seen.
  const SPLIT = [400, 413, 415, 422]; // Refused for what it holds: sent in halves, until the one that spoils it is alone.

  let address = "";
  let onerror = null;

  function report(code, detail) {
    try {
      onerror?.({ code, detail });
    } catch {
      // A hook that fails is the host's own affair.
    }
  }

  /** Return `work` as a function that never throws. */
  const safely = (work, otherwise) => (...values) => {
    try {
      return work(...values);
    } catch (error) {
      report("failed", error);
      return otherwise;
    }
  };

  // ── The network ──────────────────────────────────────────────────────────────────────────────────────────────────

  const TEXT = "text/plain;charset=UTF-8"; // Spares the browser's question whether it may send.

  /** POST and return {status, body, told}; status 0 without an answer, `told` the wait that the server asks for. */
  async function post(path, content, patienceMs) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    try {
      const text = JSON.stringify(content);
      const response = await fetch(address + path, {
        method: "POST",
        body: text,
        headers: { "Content-Type": TEXT },
        credentials: "omit",
        keepalive: true, // Goes on when the page is left.
        signal: patience.signal,
      });
      const after = response.headers.get("Retry-After"); // Seconds, or a date.
      const told = after === null ? 0 : Number(after) * 1000 || Date.parse(after) - Date.now();
      const body = await response.json().catch(() => null);
      return { status: response.status, body, told: Math.min(Math.max(told || 0, 0), TOLD_MAX_MS) };
    } catch (error) {
      return { status: 0, body: error, told: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  // ── The outbox: every event is kept until the server has answered for it ─────────────────────────────────────────

  const own = new Map(); // id → event of this page without an answer; all there is where the browser keeps nothing.
  const stored = new Set(); // Ids of `own` that are in the browser's storage, which then alone says whether they are open.
  const away = new Set(); // Ids that are on their way, or left with a beacon.
  let database;
  let sending = null; // The promise of what is being sent.
  let timer = 0;
  let batchMax = BATCH_MAX;
  let failures = 0;
  let quietUntil = 0; // No sending before, by performance.now().
  let toldUntil = 0; // The same, where the server asked for it.
  let count = 0;

  /** Return the opened database, or null where storage is denied. */
  const opened = () =>
    (database ??= new Promise((resolve) => {
      const none = () => resolve(null);
      setTimeout(none, OPEN_MS);
      try {
        const request = indexedDB.open("vonk", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("events", { keyPath: "id" });
        request.onerror = none;
        request.onsuccess = () => {
          const found = request.result;
          found.onclose = () => (database = undefined);
          found.onversionchange = () => (found.close(), found.onclose());
          resolve(found);
        };
      } catch {
        none();
      }
    }));

  /** Do one thing with the stored events; return its result, or undefined when storage failed. */
  async function storage(mode, work) {
    const found = await opened();
    return new Promise((resolve) => {
      try {
        const transaction = found.transaction("events", mode);
        const request = work(transaction.objectStore("events"));
        transaction.oncomplete = () => resolve(request ? request.result : true);
        transaction.onabort = () => {
          database = Promise.resolve(null); // A full or broken storage: from here on this page relies on its memory.
          resolve(undefined);
        };
      } catch {
        resolve(undefined);
      }
    });
  }

  /** Return an id that sorts by time: storage gives events back in the order in which they happened. */
  function newId(at) {
    const chance = crypto.getRandomValues(new Uint32Array(3));
    count += 1;
    return [at, count, ...chance].map((part) => part.toString(36).padStart(7, "0")).join("-");
  }

  /** Keep one event and send it soon; return its id. */
  function event(token, kind, value = 0) {
    if (!address) return report("not_started", kind);
    looked(watcher?.takeRecords() || []);
    for (const showing of showings.values()) if (showing.token === token) showing.look(); // What is clicked was shown first.
    return keep(token, kind, value);
  }

  function keep(token, kind, value) {
    const at = Date.now();
    const made = { id: newId(at), kind: String(kind), token: String(token), at, value: Number(value) || 0, to: address };
    own.set(made.id, made);
    if (own.size > KEPT_MAX) {
      report("dropped", 1);
      forget([own.keys().next().value]);
    }
    storage("readwrite", (events) => events.put(made)).then((key) => key && own.has(key) && stored.add(key));
    later(SOON_MS);
    return made.id;
  }

  function forget(ids) {
    for (const id of ids) [own, stored, away].forEach((kept) => kept.delete(id));
    return storage("readwrite", (events) => void ids.forEach((id) => events.delete(id)));
  }

  /** Return what waits for this ad server, oldest first: of this page, of other tabs, and of pages that are gone. */
  async function unsent() {
    const found = await storage("readonly", (events) => events.getAll());
    const all = new Map((found || []).map((one) => [one.id, one]));
    for (const [id, one] of own) {
      if (found && stored.has(id) && !all.has(id)) forget([id]); // Another tab has sent it.
      else all.set(id, one);
    }
    const events = [...all.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const oldest = Date.now() - KEPT_FOR_MS;
    const old = events.filter((one, place) => one.at < oldest || place < events.length - KEPT_MAX);
    if (old.length) {
      report("dropped", old.length);
      await forget(old.map((one) => one.id));
    }
    return events.filter((one) => one.to === address && !old.includes(one));
  }

  /** Return as many of the events as one request may carry. */
  function cut(events) {
    let chars = 0;
    return events.slice(0, batchMax).filter((one, place) => (chars += JSON.stringify(one).length) <= BATCH_CHARS || !place);
  }

  const batchOf = (events) => ({ version: 2, events: events.map(({ id, kind, token, at, value }) => ({ id, kind, token, at, value })) });

  function later(delayMs) {
    timer ||= setTimeout(() => {
      timer = 0;
      flush();
    }, Math.max(delayMs, quietUntil - performance.now()));
  }

  /** Send what waits, unless the server wants to be left alone for a while. Never rejects. */
  function flush() {
    sending ??= send()
      .catch((error) => report("failed", error))
      .finally(() => (sending = null));
    return sending;
  }

  /** Only one tab sends at a time, and what it sends is everybody's. */
  async function send() {
    if (!address) return;
    if (performance.now() < quietUntil) return later(0);
    const work = async (lock) => {
      if (lock === null) return later(SOON_MS); // Another tab is at it.
      while (await sendOne());
    };
    try {
      await (navigator.locks ? navigator.locks.request("vonk.events", { ifAvailable: true }, work) : work());
    } catch {
      await work(); // A page that may not lock, for example in a sandboxed frame.
    }
  }

  /** Send one batch; return whether the next may follow at once. */
  async function sendOne() {
    const batch = cut(await unsent());
    if (!batch.length) return false;
    const ids = batch.map((one) => one.id);
    ids.forEach((id) => away.add(id));
    const { status, body, told } = await post("/v1/events", batchOf(batch), ANSWER_MS);
    ids.forEach((id) => away.delete(id));
    if (SPLIT.includes(status)) {
      batchMax = Math.ceil(batch.length / 2);
      if (batch.length > 1) return true;
      report("refused", { reason: body?.code || status, event: batch[0] });
      await forget(ids);
      return true;
    }
    const verdicts = status === 200 && Array.isArray(body?.verdicts) ? body.verdicts : [];
    const answered = verdicts.filter((one) => ids.includes(one?.id));
    for (const one of answered) if (one.verdict === "refused") report("refused", { reason: one.reason, id: one.id });
    if (answered.length) {
      await forget(answered.map((one) => one.id));
      batchMax = Math.min(BATCH_MAX, batchMax * 2);
      failures = 0;
      return true; // What was not answered for stays, and goes with the next.
    }
    failures += 1;
    report("unreachable", { status, detail: body });
    const waitMs = told || Math.min(SOON_MS * 2 ** failures, WAIT_MAX_MS) * (0.5 + Math.random() / 2);
    quietUntil = performance.now() + waitMs + (told ? Math.random() * 1000 : 0);
    if (told) toldUntil = quietUntil;
    later(0);
    return false;
  }

  /** The page may be gone in a moment: hand over without waiting. All of it stays kept until a request is answered. */
  function leave() {
    for (const showing of showings.values()) showing.rest();
    let batch = cut([...own.values()].filter((one) => !away.has(one.id)));
    if (performance.now() < toldUntil) batch = batch.filter((one) => !stored.has(one.id)); // The next page sends them.
    if (!batch.length || !navigator.sendBeacon) return;
    const text = JSON.stringify(batchOf(batch));
    if (navigator.sendBeacon(`${address}/v1/events`, new Blob([text], { type: TEXT }))) for (const one of batch) away.add(one.id);
  }

  // ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────────────

  const showings = new Map(); // element → its showing
  const seen = new Set(); // Showings at least half in view.
  let ticking = 0;

  const watcher = globalThis.IntersectionObserver && new IntersectionObserver(safely(looked), { threshold: [0.5] });

  function looked(changes) {
    for (const { target, isIntersecting, intersectionRatio } of changes) {
      const showing = showings.get(target);
      if (!showing) continue;
      seen[isIntersecting && intersectionRatio >= 0.5 ? "add" : "delete"](showing);
      showing.look();
    }
    if (seen.size && !ticking) ticking = setInterval(safely(() => seen.forEach((showing) => showing.look())), TICK_MS);
    if (!seen.size) ticking = clearInterval(ticking) || 0;
  }

  class Showing {
    constructor(element, { token, clickId, durationMs = 0, painted, pictures = 0 }) {
      Object.assign(this, { element, token, clickId, declaredMs: durationMs, pictures });
      this.place = 0; // The picture in view.
      this.stayedMs = 0; // It.
      this.video = pictures ? null : element instanceof HTMLMediaElement ? element : element.querySelector("video");
      this.painted = painted || (() => hasPicture(element));
      this.sent = new Set();
      this.parts = new Set(); // The hundredths of the video that were played; the pictures that were seen.
      this.watchedMs = 0; // In all, replays included, by the clock on the wall.
      this.unsentMs = 0; // Since the last "watch".
      this.replays = 0;
      this.ended = false;
      this.rest();
      this.ends = new AbortController();
      const on = (name, work) => this.video?.addEventListener(name, safely(work), { signal: this.ends.signal });
      on("ended", () => this.finish());
      on("pause", () => this.video.ended || this.rest());
      on("seeking", () => this.jump());
    }

    get durationMs() {
      const own = this.video.duration * 1000;
      return own > 0 && own < Infinity ? own : this.declaredMs;
    }

    once(kind) {
      if (this.sent.has(kind)) return;
      this.sent.add(kind);
      keep(this.token, kind, 0);
    }

    /** See where things stand. Called when something changed, and ten times a second while half of it is in view. */
    look() {
      const { element } = this;
      const { width, height } = element.getBoundingClientRect();
      const visible =
        seen.has(this) &&
        document.visibilityState === "visible" &&
        width * height > 0 && // Of nothing, the browser says, all is in view.
        (!element.checkVisibility || element.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
      if (!visible || !address) return this.rest();
      if (!this.sent.has("impression") && !this.painted()) return;
      this.once("impression");
      if (this.video) return this.follow();
      if (this.pictures) return this.leaf();
      this.since ??= performance.now();
      if (performance.now() - this.since >= 1000) this.once("viewable"); // MRC, pictures: one second on end.
    }

    /** Follow the video's position: what moves with the clock is watched, what leaps is not. */
    follow() {
      const { video, last } = this;
      if (video.paused || video.ended || video.seeking || video.readyState < 2) return;
      const now = performance.now();
      const position = video.currentTime * 1000;
      const moved = position - last;
      const passed = now - this.at;
      if (last === null) this.begin(position, now);
      else if (moved < 0 || moved > passed * video.playbackRate + SLACK_MS) this.jump();
      else if (moved > 0) this.advance(position, now);
      else if (passed > 1000) this.onEndMs = 0; // It waits for the network.
    }

    /** Follow the pictures: time in view is watched, and a picture that stays for a moment is seen. They have no end. */
    leaf() {
      const now = performance.now();
      if (this.last === null) this.once("play");
      const passed = this.last === null ? 0 : Math.min(now - this.last, 1000);
      this.last = now;
      this.watchedMs += passed;
      this.unsentMs += passed;
      this.onEndMs += passed;
      this.stayedMs += passed;
      if (this.stayedMs >= SEEN_MS) this.parts.add(this.place);
      if (this.onEndMs >= 1000) this.once("viewable"); // MRC, pictures: one second on end.
      for (const seconds of [2, 6, 15]) if (this.watchedMs >= seconds * 1000) this.once(`view_${seconds}s`);
      for (const share of [25, 50, 75, 100]) if (this.parts.size * 100 >= share * this.pictures) this.once(`p${share}`);
      if (this.unsentMs >= WATCH_EVERY_MS) this.sendWatch();
    }

    /** Another picture is in view, from 0 on. */
    picture(place) {
      if (place === this.place || !(place >= 0 && place < this.pictures)) return;
      this.look();
      this.place = place;
      this.stayedMs = 0;
    }

    begin(position, now) {
      this.once("play");
      if (this.ended && this.replays < REPLAYS_MAX) {
        this.replays += 1;
        keep(this.token, "replay", 0);
      }
      this.ended = false;
      this.last = position;
      this.at = now;
      this.part = Math.ceil((position * 100) / this.durationMs);
    }

    advance(position, now) {
      const watchedMs = Math.min(now - this.at, (position - this.last) / (this.video.playbackRate || 1));
      this.last = position;
      this.at = now;
      this.watchedMs += watchedMs;
      this.unsentMs += watchedMs;
      this.onEndMs += watchedMs;
      for (; this.part < 100 && this.part + 1 <= (position * 100) / this.durationMs; this.part += 1) this.parts.add(this.part);
      if (this.onEndMs >= 2000) this.once("viewable"); // MRC, video: two seconds on end.
      for (const seconds of [2, 6, 15]) if (this.watchedMs >= seconds * 1000) this.once(`view_${seconds}s`);
      for (const share of [25, 50, 75]) if (this.parts.size >= share) this.once(`p${share}`);
      if (this.unsentMs >= WATCH_EVERY_MS) this.sendWatch();
    }

    /** The video has come to its end; it was watched to its end if hardly anything of it was skipped. */
    finish() {
      if (this.last === null) return;
      this.advance(this.durationMs, performance.now());
      if (this.parts.size >= ENDED_SHARE) {
        this.once("p100");
        for (const seconds of [6, 15]) if (this.durationMs < seconds * 1000) this.once(`view_${seconds}s`);
        this.ended = true;
      }
      this.last = null;
    }

    /** The position leaps: a video that loops begins anew, otherwise somebody looks for another place. */
    jump() {
      if (this.video.loop && this.last > this.durationMs - 1000 && this.video.currentTime < 1) return this.finish();
      this.last = null;
      this.onEndMs = 0;
    }

    /** Nothing is watched from here on. */
    rest() {
      this.last = this.since = null;
      this.onEndMs = 0;
      this.sendWatch();
    }

    sendWatch() {
      const watched = Math.round(this.unsentMs);
      if (watched > 0) keep(this.token, "watch", watched);
      this.unsentMs = 0;
    }

    stop() {
      this.rest();
      this.ends.abort();
      seen.delete(this);
      showings.delete(this.element);
      watcher?.unobserve(this.element);
    }
  }

  /** Tell whether the first picture is there: of the video, or of its poster; text needs none. */
  function hasPicture(element) {
    const pictures = [element, ...element.querySelectorAll("video, img")].filter((one) => one.matches("video, img"));
    return !pictures.length || pictures.some((one) => one.readyState >= 2 || one.naturalWidth > 0);
  }

  /** Measure one showing of a post until stop() is called on what this returns. `durationMs` where the video tells none.
   * Of a post of pictures say how many in `pictures`, and `picture(place)` of what this returns whenever another is shown. */
  function measure(element, options) {
    const before = showings.get(element);
    if (before?.token === options.token) return before;
    before?.stop();
    const showing = new Showing(element, options);
    showings.set(element, showing);
    watcher?.observe(element);
    return showing;
  }

  // ── Clicks ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Return the landing page's address with the click's id, by which a later purchase there is known to be this ad's. */
  function landing(url, clickId) {
    if (!/^https?:/.test(new URL(url, document.baseURI).protocol)) return url;
    const [, page, place] = /^([^#]*)(.*)$/s.exec(url);
    const bare = page.replace(/([?&])vonk_click=[^&]*&?/, "$1").replace(/[?&]$/, "");
    return `${bare}${bare.includes("?") ? "&" : "?"}vonk_click=${encodeURIComponent(clickId)}${place}`;
  }

  /** Return what is said on the element or around it, else of the measured element around it. */
  function said(element, attribute, name) {
    const marked = element.closest(`[${attribute}]`);
    if (marked) return marked.getAttribute(attribute);
    return [...showings.values()].find((showing) => showing.element.contains(element))?.[name];
  }

  function clicked(click) {
    const [from] = click.composedPath();
    const element = from?.closest?.("[data-vonk-click]");
    const token = element && click.isTrusted && click.button < 2 && said(element, "data-vonk-token", "token");
    if (!token) return;
    const kind = element.dataset.vonkClick;
    event(token, kind);
    const clickId = said(element, "data-vonk-click-id", "clickId");
    if (kind === "click_destination" && element.href && clickId) element.href = landing(element.getAttribute("href"), clickId);
    flush();
  }

  // ── Asking for ads ───────────────────────────────────────────────────────────────────────────────────────────────

  function device() {
    const agent = navigator.userAgent;
    if (/android/i.test(agent)) return "android";
    const tablet = navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1; // An iPad that says it is a Mac.
    return /iphone|ipad|ipod/i.test(agent) || tablet ? "ios" : "desktop";
  }

  /** Return what each slot gets, as the ad server answers; an empty list when nobody answered in time. Never rejects. */
  async function slots({ viewer, surface = "for_you", slots: wanted = [{ position: 1 }], context, patienceMs = 1200 }) {
    if (!address) return report("not_started", "slots"), [];
    const asked = { viewer, surface, slots: wanted, context: { device: device(), ...context } };
    const { status, body } = await post("/v1/decisions", asked, patienceMs);
    if (status === 200 && Array.isArray(body?.slots)) return body.slots;
    report("no_decision", { status, detail: body });
    return [];
  }

  // ── The door ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Begin: events go to the ad server at `ads`, also those that an earlier page left behind. */
  function start({ ads, onerror: hook = null }) {
    const first = !address;
    address = ads.replace(/\/+$/, "");
    onerror = hook;
    if (first) {
      const on = (target, name, work) => target.addEventListener(name, safely(work), true);
      on(document, "visibilitychange", () => (document.visibilityState === "hidden" ? leave() : flush()));
      on(window, "pagehide", leave);
      on(window, "pageshow", (shown) => shown.persisted && flush());
      on(window, "online", () => {
        quietUntil = toldUntil; // Whatever failed, failed for want of a network.
        flush();
      });
      on(document, "click", clicked);
      on(document, "auxclick", clicked);
    }
    flush();
  }

  const nothing = { stop() {}, picture() {} };
  globalThis.Vonk = Object.freeze({
    start: safely(start),
    slots: (options) => slots(options || {}).catch((error) => (report("failed", error), [])),
    measure: safely(measure, nothing),
    event: safely((token, kind, value) => event(token, kind, value)),
    landing: (url, token) => safely(landing, url)(url, token),
    flush,
  });

  const ads = document.currentScript?.dataset.ads; // <script src="…/vonk.js" data-ads="https://ads.example.org">
  if (ads) Vonk.start({ ads });
})();
