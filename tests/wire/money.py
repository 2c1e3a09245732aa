"""One of everything that money leaves behind: refunds, an invoice, a finding and its credit note."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from vonk.advertising.actions import ad_groups, campaigns
from vonk.advertising.drafts import AdGroupDraft, CampaignDraft
from vonk.billing import ledger
from vonk.billing.actions import findings, funds, invoices, refunds, settlement, terms
from vonk.billing.funding import Mode
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import Invoice, Transfer
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting
from vonk.events.records import Claims, EventRecord, Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog

EUR: Final = 1_000_000
ENGINE: Final = "tests.wire.money.opened"  # As control's event_log.ENGINE: the memory engine, with the town's events.
_LOGS: Final[list[MemoryEventLog]] = []
_RECORDS: Final[list[Record]] = []


def opened(_: object) -> MemoryEventLog:
    """Return the town's log."""
    return _LOGS[-1]


def reopen() -> None:
    """Begin anew with the log as the town was left with."""
    log = MemoryEventLog()
    log.append(_RECORDS)
    _LOGS[:] = [log]


def spread(ada: Scope, olu: Scope, ids: Mapping[str, int], now: datetime) -> dict[str, int | str]:
    """Make them in Ada's account; return their ids."""
    credit, revenue = ledger.credit(ada.account, "EUR"), ledger.revenue("EUR")
    terms.set_terms(
        olu, ada.account, mode=Mode.THRESHOLD, credit_limit_micros=500 * EUR, threshold_micros=5 * EUR, now=now
    )
    ids = {**ids, **_campaign(ada, now)}  # Its own, so that others stay as if nothing had been billed.
    log = MemoryEventLog()
    _LOGS[:] = [log]
    _RECORDS[:] = [_shown(ids, number, now) for number in (7_001, 7_002)]
    log.append(_RECORDS)
    settlement.settle(log, now=now)
    found = findings.reverse(olu, log, positions=[1], rule="too_many", reason="One machine", now=now)
    asked, approved = (
        refunds.ask(ada, amount_micros=EUR, reason="Over", reference=name, now=now) for name in ("a", "b")
    )
    refunds.approve(olu, approved, now=now)
    owed = Entry("charge:on credit", Reason.CHARGE.value, credit, revenue, 5 * EUR)
    funds.move(ada.account, "EUR", [owed], now=now)
    invoices.issue(now)
    return {
        "refund_id": asked,
        "approved_refund_id": approved,
        "invoice_id": Invoice.objects.get().pk,
        "finding_id": found.finding_id,
        "credit_note_id": found.note_ids[0],
        "transfer_id": Transfer.objects.get(key=owed.key).pk,
        "voucher_end": (now + timedelta(days=30)).isoformat(),
    }


def _campaign(ada: Scope, now: datetime) -> dict[str, int]:
    campaign_id = campaigns.create(ada, CampaignDraft(name="Billed", objective="traffic"), now=now)
    draft = AdGroupDraft(
        name="Billed",
        billing="cpm",
        bid_micros=5 * EUR,
        budget=Budget(BudgetMode.DAILY, 20 * EUR),
        targeting=Targeting(countries=("NL",)),
    )
    ad_group_id = ad_groups.create(ada, campaign_id, draft, now=now)
    return {"campaign_id": campaign_id, "ad_group_id": ad_group_id}


def _shown(ids: Mapping[str, int], decision_id: int, now: datetime) -> EventRecord:
    claims = Claims(
        decision_id=decision_id,
        ad_id=ids["ad_id"],
        ad_group_id=ids["ad_group_id"],
        campaign_id=ids["campaign_id"],
        account_id=ids["account_id"],
        grant_id=ids["consent_id"],
        post_id=ids["post_id"],
        profile_id=ids["profile_id"],
        viewer_id="vik",
        bills=Kind.IMPRESSION.value,
        price_micros=5 * EUR,
        currency="EUR",
        decided_ms=to_ms(now),
        surface="feed",
    )
    received_ms = to_ms(now)
    return EventRecord(f"e{decision_id}", Kind.IMPRESSION, received_ms, received_ms, 5 * EUR, 0, claims)
