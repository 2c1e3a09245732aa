"""The memory between decisions, as a port: money spent and promised, results, and what each viewer has seen.

All of it follows from the event log: an engine that has lost its memory is given the log again.
"""

from enum import IntEnum
from typing import Final, Protocol

import msgspec

from vonk.delivery.snapshot import FrequencyCap
from vonk.events.ingest import Entry
from vonk.events.log import Position
from vonk.events.records import Claims


class Purse(IntEnum):
    """Whose money is counted. One charge counts in each of the four."""

    CAMPAIGN = 0
    AD_GROUP = 1
    GRANT = 2
    ACCOUNT = 3


class Level(IntEnum):
    """What a viewer may see so often and no more. One showing counts at each of the four."""

    AD = 0
    AD_GROUP = 1
    CAMPAIGN = 2
    ADVERTISER = 3  # An account; its caps are the platform's, the same for all.


SEEN_UNKNOWN: Final = 1 << 31  # More than any cap allows: nothing is shown while nobody knows.


class Spend(Protocol):
    """What one purse has paid and promised, in micros of the account's currency."""

    billed: int  # Ever.
    reserved: int  # Expected cost of decisions whose event has not come yet.
    unsettled: int  # Billed since the balance was struck (kept for accounts only).

    def billed_between(self, start_ms: int, end_ms: int) -> int:
        """Return what was billed for events received from ``start_ms`` until before ``end_ms``.

        Exact where both are whole quarters of an hour, as every time zone's midnights are, within the last two days.
        """
        ...


class Tally(Protocol):
    """One ad's results so far."""

    impressions: int
    clicks: int  # Showings with at least one destination click.
    views: int  # Showings with a 6-second view.
    likes: int  # Showings that were liked, hidden, reported.
    hides: int
    reports: int


class Promise(msgspec.Struct, gc=False):
    """What a decision holds until its event comes or its time is over."""

    decision_id: int
    expires_ms: int
    micros: int
    viewer_id: str
    campaign_id: int
    ad_group_id: int
    grant_id: int
    account_id: int
    shown: bool = False  # The impression has come: it counts itself, the promise of it no more.
    ad_id: int = 0  # 0 in what was kept before there were caps of ads.


class Limit(msgspec.Struct, frozen=True):
    """What a purse may pay in a period: a day of the account's from ``start_ms`` to before ``end_ms``, or 0 and 0: ever."""

    purse: Purse
    object_id: int
    micros: int
    start_ms: int = 0
    end_ms: int = 0


class Leases(Protocol):
    """Shares of limits that one of several ad servers may promise without asking the others each time."""

    def allow(self, limit: Limit, cost_micros: int) -> bool:
        """Tell whether so much more may be promised of this purse by this server now; if not, more is asked for."""
        ...


class Counters(Protocol):
    """Counts at once, without waiting; used by one thread."""

    @property
    def committed(self) -> int:
        """Return a number that grows by at least as much as what any one purse has billed and promised; never falls."""
        ...

    @property
    def leases(self) -> Leases | None:
        """Return what has to be asked before money is promised; None where this is the only ad server."""
        ...

    def spend(self, purse: Purse, object_id: int) -> Spend:
        """Return the live count of one purse; the same object every time."""
        ...

    def tally(self, ad_id: int) -> Tally:
        """Return the live results of one ad; the same object every time."""
        ...

    @property
    def advertiser_caps(self) -> tuple[FrequencyCap, ...]:
        """Return the platform's caps on what one viewer sees of one advertiser."""
        ...

    def seen(self, viewer_id: str, level: Level, object_id: int, since_ms: int) -> int:
        """Return the viewer's impressions of the object after ``since_ms``, with those promised.

        At most the highest cap is told exactly. SEEN_UNKNOWN while nobody can say what other ad servers show.
        """
        ...

    def cap(self, level: Level, object_id: int, caps: tuple[FrequencyCap, ...]) -> None:
        """Keep what viewers see of this object for as long as its caps look back; none when it has no cap (any more).

        Of the level ADVERTISER object 0 stands for every account.
        """
        ...

    def caps_known(self) -> None:
        """Tell that everything with a cap has been named; until then impressions of all are kept."""
        ...

    def promise(self, promise: Promise) -> bool:
        """Hold what a decision may cost and show; a second time changes nothing.

        False: another ad server has shown or promised this viewer so much meanwhile that a cap would be passed, or
        nobody can say. Then nothing is held, and ``seen`` tells it from now on: decide again.
        """
        ...

    def learn_promise(self, promise: Promise) -> None:
        """Hold what a decision of another server, or of a former life, may cost; a second time changes nothing."""
        ...

    def release_expired(self, now_ms: int) -> int:
        """Let go of promises whose time is over, return how many."""
        ...

    def sweep(self, now_ms: int) -> None:
        """Let go of impressions that no window holds any more."""
        ...

    @property
    def promises(self) -> int:
        """How many are held."""
        ...

    def count(self, entry: Entry) -> None:
        """Add one event: its charge, its result, its impression; release what it fulfils."""
        ...

    def learn(self, entry: Entry) -> None:
        """Add an event that the log holds already: at recovery, or because another ad server took it."""
        ...

    def take_back(self, entry: Entry) -> None:
        """Undo the addition of an event that could not be made durable."""
        ...

    def place(self, account_id: int, micros: int, position: Position) -> None:
        """Learn where in the log a charge stands."""
        ...

    def settle(self, account_id: int, position: int) -> None:
        """Learn that the account's balance now includes every charge up to the position."""
        ...

    def dump(self) -> bytes:
        """Return everything counted, for a checkpoint."""
        ...

    def load(self, body: bytes) -> None:
        """Take over a checkpoint; ValueError when it is not one, and then nothing has changed."""
        ...

    def close(self) -> None:
        """Release the engine's resources."""
        ...


def objects_of(of: Claims | Promise) -> tuple[tuple[Level, int], ...]:
    """Return at what a showing counts. What was kept before there were caps of ads names no ad."""
    objects = (
        (Level.AD_GROUP, of.ad_group_id),
        (Level.CAMPAIGN, of.campaign_id),
        (Level.ADVERTISER, of.account_id),
    )
    return (*objects, (Level.AD, of.ad_id)) if of.ad_id else objects
