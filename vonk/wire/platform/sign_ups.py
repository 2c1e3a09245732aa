"""Signing up and in."""

from datetime import date

from vonk.content.actions import profiles
from vonk.content.actions.profiles import SignedUp
from vonk.control.scope import Via
from vonk.identity.actions import tokens
from vonk.identity.actions.tokens import SignedIn
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class SignUp(Body, frozen=True):
    """Who signs up. Below thirteen nobody does."""

    email: str
    password: str
    handle: str
    display_name: str
    language: str
    country: str
    born_on: date


class SignIn(Body, frozen=True):
    """An address, its password, and what the token is for."""

    email: str
    password: str
    label: str = "session"


@operation(
    "POST",
    "/sign_ups",
    may=None,
    summary="Sign up",
    example={
        "email": "cleo@example.org",
        "password": "a long sentence nobody guesses",
        "handle": "cleo",
        "display_name": "Cleo",
        "language": "en",
        "country": "NL",
        "born_on": "1995-04-12",
    },
)
def create_sign_up(call: Call[SignUp, Nothing]) -> SignedUp:
    """Make a person and their profile. Sign in afterwards for a token."""
    asked = call.body
    return profiles.sign_up(
        email=asked.email,
        password=asked.password,
        handle=asked.handle,
        display_name=asked.display_name,
        language=asked.language,
        country=asked.country,
        born_on=asked.born_on,
        now=call.now,
        via=Via.PLATFORM_API,
    )


@operation(
    "POST",
    "/sessions",
    may=None,
    alone=True,
    summary="Sign in",
    example={"email": "cleo@example.org", "password": "a long sentence nobody guesses"},
)
def create_session(call: Call[SignIn, Nothing]) -> SignedIn:
    """Exchange an address and a password for an access token that lives thirty days. Attempts are limited."""
    return tokens.start_session(
        call.body.email, call.body.password, label=call.body.label, place=call.place, now=call.now
    )
