"""What the demo town needs before anybody can knock at its front door: an early clock, and an operator."""

from datetime import date, datetime

from django.db import connections

from vonk.cli import admin
from vonk.control import clock

BORN_ON = date(1980, 1, 1)


def begin(*, starts_at: datetime, email: str, password: str, handle: str, display_name: str) -> None:
    """Set a new sandbox's clock to before the story, and appoint its operator."""
    clock.start_at(starts_at)
    admin.create_operator(email=email, password=password, handle=handle, display_name=display_name, born_on=BORN_ON)
    connections.close_all()  # The processes started from now on have the tables to themselves.
