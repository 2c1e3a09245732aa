"""Lists cost as many statements for many rows as for few: pages of a business that has grown are not slower by the row."""

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town, ready_video
from vonk.advertising.actions import ad_groups, ads, campaigns, comments, pixels, portfolios
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.authorisation.actions import consents, switches
from vonk.content.actions import posts, profiles
from vonk.content.models import Image
from vonk.content.rules import Source
from vonk.control import clock
from vonk.control.scope import Right, Via
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting
from vonk.identity import access
from vonk.identity.actions import accounts

DAYS = {"start_date": "2026-11-01", "end_date": "2026-11-20"}
REPORT = {"report_type": "BASIC", "metrics": ["spend", "ad_name", "campaign_name", "adgroup_name"], **DAYS}


def lists(town: Town) -> dict[str, dict[str, Any]]:
    """Return what is read, by the name of the list: "path", or "path what"."""
    account: Any = {"advertiser_id": town.ids["account_id"]}
    business: Any = {"bc_id": town.ids["organisation_id"]}
    code: Any = {"identity_type": "AUTH_CODE", "identity_id": town.ids["profile_id"]}
    return {
        "campaign/get": account,
        "campaign/get status": {**account, "filtering": {"primary_status": "STATUS_NOT_DELETE"}},
        "adgroup/get": account,
        "ad/get": account,
        "identity/get": account,
        "identity/video/get": {**account, **code},
        "tt_video/list": account,
        "comment/list": {
            **account, "search_field": "ADGROUP_ID", "search_value": town.ids["ad_group_id"], "start_time": "2020-01-01",
            "end_time": "2030-01-01",
        },
        "file/video/ad/search": account,
        "file/image/ad/search": account,
        "creative/portfolio/list": account,
        "pixel/list": account,
        "report/integrated/get": {
            **account, **REPORT, "data_level": "AUCTION_AD", "dimensions": ["ad_id"]
        },
        "report/integrated/get business": {**business, **REPORT, "report_type": "BC", "dimensions": ["advertiser_id"]},
        "bc/asset/get": {**business, "asset_type": "ADVERTISER"},
        "bc/asset/get creators": {**business, "asset_type": "TT_ACCOUNT"},
        "bc/asset/get pixels": {**business, "asset_type": "PIXEL"},
        "bc/asset/admin/get": {**business, "asset_type": "ADVERTISER"},
        "bc/pixel/link/get": {**business, "pixel_code": f"C{town.ids['pixel_id']}"},
        "bc/transaction/get": business,
        "advertiser/balance/get": business,
        "oauth2/advertiser/get": {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]},
    }  # fmt: skip


def grow(town: Town, number: int) -> None:
    """Add one of everything that is listed."""
    now = clock.present().now()
    ada, cleo, vik = town.scopes["ada"], town.scopes["cleo"], town.scopes["vik"]
    post_id = posts.publish(cleo, video_id=ready_video(cleo), caption=f"Bun {number}", now=now)
    switches.set_post_authorisation(cleo, post_id, on=True, now=now)
    issued = consents.issue(cleo, post_id, duration_days=30, now=now)
    consents.redeem(ada, issued.code, now=now)
    campaign_id = campaigns.create(ada, CampaignDraft(name=f"Bun {number}", objective="traffic"), now=now)
    wanted = AdGroupDraft(
        name=f"Group {number}", billing="cpm", bid_micros=5_000_000, budget=Budget(BudgetMode.DAILY, 20_000_000),
        targeting=Targeting(countries=("NL",)),
    )  # fmt: skip
    ad_group_id = ad_groups.create(ada, campaign_id, wanted, now=now)
    for of in (ad_group_id, int(town.ids["ad_group_id"])):
        ads.create_one(
            ada,
            of,
            AdDraft(
                name=f"Ad {number}", call_to_action="shop_now", landing_url="https://example.org/", consent_id=issued.id
            ),
            now=now,
        )
    profiles.create_identity(ada, display_name=f"Bakery {number}", avatar=None, now=now)
    shown = Source(int(town.ids["ad_id"]), 1)
    comments.write(vik, int(town.ids["post_id"]), f"Lovely {number}", source=shown, now=now)
    ready_video(ada)
    Image.objects.create(
        account_id=ada.account, key=f"{number:032}.jpg", format="jpg", width=1, height=1, source_bytes=1,
        source_md5="0" * 32, name=f"Picture {number}", created_at=now, modified_at=now,
    )  # fmt: skip
    portfolios.create(ada, "cta", [{"asset_content": "Buy"}], image_ids=(), now=now)
    pixels.create(ada, f"Shop {number}", now=now)
    office = access.organisation(
        access.Actor(ada.person, Via.WEB), int(town.ids["organisation_id"]), may=Right.BUSINESS_EDIT
    )
    second = accounts.open_another(
        office, name=f"Cakes {number}", currency="EUR", time_zone="Europe/Amsterdam", country="NL",
        advertiser_name="Ada", payer_name="Ada", now=now,
    )  # fmt: skip
    pixels.create(access.advertiser(access.Actor(ada.person, Via.WEB), second, may=Right.CAMPAIGN_EDIT), "Web", now=now)


def test_a_longer_list_takes_no_more_statements(business: Business, town: Town) -> None:
    def statements() -> dict[str, tuple[int, int]]:
        found = {}
        for name, asked in lists(town).items():
            with CaptureQueriesContext(connection) as captured:
                said = business.get("ada", name.partition(" ")[0], **asked)
            assert said.code == 0, (name, said)
            found[name] = (len(captured), len(json.dumps(said.data)))
        return found

    grow(town, 0)
    before = statements()
    for number in range(1, 4):
        grow(town, number)
    after = statements()
    of_accounts = {
        "report/integrated/get business": 3 * 3
    }  # Each account is read by itself; nothing is summed without ads.
    more = {name: after[name][0] - before[name][0] for name in before if after[name][0] > before[name][0]}
    assert more == of_accounts
    longer = {name for name in before if after[name][1] > before[name][1]}
    assert set(before) - longer == {"bc/asset/get creators", "bc/pixel/link/get", "bc/transaction/get"}
