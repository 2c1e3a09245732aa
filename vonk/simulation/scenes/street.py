"""Out in the town by day: the tram, the bicycle, the market."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, curve, polar
from vonk.simulation.scenes.motion import smooth, wave
from vonk.simulation.scenes.palettes import fade, mix
from vonk.simulation.scenes.pieces import bunting, canal_house, drifting_clouds, sprig
from vonk.simulation.scenes.scene import Scene


class Tram(Scene):
    """A tram comes in, waits for a moment and leaves, past a row of houses."""

    name = "tram"

    def prepare(self) -> None:
        walls = [
            self.palette.warm,
            self.palette.cool,
            self.palette.gold,
            self.palette.ground,
            mix(self.palette.cool, self.palette.warm, 0.5),
        ]
        self.random.shuffle(walls)
        self.row = [
            (wall, self.random.choice((66, 74, 82)), self.random.randint(170, 240), self.random.randrange(3))
            for wall in walls
        ]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        canvas.oval(270, 150, 34, mix(colours.gold, colours.paper, 0.35))
        x = -12.0
        for wall, wide, tall, gable in self.row:
            canal_house(canvas, x, 452, wide, tall, mix(wall, colours.horizon, 0.2), colours, gable=gable, lit=0.35)
            x += wide + 2
        stone = mix(colours.ground, colours.ink, 0.25)
        canvas.rect(0, 452, self.width, 474, mix(colours.horizon, colours.ink, 0.18))
        canvas.rect(0, 474, self.width, self.height, stone)
        for y in (508, 536):
            canvas.rect(0, y, self.width, y + 4, mix(colours.paper, stone, 0.35))
        for row in range(4):
            for column in range(10):
                canvas.rect(
                    column * 40 + (row % 2) * 20 - 10,
                    556 + row * 22,
                    column * 40 + (row % 2) * 20 + 22,
                    572 + row * 22,
                    mix(stone, colours.paper, 0.07),
                    4,
                )

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        drifting_clouds(canvas, phase, [(0.1, 130, 15), (0.6, 90, 11)], fade(colours.paper, 0.8))
        canvas.line([(0, 288), (self.width, 280)], colours.ink, 1.6)
        arriving, leaving = smooth(phase / 0.4), smooth((phase - 0.58) / 0.42)
        # Quick at the edges and at rest between them: the first half eases out, the second eases in.
        x = -330 + 350 * math.sin(arriving * math.pi / 2) + 400 * (1 - math.cos(leaving * math.pi / 2))
        self._tram(canvas, x, phase)
        for post in (30, 330):
            canvas.rect(post - 2.5, 252, post + 2.5, 500, colours.ink)
            canvas.rect(post - 9, 496, post + 9, 503, colours.ink, 2)
            canvas.oval(post, 250, 10, mix(colours.gold, colours.paper, 0.4))

    def _tram(self, canvas: Canvas, x: float, phase: float) -> None:
        colours = self.palette
        y = 0.8 * wave(phase, 12)
        body, wide = colours.warm, 300
        canvas.oval(x + wide / 2, 532, wide * 0.52, fade(colours.ink, 0.3), 9)
        canvas.line([(x + 120, 352 + y), (x + 150, 318 + y), (x + 122, 286)], colours.ink, 3)
        for wheel in (52, 88, 212, 248):
            canvas.oval(x + wheel, 518, 15, colours.ink)
            canvas.oval(x + wheel, 518, 6, mix(colours.ink, colours.paper, 0.5))
        canvas.rect(x + 20, 342 + y, x + wide - 20, 362 + y, mix(colours.paper, colours.ink, 0.12), 8)
        canvas.rect(x, 354 + y, x + wide, 512 + y, body, 20)
        canvas.rect(x, 450 + y, x + wide, 464 + y, colours.paper)
        canvas.rect(x + 2, 496 + y, x + wide - 2, 512 + y, mix(body, colours.ink, 0.45), 8)
        for window in range(5):
            left = x + 16 + window * 55
            canvas.rect(left, 372 + y, left + 46, 438 + y, mix(colours.horizon, colours.gold, 0.25), 7)
            canvas.poly(
                [(left + 8, 438 + y), (left + 24, 372 + y), (left + 34, 372 + y), (left + 18, 438 + y)],
                fade(colours.paper, 0.5),
            )
        canvas.rect(x + 122, 372 + y, x + 182, 496 + y, mix(body, colours.ink, 0.2), 6)
        canvas.rect(x + 128, 378 + y, x + 150, 490 + y, mix(colours.horizon, colours.gold, 0.25), 4)
        canvas.rect(x + 154, 378 + y, x + 176, 490 + y, mix(colours.horizon, colours.gold, 0.25), 4)
        canvas.oval(x + wide - 15, 482 + y, 7, colours.gold)
        canvas.oval(x + 24, 457 + y, 15, colours.paper)
        canvas.text(x + 24, 457 + y, "8", 20, colours.ink, 0.8)


class Bicycle(Scene):
    """A bicycle on the dyke, wheels turning, the land passing by; the other variant carries a box."""

    name = "bicycle"

    def prepare(self) -> None:
        self.trees = [(index / 5 + self.random.uniform(-0.05, 0.05), self.random.uniform(34, 54)) for index in range(5)]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        canvas.glow(90, 190, 150, colours.paper, 0.6)
        canvas.oval(90, 190, 40, mix(colours.gold, colours.paper, 0.3))
        canvas.rect(0, 490, self.width, self.height, mix(colours.cool, colours.ground, 0.35))
        canvas.rect(0, 500, self.width, 556, mix(colours.ground, colours.ink, 0.35))
        canvas.rect(0, 500, self.width, 505, mix(colours.ground, colours.paper, 0.4))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        drifting_clouds(canvas, -phase, [(0.2, 120, 17), (0.65, 170, 13), (0.9, 86, 10)], fade(colours.paper, 0.85))
        self._land(canvas, phase)
        canvas.rect(0, 490, self.width, 501, mix(colours.cool, colours.ground, 0.35))
        for dash in range(6):
            x = (dash * 80 - phase * 80 * 8) % 480 - 80
            canvas.rect(x, 536, x + 38, 540, fade(colours.paper, 0.75), 2)
        for tuft in range(7):
            x = (tuft * 70 - phase * 490 * 2) % 490 - 50
            canvas.line([(x, 580), (x - 6, 566)], mix(colours.cool, colours.ink, 0.25), 3)
            canvas.line([(x + 3, 580), (x + 8, 562)], mix(colours.cool, colours.ink, 0.25), 3)
        self._bicycle(canvas, phase, 1.2 * wave(phase, 8))

    def _land(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        far = mix(colours.horizon, colours.cool, 0.45)
        points = [(self.width + 10.0, 492.0), (-10.0, 492.0)]
        points += [
            (x, 440 + 12 * wave(-phase, -1, x / 360) + 5 * wave(phase, 2, x / 180))
            for x in range(-10, self.width + 20, 10)
        ]
        canvas.poly(points, far)
        for start, size in self.trees:
            x = (start * 480 - phase * 480) % 480 - 60
            canvas.rect(x - 3, 440, x + 3, 492, mix(colours.ink, colours.ground, 0.4))
            canvas.oval(x, 436, size * 0.55, mix(far, colours.cool, 0.7), size)

    def _bicycle(self, canvas: Canvas, phase: float, bob: float) -> None:
        colours = self.palette
        rear, front, hub_y, radius = 98.0, 262.0, 448.0 + bob, 62.0
        if self.variant:
            front, radius = 290.0, 50.0
        metal = colours.warm
        canvas.oval((rear + front) / 2, 512, 130, fade(colours.ink, 0.25), 6)
        for x, size in ((rear, 62.0), (front, radius)):
            self._wheel(canvas, x, hub_y + 62 - size, size, phase)
        front_hub = (front, hub_y + 62 - radius)
        crank = (170.0 if not self.variant else 158.0, hub_y + 6)
        seat = (146.0 if not self.variant else 136.0, 348.0 + bob)
        head = (236.0 if not self.variant else 214.0, 350.0 + bob)
        self._cranks(canvas, crank, phase)
        for line in ([(rear, hub_y), crank], [(rear, hub_y), (seat[0] + 3, seat[1] + 16)], [seat, crank], [crank, (head[0] + 4, head[1] + 18)],
                     [(seat[0] + 5, seat[1] + 26), (head[0] + 2, head[1] + 10)]):  # fmt: skip
            canvas.line(line, metal, 7)
        if self.variant:
            box = [(198, hub_y - 66), (298, hub_y - 66), (284, hub_y - 2), (206, hub_y - 2)]
            canvas.line([(crank[0], crank[1]), (230, hub_y + 10), front_hub], metal, 7)
            for index in range(3):
                sprig(
                    canvas,
                    222 + index * 27,
                    hub_y - 62,
                    54,
                    -math.pi / 2 + 0.2 * (index - 1) + 0.06 * wave(phase, 3, index * 0.3),
                    colours.cool,
                )
            canvas.poly(box, colours.gold)
            for plank in (0.33, 0.66):
                y = hub_y - 66 + 64 * plank
                canvas.line([(200 + 7 * plank, y), (296 - 12 * plank, y)], mix(colours.gold, colours.ink, 0.3), 2)
            canvas.line([(head[0] - 8, head[1] + 60), head, (head[0] - 2, head[1] - 18)], metal, 7)
        else:
            canvas.line([(head[0], head[1] - 14), front_hub], metal, 7)
            canvas.rect(238, 350 + bob, 290, 386 + bob, colours.gold, 6)
            for stripe in range(3):
                canvas.rect(
                    238, 357 + stripe * 10 + bob, 290, 359 + stripe * 10 + bob, mix(colours.gold, colours.ink, 0.3)
                )
            for index, (x, y) in enumerate(((246, 346), (262, 338), (279, 345))):
                canvas.oval(
                    x,
                    y + bob + 1.5 * wave(phase, 4, index * 0.3),
                    11,
                    (colours.paper, colours.warm, colours.paper)[index],
                )
                canvas.oval(x, y + bob + 1.5 * wave(phase, 4, index * 0.3), 4, colours.gold)
        x, y = head[0] - (2 if self.variant else 0), head[1] - 16
        canvas.line(curve([(x + 4, y), (x - 12, y - 12), (x - 34, y - 8)], steps=5), colours.ink, 6)
        canvas.line([seat, (seat[0] - 5, seat[1] - 18)], colours.ink, 5)
        canvas.poly(
            curve(
                [
                    (seat[0] - 30, seat[1] - 26),
                    (seat[0] + 22, seat[1] - 24),
                    (seat[0] + 18, seat[1] - 17),
                    (seat[0] - 12, seat[1] - 12),
                ],
                steps=4,
                closed=True,
            ),
            colours.ink,
        )

    def _wheel(self, canvas: Canvas, x: float, y: float, radius: float, phase: float) -> None:
        colours = self.palette
        spin = phase * math.tau * 3
        for spoke in range(12):
            angle = spin + spoke * math.tau / 12
            canvas.line([(x, y), polar(x, y, radius - 4, angle)], mix(colours.paper, colours.ink, 0.35), 1.4)
        canvas.ring(x, y, radius, colours.ink, 6)
        canvas.ring(x, y, radius - 6, mix(colours.paper, colours.ink, 0.15), 2)
        canvas.oval(*polar(x, y, radius * 0.55, spin + 0.26), 5, colours.gold)
        canvas.oval(x, y, 7, colours.ink)

    def _cranks(self, canvas: Canvas, crank: tuple[float, float], phase: float) -> None:
        colours = self.palette
        spin = phase * math.tau * 2
        canvas.ring(*crank, 17, colours.ink, 4)
        for side in (0.0, math.pi):
            pedal = polar(*crank, 27, spin + side)
            canvas.line([crank, pedal], colours.ink, 4)
            canvas.rect(pedal[0] - 10, pedal[1] - 3, pedal[0] + 10, pedal[1] + 3, colours.ink, 2)


class Market(Scene):
    """A stall under a striped awning; fruit hops, the scale swings, flags flutter."""

    name = "market"

    def prepare(self) -> None:
        self.crates = self.random.sample(range(4), 4)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        for index, x in enumerate((-14, 60, 138, 214, 292)):
            wall = mix(
                (colours.cool, colours.warm, colours.ground, colours.gold, colours.cool)[index], colours.horizon, 0.62
            )
            canal_house(canvas, x, 470, 72, 180 + 28 * (index * 3 % 4), wall, colours, gable=index % 3)
        canvas.rect(0, 470, self.width, self.height, mix(colours.ground, colours.horizon, 0.3))
        for row in range(4):
            for column in range(9):
                x, y = column * 46 + (row % 2) * 23 - 20, 500 + row * 36
                canvas.oval(x, y, 18, mix(colours.ground, colours.horizon, 0.18), 7)
        canvas.rect(36, 250, 44, 540, mix(colours.ink, colours.ground, 0.3))
        canvas.rect(316, 250, 324, 540, mix(colours.ink, colours.ground, 0.3))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        bunting(canvas, phase, 130, 26, (colours.warm, colours.gold, colours.cool, colours.paper), colours.ink)
        self._scale(canvas, phase)
        for place in range(2):
            self._crate(canvas, phase, 52 + place * 132, 432, place)
        wood = mix(colours.gold, colours.ink, 0.3)
        canvas.rect(26, 470, 334, 560, wood, 4)
        for plank in range(3):
            canvas.rect(26, 498 + plank * 22, 334, 500 + plank * 22, mix(wood, colours.ink, 0.25))
        canvas.rect(22, 460, 338, 474, mix(wood, colours.paper, 0.3), 4)
        canvas.rect(120, 498, 240, 540, mix(colours.ink, colours.cool, 0.25), 5)
        canvas.text(180, 519, "2,50 / kg", 20, colours.paper, 0.3)
        self._awning(canvas, phase)

    def _awning(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        stripes, left, right = 8, 18.0, 342.0
        wide = (right - left) / stripes
        for index in range(stripes):
            shade = (colours.warm, colours.paper)[index % 2]
            x = left + index * wide
            top0, top1 = 44 + index * 34, 44 + (index + 1) * 34
            hem = 292 + 3 * wave(phase, 2, index * 0.13)
            canvas.poly([(top0, 222), (top1, 222), (x + wide, hem), (x, hem)], shade)
            canvas.oval(x + wide / 2, hem, wide / 2, shade, 13)
        canvas.rect(36, 216, 324, 226, colours.ink, 4)

    def _crate(self, canvas: Canvas, phase: float, x: float, y: float, place: int) -> None:
        colours = self.palette
        fruit = (
            colours.warm,
            colours.gold,
            mix(colours.warm, colours.ink, 0.4),
            mix(colours.warm, colours.gold, 0.5),
        )[self.crates[place]]
        for row in range(3):
            for column in range(4 - row % 2):
                hop = (
                    max(0.0, wave(phase, 2, -(column * 0.12 + row * 0.2 + place * 0.5))) ** 6 * 26 if row == 2 else 0.0
                )
                cx, cy = x + 18 + column * 29 + (row % 2) * 15, y - row * 17 - hop
                canvas.oval(cx, cy, 16, mix(fruit, colours.ink, 0.1 - 0.05 * row))
                canvas.oval(cx - 5, cy - 6, 4, fade(colours.paper, 0.45))
                canvas.line([(cx, cy - 14), (cx + 3, cy - 19)], colours.ink, 2)
        canvas.rect(x - 2, y, x + 124, y + 34, mix(colours.gold, colours.ink, 0.18), 3)
        canvas.rect(x - 2, y + 15, x + 124, y + 18, mix(colours.gold, colours.ink, 0.4))

    def _scale(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        swing = 0.1 * wave(phase, 2)
        hook = (180.0, 262.0)
        dial = polar(*hook, 62, math.pi / 2 + swing)
        pan = polar(*hook, 128, math.pi / 2 + swing * 1.3)
        canvas.line([hook, dial], colours.ink, 2.5)
        for side in (-34, 34):
            canvas.line([dial, (pan[0] + side, pan[1] - 4)], colours.ink, 1.8)
        canvas.pie(pan[0], pan[1] - 6, 40, 22, 0, 180, mix(colours.ink, colours.paper, 0.55))
        canvas.oval(*dial, 21, colours.ink)
        canvas.oval(*dial, 17, colours.paper)
        canvas.line([dial, polar(*dial, 14, -math.pi / 2 + 0.9 * wave(phase, 2, 0.2))], colours.warm, 2.5)
