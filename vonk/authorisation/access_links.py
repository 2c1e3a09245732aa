"""What stands between an ad account and a creator's posts: gathered here once, for who uses posts and for who asks why not."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from vonk.authorisation import access_reach
from vonk.authorisation.errors.access import LINKS, AccountAccessRefused
from vonk.authorisation.errors.terms import TermsAgreementRequired
from vonk.authorisation.models import AccessExclusion, AccountAccess, AdSettings, Terms, TermsAgreement
from vonk.authorisation.rules import Side
from vonk.authorisation.rules.access import ASK_AGAIN_AFTER, AccessKind, Candidate, MissingLink, Surroundings
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.core.errors import Problem
from vonk.identity.queries import account_facts, may_use_profile, organisations_working_with


def for_account(scope: Scope) -> QuerySet[AccountAccess]:
    """Return the accesses by which the scope's ad account could use posts: its own links, and those of the businesses
    that work with it: the one that owns it, and partners to which it is shared. Not what they keep from this account.
    """
    scope.require(Right.ACCOUNT_VIEW)
    return of_account(scope.account)


def of_account(account_id: int) -> QuerySet[AccountAccess]:
    """Return what ``for_account`` does, for what the platform does by itself."""
    organisations = organisations_working_with(account_id)
    excluded = AccessExclusion.objects.filter(
        organisation_id=OuterRef("organisation_id"), profile_id=OuterRef("profile_id"), account_id=account_id
    )
    return AccountAccess.objects.filter(
        Q(kind=AccessKind.OWN.value, account_id=account_id)
        | Q(Q(kind=AccessKind.BUSINESS.value, organisation_id__in=organisations) & ~Exists(excluded)),
        profile__isnull=False,
    )


def candidates(scope: Scope, rows: Iterable[AccountAccess], now: datetime) -> list[Candidate]:
    """Return what decides whether the scope's account may use each access, in the order of the rows."""
    found = list(rows)
    permitted = {row.pk for row in found if _permitted(scope, row)}
    return [
        msgspec.structs.replace(one, permitted=one.access_id in permitted)
        for one in standing_candidates(scope.account, found, now)
    ]


def standing_candidates(account_id: int, rows: Iterable[AccountAccess], now: datetime) -> list[Candidate]:
    """Return the same for what an ad account ordered once and for all: no person acts, so nobody has to be permitted."""
    found = list(rows)
    agreed = agreed_to(account_id, {row.terms_id for row in found if row.terms_id is not None})
    return [
        Candidate(
            access_id=row.pk,
            kind=AccessKind(row.kind),
            state=access_reach.state_of(row, now),
            scopes=access_reach.scopes_of(row),
            permitted=True,
            terms_agreed=row.terms_id is None or row.terms_id in agreed,
        )
        for row in found
    ]


def surroundings(scope: Scope, profile_id: int) -> Surroundings:
    """Return what has to be in order in the account and the profile, whatever the access."""
    return surroundings_of(scope, [profile_id])[profile_id]


def surroundings_of(scope: Scope, profile_ids: Collection[int]) -> dict[int, Surroundings]:
    """Return the same of several profiles, by id."""
    may_edit = Right.CAMPAIGN_EDIT in scope.rights
    around = _around(scope.account, profile_ids)
    return {profile_id: msgspec.structs.replace(one, may_edit_campaigns=may_edit) for profile_id, one in around.items()}


def standing_surroundings(account_id: int, profile_id: int) -> Surroundings:
    """Return the same for what an ad account ordered once and for all."""
    return _around(account_id, [profile_id])[profile_id]


def problem(link: MissingLink, terms: Terms | None) -> Problem:
    """Return the error of a missing link; ``terms`` are those of the access that comes nearest."""
    if link is MissingLink.ACCESS_REFUSED:
        return AccountAccessRefused(days=ASK_AGAIN_AFTER.days)
    if link is MissingLink.TERMS_NOT_AGREED:
        assert terms is not None, "Only an access with terms waits for them."
        return TermsAgreementRequired(terms_id=terms.pk, sha256=terms.sha256)
    return LINKS[link]()


def agreed_to(account_id: int, terms_ids: Collection[int]) -> frozenset[int]:
    """Return those of the terms to which the ad account has agreed."""
    rows = TermsAgreement.objects.filter(
        terms_id__in=terms_ids, side=Side.ADVERTISER.value, account_id=account_id
    ).values_list("terms_id", flat=True)
    return frozenset(rows)


def _permitted(scope: Scope, row: AccountAccess) -> bool:
    if row.organisation_id is None or scope.person_id is None:
        return True  # Whoever makes ads in the owner's own account; or the platform, which serves what was ordered.
    assert row.profile_id is not None, "Only accesses to a profile are candidates."
    return may_use_profile(scope.person, row.organisation_id, row.profile_id)


def _around(account_id: int, profile_ids: Collection[int]) -> dict[int, Surroundings]:
    account = account_facts(account_id)
    there = content.usable_profiles(profile_ids)
    on = set(AdSettings.objects.filter(profile_id__in=profile_ids, on=True).values_list("profile_id", flat=True))
    return {
        profile_id: Surroundings(
            account_suspended=account.suspended,
            spark_terms_accepted=account.spark_terms_accepted,
            may_edit_campaigns=True,
            profile_banned=profile_id not in there,
            ad_settings_on=profile_id in on,
        )
        for profile_id in profile_ids
    }
