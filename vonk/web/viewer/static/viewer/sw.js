// The service worker. VERSION and SHELL stand above, put there by the server. It keeps the page that is shown without a
// network and what that page is made of, nothing else: no post, no page of anybody's, nothing that is personal.

const CACHE = `vonk-shell-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith("vonk-shell-") && name !== CACHE;
  const tidied = caches.keys().then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name))));
  event.waitUntil(tidied.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(SHELL[0])) || Response.error()));
  } else if (SHELL.includes(pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(pathname)) || Response.error()));
  }
});
