"""The second stage as it is served: what trees look at, how they blend with the first stage, and the answer for a few rows.

Growing trees takes LightGBM (``second``); this takes nothing but the arrays they come to.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.prediction import forest_kernels
from vonk.delivery.prediction.forest import NONE, Forest, ForestInvalid, check, lay
from vonk.delivery.prediction.forest_kernels import LANES_MAX
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.learner import Streamed
from vonk.delivery.prediction.plan import SURFACES, Floats, Ints, compile_spec
from vonk.delivery.prediction.spec import Spec

BLEND_STEPS: Final = 12
BLEND_STRENGTH: Final = 20.0  # Of the prior that trees alone are right, in units of p(1-p).
BLEND_MAX: Final = 100.0  # What is larger was not fitted to anything.
_PART: Final = "second:"
_CALIBRATION: Final = _PART + "calibration"


def fixed(spec: Spec, codes: Ints, numbers: Floats) -> Halves:
    """Return what trees look at of rows that the first stage has no part in: ordinal fields and numbers."""
    ordinal = [at for at, field in enumerate(spec.fields) if field.ordinal]
    return np.concatenate([codes[:, ordinal].astype(np.float32), numbers.astype(np.float32)], axis=1)


def columns(spec: Spec, head: int, codes: Ints, numbers: Floats, said: Streamed) -> Halves:
    """Return what trees look at for a head, [rows, columns]: ordinal fields, numbers, all heads' logits, and of each
    counter the impressions and the head's own rate and residual.
    """
    return of_head(len(spec.heads), head, fixed(spec, codes, numbers), said)


def of_head(heads: int, head: int, own: Halves, said: Streamed) -> Halves:
    """Return what ``columns`` does, of rows of ``fixed``."""
    seen = said.seen
    parts = (own, said.logits, seen[:, 0], seen[:, 1 + head], seen[:, 1 + heads + head])
    return np.concatenate([part.astype(np.float32) for part in parts], axis=1)


def column_names(spec: Spec) -> tuple[str, ...]:
    """Return the names of the columns: of fields and numbers their own, then ``said:HEAD``, and ``known:``, ``rate:`` and
    ``residual:`` with a counter's name. Of every head they are the same.
    """
    counters = compile_spec(spec)[1].counters
    return (
        *(field.name for field in spec.fields if field.ordinal),
        *(number.name for number in spec.numbers),
        *(f"said:{head}" for head in spec.heads),
        *(f"{what}:{name}" for what in ("known", "rate", "residual") for name in counters),
    )


class Blend(msgspec.Struct, frozen=True):
    """How both stages become one logit: ``trees`` * theirs + ``first`` * the first stage's + ``shift``."""

    trees: float = 1.0
    first: float = 0.0
    shift: float = 0.0

    @classmethod
    def fit(cls, trees: Floats, first: Floats, labels: npt.NDArray[np.int8]) -> "Blend":
        """Return the likeliest blend for rows that neither was fitted to, held to trees alone where they are few."""
        known = labels >= 0
        x = np.stack([trees[known], first[known], np.ones(int(known.sum()))], axis=1)
        y = labels[known].astype(np.float64)
        start = np.array([1.0, 0.0, 0.0])
        w = start.copy()
        for _ in range(BLEND_STEPS):
            p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
            gradient = x.T @ (p - y) + BLEND_STRENGTH * (w - start)
            curve = (x * (p * (1 - p))[:, None]).T @ x + BLEND_STRENGTH * np.eye(3)
            w -= np.linalg.solve(curve, gradient)
        return cls(*(float(value) for value in w))

    def logits(self, trees: Floats, first: Floats) -> Floats:
        """Return the blended logits."""
        return self.trees * trees + self.first * first + self.shift


class Stage(msgspec.Struct, frozen=True):
    """A second stage: of each head that has one, the trees and the blend; and Platt's step after both, of all heads.

    ``calibration`` is as the first stage's: [1 + surfaces, heads, 2].
    """

    forests: dict[str, Forest]
    blends: dict[str, Blend]
    calibration: Floats

    def only(self, heads: frozenset[str]) -> "Stage":
        """Return the stage with these of its heads alone."""
        return Stage(
            {head: forest for head, forest in self.forests.items() if head in heads},
            {head: blend for head, blend in self.blends.items() if head in heads},
            self.calibration,
        )


class Reranker:
    """Answers by a second stage. One thread at a time. Raises ForestInvalid where its trees are none."""

    def __init__(self, stage: Stage, spec: Spec) -> None:
        names, width = spec.heads, len(column_names(spec))
        for forest in stage.forests.values():
            check(forest, width)
        _check_rest(stage, spec)
        laid = lay([stage.forests.get(head) for head in names])
        blends = [stage.blends.get(head, Blend()) for head in names]
        slope = stage.calibration[:, :, 0] * stage.calibration[0, :, 0]
        intercept = stage.calibration[:, :, 0] * stage.calibration[0, :, 1] + stage.calibration[:, :, 1]
        self._heads = len(names)
        self._model = (
            *laid,
            forest_kernels.bit_places(),
            np.array([(blend.trees, blend.first, blend.shift) for blend in blends]),
            np.ascontiguousarray(np.stack([slope, intercept], axis=1)),
        )
        self._room = (
            np.zeros((width, LANES_MAX), np.float32),
            np.zeros(LANES_MAX, np.uint32),
            np.zeros(LANES_MAX),
            np.zeros(LANES_MAX, np.int64),
        )

    def rerank(  # noqa: PLR0917 - the arrays of one call, as the kernel takes them
        self,
        own: Halves,
        logits: Floats,
        seen: Halves,
        found: Ints,
        surfaces: Ints,
        wanted: Ints,
        probabilities: Floats,
    ) -> None:
        """Set the probabilities of heads with trees that a row wants, heads as bits; 64 rows at most.

        ``own`` are rows of ``fixed``, ``found`` entries of ``seen`` by counter, ``surfaces`` codes.
        """
        assert len(wanted) <= LANES_MAX, "There is no room for more."
        forest_kernels.rerank(*self._model, own, logits, seen, found, surfaces, wanted, *self._room, probabilities)

    def of_rows(self, own: Halves, said: Streamed, surfaces: Ints, probabilities: Floats) -> Floats:
        """Return the probabilities [rows, heads] of many rows, where there are trees; elsewhere those given."""
        rows, counters = len(own), said.seen.shape[2]
        found = np.ascontiguousarray(probabilities, np.float64).copy()
        entries = np.ascontiguousarray(said.seen.transpose(0, 2, 1)).reshape(rows * counters, 1 + 2 * self._heads)
        places = np.arange(rows * counters, dtype=np.int64).reshape(rows, counters)
        logits, everything = np.ascontiguousarray(said.logits), np.full(LANES_MAX, (1 << self._heads) - 1, np.int64)
        for at in range(0, rows, LANES_MAX):
            some = slice(at, min(at + LANES_MAX, rows))
            self.rerank(
                own[some],
                logits[some],
                entries,
                places[some],
                surfaces[some],
                everything[: some.stop - at],
                found[some],
            )
        return found


def arrays_of(stage: Stage) -> dict[str, npt.NDArray[np.generic]]:
    """Return the stage as named arrays, for a file."""
    found: dict[str, npt.NDArray[np.generic]] = {_CALIBRATION: stage.calibration}
    for head, forest in stage.forests.items():
        blend = stage.blends[head]
        found |= {f"{_PART}{head}:{name}": getattr(forest, name) for name in Forest._fields}
        found[f"{_PART}{head}:blend"] = np.array([blend.trees, blend.first, blend.shift])
    return found


def is_part(name: str) -> bool:
    """Tell whether an array of this name is a second stage's."""
    return name.startswith(_PART)


def of_arrays(arrays: dict[str, npt.NDArray[np.generic]], spec: Spec) -> Stage | None:
    """Return the stage of such arrays, checked; None where there are none. Raises ForestInvalid."""
    if not arrays:
        return None
    heads = [head for head in spec.heads if f"{_PART}{head}:roots" in arrays]
    wanted = {f"{_PART}{head}:{name}" for head in heads for name in (*Forest._fields, "blend")} | {_CALIBRATION}
    if set(arrays) != wanted:
        raise ForestInvalid(reason="parts are missing, or of no head of its specification")
    forests, blends = {}, {}
    for head in heads:
        parts = {name: arrays[f"{_PART}{head}:{name}"] for name in Forest._fields}
        for name, array in parts.items():
            if array.dtype != getattr(NONE, name).dtype:
                raise ForestInvalid(reason=f"{name} is of another type")
        forests[head] = Forest(*(np.asarray(parts[name]) for name in Forest._fields))
        blend = arrays[f"{_PART}{head}:blend"]
        if blend.shape != (3,):
            raise ForestInvalid(reason="a blend is not three numbers")
        blends[head] = Blend(*(float(value) for value in blend))
    stage = Stage(forests, blends, np.asarray(arrays[_CALIBRATION], np.float64))
    Reranker(stage, spec)
    return stage


def _check_rest(stage: Stage, spec: Spec) -> None:
    if stage.calibration.shape != (1 + SURFACES, len(spec.heads), 2):
        raise ForestInvalid(reason="its calibration does not fit its specification")
    numbers = [stage.calibration, *(np.array(msgspec.structs.astuple(blend)) for blend in stage.blends.values())]
    if not all(np.isfinite(values).all() and np.abs(values).max(initial=0.0) <= BLEND_MAX for values in numbers):
        raise ForestInvalid(reason="blend or calibration hold what was never fitted")
