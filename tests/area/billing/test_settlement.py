"""Settlement: every billable event billed or written off, once, within budgets and funds."""

from datetime import date, timedelta
from typing import NoReturn

import msgspec
import pytest
from django.conf import settings
from django.db import connection

from tests.area.billing.world import (
    EUR,
    NOW,
    OPERATOR,
    TODAY,
    Span,
    build,
    claims,
    day,
    decision,
    event,
    organic,
    show,
)
from vonk.advertising.models import AdGroup
from vonk.billing import queries
from vonk.billing.actions import settlement, showings
from vonk.billing.models import BilledShowing, BudgetSpend, LedgerAccount, Transfer
from vonk.billing.queries import BudgetSpent, By, Earning, Revenue, Spend
from vonk.control import positions
from vonk.control.models import Publication
from vonk.delivery.snapshot import BudgetMode, DocumentKind, FundsDocument, decode_document
from vonk.events.log import EventLog, Position
from vonk.events.records import Kind
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def settle_all(log: EventLog, limit: int = 1_000) -> list[settlement.Settled]:
    rounds = []
    while (settled := settlement.settle(log, now=NOW, limit=limit)).records:
        rounds.append(settled)
    return rounds


def amounts() -> list[tuple[str, int, int | None]]:
    rows = Transfer.objects.exclude(reason="top_up").order_by("id")
    return [(row.reason, row.amount_micros, row.events) for row in rows]


def test_events_become_a_charge_and_a_creators_share(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=3)
    log.append([event(organic(town))])
    assert settle_all(log) == [settlement.Settled(7, Position(7), 3, 15_000, 0)]
    assert amounts() == [("charge", 15_000, 3), ("creator_share", 3_000, 3)]
    charge = Transfer.objects.get(reason="charge")
    assert charge.key == f"charge:1-7:{town.ad}:impression:{int(NOW.timestamp()) // 3600}:0:cash"
    assert (charge.first_position, charge.last_position, charge.hour_at, charge.day) == (1, 7, NOW, NOW.date())
    assert (charge.account_id, charge.campaign_id, charge.ad_group_id) == (town.account, town.campaign, town.ad_group)
    assert (charge.post_id, charge.grant_id, charge.share_ppm) == (town.post, town.consent, 200_000)
    earned = LedgerAccount.objects.get(kind="creator_earnings")
    assert (earned.owner_id, earned.credits_micros) == (town.cleo, 3_000)


def test_an_ad_that_is_no_spark_ad_shares_nothing(log: MemoryEventLog) -> None:
    town = build()
    log.append([event(claims(town, grant_id=0))])
    settle_all(log)
    assert amounts() == [("charge", 5_000, 1)]


def test_the_share_is_rounded_down(log: MemoryEventLog) -> None:
    town = build()
    log.append([event(claims(town, price=9))])
    settle_all(log)
    assert amounts() == [("charge", 9, 1), ("creator_share", 1, 1)]


def test_an_empty_log_settles_nothing(log: MemoryEventLog) -> None:
    assert settlement.settle(log, now=NOW) == settlement.Settled(0, Position(0))


def test_a_segment_is_bounded_and_the_next_goes_on(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=5)
    assert [(one.records, one.position) for one in settle_all(log, limit=4)] == [(4, 4), (4, 8), (2, 10)]
    assert sum(micros for reason, micros, _ in amounts() if reason == "charge") == 25_000


@pytest.mark.parametrize("noun", ["campaign", "ad_group"])
@pytest.mark.parametrize("mode", [BudgetMode.DAILY, BudgetMode.LIFETIME])
def test_what_passes_a_budget_is_written_off_whole(log: MemoryEventLog, noun: str, mode: BudgetMode) -> None:
    budget = (mode, 12_000)
    town = build(campaign_budget=budget) if noun == "campaign" else build(ad_group_budget=budget)
    show(log, town, times=3)
    settle_all(log)
    assert amounts() == [("charge", 10_000, 2), ("write_off", 5_000, 1), ("creator_share", 2_000, 2)]
    spent = queries.budget_spend(noun, [town.campaign if noun == "campaign" else town.ad_group], day=NOW.date())
    assert list(spent.values()) == [BudgetSpent(10_000, 10_000)]
    assert list(queries.billed_now(noun, spent.keys(), now=NOW).values()) == [10_000]
    tomorrow = queries.billed_now(noun, spent.keys(), now=NOW + timedelta(days=1))
    assert list(tomorrow.values()) == [0 if mode is BudgetMode.DAILY else 10_000]


def test_a_smaller_later_event_may_still_fit(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.DAILY, 12_000))
    log.append([event(claims(town, price=price)) for price in (10_000, 5_000, 2_000)])
    settle_all(log)
    assert amounts()[:2] == [("charge", 12_000, 2), ("write_off", 5_000, 1)]


def test_funds_are_never_passed(log: MemoryEventLog) -> None:
    town = build(funds_micros=EUR)
    log.append([event(claims(town, price=600_000)) for _ in range(2)])
    settle_all(log)
    assert queries.balance(town.account).micros == 400_000
    assert amounts()[:2] == [("charge", 600_000, 1), ("write_off", 600_000, 1)]


def test_a_daily_budget_begins_anew_at_local_midnight_within_an_hour(log: MemoryEventLog) -> None:
    # Kolkata is 5:30 ahead: its midnight is 18:30 UTC.
    town = build(time_zone="Asia/Kolkata", ad_group_budget=(BudgetMode.DAILY, 10_000))
    before = NOW.replace(hour=18, minute=29)
    show(log, town, times=3, at=before)
    show(log, town, times=3, at=before + timedelta(minutes=1))
    settle_all(log)
    charges = Transfer.objects.filter(reason="charge").order_by("id")
    assert [(row.day, row.amount_micros) for row in charges] == [
        (day("2026-03-02"), 10_000),
        (day("2026-03-03"), 10_000),
    ]
    assert list(BudgetSpend.objects.filter(noun="ad_group").order_by("period").values_list()) == [
        (row.pk, "ad_group", town.ad_group, period, micros, limit)
        for row, (period, micros, limit) in zip(
            BudgetSpend.objects.filter(noun="ad_group").order_by("period"),
            [("2026-03-02", 10_000, 10_000), ("2026-03-03", 10_000, 10_000), ("lifetime", 20_000, None)],
            strict=True,
        )
    ]


def test_a_budget_is_counted_across_segments(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.LIFETIME, 12_000))
    show(log, town, times=3)
    settle_all(log, limit=2)
    assert [reason for reason, _, _ in amounts()] == ["charge", "creator_share"] * 2 + ["write_off"]


def test_a_lowered_budget_bills_nothing_more_and_a_raised_one_does(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.DAILY, 10_000))
    show(log, town, times=2)
    settle_all(log)
    AdGroup.objects.filter(pk=town.ad_group).update(budget_micros=6_000)
    show(log, town)
    settle_all(log)
    AdGroup.objects.filter(pk=town.ad_group).update(budget_micros=15_000)
    show(log, town)
    settle_all(log)
    billed = [row.amount_micros for row in Transfer.objects.filter(reason="charge").order_by("id")]
    assert billed == [10_000, 5_000]
    row = BudgetSpend.objects.get(noun="ad_group", period="2026-03-02")
    assert (row.billed_micros, row.limit_micros) == (15_000, 15_000)


@pytest.mark.parametrize("limit", [1, 1_000])
def test_one_showing_is_charged_once_however_often_the_log_has_it(log: MemoryEventLog, limit: int) -> None:
    town = build()
    showing = claims(town)
    log.append([event(showing), event(showing), event(showing)])
    settle_all(log, limit=limit)
    assert amounts() == [("charge", 5_000, 1), ("creator_share", 1_000, 1)]


def test_a_showing_too_old_to_bill_is_not_charged(log: MemoryEventLog) -> None:
    town = build()
    log.append([event(claims(town), after_ms=24 * 3_600_000 + 1), event(claims(town), after_ms=24 * 3_600_000)])
    settle_all(log)
    assert amounts()[0] == ("charge", 5_000, 1)


def test_showings_are_forgotten_by_the_logs_time(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    settle_all(log)
    assert BilledShowing.objects.count() == 2
    later = NOW + timedelta(hours=25, seconds=1)
    show(log, town, at=later)
    settle_all(log)
    assert BilledShowing.objects.count() == 1


def test_an_unknown_account_is_written_off_and_stops_nothing(log: MemoryEventLog) -> None:
    town = build()
    log.append([event(claims(town, account_id=1, campaign_id=2, ad_group_id=3, ad_id=4, grant_id=0))])
    show(log, town)
    settle_all(log)
    assert amounts() == [("write_off", 5_000, 1), ("charge", 5_000, 1), ("creator_share", 1_000, 1)]


def test_the_ad_servers_learn_the_balance_and_the_position(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.DAILY, 5_000))
    show(log, town, times=2)
    settle_all(log)
    row = Publication.objects.get(kind="funds", object_id=town.account)
    expected = FundsDocument(town.account, "EUR", 100 * EUR - 5_000, 4)
    assert decode_document(DocumentKind.FUNDS, row.document or "") == expected


@pytest.mark.parametrize("currencies", [("USD",), ("EUR", "USD"), ("USD", "EUR")])
def test_an_event_in_another_currency_tells_nothing_of_the_accounts_funds(
    log: MemoryEventLog, currencies: tuple[str, ...]
) -> None:
    town = build(funds_micros=EUR)
    for currency in currencies:
        log.append([event(claims(town, price=500_000, currency=currency))])
    settled = settlement.settle(log, now=NOW)
    assert settled.written_off_micros == 500_000  # No dollars were ever paid in.
    row = Publication.objects.get(kind="funds", object_id=town.account)
    left = EUR - 500_000 * currencies.count("EUR")
    assert decode_document(DocumentKind.FUNDS, row.document or "") == FundsDocument(
        town.account, "EUR", left, len(currencies)
    )


def test_nothing_is_told_of_an_account_that_is_not_there(log: MemoryEventLog) -> None:
    town = build(funds_micros=0)
    log.append([event(claims(town, account_id=4_711))])
    settlement.settle(log, now=NOW)
    assert not Publication.objects.filter(kind="funds").exists()


def test_a_crash_before_commit_leaves_nothing_and_the_next_try_does_it_once(
    log: MemoryEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(received_ms: int) -> NoReturn:
        raise Killed

    town = build()
    show(log, town, times=2)
    with monkeypatch.context() as patch:
        patch.setattr(showings, "prune", die)  # The last thing before the commit.
        with pytest.raises(Killed):
            settlement.settle(log, now=NOW)
    assert (amounts(), positions.of("settle"), BilledShowing.objects.count()) == ([], 0, 0)
    settle_all(log)
    assert amounts() == [("charge", 10_000, 2), ("creator_share", 2_000, 2)]


def test_replaying_settled_segments_changes_nothing(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.DAILY, 5_000))
    show(log, town, times=2)
    settle_all(log)
    before = list(LedgerAccount.objects.order_by("id").values_list("debits_micros", "credits_micros"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE control_position SET position = 0")
    settle_all(log)
    assert list(LedgerAccount.objects.order_by("id").values_list("debits_micros", "credits_micros")) == before


def test_spend_revenue_and_earnings_tell_the_same_story(log: MemoryEventLog) -> None:
    town = build(ad_group_budget=(BudgetMode.DAILY, 10_000))
    show(log, town, times=3)
    log.append([decision(claims(town))])
    settle_all(log)
    ids = (town.ad, town.ad_group, town.campaign, town.post)
    assert queries.spend(account_id=town.account, **TODAY) == [Spend(*ids, None, 10_000, 2)]
    assert queries.spend(ad_ids=[town.ad], by=By.DAY, **TODAY) == [Spend(*ids, NOW.date(), 10_000, 2)]
    assert queries.spend(post_ids=[town.post], by=By.HOUR, **TODAY) == [Spend(*ids, NOW, 10_000, 2)]
    assert queries.revenue(OPERATOR, **TODAY) == [Revenue(NOW.date(), "EUR", 10_000, 2_000, 5_000)]
    assert queries.revenue(OPERATOR, by=By.NONE, **TODAY)[0].net_micros == 8_000
    assert queries.earnings(town.creator, **TODAY) == [Earning(town.post, NOW.date(), "EUR", 2_000, 2)]
    assert queries.earned(town.creator) == {"EUR": 2_000}
    ever: Span = {"start_date": date.min, "end_date": date.max}
    assert queries.revenue(OPERATOR, **ever) == queries.revenue(OPERATOR, **TODAY)
    assert queries.earnings(town.creator, **ever) == queries.earnings(town.creator, **TODAY)


def test_clicks_and_views_bill_by_their_kind(log: MemoryEventLog) -> None:
    town = build()
    click = claims(town, bills=Kind.CLICK_DESTINATION.value, price=300_000)
    view = claims(town, bills=Kind.VIEW_6S.value, price=40_000)
    log.append([event(click), event(click, Kind.CLICK_DESTINATION), event(view, Kind.VIEW_6S)])
    settle_all(log)
    charges = Transfer.objects.filter(reason="charge").order_by("id")
    assert [(row.event_kind, row.amount_micros) for row in charges] == [
        ("click_destination", 300_000),
        ("view_6s", 40_000),
    ]


def test_the_share_follows_the_setting(log: MemoryEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VONK", msgspec.structs.replace(settings.VONK, creator_share_ppm=0))
    town = build()
    show(log, town)
    settle_all(log)
    assert amounts() == [("charge", 5_000, 1)]
