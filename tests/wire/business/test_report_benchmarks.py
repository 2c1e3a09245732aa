"""How an ad stands among others': a rank where enough advertisers are compared, and a reason where not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.advertising.models import Ad
from vonk.content.models import Tally
from vonk.control import clock
from vonk.core.ids import new_id
from vonk.identity.models import AdAccount
from vonk.reporting.benchmarks import rules


def copied(row: Any, **changes: Any) -> Any:
    """Return another row like this one."""
    made = type(row).objects.get(pk=row.pk)
    made.pk = new_id()
    for name, value in changes.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    return made


def counted(ad: Ad, hour_at: datetime, **counts: int) -> None:
    Tally.objects.bulk_create(
        Tally(post_id=ad.post_id, ad_id=ad.pk, hour_at=hour_at, metric=name, value=value)
        for name, value in counts.items()
    )


def test_an_ad_is_ranked_among_enough_others_and_among_no_fewer(business: Business, town: Town) -> None:
    hour_at = clock.present().now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    own = Ad.objects.select_related("ad_group__campaign__account").get(pk=int(town.ids["ad_id"]))
    Ad.objects.filter(pk=own.pk).update(category="food")
    asked: Any = {
        "advertiser_id": town.ids["account_id"], "dimensions": ["AD_CATEGORY", "LOCATION"],
        "filtering": {"ad_ids": [town.ids["ad_id"]]},
    }  # fmt: skip

    def told(**changes: Any) -> Any:
        said = business.get("ada", "report/ad_benchmark/get", **{**asked, **changes})
        assert said.code == 0, said.message
        (row,) = said.data["list"]
        return row

    assert (told()["info"]["reason"], told()["metrics"]) == ("too_few_impressions", {})
    counted(own, hour_at, impressions=1_000, clicks_destination=15)
    account = AdAccount.objects.get(pk=own.ad_group.campaign.account_id)
    others: list[Ad] = []
    for number in range(rules.ADVERTISERS_MIN):
        assert told()["info"]["reason"] == "too_few_advertisers", number
        campaign = copied(own.ad_group.campaign, account=copied(account))
        ad_group = copied(own.ad_group, campaign=campaign)
        for _ in range(2):
            other = copied(own, ad_group=ad_group)
            counted(other, hour_at, impressions=1_000, clicks_destination=10 if number < 7 else 20)
            others.append(other)
    counted(copied(own), hour_at, impressions=1_000, clicks_destination=900)  # One's own other ads are not compared.
    counted(copied(own, ad_group=others[0].ad_group), hour_at, impressions=999, clicks_destination=1)
    row = told(metrics_fields=["ctr", "click", "impression", "average_video_play"])
    assert row["metrics"] == {"ctr": 0.7, "click": 0.7, "impression": 0.5}, "Nobody watched: nothing to compare."
    assert row["info"] == {
        "ad_id": town.ids["ad_id"], "location": "NL", "placement": "TIKTOK", "ad_category": "26014",
        "external_action": "TRAFFIC", "reason": None,
    }  # fmt: skip
    Ad.objects.filter(pk=others[0].pk).update(category="art")
    assert told()["info"]["reason"] == "too_few_advertisers", "19 ads are too few."
    assert told(dimensions=["EXTERNAL_ACTION"])["info"]["reason"] is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metrics_fields": ["cpc"]}, "metrics_fields: cpc is not compared: what others pay is not told"),
        ({"metrics_fields": ["x"]}, "metrics_fields: of impression"),
        ({"filtering": {}}, "filtering: one of ad_ids"),
        ({"filtering": {"ad_ids": ["1"], "campaign_ids": ["1"]}}, "filtering: one of ad_ids"),
    ],
)
def test_what_is_not_compared_is_refused_by_name(
    business: Business, town: Town, changed: dict[str, Any], message: str
) -> None:
    asked = {"dimensions": ["PLACEMENT"], "filtering": {"ad_ids": ["1"]}, **changed}
    said = business.get("ada", "report/ad_benchmark/get", advertiser_id=town.ids["account_id"], **asked)
    assert (said.code, said.message[: len(message)]) == (40002, message)


def test_a_rank_is_the_share_below_and_half_of_those_alike() -> None:
    assert [rules.rank(value, [1, 2, 2, 3]) for value in (0, 1, 2, 3, 4)] == [0.0, 0.1, 0.5, 0.9, 1.0]
    assert not rules.enough([1] * 100)
    assert rules.enough([*range(10)] * 2)
