"""Reports that are kept and sent: to people of the account, once each, until they leave or want them no more."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from tests.area.advertising.town import Town
from vonk.advertising.models import Campaign
from vonk.control.models import Notification
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity import access
from vonk.identity.actions import letters, postbox
from vonk.identity.models import Letter, LetterFile, Membership
from vonk.reporting import held, jobs
from vonk.reporting.builder import files, queries
from vonk.reporting.builder.asked import Query, read
from vonk.reporting.builder.errors import ReportTooLarge
from vonk.reporting.builder.files import Format
from vonk.reporting.builder.labels import labels
from vonk.reporting.saved import actions, sending
from vonk.reporting.saved.errors import RecipientNotMember, SavedNameTaken, SavedReportsLimited, SchedulesLimited
from vonk.reporting.saved.queries import saved_report, saved_reports, subscription
from vonk.reporting.saved.rules import Plan, Rhythm, RunState, Stopped
from vonk.reporting.saved_models import ReportRecipient, ReportRun, ReportSchedule, SavedReport

pytestmark = pytest.mark.django_db

DAILY = Plan(Rhythm.DAILY, hour=7)
QUERY = read("rows=campaign&metrics=spend&metrics=ctr&period=yesterday")


@pytest.fixture
def town(now: datetime) -> Town:
    town = Town(now)
    town.campaign(name="=HYPERLINK(1)")
    Letter.objects.update(sent_at=now)  # Of making the town.
    return town


def member(town: Town, name: str, role: str = "analyst") -> Scope:
    """Let one of the cast into Ada's account."""
    person = town.world.people[name].person
    Membership.objects.create(account_id=town.ada.account, person_id=person, role=role)
    return scope_of(town, name)


def scope_of(town: Town, name: str) -> Scope:
    actor = access.Actor(town.world.people[name].person, Via.WEB)
    return access.advertiser(actor, town.ada.account, may=Right.ACCOUNT_VIEW)


def kept(town: Town, scope: Scope | None = None, **more: Any) -> int:
    values: dict[str, Any] = {"name": "Mondays", "query": QUERY, "shared": False, **more}
    return actions.save(scope or town.ada, now=town.now, **values)


def sent_to(town: Town, report_id: int, *people: Scope, plan: Plan = DAILY) -> int:
    names = [one.person for one in people]
    return actions.schedule(town.ada, report_id, plan, people=names, file_format=Format.CSV, now=town.now)


def work(now: datetime) -> int:
    """Do what work does: begin what is due and run the jobs that this enqueued; return how many were due."""
    due = sending.begin_due(now)
    for run_id in list(ReportRun.objects.filter(state=RunState.WAITING.value).values_list("pk", flat=True)):
        sending.send(run_id, now=now)
    for letter_id in list(Letter.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True)):
        postbox.send(letter_id)
    return due


def test_a_private_report_is_ones_own_and_a_shared_one_the_accounts(town: Town) -> None:
    vik = member(town, "Vik")
    mine, ours = kept(town), kept(town, name="Everybody's", shared=True)
    assert [(one.name, one.mine, one.may_change) for one in saved_reports(vik)] == [("Everybody's", False, False)]
    assert [one.id for one in saved_reports(town.ada)] == [ours, mine]
    assert saved_reports(town.mallory) == ()
    assert read(saved_report(vik, ours).address) == QUERY
    for scope, report_id in ((vik, mine), (town.mallory, ours)):
        with pytest.raises(NotFound):
            saved_report(scope, report_id)
        with pytest.raises(NotFound):
            actions.schedule(scope, report_id, DAILY, people=[scope.person], file_format=Format.CSV, now=town.now)
    for scope in (vik, town.mallory):
        with pytest.raises(NotFound):
            actions.delete(scope, ours, now=town.now)
        with pytest.raises(NotFound):
            actions.change(scope, ours, name="Mine", now=town.now)
    admin = access.advertiser(access.Actor(town.ada.person, Via.WEB), town.ada.account, may=Right.ACCOUNT_EDIT)
    hers = kept(town, vik, name="Vik's", shared=True)
    actions.change(admin, hers, shared=False, now=town.now)
    with pytest.raises(NotFound):
        saved_report(admin, hers)
    actions.delete(vik, hers, now=town.now)
    assert SavedReport.objects.count() == 2


def test_names_are_ones_own_once_and_numbers_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    report_id = kept(town)
    with pytest.raises(SavedNameTaken):
        kept(town, name="  Mondays ")
    other = kept(town, name="Other")
    with pytest.raises(SavedNameTaken):
        actions.change(town.ada, other, name="Mondays", now=town.now)
    for name in ("", " ", "x" * 101):
        with pytest.raises(FieldInvalid):
            kept(town, name=name)
    monkeypatch.setattr(actions, "SAVED_MAX", 2)
    with pytest.raises(SavedReportsLimited):
        kept(town, name="Third")
    for plan in (Plan(Rhythm.DAILY, hour=24), Plan(Rhythm.WEEKLY, 7, weekday=7), Plan(Rhythm.MONTHLY, 7, day=0)):
        with pytest.raises(FieldInvalid):
            sent_to(town, report_id, town.ada, plan=plan)
    with pytest.raises(RecipientNotMember):
        sent_to(town, report_id, town.ada, town.mallory)
    with pytest.raises(FieldInvalid):
        sent_to(town, report_id)
    monkeypatch.setattr(actions, "SCHEDULES_MAX", 1)
    sent_to(town, report_id, town.ada)
    with pytest.raises(SchedulesLimited):
        sent_to(town, report_id, town.ada)
    assert (SavedReport.objects.count(), ReportSchedule.objects.count()) == (2, 1)


def test_a_report_is_sent_when_its_hour_comes_once_however_often_work_begins_anew(town: Town) -> None:
    vik = member(town, "Vik")
    schedule_id = sent_to(town, kept(town), town.ada, vik)
    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)  # Seven in Amsterdam.
    assert (work(due_at - timedelta(seconds=1)), len(mail.outbox)) == (0, 0)

    assert work(due_at) == 1
    assert [row.task_path for row in DBTaskResult.objects.filter(task_path=sending.JOB)] == [sending.JOB]
    run = ReportRun.objects.get()
    for _ in range(2):  # The job runs again, as after a crash.
        jobs.send_report.call(run.pk)
        assert work(due_at) == 0

    assert sorted(letter.to[0] for letter in mail.outbox) == ["ada@example.org", "vik@example.org"]
    assert Letter.objects.exclude(account_id=None).count() == 2
    assert LetterFile.objects.count() == 0
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == ("mondays-2026-03-02-2026-03-02.csv", "text/csv")
    assert "Report “Mondays”: 2 Mar 2026 to 2 Mar 2026" in mail.outbox[0].subject
    rows = list(csv.reader(io.StringIO(str(content).removeprefix("\N{BYTE ORDER MARK}"))))
    assert rows == [["Campaign, number", "Campaign", "Spend (EUR)", "Click-through rate"]]
    url = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert url in mail.outbox[0].body
    assert "period=custom&from=2026-03-02&to=2026-03-02" in mail.outbox[0].body
    (view,) = saved_report(town.ada, SavedReport.objects.get().pk).schedules
    assert (view.id, view.next_at, view.last and view.last.state) == (
        schedule_id, due_at + timedelta(days=1), RunState.SENT,
    )  # fmt: skip
    assert Notification.objects.filter(kind=sending.KIND).count() == 2


def test_what_stops_between_the_letters_and_the_end_of_the_run_leaves_neither(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    vik = member(town, "Vik")
    sent_to(town, kept(town), town.ada, vik)
    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    sending.begin_due(due_at)
    run = ReportRun.objects.get()
    written = letters.to_person_enclosing

    class Killed(BaseException):
        """The process ends here."""

    def killed(person_id: int, *given: Any, **more: Any) -> int:
        if person_id == vik.person:
            raise Killed
        return written(person_id, *given, **more)

    with monkeypatch.context() as dying:
        dying.setattr(letters, "to_person_enclosing", killed)
        with pytest.raises(Killed):
            sending.send(run.pk, now=due_at)
    run.refresh_from_db()
    assert (run.state, Letter.objects.exclude(account_id=None).count()) == (RunState.WAITING.value, 0)
    work(due_at)
    assert len(mail.outbox) == 2


def test_who_misses_days_gets_the_last_one_alone(town: Town) -> None:
    sent_to(town, kept(town), town.ada)
    assert work(datetime(2026, 3, 6, 12, tzinfo=UTC)) == 1
    assert [run.due_at for run in ReportRun.objects.all()] == [datetime(2026, 3, 6, 6, tzinfo=UTC)]
    assert "5 Mar 2026 to 5 Mar 2026" in mail.outbox[0].subject


def test_who_leaves_the_account_gets_nothing_more_and_a_letter_on_its_way_is_dropped(town: Town) -> None:
    vik = member(town, "Vik")
    report_id = kept(town)
    sent_to(town, report_id, town.ada, vik)
    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    sending.begin_due(due_at)
    sending.send(ReportRun.objects.get().pk, now=due_at)
    Membership.objects.filter(person_id=vik.person).delete()
    work(due_at)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    work(due_at + timedelta(days=1))
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]] * 2
    assert ReportRecipient.objects.get(person_id=vik.person).left_at is not None
    (view,) = saved_report(town.ada, report_id).schedules
    assert [one.name for one in view.recipients] == ["Ada", ""]


def test_it_stops_when_whose_it_is_leaves_and_goes_on_with_somebody_elses_rights(town: Town) -> None:
    vik = member(town, "Vik", "admin")
    report_id = kept(town, vik, shared=True)
    schedule_id = actions.schedule(
        vik, report_id, DAILY, people=[town.ada.person], file_format=Format.XLSX, now=town.now
    )
    Membership.objects.filter(person_id=vik.person).delete()
    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    work(due_at)
    (view,) = saved_report(town.ada, report_id).schedules
    assert (view.stopped, view.maker, len(mail.outbox)) == (Stopped.PERSON_LEFT, "", 0)
    assert work(due_at + timedelta(days=1)) == 0
    admin = access.advertiser(access.Actor(town.ada.person, Via.WEB), town.ada.account, may=Right.ACCOUNT_EDIT)
    actions.resume(admin, schedule_id, now=due_at + timedelta(days=1))
    work(due_at + timedelta(days=2))
    (letter,) = mail.outbox
    ((name, content, _kind),) = letter.attachments
    assert (letter.to, name) == (["ada@example.org"], "mondays-2026-03-04-2026-03-04.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Report", "About this report"]


def test_one_click_ends_ones_own_letters_alone(town: Town) -> None:
    vik = member(town, "Vik")
    schedule_id = sent_to(town, kept(town), town.ada, vik)
    token = actions.unsubscribe_token(schedule_id, vik.person)
    assert subscription(token) == "Mondays"
    assert (actions.unsubscribe(token, now=town.now), actions.unsubscribe(token, now=town.now)) == (True, False)
    for wrong in ("", "x", token[:-1], actions.unsubscribe_token(schedule_id, town.mallory.person)):
        with pytest.raises(NotFound):
            actions.unsubscribe(wrong, now=town.now)
    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    work(due_at)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    actions.unsubscribe(actions.unsubscribe_token(schedule_id, town.ada.person), now=due_at)
    work(due_at + timedelta(days=1))
    assert ReportSchedule.objects.get().stopped == Stopped.NOBODY.value
    assert len(mail.outbox) == 1


def test_a_pause_sends_nothing_and_what_was_due_meanwhile_is_passed_over(town: Town) -> None:
    schedule_id = sent_to(town, kept(town), town.ada)
    for _ in range(2):
        actions.pause(town.ada, schedule_id, now=town.now)
    for scope in (town.mallory, member(town, "Vik")):
        with pytest.raises(NotFound):
            actions.resume(scope, schedule_id, now=town.now)
    assert work(town.now + timedelta(days=5)) == 0
    actions.resume(town.ada, schedule_id, now=town.now + timedelta(days=5))
    assert work(town.now + timedelta(days=5)) == 0
    assert work(town.now + timedelta(days=6)) == 1
    actions.unschedule(town.ada, schedule_id, now=town.now)
    assert (ReportSchedule.objects.count(), ReportRun.objects.count(), SavedReport.objects.count()) == (0, 0, 1)


def test_what_fails_is_shown_and_tried_again_the_next_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    report_id = kept(town)
    sent_to(town, report_id, town.ada)

    def refuse(*_given: Any, **_more: Any) -> None:
        raise ReportTooLarge(most=1)

    due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    with monkeypatch.context() as failing:
        failing.setattr(files, "make", refuse)
        work(due_at)
    (view,) = saved_report(town.ada, report_id).schedules
    assert view.last is not None
    assert (view.last.state, view.last.problem.startswith("The report has more than 1 rows.")) == (
        RunState.FAILED,
        True,
    )
    assert len(mail.outbox) == 0
    work(due_at + timedelta(days=1))
    assert len(mail.outbox) == 1


def test_an_erased_person_keeps_nothing_and_gets_nothing(town: Town) -> None:
    vik = member(town, "Vik")
    mine, ours = kept(town, vik), kept(town, vik, name="Ours", shared=True)
    actions.schedule(vik, ours, DAILY, people=[vik.person, town.ada.person], file_format=Format.CSV, now=town.now)
    told = {part.name: list(part.rows) for part in held.parts(vik.person)}
    assert {name: len(rows) for name, rows in told.items()} == {
        "saved_reports": 2, "report_schedules": 1, "report_letters": 1,
    }  # fmt: skip
    actions.forget(vik.person)
    assert list(SavedReport.objects.values_list("pk", flat=True)) == [ours]
    assert mine != ours
    assert (ReportSchedule.objects.count(), ReportRecipient.objects.count()) == (0, 0)


def test_no_cell_is_a_formula_and_numbers_are_numbers(town: Town) -> None:
    query = Query(rows=("campaign", "day"), metrics=("spend", "ctr", "impressions"))
    found = queries.report(town.ada, query, now=town.now)
    campaign_id = str(Campaign.objects.get().pk)
    counts = {"spend": 1_234_567, "impressions": 400, "clicks_destination": 10}
    row = queries.ReportRow((campaign_id, "2026-03-02"), queries.Sums(counts), {})
    one = queries.BuiltReport(
        query=query, account=found.account, days=found.days, before_days=None, rows=(row,), columns=(),
        column_totals={}, total=queries.Sums(counts), left_out=0,
    )  # fmt: skip
    names = labels(town.ada, one)
    text = files.make(one, names, Format.CSV, title="=cmd").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == [
        campaign_id, "'=HYPERLINK(1)", "2026-03-02", "1.234567", "0.025000", "400",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(files.make(one, names, Format.XLSX, title="=cmd").content))
    cells = list(book["Report"].iter_rows())[1]
    assert [cell.value for cell in cells] == [campaign_id, "'=HYPERLINK(1)", "2026-03-02", 1.234567, 0.025, 400]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n", "n", "n"]
    assert book["About this report"]["B1"].value == "'=cmd"
