"""What the ad server counts about itself. Plain integers on the hot path, Prometheus's shapes when it asks."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from vonk.delivery.trained.watch import ModelWatch

SECONDS_BUCKETS: Final = (0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


class Measures(Collector):
    """Counts of slots, events and answers since the process began."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}  # By outcome: shown, or why not.
        self.refusals: dict[str, int] = {}
        self.verdicts: dict[str, int] = {}  # Accepted, or why an event is a duplicate or refused.
        self.invalid: dict[str, int] = {}  # Accepted events by the rule of invalid traffic that they break,
        self.restored: dict[str, int] = {}  # and of these, those that count after all.
        self.conversions: dict[str, int] = {}
        self.problems: dict[str, int] = {}
        self.decide_seconds = 0.0
        self._decide_buckets = [0] * (len(SECONDS_BUCKETS) + 1)
        self.models: ModelWatch | None = None
        self.gauges: Callable[[], dict[str, float]] = dict
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def decided(self, seconds: float) -> None:
        """Note how long the answer to one request for decisions took to work out."""
        self.decide_seconds += seconds
        self._decide_buckets[bisect_left(SECONDS_BUCKETS, seconds)] += 1

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the measures as Prometheus knows them."""
        yield _counts("vonk_slots", "Slots answered, by outcome.", "outcome", self.slots)
        yield _counts("vonk_refusals", "Ads refused, by reason.", "reason", self.refusals)
        yield _counts("vonk_events", "Events judged, by verdict or reason.", "verdict", self.verdicts)
        yield _counts("vonk_events_invalid", "Accepted events that break a rule of validity.", "rule", self.invalid)
        yield _counts("vonk_events_restored", "Invalid events that count after all.", "rule", self.restored)
        yield _counts("vonk_conversions", "Conversions judged, by verdict or reason.", "verdict", self.conversions)
        yield _counts("vonk_problems", "Requests answered with a problem, by code.", "code", self.problems)
        total, buckets = 0, []
        for bound, count in zip((*map(str, SECONDS_BUCKETS), "+Inf"), self._decide_buckets, strict=True):
            total += count
            buckets.append((bound, float(total)))
        yield HistogramMetricFamily(
            "vonk_decide_seconds",
            "Time to work out the answer to one request for decisions.",
            buckets=buckets,
            sum_value=self.decide_seconds,
        )
        if self.models is not None:
            yield InfoMetricFamily(
                "vonk_model", "The model that predicts.", {"version": self.models.version or "prior"}
            )
            yield CounterMetricFamily("vonk_model_swaps", "Models taken over, and given up.", value=self.models.swaps)
            yield _counts("vonk_models_refused", "Models that were not taken over.", "code", self.models.refused)
        for name, value in self.gauges().items():
            yield GaugeMetricFamily(f"vonk_{name}", f"{name.replace('_', ' ').capitalize()}, now.", value=value)


def add(counts: dict[str, int], name: str, by: int = 1) -> None:
    """Count one more of that name."""
    counts[name] = counts.get(name, 0) + by


def _counts(name: str, text: str, label: str, counts: dict[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
