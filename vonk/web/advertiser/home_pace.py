"""Today's spend against its pace, in words, bars and a chart."""

from typing import Final

import msgspec
from django.urls import reverse
from django.utils import formats as django_formats
from django.utils import timezone
from django.utils.translation import gettext as _

from vonk.core.clock import from_ms
from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting.pace import queries
from vonk.reporting.pace.queries import Hour, OfGroup, Today
from vonk.reporting.pace.rules import Paced, Standing
from vonk.web.advertiser.access import Desk
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart, Series, Tone

GROUPS_SHOWN: Final = 8
_TONES: Final = {
    Standing.EARLY: Tone.CALM,
    Standing.ON_PACE: Tone.GOOD,
    Standing.AHEAD: Tone.BUSY,
    Standing.BEHIND: Tone.WARN,
}


class GroupPace(msgspec.Struct, frozen=True, kw_only=True):
    """An ad group's budget: ``spent`` and ``due`` are percentages of it."""

    name: str
    url: str
    budget: str
    amount: str
    spent: int
    due: int
    state: Badge
    end: str


class PaceCard(msgspec.Struct, frozen=True):
    """The card."""

    state: Badge
    spent: str
    words: str
    end: str
    basis: str
    by_hour: Chart
    groups: tuple[GroupPace, ...]
    more: int  # Ad groups that are not shown.


def card(desk: Desk) -> PaceCard | None:
    """Return how today's budgets are spent; None when nothing with a budget runs."""
    found = queries.today(desk.scope, now=desk.now)
    if found.whole is None:
        return None
    currency, whole = desk.account.currency, found.whole
    values = {
        "spent": formats.money(whole.period.spent_micros, currency),
        "budget": formats.money(whole.period.budget_micros, currency),
        "due": formats.money(whole.expected_micros, currency),
    }
    # Those furthest behind first: they are what somebody may want to act on.
    groups = sorted(found.groups, key=lambda one: _ratio(one.paced) - _due(one.paced))
    return PaceCard(
        state=_state(whole),
        spent=_("%(spent)s of %(budget)s") % values,
        words=_("By now %(due)s were to be expected, by when viewers come.") % values,
        end=_end(whole, currency),
        basis=_basis(found),
        by_hour=_chart(found.hours, currency),
        groups=tuple(_group(one, currency) for one in groups[:GROUPS_SHOWN]),
        more=max(0, len(groups) - GROUPS_SHOWN),
    )


def _state(paced: Paced) -> Badge:
    share = formats.percent(abs(_ratio(paced) / _due(paced) - 1), 0) if _due(paced) else ""
    words = {
        Standing.EARLY: _("Too early to say"),
        Standing.ON_PACE: _("On pace"),
        Standing.AHEAD: _("%(share)s ahead of pace") % {"share": share},
        Standing.BEHIND: _("%(share)s behind pace") % {"share": share},
    }
    return Badge(words[paced.standing], _TONES[paced.standing])


def _ratio(paced: Paced) -> float:
    return paced.period.spent_micros / paced.period.budget_micros if paced.period.budget_micros else 0.0


def _due(paced: Paced) -> float:
    return paced.expected_micros / paced.period.budget_micros if paced.period.budget_micros else 0.0


def _end(paced: Paced, currency: str) -> str:
    if paced.projected_micros is None:
        return ""
    if paced.over_ms is not None:
        at = timezone.localtime(from_ms(paced.over_ms))
        return _("At this speed the budget is spent by %(when)s.") % {
            "when": f"{django_formats.date_format(at, 'MONTH_DAY_FORMAT')} {django_formats.time_format(at, 'TIME_FORMAT')}"
        }
    at = timezone.localtime(from_ms(paced.period.end_ms - 1))
    return _("At this speed %(amount)s are spent by the end of %(day)s.") % {
        "amount": formats.money(paced.projected_micros, currency),
        "day": django_formats.date_format(at, "MONTH_DAY_FORMAT"),
    }


def _basis(found: Today) -> str:
    if not found.learnt:
        return _("When viewers come is not learnt yet: a usual day is assumed.")
    return _("When viewers come is learnt from the slots of the last four weeks, as the ad servers do.")


def _group(one: OfGroup, currency: str) -> GroupPace:
    period = one.paced.period
    amount = formats.money(period.budget_micros, currency)
    return GroupPace(
        name=one.ad_group.name,
        url=reverse("advertiser:ad_group_delivery", args=[one.ad_group.id]),
        budget=_("%(amount)s in all") % {"amount": amount}
        if one.lifetime
        else _("%(amount)s today") % {"amount": amount},
        amount=formats.money(period.spent_micros, currency),
        spent=min(100, round(100 * _ratio(one.paced))),
        due=min(100, round(100 * _due(one.paced))),
        state=_state(one.paced),
        end=_end(one.paced, currency),
    )


def _chart(hours: tuple[Hour, ...], currency: str) -> Chart:
    spent = [hour.spent_micros for hour in hours]
    return Chart(
        id="pace",
        title=_("Spend of today and what was to be expected"),
        label_heading=_("Until"),
        labels=tuple(django_formats.time_format(timezone.localtime(hour.ends_at), "TIME_FORMAT") for hour in hours),
        series=(
            Series(
                _("Spent"),
                tuple(None if micros is None else micros / MICROS_PER_UNIT for micros in spent),
                tuple(formats.NO_VALUE if micros is None else formats.money(micros, currency) for micros in spent),
            ),
            Series(
                _("Expected"),
                tuple(hour.expected_micros / MICROS_PER_UNIT for hour in hours),
                tuple(formats.money(hour.expected_micros, currency) for hour in hours),
                beside=True,
            ),
        ),
    )
