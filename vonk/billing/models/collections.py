"""What payment providers are asked to collect: written down before they are asked, so that no outcome is ever lost."""

from django.db import models

from vonk.billing.funding import CollectionState
from vonk.core.ids import new_id


class Collection(models.Model):
    """One amount that a payment provider was asked for, under one reference. When it is paid, its id is the payment's.

    What was asked for never changes: whoever asks again asks for the same.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    amount_micros = models.BigIntegerField()  # Without tax.
    tax_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    invoice_id = models.BigIntegerField(null=True)  # What it is for; NULL: a top-up.
    person_id = models.BigIntegerField(null=True)  # Who pays; NULL: the platform collects.
    via = models.CharField(max_length=20)  # The surface they came through.
    state = models.CharField(max_length=10, choices=[(state.value, state.name) for state in CollectionState])
    failure = models.CharField(max_length=200, default="")
    begun_at = models.DateTimeField()
    ask_again_at = models.DateTimeField(null=True)  # Of what is pending: when work asks for the outcome.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_collection"
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="billing_collection_reference"),
            models.UniqueConstraint(
                fields=["invoice_id"],
                condition=models.Q(state=CollectionState.PENDING.value),
                name="billing_collection_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_micros__gt=0, tax_micros__gte=0), name="billing_collection_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "ask_again_at"], name="billing_collection_pending"),
            models.Index(fields=["account", "state"], name="billing_collection_account"),
        ]
