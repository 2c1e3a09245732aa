"""The town after dark: snow on the roofs, lanterns over the canal."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, polar
from vonk.simulation.scenes.motion import pulse, wave
from vonk.simulation.scenes.palettes import Colour, fade, mix
from vonk.simulation.scenes.pieces import Speck, canal_house, specks, steam
from vonk.simulation.scenes.scene import Scene


class Snow(Scene):
    """Snow on the roofs at night, windows lit, chimneys smoking."""

    name = "snow"

    def prepare(self) -> None:
        self.flakes = specks(self.random, 90, 1.2, 3.8)
        self.back = [(self.random.randint(0, 2), self.random.randint(150, 210)) for _ in range(6)]
        self.front = [(self.random.randint(96, 160), self.random.random()) for _ in range(4)]

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, mix(colours.horizon, colours.paper, 0.12))
        canvas.glow(262, 150, 130, colours.paper, 0.45)
        canvas.oval(262, 150, 34, mix(colours.paper, colours.gold, 0.25))
        for x in range(20, self.width, 37):
            canvas.oval(x, 60 + x * 29 % 170, 1.4, fade(colours.paper, 0.7))
        far = mix(colours.ground, colours.horizon, 0.4)
        for index, (_, tall) in enumerate(self.back):
            x = index * 64 - 12
            canvas.rect(x, 470 - tall, x + 60, 520, far)
            canvas.poly(
                [(x - 6, 472 - tall), (x + 30, 430 - tall), (x + 66, 472 - tall)], mix(colours.paper, far, 0.25)
            )
            canvas.rect(x + 24, 492 - tall, x + 36, 510 - tall, mix(far, colours.gold, 0.75), 2)
        canvas.oval(self.width / 2, 660, 300, mix(colours.paper, colours.sky, 0.12), 90)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        self._fall(canvas, phase, self.flakes[::2])
        for index, (tall, offset) in enumerate(self.front):
            x, wide = index * 94 - 12.0, 92.0
            top = 560.0 - tall
            wall = mix((colours.warm, colours.cool, colours.ground, colours.warm)[index], colours.ink, 0.35)
            if index in {0, 2}:
                canvas.rect(x + 60, top - 62, x + 76, top - 20, mix(wall, colours.ink, 0.3))
                canvas.rect(x + 57, top - 68, x + 79, top - 60, colours.paper, 4)
                steam(canvas, x + 68, top - 72, phase, mix(colours.paper, colours.sky, 0.3), offset=offset, rise=130)
            canvas.rect(x, top, x + wide, 590, wall)
            canvas.poly([(x - 8, top + 4), (x + wide / 2, top - 56), (x + wide + 8, top + 4)], colours.paper)
            canvas.poly([(x + 12, top + 5), (x + wide / 2, top - 36), (x + wide - 12, top + 5)], wall)
            for drip in range(5):
                canvas.oval(x - 2 + drip * 24, top + 4, 11, colours.paper, 6 + 3 * (drip % 2))
            flicker = 0.78 + 0.14 * wave(phase, 3, offset) * (1 if index % 2 else 0.3)
            light = mix(wall, colours.gold, flicker)
            canvas.glow(x + wide / 2, top + 52, 56, colours.gold, 0.3 * flicker)
            for column in range(2):
                left = x + 18 + column * 33
                canvas.rect(left, top + 30, left + 23, top + 62, light, 3)
                canvas.rect(left + 10, top + 30, left + 12.5, top + 62, wall)
                canvas.rect(left, top + 44, left + 23, top + 46.5, wall)
                canvas.rect(left - 3, top + 61, left + 26, top + 67, colours.paper, 3)
        canvas.oval(70, 640, 190, mix(colours.paper, colours.sky, 0.05), 66)
        canvas.oval(300, 646, 190, colours.paper, 74)
        self._fall(canvas, phase, self.flakes[1::2])

    def _fall(self, canvas: Canvas, phase: float, flakes: list[Speck]) -> None:
        for flake in flakes:
            y = (flake.y + phase * flake.turns) % 1.0 * (self.height + 20) - 10
            x = flake.x * self.width + 12 * wave(phase, 1, flake.sway)
            canvas.oval(x, y, flake.size, self.palette.paper)


class Lanterns(Scene):
    """Paper lanterns over the canal in the evening, mirrored in the water."""

    name = "lanterns"

    def prepare(self) -> None:
        self.houses = [
            (self.random.choice((60, 70, 78)), self.random.randint(120, 190), self.random.randrange(3))
            for _ in range(6)
        ]
        self.sparks = specks(self.random, 18, 1.2, 2.6)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon, 0, 470)
        x = -20.0
        for index, (wide, tall, gable) in enumerate(self.houses):
            wall = mix(colours.ground, (colours.warm, colours.cool, colours.ink)[index % 3], 0.28)
            canal_house(canvas, x, 470, wide, tall, wall, colours, gable=gable, lit=0.55 + 0.3 * (index % 2))
            x += wide + 2
        canvas.gradient(mix(colours.ground, colours.horizon, 0.25), colours.ink, 470)
        canvas.rect(0, 464, self.width, 476, mix(colours.ink, colours.ground, 0.4))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        shades = (
            colours.warm,
            colours.gold,
            mix(colours.warm, colours.paper, 0.4),
            mix(colours.gold, colours.paper, 0.3),
        )
        for row, (level, sag, count) in enumerate(((92, 52, 4), (178, 60, 3))):
            points = []
            for index in range(25):
                share = index / 24
                slope = 26 * share if row else 26 * (1 - share)
                points.append((share * self.width, level + slope + sag * 4 * share * (1 - share)))
            canvas.line(points, colours.ink, 1.8)
            for index in range(count):
                at = points[round((index + 0.5) / count * 24)]
                swing = 0.13 * wave(phase, 1, index * 0.21 + row * 0.4)
                centre = polar(at[0], at[1], 44, math.pi / 2 + swing)
                self._lantern(
                    canvas,
                    at,
                    centre,
                    shades[(index + row * 2) % 4],
                    26 - 3 * row,
                    pulse(phase, 2, index * 0.3 + row * 0.5),
                )
        for row in range(11):
            y = 490 + row * 14
            for column in range(4):
                sway = 16 * wave(phase, 1, row * 0.17 + column * 0.31)
                wide = 8 + row * 2.2 + 5 * wave(phase, 2, row * 0.29 + column * 0.2)
                x = 45 + column * 90 + sway
                canvas.rect(x - wide, y, x + wide, y + 4, fade(shades[column], 0.62 - row * 0.04), 2)
        for spark in self.sparks:
            height = (spark.y - phase * spark.turns) % 1.0 * 470
            x = spark.x * self.width + 10 * wave(phase, 1, spark.sway)
            canvas.oval(x, height, spark.size, fade(colours.gold, 0.7 * pulse(phase, 2, spark.sway)))

    def _lantern(
        self,
        canvas: Canvas,
        hook: tuple[float, float],
        centre: tuple[float, float],
        shade: Colour,
        size: float,
        light: float,
    ) -> None:
        colours = self.palette
        x, y = centre
        canvas.line([hook, (x, y - size)], colours.ink, 1.6)
        canvas.glow(x, y, size * 3.0, shade, 0.5 + 0.25 * light)
        canvas.oval(x, y, size, shade, size * 1.12)
        canvas.oval(x, y, size * 0.52, mix(shade, colours.paper, 0.35 + 0.2 * light), size * 1.1)
        for rib in (-0.55, 0.0, 0.55):
            half = size * math.sqrt(1 - rib * rib)
            canvas.line(
                [(x - half, y + size * 1.12 * rib), (x + half, y + size * 1.12 * rib)],
                mix(shade, colours.ink, 0.2),
                1.2,
            )
        canvas.rect(x - size * 0.4, y - size * 1.25, x + size * 0.4, y - size * 1.02, colours.ink, 2)
        canvas.rect(x - size * 0.4, y + size * 1.02, x + size * 0.4, y + size * 1.25, colours.ink, 2)
        canvas.line([(x, y + size * 1.25), (x, y + size * 1.7)], colours.warm, 2)
