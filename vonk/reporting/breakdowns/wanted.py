"""What a breakdown is asked for, and what it answers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from vonk.advertising.queries.reported import Noun, ReportedFacts, Which
from vonk.advertising.rules import Status
from vonk.billing.queries import By
from vonk.control.paging import Numbering
from vonk.identity.queries import AccountFacts
from vonk.reporting.breakdowns.columns import Column
from vonk.reporting.metrics import Value

Moment = date | datetime | None
"""A day, the beginning of an hour by the clock of the report's zone (without one), or the whole span."""


class Part(StrEnum):
    """What of its audience a row is about."""

    COUNTRY = "country"
    AGE_BAND = "age_band"
    GENDER = "gender"
    OTHER = "other"  # Something that nobody tells here: one row has it all.


class Condition(msgspec.Struct, frozen=True):
    """Rows are kept whose column fulfils this. Values are as formulas give them, None where there is nothing to divide by."""

    column: str
    fulfils: Callable[[Value], bool]


class Order(msgspec.Struct, frozen=True):
    """By one column, or by time; rows that are equal keep the usual order: newest object first, then time, then part."""

    column: str | None  # None: time.
    descending: bool = True


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. ``start_date`` and ``end_date`` None: all that ever was."""

    noun: Noun | None  # Rows are of objects; None: of whole accounts.
    by_object: bool = True  # False: of all of an account's objects of the noun together.
    by_video: bool = False  # Of ads: rows are of the videos of their posts, those with numbers or without.
    videos: frozenset[int] | None = None  # Of these alone.
    by: By = By.NONE
    parts: tuple[Part, ...] = ()
    countries: frozenset[str] | None = None  # Rows of these countries alone; needs the part.
    start_date: date | None
    end_date: date | None
    utc: bool = False  # Days are UTC's, not the account's.
    columns: Mapping[str, Column]
    which: Which = Which()
    status: Callable[[Status], bool] | None = None  # Objects are kept whose status fulfils this.
    conditions: tuple[Condition, ...] = ()
    order: Order | None = None
    numbering: Numbering
    with_total: bool = False


class Row(msgspec.Struct, frozen=True):
    """One row. ``values`` hold the columns that have a formula; the others are told from account and facts."""

    account: AccountFacts
    object_id: int  # 0: of the whole account. A video's, by video.
    facts: ReportedFacts | None
    moment: Moment
    parts: tuple[str, ...]
    values: Mapping[str, Value]


class Breakdown(msgspec.Struct, frozen=True):
    """A page of rows, how many there are on all pages, and the values of all of them together, if asked."""

    rows: tuple[Row, ...]
    total: int
    numbering: Numbering
    total_values: Mapping[str, Value] | None
