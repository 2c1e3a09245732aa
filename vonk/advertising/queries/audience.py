"""Whom an ad was meant for, as a viewer may know it (DSA art. 26)."""

from vonk.advertising import publish
from vonk.advertising.models import AdGroup
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import Targeting


def targeting_shown(ad_group_id: int) -> Targeting:
    """Return whom the ad group wants; for whoever holds the signed token of a showing of its ad, which is the right to it.

    Raises NotFound when there is no such ad group.
    """
    row = AdGroup.objects.filter(pk=ad_group_id).first()
    if row is None:
        raise NotFound(noun="ad")
    return publish.targeting_of(row)
