"""What an organisation's admins read of its partners and of what is shared either way."""

from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import Partnership, Share


class PartnershipView(msgspec.Struct, frozen=True):
    """A partnership as one of the two sees it. ``state``: accepted, asked (they wait for us) or asking (we for them)."""

    id: int
    partner_id: int
    partner_name: str
    state: str
    asked_at: datetime
    accepted_at: datetime | None


class SharePerson(msgspec.Struct, frozen=True):
    """Somebody of the partner who works with what is shared; ``role`` None for a creator."""

    person_id: int
    name: str
    role: str | None


class ShareView(msgspec.Struct, frozen=True):
    """What is shared: an ad account up to ``role_max``, or what a creator granted. ``given``: by the reader's side."""

    id: int
    partnership_id: int
    given: bool
    partner_id: int
    partner_name: str
    account_id: int | None
    account_name: str | None
    role_max: str | None
    profile_id: int | None
    shared_at: datetime
    people: tuple[SharePerson, ...]


def partnerships(scope: Scope) -> tuple[PartnershipView, ...]:
    """Return the living partnerships and open questions of the scope's organisation, newest first (bounded)."""
    scope.require(Right.BUSINESS_EDIT)
    ours = Q(asker_id=scope.organisation) | Q(asked_id=scope.organisation)
    rows = Partnership.objects.select_related("asker", "asked").filter(ours, ended_at=None).order_by("-pk")
    return tuple(_partnership(scope, row) for row in rows)


def partnership(scope: Scope, partnership_id: int) -> PartnershipView:
    """Return one of ``partnerships``; NotFound."""
    found = next((one for one in partnerships(scope) if one.id == partnership_id), None)
    if found is None:
        raise NotFound(noun="partnership")
    return found


def shares(scope: Scope, *, partnership_id: int | None = None) -> tuple[ShareView, ...]:
    """Return what is shared either way, with all partners or one, oldest first (bounded by what there is to share)."""
    scope.require(Right.BUSINESS_EDIT)
    rows = _shares(scope)
    if partnership_id is not None:
        rows = rows.filter(partnership_id=partnership_id)
    return tuple(_share(scope, row) for row in rows)


class CreatorTaken(msgspec.Struct, frozen=True):
    """A creator whose access a partner shares."""

    share_id: int
    profile_id: int
    giver_id: int
    giver_name: str


def creators_taken(scope: Scope) -> tuple[CreatorTaken, ...]:
    """Return the creators whose access partners share with the scope's organisation now, oldest first (bounded)."""
    scope.require(Right.BUSINESS_VIEW)
    rows = Share.objects.filter(
        taker_id=scope.organisation,
        profile_id__isnull=False,
        partnership__accepted_at__isnull=False,
        partnership__ended_at=None,
    ).order_by("pk")
    return tuple(
        CreatorTaken(share_id, profile_id, giver_id, name)
        for share_id, profile_id, giver_id, name in rows.values_list("pk", "profile_id", "giver_id", "giver__name")
        if profile_id is not None
    )


def share(scope: Scope, share_id: int) -> ShareView:
    """Return one of ``shares``; NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    row = _shares(scope).filter(pk=share_id).first()
    if row is None:
        raise NotFound(noun="share")
    return _share(scope, row)


def _shares(scope: Scope) -> QuerySet[Share]:
    ours = Q(giver_id=scope.organisation) | Q(taker_id=scope.organisation)
    rows = Share.objects.select_related("giver", "taker", "account").filter(ours, partnership__ended_at=None)
    return rows.prefetch_related("assignments__person").order_by("pk")


def _partnership(scope: Scope, row: Partnership) -> PartnershipView:
    asking = row.asker_id == scope.organisation
    partner = row.asked if asking else row.asker
    waiting = "asking" if asking else "asked"
    return PartnershipView(
        id=row.pk,
        partner_id=partner.pk,
        partner_name=partner.name,
        state=waiting if row.accepted_at is None else "accepted",
        asked_at=row.asked_at,
        accepted_at=row.accepted_at,
    )


def _share(scope: Scope, row: Share) -> ShareView:
    given = row.giver_id == scope.organisation
    people = [
        SharePerson(assignment.person_id, assignment.person.display_name, assignment.role)
        for assignment in row.assignments.all()
    ]
    return ShareView(
        id=row.pk,
        partnership_id=row.partnership_id,
        given=given,
        partner_id=row.taker_id if given else row.giver_id,
        partner_name=(row.taker if given else row.giver).name,
        account_id=row.account_id,
        account_name=row.account.name if row.account is not None else None,
        role_max=row.role_max,
        profile_id=row.profile_id,
        shared_at=row.shared_at,
        people=tuple(sorted(people, key=lambda person: (person.name, person.person_id))),
    )
