"""On and under the water: the harbour with its light, fish, and a rowing boat from above."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, Point, curve, polar, turned
from vonk.simulation.scenes.motion import pulse, wave
from vonk.simulation.scenes.palettes import Colour, fade, mix
from vonk.simulation.scenes.pieces import drifting_clouds, gull, specks, swell
from vonk.simulation.scenes.scene import Scene


class Harbour(Scene):
    """Waves, boats and a lighthouse whose beam goes round. Fits any shape of frame."""

    name = "harbour"

    def prepare(self) -> None:
        self.sea = self.height * 0.58
        self.tower = self.width * (0.78 if self.variant else 0.22)
        self.scale = min(1.0, self.height / 560)
        fleet = [(0.62, 1.0), (0.3, 0.66)] if self.tower < self.width / 2 else [(0.36, 1.0), (0.68, 0.66)]
        if self.width > self.height:
            fleet.append((0.86 if self.tower < self.width / 2 else 0.12, 0.8))
        self.fleet = [(x, size, self.random.random()) for x, size in fleet]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon, 0, self.sea + 20)
        sun = self.width - self.tower
        canvas.glow(sun, self.sea - 70 * self.scale, 190 * self.scale, colours.paper, 0.8)
        canvas.oval(sun, self.sea - 62 * self.scale, 44 * self.scale, mix(colours.gold, colours.paper, 0.35))
        hills = mix(colours.horizon, colours.cool, 0.35)
        canvas.oval(self.width * 0.1, self.sea + 20, self.width * 0.5, hills, 58 * self.scale)
        canvas.oval(self.width * 0.85, self.sea + 24, self.width * 0.45, mix(hills, colours.cool, 0.2), 44 * self.scale)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        white = fade(colours.paper, 0.75)
        sky = self.sea * 0.42
        drifting_clouds(canvas, phase, [(0.2, sky, 17 * self.scale), (0.75, sky * 0.72 + 30, 12 * self.scale)], white)
        self._lighthouse(canvas, phase)
        deep = mix(colours.ground, colours.ink, 0.35)
        swell(canvas, phase, self.sea, 4, 120, mix(colours.ground, colours.horizon, 0.45), turns=1)
        for x, size, offset in self.fleet[1:]:
            self._boat(canvas, phase, x * self.width, self.sea + 16, size * self.scale, offset)
        swell(
            canvas,
            phase,
            self.sea + 26 * self.scale,
            6,
            160,
            mix(colours.ground, colours.horizon, 0.22),
            turns=-1,
            offset=0.3,
        )
        x, size, offset = self.fleet[0]
        self._boat(canvas, phase, x * self.width, self.sea + 52 * self.scale, size * self.scale, offset)
        swell(canvas, phase, self.sea + 66 * self.scale, 7, 190, colours.ground, turns=1, offset=0.6)
        swell(canvas, phase, self.sea + 122 * self.scale, 9, 240, mix(colours.ground, deep, 0.5), turns=-1, offset=0.1)
        swell(canvas, phase, self.sea + 190 * self.scale, 9, 300, deep, turns=1, offset=0.8)
        for index in range(3):
            drift = (phase + index * 0.31) % 1.0
            y = self.sea * (0.42 + 0.12 * index) + 8 * wave(phase, 2, index * 0.4)
            gull(canvas, drift * (self.width + 80) - 40, y, 11 * self.scale, wave(phase, 5, index * 0.37), colours.ink)

    def _lighthouse(self, canvas: Canvas, phase: float) -> None:
        colours, size, x = self.palette, self.scale, self.tower
        foot, top = self.sea + 6, self.sea - 205 * size
        lamp = top - 14 * size
        for side in (0.0, 0.5):
            reach = math.cos(math.tau * (phase + side))
            spread = 16 + 26 * abs(reach)
            far = x + reach * self.width * 1.1
            strength = 0.12 + 0.26 * abs(reach)
            canvas.poly(
                [(x, lamp - 2), (far, lamp - spread - 8), (far, lamp + spread - 8), (x, lamp + 4)],
                fade(colours.gold, strength),
            )
        canvas.oval(x, self.sea + 14, 74 * size, mix(colours.ink, colours.cool, 0.35), 24 * size)
        wide, narrow = 25 * size, 16 * size
        canvas.poly([(x - wide, foot), (x - narrow, top), (x + narrow, top), (x + wide, foot)], colours.paper)
        for band in range(3):
            share0, share1 = 0.12 + band * 0.3, 0.26 + band * 0.3
            at = [(narrow + (wide - narrow) * share, top + (foot - top) * share) for share in (share0, share1)]
            (w0, y0), (w1, y1) = at
            canvas.poly([(x - w0, y0), (x + w0, y0), (x + w1, y1), (x - w1, y1)], colours.warm)
        canvas.rect(x - 21 * size, top - 4 * size, x + 21 * size, top + 3 * size, colours.ink)
        canvas.rect(x - 11 * size, top - 25 * size, x + 11 * size, top - 3 * size, colours.gold)
        canvas.glow(x, lamp, 46 * size, colours.gold, 0.5 + 0.4 * pulse(phase, 2, 0.25))
        canvas.poly(
            [(x - 16 * size, top - 24 * size), (x, top - 42 * size), (x + 16 * size, top - 24 * size)], colours.warm
        )

    def _boat(self, canvas: Canvas, phase: float, x: float, y: float, size: float, offset: float) -> None:
        colours = self.palette
        tilt = 0.055 * wave(phase, 1, offset)
        rise = y + 4 * wave(phase, 2, offset)

        def part(points: list[tuple[float, float]], shade: Colour) -> None:
            canvas.poly(turned(points, tilt, x, rise, size), shade)

        part([(-2, -8), (-2, -132), (2, -132), (2, -8)], mix(colours.ink, colours.warm, 0.3))
        part(curve([(6, -126), (34, -78), (58, -22), (6, -22)], steps=4), colours.paper)
        part(curve([(-6, -112), (-28, -70), (-46, -22), (-6, -22)], steps=4), colours.gold)
        flutter = 4 * wave(phase, 4, offset)
        part([(2, -132), (24, -126 + flutter), (2, -120)], colours.warm)
        part([(-62, -14), (66, -14), (48, 14), (-46, 14)], colours.warm)
        part([(-62, -14), (66, -14), (63, -8), (-59, -8)], colours.paper)


class Fish(Scene):
    """A shoal, bubbles, weed and slanting light."""

    name = "fish"

    def prepare(self) -> None:
        pick = self.random
        self.shoal = [
            (
                (index * 0.382 + pick.uniform(-0.08, 0.08)) % 1.0,
                0.2 + 0.055 * index + pick.uniform(-0.015, 0.015),
                pick.uniform(0.75, 1.35),
                index % 3,
                pick.choice((1, 1, -1)),
            )
            for index in range(9)
        ]
        self.bubbles = specks(pick, 22, 2, 6)
        self.weed = [(pick.uniform(0, 1), pick.uniform(90, 190), pick.random()) for _ in range(11)]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(mix(colours.cool, colours.horizon, 0.55), mix(colours.ground, colours.ink, 0.45))
        canvas.glow(self.width * 0.3, -20, 330, colours.paper, 0.7)
        sand = mix(colours.gold, colours.ground, 0.5)
        canvas.oval(self.width * 0.2, self.height + 30, 250, mix(sand, colours.ink, 0.2), 110)
        canvas.oval(self.width * 0.85, self.height + 40, 260, sand, 95)
        for x, y, r in ((0.12, 0.925, 20), (0.22, 0.94, 13), (0.9, 0.93, 17)):
            canvas.oval(x * self.width, y * self.height, r * 1.5, mix(colours.ground, colours.ink, 0.5), r)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        for index in range(4):
            x = 20 + index * 95 + 14 * wave(phase, 1, index * 0.27)
            canvas.poly(
                [(x, 0), (x + 34, 0), (x + 150, 560), (x + 60, 560)],
                fade(colours.paper, 0.05 + 0.03 * pulse(phase, 1, index * 0.3)),
            )
        for share, tall, offset in self.weed:
            x, foot = share * self.width, self.height - 20
            points = [
                (x + (step / 5) ** 1.4 * 16 * wave(phase, 1, offset + step * 0.09), foot - tall * step / 5)
                for step in range(6)
            ]
            canvas.line(curve(points, steps=3), mix(colours.cool, colours.ink, 0.25 + 0.3 * offset), 7)
        for start, level, size, tint, turns in self.shoal:
            span = self.width + 160
            x = (start * span + phase * turns * span) % span - 80
            y = level * self.height + 60 + 9 * wave(phase, 2, start)
            body = (colours.warm, colours.gold, colours.paper)[tint]
            self._fish(canvas, x, y, size * turns, wave(phase, 8, start), body)
        for bubble in self.bubbles:
            y = (bubble.y - phase * bubble.turns) % 1.0 * (self.height + 40) - 20
            x = bubble.x * self.width + 6 * wave(phase, 2, bubble.sway)
            canvas.oval(x, y, bubble.size, fade(colours.paper, 0.28))
            canvas.oval(x - bubble.size * 0.3, y - bubble.size * 0.3, bubble.size * 0.35, fade(colours.paper, 0.7))

    def _fish(self, canvas: Canvas, x: float, y: float, size: float, wag: float, body: Colour) -> None:
        colours = self.palette
        tall = abs(size)
        dark = mix(body, colours.ink, 0.18)
        tail = [(-24, 0), (-46, -15 + 5 * wag), (-40, 4 * wag), (-46, 15 + 5 * wag)]
        canvas.poly([(x + px * size, y + py * tall) for px, py in tail], dark)
        canvas.poly([(x + px * size, y + py * tall) for px, py in ((-12, -12), (6, -25), (14, -10))], dark)
        canvas.oval(x, y, 32 * tall, body, 16 * tall)
        canvas.poly([(x + px * size, y + py * tall) for px, py in ((4, 2), (-10, 10 + 3 * wag), (-2, -2))], dark)
        canvas.oval(x + 19 * size, y - 4 * tall, 4.2 * tall, colours.paper)
        canvas.oval(x + 20 * size, y - 4 * tall, 2.2 * tall, colours.ink)


class Rowing(Scene):
    """A rowing boat from above, four oars in time."""

    name = "rowing"

    def prepare(self) -> None:
        self.ripples = specks(self.random, 26, 14, 34)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(mix(colours.ground, colours.horizon, 0.25), colours.ground)
        for side in (0, 1):
            bank: list[Point] = [(side * self.width, -20.0)]
            for index in range(12):
                edge = 26 + 14 * math.sin(index * 1.3 + self.variant + side * 2)
                bank.append((edge if side == 0 else self.width - edge, index * 62 - 20))
            bank.append((side * self.width, self.height + 40))
            canvas.poly(curve(bank, steps=4), mix(colours.cool, colours.gold, 0.35))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        for ripple in self.ripples:
            y = (ripple.y + phase * ripple.turns) % 1.0 * (self.height + 60) - 30
            x = 60 + ripple.x * (self.width - 120)
            canvas.arc(x, y, ripple.size, ripple.size * 0.3, 200, 340, fade(colours.paper, 0.35), 1.6)
        middle = self.width / 2 + 5 * wave(phase, 1)
        surge = 8 * wave(phase, 4, 0.1)
        top = 150 + surge
        for lag in range(6):
            spread = 14 + lag * 13
            tail = top + 330 + lag * 26 + (phase * 4 % 1.0) * 26
            canvas.arc(middle, tail, spread, 10, 20, 160, fade(colours.paper, 0.42 - lag * 0.06), 2)
        for seat in range(4):
            self._oars(canvas, phase, middle, top + 78 + seat * 56)
        hull = [(0.0, 0.0), (13, 60), (19, 150), (16, 260), (0, 330), (-16, 260), (-19, 150), (-13, 60)]
        canvas.blob([(middle + 4 + px, top + 6 + py) for px, py in hull], fade(colours.ink, 0.22))
        canvas.blob([(middle + px, top + py) for px, py in hull], colours.paper)
        canvas.blob(
            [(middle + px * 0.68, top + 14 + py * 0.915) for px, py in hull], mix(colours.gold, colours.warm, 0.35)
        )
        for seat in range(4):
            y = top + 78 + seat * 56
            canvas.rect(middle - 11, y + 7, middle + 11, y + 13, mix(colours.gold, colours.ink, 0.35), 2)
            lean = 7 * wave(phase, 4)
            canvas.oval(middle, y + 4 + lean, 14, (colours.warm, colours.cool)[seat % 2], 9)
            canvas.oval(middle, y + lean, 8, colours.ink)
            canvas.oval(middle, y + lean, 5.5, (colours.paper, colours.gold)[seat % 2])

    def _oars(self, canvas: Canvas, phase: float, x: float, y: float) -> None:
        colours = self.palette
        sweep = 0.5 * wave(phase, 4)
        dipped = wave(phase, 4, 0.25) > 0
        for side in (-1, 1):
            angle = sweep if side > 0 else math.pi - sweep
            pivot = (x + side * 22, y)
            inner = polar(*pivot, -16, angle)
            outer = polar(*pivot, 84, angle)
            if dipped:
                canvas.oval(*outer, 17, fade(colours.paper, 0.35), 9)
            canvas.line([inner, outer], mix(colours.gold, colours.ink, 0.25), 3)
            blade = turned([(66, -3), (92, -7), (92, 7), (66, 3)], angle, *pivot)
            canvas.poly(blade, colours.warm)
