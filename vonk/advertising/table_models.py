"""How people like their tables: the columns each chose, and views that are kept under a name."""

from django.db import models

from vonk.advertising.rules.tables import NAME_MAX, NOUN_MAX
from vonk.core.ids import new_id


class TableColumns(models.Model):
    """The columns that a person chose for their tables of a noun, in order, in every account."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person_id = models.BigIntegerField()
    noun = models.CharField(max_length=NOUN_MAX)
    names = models.JSONField(default=list)

    class Meta:
        db_table = "advertising_table_columns"
        constraints = [models.UniqueConstraint(fields=["person_id", "noun"], name="advertising_table_columns_once")]


class TableView(models.Model):
    """A table's filters, order, columns and span under a name: its author's own, or the whole account's."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()  # Who made it; only they change it.
    noun = models.CharField(max_length=NOUN_MAX)
    name = models.CharField(max_length=NAME_MAX)
    shared = models.BooleanField(default=False)
    query = models.TextField()  # In the words of the page that shows it.
    made_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_table_view"
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "person_id", "noun", "name"], name="advertising_table_view_named"
            )
        ]
        indexes = [models.Index(fields=["account_id", "noun", "name"], name="advertising_table_view_account")]
