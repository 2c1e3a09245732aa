"""Materials of the library: deleted, shared with other ad accounts, and pictures in another size."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.actions import materials as actions
from vonk.advertising.actions.materials import Kept
from vonk.content import errors as content_errors
from vonk.content import queries as content
from vonk.content.actions import library_edits, library_shares
from vonk.content.pictures import EDITED_SIDE_MAX, EDITED_SIDE_MIN, Edit
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import AccountForbidden, ParameterInvalid, message_of
from vonk.wire.business.files import asked as asking
from vonk.wire.business.files import images as file_images
from vonk.wire.business.files.asked import FileName
from vonk.wire.business.files.images import ImageRow
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.materials import (
    ImageIdInvalid,
    VideoIdInvalid,
    image_id,
    read_image_id,
    read_video_id,
    video_id,
)
from vonk.wire.business.operation import Call, Partly, operation
from vonk.wire.codec import Id

MATERIALS_MAX: Final = 20
ACCOUNTS_MAX: Final = 10
_EDITS: Final[dict[str, Edit]] = {"fix_size": Edit.CROP, "only_gauss_pad": Edit.PAD}
Names = Annotated[list[str], msgspec.Meta(max_length=MATERIALS_MAX)]
Side = Annotated[int, msgspec.Meta(ge=EDITED_SIDE_MIN, le=EDITED_SIDE_MAX)]


class AssetsGone(AskedOfAccount, frozen=True):
    """Which materials to delete: 1 to 20 of each kind."""

    video_ids: Names | None = None
    image_ids: Names | None = None


class AssetRefused(Given, frozen=True):
    """A material that stays, and why."""

    asset_id: str
    error: str
    error_message: str


class AssetsDeleted(Given, frozen=True):
    """What was not deleted; ``failed_infos`` says why. Everything else that was named is gone."""

    failed_video_ids: list[str]
    failed_image_ids: list[str]
    failed_infos: list[AssetRefused]


@operation(
    "POST",
    "creative/asset/delete",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete materials of the library",
    example={"advertiser_id": "1838000000000000001", "video_ids": ["v1838000000000000002"]},
)
def delete(call: Call[AssetsGone]) -> AssetsDeleted | Partly:
    """For good, with their files; each by itself: 20001 where some stay.

    A video stays while a post shows it (also that of an ad), or while it is being processed; a picture while a portfolio
    names it, or when it is a cover, which goes with its video.
    """
    asked = call.asked
    if not asked.video_ids and not asked.image_ids:
        raise ParameterInvalid(field="video_ids", reason="name materials here or in image_ids")
    videos = {read_video_id(text): text for text in asked.video_ids or ()}
    images = {read_image_id(text): text for text in asked.image_ids or ()}
    videos_kept, images_kept = actions.remove(
        call.scope, video_ids=list(videos), images=list(images.items()), now=call.now
    )
    refused = [_refused(one, video_id(one.material_id)) for one in videos_kept]
    refused += [_refused(one, image_id(one.material_id)) for one in images_kept]
    given = AssetsDeleted(
        failed_video_ids=[video_id(one.material_id) for one in videos_kept],
        failed_image_ids=[image_id(one.material_id) for one in images_kept],
        failed_infos=refused,
    )
    return Partly(given) if refused else given


class AssetsShared(AskedOfAccount, frozen=True):
    """Which materials, by their material ids, and with whom."""

    material_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MATERIALS_MAX)]
    shared_advertiser_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=ACCOUNTS_MAX)]
    asset_type: Literal["VIDEO", "IMAGE", "MUSIC"] = "VIDEO"


class AssetCopy(Given, frozen=True):
    """What a material is called in another ad account's library; the one that it is none of is null."""

    material_id: Digits
    advertiser_id: Digits
    shared_material_id: Digits
    video_id: str | None
    image_id: str | None


class AssetsCopied(Given, frozen=True):
    """The copies. ``failed_infos`` is empty: all are made or none."""

    failed_infos: dict[str, list[str]]
    shared_assets: list[AssetCopy]


@operation(
    "POST",
    "creative/asset/share",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="Share materials with other ad accounts",
    example={
        "advertiser_id": "1838000000000000001",
        "asset_type": "VIDEO",
        "material_ids": ["1838000000000000002"],
        "shared_advertiser_ids": ["1838000000000000003"],
    },
)
def share(call: Call[AssetsShared]) -> AssetsCopied:
    """With ad accounts in which the caller may run campaigns: 40001 otherwise. At most 40 copies in one call.

    Each gets a copy of its own under an id of its own; who has the same file already keeps that, so that sharing twice is
    sharing once. Videos have to play. Music is the platform's, and everybody's.
    """
    asked = call.asked
    if asked.asset_type == "MUSIC":
        raise ParameterInvalid(field="asset_type", reason="music belongs to the platform: every ad account may use it")
    if asked.advertiser_id in asked.shared_advertiser_ids:
        raise ParameterInvalid(field="shared_advertiser_ids", reason="other ad accounts than advertiser_id")
    wanted = list(dict.fromkeys(asked.shared_advertiser_ids))
    try:
        takers = call.over_advertisers(wanted)
    except NotFound as problem:
        raise AccountForbidden(noun="advertiser", account_id=", ".join(map(str, wanted))) from problem
    named = list(dict.fromkeys(asked.material_ids))
    videos = asked.asset_type == "VIDEO"
    try:
        copy = library_shares.share_videos if videos else library_shares.share_images
        copies = copy(call.scope, takers, named, now=call.now)
    except NotFound as problem:
        text = ", ".join(map(str, named))[:200]
        raise (VideoIdInvalid(video_id=text) if videos else ImageIdInvalid(image_id=text)) from problem
    except content_errors.CopiesTooMany as problem:
        raise ParameterInvalid(field="shared_advertiser_ids", reason=message_of(problem)) from problem
    return AssetsCopied(
        failed_infos={},
        shared_assets=[
            AssetCopy(
                material_id=str(one.material_id),
                advertiser_id=str(one.account_id),
                shared_material_id=str(one.copy_id),
                video_id=video_id(one.copy_id) if videos else None,
                image_id=None if videos else image_id(one.copy_id),
            )
            for one in copies
        ],
    )


class ImageEdited(AskedOfAccount, frozen=True):
    """Which picture, and how it is to be brought to which size."""

    image_id: str
    width: Side
    height: Side
    edit_method: Literal["fix_size", "only_gauss_pad", "gauss_padding_reserve_score"] = "fix_size"
    image_name: FileName | None = None


@operation(
    "POST",
    "creative/image/edit",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="Bring a picture to another size",
    example={"advertiser_id": "1838000000000000001", "image_id": "i1838000000000000002", "width": 1080, "height": 1920},
)
def edit(call: Call[ImageEdited]) -> ImageRow:
    """Answers another picture of the library; the first stays. ``fix_size`` fills the frame and cuts what stands over, as
    much on both sides; ``only_gauss_pad`` shows all of it over a blurred copy of itself. Nothing is stretched.

    ``gauss_padding_reserve_score`` is refused: nothing here knows what a picture's subject is.
    """
    asked = call.asked
    how = _EDITS.get(asked.edit_method)
    if how is None:
        raise ParameterInvalid(
            field="edit_method", reason=f"one of {', '.join(_EDITS)}: subjects are not recognised here"
        )
    with asking.of_image(asked.image_id):
        made = library_edits.edit(
            call.scope, read_image_id(asked.image_id), how, width=asked.width, height=asked.height,
            name=asked.image_name, now=call.now,
        )  # fmt: skip
        return file_images.row(content.library_image(call.scope, made), call)


def _refused(one: Kept, name: str) -> AssetRefused:
    return AssetRefused(asset_id=name, error=one.problem.code, error_message=message_of(one.problem))
