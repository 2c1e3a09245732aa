"""Read a breakdown: collect each account's counts, keep and order the rows, and tell of one page what they are about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from vonk.advertising.queries.reported import Noun, Reported, ReportedFacts, reported, reported_facts
from vonk.advertising.rules import Status
from vonk.billing.queries import By
from vonk.content.queries import post_facts
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity
from vonk.identity.queries import AccountFacts
from vonk.reporting import results, statuses
from vonk.reporting.breakdowns import parts
from vonk.reporting.breakdowns.cells import collect
from vonk.reporting.breakdowns.columns import VOUCHERS, Column, Kind, Told
from vonk.reporting.breakdowns.spans import Span, span_of
from vonk.reporting.breakdowns.wanted import Breakdown, Moment, Part, Row, Wanted
from vonk.reporting.metrics import SPEND, Counts, Value, total_of
from vonk.reporting.reach.rules import REACH

OBJECTS_MAX: Final = 20_000
"""Of one account in one report; of more, the newest."""


class Key(NamedTuple):
    """Whose counts: an object (0: of the account itself) at a moment, for parts of its audience."""

    account: int  # Its place among the scopes.
    object_id: int
    moment: Moment
    parts: tuple[str, ...]


class _Account(msgspec.Struct, frozen=True):
    scope: Scope
    facts: AccountFacts
    counts: Mapping[Key, Counts]


def breakdown(scopes: Sequence[Scope], wanted: Wanted, *, now: datetime) -> Breakdown:
    """Return a page of the report over these ad accounts. Raises SpanInvalid.

    By time or audience there are rows of what has numbers, otherwise of every object. Deleted objects are in the numbers
    of what they lie under, whether or not they have rows.
    """
    accounts = [_account(place, scope, wanted, now=now) for place, scope in enumerate(scopes)]
    counts: dict[Key, Counts] = {key: of_key for account in accounts for key, of_key in account.counts.items()}
    keys = [key for key in sorted(counts, key=_usual) if _kept(counts[key], wanted)]
    keys = _ordered(keys, counts, accounts, wanted)
    first = (wanted.numbering.page - 1) * wanted.numbering.size
    page = keys[first : first + wanted.numbering.size]
    of_objects = wanted.by_object and not wanted.by_video
    facts = _facts(accounts, wanted.noun if of_objects else None, page)
    rows = tuple(
        Row(
            accounts[key.account].facts,
            key.object_id,
            facts.get((key.account, key.object_id)),
            key.moment,
            key.parts,
            _values(wanted.columns, counts[key]),
        )
        for key in page
    )
    currencies = {account.facts.currency for account in accounts}
    total = _total((counts[key] for key in keys), wanted, one_currency=len(currencies) == 1)
    return Breakdown(rows, len(keys), wanted.numbering, total if wanted.with_total else None)


def _account(place: int, scope: Scope, wanted: Wanted, *, now: datetime) -> _Account:
    scope.require(Right.ACCOUNT_VIEW)
    facts = identity.account_facts(scope.account)
    span = span_of(wanted.start_date, wanted.end_date, by=wanted.by, time_zone=facts.time_zone, utc=wanted.utc)
    found = _objects(scope, wanted, now=now)
    if wanted.by_video:
        found = _by_video(found, wanted.videos)
    needs = frozenset().union(*(column.needs for column in wanted.columns.values()))
    counts: dict[Key, Counts] = {}
    if span.by is By.NONE and not wanted.parts:  # Every object has a row.
        objects = found.objects if wanted.by_object and wanted.noun else (0,)
        counts.update({Key(place, object_id, None, ()): {} for object_id in objects})
    for object_id, moment, of, counted in _counts(scope.account, found, span, needs, wanted):
        if any(counted.values()):
            counts[Key(place, object_id, moment, of)] = counted
    return _Account(scope, facts, counts)


def _counts(
    account_id: int, found: Reported, span: Span, needs: frozenset[str], wanted: Wanted
) -> Iterator[tuple[int, Moment, tuple[str, ...], Counts]]:
    """Yield object, step, parts and counts."""
    ads = found.ads

    def place(ad_id: int) -> int:
        return ads[ad_id].object_id if wanted.by_object else 0

    if not wanted.parts:
        for (object_id, moment), counted in collect(account_id, ads, span, needs, place).items():
            yield object_id, moment, (), counted
        return
    needs = needs - {REACH} | parts.NEEDED | (results.COUNTERS if results.RESULTS in needs else frozenset())
    by_ad = collect(account_id, ads, span, needs, int)
    folded: dict[tuple[int, Moment, tuple[str, ...]], dict[str, int]] = {}
    for ad_id, moment, values, counts in parts.divided(by_ad, ads, span, wanted.parts):
        if wanted.countries is not None and values[wanted.parts.index(Part.COUNTRY)] not in wanted.countries:
            continue
        whole = folded.setdefault((place(ad_id), moment, values), {})
        for name, value in counts.items():
            whole[name] = whole.get(name, 0) + value
    for (object_id, moment, values), summed in folded.items():
        yield object_id, moment, values, summed


def _objects(scope: Scope, wanted: Wanted, *, now: datetime) -> Reported:
    """Return what is reported, of very many objects the newest."""
    found = reported(scope, wanted.noun, wanted.which)
    objects = found.objects
    if wanted.status is not None and wanted.noun is not None:
        of_objects = _statuses(wanted.noun, objects, now=now)
        objects = tuple(one for one in objects if one in of_objects and wanted.status(of_objects[one]))
    objects = objects[:OBJECTS_MAX]
    if len(objects) == len(found.objects):
        return found
    left = frozenset(objects)
    return Reported(objects, {ad_id: ad for ad_id, ad in found.ads.items() if ad.object_id in left})


def _by_video(found: Reported, videos: frozenset[int] | None) -> Reported:
    """Return the videos of the ads' posts in place of the ads, newest first."""
    posts = post_facts({ad.post_id for ad in found.ads.values()})
    ads = {ad_id: ad._replace(object_id=posts[ad.post_id].video_id) for ad_id, ad in found.ads.items()}
    kept = {ad_id: ad for ad_id, ad in ads.items() if videos is None or ad.object_id in videos}
    return Reported(tuple(sorted({ad.object_id for ad in kept.values()}, reverse=True)), kept)


def _statuses(noun: Noun, ids: Sequence[int], *, now: datetime) -> Mapping[int, Status]:
    if noun == "campaign":
        return statuses.campaign_statuses(ids, now=now)
    return statuses.ad_group_statuses(ids, now=now) if noun == "ad_group" else statuses.statuses(ids, now=now)


def _usual(key: Key) -> tuple[Any, ...]:
    return key.account, -key.object_id, key.moment, key.parts


def _kept(counts: Counts, wanted: Wanted) -> bool:
    return all(one.fulfils(_value(wanted.columns[one.column], counts)) for one in wanted.conditions)


def _ordered(keys: list[Key], counts: Mapping[Key, Counts], accounts: Sequence[_Account], wanted: Wanted) -> list[Key]:
    order = wanted.order
    if order is None:
        return keys
    if order.column is None:
        return sorted(keys, key=lambda key: str(key.moment), reverse=order.descending)
    column = wanted.columns[order.column]
    if column.text is not None:
        facts = _facts(accounts, wanted.noun if wanted.by_object else None, keys)
        tell = column.text
        return sorted(
            keys,
            key=lambda key: tell(Told(accounts[key.account].facts, facts.get((key.account, key.object_id)))),
            reverse=order.descending,
        )
    valued = [(_value(column, counts[key]), key) for key in keys]
    there = sorted((one for one in valued if one[0] is not None), key=lambda one: one[0] or 0, reverse=order.descending)
    return [key for _, key in there] + [key for value, key in valued if value is None]


def _facts(
    accounts: Sequence[_Account], noun: Noun | None, keys: Iterable[Key]
) -> dict[tuple[int, int], ReportedFacts]:
    """Return what is said of the objects of these rows, by account and object."""
    if noun is None:
        return {}
    ids: dict[int, set[int]] = {}
    for key in keys:
        ids.setdefault(key.account, set()).add(key.object_id)
    return {
        (place, object_id): facts
        for place, wanted in ids.items()
        for object_id, facts in reported_facts(accounts[place].scope, noun, wanted).items()
    }


def _values(columns: Mapping[str, Column], counts: Counts) -> dict[str, Value]:
    return {name: _value(column, counts) for name, column in columns.items() if column.formula is not None}


def _value(column: Column, counts: Counts) -> Value:
    assert column.formula is not None, "Texts have no value."
    return column.formula(counts)


def _total(parts_of: Iterable[Counts], wanted: Wanted, *, one_currency: bool) -> dict[str, Value]:
    """Return the values of all rows together, of the columns of which there is one: money of two currencies has none."""
    if not wanted.with_total:
        return {}
    counts = total_of(parts_of)
    return {
        name: _value(column, counts)
        for name, column in wanted.columns.items()
        if column.formula is not None and column.additive and (one_currency or not _is_of_money(column))
    }


def _is_of_money(column: Column) -> bool:
    return column.kind is Kind.MONEY or bool(column.needs & {SPEND, VOUCHERS, "conversion_value"})
