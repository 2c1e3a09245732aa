"""Groups of assets: rights follow who and what is in them, and nothing more is taken back than was given."""

from typing import Any

import pytest

from tests.wire.business.conftest import Business, Said
from tests.wire.business.test_foreign import of_mallory
from tests.wire.conftest import Town
from vonk.authorisation.models import GroupGrant
from vonk.control.models import AuditEntry
from vonk.control.scope import Right, Via
from vonk.core.errors import NotFound
from vonk.identity import access
from vonk.identity.models import Membership


def test_rights_follow_the_groups(business: Business, town: Town) -> None:
    bc, account, member = (town.ids[name] for name in ("organisation_id", "account_id", "member_id"))
    actor = access.Actor(int(member), Via.WEB)
    Membership.objects.filter(person_id=int(member), account_id=int(account)).delete()

    def post(path: str, **asked: Any) -> Said:
        return business.post("ada", f"bc/asset_group/{path}", bc_id=bc, **asked)

    def get(path: str, **asked: Any) -> Said:
        return business.get("ada", f"bc/asset_group/{path}", bc_id=bc, **asked)

    def may(right: Right) -> bool:
        try:
            return right in access.advertiser(actor, int(account), may=Right.ACCOUNT_VIEW).rights
        except NotFound:
            return False

    def role() -> str | None:
        return Membership.objects.filter(person_id=int(member)).values_list("role", flat=True).first()

    asset = {"asset_id": account, "asset_type": "ADVERTISER"}
    first = post(
        "create", asset_group_name="Bread", assets=[asset],
        members=[{"member_id": member, "asset_roles": {"ADVERTISER": "ANALYST"}}],
    )  # fmt: skip
    assert first.code == 0, first.message
    one = first.data["asset_group_id"]
    assert may(Right.ACCOUNT_VIEW)
    assert not may(Right.CAMPAIGN_EDIT)
    two = post(
        "create", asset_group_name="Cakes", members=[{"member_id": member, "asset_roles": {"ADVERTISER": "OPERATOR"}}]
    )
    assert role() == "analyst"
    other = two.data["asset_group_id"]
    assert post("update", asset_group_id=other, update_entity="ASSET", action="ADD", assets=[asset]).code == 0
    assert may(Right.CAMPAIGN_EDIT)  # The higher of the two.
    told = get("get", asset_group_id=other, query_entity="MEMBER").data
    assert [(row["member_id"], row["asset_roles"]) for row in told["members"]] == [(member, {"ADVERTISER": "OPERATOR"})]
    told = get("get", asset_group_id=other, query_entity="ASSET").data
    assert [(row["asset_id"], row["asset_type"]) for row in told["assets"]] == [(account, "ADVERTISER")]
    assert told["members"] is None
    assert post("update", asset_group_id=other, update_entity="ASSET", action="DELETE", assets=[asset]).code == 0
    assert role() == "analyst"
    renamed = post("update", asset_group_id=other, update_entity="NAME", asset_group_name="Rolls")
    assert renamed.code == 0
    assert [row["asset_group_name"] for row in get("list").data["asset_groups"]] == ["Rolls", "Bread"]
    assert get("list", filtering={"keyword": "bRe"}).data["page_info"]["total_number"] == 1
    out = [{"member_id": member}]
    assert post("update", asset_group_id=one, update_entity="MEMBER", action="DELETE", members=out).code == 0
    assert not may(Right.ACCOUNT_VIEW)

    # What was given by hand before is there again.
    Membership.objects.create(person_id=int(member), account_id=int(account), role="analyst")
    back = [{"member_id": member, "asset_roles": {"ADVERTISER": "ADMIN"}}]
    assert post("update", asset_group_id=one, update_entity="MEMBER", action="ADD", members=back).code == 0
    assert role() == "admin"
    assert post("delete", asset_group_ids=[one, "1"]).code == 40007
    assert role() == "admin"
    assert post("delete", asset_group_ids=[one, other]).code == 0
    assert role() == "analyst"
    assert not GroupGrant.objects.exists()
    assert get("list").data["asset_groups"] == []


def test_groups_hold_ones_own_alone_and_are_refused_whole(business: Business, town: Town) -> None:
    bc, account, member = (town.ids[name] for name in ("organisation_id", "account_id", "member_id"))
    foreign, center = of_mallory(town)
    made = business.post("ada", "bc/asset_group/create", bc_id=bc, asset_group_name="Bread").data["asset_group_id"]
    before = AuditEntry.objects.count(), Membership.objects.count()

    def create(**asked: Any) -> Said:
        return business.post("ada", "bc/asset_group/create", **{"bc_id": bc, "asset_group_name": "Rolls", **asked})

    def update(**asked: Any) -> Said:
        return business.post("ada", "bc/asset_group/update", bc_id=bc, asset_group_id=made, **asked)

    mine = {"asset_id": account, "asset_type": "ADVERTISER"}
    theirs = {"asset_id": foreign, "asset_type": "ADVERTISER"}
    someone = {"member_id": str(town.scopes["mallory"].person), "asset_roles": {"ADVERTISER": "ADMIN"}}
    refused = {
        "a foreign account": (create(assets=[mine, theirs]), 40007),
        "a stranger": (create(assets=[mine], members=[someone]), 40007),
        "a name that is taken": (create(asset_group_name="Bread"), 40002),
        "no name": (create(asset_group_name=" "), 40002),
        "an unknown role": (create(members=[{"member_id": member, "asset_roles": {"ADVERTISER": "KING"}}]), 40002),
        "nothing to add": (update(update_entity="ASSET", action="ADD"), 40002),
        "no action": (update(update_entity="MEMBER", members=[someone]), 40002),
        "an asset cannot change": (update(update_entity="ASSET", action="UPDATE", assets=[mine]), 40002),
        "another's Business Center": (create(bc_id=center), 40001),
        "another's group": (
            business.post("mallory", "bc/asset_group/delete", bc_id=center, asset_group_ids=[made]), 40007,
        ),
    }  # fmt: skip
    assert {name: said.code for name, (said, _) in refused.items()} == {
        name: code for name, (_, code) in refused.items()
    }
    assert (AuditEntry.objects.count(), Membership.objects.count()) == before


@pytest.mark.parametrize("path", ["list", "get"])
def test_only_admins_read_groups(business: Business, town: Town, path: str) -> None:
    asked: dict[str, Any] = {"bc_id": town.ids["organisation_id"], "asset_group_id": "1", "query_entity": "ASSET"}
    assert business.get("mallory", f"bc/asset_group/{path}", **asked).code == 40001
