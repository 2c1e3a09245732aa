"""Audiences within a scope: the account's own, and those that another account shares with it."""

from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet

from vonk.advertising.errors import AudienceNotOwn
from vonk.advertising.models import AudienceAct, CustomAudience
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules.custom_audiences import Act
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import Targeting


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


def served(account_id: int, targeting: Targeting) -> Targeting:
    """Return the targeting as it is served: an audience that the account may not use (any more) is a limit not met.

    What is kept out is judged until the first of those audiences ends.
    """
    limits = targeting.limits
    if not (limits.audiences or limits.audiences_out):
        return targeting
    named = {*limits.audiences, *limits.audiences_out}
    own_or_shared = Q(account_id=account_id) | Q(shares__account_id=account_id)
    rows = CustomAudience.objects.filter(own_or_shared, deleted_at=None, pk__in=named)
    ends = {str(pk): to_ms(ends_at) for pk, ends_at in rows.values_list("pk", "expires_at")}
    missing = [
        field
        for field, ids in (("audience_ids", limits.audiences), ("excluded_audience_ids", limits.audiences_out))
        if not ends.keys() >= set(ids)
    ]
    until_ms = min((ends.get(one, 0) for one in limits.audiences_out), default=0)
    return msgspec.structs.replace(
        targeting,
        unmet=tuple(sorted({*targeting.unmet, *missing})),
        limits=msgspec.structs.replace(limits, audiences_until_ms=until_ms),
    )


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
