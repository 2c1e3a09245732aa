"""Ask for more days of a post, named by the post."""

from datetime import datetime

from django.db import transaction

from vonk.authorisation.actions import requests
from vonk.authorisation.actions.requests import Asked
from vonk.authorisation.queries import held_posts
from vonk.control.scope import Right, Scope


@transaction.atomic
def ask_longer(scope: Scope, post_id: int, *, duration_days: int, now: datetime) -> Asked:
    """Ask that what the account holds of the post lasts longer: ``requests.ask_extension`` of the consent that counts.

    Raises as that does, and NotFound when the account holds nothing of it by itself.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    consent_id = held_posts.counting_consent(scope, post_id, now)
    return requests.ask_extension(scope, consent_id, duration_days=duration_days, now=now)
