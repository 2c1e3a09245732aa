"""Keep what is being written, version by version, and put it away. No version is ever overwritten unseen."""

from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F

from vonk.advertising.errors.launch_drafts import DraftChanged, DraftLaunched, DraftQuotaReached
from vonk.advertising.models import AdGroup, Campaign, LaunchDraft
from vonk.advertising.rules import launch_drafts as rules
from vonk.advertising.rules.launch_drafts import Kind
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import accounts

_NOUN = "launch_draft"


class Kept(msgspec.Struct, frozen=True):
    """The version of a draft that its writer has before them."""

    draft_id: int
    version: int


class Written(msgspec.Struct, frozen=True):
    """A form as it is typed; ``above_id`` is the campaign or ad group that it adds to, 0 for a campaign."""

    kind: Kind
    name: str
    typed: str
    above_id: int = 0


@transaction.atomic
def save(scope: Scope, written: Written, *, over: Kept | None = None, now: datetime) -> Kept:
    """Keep what is written, as a new draft or over the version named; return what is kept now.

    Raises DraftChanged when there is a later version, DraftLaunched when it was submitted, NotFound (deleted, or none of
    the account's, as is what it adds to), DraftTooLong, DraftQuotaReached. What was the same stays the version it was.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    typed, name = rules.typed(written.typed), rules.name(written.name)
    if over is None:
        return _begin(scope, written, typed, name, now=now)
    of_it = LaunchDraft.objects.filter(
        pk=over.draft_id, account_id=scope.account, kind=written.kind.value, above_id=written.above_id
    )
    here = of_it.filter(version=over.version, became_id=None)
    if here.filter(typed=typed, name=name).exists():
        return over
    if here.update(typed=typed, name=name, version=F("version") + 1, modified_at=now):
        return Kept(over.draft_id, over.version + 1)
    raise _why_not(of_it.first())


@transaction.atomic
def discard(scope: Scope, draft_id: int, *, now: datetime) -> None:
    """Delete a draft; NotFound when it is none of the account's, or was deleted or submitted before."""
    scope.require(Right.CAMPAIGN_EDIT)
    gone, _ = LaunchDraft.objects.filter(pk=draft_id, account_id=scope.account, became_id=None).delete()
    if not gone:
        raise NotFound(noun="draft")
    audit.record(scope, "launch_draft.discarded", _NOUN, draft_id, at=now)


def close(scope: Scope, kept: Kept | None, *, became_id: int, now: datetime) -> None:
    """Have the draft be what was created of it, in that transaction; None is for what was never kept.

    Raises DraftChanged, DraftLaunched: what was written elsewhere meanwhile is not lost, and nothing is created twice.
    A draft that was deleted meanwhile holds nothing back.
    """
    if kept is None:
        return
    of_it = LaunchDraft.objects.filter(pk=kept.draft_id, account_id=scope.account)
    closed = of_it.filter(version=kept.version, became_id=None).update(
        typed="", became_id=became_id, version=F("version") + 1, modified_at=now
    )
    found = None if closed else of_it.first()
    if found is not None:
        raise _why_not(found)


def _begin(scope: Scope, written: Written, typed: str, name: str, *, now: datetime) -> Kept:
    _check_above(scope, written)
    accounts.hold(scope.account)  # Two who begin at once do not pass the bound together.
    own = LaunchDraft.objects.filter(account_id=scope.account)
    own.filter(became_id__isnull=False, modified_at__lt=now - rules.KEPT_AFTER).delete()
    if own.filter(became_id=None).count() >= rules.DRAFTS_PER_ACCOUNT_MAX:
        raise DraftQuotaReached(most=rules.DRAFTS_PER_ACCOUNT_MAX)
    made = LaunchDraft.objects.create(
        account_id=scope.account,
        kind=written.kind.value,
        above_id=written.above_id,
        name=name,
        typed=typed,
        created_at=now,
        modified_at=now,
    )
    audit.record(scope, "launch_draft.created", _NOUN, made.pk, at=now, detail={"kind": written.kind.value})
    return Kept(made.pk, made.version)


def _check_above(scope: Scope, written: Written) -> None:
    """Raise NotFound unless what it adds to is the account's and there."""
    if written.kind is Kind.CAMPAIGN:
        there = written.above_id == 0
    elif written.kind is Kind.AD_GROUP:
        there = Campaign.objects.filter(pk=written.above_id, account_id=scope.account, deleted_at=None).exists()
    else:
        there = AdGroup.objects.filter(
            pk=written.above_id, campaign__account_id=scope.account, deleted_at=None, campaign__deleted_at=None
        ).exists()
    if not there:
        raise NotFound(noun="ad group" if written.kind is Kind.AD else "campaign")


def _why_not(found: LaunchDraft | None) -> DraftChanged | DraftLaunched | NotFound:
    if found is None:
        return NotFound(noun="draft")
    if found.became_id is not None:
        return DraftLaunched(became_id=found.became_id)
    return DraftChanged()
