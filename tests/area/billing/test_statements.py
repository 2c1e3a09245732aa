"""Statements: the account's days, equal to the ledger to the micro."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.area.billing.world import EUR, NOW, OPERATOR, build, show
from vonk.billing import export, queries
from vonk.billing.actions import findings, payments, refunds, settlement, vouchers
from vonk.billing.errors import SpanTooLong
from vonk.billing.queries import DayStatement
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import RightMissing
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3)


def a_day_of_everything() -> queries.Statement:
    town = build(funds_micros=10 * EUR)
    log = MemoryEventLog()
    vouchers.grant(
        OPERATOR,
        town.account,
        amount_micros=EUR,
        reason="Welcome",
        reference="v",
        expires_at=NOW + timedelta(days=9),
        now=NOW,
    )
    show(log, town, times=3, price=700_000)
    settlement.settle(log, now=NOW)
    midnight = datetime(2026, 3, 2, 23, tzinfo=UTC)  # In Amsterdam the third begins.
    payments.top_up(town.scope, amount_micros=EUR, now=midnight, provider_reference="third")
    findings.reverse(OPERATOR, log, positions=[2], rule="too_many", reason="r", now=midnight)
    refunds.ask(town.scope, amount_micros=2 * EUR, reason="r", reference="r", now=midnight)
    balance = queries.balance(town.account)
    found = queries.statement(town.scope, start_date=SECOND, end_date=THIRD)
    assert found.days[-1].closing_micros == balance.micros
    return found


def test_each_day_goes_from_opening_to_closing_by_what_moved() -> None:
    found = a_day_of_everything()
    assert found.days == (
        DayStatement(SECOND, 0, {"top_up": 10 * EUR, "voucher_granted": EUR, "charge": -2_100_000}, 8_900_000),
        DayStatement(THIRD, 8_900_000, {"top_up": EUR, "credit_note": 700_000, "hold_placed": -2 * EUR}, 8_600_000),
    )
    assert [reason.value for reason in found.reasons] == [
        "top_up",
        "voucher_granted",
        "charge",
        "hold_placed",
        "credit_note",
    ]


def test_a_past_day_stays_as_it_was() -> None:
    town = build(funds_micros=10 * EUR)
    payments.top_up(town.scope, amount_micros=EUR, now=NOW + timedelta(days=40), provider_reference="later")
    assert queries.statement(town.scope, start_date=SECOND, end_date=SECOND).days[0].closing_micros == 10 * EUR


def test_the_csv_has_a_row_a_day_and_one_a_movement() -> None:
    found = a_day_of_everything()
    lines = list(export.statement_csv(found))
    assert lines == [
        "\N{BYTE ORDER MARK}day,currency,opening,top_up,voucher_granted,charge,hold_placed,credit_note,closing\r\n",
        "2026-03-02,EUR,0.00,10.00,1.00,-2.10,0.00,0.00,8.90\r\n",
        "2026-03-03,EUR,8.90,1.00,0.00,0.00,-2.00,0.70,8.60\r\n",
    ]


def test_a_days_csv_names_hour_ad_and_events_and_no_formula() -> None:
    town = build(funds_micros=0)
    payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference="=HYPERLINK(1)")
    log = MemoryEventLog()
    show(log, town, times=2)
    settlement.settle(log, now=NOW)
    lines = list(export.day_csv(town.scope, SECOND))
    assert lines[0] == (
        "\N{BYTE ORDER MARK}at,reason,amount,currency,reference,campaign_id,ad_id,ad,event,hour,events\r\n"
    )
    charge, paid = (line.strip().split(",") for line in lines[1:])
    assert charge[1:4] == ["charge", "-0.01", "EUR"]
    assert charge[5:] == [str(town.campaign), str(town.ad), "First", "impression", "2026-03-02T09:00:00+00:00", "2"]
    assert paid[1:5] == ["top_up", "1.00", "EUR", "'=HYPERLINK(1)"]


def test_bounds_and_rights() -> None:
    town = build()
    for end in (date(2026, 3, 1), date(2027, 3, 3)):
        with pytest.raises(SpanTooLong):
            queries.statement(town.scope, start_date=SECOND, end_date=end)
    assert len(queries.statement(town.scope, start_date=SECOND, end_date=date(2027, 3, 2)).days) == 366
    mallory = Scope(person_id=66, rights=frozenset({Right.VIEW}), account_id=town.account)
    with pytest.raises(RightMissing):
        queries.statement(mallory, start_date=SECOND, end_date=THIRD)
    with pytest.raises(RightMissing):
        queries.transfers(mallory, Paging())


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 12, 1)])
def test_nothing_moved_at_the_ends_of_the_calendar(start: date) -> None:
    town = build()
    days = queries.statement(town.scope, start_date=start, end_date=start + timedelta(days=30)).days
    assert [(day.opening_micros, day.movements) for day in days] == [(days[0].closing_micros, {})] * 31
    assert len(list(export.day_csv(town.scope, start))) == 1
