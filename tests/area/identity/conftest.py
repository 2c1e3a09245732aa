"""Cleo and Ada, as identity knows them."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from vonk.control.scope import Scope, Via
from vonk.identity import access
from vonk.identity.actions import accounts, people

PASSWORD = "a long sentence nobody guesses"


@pytest.fixture
def register(now: datetime) -> Callable[..., int]:
    """Registers one of the cast by first name; keywords change what is sent."""

    def registered(name: str, **changed: object) -> int:
        asked: dict[str, object] = {
            "email": f"{name.lower()}@example.org",
            "password": PASSWORD,
            "display_name": name,
            "language": "en",
            "country": "NL",
            "born_on": date(1990, 5, 17),
            "now": now,
        }
        return people.register(**{**asked, **changed})  # type: ignore[arg-type]  # Keywords by name, on purpose.

    return registered


@pytest.fixture
def scope_of(register: Callable[..., int]) -> Callable[..., Scope]:
    """Registers one of the cast and returns their scope."""

    def scoped(name: str, **changed: object) -> Scope:
        return access.person(access.Actor(register(name, **changed), Via.WEB))

    return scoped


@pytest.fixture
def open_account(now: datetime) -> Callable[..., int]:
    """Opens an ad account for a scope."""

    def opened(scope: Scope, **changed: str) -> int:
        asked = {
            "organisation_name": "Ada's bakery",
            "name": "Bread",
            "currency": "EUR",
            "time_zone": "Europe/Amsterdam",
            "country": "NL",
            "advertiser_name": "Ada's bakery",
            "payer_name": "Ada's bakery BV",
        }
        return accounts.open_account(scope, **{**asked, **changed}, now=now)

    return opened
