"""Tell webhooks of every act in the consent record, in its own transaction. Only ``actions.records`` calls this."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from vonk.authorisation.chain import Detail
from vonk.authorisation.models import AccountAccess, Consent, ConsentRecord, PermissionRequest, StandingConsent
from vonk.content import queries as content
from vonk.control.webhooks import emitting
from vonk.control.webhooks.emitting import Happening, Owner
from vonk.control.webhooks.rules import OwnerKind

ACCOUNTS_MAX: Final = 200  # Ad accounts that are told of an act on one access.
_BATCH: Final = 500

_Concerned = set[tuple[int | None, int | None]]  # Ad account and organisation.


class ConsentEvent(msgspec.Struct, frozen=True):
    """What a webhook is told of an act. Ids are decimal texts. ``detail`` is the record's: never a code, never a name."""

    act: str
    record_id: str
    record_sequence: int
    record_hash: str
    profile_id: str
    post_id: str | None
    consent_id: str | None
    request_id: str | None
    access_id: str | None
    standing_id: str | None
    account_id: str | None
    detail: Detail


def tell(rows: Sequence[ConsentRecord]) -> None:
    """Have the acts sent to the endpoints of the creator, of each one's ad account and of the organisations concerned."""
    if not rows or not emitting.anybody_listens():
        return
    profile_id = rows[0].profile_id
    creator = content.profile_owner([profile_id]).get(profile_id)
    concerned = _concerned(rows)
    groups: dict[frozenset[Owner], list[Happening]] = defaultdict(list)
    for row in rows:
        sides = concerned[row.pk]
        owners = {Owner(OwnerKind.PERSON, creator)} if creator is not None else set()
        owners |= {Owner(OwnerKind.ACCOUNT, account) for account, _ in sides if account is not None}
        owners |= {Owner(OwnerKind.ORGANISATION, organisation) for _, organisation in sides if organisation is not None}
        groups[frozenset(owners)].append(_happening(row, sides))
    for owners_of, happenings in groups.items():
        emitting.emit(owners_of, happenings, now=rows[-1].at)


def topic_of(row: ConsentRecord) -> str:
    """Return the noun that the act is on, and the act: consent.revoked, access.granted."""
    nouns = (
        ("consent", row.consent_id),
        ("request", row.request_id),
        ("access", row.access_id),
        ("standing", row.standing_id),
    )
    noun = next((name for name, object_id in nouns if object_id is not None), "profile")
    return f"{noun}.{row.act.removeprefix(f'{noun}_')}"


def _concerned(rows: Iterable[ConsentRecord]) -> dict[int, _Concerned]:
    """Return for each row whom it concerns besides the creator."""
    wanted = list(rows)
    consents: dict[int, _Concerned] = {}
    consent_ids = sorted({row.consent_id for row in wanted if row.consent_id is not None})
    for first in range(0, len(consent_ids), _BATCH):
        found = Consent.objects.filter(pk__in=consent_ids[first : first + _BATCH]).values_list(
            "pk", "account_id", "account__organisation_id", "access__organisation_id"
        )
        consents |= {pk: {(account, of_account), (None, of_access)} for pk, account, of_account, of_access in found}
    told: dict[int, _Concerned] = {}
    others: dict[tuple[str, int], _Concerned] = {}
    for row in wanted:
        sides: _Concerned = set(consents.get(row.consent_id or 0, ()))
        for noun, object_id in (("request", row.request_id), ("access", row.access_id), ("standing", row.standing_id)):
            if object_id is not None and row.consent_id is None:
                if (noun, object_id) not in others:
                    others[noun, object_id] = _SIDES[noun](object_id)
                sides |= others[noun, object_id]
        told[row.pk] = sides
    return told


def _of_request(request_id: int) -> _Concerned:
    rows = PermissionRequest.objects.filter(pk=request_id)
    return set(rows.values_list("account_id", "account__organisation_id"))


def _of_standing(standing_id: int) -> _Concerned:
    rows = StandingConsent.objects.filter(pk=standing_id)
    return set(rows.values_list("account_id", "account__organisation_id"))


def _of_access(access_id: int) -> _Concerned:
    """Return who holds the access, and the ad accounts that stand on it."""
    holders = AccountAccess.objects.filter(pk=access_id).values_list(
        "account_id", "account__organisation_id", "organisation_id"
    )
    using = Consent.objects.filter(access_id=access_id).order_by("account_id")
    sides: _Concerned = set(using.values_list("account_id", "account__organisation_id").distinct()[:ACCOUNTS_MAX])
    for account, of_account, organisation in holders:
        sides |= {(account, of_account), (None, organisation)}
    return sides


_SIDES: Final = {"request": _of_request, "access": _of_access, "standing": _of_standing}


def _happening(row: ConsentRecord, sides: _Concerned) -> Happening:
    accounts = sorted({account for account, _ in sides if account is not None})
    event = ConsentEvent(
        act=row.act,
        record_id=str(row.pk),
        record_sequence=row.sequence,
        record_hash=row.hash,
        profile_id=str(row.profile_id),
        post_id=_id(row.post_id),
        consent_id=_id(row.consent_id),
        request_id=_id(row.request_id),
        access_id=_id(row.access_id),
        standing_id=_id(row.standing_id),
        account_id=str(accounts[0]) if len(accounts) == 1 else None,
        detail=row.detail,
    )
    return Happening(topic_of(row), row.at, msgspec.json.encode(event).decode())


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
