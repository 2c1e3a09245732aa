// Placing a sticker: dragged over the picture or moved by arrow keys; the form shows what its kind needs.

const LEAST = 80;
const MOST = 920;
const STEP = 20;
const rightToLeft = document.documentElement.dir === "rtl";

for (const sticker of document.querySelectorAll(".c-over-sticker")) put(sticker, Number(sticker.dataset.x), Number(sticker.dataset.y));

function put(sticker, x, y) {
  sticker.style.insetInlineStart = `${x / 10}%`;
  sticker.style.insetBlockStart = `${y / 10}%`;
}

const form = document.getElementById("sticker-form");
if (form) place(form, document.getElementById("over"), document.getElementById("over-new"));

function place({ elements }, picture, sticker) {
  const within = (value) => Math.min(MOST, Math.max(LEAST, Math.round(value)));

  function move(x, y) {
    elements.x.value = within(x);
    elements.y.value = within(y);
    draw();
  }

  function draw() {
    put(sticker, within(Number(elements.x.value)), within(Number(elements.y.value)));
    sticker.setAttribute("aria-valuenow", elements.x.value);
    sticker.setAttribute("aria-valuetext", `${elements.x.value}, ${elements.y.value}`);
    if (elements.text.value.trim()) sticker.textContent = elements.text.value;
    const kind = elements.kind.value;
    for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== kind;
  }

  sticker.addEventListener("pointerdown", (event) => {
    sticker.setPointerCapture(event.pointerId);
    event.preventDefault();
    sticker.focus();
  });
  sticker.addEventListener("pointermove", (event) => {
    if (!sticker.hasPointerCapture(event.pointerId)) return;
    const box = picture.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * 1000;
    move(rightToLeft ? 1000 - across : across, ((event.clientY - box.top) / box.height) * 1000);
  });
  sticker.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!steps) return;
    event.preventDefault();
    move(Number(elements.x.value) + (rightToLeft ? -steps[0] : steps[0]), Number(elements.y.value) + steps[1]);
  });
  if (!elements.kind.value) elements.kind.value = "text";
  document.getElementById("sticker-form").addEventListener("input", draw);
  draw();
}
