"""What v1.3 has and this platform has not, each with the reason that callers and the coverage page are told."""

from typing import Final

UNSUPPORTED: Final[dict[str, str]] = {}
"""Path without slashes around it, to why: a clause that ends the sentence "… is not supported by this platform: "."""
