"""An app from its first code to its last token, and what its tokens reach at the business API and elsewhere."""

from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Api, Town
from vonk.billing import queries as billing
from vonk.billing.actions import payments
from vonk.control import clock
from vonk.identity import access
from vonk.identity.actions import accounts, app_tokens
from vonk.identity.models import AccessToken, AdAccount, Membership, OrganisationMember


def test_a_code_becomes_a_token_that_ends(business: Business, town: Town, api: Api) -> None:
    app: Any = {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}
    account = town.ids["account_id"]
    wrong = business.post("anonymous", "oauth2/access_token", **{**app, "secret": "x"}, auth_code=town.ids["app_code"])
    assert (wrong.code, wrong.message) == (40000, "The app id, the secret and the token do not belong together.")
    given = business.post("anonymous", "oauth2/access_token", **app, auth_code=town.ids["app_code"])
    assert given.code == 0
    assert given.data == {
        "access_token": given.data["access_token"], "advertiser_ids": [account], "scope": [1, 2, 3, 4, 5],
    }  # fmt: skip
    again = business.post("anonymous", "oauth2/access_token", **app, auth_code=town.ids["app_code"])
    assert (again.code, again.message) == (40110, "The authorisation code is not valid.")
    token = business.token_of["app"] = given.data["access_token"]
    listed = business.get("app", "oauth2/advertiser/get", **app)
    assert listed.data == {"list": [{"advertiser_id": account, "advertiser_name": "Bread"}]}
    assert business.get("app", "user/info").data["core_user_id"] == str(town.scopes["ada"].person)
    town.tokens["app"] = token
    assert api.call("app", "GET", "/accounts").code == "sign_in_required"
    ended = business.post("anonymous", "oauth2/revoke_token", **app, access_token=token)
    assert ended.data == {"app_id": town.ids["app_id"], "advertiser_ids": [account]}
    assert business.get("app", "user/info").code == 40105
    assert business.post("anonymous", "oauth2/revoke_token", **app, access_token=token).code == 0
    own = business.post("anonymous", "oauth2/revoke_token", **app, access_token=town.tokens["ada"])
    assert own.code == 40000
    assert business.get("ada", "user/info").code == 0


def test_a_token_of_one_app_is_no_other_apps(business: Business, town: Town) -> None:
    business.token_of["app"] = town.ids["app_token"]
    app: Any = {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}
    for changed in ({"secret": "wrong"}, {"app_id": "1"}):
        assert business.get("app", "oauth2/advertiser/get", **(app | changed)).code == 40000
    assert business.get("mallory", "oauth2/advertiser/get", **app).code == 40000
    assert business.get("anonymous", "oauth2/advertiser/get", **app).code == 40104
    missing = business.post("anonymous", "oauth2/access_token", app_id=town.ids["app_id"], auth_code="x")
    assert (missing.code, missing.message) == (40002, "secret: it is missing")


def test_what_an_app_reaches_goes_with_the_persons_role(business: Business, town: Town) -> None:
    now = clock.present().now()
    business.token_of["app"] = town.ids["app_token"]
    account = town.ids["account_id"]
    ada = town.scopes["ada"]
    second = accounts.open_account(
        access.person(access.Actor(ada.person, ada.via)), organisation_name="Ada's books", name="Books", currency="EUR",
        time_zone="Europe/Amsterdam", country="NL", advertiser_name="Ada", payer_name="Ada", now=now,
    )  # fmt: skip
    assert business.get("ada", "advertiser/info", advertiser_ids=[str(second)]).code == 0
    foreign = business.get("app", "advertiser/info", advertiser_ids=[account, str(second)])
    assert (foreign.code, foreign.message) == (40001, f"No permission to operate advertiser {second}")
    assert business.get("app", "term/check", advertiser_id=str(second), term_type="SparkAds").code == 40001
    AccessToken.objects.filter(app_id=town.ids["app_id"]).update(permissions=[1])
    kept = business.post("app", "advertiser/update", advertiser_id=account, advertiser_name="Mine")
    assert (kept.code, kept.message) == (40130, "The app was not allowed “account.edit”.")
    Membership.objects.filter(person_id=ada.person, account_id=int(account)).delete()
    OrganisationMember.objects.filter(person_id=ada.person, organisation_id=int(town.ids["organisation_id"])).delete()
    assert business.get("app", "advertiser/info", advertiser_ids=[account]).code == 40001
    app: Any = {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}
    assert business.get("app", "oauth2/advertiser/get", **app).data == {"list": []}
    app_tokens.disconnect(access.person(access.Actor(ada.person, ada.via)), int(town.ids["app_id"]), now=now)
    assert business.get("app", "user/info").code == 40105


def test_an_ad_account_in_all_its_fields(business: Business, town: Town) -> None:
    account = town.ids["account_id"]
    row = AdAccount.objects.get(pk=account)
    payments.top_up(town.scopes["ada"], amount_micros=5_500_000, now=clock.present().now(), provider_reference="second")
    balance = business.get("ada", "advertiser/info", advertiser_ids=[account], fields=["balance"]).data["list"]
    changed: Any = {
        "advertiser_name": " Bread  and rolls", "contact_name": "Ada", "contact_email": "ada@example.org",
        "contact_number": "+31 6", "address": "Mill 1", "license_no": "KvK 1", "promotion_link": "https://example.org/",
        "company": "Ada's BV", "tax_map": {"vat": "NL1"}, "need_submit_certificate": True,
    }  # fmt: skip
    assert business.post("ada", "advertiser/update", advertiser_id=account, **changed).data == {}
    said = business.get("ada", "advertiser/info", advertiser_ids=f'["{account}",\n "{account}"]', page_size="100")
    assert said.data["page_info"] == {"page": 1, "page_size": 100, "total_number": 1, "total_page": 1}
    nothing = (
        "description", "industry", "language", "license_url", "license_province", "license_city", "cellphone_number",
        "promotion_area", "promotion_center_city", "promotion_center_province", "rejection_reason",
    )  # fmt: skip
    assert said.data["list"] == [{
        **dict.fromkeys(nothing), "advertiser_id": account, "name": "Bread and rolls", "address": "Mill 1",
        "company": "Ada's BV", "contacter": "Ada", "country": "NL", "currency": "EUR", "email": "ada@example.org",
        "license_no": "KvK 1", "phone_number": "+31 6", "telephone_number": "+31 6", "brand": "Ada's bakery",
        "role": "ROLE_ADVERTISER", "status": "STATUS_ENABLE", "timezone": "Europe/Amsterdam",
        "display_timezone": "Europe/Amsterdam", "advertiser_account_type": "AUCTION",
        "owner_bc_id": town.ids["organisation_id"], "create_time": int(row.created_at.timestamp()),
        "balance": balance[0]["balance"],
    }]  # fmt: skip
    assert balance == [{"balance": billing.balance(int(account)).micros / 1_000_000}]
    row.refresh_from_db()
    assert row.kept == {"tax_map": {"vat": "NL1"}, "need_submit_certificate": True}
    refused: tuple[tuple[Any, int], ...] = (
        ({}, 40012),
        ({"advertiser_budgets": []}, 40002),
        ({"contact_email": "nobody"}, 40002),
        ({"advertiser_name": ""}, 40002),
    )
    for asked, code in refused:
        assert business.post("ada", "advertiser/update", advertiser_id=account, **asked).code == code
    assert business.get("ada", "advertiser/info", advertiser_ids=[account], fields=["nme"]).code == 40002
    assert business.get("ada", "advertiser/info", advertiser_ids=[str(n) for n in range(1, 102)]).code == 40002
    beyond = business.get("ada", "advertiser/info", advertiser_ids=[account], page="2", page_size="1")
    assert (beyond.data["list"], beyond.data["page_info"]["total_number"]) == ([], 1)


def test_the_spark_terms_are_read_checked_and_confirmed(business: Business, town: Town) -> None:
    asked: Any = {"advertiser_id": town.ids["account_id"], "term_type": "SparkAds"}
    assert (
        business.get("ada", "term/get", **asked).data["terms"].startswith("Spark terms, version 2026-11\n1. Only with")
    )
    assert business.get("ada", "term/check", **asked).data == {"confirmed": True}
    AdAccount.objects.filter(pk=town.ids["account_id"]).update(spark_terms_version="2025-01")
    assert business.get("ada", "term/check", **asked).data == {"confirmed": False}
    assert business.post("ada", "term/confirm", **asked).data == {}
    assert business.get("ada", "term/check", **asked).data == {"confirmed": True}
    for path in ("term/get", "term/check"):
        refused = business.get("ada", path, **{**asked, "term_type": "LeadAds"})
        assert (refused.code, refused.message[:10]) == (40002, "term_type:")
    assert business.get("ada", "term/get", **{**asked, "term_type": "Nothing"}).code == 40002
