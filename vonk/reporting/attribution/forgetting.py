"""What attribution does when a person is erased: it forgets whose touches and conversions were theirs, not what came of them."""

from collections.abc import Collection

from django.db import transaction

from vonk.reporting.models import Conversion, Engagement, LiftViewer, Touch, Trial
from vonk.reporting.reach import store as reach


@transaction.atomic
def forget_viewers(viewer_ids: Collection[str]) -> int:
    """Delete what was kept of these viewers for attribution still to come, in A/B and lift tests and for reach; return how many rows.

    What was attributed stays with its ad, and is final; who was reached stays counted, as nobody whom anything names.
    """
    changed = reach.forget(viewer_ids)
    for kept in (Touch, Engagement, Trial, LiftViewer):
        changed += kept.objects.filter(viewer_id__in=viewer_ids).delete()[0]
    conversions = Conversion.objects.filter(viewer_id__in=viewer_ids)
    return changed + conversions.update(viewer_id="", known_by="", final=True)
