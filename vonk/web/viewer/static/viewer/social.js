// Likes, favourites, follows and shares: shown at once, sent to the site, taken back with a word if it refuses.

import { send, toast } from "../common/common.js";
import { words } from "./words.js";

export function showCount(element, count) {
  if (!element) return;
  element.textContent = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

export function refused(problem) {
  if (problem.status === 401) {
    const here = encodeURIComponent(window.location.pathname);
    toast(words.sign_in_first, { link: `/login/?next=${here}`, linkLabel: words.log_in });
  } else toast([problem.message || problem.title || words.not_saved, problem.remedy].filter(Boolean).join(" "), { tone: "bad" });
}

const NOUNS = { like: ["liked", "likes"], favourite: ["favourited", "favourites"] };

/** Turn a like or a favourite on or off; `draw` shows the item as it now is. */
export async function toggle(does, item, draw) {
  const [flag, counter] = NOUNS[does];
  const before = { on: item[flag], count: item.counts[counter] };
  item[flag] = !before.on;
  item.counts[counter] = Math.max(0, before.count + (item[flag] ? 1 : -1));
  draw(item);
  try {
    const answer = await send(`/posts/${item.post_id}/${does}`, { on: item[flag], token: item.token });
    item.counts = answer.counts;
  } catch (problem) {
    item[flag] = before.on;
    item.counts[counter] = before.count;
    refused(problem);
  }
  draw(item);
}

export async function follow(item, draw, on = true) {
  const before = item.profile.followed;
  item.profile.followed = on;
  draw(item);
  try {
    await send(`/profiles/${item.profile.id}/follow`, { on, token: item.token });
  } catch (problem) {
    item.profile.followed = before;
    refused(problem);
    draw(item);
  }
}

/** Count a share once it has been done. */
export async function shared(item, draw) {
  try {
    item.counts = (await send(`/posts/${item.post_id}/share`, { token: item.token })).counts;
    draw(item);
  } catch (problem) {
    refused(problem);
  }
}

/** Fill in what the site knows of the posts of ads: their counts, and what this viewer did before. */
export async function fillState(item, draw) {
  try {
    const response = await fetch(`/feed/state?posts=${item.post_id}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const state = (await response.json()).posts[item.post_id];
    if (!state) return;
    item.counts = state.counts;
    item.liked = state.liked;
    item.favourited = state.favourited;
    item.profile.followed = state.followed;
    item.own = state.own;
    item.has_page = state.has_page;
    item.stickers = state.stickers;
    item.subtitles = state.subtitles;
    draw(item);
  } catch {
    // The numbers stay empty; the ad itself is unharmed.
  }
}
