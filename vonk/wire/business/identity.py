"""Identities: as whom an account's ads can speak, made and deleted where they are its own (reference API §6)."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.actions import unbinding
from vonk.authorisation.queries import speakers
from vonk.authorisation.queries.speakers import SpeakerView
from vonk.authorisation.rules.access import MissingLink
from vonk.authorisation.speaker_reach import SpeakerKind
from vonk.content.actions import profiles
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.wire.business import materials, speaking
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.materials import ImageIdInvalid
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.speaking import IdentityUnknown
from vonk.wire.codec import Id

_PAGE_SIZE_MAX: Final = 100
_PAGE_SIZE: Final = 20
_NAME_CHARS_MAX: Final = 100  # v1.3's; the profile's own bound is narrower and says so itself.

IdentityType = Literal["CUSTOMIZED_USER", "AUTH_CODE", "TT_USER", "BC_AUTH_TT", "TTS_TT"]


class Identity(Given, frozen=True):
    """An identity. ``identity_authorized_bc_id`` is null unless it is BC_AUTH_TT; ``username`` is "" without a handle."""

    identity_id: Digits
    identity_type: str
    identity_authorized_bc_id: Digits | None
    display_name: str
    username: str
    profile_image: str
    available_status: str
    can_push_video: bool
    can_pull_video: bool
    can_use_live_ads: bool
    can_manage_message: bool
    ads_only_mode: bool
    is_gpppa: bool


class IdentityDetail(Identity, frozen=True):
    """One identity; ``profile_image_url`` is its ``profile_image``."""

    profile_image_url: str


class Identities(Given, frozen=True):
    """A page of them."""

    identity_list: list[Identity]
    page_info: PageInfo


class IdentityInfo(Given, frozen=True):
    """One of them."""

    identity_info: IdentityDetail


class IdentityCreated(Given, frozen=True):
    """The new identity: always a CUSTOMIZED_USER."""

    identity_id: Digits


class Filtering(msgspec.Struct, frozen=True):
    """What is looked for in names and handles."""

    keyword: Annotated[str, msgspec.Meta(max_length=500)] | None = None


class IdentityGet(AskedOfAccount, frozen=True, kw_only=True):
    """Which identities; of every type when none is named."""

    identity_type: IdentityType | None = None
    identity_authorized_bc_id: Id | None = None
    filtering: Filtering | None = None
    page: int | None = None
    page_size: int | None = None


class IdentityOne(AskedOfAccount, frozen=True, kw_only=True):
    """Which identity."""

    identity_type: IdentityType
    identity_id: Id
    identity_authorized_bc_id: Id | None = None


class IdentityCreate(AskedOfAccount, frozen=True, kw_only=True):
    """A name, and the id of a picture of the account's library."""

    display_name: Annotated[str, msgspec.Meta(min_length=1, max_length=_NAME_CHARS_MAX)]
    image_uri: str | None = None
    request_id: str | None = None


class IdentityDelete(AskedOfAccount, frozen=True, kw_only=True):
    """Which custom identity."""

    identity_id: Id
    identity_type: IdentityType = "CUSTOMIZED_USER"


@operation("GET", "identity/get", may=Right.ACCOUNT_VIEW, summary="List identities")
def get(call: Call[IdentityGet]) -> Identities:
    """Everybody as whom the account's ads can speak: type by type, the newest of each first."""
    asked = call.asked
    page = speakers.speakers(
        call.scope,
        numbering(asked.page, asked.page_size, most=_PAGE_SIZE_MAX, usual=_PAGE_SIZE),
        call.now,
        kinds=_kinds(asked.identity_type),
        organisation_id=asked.identity_authorized_bc_id,
        keyword=(asked.filtering.keyword or "") if asked.filtering is not None else "",
    )
    rows = [_identity(view, call.link(view.profile.avatar_url)) for view in page.items]
    return Identities(identity_list=rows, page_info=page_info(page))


@operation("GET", "identity/info", may=Right.ACCOUNT_VIEW, summary="Read one identity")
def info(call: Call[IdentityOne]) -> IdentityInfo:
    """One identity of the account."""
    asked = call.asked
    wanted = speaking.named(asked.identity_type, asked.identity_id, asked.identity_authorized_bc_id)
    view = speakers.speaker_view(call.scope, wanted, call.now)
    if view is None:
        raise IdentityUnknown(identity_id=asked.identity_id, identity_type=asked.identity_type)
    row = _identity(view, call.link(view.profile.avatar_url))
    return IdentityInfo(
        identity_info=IdentityDetail(**msgspec.structs.asdict(row), profile_image_url=row.profile_image)
    )


@operation(
    "POST",
    "identity/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Create a custom identity",
    example={"advertiser_id": "1790000000000000001", "display_name": "Ada's bakery"},
)
def create(call: Call[IdentityCreate]) -> IdentityCreated:
    """A name and a face of the account's own, for ads that are no Spark Ads. Names have at most 40 characters here."""
    asked = call.asked
    image_id = materials.read_image_id(asked.image_uri) if asked.image_uri else None
    try:
        made = profiles.create_identity(
            call.scope, display_name=asked.display_name, avatar=None, image_id=image_id, now=call.now
        )
    except NotFound as problem:
        raise ImageIdInvalid(field="image_uri", image_id=asked.image_uri) from problem
    return IdentityCreated(identity_id=str(made))


@operation("POST", "identity/delete", may=Right.CAMPAIGN_EDIT, summary="Delete a custom identity")
def delete(call: Call[IdentityDelete]) -> None:
    """Refused with 40002 while ads of the account use it. Only custom identities can be deleted: the others end with
    what their creator granted.
    """
    asked = call.asked
    unknown = IdentityUnknown(identity_id=asked.identity_id, identity_type=asked.identity_type)
    if asked.identity_type != speaking.CUSTOMIZED_USER:
        raise unknown
    try:
        unbinding.delete_identity(call.scope, asked.identity_id, now=call.now)
    except NotFound as problem:
        raise unknown from problem


def _kinds(identity_type: str | None) -> tuple[SpeakerKind, ...]:
    if identity_type is None:
        return tuple(SpeakerKind)
    return (speaking.KINDS[identity_type],) if identity_type in speaking.KINDS else ()  # Nobody has a shop here.


def _identity(view: SpeakerView, picture: str) -> Identity:
    speaker = speaking.written(view.speaker)
    return Identity(
        identity_id=str(speaker.profile_id),
        identity_type=speaker.identity_type,
        identity_authorized_bc_id=str(speaker.bc_id) if speaker.bc_id is not None else None,
        display_name=view.profile.display_name,
        username=view.profile.handle,
        profile_image=picture,
        available_status=_available(view),
        can_push_video=view.pushes,
        can_pull_video=view.pulls,
        can_use_live_ads=False,
        can_manage_message=False,
        ads_only_mode=view.ads_only,
        is_gpppa=False,
    )


def _available(view: SpeakerView) -> str:
    if view.usable:
        return "IS_PRIVATE_ACCOUNT" if view.profile.private else "AVAILABLE"
    return "SCOPE_UNAVAILABLE" if MissingLink.SCOPE_MISSING in view.missing else "NO_VALID_BIND_ACCOUNT"
