"""Campaigns of creators: a brand invites by a link, a creator joins and brings posts, each with a consent of its own."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.creator.stage import text_of
from tests.wire.business.conftest import Business
from tests.wire.conftest import Town, ready_video
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.models import CampaignMember, Consent, CreatorCampaign, PermissionRequest
from vonk.authorisation.rules import creator_campaigns as rules
from vonk.content.actions import posts
from vonk.content.models import Tally
from vonk.content.rules import Visibility
from vonk.control import clock
from vonk.control.models import Notification
from vonk.identity.models import Person

MADE: dict[str, Any] = {"campaign_name": "Spring", "brand_name": "Ada's bakery"}


class Brand:
    """Ada's calls for her campaign."""

    def __init__(self, business: Business, town: Town, **more: Any) -> None:
        self.business, self.town = business, town
        self.account: dict[str, Any] = {"tto_tcm_account_id": town.ids["account_id"]}
        self.made = business.post("ada", "tto/tcm/campaign/create", **self.account, **MADE, **more).data
        self.one = {**self.account, "campaign_id": self.made["campaign_id"]}
        self.link: dict[str, Any] = {"tto_invite_link": self.made["invite_link"]}

    def join(self, who: str = "cleo") -> Any:
        return self.business.post(who, "tto/creator/campaign/join", **self.link)

    def ask(self, post_id: int | str, action: str = "LINK") -> Any:
        return self.business.post("ada", "tto/tcm/campaign/link", **self.one, video_id=str(post_id), action=action)

    def bring(self, post_id: int | str, who: str = "cleo", **more: Any) -> Any:
        return self.business.post(who, "tto/creator/video/link", **self.link, video_id=str(post_id), **more)

    def statuses(self) -> dict[str, str]:
        told = self.business.get("ada", "tto/tcm/campaign/link/status", **self.one).data["video_infos"]
        return {row["video_id"]: row["status"] for row in told}


@pytest.fixture
def brand(business: Business, town: Town) -> Brand:
    return Brand(business, town)


def fresh_post(town: Town, caption: str = "Rolls") -> int:
    """A public post of Cleo's that nobody asked for."""
    cleo = town.scopes["cleo"]
    return posts.publish(cleo, video_id=ready_video(cleo), caption=caption, now=clock.present().now())


def test_a_campaign_is_made_changed_and_listed(business: Business, town: Town) -> None:
    before = Notification.objects.filter(person_id=town.scopes["cleo"].person).count()
    brand = Brand(
        business, town, handle_names=["@Cleo", "vik", "nobody"], default_spark_ads_requested_authorization_days=7,
        campaign_type="OPEN",
    )  # fmt: skip

    assert brand.made["failed_handle_names"] == ["vik", "nobody"], "Vik's ad settings are off."
    told = Notification.objects.filter(person_id=town.scopes["cleo"].person).order_by("-pk")
    assert (told.count(), told[0].link) == (before + 1, urlsplit(brand.made["invite_link"]).path)
    changed = business.post(
        "ada", "tto/tcm/campaign/update", **brand.one, campaign_name="Summer", handle_names=["cleo"]
    )
    assert (changed.data["campaign_name"], changed.data["failed_handle_names"]) == ("Summer", [])
    assert told.count() == before + 1, "Nobody is written to twice."
    listed = business.get("ada", "tto/tcm/campaign", **brand.account).data
    (row,) = listed["campaigns"]
    assert (row["campaign_name"], row["brand_name"], row["campaign_type"], row["creators_joined"]) == (
        "Summer", "Ada's bakery", "OPEN", 0
    )  # fmt: skip
    assert row["default_spark_ads_requested_authorization_days"] == 7
    assert (row["invite_link"], listed["page_info"]["total_number"]) == (brand.made["invite_link"], 1)
    for wrong in (
        {"campaign_name": " "},
        {"brand_name": "b" * 101},
        {"default_spark_ads_requested_authorization_days": 8},
    ):
        assert business.post("ada", "tto/tcm/campaign/create", **brand.account, **{**MADE, **wrong}).code == 40002


def test_a_creator_joins_and_brings_a_post_which_is_their_consent(brand: Brand, town: Town) -> None:
    post_id = fresh_post(town)
    assert brand.bring(post_id).code == 40007, "First one joins."
    assert PermissionRequest.objects.filter(post_id=post_id).count() == 0
    assert brand.join().data["spark_authorization_days"] == 30
    assert brand.join().code == 0
    assert CampaignMember.objects.filter(joined_at__isnull=False).count() == 1
    assert Consent.objects.filter(post_id=post_id).count() == 0, "Joining allows nothing."

    (row,) = brand.bring(post_id, spark_authorization_days=7).data["video_infos"]

    assert (row["video_id"], row["status"], row["handle_name"]) == (str(post_id), "APPROVE", "cleo")
    consent = Consent.objects.get(post_id=post_id)
    assert (consent.account_id, consent.duration_days) == (int(town.ids["account_id"]), 7)
    request = PermissionRequest.objects.get(pk=int(row["link_request_id"]))
    assert (request.outcome, request.consent_id, request.asked_by_id) == (
        "accepted",
        consent.pk,
        town.scopes["ada"].person,
    )
    assert brand.bring(post_id).data["video_infos"][0]["status"] == "APPROVE"
    assert Consent.objects.filter(post_id=post_id).count() == 1, "Twice is once."
    consents.revoke(town.scopes["cleo"], consent.pk, now=clock.present().now())
    assert brand.statuses() == {str(post_id): "REVOKE"}


def test_the_brand_asks_and_the_creator_answers(brand: Brand, business: Business, town: Town) -> None:
    yes, no, back = (fresh_post(town, caption) for caption in ("Yes", "No", "Back"))
    assert brand.ask(yes).code == 40007, "Of nobody who joined."
    brand.join()
    assert [brand.ask(one).data["video_infos"][0]["status"] for one in (yes, no, back)] == ["IN_REVIEW"] * 3
    assert brand.ask(yes).data["video_infos"][0]["number_of_requests"] == 1, "A question that is out stays as it is."
    asked = business.get("cleo", "tto/creator/link/request/get").data["link_requests"]
    ids = {row["video_id"]: row["link_request_id"] for row in asked}
    assert set(ids) == {str(yes), str(no), str(back)}
    assert {row["campaign_id"] for row in asked} == {brand.made["campaign_id"]}
    assert business.get("vik", "tto/creator/link/request/get").data["link_requests"] == []
    assert business.post(
        "vik", "tto/creator/link/request/confirm", link_request_id=ids[str(yes)], action="APPROVE"
    ).code == 40007  # fmt: skip
    for post_id, action in ((yes, "APPROVE"), (no, "REJECT")):
        said = business.post(
            "cleo", "tto/creator/link/request/confirm", link_request_id=ids[str(post_id)], action=action
        )
        assert said.code == 0, said.message
    for _ in range(2):
        assert brand.ask(back, "REVOKE").data["video_infos"][0]["status"] == "REVOKE"
    assert brand.statuses() == {str(yes): "APPROVE", str(no): "REJECTED", str(back): "REVOKE"}
    assert business.get("cleo", "tto/creator/link/request/get").data["link_requests"] == []
    assert brand.ask(yes, "REVOKE").data["video_infos"][0]["status"] == "REVOKE"
    assert Consent.objects.get(post_id=yes).revoked_at is None, "What was given stays."
    assert brand.ask(no).data["video_infos"][0]["status"] == "IN_REVIEW", "One may ask again."
    assert brand.ask(fresh_post(town), "REVOKE").code == 40007


def test_a_question_with_an_offer_waits_for_its_own_answer(brand: Brand, business: Business, town: Town) -> None:
    """Bringing a post is no yes to terms that were not read, and no second consent beside one."""
    brand.join()
    plain = town.ids["plain_post_id"]  # Ada asked for it already, without terms.
    held = brand.bring(town.ids["post_id"]).data["video_infos"][0]
    assert (held["status"], held["link_request_id"]) == ("APPROVE", None), "Ada holds a consent for it."
    request = PermissionRequest.objects.get(post_id=plain, outcome=None)
    PermissionRequest.objects.filter(pk=request.pk).update(turn="advertiser")
    assert brand.bring(plain).data["video_infos"][0]["status"] == "IN_REVIEW"
    PermissionRequest.objects.filter(pk=request.pk).update(turn="creator", offer_id=int(town.ids["terms_id"]))
    assert brand.bring(plain).data["video_infos"][0]["status"] == "IN_REVIEW"
    said = business.post("cleo", "tto/creator/link/request/confirm", link_request_id=str(request.pk), action="APPROVE")
    assert (said.code, said.message.partition(":")[0]) == (40002, "terms_changed")
    PermissionRequest.objects.filter(pk=request.pk).update(offer_id=None)
    assert brand.bring(plain).data["video_infos"][0]["status"] == "APPROVE"


def test_nobody_gets_in_without_the_link_or_with_a_private_post(
    brand: Brand, business: Business, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = brand.made["invite_link"]
    for text in (
        link[:-3] + "AA/",
        link.replace("campaigns/", "campaigns/1"),
        "hello",
        "https://evil.example/?" + link,
    ):
        said = business.post("cleo", "tto/creator/campaign/join", tto_invite_link=text)
        assert (said.code, said.data) == (40007, {}), text
    assert CampaignMember.objects.count() == 0
    brand.join()
    foreign = posts.publish(
        town.scopes["vik"], video_id=ready_video(town.scopes["vik"]), caption="Soup", now=clock.present().now()
    )
    assert brand.bring(foreign).code == 40007
    hidden = fresh_post(town)
    posts.set_visibility(town.scopes["cleo"], hidden, Visibility.PRIVATE, now=clock.present().now())
    assert brand.bring(hidden).code != 0
    assert brand.statuses() == {}
    other: dict[str, Any] = {**brand.one, "tto_tcm_account_id": town.ids["account_id"]}
    for path in ("tto/tcm/campaign/link/status", "tto/tcm/campaign"):
        assert business.get("mallory", path, **other).code == 40001
    monkeypatch.setattr(rules, "MEMBERS_PER_CAMPAIGN_MAX", 1)
    CreatorCampaign.objects.update(asked_by_id=town.scopes["mallory"].person)
    assert brand.bring(fresh_post(town)).code == 40007, "Who stands behind it has no part in the ad account any more."
    assert brand.join("vik").code == 40002


def test_a_campaign_in_numbers(brand: Brand, business: Business, town: Town) -> None:
    now = clock.present().now()
    brand.join()
    first, second = town.ids["post_id"], fresh_post(town)
    brand.bring(first)
    brand.ask(second)
    hour = now.replace(minute=0, second=0, microsecond=0)
    Tally.objects.filter(post_id__in=(first, second)).delete()
    for post_id, ad_id, metric, value in (
        (first, 0, "plays", 40), (first, 0, "likes", 3), (first, int(town.ids["ad_id"]), "plays", 7),
        (first, int(town.ids["ad_id"]), "impressions", 9), (first, 1, "plays", 500), (second, 0, "plays", 60),
    ):  # fmt: skip
        Tally.objects.create(post_id=post_id, ad_id=ad_id, hour_at=hour, metric=metric, value=value)
    Tally.objects.create(post_id=first, ad_id=0, hour_at=hour - timedelta(days=9), metric="plays", value=1000)
    days: dict[str, Any] = {
        "start_date": str((now - timedelta(days=1)).date()),
        "end_date": str((now + timedelta(days=1)).date()),
    }

    told = business.get("ada", "tto/tcm/report", **brand.one, **days).data

    rows = {row["video_id"]: row for row in told["videos"]}
    whole = business.get(
        "ada", "report/integrated/get", advertiser_id=town.ids["account_id"], report_type="BASIC",
        data_level="AUCTION_ADVERTISER", dimensions=["advertiser_id"], metrics=["spend", "impressions"], **days,
    ).data["list"][0]["metrics"]  # fmt: skip
    assert (rows[first]["spend"], rows[first]["paid_impressions"]) == (float(whole["spend"]), int(whole["impressions"]))
    assert rows[first]["spend"] > 0
    names = ("status", "video_views", "likes", "number_of_ads", "paid_impressions", "paid_video_views")
    assert [rows[first][name] for name in names] == ["APPROVE", 40, 3, 1, 8, 7], "Net: one was found invalid."
    assert [rows[str(second)][name] for name in names] == ["IN_REVIEW", 0, 0, 0, 0, 0], "Not told before the yes."
    assert told["currency"] == "EUR"
    for wrong in ({"end_date": "2020-01-01"}, {"start_date": "2020-01-01"}, {"start_date": "soon"}):
        assert business.get("ada", "tto/tcm/report", **brand.one, **{**days, **wrong}).code == 40002


def test_the_link_opens_in_the_studio(brand: Brand, business: Business, town: Town) -> None:
    path = urlsplit(brand.made["invite_link"]).path
    post_id = fresh_post(town, "Rolls for all")
    assert business.client.get(path).status_code == 302, "Whoever is not signed in signs in first."
    browser = type(business.client)()
    browser.force_login(Person.objects.get(pk=town.scopes["cleo"].person))
    first = text_of(browser.get(path))
    assert all(text in first for text in ("Spring", "Ada's bakery", "Join the campaign"))
    assert "Rolls for all" not in first
    assert browser.get(path[:-4] + "AAA/").status_code == 404
    assert browser.post(f"{path}join/").status_code == 302
    assert "Rolls for all" in text_of(browser.get(path))
    assert browser.post(f"{path}bring/", {"post_id": "x"}).status_code == 422
    assert browser.post(f"{path}bring/", {"post_id": str(post_id)}).status_code == 302
    assert "You agreed" in text_of(browser.get(path))
    assert brand.statuses() == {str(post_id): "APPROVE"}
    switches.set_ad_settings(town.scopes["cleo"], False, clock.present().now())
    assert brand.statuses() == {str(post_id): "REVOKE"}, "Switched off, nothing of it is allowed."
