"""An ad account gives back what creators authorised to it, before its end or after."""

from datetime import datetime

from django.db import transaction

from vonk.authorisation import letters, publish, reach, speaker_reach
from vonk.authorisation.actions import chains, endings, records
from vonk.authorisation.rules import Act, ConsentState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


@transaction.atomic
def give_back(scope: Scope, post_id: int, *, now: datetime) -> tuple[int, ...]:
    """Take every consent to the post that came by itself off the account's list, live ones too; return their ids.

    What came by way of an access ends with the access, not here. Whoever calls this has seen to it that no ad stands on
    them (``advertising.actions.unbinding``). The creator is told of each live one. NotFound when there is none.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    rows = speaker_reach.by_post(scope).filter(post_id=post_id)
    found = list(rows.order_by("pk").values_list("pk", "profile_id"))
    if not found:
        raise NotFound(noun="authorisation")
    chain = records.lock(found[0][1])  # A post has one profile.
    for consent in list(rows.order_by("pk")):
        post = reach.post_of(consent)
        ended = reach.state_of(consent, post, now) in {ConsentState.EXPIRED, ConsentState.REVOKED}
        if ended:  # What ended by itself is on record before it is released.
            endings.notice_end(chain, consent, now=now)
            endings.notice_over(chain, consent, now=now)
        consent.released_at, consent.remind_at = now, None
        consent.save(update_fields=["released_at", "remind_at"])
        publish.withdraw_grant(consent, at=now)
        records.append(chain, scope, Act.RELEASED, at=now, consent=consent)
        audit.record(scope, "consent.released", "consent", consent.pk, at=now)
        if not ended:
            letters.given_back(consent, post, now=now)
        chains.met(scope.account, post_id, now)  # What stood on it, a duet or stitch of the post, is looked at again.
    return tuple(consent_id for consent_id, _ in found)


def on_post(scope: Scope, post_id: int) -> tuple[int, ...]:
    """Return the consents to the post that ``give_back`` would take off the account's list."""
    scope.require(Right.CAMPAIGN_EDIT)
    return tuple(speaker_reach.by_post(scope).filter(post_id=post_id).order_by("pk").values_list("pk", flat=True))
