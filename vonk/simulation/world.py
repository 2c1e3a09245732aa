"""The town's people and days, decided by its seed alone: who the guests are, who visits when, when posts appear.

Pure: nothing here knows a platform. Instants are hours before the town's today, the larger the longer ago.
"""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Final

import msgspec

from vonk.core.taxonomy import INTERESTS
from vonk.simulation.plans import CampaignPlan, TownPlan

DAY_HOURS: Final = 24
OLDEST_DAYS: Final = 38  # The first posts that no ad shows.
PUBLISHED_DURING_HISTORY: Final = 0.25  # The share of posts that appear while the viewers are there already.
SLOT_EVERY: Final = 3  # Organic posts between two slots.
MOODS: Final = (0.7, 1.35)  # Some days are livelier.

OPENING_VISITS: Final = 60
OPENING_POSTS: Final = 6  # There are few yet.
OPENING_NUMBERS: Final = 100_000  # Far above those of history's visits.

# The share of a day's visits in each hour, UTC: a town that sleeps, has lunch, and watches after dinner.
DAY_CURVE: Final = (3, 2, 1, 1, 1, 2, 4, 6, 7, 6, 6, 8, 9, 7, 6, 6, 7, 9, 11, 13, 14, 12, 8, 5)

# Country, language, how often.
PLACES: Final = (
    ("NL", "nl", 34),
    ("NL", "en", 12),
    ("BE", "nl", 16),
    ("BE", "fr", 10),
    ("FR", "fr", 18),
    ("GB", "en", 10),
)
DEVICES: Final = (("android", 52), ("ios", 34), ("desktop", 14))
GENDERS: Final = ("female", "male", "other", None)


class Guest(msgspec.Struct, frozen=True):
    """A viewer who has signed up. They have a number instead of a name."""

    number: int
    country: str
    language: str
    born_on: date
    gender: str | None
    interests: tuple[str, ...]
    personalised: bool

    @property
    def name(self) -> str:
        """Return what others see."""
        return f"guest-{self.number}"


class Visit(msgspec.Struct, frozen=True):
    """Somebody opens the feed: how many posts they look at, and on what. ``guest`` is None for all but guests."""

    number: int
    guest: int | None
    country: str
    language: str
    device: str
    posts: int


def guests(plan: TownPlan) -> tuple[Guest, ...]:
    """Return the viewers who have signed up."""
    chance = Random(f"{plan.seed} guests")
    found = []
    for number in range(1, plan.guests + 1):
        country, language = _place(chance)
        found.append(
            Guest(
                number=number,
                country=country,
                language=language,
                born_on=date(chance.randint(1958, 2005), chance.randint(1, 12), chance.randint(1, 28)),
                gender=chance.choice(GENDERS),
                interests=tuple(sorted(chance.sample(sorted(INTERESTS), chance.randint(2, 5)))),
                personalised=chance.random() < 0.8,
            )
        )
    return tuple(found)


def visits(plan: TownPlan, *, first_hour: int) -> dict[int, tuple[Visit, ...]]:
    """Return who visits in each hour of history, by hours before today, from ``days`` · 24 down to 1.

    ``first_hour`` is the hour of the day (UTC) with which the history begins.
    """
    curve = [DAY_CURVE[(first_hour + hour) % DAY_HOURS] for hour in range(DAY_HOURS)]
    chance = Random(f"{plan.seed} visits")
    known = guests(plan)
    per_hour: dict[int, list[Visit]] = defaultdict(list)
    number = 0
    for day in range(plan.days, 0, -1):
        mood = chance.uniform(*MOODS)
        callers: list[Guest | None] = [None] * round(plan.passers_by_per_day * mood)
        for one in known:
            callers += [one] * _whole(plan.guest_visits_per_day * mood, chance)
        for caller in callers:
            number += 1
            hour = chance.choices(range(DAY_HOURS), curve)[0]
            country, language = (caller.country, caller.language) if caller else _place(chance)
            device = chance.choices([name for name, _ in DEVICES], [weight for _, weight in DEVICES])[0]
            posts = max(2, min(24, round(chance.gauss(9, 4))))
            guest = caller.number if caller else None
            per_hour[day * DAY_HOURS - hour].append(Visit(number, guest, country, language, device, posts))
    return {hours_ago: tuple(per_hour[hours_ago]) for hours_ago in range(plan.days * DAY_HOURS, 0, -1)}


def opening(plan: TownPlan, campaign: CampaignPlan) -> tuple[Visit, ...]:
    """Return the passers-by of the evening on which a campaign opened before history."""
    chance = Random(f"{plan.seed} opening {campaign.name}")
    first = OPENING_NUMBERS + plan.campaigns.index(campaign) * OPENING_VISITS
    found = []
    for number in range(first, first + OPENING_VISITS):
        country, language = _place(chance)
        device = chance.choices([name for name, _ in DEVICES], [weight for _, weight in DEVICES])[0]
        found.append(Visit(number, None, country, language, device, OPENING_POSTS))
    return tuple(found)


def published_hours_ago(plan: TownPlan) -> dict[str, int]:
    """Return when each post appears: a day before its consent where ads show it, the others spread over three weeks.

    A few appear during the history, so that the feed has something new in it.
    """
    asked = {campaign.post: campaign.consent for campaign in plan.campaigns if campaign.consent is not None}
    found = {key: (consent.given_days_ago + 1) * DAY_HOURS for key, consent in asked.items()}
    found[plan.code_post] = max(found.get(plan.code_post, 0), (plan.days + 5) * DAY_HOURS)
    others = [post.key for post in plan.posts if post.key not in found]
    Random(f"{plan.seed} posts").shuffle(others)
    late = round(len(others) * PUBLISHED_DURING_HISTORY)
    for place, key in enumerate(others[late:]):
        days_ago = plan.days + 1 + (OLDEST_DAYS - plan.days - 1) * place // max(1, len(others) - late)
        found[key] = days_ago * DAY_HOURS
    for place, key in enumerate(others[:late]):
        found[key] = max(2, plan.days * DAY_HOURS * (place + 1) // (late + 1))
    return found


def begins_days_ago(plan: TownPlan) -> int:
    """Return on which day before today the town's first people sign up."""
    return max(published_hours_ago(plan).values()) // DAY_HOURS + 1


def age(plan: TownPlan) -> timedelta:
    """Return how long before today the story begins."""
    return timedelta(days=begins_days_ago(plan))


def _place(chance: Random) -> tuple[str, str]:
    country, language, _ = chance.choices(PLACES, [weight for _, _, weight in PLACES])[0]
    return country, language


def _whole(expected: float, chance: Random) -> int:
    """Return a whole number that is ``expected`` on average."""
    return int(expected) + (chance.random() < expected - int(expected))
