"""What the page of the model tells of a second stage: whether it answers, what it gains, what its trees look at."""

import msgspec
from django.utils.translation import gettext as _

from vonk.delivery.trained.shelf import SecondCard, Share
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart, ChartKind, Series, Tone


class Second(msgspec.Struct, frozen=True):
    """One head's second stage: whether it answers, by how much it is better, and what its trees look at."""

    state: Badge
    gain: str
    chart: Chart | None


def second(number: int, title: str, card: SecondCard) -> Second:
    """Return what is told of one head's trees."""
    state = Badge(_("Answers"), Tone.GOOD) if card.served else Badge(_("Stays at home"), Tone.CALM)
    gain, error = (formats.number(100 * value, 3) for value in _of_first(card))
    told = _(
        "Log loss less by %(gain)s %% than the first stage alone, give or take %(error)s %% (two standard errors)."
    )
    return Second(state, told % {"gain": gain, "error": error}, _looked_at(number, title, card.shares))


def _of_first(card: SecondCard) -> tuple[float, float]:
    whole = card.first.logloss or 1.0
    return card.gain / whole, 2 * card.error / whole


def _looked_at(number: int, title: str, shares: tuple[Share, ...]) -> Chart | None:
    if not shares:
        return None
    values = tuple(100 * one.share for one in shares)
    texts = tuple(formats.percent(value / 100, 1) for value in values)
    return Chart(
        id=f"trees-{number}",
        title=_("What its trees look at: %(what)s") % {"what": title},
        label_heading=_("What they look at"),
        labels=tuple(name_of(one.name) for one in shares),
        series=(Series(_("Share of what all splits gained"), values, texts),),
        kind=ChartKind.BAR,
    )


def name_of(column: str) -> str:
    """Return in words what trees look at; columns are named by ``stage.column_names``."""
    kind, colon, name = column.rpartition(":")
    if not colon:
        return {"hour": _("Hour of the day"), "interested": _("Category among the interests")}.get(column, column)
    counters = {
        "viewer": _("viewer"),
        "ad": _("ad"),
        "profile": _("profile"),
        "viewer*category": _("viewer and category"),
        "click": _("clicks"),
        "view_6s": _("views of 6 seconds"),
        "conversion": _("conversions"),
    }
    whose = counters.get(name, name)
    words = {
        "said": _("First stage on %(whose)s"),
        "known": _("Showings: %(whose)s"),
        "rate": _("Rate: %(whose)s"),
        "residual": _("Beyond prediction: %(whose)s"),
    }.get(kind)
    return words % {"whose": whose} if words is not None else column
