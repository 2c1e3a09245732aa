"""Changes of many objects at once: looked at first, then applied, a result for each object."""

from django.db import models

from vonk.advertising.rules.bulk import Kind, State
from vonk.core.ids import new_id

NOUN_MAX = 10


class BulkEdit(models.Model):
    """One act on some of an account's campaigns, ad groups or ads."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()  # As whom it acts, with the rights that they have then.
    noun = models.CharField(max_length=NOUN_MAX)
    kind = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Kind])
    act = models.JSONField(default=dict)  # rules.bulk.Act
    file_name = models.CharField(max_length=200, default="")  # Of an import.
    state = models.CharField(max_length=10, choices=[(value.value, value.name) for value in State])
    objects_count = models.PositiveIntegerField(default=0)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_bulk_edit"
        indexes = [models.Index(fields=["account_id", "-id"], name="advertising_bulk_edit_account")]


class BulkLine(models.Model):
    """One object of an edit. ``outcome`` "" is open: of the look while it is checked, of the act while it is applied."""

    id = models.BigAutoField(primary_key=True)
    edit = models.ForeignKey("advertising.BulkEdit", on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    object_id = models.BigIntegerField(default=0)  # 0: of an import, something new.
    name = models.CharField(max_length=512, default="")
    wanted = models.JSONField(default=dict)  # Of an import or an undoing: what it shall be.
    before = models.JSONField(default=dict)  # Of what changes.
    after = models.JSONField(default=dict)
    made_id = models.BigIntegerField(default=0)  # What was created.
    checked = models.BooleanField(default=False)
    outcome = models.CharField(max_length=60, default="")
    problem = models.JSONField(default=dict)  # Of a refusal: message, remedy, values.

    class Meta:
        db_table = "advertising_bulk_line"
        constraints = [models.UniqueConstraint(fields=["edit", "number"], name="advertising_bulk_line_once")]
        indexes = [models.Index(fields=["edit", "outcome", "number"], name="advertising_bulk_line_outcome")]
