"""What operators and hosts read of host apps."""

from datetime import datetime

import msgspec

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import AccessToken, Host


class HostKeyView(msgspec.Struct, frozen=True):
    """A key without its text, which nobody can see again."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class HostView(msgspec.Struct, frozen=True):
    """A host app with its keys, newest first."""

    id: int
    name: str
    created_at: datetime
    keys: tuple[HostKeyView, ...]


def hosts(scope: Scope) -> tuple[HostView, ...]:
    """Return every host app, for operators."""
    scope.require(Right.OPERATE)
    keys: dict[int, list[HostKeyView]] = {}
    for row in AccessToken.objects.exclude(host=None).order_by("-pk"):
        assert row.host_id is not None, "They were asked for."
        told = HostKeyView(row.pk, row.label, row.created_at, row.expires_at, row.revoked_at)
        keys.setdefault(row.host_id, []).append(told)
    return tuple(
        HostView(host.pk, host.name, host.created_at, tuple(keys.get(host.pk, ())))
        for host in Host.objects.order_by("name")
    )


def host_name(scope: Scope) -> str:
    """Return the name of the host whose key it is."""
    scope.require(Right.HOST_SYNC)
    found = Host.objects.filter(pk=scope.host).values_list("name", flat=True).first()
    if found is None:
        raise NotFound(noun="host")
    return found
