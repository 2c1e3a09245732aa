"""What a finding would come to, worked out by making it and taking it back before anybody sees it."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.billing.actions import findings
from vonk.billing.models import CreditNote, FindingEvent
from vonk.control.scope import Right, Scope
from vonk.events.log import EventLog


class NotePreview(msgspec.Struct, frozen=True):
    """What would go back to one ad account, and what of it its creators would give."""

    account_id: int
    currency: str
    amount_micros: int
    creators_micros: int


class FindingPreview(msgspec.Struct, frozen=True):
    """``events`` would be found invalid; ``known`` are so already and would be left alone."""

    events: int
    known: int
    notes: tuple[NotePreview, ...]


def preview(scope: Scope, log: EventLog, *, positions: Collection[int], now: datetime) -> FindingPreview:
    """Return what ``findings.reverse`` of these positions would come to; nothing stays written.

    Operators only. Raises what ``reverse`` raises.
    """
    scope.require(Right.OPERATE)
    wanted = set(positions)
    with transaction.atomic():
        known = FindingEvent.objects.filter(position__in=sorted(wanted)[: findings.EVENTS_MAX]).count()
        if wanted and known == len(wanted):
            return FindingPreview(0, known, ())
        made = findings.reverse(scope, log, positions=wanted, rule="preview", reason="preview", now=now)
        rows = CreditNote.objects.filter(finding_id=made.finding_id).order_by("account_id")
        notes = tuple(NotePreview(row.account_id, row.currency, row.amount_micros, row.creators_micros) for row in rows)
        transaction.set_rollback(True)
    return FindingPreview(made.events, known, notes)
