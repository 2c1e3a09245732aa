"""Make and end partnerships of two organisations."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.identity.actions import news
from vonk.identity.errors import (
    OrganisationNameShared,
    PartnerItself,
    PartnershipExists,
    PartnershipNotAccepted,
    PartnershipsLimited,
)
from vonk.identity.models import Organisation, Partnership, Share

PARTNERSHIPS_MAX: Final = 100  # Living ones of an organisation, questions among them.
_WANTED_CHARS_MAX: Final = 200


@transaction.atomic
def ask(scope: Scope, *, partner: str, now: datetime) -> int:
    """Ask another organisation, by its id or its exact name, to be partners; return the partnership's id.

    Raises NotFound, OrganisationNameShared, PartnerItself, PartnershipExists, PartnershipsLimited.
    """
    scope.require(Right.BUSINESS_EDIT)
    wanted = _named(partner)
    if wanted == scope.organisation:
        raise PartnerItself
    # In the order of ids, so that two who ask one another at once do not wait for each other.
    pair = Organisation.objects.select_for_update(no_key=True).filter(pk__in=[scope.organisation, wanted])
    held = {row.pk: row for row in pair.order_by("pk")}
    asker, asked = held[scope.organisation], held[wanted]
    living = Partnership.objects.filter(ended_at=None)
    if living.filter(Q(asker=asker, asked=asked) | Q(asker=asked, asked=asker)).exists():
        raise PartnershipExists
    for one in (asker, asked):
        if living.filter(Q(asker=one) | Q(asked=one)).count() >= PARTNERSHIPS_MAX:
            raise PartnershipsLimited(most=PARTNERSHIPS_MAX)
    row = Partnership.objects.create(asker=asker, asked=asked, asked_at=now)
    _record(scope, "organisation.partner_asked", row, now)
    news.partner_asked(asked.pk, asker=asker.name, asked=asked.name, now=now)
    return row.pk


@transaction.atomic
def accept(scope: Scope, partnership_id: int, *, now: datetime) -> None:
    """Accept as the organisation that was asked; a second time changes nothing. Raises NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    row = hold(scope, partnership_id)
    if row.asked_id != scope.organisation:
        raise NotFound(noun="partnership")
    if row.accepted_at is not None:
        return
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    _record(scope, "organisation.partner_accepted", row, now)
    news.partner_accepted(row.asker_id, asker=row.asker.name, asked=row.asked.name, now=now)


@transaction.atomic
def end(scope: Scope, partnership_id: int, *, now: datetime) -> None:
    """End the partnership, refuse the question or withdraw it; whatever was shared either way is taken back at once."""
    scope.require(Right.BUSINESS_EDIT)
    row = hold(scope, partnership_id)
    close(scope, row, now=now)
    ender, other = (row.asker, row.asked) if row.asker_id == scope.organisation else (row.asked, row.asker)
    news.partner_ended(other.pk, other=other.name, ender=ender.name, now=now)


def close(scope: Scope, row: Partnership, *, now: datetime) -> None:
    """End a partnership that the caller holds, with all its shares, and tell nobody."""
    taken_back = Share.objects.filter(partnership=row).delete()[1].get("identity.Share", 0)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    _record(scope, "organisation.partner_ended", row, now, shares=taken_back)


def hold(scope: Scope, partnership_id: int, *, accepted: bool = False) -> Partnership:
    """Lock a living partnership of the scope's organisation until commit; NotFound, PartnershipNotAccepted if asked."""
    rows = Partnership.objects.select_for_update(no_key=True, of=("self",)).select_related("asker", "asked")
    ours = Q(asker_id=scope.organisation) | Q(asked_id=scope.organisation)
    row = rows.filter(ours, pk=partnership_id, ended_at=None).first()
    if row is None:
        raise NotFound(noun="partnership")
    if accepted and row.accepted_at is None:
        raise PartnershipNotAccepted
    return row


def _named(text: str) -> int:
    wanted = " ".join(text[:_WANTED_CHARS_MAX].split())
    try:
        found = list(Organisation.objects.filter(pk=parse_id(wanted)).values_list("pk", flat=True))
    except ValueError:
        found = []
    found = found or list(Organisation.objects.filter(name=wanted).order_by("pk").values_list("pk", flat=True)[:100])
    if not found:
        raise NotFound(noun="organisation", field="partner")
    if len(found) > 1:
        raise OrganisationNameShared(count=len(found))
    return found[0]


def _record(scope: Scope, action: str, row: Partnership, now: datetime, **detail: object) -> None:
    detail = {"partnership_id": row.pk, "asker_id": row.asker_id, "asked_id": row.asked_id, **detail}
    noun_id = scope.organisation_id if scope.organisation_id is not None else row.asker_id
    audit.record(scope, action, "organisation", noun_id, at=now, detail=detail)
