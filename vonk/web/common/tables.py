"""A plain table as a record: headings, rows of cells, what to say when there are none."""

import msgspec

from vonk.web.common.records import Badge


class Cell(msgspec.Struct, frozen=True):
    """One cell: text, a link when ``url`` is not "", or a badge. ``small`` stands under the text.

    ``name_of``: the text is a code of this kind ("region"), which the browser names.
    """

    text: str = ""
    url: str = ""
    small: str = ""
    badge: Badge | None = None
    name_of: str = ""


class Heading(msgspec.Struct, frozen=True):
    """A column. ``number``: its cells stand at the end."""

    label: str
    number: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The table. Every row has a cell for each heading."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    empty_text: str = ""
    icon: str = "receipt"
    next_cursor: str | None = None

    @property
    def lines(self) -> tuple[tuple[tuple[Heading, Cell], ...], ...]:
        """The rows, each cell with its heading."""
        return tuple(tuple(zip(self.headings, row, strict=True)) for row in self.rows)
