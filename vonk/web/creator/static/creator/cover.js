// Shows frames of the video as a strip, and puts the chosen one into the form's own field, as a picture.

const FRAMES = 10;
const STRIP_SIDE = 180;
const box = document.querySelector("[data-frames]");
const strip = box.querySelector("[data-strip]");
const moment = box.querySelector("[data-moment]");
const said = box.querySelector("[data-said]");
const field = document.querySelector("#cover-form input[type=file]");
const preview = document.querySelector("[data-preview]");
const now = document.querySelector("[data-now]");
const video = Object.assign(document.createElement("video"), { muted: true, preload: "auto", playsInline: true });
let last = Promise.resolve(); // One place at a time: a video has one.

const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

function at(seconds) {
  const wanted = Math.min(seconds, Math.max(0, video.duration - 0.05));
  const step = () => new Promise((done, failed) => {
    video.addEventListener("seeked", () => done(wanted), { once: true });
    video.addEventListener("error", failed, { once: true });
    video.currentTime = wanted;
  });
  last = last.then(step, step);
  return last;
}

function draw(canvas, side) {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
}

async function choose(seconds, button) {
  const found = await at(seconds);
  draw(preview, 4096);
  const picture = await new Promise((done) => preview.toBlob(done, "image/jpeg", 0.92));
  const files = new DataTransfer();
  files.items.add(new File([picture], "frame.jpg", { type: "image/jpeg" }));
  field.files = files.files;
  preview.hidden = false;
  if (now) now.hidden = true;
  said.textContent = box.dataset.textChosen.replace("{time}", clock(found));
  for (const one of strip.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
}

async function fill() {
  const places = Array.from({ length: FRAMES }, (_, number) => (video.duration * (number + 0.5)) / FRAMES);
  for (const seconds of places) {
    await at(seconds);
    const canvas = document.createElement("canvas");
    draw(canvas, STRIP_SIDE);
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", box.dataset.textFrame.replace("{time}", clock(seconds)));
    button.setAttribute("aria-pressed", "false");
    button.append(canvas);
    button.addEventListener("click", () => {
      moment.value = Math.round((1000 * seconds) / video.duration);
      choose(seconds, button);
    });
    const item = document.createElement("li");
    item.append(button);
    strip.append(item);
  }
}

video.addEventListener("loadeddata", () => {
  moment.addEventListener("change", () => choose((video.duration * moment.value) / 1000, null));
  fill();
}, { once: true });
video.addEventListener("error", () => {
  said.textContent = box.dataset.textFailed;
  strip.hidden = moment.hidden = true;
});
field.addEventListener("change", () => {
  preview.hidden = true;
  if (now) now.hidden = false;
  said.textContent = "";
  for (const one of strip.querySelectorAll("button")) one.setAttribute("aria-pressed", "false");
});
box.hidden = false;
video.src = box.dataset.video;
