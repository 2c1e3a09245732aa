"""An app that acts for a creator: let in, renewed, put out; what it reaches, and what no token of that kind does."""

from datetime import timedelta
from typing import Any

import pytest

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.control import clock
from vonk.identity.actions import app_tokens, apps, creator_tokens
from vonk.identity.models import AccessToken
from vonk.identity.rules import CreatorScope, Permission


@pytest.fixture
def client(town: Town) -> dict[str, Any]:
    return {"client_id": town.ids["app_id"], "client_secret": town.ids["app_secret"]}


def let_in(town: Town, *scopes: CreatorScope) -> str:
    """Cleo allows the app this; return its token."""
    now, app = clock.present().now(), (int(town.ids["app_id"]), town.ids["app_secret"])
    back = town.ids["app_uri"]
    code = creator_tokens.authorise(town.scopes["cleo"], app[0], redirect_uri=back, scopes=scopes, now=now).code
    return creator_tokens.exchange(*app, code, back, now=now).pair.token


def test_a_creators_code_becomes_a_token_that_is_renewed_until_somebody_steals_it(
    business: Business, town: Town, client: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"auth_code": town.ids["creator_code"], "redirect_uri": town.ids["app_uri"]}
    path = "tt_user/oauth2/token"
    assert business.post("anonymous", path, **client, **{**asked, "redirect_uri": "https://x.example"}).code == 40110
    assert business.post("anonymous", path, **client, **{**asked, "auth_code": town.ids["app_code"]}).code == 40110
    taken: Any = {"auth_code": asked["auth_code"], "app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}
    assert business.post("anonymous", "oauth2/access_token", **taken).code == 40110, "Of creators, not of advertisers."
    given = business.post("anonymous", path, **client, **asked, grant_type="authorization_code").data
    scope = "user.info.basic,video.list,biz.spark.auth,tcm.order.update"
    assert {name: given[name] for name in ("token_type", "scope", "expires_in", "open_id")} == {
        "token_type": "Bearer", "scope": scope, "expires_in": 86_400, "open_id": town.ids["person_id"],
    }  # fmt: skip
    assert given["refresh_token_expires_in"] == 365 * 86_400
    assert business.post("anonymous", path, **client, **asked).code == 40110
    renewing = "tt_user/oauth2/refresh_token"
    assert (
        business.post("anonymous", renewing, **client, refresh_token=given["refresh_token"], grant_type="x").code
        == 40002
    )
    renewed = business.post("anonymous", renewing, **client, refresh_token=given["refresh_token"]).data
    assert renewed["open_id"] == given["open_id"]
    business.token_of |= {"old": given["access_token"], "app": renewed["access_token"]}
    told: dict[str, Any] = {"app_id": town.ids["app_id"], "creator_id": given["open_id"], "scope": scope}
    assert business.get("app", "tt_user/token_info/get").data == told
    named = business.post("anonymous", "tt_user/token_info/get", **{**told, "access_token": renewed["access_token"]})
    assert named.data == told
    assert business.get("old", "tt_user/token_info/get").code == 40105
    assert business.get("app", "tt_user/token_info/get", app_id="1").code == 40000
    assert business.get("cleo", "tt_user/token_info/get").code == 40000
    stolen = business.post("anonymous", renewing, **client, refresh_token=given["refresh_token"])
    assert (stolen.code, business.get("app", "tt_user/token_info/get").code) == (40107, 40105)
    assert business.post("anonymous", renewing, **client, refresh_token=renewed["refresh_token"]).code == 40107


def test_a_token_ends_after_a_day_its_renewal_after_a_year_and_both_when_the_app_says_so(
    business: Business, town: Town, client: dict[str, Any]
) -> None:
    now = clock.present().now()
    business.token_of["app"] = town.ids["creator_token"]
    row = AccessToken.objects.get(creator_scopes__isnull=False)
    AccessToken.objects.filter(pk=row.pk).update(expires_at=now)
    ended = business.get("app", "business/get", business_id=town.ids["person_id"])
    assert (ended.code, ended.message) == (40102, "The access token has expired.")
    renew: Any = {**client, "refresh_token": town.ids["creator_refresh"]}
    AccessToken.objects.filter(pk=row.pk).update(refresh_until=now)
    assert business.post("anonymous", "tt_user/oauth2/refresh_token", **renew).code == 40103
    AccessToken.objects.filter(pk=row.pk).update(expires_at=now + timedelta(days=1))
    for _ in range(2):
        revoked = business.post("mallory", "tt_user/oauth2/revoke", **client, access_token=town.ids["creator_token"])
        assert (revoked.code, revoked.data) == (0, {})
    assert business.get("app", "business/get", business_id=town.ids["person_id"]).code == 40105
    advertisers = business.post("anonymous", "tt_user/oauth2/revoke", **client, access_token=town.ids["app_token"])
    assert advertisers.code == 40000


def test_an_app_keeps_the_codes_of_a_creators_posts(business: Business, town: Town) -> None:
    business.token_of["app"] = town.ids["creator_token"]
    of: Any = {"business_id": town.ids["person_id"]}
    item: Any = {**of, "item_id": town.ids["plain_post_id"]}
    told = business.get("app", "business/get", **of, fields=["username", "videos_count"]).data
    assert (told["username"], told.keys()) == ("cleo", {"username", "videos_count"})
    first = business.get("app", "business/video/list", **of, max_count=1).data
    rest = business.get("app", "business/video/list", **of, max_count=20, cursor=first["cursor"]).data
    assert (first["has_more"], rest["has_more"], len(rest["videos"])) == (True, False, told["videos_count"] - 1)
    one = {"video_ids": [town.ids["plain_post_id"]]}
    (row,) = business.get("app", "business/video/list", **of, filters=one, fields=["item_id", "caption"]).data["videos"]
    assert row == {"item_id": town.ids["plain_post_id"], "caption": "Just so"}
    assert business.get("app", "business/post/authorize/status", **item).code == 40007
    made = business.post("app", "business/post/authorize/setting", **item, is_ad_promotable=True, authorization_days=7)
    again = business.post("app", "business/post/authorize/setting", **item, is_ad_promotable=True)
    assert made.data == again.data
    assert (made.data["is_ad_promotable"], made.data["auth_code_status"], made.data["authorization_days"]) == (
        True, "NOT_USED", 7,
    )  # fmt: skip
    longer = business.post("app", "business/post/authorize", **item, authorization_days=30).data
    assert longer["auth_code_end_time"] > made.data["auth_code_end_time"]
    record = ConsentRecord.objects.filter(post_id=int(town.ids["plain_post_id"])).latest("sequence")
    assert (record.detail["app_id"], record.person_id) == (town.ids["app_id"], town.scopes["cleo"].person)
    code = business.get("app", "business/post/authorize/status", **item).data["auth_code"]
    deleted = business.post("app", "business/post/authorize/delete", **item).data
    assert (deleted["auth_code"], deleted["auth_code_status"]) == ("", "DELETED")
    assert (
        business.post("ada", "tt_video/authorize", advertiser_id=town.ids["account_id"], auth_code=code).code == 40002
    )
    shut = business.post("app", "business/post/authorize/setting", **item, is_ad_promotable=False).data
    assert (shut["is_ad_promotable"], shut["auth_code"]) == (False, None)


def test_an_app_stops_no_ads(business: Business, town: Town) -> None:
    business.token_of["app"] = town.ids["creator_token"]
    item: Any = {"business_id": town.ids["person_id"], "item_id": town.ids["post_id"]}
    held = set(Consent.objects.filter(account__isnull=False, revoked_at=None).values_list("pk", flat=True))
    refused = business.post("app", "business/post/authorize/setting", **item, is_ad_promotable=False)
    assert (refused.code, refused.message) == (
        40002,
        "post_in_use: An ad account may use this post, so an app cannot shut it for ads.",
    )
    newest = business.post("app", "business/post/authorize/setting", **item, is_ad_promotable=True).data["auth_code"]
    consents.redeem(town.scopes["ada"], newest, now=clock.present().now())
    assert business.get("app", "business/post/authorize/status", **item).data["auth_code_status"] == "IN_USE"
    assert business.post("app", "business/post/authorize/delete", **item).code == 40002
    assert held <= set(Consent.objects.filter(account__isnull=False, revoked_at=None).values_list("pk", flat=True))


def test_a_creators_token_opens_what_was_allowed_and_nothing_else(business: Business, town: Town) -> None:
    cleo: Any = town.ids["person_id"]
    item: Any = {"item_id": town.ids["post_id"]}
    business.token_of |= {
        "reader": let_in(town, CreatorScope.POSTS), "app": town.ids["creator_token"], "ads": town.ids["app_token"],
    }  # fmt: skip
    assert business.get("reader", "business/video/list", business_id=cleo).code == 0
    missing = business.get("reader", "business/post/authorize/status", business_id=cleo, **item)
    assert (missing.code, missing.message) == (40130, "The app was not allowed “biz.spark.auth”.")
    assert business.get("reader", "tto/creator/link/request/get").code == 40130
    assert business.get("app", "tto/creator/link/request/get").data == {"link_requests": []}
    assert business.get("ads", "business/get", business_id=str(town.scopes["ada"].person)).code == 40130
    for who in ("reader", "app"):
        assert business.get(who, "user/info").code == 40130
        assert business.get(who, "campaign/get", advertiser_id=town.ids["account_id"]).code == 40130
        assert business.get(who, "business/get", business_id=str(town.scopes["ada"].person)).code == 40001
    other = business.post(
        "app", "business/post/authorize/setting", business_id=cleo, item_id="1", is_ad_promotable=True
    )
    assert other.code == 40007


def test_an_app_whose_tokens_end_renews_them(business: Business, town: Town) -> None:
    now, ada = clock.present().now(), town.scopes["ada profile"]
    app = apps.create_app(ada, name="Nightly", redirect_uris=[town.ids["app_uri"]], tokens_expire=True, now=now)
    code = app_tokens.authorise(
        ada, app.id, redirect_uri=town.ids["app_uri"], account_ids=[int(town.ids["account_id"])],
        permissions=[Permission.CAMPAIGNS], now=now,
    ).code  # fmt: skip
    shown: Any = {"app_id": str(app.id), "secret": app.secret}
    given = business.post("anonymous", "oauth2/access_token", **shown, auth_code=code).data
    assert (given["expires_in"], given["refresh_token_expires_in"]) == (86_400, 31_536_000)
    renewed = business.post("anonymous", "oauth2/refresh_token", **shown, refresh_token=given["refresh_token"]).data
    assert (renewed["advertiser_ids"], renewed["scope"]) == ([town.ids["account_id"]], [1, 2])
    business.token_of |= {"old": given["access_token"], "new": renewed["access_token"]}
    asked: Any = {"advertiser_id": town.ids["account_id"]}
    assert (business.get("old", "campaign/get", **asked).code, business.get("new", "campaign/get", **asked).code) == (
        40105,
        0,
    )
    foreign: Any = {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}
    taken = business.post("anonymous", "oauth2/refresh_token", **foreign, refresh_token=renewed["refresh_token"])
    assert taken.code == 40107
    assert business.get("new", "campaign/get", **asked).code == 0, "Another app's attempt ends nothing."
