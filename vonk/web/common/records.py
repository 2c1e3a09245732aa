"""What the components draw: small typed records that views fill and templates read."""

from enum import StrEnum

import msgspec


class Tone(StrEnum):
    """How good or bad a state is; the style sheet turns it into a colour, the text says it in words."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    CALM = "calm"


class Cause(msgspec.Struct, frozen=True):
    """One reason for a state: what it is, what can be done, and the path where that begins ("" when nowhere).

    ``act`` is the path that mends it when it is posted to, for a button; ``link`` then is where one can do it by hand.
    """

    label: str
    remedy: str = ""
    link: str = ""
    link_label: str = ""
    act: str = ""


class Badge(msgspec.Struct, frozen=True):
    """A state in words, with all of its causes; the first cause is the headline (reference §9.5)."""

    label: str
    tone: Tone = Tone.CALM
    causes: tuple[Cause, ...] = ()


class Series(msgspec.Struct, frozen=True):
    """One line or row of bars. ``texts`` are the values as people read them, for the table and the tooltip.

    A value of None leaves a gap.
    """

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    second_axis: bool = False
    beside: bool = False  # A dashed line whatever the chart's kind: what the rest is compared with.


class ChartKind(StrEnum):
    """How a chart is drawn."""

    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"


class Chart(msgspec.Struct, frozen=True):
    """A chart and, under it, the same numbers as a table. ``id`` is unique on the page.

    Every series has one value and one text per label.
    """

    id: str
    title: str
    label_heading: str  # What the labels are: "Day".
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: ChartKind = ChartKind.LINE
