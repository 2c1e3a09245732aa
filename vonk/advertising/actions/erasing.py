"""What advertising does when a creator is erased: the words that reviews kept of their posts go, the verdicts stay."""

from collections.abc import Collection

from django.db import transaction

from vonk.advertising.models import Review


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
