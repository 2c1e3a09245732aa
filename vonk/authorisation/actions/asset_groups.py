"""Make, change and delete groups of an organisation's assets; who is in one works with what is in it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import access_reach
from vonk.authorisation.actions import business_assets
from vonk.authorisation.models import AssetGroup, GroupAsset, GroupGrant, GroupMember
from vonk.authorisation.rules import groups as rules
from vonk.authorisation.rules.groups import AssetKind, Grant
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity import queries as identity
from vonk.identity.actions import account_assets, organisations
from vonk.identity.queries import assigned
from vonk.identity.rules import AccountRole

Asset = tuple[AssetKind, int]
_NOUN = "asset_group"


class GroupRole(msgspec.Struct, frozen=True):
    """What a person is in a group: their role in its ad accounts (None: none), and whether they use its creators."""

    person_id: int
    account_role: AccountRole | None
    uses_creators: bool


@transaction.atomic
def create(scope: Scope, *, name: str, assets: Collection[Asset], people: Sequence[GroupRole], now: datetime) -> int:
    """Make a group and assign what is in it; return its id. Raises FieldInvalid, NotFound, and what assigning raises."""
    _hold(scope)
    if AssetGroup.objects.filter(organisation_id=scope.organisation).count() >= rules.GROUPS_MAX:
        raise FieldInvalid("name", "this organisation has %(most)s groups already", most=rules.GROUPS_MAX)
    group = AssetGroup(organisation_id=scope.organisation, created_at=now, name=_name(scope, name))
    group.save(force_insert=True)
    _add_assets(scope, group, assets, now)
    _put_people(scope, group, people)
    _settle_all(scope, _pairs([group]), now)
    audit.record(scope, "asset_group.created", _NOUN, group.pk, at=now, detail={"name": group.name})
    return group.pk


@transaction.atomic
def rename(scope: Scope, group_id: int, *, name: str, now: datetime) -> None:
    """Call a group otherwise. Raises NotFound, FieldInvalid."""
    _hold(scope)
    group = _group(scope, group_id)
    if name.strip() == group.name:
        return
    group.name = _name(scope, name)
    group.save(update_fields=["name"])
    audit.record(scope, "asset_group.renamed", _NOUN, group_id, at=now, detail={"name": group.name})


@transaction.atomic
def change_assets(scope: Scope, group_id: int, assets: Collection[Asset], *, into: bool, now: datetime) -> None:
    """Put assets into a group, or take them out. Who is in it gets or loses them. Raises as ``create``."""
    _hold(scope)
    group = _group(scope, group_id)
    before = _pairs([group])
    if into:
        _add_assets(scope, group, assets, now)
    else:
        for kind, asset_id in assets:
            group.assets.filter(kind=kind.value, asset_id=asset_id).delete()
    _settle_all(scope, before | _pairs([group]), now)
    audit.record(scope, "asset_group.assets_changed", _NOUN, group_id, at=now, detail={"into": into})


@transaction.atomic
def change_people(
    scope: Scope, group_id: int, people: Sequence[GroupRole], *, out: Collection[int] = (), now: datetime
) -> None:
    """Put people into a group or change what they are there; ``out`` are those who leave it. Raises as ``create``."""
    _hold(scope)
    group = _group(scope, group_id)
    before = _pairs([group])
    _put_people(scope, group, people)
    group.members.filter(member__person_id__in=out).delete()
    _settle_all(scope, before | _pairs([group]), now)
    audit.record(scope, "asset_group.people_changed", _NOUN, group_id, at=now)


@transaction.atomic
def delete(scope: Scope, group_ids: Collection[int], *, now: datetime) -> None:
    """Delete groups, all of them or none; what they gave is taken back. Raises NotFound."""
    _hold(scope)
    groups = [_group(scope, group_id) for group_id in sorted(set(group_ids))]
    before = _pairs(groups)
    for group in groups:
        group_id = group.pk
        group.delete()
        audit.record(scope, "asset_group.deleted", _NOUN, group_id, at=now)
    _settle_all(scope, before, now)


def _hold(scope: Scope) -> None:
    scope.require(Right.BUSINESS_EDIT)
    organisations.hold(scope.organisation)  # Whatever groups give is reckoned by one at a time.


def _group(scope: Scope, group_id: int) -> AssetGroup:
    group = AssetGroup.objects.filter(pk=group_id, organisation_id=scope.organisation).first()
    if group is None:
        raise NotFound(noun="asset group")
    return group


def _name(scope: Scope, text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= rules.NAME_MAX or not name.isprintable():
        raise FieldInvalid("name", "one line of 1 to %(most)s characters", most=rules.NAME_MAX)
    if AssetGroup.objects.filter(organisation_id=scope.organisation, name=name).exists():
        raise FieldInvalid("name", "another group of this organisation is called so")
    return name


def _add_assets(scope: Scope, group: AssetGroup, assets: Collection[Asset], now: datetime) -> None:
    known = _known(scope, now)
    for kind, asset_id in assets:
        if (kind, asset_id) not in known:
            raise NotFound(noun="asset")
        GroupAsset.objects.get_or_create(group=group, kind=kind.value, asset_id=asset_id)


def _known(scope: Scope, now: datetime) -> set[Asset]:
    """Return what the organisation works with: its own and what partners share."""
    accounts = {(AssetKind.ACCOUNT, one.id) for one in identity.all_account_assets(scope)}
    creators = {*access_reach.live_profiles(scope, now), *(one.profile_id for one in identity.creators_taken(scope))}
    return accounts | {(AssetKind.CREATOR, profile_id) for profile_id in creators if profile_id is not None}


def _put_people(scope: Scope, group: AssetGroup, people: Sequence[GroupRole]) -> None:
    members = assigned.member_rows(scope)
    for one in people:
        if one.person_id not in members:
            raise NotFound(noun="member")
        role = one.account_role.value if one.account_role is not None else None
        GroupMember.objects.update_or_create(
            group=group, member_id=members[one.person_id],
            defaults={"account_role": role, "uses_creators": one.uses_creators},
        )  # fmt: skip


def _pairs(groups: Iterable[AssetGroup]) -> set[tuple[int, int, Asset]]:
    """Return each member (row and person) of the groups with each asset there; FieldInvalid when one has too many."""
    found: set[tuple[int, int, Asset]] = set()
    for group in groups:
        assets = [(AssetKind(kind), asset_id) for kind, asset_id in group.assets.values_list("kind", "asset_id")]
        members = list(group.members.values_list("member_id", "member__person_id"))
        if len(assets) * len(members) > rules.ASSIGNMENTS_MAX:
            raise FieldInvalid(
                "members", "at most %(most)s assignments: assets times members", most=rules.ASSIGNMENTS_MAX
            )
        found |= {(member_id, person_id, asset) for member_id, person_id in members for asset in assets}
    return found


def _settle_all(scope: Scope, pairs: Iterable[tuple[int, int, Asset]], now: datetime) -> None:
    """Make the members' roles what their groups and hands make them, with what the organisation works with now.

    What a partner shares no more was taken back with the share, and who was erased has nothing.
    """
    known, people = _known(scope, now), assigned.member_rows(scope)
    for member_id, person_id, asset in sorted(pairs):
        if asset in known and people.get(person_id) == member_id:
            _settle(scope, member_id, person_id, asset, now=now)


def _settle(scope: Scope, member_id: int, person_id: int, asset: Asset, *, now: datetime) -> None:
    kind, asset_id = asset
    rows = GroupGrant.objects.filter(member_id=member_id, kind=kind.value, asset_id=asset_id)
    row = rows.first()
    current = _current(scope, person_id, asset)
    grant = Grant(row.before, row.gave) if row is not None else None
    settled = rules.settle(current, grant, _wanted(member_id, asset))
    if settled.role != current:
        _act(scope, person_id, asset, settled.role, now=now)
    if settled.grant is None:
        rows.delete()
        return
    GroupGrant.objects.update_or_create(
        member_id=member_id, kind=kind.value, asset_id=asset_id,
        defaults={"before": settled.grant.before, "gave": settled.grant.gave},
    )  # fmt: skip


def _wanted(member_id: int, asset: Asset) -> list[str]:
    kind, asset_id = asset
    holding = GroupAsset.objects.filter(kind=kind.value, asset_id=asset_id).values("group_id")
    rows = GroupMember.objects.filter(member_id=member_id, group_id__in=holding)
    if kind is AssetKind.CREATOR:
        return [rules.USES] if rows.filter(uses_creators=True).exists() else []
    return [role for role in rows.values_list("account_role", flat=True) if role is not None]


def _current(scope: Scope, person_id: int, asset: Asset) -> str | None:
    kind, asset_id = asset
    if kind is AssetKind.ACCOUNT:
        return assigned.assigned_role(scope, asset_id, person_id)
    return rules.USES if assigned.uses_creator(scope, asset_id, person_id) else None


def _act(scope: Scope, person_id: int, asset: Asset, role: str | None, *, now: datetime) -> None:
    kind, asset_id = asset
    if role is None:
        remove = account_assets.unassign if kind is AssetKind.ACCOUNT else business_assets.unassign
        remove(scope, asset_id, person_id, now=now)
    elif kind is AssetKind.ACCOUNT:
        account_assets.assign(scope, asset_id, person_id, AccountRole(role), now=now)
    else:
        business_assets.assign(scope, asset_id, person_id, now=now)
