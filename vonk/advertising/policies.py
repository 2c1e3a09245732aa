"""What operators set of review while the platform runs."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_noop as _

from vonk.control.policies import Policy, PolicyKind, declare
from vonk.core.taxonomy import INTERESTS

_CATEGORIES: Final = tuple(INTERESTS.items())

TWO_PEOPLE_CATEGORIES: Final = declare(
    Policy(
        name="review.two_people_categories",
        kind=PolicyKind.CHOICES,
        default=(),
        title=_("Categories that two people review"),
        about=_("An ad of these categories is shown only after two different people approved it."),
        choices=_CATEGORIES,
    )
)
TWO_PEOPLE_FIRST_ADS: Final = declare(
    Policy(
        name="review.two_people_first_ads",
        kind=PolicyKind.NUMBER,
        default=0,
        title=_("First ads of an account that two people review"),
        about=_("As long as an ad account has fewer approved ads than this, two different people approve each."),
        most=100,
    )
)
FORBIDDEN_CATEGORIES: Final = declare(
    Policy(
        name="review.forbidden_categories",
        kind=PolicyKind.CHOICES,
        default=(),
        title=_("Forbidden categories"),
        about=_("No ad of these categories is approved. What runs goes on: remove it by its post or its account."),
        choices=_CATEGORIES,
    )
)
APPEAL_DAYS: Final = declare(
    Policy(
        name="review.appeal_days",
        kind=PolicyKind.NUMBER,
        default=183,
        title=_("Days to appeal a rejection"),
        about=_("For how many days after a rejection its advertiser may appeal. The DSA asks for six months."),
        least=1,
        most=366,
        unit=_("days"),
    )
)
CLAIM_LASTS: Final = timedelta(seconds=90)
"""How long an ad is somebody's to review after they last looked at it: a page says so every 30 seconds."""
