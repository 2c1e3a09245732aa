"""What every scene is: a background drawn once, and a frame drawn over it for each phase."""

# ruff: noqa: PLR0917 - places and sizes read as x, y, width, height; naming each would drown the drawing.

from abc import ABC, abstractmethod
from random import Random
from typing import ClassVar

from vonk.simulation.scenes.canvas import Canvas
from vonk.simulation.scenes.palettes import PALETTES, Palette


class Scene(ABC):
    """A moving picture. ``seed`` decides everything that is left to chance; ``variant`` is the seed's low digit, for
    scenes that come in two arrangements.
    """

    name: ClassVar[str]

    def __init__(self, width: int, height: int, palette: str, seed: int) -> None:
        self.width = width
        self.height = height
        self.palette: Palette = PALETTES[palette]
        self.random = Random(seed)
        self.variant = seed % 2
        self.prepare()
        self._background = Canvas.blank(width, height)
        self.background(self._background)

    def prepare(self) -> None:  # noqa: B027 - a hook: most scenes leave nothing to chance.
        """Choose, once, what chance decides. Scenes without chance leave it as it is."""

    def background(self, canvas: Canvas) -> None:
        """Draw what does not move."""
        canvas.gradient(self.palette.sky, self.palette.horizon)

    @abstractmethod
    def paint(self, canvas: Canvas, phase: float) -> None:
        """Draw what moves, over the background."""

    def frame(self, phase: float) -> Canvas:
        """Return the whole picture at a phase from 0 (first frame) up to 1 (the first frame again)."""
        canvas = self._background.copy()
        self.paint(canvas, phase)
        return canvas
