"""Ask for more days of a post, named by the post."""

from datetime import datetime

from django.db import transaction

from vonk.authorisation import speaker_reach
from vonk.authorisation.actions import requests
from vonk.authorisation.actions.requests import Asked
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


@transaction.atomic
def ask_longer(scope: Scope, post_id: int, *, duration_days: int, now: datetime) -> Asked:
    """Ask that what the account holds of the post lasts longer: ``requests.ask_extension`` of the consent that counts.

    Raises as that does, and NotFound when the account holds nothing of it by itself.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    consent_id = speaker_reach.counting(scope, now).filter(post_id=post_id).values_list("pk", flat=True).first()
    if consent_id is None:
        raise NotFound(noun="authorisation")
    return requests.ask_extension(scope, consent_id, duration_days=duration_days, now=now)
