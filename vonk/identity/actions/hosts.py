"""Host apps: made by operators, with keys for their servers; their people, and the links that let them in."""

import secrets
from datetime import date, datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.taxonomy import COUNTRIES, LANGUAGES, AgeBand
from vonk.identity.access import token_digest
from vonk.identity.actions.tokens import LABEL_CHARS_MAX, IssuedToken
from vonk.identity.errors import AgeUnclear, EntryInvalid, HostKeysLimited, HostNameTaken, HostsLimited, TooYoung
from vonk.identity.models import AccessToken, EntryLink, Host, Person
from vonk.identity.rules import AGE_YEARS_MAX, AGE_YEARS_MIN, age_years
from vonk.identity.rules.hosts import (
    ENTRY_LIVES,
    HOST_NAME_MAX,
    HOSTED_DOMAIN,
    HOSTS_MAX,
    KEYS_PER_HOST_MAX,
    born_on,
)

KEY_PREFIX: Final = "vonk_host_"
ENTRY_PAGE: Final = "/enter/"  # vonk.web.common.entering answers there.


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a host tells of one of its people. Everything about age and agreement is optional, and then means none."""

    display_name: str
    country: str
    language: str = "en"
    birth_year: int | None = None
    age_band: AgeBand | None = None
    personalised: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A link's secret, shown this once, and until when it is good."""

    secret: str
    expires_at: datetime


class Entering(msgspec.Struct, frozen=True):
    """Whom a link lets in, and where it leads."""

    person_id: int
    display_name: str
    host_name: str
    path: str


@transaction.atomic
def create(scope: Scope, *, name: str, now: datetime) -> int:
    """Make a host app; return its id. Raises FieldInvalid, HostNameTaken, HostsLimited."""
    scope.require(Right.OPERATE)
    named = " ".join(name.split())
    if not 1 <= len(named) <= HOST_NAME_MAX or not named.isprintable():
        raise FieldInvalid("name", "1 to %(most)s printable characters", most=HOST_NAME_MAX)
    if Host.objects.count() >= HOSTS_MAX:
        raise HostsLimited(most=HOSTS_MAX)
    server = _nobody(named, now)
    try:
        with transaction.atomic():
            host = Host.objects.create(name=named, person=server, created_at=now)
    except IntegrityError as error:
        raise HostNameTaken(name=named) from error
    audit.record(scope, "host.created", "host", host.pk, at=now, detail={"name": named})
    return host.pk


@transaction.atomic
def issue_key(scope: Scope, host_id: int, *, label: str, expires_at: datetime | None, now: datetime) -> IssuedToken:
    """Make a key for a host's server. Raises NotFound, FieldInvalid, HostKeysLimited."""
    scope.require(Right.OPERATE)
    host = Host.objects.select_for_update().filter(pk=host_id).first()
    if host is None:
        raise NotFound(noun="host")
    name = " ".join(label.split())
    if not 1 <= len(name) <= LABEL_CHARS_MAX or not name.isprintable():
        raise FieldInvalid("label", "1 to %(most)s printable characters", most=LABEL_CHARS_MAX)
    if expires_at is not None and expires_at <= now:
        raise FieldInvalid("expires_at", "later than now")
    living = AccessToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, host_id=host_id)
    if living.count() >= KEYS_PER_HOST_MAX:
        raise HostKeysLimited(most=KEYS_PER_HOST_MAX)
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    row = AccessToken.objects.create(
        person_id=host.person_id,
        host=host,
        digest=token_digest(key),
        label=name,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(scope, "host.key_issued", "host", host_id, at=now, detail={"key_id": str(row.pk)})
    return IssuedToken(row.pk, key)


@transaction.atomic
def revoke_key(scope: Scope, host_id: int, key_id: int, *, now: datetime) -> None:
    """End a key of a host at once; a second time changes nothing. NotFound for a key that is not this host's."""
    scope.require(Right.OPERATE)
    key = AccessToken.objects.select_for_update().filter(pk=key_id, host_id=host_id).first()
    if key is None:
        raise NotFound(noun="host key")
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.record(scope, "host.key_revoked", "host", host_id, at=now, detail={"key_id": str(key_id)})


def add_person(scope: Scope, told: Told, *, now: datetime) -> int:
    """Make one of the host's people, who has no address and no password here; return their id. Raises as ``set_person``."""
    scope.require(Right.HOST_SYNC)
    person = _nobody(told.display_name, now)
    set_person(scope, person.pk, told, now=now)
    return person.pk


def set_person(scope: Scope, person_id: int, told: Told, *, now: datetime) -> None:
    """Keep what the host tells of one of its people. Raises FieldInvalid, AgeUnclear, TooYoung (below 13).

    Where the host tells no age the person is treated as a minor is: no ads by what is known of them.
    """
    scope.require(Right.HOST_SYNC)
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    if told.country not in COUNTRIES:
        raise FieldInvalid("country", "an ISO 3166-1 country, such as NL")
    if told.language not in LANGUAGES:
        raise FieldInvalid("language", "an ISO 639-1 language, such as nl")
    person.display_name, person.country, person.language = told.display_name, told.country, told.language
    person.born_on = _born_on(told, person.born_on, now.date())
    person.personalised = told.personalised
    person.save(update_fields=["display_name", "country", "language", "born_on", "personalised"])


@transaction.atomic
def issue_entry(scope: Scope, person_id: int, *, path: str, now: datetime) -> Entry:
    """Make a link for one of the host's people, which ends the one before. Its person is the host's: who calls has seen to it."""
    scope.require(Right.HOST_SYNC)
    if not Person.objects.filter(pk=person_id, is_active=True).exists():
        raise NotFound(noun="account")
    secret, expires_at = secrets.token_urlsafe(32), now + ENTRY_LIVES
    EntryLink.objects.update_or_create(
        person_id=person_id,
        defaults={
            "host_id": scope.host,
            "digest": token_digest(secret),
            "path": path,
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    audit.record(scope, "host.entry_issued", "person", person_id, at=now)
    return Entry(secret, expires_at)


def look_at_entry(secret: str, *, now: datetime) -> Entering:
    """Return whom the link would let in, without using it. Raises EntryInvalid."""
    rows = EntryLink.objects.filter(digest=token_digest(secret), expires_at__gt=now, person__is_active=True)
    link = rows.select_related("person", "host").first()
    if link is None:
        raise EntryInvalid
    return Entering(link.person_id, link.person.display_name, link.host.name, link.path)


@transaction.atomic
def use_entry(secret: str, *, now: datetime) -> Entering:
    """Use the link up and return whom it lets in. Of two at once one is let in. Raises EntryInvalid."""
    found = look_at_entry(secret, now=now)
    if not EntryLink.objects.filter(digest=token_digest(secret)).delete()[0]:
        raise EntryInvalid
    return found


def _nobody(display_name: str, now: datetime) -> Person:
    """Make a person without an address, who cannot sign in by themselves."""
    person = Person(
        email=f"{secrets.token_hex(16)}@{HOSTED_DOMAIN}", display_name=display_name, country="NL", joined_at=now
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    return person


def _born_on(told: Told, known: date | None, today: date) -> date | None:
    if told.birth_year is not None and told.age_band is not None:
        raise AgeUnclear
    if told.birth_year is not None and not today.year - AGE_YEARS_MAX <= told.birth_year <= today.year:
        raise FieldInvalid("birth_year", "not a birth year of somebody alive")
    born = born_on(year=told.birth_year, band=told.age_band, known=known, today=today)
    if born is not None and (born > today or age_years(born, today) < AGE_YEARS_MIN):
        raise TooYoung(years=AGE_YEARS_MIN)
    return born
