"""Nobody's post was shown without consent: every decision and every charge lies inside the consent's life."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from django.db import connection

from vonk.authorisation import queries as authorisation
from vonk.authorisation.chain import Broken
from vonk.authorisation.rules import Act
from vonk.billing.proving.checks import SQL_INTEGERS, Check, Finding, instant
from vonk.billing.proving.pages import Page
from vonk.core.clock import to_ms
from vonk.events.log import Position

GRACE_MS: Final = 1_000  # From a consent's end to the last decision under it (design §2).
LOOKS: Final = 5  # Acts of one profile are seconds apart, looks milliseconds.
CONSENTS_REMEMBERED_MAX: Final = 50_000  # Some 20 MB.

Spans = tuple[tuple[int, int], ...]


class ConsentsWitness:
    """Holds every decision and every billable event against the consent that its token names."""

    def __init__(self, until: Position, now: datetime) -> None:
        self.until = until
        self._now = now
        self._live = Finding("decisions_have_live_consent")
        self._terms = Finding("decisions_keep_to_their_consent")
        self._spans: dict[int, Spans] = {}
        self._of: dict[int, tuple[int, int | None] | None] = {}  # A consent's post and account; None: there is none.

    def see(self, page: Page) -> None:
        """Look at decisions that chose an ad under a consent, and at events that bill under one."""
        with self._live.timed():
            shown = sorted(_shown(page))
            self._learn({grant_id for _, grant_id, *_ in shown})
            self._live.count(len(shown))
            self._terms.count(len(shown))
            spans, terms = self._spans, self._of
            for position, grant_id, decided_ms, post_id, account_id in shown:
                if not any([start <= decided_ms < end + GRACE_MS for start, end in spans[grant_id]]):  # noqa: C419 - a list is faster.
                    self._live.complain(
                        f"position {position}: decided at {instant(decided_ms)} outside consent {grant_id}"
                    )
                if terms[grant_id] != (post_id, account_id):
                    self._terms.complain(
                        f"position {position}: consent {grant_id} is not for post {post_id} and account {account_id}"
                    )

    def checks(self) -> list[Check]:
        return [self._live.check(), self._terms.check(), _chain(), _rows()]

    def _learn(self, grant_ids: set[int]) -> None:
        """Read the lives of consents not met before. Later changes of a life lie after the decisions looked at."""
        unknown = grant_ids - self._spans.keys()
        if len(self._spans) + len(unknown) > CONSENTS_REMEMBERED_MAX:
            self._spans.clear()
            self._of.clear()
            unknown = grant_ids
        if not unknown:
            return
        asked = [grant_id for grant_id in unknown if grant_id in SQL_INTEGERS]
        spans = authorisation.live_spans_of(asked)
        facts = authorisation.consent_facts(asked, self._now)
        for grant_id in unknown:
            self._spans[grant_id] = tuple((to_ms(start), to_ms(end)) for start, end in spans.get(grant_id, ()))
            fact = facts.get(grant_id)
            self._of[grant_id] = (fact.post_id, fact.account_id) if fact is not None else None


def _shown(page: Page) -> Iterator[tuple[Position, int, int, int, int]]:
    """Yield position, consent, instant of decision, post and account of what was decided or billed under a consent."""
    for position, event in page.charged:
        claims = event.claims
        if claims.grant_id:
            yield position, claims.grant_id, claims.decided_ms, claims.post_id, claims.account_id
    for position, decision in page.decisions:
        if decision.grant_id:
            yield position, decision.grant_id, decision.at_ms, decision.post_id, decision.account_id


# One statement sees consents and their record at one instant. What a consent is was said act by act in its record.
_ROWS: Final = """
    SELECT consent.id, consent.post_id, consent.account_id, consent.redeemed_at, consent.revoked_at, consent.ends_at,
           record.act, record.at, record.post_id, record.detail
    FROM authorisation_consent AS consent
    LEFT JOIN authorisation_consent_record AS record ON record.consent_id = consent.id
    ORDER BY consent.id, record.sequence
"""


def _rows() -> Check:
    """Hold each consent's row against its record: an end that was taken back would let ads be shown again."""
    finding = Finding("consents_are_their_record")
    with finding.timed(), connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS)
        for consent_id, of_consent in groupby(cursor, key=lambda row: row[0]):
            finding.count()
            rows = list(of_consent)
            written = {
                "post": rows[0][1],
                "account": rows[0][2],
                "redeemed at": _instant(rows[0][3]),
                "revoked at": _instant(rows[0][4]),
                "ends at": _instant(rows[0][5]),
            }
            recorded = _recorded([row[6:] for row in rows if row[6] is not None])
            for name, value in written.items():
                if value != recorded[name]:
                    finding.complain(f"consent {consent_id}: {name} {value}, its record says {recorded[name]}")
    return finding.check()


def _recorded(acts: Sequence[tuple[str, datetime | str, int, dict[str, Any] | str]]) -> dict[str, object]:
    """Return what the acts of one consent, in their order, made of it."""
    said: dict[str, object] = dict.fromkeys(("post", "account", "redeemed at", "revoked at", "ends at"))
    for act, at, post_id, detail in acts:
        told = json.loads(detail) if isinstance(detail, str) else detail
        if act in {Act.ISSUED, Act.EXTENDED}:
            said |= {"post": post_id, "ends at": _instant(told.get("ends_at"))}
        elif act == Act.REDEEMED:
            said |= {"account": int(told.get("account", 0)), "redeemed at": _instant(at)}
        elif act == Act.REVOKED:
            said["revoked at"] = _instant(at)
    return said


def _instant(at: datetime | str | None) -> str | None:
    """Return an instant of either database, or of a detail, in one form: SQLite keeps text in UTC."""
    if at is None:
        return None
    try:
        parsed = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        return str(at)
    return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _chain() -> Check:
    finding = Finding("consent_record_is_unbroken")
    with finding.timed():
        finding.count(authorisation.record_count())
        for profile_id in sorted({broken.profile_id for broken in authorisation.verify_chain(None)}):
            for broken in _still_broken(profile_id):
                finding.complain(
                    f"profile {broken.profile_id}, record {broken.sequence} (row {broken.record_id}): "
                    f"{broken.fault.value}"
                )
    return finding.check()


def _still_broken(profile_id: int) -> list[Broken]:
    """Look again: an act that was recorded between two of the reads looks like a fault, once."""
    broken: list[Broken] = []
    for _ in range(LOOKS):
        broken = authorisation.verify_chain(profile_id)
        if not broken:
            break
    return broken
