"""Spark Ads beside non-Spark ads: both kinds' rates, the lift of each with its interval, and what that is and is not."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.rules import OBJECTIVE_TEXTS, Objective
from vonk.control.paging import Paging
from vonk.core.ids import parse_id
from vonk.reporting.builder.periods import Days
from vonk.reporting.sparks import queries
from vonk.reporting.sparks.queries import Compared, Comparison
from vonk.reporting.sparks.rules import ADS_MIN, BASE_MIN, DAYS_MIN, EVENTS_MIN, Lack, Lift, Unit
from vonk.web.advertiser import report_words as words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views.home import today_of
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone

CAMPAIGNS_MAX: Final = 100  # To choose from: the newest.
DAYS_USUAL: Final = 28
EDGE_MAX: Final = 2.0  # Of the chart: three times as much, or nothing at all.


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One measure. ``badge`` says in a word what may be concluded, ``verdict`` in a sentence."""

    title: str
    says: str
    spark: str
    spark_base: str
    other: str
    other_base: str
    lift: str
    interval: str
    badge: Badge
    verdict: str


class Interval(msgspec.Struct, frozen=True):
    """One line of the chart. Places run from 0 to 100; what lies beyond the chart is cut at its edge."""

    name: str
    text: str
    place: float
    low: float
    high: float
    differs: bool


class Forest(msgspec.Struct, frozen=True):
    """The chart of intervals: no difference stands in the middle, ``edge`` is how much the edges are."""

    edge: str
    intervals: tuple[Interval, ...]


class ComparisonPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``lacking`` says what is missing before anything can be compared, none: it can."""

    span: Span
    campaigns: tuple[Choice, ...]
    objectives: tuple[Choice, ...]
    spark_ads: int
    other_ads: int
    rows: tuple[Row, ...]
    forest: Forest | None
    lacking: tuple[str, ...]
    by_days: bool  # Some interval speaks of these ads alone.
    lift_tests_url: str
    time_zone: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Compare both kinds over the days that the address asks for. NotFound for a campaign of others."""
    span = span_of(request, today_of(desk), days=DAYS_USUAL)
    campaign_id = _campaign(request)
    asked = request.GET.get("objective", "")
    objective = Objective(asked) if asked in set(Objective) else None
    found = queries.comparison(desk.scope, Days(span.start, span.end), campaign_id=campaign_id, objective=objective)
    return answer(request, desk, "spark_comparison.html", _page(desk, span, found, campaign_id, objective))


def _campaign(request: HttpRequest) -> int | None:
    try:
        return parse_id(request.GET.get("campaign", ""))
    except ValueError:
        return None


def _page(
    desk: Desk, span: Span, found: Comparison, campaign_id: int | None, objective: Objective | None
) -> ComparisonPage:
    campaigns = {one.id: one.name for one in advertising.campaigns(desk.scope, Paging(size=CAMPAIGNS_MAX)).items}
    if campaign_id is not None:
        campaigns |= advertising.names(desk.scope, "campaign", [campaign_id])
    rows = tuple(_row(one, found) for one in found.rows)
    lifted = [one for one in found.rows if isinstance(one.lift, Lift)]
    return ComparisonPage(
        span=span,
        campaigns=tuple(Choice(str(one), name, one == campaign_id) for one, name in campaigns.items()),
        objectives=tuple(
            Choice(one.value, _(OBJECTIVE_TEXTS[one]), one is objective)  # noqa: INT001 - texts come from the closed list.
            for one in Objective
        ),
        spark_ads=found.spark.ads,
        other_ads=found.other.ads,
        rows=rows,
        forest=_forest(lifted) if lifted else None,
        lacking=() if lifted else _lacking(found),
        by_days=any(isinstance(one.lift, Lift) and one.lift.unit is Unit.DAYS for one in found.rows),
        lift_tests_url=reverse("advertiser:lift_tests", args=[campaign_id])
        if campaign_id is not None
        else reverse("advertiser:campaigns"),
        time_zone=desk.account.time_zone,
    )


def _lacking(found: Comparison) -> tuple[str, ...]:
    """Return what is missing, each in a sentence with how far it is."""
    needs = []
    for ads, one, many in (
        (
            found.spark.ads,
            _("No Spark Ad was shown in these days: use a creator's post in an ad."),
            _("Spark Ads that were shown: %(count)d. An interval over ads needs %(most)d of each kind."),
        ),
        (
            found.other.ads,
            _("No non-Spark ad was shown in these days: make an ad with a video of your own."),
            _("Non-Spark ads that were shown: %(count)d. An interval over ads needs %(most)d of each kind."),
        ),
    ):
        if not ads:
            needs.append(one)
        elif ads < ADS_MIN:
            needs.append(many % {"count": ads, "most": ADS_MIN})
    if found.days_of_both < DAYS_MIN:
        needs.append(
            _("Days on which both kinds were shown: %(count)d. An interval over days needs %(most)d.")
            % {"count": found.days_of_both, "most": DAYS_MIN}
        )
    needs.append(
        _("Of each kind %(base)d plays, impressions or clicks are needed, and %(events)d of what is compared.")
        % {"base": BASE_MIN, "events": EVENTS_MIN}
    )
    return tuple(needs)


def _row(one: Compared, found: Comparison) -> Row:
    field, lift = one.measure.field, one.lift
    badge, verdict = _verdict(one)
    formula = field.column.formula
    assert formula is not None, "Measures are metrics."
    return Row(
        title=str(field.title),
        says=str(field.says),
        spark=words.text(field, formula(found.spark.counts), found.currency),
        other=words.text(field, formula(found.other.counts), found.currency),
        spark_base=_base(one.measure, one.spark.above, one.spark.below),
        other_base=_base(one.measure, one.other.above, one.other.below),
        lift=words.signed(lift.lift) if isinstance(lift, Lift) else formats.NO_VALUE,
        interval=_interval(lift) if isinstance(lift, Lift) else formats.NO_VALUE,
        badge=badge,
        verdict=verdict,
    )


def _base(measure: queries.Measure, above: int, below: int) -> str:
    """Return of how much a rate is: how often of how many; of a cost, over how many clicks."""
    if not measure.events_above:
        return ngettext("%(count)s click", "%(count)s clicks", below) % {"count": formats.number(below)}
    return _("%(above)s of %(below)s") % {"above": formats.number(above), "below": formats.number(below)}


def _interval(lift: Lift) -> str:
    return _("%(low)s to %(high)s") % {"low": words.signed(lift.low), "high": words.signed(lift.high)}


def _verdict(one: Compared) -> tuple[Badge, str]:
    lift = one.lift
    if isinstance(lift, Lack):
        return Badge(_("Too little data"), Tone.CALM), _lack(lift)
    over = _("Over ads.") if lift.unit is Unit.ADS else _("Over days: it speaks of these ads alone, not of other ads.")
    if not lift.differs:
        return Badge(_("No difference shown"), Tone.CALM), over
    better = (lift.lift > 0) is one.measure.events_above
    return (Badge(_("Spark Ads better"), Tone.GOOD) if better else Badge(_("Spark Ads worse"), Tone.WARN)), over


def _lack(lack: Lack) -> str:
    return {
        Lack.NO_ADS: _("One of the kinds was not shown."),
        Lack.BASE: _("Fewer than %(count)d plays, impressions or clicks of one of the kinds.") % {"count": BASE_MIN},
        Lack.EVENTS: _("It happened fewer than %(count)d times with one of the kinds.") % {"count": EVENTS_MIN},
        Lack.FREE: _("One of the kinds cost nothing."),
        Lack.UNITS: _("Fewer than %(ads)d ads of one of the kinds, and fewer than %(days)d days of both.")
        % {"ads": ADS_MIN, "days": DAYS_MIN},
        Lack.ONE_UNIT: _("All of it happened with a single ad, or on a single day."),
        Lack.WIDE: _("The ads differ so much from each other that any lift is possible."),
    }[lack]


def _forest(found: list[Compared]) -> Forest:
    lifts = [(one, one.lift) for one in found if isinstance(one.lift, Lift)]
    edge = min(EDGE_MAX, max(max(abs(lift.low), abs(lift.high)) for _one, lift in lifts) * 1.05)

    def place(share: float) -> float:
        return round(50 + 50 * max(-1.0, min(1.0, share / edge)), 2)

    return Forest(
        formats.percent(edge, 0),
        tuple(
            Interval(
                str(one.measure.field.title),
                f"{words.signed(lift.lift)} ({_interval(lift)})",
                place(lift.lift),
                place(lift.low),
                place(lift.high),
                lift.differs,
            )
            for one, lift in lifts
        ),
    )
