"""How long a test waits for what has to happen: so long that on the busiest machine only what never happens fails.

Patience is no promise. What is promised of time is told by `vonk bench`, and no test asserts it.
"""

from typing import Final

SECONDS: Final = 180
"""Well below the bound of a whole test in pyproject.toml, so that a wait fails with its own words."""
