"""The shops: they sign up, upload what they filmed, publish it in its time, talk, follow, and consent to ads."""

import tempfile
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import quote

import msgspec

from vonk.simulation.client import Created, Refused, wait_until
from vonk.simulation.drawing import Drawn
from vonk.simulation.people import MAIL, Login, Town, sign_up
from vonk.simulation.plans import CommentPlan, ConsentPlan, PostPlan, Shop, SoundPlan
from vonk.simulation.sounds import render_sound

PROCESSING_SECONDS_MAX: Final = 300.0
LIKES_SHARES: Final = (0.05, 0.35)  # What part of the other shops likes a post: one more than another.
CODE_DAYS: Final = 30


class VideoState(msgspec.Struct, frozen=True):
    id: str
    state: str
    failure: str | None


class Videos(msgspec.Struct, frozen=True):
    items: tuple[VideoState, ...]


class Issued(msgspec.Struct, frozen=True):
    id: str
    code: str


def login_of(town: Town, shop: Shop, password: str) -> Login:
    """Return how a shop's keeper signs in. One of them is Cleo; the others are known by their shops."""
    if shop.handle == town.plan.cleo:
        return Login("Cleo", f"cleo@{MAIL}", password)
    return Login(shop.display_name, f"{shop.handle}@{MAIL}", password)


def settle(town: Town, shop: Shop, avatar: Path, password: str) -> None:
    """Sign a shop up, with its face, and with ad settings on where an ad shows one of its posts."""
    sign_up(town, login_of(town, shop, password), handle=shop.handle, language=shop.language, country=shop.country)
    caller = town.people[shop.handle].caller
    caller.put("/me/profile", {"display_name": shop.display_name, "bio": shop.bio})
    caller.put("/me/profile/avatar", avatar.read_bytes())
    caller.put(
        "/me/preferences",
        {"language": shop.language, "country": shop.country, "interests": [shop.interest], "personalised": False},
    )
    asked = {campaign.post for campaign in town.plan.campaigns} | {town.plan.code_post}
    if any(post.key in asked for post in town.plan.posts if post.shop == shop.handle):
        caller.put("/me/ad_settings", {"on": True})


def add_sound(town: Town, sound: SoundPlan) -> None:
    """Put a sound into the library, to be heard with pictures too."""
    made = town.operator.post("/sounds", {"title": sound.title}, Created).id
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sound.wav"
        render_sound(sound, file)
        town.operator.put(f"/sounds/{made}/audio", file.read_bytes())
    town.sounds[sound.slug] = made


def upload_all(town: Town, drawn: Drawn) -> None:
    """Upload every post's clip as soon as it is drawn, then wait until the platform has processed them all."""
    posts = {drawn.clips[post.key][1]: post for post in town.plan.posts if not post.stills}
    for done, clip in enumerate(as_completed(posts), 1):
        upload(town, posts[clip], drawn)
        town.progress("Clips drawn and uploaded", done, len(posts))
    pictured = [post for post in town.plan.posts if post.stills]
    town.together(partial(upload_stills, town, drawn=drawn), pictured, "Posts of pictures drawn and uploaded")
    wait_for_videos(town)


def upload(town: Town, post: PostPlan, drawn: Drawn) -> None:
    """Upload one post's clip."""
    path = f"/videos?name={quote(post.key)}.mp4"
    town.videos[post.key] = town.people[post.shop].caller.post(path, drawn.clip(post.key), Created).id


def upload_stills(town: Town, post: PostPlan, drawn: Drawn) -> None:
    """Upload one post's pictures."""
    caller = town.people[post.shop].caller
    town.pictures[post.key] = [caller.post("/pictures", still, Created).id for still in drawn.stills[post.key].result()]


def wait_for_videos(town: Town) -> None:
    """Return when every shop's uploads can be published; Refused when one of them cannot be used."""
    shops = sorted({post.shop for post in town.plan.posts})

    def processed() -> bool:
        found = [
            video for shop in shops for video in town.people[shop].caller.get("/videos?page_size=100", Videos).items
        ]
        for video in found:
            if video.failure is not None:
                raise Refused(f"video {video.id}", 0, video.failure)
        ready = sum(video.state == "ready" for video in found)
        town.progress("Videos processed", ready, len(town.videos))
        return ready == len(town.videos)

    wait_until(processed, "the videos are not processed", seconds=PROCESSING_SECONDS_MAX, every_ms=300)


def publish(town: Town, post: PostPlan) -> None:
    """Publish a post whose video is ready."""
    body: dict[str, Any] = {
        **_shown(town, post),
        "caption": post.caption,
        "sound_id": town.sounds[post.sound],
        "visibility": post.visibility.value,
        "may_duet": post.may_duet,
        "may_stitch": post.may_stitch,
    }
    town.posts[post.key] = town.people[post.shop].caller.post("/posts", body, Created).id


def _shown(town: Town, post: PostPlan) -> dict[str, Any]:
    if not post.stills:
        return {"video_id": town.videos[post.key]}
    seen = post.scene.capitalize()
    pictures = [
        {"id": picture_id, "alt": f"{seen}, {number} of {post.stills}"}
        for number, picture_id in enumerate(town.pictures[post.key], 1)
    ]
    return {"pictures": pictures}


def talk(town: Town, comment: CommentPlan) -> None:
    """Say what a shop says under a post."""
    post_id = town.posts[comment.post]
    town.people[comment.shop].caller.post(f"/posts/{post_id}/comments", {"text": comment.text}, Created)
    town.tallies.add(post_id, "", "comment")


def follow(town: Town, pair: tuple[str, str]) -> None:
    """Let one shop follow another."""
    follower, followed = pair
    town.people[follower].caller.put(f"/profiles/{town.people[followed].profile_id}/follow", {})


def like_neighbours(town: Town, post: PostPlan) -> None:
    """Let other shops like a public post, as neighbours do."""
    chance = Random(f"{town.plan.seed} likes {post.key}")
    likely = chance.uniform(*LIKES_SHARES)
    for shop in town.plan.shops:
        if shop.handle != post.shop and chance.random() < likely:
            town.people[shop.handle].caller.put(f"/posts/{town.posts[post.key]}/like", {})
            town.tallies.add(town.posts[post.key], "", "like")


def consent(town: Town, post: PostPlan, given: ConsentPlan) -> None:
    """Switch the post's ad authorisation on and give the consent; its code is kept for the advertiser."""
    caller, post_id = town.people[post.shop].caller, town.posts[post.key]
    caller.put(f"/posts/{post_id}/ad_authorisation", {"on": True})
    body: dict[str, Any] = {"duration_days": given.days, "ads_only": post.ads_only}
    if given.notice_days or given.share_ppm:
        body["terms"] = {"notice_days": given.notice_days}
    if given.share_ppm:
        caller.put(f"/posts/{post_id}/disclosure", {"disclosure": "branded"})  # Who is paid says so.
        body["terms"] |= {"payment": "spend_share", "share_ppm": given.share_ppm}
    made = caller.post(f"/posts/{post_id}/consents", body, Issued)
    town.codes[post.key], town.consents[post.key] = made.code, made.id


def revoke(town: Town, post: PostPlan) -> None:
    """Take the consent to ads with a post back."""
    town.people[post.shop].caller.post(f"/consents/{town.consents[post.key]}/revocation", {}, msgspec.Raw)
