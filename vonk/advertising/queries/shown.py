"""Which ads of an account show which video."""

from collections.abc import Collection

from vonk.advertising.models import Ad
from vonk.control.scope import Right, Scope


def ads_of_videos(scope: Scope, video_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Return the ads, deleted ones too, with their ad groups, by video; oldest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.filter(ad_group__campaign__account_id=scope.account, post__video_id__in=set(video_ids))
    found: dict[int, list[tuple[int, int]]] = {}
    for video_id, ad_id, group_id in rows.order_by("pk").values_list("post__video_id", "pk", "ad_group_id"):
        found.setdefault(video_id, []).append((ad_id, group_id))
    return found
