"""Lookalikes: asked for, told of, made anew; of nobody else's audience."""

from datetime import timedelta
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import CAST, Town
from vonk.advertising.models import CustomAudience
from vonk.control import clock
from vonk.control.models import AuditEntry

RULE = {"inclusion_rule_set": {"operator": "OR", "rules": [{"retention_days": 30}]}}


def source(business: Business, account: dict[str, Any]) -> str:
    """Return an audience to be like."""
    asked: dict[str, Any] = {"custom_audience_name": "Engaged", "audience_type": "ENGAGEMENT", "rule_spec": RULE}
    return str(business.post("ada", "dmp/custom_audience/rule/create", **account, **asked).data["custom_audience_id"])


def wanted(source_id: str, **changed: Any) -> dict[str, Any]:
    spec = {
        "source_audience_id": source_id, "include_source": False, "mobile_os": "ALL",
        "placements": ["PLACEMENT_TIKTOK"], "location_ids": ["2750405"], "audience_size": "BALANCED", **changed,
    }  # fmt: skip
    return {"custom_audience_name": "Like them", "lookalike_spec": spec}


def test_a_lookalike_is_asked_for_told_of_and_made_anew(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    source_id = source(business, account)
    made = business.post("ada", "dmp/custom_audience/lookalike/create", **account, **wanted(source_id))
    assert made.code == 0, made.message
    one = made.data["custom_audience_id"]
    (told,) = (
        row
        for row in business.get("ada", "dmp/custom_audience/list", **account).data["list"]
        if row["audience_id"] == one
    )
    assert (told["audience_type"], told["msg"], told["error_msg"], told["cover_num"]) == ("Lookalike", "waiting", "", 0)
    assert told["lookalike_spec"] == wanted(source_id)["lookalike_spec"]

    row = CustomAudience.objects.get(pk=int(one))
    row.lookalike = {**row.lookalike, "state": "failed", "reason": "fewer than 100 people"}
    row.save()
    (told,) = business.get("ada", "dmp/custom_audience/get", **account, custom_audience_ids=[one]).data["list"]
    details = told["audience_details"]
    assert (details["msg"], details["error_msg"]) == ("failed", "fewer than 100 people")
    again: dict[str, Any] = {"custom_audience_ids": [one]}
    assert business.post("ada", "dmp/custom_audience/lookalike/update", **account, **again).data == {}
    assert CustomAudience.objects.get(pk=int(one)).lookalike["state"] == "waiting"
    row.refresh_from_db()
    row.modified_at -= timedelta(hours=1)
    before = AuditEntry.objects.count()
    both: dict[str, Any] = {"custom_audience_ids": [one, source_id]}  # One of them is none: neither is made anew.
    assert business.post("ada", "dmp/custom_audience/lookalike/update", **account, **both).code == 40002
    assert AuditEntry.objects.count() == before
    assert clock.present().now() > row.modified_at


def test_what_cannot_be_is_refused_by_name(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    source_id = source(business, account)
    create = "dmp/custom_audience/lookalike/create"
    one = business.post("ada", create, **account, **wanted(source_id)).data["custom_audience_id"]
    assert business.post("ada", create, **account, **wanted(one)).code == 40002  # A lookalike itself.
    assert business.post("ada", create, **account, **wanted("1")).code == 40007
    strange: tuple[dict[str, Any], ...] = ({"location_ids": ["1"]}, {"audience_size": "HUGE"}, {"location_ids": []})
    for changed in strange:
        said = business.post("ada", create, **account, **wanted(source_id, **changed))
        assert (said.code, said.message.startswith("lookalike_spec.")) == (40002, True)
    before = (AuditEntry.objects.count(), CustomAudience.objects.count())
    for who in (name for name in CAST if name != "ada"):
        refused = 40104 if who == "anonymous" else 40001
        assert business.post(who, create, **account, **wanted(source_id)).code == refused
        update: dict[str, Any] = {**account, "custom_audience_ids": [one]}
        assert business.post(who, "dmp/custom_audience/lookalike/update", **update).code == refused
    assert (AuditEntry.objects.count(), CustomAudience.objects.count()) == before
