from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.area.identity.conftest import PASSWORD
from vonk.control.paging import Paging
from vonk.control.scope import Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, SignInRequired
from vonk.identity import access, queries
from vonk.identity.actions import tokens
from vonk.identity.errors import SignInFailed, SignInLimited, TokensLimited
from vonk.identity.models import AccessToken, SignInBucket

pytestmark = pytest.mark.django_db


def test_a_token_stands_for_its_person_until_it_is_revoked(scope_of: Callable[..., Scope], now: datetime) -> None:
    vik = scope_of("Vik")
    issued = tokens.issue(vik, label="phone", expires_at=None, now=now)
    assert access.by_token(issued.token, now=now) == access.Actor(vik.person, Via.PLATFORM_API)
    assert issued.token not in AccessToken.objects.get().digest
    tokens.revoke(vik, issued.id, now=now)
    tokens.revoke(vik, issued.id, now=now + timedelta(hours=1))
    with pytest.raises(SignInRequired):
        access.by_token(issued.token, now=now)
    assert queries.tokens(vik, Paging()).items == (queries.TokenView(issued.id, "phone", now, None, now),)


def test_a_token_ends_at_its_instant(scope_of: Callable[..., Scope], now: datetime) -> None:
    end = now + timedelta(days=1)
    issued = tokens.issue(scope_of("Vik"), label="phone", expires_at=end, now=now)
    access.by_token(issued.token, now=end - timedelta(microseconds=1))
    with pytest.raises(SignInRequired):
        access.by_token(issued.token, now=end)


def test_a_token_cannot_begin_in_the_past_or_be_nameless(scope_of: Callable[..., Scope], now: datetime) -> None:
    vik = scope_of("Vik")
    with pytest.raises(FieldInvalid):
        tokens.issue(vik, label="phone", expires_at=now, now=now)
    with pytest.raises(FieldInvalid):
        tokens.issue(vik, label=" ", expires_at=None, now=now)
    assert AccessToken.objects.count() == 0


def test_a_persons_tokens_are_bounded(
    scope_of: Callable[..., Scope], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "TOKENS_PER_PERSON_MAX", 2)
    vik = scope_of("Vik")
    first = tokens.issue(vik, label="1", expires_at=None, now=now)
    tokens.issue(vik, label="2", expires_at=None, now=now)
    with pytest.raises(TokensLimited):
        tokens.issue(vik, label="3", expires_at=None, now=now)
    tokens.revoke(vik, first.id, now=now)
    tokens.issue(vik, label="3", expires_at=None, now=now)


def test_mallory_does_not_revoke_another_ones_token(scope_of: Callable[..., Scope], now: datetime) -> None:
    issued = tokens.issue(scope_of("Vik"), label="phone", expires_at=None, now=now)
    with pytest.raises(NotFound):
        tokens.revoke(scope_of("Mallory"), issued.id, now=now)
    assert AccessToken.objects.get().revoked_at is None


def test_a_person_signs_in_with_address_and_password(register: Callable[..., int], now: datetime) -> None:
    person_id = register("Vik")
    assert tokens.sign_in(" VIK@example.org", PASSWORD, now=now, place="::1") == person_id
    assert set(SignInBucket.objects.values_list("attempts", flat=True)) == {0}


@pytest.mark.parametrize(
    ("email", "password"), [("vik@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", "")]
)
def test_a_wrong_address_and_a_wrong_password_look_the_same(
    register: Callable[..., int], now: datetime, email: str, password: str
) -> None:
    register("Vik")
    with pytest.raises(SignInFailed):
        tokens.sign_in(email, password, now=now)


def test_passwords_are_not_guessed(register: Callable[..., int], now: datetime) -> None:
    person_id = register("Vik")
    for _ in range(tokens.ATTEMPTS_FOR_ADDRESS_AND_PLACE_MAX):
        with pytest.raises(SignInFailed):
            tokens.sign_in("vik@example.org", "wrong", now=now, place="192.0.2.1")
    with pytest.raises(SignInLimited) as refusal:
        tokens.sign_in("vik@example.org", PASSWORD, now=now + timedelta(minutes=5), place="192.0.2.1")
    assert refusal.value.retry_after_seconds == 600
    assert tokens.sign_in("vik@example.org", PASSWORD, now=now, place="192.0.2.2") == person_id
    later = now + tokens.SIGN_IN_WINDOW
    assert tokens.sign_in("vik@example.org", PASSWORD, now=later, place="192.0.2.1") == person_id


def test_an_address_longer_than_any_is_nobodys(now: datetime) -> None:
    with pytest.raises(SignInFailed):
        tokens.sign_in("x" * 70_000, PASSWORD, now=now, place="192.0.2.1")


def test_attempts_of_the_past_are_not_kept(now: datetime) -> None:
    for number in range(3):
        with pytest.raises(SignInFailed):
            tokens.sign_in(f"{number}@example.org", "x", now=now + number * timedelta(hours=1))
    assert SignInBucket.objects.count() == 3
