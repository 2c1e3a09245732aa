"""What an operator does from a terminal before anybody can sign in: the first operator, access tokens."""

from datetime import date, datetime, timedelta

from django.db import transaction

from vonk.cli.start import refuse
from vonk.content.actions import profiles
from vonk.control import clock
from vonk.control.scope import PLATFORM, Scope, Via
from vonk.core.errors import Problem
from vonk.identity import access, queries
from vonk.identity.actions import people, tokens
from vonk.identity.rules import PlatformRole

COMMAND = Scope(person_id=None, rights=PLATFORM.rights, via=Via.COMMAND)  # Whoever has a terminal on the machine.


def create_operator(*, email: str, password: str, handle: str, display_name: str, born_on: date) -> int:
    """Sign an operator up and give them the role; return their id. A refusal ends the command with its message."""
    now = clock.present().now()
    try:
        with transaction.atomic():
            person_id = profiles.sign_up(
                email=email,
                password=password,
                handle=handle,
                display_name=display_name,
                language="en",
                country="NL",
                born_on=born_on,
                now=now,
            ).person_id
            people.appoint(COMMAND, person_id, PlatformRole.OPERATOR, now=now)
    except Problem as problem:
        refuse(str(problem))
    return int(person_id)


def create_token(*, email: str, label: str, days: int | None) -> str:
    """Return a new access token of the person with this address; a refusal ends the command with its message."""
    now: datetime = clock.present().now()
    try:
        person_id = queries.person_id_of(COMMAND, email)
        scope = access.person(access.Actor(person_id, Via.COMMAND))
        expires_at = now + timedelta(days=days) if days is not None else None
        return tokens.issue(scope, label=label, expires_at=expires_at, now=now).token
    except Problem as problem:
        refuse(str(problem))
