// Registers the service worker, and offers to install the site where the browser can.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch((error) => console.warn("service worker:", error)); // The site works without.
}

const box = document.querySelector("[data-install]");
let asking = null;

window.addEventListener("beforeinstallprompt", (event) => {
  if (!box) return;
  event.preventDefault();
  asking = event;
  box.hidden = false;
});
window.addEventListener("appinstalled", () => box && (box.hidden = true));
box?.querySelector("button").addEventListener("click", async () => {
  if (!asking) return;
  await asking.prompt();
  asking = null; // It asks once.
  box.hidden = true;
});
