from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from vonk.control.scope import Scope
from vonk.control.wording import later, moment
from vonk.core.errors import NotFound
from vonk.identity import jobs
from vonk.identity.actions import letters, postbox
from vonk.identity.models import AdAccount, Letter, Membership, Person

pytestmark = pytest.mark.django_db


class _NoServer:
    """A mail server that refuses every letter."""

    def __init__(self, **_: object) -> None:
        self.refused = 0

    def send_messages(self, _: object) -> int:
        self.refused += 1
        raise ConnectionRefusedError("no mail server")


def test_a_letter_is_a_job_of_the_same_transaction(register: Callable[..., int], now: datetime) -> None:
    letter_id = letters.to_person(register("Cleo"), subject="Your post\nis ready", body="Look at it.", now=now)
    assert [(row.task_path, row.args_kwargs["args"]) for row in DBTaskResult.objects.all()] == [
        ("vonk.identity.jobs.send_letter", [letter_id])
    ]
    jobs.send_letter.call(letter_id)
    jobs.send_letter.call(letter_id)
    assert [(sent.to, sent.subject, sent.body, sent.extra_headers["Message-ID"]) for sent in mail.outbox] == [
        (["cleo@example.org"], "Your post is ready", "Look at it.", f"<letter-{letter_id}@localhost>")
    ]
    assert Letter.objects.get().body == ""


def test_an_accounts_letter_reaches_those_who_run_it(
    register: Callable[..., int], scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime
) -> None:
    ada = scope_of("Ada")
    account_id = open_account(ada)
    for name, role in (("Cleo", "operator"), ("Vik", "analyst")):
        Membership.objects.create(account_id=account_id, person_id=register(name), role=role)
    letter_ids = letters.to_account(account_id, subject="Ad stopped", body="Consent ended.", now=now)
    for letter_id in letter_ids:
        postbox.send(letter_id)
    assert sorted(address for sent in mail.outbox for address in sent.to) == ["ada@example.org", "cleo@example.org"]


def test_a_letter_that_fails_is_sent_later(
    register: Callable[..., int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_id = letters.to_person(register("Cleo"), subject="s", body="b", now=now)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.get_connection", lambda **_: _NoServer())
        broken.setattr("django.core.mail.message.get_connection", lambda **_: _NoServer(), raising=False)
        assert postbox.send(letter_id) == timedelta(minutes=1)
        assert postbox.send(letter_id) == timedelta(minutes=2)
        Letter.objects.update(attempts=postbox.ATTEMPTS_MAX - 1)
        assert postbox.send(letter_id) is None
    row = Letter.objects.get()
    assert (row.sent_at, row.body, row.attempts) == (None, "b", postbox.ATTEMPTS_MAX)
    assert postbox.send(letter_id) is None
    assert [sent.body for sent in mail.outbox] == ["b"]


def test_nobody_writes_to_nobody(now: datetime) -> None:
    with pytest.raises(NotFound):
        letters.to_person(5, subject="s", body="b", now=now)
    assert (Person.objects.count(), Letter.objects.count()) == (0, 0)


def test_a_new_address_is_written_to_without_a_person(now: datetime) -> None:
    postbox.send(letters.to_address("ada@example.net", subject="Confirm", body="Follow the link.", now=now))
    assert [sent.to for sent in mail.outbox] == [["ada@example.net"]]


def test_an_instant_is_told_in_the_reader_s_language_and_by_the_account_s_clock(
    register: Callable[..., int], scope_of: Callable[..., Scope], open_account: Callable[..., int]
) -> None:
    ada = scope_of("Ada")
    account_id = open_account(ada)
    AdAccount.objects.filter(pk=account_id).update(time_zone="America/New_York")
    Person.objects.filter(pk=ada.person).update(site_language="fr")
    at = datetime(2026, 11, 23, 4, 31, tzinfo=UTC)
    body = later("%(ends)s") % {"ends": moment(at)}
    letters.to_account(account_id, subject="s", body=body, now=at)
    letters.to_person(register("Cleo"), subject="s", body=body, now=at, time_zone="Europe/Amsterdam")
    letters.to_person(register("Vik"), subject="s", body=body, now=at)
    assert list(Letter.objects.order_by("pk").values_list("body", flat=True)) == [
        "22 nov. 2026, 23:31 (America/New_York)",
        "23 Nov 2026, 05:31 (Europe/Amsterdam)",
        "23 Nov 2026, 04:31 (UTC)",
    ]
