"""The consent record as its creator reads it, and whether it is whole."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec

from vonk.authorisation import chain, reach
from vonk.authorisation.models import ConsentChain, ConsentRecord
from vonk.authorisation.rules import Act
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.identity.queries import accounts_facts, person_names

_FULL_PAGE: Final = Paging(size=PAGE_SIZE_MAX)


class HistoryRow(msgspec.Struct, frozen=True):
    """One act of the consent record. ``person_name`` is None when the platform itself acted."""

    id: int
    sequence: int
    at: datetime
    act: Act
    post_id: int | None
    consent_id: int | None
    person_name: str | None
    account_name: str | None
    detail: chain.Detail
    hash: str


def history(scope: Scope, post_id: int | None = None, paging: Paging = _FULL_PAGE) -> Page[HistoryRow]:
    """Return the acting creator's consent record, newest act first: all of it, or one post's.

    The cursor is a sequence number. An advertiser is named by account, not by the person who clicked.
    """
    profile_id = reach.own_profile(scope) if post_id is None else reach.own_post(scope, post_id).profile_id
    rows = ConsentRecord.objects.select_related("consent").filter(profile_id=profile_id).order_by("-sequence")
    if post_id is not None:
        rows = rows.filter(post_id=post_id)
    if paging.cursor is not None:
        rows = rows.filter(sequence__lt=paging.cursor)
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(_history(scope, shown)), str(shown[-1].sequence) if len(found) > paging.size else None)


def record_count() -> int:
    """Return how many acts the consent record of all profiles holds."""
    return ConsentRecord.objects.count()


def verify_chain(profile_id: int | None) -> list[chain.Broken]:
    """Return every fault in the consent record of one profile, or of all: changed, missing and reordered rows."""
    heads = ConsentChain.objects.order_by("profile_id")
    rows = ConsentRecord.objects.order_by("profile_id", "sequence")
    if profile_id is not None:
        heads, rows = heads.filter(profile_id=profile_id), rows.filter(profile_id=profile_id)
    unseen = {row.profile_id: chain.Head(row.length, row.hash) for row in heads.iterator()}
    broken: list[chain.Broken] = []
    for profile, of_profile in groupby(stored(rows.iterator()), key=lambda stored: stored.row.profile_id):
        broken += chain.verify(profile, of_profile, unseen.pop(profile, chain.Head()))
    for profile, head in unseen.items():
        broken += chain.verify(profile, (), head)
    return broken


def stored(rows: Iterable[ConsentRecord]) -> Iterator[chain.StoredRow]:
    """Yield the rows as they are hashed, each with the hash that stands beside it."""
    for row in rows:
        hashed = chain.Row(
            id=row.pk,
            profile_id=row.profile_id,
            sequence=row.sequence,
            post_id=row.post_id,
            consent_id=row.consent_id,
            at=row.at,
            person_id=row.person_id,
            act=row.act,
            detail=row.detail,
            previous_hash=row.previous_hash,
            request_id=row.request_id,
            access_id=row.access_id,
            standing_id=row.standing_id,
        )
        yield chain.StoredRow(hashed, row.hash)


def _history(scope: Scope, rows: list[ConsentRecord]) -> Iterator[HistoryRow]:
    of_row = {row.pk: _account_of(row) for row in rows}
    accounts = accounts_facts(account_id for account_id in of_row.values() if account_id is not None)
    names = person_names([scope.person])
    for row in rows:
        account_id = of_row[row.pk]
        yield HistoryRow(
            id=row.pk,
            sequence=row.sequence,
            at=row.at,
            act=Act(row.act),
            post_id=row.post_id,
            consent_id=row.consent_id,
            person_name=names.get(row.person_id) if row.person_id is not None else None,
            account_name=accounts[account_id].name if account_id in accounts else None,
            detail=row.detail,
            hash=row.hash,
        )


def _account_of(row: ConsentRecord) -> int | None:
    """Return the account that the act concerns: who holds the consent, or who agreed to a code's terms."""
    if row.consent is not None and row.consent.account_id is not None:
        return row.consent.account_id
    return int(row.detail["account"]) if row.act == Act.TERMS_AGREED.value and "account" in row.detail else None
