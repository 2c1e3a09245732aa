"""The viewers: they open the feed, watch, like, talk, and now and then follow an ad to where it leads."""

import itertools
import secrets
from collections.abc import Iterator
from random import Random
from types import NoneType
from typing import Any, Final

import msgspec

from vonk.core.taxonomy import INTERESTS
from vonk.simulation.advertisers import CURRENCY
from vonk.simulation.client import Caller, Conversion, Created, Event, Feed, FeedPost, ShownPost
from vonk.simulation.people import MAIL, Login, Town, sign_up
from vonk.simulation.talk import GUESTS_SAY
from vonk.simulation.world import SLOT_EVERY, Guest, Visit

LEAVES_AT_ONCE: Final = 0.24  # The share of showings that are swiped away within two seconds,
LEAVES_MIDWAY: Final = 0.30  # and of those that are left before their end;
WATCHES_AGAIN: Final = 0.18  # of the rest, those that are watched once more.
APPEALS: Final = (0.65, 1.35)  # How well a post holds people; the shares of those who leave are divided by it,
OWN_AD_APPEAL: Final = 0.7  # and times this for an ad that is no creator's post.
REPORTS: Final = 0.12  # The share of showings of a post that somebody minds which are reported.
VIEW_MS: Final = 2_000
PICTURE_MS: Final = 4_000  # What one of a post's pictures is looked at for.
SHORT_MS: Final = 6_000  # A shorter clip's end counts as a 6-second view, and as one of 15.
QUARTERS: Final = ((0.25, "p25"), (0.5, "p50"), (0.75, "p75"), (1.0, "p100"))
EVENTS_PER_BATCH: Final = 200

# How likely a showing that was watched for two seconds leads to a tap: (organic, Spark, not Spark).
TAPS: Final = {
    "click_destination": (0.0, 0.040, 0.022),
    "click_profile": (0.030, 0.024, 0.0),
    "click_music": (0.012, 0.010, 0.0),
    "click_hashtag": (0.014, 0.008, 0.0),
}
AGAIN: Final = "-again"  # How the id of a second tap ends.
DOUBLE: Final = "duplicate_click"  # The rule that it breaks.
DESTINATION: Final = frozenset({"click_destination", "landing_page_view"})
FILLS_BASKET, BUYS = 0.5, 0.6  # The share of visitors of a shop who want something, and of those who pay for it.
PRICES_CENTS: Final = (450, 6_900)
TAPS_TWICE: Final = 0.2  # The share of taps to a destination that are two: a thumb that trembles.
LANDS: Final = 0.85  # The share of destination clicks whose page is reached.
# What a guest who watched at least half of a post does with it.
LIKES, KEEPS, SHARES, SPEAKS, FOLLOWS = 0.16, 0.04, 0.02, 0.025, 0.03


class Changed(msgspec.Struct, frozen=True):
    changed: bool


class Showing(msgspec.Struct, frozen=True):
    """One post in front of one viewer."""

    number: int
    token: str
    post_id: str
    profile_id: str
    ad_id: str  # "" when it is organic.
    spark: bool
    duration_ms: int
    account_id: str = ""  # Whose ad it is,
    click_id: str = ""  # and what its landing page's address ends with.


def arrive(town: Town, guest: Guest) -> None:
    """Let a guest sign up and say who they are."""
    # Nobody signs in as a guest again, so nobody needs to know the password.
    login = Login(guest.name, f"{guest.name}@{MAIL}", secrets.token_urlsafe(16))
    handle = handle_of(guest.number)
    sign_up(town, login, handle=handle, language=guest.language, country=guest.country, born_on=guest.born_on)
    town.people[handle].caller.put(
        "/me/preferences",
        {
            "language": guest.language,
            "country": guest.country,
            "gender": guest.gender,
            "interests": guest.interests,
            "personalised": guest.personalised,
        },
    )


def handle_of(number: int) -> str:
    """Return a guest's handle."""
    return f"guest.{number}"


class Seen(msgspec.Struct, frozen=True):
    """What came of one visit, before it is reported: players report while time passes, never all at once.

    ``breaks``: rules of validity that its events may break; ``found``: an operator will find all of it invalid later.
    """

    device: str
    events: list[tuple[Showing, Event]]
    breaks: frozenset[str] = frozenset()
    found: bool = False


def visit(town: Town, of: Visit, *, at_ms: int) -> Seen:
    """Let somebody scroll through the feed and its ads at an instant; return what there is to report of it."""
    chance = Random(f"{town.plan.seed} visit {of.number}")
    caller = town.people[handle_of(of.guest)].caller if of.guest is not None else town.world.anybody
    watched, events = look(town, of, caller, chance, at_ms=at_ms)
    if of.guest is not None:
        for showing, watched_ms in watched:
            if 2 * watched_ms >= showing.duration_ms and (showing.spark or not showing.ad_id):
                react(town, caller, of, showing, chance)
    return Seen(of.device, events)


def look(
    town: Town, of: Visit, caller: Caller, chance: Random, *, at_ms: int, to_the_end: bool = False
) -> tuple[list[tuple[Showing, int]], list[tuple[Showing, Event]]]:
    """Let somebody scroll as far as they mean to; return how long they watched what, and what there is to report."""
    feed = caller.get(f"/feed?page_size={of.posts}&language={of.language}", Feed)
    watched: list[tuple[Showing, int]] = []
    events: list[tuple[Showing, Event]] = []
    landed: set[str] = set()  # Ads whose page was opened: nobody opens it again in one visit.
    for showing in seen(town, of, feed):
        watched_ms = showing.duration_ms if to_the_end else watch(chance, showing, appeal=appeal(town, showing))
        watched.append((showing, watched_ms))
        minded = 0 if to_the_end else town.minded.get(showing.post_id, 0)
        told = [
            event
            for event in reports(chance, of, showing, watched_ms, at_ms, minded=minded)
            if event.kind not in DESTINATION or showing.ad_id not in landed
        ]
        landed |= {showing.ad_id for event in told if event.kind in DESTINATION}
        events += [(showing, event) for event in told]
    return watched, events


def tell(town: Town, of: Seen) -> None:
    """Report what was seen on a visit, and count what was accepted as valid."""
    for batch in _batches(of.events):
        report(town, batch, of)


def seen(town: Town, of: Visit, feed: Feed) -> Iterator[Showing]:
    """Yield what comes by: the feed's posts, and after every few of them the ad that won its slot."""
    interest_of = {town.people[shop.handle].profile_id: shop.interest for shop in town.plan.shops}
    number = itertools.count(1)
    for place, item in enumerate(feed.items):
        post = item.post
        yield Showing(
            next(number),
            item.showing_token,
            post.post_id,
            post.profile.id,
            "",
            spark=False,
            duration_ms=taking(post),
        )
        if place % SLOT_EVERY != SLOT_EVERY - 1:
            continue
        near = interest_of.get(post.profile.id, "")
        context: dict[str, Any] = {"device": of.device, "country": of.country, "language": of.language}
        context["keywords"] = [near] if near in INTERESTS else []  # What is shown nearby, not who looks.
        for slot in town.world.ads.decide(feed.viewer_token, [place + 1], context=context).slots:
            if slot.ad is not None:
                ad = slot.ad
                yield Showing(
                    next(number),
                    slot.token,
                    ad.post_id,
                    ad.post.profile_id,
                    ad.id,
                    ad.spark,
                    taking(ad.post),
                    ad.account_id,
                    slot.click_id,
                )


def taking(post: FeedPost | ShownPost) -> int:
    """Return how long a post takes: its video, or its pictures one after the other."""
    return post.duration_ms or len(post.pictures) * PICTURE_MS


def appeal(town: Town, showing: Showing) -> float:
    """Return how well a post holds people: one better, another less, and a brand's own clip least."""
    drawn = Random(f"{town.plan.seed} appeal {town.key_of(showing.post_id)}").uniform(*APPEALS)
    return drawn if showing.spark or not showing.ad_id else drawn * OWN_AD_APPEAL


def watch(chance: Random, showing: Showing, *, appeal: float = 1.0) -> int:
    """Return for how many milliseconds somebody watches."""
    drawn = chance.random() * appeal
    if drawn < LEAVES_AT_ONCE:
        return chance.randint(200, VIEW_MS - 100)
    if drawn < LEAVES_AT_ONCE + LEAVES_MIDWAY:
        return chance.randint(VIEW_MS, showing.duration_ms - 1)
    return showing.duration_ms * (2 if chance.random() < WATCHES_AGAIN else 1)


def reports(
    chance: Random, of: Visit, showing: Showing, watched_ms: int, at_ms: int, *, minded: int = 0
) -> Iterator[Event]:
    """Yield the events of one showing, as a player that measures would send them; ``minded`` is why people report it."""
    kinds = ["impression", "play"]
    if watched_ms >= VIEW_MS:
        kinds += ["viewable", "view_2s"]
    kinds += [kind for share, kind in QUARTERS if watched_ms >= share * showing.duration_ms]
    if watched_ms >= min(showing.duration_ms, SHORT_MS):
        kinds.append("view_6s")
    if watched_ms >= showing.duration_ms:
        kinds.append("view_15s")
    if watched_ms >= VIEW_MS:
        column = 0 if not showing.ad_id else 1 if showing.spark else 2
        kinds += [kind for kind, likely in TAPS.items() if chance.random() < likely[column]]
        if "click_destination" in kinds and chance.random() < LANDS:
            kinds.append("landing_page_view")
    for kind in kinds:
        yield Event(f"{of.number}-{showing.number}-{kind}", kind, showing.token, at_ms)
        if kind == "click_destination" and chance.random() < TAPS_TWICE:
            yield Event(f"{of.number}-{showing.number}-{kind}{AGAIN}", kind, showing.token, at_ms)
    if minded and chance.random() < REPORTS:
        yield Event(f"{of.number}-{showing.number}-report", "report", showing.token, at_ms, minded)
    yield Event(f"{of.number}-{showing.number}-watch", "watch", showing.token, at_ms, watched_ms)


def report(town: Town, batch: list[tuple[Showing, Event]], of: Seen) -> None:
    """Report events, and count what was accepted: as valid, or as breaking the rule that it was to break."""
    verdicts = town.world.ads.report([event for _, event in batch], device=of.device)
    for (showing, event), verdict in zip(batch, verdicts, strict=True):
        rule = verdict.reason or ""
        if verdict.verdict != "accepted":
            town.tallies.refuse(rule or verdict.verdict)
        elif of.found or rule in of.breaks or (rule == DOUBLE and event.id.endswith(AGAIN)):
            town.tallies.set_aside(rule)
        elif rule:
            town.tallies.refuse(rule)
        else:
            town.tallies.add(showing.post_id, showing.ad_id, event.kind, event.value if event.kind == "watch" else 1)
            if event.kind == "landing_page_view":
                shop(town, showing, event.id)


def shop(town: Town, showing: Showing, visit_id: str) -> None:
    """Let somebody who reached an advertiser's page put something in the basket, and maybe buy it; the shop tells."""
    chance = Random(f"{town.plan.seed} shops {visit_id}")
    if showing.account_id not in town.pixels or chance.random() >= FILLS_BASKET:
        return
    pixel_id, secret = town.pixels[showing.account_id]
    value = f"{chance.randint(*PRICES_CENTS) / 100:.2f}"
    names = ["add_to_cart", "purchase"] if chance.random() < BUYS else ["add_to_cart"]
    conversions = [
        Conversion(f"{name}-{visit_id}", pixel_id, name, value, CURRENCY, showing.click_id) for name in names
    ]
    for verdict in town.world.ads.convert(conversions, secret=secret):
        assert verdict.verdict in {"accepted", "duplicate"}, f"The shop's server is refused: {verdict.reason}"


def react(town: Town, caller: Caller, of: Visit, showing: Showing, chance: Random) -> None:
    """Let a guest do what people do with posts they like; it counts for the showing it came from."""
    came_from = {"showing_token": showing.token}
    post = f"/posts/{showing.post_id}"
    for likely, path, kind in ((LIKES, "like", "like"), (KEEPS, "favourite", "favourite")):
        if chance.random() < likely and caller.put(f"{post}/{path}", came_from, Changed).changed:
            town.tallies.add(showing.post_id, showing.ad_id, kind)
    if chance.random() < SHARES:
        caller.post(f"{post}/shares", came_from, NoneType)
        town.tallies.add(showing.post_id, showing.ad_id, "share")
    if chance.random() < SPEAKS:
        text = chance.choice(GUESTS_SAY[of.language])
        caller.post(f"{post}/comments", {"text": text, **came_from}, Created)
        town.tallies.add(showing.post_id, showing.ad_id, "comment")
    if chance.random() < FOLLOWS:
        followed = caller.put(f"/profiles/{showing.profile_id}/follow", came_from, Changed)
        if followed.changed:
            town.tallies.add(showing.post_id, showing.ad_id, "follow")


def _batches(events: list[tuple[Showing, Event]]) -> Iterator[list[tuple[Showing, Event]]]:
    for start in range(0, len(events), EVENTS_PER_BATCH):
        yield events[start : start + EVENTS_PER_BATCH]
