// The click map (reference §6), declared once: what a gesture does on a Spark Ad, on a non-Spark ad and on an organic
// post, and which kinds of event it counts as. No other file decides where a tap leads.
//
// Engagements count nothing here: the site writes them to the post itself, with the showing they came from.
// A non-Spark ad sends every link out. Where the map names a kind of its own (hashtag, music), that kind is counted and
// the destination click too, for the destination opens.

import Vonk from "/vonk.mjs";

const to = (does, ...counts) => ({ does, counts });
const out = (...counts) => to("destination", ...counts, "click_destination");

export const CLICK_MAP = {
  //            on a Spark Ad                            on a non-Spark ad                   on an organic post
  avatar:     { spark: to("profile", "click_profile"),   plain: out(),                       organic: to("profile", "click_profile") },
  nickname:   { spark: to("profile", "click_profile"),   plain: out(),                       organic: to("profile", "click_profile") },
  swipe_left: { spark: to("profile", "click_profile"),   plain: out(),                       organic: to("profile", "click_profile") },
  follow:     { spark: to("follow"),                     plain: null,                        organic: to("follow") },
  cta:        { spark: out(),                            plain: out(),                       organic: null },
  caption:    { spark: out(),                            plain: out(),                       organic: null },
  hashtag:    { spark: to("hashtag", "click_hashtag"),   plain: out("click_hashtag"),        organic: to("hashtag", "click_hashtag") },
  mention:    { spark: to("mention", "click_hashtag"),   plain: out("click_hashtag"),        organic: to("mention", "click_hashtag") },
  sound:      { spark: to("sound", "click_music"),       plain: out("click_music"),          organic: to("sound", "click_music") },
  anchor:     { spark: to("anchor", "click_anchor"),     plain: null,                        organic: to("anchor", "click_anchor") },
  sticker:    { spark: to("sticker", "click_sticker"),   plain: to("sticker", "click_sticker"), organic: to("sticker", "click_sticker") },
  credit:     { spark: to("credit"),                     plain: null,                        organic: to("credit") },
  like:       { spark: to("like"),                       plain: to("like"),                  organic: to("like") },
  comment:    { spark: to("comment"),                    plain: to("comment"),               organic: to("comment") },
  favourite:  { spark: to("favourite"),                  plain: to("favourite"),             organic: to("favourite") },
  share:      { spark: to("share"),                      plain: to("share"),                 organic: to("share") },
  duet:       { spark: to("duet", "click_duet"),         plain: null,                        organic: to("duet", "click_duet") },
  stitch:     { spark: to("stitch", "click_stitch"),     plain: null,                        organic: to("stitch", "click_stitch") },
  sound_use:  { spark: to("sound_use", "click_sound_use"), plain: null,                      organic: to("sound_use", "click_sound_use") },
  download:   { spark: out(),                            plain: null,                        organic: null },
  sponsored:  { spark: to("disclosure"),                 plain: to("disclosure"),            organic: null },
};

// Where each deed leads; null when the post has no such place. Deeds without an entry are done on the spot.
const PLACES = {
  destination: (item) => item.landing_url && Vonk.landing(item.landing_url, item.click_id),
  profile: (item) => item.profile.url,
  hashtag: (item, name) => `/tag/${encodeURIComponent(name)}/`,
  mention: (item, name) => `/@${encodeURIComponent(name)}/`,
  sound: (item) => item.sound && item.sound.url,
  anchor: (item) => item.anchor && item.anchor.url,
  sticker: (item, name) => item.stickers?.find((one) => one.id === name)?.url,
  credit: (item) => item.credit && item.credit.url,
  duet: (item) => (item.may_duet ? `/posts/${item.post_id}/duet/` : null),
  stitch: (item) => (item.may_stitch ? `/posts/${item.post_id}/stitch/` : null),
  sound_use: (item) => item.sound && `/create/?sound=${item.sound.id}`,
};

/** What a gesture does on this item: {does, counts, url}, or null where the map has a dash. */
export function deed(gesture, item, name = "") {
  const entry = CLICK_MAP[gesture][item.kind];
  if (!entry) return null;
  if (!(entry.does in PLACES)) return { ...entry, url: null };
  const url = PLACES[entry.does](item, name);
  return url ? { ...entry, url } : null;
}

function count(found, item) {
  for (const kind of found.counts) Vonk.event(item.token, kind);
  if (found.counts.length) Vonk.flush(); // Before the page is left, so that the click is known first.
}

/** Count a gesture that is done on the spot without being a deed of the map, as an answer to a poll is a sticker's. */
export function counted(gesture, item) {
  const entry = CLICK_MAP[gesture][item.kind];
  if (entry) count(entry, item);
}

/** Do what a gesture without an element of its own does: a swipe, a key. */
export function perform(gesture, item, act) {
  const found = deed(gesture, item);
  if (!found) return;
  count(found, item);
  if (!found.url) act(found.does, item, null);
  else if (found.does === "destination") window.open(found.url, "_blank", "noopener");
  else window.location.assign(found.url);
}

/** Give every element marked with a gesture what the map says: a link, a deed, or its removal. */
export function bind(root, item, act) {
  for (const element of root.querySelectorAll("[data-gesture]")) {
    const found = deed(element.dataset.gesture, item, element.dataset.name);
    if (!found) {
      if (element.hasAttribute("data-keep")) element.removeAttribute("href"); // Text stays, without a link.
      else element.remove();
      continue;
    }
    if (found.url) {
      element.href = found.url;
      if (found.does === "destination") {
        element.target = "_blank";
        element.rel = "noopener sponsored";
      }
    }
    const done = (event) => {
      count(found, item);
      if (!found.url) act(found.does, item, element, event);
    };
    element.addEventListener("click", done);
    if (found.url) element.addEventListener("auxclick", (event) => event.button === 1 && done(event)); // Middle button: a new tab.
  }
}
