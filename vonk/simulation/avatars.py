"""The shops' and brands' emblems: one plain shape on a coloured ground, 256 by 256."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from vonk.simulation.emblems import MORE_EMBLEMS
from vonk.simulation.plans import Brand, Shop
from vonk.simulation.scenes.canvas import Canvas, curve, leaf, polar, turned
from vonk.simulation.scenes.palettes import PALETTES, Palette, mix

SIDE: Final = 256
MIDDLE: Final = SIDE / 2


def render_avatar(emblem: str, palette: str, target: Path) -> None:
    """Write an emblem in a palette's colours to ``target`` (.png)."""
    colours = PALETTES[palette]
    canvas = Canvas.blank(SIDE, SIDE)
    canvas.gradient(mix(colours.horizon, colours.sky, 0.75), mix(colours.horizon, colours.sky, 0.35))
    canvas.oval(MIDDLE, MIDDLE, 104, mix(colours.paper, colours.horizon, 0.3))
    EMBLEMS[emblem](canvas, colours)
    canvas.picture().save(target, "PNG", optimize=True)


def render_avatars(target_dir: Path, shops: Iterable[Shop], brands: Iterable[Brand]) -> dict[str, Path]:
    """Write the emblem of each shop (by handle) and of each brand that has an identity (by slug); return the files."""
    target_dir.mkdir(parents=True, exist_ok=True)
    wanted = {shop.handle: (shop.emblem, shop.palette) for shop in shops}
    wanted |= {brand.slug: (brand.emblem, brand.palette) for brand in brands if brand.identity}
    files = {name: target_dir / f"{name}.png" for name in wanted}
    for name, (emblem, palette) in wanted.items():
        render_avatar(emblem, palette, files[name])
    return files


def _loaf(canvas: Canvas, colours: Palette) -> None:
    crust = mix(colours.gold, colours.warm, 0.45)
    dome = [(52.0, 172.0), (54, 126), (86, 92), (128, 82), (170, 92), (202, 126), (204, 172)]
    canvas.poly(curve(dome, steps=8), mix(crust, colours.ink, 0.25))
    canvas.poly([(x - 2, 170 - (170 - y) * 0.93) for x, y in curve(dome, steps=8)], crust)
    for x in (92, 128, 164):
        canvas.poly(leaf(x - 10, 142, -1.1, 48, 15), mix(colours.gold, colours.paper, 0.6))


def _wheel(canvas: Canvas, colours: Palette) -> None:
    for spoke in range(12):
        canvas.line(
            [(MIDDLE, MIDDLE), polar(MIDDLE, MIDDLE, 70, spoke * math.tau / 12)],
            mix(colours.cool, colours.paper, 0.25),
            3,
        )
    canvas.ring(MIDDLE, MIDDLE, 80, colours.ink, 13)
    canvas.oval(MIDDLE, MIDDLE, 19, colours.warm)
    canvas.oval(MIDDLE, MIDDLE, 8, colours.paper)
    canvas.oval(*polar(MIDDLE, MIDDLE, 46, -0.78), 9, colours.gold)


def _cup(canvas: Canvas, colours: Palette) -> None:
    canvas.ring(180, 136, 28, colours.warm, 11)
    canvas.poly(
        curve([(66, 102), (72, 146), (92, 180), (126, 188), (160, 180), (178, 146), (184, 102)], steps=6), colours.warm
    )
    canvas.oval(125, 104, 59, mix(colours.warm, colours.paper, 0.45), 13)
    canvas.oval(125, 106, 50, mix(colours.ink, colours.warm, 0.2), 9)
    for x in (108, 142):
        canvas.line(curve([(x, 84), (x - 8, 70), (x + 6, 58), (x, 44)], steps=6), colours.cool, 6)


def _leaf(canvas: Canvas, colours: Palette) -> None:
    canvas.line(curve([(128, 206), (126, 160), (132, 118)], steps=6), mix(colours.cool, colours.ink, 0.3), 8)
    canvas.poly(leaf(128, 160, -0.62, 88, 52), colours.cool)
    canvas.poly(leaf(127, 176, -2.5, 84, 50), mix(colours.cool, colours.gold, 0.35))
    canvas.poly(leaf(131, 130, -1.66, 84, 50), mix(colours.cool, colours.ink, 0.15))


def _book(canvas: Canvas, colours: Palette) -> None:
    canvas.poly([(46, 88), (128, 104), (210, 88), (210, 178), (128, 194), (46, 178)], colours.warm)
    canvas.poly(
        curve([(54, 78), (92, 74), (128, 94), (128, 182), (92, 164), (54, 168)], steps=1, closed=True), colours.paper
    )
    canvas.poly(
        curve([(202, 78), (164, 74), (128, 94), (128, 182), (164, 164), (202, 168)], steps=1, closed=True),
        mix(colours.paper, colours.ground, 0.2),
    )
    for row in range(4):
        y = 98 + row * 16
        canvas.line([(68, y - 2), (114, y + 7)], mix(colours.cool, colours.paper, 0.4), 4)
        canvas.line([(188, y - 2), (142, y + 7)], mix(colours.cool, colours.paper, 0.3), 4)


def _vase(canvas: Canvas, colours: Palette) -> None:
    side = curve([(104, 62), (112, 90), (82, 130), (84, 168), (104, 198)], steps=8)
    clay = mix(colours.warm, colours.ground, 0.4)
    canvas.poly([*side, *((SIDE - x, y) for x, y in reversed(side))], clay)
    canvas.poly([*side, *(((x + MIDDLE) / 2, y) for x, y in reversed(side))], mix(clay, colours.paper, 0.22))
    canvas.rect(97, 56, 159, 68, mix(clay, colours.ink, 0.25), 5)
    canvas.rect(81, 140, 175, 150, colours.cool)
    canvas.rect(83, 156, 173, 161, colours.paper)


def _record(canvas: Canvas, colours: Palette) -> None:
    canvas.oval(MIDDLE, MIDDLE, 84, colours.ink)
    for ring in range(4):
        canvas.ring(MIDDLE, MIDDLE, 76 - ring * 11, mix(colours.ink, colours.paper, 0.2), 2)
    canvas.oval(MIDDLE, MIDDLE, 32, colours.warm)
    canvas.pie(MIDDLE, MIDDLE, 32, 32, 200, 320, colours.gold)
    canvas.oval(MIDDLE, MIDDLE, 7, colours.paper)


def _lighthouse(canvas: Canvas, colours: Palette) -> None:
    canvas.poly([(128, 82), (226, 56), (226, 104)], mix(colours.gold, colours.paper, 0.35))
    canvas.poly([(128, 82), (30, 56), (30, 104)], mix(colours.gold, colours.paper, 0.35))
    canvas.poly([(98, 200), (110, 96), (146, 96), (158, 200)], mix(colours.paper, colours.cool, 0.2))
    canvas.poly([(106.4, 128), (108.5, 110), (147.5, 110), (149.6, 128)], colours.warm)
    canvas.poly([(102, 166), (104.3, 146), (151.7, 146), (154, 166)], colours.warm)
    canvas.poly([(98, 200), (99.9, 184), (156.1, 184), (158, 200)], colours.warm)
    canvas.rect(102, 90, 154, 98, colours.ink, 3)
    canvas.rect(114, 68, 142, 92, colours.gold)
    canvas.poly([(106, 70), (128, 44), (150, 70)], colours.warm)
    canvas.poly(
        curve(
            [(24, 204), (66, 194), (106, 206), (148, 194), (190, 206), (232, 196), (232, 214), (24, 214)],
            steps=1,
            closed=True,
        ),
        colours.cool,
    )


def _tram(canvas: Canvas, colours: Palette) -> None:
    canvas.line([(100, 60), (128, 78), (156, 60)], colours.ink, 5)
    canvas.rect(72, 74, 184, 196, colours.warm, 24)
    canvas.rect(86, 92, 170, 140, mix(colours.sky, colours.paper, 0.5), 10)
    canvas.rect(125, 92, 131, 140, colours.warm)
    canvas.rect(72, 148, 184, 157, colours.paper)
    canvas.oval(94, 174, 9, colours.gold)
    canvas.oval(162, 174, 9, colours.gold)
    canvas.text(128, 173, "8", 28, colours.paper, 1.2)
    canvas.rect(88, 196, 168, 206, colours.ink, 5)


def _button(canvas: Canvas, colours: Palette) -> None:
    canvas.oval(MIDDLE, MIDDLE, 78, colours.warm)
    canvas.ring(MIDDLE, MIDDLE, 64, mix(colours.warm, colours.ink, 0.22), 5)
    for x, y in ((106, 106), (150, 106), (106, 150), (150, 150)):
        canvas.oval(x, y, 11, mix(colours.warm, colours.ink, 0.5))
    canvas.line([(106, 106), (150, 150)], colours.gold, 7)
    canvas.line([(150, 106), (106, 150)], colours.gold, 7)


def _apple(canvas: Canvas, colours: Palette) -> None:
    outline = [
        (128.0, 100.0),
        (162, 84),
        (196, 106),
        (192, 156),
        (160, 196),
        (128, 188),
        (96, 196),
        (64, 156),
        (60, 106),
        (94, 84),
    ]
    canvas.blob(outline, colours.warm)
    canvas.oval(88, 122, 11, mix(colours.warm, colours.paper, 0.5), 17)
    canvas.line(curve([(128, 104), (128, 84), (138, 64)], steps=5), colours.ink, 7)
    canvas.poly(leaf(134, 82, -0.45, 54, 28), colours.cool)


def _kite(canvas: Canvas, colours: Palette) -> None:
    top, right, foot, left = turned([(0, -72), (52, -10), (0, 74), (-52, -10)], 0.35, 136, 118)
    centre = turned([(0, -10)], 0.35, 136, 118)[0]
    for corner, shade in (
        ((top, right), colours.warm),
        ((right, foot), colours.gold),
        ((foot, left), colours.warm),
        ((left, top), colours.gold),
    ):
        canvas.poly([centre, *corner], shade)
    canvas.line([top, foot], colours.ink, 3)
    canvas.line([left, right], colours.ink, 3)
    canvas.line(curve([foot, (100, 206), (84, 196), (66, 210)], steps=6), colours.cool, 5)


def _crystal(canvas: Canvas, colours: Palette) -> None:
    for x, y, size, shade in (
        (128, 118, 64, colours.cool),
        (84, 168, 38, mix(colours.cool, colours.paper, 0.35)),
        (176, 166, 42, colours.warm),
    ):
        corners = [(0.0, -1.0), (0.8, -0.45), (0.8, 0.45), (0, 1), (-0.8, 0.45), (-0.8, -0.45)]
        canvas.poly(turned(corners, 0, x, y, size), shade)
        canvas.poly(
            turned([(0, -1), (0.8, -0.45), (0, 0.05), (-0.8, -0.45)], 0, x, y, size), mix(shade, colours.paper, 0.55)
        )
        canvas.poly(
            turned([(0, 0.05), (0.8, -0.45), (0.8, 0.45), (0, 1)], 0, x, y, size), mix(shade, colours.ink, 0.22)
        )


def _lantern(canvas: Canvas, colours: Palette) -> None:
    canvas.line([(128, 40), (128, 70)], colours.ink, 5)
    canvas.oval(128, 130, 62, colours.warm, 58)
    canvas.oval(128, 130, 34, mix(colours.warm, colours.gold, 0.6), 58)
    canvas.oval(128, 130, 12, mix(colours.gold, colours.paper, 0.6), 57)
    canvas.rect(102, 66, 154, 80, colours.ink, 5)
    canvas.rect(102, 180, 154, 194, colours.ink, 5)
    canvas.line([(128, 194), (128, 216)], colours.warm, 5)


EMBLEMS: Final[dict[str, Callable[[Canvas, Palette], None]]] = {
    "apple": _apple, "book": _book, "button": _button, "crystal": _crystal, "cup": _cup, "kite": _kite, "lantern": _lantern,
    "leaf": _leaf, "lighthouse": _lighthouse, "loaf": _loaf, "record": _record, "tram": _tram, "vase": _vase, "wheel": _wheel,
    **MORE_EMBLEMS,
}  # fmt: skip
