"""Audiences. None can be made here yet, so lists are empty: clients that read everything go on reading."""

from typing import Final

from vonk.control.paging import Numbered
from vonk.control.scope import Right
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
PAGE_SIZE_MAX: Final = 100


class AudiencesAsked(AskedOfAccount, frozen=True):
    """Which of them."""

    custom_audience_ids: list[Id] | None = None
    saved_audience_ids: list[Id] | None = None
    page: int | None = None
    page_size: int | None = None


class Audiences(Given, frozen=True):
    """None."""

    list: list[Digits]
    page_info: PageInfo


class SavedAudiences(Given, frozen=True):
    """None."""

    saved_audiences: list[Digits]
    page_info: PageInfo


@operation("GET", "dmp/custom_audience/list", may=Right.ACCOUNT_VIEW, summary="List audiences", example=ACCOUNT)
def read(call: Call[AudiencesAsked]) -> Audiences:
    """Empty, as none can be made."""
    return Audiences(list=[], page_info=_no_pages(call.asked))


@operation("GET", "dmp/saved_audience/list", may=Right.ACCOUNT_VIEW, summary="List saved audiences", example=ACCOUNT)
def read_saved(call: Call[AudiencesAsked]) -> SavedAudiences:
    """Empty, as none can be made."""
    return SavedAudiences(saved_audiences=[], page_info=_no_pages(call.asked))


def _no_pages(asked: AudiencesAsked) -> PageInfo:
    return page_info(Numbered((), 0, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX)))
