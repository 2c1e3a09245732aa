"""Every metric, declared once (reference §7): name, title, unit, formula over counters and spend, and its definition.

Reports, exports, charts and documentation follow from this table. A number is net unless it says gross: what broke a
validity rule is left out. Reach is in no sum: who saw two ads, or one on two days, is one viewer.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vonk.reporting.reach.rules import REACH
from vonk.reporting.results import CONVERSIONS, RESULTS
from vonk.reporting.rules import ENGAGEMENTS, INVALID, SERVED, TALLY_OF

SPEND: Final = "spend"  # Beside the counters: what was billed, in micros.

Counts = Mapping[str, int]
Value = int | float | None  # None: there is nothing to divide by.


class Unit(StrEnum):
    """How a value is to be read."""

    COUNT = "count"
    RATIO = "ratio"  # 0.05 is five percent.
    MICROS = "micros"  # Of the account's currency.
    MILLISECONDS = "milliseconds"
    TIMES = "times"  # 2.5 is two and a half times.


class Metric(msgspec.Struct, frozen=True):
    """One number of reports. ``money`` metrics mean nothing for organic showings."""

    name: str
    title: str | Promise
    unit: Unit
    definition: str | Promise
    formula: Callable[[Counts], Value]
    source: str = "reference §7"
    gross: bool = False  # Speaks of what was served or invalid: for those who pay, not for those who post.
    followed: bool = False  # Speaks of what followed from an ad: likewise, and of no organic showing.
    people: bool = False  # Speaks of viewers counted once: of ads alone, by day or in all, and never a sum.

    @property
    def money(self) -> bool:
        """Whether it is made of spend."""
        return self.unit is Unit.MICROS


def _count(*names: str) -> Callable[[Counts], Value]:
    return lambda counts: sum(counts.get(name, 0) for name in names)


def _ratio(above: tuple[str, ...], *below: str) -> Callable[[Counts], Value]:
    def formula(counts: Counts) -> Value:
        divisor = sum(counts.get(name, 0) for name in below)
        return sum(counts.get(name, 0) for name in above) / divisor if divisor > 0 else None

    return formula


def _each(above: str, below: str, *, times: int = 1) -> Callable[[Counts], Value]:
    """Return a formula for ``above`` (an integer measure) per ``times`` of ``below``, rounded half up."""

    def formula(counts: Counts) -> Value:
        divisor = counts.get(below, 0)
        return (2 * counts.get(above, 0) * times + divisor) // (2 * divisor) if divisor > 0 else None

    return formula


def _reach(counts: Counts) -> Value:
    """Return the viewers; None where there are impressions and nobody knows whose they were."""
    viewers = counts.get(REACH, 0)
    return viewers if viewers > 0 or counts.get("impressions", 0) <= 0 else None


CLICKS: Final = tuple(sorted(name for name in TALLY_OF.values() if name.startswith("clicks_")))
ALL_CLICKS: Final = (*CLICKS, *sorted(ENGAGEMENTS))
_GROSS_IMPRESSIONS: Final = ("impressions", f"{INVALID}impressions")
_GROSS_CLICKS: Final = ("clicks_destination", f"{INVALID}clicks_destination")
_C, _R, _M, _T = Unit.COUNT, Unit.RATIO, Unit.MICROS, Unit.MILLISECONDS

METRICS: Final[tuple[Metric, ...]] = (
    Metric("spend", _("Spend"), _M, _("What was billed; taken from the ledger."), _count(SPEND)),
    Metric(
        "impressions",
        _("Impressions"),
        _C,
        _("Times shown on a screen, each showing once; invalid ones are left out."),
        _count("impressions"),
    ),
    Metric(
        REACH,
        _("Reach"),
        _C,
        _("Different viewers to whom it was shown. By day or over the whole span, not by hour."),
        _reach,
        people=True,
    ),
    Metric(
        "frequency",
        _("Frequency"),
        Unit.TIMES,
        _("Impressions ÷ reach: how often each of them saw it on average."),
        _ratio(("impressions",), REACH),
        people=True,
    ),
    Metric(
        "cost_per_1000_reached",
        _("Cost per 1,000 reached"),
        _M,
        _("Spend ÷ reach × 1,000."),
        _each(SPEND, REACH, times=1_000),
        people=True,
    ),
    Metric(
        "viewable",
        _("Viewable impressions"),
        _C,
        _("At least half of the picture on the screen while two seconds played (MRC)."),
        _count("viewable"),
    ),
    Metric(
        "viewable_rate",
        _("Viewable rate"),
        _R,
        _("Viewable impressions ÷ impressions (MRC)."),
        _ratio(("viewable",), "impressions"),
    ),
    Metric("video_views", _("Video views"), _C, _("Plays started; replays excluded."), _count("plays")),
    Metric("view_2s", _("2-second views"), _C, _("Watched for two seconds or more."), _count("view_2s")),
    Metric("view_6s", _("6-second views"), _C, _("Watched for six seconds or to the end."), _count("view_6s")),
    Metric("view_15s", _("15-second views"), _C, _("Watched for 15 seconds or to the end."), _count("view_15s")),
    Metric("p25", _("Watched 25%"), _C, _("Played to a quarter of the video."), _count("p25")),
    Metric("p50", _("Watched 50%"), _C, _("Played to half of the video."), _count("p50")),
    Metric("p75", _("Watched 75%"), _C, _("Played to three quarters of the video."), _count("p75")),
    Metric("p100", _("Watched 100%"), _C, _("Played to the end."), _count("p100")),
    Metric("replays", _("Replays"), _C, _("Played from the beginning once more."), _count("replays"), "design §2"),
    Metric("vtr_2s", _("2-second view rate"), _R, _("2-second views ÷ video views."), _ratio(("view_2s",), "plays")),
    Metric("vtr_6s", _("6-second view rate"), _R, _("6-second views ÷ video views."), _ratio(("view_6s",), "plays")),
    Metric(
        "completion_rate", _("Completion rate"), _R, _("Played to the end ÷ video views."), _ratio(("p100",), "plays")
    ),
    Metric("watch_time", _("Time watched"), _T, _("All time watched, replays included."), _count("watch_ms")),
    Metric(
        "average_watch_time",
        _("Average time watched"),
        _T,
        _("Time watched, replays included, ÷ video views."),
        _each("watch_ms", "plays"),
    ),
    Metric(
        "clicks",
        _("Clicks (destination)"),
        _C,
        _("Taps that open the destination."),
        _count("clicks_destination"),
    ),
    Metric(
        "ctr",
        _("Click-through rate"),
        _R,
        _("Clicks (destination) ÷ impressions."),
        _ratio(("clicks_destination",), "impressions"),
    ),
    Metric("clicks_all", _("Clicks (all)"), _C, _("Destination and social taps."), _count(*ALL_CLICKS)),
    Metric(
        "engagement_rate",
        _("Engagement rate"),
        _R,
        _("Clicks (all) ÷ impressions."),
        _ratio(ALL_CLICKS, "impressions"),
    ),
    Metric("profile_visits", _("Profile visits"), _C, _("Taps that open the profile."), _count("clicks_profile")),
    Metric(
        "profile_visit_rate",
        _("Profile visit rate"),
        _R,
        _("Profile visits ÷ impressions."),
        _ratio(("clicks_profile",), "impressions"),
    ),
    Metric("music_clicks", _("Music clicks"), _C, _("Taps on the sound while shown."), _count("clicks_music")),
    Metric("hashtag_clicks", _("Hashtag clicks"), _C, _("Taps on a hashtag or mention."), _count("clicks_hashtag")),
    Metric("anchor_clicks", _("Anchor clicks"), _C, _("Taps on the anchor while shown."), _count("clicks_anchor")),
    Metric(
        "anchor_click_rate",
        _("Anchor click rate"),
        _R,
        _("Anchor clicks ÷ impressions."),
        _ratio(("clicks_anchor",), "impressions"),
    ),
    Metric("duet_clicks", _("Duet clicks"), _C, _("Taps on Duet while shown."), _count("clicks_duet")),
    Metric("stitch_clicks", _("Stitch clicks"), _C, _("Taps on Stitch while shown."), _count("clicks_stitch")),
    Metric("sound_use_clicks", _("Sound-use clicks"), _C, _("Taps on “Use this sound”."), _count("clicks_sound_use")),
    Metric("sticker_clicks", _("Sticker clicks"), _C, _("Taps on a sticker or add-on."), _count("clicks_sticker")),
    Metric(
        "landing_page_views",
        _("Landing page views"),
        _C,
        _("The destination was loaded."),
        _count("landing_page_views"),
    ),
    Metric("likes", _("Likes"), _C, _("Likes given while shown, less those taken back."), _count("likes")),
    Metric("comments", _("Comments"), _C, _("Comments made while shown."), _count("comments")),
    Metric("shares", _("Shares"), _C, _("Shares made while shown."), _count("shares")),
    Metric("favourites", _("Favourites"), _C, _("Kept as a favourite while shown."), _count("favourites")),
    Metric("follows", _("Follows"), _C, _("The profile was followed while shown."), _count("follows")),
    Metric("hides", _("Hides"), _C, _("“Not interested”."), _count("hides"), "design §8"),
    Metric("reports", _("Reports"), _C, _("Reported to the platform."), _count("reports"), "design §8"),
    Metric(
        "served",
        _("Served"),
        _C,
        _("Decisions that chose the ad, whether or not it came to be shown."),
        _count(SERVED),
        "design §2",
        gross=True,
    ),
    Metric(
        "gross_impressions",
        _("Gross impressions"),
        _C,
        _("Impressions and invalid impressions."),
        _count(*_GROSS_IMPRESSIONS),
        gross=True,
    ),
    Metric(
        "invalid_impressions",
        _("Invalid impressions"),
        _C,
        _("Impressions that broke a validity rule or were found invalid later. They are not billed."),
        _count(_GROSS_IMPRESSIONS[1]),
        gross=True,
    ),
    Metric(
        "invalid_rate",
        _("Invalid share"),
        _R,
        _("Invalid impressions ÷ gross impressions (IVT rate)."),
        _ratio(_GROSS_IMPRESSIONS[1:], *_GROSS_IMPRESSIONS),
        "MRC, Invalid Traffic",
        gross=True,
    ),
    Metric(
        "gross_clicks",
        _("Gross clicks (destination)"),
        _C,
        _("Clicks (destination) and invalid ones."),
        _count(*_GROSS_CLICKS),
        gross=True,
    ),
    Metric(
        "invalid_clicks",
        _("Invalid clicks (destination)"),
        _C,
        _("Clicks (destination) that broke a validity rule or were found invalid later. They are not billed."),
        _count(_GROSS_CLICKS[1]),
        gross=True,
    ),
    Metric(
        "invalid_click_rate",
        _("Invalid share of clicks"),
        _R,
        _("Invalid clicks (destination) ÷ gross clicks (destination)."),
        _ratio(_GROSS_CLICKS[1:], *_GROSS_CLICKS),
        "MRC, Invalid Traffic",
        gross=True,
    ),
    Metric("cpm", _("CPM"), _M, _("Spend ÷ impressions × 1,000."), _each(SPEND, "impressions", times=1_000)),
    Metric("cpc", _("CPC"), _M, _("Spend ÷ clicks (destination)."), _each(SPEND, "clicks_destination")),
    Metric("cpv", _("CPV"), _M, _("Spend ÷ 6-second views."), _each(SPEND, "view_6s"), "reference §5"),
    Metric(
        "conversions",
        _("Conversions"),
        _C,
        _("What people did at yours after a click, 6-second view or impression, within the ad group's windows."),
        _count(CONVERSIONS),
        followed=True,
    ),
    Metric(
        "conversions_click",
        _("Conversions after a click"),
        _C,
        _("Conversions whose last touch within its window was a click (destination)."),
        _count("conversions_click"),
        followed=True,
    ),
    Metric(
        "conversions_engaged",
        _("Conversions after an engaged view"),
        _C,
        _("Conversions without a click, whose last touch within its window was a 6-second view."),
        _count("conversions_engaged"),
        followed=True,
    ),
    Metric(
        "conversions_view",
        _("Conversions after a view"),
        _C,
        _("Conversions with neither, but with an impression within its window."),
        _count("conversions_view"),
        followed=True,
    ),
    Metric(
        "conversion_rate",
        _("Conversion rate"),
        _R,
        _("Conversions ÷ impressions."),
        _ratio((CONVERSIONS,), "impressions"),
        followed=True,
    ),
    Metric(
        "cost_per_conversion",
        _("Cost per conversion"),
        _M,
        _("Spend ÷ conversions."),
        _each(SPEND, CONVERSIONS),
        followed=True,
    ),
    Metric(
        "conversion_value",
        _("Conversion value"),
        _M,
        _("The sum of the values that were reported with conversions."),
        _count("conversion_value"),
        followed=True,
    ),
    Metric(
        "roas",
        _("ROAS"),
        Unit.TIMES,
        _("Conversion value ÷ spend."),
        _ratio(("conversion_value",), SPEND),
        followed=True,
    ),
    Metric(
        "results",
        _("Results"),
        _C,
        _("What the campaign is for: impressions, 6-second views, interactions, clicks or conversions."),
        _count(RESULTS),
        followed=True,
    ),
    Metric("cost_per_result", _("Cost per result"), _M, _("Spend ÷ results."), _each(SPEND, RESULTS), followed=True),
    Metric(
        "result_rate",
        _("Result rate"),
        _R,
        _("Results ÷ impressions."),
        _ratio((RESULTS,), "impressions"),
        followed=True,
    ),
    *(
        Metric(f"{name}_1d", title, _C, definition, _count(f"{name}_1d"), "reference §7, our rule", followed=True)
        for name, title, definition in (
            ("likes", _("Likes within a day"), _("Likes given off the ad within a day of its impression.")),
            ("comments", _("Comments within a day"), _("Comments made off the ad within a day of its impression.")),
            ("shares", _("Shares within a day"), _("Shares made off the ad within a day of its impression.")),
            ("favourites", _("Favourites within a day"), _("Kept off the ad within a day of its impression.")),
            ("follows", _("Follows within a day"), _("Follows off the ad within a day of its impression.")),
            (
                "profile_visits",
                _("Profile visits within a day"),
                _("Profile visits off the ad within a day of its impression."),
            ),
        )
    ),
)

BY_NAME: Final[dict[str, Metric]] = {metric.name: metric for metric in METRICS}
OF_POSTS: Final = tuple(
    metric for metric in METRICS if not (metric.money or metric.gross or metric.followed or metric.people)
)
"""The metrics of a post, organic and paid, net: all but the advertiser's money, what was served or invalid, and
what followed from ads."""


def values(counts: Counts, metrics: tuple[Metric, ...] = METRICS) -> dict[str, Value]:
    """Return every metric's value over the counters and the spend in ``counts``."""
    return {metric.name: metric.formula(counts) for metric in metrics}


def total_of(parts: Iterable[Counts]) -> dict[str, int]:
    """Return the sum of several counts; reach is no sum, and left out."""
    total: dict[str, int] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, 0) + value
    total.pop(REACH, None)
    return total
