"""What `vonk sandbox create` does once Django knows its data directory."""

from django.db import connections

from vonk.cli.admin import COMMAND
from vonk.cli.start import refuse
from vonk.control import clock
from vonk.core.errors import Problem
from vonk.sandbox import worlds
from vonk.sandbox.worlds import World


def create() -> World:
    """Make a world; a refusal ends the command with its message."""
    try:
        return worlds.create(COMMAND, now=clock.present().now())
    except (Problem, OSError) as error:
        refuse(str(error))
    finally:
        connections.close_all()
