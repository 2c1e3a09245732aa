// Judging by keys: A approves, R opens the reasons. And the phone plays as the feed does.

const approve = document.querySelector("[data-approve]");
const reject = document.querySelector("[data-reject]");
const phone = document.querySelector("[data-phone]");
const video = phone?.querySelector("video");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !approve) return;
  if (event.target.closest("input:not([type='checkbox']), textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "a") approve.requestSubmit();
  else if (key === "r") {
    event.preventDefault();
    reject.open = true;
    reject.querySelector("input[type='checkbox']").focus();
  }
});

if (video) {
  const mute = phone.querySelector("[data-mute]");
  phone.querySelector("[data-play]").addEventListener("click", () => (video.paused ? video.play() : video.pause()));
  mute.addEventListener("click", () => {
    video.muted = !video.muted;
    mute.setAttribute("aria-pressed", String(!video.muted));
  });
  for (const kind of ["play", "pause"]) video.addEventListener(kind, () => phone.classList.toggle("o-paused", video.paused));
  phone.classList.toggle("o-paused", video.paused);
}
