"""What advertising does when a person is erased.

The words that reviews kept of their posts go, the verdicts stay; the digest of their address goes out of every audience,
and they out of every lookalike. The columns that they chose go, and the views that they kept for themselves; shared ones
are the account's.
"""

import binascii
from collections.abc import Collection

from django.db import transaction

from vonk.advertising.models import CustomAudience, CustomerFile, Review, TableColumns, TableView
from vonk.advertising.rules import customer_files, lookalikes
from vonk.advertising.rules.custom_audiences import Source
from vonk.advertising.rules.customer_files import DigestKind


@transaction.atomic
def forget_captions(post_ids: Collection[int]) -> int:
    """Blank the posts' captions in what reviews judged; return how many reviews changed."""
    changed = 0
    for review in Review.objects.filter(ad__post_id__in=post_ids).order_by("pk"):
        if review.subject.get("caption"):
            review.subject["caption"] = ""
            review.save(update_fields=["subject"])
            changed += 1
    return changed


@transaction.atomic
def forget_digest(digest: str) -> int:
    """Take the digest of an address out of customers' files and audiences; return how many held it.

    An audience's size stays as it was told: it is rounded, and says nothing of one person.
    """
    wanted = binascii.unhexlify(digest)
    kind = DigestKind.EMAIL_SHA256.value
    changed = 0
    for rows in (CustomerFile.objects.filter(kind=kind), CustomAudience.objects.filter(kind=kind, deleted_at=None)):
        # One at a time, and held: who appends meanwhile would write back what they read before.
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            row = rows.select_for_update(no_key=True).filter(pk=pk).first()
            if row is None:
                continue
            held = bytes(row.digests)
            left = customer_files.without(held, wanted)
            if left != held:
                row.digests = left
                row.save(update_fields=["digests"])
                changed += 1
    return changed


@transaction.atomic
def forget_likeness(person_id: int) -> int:
    """Take a person out of every lookalike; return how many held them."""
    changed = 0
    rows = CustomAudience.objects.filter(source=Source.LOOKALIKE.value, deleted_at=None)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        row = rows.select_for_update(no_key=True).filter(pk=pk).first()
        if row is not None and lookalikes.holds(bytes(row.digests), person_id):
            row.digests = lookalikes.without(bytes(row.digests), person_id)
            row.save(update_fields=["digests"])
            changed += 1
    return changed


@transaction.atomic
def forget_tables(person_id: int) -> int:
    """Delete how a person liked their tables; return how many choices and views there were."""
    chosen, _by_table = TableColumns.objects.filter(person_id=person_id).delete()
    kept, _by_table = TableView.objects.filter(person_id=person_id, shared=False).delete()
    return chosen + kept
