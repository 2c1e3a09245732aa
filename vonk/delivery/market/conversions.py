"""A market in which advertisers want conversions, run through the ad server's own decision on a clock that is moved.

Each campaign names what a conversion may cost. How likely its ad is clicked and how likely a click converts is its own,
and leans with each viewer; conversions come hours after the click. The rest of the market is a price drawn for each slot.
Ours bids for conversions and learns from what came; the others show what that is worth.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec
import numpy as np

from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.delivery import snapshot
from vonk.delivery.decide import Decision, decide
from vonk.delivery.limits.counters import Counters
from vonk.delivery.limits.traffic import Kept
from vonk.delivery.market.live import START_MS
from vonk.delivery.market.world import Floats, usual_week
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Viewer
from vonk.delivery.prediction.conversions import Counted, reckon
from vonk.delivery.prediction.delay import Delays
from vonk.delivery.snapshot import (
    Billing,
    Budget,
    BudgetMode,
    DocumentKind,
    Goal,
    Pacing,
    Publication,
    Strategy,
    Targeting,
)
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind

CAMPAIGNS: Final = 12
DAYS: Final = 4
COUNTED_FROM_DAY: Final = 1  # What happens on the first day is how everybody learns.
RECKONED_MINUTES: Final = 30
DELAY_HOURS: Final = 9.0  # Of the mean conversion, after its click.
WINDOW_MS: Final = 2 * DAY_MS
UNIT: Final = 1_000_000
USUAL_ECPM: Final = 8 * UNIT  # The middle slot's price for a thousand impressions.
PRICE_SPREAD: Final = 0.8  # Of its logarithm, as the two below: of clicks and of conversions by viewer.
CLICK_SPREAD: Final = 0.5
CONVERT_SPREAD: Final = 0.5
MODEL_ERROR: Final = 0.3
BELIEVED: Final = CLICK_SPREAD**2 / (CLICK_SPREAD**2 + MODEL_ERROR**2)  # Of what it sees: then it means what it says.
USUAL_CLICK: Final = 0.05
USUAL_CONVERT: Final = 0.2  # What others' ad groups came to before,
HISTORY_CLICKS: Final = 2_000.0  # in so many clicks.
HISTORY_SHOWINGS: Final = 1_000  # Of each ad, before the market begins: how often it is clicked is known.
MINUTES: Final = 1_440


class Way(StrEnum):
    """How the advertisers bid."""

    OURS = "conversions, cost cap, with a model"
    COUNTS = "conversions, cost cap, by counts alone"
    BID_CAP = "conversions, bid cap, with a model"
    CLICKS = "clicks, at the cap times the usual rate"


class Outcome(msgspec.Struct, frozen=True):
    """What came of a way, from the second day on. Costs are shares of each campaign's cap, by the true chances."""

    way: str
    conversions: float  # Expected of the impressions that were bought.
    spend_micros: int
    cost: float  # Of all campaigns together: what was paid, over what their caps would have allowed for it.
    cost_worst: float  # Of the dearest campaign.
    above: int  # Campaigns that paid more than their cap on average, by more than a fiftieth.
    delivered: float  # Of the budgets that bind.
    tracking: float  # Of these: mean distance of what was spent from what was planned, minute by minute.
    overspent_micros: int


class _World(NamedTuple):
    seed: int
    requests: Floats  # By minute.
    click: Floats  # By campaign,
    convert: Floats  # likewise, of clicks.
    caps: list[int]
    budgets: list[int]


class _Model:
    """Knows the level from what was counted, each viewer's lean to click with an error, and to convert."""

    version = "market"
    lift_max = 4.0

    def __init__(self, click: Floats, *, converts: bool) -> None:
        self._converts = converts
        self.leans: tuple[Floats, Floats] = np.ones(0), np.ones(0)
        self.clicks = HISTORY_SHOWINGS * click  # By campaign, and
        self.shown = np.full(CAMPAIGNS, float(HISTORY_SHOWINGS))  # showings, by how much their viewers lean to click.
        self.converted = np.full(CAMPAIGNS, USUAL_CONVERT)

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:  # noqa: ARG002 - the port's arguments
        """Return the chance of what each ad bids for."""
        chance = self.clicks / self.shown * self.leans[0]
        if self._converts:
            chance *= self.converted * self.leans[1]
        return [float(chance[row.ad.account_id - 1]) for row in rows]


def run(
    *, seed: int, requests: int, counters: Callable[[], Counters], ways: Sequence[Way] = tuple(Way)
) -> list[Outcome]:
    """Return what comes of each way in the same market of about so many slots a day; ``counters`` makes empty ones."""
    world = _make(seed, requests)
    return [_run(world, way, counters()) for way in ways]


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes for people."""
    lines = [
        f"{'way':42}{'conversions':>12}{'cost/cap':>10}{'worst':>8}{'above':>7}{'delivered':>11}{'tracking':>10}{'over':>6}"
    ]
    lines += [
        f"{of.way:42}{of.conversions:>12.0f}{of.cost:>10.3f}{of.cost_worst:>8.3f}{of.above:>7}{of.delivered:>11.1%}"
        f"{of.tracking:>10.2%}{of.overspent_micros:>6}"
        for of in outcomes
    ]
    return "\n".join(lines)


def _make(seed: int, requests: int) -> _World:
    chance = np.random.default_rng(seed)
    hours = usual_week()[: 24 * DAYS].reshape(DAYS, 24)
    minutes = np.repeat(hours / hours.sum(axis=1, keepdims=True) * requests / 60, 60, axis=1).ravel()
    click = USUAL_CLICK * np.exp(chance.normal(0, 0.3, CAMPAIGNS))
    convert = np.clip(USUAL_CONVERT * np.exp(chance.normal(0, 0.5, CAMPAIGNS)), 0.02, 0.8)
    worth = USUAL_ECPM * np.exp(chance.normal(0.0, 0.25, CAMPAIGNS))  # Of a thousand impressions, to each.
    caps = [int(each) for each in worth / (1000 * click * convert)]
    share = np.where(np.arange(CAMPAIGNS) % 2, 0.004, 10.0)  # Half of the budgets bind.
    budgets = [int(each * requests * USUAL_ECPM / 1000) for each in share]
    return _World(seed, chance.poisson(minutes).astype(np.float64), click, convert, caps, budgets)


class _Run:
    """One way in the market."""

    def __init__(self, world: _World, way: Way, counters: Counters) -> None:
        self.world, self.way, self.counters = world, way, counters
        self.index = Index(counters)
        self.index.traffic.load(Kept((usual_week() * 1e9).tolist(), [1_000_000] * 168))
        self.index.usual.ecpm_micros = USUAL_ECPM
        self.index.load(_documents(world, way))
        for row in self.index.rows.values():
            row.tally.impressions = HISTORY_SHOWINGS
            row.tally.clicks = round(HISTORY_SHOWINGS * float(world.click[row.ad.account_id - 1]))
        for ad_id in list(self.index.rows):
            self.index.repredict(ad_id)
        self.spent = np.zeros((len(world.requests), CAMPAIGNS), np.int64)
        self.expected = np.zeros((len(world.requests), CAMPAIGNS))
        self.model: _Model | None = None
        if way is not Way.COUNTS:
            self.model = _Model(world.click, converts=way is not Way.CLICKS)
        self.clicks: list[list[tuple[int, float]]] = [[] for _ in range(CAMPAIGNS)]  # When, and how they lean.
        self.come: list[list[tuple[int, int]]] = [[] for _ in range(CAMPAIGNS)]  # Click and conversion.

    def show(self, row: Row, decision: Decision, minute: int, chances: tuple[float, float], dice: Floats) -> None:
        """Let the ad be shown: what it bills, whether it is clicked, and when that will convert."""
        now_ms = START_MS + minute * MINUTE_MS
        place = row.ad.account_id - 1
        click, convert = chances
        clicked = dice[0] < click
        bills_click = row.terms.billing is Billing.CPC
        paid = 0 if bills_click else decision.price_micros
        self._count(row, Kind.IMPRESSION, paid, now_ms)
        if clicked:
            paid_click = (
                decision.price_micros if bills_click and self._may_pay(row, decision.price_micros, now_ms) else 0
            )
            self._count(row, Kind.CLICK_DESTINATION, paid_click, now_ms)
            paid += paid_click
            self.clicks[place].append((now_ms, convert / float(self.world.convert[place])))
            if dice[1] < convert:
                delay = int(-np.log(max(dice[2], 1e-12)) * DELAY_HOURS * 60 * MINUTE_MS)
                self.come[place].append((now_ms, now_ms + delay))
            self.index.repredict(row.ad.id)
        if self.model is not None:
            self.model.shown[place] += self.model.leans[0][place]
            self.model.clicks[place] += clicked
        self.spent[minute, place] += paid
        self.expected[minute, place] += click * convert

    def reckon(self, now_ms: int) -> None:
        """Publish how often conversions follow, by what has come."""
        over = [
            came - clicked
            for of_one in self.come
            for clicked, came in of_one
            if came <= now_ms and clicked <= now_ms - WINDOW_MS
        ]
        delays = Delays(over, WINDOW_MS)
        counted = {}
        for place in range(CAMPAIGNS):
            ripe = sum(delays.share_come(now_ms - clicked) for clicked, _ in self.clicks[place])
            after = float(sum(came <= now_ms for _, came in self.come[place]))
            if self.model is not None:  # A model knows who clicked; its labels say nothing of others.
                lean = sum(lean * delays.share_come(now_ms - clicked) for clicked, lean in self.clicks[place])
                self.model.converted[place] = (after + 2) / (lean + 2 / USUAL_CONVERT)
            counted[place + 1] = Counted(ripe, after, 0.0, 0.0, ripe, after)
        usual = USUAL_CONVERT * HISTORY_CLICKS
        counted[0] = Counted(HISTORY_CLICKS, usual, 0.0, 0.0, HISTORY_CLICKS, usual)
        for group, document in reckon(counted, dict.fromkeys(counted, "purchase")).items():
            self.index.apply(Publication(self.index.sequence + 1, DocumentKind.RESULTS, group, document))

    def _may_pay(self, row: Row, micros: int, now_ms: int) -> bool:
        start_ms, end_ms = row.campaign.day(now_ms)
        return row.group.spend.billed_between(start_ms, end_ms) + micros <= row.terms.budget.micros

    def _count(self, row: Row, kind: Kind, micros: int, now_ms: int) -> None:
        ad = row.ad
        claims = Claims(
            now_ms, ad.id, ad.ad_group_id, ad.campaign_id, ad.account_id, 0, ad.post_id, 0, "", row.bills, micros,
            "EUR", now_ms, "",
        )  # fmt: skip
        self.counters.count(Entry(EventRecord("", kind, now_ms, now_ms, micros, 0, claims), first=True))


def _run(world: _World, way: Way, counters: Counters) -> Outcome:
    market = _Run(world, way, counters)
    index = market.index
    chance = np.random.default_rng(world.seed + 1)  # The same slots for every way.
    model = market.model
    viewer = Viewer("viewer", "NL", "en", "25_34", "", "android", ())
    matched = index.match(viewer)
    request = 0
    for minute, wanted in enumerate(world.requests):
        now_ms = START_MS + minute * MINUTE_MS
        index.wake(now_ms)
        if minute % RECKONED_MINUTES == 0 and way is not Way.CLICKS:
            market.reckon(now_ms)
            for ad_id in list(index.rows):
                index.repredict(ad_id)
        for _ in range(int(wanted)):
            request += 1
            leans = [np.exp(chance.normal(-(of**2) / 2, of, CAMPAIGNS)) for of in (CLICK_SPREAD, CONVERT_SPREAD)]
            seen = np.log(leans[0]) + CLICK_SPREAD**2 / 2 + chance.normal(0, MODEL_ERROR, CAMPAIGNS)
            price, dice = USUAL_ECPM * np.exp(chance.normal(0, PRICE_SPREAD)), chance.random(3)
            if model is not None:
                model.leans = np.exp(BELIEVED * seen - BELIEVED * CLICK_SPREAD**2 / 2), leans[1]
            decision = decide(
                viewer, index, counters, matched=matched, reserve=int(price), shown_campaigns=(), now_ms=now_ms,
                seed=request, predictor=model,
            )  # fmt: skip
            if decision.row is not None:
                place = decision.row.ad.account_id - 1
                chances = (
                    min(float(world.click[place] * leans[0][place]), 1.0),
                    min(float(world.convert[place] * leans[1][place]), 1.0),
                )
                market.show(decision.row, decision, minute, chances, dice)
    return _judge(market)


def _documents(world: _World, way: Way) -> list[Publication]:
    documents: list[tuple[DocumentKind, int, snapshot.Document]] = []
    for place in range(CAMPAIGNS):
        own = place + 1
        clicks = way is Way.CLICKS
        terms = snapshot.AdGroupDocument(
            own,
            own,
            Billing.CPC if clicks else Billing.OCPM,
            int(world.caps[place] * USUAL_CONVERT) if clicks else world.caps[place],
            Budget(BudgetMode.DAILY, world.budgets[place]),
            Pacing.SMOOTH,
            START_MS,
            START_MS + DAYS * DAY_MS,
            Targeting(),
            None,
            strategy=Strategy.BID_CAP if way in {Way.CLICKS, Way.BID_CAP} else Strategy.COST_CAP,
            goal=Goal.CONVERSION,
        )
        documents += [
            (DocumentKind.CAMPAIGN, own, snapshot.CampaignDocument(own, own, "EUR", "UTC", "conversions", Budget())),
            (DocumentKind.AD_GROUP, own, terms),
            (
                DocumentKind.POST,
                own,
                snapshot.PostDocument(own, own, "", "", "", "", 0, "", "", "", 0, 0, 0, may_duet=True, may_stitch=True),
            ),
            (DocumentKind.FUNDS, own, snapshot.FundsDocument(own, "EUR", 10**15, 0)),
            (DocumentKind.AD, own, snapshot.AdDocument(own, own, own, own, 0, own, "", "", "", "")),
        ]
    return [
        Publication(number, kind, object_id, document)
        for number, (kind, object_id, document) in enumerate(documents, start=1)
    ]


def _judge(market: _Run) -> Outcome:
    world = market.world
    since = COUNTED_FROM_DAY * MINUTES
    spent, expected = market.spent[since:].sum(axis=0), market.expected[since:].sum(axis=0)
    allowed = expected * np.array(world.caps)
    bought = allowed > 0
    cost = spent[bought] / allowed[bought]
    limits = np.array(world.budgets)
    binding = np.arange(CAMPAIGNS) % 2 == 1
    days = market.spent.reshape(DAYS, MINUTES, CAMPAIGNS)[COUNTED_FROM_DAY:, :, binding]
    share = np.cumsum(days, axis=1) / limits[binding]
    hours = usual_week()[: 24 * DAYS].reshape(DAYS, 24)[COUNTED_FROM_DAY:]
    plan = np.cumsum(np.repeat(hours / hours.sum(axis=1, keepdims=True) / 60, 60, axis=1), axis=1)[:, :, None]
    by_day = market.spent.reshape(DAYS, MINUTES, CAMPAIGNS).sum(axis=1)
    return Outcome(
        way=market.way.value,
        conversions=float(expected.sum()),
        spend_micros=int(spent.sum()),
        cost=float(spent.sum() / allowed.sum()),
        cost_worst=float(cost.max(initial=0.0)),
        above=int((cost > 1.02).sum()),
        delivered=float(share[:, -1, :].mean()),
        tracking=float(np.abs(share - plan).mean()),
        overspent_micros=int(np.maximum(by_day - limits, 0).sum()),
    )
