"""Every operation of v1.3 that the official SDKs or the reference know, and why this platform has not the ones it has not.

``catalogue.txt`` holds one operation a line: method, path, and who knows it ("sdk": both official SDKs 1.1.3 have a method
for it; "reference": documentation or published clients do). The coverage page, the answer 40008 and a test follow.
"""

from collections.abc import Iterable
from importlib.resources import files
from typing import Final

import msgspec


class Known(msgspec.Struct, frozen=True):
    """One operation of v1.3."""

    method: str
    path: str  # Without slashes around it.
    in_sdk: bool

    @property
    def group(self) -> str:
        """Return the first segment of its path."""
        return self.path.partition("/")[0]


GROUPS: Final = frozenset({
    "ad", "adgroup", "advertiser", "bc", "blockedword", "campaign", "changelog", "comment", "creative", "discovery", "dmp",
    "event", "file", "identity", "oauth2", "offline", "pixel", "report", "rf", "search", "split_test", "tcm", "term", "tool",
    "tt_video", "tto", "user",
})  # fmt: skip
"""The groups that belong to a Spark Ads platform; the others are other products."""

_SHOPS: Final = "it belongs to shops and their catalogues, and this platform sells nothing itself"
_AUTOMATION: Final = "campaigns here are made of groups and ads that somebody chose; no product chooses them instead"
_RESERVATIONS: Final = (
    "reach is not sold in advance, so there is nothing to reserve or change; rf/inventory/estimate tells what a budget may "
    "reach, and adgroup/create buys it in the auction"
)
WHY: Final[dict[str, str]] = {
    "ad/aco": "automated creative is retired in v1.3; ads are created one by one",
    "adgroup/rf/create": _RESERVATIONS,
    "adgroup/rf/update": _RESERVATIONS,
    "app": "apps are advertised by the address of their store page and are not registered",
    "audience": "overlaps of audiences are not computed",
    "bc/billing_group": "each ad account has its own invoices",
    "bc/image": "ad accounts are opened without pictures of qualifications",
    "bc/pixel/link/update": "a pixel belongs to one ad account for good",
    "bc/pixel/transfer": "a pixel belongs to one ad account for good",
    "business": "for a creator an app reads their account and posts and keeps their codes; they post and talk themselves",
    "bc/transfer": "a Business Center holds no money; each ad account pays its own",
    "campaign/gmv_max": _SHOPS,
    "catalog": _SHOPS,
    "creative/smart_text": "no texts are generated",
    "gmv_max": _SHOPS,
    "optimizer": "no rules change campaigns on their own; write a client that reads reports and updates ads",
    "pangle_audience_package": "ads are shown on this platform alone",
    "pangle_block_list": "ads are shown on this platform alone",
    "pixel/event": "a page or a server names an event as it sends it; none is defined beforehand",
    "playable": "playable ads are not shown; a Spark ad is a post",
    "report/video_performance": "no published contract names its fields; report/integrated/get has a video's quarters",
    "smart_plus": _AUTOMATION,
}
"""Beginning of a path to why: a clause that ends "… is not supported by this platform: ". The longest beginning counts."""


def _read() -> tuple[Known, ...]:
    lines = files(__package__).joinpath("catalogue.txt").read_text(encoding="utf-8").splitlines()
    return tuple(
        Known(method, path, source == "sdk")
        for method, path, source in (line.split() for line in lines if line.strip())
    )


CATALOGUE: Final = _read()


def why_not(path: str) -> str | None:
    """Return why a path is not supported, were it not declared; None when nothing is said of it."""
    parts = path.split("/")
    beginnings = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((WHY[one] for one in beginnings if one in WHY), None)


def _reasons(rows: Iterable[Known]) -> dict[str, str]:
    found = {row.path: why_not(row.path) for row in rows}
    return {path: why for path, why in found.items() if why is not None}


UNSUPPORTED: Final[dict[str, str]] = _reasons(CATALOGUE)
"""Path without slashes around it, to why. What is declared is looked for first (routes.py), so a path may be in both."""
