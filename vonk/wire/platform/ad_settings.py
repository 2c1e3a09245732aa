"""The two switches that stand before every consent."""

import msgspec

from vonk.authorisation import queries
from vonk.authorisation.actions import switches
from vonk.authorisation.actions.switches import Switched
from vonk.authorisation.queries import SwitchesView
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class Switch(Body, frozen=True):
    on: bool


class AdSettings(msgspec.Struct, frozen=True):
    on: bool


@operation("GET", "/me/ad_settings", may=Right.CREATE, summary="Read one's ad settings")
def read_ad_settings(call: Call[Nothing, Nothing]) -> AdSettings:
    """Whether posts of the profile can be authorised for ads at all."""
    return AdSettings(queries.ad_settings(call.scope))


@operation("PUT", "/me/ad_settings", may=Right.CREATE, summary="Switch ad settings on or off", example={"on": True})
def set_ad_settings(call: Call[Switch, Nothing]) -> Switched:
    """Off revokes every live consent; their ads stop within a second."""
    return switches.set_ad_settings(call.scope, call.body.on, call.now)


@operation("GET", "/posts/{post_id}/ad_authorisation", may=Right.CREATE, summary="Read a post's switches")
def read_post_authorisation(call: Call[Nothing, Nothing]) -> SwitchesView:
    """The profile's and the post's."""
    return queries.switches(call.scope, call.id("post_id"))


@operation(
    "PUT",
    "/posts/{post_id}/ad_authorisation",
    may=Right.CREATE,
    summary="Switch a post's ad authorisation on or off",
    example={"on": True},
)
def set_post_authorisation(call: Call[Switch, Nothing]) -> Switched:
    """Off revokes the post's live consents."""
    return switches.set_post_authorisation(call.scope, call.id("post_id"), on=call.body.on, now=call.now)
