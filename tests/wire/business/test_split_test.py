"""A/B tests: two ad groups on separate viewers, what they found told so that looking often misleads nobody."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.wire.business.conftest import Business
from tests.wire.conftest import CAST, Town
from vonk.advertising.actions import ad_groups
from vonk.advertising.drafts import AdGroupChanges, AdGroupDraft
from vonk.advertising.models import AdGroup, SplitTest
from vonk.control import clock
from vonk.control.models import AuditEntry, Publication
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting
from vonk.reporting.models import Conversion, Trial
from vonk.wire.business.given import moment

METRICS = ("CLICK_THROUGH_RATE", "FOCUSED_VIEW_RATE", "CONVERT_RATE")


@pytest.fixture
def second(town: Town) -> str:
    """An ad group like the town's, with more to bid."""
    made = ad_groups.create(
        town.scopes["ada"],
        int(town.ids["campaign_id"]),
        AdGroupDraft(
            name="Dearer",
            billing="cpm",
            bid_micros=6_000_000,
            budget=Budget(BudgetMode.DAILY, 20_000_000),
            targeting=Targeting(countries=("NL",)),
        ),
        now=clock.present().now(),
    )
    return str(made)


def wanted(town: Town, second: str, **changed: Any) -> dict[str, Any]:
    """What is asked for a test of a week that begins now."""
    now = clock.present().now()
    return {
        "advertiser_id": town.ids["account_id"],
        "split_test_level": "ADGROUP",
        "object_ids": [town.ids["ad_group_id"], second],
        "test_variable": "BIDDING_OPTIMIZATION",
        "key_metric": "CLICK_THROUGH_RATE",
        "start_time": moment(now),
        "end_time": moment(now + timedelta(days=7)),
        **changed,
    }


def arms(*group_ids: str) -> list[Any]:
    """The arms in the ad groups' documents."""
    found = []
    for group_id in group_ids:
        body = Publication.objects.get(kind="ad_group", object_id=int(group_id)).document
        assert body is not None
        arm = json.loads(body)["arm"]
        found.append(None if arm is None else (arm["first"], arm["last"]))
    return found


def test_a_test_runs_is_read_and_its_winner_goes_on(business: Business, town: Town, second: str) -> None:
    first = town.ids["ad_group_id"]
    said = business.post("ada", "split_test/create", **wanted(town, second))
    assert said.code == 0, said.message
    one: dict[str, Any] = {
        "advertiser_id": town.ids["account_id"],
        "split_test_group_id": said.data["split_test_group_id"],
    }
    assert arms(first, second) == [(0, 4_999), (5_000, 9_999)]

    told = business.get("ada", "split_test/result/get", **one).data
    assert (told["split_test_status"], told["p_value_info"], told["winning_object_id"]) == ("IN_PROGRESS", [], None)
    assert told["cells"] == [{"object_ids": [first]}, {"object_ids": [second]}]
    assert [row["adgroup_name"] for row in told["object_info"]] == ["Netherlands", "Dearer"]
    assert told["forecast"]["base_rate"] == 0.01
    assert [row["lift"] for row in told["forecast"]["needed"]] == [0.05, 0.1, 0.2]
    assert 163_000 < told["forecast"]["needed"][1]["viewers_per_arm"] < 210_000

    test = SplitTest.objects.get()
    test.starts_at -= timedelta(days=6)  # Six of its days are over.
    test.ends_at -= timedelta(days=6)
    test.save()
    reach(test, first, viewers=400, clicked=20)
    reach(test, second, viewers=410, clicked=80)
    converted(test, second, 12)
    told = business.get("ada", "split_test/result/get", **one).data
    assert [(arm["viewers"], arm["impressions"]) for arm in told["arms"]] == [(400, 800), (410, 820)]
    assert [[row["viewers"] for row in arm["metrics"]] for arm in told["arms"]] == [[20, 0, 0], [80, 0, 12]]
    assert [row["metric"] for row in told["arms"][0]["metrics"]] == list(METRICS)
    assert [row["metric"] for row in told["p_value_info"]] == ["CLICK_THROUGH_RATE", "CONVERT_RATE"]
    assert told["p_value_info"][0]["p_value"] < 1e-4
    difference = told["differences"][0]
    assert difference["difference"] == pytest.approx(80 / 410 - 20 / 400)
    assert 0 < difference["lower"] < difference["difference"] < difference["upper"]
    assert (difference["is_conclusive"], told["is_balanced"], told["winning_object_id"]) == (True, True, second)

    assert business.post("ada", "split_test/promote", **one, winning_object_id=town.ids["ad_id"]).code == 40002
    assert business.post("ada", "split_test/promote", **one, winning_object_id=second).data == {}
    assert [AdGroup.objects.get(pk=int(group)).enabled for group in (first, second)] == [False, True]
    assert arms(second) == [None]
    told = business.get("ada", "split_test/result/get", **one).data
    assert (told["split_test_status"], told["promoted_object_id"]) == ("COMPLETED", second)
    assert business.post("ada", "split_test/promote", **one, winning_object_id=second).code == 0
    acts = AuditEntry.objects.filter(noun="split_test").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["split_test.created", "split_test.ended", "split_test.promoted"]
    for path in ("split_test/end", "split_test/update"):
        times: dict[str, Any] = {"start_time": "2030-01-01 00:00:00", "end_time": "2030-01-08 00:00:00"}
        said = business.post("ada", path, **one, **(times if path.endswith("update") else {}))
        assert (said.code, "is over" in said.message) == (40002, True)


def reach(test: SplitTest, group_id: str, *, viewers: int, clicked: int) -> None:
    """Let the arm reach so many viewers, twice each, of whom some click."""
    Trial.objects.bulk_create(
        Trial(
            test_id=test.pk,
            ad_group_id=int(group_id),
            viewer_id=f"{group_id} {number}",
            impressions=2,
            clicks=3 if number < clicked else 0,
            kept_until=test.ends_at,
        )
        for number in range(viewers)
    )


def converted(test: SplitTest, group_id: str, viewers: int) -> None:
    """Let so many of the arm's viewers buy, twice each, and one who was not reached."""
    at_ms = to_ms(test.starts_at) + 1
    Conversion.objects.bulk_create(
        Conversion(
            pixel_id=1,
            event_id=f"{number} {time}",
            account_id=test.account_id,
            name="purchase",
            at_ms=at_ms,
            received_ms=at_ms,
            viewer_id=f"{group_id} {number}",
            ad_id=1,
            ad_group_id=int(group_id),
            touch="click",
            touch_at_ms=at_ms,
        )
        for number in (*range(viewers), 100_000)
        for time in range(2)
    )


def test_a_broken_split_has_no_winner(business: Business, town: Town, second: str) -> None:
    made = business.post("ada", "split_test/create", **wanted(town, second)).data["split_test_group_id"]
    test = SplitTest.objects.get(pk=int(made))
    test.starts_at -= timedelta(days=6)
    test.save()
    reach(test, town.ids["ad_group_id"], viewers=400, clicked=20)
    reach(test, second, viewers=600, clicked=300)
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    told = business.get("ada", "split_test/result/get", **account, split_test_group_id=made).data
    assert told["p_value_info"][0]["p_value"] < 1e-4
    assert (told["is_balanced"], told["winning_object_id"], told["differences"][0]["is_conclusive"]) == (
        False, None, False,
    )  # fmt: skip


def test_times_change_before_it_begins_and_not_after(business: Business, town: Town, second: str) -> None:
    now = clock.present().now()
    later: dict[str, Any] = {"start_time": moment(now + timedelta(days=1)), "end_time": moment(now + timedelta(days=4))}
    made = business.post("ada", "split_test/create", **wanted(town, second, **later)).data["split_test_group_id"]
    one: dict[str, Any] = {"advertiser_id": town.ids["account_id"], "split_test_group_id": made}
    told = business.get("ada", "split_test/result/get", **one).data
    assert (told["split_test_status"], told["start_time"], told["end_time"]) == ("NOT_STARTED", *later.values())
    moved: dict[str, Any] = {"start_time": moment(now + timedelta(days=2)), "end_time": moment(now + timedelta(days=9))}
    assert business.post("ada", "split_test/update", **one, **moved).data == {}
    told = business.get("ada", "split_test/result/get", **one).data
    assert (told["start_time"], told["end_time"]) == tuple(moved.values())
    assert business.post("ada", "split_test/update", **one, **{**moved, "end_time": moved["start_time"]}).code == 40002

    begun = SplitTest.objects.get()
    begun.starts_at = now
    begun.save()
    said = business.post("ada", "split_test/update", **one, **moved)
    assert (said.code, "has begun" in said.message) == (40002, True)
    assert business.post("ada", "split_test/end", **one).data == {}
    assert arms(town.ids["ad_group_id"], second) == [None, None]
    again = business.post("ada", "split_test/create", **wanted(town, second))
    assert again.code == 0  # They are free again.


def test_ended_before_it_began_it_is_cancelled_and_so_is_one_whose_ad_group_is_gone(
    business: Business, town: Town, second: str
) -> None:
    now = clock.present().now()
    later: dict[str, Any] = {"start_time": moment(now + timedelta(days=1)), "end_time": moment(now + timedelta(days=4))}
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}

    def status(test_id: str) -> Any:
        return business.get("ada", "split_test/result/get", **account, split_test_group_id=test_id).data[
            "split_test_status"
        ]

    first_test = business.post("ada", "split_test/create", **wanted(town, second, **later)).data["split_test_group_id"]
    business.post("ada", "split_test/end", **account, split_test_group_id=first_test)
    assert status(first_test) == "CANCELLED"
    other = business.post("ada", "split_test/create", **wanted(town, second)).data["split_test_group_id"]
    assert status(other) == "IN_PROGRESS"
    ad_groups.delete(town.scopes["ada"], [int(second)], now=now + timedelta(seconds=1))
    assert status(other) == "CANCELLED"


def test_what_cannot_be_compared_is_refused_by_name(business: Business, town: Town, second: str) -> None:
    ada, first, now = town.scopes["ada"], town.ids["ad_group_id"], clock.present().now()
    month = {"end_time": moment(now + timedelta(days=31))}
    past = {"start_time": moment(now - timedelta(hours=1))}
    tried: list[tuple[dict[str, Any], str]] = [
        ({"object_ids": [first]}, "object_ids: 2 different"),
        ({"object_ids": [first, first]}, "object_ids: 2 different"),
        ({"object_ids": [], "cells": [{"object_ids": [first]}]}, "object_ids: 2 different"),
        ({"split_test_level": "CAMPAIGN"}, "split_test_level: "),
        ({"key_metric": "COST_PER_CLICK"}, "key_metric: "),
        ({"budget": 10}, "budget: "),
        ({"test_variable": "LUCK"}, "test_variable: "),
        ({"start_time": "tomorrow"}, "start_time: "),
        (month, "end_time: 1 to 30 days"),
        (past, "start_time: "),
    ]
    for changed, message in tried:
        said = business.post("ada", "split_test/create", **wanted(town, second, **changed))
        assert (said.code, said.message[: len(message)]) == (40002, message)
    assert business.post("ada", "split_test/create", **wanted(town, second, object_ids=[first, "1"])).code == 40007

    def change(**changes: Any) -> None:
        ad_groups.update(ada, int(second), AdGroupChanges(**changes), billed_micros=0, now=now)

    change(budget=Budget(BudgetMode.DAILY, 30_000_000))
    assert "same budget" in business.post("ada", "split_test/create", **wanted(town, second)).message
    change(budget=Budget(BudgetMode.DAILY, 20_000_000), targeting=Targeting(countries=("NL", "BE")))
    assert "same targeting" in business.post("ada", "split_test/create", **wanted(town, second)).message
    said = business.post("ada", "split_test/create", **wanted(town, second, test_variable="TARGTING"))
    assert said.code == 0, said.message
    again = business.post("ada", "split_test/create", **wanted(town, second, test_variable="CUSTOM"))
    assert (again.code, "another split test" in again.message) == (40002, True)
    assert SplitTest.objects.count() == 1


def test_nobody_else_makes_reads_moves_or_ends_one(business: Business, town: Town, second: str) -> None:
    made = business.post("ada", "split_test/create", **wanted(town, second)).data["split_test_group_id"]
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    one: dict[str, Any] = {**account, "split_test_group_id": made}
    before = (AuditEntry.objects.count(), Publication.objects.count())
    for who in (name for name in CAST if name != "ada"):
        refused = 40104 if who == "anonymous" else 40001
        times: dict[str, Any] = {"start_time": "2030-01-01 00:00:00", "end_time": "2030-01-08 00:00:00"}
        said = [
            business.post(who, "split_test/create", **wanted(town, second)),
            business.post(who, "split_test/update", **one, **times),
            business.post(who, "split_test/end", **one),
            business.post(who, "split_test/promote", **one, winning_object_id=second),
            business.get(who, "split_test/result/get", **one),
        ]
        assert [(each.code, each.data) for each in said] == [(refused, {})] * len(said)
    assert (AuditEntry.objects.count(), Publication.objects.count()) == before
