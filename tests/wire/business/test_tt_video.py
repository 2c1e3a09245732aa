"""Spark codes at the business API: redeemed, looked at, listed, given back."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town, ready_video
from vonk.advertising.actions import ads
from vonk.authorisation import codes
from vonk.authorisation.actions import answers, consents, requests, switches
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import TermsDraft
from vonk.content import media
from vonk.content.actions import posts
from vonk.content.models import Post, Video
from vonk.content.rules import Format, Visibility
from vonk.control import clock
from vonk.control.scope import Right, Scope
from vonk.identity import access
from vonk.identity.actions import accounts
from vonk.identity.models import Letter


def mallorys_account(town: Town) -> Scope:
    """Mallory advertises too, and accepted the terms."""
    now = clock.present().now()
    account_id = accounts.open_account(
        town.scopes["mallory"], organisation_name="Mallory's wares", name="Wares", currency="EUR",
        time_zone="Europe/Amsterdam", country="NL", advertiser_name="Mallory", payer_name="Mallory", now=now,
    )  # fmt: skip
    actor = access.Actor(town.scopes["mallory"].person, town.scopes["mallory"].via)
    scope = access.advertiser(actor, account_id, may=Right.ACCOUNT_EDIT)
    accounts.accept_spark_terms(scope, version="2026-11", now=now)
    return scope


def page(business: Business, who: str, account_id: object, /, **asked: Any) -> dict[str, Any]:
    said = business.get(who, "tt_video/list", advertiser_id=str(account_id), **asked)
    assert said.code == 0, said.message
    found: dict[str, Any] = said.data
    return found


def listed(business: Business, town: Town, /, **asked: Any) -> list[str]:
    return [row["item_info"]["item_id"] for row in page(business, "ada", town.ids["account_id"], **asked)["list"]]


def another_post(town: Town, caption: str) -> int:
    """Cleo publishes a post and authorises it to Ada."""
    cleo, now = town.scopes["cleo"], clock.present().now()
    post_id = posts.publish(cleo, video_id=ready_video(cleo), caption=caption, now=now)
    switches.set_post_authorisation(cleo, post_id, on=True, now=now)
    consents.redeem(town.scopes["ada"], consents.issue(cleo, post_id, duration_days=7, now=now).code, now=now)
    return post_id


def test_a_code_is_redeemed_once_and_again(business: Business, town: Town) -> None:
    """Again it succeeds without change; elsewhere it is used; what it is for is shown before and after."""
    account, mine = town.ids["account_id"], mallorys_account(town)
    before = business.get("ada", "tt_video/info", advertiser_id=account, auth_code=town.fresh_code).data
    assert before["auth_info"]["ad_auth_status"] == "NOT_AUTHORIZED"
    assert before["auth_info"]["auth_start_time"] is None
    for _ in range(2):
        said = business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=f" {town.fresh_code}\n")
        assert (said.code, said.data) == (0, {})
    assert Consent.objects.filter(account_id=int(account), duration_days=7, revoked_at=None, access=None).count() == 1
    after = business.get("ada", "tt_video/info", advertiser_id=account, auth_code=town.fresh_code).data
    assert after["auth_info"]["ad_auth_status"] == "AUTHORIZED"
    assert after["item_info"] == before["item_info"] | {"auth_code": town.fresh_code}
    stolen: dict[str, Any] = {"advertiser_id": str(mine.account), "auth_code": town.fresh_code}
    for said in (
        business.post("mallory", "tt_video/authorize", **stolen),
        business.get("mallory", "tt_video/info", **stolen),
    ):
        assert said.code == 40002
        assert said.message.startswith("auth_code_already_used: ")
    assert page(business, "mallory", mine.account)["page_info"]["total_number"] == 0
    assert business.get("mallory", "tt_video/list", advertiser_id=account).code == 40001


def test_a_refused_code_is_refused_by_its_name(business: Business, town: Town) -> None:
    cleo, now, account = town.scopes["cleo"], clock.present().now(), town.ids["account_id"]
    gone = posts.publish(cleo, video_id=ready_video(cleo), caption="Gone", now=now)
    hidden = posts.publish(cleo, video_id=ready_video(cleo), caption="Hidden", now=now)
    code_of = {}
    for post_id in (gone, hidden):
        switches.set_post_authorisation(cleo, post_id, on=True, now=now)
        code_of[post_id] = consents.issue(cleo, post_id, duration_days=7, now=now).code
    posts.delete(cleo, gone, now)
    posts.set_visibility(cleo, hidden, Visibility.PRIVATE, now=now)
    late = consents.issue(cleo, int(town.ids["post_id"]), duration_days=7, now=now)
    Consent.objects.filter(pk=late.id).update(ends_at=now)
    back = consents.issue(cleo, int(town.ids["post_id"]), duration_days=7, now=now)
    consents.revoke(cleo, back.id, now=now)
    expected = {
        "hello": "auth_code_format_error",
        codes.generate(): "auth_code_not_found",
        late.code: "auth_code_expired",
        back.code: "authorization_revoked",
        code_of[gone]: "video_deleted",
        code_of[hidden]: "not_public_video",
    }
    told = {}
    for code in expected:
        for said in (
            business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=code),
            business.get("ada", "tt_video/info", advertiser_id=account, auth_code=code),
        ):
            assert (said.code, said.data) == (40002, {}), said.message
            told[code] = said.message.partition(":")[0]
    assert told == expected
    missing = business.post("ada", "tt_video/authorize", advertiser_id=account)
    assert (missing.code, missing.message.partition(":")[0]) == (40002, "auth_code")
    for _ in range(12):
        said = business.get("ada", "tt_video/info", advertiser_id=account, auth_code=codes.generate())
    assert (said.code, said.message.partition(":")[0]) == (40132, "code_guesses_limited")
    assert int(said.headers["Retry-After"]) > 0


def test_the_list_is_exact(business: Business, town: Town) -> None:
    """Each post once, whatever codes the account holds of it; pages add up; filters filter."""
    ada, now = town.scopes["ada"], clock.present().now()
    first = int(town.ids["post_id"])
    assert listed(business, town) == [str(first)]  # Two codes of it were redeemed, one is revoked.
    swift, slow = another_post(town, "Rolls, swiftly"), another_post(town, "ROLLS, slowly")
    Post.objects.filter(pk=slow).update(format=Format.CAROUSEL.value)
    switches.set_post_authorisation(town.scopes["cleo"], int(town.ids["plain_post_id"]), on=True, now=now)
    asked = requests.ask(ada, int(town.ids["plain_post_id"]), now=now)
    answers.accept(town.scopes["cleo"], asked.request_id, now=now)
    by_request = page(business, "ada", ada.account, page_size=1)
    assert by_request["page_info"] == {"page": 1, "page_size": 1, "total_number": 4, "total_page": 4}
    (row,) = by_request["list"]
    assert row["item_info"]["item_id"] == town.ids["plain_post_id"]
    assert row["item_info"]["auth_code"] == ""
    everything = [listed(business, town, page=number, page_size=3) for number in (1, 2, 3)]
    assert everything == [[town.ids["plain_post_id"], str(slow), str(swift)], [str(first)], []]
    assert listed(business, town, keyword="rolls") == [str(slow), str(swift)]
    assert listed(business, town, keyword=str(swift)) == [str(swift)]
    assert listed(business, town, keyword="9" * 19) == []
    assert listed(business, town, item_types=["CAROUSEL"]) == [str(slow)]
    assert listed(business, town, item_types=["VIDEO", "CAROUSEL"], keyword="rolls", page_size="50") == [
        str(slow),
        str(swift),
    ]
    for wrong in ({"page_size": 51}, {"page": 0}, {"item_types": ["LIVE"]}, {"keyword": "x" * 501}):
        said = business.get("ada", "tt_video/list", advertiser_id=town.ids["account_id"], **wrong)
        assert (said.code, said.message.partition(":")[0].partition("[")[0]) == (40002, next(iter(wrong)))


def test_a_row_tells_what_became_of_the_post(business: Business, town: Town) -> None:
    cleo, ada, now = town.scopes["cleo"], town.scopes["ada"], clock.present().now()
    post_id = another_post(town, "Rolls")
    consent = Consent.objects.get(post_id=post_id, account_id=ada.account)
    video = Video.objects.get(posts__id=post_id)
    video.rendition_key, video.poster_key = media.new_key("mp4"), media.new_key("jpg")
    video.save()
    for key in (video.rendition_key, video.poster_key):
        with media.scratch("test") as folder:
            (folder / "file").write_bytes(b"bytes")
            media.store().put(key, folder / "file")

    def row() -> dict[str, Any]:
        found: dict[str, Any] = page(business, "ada", ada.account, keyword=str(post_id))["list"][0]
        return found

    found = row()
    assert found["user_info"] == {
        "tiktok_name": "Cleo", "identity_id": town.ids["profile_id"], "identity_type": "AUTH_CODE"
    }  # fmt: skip
    assert found["item_info"]["status"] == "HESITATE_RECOMMEND"
    assert found["auth_info"] == {
        "ad_auth_status": "AUTHORIZED",
        "auth_start_time": f"{consent.redeemed_at:%Y-%m-%d %H:%M:%S}",
        "auth_end_time": f"{consent.ends_at:%Y-%m-%d %H:%M:%S}",
        "invite_start_time": f"{consent.issued_at:%Y-%m-%d %H:%M:%S}",
    }
    assert {name: found["video_info"][name] for name in ("duration", "width", "height", "size", "bit_rate")} == {
        "duration": 5.0, "width": 360, "height": 640, "size": 900, "bit_rate": 1440,
    }  # fmt: skip
    for name in ("preview_url", "poster_url"):
        host, _, path = found["video_info"][name].removeprefix("http://").partition("/")
        assert host == "testserver"
        loaded = business.client.get(f"/{path}")
        assert b"".join(loaded.streaming_content) == b"bytes"  # type: ignore[attr-defined]  # It streams.
    seen = []
    for visibility in (Visibility.PRIVATE, Visibility.FRIENDS):
        posts.set_visibility(cleo, post_id, visibility, now=now)
        seen.append((row()["item_info"]["status"], row()["auth_info"]["ad_auth_status"]))
    posts.delete(cleo, post_id, now)
    seen.append((row()["item_info"]["status"], row()["video_info"]["preview_url"]))
    consents.revoke(cleo, consent.pk, now=now + timedelta(microseconds=1))
    seen.append((row()["item_info"]["status"], row()["auth_info"]["ad_auth_status"]))
    assert seen == [
        ("ONLY_AUTHOR_SEE", "SUSPENDED"), ("ONLY_FRIEND_SEE", "SUSPENDED"), ("USER_DELETE", ""), ("USER_DELETE", "REVOKED")
    ]  # fmt: skip


def test_a_duet_takes_the_code_of_its_original_along(business: Business, town: Town) -> None:
    """Both are taken up or neither is; alone it is suspended, and the row names what it answers."""
    cleo, now, account = town.scopes["cleo"], clock.present().now(), town.ids["account_id"]
    vik = town.scopes["vik"]
    switches.set_ad_settings(vik, True, now)
    original = posts.publish(vik, video_id=ready_video(vik), caption="Soup", now=now)
    switches.set_post_authorisation(vik, original, on=True, now=now)
    duet = posts.publish(cleo, video_id=ready_video(cleo), caption="Soup with bread", duet_of=original, now=now)
    switches.set_post_authorisation(cleo, duet, on=True, now=now)
    code = consents.issue(cleo, duet, duration_days=7, now=now).code
    wrong = {"advertiser_id": account, "auth_code": code, "original_post_auth_code": town.fresh_code}
    said = business.raw("ada", "POST", "/open_api/v1.3/tt_video/authorize/", json.dumps(wrong).encode())
    assert (said.code, said.message.partition(":")[0], listed(business, town, keyword=str(duet))) == (
        40002, "original_code_mismatch", [],
    )  # fmt: skip
    assert business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=code).code == 0
    (row,) = page(business, "ada", account, keyword=str(duet))["list"]
    answered = {name: row["item_info"][name] for name in ("duet_original_item_id", "stitch_original_item_id")}
    assert answered == {"duet_original_item_id": str(original), "stitch_original_item_id": None}
    assert (row["item_info"]["is_multi_duet_stitch"], row["auth_info"]["ad_auth_status"]) == (False, "SUSPENDED")
    terms = TermsDraft(note="With care.")
    other = consents.issue(vik, original, duration_days=7, terms=terms, now=now)
    refused = business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=other.code)
    assert (refused.code, refused.message.partition(":")[0]) == (40002, "terms_agreement_required")
    text = Consent.objects.select_related("terms").get(pk=other.id).terms
    assert text is not None
    agreed = business.post(
        "ada", "tt_video/authorize", advertiser_id=account, auth_code=other.code, terms_sha256=text.sha256
    )
    assert agreed.code == 0, agreed.message
    assert listed(business, town, keyword=str(original)) == [str(original)]


def test_a_page_costs_the_same_however_long_it_is(
    business: Business, town: Town, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as one:
        listed(business, town)
    for caption in ("Rolls", "Buns", "Pies"):
        another_post(town, caption)
    with django_assert_num_queries(len(one)):
        assert len(listed(business, town)) == 4


def test_unbinding_waits_for_the_ads(business: Business, town: Town) -> None:
    """While an ad shows the post it is refused; then the post is off the list, its creator is told, its code is spent."""
    account, post_id = town.ids["account_id"], town.ids["post_id"]
    refused = business.post("ada", "tt_video/unbind", advertiser_id=account, item_id=post_id)
    assert (refused.code, listed(business, town)) == (40002, [post_id])
    assert "1 ads" in refused.message
    ads.delete(town.scopes["ada"], [int(town.ids["ad_id"])], now=clock.present().now())
    assert business.post("ada", "tt_video/unbind", advertiser_id=account, item_id=post_id).code == 0
    assert listed(business, town) == []
    assert Letter.objects.filter(person_id=town.ids["person_id"], subject="Bread no longer uses your post").count() == 1
    again = business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=town.code)
    assert (again.code, again.message.partition(":")[0]) == (40002, "authorization_released")
    twice = business.post("ada", "tt_video/unbind", advertiser_id=account, item_id=post_id)
    assert (twice.code, twice.message.partition(":")[0]) == (40002, "item_id")
    assert business.post("ada", "tt_video/authorize", advertiser_id=account, auth_code=town.fresh_code).code == 0
    assert listed(business, town) == [post_id]
