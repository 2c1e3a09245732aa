"""The change log: asked for, ready, fetched; only of the account it was asked for."""

import csv
import io
from datetime import timedelta
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.control import clock
from vonk.control.scope import Via
from vonk.identity import access
from vonk.identity.actions import accounts
from vonk.wire.business import changelog


def test_a_change_log_holds_what_was_done_in_the_account(business: Business, town: Town) -> None:
    account, campaign = town.ids["account_id"], town.ids["campaign_id"]
    business.token_of["app"] = town.ids["app_token"]
    renamed = business.post("app", "advertiser/update", advertiser_id=account, advertiser_name="=Rolls")
    assert renamed.code == 0

    def fetched(**asked: Any) -> list[dict[str, str]]:
        made = business.post("ada", "changelog/task/create", advertiser_id=account, **asked)
        assert made.code == 0, made
        task: Any = {"advertiser_id": account, "task_id": made.data["task_id"]}
        assert business.get("ada", "changelog/task/check", **task).data == {"status": "SUCCESS"}
        file = business.get("ada", "changelog/task/download", **task).data["changelog"]
        assert file["file_name"].endswith(".csv")
        return list(csv.DictReader(io.StringIO(file["file_data"])))

    everything = fetched()
    assert {row["log_object_type"] for row in everything} == {"AD", "ADGROUP", "ADVERTISER", "CAMPAIGN"}
    (row,) = fetched(object_type="CAMPAIGN", object_ids=[campaign], operation_types=["CREATE"])
    assert (row["Object ID"], row["Operator"], row["Source"], row["App ID"]) == (campaign, "Ada", "Platform API", "")
    assert '"campaign.created"' in row["Activity details"]
    (row,) = fetched(object_type="ADVERTISER", operation_types=["UPDATE"])[-1:]
    assert (row["Operator"], row["Source"], row["App ID"]) == ("Ada", "Business API", town.ids["app_id"])
    assert fetched(operation_types=["DOWNLOAD_LEADS"]) == []
    assert fetched(object_type="INSTANT_FORM") == []
    assert fetched(start_time="2020-01-01 00:00:00", end_time="2020-01-31 00:00:00") == []
    refused: tuple[Any, ...] = (
        {"start_time": "2020-01-01 00:00:00", "end_time": "2020-02-01 00:00:00"},
        {"start_time": "2020-01-02 00:00:00", "end_time": "2020-01-01 00:00:00"},
        {"object_ids": [campaign]},
        {"object_type": "SHOP"},
    )
    for asked in refused:
        assert business.post("ada", "changelog/task/create", advertiser_id=account, **asked).code == 40002


def test_a_task_is_of_one_account_and_ends(business: Business, town: Town, monkeypatch: Any) -> None:
    account = town.ids["account_id"]
    ada = access.person(access.Actor(town.scopes["ada"].person, Via.WEB))
    second = accounts.open_account(
        ada, organisation_name="Ada's books", name="Books", currency="EUR", time_zone="Europe/Amsterdam", country="NL",
        advertiser_name="Ada", payer_name="Ada", now=clock.present().now(),
    )  # fmt: skip
    task_id = business.post("ada", "changelog/task/create", advertiser_id=account).data["task_id"]
    for path in ("changelog/task/check", "changelog/task/download"):
        assert business.get("ada", path, advertiser_id=str(second), task_id=task_id).code == 40002
        assert business.get("ada", path, advertiser_id=account, task_id=task_id[:-1] + "x").code == 40002
    monkeypatch.setattr(changelog, "FETCHED_WITHIN", timedelta(0))
    assert business.get("ada", "changelog/task/check", advertiser_id=account, task_id=task_id).code == 40002
