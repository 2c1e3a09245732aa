"""What a host tells of the moment of a request, and whom with it a slot is for."""

from typing import Annotated

import msgspec

from vonk.core import places
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.matching import viewers
from vonk.delivery.matching.viewers import Viewer
from vonk.events.tokens import ViewerClaims

Short = Annotated[str, msgspec.Meta(max_length=32)]
Keyword = Annotated[str, msgspec.Meta(max_length=64)]

places.table()  # Read now: a request shall not wait for it.


class Context(msgspec.Struct, frozen=True):
    """What the host knows of the moment. Fills only what the viewer's token leaves empty, and what tokens never hold.

    ``region`` and ``city`` are GeoNames' numbers, within ``country``; a region's ISO 3166-2 code will do, and a city of the
    table (``core.places``) says its region. ``os_version`` is that of ``device``, such as
    "14.5"; ``connection`` "2g" to "5g" or "wifi"; ``device_price_usd`` what such a device costs new. ``inventory`` is
    what the posts around the slots are fit for: "limited" the strictest advertisers, "standard" most, "expanded" those
    who ask for nothing; without it only these.
    """

    device: Short = ""
    language: Short = ""
    country: Short = ""
    keywords: Annotated[tuple[Keyword, ...], msgspec.Meta(max_length=50)] = ()
    region: Short = ""
    city: Short = ""
    os_version: Short = ""
    connection: Short = ""
    carrier: Keyword = ""
    device_model: Keyword = ""
    device_price_usd: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    inventory: Short = ""


def viewer_of(claims: ViewerClaims, context: Context, surface: str = "") -> Viewer:
    """Return what targeting may look at: the signed token's word before the context's.

    Nothing of a profile unless the token says that the viewer agreed to personalised ads, and never of a minor's.
    """
    interests = claims.interests if claims.personalised else ()
    keywords: tuple[str, ...] = ()
    if context.keywords:  # What the page is about is no profile.
        interests += tuple(keyword for keyword in context.keywords if keyword in INTERESTS)
        keywords = tuple(viewers.word(keyword) for keyword in context.keywords)
    country = claims.country or context.country
    region, city = claims.region, claims.city
    if not (region or city) and country == (context.country or country):  # Not the places of another country.
        region, city = context.region, context.city
    told = claims.personalised and claims.audiences is not None
    viewer = Viewer(
        claims.viewer_id,
        country,
        claims.language or context.language,
        claims.age_band or "",
        claims.gender or "",
        context.device,
        interests,
        places=places.keys_of(country, region, city) if region or city else (),
        version=viewers.version(context.os_version) if context.os_version else 0,
        connection=viewers.word(context.connection) if context.connection else "",
        carrier=viewers.word(context.carrier) if context.carrier else "",
        model=viewers.word(context.device_model) if context.device_model else "",
        price=viewers.price_range(context.device_price_usd),
        surface=surface,
        keywords=keywords,
        behaviours=claims.behaviours,
        audiences=tuple(map(str, claims.audiences or ())) if told else None,
        inventory=context.inventory,
        told_ms=claims.told_ms if told else 0,
        profiled=claims.personalised,
    )
    if viewers.is_minor(viewer.age_band):
        return viewer.contextual()
    return viewer if claims.personalised else viewer.unprofiled()
