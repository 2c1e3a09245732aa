"""The consumer "attribution": touches and conversions in any order end in the same sums, each record once."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from typing import Any, NoReturn

import msgspec
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.area.billing.world import EUR, NOW, Town, build, claims, event, organic
from tests.chance import examples
from vonk.advertising.actions import pixels
from vonk.advertising.models import AdGroup
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.content.actions import engagement
from vonk.content.rules import ORGANIC, Source
from vonk.control import positions
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms, to_ms
from vonk.events.log import REDACTED_VIEWER, Position
from vonk.events.records import ConversionRecord, EventRecord, Kind, Record
from vonk.identity.actions import people
from vonk.identity.models import Person
from vonk.reporting import queries as reporting
from vonk.reporting.attribution import consumer, forgetting, rules
from vonk.reporting.attribution.consumer import Attributed as TakenIn
from vonk.reporting.models import Attributed, Conversion, Engagement, Touch
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR_MS = 3_600_000
Taken = EventRecord | ConversionRecord


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


@pytest.fixture
def town() -> Town:
    made = build()
    pixels.create(made.scope, "Shop", now=NOW - 100 * DAY)
    return made


def touched(town: Town, kind: Kind, at: Any, *, viewer: str = "vik", delay: timedelta = timedelta(0)) -> EventRecord:
    """An event of a showing, which became known ``delay`` later."""
    made = event(claims(town, at=at, viewer_id=viewer), kind, after_ms=0)
    return msgspec.structs.replace(made, received_ms=to_ms(at + delay))


def bought(
    town: Town,
    at: Any,
    *,
    viewer: str = "vik",
    event_id: str = "order 1",
    delay: timedelta = timedelta(0),
    value: int = 20 * EUR,
    **more: Any,
) -> ConversionRecord:
    made = ConversionRecord(
        event_id=event_id,
        pixel_id=77,
        account_id=town.account,
        name="purchase",
        at_ms=to_ms(at),
        received_ms=to_ms(at + delay),
        value_micros=value,
        currency="EUR",
        source="pixel",
        viewer_id=viewer,
    )
    return msgspec.structs.replace(made, **more)


def take(log: MemoryEventLog, *records: Record, limit: int = 1_000) -> None:
    log.append(records)
    while consumer.attribute(log, now=NOW, limit=limit).records:
        pass


def sums(*, hours: bool = False) -> dict[Any, tuple[int, int]]:
    """What is attributed, by ad, touch and name (and hour); nothing where it is nothing."""
    found: dict[Any, tuple[int, int]] = {}
    for row in Attributed.objects.all():
        key = (row.ad_id, row.touch, row.name, *((row.hour_at.astimezone(UTC),) if hours else ()))
        count, micros = found.get(key, (0, 0))
        found[key] = (count + row.count, micros + row.value_micros)
    return {key: value for key, value in found.items() if value != (0, 0)}


def test_a_click_before_a_purchase_is_its_cause(log: MemoryEventLog, town: Town) -> None:
    take(log, touched(town, Kind.IMPRESSION, NOW), touched(town, Kind.CLICK_DESTINATION, NOW))
    take(log, bought(town, NOW + 3 * DAY + timedelta(minutes=20)))
    hour = (NOW + 3 * DAY).replace(minute=0)
    assert sums(hours=True) == {(town.ad, "click", "purchase", hour): (1, 20 * EUR)}
    assert Conversion.objects.get().touch_at_ms == to_ms(NOW)


def test_a_late_click_takes_the_place_of_a_view(log: MemoryEventLog, town: Town) -> None:
    take(log, bought(town, NOW))
    assert sums() == {}
    take(log, touched(town, Kind.IMPRESSION, NOW - timedelta(hours=2), delay=2 * DAY))
    assert sums() == {(town.ad, "view", "purchase"): (1, 20 * EUR)}
    take(log, touched(town, Kind.VIEW_6S, NOW - timedelta(hours=2), delay=3 * DAY))
    assert sums() == {(town.ad, "engaged", "purchase"): (1, 20 * EUR)}
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW - 2 * DAY, delay=7 * DAY))
    assert sums() == {(town.ad, "click", "purchase"): (1, 20 * EUR)}


def test_what_is_invalid_touches_nobody_until_it_is_restored(log: MemoryEventLog, town: Town) -> None:
    click = touched(town, Kind.CLICK_DESTINATION, NOW)
    take(log, msgspec.structs.replace(click, invalid="not_rendered"), bought(town, NOW + DAY))
    assert (sums(), Touch.objects.count()) == ({}, 0)
    take(log, msgspec.structs.replace(click, restored="not_rendered"))
    assert sums() == {(town.ad, "click", "purchase"): (1, 20 * EUR)}


def test_an_account_without_a_pixel_keeps_only_what_engagements_may_follow(log: MemoryEventLog) -> None:
    town = build()
    take(log, touched(town, Kind.IMPRESSION, NOW), touched(town, Kind.CLICK_DESTINATION, NOW))
    assert list(Touch.objects.values_list("kind", "measured", "kept_until_ms")) == [
        ("view", False, to_ms(NOW + DAY) + rules.LATE_MS)
    ]
    pixels.create(town.scope, "Shop", now=NOW + DAY)  # What was before it is not measured.
    take(log, bought(town, NOW + DAY), touched(town, Kind.CLICK_DESTINATION, NOW + DAY, viewer="other"))
    assert sums() == {}
    assert Touch.objects.filter(measured=True).count() == 1


def test_a_conversion_of_another_account_or_viewer_is_not_the_ads(log: MemoryEventLog, town: Town) -> None:
    other = build()
    pixels.create(other.scope, "Shop", now=NOW - DAY)
    take(
        log,
        touched(town, Kind.CLICK_DESTINATION, NOW),
        bought(other, NOW + DAY),
        bought(town, NOW + DAY, viewer="somebody", event_id="2"),
        bought(town, NOW + DAY, viewer="", event_id="3"),
    )
    assert sums() == {}
    assert Conversion.objects.count() == 3


def test_the_same_id_in_the_log_twice_is_one_conversion(log: MemoryEventLog, town: Town) -> None:
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW), bought(town, NOW), bought(town, NOW, source="server"))
    take(log, bought(town, NOW + DAY))
    assert sums() == {(town.ad, "click", "purchase"): (1, 20 * EUR)}


def test_an_address_s_digest_finds_only_who_agreed(log: MemoryEventLog, town: Town) -> None:
    def signed_up(name: str, *, personalised: bool, born_on: date = date(1990, 5, 17)) -> Person:
        return Person.objects.create(
            email=f"{name}@example.org", display_name=name, born_on=born_on, personalised=personalised, joined_at=NOW
        )

    agreed = signed_up("Vik", personalised=True)
    signed_up("Mallory", personalised=False)
    signed_up("Olu", personalised=True, born_on=date(2010, 1, 1))
    digests = {name: hashlib.sha256(f"{name}@example.org".encode()).hexdigest() for name in ("vik", "mallory", "olu")}
    for number, digest in enumerate(digests.values()):
        take(log, bought(town, NOW, viewer="", event_id=str(number), identifiers=(f"email:{digest}",)))
    take(log, bought(town, NOW, viewer="", event_id="phone", identifiers=(f"phone:{digests['vik']}",)))
    assert dict(Conversion.objects.values_list("event_id", "viewer_id")) == {
        "0": agreed.pseudonym,
        "1": "",
        "2": "",
        "phone": "",
    }
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW, viewer=agreed.pseudonym))
    assert sums() == {(town.ad, "click", "purchase"): (1, 20 * EUR)}
    agreed.email = "New@Example.org"
    agreed.save(update_fields=["email"])  # As allauth does it.
    agreed.refresh_from_db()
    assert agreed.email_sha256 == hashlib.sha256(b"new@example.org").hexdigest()


def test_each_record_is_taken_once_and_a_dying_worker_leaves_nothing(log: MemoryEventLog, town: Town) -> None:
    log.append([touched(town, Kind.CLICK_DESTINATION, NOW), bought(town, NOW)])

    @transaction.atomic
    def die() -> NoReturn:
        consumer.attribute(log, now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        die()
    assert (sums(), Touch.objects.count(), positions.of(consumer.CONSUMER)) == ({}, 0, Position(0))
    assert consumer.attribute(log, now=NOW) == TakenIn(2, Position(2))
    assert consumer.attribute(log, now=NOW) == TakenIn(0, Position(2))
    assert sums() == {(town.ad, "click", "purchase"): (1, 20 * EUR)}


def test_what_is_past_is_let_go_and_stays_counted(log: MemoryEventLog, town: Town) -> None:
    AdGroup.objects.update(click_days=28, counting=Counting.ONCE.value)
    take(log, touched(town, Kind.IMPRESSION, NOW), touched(town, Kind.CLICK_DESTINATION, NOW), bought(town, NOW + DAY))
    expected = sums()
    assert expected == {(town.ad, "click", "purchase"): (1, 20 * EUR)}
    take(log, bought(town, NOW + 20 * DAY, event_id="2"))  # Within 28 days of the first: not counted again.
    assert (sums(), Conversion.objects.filter(final=True).count()) == (expected, 1)
    assert list(Touch.objects.values_list("kind", flat=True)) == ["click"]
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW + 36 * DAY + timedelta(seconds=1), viewer="another"))
    assert Touch.objects.filter(viewer_id="vik").count() == 0
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW + 60 * DAY, viewer="another"))
    assert (sums(), Conversion.objects.count()) == (expected, 0)


@pytest.mark.parametrize("nobody", ["", "\0", REDACTED_VIEWER])
def test_nobodys_touches_take_no_conversions_of_nobody(log: MemoryEventLog, town: Town, nobody: str) -> None:
    take(log, touched(town, Kind.CLICK_DESTINATION, NOW, viewer=nobody), bought(town, NOW, viewer=nobody))
    assert (sums(), Touch.objects.count(), Conversion.objects.get().viewer_id) == ({}, 0, "")


def test_who_is_erased_is_forgotten_and_the_sums_stay(log: MemoryEventLog, town: Town) -> None:
    take(log, touched(town, Kind.IMPRESSION, NOW), touched(town, Kind.CLICK_DESTINATION, NOW), bought(town, NOW))
    take(log, event(msgspec.structs.replace(organic(town), viewer_id="vik"), Kind.LIKE))
    expected = sums()
    assert forgetting.forget_viewers(["vik"]) == 4
    assert (sums(), Touch.objects.count(), Engagement.objects.count()) == (expected, 0, 0)
    assert (Conversion.objects.get().viewer_id, Conversion.objects.get().final) == ("", True)
    take(
        log,
        touched(town, Kind.CLICK_DESTINATION, NOW, viewer=REDACTED_VIEWER),
        bought(town, NOW, event_id="2", viewer=REDACTED_VIEWER),
    )
    assert (sums(), Touch.objects.count()) == (expected, 0)


# ---- Engagements off the ad surface, within a day of an impression


def liked(town: Town, at: Any, kind: Kind = Kind.LIKE, *, delay: timedelta = timedelta(0)) -> EventRecord:
    made = event(msgspec.structs.replace(organic(town, at=at), viewer_id="vik"), kind, after_ms=0)
    return msgspec.structs.replace(made, received_ms=to_ms(at + delay))


def test_a_hosts_organic_like_within_a_day_is_shown_apart(log: MemoryEventLog, town: Town) -> None:
    take(log, liked(town, NOW), liked(town, NOW, Kind.CLICK_PROFILE), liked(town, NOW + 2 * DAY, Kind.FOLLOW))
    assert sums() == {}
    take(log, touched(town, Kind.IMPRESSION, NOW - DAY, delay=3 * DAY))
    assert sums() == {(town.ad, "exposure", "likes_1d"): (1, 0), (town.ad, "exposure", "profile_visits_1d"): (1, 0)}
    take(log, touched(town, Kind.IMPRESSION, NOW + 9 * DAY + timedelta(seconds=1)))
    assert Engagement.objects.count() == 1  # The follow's day is not over.


def test_our_own_sites_engagements_come_and_go(log: MemoryEventLog, town: Town) -> None:
    vik = Person.objects.create(email="vik@example.org", display_name="Vik", joined_at=NOW)
    scope = Scope(person_id=vik.pk, rights=frozenset({Right.VIEW, Right.CREATE}))
    take(log, touched(town, Kind.IMPRESSION, NOW, viewer=vik.pseudonym))
    later = NOW + timedelta(hours=3)
    engagement.like(scope, town.post, source=ORGANIC, now=later)
    comment_id = engagement.comment(scope, town.post, "Lovely!", source=ORGANIC, now=later)
    engagement.follow(scope, town.profile, source=ORGANIC, now=later)  # From the profile's page.
    engagement.share(scope, town.post, source=Source(town.ad, 5), now=later)  # On the ad: paid, not shown apart.
    take(log)
    assert reporting.post_numbers(town.creator, town.post).within_a_day == {
        "likes_1d": 1,
        "comments_1d": 1,
        "follows_1d": 1,
    }
    exposed = {(town.ad, "exposure", f"{name}_1d"): (1, 0) for name in ("likes", "comments", "follows")}
    assert sums() == exposed
    engagement.unlike(scope, town.post, now=later)
    engagement.delete_comment(scope, comment_id, later)
    engagement.unfollow(scope, town.profile, now=later)
    engagement.favourite(scope, town.post, source=ORGANIC, now=later)
    engagement.unfavourite(scope, town.post, now=later)  # Given and taken back before anybody looked.
    take(log)
    assert sums() == {}
    engagement.like(scope, town.post, source=ORGANIC, now=NOW + 2 * DAY)  # A day after the impression is over.
    take(log)
    assert sums() == {}


# ---- The property: any order of arrival, the same sums


class Happening(msgspec.Struct, frozen=True):
    """Something that happened, and after how long it became known, in two tellings of the same story."""

    hour: int
    what: str
    viewer: str
    delays: tuple[int, int]


HAPPENINGS = st.lists(
    st.builds(
        Happening,
        hour=st.integers(0, 60 * 24),
        what=st.sampled_from(["impression", "view_6s", "click_destination", "purchase", "sign_up", "like"]),
        viewer=st.sampled_from(["vik", "olu"]),
        delays=st.tuples(st.integers(0, 7 * 24), st.integers(0, 7 * 24)),
    ),
    max_size=25,
)
WINDOWS = st.builds(
    AttributionSettings,
    st.sampled_from([0, 1, 7, 28]),
    st.sampled_from([0, 1, 7]),
    st.sampled_from([0, 1, 7]),
    st.sampled_from(Counting),
)


def told(town: Town, happenings: Iterable[Happening]) -> list[Taken]:
    """The story's records, the same ones whichever way it is told."""
    records: list[Taken] = []
    for number, one in enumerate(happenings):
        at = NOW + timedelta(hours=one.hour)
        if one.what in {"purchase", "sign_up"}:
            records.append(bought(town, at, viewer=one.viewer, event_id=f"c{number}", name=one.what, value=number))
        elif one.what == "like":
            made = msgspec.structs.replace(organic(town, at=at), viewer_id=one.viewer, decision_id=number + 1)
            records.append(event(made, Kind.LIKE, after_ms=0))
        else:
            of = msgspec.structs.replace(claims(town, at=at, viewer_id=one.viewer), decision_id=number + 1)
            records.append(event(of, Kind(one.what), after_ms=0))
    return records


def in_order(records: Sequence[Taken], delays: Sequence[int]) -> list[Taken]:
    late = [
        msgspec.structs.replace(record, received_ms=record.received_ms + delay * HOUR_MS)
        for record, delay in zip(records, delays, strict=True)
    ]
    return sorted(late, key=lambda record: record.received_ms)


def computed(town: Town, records: Iterable[Record], windows: AttributionSettings) -> dict[Any, tuple[int, int]]:
    """The sums of one computation over the whole log."""
    records = list(records)
    found: dict[Any, tuple[int, int]] = {}

    def add(touch: str, name: str, at_ms: int, micros: int) -> None:
        key = (town.ad, touch, name, from_ms(at_ms // HOUR_MS * HOUR_MS))
        count, value = found.get(key, (0, 0))
        found[key] = (count + 1, value + micros)

    for viewer in ("vik", "olu"):
        events = [one for one in records if isinstance(one, EventRecord) and one.claims.viewer_id == viewer]
        touches = [
            rules.Touch(one.at_ms, one.claims.decision_id, town.ad, town.ad_group, rules.KIND_OF[one.kind])
            for one in events
            if one.claims.ad_id
        ]
        conversions = [one for one in records if isinstance(one, ConversionRecord) and one.viewer_id == viewer]
        plain = {rules.Conversion(one.at_ms, one.pixel_id, one.event_id, one.name): one for one in conversions}
        for conversion, attribution in rules.attribute(plain, touches, {town.ad_group: windows}).items():
            if attribution is not None:
                add(attribution.touch.value, conversion.name, conversion.at_ms, plain[conversion].value_micros)
        shown = [
            rules.Exposure(one.at_ms, one.decision_id, one.ad_id, town.post, town.profile)
            for one in touches
            if one.kind is rules.TouchKind.VIEW
        ]
        for one in events:
            if one.kind is Kind.LIKE and rules.exposure_before(one.at_ms, town.post, town.profile, shown) is not None:
                add("exposure", "likes_1d", one.at_ms, 0)
    return found


@settings(max_examples=examples(15), deadline=None)
@given(HAPPENINGS, WINDOWS, st.integers(1, 9))
def test_any_order_of_arrival_ends_in_the_same_sums(
    happenings: list[Happening], windows: AttributionSettings, limit: int
) -> None:
    with transaction.atomic():
        town = build(funds_micros=0)
        pixels.create(town.scope, "Shop", now=NOW)
        AdGroup.objects.filter(pk=town.ad_group).update(
            click_days=windows.click_days,
            engaged_view_days=windows.engaged_view_days,
            view_days=windows.view_days,
            counting=windows.counting.value,
        )
        records = told(town, happenings)
        expected = computed(town, records, windows)
        for telling in (0, 1):
            with transaction.atomic():
                order = in_order(records, [one.delays[telling] for one in happenings])
                take(MemoryEventLog(), *order, limit=limit)
                assert sums(hours=True) == expected
                transaction.set_rollback(True)
        transaction.set_rollback(True)


def test_preferences_decide_who_is_found(log: MemoryEventLog, town: Town) -> None:
    vik = Person.objects.create(
        email="vik@example.org", display_name="Vik", born_on=date(1990, 5, 17), personalised=True, joined_at=NOW
    )
    scope = Scope(person_id=vik.pk, rights=frozenset({Right.VIEW}))
    people.set_preferences(scope, language="en", country="NL", gender=None, interests=(), personalised=False, now=NOW)
    digest = hashlib.sha256(b"vik@example.org").hexdigest()
    take(log, bought(town, NOW, viewer="", identifiers=(f"email:{digest}",)))
    assert Conversion.objects.get().viewer_id == ""
