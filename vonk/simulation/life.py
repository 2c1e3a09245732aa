"""What makes the town lived in: people use its pages. Answers, stickers, Duets, drafts, things that wait for somebody."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any, Final

import msgspec

from vonk.simulation import creators
from vonk.simulation.advertisers import Agency
from vonk.simulation.client import Created, Refused, wait_until
from vonk.simulation.creators import VideoState
from vonk.simulation.drawing import Drawn
from vonk.simulation.pages import Pages
from vonk.simulation.people import Town
from vonk.simulation.plans import DraftPlan, KeptPlan, MixPlan, ReportedPlan, StickerPlan, SubtitlesPlan

COMMENTS: Final = 100
VOTERS: Final = 7
PLANNED_HOUR: Final = 9
LINE_SECONDS: Final = 2


class _Comment(msgspec.Struct, frozen=True):
    id: str
    handle: str


class _Comments(msgspec.Struct, frozen=True):
    items: tuple[_Comment, ...]


class _Judged(msgspec.Struct, frozen=True):
    id: str
    post_id: str


class _Judgements(msgspec.Struct, frozen=True):
    items: tuple[_Judged, ...]


@contextmanager
def _pages(town: Town, handle: str) -> Iterator[Pages]:
    """Log somebody in on the pages."""
    login = town.logins[handle]
    pages = Pages(town.world.site_url, login.email, login.password)
    try:
        yield pages
    finally:
        pages.close()


def settle_in(town: Town, agency: Agency, drawn: Drawn) -> None:
    """Do, today, what the plan's details say."""
    plan = town.plan
    post_of = {post.key: post for post in plan.posts}
    steps: list[tuple[Any, Any]] = [(_mix, (one, drawn)) for one in plan.details.mixes]
    by_shop: dict[str, list[StickerPlan | SubtitlesPlan]] = {}
    things: tuple[StickerPlan | SubtitlesPlan, ...] = (*plan.details.stickers, *plan.details.subtitles)
    for one in things:
        by_shop.setdefault(post_of[one.post].shop, []).append(one)
    steps += [(_dress, item) for item in by_shop.items()]
    voters = [handle for handle in sorted(town.people) if handle not in {"ada", town.plan.cleo}][:VOTERS]
    steps += [
        (_vote, tuple(voters) if town.plan.details.stickers else ()),
        (_answer_all, None),
        (_report_back, None),
        (_propose, None),
        (_vik, None),
        (_ada, agency),
    ]
    steps.append((_cleo, drawn))
    for done, (step, of) in enumerate(steps, 1):
        step(town, of)
        town.progress("Small things of daily life", done, len(steps))


def _dress(town: Town, of: tuple[str, list[StickerPlan | SubtitlesPlan]]) -> None:
    """Let a shop put stickers and subtitles over its posts."""
    handle, things = of
    with _pages(town, handle) as pages:
        for one in things:
            path = f"/studio/posts/{town.posts[one.post]}/overlays/"
            pages.open(path)
            if isinstance(one, SubtitlesPlan):
                file = (f"{one.post}.vtt", _vtt(one.lines).encode())
                pages.send(path.replace("overlays", "subtitles"), {"language": one.language}, {"file": file})
                continue
            ends_at = town.at(-24 * one.ends_in_days)
            pages.send(
                path,
                {
                    "kind": one.kind,
                    "text": one.text,
                    "x": str(one.x),
                    "y": str(one.y),
                    "url": one.url,
                    "ends_at": f"{ends_at:%Y-%m-%dT%H:%M}" if one.ends_in_days else "",
                    **{f"option_{number}": text for number, text in enumerate(one.options, 1)},
                },
            )
            shown = html.unescape(pages.open(path))
            if one.text not in shown:
                raise Refused(f"POST {path}", 0, f"“{one.text}” was not put over {one.post}")
            if one.options:
                town.polls[re.findall(r"/overlays/(\d+)/take-off/", shown)[-1]] = len(one.options)


def _vote(town: Town, voters: tuple[str, ...]) -> None:
    """Let people answer the polls over posts."""
    for handle in voters:
        chance = Random(f"{town.plan.seed} votes {handle}")
        with _pages(town, handle) as pages:
            pages.open("/")
            for sticker_id, options in town.polls.items():
                pages.tell(f"/stickers/{sticker_id}/vote", {"option": chance.randrange(options)})


def _vtt(lines: tuple[str, ...]) -> str:
    """Return WebVTT (W3C), a cue every two seconds."""
    cues = [
        f"00:{number * LINE_SECONDS:02}.000 --> 00:{(number + 1) * LINE_SECONDS:02}.000\n{line}"
        for number, line in enumerate(lines)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _mix(town: Town, of: tuple[MixPlan, Drawn]) -> None:
    """Let a shop answer a post with a Duet or a Stitch."""
    mix, drawn = of
    caller = town.people[mix.shop].caller
    with _pages(town, mix.shop) as pages:
        path = f"/posts/{town.posts[mix.of]}/{mix.kind}/"
        pages.open(path)
        form = {"start": "0"}
        place = pages.send(path, form, {"video": (f"{mix.key}.mp4", drawn.clip(mix.key))})
        video_id = place.split("/videos/")[1].split("/")[0]
    _wait_for(town, mix.shop, video_id)
    body = {"video_id": video_id, "caption": mix.caption, f"{mix.kind}_of": town.posts[mix.of]}
    town.posts[mix.key] = caller.post("/posts", body, Created).id


def _wait_for(town: Town, handle: str, video_id: str) -> None:
    def ready() -> bool:
        video = town.people[handle].caller.get(f"/videos/{video_id}", VideoState)
        if video.failure is not None:
            raise Refused(f"video {video_id}", 0, video.failure)
        return video.state == "ready"

    wait_until(ready, "a video is not processed", seconds=creators.PROCESSING_SECONDS_MAX, every_ms=100)


def _answer_all(town: Town, _of: None) -> None:
    """Let shops answer comments below their posts."""
    shop_of = {post.key: post.shop for post in town.plan.posts}
    for answer in town.plan.details.answers:
        caller = town.people[shop_of[answer.post]].caller
        path = f"/posts/{town.posts[answer.post]}/comments?page_size={COMMENTS}"
        for comment in caller.get(path, _Comments).items:
            if comment.handle == answer.shop:
                caller.post(f"/comments/{comment.id}/answers", {"text": answer.text}, Created)
                break


def _report_back(town: Town, _of: None) -> None:
    """Let the operator limit a post that viewers reported, and its shop appeal."""
    shop_of = {post.key: post.shop for post in town.plan.posts}
    for one in town.plan.details.reported:
        if one.judged:
            _judge(town, one, shop_of[one.post])


def _judge(town: Town, one: ReportedPlan, shop: str) -> None:
    post_id = town.posts[one.post]
    body = {"judgement": "limit", "reason": one.judged, "note": one.note}
    town.operator.post(f"/posts/{post_id}/judgements", body, msgspec.Raw)
    caller = town.people[shop].caller
    judged = next(one for one in caller.get("/me/judgements", _Judgements).items if one.post_id == post_id)
    caller.post(f"/me/judgements/{judged.id}/appeal", {"text": one.appeal}, msgspec.Raw)


def _propose(town: Town, _of: None) -> None:
    """Let shops propose new captions for posts that stand in ads: they wait for the operator."""
    shop_of = {post.key: post.shop for post in town.plan.posts}
    for key, caption in town.plan.details.captions.items():
        town.people[shop_of[key]].caller.post(f"/posts/{town.posts[key]}/captions", {"caption": caption}, Created)


def _vik(town: Town, _of: None) -> None:
    """Let Vik follow shops, and like and keep posts."""
    vik = town.people["vik"].caller
    for handle in town.plan.details.vik_follows:
        vik.put(f"/profiles/{town.people[handle].profile_id}/follow", {})
    for number, key in enumerate(town.plan.details.vik_likes):
        vik.put(f"/posts/{town.posts[key]}/like", {})
        town.tallies.add(town.posts[key], "", "like")
        if number % 2 == 0:
            vik.put(f"/posts/{town.posts[key]}/favourite", {})
            town.tallies.add(town.posts[key], "", "favourite")


def _cleo(town: Town, drawn: Drawn) -> None:
    """Let Cleo leave drafts, plan posts, and list words that she does not want to read."""
    details, caller = town.plan.details, town.people[town.plan.cleo].caller
    if not (details.drafts or details.blocked_words):
        return
    with _pages(town, town.plan.cleo) as pages:
        for draft in details.drafts:
            path = f"/videos?name={draft.key}.mp4"
            video_id = caller.post(path, drawn.clip(draft.key), Created).id
            _wait_for(town, town.plan.cleo, video_id)
            pages.open(f"/studio/videos/{video_id}/")
            pages.send(f"/studio/videos/{video_id}/", _draft(town, draft))
        if details.blocked_words:
            pages.open("/studio/comments/")
            pages.send("/studio/comments/words/", {"words": "\n".join(details.blocked_words)})


def _draft(town: Town, draft: DraftPlan) -> dict[str, str | list[str]]:
    form: dict[str, str | list[str]] = {"caption": draft.caption, "visibility": "public", "may_duet": "on"}
    if not draft.days_ahead:
        return form | {"act": "save"}
    day = town.today + timedelta(days=draft.days_ahead)
    return form | {"act": "schedule", "publish_at": f"{day:%Y-%m-%d}T{PLANNED_HOUR:02}:00"}


def _ada(town: Town, agency: Agency) -> None:
    """Let Ada keep reports and views of tables, and begin a campaign's form."""
    details = town.plan.details
    if not (details.kept or details.begun):
        return
    with _pages(town, "ada") as pages:
        for one in details.kept:
            _choose(pages, agency, one.brand)
            _keep(pages, one)
        if details.begun:
            _choose(pages, agency, town.plan.brands[0].slug)
            pages.open("/advertiser/campaigns/new/")
            pages.send("/advertiser/drafts/save/", {"draft_kind": "campaign", "draft_above": "0", **details.begun})
        _choose(pages, agency, town.plan.brands[0].slug)


def _choose(pages: Pages, agency: Agency, brand: str) -> None:
    pages.open("/advertiser/accounts/")
    pages.send(f"/advertiser/accounts/{agency.account_of(brand)}/", {})


def _keep(pages: Pages, one: KeptPlan) -> None:
    if one.noun:
        path = f"/advertiser/tables/{one.noun}/views/"
        pages.send(path, {"query": one.address, "name": one.name, "shared": "1"})
        return
    place = pages.send("/advertiser/reports/saved/keep/", {"address": one.address, "name": one.name, "shared": "on"})
    if "saved=" not in place:
        raise Refused("POST /advertiser/reports/saved/keep/", 0, f"“{one.name}” was not kept")
    if one.weekly:
        path = f"/advertiser/reports/saved/{place.split('saved=')[1]}/"
        page = pages.open(path)
        person = page.split('name="people" value="')[1].split('"')[0]
        when: dict[str, str | list[str]] = {"rhythm": "weekly", "weekday": "0", "day": "1", "hour": "7"}
        pages.send(path + "schedules/", when | {"file_format": "xlsx", "people": [person]})
