"""What is written to people."""

from django.db import models

from vonk.core.ids import new_id


class Letter(models.Model):
    """An e-mail to a person or to an address, kept until it is sent; then only the fact that it was."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="letters")
    address = models.EmailField(null=True)  # Instead of the person's own: a new address that is to be confirmed.
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    account_id = models.BigIntegerField(null=True)  # It goes to the person only while they work in this ad account.
    unsubscribe_url = models.CharField(max_length=500, default="")  # Where one click ends such letters (RFC 8058).

    class Meta:
        db_table = "identity_letter"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(address__isnull=False),
                name="identity_letter_to_somebody",
            )
        ]


class LetterFile(models.Model):
    """A file that goes with a letter; gone once the letter is sent."""

    letter = models.OneToOneField("identity.Letter", on_delete=models.CASCADE, primary_key=True, related_name="file")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        db_table = "identity_letter_file"
