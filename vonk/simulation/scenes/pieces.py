"""What several scenes share: clouds, waves, steam, houses, gulls, falling and rising specks."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math
from collections.abc import Sequence
from random import Random

import msgspec

from vonk.simulation.scenes.canvas import Canvas, Point, leaf
from vonk.simulation.scenes.motion import wave
from vonk.simulation.scenes.palettes import Colour, Palette, mix


class Speck(msgspec.Struct, frozen=True):
    """A flake, bubble or spark: where it starts (0..1 of the frame), its size and how many rounds it makes."""

    x: float
    y: float
    size: float
    turns: int
    sway: float


def specks(random: Random, count: int, smallest: float, largest: float) -> list[Speck]:
    """Return specks spread over the frame."""
    return [
        Speck(
            random.random(),
            random.random(),
            random.uniform(smallest, largest),
            random.choice((1, 1, 2)),
            random.random(),
        )
        for _ in range(count)
    ]


def cloud(canvas: Canvas, x: float, y: float, size: float, shade: Colour) -> None:
    """Draw a flat-bottomed cloud, about 3.4 times ``size`` wide."""
    canvas.oval(x - size * 0.8, y - size * 0.25, size * 0.5, shade)
    canvas.oval(x, y - size * 0.55, size * 0.75, shade)
    canvas.oval(x + size * 0.9, y - size * 0.3, size * 0.55, shade)
    canvas.rect(x - size * 1.6, y - size * 0.3, x + size * 1.7, y + size * 0.25, shade, size * 0.27)


def drifting_clouds(canvas: Canvas, phase: float, places: Sequence[tuple[float, float, float]], shade: Colour) -> None:
    """Draw clouds (x as a share of the width, y, size) that cross the frame once."""
    span = canvas.width + 160
    for share, y, size in places:
        cloud(canvas, (share * span + phase * span) % span - 80, y, size, shade)


def swell(
    canvas: Canvas,
    phase: float,
    level: float,
    height: float,
    length: float,
    shade: Colour,
    *,
    turns: int = 1,
    offset: float = 0.0,
) -> None:
    """Fill everything below a moving line of waves."""
    step = 10
    points: list[Point] = [(canvas.width + step, canvas.height), (-step, canvas.height)]
    for index in range(int(canvas.width) // step + 3):
        x = (index - 1) * step
        points.append((x, level + height * wave(phase, turns, x / length + offset)))
    canvas.poly(points, shade)


def steam(
    canvas: Canvas, x: float, y: float, phase: float, shade: Colour, *, offset: float = 0.0, rise: float = 90.0
) -> None:
    """Draw soft puffs that climb from (x, y) and thin out."""
    for index in range(9):
        age = (index / 9 + phase * 2 + offset) % 1.0
        side = math.sin(age * 5.5 + offset * 9) * (3 + 13 * age)
        canvas.glow(x + side, y - age * rise, 11 + 15 * age, shade, 0.55 * math.sin(math.pi * age))


def gull(canvas: Canvas, x: float, y: float, size: float, flap: float, shade: Colour) -> None:
    """Draw a gull with its wings up (flap 1) or down (flap -1)."""
    lift = size * 0.45 * flap
    canvas.line([(x - size, y - lift), (x - size * 0.45, y - size * 0.22 - lift * 0.3), (x, y), (x + size * 0.45, y - size * 0.22 - lift * 0.3),
                 (x + size, y - lift)], shade, max(1.4, size * 0.16))  # fmt: skip


def canal_house(
    canvas: Canvas,
    x: float,
    foot: float,
    wide: float,
    tall: float,
    wall: Colour,
    palette: Palette,
    *,
    gable: int,
    lit: float = 0.0,
) -> None:
    """Draw a narrow house with a stepped, pointed or bell gable (0..2). ``lit`` is how warm its windows are (0..1)."""
    top = foot - tall
    canvas.rect(x, top, x + wide, foot, wall)
    middle = x + wide / 2
    if gable == 0:
        for step in range(3):
            inset = wide * (0.14 * step + 0.06)
            canvas.rect(x + inset, top - 9 * (step + 1), x + wide - inset, top - 9 * step + 1, wall)
    elif gable == 1:
        canvas.poly([(x - 2, top + 1), (middle, top - wide * 0.55), (x + wide + 2, top + 1)], wall)
    else:
        canvas.pie(middle, top + 1, wide / 2, wide * 0.5, 180, 360, wall)
        canvas.rect(middle - wide * 0.14, top - wide * 0.6, middle + wide * 0.14, top, wall, 3)
    glass = mix(mix(wall, palette.ink, 0.45), palette.gold, lit)
    frame = mix(wall, palette.paper, 0.6)
    columns = 2 if wide < 74 else 3
    pane = wide / (columns * 2 + 1)
    row = top + 12
    while row + pane * 1.5 < foot - 34:
        for column in range(columns):
            left = x + pane * (column * 2 + 1)
            canvas.rect(left - 1.5, row - 1.5, left + pane + 1.5, row + pane * 1.45 + 1.5, frame)
            canvas.rect(left, row, left + pane, row + pane * 1.45, glass)
        row += pane * 1.45 + 15
    canvas.rect(middle - 7, foot - 26, middle + 7, foot, mix(wall, palette.ink, 0.6))


def sprig(canvas: Canvas, x: float, y: float, size: float, angle: float, shade: Colour) -> None:
    """Draw a small branch with five leaves, growing along ``angle`` (radians)."""
    cos, sin = math.cos(angle), math.sin(angle)
    canvas.line([(x, y), (x + size * cos, y + size * sin)], shade, 1.6)
    for share, side in ((0.35, 0.8), (0.5, -0.8), (0.7, 0.7), (0.85, -0.7), (1.0, 0.0)):
        canvas.poly(leaf(x + size * share * cos, y + size * share * sin, angle + side, size * 0.34, size * 0.15), shade)


def bunting(
    canvas: Canvas, phase: float, y: float, sag: float, colours: Sequence[Colour], cord: Colour, *, flags: int = 9
) -> None:
    """Hang a row of little flags from side to side; they flutter."""
    width = canvas.width
    line: list[Point] = []
    for index in range(flags * 2 + 1):
        share = index / (flags * 2)
        line.append((share * width, y + sag * 4 * share * (1 - share) + 1.5 * wave(phase, 1, share)))
    canvas.line(line, cord, 1.6)
    for index in range(flags):
        (x0, y0), (x1, y1) = line[index * 2], line[index * 2 + 1]
        tip = ((x0 + x1) / 2 + 4 * wave(phase, 2, index * 0.23), max(y0, y1) + width / flags * 0.6)
        canvas.poly([(x0 + 1, y0), (x1 + 5, y1), (tip[0] + 2, tip[1])], colours[index % len(colours)])
