"""The ad server's book: counts events as they are taken, and never lets a charge pass what may be spent."""

from vonk.delivery.limits.counters import Counters
from vonk.delivery.matching import budgets, minutes
from vonk.delivery.matching.eligibility import billed_of
from vonk.delivery.matching.index import Index
from vonk.delivery.snapshot import BudgetMode
from vonk.events.ingest import Entry
from vonk.events.records import Claims, Kind


class Book:
    """Prices, counts and takes back, by the budgets last published."""

    def __init__(self, index: Index, counters: Counters) -> None:
        self._index = index
        self._counters = counters

    def price(self, claims: Claims, received_ms: int) -> int:
        """Return the token's price, or 0 when it would pass a budget, a consent's limit or the balance.

        Clicks and views come minutes after their decision; what the expected cost held back was too little for is the
        platform's loss, never the advertiser's (delivery science §6). Judged by the last documents known, also when
        they were withdrawn since.
        """
        micros = claims.price_micros
        campaign = self._index.campaign(claims.campaign_id)
        group = self._index.group(claims.ad_group_id)
        if campaign.known is not None:
            for budget, cell in (
                (campaign.known.budget, campaign),
                (group.known.budget if group.known is not None else campaign.known.budget, group),
            ):
                if budget.mode is BudgetMode.NONE:
                    continue
                allowed = budgets.allowed(budget, cell, campaign, received_ms)
                if billed_of(budget, cell.spend, campaign, received_ms) + micros > allowed:
                    return 0
        if claims.grant_id:
            grant = self._index.grant(claims.grant_id)
            cap_micros = grant.cap_micros()
            if cap_micros is not None and grant.spend.billed + micros > cap_micros:
                return 0
        funds = self._index.funds(claims.account_id)
        if funds.known is not None and funds.available() < micros:
            return 0
        return micros

    def count(self, entry: Entry) -> None:
        """Add the event, and let the ad's value follow its results."""
        self._counters.count(entry)
        record = entry.record
        if record.kind is Kind.IMPRESSION and not record.invalid:
            self._index.minutes.note(record.claims.ad_id, minutes.SHOWN, record.received_ms)
        self._index.repredict(entry.record.claims.ad_id)

    def take_back(self, entry: Entry) -> None:
        """Undo the addition of an event that could not be made durable."""
        self._counters.take_back(entry)
        self._index.repredict(entry.record.claims.ad_id)
