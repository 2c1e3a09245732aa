"""Nobody's post was shown without consent: every decision and every charge lies inside the consent's life."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from vonk.authorisation import queries as authorisation
from vonk.authorisation.chain import Broken
from vonk.billing.proving import consent_rows
from vonk.billing.proving.checks import SQL_INTEGERS, Check, Finding, instant
from vonk.billing.proving.pages import Page
from vonk.core.clock import to_ms
from vonk.events.log import Position

GRACE_MS: Final = 1_000  # From a consent's end to the last decision under it (design §2).
LOOKS: Final = 5  # Acts of one profile are seconds apart, looks milliseconds.
CONSENTS_REMEMBERED_MAX: Final = 50_000  # Some 20 MB.
_BATCH: Final = 500  # Ids a statement; SQLite binds at most 999 values on old builds.

Spans = tuple[tuple[int, int], ...]


class ConsentsWitness:
    """Holds every decision and every billable event against the consent that its token names."""

    def __init__(self, until: Position, now: datetime) -> None:
        self.until = until
        self._now = now
        self._live = Finding("decisions_have_live_consent")
        self._terms = Finding("decisions_keep_to_their_consent")
        self._originals = Finding("decisions_have_live_originals")
        self._caps = Finding("charges_keep_to_their_grants_cap")
        self._spent: dict[int, int] = {}
        self._spans: dict[int, Spans] = {}
        self._needed: dict[int, tuple[Spans, ...]] = {}  # Of each original that a consent stands on.
        self._of: dict[int, tuple[int, int | None] | None] = {}  # A consent's post and account; None: there is none.

    def see(self, page: Page) -> None:
        """Look at decisions that chose an ad under a consent, and at events that bill under one."""
        for _, event in page.charged:
            grant_id = event.claims.grant_id
            if grant_id:
                self._spent[grant_id] = self._spent.get(grant_id, 0) + event.charge_micros
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
                for of_original in self._needed.get(grant_id, ()):
                    self._originals.count()
                    if not any(start <= decided_ms < end + GRACE_MS for start, end in of_original):
                        self._originals.complain(
                            f"position {position}: decided at {instant(decided_ms)} outside the consents that "
                            f"consent {grant_id} stands on"
                        )
                if terms[grant_id] != (post_id, account_id):
                    self._terms.complain(
                        f"position {position}: consent {grant_id} is not for post {post_id} and account {account_id}"
                    )

    def checks(self) -> list[Check]:
        return [
            self._live.check(),
            self._terms.check(),
            self._originals.check(),
            self._capped(),
            _chain(),
            consent_rows.check(),
        ]

    def _capped(self) -> Check:
        """Hold what was charged under each consent against the cap in its terms."""
        with self._caps.timed():
            spent = [(grant_id, micros) for grant_id, micros in sorted(self._spent.items()) if grant_id in SQL_INTEGERS]
            for first in range(0, len(spent), _BATCH):
                batch = dict(spent[first : first + _BATCH])
                for grant_id, cap in sorted(authorisation.spend_caps_of(batch).items()):
                    self._caps.count()
                    if batch[grant_id] > cap:
                        self._caps.complain(
                            f"consent {grant_id}: {batch[grant_id]} micros charged, its terms allow {cap}"
                        )
        return self._caps.check()

    def _learn(self, grant_ids: set[int]) -> None:
        """Read the lives of consents not met before. Later changes of a life lie after the decisions looked at."""
        unknown = grant_ids - self._spans.keys()
        if len(self._spans) + len(unknown) > CONSENTS_REMEMBERED_MAX:
            self._spans.clear()
            self._of.clear()
            self._needed.clear()
            unknown = grant_ids
        if not unknown:
            return
        asked = [grant_id for grant_id in unknown if grant_id in SQL_INTEGERS]
        spans = authorisation.live_spans_of(asked)
        facts = authorisation.consent_facts(asked, self._now)
        for grant_id, of_originals in authorisation.original_spans_of(asked).items():
            self._needed[grant_id] = tuple(
                tuple((to_ms(start), to_ms(end)) for start, end in of_original) for of_original in of_originals
            )
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
