"""A small world of viewers and items with a planted taste, and the specification of a model for it."""

from typing import Any, NamedTuple

import numpy as np

from vonk.delivery.prediction import calibration
from vonk.delivery.prediction.forest import Forest
from vonk.delivery.prediction.learner import Learner, Speeds
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.spec import Counter, Field, Meeting, Number, Side, Spec
from vonk.delivery.prediction.stage import Blend, Stage

SPEC = Spec(
    heads=("click", "view"),
    fields=(
        Field("item", Side.ITEM),
        Field("viewer", Side.VIEWER),
        Field("surface", Side.CONTEXT, ordinal=True),
        Field("met", Side.PAIR, ordinal=True),
    ),
    surface="surface",
    numbers=(
        Number("alike", Side.PAIR, -1.0, 1.0),
        Number("length", Side.ITEM, 0.0, 3.0),
        Number("age", Side.VIEWER, 0.0, 1.0),
    ),
    counters=(
        Counter(("item", "surface")),
        Counter(("viewer",), 10.0, 5.0),
        Counter(("viewer", "item"), 5.0, 5.0),
        Counter(("item",)),
        Counter(("surface",)),
    ),
    crosses=(("item",), ("viewer",), ("surface",), ("item", "surface"), ("met",)),
    meetings=(Meeting("viewer", "item"), Meeting("item", "surface"), Meeting("viewer", "surface")),
    table_bits=20,
    counter_bits=14,
)

MANY_SIDED = Spec(  # Everything that a specification can say, each with every mixture of sides.
    heads=("click", "view", "like", "share", "buy"),
    fields=SPEC.fields,
    surface="item",
    numbers=SPEC.numbers,
    counters=(
        *SPEC.counters,
        Counter(("surface", "item", "viewer")),
        Counter(("met", "viewer")),
        Counter(("item", "met", "surface")),
        Counter(("met",), 3.0, 3.0),
    ),
    crosses=(
        *SPEC.crosses,
        ("viewer", "item"),
        ("viewer", "item", "surface"),
        ("met", "item"),
        ("viewer", "met"),
        ("met", "item", "surface"),
    ),
    meetings=(
        *SPEC.meetings,
        Meeting("item", "viewer"),
        Meeting("viewer*item", "surface"),
        Meeting("viewer*item", "viewer"),
        Meeting("surface", "viewer*item"),
        Meeting("item", "met"),
        Meeting("met", "item*surface"),
        Meeting("surface", "item"),
    ),
    table_bits=22,
    counter_bits=15,
)


class World(NamedTuple):
    codes: Ints
    numbers: Floats
    times_ms: Ints
    labels: Any

    def part(self, start: int, end: int) -> "World":
        """Return some of the rows."""
        return World(self.codes[start:end], self.numbers[start:end], self.times_ms[start:end], self.labels[start:end])


def world(rows: int, seed: int, *, holes: bool = True, heads: int = 2) -> World:
    """Rows in order; the first viewers click more, even items are liked on surface 1; with holes, parts are missing."""
    rng = np.random.default_rng(seed)
    codes = np.stack(
        [rng.integers(1, 31, rows), rng.integers(1, 41, rows), rng.integers(1, 4, rows), rng.integers(1, 3, rows)], 1
    )
    numbers = rng.normal(0.3, 0.8, (rows, 3))
    logits = (
        -1.0
        + 1.5 * (codes[:, 1] < 10)
        + 1.5 * ((codes[:, 0] % 2 == 0) & (codes[:, 2] == 1))
        + np.clip(numbers[:, 0], -1, 1)
    )
    clicks = rng.random(rows) < 1 / (1 + np.exp(-logits))
    labels = np.stack([clicks, *(rng.random(rows) < 0.4 for _ in range(heads - 1))], 1).astype(np.int8)
    if holes:
        codes[rng.random(codes.shape) < 0.05] = 0
        numbers[rng.random(numbers.shape) < 0.1] = np.nan
        labels[rng.random(labels.shape) < 0.05] = -1
    times_ms = np.cumsum(rng.integers(0, 4_000, rows)) + 1_600_000_000_000
    return World(codes.astype(np.int64), numbers, times_ms.astype(np.int64), labels)


def taught(rows: int, seed: int = 1, spec: Spec = SPEC) -> tuple[Learner, World]:
    learner, lived = Learner(spec, Speeds()), world(rows, seed, heads=len(spec.heads))
    learner.stream(*lived)
    learner.settle()
    return learner, lived


def stumps(trees: int) -> Forest:
    """Return trees of one split each, at their own number in column 0: -0.1 below, 0.2 above; then one of no split."""
    nodes = np.arange(trees, dtype=np.int32)
    return Forest(
        roots=np.append(nodes, ~np.int32(2 * trees)).astype(np.int32),
        features=np.zeros(trees, np.int32),
        thresholds=nodes.astype(np.float64),
        missing_left=np.ones(trees, np.int32),
        left=~(2 * nodes),
        right=~(2 * nodes + 1),
        leaves=np.append(np.tile([-0.1, 0.2], trees), 0.05),
    )


def planted_stage(spec: Spec, forests: dict[str, Forest]) -> Stage:
    return Stage(forests, dict.fromkeys(forests, Blend(1.0, 0.5, -0.25)), calibration.identity(len(spec.heads)))
