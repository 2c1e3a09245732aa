"""What the town's people share: their places in the platform, and doing things side by side."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Final, TypeVar

import msgspec

from vonk.simulation.client import Caller, SignedUp, World
from vonk.simulation.plans import TownPlan

HANDS: Final = 6  # Calls under way at the same time; the site answers eight.
MAIL: Final = "example.org"

Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[str, int, int], None]
"""Hears of each step: its name, how much of it is done, of how much."""


class Login(msgspec.Struct, frozen=True):
    """How somebody signs in."""

    name: str
    email: str
    password: str


class Person(msgspec.Struct, frozen=True):
    """Somebody of the town, signed in."""

    profile_id: str
    caller: Caller


class Tallies:
    """What the platform accepted, by post, ad ("" for organic) and kind: how often, for "watch" how many milliseconds.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.accepted: Counter[tuple[str, str, str]] = Counter()
        self.events = 0
        self.invalid: Counter[str] = Counter()  # By the rule of validity that was broken, as somebody meant to.
        self.refused: Counter[str] = Counter()

    def add(self, post_id: str, ad_id: str, kind: str, count: int = 1) -> None:
        """Count what was accepted."""
        with self._lock:
            self.accepted[post_id, ad_id, kind] += count
            self.events += 1

    def set_aside(self, rule: str = "") -> None:
        """Count what was accepted and is in no net number: it broke a rule, or an operator finds it invalid later."""
        with self._lock:
            self.events += 1
            if rule:
                self.invalid[rule] += 1

    def refuse(self, reason: str) -> None:
        """Count what was not."""
        with self._lock:
            self.refused[reason] += 1

    def of_ads(self, kind: str) -> dict[str, int]:
        """Return what of a kind was accepted for each ad."""
        found: Counter[str] = Counter()
        for (_, ad_id, name), count in self.accepted.items():
            if ad_id and name == kind:
                found[ad_id] += count
        return dict(found)

    def of_post(self, post_id: str, kind: str, *, paid: bool) -> int:
        """Return what of a kind was accepted for a post, from its ads or without them."""
        return sum(
            count
            for (post, ad_id, name), count in self.accepted.items()
            if post == post_id and name == kind and bool(ad_id) is paid
        )


class Town:
    """The town while it is built: who is in it, what they made, and the clock they share."""

    def __init__(self, world: World, plan: TownPlan, operator: Caller, today: datetime, progress: Progress) -> None:
        self.world = world
        self.plan = plan
        self.operator = operator
        self.today = today
        self.progress = progress
        self.people: dict[str, Person] = {}  # By handle,
        self.logins: dict[str, Login] = {}  # as are their logins.
        self.sounds: dict[str, str] = {}  # Ids by slug,
        self.videos: dict[str, str] = {}  # and by key,
        self.pictures: dict[str, list[str]] = {}  # in their order,
        self.posts: dict[str, str] = {}  # and by key.
        self._keys: dict[str, str] = {}  # By id.
        self.codes: dict[str, str] = {}  # By the key of their post,
        self.consents: dict[str, str] = {}  # and the ids of what they carry.
        self.pixels: dict[str, tuple[str, str]] = {}  # Id and secret, by ad account.
        self.polls: dict[str, int] = {}  # How many answers each sticker offers, by its id.
        self.minded: dict[str, int] = {}  # Ids of posts that people report, and for which reason.
        self.tallies = Tallies()
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix="town")

    def together(self, act: Callable[[Item], Result], items: Iterable[Item], step: str = "") -> list[Result]:
        """Do the same for many, some at a time; return the results in order. The first failure ends it."""
        waiting = [self.hands.submit(act, item) for item in items]
        found = []
        for done, made in enumerate(waiting, 1):
            found.append(made.result())
            if step:
                self.progress(step, done, len(waiting))
        return found

    def key_of(self, post_id: str) -> str:
        """Return the key of a post, "" when it has none: a brand's own."""
        if len(self._keys) != len(self.posts):
            self._keys = {found: key for key, found in self.posts.items()}
        return self._keys.get(post_id, "")

    def at(self, hours_ago: float) -> datetime:
        """Return the instant so many hours before today."""
        return self.today - timedelta(hours=hours_ago)

    def move_to(self, hours_ago: float) -> None:
        """Move the clock forward to so many hours before today."""
        self.world.move_to(self.operator, self.at(hours_ago))


def sign_up(
    town: Town, login: Login, *, handle: str, language: str, country: str, born_on: date = date(1988, 5, 4)
) -> None:
    """Let somebody sign up and in, with a token that outlasts history."""
    made = town.world.anybody.post(
        "/sign_ups",
        {
            "email": login.email,
            "password": login.password,
            "handle": handle,
            "display_name": login.name,
            "language": language,
            "country": country,
            "born_on": born_on,
        },
        SignedUp,
    )
    town.logins[handle] = login
    town.people[handle] = Person(made.profile_id, town.world.sign_in(login.email, login.password))
