"""Let other accounts use an audience, and end that. Whoever shares has a hand in both accounts."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.advertising import audience_reach as reach
from vonk.advertising import publish
from vonk.advertising.errors import AudienceUnfit
from vonk.advertising.models import AudienceShare
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules.custom_audiences import Act, Source
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

_LENT: Final = frozenset({Source.POSTS.value, Source.FOLLOWERS.value})  # What a creator granted to one account alone.


@transaction.atomic
def share(scope: Scope, audience_ids: Collection[int], others: Collection[Scope], *, now: datetime) -> None:
    """Let other accounts use audiences, all or none; ``others`` are the caller's own scopes over them.

    Twice is once. Raises NotFound, AudienceNotOwn, AudienceUnfit for an audience about a creator, FieldInvalid.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    accounts = sorted({other.account for other in others} - {scope.account})
    if len(accounts) != len({other.account for other in others}):
        raise FieldInvalid("shared_advertiser_ids", "other ad accounts than the owner")
    for audience_id in sorted(set(audience_ids)):
        audience = reach.held(scope, audience_id)
        if audience.source in _LENT:
            reason = "it is about a creator, who let this ad account alone use what is theirs"
            raise AudienceUnfit(audience_id=audience_id, reason=reason)
        known = set(AudienceShare.objects.filter(audience=audience).values_list("account_id", flat=True))
        if len(known | set(accounts)) > rules.SHARES_MAX:
            raise FieldInvalid(
                "shared_advertiser_ids", "at most %(most)s ad accounts share an audience", most=rules.SHARES_MAX
            )
        for account_id in (one for one in accounts if one not in known):
            AudienceShare.objects.create(audience=audience, account_id=account_id, created_at=now)
            detail: dict[str, object] = {"account_id": str(account_id)}
            reach.remember(scope, audience, Act.SHARED, detail, at=now)
            audit.record(scope, "audience.shared", "audience", audience.pk, at=now, detail=detail)


@transaction.atomic
def cancel(scope: Scope, audience_id: int, account_id: int, *, now: datetime) -> None:
    """Have another account use an audience no more. Raises NotFound, also where it does not, and AudienceNotOwn."""
    scope.require(Right.CAMPAIGN_EDIT)
    audience = reach.held(scope, audience_id)
    gone, _ = AudienceShare.objects.filter(audience=audience, account_id=account_id).delete()
    if not gone:
        raise NotFound(noun="share")
    publish.publish_naming(audience_id, at=now)
    detail: dict[str, object] = {"account_id": str(account_id)}
    reach.remember(scope, audience, Act.UNSHARED, detail, at=now)
    audit.record(scope, "audience.unshared", "audience", audience.pk, at=now, detail=detail)
