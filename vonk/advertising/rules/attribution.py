"""How an ad group's conversions are told to be its own (reference §5, Attribution). Fixed when it is created."""

from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.clock import DAY_MS
from vonk.core.errors import FieldInvalid

CLICK_DAYS: Final = (0, 1, 7, 14, 28)  # 0: off.
ENGAGED_VIEW_DAYS: Final = (0, 1, 7)
VIEW_DAYS: Final = (0, 1, 7)
WINDOW_DAYS_MAX: Final = max(CLICK_DAYS)


class Counting(StrEnum):
    """Whether one viewer's conversions of a name all count."""

    EVERY = "every"
    ONCE = "once"


class AttributionSettings(msgspec.Struct, frozen=True):
    """How many days before a conversion a click, a 6-second view and an impression may lie; 0 is off.

    7 and 1 days are the reference's defaults. An engaged view of 1 day is ours [I]: whoever watched for six seconds was
    shown the ad, so it adds nothing to the sum and tells the stronger touches apart.
    """

    click_days: int = 7
    engaged_view_days: int = 1
    view_days: int = 1
    counting: Counting = Counting.EVERY

    @property
    def once_ms(self) -> int:
        """For how long one conversion keeps others of its name from counting, where it counts once.

        The click window; where clicks are off, the longest of the others.
        """
        return (self.click_days or max(self.engaged_view_days, self.view_days)) * DAY_MS


def check(settings: AttributionSettings) -> AttributionSettings:
    """Return the settings; FieldInvalid names the window that is none of those there are."""
    for field, days, known in (
        ("click_days", settings.click_days, CLICK_DAYS),
        ("engaged_view_days", settings.engaged_view_days, ENGAGED_VIEW_DAYS),
        ("view_days", settings.view_days, VIEW_DAYS),
    ):
        if days not in known:
            raise FieldInvalid(field, "one of %(known)s days", known=", ".join(map(str, known)))
    return settings
