"""Audiences within a scope: the account's own, and those that another account shares with it."""

from datetime import datetime

from django.db.models import Q, QuerySet

from vonk.advertising.errors import AudienceNotOwn
from vonk.advertising.models import AudienceAct, CustomAudience
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules.custom_audiences import Act
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


def usable(scope: Scope) -> QuerySet[CustomAudience]:
    """Return the audiences that the scope's account may use."""
    own_or_shared = Q(account_id=scope.account) | Q(shares__account_id=scope.account)
    return CustomAudience.objects.filter(own_or_shared, deleted_at=None).distinct()


def one(scope: Scope, audience_id: int) -> CustomAudience:
    """Return an audience that the account may use; NotFound when it may not."""
    found = usable(scope).defer("digests").filter(pk=audience_id).first()
    if found is None:
        raise NotFound(noun="audience")
    return found


def own(scope: Scope, audience_id: int) -> CustomAudience:
    """Return an audience of the account's own; NotFound, AudienceNotOwn for a shared one."""
    found = one(scope, audience_id)
    if found.account_id != scope.account:
        raise AudienceNotOwn(audience_id=audience_id)
    return found


def held(scope: Scope, audience_id: int) -> CustomAudience:
    """Return an audience of the account's own, held for a change; raises what ``own`` raises."""
    own(scope, audience_id)
    row = CustomAudience.objects.select_for_update(no_key=True).filter(pk=audience_id, deleted_at=None).first()
    if row is None:
        raise NotFound(noun="audience")
    return row


def remember(scope: Scope, audience: CustomAudience, act: Act, detail: dict[str, object], *, at: datetime) -> None:
    """Write down what was done with an audience."""
    AudienceAct.objects.create(audience=audience, account_id=scope.account, act=act.value, detail=detail, at=at)


def prolong(audience: CustomAudience, *, now: datetime) -> None:
    """Have an audience without an end of its own last a year from now."""
    audience.expires_at = rules.expires_at(audience.keeps_days, created_at=audience.created_at, used_at=now)
