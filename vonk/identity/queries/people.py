"""What others may read of people and tokens."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from typing import Final, TypeVar

import msgspec
from django.conf import settings
from django.db.models import Q

from vonk.control import prepared
from vonk.control.paging import Page, Paging, page_of
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound
from vonk.core.taxonomy import Gender, age_band
from vonk.events.tokens import OWN_ACCOUNTS_MAX, OWN_PROFILES_MAX, ViewerClaims
from vonk.identity.models import AccessToken, Person, PlatformMember
from vonk.identity.queries import rights
from vonk.identity.rules import ADULT_YEARS, NOTHING, Asset, PlatformRole, age_years, platform_role, rights_of

Id = TypeVar("Id", int, str)

_IDS_PER_QUERY: Final = 5_000


class PersonView(msgspec.Struct, frozen=True):
    """A person as they see themselves."""

    id: int
    email: str
    display_name: str
    language: str
    site_language: str  # Of pages and letters; "" for the browser's.
    country: str
    born_on: date | None
    gender: str | None
    interests: tuple[str, ...]
    personalised: bool
    platform_rights: tuple[str, ...]  # What they may do on the platform itself: review, operate.
    joined_at: datetime


class TokenView(msgspec.Struct, frozen=True):
    """An access token without its text, which nobody can see again."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def person(scope: Scope) -> PersonView:
    """Return the acting person."""
    row = Person.objects.filter(pk=scope.person).first()
    if row is None:
        raise NotFound(noun="person")
    role = PlatformMember.objects.filter(person_id=row.pk).values_list("role", flat=True).first()
    held = rights_of([platform_role(PlatformRole(role))], Asset.PLATFORM) if role is not None else NOTHING
    return PersonView(
        id=row.pk,
        email=row.email,
        display_name=row.display_name,
        language=row.language,
        site_language=row.site_language,
        country=row.country,
        born_on=row.born_on,
        gender=row.gender,
        interests=tuple(row.interests),
        personalised=row.personalised,
        platform_rights=tuple(sorted(right.value for right in held)),
        joined_at=row.joined_at,
    )


def tokens(scope: Scope, paging: Paging) -> Page[TokenView]:
    """Return the acting person's own access tokens, newest first; those of apps are listed with their apps."""
    rows = AccessToken.objects.filter(person_id=scope.person, app=None)
    return page_of(
        rows, paging, lambda row: TokenView(row.pk, row.label, row.created_at, row.expires_at, row.revoked_at)
    )


def viewer_claims(scope: Scope, *, profiles: tuple[int, ...], now: datetime, lives_ms: int) -> ViewerClaims:
    """Return what the ad server may know of the acting person for the next ``lives_ms``.

    Gender and interests only with the person's agreement, and never for minors, who are shown ads by context alone
    (DSA art. 28; reference §5 allows their age band, language and country). ``profiles`` are the person's own; with
    their ad accounts they say whose showings count for nothing when this person looks at them.
    """
    row = Person.objects.filter(pk=scope.person, is_active=True).first()
    if row is None:
        raise NotFound(noun="person")
    years = age_years(row.born_on, now.date()) if row.born_on is not None else None
    personalised = row.personalised and years is not None and years >= ADULT_YEARS
    accounts = sorted(rights.account_ids(row.pk), reverse=True)  # The newest are named; the others are too many.
    return ViewerClaims(
        viewer_id=row.pseudonym,
        expires_ms=to_ms(now) + lives_ms,
        country=row.country,
        language=row.language,
        age_band=age_band(years) if years is not None else None,
        gender=Gender(row.gender) if personalised and row.gender else None,
        interests=tuple(row.interests) if personalised else (),
        personalised=personalised,
        profiles=profiles[:OWN_PROFILES_MAX],
        accounts=tuple(accounts[:OWN_ACCOUNTS_MAX]),
    )


def visitor_claims(visitor_id: str, *, language: str, country: str, now: datetime, lives_ms: int) -> ViewerClaims:
    """Return what the ad server may know of somebody who is not signed in: a random id of their session, and context."""
    return ViewerClaims(
        viewer_id=f"visitor:{visitor_id}", expires_ms=to_ms(now) + lives_ms, country=country, language=language
    )


def letter_language(person_id: int) -> str:
    """Return the language to write to a person in: the one they chose for this site, else their own if it is one of the
    site's, else the site's first.
    """
    row = Person.objects.filter(pk=person_id).values_list("site_language", "language").first()
    return next((code for code in row or () if code in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def pseudonym(person_id: int) -> str:
    """Return the person's id at the ad server; NotFound when there is no such person."""
    found = Person.objects.filter(pk=person_id).values_list("pseudonym", flat=True).first()
    if found is None:
        raise NotFound(noun="person")
    return found


def pseudonyms_of_emails(digests: Collection[str], *, now: datetime) -> dict[str, str]:
    """Return the ad server's ids of those who have the addresses, by ``email_digest``.

    Only of adults who agreed that what is known of them may choose ads: nobody else is looked for by an address.
    """
    rows = Person.objects.filter(email_sha256__in=digests, personalised=True, is_active=True, born_on__isnull=False)
    return {
        digest: viewer_id
        for digest, viewer_id, born_on in rows.values_list("email_sha256", "pseudonym", "born_on")
        if born_on is not None and age_years(born_on, now.date()) >= ADULT_YEARS
    }


def countable(person_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Return who of these people may be counted in an audience: adults who agreed to personalised ads."""
    rows = chain.from_iterable(_PROFILED.rows(ids=some) for some in _parts(person_ids))
    return frozenset(row.id for row in rows if age_years(row.born_on, now.date()) >= ADULT_YEARS)


class _Profiled(msgspec.Struct, frozen=True):
    id: int
    born_on: date


_PROFILED: Final = prepared.values(
    _Profiled,
    lambda: Person.objects.filter(
        pk__in=given("ids"), personalised=True, is_active=True, born_on__isnull=False
    ).values_list("pk", "born_on"),
)


def countable_viewers(viewer_ids: Collection[str], *, now: datetime) -> frozenset[int]:
    """Return the same of those who have these pseudonyms; others than people of this site are nobody."""
    return frozenset(chain.from_iterable(_countable(Q(pseudonym__in=some), now) for some in _parts(viewer_ids)))


class Countable(msgspec.Struct, frozen=True):
    """An adult who agreed to personalised ads."""

    person_id: int
    country: str


def countable_by_viewer(viewer_ids: Collection[str], *, now: datetime) -> dict[str, Countable]:
    """Return who of those with these pseudonyms may be counted in an audience, by pseudonym."""
    found: dict[str, Countable] = {}
    for some in _parts(viewer_ids):
        rows = Person.objects.filter(pseudonym__in=some, personalised=True, is_active=True, born_on__isnull=False)
        for viewer_id, person_id, country, born_on in rows.values_list("pseudonym", "pk", "country", "born_on"):
            if born_on is not None and age_years(born_on, now.date()) >= ADULT_YEARS:
                found[viewer_id] = Countable(person_id, country)
    return found


def people_of_viewers(viewer_ids: Collection[str]) -> dict[str, int]:
    """Return who has these pseudonyms, whether or not they agreed to anything: for what people ask for themselves."""
    found: dict[str, int] = {}
    for some in _parts(viewer_ids):
        found |= Person.objects.filter(pseudonym__in=some, is_active=True).values_list("pseudonym", "pk")
    return found


def people_of_emails(digests: Collection[str], *, now: datetime) -> frozenset[int]:
    """Return who has one of the addresses, by ``email_digest``, of those who may be counted in an audience."""
    return frozenset(chain.from_iterable(_countable(Q(email_sha256__in=some), now) for some in _parts(digests)))


def _countable(whom: Q, now: datetime) -> list[int]:
    rows = Person.objects.filter(whom, personalised=True, is_active=True, born_on__isnull=False)
    return [
        person_id
        for person_id, born_on in rows.values_list("pk", "born_on")
        if born_on is not None and age_years(born_on, now.date()) >= ADULT_YEARS
    ]


def _parts(ids: Collection[Id]) -> Iterator[tuple[Id, ...]]:
    wanted = tuple(ids)
    return (wanted[at : at + _IDS_PER_QUERY] for at in range(0, len(wanted), _IDS_PER_QUERY))


def digest_of(person_id: int) -> str:
    """Return the digest of the person's address; NotFound when there is no such person."""
    found = Person.objects.filter(pk=person_id).values_list("email_sha256", flat=True).first()
    if found is None:
        raise NotFound(noun="person")
    return found


def pseudonyms(person_ids: Collection[int]) -> dict[int, str]:
    """Return the ad server's ids of the people who exist among the ids."""
    return dict(Person.objects.filter(pk__in=person_ids).values_list("pk", "pseudonym"))


def person_names(person_ids: Iterable[int]) -> dict[int, str]:
    """Return the display names of the people who exist among the ids."""
    return dict(Person.objects.filter(pk__in=set(person_ids)).values_list("pk", "display_name"))


def person_id_of(scope: Scope, email: str) -> int:
    """Return who has the address, for the platform itself and its operators; NotFound when nobody has."""
    scope.require(Right.OPERATE)
    found = Person.objects.filter(email__iexact=email.strip(), is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(noun="person")
    return found
