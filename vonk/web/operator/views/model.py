"""The prediction model that is served: how well it does, what it knows and never knows, what was served before."""

from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.control import prediction
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.core.errors import Problem
from vonk.delivery.prediction.measures import Measures
from vonk.delivery.trained import shelf as shelves
from vonk.delivery.trained.shelf import Card, Change, Outcome, Shelf
from vonk.identity import queries as identity
from vonk.web.common import formats, problems
from vonk.web.common.records import Badge, Chart, ChartKind, Series, Tone
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.views import model_trees
from vonk.web.operator.views.model_trees import Second

CHANGES_SHOWN: Final = 10
CARDS_SHOWN: Final = 10
_PERSON: Final = "person "


class Row(msgspec.Struct, frozen=True):
    """One predictor's figures on one head, as people read them."""

    who: str
    figures: tuple[str, ...]


class Head(msgspec.Struct, frozen=True):
    """One event that is predicted. ``second`` None: no trees were grown for it."""

    title: str
    rows: tuple[Row, ...]
    chart: Chart | None
    second: Second | None


class Line(msgspec.Struct, frozen=True):
    """One model that was made."""

    name: str
    at: datetime
    rows: int
    state: Badge
    reasons: str
    served: bool


class Past(msgspec.Struct, frozen=True):
    """One change of what is served."""

    words: str
    who: str
    at: datetime


class ModelPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``card`` None: the prior predicts. ``back``: to which model a rollback leads, "" for the prior."""

    served: str
    automatic: bool
    card: Card | None
    stages: str
    grown: datetime | None
    learnt_from: datetime | None
    learnt_until: datetime | None
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    past: tuple[Past, ...]
    back: str
    asks: bool
    problem: str


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the model that is served; ``?model=`` shows another one's figures."""
    del scope
    return _answer(request)


@require_POST
@for_platform(Right.OPERATE)
def roll_back(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Serve what was served before. Asked about once more."""
    if request.POST.get("sure") != "1":
        return _answer(request, asks=True)
    try:
        pointer = prediction.roll_back(scope, _shelf(), now=now_of(request))
    except Problem as problem:
        messages.error(request, problems.view_of(problem).message)
    else:
        served = pointer.name or _("the prior")
        messages.success(request, _("Rolled back. Served now: %(model)s.") % {"model": served})
    return redirect("operator:model")


@require_POST
@for_platform(Right.OPERATE)
def publish(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Serve the named model, and good candidates after it."""
    try:
        prediction.publish(scope, _shelf(), name=request.POST.get("model", ""), now=now_of(request))
    except Problem as problem:
        messages.error(request, problems.view_of(problem).message)
    else:
        messages.success(request, _("Published. The ad servers take it over within a second or two."))
    return redirect("operator:model")


def _shelf() -> Shelf:
    return Shelf(settings.VONK.models_directory)


def _answer(request: HttpRequest, *, asks: bool = False) -> HttpResponse:
    return render(request, "operator/model.html", {"page": _page(_shelf(), request.GET.get("model", ""), asks=asks)})


def _page(shelf: Shelf, wanted: str, *, asks: bool) -> ModelPage:
    problem = ""
    try:
        pointer = shelf.pointer()
    except shelves.PointerDamaged as damaged:
        pointer, problem = shelves.Pointer(), f"{problems.view_of(damaged).message} {problems.view_of(damaged).remedy}"
    cards = shelf.cards()
    shown = wanted or pointer.name
    card = next((card for card in cards if card.name == shown), None)
    return ModelPage(
        served=pointer.name,
        automatic=pointer.automatic,
        card=card,
        stages=_stages(card) if card else "",
        grown=from_ms(card.grown_ms) if card and card.grown_ms else None,
        learnt_from=from_ms(card.from_ms) if card else None,
        learnt_until=from_ms(card.until_ms) if card else None,
        heads=tuple(_head(number, name, card) for number, name in enumerate(card.heads)) if card else (),
        lines=tuple(_line(card, served=card.name == pointer.name) for card in cards[:CARDS_SHOWN]),
        past=_past(pointer.changes),
        back=shelf.before(pointer),
        asks=asks and bool(pointer.name),
        problem=problem,
    )


def _head(number: int, name: str, card: Card) -> Head:
    head, title = card.heads[name], _title(name)
    second = head.second
    told = (
        (_("This model"), head.candidate),
        (_("Its first stage alone"), second.first if second is not None else None),
        (_("With its second stage"), second.second if second is not None else None),
        (_("Served then"), head.published),
        (_("Prior"), head.prior),
    )
    rows = tuple(Row(who, _figures(measures)) for who, measures in told if measures is not None)
    chart = _calibration(number, title, card, name)
    return Head(title, rows, chart, model_trees.second(number, title, second) if second is not None else None)


def _title(name: str) -> str:
    titles = {"click": _("Clicks"), "view_6s": _("Views of 6 seconds"), "conversion": _("Conversions of clicks")}
    return titles.get(name, name)


def _stages(card: Card) -> str:
    served = [_title(name) for name, head in card.heads.items() if head.second is not None and head.second.served]
    return ", ".join(served)


def _figures(measures: Measures) -> tuple[str, ...]:
    values = (measures.auc, measures.ne, measures.ece, measures.cal)
    return formats.number(measures.rows), *(
        formats.NO_VALUE if value is None else formats.number(value, 3) for value in values
    )


def _calibration(number: int, title: str, card: Card, name: str) -> Chart | None:
    bins = card.heads[name].bins
    if not bins:
        return None

    def line(label: str, values: tuple[float, ...]) -> Series:
        return Series(label, tuple(100 * value for value in values), tuple(formats.percent(value) for value in values))

    return Chart(
        id=f"calibration-{number}",
        title=_("Calibration: %(what)s") % {"what": title},
        label_heading=_("Tenth of the events, least likely first"),
        labels=tuple(str(place) for place in range(1, len(bins) + 1)),
        series=(
            line(_("Predicted"), tuple(one.predicted for one in bins)),
            line(_("Happened"), tuple(one.happened for one in bins)),
        ),
        kind=ChartKind.LINE,
    )


def _line(card: Card, *, served: bool) -> Line:
    states = {
        Outcome.PUBLISHED: Badge(_("Passed"), Tone.GOOD),
        Outcome.REFUSED: Badge(_("Refused"), Tone.BAD),
        Outcome.WAITING: Badge(_("Waits for you"), Tone.WARN),
    }
    reasons = ", ".join(map(_reason, card.reasons))
    return Line(card.name, from_ms(card.trained_ms), card.rows, states[card.outcome], reasons, served)


def _reason(reason: str) -> str:
    head, _colon, name = reason.rpartition(":")
    said = {
        "worse_than_prior": _("worse than the prior"),
        "worse_than_published": _("worse than what was served"),
        "uncalibrated": _("its probabilities do not mean what they say"),
        "too_few_labels": _("too few labels to judge by"),
        "predictions_are_none": _("predicts what is no probability"),
    }.get(name, name)
    return f"{head}: {said}" if head else said


def _past(changes: tuple[Change, ...]) -> tuple[Past, ...]:
    shown = tuple(reversed(changes))[:CHANGES_SHOWN]
    ids = {int(change.by.removeprefix(_PERSON)) for change in shown if change.by.removeprefix(_PERSON).isdecimal()}
    people = identity.person_names(ids)

    def who(by: str) -> str:
        own = by.removeprefix(_PERSON)
        if own.isdecimal():
            return people.get(int(own), own)
        return _("the platform") if by == "training" else by

    return tuple(
        Past(
            (_("Back to %(model)s") if change.act == "rollback" else _("%(model)s published"))
            % {"model": change.name or _("the prior")},
            who(change.by),
            from_ms(change.at_ms),
        )
        for change in shown
    )
