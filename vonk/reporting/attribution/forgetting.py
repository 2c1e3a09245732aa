"""What attribution does when a person is erased: it forgets whose touches and conversions were theirs, not what came of them."""

from collections.abc import Collection

from django.db import transaction

from vonk.reporting.models import Conversion, Engagement, Touch


@transaction.atomic
def forget_viewers(viewer_ids: Collection[str]) -> int:
    """Delete what was kept of these viewers for attribution still to come; return how many rows changed.

    What was attributed stays with its ad, and is final.
    """
    changed = 0
    for kept in (Touch, Engagement):
        changed += kept.objects.filter(viewer_id__in=viewer_ids).delete()[0]
    conversions = Conversion.objects.filter(viewer_id__in=viewer_ids)
    return changed + conversions.update(viewer_id="", known_by="", final=True)
