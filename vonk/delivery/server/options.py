"""What an operator may set for the ad server."""

from pathlib import Path

import msgspec

from vonk.delivery.matching.places import Policy
from vonk.delivery.matching.separation import Apart
from vonk.delivery.snapshot import FrequencyCap


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The ad server's settings. Amounts are micros of the account's currency for a thousand impressions."""

    reserve_micros: int = 100_000  # The least price, where no surface says otherwise: 0.10 a thousand.
    reserve_micros_by_surface: dict[str, int] = {}
    reserve_share: float = (
        0.0  # Of a surface's middle clearing price in thirty days, where more; 0.5 is usual, 0 is off.
    )
    user_value_share: float = 0.05  # What viewers think of an ad weighs so much of the usual price; 0 is off.
    allowed_origins: tuple[str, ...] = ()  # Sites whose pages may call; "*" allows any.
    reservation_seconds: int = 600  # How long a decision holds its expected cost (delivery science §6).
    checkpoint_dir: Path | None = None  # Where the counters are kept between starts; None keeps none.
    checkpoint_seconds: int = 60
    lists_dir: Path | None = None  # Where the operator's bots.txt and data-centres.txt may be.
    advertiser_caps: tuple[
        FrequencyCap, ...
    ] = ()  # How often one viewer sees ads of any one account; all of them hold.
    random_share: float = 0.0  # Of slots that go to any ad that may be shown; drawn by the decision's seed.
    neighbours_apart: tuple[Apart, ...] = (Apart.ACCOUNT,)  # What neighbouring slots of one request must not share.
    places: dict[str, Policy] = {}  # Where ads may stand, by surface; elsewhere anywhere.
    promises_max: int = 2_000_000  # Decisions held at once, some 250 bytes each.

    def reserve(self, surface: str) -> int:
        """Return the surface's least price."""
        return self.reserve_micros_by_surface.get(surface, self.reserve_micros)

    def keeping(self, directory: Path) -> "Options":
        """Return the same settings with the counters kept there."""
        return msgspec.structs.replace(self, checkpoint_dir=directory)
