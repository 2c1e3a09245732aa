"""Made by hand: the potter's wheel, gears, sewing, candles."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

import math

from vonk.simulation.scenes.canvas import Canvas, Point, curve, polar, turned
from vonk.simulation.scenes.motion import pulse, smooth, there_and_back, wave
from vonk.simulation.scenes.palettes import Colour, colour, fade, mix
from vonk.simulation.scenes.pieces import specks
from vonk.simulation.scenes.scene import Scene

CLAY = colour("#c77f5a")


class Pottery(Scene):
    """A pot takes shape on the wheel."""

    name = "pottery"

    # Half widths of the pot from foot to rim, before and after it is drawn up.
    LOW = (58, 70, 74, 70, 62, 56)
    TALL = ((46, 76, 88, 66, 34, 46), (52, 62, 74, 84, 78, 62))

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(colours.sky, colours.horizon)
        canvas.oval(self.width / 2, 330, 160, mix(colours.horizon, colours.paper, 0.55))
        for level in (168, 252):
            canvas.rect(0, level, self.width, level + 8, mix(colours.ground, colours.ink, 0.2))
        shades = (colours.warm, colours.cool, colours.gold, colours.paper, mix(colours.cool, colours.ink, 0.3))
        for index in range(5):
            self._shelf_pot(canvas, 40 + index * 70, 168, 15 + index * 7 % 9, 36 + index * 13 % 22, shades[index])
            self._shelf_pot(
                canvas, 32 + index * 74, 252, 13 + index * 5 % 10, 30 + index * 17 % 26, shades[(index + 2) % 5]
            )
        canvas.rect(0, 560, self.width, self.height, mix(colours.ground, colours.ink, 0.3))
        canvas.rect(164, 520, 196, 600, mix(colours.ink, colours.ground, 0.25))
        canvas.rect(110, 590, 250, 606, mix(colours.ink, colours.ground, 0.15), 6)

    def _shelf_pot(self, canvas: Canvas, x: float, foot: float, wide: float, tall: float, shade: Colour) -> None:
        outline = [(x - wide * 0.6, foot), (x - wide, foot - tall * 0.5), (x - wide * 0.5, foot - tall), (x + wide * 0.5, foot - tall),
                   (x + wide, foot - tall * 0.5), (x + wide * 0.6, foot)]  # fmt: skip
        canvas.poly(curve(outline, steps=4), shade)

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        x, foot = self.width / 2, 508.0
        grow = there_and_back(phase, 0.04, 0.55, 0.82, 1.0)
        canvas.oval(x, foot + 18, 132, mix(colours.ink, colours.ground, 0.2), 26)
        canvas.oval(x, foot + 8, 132, mix(colours.ground, colours.paper, 0.35), 26)
        for mark in range(6):
            angle = (phase * 4 + mark / 6) * math.tau
            canvas.oval(
                x + 108 * math.cos(angle), foot + 8 + 20 * math.sin(angle), 9, mix(colours.ground, colours.ink, 0.1), 3
            )
        tall = 120 + 102 * grow
        goal = self.TALL[self.variant]
        halves = [
            low + (high - low) * grow + 1.2 * wave(phase, 8, index * 0.2)
            for index, (low, high) in enumerate(zip(self.LOW, goal, strict=True))
        ]
        left: list[Point] = [(x - half, foot - tall * index / 5) for index, half in enumerate(halves)]
        canvas.oval(x, foot + 4, halves[0] + 10, fade(colours.ink, 0.25), 12)
        canvas.oval(x, foot, halves[0], CLAY, 10)
        side = curve(left, steps=5)
        canvas.poly([*side, *((2 * x - px, py) for px, py in reversed(side))], CLAY)
        canvas.poly([*side, *((px + (x - px) * 0.45, py) for px, py in reversed(side))], mix(CLAY, colours.paper, 0.22))
        self._bands(canvas, x, foot, tall, side, phase)
        rim = (halves[-1], foot - tall)
        canvas.oval(x, rim[1], rim[0], mix(CLAY, colours.paper, 0.3), 10)
        canvas.oval(x, rim[1] + 1, rim[0] - 7, mix(CLAY, colours.ink, 0.55), 7)

    def _bands(self, canvas: Canvas, x: float, foot: float, tall: float, side: list[Point], phase: float) -> None:
        colours = self.palette
        for level, shade, thick in ((0.3, colours.cool, 9.0), (0.42, colours.paper, 4.0), (0.66, colours.gold, 6.0)):
            y = foot - tall * level
            half = x - min((abs(py - y), px) for px, py in side)[1]
            canvas.arc(x, y - 8, half - 1, 9, 4, 176, shade, thick)
            for mark in range(5):
                angle = (phase * 4 + mark / 5) * math.tau
                if math.sin(angle) > 0.05:
                    canvas.oval(
                        x + (half - 5) * math.cos(angle),
                        y - 8 + 6 * math.sin(angle),
                        3.4 * math.sin(angle),
                        mix(shade, colours.ink, 0.35),
                    )


class Gears(Scene):
    """Gears of a hub being tuned; every tooth meets its gap."""

    name = "gears"

    MODULE = 4.1  # Pitch radius in pixels for each tooth.

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        canvas.gradient(mix(colours.cool, colours.ink, 0.3), mix(colours.ink, colours.cool, 0.2))
        for row in range(16):
            for column in range(10):
                canvas.oval(18 + column * 36, 20 + row * 40, 2.2, mix(colours.ink, colours.cool, 0.15))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        # Each gear hangs on the one before: teeth, direction to it (radians) and colour.
        chain = ((16, 0.0, colours.warm), (24, 0.9, colours.gold), (12, 2.35, colours.paper), (20, 0.75, colours.cool))
        x, y = 118.0, 180.0
        teeth_before, turn_before, spin = 0, 0.0, 1
        for index, (teeth, bearing, shade) in enumerate(chain):
            if index:
                x, y = polar(x, y, (teeth_before + teeth) * self.MODULE, bearing)
                # Where the earlier gear shows a tooth towards this one, this one shows a gap.
                towards = (bearing - turn_before) * teeth_before
                turn = bearing + math.pi + (towards + math.pi) / teeth
                spin = -spin
            else:
                turn = 0.0
            self._gear(canvas, x, y, teeth, turn + spin * phase * math.tau * 8 / teeth, shade)
            teeth_before, turn_before = teeth, turn

    def _gear(self, canvas: Canvas, x: float, y: float, teeth: int, turn: float, shade: Colour) -> None:
        colours = self.palette
        pitch = teeth * self.MODULE
        outline: list[Point] = []
        for tooth in range(teeth):
            for share, radius in ((-0.30, pitch - 6), (-0.17, pitch + 5.5), (0.17, pitch + 5.5), (0.30, pitch - 6)):
                outline.append(polar(0, 0, radius, (tooth + share) * math.tau / teeth))
        canvas.poly(turned(outline, turn, x + 4, y + 6), fade(colours.ink, 0.4))
        canvas.poly(turned(outline, turn, x, y), shade)
        canvas.ring(x, y, pitch * 0.82, mix(shade, colours.ink, 0.18), 4)
        holes = teeth // 4  # After eight teeth of turning, every hole stands where another one stood.
        for hole in range(holes):
            centre = polar(x, y, pitch * 0.5, turn + hole * math.tau / holes)
            canvas.oval(*centre, pitch * 0.17, mix(colours.cool, colours.ink, 0.62))
        canvas.oval(x, y, pitch * 0.2, mix(shade, colours.ink, 0.4))
        canvas.oval(x, y, pitch * 0.09, colours.paper)


class Sewing(Scene):
    """Stitches run over patchwork behind a needle."""

    name = "sewing"

    STITCHES = 46

    def prepare(self) -> None:
        self.tiles = [[self.random.randrange(6) for _ in range(5)] for _ in range(8)]
        self.path = [self._on_path(index / self.STITCHES) for index in range(self.STITCHES + 1)]

    def _on_path(self, share: float) -> Point:
        angle = share * math.tau
        if self.variant:
            radius = 96 + 34 * math.cos(5 * angle)
            return polar(self.width / 2, 318, radius, angle - math.pi / 2)
        x = 16 * math.sin(angle) ** 3
        y = 13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle) - math.cos(4 * angle)
        return self.width / 2 + x * 8, 312 - y * 8

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        base = (colours.sky, colours.horizon, mix(colours.cool, colours.paper, 0.45), mix(colours.warm, colours.paper, 0.5), mix(colours.gold, colours.paper, 0.45), mix(colours.ground, colours.paper, 0.4))  # fmt: skip
        for row, tiles in enumerate(self.tiles):
            for column, kind in enumerate(tiles):
                x, y = column * 80 - 20, row * 80
                canvas.rect(x, y, x + 80, y + 80, base[kind])
                dot = mix(base[kind], colours.paper, 0.55)
                if kind % 3 == 0:
                    for spot in range(9):
                        canvas.oval(x + 16 + spot % 3 * 24, y + 16 + spot // 3 * 24, 4, dot)
                elif kind % 3 == 1:
                    for stripe in range(5):
                        canvas.rect(x + 4 + stripe * 16, y, x + 9 + stripe * 16, y + 80, dot)
        for line in range(9):
            for dash in range(50):
                canvas.rect(dash * 14, line * 80 - 4, dash * 14 + 7, line * 80 - 2.5, fade(colours.paper, 0.8))
                canvas.rect(line * 80 - 24, dash * 14, line * 80 - 22.5, dash * 14 + 7, fade(colours.paper, 0.8))
        canvas.oval(self.width / 2 + 3, 323, 158, fade(colours.ink, 0.14))
        canvas.oval(self.width / 2, 318, 158, mix(colours.gold, colours.ink, 0.25))
        canvas.oval(self.width / 2, 318, 147, colours.paper)
        canvas.oval(self.width / 2, 318, 141, mix(colours.paper, colours.horizon, 0.5))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        done = smooth(phase / 0.84) * self.STITCHES
        gone = smooth((phase - 0.9) / 0.1) * self.STITCHES
        for index in range(self.STITCHES):
            if not gone <= index < done:
                continue
            (x0, y0), (x1, y1) = self.path[index], self.path[index + 1]
            reach = min(1.0, done - index) * 0.66
            canvas.line([(x0, y0), (x0 + (x1 - x0) * reach, y0 + (y1 - y0) * reach)], colours.warm, 5.5)
        x, y = self._on_path(done / self.STITCHES)
        dip = pulse(phase, 24) if phase < 0.84 else 0.0
        lift = 26 * smooth((phase - 0.84) / 0.16) + 26 * (1 - smooth(phase / 0.05))
        tip = (x, y - 10 * (1 - dip) - lift)
        canvas.line(
            curve(
                [(tip[0] + 54, tip[1] - 92), (tip[0] + 92, tip[1] - 60 + 8 * wave(phase, 2)), (330, 500), (322, 560)],
                steps=8,
            ),
            colours.warm,
            2.4,
        )
        canvas.poly(
            [tip, (tip[0] + 50, tip[1] - 92), (tip[0] + 57, tip[1] - 96), (tip[0] + 60, tip[1] - 88)],
            mix(colours.ink, colours.paper, 0.3),
        )
        canvas.oval(tip[0] + 54, tip[1] - 89, 2.2, colours.paper)
        self._spool(canvas, 300, 556)
        for index, (bx, by) in enumerate(((66, 540), (110, 566), (76, 588))):
            shade = (colours.cool, colours.gold, colours.warm)[index]
            canvas.oval(bx + 2, by + 3, 19, fade(colours.ink, 0.2))
            canvas.oval(bx, by, 19, shade)
            canvas.ring(bx, by, 15, mix(shade, colours.ink, 0.2), 1.6)
            for hx, hy in ((-4, -4), (4, -4), (-4, 4), (4, 4)):
                canvas.oval(bx + hx, by + hy, 2, mix(shade, colours.ink, 0.6))

    def _spool(self, canvas: Canvas, x: float, y: float) -> None:
        colours = self.palette
        wood = mix(colours.gold, colours.ink, 0.2)
        canvas.rect(x - 25, y - 34, x + 25, y + 34, colours.warm, 4)
        for row in range(7):
            canvas.rect(x - 25, y - 26 + row * 8, x + 25, y - 24.5 + row * 8, mix(colours.warm, colours.ink, 0.22))
        canvas.rect(x - 32, y - 44, x + 32, y - 32, wood, 5)
        canvas.rect(x - 32, y + 32, x + 32, y + 44, wood, 5)


class Candles(Scene):
    """Candles of several heights, flames never still."""

    name = "candles"

    def prepare(self) -> None:
        heights = [120, 190, 150, 226, 104]
        self.random.shuffle(heights)
        self.candles = [(52.0 + index * 64, tall, self.random.random()) for index, tall in enumerate(heights)]
        self.motes = specks(self.random, 26, 0.8, 2.2)

    def background(self, canvas: Canvas) -> None:
        colours = self.palette
        dark = mix(colours.ink, colours.sky, 0.22)
        canvas.gradient(dark, mix(dark, colours.warm, 0.2))
        frame = mix(dark, colours.paper, 0.08)
        canvas.rect(60, 70, 300, 330, frame, 120)
        canvas.rect(70, 80, 290, 330, mix(dark, colours.sky, 0.3), 110)
        canvas.rect(176, 74, 184, 330, frame)
        canvas.rect(62, 220, 298, 228, frame)
        canvas.rect(46, 330, 314, 344, frame, 4)
        wood = mix(colours.ground, colours.ink, 0.55)
        canvas.rect(0, 520, self.width, self.height, wood)
        canvas.rect(0, 520, self.width, 528, mix(wood, colours.gold, 0.25))

    def paint(self, canvas: Canvas, phase: float) -> None:
        colours = self.palette
        for x, tall, offset in self.candles:
            canvas.glow(x, 505 - tall, 120 + 4 * round(2 * wave(phase, 3, offset)), colours.gold, 0.36)
        for index, (x, tall, offset) in enumerate(self.candles):
            wax = mix(
                (colours.paper, colours.warm, colours.paper, colours.cool, colours.gold)[index], colours.paper, 0.35
            )
            canvas.oval(x, 536, 34, mix(colours.ink, colours.cool, 0.2), 9)
            canvas.oval(x, 531, 34, mix(colours.gold, colours.ink, 0.35), 9)
            canvas.rect(x - 21, 530 - tall, x + 21, 532, wax, 6)
            canvas.rect(x + 8, 530 - tall, x + 21, 532, mix(wax, colours.ink, 0.15), 6)
            canvas.oval(x, 532 - tall, 21, mix(wax, colours.paper, 0.5), 6)
            run = 20 + 24 * offset + 10 * pulse(phase, 1, offset)
            canvas.rect(x - 16, 532 - tall, x - 9, 532 - tall + run, mix(wax, colours.paper, 0.5), 3)
            canvas.line([(x, 532 - tall), (x, 522 - tall)], colours.ink, 2.4)
            self._flame(canvas, x, 524 - tall, phase, offset)
        for mote in self.motes:
            y = (mote.y - phase * mote.turns) % 1.0 * 520
            x = mote.x * self.width + 8 * wave(phase, 1, mote.sway)
            canvas.oval(x, y, mote.size, fade(colours.gold, 0.55 * pulse(phase, 1, mote.sway)))

    def _flame(self, canvas: Canvas, x: float, y: float, phase: float, offset: float) -> None:
        colours = self.palette
        lean = 4 * wave(phase, 3, offset) + 2 * wave(phase, 7, offset * 3)
        tall = 40 + 5 * wave(phase, 5, offset)
        for size, shade in ((1.0, colours.warm), (0.74, colours.gold), (0.42, colours.paper)):
            points = [(x, y + 3), (x - 11 * size, y - 9 * size), (x - 6 * size + lean * 0.5, y - tall * 0.55 * size), (x + lean * size, y - tall * size),
                      (x + 7 * size + lean * 0.4, y - tall * 0.5 * size), (x + 11 * size, y - 9 * size)]  # fmt: skip
            canvas.blob(points, shade, steps=4)
