"""Erase one person (GDPR art. 17): one transaction over all areas. Log and archive follow, see ``redactions``."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.advertising.actions import erasing as advertising
from vonk.authorisation.actions import erasing as authorisation
from vonk.billing import unsettled
from vonk.content.actions import erasing as content
from vonk.control import audit, idempotency
from vonk.control.scope import Scope
from vonk.identity import queries as identity
from vonk.identity.actions import erasing as people
from vonk.privacy.errors import AccountsUnsettled, ErasureUnconfirmed
from vonk.privacy.models import Erasure
from vonk.reporting.saved import actions as saved_reports
from vonk.viewing import actions as viewing


class Erased(msgspec.Struct, frozen=True):
    """What was taken away: consents revoked, posts deleted. ``stays`` names what the law or the books keep."""

    person_id: int
    consents_revoked: int
    posts_deleted: int
    stays: tuple[str, ...]


STAYS = ("transfers", "consent_records", "audit_trail", "counts")
"""Transfers and the consent record by number, without a name; who did what, by number; how often, as counts."""


def erase_oneself(scope: Scope, *, email: str, password: str, place: str, now: datetime) -> Erased:
    """Erase the acting person, who types their address and password. Call it outside a transaction.

    Raises ErasureUnconfirmed, PasswordWrong, SignInLimited, and what ``erase`` raises.
    """
    if email.strip().lower() != identity.person(scope).email.lower():
        raise ErasureUnconfirmed
    people.confirm_password(scope, password, place=place, now=now)
    return erase(scope, scope.person, now=now)


@transaction.atomic
def erase(scope: Scope, person_id: int, *, now: datetime) -> Erased:
    """Erase a person, as themselves or as an operator: name, address, ways in, texts, pictures, the link to their events.

    Every ad with their posts stops with the commit. Transfers, the consent record and the audit trail stay, by number;
    likes and follows stay as counts. Raises NotFound, LastOperator, AccountsUnsettled; then nothing has changed.
    """
    pseudonym = people.lock(scope, person_id)
    digest = identity.digest_of(person_id)
    _require_settled(person_id)
    consents = authorisation.end_all(scope, person_id, now=now)
    posts = content.erase(scope, person_id, now=now)
    advertising.forget_captions(posts)
    advertising.forget_digest(digest)
    advertising.forget_likeness(person_id)
    advertising.forget_tables(person_id)
    authorisation.forget_words(person_id)
    viewing.erase(person_id)
    saved_reports.forget(person_id)
    audit.forget_texts(person_id)
    idempotency.forget_person(person_id)
    people.erase(person_id, now=now)
    Erasure.objects.create(person_id=person_id, pseudonym=pseudonym, erased_at=now)
    audit.record(scope, "person.erased", "person", person_id, at=now)
    return Erased(person_id, len(consents), len(posts), STAYS)


def _require_settled(person_id: int) -> None:
    alone = identity.administered_alone(person_id)
    owing = unsettled.among([account.id for account in alone])
    if owing:
        names = ", ".join(f"{account.name} ({account.id})" for account in alone if account.id in owing)
        raise AccountsUnsettled(accounts=names)
