// The outbox of events. Each is kept in the browser under a key of its own until the ad server has acknowledged it, and
// sent again until then; the server drops what it has already. Several tabs share the outbox without a lock.

const PREFIX = "vonk.event.";
const BATCH_MAX = 50; // About 25 kB: a page that closes may send 64 kB in all.
const KEPT_MAX = 2000;
const KEPT_FOR_MS = 7 * 24 * 3600 * 1000; // After seven days an event counts no more.
const FLUSH_EVERY_MS = 2000;
const RETRY_MAX_MS = 60000;

let address = "";
let timer = null;
let sending = false;
let waitMs = FLUSH_EVERY_MS;
const memory = new Map(); // Where the browser keeps nothing for us.
const underWay = new Set(); // Ids on their way to the server: a page that closes need not send them again.

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // Plain HTTP on a local network has no randomUUID.
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function keep(event) {
  try {
    localStorage.setItem(PREFIX + event.id, JSON.stringify(event));
  } catch {
    memory.set(event.id, event);
  }
}

function forget(id) {
  memory.delete(id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Nothing was kept there.
  }
}

function kept() {
  const events = [...memory.values()];
  try {
    for (let position = 0; position < localStorage.length; position += 1) {
      const key = localStorage.key(position);
      if (key.startsWith(PREFIX)) events.push(JSON.parse(localStorage.getItem(key)));
    }
  } catch {
    // Only what is in memory, then.
  }
  const oldest = Date.now() - KEPT_FOR_MS;
  events.sort((a, b) => a.at - b.at);
  const old = events.filter((event, position) => event.at < oldest || position < events.length - KEPT_MAX);
  old.forEach((event) => forget(event.id));
  return events.slice(old.length);
}

/** Keep one event and send it soon. `value` is what the kind measures: milliseconds for "watch", a reason for "report". */
export function record(kind, token, value = 0) {
  keep({ id: newId(), kind, token, at: Date.now(), value });
  schedule(FLUSH_EVERY_MS);
}

function schedule(delay) {
  timer ??= setTimeout(() => {
    timer = null;
    flush();
  }, delay);
}

/** Send what is kept, oldest first. What is not acknowledged stays and is sent again later. */
export async function flush() {
  if (sending || !address) return;
  const batch = kept().slice(0, BATCH_MAX);
  if (!batch.length) return;
  sending = true;
  try {
    const answered = await post(batch);
    if (answered === "refused" && batch.length > 1) {
      for (const event of batch) if ((await post([event])) !== "again") forget(event.id); // Finds the one that spoils the batch.
    } else if (answered !== "again") batch.forEach((event) => forget(event.id));
    waitMs = answered === "again" ? Math.min(waitMs * 2, RETRY_MAX_MS) : FLUSH_EVERY_MS;
  } finally {
    sending = false;
  }
  if (kept().length) schedule(waitMs);
}

async function post(events) {
  events.forEach((event) => underWay.add(event.id));
  try {
    const response = await fetch(address, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ events }),
    });
    if (response.ok) return "acknowledged";
    const later = response.status >= 500 || response.status === 408 || response.status === 429;
    return later ? "again" : "refused";
  } catch {
    return "again"; // The ad server is out of reach.
  } finally {
    events.forEach((event) => underWay.delete(event.id));
  }
}

/** The page may be gone in a moment: hand over without waiting. What arrives twice is dropped by the server. */
function leave() {
  const batch = kept().filter((event) => !underWay.has(event.id)).slice(-BATCH_MAX);
  if (!batch.length || !address) return;
  batch.forEach((event) => underWay.add(event.id));
  const body = JSON.stringify({ events: batch });
  const type = "text/plain;charset=UTF-8"; // Asks no permission first, for which there is no time.
  if (!("keepalive" in Request.prototype)) {
    navigator.sendBeacon(address, new Blob([body], { type }));
    return;
  }
  fetch(address, { method: "POST", keepalive: true, headers: { "Content-Type": type }, body })
    .then((response) => response.ok && batch.forEach((event) => forget(event.id)))
    .catch(() => {}); // They are still kept, and sent by the next page.
}

function comeBack() {
  underWay.clear();
  flush();
}

/** Begin sending to the ad server at `adsUrl`. */
export function start(adsUrl) {
  address = `${adsUrl}/v1/events`;
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : comeBack()));
  window.addEventListener("pageshow", (event) => event.persisted && comeBack());
  window.addEventListener("online", flush);
  flush();
}
