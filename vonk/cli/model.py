"""``vonk model``: which prediction models there are, which one is served, and how that is changed from a terminal."""

from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vonk.cli import training
from vonk.config.options import Options
from vonk.control import clock
from vonk.core.clock import from_ms, to_ms
from vonk.core.errors import Problem
from vonk.delivery.prediction.measures import Measures
from vonk.delivery.trained.shelf import Card, Outcome, Shelf

EXIT_FAILED: Final = 3
EXIT_NONE: Final = 1  # Nothing was made or judged good.
BY: Final = "command line"
WORDS: Final[dict[str, str]] = {
    "worse_than_prior": "worse than the prior",
    "worse_than_published": "worse than the model that is served",
    "worse_than_formula": "finds less than the formula",
    "uncalibrated": "its probabilities do not mean what they say",
    "too_few_labels": "too few labels to judge by",
    "predictions_are_none": "it predicts what is no probability",
}


def reason_words(reason: str) -> str:
    """Return a reason of the check in words."""
    head, _, name = reason.rpartition(":")
    said = WORDS.get(name, name)
    return f"{head}: {said}" if head else said


def listed(options: Options, *, feed: bool = False) -> int:
    """Show the models, newest first; return the exit code."""
    shelf, console = _shelf(options, feed=feed), Console()
    try:
        pointer, cards = shelf.pointer(), shelf.cards()
    except (Problem, OSError) as error:
        return _failed(error)
    table = Table("", "Model", "Learnt until", "Rows", "Outcome", "Why")
    for card in cards:
        served = "→" if card.name == pointer.name else ""
        reasons = ", ".join(map(reason_words, card.reasons))
        table.add_row(served, card.name, _instant(card.until_ms), f"{card.rows:,}", card.outcome.value, reasons)
    console.print(table)
    console.print(f"Served: {pointer.name or 'no model, the prior'}. {_mode(automatic=pointer.automatic)}")
    return 0


def shown(options: Options, name: str | None, *, feed: bool = False) -> int:
    """Show one model's card, that of the served one without a name; return the exit code."""
    shelf = _shelf(options, feed=feed)
    try:
        chosen = name or shelf.pointer().name
        if not chosen:
            Console().print("No model is served: the prior predicts.")
            return 0
        _show(shelf.card(chosen))
    except (Problem, OSError) as error:
        return _failed(error)
    return 0


def rolled_back(options: Options, *, feed: bool = False) -> int:
    """Serve what was served before; return the exit code."""
    shelf = _shelf(options, feed=feed)
    try:
        pointer = shelf.roll_back(by=BY, at_ms=_now_ms())
    except (Problem, OSError) as error:
        return _failed(error)
    Console().print(f"Served: {pointer.name or 'no model, the prior'}. {_mode(automatic=pointer.automatic)}")
    return 0


def published(options: Options, name: str, *, feed: bool = False) -> int:
    """Serve this model, and go on serving good candidates after it; return the exit code."""
    shelf = _shelf(options, feed=feed)
    try:
        if shelf.card(name).outcome is Outcome.REFUSED:
            Console(stderr=True).print("The check refused this model; it is served because you say so.")
        shelf.publish(name, by=BY, at_ms=_now_ms())
    except (Problem, OSError) as error:
        return _failed(error)
    Console().print(f"Served: {name}. {_mode(automatic=True)}")
    return 0


def trained(options: Options, *, now: bool, feed: bool = False) -> int:
    """Learn what is new; with ``now``, also judge what was learnt, whenever that was last done. Return the exit code."""
    try:
        with Console().status("Learning …"):
            card = (training.train_feed if feed else training.train)(options, candidate=now)
    except (Problem, OSError) as error:
        return _failed(error)
    if card is None:
        Console().print("Learnt. No candidate was made: it is not yet time, or too little has been shown to judge by.")
        return EXIT_NONE if now else 0
    _show(card)
    return EXIT_NONE if card.outcome is Outcome.REFUSED else 0


def _shelf(options: Options, *, feed: bool) -> Shelf:
    """Return where the models are: those of ads, or what was learnt for the feed."""
    return Shelf(options.feed_models_directory if feed else options.models_directory)


def _show(card: Card) -> None:
    console = Console()
    console.print(f"{card.name}: {card.outcome.value}", ", ".join(map(reason_words, card.reasons)))
    console.print(
        f"Learnt {card.rows:,} rows from {_instant(card.from_ms)} to {_instant(card.until_ms)};"
        f" judged on {card.held_rows:,} later ones, against {card.compared_with or 'the prior alone'}."
    )
    table = Table("Head", "By", "Rows", "AUC", "Log loss", "NE", "ECE", "Calibration")
    for head, heads in card.heads.items():
        second = heads.second
        told = (
            ("candidate", heads.candidate),
            ("first stage", second.first if second else None),
            ("second stage", second.second if second else None),
            ("served", heads.published),
            ("prior", heads.prior),
        )
        for who, measures in told:
            if measures is not None:
                table.add_row(head, who, *_figures(measures))
    console.print(table)
    if card.grown_ms:
        answering = [head for head, heads in card.heads.items() if heads.second is not None and heads.second.served]
        console.print(
            f"Second stage grown {_instant(card.grown_ms)} from {card.grown_rows:,} rows; it answers for"
            f" {', '.join(answering) or 'nothing, as it is not better by more than chance explains'}."
        )
    if card.recall:
        console.print(
            "Found of later long views: " + ", ".join(f"{who} {share:g}" for who, share in card.recall.items())
        )


def _figures(measures: Measures) -> tuple[str, ...]:
    values = (measures.auc, measures.logloss, measures.ne, measures.ece, measures.cal)
    return f"{measures.rows:,}", *("–" if value is None else f"{value:.4f}" for value in values)


def _instant(at_ms: int) -> str:
    return from_ms(at_ms).astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at_ms else "–"


def _mode(*, automatic: bool) -> str:
    if automatic:
        return "Good candidates take its place by themselves."
    return "No candidate takes its place until you publish one: vonk model publish NAME."


def _now_ms() -> int:
    now: datetime = clock.present().now()
    return to_ms(now)


def _failed(error: Problem | OSError) -> int:
    said = f"{error} {error.fill(type(error).remedy)}" if isinstance(error, Problem) else str(error)
    Console(stderr=True).print(escape(said), soft_wrap=True)
    return EXIT_FAILED
