"""What became of ads, from ad servers' records to hours: each count once over servers, and what a kill took is told."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.area.billing.world import NOW, OPERATOR, Town, build
from vonk.core.clock import MINUTE_MS, to_ms
from vonk.core.errors import NotFound, RightMissing
from vonk.delivery.explaining.handover import Handover
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import NO_AD, Minutes
from vonk.delivery.matching.refusals import Refusal
from vonk.events.records import MinuteRecord
from vonk.reporting import diagnoses, rollups
from vonk.reporting.errors import SpanUnkept
from vonk.reporting.fates import queries, store
from vonk.reporting.fates.queries import Fates, Hour
from vonk.reporting.fates.rules import KEPT_DAYS, SILENT_MINUTES, Gathered
from vonk.reporting.models import AdServerLife, Fate
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

FIRST, LAST = NOW - timedelta(hours=1), NOW + timedelta(hours=3)
Noted = dict[tuple[int, str], int]


class Server:
    """One ad server's counting."""

    def __init__(self, name: str) -> None:
        self._counted = Minutes()
        self._handed = Handover(self._counted, {}, name)

    def minute(self, after: int, noted: Noted) -> list[MinuteRecord]:
        """Return the records of the minute that begins so many minutes after NOW, in which this was noted."""
        at_ms = to_ms(NOW) + after * MINUTE_MS
        for (ad_id, name), count in noted.items():
            self._counted.note(ad_id, name, at_ms, count)
        return [one for one in self._handed.due(at_ms + MINUTE_MS) if one is not None]

    def stop(self, after: int) -> list[MinuteRecord]:
        """Return what is left when it stops in order."""
        return list(self._handed.last(to_ms(NOW) + after * MINUTE_MS))


Take = Callable[..., None]


@pytest.fixture
def taken() -> Take:
    """What hands records to the roll-up, all through one log."""
    log = MemoryEventLog()

    def take(*records: MinuteRecord) -> None:
        log.append(list(records))
        rollups.roll_up(log, now=NOW)

    return take


def of_ad(town: Town) -> Fates:
    return queries.of_ad(town.scope, town.ad, start=FIRST, end=LAST)


def test_counts_of_several_servers_are_summed_by_hour_each_once(taken: Take) -> None:
    town = build()
    one, other = Server("one"), Server("other")
    first = one.minute(0, {(town.ad, minutes.WON): 3, (town.ad, minutes.LOST): 2, (town.ad, minutes.GAP): 500})
    taken(*first, *other.minute(1, {(town.ad, minutes.WON): 4, (NO_AD, minutes.ASKED): 9, (1, minutes.WON): 7}))
    taken(
        *first, *one.minute(61, {(town.ad, Refusal.GRANT_COUNTRY): 5})
    )  # The first come again: others wrote meanwhile.
    found = of_ad(town)
    assert [
        (hour.start, hour.asked, hour.won, hour.lost, hour.gap_micros, hour.refused, hour.exact) for hour in found.hours
    ] == [
        (NOW, 9, 7, 2, 500, {}, True),
        (NOW + timedelta(hours=1), 0, 0, 0, 0, {"grant_country": 5}, True),
    ]
    assert [hour.gathered() for hour in found.hours] == [{Gathered.WON: 7, Gathered.LOST: 2}, {Gathered.CONSENT: 5}]
    assert (found.exact, found.through) == (True, NOW + timedelta(minutes=62))
    group = queries.of_ad_group(town.scope, town.ad_group, start=FIRST, end=LAST)
    assert (group.hours, group.ads) == (found.hours, 1)
    everything = queries.of_all(OPERATOR, start=FIRST, end=LAST)
    assert [hour.won for hour in everything.hours] == [14, 0]
    assert queries.most_refused(OPERATOR, start=FIRST, end=LAST, at_most=5) == ((town.ad, "grant_country", 5),)


def test_what_a_kill_took_is_told_and_who_was_only_slow_takes_it_back(taken: Take) -> None:
    town = build()
    killed, slow, orderly = Server("killed"), Server("slow"), Server("orderly")
    taken(
        *killed.minute(0, {(town.ad, minutes.WON): 1}),
        *slow.minute(90, {(town.ad, minutes.WON): 1}),
        *orderly.minute(0, {(town.ad, minutes.WON): 1}),
        *orderly.stop(2),
    )
    assert of_ad(town).exact
    store.let_go(NOW + timedelta(minutes=95 + SILENT_MINUTES))
    store.let_go(NOW + timedelta(minutes=96 + SILENT_MINUTES))
    assert [hour.exact for hour in of_ad(town).hours] == [False, False]
    taken(*slow.minute(91, {(town.ad, minutes.WON): 1}))
    assert [(hour.won, hour.exact) for hour in of_ad(town).hours] == [(2, False), (2, True)]


def test_a_record_that_never_came_or_cannot_be_read_is_told(taken: Take) -> None:
    town = build()
    server = Server("one")
    taken(*server.minute(0, {(town.ad, minutes.WON): 1}))
    server.minute(1, {(town.ad, minutes.WON): 1})  # Lost.
    taken(*server.minute(2, {(town.ad, minutes.WON): 1}))
    assert [(hour.won, hour.exact) for hour in of_ad(town).hours] == [(2, False)]
    at_ms = to_ms(NOW) + 60 * MINUTE_MS
    taken(MinuteRecord("two", 1, at_ms, at_ms, at_ms, b"\xc1"))
    assert [hour.exact for hour in of_ad(town).hours] == [False, False]


def test_only_who_may_reads_it_and_a_month_is_kept(taken: Take) -> None:
    town, mallorys = build(), build()
    taken(*Server("one").minute(0, {(town.ad, minutes.WON): 1}))
    for read, object_id in ((queries.of_ad, town.ad), (queries.of_ad_group, town.ad_group)):
        with pytest.raises(NotFound):
            read(mallorys.scope, object_id, start=FIRST, end=LAST)
    assert queries.of_ad_groups(mallorys.scope, [town.ad_group], start=FIRST, end=LAST) == {}
    for refused in (queries.of_all, lambda *a, **k: queries.most_refused(*a, **k, at_most=1)):
        with pytest.raises(RightMissing):
            refused(town.scope, start=FIRST, end=LAST)
    with pytest.raises(SpanUnkept):
        queries.instants(town.scope, date(2026, 3, 1), date(2026, 3, 31))
    start, end = queries.instants(town.scope, date(2026, 3, 2), date(2026, 3, 2))
    assert (start.isoformat(), end - start) == ("2026-03-01T23:00:00+00:00", timedelta(days=1))
    store.let_go(NOW + timedelta(days=KEPT_DAYS))
    assert Fate.objects.exists()
    store.let_go(NOW + timedelta(days=KEPT_DAYS, hours=2))
    assert not Fate.objects.exists()
    assert not AdServerLife.objects.exists()


def test_a_diagnosis_says_what_kept_a_good_part_and_nothing_of_little(taken: Take) -> None:
    town = build()

    def kept() -> list[tuple[str, str, int, int, int]]:
        (found,) = diagnoses.diagnoses(town.scope, now=NOW + timedelta(hours=1))
        return [(one.by.value, one.reason, one.count, one.wanted, one.gap_micros) for one in found.kept]

    one = Server("one")
    taken(*one.minute(0, {(town.ad, minutes.LOST): 10, (town.ad, minutes.GAP): 70_000}))
    assert kept() == []
    taken(*one.minute(1, {
        (town.ad, minutes.WON): 4, (town.ad, Refusal.SEEN_TOO_OFTEN): 6, (town.ad, Refusal.AD_SEEN_TOO_OFTEN): 1,
        (town.ad, Refusal.NEIGHBOUR_COMPETES): 9, (town.ad, Refusal.OUTSIDE_HOURS): 2,
    }))  # fmt: skip
    assert kept() == [("lost", "", 10, 32, 7_000), ("cap", "seen_too_often", 7, 32, 0)]


def test_an_hour_gathers_every_refusal() -> None:
    hour = Hour(
        start=NOW, asked=0, won=1, lost=0, gap_micros=0, held_back=2, refused=dict.fromkeys(map(str, Refusal), 1),
        waiting={}, exact=True,
    )  # fmt: skip
    assert sum(hour.gathered().values()) == 3 + len(Refusal)
