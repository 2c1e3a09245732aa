"""Access tokens, and signing in with e-mail address and password."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q

from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity import access
from vonk.identity.access import token_digest
from vonk.identity.errors import SignInFailed, SignInLimited, TokensLimited
from vonk.identity.models import AccessToken, Person, SignInBucket
from vonk.identity.rules import EMAIL_CHARS_MAX

TOKEN_PREFIX: Final = "vonk_"  # noqa: S105 - lets leaked tokens be recognised; it is no secret.
TOKENS_PER_PERSON_MAX: Final = 100
LABEL_CHARS_MAX: Final = 60
SESSION_LIVES: Final = timedelta(days=30)
SIGN_IN_WINDOW: Final = timedelta(minutes=15)
ATTEMPTS_FOR_ADDRESS_AND_PLACE_MAX: Final = 10  # A person who mistypes.
ATTEMPTS_FOR_ADDRESS_MAX: Final = 50  # Guessing one person's password from many places.
ATTEMPTS_FROM_PLACE_MAX: Final = 200  # Trying many people from one place; schools share one address.
_PASSWORD_CHARS_MAX: Final = 1_024


class IssuedToken(msgspec.Struct, frozen=True):
    """A new token; its text is shown this once."""

    id: int
    token: str


@transaction.atomic
def issue(scope: Scope, *, label: str, expires_at: datetime | None, now: datetime) -> IssuedToken:
    """Make a bearer token of the acting person; ``expires_at`` None: until revoked. Raises FieldInvalid, TokensLimited."""
    scope.require(Right.VIEW)
    name = " ".join(label.split())
    if not 1 <= len(name) <= LABEL_CHARS_MAX or not name.isprintable():
        raise FieldInvalid("label", "1 to %(most)s printable characters", most=LABEL_CHARS_MAX)
    if expires_at is not None and expires_at <= now:
        raise FieldInvalid("expires_at", "later than now")
    living = AccessToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, app=None)
    if living.filter(person_id=scope.person).count() >= TOKENS_PER_PERSON_MAX:
        raise TokensLimited(most=TOKENS_PER_PERSON_MAX)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = AccessToken.objects.create(
        person_id=scope.person, digest=token_digest(token), label=name, created_at=now, expires_at=expires_at
    )
    audit.record(scope, "token.issued", "access_token", row.pk, at=now, detail={"label": name})
    return IssuedToken(row.pk, token)


class SignedIn(msgspec.Struct, frozen=True):
    """Who signed in, with a token that stands for them until it expires."""

    person_id: int
    token_id: int
    token: str
    expires_at: datetime


def start_session(email: str, password: str, *, label: str, place: str, now: datetime) -> SignedIn:
    """Sign in and issue a token for SESSION_LIVES. Raises what ``sign_in`` and ``issue`` raise; no transaction, as there."""
    scope = access.person(access.Actor(sign_in(email, password, now=now, place=place), Via.PLATFORM_API))
    expires_at = now + SESSION_LIVES
    issued = issue(scope, label=label, expires_at=expires_at, now=now)
    return SignedIn(scope.person, issued.id, issued.token, expires_at)


@transaction.atomic
def revoke(scope: Scope, token_id: int, *, now: datetime) -> None:
    """End a token of the acting person at once; a second time changes nothing."""
    scope.require(Right.VIEW)
    rows = AccessToken.objects.select_for_update().filter(person_id=scope.person, app=None)
    token = rows.filter(pk=token_id).first()
    if token is None:
        raise NotFound(noun="access token")
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record(scope, "token.revoked", "access_token", token_id, at=now)


def sign_in(email: str, password: str, *, now: datetime, place: str = "") -> int:
    """Return whose address and password these are. ``place`` is where the request came from, an IP address.

    Takes equally long for an unknown address. Raises SignInFailed, SignInLimited. Call it outside a transaction: each
    attempt is counted and kept, also when it fails.
    """
    address = email.strip().lower()
    keys = _count(address, place, now)
    person = None
    if len(address) <= EMAIL_CHARS_MAX:  # Nobody's is longer, and no database compares without a bound.
        person = Person.objects.filter(email__iexact=address, is_active=True).only("password").first()
    text = password[:_PASSWORD_CHARS_MAX]
    if person is None:
        make_password(text)  # As long as a comparison takes.
        raise SignInFailed
    if not check_password(text, person.password):
        raise SignInFailed
    SignInBucket.objects.filter(key__in=keys, attempts__gt=0).update(attempts=F("attempts") - 1)
    return person.pk


@transaction.atomic
def _attempts(key: str, now: datetime) -> SignInBucket:
    """Count one attempt in the key's window and return the window."""
    bucket, _ = SignInBucket.objects.get_or_create(key=key, defaults={"started_at": now})
    bucket = SignInBucket.objects.select_for_update().get(pk=bucket.pk)
    if bucket.started_at + SIGN_IN_WINDOW <= now:
        bucket.started_at, bucket.attempts = now, 0
    bucket.attempts += 1
    bucket.save(update_fields=["started_at", "attempts"])
    return bucket


def _count(address: str, place: str, now: datetime) -> list[str]:
    """Count the attempt everywhere it counts; SignInLimited when that is too often somewhere."""
    limits = (
        (_key("both", address, place), ATTEMPTS_FOR_ADDRESS_AND_PLACE_MAX),
        (_key("address", address), ATTEMPTS_FOR_ADDRESS_MAX),
        (_key("place", place), ATTEMPTS_FROM_PLACE_MAX),
    )
    SignInBucket.objects.filter(started_at__lt=now - SIGN_IN_WINDOW).delete()  # The table holds one window's attempts.
    buckets = [(_attempts(key, now), most) for key, most in sorted(limits)]
    full = [bucket for bucket, most in buckets if bucket.attempts > most]
    if full:
        left = max(bucket.started_at + SIGN_IN_WINDOW - now for bucket in full)
        raise SignInLimited(retry_after_seconds=max(1, int(left.total_seconds())))
    return [bucket.key for bucket, _ in buckets]


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
