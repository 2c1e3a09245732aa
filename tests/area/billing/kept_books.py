"""Books with everything in them that an audit looks at: what ``corruptions`` are planted in."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from tests.area.billing.world import EUR, NOW, OPERATOR, Town, build, claims, decision, event, organic, show
from vonk.advertising.actions import pixels
from vonk.authorisation.actions import access_changes, consents, records, switches, takings
from vonk.authorisation.chain import Detail
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain, ConsentNeed, Terms
from vonk.authorisation.rules import AccessKind, Act, Road
from vonk.billing.actions import findings, invoices, refunds, settlement, terms, upkeep, vouchers
from vonk.billing.funding import Mode
from vonk.billing.models import Invoice
from vonk.content import queries as content
from vonk.delivery.snapshot import BudgetMode
from vonk.events.log import EventLog
from vonk.events.records import ConversionRecord, EventRecord, Kind
from vonk.identity.models import AdAccount
from vonk.reporting import rollups
from vonk.reporting.attribution import consumer

HOUR = timedelta(hours=1)
APRIL = datetime(2026, 3, 31, 22, tzinfo=UTC)  # Its local midnight in Amsterdam.
LATER = datetime(2026, 5, 2, tzinfo=UTC)  # When the audit is made.


def fill(log: EventLog) -> None:
    """Let March and April happen."""
    terms.set_tax(OPERATOR, country="NL", rate_ppm=210_000, now=NOW)
    first = build(ad_group_budget=(BudgetMode.DAILY, 28_000), funds_micros=10 * EUR)
    show(log, first, times=3)
    log.append([event(organic(first)), event(claims(first, price=0), Kind.PLAY)])
    settlement.settle(log, now=NOW)  # Positions 1 to 8.
    show(log, first, times=3)
    settlement.settle(log, now=NOW)  # 9 to 14; the last is written off.
    _heal(log, first)
    settlement.settle(log, now=NOW)  # 15 to 18.
    _voucher(log)
    _credit(log)
    refund_id = refunds.ask(first.scope, amount_micros=EUR, reason="Enough", reference="r", now=NOW + HOUR)
    refunds.approve(OPERATOR, refund_id, now=NOW + HOUR)
    upkeep.keep_up(NOW + HOUR)
    findings.reverse(OPERATOR, log, positions=[2], rule="too_many", reason="One machine", now=NOW + HOUR)
    _roads(first)
    consents.revoke(first.creator, first.consent, now=NOW + HOUR)
    while rollups.roll_up(log, now=LATER).records:
        pass
    while consumer.attribute(log, now=LATER).records:
        pass
    log.append([event(organic(first, at=LATER)), event(claims(first, at=NOW, price=5_000))])  # Not settled yet.


def _bought(click: EventRecord) -> ConversionRecord:
    """Return what Vik bought after a click."""
    return ConversionRecord(
        event_id="order 1",
        pixel_id=77,
        account_id=click.claims.account_id,
        name="purchase",
        at_ms=click.at_ms + 60_000,
        received_ms=click.received_ms + 60_000,
        value_micros=20 * EUR,
        currency="EUR",
        source="pixel",
        viewer_id=click.claims.viewer_id,
        click=click.claims,
    )


def _heal(log: EventLog, town: Town) -> None:
    """Have a view come before its impression: it counts, and bills, from then on."""
    showing = claims(town, price=3_000, bills=Kind.VIEW_6S.value)
    early = event(showing, Kind.VIEW_6S, charge=0)
    values = (early.event_id, early.kind, early.at_ms, early.received_ms + 10)
    log.append(
        [
            decision(showing),
            EventRecord(*values[:3], early.received_ms, 0, 0, showing, invalid="not_rendered"),
            event(showing, charge=0, after_ms=2_000),
            EventRecord(*values, 3_000, 0, showing, restored="not_rendered"),
        ]
    )


def _voucher(log: EventLog) -> None:
    """Spend a voucher and then cash, and let another one end."""
    town = build(funds_micros=5 * EUR)
    for reference, micros, ends in (("spent", EUR, NOW + 30 * 24 * HOUR), ("ended", 2 * EUR, NOW + 31 * 24 * HOUR)):
        vouchers.grant(
            OPERATOR, town.account, amount_micros=micros, reason="Welcome", reference=reference, expires_at=ends, now=NOW
        )  # fmt: skip
    show(log, town, times=2, price=1_200_000)
    settlement.settle(log, now=NOW)


def _credit(log: EventLog) -> None:
    """Let two months be invoiced; the first invoice is paid."""
    town = build(funds_micros=0)
    terms.set_terms(OPERATOR, town.account, mode=Mode.MONTHLY, credit_limit_micros=10 * EUR, due_days=60, now=NOW)
    show(log, town, price=2 * EUR)
    settlement.settle(log, now=NOW)
    upkeep.keep_up(APRIL + HOUR)
    invoice = Invoice.objects.get()
    invoices.pay(town.scope, invoice.pk, now=APRIL + 2 * HOUR)
    showing = claims(town, at=APRIL + 3 * HOUR, price=EUR, grant_id=0)
    pixels.create(town.scope, "Shop", now=NOW)
    click = event(showing, Kind.CLICK_DESTINATION, after_ms=5_000)
    log.append([decision(showing), event(showing), click, _bought(click)])
    settlement.settle(log, now=APRIL + 4 * HOUR)
    upkeep.keep_up(datetime(2026, 4, 30, 23, tzinfo=UTC))


@transaction.atomic
def _roads(town: Town) -> None:
    """Let consents come by every road, and end in every way; one stands on another author's and has a cap."""
    original = build(funds_micros=0)
    AdAccount.objects.filter(pk=town.account).update(
        spark_terms_accepted_at=NOW, spark_terms_version=settings.VONK.spark_terms_version
    )
    profile, account = original.profile, town.account
    chain = records.lock(profile)
    post = content.post_facts([original.post])[original.post]
    access = AccountAccess.objects.create(
        kind=AccessKind.BUSINESS.value, organisation_id=AdAccount.objects.get(pk=account).organisation_id,
        profile_id=profile, asked_by_id=town.ada, asked_at=NOW, lapses_at=NOW + HOUR, granted_at=NOW,
        ends_at=NOW + 30 * 24 * HOUR, scopes=["existing_posts"],
    )  # fmt: skip
    switches.switch_on(original.creator, chain, original.post, now=NOW - 2 * HOUR)
    for road, by in ((Road.REQUEST, None), (Road.ACCOUNT_ACCESS, access)):
        takings.take(
            original.creator, chain, post, account_id=account, person_id=town.ada, road=road,
            ends_at=NOW + 30 * 24 * HOUR, duration_days=30, access=by, now=NOW - 2 * HOUR,
        )  # fmt: skip
    access_changes.extend(original.creator, access.pk, duration_days=30, now=NOW)
    access_changes.revoke(original.creator, access.pk, now=NOW + 2 * HOUR)
    ConsentNeed.objects.create(consent_id=town.consent, original_id=original.post, profile_id=profile)
    agreed = Terms.objects.create(
        profile_id=town.profile, account_id=account, currency="EUR", spend_cap_micros=EUR, text="", sha256="",
        offered_by="creator", made_at=NOW,
    )  # fmt: skip
    Consent.objects.filter(pk=town.consent).update(terms=agreed)
    _shared(records.lock(profile), original, account)


def _shared(chain: ConsentChain, town: Town, account: int) -> None:
    """Let an account take up a code that several may use."""
    ends_at = NOW + 30 * 24 * HOUR
    row = {"post_id": town.post, "profile_id": town.profile, "duration_days": 30, "issued_at": NOW, "ends_at": ends_at}
    code = Consent.objects.create(**row, code_digest="shared", code_encrypted=b"", accounts_max=2)
    issued: Detail = {"ends_at": ends_at.isoformat(), "accounts_max": 2}
    records.append(chain, town.creator, Act.ISSUED, at=NOW, consent=code, detail=issued)
    share = Consent.objects.create(
        **row, shared_from=code, account_id=account, redeemed_at=NOW + HOUR, redeemed_by_id=town.ada
    )
    taken: Detail = {"account": str(account), "code_of": str(code.pk)}
    records.append(chain, town.scope, Act.REDEEMED, at=NOW + HOUR, consent=share, detail=taken)
