"""Bounds of what people keep of their tables; pure."""

from typing import Final

NAME_MAX: Final = 80
NOUN_MAX: Final = 10
QUERY_MAX: Final = 4_000
VIEWS_MAX: Final = 50  # Of one person in one account and table.
COLUMNS_MAX: Final = 40
