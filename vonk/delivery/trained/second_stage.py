"""The second stage of our models: from which rows it grows, and whether it goes along with a candidate.

A row is what the first stage saw and said of a showing while that was held back, so as an ad server would have: it had not
learnt it, nor anything since. Of the viewer no code stays in it. Growing takes LightGBM and stands apart (``growing``).
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.core.clock import DAY_MS
from vonk.delivery.prediction import stage as stages
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.learner import Learner, Streamed
from vonk.delivery.prediction.measures import measure
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.scorer import Scorer
from vonk.delivery.prediction.stage import Reranker, Stage
from vonk.delivery.trained import check, features
from vonk.delivery.trained.examples import Example
from vonk.delivery.trained.shelf import SecondCard, Share

ROWS_MIN: Final = 5_000  # With fewer, the first stage is still learning what trees would learn of it.
GROWN_EVERY_MS: Final = DAY_MS
GROWN_AT: Final = 2  # Also when there are so many times the rows of the last time.
SHARES_MAX: Final = 12  # Of what trees look at, the most telling are kept on the card.
_HEADS: Final = len(features.HEADS)
_COUNTERS: Final = len(features.SPEC.counters)
_SEEN: Final = (1 + 2 * _HEADS, _COUNTERS)
_SURFACE: Final = features.SPEC.field_place()[features.SPEC.surface]
OWN: Final = sum(field.ordinal for field in features.SPEC.fields) + len(features.SPEC.numbers)
WIDTH: Final = OWN + _HEADS + _SEEN[0] * _SEEN[1]


class Said(NamedTuple):
    """What the first stage makes of rows: its probabilities [rows, heads], and what the second looks at."""

    probabilities: Floats
    streamed: Streamed


class Rows(NamedTuple):
    """Rows in the order in which they closed."""

    looked_at: Halves  # [rows, WIDTH]: ordinal fields, the first stage's logits, what its counters said.
    surfaces: Ints
    labels: npt.NDArray[np.int8]  # [rows, heads]

    def own(self) -> Halves:
        """Return what the first stage has no part in."""
        return self.looked_at[:, :OWN]

    def streamed(self) -> Streamed:
        """Return what the first stage said and saw."""
        seen = self.looked_at[:, OWN + _HEADS :].reshape(len(self.looked_at), *_SEEN)
        return Streamed(self.looked_at[:, OWN : OWN + _HEADS].astype(np.float64), seen)


class Grown(NamedTuple):
    """A second stage, and of each head by what its trees split, as shares of the gain, the most telling first."""

    stage: Stage
    shares: dict[str, tuple[Share, ...]]


Grow = Callable[[Rows], Grown | None]


class Judged(NamedTuple):
    """A second stage on what is held back: what of it goes along, its cards by head, and what would be answered."""

    stage: Stage | None
    cards: dict[str, SecondCard]
    probabilities: Floats


def say(learner: Learner, codes: Ints) -> Said:
    """Return what an ad server's first stage would make of these rows of codes."""
    scorer, plan, rows = Scorer(learner), learner.plan, len(codes)
    said = Said(np.zeros((rows, _HEADS)), Streamed(np.zeros((rows, _HEADS)), np.zeros((rows, *_SEEN), np.float32)))
    items, pairs = codes[:, plan.item_fields], codes[:, plan.pair_fields]
    nothing, item_nothing, pair_nothing = np.zeros(0), np.zeros((rows, 0)), np.zeros((1, 0))
    for at in range(rows):
        place = np.array([at], np.int64)
        said.probabilities[at] = scorer.score(
            codes[at], nothing, items, item_nothing, place, pairs[at : at + 1], pair_nothing, watched=True
        )[0]
        said.streamed.logits[at] = scorer.logits[0]
        said.streamed.seen[at] = scorer.seen[0]
    return said


def watched(learner: Learner, examples: Sequence[Example]) -> list[Example]:
    """Return the examples, those of which that is not known yet with what the first stage makes of them now."""
    fresh = [at for at, example in enumerate(examples) if not example.said]
    if not fresh:
        return list(examples)
    streamed = say(learner, np.array([examples[at].codes for at in fresh], np.int64)).streamed
    flat = np.concatenate([streamed.logits, streamed.seen.reshape(len(fresh), -1)], axis=1).astype(np.float32)
    found = list(examples)
    for at, row in zip(fresh, flat, strict=True):
        found[at] = msgspec.structs.replace(examples[at], said=row.tobytes())
    return found


def rows_of(examples: Sequence[Example]) -> Rows:
    """Return watched examples as rows; those that were not watched are left out."""
    known = [example for example in examples if len(example.said) == 4 * (WIDTH - OWN)]
    codes = np.array([example.codes for example in known], np.int64).reshape(len(known), len(features.SPEC.fields))
    said = np.frombuffer(b"".join(example.said for example in known), np.float32).reshape(len(known), WIDTH - OWN)
    own = stages.fixed(features.SPEC, codes, np.zeros((len(known), 0)))
    labels = np.array([example.labels for example in known], np.int8).reshape(len(known), _HEADS)
    return Rows(np.concatenate([own, said], axis=1), codes[:, _SURFACE].copy(), labels)


def is_due(rows: int, *, grown_rows: int, grown_ms: int, now_ms: int) -> bool:
    """Tell whether trees are to be grown (anew) from so many rows."""
    return rows >= ROWS_MIN and (now_ms - grown_ms >= GROWN_EVERY_MS or rows >= GROWN_AT * grown_rows)


def answers(stage: Stage | None, codes: Ints, said: Said) -> Floats:
    """Return the probabilities [rows, heads] that a model with this second stage would answer."""
    if stage is None:
        return said.probabilities
    own = stages.fixed(features.SPEC, codes, np.zeros((len(codes), 0)))
    return Reranker(stage, features.SPEC).of_rows(own, said.streamed, codes[:, _SURFACE].copy(), said.probabilities)


def judge(grown: Grown, codes: Ints, labels: npt.NDArray[np.int8], said: Said) -> Judged:
    """Judge each head's trees on rows that neither stage has learnt, against the first stage alone: only those that are
    better by more than chance explains go along.
    """
    second, cards = answers(grown.stage, codes, said), {}
    for at, head in enumerate(features.HEADS):
        known = labels[:, at] >= 0
        y, p, q = labels[known, at].astype(np.float64), said.probabilities[known, at], second[known, at]
        first, after = measure(p, y), measure(q, y)
        if head in grown.stage.forests and first is not None and after is not None:
            gain, error = check.gained(p, q, y)
            better = check.is_known(y) and check.is_better(p, q, y)
            cards[head] = SecondCard(first, after, gain, error, grown.shares.get(head, ()), served=better)
    taken = frozenset(head for head, card in cards.items() if card.served)
    stage = grown.stage.only(taken) if taken else None
    return Judged(stage, cards, answers(stage, codes, said))
