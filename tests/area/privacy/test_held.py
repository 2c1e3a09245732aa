"""Everything that is held of one person, told to them; and the commands for it."""

import csv
import io
import json
import zipfile
from pathlib import Path

import msgspec
import pytest
import typer
from django.apps import apps
from django.conf import settings
from django.db.models import Field

from tests.area.authorisation.world import World
from tests.area.billing.world import build, claims, decision, event
from vonk.billing.actions import payments
from vonk.cli import person
from vonk.config import wiring
from vonk.config.options import Options
from vonk.content.actions import engagement
from vonk.content.models import Profile
from vonk.content.rules import Source
from vonk.control import clock
from vonk.control.scope import Right, Via
from vonk.core.errors import RightMissing
from vonk.identity import access
from vonk.identity.actions import tokens
from vonk.identity.models import Person
from vonk.privacy import queries as privacy
from vonk.privacy.models import Erasure

TABLES = {
    "person", "email_addresses", "account_roles", "platform_roles", "access_tokens", "letters", "profile", "posts", "videos", "pictures",
    "apps", "app_codes",
    "drafts", "blocked_words", "notification_switches",
    "engagements", "comments", "follows", "poll_votes", "host_items", "ad_settings", "post_authorisations", "consents", "consent_record", "earnings",
    "earnings_transfers", "acts", "notifications", "webhook_endpoints", "organisations", "creator_assignments",
    "share_assignments", "invitations", "standing_consents", "permission_requests", "creator_campaigns", "accesses", "access_amendments",
    "captions", "terms", "terms_agreements", "consent_needs", "code_invitations", "code_imports", "code_guesses",
    "viewing", "viewing_interests_removed", "saved_reports", "report_schedules", "report_letters", "letter_files",
    "table_columns", "table_views", "bulk_edits",
}  # fmt: skip

# Every table with a column that names a person or a profile, and the part that tells of it.
TOLD = {
    "advertising_bulk_edit": "bulk_edits",
    "advertising_table_columns": "table_columns",
    "advertising_table_view": "table_views",
    "authorisation_access": "accesses",
    "authorisation_access_amendment": "access_amendments",
    "authorisation_ad_settings": "ad_settings",
    "authorisation_campaign_member": "creator_campaigns",
    "authorisation_code_import": "code_imports",
    "authorisation_consent": "consents",
    "authorisation_consent_need": "consent_needs",
    "authorisation_consent_record": "consent_record",
    "authorisation_request": "permission_requests",
    "authorisation_standing": "standing_consents",
    "authorisation_terms": "terms",
    "authorisation_terms_agreement": "terms_agreements",
    "billing_ledger_account": "earnings",
    "content_caption_version": "captions",
    "content_comment": "comments",
    "content_creator_blocked_word": "blocked_words",
    "content_engagement": "engagements",
    "content_follow": "follows",
    "content_picture": "pictures",
    "content_poll_vote": "poll_votes",
    "content_post": "posts",
    "content_profile": "profile",
    "content_video": "videos",
    "control_audit": "acts",
    "control_notification": "notifications",
    "control_notification_switch": "notification_switches",
    "control_webhook_endpoint": "webhook_endpoints",
    "identity_access_token": "access_tokens",
    "identity_app": "apps",
    "identity_authorisation_code": "app_codes",
    "identity_letter": "letters",
    "identity_member_invitation": "invitations",
    "identity_membership": "account_roles",
    "identity_organisation_member": "organisations",
    "identity_platform_member": "platform_roles",
    "identity_profile_assignment": "creator_assignments",
    "identity_share_assignment": "share_assignments",
    "reporting_recipient": "report_letters",
    "reporting_saved_report": "saved_reports",
    "reporting_schedule": "report_schedules",
    "viewing_memory": "viewing",
}
# Those that no part tells of, and why.
UNTOLD = {
    "advertising_ad": "under whose profile an ad runs: its advertiser's; the consent is told",
    "advertising_appeal": "an account's word against a verdict, and a reviewer's answer; who acted is told with acts",
    "advertising_review_claim": "which ad a reviewer looks at, for a minute and a half",
    "advertising_review": "who judged: in the acts",
    "authorisation_access_exclusion": "which ad account a business keeps from what it was granted: the business's own",
    "authorisation_campaign": "in whose name it asks: in the acts",
    "authorisation_consent_chain": "the record's length and last hash",
    "billing_collection": "who tried to collect: in the acts",
    "billing_finding": "who found: in the acts",
    "billing_payment": "who paid for an ad account: in the acts",
    "billing_refund": "who gave back: in the acts",
    "billing_validity_tuning": "who set a rule: in the acts",
    "billing_voucher": "who made it: in the acts",
    "content_engagement_change": "a queue of what the engagements say, deleted as it is read",
    "content_post_judgement": "what moderators decided, and the creator's appeal: on the creator's page of decisions",
    "content_post_mention": "who is mentioned: in the caption of its author",
    "content_sound": "whose video had it first: in the posts",
    "control_idempotency": "answers kept for a day",
    "identity_entry_link": "a link of a few minutes, ended by the next; who made it: in the acts",
    "identity_host": "whose server acts: nobody's",
    "identity_organisation": "who opened it: in the acts",
    "identity_share": "between organisations",
    "privacy_erasure": "that they are erased",
    "reporting_conversion": "by pseudonym; the log's records are told with it",
    "reporting_engagement": "by pseudonym; the log's records are told with it",
    "reporting_lift_viewer": "by pseudonym; the log's records are told with it",
    "reporting_task": "a report on an ad account, and who had it made; kept for a week",
    "reporting_touch": "by pseudonym; the log's records are told with it",
    "reporting_trial": "by pseudonym; the log's records are told with it",
    "reporting_viewer_number": "by pseudonym; the log's records are told with it",
}
NAMES = {"person_id", "profile_id", "owner_id", "viewer_id"}


@pytest.fixture
def options(tmp_path: Path) -> Options:
    options: Options = msgspec.structs.replace(settings.VONK, data_dir=tmp_path)
    return options


def test_only_oneself_and_an_operator_are_told(world: World) -> None:
    cleo = world.cleo.person
    assert {part.name for part in privacy.everything(world.cleo, cleo)} == TABLES
    assert {part.name for part in privacy.everything(world.olu, cleo)} == TABLES
    with pytest.raises(RightMissing):
        list(privacy.everything(world.people["Mallory"], cleo))


def test_every_table_that_names_a_person_is_told_or_excused() -> None:
    naming = set()
    for model in apps.get_models():
        fields = [field for field in model._meta.get_fields() if isinstance(field, Field)]
        whom = {field.related_model for field in fields}
        if model.__module__.startswith("vonk.") and (whom & {Person, Profile} or NAMES & {one.name for one in fields}):
            naming.add(model._meta.db_table)
    assert naming == TOLD.keys() | UNTOLD.keys()
    assert (TOLD.keys() & UNTOLD.keys(), set(TOLD.values()) - TABLES) == (set(), set())


def test_every_area_tells_its_part(world: World) -> None:
    redeemed = world.redeemed()
    issued = tokens.issue(world.cleo, label="phone", expires_at=None, now=world.now)
    engagement.comment(world.cleo, world.post("Vik"), "=1+1", source=Source(), now=world.now)
    told = {part.name: list(part.rows) for part in privacy.everything(world.cleo, world.cleo.person)}
    assert [row["email"] for row in told["person"]] == ["cleo@example.org"]
    assert [row["handle"] for row in told["profile"]] == ["cleo"]
    assert [row["id"] for row in told["consents"]] == [str(redeemed.id)]
    assert [row["text"] for row in told["comments"]] == ["=1+1"]
    assert {row["act"] for row in told["consent_record"]} >= {"issued", "redeemed"}
    everything = str(told)
    secrets = (issued.token, redeemed.code, Person.objects.get(pk=world.cleo.person).password)
    assert [secret for secret in secrets if secret in everything] == []


def test_the_command_writes_a_zip_with_their_events(
    world: World, options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    vik = world.people["Vik"]
    showing = claims(build(), viewer_id=Person.objects.get(pk=vik.person).pseudonym)
    engagement.comment(vik, world.post("Vik"), "=1+1", source=Source(), now=world.now)
    log = wiring.event_log(options)
    log.append([event(claims(build())), decision(showing), event(showing)])
    log.close()
    out = options.data_dir / "vik.zip"
    assert person.export(options, "VIK@example.org", out=out) == 0
    assert "with 2 records of the event log" in capsys.readouterr().err
    with zipfile.ZipFile(out) as archive:
        assert {name.removesuffix(".json") for name in archive.namelist() if name.endswith(".json")} == TABLES
        assert json.loads(archive.read("person.json"))[0]["display_name"] == "Vik"
        assert json.loads(archive.read("follows.json")) == []
        assert json.loads(archive.read("comments.json"))[0]["text"] == "=1+1"
        assert [row["text"] for row in csv.DictReader(io.StringIO(archive.read("comments.csv").decode()))] == ["'=1+1"]
        rows = list(csv.DictReader(io.StringIO(archive.read("events.csv").decode())))
    assert [(row["tag"], row["position"]) for row in rows] == [("decision", "2"), ("event", "3")]
    assert sorted(path.name for path in options.data_dir.iterdir()) == ["events", "vik.zip"]


def test_what_is_no_file_is_not_replaced(world: World, options: Options) -> None:
    assert world.people["Vik"]
    for out in (options.data_dir, options.data_dir / ("x" * 300)):
        assert person.export(options, "vik@example.org", out=out) == 3
    assert list(options.data_dir.iterdir()) == []


def test_nobody_is_written_for_nobody(world: World, options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    for who in ("nobody@example.org", "42"):
        with pytest.raises(typer.Exit):
            person.export(options, who, out=options.data_dir / "out.zip")
    assert "There is no such person." in capsys.readouterr().err
    assert list(options.data_dir.iterdir()) == []


def test_the_command_erases_and_says_what_is_kept(
    world: World, options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.start_at(world.now)
    world.redeemed()
    assert person.erase(options, str(world.cleo.person), confirmed=True) == 0
    out = capsys.readouterr().out
    assert f"Erased person {world.cleo.person}: 1 consents revoked, 1 posts deleted." in out
    assert "transfers, consent records, audit trail, counts" in out
    assert privacy.erasure(world.olu, world.cleo.person).redacted_at is None
    with pytest.raises(RightMissing):
        privacy.erasure(world.people["Mallory"], world.cleo.person)


def test_the_command_says_what_to_settle_first(
    world: World, options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = world.people["Ada"]
    payer = access.advertiser(access.Actor(ada.person, Via.WEB), world.ada.account, may=Right.FUNDS_EDIT)
    payments.top_up(payer, amount_micros=5_000_000, now=world.now, provider_reference="one")
    with pytest.raises(typer.Exit):
        person.erase(options, "ada@example.org", confirmed=True)
    told = capsys.readouterr().err
    assert "Settle first: Ada's bread" in told
    assert "make somebody else an administrator" in told
    assert not Erasure.objects.exists()
    prospect = privacy.prospect(ada)
    assert (prospect.email, prospect.unsettled, prospect.earned) == ("ada@example.org", ("Ada's bread",), {})
