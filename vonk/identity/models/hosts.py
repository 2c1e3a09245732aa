"""Host apps: whose servers sync their people and posts, and the links by which those people come in."""

from django.db import models

from vonk.core.ids import new_id


class Host(models.Model):
    """An app that has people, posts and a feed of its own. Its server acts as a person of the host's, who never signs in."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField("identity.Person", on_delete=models.PROTECT, related_name="host")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_host"


class EntryLink(models.Model):
    """A link that lets one of a host's people in: once, within minutes. Only its secret's digest is kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    host = models.ForeignKey("identity.Host", on_delete=models.PROTECT, related_name="entry_links")
    person = models.OneToOneField("identity.Person", on_delete=models.PROTECT, related_name="entry_link")
    digest = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=200)  # Where it leads on this site.
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "identity_entry_link"
