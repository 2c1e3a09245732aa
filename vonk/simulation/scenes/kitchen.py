"""Things to eat and drink: loaves before the oven, waffles, coffee from the side and from above."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, curve, leaf, polar
from vonk.simulation.scenes.motion import between, pulse, spring, there_and_back, wave
from vonk.simulation.scenes.palettes import Colour, colour, fade, mix
from vonk.simulation.scenes.pieces import steam
from vonk.simulation.scenes.scene import Scene

CRUST = colour("#c9823f")
CRUMB = colour("#f0c98b")
ESPRESSO = colour("#4a2c22")


def table(canvas: Canvas, top: float, wood: Colour) -> None:
    """Draw a wooden table top from a height to the bottom of the frame."""
    canvas.rect(0, top, canvas.width, canvas.height, wood)
    canvas.rect(0, top, canvas.width, top + 9, mix(wood, colour("#ffffff"), 0.22))
    dark = mix(wood, colour("#201008"), 0.12)
    for index, y in enumerate(range(round(top) + 46, round(canvas.height), 52)):
        canvas.rect(0, y, canvas.width, y + 2, dark)
        for x in (60 + 110 * (index % 2), 250 - 70 * (index % 2)):
            canvas.oval(x, y - 24, 17, dark, 2.2)


class Bread(Scene):
    """Three loaves rise before a glowing oven."""

    name = "bread"

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        brick = mix(colours.horizon, colours.warm, 0.24)
        for row in range(14):
            for column in range(-1, 6):
                x = column * 70 + (row % 2) * 35
                canvas.rect(x + 2, row * 30 + 2, x + 66, row * 30 + 27, brick, 4)
        middle = self.width / 2
        for ring, shade in ((150, mix(colours.ground, colours.ink, 0.15)), (126, colours.ink)):
            canvas.pie(middle, 350, ring, ring, 180, 360, shade)
            canvas.rect(middle - ring, 348, middle + ring, 420, shade)
        canvas.glow(middle, 400, 150, colours.warm, 0.95)
        canvas.glow(middle, 410, 100, colours.gold, 0.9)
        table(canvas, 415, mix(colours.ground, colours.gold, 0.25))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        middle = self.width / 2
        for index in range(5):
            x = middle - 80 + index * 40
            flame = 26 + 12 * wave(phase, 5 + index % 2, index * 0.31)
            canvas.poly(curve([(x - 15, 415), (x - 9, 400 - flame * 0.4), (x, 400 - flame), (x + 9, 400 - flame * 0.4), (x + 15, 415)], steps=4),
                        (colours.warm, colours.gold)[index % 2])  # fmt: skip
        canvas.rect(0, 415, self.width, 424, mix(mix(colours.ground, colours.gold, 0.25), colours.paper, 0.25))
        canvas.rect(28, 512, self.width - 28, 528, mix(colours.ground, colours.ink, 0.35), 7)
        shapes = ((76, 50, 42), (180, 50, 50), (284, 50, 42)) if self.variant else ((98, 72, 50), (262, 72, 50))
        for index, (x, wide, tall) in enumerate(shapes):
            rise = there_and_back(phase, 0.04 + index * 0.08, 0.5 + index * 0.08, 0.84, 1.0)
            self._loaf(canvas, x, 514, wide * (0.9 + 0.08 * rise), tall * (0.72 + 0.5 * rise))
        for index, (x, _, tall) in enumerate(shapes):
            steam(canvas, x, 505 - tall * 1.4, phase, colours.paper, offset=index * 0.37, rise=110)

    def _loaf(self, canvas: Canvas, x: float, foot: float, wide: float, tall: float) -> None:
        shade = mix(CRUST, self.palette.ink, 0.25)
        dome = [(x - wide, foot), (x - wide * 0.98, foot - tall * 0.55), (x - wide * 0.55, foot - tall * 1.22), (x, foot - tall * 1.42),
                (x + wide * 0.55, foot - tall * 1.22), (x + wide * 0.98, foot - tall * 0.55), (x + wide, foot)]  # fmt: skip
        canvas.poly(curve(dome, steps=6), shade)
        canvas.poly(curve([(px - wide * 0.04, foot - (foot - py) * 0.95 - 1) for px, py in dome], steps=6), CRUST)
        for cut in (-0.46, 0.0, 0.46):
            cx, cy = x + cut * wide, foot - tall * (1.02 - 0.4 * abs(cut))
            canvas.poly(leaf(cx - wide * 0.16, cy + tall * 0.22, -1.0, tall * 0.62, 11), CRUMB)


class Waffles(Scene):
    """A stack of waffles, syrup running down, berries dropping on top."""

    name = "waffles"

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        canvas.oval(self.width / 2, 290, 150, mix(colours.horizon, colours.paper, 0.6))
        for index in range(12):
            x, y = polar(self.width / 2, 290, 178, index * math.tau / 12)
            canvas.oval(x, y, 5, fade(colours.warm, 0.5))
        cloth = mix(colours.cool, colours.paper, 0.15)
        canvas.rect(0, 452, self.width, self.height, cloth)
        for x in range(0, self.width, 48):
            canvas.rect(x, 452, x + 24, self.height, fade(colours.paper, 0.28))
        for y in range(452, self.height, 48):
            canvas.rect(0, y, self.width, y + 24, fade(colours.paper, 0.28))
        canvas.oval(self.width / 2, 492, 150, fade(colours.ink, 0.18), 26)
        canvas.oval(self.width / 2, 482, 148, colours.paper, 28)
        canvas.oval(self.width / 2, 478, 112, mix(colours.paper, colours.ground, 0.18), 17)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        middle = self.width / 2
        layers = 5
        for layer in range(layers):
            drop = spring(between(phase, 0.02 + layer * 0.06, 0.14 + layer * 0.06)) - between(phase, 0.93, 1.0)
            y = 468 - layer * 27 - (1 - drop) * 520
            self._waffle(canvas, middle + (3 if layer % 2 else -3), y, 98 - layer * 2)
        top = 468 - layers * 27 + 8
        pour = between(phase, 0.42, 0.6) - between(phase, 0.93, 0.97)
        syrup = mix(CRUST, colours.warm, 0.45)
        if pour > 0.02:
            canvas.oval(middle, top, 76 * pour, syrup, 13 * pour)
            for index, reach in enumerate((54, 88, 40, 70, 48)):
                x = middle - 62 + index * 31
                run = between(phase, 0.5 + index * 0.03, 0.78 + index * 0.02) - between(phase, 0.92, 0.97)
                if run > 0.03:
                    canvas.rect(x - 6, top, x + 6, top + 6 + reach * run, syrup, 6)
        for index, (dx, dy) in enumerate(((-26, -4), (24, -3), (0, -14), (-4, 4))):
            fall = spring(between(phase, 0.6 + index * 0.05, 0.72 + index * 0.05)) - between(phase, 0.93, 1.0)
            y = top - 10 + dy - (1 - fall) * 440
            berry = (colours.warm, mix(colours.cool, colours.ink, 0.3))[index % 2]
            canvas.oval(middle + dx, y, 14, berry)
            canvas.oval(middle + dx - 4, y - 5, 3.5, fade(colours.paper, 0.6))

    def _waffle(self, canvas: Canvas, x: float, y: float, wide: float) -> None:
        canvas.rect(x - wide, y - 22, x + wide, y + 4, mix(CRUST, self.palette.ink, 0.12), 13)
        canvas.rect(x - wide, y - 24, x + wide, y - 1, mix(CRUST, CRUMB, 0.45), 12)
        for index in range(8):
            left = x - wide * 0.86 + index * wide * 0.22
            canvas.rect(left, y - 17, left + wide * 0.13, y - 8, mix(CRUST, CRUMB, 0.1), 2)


class Coffee(Scene):
    """A kettle pours into a cup by the window; in the other variant milk draws a leaf, seen from above."""

    name = "coffee"

    def background(self, canvas: Canvas) -> None:
        if self.variant:
            self._counter(canvas)
        else:
            self._window(canvas)

    def _window(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(mix(colours.horizon, colours.ground, 0.15), mix(colours.horizon, colours.ground, 0.35))
        canvas.rect(38, 96, 322, 420, colours.paper, 8)
        canvas.rect(50, 108, 310, 408, mix(colours.sky, colours.horizon, 0.4))
        canvas.oval(240, 190, 38, mix(colours.gold, colours.paper, 0.3))
        canvas.pie(136, 409, 86, 62, 180, 360, mix(colours.cool, colours.sky, 0.45))
        canvas.pie(240, 409, 70, 84, 180, 360, mix(colours.cool, colours.sky, 0.25))
        canvas.rect(38, 408, 322, 424, colours.paper)
        canvas.rect(175, 96, 185, 420, colours.paper)
        canvas.rect(38, 240, 322, 248, colours.paper)
        table(canvas, 492, mix(colours.ground, colours.ink, 0.12))

    def _counter(self, canvas: Canvas) -> None:
        colours = self.palette
        wood = mix(colours.ground, colours.horizon, 0.3)
        canvas.gradient(wood, mix(wood, colours.ink, 0.15))
        for x in range(-20, self.width, 76):
            canvas.rect(x, 0, x + 2, self.height, mix(wood, colours.ink, 0.16))
        canvas.oval(186, 332, 146, fade(colours.ink, 0.16))
        canvas.oval(180, 322, 142, colours.paper)
        canvas.oval(180, 322, 116, mix(colours.paper, colours.ground, 0.16))
        canvas.rect(64, 508, 214, 516, mix(colours.cool, colours.paper, 0.5), 4)
        canvas.oval(228, 512, 22, mix(colours.cool, colours.paper, 0.5), 13)
        for bean in range(7):
            x, y = 40 + bean * 47 % 290, 560 + bean * 31 % 60
            canvas.oval(x, y, 9, ESPRESSO, 6)
            canvas.line([(x - 7, y), (x + 7, y)], mix(ESPRESSO, CRUST, 0.5), 1.4)

    def paint(self, canvas: Canvas, phase: float) -> None:
        if self.variant:
            self._latte(canvas, phase)
        else:
            self._pour(canvas, phase)

    def _pour(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        tilt = there_and_back(phase, 0.03, 0.2, 0.76, 0.95)
        flow = there_and_back(phase, 0.18, 0.23, 0.74, 0.79)
        kx, ky = 104.0, 252 - 16 * tilt
        if flow > 0.02:
            sway = 1.5 * wave(phase, 6)
            thick = 3.5 * flow
            canvas.poly(
                [(186, 250), (194 + sway, 300), (195, 462), (195 + thick * 2, 462), (200 + sway, 300), (192, 244)],
                ESPRESSO,
            )
        self._kettle(canvas, kx, ky, tilt)
        canvas.oval(200, 528, 104, mix(colours.paper, colours.ink, 0.12), 15)
        canvas.oval(200, 524, 104, colours.paper, 14)
        canvas.ring(276, 470, 27, colours.warm, 9)
        cup = [(134, 432), (136, 468), (152, 506), (172, 520), (228, 520), (248, 506), (264, 468), (266, 432)]
        canvas.poly(cup, colours.warm)
        canvas.poly(
            [(134, 432), (136, 468), (152, 506), (172, 520), (186, 520), (164, 500), (152, 466), (150, 432)],
            mix(colours.warm, colours.paper, 0.25),
        )
        canvas.oval(200, 432, 66, mix(colours.warm, colours.paper, 0.45), 13)
        level = 3 * between(phase, 0.2, 0.76) - 3 * between(phase, 0.9, 1.0)
        canvas.oval(200, 437 - level, 55 + level, ESPRESSO, 8 + level * 0.7)
        if flow > 0.02:
            canvas.rect(195, 360, 195 + 7 * flow, 436, ESPRESSO)
            canvas.oval(199, 436, 13 + 3 * wave(phase, 8), mix(ESPRESSO, CRUST, 0.5), 3)
        for index in range(2):
            steam(canvas, 178 + index * 46, 420, phase, colours.paper, offset=index * 0.4, rise=120)

    def _kettle(self, canvas: Canvas, x: float, y: float, tilt: float) -> None:
        colours = self.palette
        steel, dark = colours.cool, mix(colours.cool, colours.ink, 0.4)
        angle = 0.42 * tilt
        cos, sin = math.cos(angle), math.sin(angle)

        def at(px: float, py: float) -> tuple[float, float]:
            return x + px * cos - py * sin, y + px * sin + py * cos

        canvas.line(curve([at(-34, -38), at(-76, -40), at(-84, 0), at(-48, 34)], steps=5), dark, 9)
        canvas.line(curve([at(38, 34), at(62, 18), at(66, -16), at(90, -34)], steps=5), steel, 9)
        canvas.poly([at(-38, -44), at(38, -44), at(54, 52), at(-54, 52)], steel)
        canvas.poly([at(-38, -44), at(-22, -44), at(-32, 52), at(-54, 52)], mix(steel, colours.paper, 0.25))
        canvas.poly([at(-40, -52), at(40, -52), at(40, -42), at(-40, -42)], dark)
        canvas.oval(*at(0, -58), 8, dark)

    def _latte(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        x, y = 180.0, 322.0
        canvas.rect(x + 86, y - 13, x + 132, y + 13, colours.warm, 9)
        canvas.oval(x, y, 98, colours.warm)
        canvas.oval(x, y, 87, mix(colours.warm, colours.paper, 0.75))
        canvas.oval(x, y, 82, ESPRESSO)
        canvas.oval(x, y, 76, mix(ESPRESSO, CRUST, 0.55))
        milk = mix(CRUMB, colours.paper, 0.6)
        grow = there_and_back(phase, 0.06, 0.62, 0.9, 1.0)
        for index in range(5):
            share = max(0.0, min(1.0, grow * 5 - index))
            if share <= 0.02:
                continue
            cy, wide = y + 46 - index * 21, (54 - index * 8) * share
            canvas.poly(curve([(x, cy + 9), (x - wide, cy - 13), (x - wide * 0.85, cy - 22), (x, cy - 4), (x + wide * 0.85, cy - 22), (x + wide, cy - 13)],
                              steps=4, closed=True), milk)  # fmt: skip
        if grow > 0.9:
            canvas.oval(x, y - 57, 9 * (grow - 0.9) * 10, milk)
        jug = there_and_back(phase, 0.0, 0.1, 0.6, 0.72)
        jx, jy = x + 92 - 60 * jug, y - 238 + 92 * jug
        if 0.12 < phase < 0.6:
            canvas.line([(jx - 30, jy + 42), (x + 3 * wave(phase, 6), y + 40 - 84 * between(phase, 0.1, 0.6))], milk, 5)
        canvas.poly(curve([(jx - 34, jy + 46), (jx - 34, jy - 4), (jx, jy - 36), (jx + 42, jy - 16), (jx + 46, jy + 22), (jx + 10, jy + 42)], steps=5, closed=True),
                    mix(colours.cool, colours.paper, 0.45))  # fmt: skip
        canvas.oval(jx + 5, jy + 2, 28, milk, 25)
        for index in range(2):
            steam(
                canvas,
                x - 34 + index * 70,
                y - 30,
                phase,
                colours.paper,
                offset=index * 0.45 + 0.1,
                rise=80 + 10 * pulse(phase),
            )
