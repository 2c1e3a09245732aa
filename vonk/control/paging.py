"""Pages of lists, newest first: by a cursor that is the last id of the page before, or by number with an exact total."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import msgspec
from django.db.models import BigIntegerField, Func, Model, QuerySet

from vonk.control import prepared
from vonk.core.errors import FieldInvalid
from vonk.core.ids import parse_id
from vonk.core.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


_ALL: Final = Func(template="COUNT(*)", output_field=BigIntegerField())


class _Count(msgspec.Struct, frozen=True):
    rows: int


class Paging(msgspec.Struct, frozen=True):
    """Which page is wanted: ``size`` items after the cursor (the beginning when it is None)."""

    cursor: int | None = None
    size: int = PAGE_SIZE_DEFAULT


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """Some items, and the cursor of the next page (None on the last)."""

    items: tuple[Item, ...]
    next_cursor: str | None


def parse(cursor: str | None, size: str | None) -> Paging:
    """Return the paging written in a query string; FieldInvalid names what is wrong."""
    try:
        after = parse_id(cursor) if cursor else None
    except ValueError as error:
        raise FieldInvalid("cursor", "not a cursor of this list") from error
    if size is None or size == "":
        return Paging(after)
    if not size.isascii() or not size.isdigit() or not 1 <= int(size[:9]) <= PAGE_SIZE_MAX:
        raise FieldInvalid("page_size", "a number from 1 to %(most)s", most=PAGE_SIZE_MAX)
    return Paging(after, int(size))


def page_of(rows: "QuerySet[Row]", paging: Paging, to_item: Callable[[Row], Item]) -> Page[Item]:
    """Return one page of the rows, newest id first."""
    if paging.cursor is not None:
        rows = rows.filter(pk__lt=paging.cursor)
    found = list(rows.order_by("-pk")[: paging.size + 1])
    shown = found[: paging.size]
    more = len(found) > paging.size
    return Page(tuple(to_item(row) for row in shown), str(shown[-1].pk) if more else None)


class Numbering(msgspec.Struct, frozen=True):
    """Which page is wanted, by its number from 1."""

    page: int
    size: int


class Numbered(msgspec.Struct, Generic[Item], frozen=True):
    """Some items, and how many there are on all pages together."""

    items: tuple[Item, ...]
    total: int
    numbering: Numbering


def numbered(rows: "QuerySet[Row]", numbering: Numbering, to_item: Callable[[Row], Item]) -> Numbered[Item]:
    """Return one page of the rows, newest id first; beyond the last page it is empty."""
    first = (numbering.page - 1) * numbering.size
    found = rows.order_by("-pk")[first : first + numbering.size]
    return Numbered(tuple(to_item(row) for row in found), rows.count(), numbering)


class Listing(Generic[Row]):
    """A list that is often asked for by number, whose statements are kept (``control.prepared``)."""

    def __init__(self, rows: "Callable[[], QuerySet[Row]]") -> None:
        self._page = prepared.models(lambda: rows().order_by("-pk"))
        self._count = prepared.values(_Count, lambda: rows().order_by().values_list(_ALL))

    def numbered(self, numbering: Numbering, to_item: Callable[[Row], Item], **values: object) -> Numbered[Item]:
        """Return what ``numbered`` does of the rows, with these values where they have a place for them."""
        first = (numbering.page - 1) * numbering.size
        found = self._page.rows(limit=numbering.size, offset=first, **values)
        counted = self._count.first(**values)
        assert counted is not None, "Something is counted, be it nothing."
        return Numbered(tuple(to_item(row) for row in found), counted.rows, numbering)


def numbered_of(items: "Sequence[Item]", numbering: Numbering) -> Numbered[Item]:
    """Return one page of a bounded list that is at hand, in its order; beyond the last page it is empty."""
    first = (numbering.page - 1) * numbering.size
    return Numbered(tuple(items[first : first + numbering.size]), len(items), numbering)
