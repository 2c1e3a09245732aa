"""Mallory, in an ad account and a Business Center of her own, names what is Ada's: nothing of it is shown or changed."""

import json
from typing import Any

from django.db import transaction

from tests.wire.business.conftest import Business
from tests.wire.business.test_cast import ROWS, filled
from tests.wire.conftest import Town
from vonk.advertising.actions import portfolios
from vonk.content.actions import library_files
from vonk.content.library import FileKind
from vonk.content.models import Image
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.control.scope import Scope, Via
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import accounts
from vonk.wire.business.operation import OPERATIONS, Over

ACCOUNTS = ("advertiser_id", "tcm_account_id", "tto_tcm_account_id")
OF_ADA = (
    "account_id", "organisation_id", "campaign_id", "ad_group_id", "ad_id", "consent_id", "identity_id", "pixel_id",
    "account_video_id",
)  # fmt: skip


class _UndoneError(Exception):
    """Takes back what a call changed."""


def of_mallory(town: Town) -> tuple[str, str]:
    """Return the ids of an ad account and a Business Center that Mallory opens."""
    me: Scope = access.person(access.Actor(town.scopes["mallory"].person, Via.WEB))
    account_id = accounts.open_account(
        me, organisation_name="Mallory's", name="Mallory's", currency="EUR", time_zone="Europe/Amsterdam", country="NL",
        advertiser_name="Mallory", payer_name="Mallory", now=clock.present().now(),
    )  # fmt: skip
    return str(account_id), str(identity.organisations_of(me)[0].id)


def test_what_every_operation_is_tried_with_is_nothing_in_another_account(business: Business, town: Town) -> None:
    account_id, bc_id = of_mallory(town)
    secret = [town.ids[name] for name in OF_ADA]
    last = AuditEntry.objects.latest("pk").pk
    for one in OPERATIONS:
        if one.alone or one.over is Over.APP:
            continue
        row = ROWS[one.name]
        known = {**town.ids, "who": "mallory", "fresh_code": town.fresh_code}
        asked: dict[str, Any] = {name: filled(value, known) for name, value in row.asked.items()}
        asked |= {name: account_id for name in ACCOUNTS if name in asked and one.over is not Over.BUSINESS}
        asked |= {"bc_id": bc_id} if "bc_id" in asked else {}
        asked |= {"advertiser_ids": [account_id]} if "advertiser_ids" in asked else {}
        try:
            with transaction.atomic():
                call = business.post if one.writes else business.get
                said = call("mallory", one.path, **asked)
                named = [text for text in secret if text in json.dumps(said.data)]
                assert named == [], one.name
                traces = AuditEntry.objects.filter(pk__gt=last)
                assert not traces.filter(account_id=int(town.ids["account_id"])).exists(), one.name
                raise _UndoneError
        except _UndoneError:
            pass


def test_the_library_of_another_account_is_not_there(business: Business, town: Town) -> None:
    now = clock.present().now()
    ada = town.scopes["ada"]
    account: dict[str, Any] = {"advertiser_id": of_mallory(town)[0]}
    image_id = Image.objects.create(
        account_id=ada.account, key="0" * 32 + ".jpg", format="jpg", width=1, height=1, source_bytes=1,
        source_md5="0" * 32, name="Loaf", created_at=now, modified_at=now,
    ).pk  # fmt: skip
    portfolio = str(portfolios.create(ada, "cta", [{"asset_content": "Buy"}], image_ids=(), now=now))
    waiting = str(library_files.start(ada, FileKind.VIDEO, name="Loaf", size=10, now=now).file_id)
    video, image = f"v{town.ids['account_video_id']}", f"i{image_id}"
    part = {"asset_content": "Buy", "image_id": image}
    campaign: Any = {
        "campaign_name": "C", "objective_type": "TRAFFIC", "budget_mode": "BUDGET_MODE_DAY", "budget": 50,
    }  # fmt: skip
    tried: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "file/video/ad/update", {"video_id": video, "file_name": "Mine"}, 40053),
        ("GET", "file/video/suggestcover", {"video_id": video}, 40053),
        ("POST", "file/video/ad/upload", {"upload_type": "UPLOAD_BY_VIDEO_ID", "video_id": video}, 40053),
        ("POST", "file/video/ad/upload", {"upload_type": "UPLOAD_BY_FILE_ID", "file_id": waiting}, 40905),
        ("POST", "file/finish/upload", {"upload_id": waiting}, 40905),
        ("POST", "file/image/ad/update", {"image_id": image, "file_name": "Mine"}, 40912),
        ("POST", "identity/create", {"display_name": "Mine", "image_uri": image}, 40912),
        ("POST", "creative/portfolio/create", {"portfolio_content": [part]}, 40912),
        ("GET", "creative/portfolio/get", {"creative_portfolio_id": portfolio}, 40007),
        ("POST", "creative/portfolio/delete", {"creative_portfolio_ids": [portfolio]}, 40007),
        ("POST", "campaign/create", {**campaign, "advertiser_id": town.ids["account_id"]}, 40001),
    ]
    for method, path, asked, code in tried:
        call = business.get if method == "GET" else business.post
        said = call("mallory", path, **{**account, **asked})
        assert (said.code, said.data) == (code, {}), (path, said)
    found: tuple[tuple[str, dict[str, Any]], ...] = (
        ("file/video/ad/info", {"video_ids": [video]}),
        ("file/image/ad/info", {"image_ids": [image]}),
        ("file/video/ad/search", {"filtering": {"video_ids": [video]}}),
        ("file/image/ad/search", {"filtering": {"image_ids": [image]}}),
        ("file/image/ad/search", {"filtering": {"material_ids": [str(image_id)]}}),
    )
    for path, asked in found:
        said = business.get("mallory", path, **{**account, **asked})
        assert (said.code, said.data["list"]) == (0, []), path
    taken = business.get("mallory", "file/name/check", **account, file_name="Loaf", file_type="IMAGE")
    assert taken.data["duplicate"] is False
