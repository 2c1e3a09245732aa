"""A canvas twice the size of the picture, on which shapes are drawn in design pixels and then halved to smooth edges."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from vonk.simulation.scenes.palettes import Colour

SCALE: Final = 2  # Two samples a side: smooth enough once the video is encoded, and a frame costs a few milliseconds.

Point = tuple[float, float]


class Canvas:
    """Shapes in design pixels, origin at the top left. Colours with opacity below 255 blend with what is there."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.width = image.width / SCALE
        self.height = image.height / SCALE
        self._solid = ImageDraw.Draw(image)
        self._blend = ImageDraw.Draw(image, "RGBA")

    @classmethod
    def blank(cls, width: int, height: int) -> "Canvas":
        """Return a black canvas of this many design pixels."""
        return cls(Image.new("RGB", (width * SCALE, height * SCALE)))

    def copy(self) -> "Canvas":
        """Return a canvas with the same picture, to draw on without changing this one."""
        return Canvas(self.image.copy())

    def picture(self) -> Image.Image:
        """Return the picture at its final size."""
        return self.image.reduce(SCALE)

    def gradient(self, top: Colour, bottom: Colour, y0: float = 0.0, y1: float | None = None) -> None:
        """Fill the full width between two heights with a vertical gradient."""
        lower = self.image.height if y1 is None else round(y1 * SCALE)
        upper = round(y0 * SCALE)
        mask = Image.linear_gradient("L").resize((self.image.width, lower - upper))
        size = mask.size
        band = Image.composite(Image.new("RGB", size, bottom[:3]), Image.new("RGB", size, top[:3]), mask)
        self.image.paste(band, (0, upper))

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: Colour, radius: float = 0.0) -> None:
        """Fill a rectangle, with round corners if asked. A rectangle turned inside out draws nothing."""
        if x1 <= x0 or y1 <= y0:
            return
        box = (x0 * SCALE, y0 * SCALE, x1 * SCALE - 1, y1 * SCALE - 1)
        if box[2] < box[0] or box[3] < box[1]:
            return
        pen = self._pen(fill)
        if radius > 0:
            pen.rounded_rectangle(box, radius * SCALE, fill=fill)
        else:
            pen.rectangle(box, fill=fill)

    def oval(self, x: float, y: float, rx: float, fill: Colour, ry: float | None = None) -> None:
        """Fill an ellipse around a centre; without ``ry`` a circle."""
        half = rx if ry is None else ry
        if rx <= 0 or half <= 0:
            return
        box = ((x - rx) * SCALE, (y - half) * SCALE, (x + rx) * SCALE, (y + half) * SCALE)
        self._pen(fill).ellipse(box, fill=fill)

    def ring(self, x: float, y: float, radius: float, stroke: Colour, width: float) -> None:
        """Draw a circle's outline, ``width`` wide, inside its radius."""
        box = ((x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE)
        self._pen(stroke).ellipse(box, outline=stroke, width=max(1, round(width * SCALE)))

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, stroke: Colour, width: float
    ) -> None:
        """Draw part of an ellipse's outline; angles in degrees, clockwise from three o'clock."""
        box = ((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE)
        self._pen(stroke).arc(box, start, end, fill=stroke, width=max(1, round(width * SCALE)))

    def pie(self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: Colour) -> None:
        """Fill a slice of an ellipse; angles in degrees, clockwise from three o'clock."""
        box = ((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE)
        self._pen(fill).pieslice(box, start, end, fill=fill)

    def poly(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._pen(fill).polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def blob(self, points: Sequence[Point], fill: Colour, steps: int = 6) -> None:
        """Fill the smooth closed shape that passes through the points."""
        self.poly(curve(points, steps=steps, closed=True), fill)

    def line(self, points: Sequence[Point], stroke: Colour, width: float) -> None:
        """Draw a line with round joints and round ends."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        pen = self._pen(stroke)
        pen.line(scaled, fill=stroke, width=max(1, round(width * SCALE)), joint="curve")
        radius = width * SCALE / 2
        if radius > 1.5 and stroke[3] == 255:
            for x, y in (scaled[0], scaled[-1]):
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=stroke)

    def glow(self, x: float, y: float, radius: float, shade: Colour, strength: float) -> None:
        """Lay a soft round light (or shadow), full ``strength`` (0..1) at its centre, over the picture."""
        size = max(2, round(radius * SCALE))
        mask = _halo(size, max(0, min(20, round(strength * 20))))
        self.image.paste(shade[:3], (round(x * SCALE) - size, round(y * SCALE) - size), mask)

    def text(self, x: float, y: float, text: str, size: float, fill: Colour, weight: float = 0.0) -> None:
        """Write one line centred on a point, thickened by ``weight`` pixels."""
        self._pen(fill).text(
            (x * SCALE, y * SCALE), text, fill=fill, font=font(size), anchor="mm",
            stroke_width=round(weight * SCALE), stroke_fill=fill,
        )  # fmt: skip

    def _pen(self, shade: Colour) -> ImageDraw.ImageDraw:
        # Blending costs more than writing, so it is kept for what needs it.
        return self._solid if shade[3] == 255 else self._blend


@lru_cache(maxsize=256)
def _halo(size: int, twentieths: int) -> Image.Image:
    mask = Image.radial_gradient("L").resize((size * 2, size * 2), Image.Resampling.BILINEAR)
    # Pillow's gradient is 0 at the centre and 255 in the corners, 181 at the sides, where the light must have ended.
    # Squared, it falls off as light does.
    return mask.point([round(max(0.0, 1 - level / 180) ** 2 * 255 * twentieths / 20) for level in range(256)])


@lru_cache(maxsize=64)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font at this size, so that pictures do not depend on what a machine has installed."""
    face = ImageFont.load_default(size * SCALE)
    assert isinstance(face, ImageFont.FreeTypeFont), "Pillow is built with FreeType."
    return face


def text_width(text: str, size: float) -> float:
    """Return how wide a line of text is."""
    return font(size).getlength(text) / SCALE


def curve(points: Sequence[Point], *, steps: int = 6, closed: bool = False) -> list[Point]:
    """Return a smooth line through the points (Catmull-Rom), ``steps`` pieces between two of them."""
    count = len(points)
    drawn: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[max(0, min(count - 1, index + shift))] for shift in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            drawn.append((_along(a[0], b[0], c[0], d[0], t), _along(a[1], b[1], c[1], d[1], t)))
    if not closed:
        drawn.append(points[-1])
    return drawn


def _along(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def turned(points: Sequence[Point], angle: float, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> list[Point]:
    """Return points given around (0, 0) scaled, turned by ``angle`` radians and moved to (x, y)."""
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in points]


def polar(x: float, y: float, radius: float, angle: float) -> Point:
    """Return the point at this distance and angle (radians, clockwise from three o'clock)."""
    return x + radius * math.cos(angle), y + radius * math.sin(angle)


def leaf(x: float, y: float, angle: float, length: float, width: float) -> list[Point]:
    """Return a leaf that starts at (x, y) and points along ``angle``."""
    half = width / 2
    outline = [(0.0, 0.0), (length * 0.3, -half), (length * 0.68, -half * 0.75), (length, 0.0),
               (length * 0.68, half * 0.75), (length * 0.3, half)]  # fmt: skip
    return curve(turned(outline, angle, x, y), steps=3, closed=True)
