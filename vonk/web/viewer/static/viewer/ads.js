// Asks the ad server for the ad of a slot, from the browser. Without an answer in time the feed goes on without an ad.

import Vonk from "/vonk.mjs";

const PATIENCE_MS = 1200;

/** Positions count from 1. The first slot is at `first`, the next ones `gap` further each. */
export function isSlot(position, policy) {
  return Boolean(policy) && policy.gap > 0 && position >= policy.first && (position - policy.first) % policy.gap === 0;
}

/** Return the ad for a slot as an item of the feed, or null: none won, or nobody answered. */
export async function askForAd({ viewer, surface, position }) {
  const [slot] = await Vonk.slots({ viewer, surface, slots: [{ position, formats: ["video", "carousel"] }], patienceMs: PATIENCE_MS });
  return slot?.ad ? itemOf(slot) : null;
}

function itemOf({ ad, token, click_id }) {
  const { post } = ad;
  const hasSound = post.sound_id && String(post.sound_id) !== "0";
  return {
    ...post,
    post_id: post.id,
    kind: ad.spark ? "spark" : "plain",
    token,
    click_id,
    call_to_action: ad.call_to_action,
    landing_url: ad.landing_url,
    advertiser_name: ad.advertiser_name,
    payer_name: ad.payer_name,
    profile: {
      id: post.profile_id,
      handle: post.handle,
      display_name: post.display_name,
      avatar_url: post.avatar_url,
      url: ad.spark && post.handle ? `/@${post.handle}/` : null,
      followed: true, // Until the site has said so (social.js): a "+" that is wrong is worse than none.
    },
    sound: hasSound || post.sound_title ? { id: post.sound_id, title: post.sound_title, url: hasSound ? `/sounds/${post.sound_id}/` : null } : null,
    counts: { likes: 0, comments: 0, shares: 0, favourites: 0 },
    liked: false,
    favourited: false,
    has_page: false, // As above.
  };
}
