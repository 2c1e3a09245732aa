"""What surrounds post codes: wrong guesses, one-time invitations, lists of codes that are redeemed in one go."""

from django.db import models

from vonk.authorisation.codes import HINT_CHARS
from vonk.authorisation.rules import Guesser
from vonk.core.ids import new_id


class CodeGuesses(models.Model):
    """Wrong codes entered by one person or in one ad account since the window began; one row each."""

    id = models.BigAutoField(primary_key=True)
    guesser = models.CharField(max_length=7, choices=[(guesser.value, guesser.name) for guesser in Guesser])
    guesser_id = models.BigIntegerField()
    window_at = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)
    waits_until = models.DateTimeField(null=True)  # Set by the tenth wrong one of the hour, and by each one after it.

    class Meta:
        db_table = "authorisation_code_guesses"
        constraints = [
            models.UniqueConstraint(fields=["guesser", "guesser_id"], name="authorisation_code_guesses_once")
        ]


class Invitation(models.Model):
    """A one-time link or QR code to a code: it stands in the address's fragment, so that no server's log ever holds it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)  # HMAC-SHA-256 of the invitation: found by it.
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "authorisation_invitation"


class CodeImport(models.Model):
    """A list of codes that an ad account redeems in one go."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="code_imports")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10)  # rules.ImportSource
    file_name = models.CharField(max_length=200, default="")
    lines = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # When a worker took it up, or last said that it is alive.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation_code_import"
        indexes = [models.Index(fields=["account", "-id"], name="authorisation_code_import_acct")]


class CodeImportLine(models.Model):
    """One line of the list and what became of it. The code is sealed until that is for good, or 30 days have gone by.

    ``consent`` is what an account got by it.
    """

    id = models.BigAutoField(primary_key=True)
    code_import = models.ForeignKey("authorisation.CodeImport", on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # From 1, in the list's order.
    row = models.PositiveIntegerField(default=0)  # Where it stands in what was pasted or uploaded, from 1.
    code_encrypted = models.BinaryField(null=True)
    code_hint = models.CharField(max_length=HINT_CHARS, default="")
    outcome = models.CharField(max_length=60, null=True)  # "redeemed", "again", or the code of the error.
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "authorisation_code_import_line"
        constraints = [models.UniqueConstraint(fields=["code_import", "number"], name="authorisation_import_line_once")]
        indexes = [
            models.Index(
                fields=["code_import", "number"],
                condition=models.Q(outcome__isnull=True),
                name="authorisation_import_line_open",
            )
        ]
