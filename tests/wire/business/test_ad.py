"""Ads as clients of v1.3 make, change, switch and list them (reference API §9)."""

from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.advertising.actions import ad_groups, campaigns, reviews
from vonk.advertising.drafts import AdGroupDraft, CampaignDraft
from vonk.advertising.models import Ad, Review
from vonk.authorisation.actions import access_posts, consents
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.rules.access import AccessScope
from vonk.content.models import Post
from vonk.content.queries import post_facts
from vonk.content.rules import Disclosure, PublishAs
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.control.scope import Right
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting
from vonk.identity import access
from vonk.reporting.models import Fate
from vonk.wire.business import materials
from vonk.wire.business.ads.given import AdObject

pytestmark = pytest.mark.django_db


class Desk:
    """Ada at the wire, with the town's ids."""

    def __init__(self, business: Business, town: Town) -> None:
        self.business = business
        self.town = town
        self.ids = town.ids

    def creative(self, **changed: Any) -> dict[str, Any]:
        pull = {
            "ad_name": "Bread again",
            "ad_format": "SINGLE_VIDEO",
            "identity_type": "AUTH_CODE",
            "identity_id": self.ids["profile_id"],
            "tiktok_item_id": self.ids["post_id"],
            "call_to_action": "SHOP_NOW",
            "landing_page_url": "https://example.org/bread",
        }
        return {name: value for name, value in {**pull, **changed}.items() if value is not None}

    def pushed(self, **changed: Any) -> dict[str, Any]:
        push = {
            "identity_type": "TT_USER",
            "identity_id": self.ids["ada_profile_id"],
            "tiktok_item_id": None,
            "video_id": materials.video_id(int(self.ids["pushable_video_id"])),
            "image_ids": [materials.image_id(7)],
            "ad_text": "Our oven is warm",
        }
        return self.creative(**{**push, **changed})

    def own(self, **changed: Any) -> dict[str, Any]:
        own = {
            "identity_type": "CUSTOMIZED_USER",
            "identity_id": self.ids["identity_id"],
            "tiktok_item_id": None,
            "video_id": materials.video_id(int(self.ids["account_video_id"])),
            "ad_text": "Bread from our oven",
        }
        return self.creative(**{**own, **changed})

    def create(self, *creatives: dict[str, Any], ad_group_id: str | None = None) -> Said:
        return self.business.post(
            "ada",
            "ad/create",
            advertiser_id=self.ids["account_id"],
            adgroup_id=ad_group_id or self.ids["ad_group_id"],
            creatives=list(creatives),
        )

    def update(self, *creatives: dict[str, Any], patch: bool = True) -> Said:
        return self.business.post(
            "ada",
            "ad/update",
            advertiser_id=self.ids["account_id"],
            adgroup_id=self.ids["ad_group_id"],
            creatives=list(creatives),
            patch_update=patch,
        )

    def get(self, **asked: Any) -> Said:
        return self.business.get("ada", "ad/get", advertiser_id=self.ids["account_id"], **asked)

    def made(self, *creatives: dict[str, Any]) -> dict[str, Any]:
        said = self.create(*creatives)
        assert (said.code, said.message) == (0, "OK")
        return dict(said.data["creatives"][0])

    def approve(self, ad_id: str) -> None:
        olu = access.operator(
            access.Actor(self.town.scopes["olu"].person, self.town.scopes["olu"].via), may=Right.REVIEW
        )
        reviews.approve(olu, Review.objects.get(ad_id=int(ad_id), verdict="in_review").pk, now=clock.present().now())

    def another_group(self, objective: str) -> str:
        ada, now = self.town.scopes["ada"], clock.present().now()
        campaign_id = campaigns.create(ada, CampaignDraft(name="Seen", objective=objective), now=now)
        draft = AdGroupDraft(
            name="Belgium",
            billing="cpm",
            bid_micros=5_000_000,
            budget=Budget(BudgetMode.DAILY, 20_000_000),
            targeting=Targeting(countries=("BE",)),
        )
        return str(ad_groups.create(ada, campaign_id, draft, now=now))


@pytest.fixture
def desk(business: Business, town: Town) -> Desk:
    return Desk(business, town)


def traces() -> tuple[int, int, int]:
    return Ad.objects.count(), Post.objects.count(), AuditEntry.objects.count()


def test_the_four_ways_to_a_spark_ad(desk: Desk) -> None:
    ids, ada = desk.ids, desk.town.scopes["ada"]
    organisation_id = ids["organisation_id"]
    by_business = {"identity_type": "BC_AUTH_TT", "identity_authorized_bc_id": organisation_id}

    # By code, by request, by a standing consent: all of them a consent to one post.
    said = desk.create(desk.creative(utm_params=[{"key": "utm_source", "value": "__PLACEMENT__"}]))
    assert (said.code, said.data["need_audit"]) == (0, True)
    by_code = said.data["creatives"][0]
    assert said.data["ad_ids"] == [by_code["ad_id"]]
    assert set(by_code) == set(AdObject.__struct_fields__)
    expected = {
        "advertiser_id": ids["account_id"], "campaign_id": ids["campaign_id"], "campaign_name": "Bread",
        "adgroup_id": ids["ad_group_id"], "adgroup_name": "Netherlands", "ad_name": "Bread again",
        "identity_type": "AUTH_CODE", "identity_id": ids["profile_id"], "identity_authorized_bc_id": None,
        "tiktok_item_id": ids["post_id"], "video_id": None, "image_ids": [], "ad_text": "Bread, slowly #bread",
        "call_to_action": "SHOP_NOW", "landing_page_url": "https://example.org/bread",
        "utm_params": [{"key": "utm_source", "value": "__PLACEMENT__"}], "operation_status": "ENABLE",
        "secondary_status": "AD_STATUS_AUDIT", "dark_post_status": None, "tracking_pixel_id": 0, "page_id": None,
        "deeplink": "", "is_aco": False, "is_new_structure": True, "promotional_music_disabled": True,
        "ad_format": "SINGLE_VIDEO", "viewability_postbid_partner": "UNSET", "landing_page_urls": None,
    }  # fmt: skip
    assert {name: by_code[name] for name in expected} == expected
    row = Ad.objects.get(pk=int(by_code["ad_id"]))
    assert row.landing_url == "https://example.org/bread?utm_source=__PLACEMENT__"
    assert row.consent_id == int(ids["consent_id"])

    # An own post, by the linked profile.
    own = desk.made(
        desk.creative(
            identity_type="TT_USER", identity_id=ids["ada_profile_id"], tiktok_item_id=ids["published_post_id"]
        )
    )
    assert (own["identity_type"], own["tiktok_item_id"]) == ("TT_USER", ids["published_post_id"])

    # By an access of the Business Center, on terms: refused by name before anybody agreed to them.
    pull = desk.creative(**by_business, tiktok_item_id=ids["plain_post_id"])
    said = desk.create(pull)
    assert (said.code, said.message.partition(":")[0]) == (40002, "terms_agreement_required")
    access_posts.agree_terms(ada, int(ids["access_id"]), sha256=ids["access_terms_sha256"], now=clock.present().now())
    pulled = desk.made(pull)
    assert (pulled["identity_type"], pulled["identity_authorized_bc_id"]) == ("BC_AUTH_TT", organisation_id)

    # Pushed under an own name, and under a creator's.
    mine = desk.made(desk.pushed(item_duet_status="ENABLE", promotional_music_disabled=False))
    shown = post_facts([int(mine["tiktok_item_id"])])[int(mine["tiktok_item_id"])]
    assert (shown.draft, shown.publish_as, shown.disclosure) == (True, PublishAs.ADS_ONLY, Disclosure.BRANDED)
    assert (shown.may_duet, shown.may_stitch) == (True, True)
    assert (mine["identity_type"], mine["dark_post_status"], mine["ad_text"]) == ("TT_USER", "ON", "Our oven is warm")
    assert (mine["video_id"], mine["image_ids"]) == (desk.pushed()["video_id"], [materials.image_id(7)])
    AccountAccess.objects.filter(pk=int(ids["access_id"])).update(
        scopes=[AccessScope.EXISTING_POSTS.value, AccessScope.PUBLISH_PROFILE.value]
    )
    hers = desk.made(
        desk.pushed(
            **by_business, identity_id=ids["profile_id"], dark_post_status="OFF", aigc_disclosure_type="SELF_DISCLOSURE"
        )
    )
    shown = post_facts([int(hers["tiktok_item_id"])])[int(hers["tiktok_item_id"])]
    assert (shown.profile_id, shown.publish_as, shown.ai_generated) == (int(ids["profile_id"]), PublishAs.PUBLIC, True)
    assert (shown.may_duet, shown.may_stitch) == (False, False)  # Their music may not be used unless it is said.
    assert (hers["identity_type"], hers["identity_authorized_bc_id"]) == ("BC_AUTH_TT", organisation_id)
    assert hers["dark_post_status"] == "OFF"
    desk.approve(hers["ad_id"])
    assert not post_facts([shown.id])[shown.id].draft
    void = desk.made(desk.pushed(dark_post_status="OFF", branded_content_disabled=True))
    shown = post_facts([int(void["tiktok_item_id"])])[int(void["tiktok_item_id"])]
    assert (shown.publish_as, shown.disclosure) == (PublishAs.ADS_ONLY, Disclosure.OWN_BRAND)
    assert void["dark_post_status"] == "ON"


def test_ads_that_are_no_spark_ads_and_ads_without_an_address(desk: Desk) -> None:
    plain = desk.made(desk.own(ad_name="", operation_status="DISABLE", click_tracking_url="https://example.org/c"))
    assert (plain["identity_type"], plain["tiktok_item_id"]) == ("CUSTOMIZED_USER", None)
    assert (plain["ad_name"], plain["operation_status"]) == (plain["ad_id"], "DISABLE")
    assert (plain["click_tracking_url"], plain["display_name"]) == ("https://example.org/c", "Ada's bakery")
    row = Ad.objects.get(pk=int(plain["ad_id"]))
    assert (row.consent_id, row.identity_id) == (None, int(desk.ids["identity_id"]))
    assert Post.objects.get(pk=row.post_id).caption == plain["ad_text"] == "Bread from our oven"

    seen = desk.another_group("reach")
    said = desk.create(desk.creative(landing_page_url=None), ad_group_id=seen)
    assert (said.code, said.data["creatives"][0]["landing_page_url"]) == (0, "")
    assert Ad.objects.get(pk=int(said.data["ad_ids"][0])).landing_url.endswith("/@cleo/")
    said = desk.create(desk.own(landing_page_url=None), ad_group_id=seen)
    assert (said.code, said.message) == (40002, "creatives[0].landing_page_url: begin with https:// or http://")
    said = desk.create(desk.creative(landing_page_url=None))
    assert (said.code, said.message) == (40002, "creatives[0].landing_page_url: begin with https:// or http://")


def test_what_is_refused_is_refused_by_name_and_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    good, ids = desk.creative(), desk.ids
    refused = [
        (desk.creative(ad_format="CAROUSEL_ADS"), 40002, "creatives[2].ad_format: only photo posts may be"),
        (desk.creative(ad_format="SINGLE_IMAGE"), 40002, "creatives[2].ad_format: SINGLE_IMAGE is not supported"),
        (desk.creative(ad_format=None), 40002, "creatives[2].ad_format: it is missing"),
        (desk.creative(ad_format="POSTER"), 40002, "creatives[2].ad_format"),
        (desk.creative(call_to_action=None), 40002, "creatives[2].call_to_action: it is missing"),
        (desk.creative(call_to_action="JOIN_THIS_HASHTAG"), 40002, "creatives[2].call_to_action: one of APPLY_NOW"),
        (desk.creative(call_to_action="VIEW_PROFILE"), 40002, "creatives[2].call_to_action: This button is kept"),
        (desk.creative(call_to_action_id="1"), 40002, "creatives[2].call_to_action_id: no portfolio of this ad"),
        (desk.creative(disclaimer_text={"text": "T"}), 40002, "creatives[2].disclaimer_text: not supported"),
        (desk.creative(ad_text="Mine"), 40002, "creatives[2].ad_text: not together with tiktok_item_id"),
        (desk.creative(video_id="v1"), 40002, "creatives[2].video_id: not together with tiktok_item_id"),
        (desk.creative(tiktok_item_id=None), 40002, "creatives[2].tiktok_item_id: required with AUTH_CODE"),
        (desk.creative(tiktok_item_id=ids["plain_post_id"]), 40002, "tiktok_item_id: "),
        (desk.creative(identity_id="123"), 40002, "identity_id: 123 is no identity of the type AUTH_CODE"),
        (desk.creative(identity_type="BC_AUTH_TT"), 40002, "identity_authorized_bc_id: required with BC_AUTH_TT"),
        (desk.creative(identity_type="TTS_TT"), 40002, "identity_type: one of"),
        (desk.creative(ad_name="Bread 🍞"), 40002, "creatives[2].ad_name: no emoji"),
        (desk.creative(landing_page_url="example.org"), 40002, "creatives[2].landing_page_url"),
        (desk.own(ad_text=None), 40002, "creatives[2].ad_text: write something"),
        (desk.own(ad_text="面包" * 26), 40002, "creatives[2].ad_text: at most 100"),
        (desk.own(video_id="v123"), 40053, "video_id: "),
        (desk.own(video_id="123"), 40053, "video_id: 123 is no video"),
        (desk.pushed(image_ids=["7"]), 40912, "image_id: 7 is no image"),
        (desk.pushed(video_id=desk.own()["video_id"]), 40002, ""),  # Too short, too small: what is pushed has measures.
    ]
    before = traces()
    for creative, code, message in refused:
        said = desk.create(good, desk.pushed(), creative)
        assert said.code == code, (creative, said.message)
        assert said.message.startswith(message)
        assert traces() == before, creative
    assert desk.create(*[good] * 21).code == 40002
    assert desk.create().code == 40002
    assert desk.create(good, ad_group_id="123").code == 40007
    consents.revoke(desk.town.scopes["cleo"], int(ids["consent_id"]), now=clock.present().now())
    said = desk.create(good)
    assert (said.code, said.message.partition(":")[0]) == (40002, "authorization_revoked")
    assert (Ad.objects.count(), Post.objects.count()) == before[:2]


def test_quotas_have_a_code_of_their_own(desk: Desk, settings: Any) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, spark_ads_per_account_max=2)
    assert desk.create(desk.creative()).code == 0
    said = desk.create(desk.creative())
    assert (said.code, said.message) == (40502, "account_quota_reached: An ad account can have 2 ads at the same time.")


def test_patches_change_what_is_given_and_the_rest_replaces_what_is_kept(desk: Desk) -> None:
    ids = desk.ids
    made = desk.made(
        desk.creative(
            deeplink="app://bread",
            tracking_pixel_id=7,
            utm_params=[{"key": "a", "value": "1"}],
            operation_status="DISABLE",
        )
    )
    ad_id = made["ad_id"]
    row = Ad.objects.get(pk=int(ad_id))

    said = desk.update(
        {"ad_id": ad_id, "ad_name": "Slower", "call_to_action": "LEARN_MORE", "cpp_url": "https://example.org/c"}
    )
    changed = said.data["creatives"][0]
    assert (said.code, said.data["ad_ids"], said.data["need_audit"]) == (
        0,
        [ad_id],
        False,
    )  # It is off: that is told first.
    assert (changed["ad_name"], changed["call_to_action"]) == ("Slower", "LEARN_MORE")
    assert (changed["deeplink"], changed["tracking_pixel_id"], changed["cpp_url"]) == (
        "app://bread",
        7,
        "https://example.org/c",
    )
    assert (changed["landing_page_url"], changed["utm_params"]) == (
        "https://example.org/bread",
        [{"key": "a", "value": "1"}],
    )
    row.refresh_from_db()
    assert row.landing_url == "https://example.org/bread?a=1"
    assert Review.objects.filter(ad=row).count() == 2  # Another button is reviewed again.

    said = desk.update({"ad_id": ad_id, "utm_params": [{"key": "b", "value": "2 3"}]})
    row.refresh_from_db()
    assert row.landing_url == "https://example.org/bread?b=2%203"
    said = desk.update({"ad_id": ad_id, "landing_page_url": "https://example.org/loaf?x=1#top"})
    row.refresh_from_db()
    assert row.landing_url == "https://example.org/loaf?x=1&b=2%203#top"
    assert said.data["creatives"][0]["landing_page_url"] == "https://example.org/loaf?x=1#top"

    # Sent back whole, as ad/get answers it: nothing changes, and nothing is reviewed again.
    whole = desk.get(filtering={"ad_ids": [ad_id]}).data["list"][0]
    reviews_before = Review.objects.filter(ad=row).count()
    said = desk.update({name: value for name, value in whole.items() if value is not None}, patch=False)
    assert (said.code, said.data["creatives"][0]) == (0, whole)
    assert Review.objects.filter(ad=row).count() == reviews_before

    # Without a patch, what is kept and left out is gone; what the ad shows stays.
    said = desk.update({"ad_id": ad_id, "landing_page_url": "https://example.org/loaf"}, patch=False)
    bare = said.data["creatives"][0]
    assert (bare["deeplink"], bare["tracking_pixel_id"], bare["cpp_url"], bare["utm_params"]) == ("", 0, None, None)
    assert (bare["ad_name"], bare["tiktok_item_id"], bare["call_to_action"]) == ("Slower", ids["post_id"], "LEARN_MORE")
    said = desk.update({"ad_id": ad_id}, patch=False)
    assert (said.code, said.message) == (40002, "creatives[0].landing_page_url: begin with https:// or http://")

    said = desk.update({"ad_id": ad_id, "category": "food"})
    assert (said.code, said.data["creatives"][0]["category"]) == (0, "food")
    said = desk.update({"ad_id": ad_id, "operation_status": "ENABLE"})
    assert (said.code, said.message) == (40002, "creatives[0].operation_status: it is changed by ad/status/update")

    # All or nothing, and only the account's own, in the ad group that is named.
    first = {"ad_id": ad_id, "ad_name": "Never"}
    for second, code, message in (
        ({"ad_id": "123", "ad_name": "X"}, 40007, "creatives[1].ad_id: There is no such ad."),
        ({"ad_id": ids["ad_id"], "ad_format": "CAROUSEL_ADS"}, 40002, "creatives[1].ad_format"),
        ({"ad_id": ids["ad_id"], "tiktok_item_id": "123"}, 40002, "tiktok_item_id: 123"),
        ({"ad_id": ids["ad_id"], "identity_type": "CUSTOMIZED_USER", "identity_id": ids["identity_id"],
          "video_id": desk.own()["video_id"], "ad_text": "T"}, 40002, "creatives[1]."),
    ):  # fmt: skip
        before = traces()
        said = desk.update(first, second)
        assert (said.code, said.message[: len(message)]) == (code, message)
        assert traces() == before
    other = desk.another_group("traffic")
    said = desk.business.post(
        "ada", "ad/update", advertiser_id=ids["account_id"], adgroup_id=other, creatives=[first], patch_update=True
    )
    assert said.code == 40007
    assert Ad.objects.get(pk=int(ad_id)).name == "Slower"


def test_what_was_pushed_is_changed_while_it_is_a_draft_and_pushed_anew_afterwards(desk: Desk) -> None:
    made = desk.made(desk.pushed())
    ad_id, item_id = made["ad_id"], made["tiktok_item_id"]

    changed = desk.update({"ad_id": ad_id, "ad_text": "Warmer", "dark_post_status": "OFF"}).data["creatives"][0]
    assert (changed["tiktok_item_id"], changed["ad_text"], changed["dark_post_status"]) == (item_id, "Warmer", "OFF")
    assert Review.objects.filter(ad_id=int(ad_id)).count() == 2
    desk.approve(ad_id)
    published = post_facts([int(item_id)])[int(item_id)]
    assert (published.draft, published.caption, published.may_duet) == (False, "Warmer", False)

    whole = desk.get(filtering={"ad_ids": [ad_id]}).data["list"][0]
    assert desk.update({name: value for name, value in whole.items() if value is not None}, patch=False).code == 0
    said = desk.update({"ad_id": ad_id, "dark_post_status": "ON"})
    assert (said.code, said.message.partition(":")[0]) == (40002, "creatives[0].dark_post_status")
    again = desk.update({"ad_id": ad_id, "ad_text": "Warmest"}).data["creatives"][0]
    assert again["tiktok_item_id"] != item_id
    assert (again["ad_text"], again["dark_post_status"], again["secondary_status"]) == (
        "Warmest",
        "OFF",
        "AD_STATUS_REAUDIT",
    )
    assert not post_facts([int(item_id)])[int(item_id)].draft  # What was published stays its creator's.

    plain = desk.made(desk.own())
    changed = desk.update({"ad_id": plain["ad_id"], "ad_text": "From our oven"}).data["creatives"][0]
    assert (changed["ad_text"], changed["video_id"]) == ("From our oven", plain["video_id"])
    assert Ad.objects.get(pk=int(plain["ad_id"])).post_id != 0
    moved = desk.update(
        {
            "ad_id": ad_id,
            "identity_type": "AUTH_CODE",
            "identity_id": desk.ids["profile_id"],
            "tiktok_item_id": desk.ids["post_id"],
        }
    )
    assert (moved.data["creatives"][0]["identity_type"], moved.data["creatives"][0]["video_id"]) == ("AUTH_CODE", None)


def test_ads_are_switched_and_deleted_together(desk: Desk) -> None:
    ids = desk.ids
    said = desk.create(desk.creative(), desk.creative())
    both = said.data["ad_ids"]
    account: dict[str, Any] = {"advertiser_id": ids["account_id"]}

    def switch(status: str, **named: Any) -> Said:
        return desk.business.post("ada", "ad/status/update", **account, operation_status=status, **named)

    said = switch("DISABLE", ad_ids=both)
    assert (said.code, said.data) == (0, {"ad_ids": both, "status": "DISABLE"})
    assert desk.get(filtering={"secondary_status": "AD_STATUS_DISABLE"}).data["page_info"]["total_number"] == 2
    assert switch("ENABLE", ad_ids=[*both, "123"]).code == 40007
    assert not Ad.objects.filter(pk__in=both, enabled=True).exists()
    assert switch("DELETE", ad_ids=[both[0]]).code == 0
    assert switch("ENABLE", ad_ids=both).code == 40002
    assert not Ad.objects.get(pk=both[1]).enabled
    for named, message in (
        ({}, "ad_ids: it is missing"),
        ({"aco_ad_ids": ["1"]}, "aco_ad_ids: this platform has no automated"),
        ({"ad_ids": [both[1]] * 21}, "ad_ids"),
        ({"ad_ids": []}, "ad_ids"),
    ):
        said = switch("DISABLE", **named)
        assert (said.code, said.message[: len(message)]) == (40002, message)
    assert switch("FREEZE", ad_ids=both).code == 40002


def test_lists_are_exact_filtered_and_cut(desk: Desk) -> None:
    ids = desk.ids
    seen = desk.another_group("reach")
    made = desk.create(*[desk.creative(ad_name=f"Loaf {number}") for number in range(5)]).data["ad_ids"]
    reach = desk.create(desk.creative(ad_name="Seen"), ad_group_id=seen).data["ad_ids"][0]
    desk.business.post(
        "ada", "ad/status/update", advertiser_id=ids["account_id"], operation_status="DELETE", ad_ids=[made[0]]
    )

    def listed(**filtering: Any) -> list[str]:
        said = desk.get(filtering=filtering, page_size=100)
        assert (said.code, said.data["page_info"]["total_number"]) == (0, len(said.data["list"]))
        return [one["ad_id"] for one in said.data["list"]]

    left = [reach, *reversed(made[1:]), ids["ad_id"]]
    assert listed() == left
    assert listed(primary_status="STATUS_ALL") == [reach, *reversed(made), ids["ad_id"]]
    assert listed(primary_status="STATUS_DELETE") == [made[0]]
    assert listed(secondary_status="AD_STATUS_ALL") == [reach, *reversed(made), ids["ad_id"]]
    assert listed(secondary_status="AD_STATUS_AUDIT") == left
    assert listed(secondary_status="AD_STATUS_DELIVERY_OK") == []
    assert listed(primary_status="STATUS_NOT_DELIVERY") == left
    assert listed(campaign_ids=[ids["campaign_id"]]) == left[1:]
    assert listed(adgroup_ids=[seen]) == [reach]
    assert listed(ad_ids=[made[1], made[2], "123"]) == [made[2], made[1]]
    assert listed(ad_name="LOAF") == list(reversed(made[1:]))
    assert listed(objective_type="REACH") == [reach]
    assert listed(objective_type="RF_REACH") == []
    assert listed(optimization_goal="REACH") == left  # What ad groups made elsewhere pay for by impressions.
    assert listed(optimization_goal="CLICK") == []
    assert listed(buying_types=["RESERVATION_RF"]) == []
    assert listed(buying_types=["AUCTION", "RESERVATION_RF"]) == left
    assert listed(creative_material_mode="SMART_CREATIVE") == []
    assert listed(creation_filter_start_time="2000-01-01 00:00:00", modified_after="2000-01-01 00:00:00") == left
    assert listed(modified_after="2999-01-01 00:00:00") == []
    assert listed(creation_filter_end_time="2000-01-01 00:00:00") == []
    beside = desk.get(ad_ids=[made[1]])
    assert [one["ad_id"] for one in beside.data["list"]] == [made[1]]

    for status in ("", "AD_STATUS_AUDIT"):
        filtering = {"secondary_status": status} if status else {}
        pages = [desk.get(filtering=filtering, page=page, page_size=2).data for page in (1, 2, 3, 4)]
        assert [len(one["list"]) for one in pages] == [2, 2, 2, 0]
        assert [one["ad_id"] for page in pages for one in page["list"]] == left
        assert pages[3]["page_info"] == {"page": 4, "page_size": 2, "total_number": 6, "total_page": 3}

    cut = desk.get(fields=["ad_id", "video_id", "ad_name"], exclude_field_types_in_response=["NULL_FIELD"], page_size=1)
    assert cut.data["list"] == [{"ad_id": reach, "ad_name": "Seen"}]
    for asked, message in (
        ({"fields": ["ad_id", "colour"]}, "fields: colour: unknown; allowed are advertiser_id, campaign_id"),
        ({"page_size": 1001}, "page_size: a number from 1 to 1000"),
        ({"filtering": {"primary_status": "GREEN"}}, "filtering.primary_status: GREEN is not one of"),
        ({"filtering": {"ad_ids": ["1"] * 101}}, "filtering.ad_ids"),
        ({"filtering": {"destination": "APP"}}, "filtering.destination: this platform does not filter by it"),
        ({"filtering": {"modified_after": "soon"}}, "filtering.modified_after: an instant"),
        ({"exclude_field_types_in_response": ["ZERO"]}, "exclude_field_types_in_response"),
    ):
        said = desk.get(**asked)
        assert (said.code, said.message[: len(message)]) == (40002, message)


def test_a_longer_page_costs_no_more_statements(desk: Desk) -> None:
    desk.create(*[desk.creative() for _ in range(6)], desk.own(), desk.pushed())

    def statements(size: int, **asked: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(desk.get(page_size=size, **asked).data["list"]) == size
        return len(captured)

    assert statements(8) <= statements(3) + 1
    audited: dict[str, Any] = {"filtering": {"secondary_status": "AD_STATUS_AUDIT"}}
    assert statements(8, **audited) <= statements(3, **audited) + 1


def test_previews_and_diagnoses(desk: Desk) -> None:
    ids = desk.ids
    account: dict[str, Any] = {"advertiser_id": ids["account_id"]}
    said = desk.business.post("ada", "creative/ads_preview/create", **account, preview_type="AD", ad_id=ids["ad_id"])
    assert said.data == {
        "preview_link": f"http://testserver/advertiser/ads/{ids['ad_id']}/", "iframe": "", "tips": [],
    }  # fmt: skip
    said = desk.business.post("ada", "creative/ads_preview/create", **account, preview_type="AD", ad_id="123")
    assert said.code == 40007
    said = desk.business.post("ada", "creative/ads_preview/create", **account, preview_type="ADS_CREATION")
    assert (said.code, said.message.partition(":")[0]) == (40002, "preview_type")

    empty = desk.another_group("reach")
    two = {"adgroup_ids": [ids["ad_group_id"], empty]}
    found = desk.business.get("ada", "tool/diagnosis/get", **account, filtering=two).data["results"]
    every = desk.business.get("ada", "tool/diagnosis/get", **account).data["results"]
    assert {one["adgroup_id"] for one in every} >= set(two["adgroup_ids"])
    assert [one["adgroup_id"] for one in found] == [empty, ids["ad_group_id"]]
    (suggestions,) = found[0]["diagnosis"]["suggestions"]
    assert [one["issue_suggestion"] for one in suggestions["delivery"]] == ["NO_ADS"]
    (suggestions,) = found[1]["diagnosis"]["suggestions"]
    (creative,) = suggestions["creative"]
    assert (creative["ad_id"], creative["issue_suggestion"], creative["actor"]) == (
        ids["ad_id"],
        "IN_REVIEW",
        "operator",
    )
    assert creative["vid"] == materials.video_id(int(ids["video_id"]))
    assert (suggestions["bid_and_budget"], suggestions["event_track"], suggestions["delivery"]) == ([], [], [])
    only: dict[str, Any] = {
        "filtering": {"adgroup_ids": [ids["ad_group_id"], "123"], "issue_category": ["BID_AND_BUDGET"]}
    }
    assert desk.business.get("ada", "tool/diagnosis/get", **account, **only).data == {"results": []}
    desk.business.post("ada", "ad/status/update", **account, operation_status="DISABLE", ad_ids=[ids["ad_id"]])
    found = desk.business.get("ada", "tool/diagnosis/get", **account, filtering={"adgroup_ids": [ids["ad_group_id"]]})
    (suggestions,) = found.data["results"][0]["diagnosis"]["suggestions"]
    assert {one["issue_suggestion"] for one in suggestions["creative"]} == {"AD_DISABLED", "IN_REVIEW"}
    assert [one["issue_suggestion"] for one in suggestions["delivery"]] == ["CHILDREN_DISABLED"]
    counts = {"won": 10, "lost": 20, "gap_micros": 20_000_000, "seen_too_often": 10}
    at = clock.present().now().replace(minute=0, second=0, microsecond=0)
    for name, count in counts.items():
        Fate.objects.create(ad_id=int(ids["ad_id"]), hour_at=at, name=name, count=count)
    found = desk.business.get("ada", "tool/diagnosis/get", **account, filtering={"adgroup_ids": [ids["ad_group_id"]]})
    (suggestions,) = found.data["results"][0]["diagnosis"]["suggestions"]
    (outbid,) = suggestions["bid_and_budget"]
    assert (outbid["issue_suggestion"], outbid["actor"]) == ("OUTBID", "advertiser")
    assert "20 of the 40 slots" in outbid["message"]
    assert "1.00 EUR lacked" in outbid["message"]
    assert [one["issue_suggestion"] for one in suggestions["delivery"]] == ["CHILDREN_DISABLED", "SEEN_TOO_OFTEN"]
