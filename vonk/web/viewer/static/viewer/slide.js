// One post or ad as an element: fills the page's template; knows nothing of scrolling.

import { bind } from "./clicks.js";
import { overlay } from "./overlays.js";
import { showCount } from "./social.js";
import { words } from "./words.js";

// As the server reads captions: neither sign begins inside a word, so an e-mail address names nobody.
const PIECES = /((?<![\p{L}\p{M}\p{N}_.])(?:#[\p{L}\p{M}\p{N}\p{Extended_Pictographic}_\u200d\ufe0e\ufe0f]+|@[A-Za-z0-9._]{2,24}))/u;

function caption(item, box) {
  const link = (gesture, text, name = "") => {
    const anchor = document.createElement("a");
    anchor.dataset.gesture = gesture;
    anchor.dataset.keep = "";
    anchor.dataset.name = name;
    anchor.textContent = text;
    return anchor;
  };
  if (item.segments) {
    for (const piece of item.segments) box.append(piece.text.trim() ? link(piece.kind === "text" ? "caption" : piece.kind, piece.text, piece.target) : piece.text);
    return;
  }
  for (const piece of item.caption.split(PIECES)) {
    if (!piece.trim()) {
      box.append(piece); // Blanks between hashtags are nothing to follow.
      continue;
    }
    const name = piece.slice(1).replace(/\.+$/, "").toLowerCase();
    if (piece.startsWith("#") && name) box.append(link("hashtag", piece, name));
    else if (piece.startsWith("@") && name) box.append(link("mention", piece, name));
    else box.append(link("caption", piece));
  }
}

function avatar(profile, box) {
  if (profile.avatar_url) {
    const image = document.createElement("img");
    image.src = profile.avatar_url;
    image.alt = "";
    box.replaceChildren(image);
  } else box.textContent = [...(profile.display_name || "?")][0].toUpperCase();
}

/** Show the item's numbers and what the viewer did, as they are now. */
export function draw(slide, item) {
  const part = (name) => slide.querySelector(`[data-part="${name}"]`);
  part("like")?.setAttribute("aria-pressed", String(Boolean(item.liked)));
  part("favourite")?.setAttribute("aria-pressed", String(Boolean(item.favourited)));
  for (const noun of ["likes", "comments", "favourites", "shares"]) showCount(part(noun), item.counts[noun]);
  const plus = part("follow");
  if (plus) plus.hidden = item.profile.followed || item.own === true;
}

/** Return the element of an item, with every gesture bound by the click map. */
export function makeSlide(item, act) {
  const slide = document.getElementById("slide").content.firstElementChild.cloneNode(true);
  const part = (name) => slide.querySelector(`[data-part="${name}"]`);
  slide.dataset.kind = item.kind;
  slide.dataset.post = item.post_id;
  const pictures = Boolean(item.pictures?.length);
  const label = item.kind !== "organic" ? "labelAd" : pictures ? "labelPictures" : "labelPost";
  slide.setAttribute("aria-label", slide.dataset[label].replace("%s", item.profile.display_name));
  if (item.width / item.height > 0.7) slide.classList.add("f-wide");
  slide.classList.toggle("f-pictured", pictures);
  for (const gone of pictures ? ["video", "poster", "tap"] : ["pictures"]) part(gone).remove();
  if (pictures && !item.sound_url) part("mute").remove();
  if (!pictures) part("poster").src = item.poster_url;
  part("backdrop").style.backgroundImage = `url("${encodeURI(item.poster_url)}")`;
  avatar(item.profile, part("avatar"));
  part("name").textContent = item.profile.handle && item.kind !== "plain" ? `@${item.profile.handle}` : item.profile.display_name;
  caption(item, part("caption"));
  if (item.sound) part("sound-title").textContent = item.sound.title;
  else part("sound").remove();
  const disclosed = words.disclosures[item.disclosure] || "";
  part("disclosure").textContent = disclosed;
  part("disclosure").hidden = !disclosed;
  part("ai").hidden = !item.ai_generated;
  if (item.call_to_action) part("cta-label").textContent = words.calls_to_action[item.call_to_action] || item.call_to_action;
  if (item.credit) part("credit-label").textContent = words[item.credit.kind].replace("%s", `@${item.credit.handle}`);
  if (item.anchor) part("anchor-label").textContent = item.anchor.label;
  bind(slide, item, act);
  draw(slide, item);
  overlay(slide, item, act);
  const text = part("caption");
  part("more-text").addEventListener("click", (event) => {
    const open = text.classList.toggle("f-open");
    event.currentTarget.setAttribute("aria-expanded", String(open));
  });
  return slide;
}

/** Show "more" only where the caption is cut. To be called when the slide is in the page. */
export function fitCaption(slide) {
  const text = slide.querySelector('[data-part="caption"]');
  slide.querySelector('[data-part="more-text"]').hidden = text.scrollHeight <= text.clientHeight + 2;
}
