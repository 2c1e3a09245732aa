"""Learns from the event log, in its order and in one pass, and makes candidates of what was learnt.

The newest part of what has closed is held back: a candidate is judged on what it has not learnt, and is learnt from in
its turn. Where it stands is kept in the shelf's directory; when that is lost, damaged or of other features, everything
is learnt anew from the beginning of the log.
"""

import contextlib
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import structlog

from vonk.core.clock import from_ms
from vonk.core.errors import Problem
from vonk.delivery.prediction import files
from vonk.delivery.prediction.files import Model, Training
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.prior import CLICKS, CONVERSIONS, VIEWS
from vonk.delivery.prediction.stage import Stage
from vonk.delivery.trained import check, features, second_stage, watched
from vonk.delivery.trained.examples import Example, Waiting
from vonk.delivery.trained.features import JUDGED
from vonk.delivery.trained.second_stage import Grow, Grown, Judged, Rows, Said
from vonk.delivery.trained.shelf import Card, Outcome, Share, Shelf, write_whole
from vonk.delivery.trained.watched import Segment
from vonk.events.log import START, EventLog, Position
from vonk.events.records import received_ms_of

RECORDS_PER_READ: Final = 5_000
WATCHED_AT: Final = 2_000  # Rows that have closed: then it is noted what the first stage makes of them.
RECORDS_PER_ROUND: Final = 200_000  # Then what was learnt is kept, and the next round goes on.
HELD_SHARE: Final = 0.2  # Of all examples, held back,
HELD_MAX: Final = 20_000  # but no more.
BY: Final = "training"
_KEPT: Final = "training.state"
_LEARNT: Final = "training"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Kept(msgspec.Struct):
    """Where training stands. ``results`` by ad: impressions, clicks, views, clicks closed, conversions; all learnt."""

    spec_digest: str = features.DIGEST
    position: int = START
    waiting: Waiting = msgspec.field(default_factory=Waiting)
    held: list[Example] = []  # Of showings,
    held_clicks: list[
        Example
    ] = []  # and of clicks, which close a week later: each kind by itself, lest one push out the other.
    learnt_rows: int = 0
    learnt_clicks: int = 0  # Of these rows.
    from_ms: int = 0
    until_ms: int = 0
    results: dict[int, list[int]] = {}
    learner: str = ""  # The file with what was learnt.
    candidate_ms: int = 0  # When the last candidate was made.
    watched: list[Segment] = []  # Rows that a second stage grows from,
    grown_ms: int = 0  # when it last did, from how many, and what its trees look at.
    grown_rows: int = 0
    shares: dict[str, tuple[Share, ...]] = {}


class Trainer:
    """Training on one shelf; one at a time. With ``grow``, also of a second stage."""

    def __init__(self, shelf: Shelf, grow: Grow | None = None) -> None:
        self._shelf = shelf
        self._directory = shelf.directory
        self._grow = grow
        self._second: Stage | None = None  # As it was last grown.
        self._unwatched = 0  # Rows that have closed since it was last noted what the first stage makes of them.
        self._learnt_rows: list[Rows] = []  # Watched and learnt, and not on disk yet.
        self.kept, self._learner = self._resumed()

    def learn(self, log: EventLog, *, now_ms: int) -> bool:
        """Take in the next part of the log and learn what has closed; return whether there is more to read.

        What was learnt is durable when this returns. Raises LogUnavailable, OSError.
        """
        before, read = self.kept.position, 0
        first = log.first()
        if self.kept.position + 1 < first:
            self.kept.position = Position(first - 1)  # What is gone from the log cannot be learnt.
        while read < RECORDS_PER_ROUND:
            page = log.read(Position(self.kept.position), RECORDS_PER_READ)
            if not page:
                break
            self.kept.waiting.take(stored.record for stored in page)
            self.kept.position = page[-1].position
            read += len(page)
            self._close(min(now_ms, received_ms_of(page[-1].record)))
        more = read >= RECORDS_PER_ROUND
        if not more:
            self._close(now_ms)
        if self.kept.position != before or not self.kept.learner:
            self._keep()
        return more

    def candidate(self, *, now_ms: int) -> Card | None:
        """Make a model of what was learnt, judge it on what is held back, and publish it if it may be served.

        None while there is too little to judge by. Raises OSError.
        """
        kept = self.kept
        if len(kept.held) < check.ROWS_MIN or not kept.learnt_rows:
            return None
        kept.candidate_ms = now_ms
        held = kept.held + kept.held_clicks
        codes, labels = _arrays(held)
        pointer = self._shelf.pointer()
        said = second_stage.say(self._learner, codes)
        second = self._judged(codes, labels, said, now_ms)
        heads, reasons = check.judge(
            features.HEADS, labels, second.probabilities, self._prior(held), self._published(pointer.name, codes)
        )
        heads = {head: msgspec.structs.replace(card, second=second.cards.get(head)) for head, card in heads.items()}
        measures = {"held_back": {head: card.candidate for head, card in heads.items()}}
        measures[JUDGED] = {
            head: heads[head].candidate
            for at, head in enumerate(features.HEADS)
            if head in heads and check.is_known(labels[:, at])
        }
        training = Training(kept.from_ms, kept.until_ms, now_ms, kept.learnt_rows, measures)
        name = self._save(training, second.stage, now_ms)
        card = Card(
            name=name,
            trained_ms=now_ms,
            from_ms=kept.from_ms,
            until_ms=kept.until_ms,
            rows=kept.learnt_rows,
            held_rows=len(held),
            spec_digest=features.DIGEST,
            outcome=Outcome.REFUSED if reasons else Outcome.WAITING,
            reasons=reasons,
            compared_with=pointer.name,
            heads=heads,
            grown_ms=kept.grown_ms if second.cards else 0,
            grown_rows=kept.grown_rows if second.cards else 0,
        )
        self._shelf.put(card)
        if not reasons and self._shelf.publish_if_automatic(name, by=BY, at_ms=now_ms):
            card = msgspec.structs.replace(card, outcome=Outcome.PUBLISHED)
            self._shelf.put(card)
        _log.info("model.judged", model=name, outcome=card.outcome.value, reasons=list(reasons), rows=kept.learnt_rows)
        self._shelf.tidy()
        if kept.grown_ms == now_ms:
            self._keep()  # With the new trees.
        else:
            self._keep_state()
        return card

    def _judged(self, codes: Ints, labels: npt.NDArray[np.int8], said: Said, now_ms: int) -> Judged:
        """Grow a second stage where it is time, and judge it on what is held back; without one, the first stage answers."""
        kept = self.kept
        if self._grow is not None:
            self._flush()
            count = sum(segment.rows for segment in kept.watched)
            if second_stage.is_due(count, grown_rows=kept.grown_rows, grown_ms=kept.grown_ms, now_ms=now_ms):
                grown = self._grow(watched.load(self._directory, kept.watched))
                self._second, kept.shares = (grown.stage, grown.shares) if grown is not None else (None, {})
                kept.grown_ms, kept.grown_rows = now_ms, count
                _log.info("second_stage.grown", heads=sorted(kept.shares), rows=count)
        if self._second is None:
            return Judged(None, {}, said.probabilities)
        return second_stage.judge(Grown(self._second, kept.shares), codes, labels, said)

    def _close(self, now_ms: int) -> None:
        """Hold back what has closed, and learn what has been held back long enough."""
        kept = self.kept
        for closed in kept.waiting.close(now_ms):
            (kept.held_clicks if closed.labels[-1] >= 0 else kept.held).append(closed)
            self._unwatched += 1
        if self._unwatched >= WATCHED_AT:
            self._watch()
        shown_learnt = kept.learnt_rows - kept.learnt_clicks
        due, kept.held = _parted(kept.held, learnt=shown_learnt, least=check.ROWS_MIN)
        clicks, kept.held_clicks = _parted(kept.held_clicks, learnt=kept.learnt_clicks, least=0)
        if due or clicks:
            self._learn(sorted(due + clicks, key=_closed_ms))

    def _watch(self) -> None:
        """Note what the first stage makes of what is held back, as long as it has not learnt it."""
        if self._grow is not None:
            self.kept.held = second_stage.watched(self._learner, self.kept.held)
            self.kept.held_clicks = second_stage.watched(self._learner, self.kept.held_clicks)
        self._unwatched = 0

    def _learn(self, due: list[Example]) -> None:
        kept = self.kept
        if self._grow is not None:
            self._learnt_rows.append(second_stage.rows_of(second_stage.watched(self._learner, due)))
        codes, labels = _arrays(due)
        closed = np.array([example.closed_ms for example in due], np.int64)
        times = np.maximum(np.maximum.accumulate(closed), self._learner.learnt_ms)  # Late ones count as of now.
        self._learner.stream(codes, np.zeros((len(due), 0)), times, labels, due_ms=times)
        for example in due:
            clicked, viewed, converted = example.labels
            results = kept.results.setdefault(example.ad_id, [0, 0, 0, 0, 0])
            if converted < 0:
                results[0] += 1
                results[1] += clicked
                results[2] += viewed
            else:
                kept.learnt_clicks += 1
                results[3] += 1
                results[4] += converted
        kept.learnt_rows += len(due)
        kept.from_ms = kept.from_ms or due[0].closed_ms
        kept.until_ms = int(times[-1])

    def _prior(self, held: list[Example]) -> Floats:
        """Return what the prior says of what is held back, from the same results that were learnt."""
        rows = []
        for example in held:
            shown, clicks, views, closed, converted = self.kept.results.get(example.ad_id, (0, 0, 0, 0, 0))
            rows.append((CLICKS.mean(clicks, shown), VIEWS.mean(views, shown), CONVERSIONS.mean(converted, closed)))
        return np.array(rows, np.float64).reshape(len(rows), 3)

    def _published(self, name: str, codes: Ints) -> Floats | None:
        """Return what the model that is served says of it; None when there is none that can be asked."""
        if not name:
            return None
        try:
            model = files.load(self._shelf.path(name))
        except Problem as problem:
            _log.warning("model.not_compared", model=name, code=problem.code)
            return None
        if model.learner.spec.digest() != features.DIGEST:
            return None
        return second_stage.answers(model.second, codes, second_stage.say(model.learner, codes))

    def _save(self, training: Training, second: Stage | None, now_ms: int) -> str:
        """Write the candidate; return its name: the instant, and the first letters of its file's digest."""
        self._learner.settle()
        stamp = from_ms(now_ms).strftime("%Y%m%dT%H%M%SZ")
        fresh = self._directory / f".{stamp}.candidate"
        fresh.unlink(missing_ok=True)
        digest = files.save(fresh, Model(self._learner, training, second))
        name = f"{stamp}-{digest[:8]}"
        fresh.replace(self._shelf.path(name))
        return name

    def _resumed(self) -> tuple[Kept, Learner]:
        """Return where a former training stood; a fresh start when that is not to be had whole."""
        try:
            kept = msgspec.msgpack.decode((self._directory / _KEPT).read_bytes(), type=Kept)
            if kept.spec_digest == features.DIGEST:
                model = files.load(self._directory / kept.learner)
                self._second = model.second if self._grow is not None else None
                return kept, model.learner
            _log.info("training.begun_anew", reason="other features")
        except FileNotFoundError:
            pass
        except (msgspec.MsgspecError, Problem, OSError) as error:
            _log.warning("training.begun_anew", reason=str(error))
        return Kept(), Learner(features.SPEC)

    def _keep(self) -> None:
        """Keep what was learnt, then where that stands, then forget what was kept before."""
        self._watch()
        self._learner.settle()
        self._flush()
        former = self.kept.learner
        name = f"{_LEARNT}-{self.kept.position}-{self.kept.learnt_rows}-{self.kept.grown_ms}.learnt"
        training = Training(self.kept.from_ms, self.kept.until_ms, 0, self.kept.learnt_rows)
        (self._directory / name).unlink(missing_ok=True)
        files.save(self._directory / name, Model(self._learner, training, self._second))
        self.kept.learner = name
        self._keep_state()
        if former and former != name:
            with contextlib.suppress(OSError):
                (self._directory / former).unlink()
        watched.tidy(self._directory, self.kept.watched)

    def _flush(self) -> None:
        """Put the rows that were learnt to those that trees grow from; without a second stage, let go of all."""
        if self._grow is None:
            self.kept.watched, self.kept.shares, self.kept.grown_rows, self.kept.grown_ms = [], {}, 0, 0
        elif self._learnt_rows:
            stamp = f"{self.kept.position}-{self.kept.learnt_rows}"
            self.kept.watched = watched.append(self._directory, self.kept.watched, self._learnt_rows, stamp=stamp)
        self._learnt_rows = []

    def _keep_state(self) -> None:
        write_whole(self._directory / _KEPT, msgspec.msgpack.encode(self.kept))


def _parted(held: list[Example], *, learnt: int, least: int) -> tuple[list[Example], list[Example]]:
    """Return what has been held back long enough, and what is held back now."""
    room = min(HELD_MAX, max(least, int(HELD_SHARE * (learnt + len(held)))))
    surplus = max(len(held) - room, 0)
    return held[:surplus], held[surplus:]


def _closed_ms(example: Example) -> int:
    return example.closed_ms


def _arrays(examples: list[Example]) -> tuple[Ints, npt.NDArray[np.int8]]:
    codes = np.array([example.codes for example in examples], np.int64)
    return codes, np.array([example.labels for example in examples], np.int8)
