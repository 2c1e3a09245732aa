"""The official Python SDK, unmodified, takes a Spark ad through its life, and is refused in words it understands."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import business_api_client as sdk
import pytest
from business_api_client.tiktok_business.tiktok_exceptions import TiktokSDKError
from PIL import Image

from tests.wire.business.sdk.browser import Browser
from tests.wire.business.sdk.conftest import Stage
from tests.wire.serving import VONK, environment, wait_for
from tests.wire.test_spine import PASSWORD, later, report, slot
from vonk.identity.rules import Permission

pytestmark = pytest.mark.xdist_group("sdk")

NETHERLANDS = "2750405"
GROUP_BID = 0.8
GROUP = {
    "adgroup_name": "Netherlands",
    "promotion_type": "WEBSITE",
    "placement_type": "PLACEMENT_TYPE_NORMAL",
    "placements": ["PLACEMENT_TIKTOK"],
    "billing_event": "CPC",
    "optimization_goal": "CLICK",
    "bid_type": "BID_TYPE_CUSTOM",
    "bid_price": GROUP_BID,
    "budget_mode": "BUDGET_MODE_DAY",
    "budget": 50.0,
    "schedule_type": "SCHEDULE_FROM_NOW",
    "pacing": "PACING_MODE_FAST",
}


def starts(stage: Stage) -> str:
    """An instant that is not past when it is read, by the platform's clock."""
    now = datetime.fromisoformat(stage.ada.does("GET", "/sandbox/clock")["now"])
    return (now.astimezone(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S")


class Client:
    """The SDK against our host: its own methods, and its generic transport for what it has no method for."""

    def __init__(self, stage: Stage, token: str, advertiser_id: str = "") -> None:
        configuration = sdk.Configuration()
        configuration.host = stage.site
        self.api = sdk.ApiClient(configuration)
        self.stage = stage
        self.token = token
        self.advertiser_id = advertiser_id or stage.advertiser_id
        self.campaigns = sdk.CampaignCreationApi(self.api)
        self.groups = sdk.AdgroupApi(self.api)
        self.ads = sdk.AdApi(self.api)
        self.identities = sdk.IdentityApi(self.api)
        self.reports = sdk.ReportingApi(self.api)
        self.files = sdk.FileApi(self.api)
        self.accounts = sdk.AccountManagementApi(self.api)
        self.tools = sdk.ToolApi(self.api)

    def call(self, method: str, path: str, **asked: Any) -> Any:
        """Call what the SDK has no method for, as its documentation advises; return the data."""
        asked = {"advertiser_id": self.advertiser_id, **asked}
        return self.api.call_api(
            f"/open_api/v1.3/{path}/",
            method,
            query_params=list(asked.items()) if method == "GET" else [],
            header_params={"Access-Token": self.token},
            body=asked if method == "POST" else None,
            response_type="InlineResponse200",
            _return_http_data_only=True,
        )["data"]

    def campaign(self, **changed: Any) -> Any:
        asked = {"campaign_name": "Bread", "objective_type": "TRAFFIC", "budget_mode": "BUDGET_MODE_INFINITE"}
        body = sdk.CampaignCreateBody(**{"advertiser_id": self.advertiser_id, **asked, **changed})
        return self.campaigns.campaign_create(self.token, body=body)["data"]

    def group(self, campaign_id: str, **changed: Any) -> Any:
        asked = {
            "advertiser_id": self.advertiser_id,
            "campaign_id": campaign_id,
            "schedule_start_time": starts(self.stage),
        }
        body = sdk.AdgroupCreateBody(**{**asked, **GROUP, "location_ids": [NETHERLANDS], **changed})
        return self.groups.adgroup_create(self.token, body=body)["data"]

    def ad(self, adgroup_id: str, item_id: str, identity_id: str, **changed: Any) -> Any:
        creative = {
            "ad_name": "Bread, slowly",
            "ad_format": "SINGLE_VIDEO",
            "identity_type": "AUTH_CODE",
            "identity_id": identity_id,
            "tiktok_item_id": item_id,
            "call_to_action": "SHOP_NOW",
            "landing_page_url": "https://example.org/bread",
            **changed,
        }
        body = sdk.AdCreateBody(
            advertiser_id=self.advertiser_id, adgroup_id=adgroup_id, creatives=[sdk.AdcreateCreatives(**creative)]
        )
        return self.ads.ad_create(self.token, body=body)["data"]

    def figures(self, ad_id: str) -> dict[str, str]:
        """Return what the report tells of an ad; zeros when it tells nothing."""
        today = datetime.now(UTC).date()
        rows = self.reports.report_integrated_get(
            "BASIC",
            self.token,
            advertiser_id=self.advertiser_id,
            data_level="AUCTION_AD",
            dimensions=["ad_id"],
            metrics=["spend", "impressions", "clicks", "likes", "ad_name"],
            start_date=str(today - timedelta(days=1)),
            end_date=str(today + timedelta(days=1)),
            filtering=[{"field_name": "ad_ids", "filter_type": "IN", "filter_value": f'["{ad_id}"]'}],
        )["data"]["list"]
        nothing = {"spend": "0.00", "impressions": "0", "clicks": "0", "likes": "0"}
        found: dict[str, str] = rows[0]["metrics"] if rows else nothing
        return found

    def authorized(self, code: str, item_id: str) -> Any:
        """Redeem a code and return the row of the list that tells of it."""
        assert self.call("POST", "tt_video/authorize", auth_code=code) == {}
        rows = self.call("GET", "tt_video/list", page_size=50)["list"]
        return next(row for row in rows if row["item_info"]["item_id"] == item_id)


def refused(call: Any, *arguments: Any, **asked: Any) -> str:
    """Return what the SDK says of the refusal."""
    with pytest.raises(TiktokSDKError) as told:
        call(*arguments, **asked)
    return str(told.value)


def second_account(stage: Stage) -> str:
    """Another ad account of Ada's, which accepted the Spark terms."""
    names = {"organisation_name": "Ada's mill", "advertiser_name": "Ada's mill", "payer_name": "Ada's mill"}
    place = {"currency": "EUR", "time_zone": "Europe/Amsterdam", "country": "NL"}
    account_id: str = stage.ada.does("POST", "/accounts", {"name": "Flour", **names, **place})["id"]
    stage.ada.does("POST", f"/accounts/{account_id}/spark_terms", {"version": "2026-11"})
    return account_id


@pytest.fixture(scope="module")
def client(stage: Stage) -> Client:
    return Client(stage, stage.token)


def test_a_spark_ad_from_its_code_to_its_report(client: Client, stage: Stage) -> None:
    item_id, code = stage.posts[0].post_id, stage.posts[0].code
    told = client.accounts.advertiser_info([client.advertiser_id], client.token)["data"]["list"]
    assert [(row["advertiser_id"], row["currency"], row["name"]) for row in told] == [
        (client.advertiser_id, "EUR", "Bread")
    ]

    # The code, and whose post it is.
    assert client.call("GET", "tt_video/info", auth_code=code)["item_info"]["item_id"] == item_id
    post = client.authorized(code, item_id)
    assert (post["user_info"]["identity_type"], post["auth_info"]["ad_auth_status"]) == ("AUTH_CODE", "AUTHORIZED")
    identity_id = post["user_info"]["identity_id"]
    identities = client.identities.identity_get(client.advertiser_id, client.token, identity_type="AUTH_CODE")["data"]
    assert [row["identity_id"] for row in identities["identity_list"]] == [identity_id]
    video = client.identities.identity_video_info(
        client.token, client.advertiser_id, "AUTH_CODE", identity_id, item_id
    )["data"]
    assert video["video_detail"]["item_id"] == item_id

    # Campaign, ad group, ad; the same request_id makes one campaign.
    campaign = client.campaign(request_id="7300000000000000017")
    assert client.campaign(request_id="7300000000000000017")["campaign_id"] == campaign["campaign_id"]
    group = client.group(campaign["campaign_id"])
    assert (group["budget"], group["bid_price"], group["audience_ids"]) == (50.0, 0.8, [])
    made = client.ad(group["adgroup_id"], item_id, identity_id)
    (ad_id,) = made["ad_ids"]
    assert made["creatives"][0]["tiktok_item_id"] == item_id

    # All three are found, by their ids, and shown as they were made.
    chosen = {
        "campaign": client.campaigns.campaign_get(
            client.advertiser_id,
            client.token,
            filtering=sdk.FilteringCampaignGet(campaign_ids=[campaign["campaign_id"]]),
            fields=["campaign_id", "campaign_name", "objective_type"],
        ),
        "adgroup": client.groups.adgroup_get(
            client.advertiser_id, client.token, filtering={"campaign_ids": [campaign["campaign_id"]]}
        ),
        "ad": client.ads.ad_get(client.advertiser_id, client.token, filtering=sdk.FilteringAdGet(ad_ids=[ad_id])),
    }
    rows = {level: answer["data"]["list"] for level, answer in chosen.items()}
    assert rows["campaign"] == [
        {"campaign_id": campaign["campaign_id"], "campaign_name": "Bread", "objective_type": "TRAFFIC"}
    ]
    assert [row["adgroup_id"] for row in rows["adgroup"]] == [group["adgroup_id"]]
    assert [(row["identity_id"], row["tiktok_item_id"], row["operation_status"]) for row in rows["ad"]] == [
        (identity_id, item_id, "ENABLE")
    ]
    assert chosen["ad"]["data"]["page_info"] == {"page": 1, "page_size": 10, "total_number": 1, "total_page": 1}

    # It waits for review, and is approved.
    review = next(one for one in stage.olu.does("GET", "/reviews")["items"] if one["ad_id"] == ad_id)
    assert rows["ad"][0]["secondary_status"] == "AD_STATUS_AUDIT"
    stage.olu.does("POST", f"/reviews/{review['review']['id']}/approval")

    def status() -> str:
        found = client.ads.ad_get(client.advertiser_id, client.token, filtering=sdk.FilteringAdGet(ad_ids=[ad_id]))
        (row,) = found["data"]["list"]
        told: str = row["secondary_status"]
        return told

    wait_for(lambda: status() != "AD_STATUS_AUDIT", "the approved ad still waits")

    # Vik sees it and goes where it leads; what that cost is told in strings.
    later(stage.platform, stage.olu, 120)
    wait_for(lambda: slot(stage.platform, stage.vik)["ad"] is not None, "the approved ad is not shown")
    shown = slot(stage.platform, stage.vik)
    assert shown["ad"]["id"] == ad_id
    later(stage.platform, stage.olu, 31)
    report(stage.platform, shown["token"], "impression", "play", "view_2s", "click_destination")
    wait_for(lambda: client.figures(ad_id)["clicks"] == "1", "the click is not reported")
    figures = client.figures(ad_id)
    assert (figures["impressions"], figures["likes"], figures["ad_name"]) == ("1", "0", "Bread, slowly")
    wait_for(lambda: float(client.figures(ad_id)["spend"]) > 0, "the click is not charged")
    assert float(client.figures(ad_id)["spend"]) <= GROUP_BID

    # It is switched off.
    body = sdk.AdStatusUpdateBody(advertiser_id=client.advertiser_id, ad_ids=[ad_id], operation_status="DISABLE")
    assert client.ads.ad_status_update(client.token, body=body)["data"]["ad_ids"] == [ad_id]
    assert status() == "AD_STATUS_DISABLE"


def test_an_app_is_let_in_and_out(client: Client, stage: Stage) -> None:
    browser = Browser(stage.site, "ada@example.org", PASSWORD)
    app_id, secret = browser.make_app()
    code = browser.let_in(app_id, client.advertiser_id, [one.value for one in Permission if one is not Permission.SEE])
    authentication = sdk.AuthenticationApi(client.api)
    body = sdk.Oauth2AccessTokenBody(app_id=app_id, secret=secret, auth_code=code)
    given = authentication.oauth2_access_token(body=body)["data"]
    assert given["advertiser_ids"] == [client.advertiser_id]
    assert given["scope"] == sorted(one.value for one in Permission)
    assert "Error Code: 40110" in refused(authentication.oauth2_access_token, body=body)

    ours = Client(stage, given["access_token"])
    found = authentication.oauth2_advertiser_get(app_id, secret, ours.token)["data"]["list"]
    assert found == [{"advertiser_id": client.advertiser_id, "advertiser_name": "Bread"}]
    campaign_id = ours.campaign(campaign_name="By an app")["campaign_id"]
    listed = ours.campaigns.campaign_get(client.advertiser_id, ours.token, fields=["campaign_id"])["data"]["list"]
    assert {"campaign_id": campaign_id} in listed

    seeing = browser.let_in(app_id, client.advertiser_id, [])
    body = sdk.Oauth2AccessTokenBody(app_id=app_id, secret=secret, auth_code=seeing)
    reader = Client(stage, authentication.oauth2_access_token(body=body)["data"]["access_token"])
    assert reader.campaigns.campaign_get(client.advertiser_id, reader.token)["data"]["page_info"]["total_number"] >= 1
    assert "Error Code: 40130" in refused(reader.campaign)

    ended = ours.call("POST", "oauth2/revoke_token", app_id=app_id, secret=secret, access_token=ours.token)
    assert ended == {"app_id": app_id, "advertiser_ids": [client.advertiser_id]}
    assert "Error Code: 40105" in refused(ours.campaigns.campaign_get, client.advertiser_id, ours.token)


def test_a_developers_world_has_every_road_to_a_spark_ad_and_codes_that_are_refused(stage: Stage) -> None:
    made = subprocess.run(
        [*VONK, "sandbox", "create", "--data", str(stage.platform.data), "--json"],
        capture_output=True,
        check=True,
        env=environment(),
    )
    keys: dict[str, str] = json.loads(made.stdout)
    client = Client(stage, keys["ACCESS_TOKEN"], keys["ADVERTISER_ID"])
    refusals = {
        "EXPIRED_CODE": "auth_code_expired",
        "PRIVATE_CODE": "not_public_video",
        "UNAVAILABLE_CODE": "video_unavailable",
        "DUET_CODE": "carousel_duet_not_supported",
    }
    for key, reason in refusals.items():
        told = refused(client.call, "POST", "tt_video/authorize", auth_code=keys[key])
        assert told.startswith(f"Error Code: 40002, message: {reason}: "), key
    foreign = Client(stage, keys["ACCESS_TOKEN"], keys["FOREIGN_ADVERTISER_ID"])
    assert "Error Code: 40001" in refused(foreign.campaign)

    # An ad of a post that nobody gave a code for: of the account's own profile, and of a creator who granted access.
    group = client.group(client.campaign(campaign_name="All roads")["campaign_id"])
    roads = (
        {"identity_type": "TT_USER", "identity_id": keys["TT_USER_IDENTITY_ID"]},
        {
            "identity_type": "BC_AUTH_TT",
            "identity_id": keys["BC_IDENTITY_ID"],
            "identity_authorized_bc_id": keys["BC_ID"],
        },
    )
    for road in roads:
        video = client.call("GET", "identity/video/get", **road)["video_list"][0]
        (row,) = client.ad(group["adgroup_id"], video["item_id"], **road)["creatives"]
        assert {name: row[name] for name in road} == road


def test_files_go_up_and_are_found(client: Client, stage: Stage, tmp_path: Path) -> None:
    video = tmp_path / "Bread at noon.mp4"
    video.write_bytes(stage.clip)
    signature = hashlib.md5(stage.clip, usedforsecurity=False).hexdigest()
    (uploaded,) = client.files.ad_video_upload(
        client.token,
        advertiser_id=client.advertiser_id,
        upload_type="UPLOAD_BY_FILE",
        file_name="Bread at noon",
        video_file=str(video),
        video_signature=signature,
    )["data"]
    found = client.files.ad_video_info(client.advertiser_id, [uploaded["video_id"]], client.token)["data"]["list"]
    assert [(row["video_id"], row["file_name"], row["signature"]) for row in found] == [
        (uploaded["video_id"], "Bread at noon", signature)
    ]
    told = refused(
        client.files.ad_video_upload,
        client.token,
        advertiser_id=client.advertiser_id,
        upload_type="UPLOAD_BY_FILE",
        file_name="Bread at noon",
        video_file=str(video),
        video_signature=signature,
    )
    assert "Error Code: 40911" in told
    searched = client.files.ad_video_search(client.advertiser_id, client.token)["data"]
    assert uploaded["video_id"] in [row["video_id"] for row in searched["list"]]


def test_a_picture_is_edited_and_deleted_and_assets_are_grouped(client: Client, tmp_path: Path) -> None:
    picture = tmp_path / "loaf.png"
    Image.new("RGB", (80, 40), (200, 120, 40)).save(picture)
    made = client.files.ad_image_upload(
        client.token,
        advertiser_id=client.advertiser_id,
        upload_type="UPLOAD_BY_FILE",
        image_file=str(picture),
        image_signature=hashlib.md5(picture.read_bytes(), usedforsecurity=False).hexdigest(),
    )["data"]
    management = sdk.CreativeManagementApi(client.api)
    body = sdk.ImageEditBody(advertiser_id=client.advertiser_id, image_id=made["image_id"], width=40, height=60)
    edited = management.creative_image_edit(client.token, body=body)["data"]
    assert (edited["width"], edited["height"]) == (40, 60)
    gone = sdk.CreativeAssetDeleteBody(advertiser_id=client.advertiser_id, image_ids=[made["image_id"]])
    assert management.creative_asset_delete(client.token, body=gone)["data"]["failed_image_ids"] == []
    named = json.dumps([made["image_id"], edited["image_id"]])
    left = client.call("GET", "file/image/ad/info", image_ids=named)["list"]
    assert [row["image_id"] for row in left] == [edited["image_id"]]
    to_oneself = sdk.AssetShareBody(
        advertiser_id=client.advertiser_id,
        asset_type="IMAGE",
        material_ids=[edited["material_id"]],
        shared_advertiser_ids=[client.advertiser_id],
    )
    assert "Error Code: 40002" in refused(management.creative_asset_share, client.token, body=to_oneself)

    centers = sdk.BCApi(client.api)
    bc_id = centers.bc_get(client.token)["data"]["list"][0]["bc_info"]["bc_id"]
    asset = sdk.BcassetGroupcreateAssets(asset_id=client.advertiser_id, asset_type="ADVERTISER")
    new = sdk.AssetGroupCreateBody(bc_id=bc_id, asset_group_name="Bread", assets=[asset], members=[])
    group_id = centers.bc_asset_group_create(client.token, body=new)["data"]["asset_group_id"]
    told = centers.bc_asset_group_get(bc_id, group_id, "ASSET", client.token)["data"]
    assert [row["asset_id"] for row in told["assets"]] == [client.advertiser_id]
    centers.bc_asset_group_delete(client.token, body=sdk.AssetGroupDeleteBody(bc_id=bc_id, asset_group_ids=[group_id]))
    assert centers.bc_asset_group_list(bc_id, client.token)["data"]["asset_groups"] == []


def test_what_is_refused_is_refused_in_words(client: Client, stage: Stage) -> None:
    item_id, code = stage.posts[1].post_id, stage.posts[1].code
    stranger = Client(stage, stage.mallorys_token)
    nobody = Client(stage, "vonk_nothing")
    gone = "Error Code: 40001, message: No permission to operate advertiser "
    assert refused(stranger.campaigns.campaign_get, client.advertiser_id, stranger.token).startswith(gone)
    assert refused(stranger.call, "POST", "tt_video/authorize", auth_code=code).startswith(gone)
    assert "Error Code: 40105" in refused(nobody.campaigns.campaign_get, client.advertiser_id, nobody.token)

    # Codes: not one, wrong, of another kind; then a right one, twice.
    wrong = refused(client.call, "POST", "tt_video/authorize", auth_code="bread")
    assert wrong.startswith("Error Code: 40002, message: auth_code_format_error: ")
    unknown = refused(client.call, "POST", "tt_video/authorize", auth_code=code[:-2] + "xx")
    assert unknown.startswith(
        ("Error Code: 40002, message: auth_code_not_found", "Error Code: 40002, message: auth_code_f")
    )
    post = client.authorized(code, item_id)
    assert client.call("POST", "tt_video/authorize", auth_code=code) == {}

    # Parameters are named.
    assert "message: page_size: " in refused(client.ads.ad_get, client.advertiser_id, client.token, page_size=5000)
    assert "message: fields: " in refused(client.ads.ad_get, client.advertiser_id, client.token, fields=["colour"])
    assert "objective_type" in refused(client.campaign, objective_type="BREAD")
    assert "Error Code: 40007" in refused(client.group, "1790000000000000001")

    # An ad: of a post that nobody authorised, and by an identity that has not spoken.
    group = client.group(client.campaign(campaign_name="Refused")["campaign_id"])
    identity_id = post["user_info"]["identity_id"]
    never = stage.posts[2]
    assert "Error Code: 40002" in refused(client.ad, group["adgroup_id"], never.post_id, identity_id)
    assert "Error Code: 40002" in refused(client.ad, group["adgroup_id"], item_id, "1790000000000000001")
    (ad_id,) = client.ad(group["adgroup_id"], item_id, identity_id)["ad_ids"]
    used = refused(client.call, "POST", "tt_video/unbind", item_id=item_id)
    assert used.startswith("Error Code: 40002")

    # A code is for one ad account, and for as long as the creator says.
    elsewhere = {"advertiser_id": second_account(stage)}
    client.authorized(never.code, never.post_id)
    taken = refused(client.call, "POST", "tt_video/authorize", auth_code=never.code, **elsewhere)
    assert taken.startswith("Error Code: 40002, message: auth_code_already_used: ")
    stage.cleo.does("POST", f"/consents/{never.consent_id}/revocation")
    revoked = refused(client.call, "POST", "tt_video/authorize", auth_code=never.code)
    assert revoked.startswith("Error Code: 40002, message: authorization_revoked: ")
    ended = refused(client.ad, group["adgroup_id"], never.post_id, identity_id)
    assert ended.startswith("Error Code: 40002, message: authorization_revoked: ")

    # What v1.3 has and we have not says why.
    not_here = refused(sdk.CatalogApi(client.api).catalog_get, "1790000000000000001", client.token)
    assert not_here.startswith("Error Code: 40008, message: catalog/get is not supported by this platform: ")
    assert ad_id


def test_shops_lookalikes_and_split_tests(client: Client) -> None:
    measured, audiences = sdk.MeasurementApi(client.api), sdk.AudienceApi(client.api)
    account: dict[str, Any] = {"advertiser_id": client.advertiser_id}
    new = sdk.OfflineCreateBody(**account, name="Shops", description="Tills", auto_tracking=True)
    set_id = measured.offline_create(client.token, body=new)["data"]["event_set_id"]
    measured.offline_update(client.token, body=sdk.OfflineUpdateBody(**account, event_set_id=set_id, name="All shops"))
    (listed,) = measured.offline_get(
        client.token, advertiser_id=client.advertiser_id, event_set_ids=[set_id], name="shops"
    )["data"]["event_set_list"]
    assert (listed["event_set_id"], listed["name"], listed["auto_tracking"]) == (set_id, "All shops", True)
    sale = {"event": "Purchase", "event_id": "till-1", "event_time": int(datetime.now(UTC).timestamp()) - 60}
    track: dict[str, Any] = {"event_source": "offline", "event_source_id": set_id, "data": [sale]}

    def taken() -> bool:
        try:
            return bool(client.call("POST", "event/track", **track) == {"failed_events": []})
        except TiktokSDKError as problem:
            assert "pixel_unknown" in str(problem)  # noqa: PT017 - its publication takes a moment, and nothing else may fail.
            return False

    wait_for(taken, "The ad server never heard of the set.")
    measured.offline_delete(client.token, body=sdk.OfflineDeleteBody(**account, event_set_id=set_id))
    assert "Error Code: 40007" in refused(client.call, "POST", "event/track", **track)

    rule: dict[str, Any] = {"inclusion_rule_set": {"operator": "OR", "rules": [{"retention_days": 30}]}}
    engaged = client.call(
        "POST", "dmp/custom_audience/rule/create", custom_audience_name="E", audience_type="ENGAGEMENT", rule_spec=rule
    )["custom_audience_id"]
    spec = sdk.DmpcustomAudiencelookalikecreateLookalikeSpec(
        source_audience_id=engaged, include_source=False, mobile_os="ALL", placements=["PLACEMENT_TIKTOK"],
        location_ids=[NETHERLANDS], audience_size="NARROW",
    )  # fmt: skip
    like = sdk.LookalikeCreateBody(**account, custom_audience_name="Like them", lookalike_spec=spec)
    made = audiences.dmp_custom_audience_lookalike_create(client.token, body=like)["data"]["custom_audience_id"]
    again = sdk.LookalikeUpdateBody(**account, custom_audience_ids=[made])
    assert audiences.dmp_custom_audience_lookalike_update(client.token, body=again)["data"] == {}

    campaign_id = client.campaign(campaign_name="Split")["campaign_id"]
    groups = [client.group(campaign_id, adgroup_name=name)["adgroup_id"] for name in ("One", "Other")]
    begins = datetime.strptime(starts(client.stage), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) + timedelta(hours=1)
    times = {"start_time": f"{begins:%Y-%m-%d %H:%M:%S}", "end_time": f"{begins + timedelta(days=7):%Y-%m-%d %H:%M:%S}"}
    test = client.call("POST", "split_test/create", object_ids=groups, test_variable="CREATIVE", **times)
    told = client.call("GET", "split_test/result/get", **test)
    assert (told["split_test_status"], told["is_balanced"]) == ("NOT_STARTED", True)
    assert client.call("POST", "split_test/end", **test) == {}
    assert "reservation" not in json.dumps(client.call("GET", "rf/contract/query", included_date="2030-01-01"))
    assert "reach is not sold in advance" in refused(client.call, "POST", "adgroup/rf/create", campaign_id=campaign_id)
