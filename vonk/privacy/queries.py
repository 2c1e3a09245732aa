"""Everything that is held of one person (GDPR art. 15), and how far an erasure is."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from vonk.advertising import held as advertising
from vonk.authorisation import held as authorisation
from vonk.billing import held as billing
from vonk.billing import queries as money
from vonk.billing import unsettled
from vonk.content.queries import held as content
from vonk.control import acts
from vonk.control.held import Part
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.events.log import START, EventLog, StoredRecord, viewers_of
from vonk.identity import held as identity
from vonk.identity import queries as people
from vonk.privacy.models import Erasure
from vonk.reporting import held as reporting
from vonk.viewing import queries as viewing

RECORDS_PER_READ = 5_000


class ErasureView(msgspec.Struct, frozen=True):
    """How far an erasure is. ``redacted_at`` None: log and archive still have the pseudonym; *work* is about to change that.

    ``finished_at``: the pseudonym itself is forgotten; ``log_unsupported``: the log's records go at the end of retention.
    """

    person_id: int
    erased_at: datetime
    redacted_at: datetime | None
    log_unsupported: bool
    records: int
    finished_at: datetime | None


class Prospect(msgspec.Struct, frozen=True):
    """What erasing oneself would mean: money still owed to the person, by currency, accounts to be settled first,
    and organisations that need another admin first.
    """

    email: str
    earned: dict[str, int]
    unsettled: tuple[str, ...]
    administered: tuple[str, ...]  # Organisations that would be left without an admin.


def prospect(scope: Scope) -> Prospect:
    """Return what the acting person should know before they erase themselves."""
    person = people.person(scope)
    alone = people.administered_alone(scope.person)
    owing = unsettled.among([account.id for account in alone])
    return Prospect(
        email=person.email,
        earned={currency: micros for currency, micros in money.earned(scope).items() if micros},
        unsettled=tuple(account.name for account in alone if account.id in owing),
        administered=people.administered_last(scope.person),
    )


def everything(scope: Scope, person_id: int) -> Iterator[Part]:
    """Yield what every area holds of a person, table by table; for themselves and for operators."""
    _require(scope, person_id)
    areas = (identity, content, viewing, authorisation, advertising, billing, reporting, acts)
    for area in areas:
        yield from area.parts(person_id)


def events(scope: Scope, person_id: int, log: EventLog) -> Iterator[StoredRecord]:
    """Yield the person's records of the event log, by pseudonym, oldest first; the log is read from its beginning."""
    _require(scope, person_id)
    pseudonym = people.pseudonym(person_id)
    after = START
    while page := log.read(after, RECORDS_PER_READ):
        yield from (stored for stored in page if pseudonym in viewers_of(stored.record))
        after = page[-1].position


def erasure(scope: Scope, person_id: int) -> ErasureView:
    """Return how far the erasure of a person is, to operators; NotFound when they were not erased."""
    scope.require(Right.OPERATE)
    row = Erasure.objects.filter(person_id=person_id).first()
    if row is None:
        raise NotFound(noun="erasure")
    return ErasureView(
        person_id=row.person_id,
        erased_at=row.erased_at,
        redacted_at=row.redacted_at,
        log_unsupported=row.log_unsupported,
        records=row.records,
        finished_at=row.finished_at,
    )


def _require(scope: Scope, person_id: int) -> None:
    if scope.person_id != person_id:
        scope.require(Right.OPERATE)
