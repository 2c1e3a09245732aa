"""What an ad server knows between requests: all in memory, rebuilt from publications, a checkpoint and the log.

Nothing here waits, starts a thread or writes a file: when that happens is the runtime's.
"""

import random
import time
from collections.abc import Sequence

from vonk.core import ids
from vonk.core.clock import Clock
from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.book import Book
from vonk.delivery.explaining.explain import Recent
from vonk.delivery.explaining.handover import Handover
from vonk.delivery.explaining.sampling import Sample
from vonk.delivery.limits.counters import Counters, Level, Promise
from vonk.delivery.limits.pacing import PaceKept
from vonk.delivery.matching.index import Index
from vonk.delivery.pricing.clearing import Clearing
from vonk.delivery.server.checkpoint import BiddingKept, Checkpoint
from vonk.delivery.server.lists import Lists
from vonk.delivery.server.measures import Measures
from vonk.delivery.server.options import Options
from vonk.events import records as codec
from vonk.events.conversions.judging import Conversions
from vonk.events.conversions.tester import Tester
from vonk.events.dedupe import Seen
from vonk.events.ingest import Ingest
from vonk.events.log import Position
from vonk.events.records import ConversionRecord, DecisionRecord, EventRecord, Offered, Record
from vonk.events.rules import tuning_of
from vonk.events.tokens import Signer


class PlatformClock:
    """A clock moved by the sandbox's published offset."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self.offset_ms = 0

    def now_ms(self) -> int:
        """Return the platform's present instant in milliseconds."""
        return self._base.now_ms() + self.offset_ms


class Memory:
    """What is published, counted and learnt. Used by one thread."""

    def __init__(self, *, signer: Signer, counters: Counters, clock: Clock, options: Options) -> None:
        self.signer = signer
        self.counters = counters
        self.clock = PlatformClock(clock)
        self.options = options
        counters.cap(Level.ADVERTISER, 0, options.advertiser_caps)
        self.index = Index(counters)
        self.clearing = Clearing()
        self.seen = Seen()
        self.lists = Lists(options.lists_dir)
        self.ingest = Ingest(signer, self.seen, Book(self.index, counters), self.lists)
        self.conversions = Conversions(signer, self.index.pixels)
        self.tester = Tester(signer, self.index.pixels)
        self.recent = Recent()
        self.sample = Sample()
        self.handover = Handover(self.index.minutes, self.index.rows, str(ids.new_id()))
        self.measures = Measures()
        self.chance = random.Random()
        self.predictor: Predictor | None = None  # What is known of single viewers; None: what is known of all.
        self._passed = 0, time.monotonic()  # An instant that has passed, and when it was known to have.

    def catch_up(self, now_ms: int) -> None:
        """Let go of promises whose time is over and bring back ads whose time has come."""
        self.counters.release_expired(now_ms)
        self.index.wake(now_ms)

    def reserve(self, surface: str, now_ms: int) -> int:
        """Return the surface's least price: what is set, or a share of what it usually costs where that is more."""
        least = self.options.reserve(surface)
        share = self.options.reserve_share
        return max(least, int(share * self.clearing.median(surface, now_ms))) if share else least

    def weigh_esteem(self, now_ms: int) -> None:
        """Let what viewers think of ads weigh a share of what an impression usually costs. Ads take it up as results come."""
        share = self.options.user_value_share
        # What a cost cap assumes as long as it knows little.
        self.index.usual.ecpm_micros = self.clearing.usual(now_ms)
        self.index.esteem.weight_micros = int(share * self.clearing.usual(now_ms)) if share else 0

    def forget_expired(self) -> None:
        """Let go of what can come no second time.

        Of showings by an instant that has surely passed: the log's last when this process started, and the time since. A
        clock that leaps ahead for a moment would have them all forgotten, and when it is back they would bill again.
        """
        now_ms = self.clock.now_ms()
        passed_ms, known_at = self._passed
        self.seen.drop_expired(min(now_ms, passed_ms + int((time.monotonic() - known_at) * 1000)))
        self.conversions.known.drop_expired(now_ms)
        self.tester.drop_expired(now_ms)

    def follow_index(self) -> None:
        """Go by the platform's clock and by the rules as they are published."""
        self.clock.offset_ms = self.index.clock_offset_us // 1000
        self.ingest.suspicion.tuning = tuning_of(self.index.validity.rules)

    def recovered(self, passed_ms: int) -> None:
        """Take up the present, when what there was is loaded and replayed; ``passed_ms`` has surely passed."""
        self._passed = passed_ms, time.monotonic()
        self.forget_expired()
        self.catch_up(self.clock.now_ms())
        self.weigh_esteem(self.clock.now_ms())
        for ad_id in list(self.index.rows):
            self.index.repredict(ad_id)

    def load(self, kept: Checkpoint) -> None:
        """Take up what a checkpoint kept. Raises ValueError when it is damaged."""
        self.counters.load(kept.counters)
        self.seen.load(kept.seen)
        self.ingest.suspicion.load(kept.lately)
        self.conversions.known.load(kept.conversions)
        ahead = [codec.decode(body) for body in kept.ahead]
        self.ingest.take_back(ahead)
        self.conversions.take_back(ahead)
        for campaign_id, (multiplier, stepped_ms, committed) in kept.campaign_paces.items():
            self.index.campaign(campaign_id).pace.load(PaceKept(multiplier, stepped_ms, committed))
        for ad_group_id, (multiplier, stepped_ms, committed) in kept.group_paces.items():
            self.index.group(ad_group_id).pace.load(PaceKept(multiplier, stepped_ms, committed))
        for campaign_id, pace in kept.bidding.campaigns.items():
            self.index.campaign(campaign_id).pace.load(pace)
        for ad_group_id, pace in kept.bidding.groups.items():
            self.index.group(ad_group_id).pace.load(pace)
        for ad_group_id, cost in kept.bidding.costs.items():
            self.index.group(ad_group_id).cost.load(cost)
        self.index.traffic.load(kept.bidding.traffic)
        self.clearing.load(kept.bidding.clearing)
        for grant_id, cap_micros in kept.grant_caps.items():
            self.index.grant(grant_id).cap_kept = cap_micros

    def checkpoint(self, position: Position, unsettled: Sequence[Record]) -> Checkpoint:
        """Return what to keep as of this position in the log; ``unsettled`` is counted and not yet there."""
        return Checkpoint(
            position=position,
            counters=self.counters.dump(),
            seen=self.seen.dump(),
            lately=self.ingest.suspicion.dump(),
            ahead=[codec.encode(r) for r in unsettled if not isinstance(r, Offered)],
            campaign_paces={},
            group_paces={},
            bidding=BiddingKept(
                campaigns={key: cell.pace.dump() for key, cell in self.index.campaigns() if cell.pace.stepped_ms},
                groups={key: cell.pace.dump() for key, cell in self.index.groups() if cell.pace.stepped_ms},
                costs={key: cell.cost.dump() for key, cell in self.index.groups() if cell.cost.stepped_ms},
                traffic=self.index.traffic.dump(),
                clearing=self.clearing.dump(),
            ),
            conversions=self.conversions.known.dump(),
            grant_caps={key: cap for key, cell in self.index.grants() if (cap := cell.cap_micros()) is not None},
        )

    def replay(self, position: Position, record: Record) -> None:
        """Take in a record of the log that this process did not write."""
        if isinstance(record, EventRecord):
            self.counters.learn(self.ingest.replay(record))
            if record.charge_micros:
                self.counters.place(record.claims.account_id, record.charge_micros, position)
        elif isinstance(record, ConversionRecord):
            self.conversions.known.add(record)
        elif isinstance(record, DecisionRecord) and record.ad_id:
            self.counters.release_expired(record.at_ms)
            expires_ms = record.at_ms + self.options.reservation_seconds * 1000
            self.counters.learn_promise(
                Promise(
                    record.decision_id,
                    expires_ms,
                    record.reserved_micros,
                    record.viewer_id,
                    record.campaign_id,
                    record.ad_group_id,
                    record.grant_id,
                    record.account_id,
                    ad_id=record.ad_id,
                )
            )
