"""Sign people up, and let them say what may be known of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, Phrase
from vonk.core.limits import DISPLAY_NAME_MAX
from vonk.core.taxonomy import COUNTRIES, INTERESTS, LANGUAGES, Gender
from vonk.identity import access
from vonk.identity.errors import EmailTaken, PasswordWeak, TooYoung
from vonk.identity.models import Person, PlatformMember
from vonk.identity.rules import AGE_YEARS_MAX, AGE_YEARS_MIN, EMAIL_CHARS_MAX, PlatformRole, age_years

PASSWORD_CHARS_MAX: Final = 1_024


@transaction.atomic
def register(
    *,
    email: str,
    password: str,
    display_name: str,
    language: str,
    country: str,
    born_on: date,
    now: datetime,
    via: Via = Via.WEB,
) -> int:
    """Make a person who can sign in; return their id. Their face to others is made by ``content``.

    Raises EmailTaken, PasswordWeak, TooYoung (below 13), or FieldInvalid for the field that is wrong.
    """
    person = Person(
        email=_email(email),
        display_name=_display_name(display_name),
        language=_listed("language", language, LANGUAGES),
        country=_listed("country", country, COUNTRIES),
        born_on=_born_on(born_on, now.date()),
        joined_at=now,
    )
    person.set_password(_password(password, person))
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
    audit.record(access.person(access.Actor(person.pk, via)), "person.registered", "person", person.pk, at=now)
    return person.pk


@transaction.atomic
def set_preferences(
    scope: Scope,
    *,
    language: str,
    country: str,
    gender: str | None,
    interests: Iterable[str],
    personalised: bool,
    now: datetime,
) -> None:
    """Keep what a person says of themselves and whether ads may be chosen by it; FieldInvalid names what is wrong."""
    scope.require(Right.VIEW)
    chosen = sorted(set(interests))
    unknown = [name for name in chosen if name not in INTERESTS]
    if unknown:
        raise FieldInvalid("interests", "there is no interest named %(name)r", name=unknown[0][:40])
    if gender is not None:
        _listed("gender", gender, {known.value for known in Gender})
    changed = Person.objects.filter(pk=scope.person, is_active=True).update(
        language=_listed("language", language, LANGUAGES),
        country=_listed("country", country, COUNTRIES),
        gender=gender,
        interests=chosen,
        personalised=personalised,
    )
    if not changed:
        raise NotFound(noun="person")
    audit.record(scope, "person.preferences_set", "person", scope.person, at=now, detail={"personalised": personalised})


@transaction.atomic
def choose_site_language(scope: Scope, language: str, *, now: datetime) -> None:
    """Keep in which language a person reads pages and letters, "" for their browser's; FieldInvalid for one that is not here."""
    scope.require(Right.VIEW)
    chosen = _listed("language", language, ("", *dict(settings.LANGUAGES)))
    if not Person.objects.filter(pk=scope.person, is_active=True).update(site_language=chosen):
        raise NotFound(noun="person")
    audit.record(scope, "person.language_chosen", "person", scope.person, at=now, detail={"language": chosen})


@transaction.atomic
def appoint(scope: Scope, person_id: int, role: PlatformRole, *, now: datetime) -> None:
    """Give a person a role on the platform itself."""
    scope.require(Right.OPERATE)
    if not Person.objects.filter(pk=person_id, is_active=True).exists():
        raise NotFound(noun="person")
    PlatformMember.objects.update_or_create(person_id=person_id, defaults={"role": role.value})
    audit.record(scope, "person.appointed", "person", person_id, at=now, detail={"role": role.value})


_NOUNS: Final = {"language": Phrase("language"), "country": Phrase("country"), "gender": Phrase("gender")}


def _email(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise FieldInvalid("email", "not an e-mail address") from error
    if len(email) > EMAIL_CHARS_MAX:
        raise FieldInvalid("email", "at most %(most)s characters", most=EMAIL_CHARS_MAX)
    return email


def _display_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= DISPLAY_NAME_MAX or not name.isprintable():
        raise FieldInvalid("display_name", "1 to %(most)s printable characters", most=DISPLAY_NAME_MAX)
    return name


def _listed(field: str, text: str, known: Iterable[str]) -> str:
    if text not in known:
        raise FieldInvalid(field, "there is no %(noun)s %(name)r here", noun=_NOUNS[field], name=text[:40])
    return text


def _born_on(born_on: date, today: date) -> date:
    years = age_years(born_on, today)
    if born_on > today or years > AGE_YEARS_MAX:
        raise FieldInvalid("born_on", "not a birth date of somebody alive")
    if years < AGE_YEARS_MIN:
        raise TooYoung(years=AGE_YEARS_MIN)
    return born_on


def _password(password: str, person: Person) -> str:
    if len(password) > PASSWORD_CHARS_MAX:
        raise FieldInvalid("password", "at most %(most)s characters", most=PASSWORD_CHARS_MAX)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PasswordWeak(reasons=" ".join(error.messages)) from error
    return password
