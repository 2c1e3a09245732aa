"""What a developer does with their world in a sandbox: see what became of its codes, and begin anew."""

import msgspec

from vonk.control.scope import Right
from vonk.sandbox import resetting
from vonk.sandbox.world_codes import CodeStanding
from vonk.wire.operation import Call, Nothing, operation


class WorldCodes(msgspec.Struct, frozen=True):
    """The codes of the world, by the names that ``vonk sandbox create`` gives them, in small letters."""

    codes: dict[str, CodeStanding]


@operation(
    "GET",
    "/accounts/{account_id}/sandbox/codes",
    may=Right.CAMPAIGN_EDIT,
    summary="List the codes of a sandbox's world",
)
def read_world_codes(call: Call[Nothing, Nothing]) -> WorldCodes:
    """For an ad account of a world. ``use``: unused, used, over (it expired or was taken back) or deleted."""
    return WorldCodes(resetting.codes(call.scope, now=call.now))


@operation(
    "POST",
    "/accounts/{account_id}/sandbox/reset",
    may=Right.ACCOUNT_EDIT,
    alone=True,
    summary="Begin a sandbox's world anew",
)
def reset_world(call: Call[Nothing, Nothing]) -> WorldCodes:
    """Campaigns of its ad accounts are deleted, authorisations end, each account has its test money again; the answer holds
    new codes. Apps, tokens, people and what was reported stay. On a real platform it answers ``no_sandbox``.
    """
    return WorldCodes(resetting.reset(call.scope, now=call.now))
