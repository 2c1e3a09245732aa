"""How much each pixel reported, by name: what the pages and servers of an advertiser said, attributed or not."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db.models import Count, Q

from vonk.advertising import queries as advertising
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound
from vonk.reporting.models import Conversion


class PixelName(msgspec.Struct, frozen=True):
    """How many conversions of a name a pixel reported; ``attributed`` of them followed from an ad."""

    pixel_id: int
    name: str
    total: int
    attributed: int
    from_pages: int
    from_servers: int


def names_reported(
    scope: Scope, pixel_ids: Collection[int], *, start: datetime, end: datetime
) -> tuple[PixelName, ...]:
    """Return what the account's pixels and offline event sets reported of conversions from ``start`` to ``end`` (exclusive), most first.

    Conversions are kept for 35 days at least. NotFound when one of the pixels is not the account's.
    """
    own = {one.id for one in advertising.pixels(scope)} | {one.id for one in advertising.offline_sets(scope)}
    if set(pixel_ids) - own:
        raise NotFound(noun="pixel")
    rows = (
        Conversion.objects.filter(pixel_id__in=pixel_ids, at_ms__gte=to_ms(start), at_ms__lt=to_ms(end))
        .values_list("pixel_id", "name")
        .annotate(
            total=Count("pk"),
            to_ads=Count("pk", filter=~Q(ad_id=0)),
            from_servers=Count("pk", filter=Q(source="server")),
        )
    )
    found = [
        PixelName(pixel_id, name, total, to_ads, total - servers, servers)
        for pixel_id, name, total, to_ads, servers in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.pixel_id, -one.total, one.name)))
