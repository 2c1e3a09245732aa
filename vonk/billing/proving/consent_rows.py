"""Each consent's row is what its record says, act by act, whatever road it came by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

import msgspec
from django.db import connection

from vonk.authorisation.rules import Act
from vonk.billing.proving.checks import Check, Finding

# One statement sees consents and their record at one instant. An act on an access is one on every consent that came by
# way of it. A code that several accounts use comes before what they took up with it: its id is older.
_ROWS: Final = """
    SELECT consent.id, consent.post_id, consent.account_id, consent.redeemed_at, consent.revoked_at, consent.ends_at,
           consent.ending_at, consent.released_at, consent.access_id, record.sequence, record.act, record.at,
           record.post_id, record.detail
    FROM authorisation_consent AS consent
    LEFT JOIN authorisation_consent_record AS record ON record.consent_id = consent.id
    UNION ALL
    SELECT consent.id, consent.post_id, consent.account_id, consent.redeemed_at, consent.revoked_at, consent.ends_at,
           consent.ending_at, consent.released_at, consent.access_id, record.sequence, record.act, record.at,
           record.post_id, record.detail
    FROM authorisation_consent AS consent
    JOIN authorisation_consent_record AS record ON record.access_id = consent.access_id AND record.consent_id IS NULL
    ORDER BY 1, 10
"""

_Ends = list[tuple[str | None, object]]  # When a code's end was set, and to what.


class _Act(msgspec.Struct, frozen=True):
    act: str
    at: str | None
    post_id: int | None
    detail: Mapping[str, Any]


class _Said(msgspec.Struct):
    """What the acts made of a consent. Where several values are right, as of a bulk act, all of them are there."""

    post: object = None
    account: object = None
    redeemed_at: object = None
    released_at: object = None
    changed: bool = False  # The scopes of its access were: that may have ended it, with notice or without.
    ends_at: set[object] = msgspec.field(default_factory=lambda: {None})
    revoked_at: set[object] = msgspec.field(default_factory=lambda: {None})
    ending_at: set[object] = msgspec.field(default_factory=lambda: {None})


def check() -> Check:
    """Hold each consent's row against its record: an end that was taken back would let ads be shown again."""
    finding = Finding("consents_are_their_record")
    codes: dict[int, _Ends] = {}
    with finding.timed(), connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS)
        for consent_id, of_consent in groupby(cursor, key=lambda row: row[0]):
            finding.count()
            rows = list(of_consent)
            acts = [_act(row[10:]) for row in rows if row[10] is not None]
            said = _said(consent_id, acts, codes, by_access=rows[0][8] is not None)
            for name, written, right in _compared(rows[0], said):
                if written not in right:
                    shown = " or ".join(sorted(map(str, right)))
                    finding.complain(f"consent {consent_id}: {name} {written}, its record says {shown}")
    return finding.check()


def _compared(row: Sequence[Any], said: _Said) -> Iterable[tuple[str, object, set[object]]]:
    yield "post", row[1], {said.post}
    yield "account", row[2], {said.account}
    yield "redeemed at", _instant(row[3]), {said.redeemed_at}
    ending_at = _instant(row[6])
    yield "revoked at", _instant(row[4]), said.revoked_at | ({ending_at} if said.changed else set())
    yield "ends at", _instant(row[5]), said.ends_at
    yield "ending at", ending_at, said.ending_at | ({ending_at} if said.changed else set())
    yield "released at", _instant(row[7]), {said.released_at}


def _said(consent_id: int, acts: Sequence[_Act], codes: dict[int, _Ends], *, by_access: bool) -> _Said:
    """Return what the acts of one consent, in their order, made of it."""
    said = _Said()
    for one in acts:
        told = one.detail
        ends_at = _instant(told.get("ends_at"))
        if one.act in {Act.ISSUED, Act.EXTENDED}:
            said.post, said.ends_at = one.post_id, {ends_at}
            if one.act == Act.ISSUED and _several(told):
                codes[consent_id] = []
            if consent_id in codes:
                codes[consent_id].append((one.at, ends_at))
        elif one.act == Act.TAKEN:
            said.post, said.ends_at, said.redeemed_at = one.post_id, {ends_at}, one.at
            said.account = _number(told.get("account"))
        elif one.act == Act.REDEEMED:
            said.account, said.redeemed_at = _number(told.get("account")), one.at
            code = _number(told.get("code_of"))
            if code not in {None, consent_id}:
                said.post = one.post_id
                said.ends_at = {_end_of(codes.get(code or 0, []), one.at)}
        elif one.act == Act.REVOKED:
            said.revoked_at = {one.at}
        elif one.act == Act.RELEASED:
            said.released_at = one.at
        elif one.act == Act.NOTICE_GIVEN and not by_access:
            said.ending_at = {_instant(told.get("ending_at"))}
        elif by_access and said.redeemed_at is not None:
            _of_access(one, said, ends_at)
    return said


def _of_access(one: _Act, said: _Said, ends_at: str | None) -> None:
    """Note what an act on the access did to a consent that stood under it then."""
    if None not in said.revoked_at or said.released_at is not None:
        return
    if one.act == Act.ACCESS_EXTENDED:
        said.ends_at = {ends_at} | (said.ends_at if said.changed else set())
    elif one.act in {Act.ACCESS_REVOKED, Act.ACCESS_RELEASED}:
        said.revoked_at = (said.revoked_at - {None}) | {one.at}
    elif one.act == Act.NOTICE_GIVEN:
        said.ending_at = said.ending_at | {_instant(one.detail.get("ending_at"))}  # Not of one that had expired.
    elif one.act == Act.ACCESS_CHANGED:  # It may have ended this one, at once or with notice, and may take that back.
        said.changed = True
        said.revoked_at = said.revoked_at | {one.at}


def _act(row: Sequence[Any]) -> _Act:
    act, at, post_id, detail = row
    return _Act(act, _instant(at), post_id, json.loads(detail) if isinstance(detail, str) else detail)


def _several(told: Mapping[str, Any]) -> bool:
    """Say whether several accounts may use the code."""
    return (_number(told.get("accounts_max")) or 1) > 1


def _end_of(ends: _Ends, at: str | None) -> object:
    """Return the end that the code had at an instant; None when it had none."""
    return next((ends_at for set_at, ends_at in reversed(ends) if str(set_at) <= str(at)), None)


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _instant(at: datetime | str | None) -> str | None:
    """Return an instant of either database, or of a detail, in one form: SQLite keeps text in UTC."""
    if at is None:
        return None
    try:
        parsed = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        return str(at)
    aware = parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")
