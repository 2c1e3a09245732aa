"""What `vonk sandbox` does once Django knows its data directory."""

from collections.abc import Callable
from typing import TypeVar

from django.db import connections

from vonk.cli.admin import COMMAND
from vonk.cli.start import refuse
from vonk.control import clock
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import Problem
from vonk.identity import access
from vonk.sandbox import records, resetting, worlds
from vonk.sandbox.world_codes import CodeStanding
from vonk.sandbox.worlds import World

Done = TypeVar("Done")


def create() -> World:
    """Make a world; a refusal ends the command with its message."""
    return _done(lambda: worlds.create(COMMAND, now=clock.present().now()))


def codes(account: int | None) -> dict[str, CodeStanding]:
    """Return the codes of the world that the ad account is of, as ``create``."""
    return _done(lambda: resetting.codes(_over(account), now=clock.present().now()))


def reset(account: int | None) -> dict[str, CodeStanding]:
    """Begin the world of the ad account anew, as ``create``."""
    return _done(lambda: resetting.reset(_over(account), now=clock.present().now()))


def _over(account: int | None) -> Scope:
    """Return the scope of who advertises in the world of the account; of the only world when none is named."""
    worlds_here = records.all_worlds()
    if account is None and len(worlds_here) != 1:
        refuse(f"the directory has {len(worlds_here)} worlds; name an ad account of one with --account")
    world = worlds_here[0] if account is None else records.of_account(account)
    actor = access.Actor(world.advertiser, Via.COMMAND)
    return access.advertiser(actor, account or world.account_ids[0], may=Right.ACCOUNT_EDIT)


def _done(act: Callable[[], Done]) -> Done:
    try:
        return act()
    except (Problem, OSError) as error:
        refuse(str(error))
    finally:
        connections.close_all()
