"""The account's drafts of campaigns, ad groups and ads."""

from datetime import datetime

import msgspec

from vonk.advertising.models import LaunchDraft
from vonk.advertising.rules.launch_drafts import DRAFTS_PER_ACCOUNT_MAX, Kind
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class LaunchDraftView(msgspec.Struct, frozen=True):
    """A draft. ``became_id`` is what it was created as: an ad, or an ad group; None while it is one."""

    id: int
    kind: Kind
    above_id: int
    name: str
    typed: str
    version: int
    became_id: int | None
    created_at: datetime
    modified_at: datetime


def launch_drafts(scope: Scope) -> tuple[LaunchDraftView, ...]:
    """Return the drafts that somebody may go on with, the last changed first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = LaunchDraft.objects.filter(account_id=scope.account, became_id=None).order_by("-modified_at", "-pk")
    return tuple(_view(row) for row in rows[:DRAFTS_PER_ACCOUNT_MAX])


def launch_draft(scope: Scope, draft_id: int) -> LaunchDraftView:
    """Return a draft, or what it became; NotFound when it is none of the account's."""
    scope.require(Right.ACCOUNT_VIEW)
    row = LaunchDraft.objects.filter(pk=draft_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="draft")
    return _view(row)


def _view(row: LaunchDraft) -> LaunchDraftView:
    return LaunchDraftView(
        id=row.pk,
        kind=Kind(row.kind),
        above_id=row.above_id,
        name=row.name,
        typed=row.typed,
        version=row.version,
        became_id=row.became_id,
        created_at=row.created_at,
        modified_at=row.modified_at,
    )
