"""What the business API answers: the envelope, pages, chosen fields, instants and amounts as v1.3 writes them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

from vonk.control.paging import Numbered
from vonk.wire.business.asked import require_year
from vonk.wire.business.errors import ParameterInvalid

Digits = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$", description="A 64-bit id.")]
Moment = Annotated[str, msgspec.Meta(description="UTC, YYYY-MM-DD HH:MM:SS.")]
NULL_FIELD: Final = "NULL_FIELD"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what operations answer. Ids are text, instants are written by ``moment``, amounts by ``units``."""


class PageInfo(Given, frozen=True):
    """Where a page stands. All are exact: published clients loop until they have ``total_number`` rows."""

    page: int
    page_size: int
    total_number: int
    total_page: int


def page_info(page: Numbered[Any]) -> PageInfo:
    """Return where the page stands; an empty list has 0 pages (reference API §19)."""
    size = page.numbering.size
    return PageInfo(
        page=page.numbering.page, page_size=size, total_number=page.total, total_page=(page.total + size - 1) // size
    )


def moment(at: datetime) -> str:
    """Return an instant as objects write it: UTC, ``YYYY-MM-DD HH:MM:SS``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def moment_z(at: datetime) -> str:
    """Return an instant as the file library writes it: ``YYYY-MM-DDTHH:MM:SSZ``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str, field: str) -> datetime:
    """Return the UTC instant written in either form; ParameterInvalid otherwise."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ParameterInvalid(field=field, reason="an instant written YYYY-MM-DD HH:MM:SS, in UTC") from error
    require_year(found.year, field)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def units(micros: int) -> float:
    """Return an amount as a number of the account's currency, the one place where money is a float."""
    return micros / 1_000_000


def micros(amount: float, field: str) -> int:
    """Return a number of the account's currency in micros; ParameterInvalid for what is no amount."""
    if not -1e12 < amount < 1e12:  # Also false for NaN.
        raise ParameterInvalid(field=field, reason="an amount below a trillion")
    return round(amount * 1_000_000)


def chosen(
    rows: Sequence[msgspec.Struct], kind: type[msgspec.Struct], fields: Collection[str] | None, excluded: Iterable[str]
) -> list[Any]:
    """Return the rows with the fields asked for (None: all), without nulls when these are excluded.

    Raises ParameterInvalid that lists the allowed names when one is unknown.
    """
    without_nulls = NULL_FIELD in excluded
    if fields:
        known = kind.__struct_encode_fields__
        unknown = [name for name in fields if name not in known]
        if unknown:
            raise ParameterInvalid(
                field="fields", reason=f"{', '.join(unknown)[:200]}: unknown; allowed are {', '.join(known)}"
            )
    if not fields and not without_nulls:
        return list(rows)
    wanted = None if not fields else frozenset(fields)
    return [
        {
            name: value
            for name, value in msgspec.structs.asdict(row).items()
            if (wanted is None or name in wanted) and not (without_nulls and value is None)
        }
        for row in rows
    ]
