"""Where an ad's button leads, as v1.3 says it: an address, and parameters that are added to it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from vonk.advertising.creatives import profile_page
from vonk.advertising.queries.ad_pages import ListedAd

ADDRESS: Final = "landing_page_url"
PARAMETERS: Final = "utm_params"
_SAFE: Final = "_-.~{}"  # Macros of other tools stay readable.


def whole(address: str, parameters: Sequence[Mapping[str, Any]] | None) -> str:
    """Return the address with the parameters added, in their order, before its fragment."""
    if not parameters or not address:
        return address
    added = "&".join(f"{quote(one['key'], safe=_SAFE)}={quote(one['value'], safe=_SAFE)}" for one in parameters)
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address  # What is no address is refused as it is.
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def sent(ad: ListedAd) -> tuple[str, list[Any] | None]:
    """Return the address and the parameters as they were sent, or as the ad has them when it was changed elsewhere.

    An ad that leads to its creator's profile, because it was given no address, has none.
    """
    if ad.consent_id is not None and ad.landing_url == profile_page(ad.post):
        return "", None
    address, parameters = ad.kept.get(ADDRESS), ad.kept.get(PARAMETERS)
    if isinstance(address, str) and isinstance(parameters, list) and whole(address, parameters) == ad.landing_url:
        return address, parameters
    return ad.landing_url, None
