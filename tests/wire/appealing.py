"""Two ads of Ada's that review rejected, and two decisions on a post of Cleo's: each one to appeal and one appealed; a policy changed."""

from datetime import datetime
from typing import Any

from vonk.advertising.actions import ads, appeals
from vonk.advertising.drafts import AdDraft
from vonk.advertising.models import Review
from vonk.advertising.policies import APPEAL_DAYS
from vonk.advertising.rules import Verdict
from vonk.content.judgements import Judgement, JudgementAppeal
from vonk.content.models import PostJudgement
from vonk.control import clock, policies
from vonk.control.scope import Right, Scope


def settle(ada: Scope, ids: dict[str, str]) -> None:
    """Add them to a town, and their ids to its ids."""
    now = clock.present().now()
    post_id = int(ids["post_id"])
    made = [
        ads.create_one(
            ada,
            int(ids["ad_group_id"]),
            AdDraft(
                name=name,
                call_to_action="shop_now",
                landing_url="https://example.org/rye",
                consent_id=int(ids["consent_id"]),
            ),
            now=now,
        )
        for name in ("Rye", "Spelt")
    ]
    # Nobody of the town judged them: an operator of the town may decide on the appeal.
    Review.objects.filter(ad_id__in=made).update(
        verdict=Verdict.REJECTED.value, reasons=["offensive"], decided_at=now, reviewer=None
    )
    told = {
        "rejected_ad_id": made[0],
        "appealed_ad_id": made[1],
        "appeal_id": appeals.appeal(ada, made[1], "Why?", now=now),
        "judgement_id": _judged(ada, post_id, now),
        "appealed_judgement_id": _judged(
            ada, post_id, now, appeal="Why?", appeal_state=JudgementAppeal.WAITING.value, appealed_at=now
        ),
        "change_id": _changed(ada, now),
    }
    ids.update((name, str(number)) for name, number in told.items())


def _judged(ada: Scope, post_id: int, now: datetime, **appealed: Any) -> int:
    """Have a moderator who is nobody of those who try limit the post."""
    row = PostJudgement.objects.create(
        post_id=post_id,
        judgement=Judgement.LIMIT.value,
        reason="spam",
        note="Often.",
        moderator_id=ada.person,
        decided_at=now,
        **appealed,
    )
    return row.pk


def _changed(ada: Scope, now: datetime) -> int:
    operator = Scope(person_id=ada.person, rights=frozenset({Right.OPERATE}))
    return policies.change(operator, APPEAL_DAYS.name, 30, now=now).id
