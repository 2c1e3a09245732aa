"""Business Centers at the wire: who they are, what they work with, whom they let, what they may spend."""

from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.authorisation.models import AccountAccess
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.control.scope import Scope, Via
from vonk.identity import access
from vonk.identity.actions import tokens
from vonk.identity.models import MemberInvitation, Membership


def refused(business: Business, code: int, path: str, **asked: Any) -> str:
    """Assert that Ada's write is refused and leaves nothing behind; return why."""
    before = AuditEntry.objects.count()
    said = business.post("ada", path, **asked)
    assert (said.code, said.data) == (code, {})
    assert AuditEntry.objects.count() == before
    return said.message


def done(business: Business, path: str, **asked: Any) -> Any:
    """Have Ada write, and return the answer's data."""
    said = business.post("ada", path, **asked)
    assert said.message == "OK"
    return said.data


def listed(business: Business, path: str, who: str = "ada", **asked: Any) -> Any:
    """Return the rows of a list."""
    said = business.get(who, path, **asked)
    assert said.message == "OK"
    assert said.data["page_info"]["total_number"] >= len(said.data["list"])
    return said.data["list"]


def as_member(business: Business, town: Town) -> Scope:
    """Give the member of Ada's organisation a token, under the name "member"."""
    scope = access.person(access.Actor(int(town.ids["member_id"]), Via.PLATFORM_API))
    token = tokens.issue(scope, label="test", expires_at=None, now=clock.present().now())
    business.token_of["member"] = token.token
    return scope


def test_business_centers_are_listed_with_where_they_are_at_home(business: Business, town: Town) -> None:
    bc_id = town.ids["organisation_id"]
    (row,) = listed(business, "bc/get")
    assert row == {
        "bc_info": {
            "bc_id": bc_id,
            "name": "Ada's bakery",
            "company": "Ada's bakery",
            "currency": "EUR",
            "registered_area": "NL",
            "status": "ENABLE",
            "timezone": "Europe/Amsterdam",
            "type": "NORMAL",
            "verification_status": None,
        },
        "user_role": "ADMIN",
        "ext_user_role": {"finance_role": None},
    }
    assert listed(business, "bc/get", bc_id=bc_id, scene="SINGLE_ACCOUNT", filtering={"keyword": "BAKERY"}) == [row]
    assert listed(business, "bc/get", filtering={"keyword": bc_id, "keyword_type": "NAME"}) == []
    assert listed(business, "bc/get", scene="TIERED_ACCOUNT") == []
    assert listed(business, "bc/get", page=2) == []
    assert listed(business, "bc/get", who="vik") == []
    for asked, code in (({"page_size": 51}, 40002), ({"bc_id": town.ids["agency_id"]}, 40001), ({"scene": "X"}, 40002)):
        assert business.get("ada", "bc/get", **asked).code == code
    made = done(
        business,
        "bc/advertiser/create",
        bc_id=bc_id,
        advertiser_info={"name": "Cakes", "currency": "USD", "timezone": "America/New_York"},
        customer_info={"company": "Ada's cakes", "registered_area": "US"},
        qualification_info={"license_no": "unread"},
    )
    assets = listed(business, "bc/asset/get", bc_id=bc_id, asset_type="ADVERTISER")
    assert [one["asset_id"] for one in assets] == [town.ids["account_id"], made["advertiser_id"]]
    assert "currency" in refused(
        business,
        40002,
        "bc/advertiser/create",
        bc_id=bc_id,
        advertiser_info={"name": "Pies", "currency": "XXX", "timezone": "UTC"},
        customer_info={"company": "Ada's pies", "registered_area": "NL"},
    )
    balance = business.get("ada", "bc/balance/get", bc_id=bc_id).data
    assert [(one["currency"], one["account_balance"]) for one in balance["balances"]] == [("EUR", 588.0), ("USD", 0.0)]
    assert (balance["currency"], balance["account_balance"], balance["cash_balance"]) == ("EUR", 588.0, 93.0)


def test_members_work_with_what_is_assigned_to_them(business: Business, town: Town) -> None:
    as_member(business, town)
    bc: dict[str, Any] = {"bc_id": town.ids["organisation_id"]}
    account: dict[str, Any] = {**bc, "asset_type": "ADVERTISER", "asset_id": town.ids["account_id"]}
    creator: dict[str, Any] = {**bc, "asset_type": "TT_ACCOUNT", "asset_id": town.ids["profile_id"]}
    member: dict[str, Any] = {"user_id": town.ids["member_id"]}
    assert listed(business, "bc/asset/get", who="member", **bc, asset_type="ADVERTISER") == []
    for path, asked in (
        ("bc/asset/admin/get", {"asset_type": "ADVERTISER"}),
        ("bc/member/get", {}),
        ("bc/asset/account/authorization", {}),
        ("bc/asset/get", {"asset_type": "ADVERTISER", "filtering": {"user_email": "ada@example.org"}}),
    ):
        assert business.get("member", path, **bc, **asked).code == 40001
    assert "advertiser_role" in refused(business, 40002, "bc/asset/assign", **account, **member)
    assert "tt_account_roles" in refused(
        business, 40002, "bc/asset/assign", **creator, **member, tt_account_roles=["POST", "LIVE"]
    )
    stranger: dict[str, Any] = {"user_id": town.ids["person_id"]}
    refused(business, 40002, "bc/asset/assign", **account, **stranger, advertiser_role="ANALYST")
    foreign: dict[str, Any] = {**account, "asset_id": town.ids["suspended_account_id"]}
    refused(business, 40007, "bc/asset/assign", **foreign, **member, advertiser_role="ANALYST")
    done(business, "bc/asset/assign", **account, **member, advertiser_role="OPERATOR")
    done(business, "bc/member/assign", **creator, **member, tt_account_roles=["POST"])
    (seen,) = listed(business, "bc/asset/get", who="member", **bc, asset_type="ADVERTISER")
    assert (seen["asset_id"], seen["advertiser_role"], seen["relation_type"]) == (
        town.ids["account_id"],
        "OPERATOR",
        "OWNER_BC",
    )
    (seen,) = listed(business, "bc/asset/get", who="member", **bc, asset_type="TT_ACCOUNT")
    assert (seen["asset_id"], seen["tt_account_roles"], seen["relation_type"]) == (
        town.ids["profile_id"],
        ["POST"],
        "OWNER_INDIVIDUAL",
    )
    by_address = listed(
        business, "bc/asset/get", **bc, asset_type="TT_ACCOUNT", filtering={"user_email": "MEMBER@example.org"}
    )
    assert by_address == [seen]
    people = listed(business, "bc/asset/member/get", **account)
    assert [(one["user_name"], one["advertiser_role"]) for one in people] == [
        ("Ada", "ADMIN"),
        ("Member", "OPERATOR"),
        ("Spare", "ADMIN"),
    ]
    assert len(listed(business, "bc/asset/member/get", **creator)) == 3
    done(business, "bc/asset/unassign", **account, **member)
    done(business, "bc/asset/unassign", **creator, **member)
    assert listed(business, "bc/asset/get", who="member", **bc, asset_type="TT_ACCOUNT") == []

    letter: dict[str, Any] = {**bc, "emails": ["a@example.org", "b@example.org"], "asset_ids": [town.ids["account_id"]]}
    refused(business, 40002, "bc/member/invite", **{**letter, "emails": ["a@example.org", "a@example.org"]})
    refused(business, 40007, "bc/member/invite", **{**letter, "asset_ids": [town.ids["suspended_account_id"]]})
    done(business, "bc/member/invite", **letter, advertiser_role="OPERATOR", ext_user_role={"finance_role": "ANALYST"})
    rows = MemberInvitation.objects.filter(email__in=letter["emails"]).values_list("role", "finance_role", "accounts")
    assert list(rows) == [("standard", "analyst", {town.ids["account_id"]: "operator"})] * 2
    pending = listed(business, "bc/member/get", **bc, filtering={"relation_status": "PENDING"})
    assert [one["user_email"] for one in pending] == ["b@example.org", "a@example.org", "new@example.org"]
    done(business, "bc/member/delete", **bc, user_email="a@example.org")
    refused(business, 40007, "bc/member/delete", **bc, user_email="a@example.org")
    refused(business, 40002, "bc/member/delete", **bc, **member, user_email="member@example.org")
    refused(business, 40002, "bc/member/update", **bc, **member, user_name="Somebody")
    done(business, "bc/member/update", **bc, **member, ext_user_role={"finance_role": "MANAGER"})
    found = listed(business, "bc/member/get", **bc, filtering={"keyword": "member@"})
    assert [(one["user_role"], one["ext_user_role"]) for one in found] == [("STANDARD", {"finance_role": "MANAGER"})]
    done(business, "bc/member/delete", **bc, **member)
    assert business.get("member", "bc/asset/get", **bc, asset_type="ADVERTISER").code == 40001
    assert not Membership.objects.filter(person_id=int(town.ids["member_id"])).exists()


def test_creators_partners_and_ad_accounts_are_linked_and_let_go(business: Business, town: Town) -> None:
    bc: dict[str, Any] = {"bc_id": town.ids["organisation_id"]}
    creator: dict[str, Any] = {**bc, "asset_type": "TT_ACCOUNT", "asset_id": town.ids["profile_id"]}
    link: dict[str, Any] = {**creator, "advertiser_id": town.ids["account_id"]}
    first, second = (business.get("ada", "bc/asset/account/authorization", **bc).data for _ in range(2))
    assert "/studio/access/#" in first["bc_auth_qr_code"]
    assert first != second
    made = AccountAccess.objects.order_by("-pk")[0]
    assert (made.organisation_id, made.profile_id, len(made.asked_scopes)) == (int(bc["bc_id"]), None, 4)
    assert business.get("ada", "bc/asset/account/authorization", **bc, scopes=["unknown"]).code == 40002
    quota = {"total_quota": 100, "used_quota": 1, "available_quota": 99}
    assert business.get("ada", "bc/asset/bind/quota", **creator).data == quota
    done(business, "bc/asset/advertiser/unassign", **link)
    assert listed(business, "bc/asset/advertiser/assigned", **creator) == []
    done(business, "bc/asset/advertiser/assign", **link)
    assert listed(business, "bc/asset/advertiser/assigned", **creator) == [
        {"advertiser_id": town.ids["account_id"], "advertiser_name": "Bread"}
    ]
    refused(business, 40007, "bc/asset/advertiser/assign", **{**link, "advertiser_id": town.ids["agency_account_id"]})

    partner: dict[str, Any] = {**bc, "partner_id": town.ids["agency_id"]}
    shared: dict[str, Any] = {**partner, "asset_type": "ADVERTISER"}
    rows = listed(business, "bc/partner/get", **bc)
    assert [(one["bc_name"], one["relation_status"], one["asked_by_partner"]) for one in rows] == [
        ("Other", "PENDING", True),
        ("Agency", "BOUND", False),
    ]
    (taken,) = listed(business, "bc/partner/asset/get", **shared, share_type="SHARED")
    assert (taken["asset_id"], taken["advertiser_role"]) == (town.ids["agency_account_id"], "ANALYST")
    done(business, "bc/partner/add", **partner, asset_type="TT_ACCOUNT", asset_ids=[town.ids["profile_id"]])
    (given,) = listed(business, "bc/partner/asset/get", **partner, asset_type="TT_ACCOUNT", share_type="SHARING")
    assert (given["asset_name"], given["tt_account_roles"]) == ("Cleo", ["POST"])
    assert [one["bc_name"] for one in listed(business, "bc/asset/partner/get", **creator)] == ["Agency"]
    refused(business, 40007, "bc/partner/asset/delete", **shared, asset_ids=[town.ids["agency_account_id"]])
    done(business, "bc/partner/asset/delete", **shared, asset_ids=[town.ids["account_id"]])
    refused(business, 40007, "bc/partner/add", **shared, asset_ids=[town.ids["suspended_account_id"]])
    refused(business, 40002, "bc/partner/add", **{**shared, "partner_id": bc["bc_id"]})
    done(business, "bc/partner/add", **{**shared, "advertiser_role": "ADMIN"}, asset_ids=[town.ids["account_id"]])
    assert listed(business, "bc/partner/asset/get", **shared, share_type="SHARING")[0]["advertiser_role"] == "ADMIN"

    everything = listed(business, "bc/asset/admin/get", **bc, asset_type="ADVERTISER")
    assert [(one["asset_name"], one["relation_type"]) for one in everything] == [
        ("Bread", "OWNER_BC"),
        ("Agency", "OWNER_PARTNER"),
    ]
    partners: dict[str, Any] = {"relation_type": "OWNER_PARTNER"}
    assert listed(business, "bc/asset/admin/get", **bc, asset_type="ADVERTISER", filtering=partners) == everything[1:]
    refused(
        business,
        40007,
        "bc/asset/admin/delete",
        **bc,
        asset_type="ADVERTISER",
        asset_ids=[town.ids["agency_account_id"], town.ids["account_id"]],
    )
    done(business, "bc/asset/admin/delete", **bc, asset_type="ADVERTISER", asset_ids=[town.ids["agency_account_id"]])
    done(business, "bc/asset/admin/delete", **bc, asset_type="TT_ACCOUNT", asset_ids=[town.ids["profile_id"]])
    status = {
        one["asset_name"]: one["relation_status"]
        for one in listed(business, "bc/asset/admin/get", **bc, asset_type="TT_ACCOUNT")
    }
    assert status == {"Cleo": "UNBOUND", "Vik": "PENDING", "Mallory": "BOUND"}
    assert business.get("ada", "bc/asset/bind/quota", **creator).code == 40007
    done(business, "bc/partner/delete", **partner)
    refused(business, 40007, "bc/partner/delete", **partner)


def test_money_moves_in_ad_accounts_alone(business: Business, town: Town) -> None:
    as_member(business, town)
    bc: dict[str, Any] = {"bc_id": town.ids["organisation_id"]}
    said = business.get("ada", "advertiser/balance/get", **bc).data
    (row,) = said["advertiser_account_list"]
    assert (row["advertiser_id"], row["account_balance"], row["owed"]) == (town.ids["account_id"], 588.0, 5.0)
    assert business.get("member", "advertiser/balance/get", **bc).data["advertiser_account_list"] == []
    moved = business.get("ada", "bc/transaction/get", **bc, page_size=50).data
    assert moved["page_info"]["total_number"] == len(moved["transaction_list"])
    paid = business.get("ada", "bc/account/transaction/get", **bc, filtering={"transaction_types": ["TOP_UP"]}).data[
        "transaction_list"
    ]
    assert [(one["amount"], one["funds_type"], one["currency"]) for one in paid] == [(100.0, "CASH", "EUR")]
    credit = business.get("ada", "bc/transaction/get", **bc, filtering={"funds_type": ["CREDIT"]}).data
    assert [(one["transaction_type"], one["amount"]) for one in credit["transaction_list"]] == [("CHARGE", -5.0)]
    cash = sum(one["amount"] for one in moved["transaction_list"] if one["funds_type"] == "CASH")
    assert cash == row["cash_balance"]
    for path, asked in (
        ("bc/account/transaction/get", {"transaction_level": "BC"}),
        ("bc/account/transaction/get", {"filtering": {"account_ids": [town.ids["agency_account_id"]]}}),
        ("bc/transaction/get", {"end_date": "2020-01-01"}),
        ("advertiser/transaction/get", {"filtering": {"keyword": "Cakes"}}),
    ):
        assert business.get("ada", path, **bc, **asked).data["transaction_list"] == []
    assert business.get("ada", "bc/transaction/get", **bc, start_date="soon").code == 40002
    unpaid = {"currency": "EUR", "amount": 5.0, "invoices": 1}
    assert business.get("ada", "bc/invoice/unpaid/get", **bc, invoice_type="ALL").data["list"] == [unpaid]
    (pixel,) = listed(business, "bc/asset/get", **bc, asset_type="PIXEL")
    linked = {"advertiser_id": town.ids["account_id"], "advertiser_name": "Bread", "relation_status": "BOUND"}
    assert listed(business, "bc/pixel/link/get", **bc, pixel_code=pixel["pixel_code"]) == [linked]
    assert listed(business, "bc/pixel/link/get", who="member", **bc, pixel_code=pixel["pixel_code"]) == []
    assert business.post("ada", "bc/transfer", **bc, transfer_type="RECHARGE").code == 40008
