"""`vonk decision replay`: a recorded decision, made again from its record in the event log."""

from typing import Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vonk.cli.start import refuse
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import publications
from vonk.core.clock import from_ms
from vonk.core.ids import parse_id
from vonk.delivery.explaining import explain
from vonk.delivery.explaining.replay import Replayed, changed_since, replay
from vonk.delivery.snapshot import AdDocument, AdGroupDocument, DocumentKind, decode_document
from vonk.events.records import DecisionRecord

SAME: Final = 0
DIFFERENT: Final = 1
NOT_POSSIBLE: Final = 2


class Told(msgspec.Struct, frozen=True):
    """What the command says."""

    decision_id: str
    at: str
    possible: bool
    agrees: bool
    drawn: bool
    recorded: dict[str, int]
    replayed: dict[str, int]
    differences: tuple[str, ...]
    terms_changed_since: tuple[str, ...]  # Ads whose published bid or billing is not the decision's any more.
    index_sequence: int  # The last publication that the index held.
    published_since: dict[
        str, int
    ]  # Objects by kind that were published or withdrawn after it; none: the index is the same.
    model: str  # The version that predicted, "" for what is known of all viewers.


def run(options: Options, decision: str, *, as_json: bool) -> int:
    """Replay one decision and return the exit code: 0 the same, 1 not the same, 2 not possible."""
    try:
        decision_id = parse_id(decision)
    except ValueError:
        refuse(f"{decision} is no decision's id")
    log = wiring.event_log(options)
    try:
        record = explain.find(log, decision_id)
    finally:
        log.close()
    if record is None:
        refuse(f"decision {decision} is not in the event log")
    done = replay(record)
    told = _told(record, done)
    if as_json:
        typer.echo(msgspec.json.encode(told).decode())
    else:
        _print(told)
    if not done.possible:
        return NOT_POSSIBLE
    return SAME if done.agrees else DIFFERENT


def _told(record: DecisionRecord, done: Replayed) -> Told:
    recorded = {name: getattr(record, name) for name in type(done.outcome).__struct_fields__}
    return Told(
        decision_id=str(record.decision_id),
        at=from_ms(record.at_ms).isoformat(),
        possible=done.possible,
        agrees=done.agrees,
        drawn=done.drawn,
        recorded=recorded,
        replayed=msgspec.structs.asdict(done.outcome),
        differences=done.differences,
        terms_changed_since=tuple(map(str, _changed(record))),
        index_sequence=record.index_sequence,
        published_since={
            kind.value: objects for kind, objects in publications.changed_after(record.index_sequence).items()
        },
        model=record.model,
    )


def _changed(record: DecisionRecord) -> tuple[int, ...]:
    """Return the ads of the auction whose terms are published otherwise by now."""
    kept = explain.kept_trace(record)
    if kept is None:
        return ()
    ads = publications.published_of(DocumentKind.AD, [bid.ad_id for bid in kept.bids])
    found = {ad_id: decode_document(DocumentKind.AD, body) for ad_id, body in ads.items()}
    group_of = {ad_id: ad.ad_group_id for ad_id, ad in found.items() if isinstance(ad, AdDocument)}
    groups = publications.published_of(DocumentKind.AD_GROUP, list(group_of.values()))
    terms: dict[int, AdGroupDocument | None] = {}
    for bid in kept.bids:
        body = groups.get(group_of.get(bid.ad_id, 0))
        document = decode_document(DocumentKind.AD_GROUP, body) if body is not None else None
        terms[bid.ad_id] = document if isinstance(document, AdGroupDocument) else None
    return changed_since(kept, terms)


def _print(told: Told) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not told.possible:
        console.print(
            f"Decision {told.decision_id} of {told.at} was recorded without its auction: it cannot be made again."
        )
        return
    table = Table("", "As recorded", "Made again", box=None)
    for name, recorded in told.recorded.items():
        table.add_row(name, str(recorded), str(told.replayed[name]))
    console.print(table)
    console.print(
        "The same." if told.agrees else "Not the same: the record was changed, or the rules of auctions were."
    )
    for text in told.differences:
        console.print(f"  {text}")
    if told.drawn:
        console.print("It was drawn at random among all that could be shown; the price is made again, the draw is not.")
    console.print(
        "Made again: winner, price, runner-up and each worth from its parts, from the record's own auction. As recorded:"
        " which ads wanted the viewer, what refused the others, and every prediction; nothing of the viewer's profile is kept."
    )
    console.print(_index_words(told))
    if told.terms_changed_since:
        console.print(f"Bid or billing of these ads have changed since: {', '.join(told.terms_changed_since)}.")


def _index_words(told: Told) -> str:
    """Return whether the index of that instant can still be known."""
    if not told.published_since:
        return f"Index {told.index_sequence}: nothing was published since, so the ads are those of today."
    since = ", ".join(f"{objects} of {kind}" for kind, objects in told.published_since.items())
    return f"Index {told.index_sequence}: another one by now; published or withdrawn since: {since}."
