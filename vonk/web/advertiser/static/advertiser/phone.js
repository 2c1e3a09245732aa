// The phone plays as the feed does: by itself and without sound, unless motion is unwanted.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function start() {
  const video = document.querySelector("[data-phone] video");
  if (!video) return;
  const phone = video.closest("[data-phone]");
  for (const kind of ["play", "pause"]) video.addEventListener(kind, () => phone.classList.toggle("a-paused", video.paused));
  phone.classList.toggle("a-paused", video.paused);
  if (!still.matches) video.play().catch(() => phone.classList.add("a-paused")); // The browser may forbid it.
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  const video = button?.closest("[data-phone]").querySelector("video");
  if (!video) return;
  if (video.paused) video.play().catch(() => button.closest("[data-phone]").classList.add("a-paused"));
  else video.pause();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "phone") start();
});
start();
