"""A model for ``vonk bench decide --model``: learnt from a seeded taste of the benchmark's viewers for its ads."""

import math
import random
import time
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from vonk.cli import bench_world
from vonk.core.clock import DAY_MS
from vonk.delivery.market.shortlist import value_lost
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Viewer, known
from vonk.delivery.prediction import files
from vonk.delivery.prediction.files import Model, Training
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.snapshot import Publication
from vonk.delivery.trained import features, served
from vonk.delivery.trained.shelf import Shelf
from vonk.storage.memory.counters import MemoryCounters

ROWS: Final = 100_000
ASKED: Final = 200  # Slots decided twice, with every ad predicted and with the list alone.
NAME: Final = "20260101T000000Z-00000000"
SEED: Final = 23


class Lost(msgspec.Struct, frozen=True):
    """What that loses of the winners' expected revenue, as a share; and of how many slots that is the mean."""

    value_lost: float
    slots: int


def publish(directory: Path, ads: int) -> None:
    """Teach a model and put it on the shelf of this directory."""
    shelf = Shelf(directory)
    learner = _taught(ads)
    files.save(shelf.path(NAME), Model(learner, Training(1, 2, 3, ROWS)))
    shelf.publish(NAME, by="bench", at_ms=1)


def lost(directory: Path, ads: int, eligible: float) -> Lost:
    """Measure what not asking about every ad loses, with the model of this directory."""
    index, counters = loaded(ads, eligible)
    predictor = served.load(Shelf(directory).path(NAME), NAME)
    now_ms = time.time_ns() // 1_000_000
    share = value_lost(viewers(now_ms)[:ASKED], index, counters, predictor, reserve=100_000, now_ms=now_ms, seed=SEED)
    return Lost(round(share, 6), ASKED)


def loaded(ads: int, eligible: float) -> tuple[Index, MemoryCounters]:
    """Return an index of the benchmark's ads."""
    counters = MemoryCounters()
    index = Index(counters)
    documents = enumerate(bench_world.world(ads, eligible), start=1)
    index.load(Publication(number, kind, object_id, document) for number, (kind, object_id, document) in documents)
    counters.caps_known()
    return index, counters


def viewers(now_ms: int) -> list[Viewer]:
    """Return the benchmark's viewers, on devices of all kinds."""
    chance = random.Random(SEED)
    return [
        viewer_of(claims, Context(device=chance.choice(("android", "ios"))), "for_you")
        for claims in bench_world.viewer_claims(now_ms + DAY_MS)
    ]


def _taught(ads: int) -> Learner:
    """Return a model of tastes: half a unit of logit by ad, by ad and age, and by profile and country."""
    chance = random.Random(SEED)
    now_ms = time.time_ns() // 1_000_000
    people = viewers(now_ms)
    tastes: dict[tuple[object, ...], float] = {}

    def taste(*key: object) -> float:
        return tastes.setdefault(key, chance.gauss(0.0, 0.5))

    codes = np.zeros((ROWS, len(features.SPEC.fields)), np.int64)
    labels = np.full((ROWS, len(features.HEADS)), -1, np.int8)
    for at in range(ROWS):
        viewer, ad_id = people[chance.randrange(len(people))], chance.randrange(ads) + 1
        group_id = (ad_id - 1) // bench_world.ADS_PER_GROUP + 1
        campaign_id = (group_id - 1) // bench_world.GROUPS_PER_CAMPAIGN + 1
        account_id = (campaign_id - 1) // bench_world.CAMPAIGNS_PER_ACCOUNT + 1
        profile_id = ad_id % 500 + 1
        codes[at] = (
            *features.common(viewer.viewer_id, known(viewer), "for_you", now_ms + at),
            *features.item(ad_id, group_id, campaign_id, account_id, ad_id, profile_id, ""),
            features.INTERESTED_UNKNOWN,
        )
        liking = taste(ad_id) + taste(ad_id, viewer.age_band) + taste(profile_id, viewer.country)
        labels[at, 0] = chance.random() < 1 / (1 + math.exp(4.2 - liking))
        labels[at, 1] = chance.random() < 1 / (1 + math.exp(0.2 - liking))
    times = np.arange(ROWS, dtype=np.int64) * 1_000 + now_ms
    learner = Learner(features.SPEC)
    learner.stream(codes, np.zeros((ROWS, 0)), times, labels)
    learner.settle()
    return learner
