"""Accesses as each side sees them: the creator who gives them, the business that asks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db.models import Count, QuerySet

from vonk.authorisation import access_reach
from vonk.authorisation.actions import access_endings
from vonk.authorisation.models import AccessAmendment, AccountAccess, Consent
from vonk.authorisation.queries.terms import TermsView, terms_facts
from vonk.authorisation.rules import NO_END, days_left
from vonk.authorisation.rules.access import AccessKind, AccessScope, AccessState, AmendmentState
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_counts, accounts_facts, organisation_names, payers_of


class AmendmentView(msgspec.Struct, frozen=True):
    """More that a business asks for: ``scopes`` besides those it has, ``duration_days`` from the end (None: as it is)."""

    id: int
    scopes: tuple[AccessScope, ...]
    duration_days: int | None
    asked_at: datetime
    lapses_at: datetime


class AccessView(msgspec.Struct, frozen=True, kw_only=True):
    """An access. ``asker_name`` is the business's, or the ad account's that is linked as the creator's own.

    ``payers`` say who pays for its ads, ``ad_accounts`` how many ad accounts it has. ``profile`` is None while nobody has
    opened the link. ``ends_at`` is None where it has no end. ``consents`` are live ones that came by way of it.
    ``amendment`` waits for the creator's answer.
    """

    id: int
    kind: AccessKind
    state: AccessState
    organisation_id: int | None
    account_id: int | None
    asker_name: str
    payers: tuple[str, ...]
    ad_accounts: int
    profile: ProfileBrief | None
    message: str
    asked_scopes: tuple[AccessScope, ...]
    asked_at: datetime
    lapses_at: datetime
    scopes: tuple[AccessScope, ...]
    granted_at: datetime | None
    ends_at: datetime | None
    days_left: int | None
    ending_at: datetime | None
    revoked_at: datetime | None
    preview_required: bool
    terms: TermsView | None
    consents: int
    amendment: AmendmentView | None


class AccessEnds(msgspec.Struct, frozen=True):
    """What an act on an access would end. ``ending_at``: when its notice is over, None for at once."""

    consents: int
    accounts: tuple[str, ...]
    consent_ids: tuple[int, ...]  # Advertising knows the ads.
    ending_at: datetime | None


def creators_accesses(scope: Scope, paging: Paging, now: datetime) -> Page[AccessView]:
    """Return the accesses to the acting person's profile, asked for, live and over, newest first."""
    return _page(access_reach.of_creator(scope), paging, scope, now)


def creators_access(scope: Scope, access_id: int, now: datetime) -> AccessView:
    """Return one access to the acting person's profile."""
    return _views([access_reach.creators_access(scope, access_id)], scope, now)[0]


def waiting_accesses(scope: Scope, now: datetime) -> int:
    """Return how many businesses wait for the acting person's answer, for access or for more of it."""
    rows = access_reach.of_creator(scope)
    return rows.filter(access_reach.open_(now)).count() + len(_open_amendments(rows, now))


def business_accesses(scope: Scope, paging: Paging, now: datetime) -> Page[AccessView]:
    """Return what the scope's organisation asked for and was given, newest first."""
    return _page(access_reach.of_business(scope), paging, scope, now)


def business_access(scope: Scope, access_id: int, now: datetime) -> AccessView:
    """Return one access of the scope's organisation."""
    row = access_reach.of_business(scope).filter(pk=access_id).first()
    if row is None:
        raise NotFound(noun="access")
    return _views([row], scope, now)[0]


def live_profiles(scope: Scope, now: datetime) -> dict[int, ProfileBrief]:
    """Return the creators to whom the scope's organisation has access now, by profile: what its admins assign."""
    return access_reach.live_profiles(scope, now)


def own_links(scope: Scope, now: datetime) -> tuple[AccessView, ...]:
    """Return the live links between the scope's ad account and the profiles of people who administer it."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = AccountAccess.objects.filter(access_reach.live(now), kind=AccessKind.OWN.value, account_id=scope.account)
    return tuple(_views(list(rows.order_by("pk")), scope, now))


def revocation_ends(scope: Scope, access_id: int, now: datetime) -> AccessEnds:
    """Return what revoking the access, or unlinking it, would end."""
    row = access_reach.creators_access(scope, access_id)
    return _ends(access_endings.standing(row).filter(ends_at__gt=now), row, now)


def release_ends(scope: Scope, access_id: int, now: datetime) -> AccessEnds:
    """Return what would end, at once, if the scope's organisation gave the access back."""
    row = access_reach.businesses_access(scope, access_id)
    return _ends(access_endings.standing(row).filter(ends_at__gt=now), row, now, at_once=True)


def change_ends(scope: Scope, access_id: int, scopes: Iterable[str], now: datetime) -> AccessEnds:
    """Return what would end if the access covered these scopes alone."""
    row = access_reach.creators_access(scope, access_id)
    roads = [road.value for road in access_endings.lost_roads(row, access_reach.chosen(scopes))]
    return _ends(access_endings.standing(row).filter(ends_at__gt=now, road__in=roads), row, now)


def _ends(rows: QuerySet[Consent], access: AccountAccess, now: datetime, *, at_once: bool = False) -> AccessEnds:
    found = list(rows.order_by("pk").values_list("pk", "account_id"))
    accounts = accounts_facts({account_id for _, account_id in found if account_id is not None})
    notice = timedelta() if at_once else access_endings.notice_of(access)
    return AccessEnds(
        consents=len(found),
        accounts=tuple(sorted(account.name for account in accounts.values())),
        consent_ids=tuple(consent_id for consent_id, _ in found),
        ending_at=min(access.ends_at, now + notice) if notice and access.ends_at is not None else None,
    )


def _page(rows: QuerySet[AccountAccess], paging: Paging, scope: Scope, now: datetime) -> Page[AccessView]:
    page = page_of(rows, paging, lambda row: row)
    return Page(tuple(_views(page.items, scope, now)), page.next_cursor)


def _views(rows: Iterable[AccountAccess], scope: Scope, now: datetime) -> list[AccessView]:
    found = list(rows)
    organisation_ids = {row.organisation_id for row in found if row.organisation_id is not None}
    names, payers, counts = (
        organisation_names(organisation_ids),
        payers_of(organisation_ids),
        account_counts(organisation_ids),
    )
    accounts = accounts_facts(row.account_id for row in found if row.account_id is not None)
    profiles = content.profile_briefs(row.profile_id for row in found if row.profile_id is not None)
    terms = terms_facts((row.terms_id for row in found if row.terms_id is not None), person_id=scope.person_id)
    held = Consent.objects.filter(
        access__in=[row.pk for row in found], revoked_at=None, released_at=None, deleted_at=None, ends_at__gt=now
    )
    consents = dict(held.values_list("access_id").annotate(Count("pk")))
    amendments = _open_amendments([row.pk for row in found], now)
    views = []
    for row in found:
        own = accounts[row.account_id] if row.account_id is not None else None
        ends_at = row.ends_at if row.ends_at != NO_END else None
        views.append(
            AccessView(
                id=row.pk,
                kind=AccessKind(row.kind),
                state=access_reach.state_of(row, now),
                organisation_id=row.organisation_id,
                account_id=row.account_id,
                asker_name=own.name if own is not None else names[row.organisation_id or 0],
                payers=(own.payer_name,) if own is not None else payers[row.organisation_id or 0],
                ad_accounts=1 if own is not None else counts[row.organisation_id or 0],
                profile=profiles[row.profile_id] if row.profile_id is not None else None,
                message=row.message,
                asked_scopes=tuple(AccessScope(one) for one in row.asked_scopes),
                asked_at=row.asked_at,
                lapses_at=row.lapses_at,
                scopes=tuple(AccessScope(one) for one in row.scopes),
                granted_at=row.granted_at,
                ends_at=ends_at,
                days_left=days_left(ends_at, now) if ends_at is not None else None,
                ending_at=row.ending_at,
                revoked_at=row.revoked_at,
                preview_required=row.preview_required,
                terms=terms[row.terms_id] if row.terms_id is not None else None,
                consents=consents.get(row.pk, 0),
                amendment=amendments.get(row.pk),
            )
        )
    return views


def _open_amendments(accesses: Iterable[int] | QuerySet[AccountAccess], now: datetime) -> dict[int, AmendmentView]:
    """Return what waits for an answer, by access: one each at most."""
    rows = AccessAmendment.objects.select_related("access").filter(
        access__in=accesses, accepted_at=None, refused_at=None, withdrawn_at=None, lapses_at__gt=now
    )
    return {
        row.access_id: AmendmentView(
            row.pk,
            tuple(AccessScope(one) for one in row.scopes),
            row.duration_days,
            row.asked_at,
            row.lapses_at,
        )
        for row in rows
        if access_reach.amendment_state_of(row, row.access, now) is AmendmentState.OPEN
    }
