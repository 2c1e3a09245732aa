"""Offline event sets: what happens in an advertiser's shops, reported by the advertiser's servers."""

from typing import Annotated, Any, Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.actions import offline_sets
from vonk.advertising.queries.views import OfflineSetView
from vonk.advertising.rules.pixels import Origin
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.wire.business.asked import AskedOfAccount, Sought
from vonk.wire.business.event import ManyOlder, OneOlder, Taken, taken_many, taken_one
from vonk.wire.business.given import Digits, Given, Moment, moment
from vonk.wire.business.operation import Call, Over, Partly, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
SET_ID: Final = {"event_set_id": "1838000000000000002"}
IDS_MAX: Final = 100
_ORIGINS: Final = (Origin.OFFLINE,)
_AUTO_TRACKING: Final = "auto_tracking"


class SetNew(AskedOfAccount, frozen=True):
    """``auto_tracking`` is kept and given back: every set's events are attributed to all ads of the account anyway."""

    name: str
    description: str = ""
    auto_tracking: bool | None = None


class SetChanges(AskedOfAccount, frozen=True):
    """What is left out stays."""

    event_set_id: Id
    name: str | None = None
    auto_tracking: bool | None = None


class SetNamed(AskedOfAccount, frozen=True):
    """Which set."""

    event_set_id: Id


class SetsAsked(AskedOfAccount, frozen=True):
    """Which sets: by id, or those whose name holds a text."""

    event_set_ids: Annotated[list[Id], msgspec.Meta(max_length=IDS_MAX)] | None = None
    name: Sought | None = None


class OfflineTrack(OneOlder, frozen=True, kw_only=True):
    """One event of a set."""

    event_set_id: Id


class OfflineBatch(ManyOlder, frozen=True, kw_only=True):
    """Several events of a set."""

    event_set_id: Id


class SetMade(Given, frozen=True):
    """The set's id, by which its events are reported."""

    event_set_id: Digits


class OfflineSet(Given, frozen=True):
    """An offline event set."""

    advertiser_id: Digits
    event_set_id: Digits
    name: str
    description: str
    auto_tracking: bool
    create_time: Moment
    update_time: Moment


class OfflineSets(Given, frozen=True):
    """All that fit, newest first: an account has at most 20."""

    event_set_list: list[OfflineSet]


@operation(
    "POST",
    "offline/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Make an offline event set",
    example={**ACCOUNT, "name": "Shops", "description": "Tills of all shops"},
)
def create(call: Call[SetNew]) -> SetMade:
    """It takes events at once. At most 20 in an account."""
    asked = call.asked
    made = offline_sets.create(call.scope, asked.name, asked.description, kept=_kept(asked.auto_tracking), now=call.now)
    return SetMade(event_set_id=str(made))


@operation(
    "POST",
    "offline/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change an offline event set",
    example={**ACCOUNT, **SET_ID, "name": "All shops"},
)
def update(call: Call[SetChanges]) -> OfflineSet:
    """Its name and what is kept with it; the description stays."""
    asked = call.asked
    kept = _kept(asked.auto_tracking)
    offline_sets.update(call.scope, asked.event_set_id, name=asked.name, kept=kept, now=call.now)
    (found,) = (one for one in advertising.offline_sets(call.scope) if one.id == asked.event_set_id)
    return _given(call.scope.account, found)


@operation(
    "POST",
    "offline/delete",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete an offline event set",
    example={**ACCOUNT, **SET_ID},
)
def delete(call: Call[SetNamed]) -> None:
    """Nothing more is taken for it within a second; what was reported stays in the numbers."""
    offline_sets.delete(call.scope, call.asked.event_set_id, now=call.now)


@operation("GET", "offline/get", may=Right.ACCOUNT_VIEW, summary="List offline event sets", example=ACCOUNT)
def read(call: Call[SetsAsked]) -> OfflineSets:
    """Deleted ones are not there. An id that is not the account's answers 40007."""
    asked = call.asked
    found = advertising.offline_sets(call.scope)
    wanted = None if asked.event_set_ids is None else set(asked.event_set_ids)
    if wanted is not None and wanted - {one.id for one in found}:
        raise NotFound(noun="offline event set", field="event_set_ids")
    sought = (asked.name or "").casefold()
    return OfflineSets(
        event_set_list=[
            _given(call.scope.account, one)
            for one in found
            if (wanted is None or one.id in wanted) and sought in one.name.casefold()
        ]
    )


@operation(
    "POST",
    "offline/track",
    over=Over.PERSON,
    may=Right.VIEW,
    alone=True,
    summary="Report one offline event (older form)",
    example={**SET_ID, "event": "CompletePayment", "event_id": "till-17", "timestamp": "2026-11-22T12:00:00Z"},
)
def track_one(call: Call[OfflineTrack]) -> Taken | Partly:
    """As event/track with source offline, which is to be preferred."""
    return taken_one(call, int(call.asked.event_set_id), origins=_ORIGINS)


@operation(
    "POST",
    "offline/batch",
    over=Over.PERSON,
    may=Right.VIEW,
    alone=True,
    summary="Report offline events (older form)",
    example={**SET_ID, "batch": [{"event": "CompletePayment", "event_id": "till-17"}]},
)
def track_batch(call: Call[OfflineBatch]) -> Taken | Partly:
    """As event/track with source offline, which is to be preferred."""
    return taken_many(call, int(call.asked.event_set_id), origins=_ORIGINS)


def _kept(auto_tracking: bool | None) -> dict[str, Any]:  # noqa: FBT001 - the state itself, as it was set
    return {} if auto_tracking is None else {_AUTO_TRACKING: auto_tracking}


def _given(account_id: int, one: OfflineSetView) -> OfflineSet:
    return OfflineSet(
        advertiser_id=str(account_id),
        event_set_id=str(one.id),
        name=one.name,
        description=one.description,
        auto_tracking=one.kept.get(_AUTO_TRACKING, False),
        create_time=moment(one.created_at),
        update_time=moment(one.modified_at),
    )
