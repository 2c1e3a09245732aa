// The pictures of a post: one beside the other, turned by a swipe, by arrows or by themselves, with a sound where there is one.

const TURN_MS = 4000; // How long each stays before the next is shown by itself.
const AHEAD = 2; // Pictures loaded after the one in view.
const DOTS_MAX = 12; // Above, numbers alone say where one is.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const part = (slide, name) => slide.querySelector(`[data-part="${name}"]`);
const said = (text, ...values) => values.reduce((before, value) => before.replace("%s", value), text);

/** Return what shows and sounds the item's pictures in the slide, as playback.js wants it; `seen(place)` is told each turn. */
export function picturesOf(slide, item, seen) {
  const box = part(slide, "pictures");
  const leaves = part(slide, "leaves");
  const audio = part(slide, "audio");
  const count = item.pictures.length;
  const pages = [];
  let place = 0;
  let turning = 0; // The timer of the next turn.
  let byHand = false; // Whoever turned once turns on alone.

  for (const [number, picture] of item.pictures.entries()) {
    const page = document.createElement("li");
    const image = document.createElement("img");
    page.setAttribute("role", "group");
    page.setAttribute("aria-roledescription", box.dataset.page);
    page.setAttribute("aria-label", said(box.dataset.label, number + 1, count));
    image.alt = picture.alt || said(box.dataset.label, number + 1, count);
    image.width = picture.width;
    image.height = picture.height;
    image.draggable = false;
    image.decoding = "async";
    page.classList.toggle("f-leaf-wide", picture.width / picture.height > 0.7);
    page.append(image);
    leaves.append(page);
    pages.push(page);
  }
  const dots = part(slide, "dots");
  if (count > 1 && count <= DOTS_MAX) dots.append(...pages.map(() => document.createElement("span")));
  box.classList.toggle("f-single", count === 1);
  fill(0);
  draw();

  /** Load the pictures up to a place: the browser picks the size that fits. */
  function fill(upTo) {
    for (const [number, picture] of item.pictures.slice(0, upTo + 1).entries()) {
      const image = pages[number].firstChild;
      if (image.hasAttribute("src")) continue;
      if (picture.small_url && picture.small_url !== picture.url) {
        const smaller = Math.round(picture.width * Math.min(1, 720 / Math.max(picture.width, picture.height)));
        if (smaller < picture.width) image.srcset = `${encodeURI(picture.small_url)} ${smaller}w, ${encodeURI(picture.url)} ${picture.width}w`;
        image.sizes = "(min-width: 992px) 56vh, 100vw";
      }
      image.src = picture.url;
    }
  }

  function draw() {
    for (const [number, dot] of [...dots.children].entries()) dot.toggleAttribute("data-on", number === place);
    for (const [number, page] of pages.entries()) page.inert = number !== place;
    part(slide, "place").textContent = `${place + 1}/${count}`;
    part(slide, "turn-back").disabled = place === 0;
    part(slide, "turn-on").disabled = place === count - 1;
    leaves.toggleAttribute("data-more", place < count - 1); // A swipe to the left is for the pictures until the last.
    fill(place + AHEAD);
  }

  function arrived() {
    const stride = count > 1 ? Math.abs(pages[1].offsetLeft - pages[0].offsetLeft) : 0;
    const now = stride ? Math.min(count - 1, Math.round(Math.abs(leaves.scrollLeft) / stride)) : 0;
    if (now === place) return;
    place = now;
    draw();
    seen(place);
  }

  function go(to) {
    fill(to);
    leaves.scrollTo({ left: pages[to].offsetLeft - pages[0].offsetLeft, behavior: still.matches ? "auto" : "smooth" });
  }

  /** Turn by hand; false where there is no further picture. */
  function turn(by) {
    if (place + by < 0 || place + by >= count) return false;
    byHand = true;
    stop();
    go(place + by);
    return true;
  }

  function stop() {
    turning = clearInterval(turning) || 0;
  }

  leaves.addEventListener("scroll", arrived, { passive: true });
  leaves.addEventListener("touchstart", () => {
    byHand = true;
    stop();
  }, { passive: true });
  leaves.addEventListener("wheel", (event) => Math.abs(event.deltaX) > Math.abs(event.deltaY) && (byHand = true), { passive: true });
  part(slide, "turn-back").addEventListener("click", () => turn(-1));
  part(slide, "turn-on").addEventListener("click", () => turn(1));

  return {
    hasSound: Boolean(item.sound_url),
    get muted() {
      return audio.muted;
    },
    set muted(now) {
      audio.muted = now;
    },
    turn,
    load() {
      if (!item.sound_url || audio.hasAttribute("src")) return;
      audio.src = item.sound_url;
    },
    unload() {
      audio.removeAttribute("src");
      audio.load();
    },
    async play() {
      if (count > 1 && !byHand && !turning && !still.matches) turning = setInterval(() => go((place + 1) % count), TURN_MS);
      if (audio.hasAttribute("src") && !audio.muted) await audio.play();
    },
    pause() {
      stop();
      audio.pause();
    },
    share: () => (place + 1) / count,
  };
}
