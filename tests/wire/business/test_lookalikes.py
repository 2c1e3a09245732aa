"""Lookalikes as *work* makes them: of whom, from what, and whom never."""

from datetime import date
from random import Random

import pytest

from tests.wire.business.test_dmp import Audiences, ada, crowd, digest  # noqa: F401 - ``ada`` is a fixture.
from tests.wire.conftest import Town
from vonk.advertising.actions import lookalikes as actions
from vonk.advertising.errors import AudienceUnfit
from vonk.advertising.models import CustomAudience
from vonk.advertising.queries import custom_audiences
from vonk.advertising.rules import lookalikes as rules
from vonk.advertising.rules.lookalikes import Size, State
from vonk.control import clock
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid
from vonk.events.records import Claims, EventRecord, Kind, Record
from vonk.identity.models import Person
from vonk.reporting import lookalikes
from vonk.storage.memory.event_log import MemoryEventLog

BREAD, CARS = range(1, 21), range(21, 41)


def watching(viewers: dict[str, range], now_ms: int) -> list[Record]:
    """Everybody watches a dozen posts of their own taste."""
    rng = Random(5)
    return [
        EventRecord(
            f"{viewer_id}-{post_id}", Kind.VIEW_6S, now_ms, now_ms, 0, 0,
            Claims(post_id, 0, 0, 0, 0, 0, post_id, 1, viewer_id, "", 0, "", now_ms, "for_you"),
        )
        for viewer_id, taste in viewers.items()
        for post_id in rng.sample(taste, 12)
    ]  # fmt: skip


def people(addresses: list[str]) -> dict[str, int]:
    rows = Person.objects.filter(email__in=addresses)
    return dict(rows.values_list("pseudonym", "pk"))


def test_who_watches_what_the_customers_watch_is_in_it(ada: Audiences, town: Town) -> None:  # noqa: F811 - the fixture.
    now = clock.present().now()
    customers = crowd(110, country="NL")
    bakers, drivers = crowd(60, country="NL"), crowd(140, country="NL")
    elsewhere, silent = crowd(20, country="BE"), crowd(20, country="NL", personalised=False)
    young = crowd(20, country="NL", born_on=date(now.year - 15, 1, 1))
    taste = {BREAD: [customers, bakers, elsewhere, silent, young], CARS: [drivers]}
    viewers = {one: posts for posts, groups in taste.items() for group in groups for one in people(group)}
    log = MemoryEventLog()
    log.append(watching(viewers, to_ms(now)))

    source = int(ada.create(ada.file(*(digest(one) for one in customers))).data["custom_audience_id"])
    scope = town.scopes["ada"]
    made = actions.make(scope, name="Alike", source_audience_id=source, size=Size.BROAD, countries=["NL"], now=now)
    assert _members(made) == set(), "Nobody, until it is made."
    assert lookalikes.make_waiting(log, now=now) == 1
    assert lookalikes.make_waiting(log, now=now) == 0
    found = _members(made)
    assert len(found) == 20, "The likest tenth of two hundred."
    assert found <= set(people(bakers).values()), "No customer, nobody elsewhere, no minor, nobody who did not agree."
    (view,) = custom_audiences.serving([made], now=now)
    assert view.likeness is not None
    assert (view.likeness.state, view.likeness.made_ms) == (State.MADE, to_ms(now))

    actions.update(scope, made, countries=["BE"], size=Size.NARROW, now=now)
    assert _members(made) == found, "Who is in it stays until it is made anew."
    assert lookalikes.make_waiting(log, now=now) == 1
    (view,) = custom_audiences.serving([made], now=now)
    assert view.likeness is not None
    assert (view.likeness.state, view.likeness.reason) == (State.FAILED, lookalikes.TOO_FEW_OTHERS)
    assert _members(made) == set()
    with pytest.raises(AudienceUnfit):
        actions.make(scope, name="Twice", source_audience_id=made, size=Size.BROAD, countries=["NL"], now=now)
    with pytest.raises(FieldInvalid):
        actions.make(scope, name="Nowhere", source_audience_id=source, size=Size.BROAD, countries=[], now=now)
    with pytest.raises(AudienceUnfit):
        actions.update(scope, source, now=now)


def test_of_few_people_no_lookalike_is_made(ada: Audiences, town: Town) -> None:  # noqa: F811 - the fixture.
    now = clock.present().now()
    few = crowd(rules.SEEDS_MIN - 1, country="NL")
    log = MemoryEventLog()
    log.append(watching(dict.fromkeys(people(few), BREAD), to_ms(now)))
    source = int(ada.create(ada.file(*(digest(one) for one in few))).data["custom_audience_id"])
    made = actions.make(
        town.scopes["ada"], name="Alike", source_audience_id=source, size=Size.BROAD, countries=["NL"], now=now
    )
    assert lookalikes.make_waiting(log, now=now) == 1
    assert CustomAudience.objects.get(pk=made).lookalike["reason"] == lookalikes.TOO_FEW_SEEDS


def _members(audience_id: int) -> set[int]:
    return set(rules.unpack(bytes(CustomAudience.objects.get(pk=audience_id).digests)))
