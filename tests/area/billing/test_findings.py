"""Findings: exactly what was billed goes back, to what paid it, once; the log stays as it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.area.billing.books import assert_sound, left, moved, published
from tests.area.billing.world import (
    EUR,
    NOW,
    OPERATOR,
    TODAY,
    Town,
    build,
    claims,
    decision,
    event,
    organic,
    share_of,
    show,
)
from tests.chance import examples
from vonk.billing import queries
from vonk.billing.actions import findings, invoices, payments, settlement, terms, upkeep, vouchers
from vonk.billing.errors import FindingNotEvents, FindingNotItemised, FindingTooLarge, TextOutOfBounds
from vonk.billing.funding import Mode
from vonk.billing.models import CreditNote, Finding, FindingEvent, Invoice, SettledSegment, Transfer
from vonk.billing.queries import By, Fate, FoundInvalid
from vonk.control import positions
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import NotFound, RightMissing
from vonk.events.log import START
from vonk.events.records import Kind
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def reverse(log: MemoryEventLog, *at: int, rule: str = "too_many", now: datetime = NOW) -> findings.Reversal:
    return findings.reverse(OPERATOR, log, positions=at, rule=rule, reason="One machine, many names", now=now)


def grant(town: Town, micros: int) -> int:
    return vouchers.grant(
        OPERATOR,
        town.account,
        amount_micros=micros,
        reason="Welcome",
        reference="v",
        expires_at=NOW + DAY,
        now=NOW,
    )


def stood_for(log: MemoryEventLog) -> dict[str, list[list[int]]]:
    """Return which events each transfer that stands for some stands for, by reason."""
    found: dict[str, list[list[int]]] = {}
    for row in Transfer.objects.exclude(first_position=None).order_by("pk"):
        events = queries.events_moved(OPERATOR, log, row.pk)
        found.setdefault(row.reason, []).append([one.position for one in events])
    return found


def test_billed_events_go_back_to_cash_with_the_creators_share(log: MemoryEventLog) -> None:
    town = build(funds_micros=10 * EUR)
    show(log, town, times=4, price=333_333)
    settlement.settle(log, now=NOW)
    share = share_of(4 * 333_333)
    assert left()["creator_earnings"] == share
    before = log.read(START, 100)
    done = reverse(log, 2, 6)
    assert done.events == 2
    assert moved("credit_note") == [666_666]
    assert left()["creator_earnings"] == share_of(2 * 333_333)
    assert moved("creator_share_reversed") == [share - share_of(2 * 333_333)]
    assert published(town.account) == 10 * EUR - 666_666
    note = queries.credit_notes(town.scope, Paging()).items[0]
    assert (note.number, note.amount_micros, note.events, note.rule) == ("CN-2026-000001", 666_666, 2, "too_many")
    assert (note.id,) == done.note_ids
    assert [one.position for one in queries.found_events(town.scope, Paging(), note_id=note.id).items] == [6, 2]
    assert log.read(START, 100) == before
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "credit_note.issued",
        "finding.made",
    ]
    reverse(log, 4, 8)
    assert "creator_earnings" not in left()
    assert left() == {"payment_provider": -10 * EUR, "advertiser": 10 * EUR}
    assert_sound()


def test_what_was_found_is_not_found_again(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=3)
    settlement.settle(log, now=NOW)
    first = reverse(log, 2, 4)
    assert reverse(log, 2, 4) == first
    assert reverse(log, 4) == first
    second = reverse(log, 4, 6)
    assert second.events == 1
    assert moved("credit_note") == [10_000, 5_000]
    assert (Finding.objects.count(), CreditNote.objects.count(), FindingEvent.objects.count()) == (2, 2, 3)
    row = FindingEvent.objects.get(position=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingEvent.objects.bulk_create([row])


def test_what_was_written_off_repeated_or_free_changes_only_counts(log: MemoryEventLog) -> None:
    town = build(funds_micros=EUR)
    show(log, town, price=900_000)  # 1, 2: billed.
    show(log, town, price=900_000)  # 3, 4: written off.
    again = claims(town, price=100_000)
    log.append([event(again)])  # 5: billed.
    log.append([event(organic(town))])  # 6: free.
    settlement.settle(log, now=NOW)
    log.append([event(again)])  # 7: its decision was billed before.
    settlement.settle(log, now=NOW)
    done = reverse(log, 4, 6, 7)
    assert (done.events, done.note_ids) == (3, ())
    assert moved("credit_note") == []
    reverse(log, 5)
    assert moved("credit_note") == [100_000]
    fates = {at: queries.event_money(OPERATOR, log, at).fate for at in (2, 4, 5, 6, 7)}
    assert fates == {
        2: Fate.BILLED,
        4: Fate.WRITTEN_OFF,
        5: Fate.GIVEN_BACK,
        6: Fate.FREE,
        7: Fate.REPEATED,
    }
    assert stood_for(log) == {
        "charge": [[2, 5]],
        "creator_share": [[2, 5]],
        "write_off": [[4]],
        "credit_note": [[5]],
        "creator_share_reversed": [[5]],
    }
    assert_sound()


def test_the_last_source_is_given_back_first(log: MemoryEventLog) -> None:
    town = build(funds_micros=EUR)
    terms.set_terms(OPERATOR, town.account, mode=Mode.MONTHLY, credit_limit_micros=5 * EUR, now=NOW)
    grant(town, EUR)
    show(log, town, times=5, price=700_000)  # 3.5: voucher 1, cash 1, credit 1.5.
    settlement.settle(log, now=NOW)
    before = {"voucher": 0, "advertiser": 0, "credit": -3 * EUR // 2}

    def by_source() -> dict[str, int]:
        return {kind: left().get(kind, 0) for kind in before}

    assert by_source() == before
    reverse(log, 2, 4)
    assert by_source() == before | {"credit": -100_000}
    reverse(log, 6)
    assert by_source() == {"voucher": 0, "advertiser": 600_000, "credit": 0}
    reverse(log, 8, 10)
    assert by_source() == {"voucher": EUR, "advertiser": EUR, "credit": 0}
    assert published(town.account) == 7 * EUR
    assert_sound()


def test_credit_that_was_paid_comes_back_as_cash(log: MemoryEventLog) -> None:
    town = build(funds_micros=0)
    terms.set_terms(
        OPERATOR, town.account, mode=Mode.THRESHOLD, credit_limit_micros=9 * EUR, threshold_micros=2 * EUR, now=NOW
    )
    show(log, town, times=2, price=EUR)
    settlement.settle(log, now=NOW)
    upkeep.keep_up(NOW)
    show(log, town, price=EUR // 2)
    settlement.settle(log, now=NOW)
    reverse(log, 2)
    assert (left()["advertiser"], left().get("credit", 0)) == (EUR // 2, 0)
    assert moved("credit_note") == [EUR // 2, EUR // 2]
    assert_sound()


def test_an_open_invoice_is_lowered_and_closed_when_nothing_is_left(log: MemoryEventLog) -> None:
    town = build(funds_micros=0)
    terms.set_tax(OPERATOR, country="NL", rate_ppm=210_000, now=NOW)
    terms.set_terms(OPERATOR, town.account, mode=Mode.MONTHLY, credit_limit_micros=9 * EUR, due_days=5, now=NOW)
    show(log, town, times=3, price=EUR)
    settlement.settle(log, now=NOW)
    april = datetime(2026, 3, 31, 22, tzinfo=UTC)
    upkeep.keep_up(april)
    show(log, town, at=april, price=EUR)
    settlement.settle(log, now=april)
    reverse(log, 2, 4, now=april + DAY)  # One euro was not invoiced yet, the other lowers the invoice.
    view = queries.invoices(town.scope, Paging()).items[0]
    assert (view.credited_micros, view.total_micros) == (EUR, 2_420_000)
    upkeep.keep_up(view.due_at)
    assert published(town.account) == 0
    reverse(log, 6, 8, now=view.due_at)
    assert Invoice.objects.get().paid_at == view.due_at
    assert (published(town.account), left().get("credit", 0)) == (9 * EUR, 0)
    assert invoices.owed_micros(town.account, "EUR") == 0
    assert_sound()


def test_a_voucher_that_ended_lives_on_when_something_comes_back(log: MemoryEventLog) -> None:
    town = build(funds_micros=EUR)
    grant(town, EUR)
    show(log, town, times=2, price=400_000)
    settlement.settle(log, now=NOW)
    later = NOW + 3 * DAY
    upkeep.keep_up(later)
    assert moved("voucher_expired") == [200_000]
    reverse(log, 2, now=later)
    assert published(town.account) == EUR + 400_000
    upkeep.keep_up(later + timedelta(days=30))
    assert moved("voucher_expired") == [200_000, 400_000]
    assert queries.balance(town.account).billed_micros == 400_000
    assert_sound()


def test_one_finding_has_a_note_for_each_account(log: MemoryEventLog) -> None:
    towns = [build(), build()]
    for town in towns:
        show(log, town)
    settlement.settle(log, now=NOW)
    done = reverse(log, 2, 4)
    assert [note.number for note in CreditNote.objects.order_by("pk")] == ["CN-2026-000001", "CN-2026-000002"]
    assert {note.account_id for note in CreditNote.objects.all()} == {town.account for town in towns}
    assert len(done.note_ids) == 2
    with pytest.raises(NotFound):
        queries.credit_note(towns[0].scope, CreditNote.objects.get(account_id=towns[1].account).pk)


def test_reports_and_earnings_are_net_of_findings(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=3)
    showing = claims(town, price=0)
    log.append([event(showing, Kind.LIKE)])
    settlement.settle(log, now=NOW)
    reverse(log, 2, 7)
    ids = (town.ad, town.ad_group, town.campaign, town.post)
    assert queries.spend(account_id=town.account, **TODAY) == [queries.Spend(*ids, None, 10_000, 2)]
    assert [(one.micros, one.events) for one in queries.earnings(town.creator, **TODAY)] == [(2_000, 2)]
    revenue = queries.revenue(OPERATOR, **TODAY)[0]
    assert (revenue.billed_micros, revenue.credited_micros, revenue.creators_micros) == (15_000, 5_000, 2_000)
    assert revenue.net_micros == 8_000
    assert queries.finding_counts(ad_ids=[town.ad], by=By.DAY, **TODAY) == [
        FoundInvalid(*ids, NOW.date(), kind, "too_many", 1, 0) for kind in ("impression", "like")
    ]


def test_what_is_no_settled_event_is_named_and_nothing_changes(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    settlement.settle(log, now=NOW, limit=2)
    for wrong in (
        [1],
        [2, 3],
        [4],
        [99],
        [0],
        [-1],
        [2, 2**63],
        [10**30],
    ):  # A decision; one among good ones; not settled; absent.
        with pytest.raises(FindingNotEvents):
            reverse(log, *wrong)
    with pytest.raises(FindingTooLarge):
        reverse(log)
    with pytest.raises(TextOutOfBounds):
        reverse(log, 2, rule="")
    with pytest.raises(RightMissing):
        findings.reverse(town.scope, log, positions=[2], rule="r", reason="Mine", now=NOW)
    SettledSegment.objects.all().delete()
    with pytest.raises(FindingNotItemised):
        reverse(log, 2)
    assert not Finding.objects.exists()
    assert moved("credit_note") == []


def test_an_event_is_followed_to_its_transfers(log: MemoryEventLog) -> None:
    town = build(funds_micros=EUR)
    grant(town, EUR)
    show(log, town, times=2, price=800_000)
    settlement.settle(log, now=NOW)
    reverse(log, 2)
    found = queries.event_money(OPERATOR, log, 2)
    assert (found.event_kind, found.price_micros, found.account_id) == ("impression", 800_000, town.account)
    assert [(row.reason, row.debit_kind, row.credit_kind, row.amount_micros) for row in found.transfers] == [
        ("charge", "voucher", "platform_revenue", EUR),
        ("charge", "advertiser", "platform_revenue", 600_000),
        ("creator_share", "platform_revenue", "creator_earnings", 320_000),
        ("credit_note", "platform_revenue", "advertiser", 600_000),
        ("credit_note", "platform_revenue", "voucher", 200_000),
        ("creator_share_reversed", "creator_earnings", "platform_revenue", 160_000),
    ]
    assert stood_for(log) == {
        "charge": [[2, 4], [2, 4]],  # With each of its sources.
        "creator_share": [[2, 4]],
        "credit_note": [[2], [2]],
        "creator_share_reversed": [[2]],
    }
    for position in (1, 5, 0):
        with pytest.raises(NotFound):
            queries.event_money(OPERATOR, log, position)
    with pytest.raises(RightMissing):
        queries.event_money(town.scope, log, 2)
    first = found.transfers[0].id
    with pytest.raises(RightMissing):
        queries.events_moved(town.scope, log, first)
    with pytest.raises(NotFound):
        queries.events_moved(OPERATOR, log, first + 1_000)
    top_up = Transfer.objects.get(reason="top_up")
    assert queries.events_moved(OPERATOR, log, top_up.pk) == ()


class AnyBooks(TestCase):
    """Any interleaving of what moves money leaves the books sound."""

    @settings(max_examples=examples(6), deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("show"), st.integers(1, 900_000)),
                st.tuples(st.just("settle"), st.integers(1, 6)),
                st.tuples(st.just("find"), st.integers(0, 7)),
                st.tuples(st.just("voucher"), st.integers(1, 3)),
                st.tuples(st.just("top_up"), st.integers(1, 2)),
                st.tuples(st.just("pass"), st.integers(1, 40)),
            ),
            max_size=14,
        )
    )
    def test_any_interleaving(self, acts: list[tuple[str, int]]) -> None:
        log, now = MemoryEventLog(), NOW
        town = build(funds_micros=EUR)
        terms.set_terms(
            OPERATOR, town.account, mode=Mode.THRESHOLD, credit_limit_micros=2 * EUR, threshold_micros=EUR, now=now
        )
        for number, (act, value) in enumerate(acts):
            match act:
                case "show":
                    shown = claims(town, at=now, price=value)
                    log.append([decision(shown), event(shown)])
                case "settle":
                    settlement.settle(log, now=now, limit=value)
                case "find":
                    settled = positions.of(settlement.CONSUMER)
                    even = [at for at in range(2, settled + 1, 2) if at % 8 == value // 2 * 2]
                    if even:
                        reverse(log, *even, now=now)
                case "voucher":
                    vouchers.grant(
                        OPERATOR,
                        town.account,
                        amount_micros=value * EUR,
                        reason="r",
                        reference=str(number),
                        expires_at=now + value * DAY,
                        now=now,
                    )
                case "top_up":
                    reference = f"{town.account}-{number}"
                    payments.top_up(town.scope, amount_micros=value * EUR, now=now, provider_reference=reference)
                case "pass":
                    now += timedelta(hours=value)
            upkeep.keep_up(now)
            assert_sound()
        balance = queries.balance(town.account, now=now)
        if acts:
            assert balance.micros == published(town.account)
        billed, credited = sum(moved("charge")), sum(moved("credit_note"))
        assert balance.billed_micros == billed - credited
        assert credited == sum(FindingEvent.objects.values_list("amount_micros", flat=True)) <= billed
        span = queries.statement(town.scope, start_date=NOW.date(), end_date=now.date() + DAY)
        assert span.days[0].opening_micros == 0
        assert span.days[-1].closing_micros == balance.cash_micros + balance.voucher_micros - balance.owed_micros
        for before, after in zip(span.days, span.days[1:], strict=False):
            assert before.closing_micros == after.opening_micros


def test_gaps_in_numbers_do_not_appear_when_something_fails(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    settlement.settle(log, now=NOW)
    reverse(log, 2)
    with pytest.raises(FindingNotEvents):
        reverse(log, 4, 5)
    reverse(log, 4)
    assert [note.number for note in CreditNote.objects.order_by("pk")] == ["CN-2026-000001", "CN-2026-000002"]
