"""More of the shops' emblems, drawn as those of ``avatars``: one plain shape, 256 by 256."""

import math
from collections.abc import Callable
from typing import Final

from vonk.simulation.scenes.canvas import Canvas, curve, leaf, polar
from vonk.simulation.scenes.palettes import Palette, mix

MIDDLE: Final = 128.0


def _fish(canvas: Canvas, colours: Palette) -> None:
    canvas.poly([(158, 128), (214, 84), (202, 128), (214, 172)], mix(colours.warm, colours.ink, 0.2))
    canvas.oval(116, 128, 72, colours.warm, 48)
    canvas.poly(curve([(112, 84), (142, 58), (150, 96)], steps=6), mix(colours.warm, colours.gold, 0.5))
    for x in (104, 130):
        canvas.arc(x, 128, 26, 34, -60, 60, mix(colours.warm, colours.paper, 0.5), 6)
    canvas.oval(72, 114, 11, colours.paper)
    canvas.oval(70, 114, 5, colours.ink)


def _flower(canvas: Canvas, colours: Palette) -> None:
    canvas.line(curve([(128, 214), (124, 180), (128, 140)], steps=6), colours.cool, 9)
    canvas.poly(leaf(126, 198, -0.5, 62, 34), mix(colours.cool, colours.ink, 0.15))
    for petal in range(8):
        canvas.poly(leaf(128, 108, petal * math.tau / 8, 64, 38), mix(colours.warm, colours.paper, 0.12 * (petal % 2)))
    canvas.oval(128, 108, 21, colours.gold)


def _candle(canvas: Canvas, colours: Palette) -> None:
    canvas.glow(128, 78, 74, colours.gold, 0.5)
    canvas.rect(98, 118, 158, 206, colours.paper, 8)
    canvas.rect(98, 118, 118, 206, mix(colours.paper, colours.ground, 0.25), 8)
    canvas.line([(128, 120), (128, 100)], colours.ink, 5)
    canvas.poly(curve([(128, 44), (148, 82), (128, 106), (108, 82)], steps=8, closed=True), colours.warm)
    canvas.poly(curve([(128, 68), (138, 88), (128, 102), (118, 88)], steps=8, closed=True), colours.gold)
    canvas.rect(78, 202, 178, 214, colours.cool, 6)


def _gear(canvas: Canvas, colours: Palette) -> None:
    for tooth in range(10):
        angle = tooth * math.tau / 10
        canvas.poly(
            [polar(MIDDLE, MIDDLE, 88, angle + side) for side in (-0.13, 0.13)]
            + [polar(MIDDLE, MIDDLE, 60, angle + side) for side in (0.22, -0.22)],
            colours.cool,
        )
    canvas.oval(MIDDLE, MIDDLE, 68, colours.cool)
    canvas.oval(MIDDLE, MIDDLE, 40, mix(colours.cool, colours.paper, 0.75))
    canvas.oval(MIDDLE, MIDDLE, 15, colours.warm)


def _oar(canvas: Canvas, colours: Palette) -> None:
    for way in (-1, 1):
        top, low = (MIDDLE - way * 62, 196.0), (MIDDLE + way * 52, 78.0)
        canvas.line([top, low], mix(colours.gold, colours.ink, 0.25), 10)
        canvas.poly(leaf(low[0] - way * 8, low[1] + 14, -math.pi / 2 + way * 0.76, 70, 40), colours.warm)
    wave = [(40.0, 200.0), (84, 190), (128, 202), (172, 190), (216, 200), (216, 214), (40, 214)]
    canvas.poly(curve(wave, steps=1, closed=True), colours.cool)


def _flake(canvas: Canvas, colours: Palette) -> None:
    for arm in range(6):
        angle = arm * math.tau / 6
        canvas.line([(MIDDLE, MIDDLE), polar(MIDDLE, MIDDLE, 84, angle)], colours.cool, 10)
        for far, long in ((44, 26), (64, 18)):
            root = polar(MIDDLE, MIDDLE, far, angle)
            for side in (-0.8, 0.8):
                canvas.line([root, polar(*root, long, angle + side)], colours.cool, 7)
    canvas.oval(MIDDLE, MIDDLE, 14, colours.warm)


def _mill(canvas: Canvas, colours: Palette) -> None:
    canvas.poly([(92, 208), (108, 104), (148, 104), (164, 208)], mix(colours.warm, colours.ground, 0.3))
    canvas.poly([(102, 108), (128, 76), (154, 108)], colours.ink)
    for sail in range(4):
        angle = 0.5 + sail * math.tau / 4
        end = polar(MIDDLE, 100, 88, angle)
        canvas.line([(MIDDLE, 100), end], colours.ink, 6)
        root = polar(MIDDLE, 100, 26, angle)
        canvas.poly([end, polar(*end, 22, angle + 1.57), polar(*root, 22, angle + 1.57), root], colours.paper)
    canvas.oval(MIDDLE, 100, 10, colours.gold)
    canvas.rect(116, 172, 140, 208, colours.ink, 6)


def _waffle(canvas: Canvas, colours: Palette) -> None:
    dough = mix(colours.gold, colours.warm, 0.3)
    canvas.rect(52, 62, 204, 202, mix(dough, colours.ink, 0.2), 26)
    canvas.rect(52, 56, 204, 194, dough, 26)
    for row in range(3):
        for column in range(4):
            x, y = 66 + column * 32, 72 + row * 38
            canvas.rect(x, y, x + 24, y + 28, mix(dough, colours.ink, 0.28), 5)
    canvas.oval(150, 92, 26, colours.paper)
    canvas.oval(150, 70, 12, colours.warm)


def _cat(canvas: Canvas, colours: Palette) -> None:
    for way in (-1, 1):
        canvas.poly([(MIDDLE + way * 20, 88), (MIDDLE + way * 70, 42), (MIDDLE + way * 68, 116)], colours.ink)
    canvas.oval(MIDDLE, 136, 74, colours.ink, 64)
    for way in (-1, 1):
        canvas.oval(MIDDLE + way * 30, 126, 17, colours.gold)
        canvas.oval(MIDDLE + way * 30, 126, 6, colours.ink, 14)
        for rise in (-6, 6):
            canvas.line([(MIDDLE + way * 26, 160), (MIDDLE + way * 92, 156 + rise * 2)], colours.paper, 3)
    canvas.poly([(118, 148), (138, 148), (128, 160)], colours.warm)


MORE_EMBLEMS: Final[dict[str, Callable[[Canvas, Palette], None]]] = {
    "candle": _candle, "cat": _cat, "fish": _fish, "flake": _flake, "flower": _flower, "gear": _gear, "mill": _mill,
    "oar": _oar, "waffle": _waffle,
}  # fmt: skip
