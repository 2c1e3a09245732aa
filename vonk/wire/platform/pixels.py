"""Pixels: what an advertiser's pages and servers report conversions as."""

import msgspec

from vonk.advertising import queries
from vonk.advertising.actions import pixels
from vonk.advertising.actions.pixels import IssuedPixel
from vonk.advertising.queries import PixelView
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform.drafts import Enabled


class Named(Body, frozen=True):
    name: str


class Pixels(msgspec.Struct, frozen=True):
    items: tuple[PixelView, ...]


@operation(
    "POST", "/accounts/{account_id}/pixels", may=Right.CAMPAIGN_EDIT, summary="Create a pixel", example={"name": "Shop"}
)
def create_pixel(call: Call[Named, Nothing]) -> IssuedPixel:
    """The secret's text is in this answer alone; it lets servers report conversions."""
    return pixels.create(call.scope, call.body.name, now=call.now)


@operation("GET", "/accounts/{account_id}/pixels", may=Right.ACCOUNT_VIEW, summary="List pixels")
def list_pixels(call: Call[Nothing, Nothing]) -> Pixels:
    """Newest first, switched-off ones too."""
    return Pixels(queries.pixels(call.scope))


@operation(
    "PATCH",
    "/accounts/{account_id}/pixels/{pixel_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Rename a pixel",
    example={"name": "Web shop"},
)
def rename_pixel(call: Call[Named, Nothing]) -> None:
    """Its id and secret stay."""
    pixels.rename(call.scope, call.id("pixel_id"), call.body.name, now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/pixels/{pixel_id}/secret",
    may=Right.CAMPAIGN_EDIT,
    summary="Give a pixel a new secret",
)
def rotate_pixel_secret(call: Call[Nothing, Nothing]) -> IssuedPixel:
    """The former one is refused within a second."""
    return pixels.rotate_secret(call.scope, call.id("pixel_id"), now=call.now)


@operation(
    "PUT",
    "/accounts/{account_id}/pixels/{pixel_id}/enabled",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch a pixel on or off",
    example={"enabled": False},
)
def set_pixel_enabled(call: Call[Enabled, Nothing]) -> None:
    """What a pixel that is off reports is refused; what it reported stays."""
    pixels.set_enabled(call.scope, call.id("pixel_id"), call.body.enabled, now=call.now)
