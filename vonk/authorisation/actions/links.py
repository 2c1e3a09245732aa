"""Own posts: a creator links their profile to an ad account that they administer. One click, until it is unlinked.

A TikTok account links to one business user (reference §3, O5). Here that user is the profile's owner: nobody else can
link it, and they may link it to each ad account that they administer, once.
"""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import access_reach, reach
from vonk.authorisation.actions import access_endings, records, switches
from vonk.authorisation.errors.access import AccountLinkOwnerOnly
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.rules import NO_END, Act
from vonk.authorisation.rules.access import AccessKind, AccessScope
from vonk.content import queries as content
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class Linked(msgspec.Struct, frozen=True):
    """The link between the acting person's profile and the ad account. ``again``: it was there before."""

    access_id: int
    again: bool


class Unlinked(msgspec.Struct, frozen=True):
    """Whether this call ended the link, and how many consents ended with it."""

    changed: bool
    consents_ended: int = 0


@transaction.atomic
def link(scope: Scope, *, now: datetime) -> Linked:
    """Link the acting person's own profile to the scope's ad account: from now on all its posts can be used there.

    Switches their ad settings on, without which no post may be an ad. A second time nothing changes. Raises RightMissing
    for who does not administer the account, AccountLinkOwnerOnly for who has no profile.
    """
    scope.require(Right.ACCOUNT_EDIT)
    scope.require(Right.CREATE)
    profile = content.own_profile(scope)
    if profile is None:
        raise AccountLinkOwnerOnly
    records.lock(profile.id)
    there = _live(scope, profile.id, now)
    if there is not None:
        return Linked(there.pk, again=True)
    switches.set_ad_settings(scope, on=True, now=now)
    scopes = [one.value for one in AccessScope]
    row = AccountAccess.objects.create(
        kind=AccessKind.OWN.value,
        account_id=scope.account,
        profile_id=profile.id,
        asked_by_id=scope.person,
        asked_at=now,
        asked_scopes=scopes,
        lapses_at=now,
        scopes=scopes,
        granted_at=now,
        ends_at=NO_END,
    )
    detail = {"account": str(scope.account), "scopes": " ".join(scopes)}
    records.append(records.lock(profile.id), scope, Act.ACCESS_GRANTED, at=now, access=row, detail=detail)
    audit.record(scope, "access.linked", "access", row.pk, at=now, detail=detail)
    return Linked(row.pk, again=False)


@transaction.atomic
def unlink(scope: Scope, access_id: int, *, now: datetime) -> Unlinked:
    """End a link: every ad that stands on it stops within a second. A second time nothing changes.

    By the profile's owner, with or without a scope over the account, or by whoever administers the ad account.
    """
    seen = AccountAccess.objects.filter(pk=access_id, kind=AccessKind.OWN.value).first()
    if seen is None or seen.profile_id is None or not _may_unlink(scope, seen):
        raise NotFound(noun="access")
    chain = records.lock(seen.profile_id)
    row = AccountAccess.objects.select_related("terms").get(pk=access_id)
    if row.revoked_at is not None:
        return Unlinked(changed=False)
    return Unlinked(changed=True, consents_ended=access_endings.end(scope, chain, row, at_once=True, now=now))


def _may_unlink(scope: Scope, row: AccountAccess) -> bool:
    if scope.account_id is not None and scope.account_id == row.account_id:
        scope.require(Right.ACCOUNT_EDIT)
        return True
    return scope.account_id is None and row.profile_id == reach.own_profile(scope)


def _live(scope: Scope, profile_id: int, now: datetime) -> AccountAccess | None:
    return AccountAccess.objects.filter(
        access_reach.live(now), kind=AccessKind.OWN.value, account_id=scope.account, profile_id=profile_id
    ).first()
