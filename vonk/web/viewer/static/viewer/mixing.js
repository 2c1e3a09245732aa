// Recording a Duet or Stitch with the camera: see oneself, record, look at it, send it. Without a camera a file does.

import { csrfToken } from "../common/common.js";

const form = document.getElementById("mix");
const { kind, seconds, noCamera, failed } = form.dataset;
const at = (name) => document.getElementById(`mix-${name}`);
const [own, other, time] = [at("own"), at("other"), at("time")];
const TYPES = ["video/mp4;codecs=avc1,mp4a", "video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm"];

let stream = null;
let recorder = null;
let recording = null; // What was recorded, as a file.
let ticking = 0;

function show(...names) {
  for (const name of ["camera", "record", "stop", "again", "send"]) at(name).hidden = !names.includes(name);
  document.querySelector(`#mix-${names[0]}`)?.focus({ preventScroll: true });
}

function say(text) {
  at("problem").textContent = text;
  at("problem").hidden = !text;
}

async function openCamera() {
  say("");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { facingMode: "user", width: { ideal: 1080 }, height: { ideal: 1920 } } });
  } catch {
    say(noCamera);
    return;
  }
  at("hint").hidden = true;
  live();
}

function live() {
  own.removeAttribute("src");
  own.srcObject = stream;
  own.muted = true;
  own.controls = false;
  own.play();
  recording = null;
  show("record");
}

function record() {
  const pieces = [];
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one)) || "";
  recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  recorder.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    const plain = (recorder.mimeType || "video/webm").split(";")[0];
    recording = new File(pieces, `recording.${plain.endsWith("mp4") ? "mp4" : "webm"}`, { type: plain });
    look();
  });
  recorder.start(1000);
  if (kind === "duet") {
    other.currentTime = 0;
    other.play().catch(() => {}); // Recorded without it, then.
  } else other.pause();
  const began = performance.now();
  time.hidden = false;
  const tick = () => {
    const passed = Math.floor((performance.now() - began) / 1000);
    time.textContent = `${new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "second" }).format(passed)} / ${seconds}`;
    if (passed >= Number(seconds)) stop();
  };
  tick();
  ticking = setInterval(tick, 200);
  show("stop");
}

function stop() {
  clearInterval(ticking);
  time.hidden = true;
  if (recorder?.state === "recording") recorder.stop();
  other.pause();
}

/** What was recorded, to be looked at before it is sent. */
function look() {
  own.srcObject = null;
  own.src = URL.createObjectURL(recording);
  own.muted = false;
  own.controls = true;
  show("send", "again");
}

function send() {
  say("");
  const body = new FormData(form);
  body.set("video", recording);
  const request = new XMLHttpRequest();
  const bar = at("progress");
  request.open("POST", window.location.pathname);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => event.lengthComputable && (bar.value = (event.loaded / event.total) * 100));
  const gaveUp = () => {
    bar.hidden = true;
    const answer = request.response || {};
    say([answer.message || failed, answer.remedy].filter(Boolean).join(" "));
    show("send", "again");
  };
  request.addEventListener("load", () => (request.status === 200 ? window.location.assign(request.response.url) : gaveUp()));
  request.addEventListener("error", gaveUp);
  bar.hidden = false;
  show();
  request.send(body);
}

if (navigator.mediaDevices?.getUserMedia && window.MediaRecorder) at("camera").hidden = false;
at("camera").addEventListener("click", openCamera);
at("record").addEventListener("click", record);
at("stop").addEventListener("click", stop);
at("again").addEventListener("click", live);
at("send").addEventListener("click", send);
const here = at("here");
if (here) {
  here.hidden = false;
  here.addEventListener("click", () => (form.elements.start.value = other.currentTime.toFixed(1)));
}
window.addEventListener("beforeunload", (event) => recording && at("progress").hidden && event.preventDefault());
window.addEventListener("pagehide", () => stream?.getTracks().forEach((track) => track.stop()));
