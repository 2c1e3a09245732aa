"""Indoors: bookshop shelves, a record playing, a cat at a rainy window."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, curve, polar
from vonk.simulation.scenes.motion import pulse, there_and_back, wave
from vonk.simulation.scenes.palettes import Colour, fade, mix
from vonk.simulation.scenes.pieces import specks, sprig
from vonk.simulation.scenes.scene import Scene


class Books(Scene):
    """Shelves of books; one after another leans out and goes back. A lamp swings gently."""

    name = "books"

    LEVELS = (252, 372, 492, 612)

    def prepare(self) -> None:
        colours = self.palette
        inks = (
            colours.warm,
            colours.gold,
            colours.cool,
            colours.paper,
            mix(colours.warm, colours.ink, 0.35),
            mix(colours.cool, colours.ink, 0.35),
        )
        self.rows: list[list[tuple[float, float, float, Colour, float]]] = []
        for _ in self.LEVELS:
            row, x = [], 24.0
            while x < 318:
                wide = self.random.uniform(15, 30)
                if x + wide > 336:
                    break
                lively = self.random.random() if self.random.random() < 0.32 else -1.0
                row.append((x, wide, self.random.uniform(62, 92), self.random.choice(inks), lively))
                x += wide + 2
            self.rows.append(row)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(mix(colours.horizon, colours.sky, 0.3), colours.horizon)
        wood = mix(colours.ground, colours.ink, 0.38)
        canvas.rect(6, 142, 354, self.height, wood, 6)
        canvas.rect(18, 154, 342, self.height, mix(wood, colours.ink, 0.5))
        canvas.rect(0, 132, 360, 148, mix(wood, colours.paper, 0.12), 4)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        wood = mix(colours.ground, colours.ink, 0.38)
        for level, row in zip(self.LEVELS, self.rows, strict=True):
            for x, wide, tall, shade, lively in row:
                out = 0.0
                if lively >= 0:
                    start = lively * 0.72
                    out = there_and_back(phase, start, start + 0.08, start + 0.18, start + 0.28)
                self._book(canvas, x, level, wide, tall, shade, out)
            canvas.rect(14, level, 346, level + 10, mix(wood, colours.paper, 0.14))
            canvas.rect(14, level + 10, 346, level + 14, mix(wood, colours.ink, 0.5))
        self._lamp(canvas, 0.09 * wave(phase, 1))

    def _book(self, canvas: Canvas, x: float, foot: float, wide: float, tall: float, shade: Colour, out: float) -> None:
        colours = self.palette
        top = foot - tall - 12 * out
        grow = 2.5 * out
        if out > 0.02:
            canvas.rect(x - grow + 4, top + 6, x + wide + grow + 5, foot + 3, fade(colours.ink, 0.35 * out), 3)
        canvas.rect(x - grow, top - grow, x + wide + grow, foot - 10 * out, shade, 2.5)
        trim = mix(shade, colours.ink, 0.28)
        canvas.rect(x - grow, top + 9, x + wide + grow, top + 12, trim)
        canvas.rect(x - grow, foot - 18 - 10 * out, x + wide + grow, foot - 15 - 10 * out, trim)
        if wide > 20:
            canvas.rect(x + wide * 0.3, top + 20, x + wide * 0.7, top + 42, mix(shade, colours.paper, 0.5), 2)

    def _lamp(self, canvas: Canvas, swing: float) -> None:
        colours = self.palette
        hook = (self.width / 2, -30.0)
        lamp = polar(*hook, 112, math.pi / 2 + swing)
        canvas.line([hook, lamp], colours.ink, 2.4)
        x, y = lamp
        canvas.glow(x, y + 66, 220, colours.gold, 0.38)
        canvas.oval(x, y + 20, 12, mix(colours.gold, colours.paper, 0.6))
        canvas.poly(
            curve([(x - 40, y + 20), (x - 26, y - 6), (x, y - 16), (x + 26, y - 6), (x + 40, y + 20)], steps=5),
            colours.warm,
        )


class Vinyl(Scene):
    """A record turns, the level meters dance. Fits any shape of frame."""

    name = "vinyl"

    def prepare(self) -> None:
        self.radius = min(self.width * 0.36, self.height * 0.3)
        self.middle = (self.width / 2 - self.radius * 0.12, self.height * 0.45)
        self.bars = [(self.random.random(), self.random.choice((3, 4, 5, 6))) for _ in range(13)]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        x, y, r = *self.middle, self.radius
        canvas.gradient(colours.sky, colours.horizon)
        for ring in range(6, 0, -1):
            canvas.oval(x, y, r * (0.9 + ring * 0.3), mix(colours.horizon, colours.warm, 0.05 * (7 - ring)))
        left, right = self.width / 2 - r * 1.32, self.width / 2 + r * 1.32
        canvas.rect(left + 5, y - r * 1.18 + 8, right + 5, y + r * 1.3 + 8, fade(colours.ink, 0.2), 20)
        canvas.rect(left, y - r * 1.18, right, y + r * 1.3, mix(colours.paper, colours.ground, 0.2), 20)
        canvas.rect(left, y + r * 1.14, right, y + r * 1.3, mix(colours.ground, colours.ink, 0.12), 14)
        canvas.oval(x, y, r * 1.05, mix(colours.ground, colours.ink, 0.4))
        canvas.oval(x, y, r, mix(colours.ink, colours.cool, 0.08))
        for groove in range(11):
            canvas.ring(x, y, r * (0.97 - groove * 0.052), mix(colours.ink, colours.cool, 0.24), 0.8)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        x, y, r = *self.middle, self.radius
        shine = math.degrees(0.06 * wave(phase, 3))
        for angle in (215, 35):
            canvas.pie(x, y, r * 0.97, r * 0.97, angle + shine, angle + 24 + shine, fade(colours.paper, 0.14))
            canvas.pie(x, y, r * 0.97, r * 0.97, angle + 8 + shine, angle + 16 + shine, fade(colours.paper, 0.14))
        spin = phase * 360 * 3
        canvas.oval(x, y, r * 0.36, colours.warm)
        for slice_ in range(3):
            canvas.pie(x, y, r * 0.36, r * 0.36, spin + slice_ * 120, spin + slice_ * 120 + 50, colours.gold)
        canvas.oval(x, y, r * 0.17, colours.paper)
        canvas.oval(*polar(x, y, r * 0.11, math.radians(spin)), r * 0.025, colours.warm)
        canvas.oval(x, y, r * 0.035, colours.ink)
        self._arm(canvas, phase)
        foot = min(y + r * 1.52 + min(70.0, self.height * 0.1), self.height - 16)
        wide = r * 2.5 / len(self.bars)
        for index, (offset, turns) in enumerate(self.bars):
            tall = (0.25 + 0.75 * pulse(phase, turns, offset)) * min(64.0, self.height * 0.1)
            left = self.width / 2 - r * 1.25 + index * wide
            canvas.rect(
                left + 2, foot - tall, left + wide - 2, foot, (colours.warm, colours.gold, colours.cool)[index % 3], 4
            )

    def _arm(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        x, y, r = *self.middle, self.radius
        pivot = (x + r * 1.14, y - r * 0.9)
        tip = polar(*pivot, r * 1.42, math.radians(116 + 1.2 * wave(phase, 3)))
        elbow = polar(*pivot, r * 1.0, math.radians(97 + 1.2 * wave(phase, 3)))
        canvas.line(
            [(pivot[0] + 3, pivot[1] + 5), (elbow[0] + 4, elbow[1] + 6), (tip[0] + 4, tip[1] + 6)],
            fade(colours.ink, 0.25),
            r * 0.06,
        )
        canvas.line(
            [polar(*pivot, r * 0.2, math.radians(-84)), pivot, elbow, tip],
            mix(colours.paper, colours.ink, 0.15),
            r * 0.055,
        )
        canvas.oval(*pivot, r * 0.15, mix(colours.ink, colours.cool, 0.3))
        canvas.oval(*pivot, r * 0.07, colours.paper)
        canvas.line(
            [polar(*tip, r * 0.1, math.radians(-50)), polar(*tip, r * 0.06, math.radians(130))], colours.warm, r * 0.1
        )


class Cat(Scene):
    """A cat on the window sill watches the rain."""

    name = "cat"

    def prepare(self) -> None:
        self.drops = specks(self.random, 34, 5, 13)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        wall = mix(colours.horizon, colours.warm, 0.18)
        canvas.gradient(wall, mix(wall, colours.ground, 0.4))
        canvas.rect(40, 120, 320, 470, colours.paper, 10)
        canvas.rect(54, 134, 306, 470, mix(colours.cool, colours.sky, 0.5))
        canvas.pie(140, 470, 86, 96, 180, 360, mix(colours.cool, colours.ink, 0.18))
        canvas.pie(236, 470, 70, 132, 180, 360, mix(colours.cool, colours.ink, 0.3))
        canvas.oval(230, 190, 22, mix(colours.cool, colours.paper, 0.55))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        for drop in self.drops:
            y = 140 + (drop.y + phase * (drop.turns + 1)) % 1.0 * 330
            x = 60 + drop.x * 240
            canvas.line([(x, y), (x - drop.size * 0.2, min(468.0, y + drop.size * 1.6))], fade(colours.paper, 0.6), 1.8)
        canvas.rect(175, 134, 185, 470, colours.paper)
        canvas.rect(54, 290, 306, 298, colours.paper)
        self._curtain(canvas, phase, 1)
        self._curtain(canvas, phase, -1)
        canvas.rect(14, 110, 346, 120, mix(colours.gold, colours.ink, 0.3), 5)
        canvas.rect(20, 466, 340, 486, colours.paper, 5)
        canvas.rect(20, 484, 340, 490, mix(colours.paper, colours.ink, 0.2), 3)
        self._plant(canvas, phase)
        self._cat(canvas, phase)

    def _curtain(self, canvas: Canvas, phase: float, side: int) -> None:
        colours = self.palette
        edge = 14.0 if side > 0 else 346.0
        for fold in range(3):
            x = edge + side * fold * 20
            sway = 3 * wave(phase, 1, fold * 0.2)
            canvas.poly([(x, 118), (x + side * 20, 118), (x + side * (20 - fold * 3) + sway, 556), (x - side * fold * 3 + sway * 0.6, 556)],
                        mix(colours.warm, colours.paper, 0.12 * fold))  # fmt: skip

    def _plant(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        for index in range(5):
            angle = -math.pi / 2 + (index - 2) * 0.42 + 0.04 * wave(phase, 2, index * 0.2)
            sprig(canvas, 104, 428, 62 - abs(index - 2) * 7, angle, mix(colours.cool, colours.ink, 0.35))
        canvas.poly([(78, 426), (130, 426), (123, 468), (85, 468)], colours.gold)
        canvas.rect(75, 420, 133, 431, mix(colours.gold, colours.ink, 0.15), 3)

    def _cat(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        fur = mix(colours.ink, colours.warm, 0.08)
        swing = wave(phase, 2)
        tail = curve(
            [(238, 462), (262, 486), (268 + 8 * swing, 520), (252 + 22 * swing, 556), (236 + 34 * swing, 566)], steps=6
        )
        canvas.line(tail, fur, 13)
        breath = 2 * wave(phase, 2, 0.3)
        canvas.blob(
            [(160, 468), (162, 420), (182 - breath, 376), (212, 360), (240 + breath, 380), (258, 424), (258, 468)], fur
        )
        turn = 7 * wave(phase, 1)
        x, y = 208 + turn, 336.0
        twitch = 5 * max(0.0, wave(phase, 5)) ** 4
        canvas.poly([(x - 34, y - 4), (x - 32 - twitch, y - 44), (x - 6, y - 24)], fur)
        canvas.poly([(x + 34, y - 4), (x + 32, y - 44), (x + 6, y - 24)], fur)
        canvas.oval(x, y, 37, fur, 31)
        canvas.poly([(x - 28, y - 20), (x - 28 - twitch * 0.6, y - 35), (x - 15, y - 26)], colours.warm)
        canvas.poly([(x + 28, y - 20), (x + 28, y - 35), (x + 15, y - 26)], colours.warm)
        canvas.rect(176 + turn * 0.5, 362, 242 + turn * 0.5, 371, colours.warm, 4)
        canvas.oval(208 + turn * 0.6, 374, 6, colours.gold)
