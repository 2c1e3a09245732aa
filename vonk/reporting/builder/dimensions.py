"""What a report's rows and columns may be about, each declared once.

Of whom an ad reached the platform knows the country, and of adults who agreed to it age and gender; who is among fewer
than ten impressions is not told (``breakdowns.parts``). What is the same for every showing has one value, and says so.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vonk.advertising.queries.kinds import AdKind
from vonk.billing.queries import By
from vonk.reporting.breakdowns.wanted import Part

Text = str | Promise


class Nature(StrEnum):
    """What tells the values of a dimension."""

    AD = "ad"  # What the ad is.
    TIME = "time"  # When it happened.
    AUDIENCE = "audience"  # Who saw it.


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension. ``of_ad``, ``by`` and ``part`` say where its values come from, by its nature."""

    name: str
    title: Text
    says: Text
    nature: Nature
    of_ad: Callable[[AdKind, int], str] | None = None
    by: By = By.NONE
    part: Part | None = None
    listed: bool = False  # Its values are few and known: they can be chosen from a list.


def _ad(name: str, title: Text, says: Text, of_ad: Callable[[AdKind, int], str], *, listed: bool = False) -> Dimension:
    return Dimension(name=name, title=title, says=says, nature=Nature.AD, of_ad=of_ad, listed=listed)


def _time(name: str, title: Text, says: Text, by: By) -> Dimension:
    return Dimension(name=name, title=title, says=says, nature=Nature.TIME, by=by)


def _audience(name: str, title: Text, says: Text, part: Part, *, listed: bool = False) -> Dimension:
    return Dimension(name=name, title=title, says=says, nature=Nature.AUDIENCE, part=part, listed=listed)


SPARK: Final = "spark"
NON_SPARK: Final = "non_spark"

_ALL: Final = (
    _ad("campaign", _("Campaign"), _("Each campaign, deleted ones too."), lambda ad, _id: str(ad.campaign_id)),
    _ad("ad_group", _("Ad group"), _("Each ad group, deleted ones too."), lambda ad, _id: str(ad.ad_group_id)),
    _ad("ad", _("Ad"), _("Each ad, deleted ones too."), lambda _ad, ad_id: str(ad_id)),
    _ad("objective", _("Objective"), _("What the campaign is for."), lambda ad, _id: ad.objective, listed=True),
    _ad(
        "kind",
        _("Spark or non-Spark"),
        _("Whether the ad shows a creator's post with their consent, or a video of your own."),
        lambda ad, _id: SPARK if ad.spark else NON_SPARK,
        listed=True,
    ),
    _ad("billing", _("Billing"), _("What the ad group pays for."), lambda ad, _id: ad.billing, listed=True),
    _ad("identity", _("Creator or identity"), _("Under whose name the ad runs."), lambda ad, _id: str(ad.identity_id)),
    _ad("post", _("Post"), _("The post that is shown, all of its ads together."), lambda ad, _id: str(ad.post_id)),
    _time("day", _("Day"), _("Each day by the clock of the ad account."), By.DAY),
    _time("week", _("Week"), _("Weeks from Monday on; the first and the last may be cut by the period."), By.DAY),
    _time("month", _("Month"), _("Calendar months; the first and the last may be cut by the period."), By.DAY),
    _time("weekday", _("Day of the week"), _("All Mondays together, all Tuesdays, and so on."), By.DAY),
    _time("hour", _("Hour"), _("Each hour by the clock of the ad account; at most 31 days."), By.HOUR),
    _time("hour_of_day", _("Hour of the day"), _("All first hours of days together, and so on; at most 31 days."), By.HOUR),
    _audience("country", _("Country"), _("The viewer's country. Below ten impressions of an ad it is not told."), Part.COUNTRY),
    _audience(
        "age",
        _("Age"),
        _("Of adults who agreed to personalised ads; fewer than ten impressions of a day are not told."),
        Part.AGE_BAND,
        listed=True,
    ),
    _audience(
        "gender",
        _("Gender"),
        _("Of adults who agreed to personalised ads; fewer than ten impressions of a day are not told."),
        Part.GENDER,
        listed=True,
    ),
    _audience("region", _("Region"), _("Events do not keep the viewer's region: all is in one row."), Part.OTHER),
    _audience("placement", _("Placement"), _("Every ad is shown in the feed of posts: all is in one row."), Part.OTHER),
    _audience("platform", _("Platform"), _("Events do not keep the viewer's device: all is in one row."), Part.OTHER),
)  # fmt: skip

DIMENSIONS: Final[dict[str, Dimension]] = {one.name: one for one in _ALL}
"""Every dimension by its name, in the order in which it is offered."""

NATURE_TITLES: Final[dict[Nature, Text]] = {
    Nature.AD: _("What is advertised"),
    Nature.TIME: pgettext_lazy("dimensions", "Time"),
    Nature.AUDIENCE: _("Who saw it"),
}
