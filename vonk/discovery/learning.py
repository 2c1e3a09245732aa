"""What *work* does for the feed now and then: learn from what is remembered of those who agree, and offer it to be served.

A round reads everything anew, bounded, and keeps nothing in between: one that is stopped is begun again by the next.
Nothing of ads is read; see ``viewing`` for what is remembered. The files are on a shelf as those of predictions are.
"""

from datetime import datetime
from typing import Final

import msgspec
import numpy as np
import structlog

from vonk.content.queries import candidates as posts
from vonk.core.clock import MINUTE_MS, from_ms, to_ms
from vonk.core.signs import Mark
from vonk.delivery.foryou import files, learning
from vonk.delivery.foryou.learning import Made, Meetings, Pool
from vonk.delivery.foryou.learnt import ForYou
from vonk.delivery.trained.shelf import Card, Outcome, Shelf
from vonk.discovery import ranking
from vonk.viewing import queries as viewing
from vonk.viewing.rules import Met

PEOPLE_MAX: Final = 200_000  # The lately active.
MEETINGS_MAX: Final = 2_000_000  # Some 100 MB while they are counted.
BY: Final = "training"
_PEOPLE_AT_ONCE: Final = 500
_POSTS_AT_ONCE: Final = 5_000

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def round_of(shelf: Shelf, *, now: datetime, candidate: bool, every_minutes: int) -> Card | None:
    """Learn, judge and publish when one is wanted or the last is so old; None where there is too little to judge by."""
    cards = shelf.cards()
    if not candidate and cards and to_ms(now) - cards[0].trained_ms < every_minutes * MINUTE_MS:
        return None
    served = _served(shelf)
    meetings, pool = gathered(now=now)
    cut_ms = learning.cut_of(meetings, served.until_ms if served is not None else 0)
    weighed = posts.lively(
        [int(one) for one in pool.ids], ranking.ENGAGEMENT_WEIGHTS, as_of=from_ms(cut_ms), recent=ranking.RECENT
    )
    lively = np.array([weighed.get(int(one), 0) for one in pool.ids], np.float64)
    made = learning.learn(meetings, pool, cut_ms=cut_ms, lively=lively, served=served)
    return _offered(shelf, made, now_ms=to_ms(now)) if made is not None else None


def gathered(*, now: datetime) -> tuple[Meetings, Pool]:
    """Return what those who agree now met outside ads, of posts that anybody may find, in order of time."""
    rows: list[tuple[int, int, int, int]] = []  # Instant, viewer's place, post, marks.
    follows: dict[tuple[int, int], int] = {}
    page: list[tuple[int, list[Met]]] = []
    place = 0
    for one in viewing.learnable(now=now, people_max=PEOPLE_MAX):
        page.append(one)
        if len(page) == _PEOPLE_AT_ONCE:
            place = _add(page, place, rows, follows)
            page = []
        if len(rows) >= MEETINGS_MAX:
            break
    _add(page, place, rows, follows)
    pool = _pool({post_id for _, _, post_id, _ in rows}, follows)
    at_of = {int(post_id): at for at, post_id in enumerate(pool.ids)}
    kept = sorted((at_ms, viewer, at_of[post_id], marks) for at_ms, viewer, post_id, marks in rows if post_id in at_of)
    columns = np.array(kept, np.int64).reshape(len(kept), 4)
    return Meetings(columns[:, 1], columns[:, 2], columns[:, 3], columns[:, 0]), pool


def _add(
    page: list[tuple[int, list[Met]]],
    place: int,
    rows: list[tuple[int, int, int, int]],
    follows: dict[tuple[int, int], int],
) -> int:
    """Add the meetings of some people, with what they liked and whom they followed; return the next viewer's place."""
    did = posts.outside_ads([person_id for person_id, _ in page])
    places = {person_id: at for at, (person_id, _) in enumerate(page, start=place)}
    follows.update(((places[person_id], profile_id), to_ms(at)) for (person_id, profile_id), at in did.follows.items())
    for person_id, met in page:
        for one in met:
            marks = one.marks | (Mark.LIKED if (person_id, one.post_id) in did.liked else 0)
            followed_at = did.follows.get((person_id, one.profile_id))
            if followed_at is not None and one.marks & Mark.WATCHED and to_ms(followed_at) >= one.since_ms:
                marks |= Mark.FOLLOWED  # After this meeting, or by it.
            rows.append((one.since_ms, places[person_id], one.post_id, int(marks)))
    return place + len(page)


def _pool(post_ids: set[int], follows: dict[tuple[int, int], int]) -> Pool:
    wanted = sorted(post_ids)
    parts = (wanted[at : at + _POSTS_AT_ONCE] for at in range(0, len(wanted), _POSTS_AT_ONCE))
    found = sorted((one for part in parts for one in posts.met(part)), key=lambda one: one.post_id)
    return Pool(
        np.array([one.post_id for one in found], np.int64),
        np.array([one.profile_id for one in found], np.int64),
        np.array([to_ms(one.created_at) for one in found], np.int64),
        [one.tags for one in found],
        follows,
    )


def _served(shelf: Shelf) -> ForYou | None:
    """Return what is served, None where that is nothing or cannot be read: then there is nothing to be worse than."""
    name = shelf.pointer().name
    if not name:
        return None
    try:
        return files.load(shelf.path(name), name)
    except files.LearntUnreadable as problem:
        _log.warning("feed.not_compared", model=name, code=problem.code)
        return None


def _offered(shelf: Shelf, made: Made, *, now_ms: int) -> Card:
    stamp = from_ms(now_ms).strftime("%Y%m%dT%H%M%SZ")
    fresh = shelf.directory / f".{stamp}.candidate"
    name = f"{stamp}-{files.save(fresh, made.learnt)[:8]}"
    fresh.replace(shelf.path(name))
    card = Card(
        name=name,
        trained_ms=now_ms,
        from_ms=made.from_ms,
        until_ms=made.learnt.until_ms,
        rows=made.rows,
        held_rows=made.held_rows,
        spec_digest=files.DIGEST,
        outcome=Outcome.REFUSED if made.reasons else Outcome.WAITING,
        reasons=made.reasons,
        compared_with=shelf.pointer().name,
        heads=made.heads,
        recall=made.recall,
    )
    shelf.put(card)
    if not made.reasons and shelf.publish_if_automatic(name, by=BY, at_ms=now_ms):
        card = msgspec.structs.replace(card, outcome=Outcome.PUBLISHED)
        shelf.put(card)
    _log.info("feed.judged", model=name, outcome=card.outcome.value, reasons=list(made.reasons), rows=made.rows)
    shelf.tidy()
    return card
