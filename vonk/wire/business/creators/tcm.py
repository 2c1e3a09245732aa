"""Asking a creator for a post, and how they answered (reference API §17). ``tcm_account_id`` is the ad account's id."""

from typing import Final, Literal

from vonk.authorisation.actions import longer, requests
from vonk.authorisation.queries import asking
from vonk.authorisation.rules import ConsentState, RequestState
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.wire.business.asked import Asked
from vonk.wire.business.given import Digits, Given, moment
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.speaking import ItemNotAuthorised
from vonk.wire.codec import Id

_DAYS: Final = 30
_EXAMPLE: Final = {"tcm_account_id": "1790000000000000001", "video_id": "1790000000000000002"}
_AUTH_STATUS: Final[dict[RequestState, str]] = {
    RequestState.WAITING: "WAITING",
    RequestState.COUNTERED: "WAITING",  # The creator wants other terms: answered in the creative library.
    RequestState.ACCEPTED: "ACCEPTED",
    RequestState.REFUSED: "REJECTED",
}
"""What has lapsed or was withdrawn has no status: one may ask as if one never had."""
_CODE_STATUS: Final[dict[ConsentState, str]] = {
    ConsentState.ISSUED: "NOT_USED",
    ConsentState.ACTIVE: "IN_USE",
    ConsentState.ENDING: "IN_USE",
    ConsentState.SUSPENDED: "IN_USE",
    ConsentState.EXPIRED: "EXPIRED",
    ConsentState.REVOKED: "DELETED",
    ConsentState.RELEASED: "DELETED",
    ConsentState.DELETED: "DELETED",
}


class OfAccount(Asked, frozen=True, kw_only=True, rename={"advertiser_id": "tcm_account_id"}):
    """Of an ad account and a post."""

    advertiser_id: Id
    video_id: Id


class Apply(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tcm_account_id"}):
    """What is asked for: the post, or with EXTEND more days of it."""

    authorization_days: Literal[7, 30, 60, 365] = _DAYS
    action: Literal["EXTEND"] | None = None


class Status(Given, frozen=True):
    """Where the account stands with the post. Everything but the first two is null where there is none of it."""

    video_id: Digits
    num_remaining_request: int
    auth_status: str | None
    auth_status_updated_time: str | None
    requested_authorization_days: int | None
    auth_code_status: str | None
    auth_code: str | None
    auth_code_start_time: str | None
    auth_code_end_time: str | None


@operation(
    "POST", "tcm/tt_video/apply", may=Right.CAMPAIGN_EDIT, summary="Ask a creator for a post", example={**_EXAMPLE}
)
def apply(call: Call[Apply]) -> None:
    """Ask the creator of a public post whether the account may advertise it, or for more days of one that it holds.

    Asking again while the creator has not answered is an attempt, of 30. A creator's yes needs no code: the post is then
    in ``tt_video/list``.
    """
    asked = call.asked
    try:
        if asked.action is None:
            requests.ask(call.scope, asked.video_id, duration_days=asked.authorization_days, now=call.now)
        else:
            longer.ask_longer(call.scope, asked.video_id, duration_days=asked.authorization_days, now=call.now)
    except NotFound as problem:
        raise ItemNotAuthorised(field="video_id", item_id=asked.video_id) from problem


@operation(
    "GET", "tcm/tt_video/status", may=Right.ACCOUNT_VIEW, summary="Read how a creator answered", example={**_EXAMPLE}
)
def status(call: Call[OfAccount]) -> Status:
    """What the account asked last for the post, what came of it, and how often it may still ask."""
    try:
        found = asking.asking(call.scope, call.asked.video_id, call.now)
    except NotFound as problem:
        raise ItemNotAuthorised(field="video_id", item_id=call.asked.video_id) from problem
    held = found.held
    return Status(
        video_id=str(call.asked.video_id),
        num_remaining_request=found.attempts_left,
        auth_status=_AUTH_STATUS.get(found.state) if found.state is not None else None,
        auth_status_updated_time=moment(found.moved_at) if found.moved_at is not None else None,
        requested_authorization_days=found.duration_days,
        auth_code_status=_CODE_STATUS[held.state] if held is not None else None,
        auth_code=held.code if held is not None else None,
        auth_code_start_time=moment(held.taken_at or held.issued_at) if held is not None else None,
        auth_code_end_time=moment(held.ends_at) if held is not None else None,
    )
