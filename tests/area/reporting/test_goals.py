"""What ad servers are told of an ad group that is optimised for conversions, and what its reports count as results."""

from datetime import timedelta

import pytest

from tests.area.billing.world import EUR, NOW, Town, build, claims, event, show
from vonk.advertising.actions import pixels
from vonk.advertising.models import AdGroup, Campaign
from vonk.billing.actions import settlement
from vonk.control import publications
from vonk.core.clock import to_ms
from vonk.delivery.prediction.conversions import RESULTS_GRANTED
from vonk.delivery.snapshot import Billing, DocumentKind, Goal, ResultsDocument, decode_document
from vonk.events.records import ConversionRecord, Kind
from vonk.reporting import goals, queries, rollups
from vonk.reporting.attribution import consumer
from vonk.reporting.queries import Level
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CLICKS, WATCHED = 40, 3


@pytest.fixture
def town() -> Town:
    """Forty viewers who clicked ten days ago, half of whom bought at once and a fourth two days later; three who bought having watched."""
    town = build()
    AdGroup.objects.update(billing=Billing.OCPM.value, goal=Goal.CONVERSION.value, bid_micros=20 * EUR)
    Campaign.objects.update(objective="shop_purchases")
    pixels.create(town.scope, "Shop", now=NOW - 20 * DAY)
    log, then = MemoryEventLog(), NOW - 10 * DAY
    for number in range(CLICKS + WATCHED):
        showing = claims(town, at=then, price=0, viewer_id=f"vik{number}")
        log.append([event(showing), event(showing, Kind.CLICK_DESTINATION if number < CLICKS else Kind.VIEW_6S)])
        bought = {0: timedelta(hours=1), 1: timedelta(hours=1), 2: 2 * DAY}.get(number % 4)
        if number >= CLICKS:
            bought = timedelta(hours=2)
        for name, after in (("add_to_cart", timedelta(minutes=5)), ("purchase", bought)):
            if after is not None:
                at_ms = to_ms(then + after)
                log.append(
                    [
                        ConversionRecord(
                            f"{name}{number}", 7, town.account, name, at_ms, at_ms, 0, "", "pixel", f"vik{number}"
                        )
                    ]
                )
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    consumer.attribute(log, now=NOW)
    return town


def published(town: Town) -> ResultsDocument | None:
    found = publications.published(DocumentKind.RESULTS).get(town.ad_group)
    if found is None:
        return None
    document = decode_document(DocumentKind.RESULTS, found)
    assert isinstance(document, ResultsDocument)
    return document


def test_the_ad_servers_hear_how_often_results_follow_and_of_differences_alone(town: Town) -> None:
    assert goals.publish(NOW) == 1
    document = published(town)
    assert document is not None
    usual = (30 + 1) / (CLICKS + 50)  # Of all that count purchases.
    assert document.per_click == pytest.approx((30 + RESULTS_GRANTED) / (CLICKS + RESULTS_GRANTED / usual), rel=0.001)
    assert 0 < document.per_impression < WATCHED / (CLICKS + WATCHED)
    assert goals.publish(NOW) == 0
    AdGroup.objects.update(goal_event="add_to_cart")
    assert goals.publish(NOW) == 1
    carts = published(town)
    assert carts is not None
    assert carts.per_click > document.per_click
    AdGroup.objects.update(enabled=False)
    assert (goals.publish(NOW), published(town)) == (1, None)


def test_conversions_that_are_still_to_come_are_reckoned_in(town: Town) -> None:
    goals.publish(NOW)
    whole = published(town)
    log = MemoryEventLog()
    show(log, town, at=NOW)
    for number in range(400):  # Just clicked: of them nothing can have come yet.
        showing = claims(town, price=0, viewer_id=f"new{number}")
        log.append([event(showing), event(showing, Kind.CLICK_DESTINATION)])
    rollups.roll_up(log, now=NOW)
    goals.publish(NOW + timedelta(minutes=30))
    assert whole is not None
    now = published(town)
    assert now is not None
    assert now.per_click == pytest.approx(whole.per_click, rel=0.1)


def test_without_a_pixel_nothing_is_counted_and_the_prior_stays() -> None:
    build()
    AdGroup.objects.update(billing=Billing.OCPM.value, goal=Goal.CONVERSION.value)
    assert goals.publish(NOW) == 0


@pytest.mark.parametrize(
    ("goal", "event_name", "results"),
    [("conversion", "", 33), ("conversion", "add_to_cart", 43), ("click", "", CLICKS), ("view", "", WATCHED)],
)
def test_results_are_what_the_ad_group_is_optimised_for(town: Town, goal: str, event_name: str, results: int) -> None:
    AdGroup.objects.update(goal=goal, goal_event=event_name)
    first, last = (NOW - 11 * DAY).date(), NOW.date()
    values = queries.ad_report(town.scope, level=Level.AD_GROUP, start_date=first, end_date=last).total.values
    assert values["results"] == results
