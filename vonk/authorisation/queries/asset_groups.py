"""The groups of an organisation's assets."""

import msgspec

from vonk.authorisation.models import AssetGroup
from vonk.authorisation.rules.groups import AssetKind
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class GroupView(msgspec.Struct, frozen=True):
    """A group."""

    id: int
    name: str


class GroupPerson(msgspec.Struct, frozen=True):
    """Who is in a group, and as what; ``account_role`` None has no part in its ad accounts."""

    person_id: int
    account_role: str | None
    uses_creators: bool


def asset_groups(scope: Scope, numbering: Numbering, *, keyword: str = "") -> Numbered[GroupView]:
    """Return a numbered page of the organisation's groups, newest first; those whose name contains the keyword."""
    scope.require(Right.BUSINESS_EDIT)
    rows = AssetGroup.objects.filter(organisation_id=scope.organisation, name__icontains=keyword)
    return numbered(rows, numbering, lambda row: GroupView(row.pk, row.name))


def assets_in(scope: Scope, group_id: int) -> tuple[str, tuple[tuple[AssetKind, int], ...]]:
    """Return a group's name and its assets, in the order they came. Raises NotFound."""
    group = _group(scope, group_id)
    rows = group.assets.order_by("pk").values_list("kind", "asset_id")
    return group.name, tuple((AssetKind(kind), asset_id) for kind, asset_id in rows)


def people_in(scope: Scope, group_id: int) -> tuple[str, tuple[GroupPerson, ...]]:
    """Return a group's name and its people, in the order they came. Raises NotFound."""
    group = _group(scope, group_id)
    rows = group.members.order_by("pk").values_list("member__person_id", "account_role", "uses_creators")
    return group.name, tuple(GroupPerson(*row) for row in rows)


def _group(scope: Scope, group_id: int) -> AssetGroup:
    scope.require(Right.BUSINESS_EDIT)
    group = AssetGroup.objects.filter(pk=group_id, organisation_id=scope.organisation).first()
    if group is None:
        raise NotFound(noun="asset group")
    return group
