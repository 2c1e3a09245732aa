"""A business asks for access to a creator's account, by handle or with a QR code; the creator grants or refuses it.

What comes after the grant is in ``access_changes``; posts are taken up in ``access_posts``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from vonk.authorisation import access_letters, access_reach, access_secrets, guesses, reach
from vonk.authorisation.actions import access_limits, records, switches
from vonk.authorisation.actions import terms as agreements
from vonk.authorisation.actions.access_changes import change, extend, release, revoke
from vonk.authorisation.actions.access_notices import expire_due
from vonk.authorisation.actions.access_posts import agree_terms, take_post
from vonk.authorisation.errors.access import (
    AccessInvitationNotFound,
    AccountAccessAnswered,
)
from vonk.authorisation.models import AccountAccess, ConsentChain
from vonk.authorisation.rules import (
    MESSAGE_CHARS_MAX,
    NO_END,
    Act,
    Occasion,
    Side,
    TermsDraft,
    access,
    next_reminder_at,
)
from vonk.authorisation.rules.access import AccessKind, AccessState
from vonk.content import queries as content
from vonk.content.captions import clean_text
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid

__all__ = [
    "Invited",
    "agree_terms",
    "ask",
    "change",
    "expire_due",
    "extend",
    "grant",
    "invite",
    "open_invitation",
    "refuse",
    "release",
    "revoke",
    "take_post",
    "withdraw",
]


class Invited(msgspec.Struct, frozen=True):
    """A request for access that whoever opens the link answers. ``link`` holds the secret and is not seen again."""

    access_id: int
    link: str
    lapses_at: datetime


@transaction.atomic
def ask(scope: Scope, *, handle: str, scopes: Iterable[str], message: str = "", now: datetime) -> int:
    """Ask the creator with this handle for access, for the scope's organisation; return the access's id.

    Raises NotFound when nobody has the handle, AccessScopesInvalid, FieldInvalid, AccountAccessExists,
    AccountAccessRefused within a week of a refusal, AccountAccessLimit.
    """
    scope.require(Right.BUSINESS_EDIT)
    wanted, words = access_reach.chosen(scopes), _message(message)
    profile_id = content.profile(None, handle.strip().removeprefix("@")).id
    chain = records.lock(profile_id)
    access_limits.require_room_to_ask(scope, now)
    access_limits.require_new(scope, profile_id, now)
    row = _asked(scope, wanted, words, now)
    row.profile_id = profile_id
    row.save(force_insert=True)
    _record_asked(scope, chain, row, now)
    return row.pk


@transaction.atomic
def invite(scope: Scope, *, scopes: Iterable[str], message: str = "", now: datetime) -> Invited:
    """Make a link for a QR code: the creator who opens it first is asked for access. It lapses after 30 days.

    Raises AccessScopesInvalid, FieldInvalid, AccountAccessLimit. The secret is kept as a keyed digest alone.
    """
    scope.require(Right.BUSINESS_EDIT)
    wanted, words = access_reach.chosen(scopes), _message(message)
    access_limits.require_room_to_ask(scope, now)
    secret = access_secrets.generate()
    row = _asked(scope, wanted, words, now)
    row.invitation_digest = access_secrets.digest(secret)
    row.save(force_insert=True)
    audit.record(scope, "access.invited", "access", row.pk, at=now, detail={"scopes": wanted})
    return Invited(row.pk, access_secrets.link(secret), row.lapses_at)


def open_invitation(scope: Scope, secret: str, *, now: datetime) -> int:
    """Take up a business's link as a creator: it asks the acting person from now on; return the access's id.

    By the same creator again: the same access. Call it outside a transaction: a wrong secret is counted even though the
    call fails. Raises LinkGuessesLimited, AccessInvitationNotFound.
    """
    profile_id = reach.own_profile(scope)
    with transaction.atomic(durable=True):
        guesses.admit(scope, now=now)
        digest = access_secrets.digest(secret)
        found = None
        if digest is not None:
            found = AccountAccess.objects.filter(invitation_digest=digest).values_list("pk", flat=True).first()
        if found is None:
            guesses.count_wrong(scope, now=now)
    if found is None:
        raise AccessInvitationNotFound(days=access.LAPSES_AFTER.days)
    return _open(scope, found, profile_id, now=now)


@transaction.atomic
def _open(scope: Scope, access_id: int, profile_id: int, *, now: datetime) -> int:
    chain = records.lock(profile_id)
    row = AccountAccess.objects.select_for_update(no_key=True).get(pk=access_id)
    if row.profile_id == profile_id:
        return row.pk
    state = access_reach.state_of(row, now)
    if row.profile_id is not None or state is not AccessState.REQUESTED:
        raise AccessInvitationNotFound(days=access.LAPSES_AFTER.days)
    assert row.organisation_id is not None, "Only a business makes links."
    there = access_limits.there_already(row.organisation_id, profile_id, now)
    if there is not None:
        return there.pk  # The link stays good for somebody else.
    row.profile_id = profile_id
    row.save(update_fields=["profile"])
    _record_asked(scope, chain, row, now)
    return row.pk


@transaction.atomic
def withdraw(scope: Scope, access_id: int, *, now: datetime) -> bool:
    """Take back a request that waits for an answer, or a link that nobody opened; return whether this call did.

    AccountAccessAnswered when it was answered.
    """
    seen = access_reach.businesses_access(scope, access_id)
    chain = records.lock(seen.profile_id) if seen.profile_id is not None else None
    row = AccountAccess.objects.select_for_update(no_key=True).get(pk=access_id)
    if row.withdrawn_at is not None:
        return False
    if access_reach.state_of(row, now) is not AccessState.REQUESTED or row.profile_id != seen.profile_id:
        raise AccountAccessAnswered
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    if chain is not None:
        records.append(chain, scope, Act.WITHDRAWN, at=now, access=row)
    audit.record(scope, "access.withdrawn", "access", row.pk, at=now)
    return True


@transaction.atomic
def grant(
    scope: Scope,
    access_id: int,
    *,
    scopes: Iterable[str],
    duration_days: int | None,
    terms: TermsDraft | None = None,
    preview_required: bool = False,
    now: datetime,
) -> datetime | None:
    """Give a business the access it asked for, as far as one likes; return its end, None when it has none.

    ``duration_days`` None: until one ends it; the terms' end is the end in any case. Switches one's ad settings on, without which no post may be an ad. With
    ``terms`` each ad account agrees to them before it uses a post. Raises AccessScopesInvalid, FieldInvalid,
    AccountAccessAnswered, AccountAccessExists, AccountAccessLimit.
    """
    given = access_reach.chosen(scopes)
    access_limits.require_duration(duration_days)
    chain, row = _lock_own(scope, access_id)
    if access_reach.state_of(row, now) is not AccessState.REQUESTED:
        raise AccountAccessAnswered
    access_limits.require_room(row, now)
    switches.set_ad_settings(scope, on=True, now=now)
    chain.refresh_from_db()
    row.scopes, row.preview_required, row.granted_at = given, preview_required, now
    if terms is not None:
        row.terms = agreements.offer(
            scope,
            chain,
            account_id=None,
            side=Side.CREATOR,
            draft=terms,
            occasion=Occasion.ACCESS,
            now=now,
        )
    chosen_end = NO_END if duration_days is None else now + timedelta(days=duration_days)
    row.ends_at = min(chosen_end, (row.terms.ends_at if row.terms is not None else None) or NO_END)
    row.remind_at = next_reminder_at(row.ends_at, now) if row.ends_at != NO_END else None
    row.save()
    detail = {
        "scopes": " ".join(given),
        "duration_days": duration_days,
        "ends_at": None if row.ends_at == NO_END else row.ends_at.isoformat(),
        "terms": str(row.terms_id) if row.terms_id is not None else None,
        "preview_required": preview_required,
    }
    records.append(chain, scope, Act.ACCESS_GRANTED, at=now, access=row, detail=detail)
    audit.record(scope, "access.granted", "access", row.pk, at=now, detail=detail)
    access_letters.granted(row, now=now)
    return None if row.ends_at == NO_END else row.ends_at


@transaction.atomic
def refuse(scope: Scope, access_id: int, *, now: datetime) -> bool:
    """Say no to a business that asks; return whether this call did. AccountAccessAnswered when it is no longer open."""
    chain, row = _lock_own(scope, access_id)
    if row.refused_at is not None:
        return False
    if access_reach.state_of(row, now) is not AccessState.REQUESTED:
        raise AccountAccessAnswered
    row.refused_at = now
    row.save(update_fields=["refused_at"])
    records.append(chain, scope, Act.ACCESS_REFUSED, at=now, access=row)
    audit.record(scope, "access.refused", "access", row.pk, at=now)
    access_letters.refused(row, now=now)
    return True


def _lock_own(scope: Scope, access_id: int) -> tuple[ConsentChain, AccountAccess]:
    seen = access_reach.creators_access(scope, access_id)
    assert seen.profile_id is not None, "What is the creator's has their profile."
    chain = records.lock(seen.profile_id)
    return chain, AccountAccess.objects.select_for_update(no_key=True).get(pk=access_id)


def _asked(scope: Scope, scopes: list[str], message: str, now: datetime) -> AccountAccess:
    return AccountAccess(
        kind=AccessKind.BUSINESS.value,
        organisation_id=scope.organisation,
        asked_by_id=scope.person,
        asked_at=now,
        asked_scopes=scopes,
        message=message,
        lapses_at=now + access.LAPSES_AFTER,
    )


def _record_asked(scope: Scope, chain: ConsentChain, row: AccountAccess, now: datetime) -> None:
    detail = {"organisation": str(row.organisation_id), "scopes": " ".join(row.asked_scopes)}
    records.append(chain, scope, Act.ACCESS_ASKED, at=now, access=row, detail=detail)
    audit.record(scope, "access.asked", "access", row.pk, at=now, detail=detail)
    access_letters.asked(row, now=now)


def _message(text: str) -> str:
    words = clean_text("message", text)
    if len(words) > MESSAGE_CHARS_MAX:
        raise FieldInvalid("message", "at most %(most)s characters", most=MESSAGE_CHARS_MAX)
    return words
