"""Papers that people hold in their hands: invoices ask for what is owed, numbers have no gap, creators keep their share."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Sum

from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import CreditNote, Invoice, LedgerAccount, Payment, Sequence, Transfer
from vonk.billing.proving.checks import Check, Finding
from vonk.core.money import share_of
from vonk.identity import queries as identity

_LOOKS: Final = 3  # At what several statements see one after the other, and others may write in between.

_GROUPS: Final = """
    SELECT noted.last_position, noted.ad_id, noted.event_kind, noted.hour_at,
           sum(CASE transfer.reason WHEN 'charge' THEN transfer.amount_micros WHEN 'credit_note' THEN -transfer.amount_micros
               ELSE 0 END),
           sum(CASE transfer.reason WHEN 'creator_share' THEN transfer.amount_micros
               WHEN 'creator_share_reversed' THEN -transfer.amount_micros ELSE 0 END),
           max(CASE transfer.reason WHEN 'creator_share' THEN transfer.share_ppm ELSE 0 END),
           count(DISTINCT CASE transfer.reason WHEN 'creator_share' THEN transfer.credit_id
               WHEN 'creator_share_reversed' THEN transfer.debit_id END)
    FROM (
        SELECT DISTINCT last_position, account_id, ad_id, post_id, grant_id, event_kind, hour_at, day
        FROM billing_transfer
        WHERE reason IN ('credit_note', 'creator_share_reversed')
    ) AS noted
    JOIN billing_transfer AS transfer
      ON transfer.last_position = noted.last_position AND transfer.account_id = noted.account_id
     AND transfer.ad_id = noted.ad_id AND transfer.post_id = noted.post_id AND transfer.grant_id = noted.grant_id
     AND transfer.event_kind = noted.event_kind AND transfer.hour_at = noted.hour_at AND transfer.day = noted.day
    GROUP BY noted.last_position, noted.account_id, noted.ad_id, noted.post_id, noted.grant_id, noted.event_kind,
             noted.hour_at, noted.day
"""


def reversed_shares() -> Check:
    """After credit notes, what a creator has of a group is the share of what is left of its charge."""
    finding = Finding("creators_keep_their_share_of_what_is_left")
    with finding.timed(), connection.chunked_cursor() as cursor:
        cursor.execute(_GROUPS)
        for last, ad_id, kind, hour_at, left, kept, share_ppm, creators in cursor:
            finding.count()
            due = share_of(int(left), share_ppm)
            if int(kept) != due or creators > 1:
                whose = " from another creator" if creators > 1 else ""
                finding.complain(
                    f"segment to {last}, ad {ad_id}, {kind}, hour {hour_at}: of {left} that stays billed {due} is the "
                    f"creator's, {kept} is left after what was taken back{whose}"
                )
    return finding.check()


def numbers() -> Check:
    """Invoices and credit notes are numbered from 1 in each year, without a gap; nobody took one away."""
    finding = Finding("numbers_have_no_gaps")
    with finding.timed():
        wrong: set[str] = set()
        for look in range(_LOOKS):
            last = dict(Sequence.objects.values_list("name", "last"))
            given: dict[str, list[str]] = defaultdict(list)
            for model in (Invoice, CreditNote):
                for number in model.objects.order_by("number").values_list("number", flat=True).iterator():
                    given[number.rpartition("-")[0]].append(number)
            found = set()
            for series in sorted(last.keys() | given.keys()):
                wanted = [f"{series}-{number:06}" for number in range(1, last.get(series, 0) + 1)]
                found |= {f"{number}: is not there" for number in set(wanted) - set(given[series])}
                found |= {f"{number}: was never given" for number in set(given[series]) - set(wanted)}
            wrong = found if look == 0 else wrong & found
            finding.counted = sum(map(len, given.values()))
            if not wrong:
                break
        for complaint in sorted(wrong):
            finding.complain(complaint)
    return finding.check()


def invoices() -> Check:
    """Paid invoices were paid as they say; open ones ask for what is owed, and for all that was owed when they were written."""
    finding = Finding("invoices_ask_for_what_is_owed")
    with finding.timed():
        wrong: set[str] = set()
        for look in range(_LOOKS):
            finding.counted = Invoice.objects.count()
            found = {*_paid_otherwise(), *_asked_otherwise()}
            wrong = found if look == 0 else wrong & found
            if not wrong:
                break
        for complaint in sorted(wrong):
            finding.complain(complaint)
    return finding.check()


def _paid_otherwise() -> set[str]:
    found = set()
    paid: dict[int, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.exclude(invoice_id=None).order_by("pk").iterator():
        assert payment.invoice_id is not None, "Chosen by it."
        paid[payment.invoice_id].append(payment)
    for row in Invoice.objects.order_by("pk").iterator():
        asked = row.amount_micros - row.credited_micros
        due = [(row.account_id, asked, share_of(asked, row.tax_ppm))] if row.paid_at is not None and asked else []
        was = [(one.account_id, one.amount_micros, one.tax_micros) for one in paid.pop(row.pk, [])]
        if was != due:
            told = " and ".join(f"{micros} and {tax} tax" for _, micros, tax in was) or "nothing"
            found.add(f"{row.number}: asks for {asked} and {share_of(asked, row.tax_ppm)} tax, paid was {told}")
    for invoice_id, payments in paid.items():
        found.add(f"payment {payments[0].pk}: pays invoice {invoice_id}, which there is not")
    return found


def _asked_otherwise() -> set[str]:
    """Compare, for each ad account, what it owes, what its open invoices ask for, and what came later than they."""
    found = set()
    owing = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value).order_by("owner_id")
    for row in owing.iterator():
        opened = Invoice.objects.filter(account_id=row.owner_id, currency=row.currency, paid_at=None)
        asked = opened.aggregate(sum=Sum(F("amount_micros") - F("credited_micros")))["sum"] or 0
        owed = row.debits_micros - row.credits_micros
        last = Invoice.objects.filter(account_id=row.owner_id).order_by("-issued_at", "-pk").first()
        if last is None:
            continue
        until = _asked_until(last)
        charges = Transfer.objects.filter(debit_id=row.pk)
        charged = charges.filter(at__gte=until).aggregate(sum=Sum("amount_micros"))["sum"] or 0
        after = charges.filter(at__gt=until).aggregate(sum=Sum("amount_micros"))["sum"] or 0  # At that instant: either.
        notes = Transfer.objects.filter(credit_id=row.pk, reason=Reason.CREDIT_NOTE.value, at__gte=last.issued_at)
        noted = notes.aggregate(sum=Sum("amount_micros"))["sum"] or 0
        if not max(0, after - noted) <= owed - asked <= charged:
            found.add(
                f"ad account {row.owner_id}: owes {owed}, its open invoices ask for {asked}, and {charged} was charged "
                f"after the last ({last.number})"
            )
    return found


def _asked_until(invoice: Invoice) -> datetime:
    """Return the instant up to which an invoice asks for charges: its own, or the end of its last local day."""
    if invoice.mode == "threshold":
        return invoice.issued_at
    zone = ZoneInfo(identity.account_facts(invoice.account_id).time_zone)
    midnight = datetime.combine(invoice.period_end + timedelta(days=1), time.min, zone).astimezone(UTC)
    return min(midnight, invoice.issued_at)
