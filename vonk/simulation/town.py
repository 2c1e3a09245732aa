"""The town's story from its first day to today, told through the platform's front door."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from vonk.core.clock import to_ms
from vonk.simulation import advertisers, brands, cast, creators, talk, viewers
from vonk.simulation.advertisers import Running
from vonk.simulation.avatars import render_avatars
from vonk.simulation.client import World, wait_until
from vonk.simulation.clips import rendering
from vonk.simulation.people import MAIL, Login, Person, Progress, Town, sign_up
from vonk.simulation.plans import ConsentPlan, TownPlan, Visibility
from vonk.simulation.world import DAY_HOURS, begins_days_ago, guests, published_hours_ago, visits

PAUSED_HOURS_AGO: Final = 18  # So that a paused campaign has something to show.
COUNTED_SECONDS_MAX: Final = 120.0

FULL: Final = TownPlan(
    seed=2026,
    shops=cast.SHOPS,
    sounds=cast.SOUNDS,
    posts=cast.POSTS,
    comments=talk.COMMENTS,
    follows=cast.FOLLOWS,
    brands=brands.BRANDS,
    brand_clips=brands.BRAND_CLIPS,
    campaigns=brands.CAMPAIGNS,
    cleo="korenmolen.bakery",
    code_post="bakery-mill",
    days=3,
    guests=20,
    guest_visits_per_day=1.6,
    passers_by_per_day=130,
)


class Story(msgspec.Struct, frozen=True):
    """What came of it: Cleo's unused code, what runs, and what the platform accepted by post, ad and kind."""

    code: str
    campaigns: dict[str, Running]
    posts: dict[str, str]
    town: Any  # The town itself, for whoever goes on with it.

    @property
    def accepted(self) -> int:
        """Return how many events and engagements there were."""
        return sum(self.town.tallies.accepted.values())

    @property
    def refused(self) -> dict[str, int]:
        """Return why events were not taken, and how often: nothing, unless something is wrong."""
        return dict(self.town.tallies.refused)


def fill(
    plan: TownPlan,
    *,
    site_url: str,
    ads_url: str,
    operator: Login,
    password: str,
    today: datetime,
    folder: Path,
    progress: Progress,
    workers: int = 2,
) -> Story:
    """Build a town on a running, empty sandbox whose clock stands before the story begins; it ends at ``today``.

    ``folder`` is for pictures on their way. The cast's logins all have ``password``. Raises client.Refused and
    client.Silent, and clips.ClipFailed.
    """
    world = World(site_url, ads_url)
    town = Town(world, plan, world.sign_in(operator.email, operator.password), today, progress)
    avatars = render_avatars(folder / "avatars", plan.shops, plan.brands)
    try:
        with rendering(folder / "clips", (*plan.posts, *plan.brand_clips), workers) as clips:
            _move_in(town, avatars, password)
            creators.upload_all(town, clips, folder / "clips")
            for made in clips.values():
                made.result()
        _live_until_history(town)
        ada = town.people["ada"].caller
        running = advertisers.start(town, ada, avatars, folder / "clips")
        advertisers.review(town, running)
        _history(town, running)
        code = _today(town)
        _wait_until_counted(town, running)
    finally:
        town.hands.shutdown(cancel_futures=True)
    return Story(code, running, dict(town.posts), town)


def _move_in(town: Town, avatars: dict[str, Path], password: str) -> None:
    """Sign everybody up."""
    plan = town.plan
    arrivals: list[Callable[[], None]] = [
        partial(creators.settle, town, shop, avatars[shop.handle], password) for shop in plan.shops
    ]
    arrivals += [partial(_ada, town, password), partial(_vik, town, password)]
    arrivals += [partial(viewers.arrive, town, guest) for guest in guests(plan)]
    town.together(_do, arrivals, "People signed up")
    for sound in plan.sounds:
        creators.add_sound(town, sound)


def _ada(town: Town, password: str) -> None:
    sign_up(town, Login("Ada", f"ada@{MAIL}", password), handle="ada", language="en", country="NL")


def _vik(town: Town, password: str) -> None:
    sign_up(town, Login("Vik", f"vik@{MAIL}", password), handle="vik", language="en", country="NL")
    preferences = {"language": "en", "country": "NL", "interests": ["food", "art", "outdoors"], "personalised": True}
    town.people["vik"].caller.put("/me/preferences", preferences)


def _live_until_history(town: Town) -> None:
    """Publish and consent day by day, and let the shops talk and follow, until the viewers come."""
    plan = town.plan
    posts = {post.key: post for post in plan.posts}
    published = published_hours_ago(plan)
    consents: dict[int, list[tuple[str, ConsentPlan]]] = {}
    for campaign in plan.campaigns:
        if campaign.consent is not None:
            consents.setdefault(campaign.consent.given_days_ago, []).append((campaign.post, campaign.consent))
    for days_ago in range(begins_days_ago(plan) - 1, plan.days - 1, -1):
        today = [posts[key] for key, hours_ago in published.items() if hours_ago == days_ago * DAY_HOURS]
        given = consents.get(days_ago, [])
        if today or given:
            town.move_to(days_ago * DAY_HOURS)
        town.together(partial(creators.publish, town), today)
        for key, consent in given:
            creators.consent(town, posts[key], consent)
        town.progress("Days lived", begins_days_ago(plan) - days_ago, begins_days_ago(plan) - plan.days)
    town.move_to(plan.days * DAY_HOURS)
    known = {shop.handle for shop in plan.shops}
    pairs = [(follower, followed) for follower, several in plan.follows.items() for followed in several]
    town.together(partial(creators.follow, town), [pair for pair in pairs if known.issuperset(pair)])
    _neighbours(town, list(town.posts))


def _neighbours(town: Town, keys: list[str]) -> None:
    """Let the shops comment on and like posts that have just appeared, where everybody sees them."""
    plan = town.plan
    open_posts = [
        post for post in plan.posts if post.key in keys and post.visibility is Visibility.PUBLIC and not post.ads_only
    ]
    open_keys = {post.key for post in open_posts}
    town.together(partial(creators.like_neighbours, town), open_posts)
    town.together(partial(creators.talk, town), [one for one in plan.comments if one.post in open_keys])


def _history(town: Town, running: dict[str, Running]) -> None:
    """Let viewers come and go, hour by hour, while a few posts still appear."""
    plan = town.plan
    hours = plan.days * DAY_HOURS
    posts = {post.key: post for post in plan.posts}
    later = {key: hours_ago for key, hours_ago in published_hours_ago(plan).items() if hours_ago < hours}
    first_hour = town.at(hours).hour
    for done, (hours_ago, callers) in enumerate(visits(plan, first_hour=first_hour).items()):
        town.move_to(hours_ago)
        new = [key for key, at in later.items() if at == hours_ago]
        town.together(partial(creators.publish, town), [posts[key] for key in new])
        _neighbours(town, new)
        if hours_ago == PAUSED_HOURS_AGO:
            advertisers.pause(town, town.people["ada"].caller, running)
        at_ms = to_ms(town.at(hours_ago))
        town.together(partial(viewers.visit, town, at_ms=at_ms), callers)
        town.progress("Hours of history", done + 1, hours)


def _today(town: Town) -> str:
    """Let Cleo give one more consent, whose code nobody has used yet, and bring the clock to today; return the code.

    Building took a while: where today was the machine's when it began, the clock is brought to the machine's now.
    """
    plan = town.plan
    post = next(post for post in plan.posts if post.key == plan.code_post)
    creators.consent(town, post, ConsentPlan(days=creators.CODE_DAYS, given_days_ago=0))
    town.world.move_to(town.operator, max(town.today, datetime.now(UTC)))
    return town.codes[post.key]


class _Row(msgspec.Struct, frozen=True):
    id: str
    metrics: dict[str, float | None]


class Report(msgspec.Struct, frozen=True):
    rows: tuple[_Row, ...]


def reported(town: Town, account_id: str, person: Person) -> dict[str, dict[str, float]]:
    """Return what the platform's report says of each ad of an account, over the whole history."""
    start = town.at(town.plan.days * DAY_HOURS + DAY_HOURS).date()
    end = town.at(-DAY_HOURS).date()
    path = f"/accounts/{account_id}/report?start_date={start}&end_date={end}&level=ad"
    rows = person.caller.get(path, Report).rows
    return {row.id: {name: value or 0 for name, value in row.metrics.items()} for row in rows}


def _wait_until_counted(town: Town, running: dict[str, Running]) -> None:
    """Wait until every accepted impression stands in the reports; they fill from the log in its order."""
    expected = Counter(town.tallies.of_ads("watch"))
    ada = town.people["ada"]
    accounts = {found.account_id for found in running.values()}

    def counted() -> bool:
        shown: Counter[str] = Counter()
        for account_id in accounts:
            for ad_id, metrics in reported(town, account_id, ada).items():
                shown[ad_id] += round(metrics["impressions"])
        town.progress("Showings in the reports", min(shown.total(), expected.total()), expected.total())
        return shown == expected

    wait_until(counted, "the numbers are not complete", seconds=COUNTED_SECONDS_MAX, every_ms=200)


def _do(act: Callable[[], None]) -> None:
    act()
