"""Air and green: kites over the dunes, a mill among tulips, seedlings."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, Point, curve, leaf, polar, turned
from vonk.simulation.scenes.motion import pulse, there_and_back, wave
from vonk.simulation.scenes.palettes import Colour, fade, mix
from vonk.simulation.scenes.pieces import drifting_clouds, gull, swell
from vonk.simulation.scenes.scene import Scene


class Kites(Scene):
    """Kites over dunes and sea."""

    name = "kites"

    def prepare(self) -> None:
        self.kites = [
            (108.0, 190.0, 1.0, self.random.random()),
            (246.0, 250.0, 0.78, self.random.random()),
            (170.0, 352.0, 0.55, self.random.random()),
        ]
        if self.variant:
            self.kites = [(360 - x, y, size, offset) for x, y, size, offset in self.kites]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        sun = 66 if self.variant else 300
        canvas.glow(sun, 146, 150, colours.paper, 0.6)
        canvas.oval(sun, 146, 34, mix(colours.gold, colours.paper, 0.3))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        drifting_clouds(canvas, phase, [(0.05, 150, 19), (0.5, 310, 14), (0.8, 220, 16)], fade(colours.paper, 0.85))
        swell(canvas, phase, 468, 2.5, 90, mix(colours.cool, colours.horizon, 0.2))
        swell(canvas, phase, 484, 3, 120, colours.cool, turns=-1)
        sand = mix(colours.gold, colours.paper, 0.35)
        canvas.oval(90, 640, 260, mix(sand, colours.ground, 0.3), 132)
        canvas.oval(300, 660, 260, sand, 140)
        for index in range(16):
            x = 6 + index * 24.0
            bend = 7 * wave(phase, 2, index * 0.07)
            foot = 528 + 22 * math.sin(index * 0.9) + (30 if index < 6 else 0)
            for blade in (-5, 0, 5):
                canvas.line(
                    [(x, foot), (x + blade * 0.6 + bend * 0.4, foot - 14), (x + blade + bend, foot - 26)],
                    mix(colours.cool, colours.ground, 0.4),
                    2,
                )
        shades = ((colours.warm, colours.gold), (colours.cool, colours.paper), (colours.gold, colours.warm))
        for index, (x, y, size, offset) in enumerate(self.kites):
            cx, cy = x + 16 * wave(phase, 1, offset), y + 11 * wave(phase, 2, offset)
            hand = (60 + index * 110.0, 560.0)
            canvas.line(
                curve([(cx, cy + 10), ((cx + hand[0]) / 2 + 26, (cy + hand[1]) / 2 + 20), hand], steps=10),
                fade(colours.ink, 0.55),
                1.2,
            )
            self._kite(canvas, cx, cy, size, 0.35 * wave(phase, 1, offset + 0.2), phase + offset, shades[index])
        for index in range(2):
            gull(
                canvas,
                (phase + index * 0.4) % 1.0 * 440 - 40,
                430 - index * 34,
                9,
                wave(phase, 5, index * 0.3),
                colours.ink,
            )

    def _kite(
        self, canvas: Canvas, x: float, y: float, size: float, tilt: float, phase: float, shades: tuple[Colour, Colour]
    ) -> None:
        colours = self.palette
        first, second = shades
        top, right, foot, left = turned([(0, -62), (44, -8), (0, 66), (-44, -8)], tilt, x, y, size)
        centre = turned([(0, -8)], tilt, x, y, size)[0]
        tail: list[Point] = [
            (
                foot[0]
                + (9 + step * 4) * size * math.sin(math.tau * phase * 2 - step * 0.8)
                - 5 * step * size * math.sin(tilt),
                foot[1] + step * 20 * size,
            )
            for step in range(8)
        ]
        canvas.line(curve(tail, steps=4), first, 2.4)
        for index, (tx, ty) in enumerate(tail[1:]):
            shade = shades[index % 2]
            canvas.poly([(tx - 10 * size, ty - 5 * size), (tx, ty), (tx - 10 * size, ty + 5 * size)], shade)
            canvas.poly([(tx + 10 * size, ty - 5 * size), (tx, ty), (tx + 10 * size, ty + 5 * size)], shade)
        for corner, shade in (
            ((top, right), first),
            ((right, foot), second),
            ((foot, left), first),
            ((left, top), second),
        ):
            canvas.poly([centre, *corner], shade)
        canvas.line([top, foot], mix(colours.ink, first, 0.4), 1.6)
        canvas.line([left, right], mix(colours.ink, first, 0.4), 1.6)


class Windmill(Scene):
    """A mill turns over rows of tulips."""

    name = "windmill"

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon, 0, 440)
        canvas.glow(80, 180, 160, colours.paper, 0.6)
        canvas.oval(80, 180, 42, mix(colours.gold, colours.paper, 0.3))
        canvas.oval(60, 452, 200, mix(colours.cool, colours.horizon, 0.5), 40)
        canvas.oval(320, 456, 170, mix(colours.cool, colours.horizon, 0.35), 34)
        canvas.rect(0, 440, self.width, self.height, mix(colours.cool, colours.ground, 0.35))
        shades = (colours.warm, colours.gold, mix(colours.warm, colours.paper, 0.5), colours.paper)
        for index in range(-5, 6):
            near, far = 180 + index * 86, 180 + index * 22
            canvas.poly([(far - 6, 440), (far + 6, 440), (near + 30, 640), (near - 30, 640)], shades[index % 4])

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        drifting_clouds(canvas, phase, [(0.15, 110, 17), (0.7, 250, 12), (0.5, 74, 11)], fade(colours.paper, 0.85))
        x = 196.0
        brick = mix(colours.warm, colours.ink, 0.35)
        canvas.poly([(x - 56, 450), (x - 34, 300), (x + 34, 300), (x + 56, 450)], brick)
        canvas.poly([(x - 56, 450), (x - 34, 300), (x - 14, 300), (x - 28, 450)], mix(brick, colours.paper, 0.15))
        canvas.rect(x - 70, 372, x + 70, 381, mix(colours.ink, colours.gold, 0.3), 3)
        for post in range(-64, 65, 16):
            canvas.rect(x + post - 1, 356, x + post + 1, 374, mix(colours.ink, colours.gold, 0.3))
        canvas.rect(x - 70, 354, x + 70, 357, mix(colours.ink, colours.gold, 0.3))
        canvas.rect(x - 12, 410, x + 12, 450, mix(brick, colours.ink, 0.6), 10)
        for level in (322, 392):
            canvas.rect(x - 7, level, x + 7, level + 16, mix(colours.gold, colours.paper, 0.4), 3)
        canvas.poly(
            curve([(x - 40, 304), (x - 30, 262), (x, 246), (x + 30, 262), (x + 40, 304)], steps=5),
            mix(colours.ink, colours.cool, 0.3),
        )
        hub = (x, 284.0)
        for arm in range(4):
            self._sail(canvas, hub, (phase * 0.75 + arm / 4) * math.tau)
        canvas.oval(*hub, 9, colours.ink)
        canvas.oval(*hub, 4, colours.gold)
        self._tulips(canvas, phase)

    def _sail(self, canvas: Canvas, hub: Point, angle: float) -> None:
        colours = self.palette
        canvas.poly(turned([(34, 3), (148, 3), (148, 27), (34, 27)], angle, *hub), fade(colours.paper, 0.92))
        wood = mix(colours.ink, colours.warm, 0.3)
        canvas.line([hub, polar(*hub, 150, angle)], wood, 5)
        for rung in range(8):
            canvas.line(turned([(38 + rung * 15.6, 2), (38 + rung * 15.6, 27)], angle, *hub), wood, 1.3)
        canvas.line(turned([(36, 15), (148, 15)], angle, *hub), wood, 1.3)

    def _tulips(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        shades = (colours.warm, colours.gold, mix(colours.warm, colours.paper, 0.5))
        stem = mix(colours.cool, colours.ink, 0.25)
        for index in range(11):
            x, foot = index * 37.0 - 6, 656.0
            tall = 96 + 26 * math.sin(index * 2.1)
            tip = (x + 7 * wave(phase, 2, index * 0.11), foot - tall)
            canvas.line(curve([(x, foot), (x + 1, foot - tall * 0.5), tip], steps=4), stem, 4)
            canvas.poly(leaf(x, foot - 14, -1.2 - 0.05 * wave(phase, 2, index * 0.1), tall * 0.62, 14), stem)
            shade = shades[index % 3]
            tx, ty = tip
            canvas.oval(tx, ty, 13, shade, 17)
            canvas.poly(
                [
                    (tx - 13, ty),
                    (tx - 12, ty - 24),
                    (tx - 4, ty - 10),
                    (tx, ty - 26),
                    (tx + 4, ty - 10),
                    (tx + 12, ty - 24),
                    (tx + 13, ty),
                ],
                shade,
            )
            canvas.oval(tx - 4, ty + 2, 4, mix(shade, colours.paper, 0.35), 11)


class Plants(Scene):
    """Seedlings grow in their pots and unfold their leaves."""

    name = "plants"

    def prepare(self) -> None:
        self.kinds = [0, 1, 2]
        self.random.shuffle(self.kinds)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        if self.variant:
            canvas.rect(58, 110, 302, 486, mix(colours.paper, colours.horizon, 0.35), 122)
            canvas.oval(222, 214, 44, mix(colours.gold, colours.paper, 0.25))
        else:
            bar = mix(colours.paper, colours.cool, 0.2)
            canvas.rect(0, 96, self.width, 486, mix(colours.horizon, colours.paper, 0.6))
            for x in (0, 88, 176, 264, 352):
                canvas.rect(x, 96, x + 7, 486, bar)
            for y in (96, 226, 356):
                canvas.rect(0, y, self.width, y + 7, bar)
            canvas.poly([(30, 103), (84, 103), (20, 350), (0, 350), (0, 220)], fade(colours.paper, 0.6))
            canvas.poly([(210, 103), (258, 103), (180, 486), (120, 486)], fade(colours.paper, 0.6))
        wood = mix(colours.ground, colours.ink, 0.25)
        canvas.rect(0, 486, self.width, 506, mix(wood, colours.paper, 0.25))
        canvas.rect(0, 506, self.width, self.height, wood)
        canvas.rect(0, 506, self.width, 512, mix(wood, colours.ink, 0.3))
        for x in (60, 180, 300):
            canvas.rect(x - 46, 540, x + 46, 620, mix(wood, colours.ink, 0.14), 6)
            canvas.oval(x, 560, 6, mix(colours.gold, wood, 0.3))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        greens = (colours.cool, mix(colours.cool, colours.ink, 0.3), mix(colours.cool, colours.gold, 0.35))
        for index, kind in enumerate(self.kinds):
            x = 68 + index * 112.0
            grow = there_and_back(phase, 0.03 + index * 0.09, 0.5 + index * 0.09, 0.86, 1.0)
            sway = wave(phase, 2, index * 0.27)
            if kind == 0:
                self._vine(canvas, x, grow, sway, greens[index])
            elif kind == 1:
                self._fan(canvas, x, grow, sway, greens[index])
            else:
                self._flower(canvas, x, grow, sway, greens[index])
            self._pot(canvas, x, (colours.warm, colours.gold, mix(colours.warm, colours.ink, 0.25))[index])

    def _pot(self, canvas: Canvas, x: float, shade: Colour) -> None:
        colours = self.palette
        canvas.oval(x, 487, 42, fade(colours.ink, 0.2), 6)
        canvas.poly([(x - 38, 424), (x + 38, 424), (x + 28, 487), (x - 28, 487)], shade)
        canvas.poly([(x - 38, 424), (x - 20, 424), (x - 15, 487), (x - 28, 487)], mix(shade, colours.paper, 0.2))
        canvas.rect(x - 43, 412, x + 43, 430, mix(shade, colours.ink, 0.1), 4)

    def _vine(self, canvas: Canvas, x: float, grow: float, sway: float, green: Colour) -> None:
        tall = 30 + 190 * grow
        spine = [
            (x + 13 * math.sin(step * 0.9) * (step / 8) + sway * step * 0.9, 416 - tall * step / 8) for step in range(9)
        ]
        canvas.line(curve(spine, steps=4), green, 4.5)
        for step in range(1, 9):
            size = max(0.0, min(1.0, grow * 9 - step)) * (46 - step * 2.6)
            if size > 3:
                side = 1 if step % 2 else -1
                angle = -math.pi / 2 + side * (1.05 + 0.05 * sway)
                canvas.poly(
                    leaf(*spine[step], angle, size, size * 0.52), mix(green, self.palette.paper, 0.12 * (step % 2))
                )

    def _fan(self, canvas: Canvas, x: float, grow: float, sway: float, green: Colour) -> None:
        for index in range(7):
            spread = (index - 3) * 0.34
            length = (40 + 120 * grow) * (1 - 0.06 * abs(index - 3))
            angle = -math.pi / 2 + spread * (0.35 + 0.65 * grow) + 0.04 * sway
            canvas.poly(leaf(x, 418, angle, length, 15 + 17 * grow), mix(green, self.palette.paper, 0.16 * (index % 2)))

    def _flower(self, canvas: Canvas, x: float, grow: float, sway: float, green: Colour) -> None:
        colours = self.palette
        top = (x + 5 * sway, 416 - 36 - 150 * grow)
        canvas.line(curve([(x, 418), (x - 7, 418 - (418 - top[1]) * 0.5), top], steps=6), green, 4.5)
        for side in (-1, 1):
            for share in (0.25, 0.5):
                size = 46 * max(0.0, min(1.0, grow * 2 - share))
                if size > 3:
                    canvas.poly(
                        leaf(x - 5, 418 - (418 - top[1]) * share, -math.pi / 2 + side * 0.95, size, size * 0.42), green
                    )
        bloom = 6 + 24 * max(0.0, grow * 1.5 - 0.5)
        for petal in range(9):
            centre = polar(*top, bloom, petal * math.tau / 9 + 0.1 * sway)
            canvas.oval(*centre, bloom * 0.48, (colours.paper, mix(colours.paper, colours.warm, 0.25))[petal % 2])
        canvas.oval(*top, bloom * 0.66 * (0.95 + 0.05 * pulse(sway)), colours.gold)
