"""A link as a QR code that any camera reads."""

from typing import Final

import segno

QUIET_ZONE: Final = 4  # Modules of white around it, as ISO/IEC 18004 asks.
_SCALE: Final = 6


def svg_of(link: str) -> str:
    """Return the link's QR code as the address of an SVG picture: dark on white whatever the page's colours."""
    return segno.make(link, error="m", micro=False).svg_data_uri(scale=_SCALE, border=QUIET_ZONE, light="#fff")


def png_of(link: str) -> str:
    """Return the link's QR code as the address of a PNG picture, to be kept or printed."""
    return segno.make(link, error="m", micro=False).png_data_uri(scale=2 * _SCALE, border=QUIET_ZONE, light="#fff")
