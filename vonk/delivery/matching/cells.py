"""The joined objects of the index. One cell stands for one published object and is shared by every ad that needs it.

So a withdrawn grant, post, campaign or balance is one assignment, however many ads it stops.
"""

from datetime import datetime, time, timedelta
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import structlog

from vonk.core.clock import DAY_MS, MINUTE_MS, from_ms, to_ms
from vonk.delivery import prediction
from vonk.delivery.limits import dayparting, pacing
from vonk.delivery.limits.counters import Level, Spend, Tally
from vonk.delivery.limits.traffic import Traffic
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.pricing import costs
from vonk.delivery.pricing.clearing import Usual
from vonk.delivery.pricing.esteem import Esteem
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    Billing,
    CampaignDocument,
    Document,
    FundsDocument,
    GrantDocument,
    PostDocument,
    Priority,
    ResultsDocument,
    Strategy,
)
from vonk.events.records import Kind

BILLED_KIND: Final[dict[Billing, Kind]] = {
    Billing.CPM: Kind.IMPRESSION,
    Billing.CPC: Kind.CLICK_DESTINATION,
    Billing.CPV: Kind.VIEW_6S,
    Billing.OCPM: Kind.IMPRESSION,
}
OCPM_LIFT_MAX: Final = (
    4.0  # What an impression that is bid for by its result may be worth to one viewer, times the usual.
)
STANDING: Final[dict[Priority, int]] = {  # Added to an ad's worth: any of a class outranks all of those below it.
    Priority.AUCTION: 0,
    Priority.RESERVED: 1 << 64,
    Priority.TOP_VIEW: 1 << 65,
}
_OPENING_STEP_MS: Final = 900_000  # Half hours of every zone in use begin at a quarter of an hour of UTC.
_NOTHING_TOLD: Final = msgspec.Raw()
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
SomeDocument = TypeVar("SomeDocument", bound=Document)


class Cell(Generic[SomeDocument]):
    """A published object: its document, None while withdrawn; the last it had; the ads that wait for it to change."""

    __slots__ = ("document", "known", "parked")

    def __init__(self) -> None:
        self.document: SomeDocument | None = None
        self.known: SomeDocument | None = None  # The last document: what is billed later is judged by it.
        self.parked: set[Row] = set()

    def set(self, document: SomeDocument | None) -> None:
        """Publish or withdraw."""
        self.document = document
        if document is not None:
            self.known = document


class CampaignCell(Cell[CampaignDocument]):
    """A campaign, what it has spent, and the account's present day."""

    __slots__ = ("day_before", "day_end_ms", "day_start_ms", "groups", "half_hour_at", "pace", "spend", "traffic")

    def __init__(self, spend: Spend, traffic: Traffic | None = None) -> None:
        super().__init__()
        self.spend = spend
        self.traffic = traffic or Traffic()  # The platform's, by which budgets are planned.
        self.pace = pacing.Pace()
        self.day_before = (0, 0)  # A day's start, and what was billed on the day before it (budgets.allowed).
        self.groups: set[GroupCell] = set()
        self.day_start_ms = 0
        self.day_end_ms = 0
        self.half_hour_at = (-1, 0)  # A minute, and the half hour of the week that it is in.

    def set(self, document: CampaignDocument | None) -> None:
        super().set(document)
        self.day_start_ms = self.day_end_ms = 0
        self.half_hour_at = (-1, 0)

    def day(self, at_ms: int) -> tuple[int, int]:
        """Return start and end of the account's local day that holds the instant."""
        if not self.day_start_ms <= at_ms < self.day_end_ms:
            self.find_day(at_ms)
        return self.day_start_ms, self.day_end_ms

    def find_day(self, at_ms: int) -> None:
        """Set start and end of the account's local day to the one that holds the instant."""
        assert self.known is not None, "Only a campaign that was once published has ads."
        self.day_start_ms, self.day_end_ms = local_day(self.known.time_zone, at_ms)

    def half_hour(self, at_ms: int) -> int:
        """Return which half hour of the week the instant is in, by the account's clock."""
        minute = at_ms // MINUTE_MS
        if self.half_hour_at[0] != minute:
            assert self.known is not None, "Only a campaign that was once published has ads."
            local = from_ms(at_ms).astimezone(zone_of(self.known.time_zone))
            self.half_hour_at = minute, dayparting.half_hour(local)
        return self.half_hour_at[1]

    def opening_ms(self, hours: int, after_ms: int) -> int:
        """Return when the next of these half hours begins, or an instant before it, at most a day ahead."""
        assert self.known is not None, "Only a campaign that was once published has ads."
        zone = zone_of(self.known.time_zone)
        at_ms = after_ms - after_ms % _OPENING_STEP_MS
        for _ in range(DAY_MS // _OPENING_STEP_MS):
            at_ms += _OPENING_STEP_MS
            if dayparting.holds(hours, dayparting.half_hour(from_ms(at_ms).astimezone(zone))):
                break
        return at_ms

    def offset_ms(self, at_ms: int) -> int:
        """Return how far the account's clock is ahead of UTC at the instant."""
        assert self.known is not None, "Only a campaign that was once published has ads."
        offset = from_ms(at_ms).astimezone(zone_of(self.known.time_zone)).utcoffset()
        return 0 if offset is None else int(offset.total_seconds() * 1000)

    def hours(self) -> int:
        """Return the half hours of the week in which any of its ad groups is shown, 0 for all."""
        found = 0
        for group in self.groups:
            if group.document is not None:
                hours = dayparting.bits(group.document.targeting.dayparting)
                if not hours:
                    return 0
                found |= hours
        return found

    def flight(self) -> tuple[int, int] | None:
        """Return from when until when its ad groups run, None when one has no end."""
        documents = [group.document for group in self.groups if group.document is not None]
        ends = [document.ends_ms for document in documents]
        if not documents or None in ends:
            return None
        return min(document.starts_ms for document in documents), max(end for end in ends if end is not None)


class Turns(msgspec.Struct):
    """How likely each ad of an ad group is its best, worked out when it had been shown less than ``shown_max`` times."""

    shares: dict[int, float]
    rows: "list[tuple[Row, float]]"  # Those that may be it, with their share.
    edition: int  # Of the index, when these were its rows.
    shown_max: int
    left: int  # Turns until its showings are counted again.


class GroupCell(Cell[AdGroupDocument]):
    """An ad group, what it has spent, and its ads."""

    __slots__ = ("ads", "after", "campaign", "cost", "day_before", "pace", "spend", "tallies", "turns", "usual")

    def __init__(self, spend: Spend, usual: Usual | None = None) -> None:
        super().__init__()
        self.turns: Turns | None = None  # How its ads take turns (auction.rotation).
        self.spend = spend
        self.pace = pacing.Pace()
        self.cost = costs.Cost()
        self.usual = usual or Usual()  # What slots cost on this platform.
        self.after: ResultsDocument = prediction.UNKNOWN  # How often its clicks and showings lead to conversions.
        self.tallies: dict[
            int, Tally
        ] = {}  # By ad, also of ads that are gone: what its results cost is counted in them.
        self.day_before = (0, 0)  # As a campaign's.
        self.campaign: CampaignCell | None = None
        self.ads: dict[int, AdDocument] = {}


class GrantCell(Cell[GrantDocument]):
    """A creator's consent and what was spent under it.

    ``post`` is the cell of the post it is for, None while it was never published; ``requires`` are the consents of the
    authors whose posts that one answers or mentions. ``cap_kept`` is the limit that a former life of this process knew.
    """

    __slots__ = ("awaited_ms", "cap_kept", "post", "requires", "rows", "spend")

    def __init__(self, spend: Spend) -> None:
        super().__init__()
        self.spend = spend
        self.cap_kept: int | None = None
        self.post: PostCell | None = None
        self.requires: tuple[GrantCell, ...] = ()
        self.rows: set[Row] = set()  # Its ads.
        self.awaited_ms: int | None = None  # The end for which the index waits; it may have been moved on since.

    def cap_micros(self) -> int | None:
        """Return the most that may ever be spent under it, by the last limits known: its own and its originals'."""
        if not self.requires:
            return self._own_cap_micros()
        caps = [cell._own_cap_micros() for cell in (self, *self.requires)]  # noqa: SLF001 - of its own kind
        return min((cap for cap in caps if cap is not None), default=None)

    def _own_cap_micros(self) -> int | None:
        return self.known.spend_cap_micros if self.known is not None else self.cap_kept


class FundsCell(Cell[FundsDocument]):
    """An account's balance and what was spent since it was struck."""

    __slots__ = ("spend",)

    def __init__(self, spend: Spend) -> None:
        super().__init__()
        self.spend = spend

    def available(self) -> int:
        """Return the last known balance less every charge since, in micros; promises not taken off."""
        if self.known is None:
            return 0
        return self.known.balance_micros - self.spend.unsettled


PostCell = Cell[PostDocument]
AnyCell = CampaignCell | GroupCell | GrantCell | FundsCell | PostCell


class Edition:
    """Counts publications: what was worked out from documents holds as long as its number stays."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0


class Row:
    """One servable ad, joined, with what can be worked out before anybody asks.

    What decisions work out again and again is kept: the bid (``bid_...``, see ``bidding.settle_bid``), and until when and
    until how much money nothing but caps can refuse the ad (``fit_...``, see ``eligibility.refuse``).
    """

    __slots__ = (
        "ad",
        "aim",
        "answer",
        "answer_for",
        "bid",
        "bid_edition",
        "bid_from_ms",
        "bid_micros",
        "bid_until_ms",
        "bills",
        "bonus",
        "bound",
        "campaign",
        "caps",
        "cost_micros_max",
        "edition",
        "esteem",
        "fit_committed",
        "fit_edition",
        "fit_from_ms",
        "fit_until_ms",
        "funds",
        "grant",
        "group",
        "hours",
        "narrowed",
        "parked",
        "parked_in",
        "place",
        "post",
        "rate",
        "revenue",
        "standing",
        "tally",
        "terms",
        "told",
        "told_worth",
        "viewers_esteem",
        "worth",
    )

    def __init__(
        self,
        ad: AdDocument,
        terms: AdGroupDocument,
        *,
        group: GroupCell,
        campaign: CampaignCell,
        grant: GrantCell | None,
        post: PostCell,
        funds: FundsCell,
        tally: Tally,
        esteem: Esteem | None = None,
        edition: Edition | None = None,
    ) -> None:
        self.ad = ad
        self.terms = terms  # The ad group's document under which the row stands in the index.
        self.group = group
        self.campaign = campaign
        self.grant = grant
        self.post = post
        self.funds = funds
        self.tally = tally
        self.place = -1  # Bit in the index's bitmaps.
        self.parked: Refusal | None = None
        self.parked_in: AnyCell | None = None  # Whose next publication brings it back.
        capped = terms.strategy is Strategy.COST_CAP
        self.bid_micros = int(terms.bid_micros * costs.SWING_MAX) if capped else terms.bid_micros  # The most for one.
        self.bills = BILLED_KIND[terms.billing]
        self.aim = terms.aim  # What the bid is for, None for the impression itself.
        cpm = terms.billing is Billing.CPM
        self.cost_micros_max = self.bid_micros // 1000 if cpm else self.bid_micros  # What one event can cost.
        self.standing = STANDING[terms.priority] if cpm else 0
        self.viewers_esteem = esteem
        self.hours = dayparting.bits(terms.targeting.dayparting)
        self.narrowed = bool(
            self.hours or terms.targeting.unmet or terms.targeting.limits.audiences_out
        )  # Beyond what the bitmaps know.
        self.answer = b""  # The ad's part of an answer, made once per post document.
        self.answer_for: PostDocument | None = None
        self.rate = 1.0
        self.revenue = 0  # Expected of a thousand impressions before pacing, micros; as all below.
        self.esteem = 0  # What the platform adds for pleasing its viewers, or takes off.
        self.worth = 0  # Both, and what the ad's class stands for: by this ads are ranked.
        self.bound = 0  # The most it can be worth while it keeps its place in the index.
        self.edition = edition or Edition()
        self.bid = 0
        self.bid_edition = -1
        self.bid_from_ms = self.bid_until_ms = 0
        self.caps: tuple[tuple[Level, int, int, int], ...] = ()  # While it is fit: see ``frequency.asked``.
        self.fit_edition = -1
        self.fit_from_ms = self.fit_until_ms = self.fit_committed = 0
        self.told = _NOTHING_TOLD  # What records say of a bid of the worth ``told_worth`` (trace.written).
        self.predict()
        self.settle_bound()

    def predict(self) -> None:
        """Work out rate and worth anew from the ad's results."""
        self.rate = prediction.probability(self.aim, self.tally, self.group.after)
        self.revenue = prediction.worth(self.terms.billing, self.bid_micros, self.rate)
        self.esteem = self.viewers_esteem.micros(self.tally) if self.viewers_esteem is not None else 0
        self.worth = max(self.revenue + self.esteem, 0) + self.standing
        self.bonus = prediction.bonus(self.aim, self.tally)  # By which it is preferred in ranking, being hardly known.
        self.bid_until_ms = 0
        self.told_worth = -1  # What is kept of a bid was made of other results.
        if self.terms.billing is Billing.OCPM:
            self._settle_cost()

    def settle_bound(self) -> None:
        """Set the bound above the present worth, with headroom."""
        highest = prediction.worth(self.terms.billing, self.bid_micros, prediction.highest(self.rate))
        self.bound = max(highest + self.esteem, 0) + self.standing

    def _settle_cost(self) -> None:
        """Set the most that an impression can cost which is bid for by its result: no more than that is ever worth."""
        most = int(self.bid_micros * min(self.rate * OCPM_LIFT_MAX, 1.0)) + 1
        if most > self.cost_micros_max:
            self.fit_until_ms = 0  # There was room for so much less.
        self.cost_micros_max = most


def zone_of(time_zone: str) -> ZoneInfo:
    """Return the zone of this name, UTC for an unknown one."""
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # No such zone, or not even a name.
        _log.error("time_zone.unknown", time_zone=time_zone)
        return ZoneInfo("UTC")


def local_day(time_zone: str, at_ms: int) -> tuple[int, int]:
    """Return start and end in milliseconds of the local day that holds the instant; UTC's for an unknown zone."""
    zone = zone_of(time_zone)
    today = from_ms(at_ms).astimezone(zone).date()
    start = datetime.combine(today, time.min, zone)
    end = datetime.combine(today + timedelta(days=1), time.min, zone)
    return to_ms(start), to_ms(end)
