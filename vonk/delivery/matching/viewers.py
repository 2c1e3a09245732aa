"""Whom a slot is for, as targeting may look at them: the signed token's word before the context's, and never too much.

What a host tells of device and place is free text from outside: it is bounded by the request's schema, and brought to
one form here, so that "WiFi", "wifi " and "WIFI" are one connection.
"""

from typing import Final, NamedTuple

import msgspec

from vonk.core.taxonomy import COUNTRIES, LANGUAGES, AgeBand, Device

ADULT: Final = "adult"  # Of age, and nothing more is told: wanted by ads that want every band from 18 up.
SEARCH: Final = "search"  # The surface on which somebody looks for something: keywords bind there.
FEED: Final = "feed"  # Every other surface, to targeting.
PRICE_STEP: Final = 50  # What a device costs is told in ranges of so many US dollars,
PRICE_TOP: Final = 1_000  # the last of which is open.
INVENTORIES: Final = ("expanded", "standard", "limited")  # What a slot's neighbours are fit for, the strictest last.
DEVICES: Final = frozenset(Device)
_VERSION_PART_MAX: Final = 9_999


class Viewer(msgspec.Struct, frozen=True, gc=False):
    """What targeting may look at. Empty means unknown, and then only ads that do not ask for it match.

    ``audiences`` None: nobody has told in which audiences the viewer is, so that nothing which keeps one out is shown.
    """

    viewer_id: str
    country: str
    language: str
    age_band: str
    gender: str
    device: str
    interests: tuple[str, ...]
    places: tuple[str, ...] = ()  # Region and city, as snapshot.Limits has them.
    version: int = 0  # Of the device's system.
    connection: str = ""
    carrier: str = ""
    model: str = ""
    price: int = -1  # The lower end of the range that the device's price is in.
    surface: str = ""
    keywords: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    audiences: tuple[str, ...] | None = None
    inventory: str = ""
    told_ms: int = 0  # When somebody last looked in which audiences the viewer is.
    profiled: bool = False  # Of age, and agreed to personalised ads: predictions may know who it is.

    def contextual(self) -> "Viewer":
        """Return what may be looked at for a minor: nothing of a profile (DSA art. 28), nor what the device tells of means."""
        return msgspec.structs.replace(
            self, interests=(), gender="", behaviours=(), audiences=None, model="", price=-1, carrier="", profiled=False
        )

    def unprofiled(self) -> "Viewer":
        """Return what may be looked at for who did not agree to personalised ads: where, in which language, on what.

        Of the age only that they are no minor, so that what is for adults can be kept from others; interests are
        those of the page, which the caller put there. Which telephone it is, what it cost and whose network it is in
        would tell who somebody is: they are not looked at either.
        """
        return msgspec.structs.replace(
            self,
            age_band=ADULT if self.age_band else "",
            gender="",
            behaviours=(),
            audiences=None,
            model="",
            price=-1,
            carrier="",
            profiled=False,
        )


class Known(NamedTuple):
    """What may be learnt of a viewer, and by what predictions go: of a profile nothing unless ``profiled``."""

    country: str
    language: str
    device: str
    age_band: str
    gender: str
    profiled: bool


def known(viewer: Viewer) -> Known:
    """Return what may be learnt of the viewer. A host's word that is none of the known ones is not told."""
    profiled = viewer.profiled and not is_minor(viewer.age_band)
    return Known(
        viewer.country if viewer.country in COUNTRIES else "",
        viewer.language if viewer.language in LANGUAGES else "",
        viewer.device if viewer.device in DEVICES else "",
        viewer.age_band if profiled else "",
        viewer.gender if profiled else "",
        profiled,
    )


def is_minor(age_band: str) -> bool:
    """Tell whether the band is below 18."""
    return age_band == AgeBand.AGE_13_17


def word(text: str) -> str:
    """Return a name of a connection, a carrier, a model or a keyword in the one form in which it is compared."""
    return " ".join(text.casefold().split())


def version(text: str) -> int:
    """Return a version such as "14", "14.5" or "14.5.1" as a number that grows with it; 0 for what is none."""
    parts = text.strip().split(".")[:3]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return 0
    major, minor, patch = (int(part) for part in (*parts, "0", "0")[:3])
    return (major * (_VERSION_PART_MAX + 1) + minor) * (_VERSION_PART_MAX + 1) + patch


def version_text(number: int) -> str:
    """Return the version that ``version`` made the number of, without zeros at its end."""
    major, rest = divmod(number, (_VERSION_PART_MAX + 1) ** 2)
    parts = [major, *divmod(rest, _VERSION_PART_MAX + 1)]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return ".".join(map(str, parts))


def price_range(usd: int) -> int:
    """Return the lower end of the range that a device's price in US dollars is in; -1 when it is not known (0 or less)."""
    return min(usd - usd % PRICE_STEP, PRICE_TOP) if usd > 0 else -1
