"""Two people, or two clicks, at the same instant; the database decides."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from django.db import connections

from tests.area.content import cast
from vonk.content.actions import engagement, posts
from vonk.content.models import Engagement, Profile, Tally
from vonk.content.rules import ORGANIC, Visibility
from vonk.control.models import Publication
from vonk.control.scope import Scope

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Run the acts at once, each in a thread and connection of its own; return what they returned."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(at: int) -> None:
        try:
            barrier.wait()
            results[at] = acts[at]()
        except Exception as error:  # noqa: BLE001  # Shown by the comparison in the test.
            results[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_of_many_simultaneous_likes_counts(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    liked = together([lambda: engagement.like(vik, post_id, source=ORGANIC, now=now)] * THREADS)
    assert sorted(map(str, liked)) == ["False"] * (THREADS - 1) + ["True"]
    assert (Engagement.objects.count(), Tally.objects.get().value) == (1, 1)
    unliked = together([lambda: engagement.unlike(vik, post_id, now=now)] * THREADS)
    assert sorted(map(str, unliked)) == ["False"] * (THREADS - 1) + ["True"]
    assert (Engagement.objects.count(), Tally.objects.get().value) == (0, 0)


def test_simultaneous_shares_and_follows(cleo: Scope, vik: Scope, mallory: Scope, now: datetime) -> None:
    post_id, profile_id = cast.post(cleo, now), Profile.objects.get(handle="cleo").pk

    def act(scope: Scope) -> Callable[[], object]:
        def run() -> None:
            for _ in range(5):
                engagement.share(scope, post_id, source=ORGANIC, now=now)
                engagement.follow(scope, profile_id, post_id=post_id, source=ORGANIC, now=now)

        return run

    assert together([act(scope) for scope in (vik, mallory) * 3]) == [None] * 6
    assert dict(Tally.objects.values_list("metric", "value")) == {"shares": 30, "follows": 2}


def test_hiding_and_showing_in_ads_at_once_leaves_the_truth(cleo: Scope, now: datetime) -> None:
    for _ in range(5):
        post_id = cast.post(cleo, now)
        together(
            [
                partial(posts.show_in_ads, post_id, now=now),
                partial(posts.set_visibility, cleo, post_id, Visibility.PRIVATE, now),
                partial(posts.edit_caption, cleo, post_id, "new", now),
            ]
        )
        assert not Publication.objects.filter(kind="post", object_id=post_id, document__isnull=False).exists()
