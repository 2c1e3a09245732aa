"""Webhooks: owned, sealed, signed, tried again for 72 hours, paused, sent anew, and never twice by two senders."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import InvalidToken
from django.conf import settings as django_settings
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from vonk.config import keys
from vonk.control.models import AuditEntry, WebhookDelivery, WebhookEndpoint, WebhookEvent
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.control.webhooks import actions, emitting, queries, secrets, sending
from vonk.control.webhooks.carrier import Answer
from vonk.control.webhooks.emitting import Happening, Owner
from vonk.control.webhooks.errors import ReplayTooLong, WebhookPaused, WebhooksLimited
from vonk.control.webhooks.rules import DeliveryState, OwnerKind, PauseReason
from vonk.core.errors import NotFound, Problem, RightMissing

CLEO = Scope(11, frozenset({Right.CREATE}))
ADA = Scope(12, frozenset({Right.ACCOUNT_EDIT, Right.ACCOUNT_VIEW}), account_id=21)
ORGANISATION = Scope(12, frozenset({Right.BUSINESS_EDIT}), organisation_id=31)
MALLORY = Scope(13, frozenset({Right.CREATE}))
URL = "https://example.org/vonk"
TAKEN, DOWN = Answer(204, ""), Answer(503, "refused")


class Fake:
    """A carrier that remembers what it was given and answers as it is told."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.sent.append((url, body, headers))
        return self.answers.pop(0) if self.answers else TAKEN


def happen(now: datetime, *topics: str, owners: tuple[Owner, ...] = (Owner(OwnerKind.PERSON, 11),)) -> int:
    with transaction.atomic():
        return emitting.emit(owners, [Happening(topic, now, '{"n":1}') for topic in topics], now=now)


def rounds(carrier: Fake, now: datetime, *, at_most: int = 20) -> int:
    claimed = sending.claim(now, at_most=at_most)
    for one in claimed:
        answer = carrier.post(one.url, one.body, {"Vonk-Topic": one.topic})
        sending.settle(one, answer, now=now, chance=lambda: 0.5)
    return len(claimed)


def states(endpoint_id: int, scope: Scope = CLEO) -> list[tuple[str, str, int]]:
    items = queries.deliveries(scope, endpoint_id, Paging()).items
    return [(item.topic, item.state.value, item.attempts) for item in reversed(items)]


@pytest.fixture
def endpoint(db: None, now: datetime) -> int:
    return actions.add(CLEO, url=URL, now=now).endpoint_id


@pytest.mark.django_db(transaction=True)
def test_an_event_is_signed_and_sent_once(now: datetime) -> None:
    made = actions.add(CLEO, url=URL, topics=("consent.*", "consent.*"), now=now)
    assert happen(now, "consent.revoked", "access.granted") == 1
    (one,) = sending.claim(now)
    assert sending.claim(now) == []  # It is taken.
    carrier = Fake()
    assert sending.send(one, carrier, signed_at=1_700_000_000) == TAKEN
    url, body, headers = carrier.sent[0]
    (event,) = WebhookEvent.objects.all()
    assert json.loads(body) == {
        "id": str(event.pk),
        "topic": "consent.revoked",
        "at": "2026-03-02T09:00:00Z",
        "endpoint_id": str(made.endpoint_id),
        "sequence": 1,
        "data": {"n": 1},
    }
    digest = hmac.new(made.secret.encode(), b"1700000000." + body, hashlib.sha256).hexdigest()
    assert (url, headers["Vonk-Signature"]) == (URL, f"t=1700000000,v1={digest}")
    sending.settle(one, TAKEN, now=now)
    assert states(made.endpoint_id) == [("consent.revoked", "delivered", 1)]
    assert sending.claim(now + timedelta(days=1)) == []
    assert made.secret not in str(list(WebhookEndpoint.objects.values())) + str(list(AuditEntry.objects.values()))
    with pytest.raises(AssertionError), transaction.atomic():
        sending.send(one, carrier, signed_at=0)


def test_a_failure_is_tried_again_until_72_hours_are_over(endpoint: int, now: datetime) -> None:
    happen(now, "consent.issued")
    carrier, at, tried = Fake(*[DOWN] * 100), now, []
    while WebhookDelivery.objects.get().state == DeliveryState.WAITING.value:
        assert rounds(carrier, at) == 1
        tried.append(at - now)
        at = WebhookDelivery.objects.get().next_at
    assert [round(wait.total_seconds()) for wait in tried[:9]] == [
        0, 10, 70, 370, 2_170, 5_770, 12_970, 27_370, 56_170,
    ]  # fmt: skip
    assert tried[-1] == timedelta(hours=72)
    paused = queries.endpoint(CLEO, endpoint, at)
    assert (paused.paused_at, paused.pause_reason) == (now + timedelta(hours=72), PauseReason.FAILING)
    assert [(row.task_path, row.args_kwargs["args"]) for row in DBTaskResult.objects.all()] == [
        ("vonk.identity.jobs.tell_of_paused_webhook", [endpoint])
    ]
    assert states(endpoint) == [("consent.issued", "failed", len(tried))]


def test_while_it_fails_one_at_a_time_is_tried_and_success_frees_the_rest(endpoint: int, now: datetime) -> None:
    happen(now, *["consent.issued"] * 6)
    assert rounds(Fake(DOWN, DOWN, DOWN, DOWN, DOWN), now) == 5  # Claimed before anybody knew.
    assert rounds(Fake(), now + timedelta(seconds=9)) == 0
    assert rounds(Fake(DOWN), now + timedelta(seconds=12)) == 1
    assert rounds(Fake(TAKEN), now + timedelta(seconds=80)) == 1
    assert queries.endpoint(CLEO, endpoint, now).failing_since is None
    assert sum(rounds(Fake(), now + timedelta(seconds=81)) for _ in range(3)) == 5
    assert {state for _, state, _ in states(endpoint)} == {"delivered"}
    sequences = {item.sequence for item in queries.deliveries(CLEO, endpoint, Paging()).items}
    assert sequences == {1, 2, 3, 4, 5, 6}


def test_a_sender_that_dies_leaves_its_event_to_another(endpoint: int, now: datetime) -> None:
    happen(now, "consent.issued")
    (dead,) = sending.claim(now)
    assert sending.claim(now + timedelta(seconds=59)) == []
    (other,) = sending.claim(now + timedelta(seconds=60))
    assert (other.body, other.delivery_id) == (dead.body, dead.delivery_id)  # The same bytes: the receiver knows it.
    sending.settle(dead, DOWN, now=now)  # It was only slow; the claim is no longer its own.
    assert states(endpoint) == [("consent.issued", "waiting", 2)]
    sending.settle(other, TAKEN, now=now)
    assert states(endpoint) == [("consent.issued", "delivered", 2)]


def test_a_paused_one_gets_what_waited(endpoint: int, now: datetime) -> None:
    assert (actions.pause(CLEO, endpoint, now=now), actions.pause(CLEO, endpoint, now=now)) == (True, False)
    happen(now, "consent.issued")
    with pytest.raises(WebhookPaused):
        actions.ping(CLEO, endpoint, now=now)
    later = now + timedelta(days=5)
    assert rounds(Fake(), later) == 0
    assert (actions.resume(CLEO, endpoint, now=later), actions.resume(CLEO, endpoint, now=later)) == (True, False)
    assert rounds(Fake(DOWN), later) == 1  # Its 72 hours have begun anew.
    assert states(endpoint) == [("consent.issued", "waiting", 1)]


def test_events_are_sent_anew_one_or_a_span(endpoint: int, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in range(3):
        happen(now + timedelta(hours=hours), "consent.issued")
    later = now + timedelta(hours=3)
    first = Fake()
    assert rounds(first, later) == 3
    oldest = queries.deliveries(CLEO, endpoint, Paging()).items[-1]
    assert actions.replay(CLEO, endpoint, oldest.id, now=later)
    assert not actions.replay(CLEO, endpoint, oldest.id, now=later)
    again = Fake()
    assert rounds(again, later) == 1
    assert again.sent[0][1] == first.sent[0][1]
    span = {"start": now + timedelta(hours=1), "end": now + timedelta(hours=3), "now": later}
    assert actions.replay_span(CLEO, endpoint, **span).events == 2
    assert actions.replay_span(CLEO, endpoint, **span).events == 0
    monkeypatch.setattr(actions, "REPLAY_MAX", 1)
    with pytest.raises(ReplayTooLong):
        actions.replay_span(CLEO, endpoint, **span)


def test_two_secrets_sign_for_a_day(endpoint: int, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    row = WebhookEndpoint.objects.get(pk=endpoint)
    (old,) = secrets.of(row, now)
    new = actions.rotate_secret(CLEO, endpoint, now=now).secret
    row.refresh_from_db()
    assert secrets.of(row, now + timedelta(hours=24, microseconds=-1)) == [new, old]
    assert secrets.of(row, now + timedelta(hours=24)) == [new]
    actions.ping(CLEO, endpoint, now=now)
    assert sending.claim(now)[0].secrets == (new, old)
    other = actions.add(CLEO, url=URL, now=now).endpoint_id
    WebhookEndpoint.objects.filter(pk=other).update(secret_sealed=row.secret_sealed)
    with pytest.raises(ValueError, match="another endpoint's row"):
        secrets.of(WebhookEndpoint.objects.get(pk=other), now)
    actions.ping(CLEO, other, now=now)
    monkeypatch.setattr(django_settings, "VONK_KEYS", keys.ephemeral())
    with pytest.raises(InvalidToken):
        secrets.of(row, now)
    assert sending.claim(now + timedelta(minutes=2)) == []  # What cannot be signed is not sent, and holds nothing up.
    assert states(other) == [("ping", "failed", 1)]


def test_owners_are_told_of_their_own_and_others_have_no_endpoint(endpoint: int, now: datetime) -> None:
    of_ada = actions.add(ADA, url=URL, topics=("request.*",), now=now).endpoint_id
    of_organisation = actions.add(ORGANISATION, url=URL, now=now).endpoint_id
    owners = (Owner(OwnerKind.ACCOUNT, 21), Owner(OwnerKind.ORGANISATION, 31), Owner(OwnerKind.ACCOUNT, 11))
    assert happen(now, "request.requested", "consent.issued", owners=owners) == 3
    assert [states(of_ada, ADA), len(states(of_organisation, ORGANISATION)), states(endpoint)] == [
        [("request.requested", "waiting", 0)], 2, [],
    ]  # fmt: skip
    delivery = queries.deliveries(ADA, of_ada, Paging()).items[0].id
    before = (
        list(WebhookEndpoint.objects.order_by("pk").values()),
        list(WebhookDelivery.objects.order_by("pk").values()),
    )
    for scope, endpoint_id in ((MALLORY, endpoint), (CLEO, of_ada), (ADA, of_organisation), (ORGANISATION, of_ada)):
        for call in (
            lambda s, e: queries.endpoint(s, e, now),
            lambda s, e: queries.deliveries(s, e, Paging()),
            lambda s, e: actions.change(s, e, url=URL, topics=(), now=now),
            lambda s, e: actions.pause(s, e, now=now),
            lambda s, e: actions.resume(s, e, now=now),
            lambda s, e: actions.rotate_secret(s, e, now=now),
            lambda s, e: actions.ping(s, e, now=now),
            lambda s, e: actions.replay(s, e, delivery, now=now),
            lambda s, e: actions.replay_span(s, e, start=now, end=now, now=now),
            lambda s, e: actions.delete(s, e, now=now),
        ):
            with pytest.raises(NotFound):
                call(scope, endpoint_id)
    with pytest.raises(NotFound):
        actions.replay(CLEO, endpoint, delivery, now=now)
    analyst = Scope(14, frozenset({Right.ACCOUNT_VIEW}), account_id=21)
    with pytest.raises(RightMissing):
        queries.endpoints(analyst, now)
    after = list(WebhookEndpoint.objects.order_by("pk").values()), list(WebhookDelivery.objects.order_by("pk").values())
    assert after == before


@pytest.mark.parametrize(
    ("url", "topics", "code"),
    [
        ("http://example.org/", (), "webhook_address_invalid"),
        ("https://user:pw@example.org/", (), "webhook_address_invalid"),
        ("https://10.0.0.1/", (), "webhook_address_invalid"),
        ("https://[::ffff:127.0.0.1]/", (), "webhook_address_invalid"),
        ("https://169.254.169.254/latest", (), "webhook_address_invalid"),
        ("https://[64:ff9b::a00:1]/", (), "webhook_address_invalid"),
        ("https://exa mple.org/", (), "webhook_address_invalid"),
        ("https://example.org:99999/", (), "webhook_address_invalid"),
        ("https://example.org/#x", (), "webhook_address_invalid"),
        ("ftp://example.org/", (), "webhook_address_invalid"),
        ("https:///x", (), "webhook_address_invalid"),
        ("", (), "webhook_address_invalid"),
        (f"https://example.org/{'a' * 500}", (), "webhook_address_invalid"),
        (URL, ("consent",), "webhook_topic_invalid"),
        (URL, ("*",), "webhook_topic_invalid"),
        (URL, ("consent.issued",) * 31, "webhook_topic_invalid"),
    ],
)
def test_bad_addresses_and_topics_are_refused(
    endpoint: int, now: datetime, url: str, topics: tuple[str, ...], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vonk.control.webhooks.reach.plain_allowed", lambda: False)
    monkeypatch.setattr("vonk.control.webhooks.reach.networks", lambda: ())
    for act in (
        lambda: actions.add(CLEO, url=url, topics=topics, now=now),
        lambda: actions.change(CLEO, endpoint, url=url, topics=topics, now=now),
    ):
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.code == code
    assert [row.url for row in WebhookEndpoint.objects.all()] == [URL]


def test_ten_are_enough_and_a_deleted_one_is_forgotten(endpoint: int, now: datetime) -> None:
    for _ in range(9):
        actions.add(CLEO, url=URL, now=now)
    with pytest.raises(WebhooksLimited):
        actions.add(CLEO, url=URL, now=now)
    happen(now, "consent.issued")
    actions.delete(CLEO, endpoint, now=now)
    with pytest.raises(NotFound):
        queries.endpoint(CLEO, endpoint, now)
    row = WebhookEndpoint.objects.get(pk=endpoint)
    assert (row.url, bytes(row.secret_sealed)) == ("", b"")
    assert rounds(Fake(), now) == 9
    assert actions.forget_person(11, now=now) == 9
    assert happen(now, "consent.issued") == 0
    assert not emitting.anybody_listens()
    sending.tidy(now + timedelta(days=31))
    assert [model.objects.count() for model in (WebhookDelivery, WebhookEvent, WebhookEndpoint)] == [0, 0, 0]


def test_old_events_are_forgotten(endpoint: int, now: datetime) -> None:
    happen(now, "consent.issued")
    happen(now + timedelta(days=1), "consent.revoked")
    assert sending.tidy(now + timedelta(days=30)) == 0
    assert sending.tidy(now + timedelta(days=30, seconds=1)) == 1
    assert [row.topic for row in WebhookEvent.objects.all()] == ["consent.revoked"]
