"""Which viewers an ad group of an A/B test is for: a viewer belongs to exactly one arm of a test; pure.

The share of a viewer is a hash of the test's salt and the viewer's pseudonym, so no list of viewers is needed, every ad
server says the same, and the same viewer falls anew in every test (delivery science §11).
"""

import hashlib
from typing import Final

from vonk.delivery.snapshot import Arm

SHARES: Final = 10_000


def share(salt: str, viewer_id: str) -> int:
    """Return in which of the ``SHARES`` equal parts of a test's viewers this one is, from 0."""
    digest = hashlib.blake2b(f"{salt}:{viewer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % SHARES


def halves(salt: str, *, starts_ms: int, ends_ms: int) -> tuple[Arm, Arm]:
    """Return the two equal arms of a test."""
    middle = SHARES // 2
    return (
        Arm(salt=salt, first=0, last=middle - 1, starts_ms=starts_ms, ends_ms=ends_ms),
        Arm(salt=salt, first=middle, last=SHARES - 1, starts_ms=starts_ms, ends_ms=ends_ms),
    )


def control(salt: str, *, share_percent: int, starts_ms: int, ends_ms: int) -> Arm:
    """Return the control group of a lift test: so many percent of the viewers."""
    if not 0 < share_percent < 100:
        raise ValueError("A control group is more than nobody and less than all.")
    return Arm(salt=salt, first=0, last=SHARES * share_percent // 100 - 1, starts_ms=starts_ms, ends_ms=ends_ms)


def holds(arm: Arm, viewer_id: str, now_ms: int) -> bool:
    """Tell whether the viewer may see the arm now. While the test runs, who cannot be known again is in no arm."""
    if not arm.starts_ms <= now_ms < arm.ends_ms:
        return True
    return viewer_id != "" and arm.first <= share(arm.salt, viewer_id) <= arm.last
