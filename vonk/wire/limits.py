"""How often one caller of the platform API may ask in a minute (``control.windows``)."""

from typing import Final

KNOWN_PER_WINDOW_MAX: Final = 6_000  # A busy integration; 100 a second.
UNKNOWN_PER_WINDOW_MAX: Final = 1_200  # Everybody behind one address who has not signed in.
