"""What an ad group that is being written may come to: by what was shown, and nothing told of too few."""

from datetime import timedelta
from typing import Any

import pytest

from tests.area.billing.world import EUR, NOW, Town, build
from vonk.advertising.rules import Objective
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Targeting
from vonk.reporting.forecasts.drafted import Asked, Bid, Range, Unknown, drafted
from vonk.reporting.models import Reached, Touch

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def town() -> Town:
    return build()


def shown(town: Town, *, viewers: int, times: int) -> None:
    """Show ads to so many viewers, each so often, in the Netherlands, on each of four days; three of four were 25 to 34."""
    at = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(1, 5):
        hour = at - day * DAY + timedelta(hours=9)
        for dimension, value, share in (("country", "NL", 1.0), ("people", "25_34/female", 0.75), ("people", "", 0.25)):
            count = round(viewers * times // 4 * share)
            Reached.objects.create(
                ad_id=town.ad, hour_at=hour, dimension=dimension, value=value, metric="impressions", count=count
            )
        Reached.objects.create(
            ad_id=town.ad,
            hour_at=hour,
            dimension="country",
            value="NL",
            metric="clicks_destination",
            count=viewers // 4,
        )
    Touch.objects.bulk_create(
        touch(town, viewer, to_ms(at - (time % 4 + 1) * DAY) + viewer)
        for viewer in range(viewers)
        for time in range(times)
    )


def touch(town: Town, viewer: int, at_ms: int) -> Touch:
    return Touch(
        decision_id=viewer * 100_000 + at_ms % 100_000,
        kind="view",
        viewer_id=f"viewer-{viewer}",
        at_ms=at_ms,
        account_id=town.account,
        ad_group_id=town.ad_group,
        profile_id=town.profile,
        measured=False,
        kept_until_ms=at_ms,
        ad_id=town.ad,
        post_id=town.post,
    )


def asked(**changed: Any) -> Asked:
    values: dict[str, Any] = {
        "targeting": Targeting(countries=("NL",)),
        "objective": Objective.TRAFFIC,
        "billing": "cpc",
        "bid_micros": EUR,
        "daily_micros": 20 * EUR,
    }
    return Asked(**{**values, **changed})


def test_of_too_few_viewers_nothing_is_told(town: Town) -> None:
    shown(town, viewers=99, times=4)
    found = drafted(town.scope, asked(), now=NOW)
    assert (found.people, found.impressions, found.by_money) == (None, None, None)


def test_the_money_or_what_there_is_bounds_a_day(town: Town) -> None:
    shown(town, viewers=400, times=4)

    rich = drafted(town.scope, asked(), now=NOW)
    poor = drafted(town.scope, asked(daily_micros=EUR // 20), now=NOW)

    assert rich.people is not None
    assert rich.people.low >= 100
    assert rich.impressions is not None
    assert rich.impressions.high <= 400 * 4  # Of eight days four had impressions, 400 each.
    assert rich.by_money is False
    assert poor.impressions == Range(100, 100)  # 0.05 EUR at 0.50 a thousand.
    assert poor.by_money is True


def test_age_and_gender_narrow_by_what_was_told_and_the_rest_is_said_to_be_unknown(town: Town) -> None:
    shown(town, viewers=400, times=4)

    everybody = drafted(town.scope, asked(), now=NOW)
    women = drafted(town.scope, asked(targeting=Targeting(countries=("NL",), genders=("female",))), now=NOW)
    narrow = Targeting(countries=("NL",), languages=("nl",), interests=("food",), age_bands=("13_17",))

    assert everybody.people is not None
    assert women.people is not None
    assert women.people.high == pytest.approx(everybody.people.high * 0.75, rel=0.01)
    assert drafted(town.scope, asked(targeting=narrow), now=NOW).unknown == (
        Unknown.LANGUAGES,
        Unknown.INTERESTS,
        Unknown.UNDER_18,
    )


def test_a_bid_is_weighed_by_how_often_people_click(town: Town) -> None:
    shown(town, viewers=1_000, times=4)  # One of four impressions was clicked.

    low = drafted(town.scope, asked(bid_micros=1_000), now=NOW)
    high = drafted(town.scope, asked(bid_micros=EUR), now=NOW)
    conversion = drafted(town.scope, asked(billing="ocpm", goal="conversion"), now=NOW)

    assert (low.bid, low.impressions) == (Bid.BELOW_FLOOR, Range(0, 0))
    assert high.bid is Bid.UNTOLD  # Fewer than three others bid.
    assert conversion.bid is Bid.UNTOLD
    assert drafted(town.scope, asked(bid_micros=None), now=NOW).bid is Bid.NONE
