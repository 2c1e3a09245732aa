"""Nobody's post was shown without consent: every decision and every charge lies inside the consent's life."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from vonk.authorisation import queries as authorisation
from vonk.billing.proving.checks import Check, Finding
from vonk.core.clock import from_ms, to_ms
from vonk.events.log import Position, StoredRecord
from vonk.events.records import DecisionRecord, EventRecord

GRACE_MS: Final = 1_000  # From a consent's end to the last decision under it (design §2).
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
        self._of: dict[int, tuple[int, int | None]] = {}  # A consent's post and account.

    def see(self, records: Sequence[StoredRecord]) -> None:
        """Look at decisions that chose an ad under a consent, and at events that bill under one."""
        shown = list(_shown(records))
        self._learn({grant_id for _, grant_id, *_ in shown})
        for position, grant_id, decided_ms, post_id, account_id in shown:
            self._live.count()
            spans = self._spans.get(grant_id, ())
            if not any(start <= decided_ms < end + GRACE_MS for start, end in spans):
                self._live.complain(
                    f"position {position}: decided at {from_ms(decided_ms).isoformat()} outside consent {grant_id}"
                )
            self._terms.count()
            if self._of.get(grant_id) != (post_id, account_id):
                self._terms.complain(
                    f"position {position}: consent {grant_id} is not for post {post_id} and account {account_id}"
                )

    def checks(self) -> list[Check]:
        return [self._live.check(), self._terms.check(), _chain()]

    def _learn(self, grant_ids: set[int]) -> None:
        """Read the lives of consents not met before. Later changes of a life lie after the decisions looked at."""
        unknown = grant_ids - self._spans.keys()
        if len(self._spans) + len(unknown) > CONSENTS_REMEMBERED_MAX:
            self._spans.clear()
            self._of.clear()
            unknown = grant_ids
        if not unknown:
            return
        spans = authorisation.live_spans_of(unknown)
        facts = authorisation.consent_facts(unknown, self._now)
        for grant_id in unknown:
            self._spans[grant_id] = tuple((to_ms(start), to_ms(end)) for start, end in spans.get(grant_id, ()))
            if grant_id in facts:
                self._of[grant_id] = (facts[grant_id].post_id, facts[grant_id].account_id)


def _shown(records: Sequence[StoredRecord]) -> Iterator[tuple[Position, int, int, int, int]]:
    """Yield position, consent, instant of decision, post and account of what was decided or billed under a consent."""
    for stored in records:
        record = stored.record
        if isinstance(record, EventRecord):
            claims = record.claims
            if claims.grant_id and record.charge_micros:
                yield stored.position, claims.grant_id, claims.decided_ms, claims.post_id, claims.account_id
        elif isinstance(record, DecisionRecord) and record.grant_id:
            yield stored.position, record.grant_id, record.at_ms, record.post_id, record.account_id


def _chain() -> Check:
    finding = Finding("consent_record_is_unbroken")
    finding.count(authorisation.record_count())
    for broken in authorisation.verify_chain(None):
        finding.complain(
            f"profile {broken.profile_id}, record {broken.sequence} (row {broken.record_id}): {broken.fault.value}"
        )
    return finding.check()
