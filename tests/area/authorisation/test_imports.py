"""Lists of codes: a result for each line, the good ones applied, nothing lost and nothing done twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from tests.area.authorisation.test_redeem import state_of_the_world
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import code_lists, codes, guesses, queries
from vonk.authorisation.actions import consents, imports, redemptions
from vonk.authorisation.errors.consents import AccountSuspended, SparkTermsRequired
from vonk.authorisation.errors.imports import ImportNothingToRetry, ImportsLimited
from vonk.authorisation.models import CodeGuesses, CodeImport, CodeImportLine, Consent, ConsentRecord
from vonk.authorisation.queries import ImportView
from vonk.authorisation.rules.imports import CODES_KEPT, OPEN_IMPORTS_MAX
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.identity.models import AdAccount, Membership, OrganisationMember


def start(world: World, texts: list[str], scope: Scope | None = None) -> int:
    return imports.start(scope or world.ada, code_lists.given(texts), now=world.now)


def outcomes(world: World, import_id: int, scope: Scope | None = None) -> list[str | None]:
    page = queries.import_lines(scope or world.ada, import_id, Paging(size=100))
    return [line.outcome for line in page.items]


def redeemed(world: World, import_id: int, **how: Any) -> list[str | None]:
    while imports.work_off(import_id, now=world.now, **how):
        pass
    return outcomes(world, import_id)


def test_a_line_gets_what_its_code_alone_would_have_got(world: World) -> None:
    loaf, roll = world.ready_post(), world.ready_post("Mallory")
    first, second = world.issued(loaf, days=7), world.issued(loaf)
    held, revoked, deleted = world.redeemed(loaf), world.issued(loaf), world.issued(loaf)
    consents.revoke(world.cleo, revoked.id, now=world.now)
    consents.delete(world.cleo, deleted.id, now=world.now)
    used = consents.issue(world.people["Mallory"], roll, now=world.now)
    consents.redeem(world.mallory, used.code, now=world.now)
    before = len(subjects(world.cleo))
    unknown = codes.generate()
    import_id = start(
        world,
        [first.code, "not a code", held.code, first.code, unknown, revoked.code, deleted.code, used.code, second.code],
    )
    assert outcomes(world, import_id) == [
        None, "auth_code_format_error", None, "duplicate", None, None, None, None, None,
    ]  # fmt: skip
    assert grant(first.id) is None, "Nothing is redeemed in the request that brings the list."
    job = DBTaskResult.objects.get(task_path="vonk.authorisation.jobs.work_off_codes")
    assert (job.args_kwargs["args"], job.queue_name) == ([import_id], "lists")
    assert redeemed(world, import_id) == [
        "redeemed", "auth_code_format_error", "again", "duplicate", "auth_code_not_found", "authorization_revoked",
        "auth_code_not_found", "auth_code_already_used", "redeemed",
    ]  # fmt: skip
    assert {consent.pk for consent in Consent.objects.filter(account_id=world.ada.account)} == {
        first.id, second.id, held.id,
    }  # fmt: skip
    assert grant(first.id) is not None
    assert grant(second.id) is not None
    assert subjects(world.cleo)[before:] == ["Ada's bread uses your posts in ads"], "One letter for all of a creator's."
    assert {row.wrong for row in CodeGuesses.objects.all()} == {1}, (
        "Unknown counts; deleted or used elsewhere does not."
    )
    assert queries.verify_chain(None) == []
    view = queries.code_import(world.ada, import_id)
    assert view == ImportView(
        id=import_id,
        source=view.source,
        file_name="",
        lines=9,
        done=9,
        good=4,
        outcomes={
            "auth_code_not_found": 2, "redeemed": 2, "again": 1, "auth_code_already_used": 1,
            "auth_code_format_error": 1, "authorization_revoked": 1, "duplicate": 1,
        },
        retryable=0,
        made_at=world.now,
        finished_at=world.now,
        person_name="Ada",
    )  # fmt: skip
    lines = queries.import_lines(world.ada, import_id, Paging(size=2))
    assert [(line.number, line.row, line.code_hint, line.consent_id) for line in lines.items] == [
        (1, 1, first.code[-4:], first.id), (2, 2, "", None),
    ]  # fmt: skip
    assert lines.next_cursor == "2"
    failed = queries.import_lines(world.ada, import_id, Paging(size=100), outcome="failed")
    assert [line.number for line in failed.items] == [2, 5, 6, 7, 8]
    assert [line.number for line in queries.all_import_lines(world.ada, import_id, outcome="again")] == [3]
    assert not CodeImportLine.objects.filter(code_encrypted__isnull=False).exists(), "No code outlives its use."
    again = state_of_the_world()
    assert not imports.work_off(import_id, now=world.now)
    assert state_of_the_world() == again
    with pytest.raises(ImportNothingToRetry):
        imports.retry(world.ada, import_id, now=world.now)


def test_a_list_of_guesses_stops_like_typing_does_and_can_be_tried_again(world: World) -> None:
    good = world.issued(world.ready_post())
    texts = [codes.generate() for _ in range(guesses.WRONG_MAX + 5)]
    import_id = start(world, [*texts[: guesses.WRONG_MAX], good.code, *texts[guesses.WRONG_MAX :]])
    assert redeemed(world, import_id) == ["auth_code_not_found"] * 10 + ["code_guesses_limited"] * 6
    assert Consent.objects.get(pk=good.id).account_id is None, "Nothing further down is looked at."
    assert {row.wrong for row in CodeGuesses.objects.all()} == {guesses.WRONG_MAX}
    assert queries.code_import(world.ada, import_id).retryable == 6
    assert imports.retry(world.ada, import_id, now=world.now) == 6
    assert redeemed(world, import_id)[10:] == ["code_guesses_limited"] * 6, "Not before the time is over."
    world.advance(guesses.WINDOW)
    assert imports.retry(world.ada, import_id, now=world.now) == 6
    assert redeemed(world, import_id)[10:] == ["redeemed"] + ["auth_code_not_found"] * 5
    assert AuditEntry.objects.filter(action="code_import.retried").count() == 2


def test_a_worker_that_dies_loses_nothing_and_nothing_is_done_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = [world.issued(world.ready_post()) for _ in range(3)]
    import_id = start(world, [one.code for one in issued])
    monkeypatch.setattr(imports, "GROUP_LINES", 1)
    take, calls = redemptions.redeem_all, []

    def dies(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take(*args, **kwargs)

    monkeypatch.setattr(redemptions, "redeem_all", dies)
    with pytest.raises(KeyboardInterrupt):
        imports.work_off(import_id, now=world.now)
    assert outcomes(world, import_id) == ["redeemed", None, None]
    assert queries.code_import(world.ada, import_id).finished_at is None
    assert imports.resume(world.now, silent_before=world.now) == 0, "Somebody was at it just now."
    world.advance(timedelta(minutes=10))
    assert imports.resume(world.now, silent_before=world.now - timedelta(minutes=5)) == 1
    assert imports.resume(world.now, silent_before=world.now - timedelta(minutes=5)) == 0
    assert DBTaskResult.objects.filter(task_path="vonk.authorisation.jobs.work_off_codes").count() == 2
    assert redeemed(world, import_id, lines_max=1) == ["redeemed"] * 3
    assert ConsentRecord.objects.filter(act="redeemed").count() == 3


def test_a_second_worker_finds_the_lines_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = world.issued()
    import_id = start(world, [issued.code])
    hold = imports._hold

    def other_first(line_ids: list[int]) -> frozenset[int]:
        monkeypatch.setattr(imports, "_hold", hold)
        CodeImportLine.objects.filter(pk__in=line_ids).update(outcome="redeemed", consent_id=issued.id)
        return hold(line_ids)

    monkeypatch.setattr(imports, "_hold", other_first)
    before = state_of_the_world()
    assert not imports.work_off(import_id, now=world.now)
    assert state_of_the_world() == before
    assert outcomes(world, import_id) == ["redeemed"]


def test_one_creators_trouble_is_not_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cleos, mallorys = (
        world.issued(),
        consents.issue(world.people["Mallory"], world.ready_post("Mallory"), now=world.now),
    )
    import_id = start(world, [cleos.code, mallorys.code])
    take = redemptions.redeem_all

    def fails(scope: Scope, profile_id: int, *args: Any, **kwargs: Any) -> Any:
        if profile_id == world.profiles["Cleo"]:
            raise ValueError("a bug")
        return take(scope, profile_id, *args, **kwargs)

    monkeypatch.setattr(redemptions, "redeem_all", fails)
    assert redeemed(world, import_id) == ["import_line_failed", "redeemed"]
    monkeypatch.setattr(redemptions, "redeem_all", take)
    assert imports.retry(world.ada, import_id, now=world.now) == 1
    assert redeemed(world, import_id) == ["redeemed", "redeemed"]


def test_who_may_bring_a_list_and_when(world: World) -> None:
    issued = world.issued()
    before = (*state_of_the_world(), CodeImport.objects.count())
    for name in ("Ada", "Cleo", "Vik", "Olu", "Mallory"):  # Without an ad account.
        with pytest.raises(RightMissing):
            start(world, [issued.code], world.people[name])
        with pytest.raises(RightMissing):
            queries.imports(world.people[name], Paging())
    with pytest.raises(SparkTermsRequired):
        start(world, [issued.code], world.account("Vik", "Vik's shop", terms=False))
    AdAccount.objects.filter(pk=world.mallory.account).update(suspended_at=world.now)
    with pytest.raises(AccountSuspended):
        start(world, [issued.code], world.mallory)
    assert before[-1] == CodeImport.objects.count() == 0
    assert Consent.objects.get(pk=issued.id).account_id is None
    import_id = start(world, [issued.code])
    for call in (
        lambda: queries.code_import(world.mallory, import_id),
        lambda: queries.import_lines(world.mallory, import_id, Paging()),
        lambda: list(queries.all_import_lines(world.mallory, import_id)),
        lambda: imports.retry(world.mallory, import_id, now=world.now),
        lambda: imports.code_of_line(world.mallory, import_id, 1),
        lambda: imports.code_of_line(world.ada, import_id, 2),
    ):
        with pytest.raises(NotFound):
            call()
    assert queries.imports(world.mallory, Paging()).items == ()
    assert imports.code_of_line(world.ada, import_id, 1) == issued.code
    for _ in range(OPEN_IMPORTS_MAX - 1):
        start(world, [issued.code])
    with pytest.raises(ImportsLimited):
        start(world, [issued.code])


def test_a_list_acts_with_the_rights_that_its_person_has_now(world: World) -> None:
    issued = world.issued()
    import_id = start(world, [issued.code])
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=world.now)
    assert redeemed(world, import_id) == ["account_suspended"]
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=None)
    imports.retry(world.ada, import_id, now=world.now)
    Membership.objects.all().delete()
    OrganisationMember.objects.all().delete()
    assert redeemed(world, import_id) == ["right_missing"]
    assert Consent.objects.get(pk=issued.id).account_id is None


def test_codes_of_failed_lines_are_sealed_and_forgotten_after_thirty_days(world: World) -> None:
    issued = world.issued(days=7)
    import_id = start(world, [issued.code])
    (line,) = CodeImportLine.objects.all()
    assert line.code_encrypted is not None
    assert issued.code[1:].encode() not in bytes(line.code_encrypted)
    world.advance(8 * DAY)
    assert redeemed(world, import_id) == ["auth_code_expired"]
    consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    assert imports.retry(world.ada, import_id, now=world.now) == 1, "The creator has extended: the same code works."
    world.advance(8 * DAY)
    assert redeemed(world, import_id) == ["auth_code_expired"]
    world.advance(CODES_KEPT)
    assert imports.forget(world.now) == 0
    assert imports.forget(world.now + timedelta(microseconds=1)) == 1
    with pytest.raises(ImportNothingToRetry):
        imports.retry(world.ada, import_id, now=world.now)
    assert queries.code_import(world.ada, import_id).retryable == 0


def test_many_codes_of_many_creators(world: World, django_assert_max_num_queries: Any, now: datetime) -> None:
    posts = [world.ready_post() for _ in range(2)]
    texts = [world.issued(post).code for post in posts for _ in range(15)]
    import_id = start(world, texts)
    with django_assert_max_num_queries(140):  # Thirty by themselves would take more than eight hundred.
        imports.work_off(import_id, now=world.now)
    assert outcomes(world, import_id) == ["redeemed"] * 30
    assert settings.TASKS["default"]["QUEUES"] == ["default", "media", "lists"]
