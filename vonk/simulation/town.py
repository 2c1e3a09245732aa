"""The town's story from its first day to today, told through the platform's front door."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from vonk.core.clock import to_ms
from vonk.simulation import (
    advertisers,
    brands,
    cast,
    creators,
    details,
    intruders,
    life,
    logged,
    neighbours,
    roads,
    shelf,
    talk,
    viewers,
    world,
)
from vonk.simulation.advertisers import Agency, Running
from vonk.simulation.client import World, wait_until
from vonk.simulation.drawing import Drawn
from vonk.simulation.people import MAIL, Login, Progress, Town, sign_up
from vonk.simulation.plans import CampaignPlan, ConsentPlan, PostPlan, TownPlan, Visibility
from vonk.simulation.world import DAY_HOURS, Visit, begins_days_ago, guests, published_hours_ago, visits

APPEALED_AFTER_HOURS: Final = 20
PAUSED_HOURS_AGO: Final = 18  # So that a paused campaign has something to show.
BACK_HOURS_AGO: Final = 12
VISIT_HOURS: Final = 0.1  # Six minutes, within which all that the hour's viewers saw has been watched and is reported.
COUNTED_SECONDS_MAX: Final = 120.0

FULL: Final = TownPlan(
    seed=2026,
    shops=(*cast.SHOPS, *neighbours.MORE_SHOPS),
    sounds=cast.SOUNDS,
    posts=(*cast.POSTS, *shelf.MORE_POSTS),
    comments=talk.COMMENTS,
    follows=cast.FOLLOWS | neighbours.MORE_FOLLOWS,
    brands=brands.BRANDS,
    brand_clips=brands.BRAND_CLIPS,
    campaigns=brands.CAMPAIGNS,
    cleo="korenmolen.bakery",
    code_post="bakery-mill",
    yes_days=30,
    asks=brands.ASKS,
    accesses=brands.ACCESSES,
    days=14,
    guests=16,
    guest_visits_per_day=1.4,
    passers_by_per_day=75,
    details=details.DETAILS,
)


class Story(msgspec.Struct, frozen=True):
    """What came of it: Cleo's unused code, and the town, which knows what the platform accepted of it."""

    code: str
    town: Town
    running: dict[str, Running]  # Campaigns by name.


def fill(
    plan: TownPlan,
    *,
    site_url: str,
    ads_url: str,
    operator: Login,
    password: str,
    today: datetime,
    drawn: Drawn,
    progress: Progress,
) -> Story:
    """Build a town on a running, empty sandbox whose clock stands before the story begins; it ends at ``today``.

    The cast's logins all have ``password``. Raises client.Refused and client.Silent, and clips.ClipFailed.
    """
    doors = World(site_url, ads_url)
    town = Town(doors, plan, doors.sign_in(operator.email, operator.password), today, progress)
    try:
        _move_in(town, drawn.avatars, password)
        creators.upload_all(town, drawn)
        agency = Agency(town, drawn)
        _live_until_history(town, agency)
        agency.settle(plan.brands)
        _begin(town, agency, [one for one in plan.campaigns if not (one.launched_hours_ago or one.opened_days_ago)])
        _history(town, agency)
        code = _today(town, agency, drawn)
        _wait_until_counted(town, agency.running)
    finally:
        town.hands.shutdown(cancel_futures=True)
        doors.close()
    return Story(code, town, agency.running)


def _move_in(town: Town, avatars: Mapping[str, Path], password: str) -> None:
    """Let the operator say what is taxed, and sign everybody up."""
    plan = town.plan
    for country, rate_ppm in advertisers.TAXES_PPM.items():
        town.operator.put(f"/tax_rates/{country}", {"rate_ppm": rate_ppm})
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


def _live_until_history(town: Town, agency: Agency) -> None:
    """Publish and consent day by day, and let the shops talk and follow, until the viewers come.

    A campaign may open already, with one evening of visitors: what they cost is of another month than history.
    """
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
        if today or given or any(campaign.opened_days_ago == days_ago for campaign in plan.campaigns):
            town.move_to(days_ago * DAY_HOURS)
        town.together(partial(creators.publish, town), today)
        for key, consent in given:
            creators.consent(town, posts[key], consent)
        for campaign in plan.campaigns:
            if campaign.opened_days_ago == days_ago:
                _open(town, agency, campaign)
        town.progress("Days lived", begins_days_ago(plan) - days_ago, begins_days_ago(plan) - plan.days)
    town.move_to(plan.days * DAY_HOURS)
    known = {shop.handle for shop in plan.shops}
    pairs = [(follower, followed) for follower, several in plan.follows.items() for followed in several]
    town.together(partial(creators.follow, town), [pair for pair in pairs if known.issuperset(pair)])
    _neighbours(town, list(town.posts))


def _open(town: Town, agency: Agency, campaign: CampaignPlan) -> None:
    """Launch a campaign and let visitors of one evening see it; its month's invoice asks for what they cost."""
    agency.settle([brand for brand in town.plan.brands if brand.slug == campaign.brand])
    _begin(town, agency, [campaign])
    evening = campaign.opened_days_ago * DAY_HOURS - 1
    town.move_to(evening)
    _receive(town, evening, world.opening(town.plan, campaign))
    told_at = town.at(evening - VISIT_HOURS)
    logged.valid_between(town, told_at - timedelta(hours=VISIT_HOURS / 2), told_at + timedelta(hours=VISIT_HOURS))


def _receive(town: Town, hours_ago: int, callers: Sequence[Visit]) -> None:
    """Let visitors scroll, and report what they saw when they have watched it; and whoever is no audience."""
    at_ms = to_ms(town.at(hours_ago))
    seen = town.together(partial(viewers.visit, town, at_ms=at_ms), callers)
    seen += intruders.come_by(town, hours_ago)
    town.move_to(hours_ago - VISIT_HOURS)
    town.together(partial(viewers.tell, town), seen)


def _neighbours(town: Town, keys: list[str]) -> None:
    """Let the shops comment on and like posts that have just appeared, where everybody sees them."""
    plan = town.plan
    open_posts = [
        post for post in plan.posts if post.key in keys and post.visibility is Visibility.PUBLIC and not post.ads_only
    ]
    open_keys = {post.key for post in open_posts}
    town.together(partial(creators.like_neighbours, town), open_posts)
    town.together(partial(creators.talk, town), [one for one in plan.comments if one.post in open_keys])


def _begin(town: Town, agency: Agency, campaigns: list[CampaignPlan]) -> None:
    """Let Ada launch campaigns and Olu review them."""
    town.together(agency.begin, campaigns, "Campaigns launched")
    advertisers.review(town, agency.running)


def _history(town: Town, agency: Agency) -> None:
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
        _mind(town)
        _neighbours(town, new)
        if hours_ago == PAUSED_HOURS_AGO:
            agency.pause()
        _given(town, hours_ago)
        for campaign in plan.campaigns:
            if campaign.launched_hours_ago == hours_ago:
                _begin(town, agency, [campaign])
            if campaign.appeal and campaign.launched_hours_ago - APPEALED_AFTER_HOURS == hours_ago:
                agency.appeal(campaign)
        if hours_ago == BACK_HOURS_AGO:
            agency.ask_back(granted=True)
        if hours_ago == intruders.FOUND_HOURS_AGO:
            intruders.find_out(town)
        _receive(town, hours_ago, callers)
        if hours_ago == intruders.RACK_HOURS_AGO:
            intruders.rack(town, hours_ago)
        town.progress("Hours of history", done + 1, hours)


def _mind(town: Town) -> None:
    """Say which of the posts that are there people report."""
    reported = {one.post: one.reason for one in town.plan.details.reported}
    town.minded = {town.posts[key]: reason for key, reason in reported.items() if key in town.posts}


def _given(town: Town, hours_ago: int) -> None:
    """Let shops consent during history, and take consents back."""
    posts = {post.key: post for post in town.plan.posts}
    for campaign in town.plan.campaigns:
        given = campaign.consent
        if given is None:
            continue
        if given.given_days_ago < town.plan.days and given.given_days_ago * DAY_HOURS == hours_ago:
            creators.consent(town, posts[campaign.post], given)
        if given.revoked_hours_ago == hours_ago:
            creators.revoke(town, posts[campaign.post])


def _today(town: Town, agency: Agency, drawn: Drawn) -> str:
    """Let Cleo give one more consent, whose code nobody has used yet, let Ada ask for posts and for cash back, and bring the clock to today; return the code.

    Building took a while: where today was the machine's when it began, the clock is brought to the machine's now.
    """
    plan = town.plan
    life.settle_in(town, agency, drawn)  # First: what stands over a post is fixed once an ad may show it.
    post = next(post for post in plan.posts if post.key == plan.code_post)
    creators.consent(town, post, ConsentPlan(days=creators.CODE_DAYS, given_days_ago=0))
    roads.agree(town, agency, drawn)
    agency.ask_back(granted=False)
    town.world.move_to(town.operator, max(town.today, datetime.now(UTC)))
    return town.codes[post.key]


class _Row(msgspec.Struct, frozen=True):
    id: str
    metrics: dict[str, float | None]


class _Report(msgspec.Struct, frozen=True):
    rows: tuple[_Row, ...]


class _Number(msgspec.Struct, frozen=True):
    name: str
    organic: float | None
    paid: float | None


class _Numbers(msgspec.Struct, frozen=True):
    numbers: tuple[_Number, ...]


def numbers_of_ads(town: Town, running: Mapping[str, Running]) -> dict[str, dict[str, float]]:
    """Return what the accounts' reports say of each ad over the whole history, by ad and metric."""
    start, end = town.at((begins_days_ago(town.plan) + 1) * DAY_HOURS).date(), town.at(-DAY_HOURS).date()
    ada = town.people["ada"].caller
    found: dict[str, dict[str, float]] = {}
    for account_id in sorted({campaign.account_id for campaign in running.values()}):
        path = f"/accounts/{account_id}/report?start_date={start}&end_date={end}&level=ad"
        for row in ada.get(path, _Report).rows:
            found[row.id] = {name: value or 0 for name, value in row.metrics.items()}
    return found


def numbers_of_post(town: Town, post: PostPlan) -> dict[str, tuple[float, float]]:
    """Return what its shop sees of a post: organic and paid, by metric."""
    path = f"/posts/{town.posts[post.key]}/numbers"
    found = town.people[post.shop].caller.get(path, _Numbers).numbers
    return {number.name: (number.organic or 0, number.paid or 0) for number in found}


def _wait_until_counted(town: Town, running: Mapping[str, Running]) -> None:
    """Wait until all that was watched stands in the numbers, which fill from the log in its order."""
    ads = town.tallies.of_ads("watch")
    posts = [post for post in town.plan.posts if town.tallies.of_post(town.posts[post.key], "watch", paid=False)]

    def counted(post: PostPlan) -> bool:
        shown = town.tallies.of_post(town.posts[post.key], "watch", paid=False)
        return numbers_of_post(town, post)["watch_time"][0] == shown

    def all_counted() -> bool:
        numbers = numbers_of_ads(town, running)
        if any(numbers.get(ad_id, {}).get("watch_time") != watched for ad_id, watched in ads.items()):
            return False
        return all(town.together(counted, posts, "Posts whose numbers are whole"))

    wait_until(all_counted, "the numbers are not complete", seconds=COUNTED_SECONDS_MAX, every_ms=200)


def _do(act: Callable[[], None]) -> None:
    act()
