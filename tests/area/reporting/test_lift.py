"""Lift tests: made, published, measured by viewers per group, ended, forbidden; a lift that is not there is not found."""

import random
from datetime import timedelta

import pytest

from tests.area.billing.world import NOW, OPERATOR, Town, build
from vonk.advertising.actions import lift_tests
from vonk.advertising.actions.lift_tests import LiftTestDraft
from vonk.advertising.errors import CampaignInLiftTest, LiftTestOver, LiftTestsForbidden
from vonk.advertising.models import LiftTest
from vonk.advertising.rules import lift_tests as rules
from vonk.advertising.rules.lift_tests import Outcome, State
from vonk.control import publications
from vonk.control.models import AuditEntry
from vonk.core.clock import HOUR_MS, to_ms
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.auction import trace
from vonk.delivery.auction.trace import Ghost, Trace
from vonk.delivery.matching import arms
from vonk.delivery.snapshot import CampaignDocument, DocumentKind, decode_document
from vonk.events.records import DecisionRecord
from vonk.reporting import rollups
from vonk.reporting.attribution.forgetting import forget_viewers
from vonk.reporting.lift import queries, store
from vonk.reporting.lift.queries import Group
from vonk.reporting.models import Conversion, Engagement, LiftViewer
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=14)
DRAFT = LiftTestDraft(share_percent=20, outcome=Outcome.CONVERTED, starts_at=NOW, ends_at=NOW + DAYS)


def decision(town: Town, viewer_id: str, *, ghost: bool, at_ms: int, decision_id: int) -> DecisionRecord:
    """Return a slot that the campaign won, for somebody to whom it was shown or not."""
    kept = Trace(0, 0, ("video",), (), 1, (), (), (Ghost(town.ad, town.campaign, town.account),) if ghost else ())
    ids = (0, 0, 0, 0, 0, 0) if ghost else (town.ad, town.ad_group, town.campaign, town.account, 0, town.post)
    refusals = {"held_back": 1} if ghost else {}
    return DecisionRecord(
        decision_id, at_ms, viewer_id, "for_you", 1, 1, 1, 1, *ids, "", 0, 0, 0, 0,
        "all_refused" if ghost else "", refusals, trace=trace.encode(kept),
    )  # fmt: skip


def of_control(test_id: int, viewer_id: str) -> bool:
    row = LiftTest.objects.get(pk=test_id)
    return arms.share(row.salt, viewer_id) < arms.SHARES * row.share_percent // 100


def bought(town: Town, viewer_id: str, at_ms: int, **changes: object) -> Conversion:
    of: dict[str, object] = {
        "pixel_id": 1, "event_id": f"{viewer_id}-{at_ms}-{random.random()}", "account_id": town.account, "name": "purchase",
        "at_ms": at_ms, "received_ms": at_ms, "source": "server", "viewer_id": viewer_id, "known_by": "email",
    } | changes  # fmt: skip
    return Conversion(**of)


def published(town: Town) -> CampaignDocument:
    body = publications.published_of(DocumentKind.CAMPAIGN, [town.campaign])[town.campaign]
    document = decode_document(DocumentKind.CAMPAIGN, body)
    assert isinstance(document, CampaignDocument)
    return document


def test_a_test_is_published_and_ended_and_each_act_is_in_the_trail() -> None:
    town = build()
    test_id = lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    control = published(town).lift
    assert control is not None
    assert (control.first, control.last, control.starts_ms, control.ends_ms) == (
        0, 1999, to_ms(NOW), to_ms(NOW + DAYS),
    )  # fmt: skip
    with pytest.raises(CampaignInLiftTest):
        lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    lift_tests.end(town.scope, test_id, now=NOW + timedelta(hours=1))
    assert published(town).lift is None
    with pytest.raises(LiftTestOver):
        lift_tests.end(town.scope, test_id, now=NOW + timedelta(hours=2))
    said = AuditEntry.objects.filter(action__startswith="lift").order_by("pk").values_list("action", "account_id")
    assert list(said) == [("lift_test.created", town.account), ("lift_test.ended", town.account)]


def test_an_operator_forbids_and_allows_and_nobody_else_does() -> None:
    town = build()
    test_id = lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    with pytest.raises(RightMissing):
        lift_tests.forbid(town.scope, town.account, reason="No.", now=NOW)
    lift_tests.forbid(OPERATOR, town.account, reason="Of public interest.", now=NOW + timedelta(minutes=5))
    assert published(town).lift is None
    found = queries.result(town.scope, test_id, now=NOW + timedelta(hours=1))
    assert (found.view.state, found.view.forbidden) == (State.OVER, True)
    with pytest.raises(LiftTestsForbidden, match="Of public interest"):
        lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    lift_tests.allow(OPERATOR, town.account, now=NOW + timedelta(hours=1))
    lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("share_percent", {"share_percent": 0}),
        ("share_percent", {"share_percent": 51}),
        ("starts_at", {"starts_at": NOW - timedelta(hours=1)}),
        ("ends_at", {"ends_at": NOW + timedelta(days=31)}),
        ("ends_at", {"ends_at": NOW + timedelta(hours=1)}),
    ],
)
def test_what_no_test_may_be_is_refused_and_leaves_nothing(field: str, changes: dict[str, object]) -> None:
    town = build()
    of = {name: getattr(DRAFT, name) for name in LiftTestDraft.__struct_fields__} | changes
    with pytest.raises(FieldInvalid) as caught:
        lift_tests.create(town.scope, town.campaign, LiftTestDraft(**of), now=NOW)
    assert caught.value.field == field
    assert not LiftTest.objects.exists()


def test_what_is_anothers_does_not_exist() -> None:
    town, mallorys = build(), build()
    test_id = lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    for act in (
        lambda: lift_tests.create(mallorys.scope, town.campaign, DRAFT, now=NOW),
        lambda: lift_tests.end(mallorys.scope, test_id, now=NOW),
        lambda: queries.result(mallorys.scope, test_id, now=NOW),
        lambda: queries.results_of(mallorys.scope, town.campaign, now=NOW),
        lambda: queries.outlook(
            mallorys.scope, town.campaign, outcome=Outcome.CONVERTED, share_percent=10, days=7, now=NOW
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_viewers_count_once_from_their_first_slot_in_the_group_that_the_hash_says() -> None:
    town, log = build(), MemoryEventLog()
    test_id = lift_tests.create(town.scope, town.campaign, DRAFT, now=NOW)
    names = [f"v{number}" for number in range(60)]
    held = [name for name in names if of_control(test_id, name)]
    shown = [name for name in names if name not in held]
    at_ms = to_ms(NOW) + HOUR_MS
    records = [
        decision(town, name, ghost=name in held, at_ms=at_ms + place, decision_id=place)
        for place, name in enumerate([*names, *names])
    ]
    strays = [
        decision(town, held[0], ghost=False, at_ms=at_ms - 9, decision_id=900),  # Before the test was heard of.
        decision(town, shown[0], ghost=True, at_ms=at_ms - 9, decision_id=901),
        decision(town, "", ghost=False, at_ms=at_ms, decision_id=902),
        decision(town, "early", ghost=False, at_ms=to_ms(NOW) - 1, decision_id=903),
        decision(town, "late", ghost=False, at_ms=to_ms(NOW + DAYS), decision_id=904),
    ]
    Conversion.objects.bulk_create([
        bought(town, held[0], at_ms + 5_000), bought(town, held[0], at_ms + 6_000),
        bought(town, shown[0], at_ms + 5_000), bought(town, shown[1], to_ms(NOW)),  # Before they came in.
        bought(town, shown[2], at_ms + 5_000, known_by="click"), bought(town, shown[3], at_ms + 5_000, name="add_to_cart"),
        bought(town, shown[4], at_ms + 5_000, account_id=town.account + 1), bought(town, shown[5], to_ms(NOW + DAYS)),
    ])  # fmt: skip
    Engagement.objects.create(
        key="a", viewer_id=shown[6], post_id=town.post, profile_id=town.profile, name="likes_1d", at_ms=at_ms + 9_000
    )
    log.append([*records, *strays])
    rollups.roll_up(log, now=NOW + timedelta(hours=2))
    store.harvest(NOW + timedelta(hours=2))
    store.harvest(NOW + timedelta(hours=2))
    found = queries.result(town.scope, test_id, now=NOW + timedelta(hours=2))
    assert (found.control, found.exposed) == (Group(len(held), 1), Group(len(shown), 1))
    assert (found.balanced, found.comparison) == (True, None)
    assert list(LiftViewer.objects.filter(engaged=True).values_list("viewer_id", flat=True)) == [shown[6]]
    forget_viewers([held[0]])
    assert queries.result(town.scope, test_id, now=NOW).control == Group(len(held) - 1, 0)
    store.harvest(NOW + DAYS + rules.KEPT_AFTER + timedelta(seconds=1))
    assert not LiftViewer.objects.exists()


def test_what_a_test_could_find_says_where_its_rate_comes_from() -> None:
    town = build()
    told = queries.outlook(town.scope, town.campaign, outcome=Outcome.CONVERTED, share_percent=10, days=7, now=NOW)
    assert (told.viewers, told.base, told.measured, told.detectable) == (0, queries.BASE_USUAL, False, None)
    with pytest.raises(FieldInvalid):
        queries.outlook(town.scope, town.campaign, outcome=Outcome.CONVERTED, share_percent=10, days=31, now=NOW)
