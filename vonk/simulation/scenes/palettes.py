"""Colours that go together. A scene names the role, a palette the colour, so that every scene suits every palette."""

from typing import Final

import msgspec
from PIL import ImageColor

Colour = tuple[int, int, int, int]


def colour(code: str) -> Colour:
    """Return the red, green, blue and opacity of "#rrggbb"."""
    red, green, blue = ImageColor.getrgb(code)[:3]
    return red, green, blue, 255


def fade(base: Colour, opacity: float) -> Colour:
    """Return the colour with an opacity between 0 and 1."""
    return base[0], base[1], base[2], max(0, min(255, round(255 * opacity)))


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """Return the opaque colour ``amount`` (0..1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * amount) for a, b in zip(first[:3], second[:3], strict=True))
    return red, green, blue, 255


class Palette(msgspec.Struct, frozen=True):
    """One mood: a sky from top to horizon, ground, darkest and lightest, and three accents that stand out."""

    sky: Colour
    horizon: Colour
    ground: Colour
    ink: Colour
    paper: Colour
    warm: Colour
    gold: Colour
    cool: Colour


def _palette(codes: str) -> Palette:
    return Palette(*(colour(f"#{code}") for code in codes.split()))


# sky, horizon, ground, ink, paper, warm, gold, cool
PALETTES: Final[dict[str, Palette]] = {
    "dawn": _palette("f4b79b fce8d2 cf8f6b 3b2f4a fff6ea e2674f f2b84b 4f8488"),
    "sea": _palette("7cc7d2 e6f5ee 1f6b80 14344a ffffff ee5f4c ffc857 2a8296"),
    "dusk": _palette("2f2b60 ec8f84 3d3874 1c1a3c ffe9cf ff8d63 ffd27a 7467b4"),
    "night": _palette("101c40 34507f 1c2c58 0a1129 fdf3d8 f39a55 ffd97a 5d86c5"),
    "garden": _palette("c4e4c0 f5f7dd 86b877 22402f fffdf0 df6a54 f4c95d 47935c"),
    "berry": _palette("efb6c8 fdeef0 bf7e9b 43203b fff8f5 d2406c f3b158 6688bd"),
    "mint": _palette("aee0d3 f2faf3 75b5a5 1d3d3d fffefa ee7657 f6cc63 35897d"),
    "brick": _palette("eccfb0 faf0e0 b07a58 3a2724 fffaf2 bf4c3a e3a141 4d6c7c"),
    "frost": _palette("a9c9e6 eff6fb 86a7c6 22324f ffffff df594a f5c463 467aa8"),
}
