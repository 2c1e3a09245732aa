"""The learner again in plain Python: dictionaries instead of tables, no hashing, written from the formulas alone."""

import math
from collections import defaultdict
from collections.abc import Sequence

from vonk.delivery.prediction.learner import Speeds
from vonk.delivery.prediction.spec import Counter, Spec

Place = tuple[object, ...]


class Reference:
    """Predicts and learns one row after the other, as ``learner.Learner`` promises to."""

    def __init__(self, spec: Spec, speeds: Speeds) -> None:
        self.spec = spec
        self.speeds = speeds
        heads = len(spec.heads)
        self.weights: list[dict[Place, float]] = [defaultdict(float) for _ in range(heads)]
        self.squares: list[dict[Place, float]] = [defaultdict(lambda: speeds.first_squares) for _ in range(heads)]
        self.bias = [0.0] * heads
        self.base = [[0.0, 0.0] for _ in range(heads)]
        self.counts: dict[Place, list[list[float]]] = defaultdict(lambda: [[0.0, 0.0, 0.0] for _ in range(heads)])
        self.waiting: list[tuple[int, list[dict[Place, float]], list[float], Sequence[int], list[Place | None]]] = []

    def predict(
        self, codes: Sequence[int], numbers: Sequence[float], at_ms: int, labels: Sequence[int], due_ms: int
    ) -> list[float]:
        """Learn what is due, return the row's logits, and let it wait."""
        while self.waiting and self.waiting[0][0] <= at_ms:
            self.learn(*self.waiting.pop(0)[1:])
        features = [self.features(codes, numbers, head) for head in range(len(self.spec.heads))]
        logits = [self.logit(features[head], head) for head in range(len(features))]
        keys = [self.key(counter, codes) for counter in self.spec.counters]
        self.waiting.append((due_ms, features, logits, labels, keys))
        return logits

    def logit(self, features: dict[Place, float], head: int) -> float:
        return self.bias[head] + sum(self.weights[head][place] * value for place, value in features.items())

    def learn(
        self,
        features: list[dict[Place, float]],
        said: list[float],
        labels: Sequence[int],
        keys: list[Place | None],
    ) -> None:
        for head, label in enumerate(labels):
            if label < 0:
                continue
            error = sigmoid(self.logit(features[head], head)) - label
            self.bias[head] -= self.speeds.bias_step * error
            self.base[head][0] += 1
            self.base[head][1] += label
            for place, value in features[head].items():
                gradient = error * value + self.speeds.l2 * self.weights[head][place]
                self.squares[head][place] += gradient**2
                self.weights[head][place] -= self.speeds.step * gradient / math.sqrt(self.squares[head][place])
            for key in keys:
                if key is not None:
                    count = self.counts[key][head]
                    count[0] += 1
                    count[1] += label
                    count[2] += sigmoid(said[head])

    def key(self, counter: Counter, codes: Sequence[int]) -> Place | None:
        place = self.spec.field_place()
        values = tuple(codes[place[name]] for name in counter.fields)
        return None if 0 in values else (counter.name, *values)

    def features(self, codes: Sequence[int], numbers: Sequence[float], head: int) -> dict[Place, float]:
        spec, place = self.spec, self.spec.field_place()
        found: dict[Place, float] = {}
        for names in spec.crosses:
            values = tuple(codes[place[name]] for name in names)
            if 0 not in values:
                found[("cross", names, values)] = 1.0
        for number, value in zip(spec.numbers, numbers, strict=True):
            if math.isnan(value):
                found[("number", number.name, "missing")] = 1.0
            else:
                self.spread(found, ("number", number.name), value, (number.low, number.high), spec.number_knots)
        bins = {}
        for counter in spec.counters:
            bins[counter.name] = self.read(found, counter, codes, head)
        for meeting in spec.meetings:
            other = bins[meeting.other] if meeting.other in bins else codes[place[meeting.other]]
            found[("meeting", meeting.counter, meeting.other, bins[meeting.counter], other)] = 1.0
        return found

    def read(self, found: dict[Place, float], counter: Counter, codes: Sequence[int], head: int) -> int:
        key = self.key(counter, codes)
        if key is None:
            return 0
        n, s, e = self.counts[key][head] if key in self.counts else (0.0, 0.0, 0.0)
        if n == 0:
            found[("size", counter.name, 0)] = 1.0
            return 0
        base = (self.base[head][1] + 1) / (self.base[head][0] + 3)
        rate = logit((s + counter.weight * base) / (n + counter.weight)) - logit(base)
        spread = e * (1 - e / n) + counter.residual_weight * base * (1 - base)
        knots = self.spec.rate_knots
        knot = self.spread(found, ("rate", counter.name), rate, (-2.0, 2.0), knots)
        self.spread(found, ("residual", counter.name), (s - e) / spread, (-2.0, 2.0), knots)
        found[("size", counter.name, min(23, 1 + int(2 * math.log2(n + 1))))] = 1.0
        return 1 + knot

    @staticmethod
    def spread(found: dict[Place, float], name: Place, value: float, span: tuple[float, float], knots: int) -> int:
        """Share a value between the two knots beside it; return the lower one."""
        at = (value - span[0]) / (span[1] - span[0]) * (knots - 1)
        at = min(max(at, 0.0), knots - 1 - 1e-6)
        found[(*name, int(at))] = 1 - (at - int(at))
        found[(*name, int(at) + 1)] = at - int(at)
        return int(at)


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def logit(p: float) -> float:
    return math.log(p / (1 - p))
