"""Saved audiences: targeting under a name, kept and given back; ad groups take it up by their own fields (reference API §12)."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.actions import saved_audiences
from vonk.advertising.queries.custom_audiences import SavedView, numbered_saved
from vonk.control.scope import Right
from vonk.wire.business.ad_groups.asked import AgeGroup, Gender, Numbers, Objects, OperatingSystem, Texts
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.campaigns.asked import Text, kept_of
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, page_info
from vonk.wire.business.interests import interests
from vonk.wire.business.locations import located
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
PAGE_SIZE_MAX: Final = 100
_NAMES: Final = {"name": "saved_audience_name", "content": "body"}
_IDS: Final = ("location_ids", "interest_category_ids")
_OWN: Final = frozenset({"advertiser_id", "saved_audience_name", "request_id"})


class SavedCreate(AskedOfAccount, frozen=True, kw_only=True):
    """Targeting to be saved: the fields of an ad group."""

    saved_audience_name: str
    location_ids: Numbers | None = None
    age_groups: list[AgeGroup] | None = None
    gender: Gender | None = None
    languages: Texts | None = None
    interest_category_ids: Numbers | None = None
    interest_keyword_ids: Texts | None = None
    actions: Objects | None = None
    audience_ids: Texts | None = None
    excluded_audience_ids: Texts | None = None
    operating_systems: list[OperatingSystem] | None = None
    min_android_version: Text | None = None
    min_ios_version: Text | None = None
    device_model_ids: Texts | None = None
    device_price_ranges: Annotated[list[int], msgspec.Meta(max_length=100)] | None = None
    network_types: list[Literal["2G", "3G", "4G", "5G", "WIFI"]] | None = None
    carrier_ids: Texts | None = None
    isp_ids: Texts | None = None
    spending_power: Literal["ALL", "HIGH"] | None = None
    request_id: str | None = None


class SavedAsked(AskedOfAccount, frozen=True):
    """Which of them, page by page."""

    saved_audience_ids: Annotated[list[Id], msgspec.Meta(max_length=100)] | None = None
    page: int | None = None
    page_size: int | None = None


class SavedNamed(AskedOfAccount, frozen=True):
    """Some of them."""

    saved_audience_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=100)]


class SavedMade(Given, frozen=True):
    """The saved audience's id."""

    saved_audience_id: Digits


class SavedAudience(Given, frozen=True):
    """A saved audience; what was not set is empty or null."""

    saved_audience_id: Digits
    saved_audience_name: str
    create_time: Moment
    location_ids: list[str] = []
    age_groups: list[str] = []
    gender: str | None = None
    languages: list[str] = []
    interest_category_ids: list[str] = []
    interest_keyword_ids: list[str] = []
    actions: list[dict[str, Any]] = []
    audience_ids: list[str] = []
    excluded_audience_ids: list[str] = []
    operating_systems: list[str] = []
    min_android_version: str | None = None
    min_ios_version: str | None = None
    device_model_ids: list[str] = []
    device_price_ranges: list[int] = []
    network_types: list[str] = []
    carrier_ids: list[str] = []
    isp_ids: list[str] = []
    spending_power: str | None = None


KEPT: Final = tuple(name for name in SavedCreate.__struct_fields__ if name not in _OWN)
assert set(KEPT) <= set(SavedAudience.__struct_fields__), "What is kept is given back."


class SavedPage(Given, frozen=True):
    """A page of them."""

    saved_audiences: tuple[SavedAudience, ...]
    page_info: PageInfo


@operation(
    "POST",
    "dmp/saved_audience/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Save targeting",
    example={**ACCOUNT, "saved_audience_name": "Neighbours", "location_ids": ["2750405"]},
)
def create(call: Call[SavedCreate]) -> SavedMade:
    """Places and interests must exist; everything else is kept as it is sent, and judged when an ad group names it."""
    asked = call.asked
    located(asked.location_ids or ())
    interests(asked.interest_category_ids or [])
    kept = kept_of(asked, tuple(name for name in KEPT if name not in _IDS))
    for name in _IDS:
        ids = getattr(asked, name)
        if ids is not None:
            kept[name] = [str(one) for one in ids]
    with named_as_sent(_NAMES):
        made = saved_audiences.create(call.scope, asked.saved_audience_name, kept, now=call.now)
    return SavedMade(saved_audience_id=str(made))


@operation("GET", "dmp/saved_audience/list", may=Right.ACCOUNT_VIEW, summary="List saved audiences", example=ACCOUNT)
def read(call: Call[SavedAsked]) -> SavedPage:
    """Newest first."""
    asked = call.asked
    page = numbered_saved(
        call.scope, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX), ids=asked.saved_audience_ids
    )
    return SavedPage(saved_audiences=tuple(_saved(one) for one in page.items), page_info=page_info(page))


@operation(
    "POST",
    "dmp/saved_audience/delete",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete saved audiences",
    example={**ACCOUNT, "saved_audience_ids": ["1838000000000000005"]},
)
def delete(call: Call[SavedNamed]) -> None:
    """All of them or none. Ad groups that were made with one keep what they have."""
    saved_audiences.delete(call.scope, call.asked.saved_audience_ids, now=call.now)


def _saved(view: SavedView) -> SavedAudience:
    return SavedAudience(
        saved_audience_id=str(view.id),
        saved_audience_name=view.name,
        create_time=moment(view.created_at),
        **view.content,
    )
