"""Beside reviews: who is looking at one, and what an advertiser says against its verdict."""

from django.db import models

from vonk.advertising.rules.reviews import APPEAL_MAX, NOTE_MAX, AppealState
from vonk.core.ids import new_id


class ReviewClaim(models.Model):
    """Who is looking at an open review, so that two people do not do the same; over when they stop saying so."""

    review = models.OneToOneField(
        "advertising.Review", on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    reviewer = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_review_claim"


class Appeal(models.Model):
    """An advertiser's word against a rejection: once, decided by somebody else than who rejected (DSA art. 20)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    review = models.OneToOneField("advertising.Review", on_delete=models.PROTECT, related_name="appeal")
    appellant = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=APPEAL_MAX)
    state = models.CharField(max_length=12, choices=[(state.value, state.name) for state in AppealState])
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decider = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=NOTE_MAX, default="")  # For the advertiser.

    class Meta:
        db_table = "advertising_appeal"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state=AppealState.WAITING.value), name="advertising_appeal_waiting"
            )
        ]
