"""Which endpoints lie within a scope, and which addresses the platform may send to."""

from ipaddress import ip_network
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from vonk.control.models import WebhookEndpoint
from vonk.control.scope import Right, Scope
from vonk.control.webhooks.emitting import Owner
from vonk.control.webhooks.rules import Network, OwnerKind
from vonk.core.errors import NotFound

_SANDBOX: Final = tuple(
    ip_network(text) for text in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def owner_of(scope: Scope) -> Owner:
    """Return whose endpoints the scope is for; RightMissing when it may not manage them."""
    if scope.host_id is not None:
        scope.require(Right.HOST_SYNC)
        return Owner(OwnerKind.HOST, scope.host_id)
    if scope.account_id is not None:
        scope.require(Right.ACCOUNT_EDIT)
        return Owner(OwnerKind.ACCOUNT, scope.account_id)
    if scope.organisation_id is not None:
        scope.require(Right.BUSINESS_EDIT)
        return Owner(OwnerKind.ORGANISATION, scope.organisation_id)
    scope.require(Right.CREATE)
    return Owner(OwnerKind.PERSON, scope.person)


def own(scope: Scope) -> "QuerySet[WebhookEndpoint]":
    """Return the endpoints of the scope's owner."""
    owner = owner_of(scope)
    return WebhookEndpoint.objects.filter(owner_kind=owner.kind.value, owner_id=owner.id, deleted_at=None)


def locked(scope: Scope, endpoint_id: int) -> WebhookEndpoint:
    """Return one endpoint of the scope's owner and hold its row until commit."""
    endpoint = own(scope).select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound(noun="endpoint")
    return endpoint


def plain_allowed() -> bool:
    """Say whether http will do: in a sandbox, and where the operator has named networks of their own."""
    return bool(settings.VONK.sandbox or settings.VONK.webhook_networks)


def networks() -> tuple[Network, ...]:
    """Return the networks that may be reached although they are not public."""
    named = tuple(ip_network(text) for text in settings.VONK.webhook_networks)
    return (*named, *_SANDBOX) if settings.VONK.sandbox else named
