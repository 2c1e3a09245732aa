"""Materials of the library: deleted when nothing shows them, shared as copies, and pictures in another size."""

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image as Picture

from tests.wire.business.conftest import Business
from tests.wire.business.test_foreign import of_mallory
from tests.wire.conftest import Town
from vonk.content import media
from vonk.content.actions import library_shares
from vonk.content.models import Image, Video
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.control.scope import Scope, Via
from vonk.identity import access
from vonk.identity.actions import accounts
from vonk.identity.models import Membership


def upload(business: Business, account: str, size: tuple[int, int] = (80, 40)) -> dict[str, Any]:
    """A picture, red on its left and blue on its right."""
    drawn = Picture.new("RGB", size, (255, 0, 0))
    drawn.paste((0, 0, 255), (size[0] // 2, 0, size[0], size[1]))
    body = io.BytesIO()
    drawn.save(body, "PNG")
    md5 = hashlib.md5(body.getvalue(), usedforsecurity=False).hexdigest()
    files = {"image_file": body.getvalue()}
    asked: dict[str, Any] = {"advertiser_id": account, "image_signature": md5}
    answer: dict[str, Any] = business.post("ada", "file/image/ad/upload", files=files, **asked).data
    return answer


def second_account(town: Town) -> str:
    """An ad account that Ada opens beside hers."""
    me: Scope = access.person(access.Actor(town.scopes["ada"].person, Via.WEB))
    return str(
        accounts.open_account(
            me,
            organisation_name="Ada's second",
            name="Ada's second",
            currency="EUR",
            time_zone="Europe/Amsterdam",
            country="NL",
            advertiser_name="Ada",
            payer_name="Ada",
            now=clock.present().now(),
        )
    )


def pixels_of(image_id: str) -> Picture.Image:
    """The picture as it is kept."""
    key = Image.objects.get(pk=int(image_id[1:])).key
    with media.store().local(key) as file:
        return Picture.open(file).convert("RGB")


def test_a_picture_is_cropped_or_padded_to_exactly_the_size(business: Business, town: Town) -> None:
    account = town.ids["account_id"]
    first = upload(business, account)

    def edit(**asked: Any) -> Any:
        return business.post("ada", "creative/image/edit", advertiser_id=account, image_id=first["image_id"], **asked)

    square = edit(width=40, height=40, image_name="Square.png").data
    assert (square["width"], square["height"], square["file_name"]) == (40, 40, "Square.png")
    assert square["image_id"] != first["image_id"]
    drawn = pixels_of(square["image_id"])
    # The middle of the wide one: half red, half blue, nothing stretched.
    assert [drawn.getpixel((x, 20)) for x in (2, 37)] == [(255, 0, 0), (0, 0, 255)]
    tall = edit(width=40, height=80, edit_method="only_gauss_pad").data
    drawn = pixels_of(tall["image_id"])
    assert drawn.size == (40, 80)
    assert [drawn.getpixel((x, 40)) for x in (2, 37)] == [(255, 0, 0), (0, 0, 255)]
    red, _, blue = drawn.getpixel((20, 2))  # type: ignore[misc]  # RGB: three numbers.
    assert red > 60 < blue  # Above it lies its blur, where both meet.
    assert tall["file_name"] != first["file_name"]
    again = business.get("ada", "file/image/ad/info", advertiser_id=account, image_ids=[first["image_id"]])
    assert again.data["list"][0]["width"] == 80
    refused = {
        "too small": (edit(width=15, height=40), 40002),
        "too large": (edit(width=4_097, height=40), 40002),
        "a subject": (edit(width=40, height=40, edit_method="gauss_padding_reserve_score"), 40002),
        "a name that is taken": (edit(width=40, height=40, image_name="Square.png"), 40911),
        "nobody's": (business.post("ada", "creative/image/edit", advertiser_id=account, image_id="i1", width=40, height=40), 40912),
    }  # fmt: skip
    assert {name: said.code for name, (said, _) in refused.items()} == {
        name: code for name, (_, code) in refused.items()
    }
    assert Image.objects.filter(account_id=int(account)).count() == 3


def test_materials_are_deleted_unless_something_shows_them(
    business: Business, town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    account = town.ids["account_id"]
    free, shown = upload(business, account), upload(business, account, (90, 40))
    video = f"v{town.ids['account_video_id']}"
    key = Image.objects.get(pk=int(free["image_id"][1:])).key
    part = {"card_type": "IMAGE", "image_id": shown["image_id"]}
    business.post(
        "ada", "creative/portfolio/create", advertiser_id=account, creative_portfolio_type="CARD",
        portfolio_content=[part],
    )  # fmt: skip
    before = AuditEntry.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        said = business.post(
            "ada", "creative/asset/delete", advertiser_id=account,
            image_ids=[free["image_id"], shown["image_id"], "i1"], video_ids=[video, "v2"],
        )  # fmt: skip
    assert said.code == 20001
    assert said.data["failed_image_ids"] == [shown["image_id"], "i1"]
    assert said.data["failed_video_ids"] == ["v2"]
    assert {one["asset_id"]: one["error"] for one in said.data["failed_infos"]} == {
        shown["image_id"]: "material_in_use", "i1": "not_found", "v2": "not_found",
    }  # fmt: skip
    assert not media.store().exists(key)
    assert AuditEntry.objects.count() == before + 2
    assert Video.objects.get(pk=int(town.ids["account_video_id"])).rendition_key is None
    for path, field, name in (("video", "video_ids", video), ("image", "image_ids", free["image_id"])):
        asked: dict[str, Any] = {field: [name]}
        left = business.get("ada", f"file/{path}/ad/info", advertiser_id=account, **asked)
        assert left.data["list"] == []
    again = business.post("ada", "creative/asset/delete", advertiser_id=account, video_ids=[video])
    assert (again.code, again.data["failed_video_ids"]) == (20001, [video])
    assert business.post("ada", "creative/asset/delete", advertiser_id=account).code == 40002


def test_a_video_that_an_ad_shows_stays(business: Business, town: Town) -> None:
    account = town.ids["account_id"]
    made = business.post("ada", "identity/create", advertiser_id=account, display_name="Bakery").data["identity_id"]
    creative = {
        "ad_name": "Own", "ad_text": "Bread", "video_id": f"v{town.ids['account_video_id']}",
        "identity_type": "CUSTOMIZED_USER", "identity_id": made, "ad_format": "SINGLE_VIDEO",
        "call_to_action": "LEARN_MORE", "landing_page_url": "https://example.org/",
    }  # fmt: skip
    ad = business.post(
        "ada", "ad/create", advertiser_id=account, adgroup_id=town.ids["ad_group_id"], creatives=[creative]
    )
    assert ad.code == 0, ad.message
    said = business.post("ada", "creative/asset/delete", advertiser_id=account, video_ids=[creative["video_id"]])
    assert [one["error"] for one in said.data["failed_infos"]] == ["material_in_use"]


def test_materials_are_shared_as_copies_with_accounts_of_ones_own(
    business: Business, town: Town, tmp_path: Path
) -> None:
    account, other = town.ids["account_id"], second_account(town)
    kept = Video.objects.get(pk=town.ids["account_video_id"])
    for key in (kept.rendition_key, kept.poster_key):
        if key is not None and not media.store().exists(key):  # The town's videos are rows alone.
            (tmp_path / key).write_bytes(b"frames")
            media.store().put(key, tmp_path / key)
    image = upload(business, account)

    def share(kind: str, material: str, *accounts: str) -> Any:
        return business.post(
            "ada", "creative/asset/share", advertiser_id=account, asset_type=kind, material_ids=[material],
            shared_advertiser_ids=list(accounts),
        )  # fmt: skip

    said = share("IMAGE", image["material_id"], other)
    assert said.code == 0, said.message
    [copy] = said.data["shared_assets"]
    found = business.get("ada", "file/image/ad/info", advertiser_id=other, image_ids=[copy["image_id"]]).data["list"]
    assert [(one["signature"], one["width"]) for one in found] == [(image["signature"], 80)]
    assert share("IMAGE", image["material_id"], other).data["shared_assets"] == [copy]  # Twice is once.
    deleted = business.post("ada", "creative/asset/delete", advertiser_id=account, image_ids=[image["image_id"]])
    assert deleted.code == 0
    assert pixels_of(copy["image_id"]).size == (80, 40)  # The copy has a file of its own.

    video = town.ids["account_video_id"]
    [copied] = share("VIDEO", video, other).data["shared_assets"]
    [shown] = business.get("ada", "file/video/ad/info", advertiser_id=other, video_ids=[copied["video_id"]]).data[
        "list"
    ]
    assert shown["displayable"]
    assert (
        Video.objects.get(pk=int(copied["shared_material_id"])).rendition_key
        != Video.objects.get(pk=video).rendition_key
    )

    foreign = of_mallory(town)[0]
    count = Image.objects.count(), Video.objects.count()
    refused = {
        "somebody else's account": (share("VIDEO", video, foreign), 40001),
        "one of them somebody else's": (share("VIDEO", video, other, foreign), 40001),
        "its own": (share("VIDEO", video, account), 40002),
        "nobody's video": (share("VIDEO", "2", other), 40053),
        "nobody's picture": (share("IMAGE", "2", other), 40912),
        "music": (share("MUSIC", "2", other), 40002),
        "too many copies": (
            business.post(
                "ada", "creative/asset/share", advertiser_id=account, material_ids=[str(one) for one in range(1, 21)],
                shared_advertiser_ids=[other, foreign, foreign, *(str(one) for one in range(900, 907))],
            ),
            40001,
        ),
    }  # fmt: skip
    assert {name: said.code for name, (said, _) in refused.items()} == {
        name: code for name, (_, code) in refused.items()
    }
    Membership.objects.create(account_id=int(foreign), person_id=town.scopes["ada"].person, role="analyst")
    assert share("VIDEO", video, foreign).code == 40001  # Who reads there may not put anything there.
    assert (Image.objects.count(), Video.objects.count()) == count
    assert library_shares.COPIES_MAX == 40
