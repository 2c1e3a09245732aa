// The phone of components/phone.html plays as the feed does: by itself and without sound, unless motion is unwanted.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function start() {
  for (const [place, phone] of document.querySelectorAll("[data-phone]").entries()) {
    const video = phone.querySelector("video");
    if (!video) continue;
    for (const kind of ["play", "pause"]) video.addEventListener(kind, () => phone.toggleAttribute("data-paused", video.paused));
    phone.toggleAttribute("data-paused", video.paused);
    if (place === 0 && !still.matches) video.play().catch(() => phone.toggleAttribute("data-paused", true)); // The browser may forbid it.
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play], [data-mute]");
  const phone = button?.closest("[data-phone]");
  const video = phone?.querySelector("video");
  if (!video) return;
  if (button.matches("[data-mute]")) {
    video.muted = !video.muted;
    button.setAttribute("aria-pressed", String(!video.muted));
  } else if (video.paused) video.play().catch(() => phone.toggleAttribute("data-paused", true));
  else video.pause();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "phone") start();
});
start();
