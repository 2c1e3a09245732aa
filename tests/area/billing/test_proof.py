"""The audit: holds for sound books, and names every planted fault."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import msgspec
import pytest
from django.db import connection

from tests.area.billing.world import EUR, NOW, Town, build, claims, decision, event, organic, show
from vonk.authorisation.models import Consent
from vonk.billing import append_only, proof
from vonk.billing.actions import settlement
from vonk.billing.models import BudgetSpend, LedgerAccount, Payment, Transfer
from vonk.delivery.snapshot import BudgetMode
from vonk.events.archive import ArchiveCorrupt
from vonk.events.log import EventLog, LogCorrupt, Position, StoredRecord
from vonk.events.records import DecisionRecord, Kind, Record
from vonk.reporting import rollups
from vonk.reporting.proof import TalliesWitness
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

CHECKS = (
    "log_is_whole",
    "events_are_there_once",
    "charges_are_the_tokens_price",
    "charges_keep_to_their_decision",
    "charges_are_their_events",
    "creator_shares_are_exact",
    "findings_are_the_logs_events",
    "decisions_have_live_consent",
    "decisions_keep_to_their_consent",
    "decisions_have_live_originals",
    "charges_keep_to_their_grants_cap",
    "consent_record_is_unbroken",
    "consents_are_their_record",
    "transfers_go_their_way",
    "debits_equal_credits",
    "accounts_are_their_transfers",
    "no_account_is_overdrawn",
    "payments_are_the_advertisers_credits",
    "collections_are_their_payments",
    "vouchers_are_their_transfers",
    "holds_end_once",
    "refunds_are_their_transfers",
    "credit_notes_are_their_findings",
    "credit_notes_are_within_charges",
    "spend_is_within_budgets",
    "budgets_count_their_charges",
    "transfers_name_their_events",
    "settled_position_holds",
    "invoices_ask_for_what_is_owed",
    "numbers_have_no_gaps",
    "creators_keep_their_share_of_what_is_left",
)


class Day(msgspec.Struct):
    """A settled morning: a town, its log, and how its records can be tampered with."""

    town: Town
    log: MemoryEventLog

    def replace(self, position: int, record: Record) -> None:
        self.log._records[position - 1] = record

    def at(self, position: int) -> Record:
        return self.log._records[position - 1]


@pytest.fixture
def day() -> Day:
    town = build(ad_group_budget=(BudgetMode.DAILY, 22_000), funds_micros=10 * EUR)
    log = MemoryEventLog()
    show(log, town, times=3)
    log.append([event(organic(town)), event(claims(town, price=0), Kind.PLAY)])
    settlement.settle(log, now=NOW)
    show(log, town, times=3)
    settlement.settle(log, now=NOW, limit=3)
    settlement.settle(log, now=NOW)
    return Day(town, log)


def wrong(log: EventLog) -> dict[str, tuple[str, ...]]:
    return {line.name: line.wrong for line in proof.prove(log, now=NOW).lines if line.wrong}


def tamper(statement: str) -> None:
    """Change the books as somebody would who has lifted the guard."""
    append_only.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    append_only.guard(connection)


def test_sound_books_pass_and_say_what_was_looked_at(day: Day) -> None:
    proved = proof.prove(day.log, now=NOW)
    assert proved.holds
    assert tuple(line.name for line in proved.lines) == CHECKS
    counted = {line.name: line.counted for line in proved.lines}
    assert (proved.position, counted["log_is_whole"], counted["charges_are_their_events"]) == (14, 14, 6)
    assert (counted["decisions_have_live_consent"], counted["events_are_there_once"]) == (12, 8)


def test_an_empty_platform_passes() -> None:
    assert proof.prove(MemoryEventLog(), now=NOW).holds


def test_what_is_not_settled_yet_is_not_judged(day: Day) -> None:
    show(day.log, day.town, times=2)
    assert wrong(day.log) == {}


def test_a_showing_that_two_ad_servers_logged_is_charged_once_and_named() -> None:
    town = build()
    log = MemoryEventLog()
    showing = claims(town)
    log.append([event(showing)])
    settlement.settle(log, now=NOW)
    log.append([event(showing)])
    settlement.settle(log, now=NOW)
    complaint = f"position 2: decision {showing.decision_id} has impression a second time"
    assert wrong(log) == {"events_are_there_once": (complaint,)}


def test_a_lost_charge_is_named(day: Day) -> None:
    tamper("DELETE FROM billing_transfer WHERE reason = 'charge' AND first_position = 1")
    found = wrong(day.log)
    assert found.keys() >= {"charges_are_their_events", "accounts_are_their_transfers", "budgets_count_their_charges"}
    assert "segment 1-8" in found["charges_are_their_events"][0]
    assert "3 events cost 15000, the transfers (none) say 0 and 0" in found["charges_are_their_events"][0]


def test_a_changed_charge_is_named(day: Day) -> None:
    key = Transfer.objects.get(reason="charge", first_position=1).key
    tamper("UPDATE billing_transfer SET amount_micros = 14999 WHERE reason = 'charge' AND first_position = 1")
    assert (
        f"3 events cost 15000, the transfers ({key}) say 3 and 14999" in wrong(day.log)["charges_are_their_events"][0]
    )


def test_a_charge_twice_is_named(day: Day) -> None:
    tamper(
        "INSERT INTO billing_transfer (id, key, reason, debit_id, credit_id, currency, amount_micros, at, account_id,"
        " campaign_id, ad_group_id, ad_id, post_id, event_kind, hour_at, day, grant_id, share_ppm, first_position,"
        " last_position, events) SELECT 1, 'again', reason, debit_id, credit_id, currency, amount_micros, at,"
        " account_id, campaign_id, ad_group_id, ad_id, post_id, event_kind, hour_at, day, grant_id, share_ppm,"
        " first_position, last_position, events FROM billing_transfer WHERE reason = 'charge' AND first_position = 1"
    )
    complaints = wrong(day.log)["charges_are_their_events"]
    assert [complaint for complaint in complaints if "stand for the same events" in complaint]


def test_a_billable_event_in_no_transfer_is_named(day: Day) -> None:
    tamper("DELETE FROM billing_transfer WHERE first_position = 1")
    tamper("DELETE FROM billing_settled_segment WHERE first_position = 1")
    complaints = wrong(day.log)["charges_are_their_events"]
    assert [complaint.partition(":")[0] for complaint in complaints] == ["position 2", "position 4", "position 6"]
    assert "is in no transfer" in complaints[0]


def test_a_wrong_share_is_named(day: Day) -> None:
    key = Transfer.objects.get(reason="creator_share", first_position=1).key
    tamper("UPDATE billing_transfer SET amount_micros = 3001 WHERE reason = 'creator_share' AND first_position = 1")
    assert wrong(day.log)["creator_shares_are_exact"] == (f"{key}: 3001 was shared and 3000 is the creator's",)


def test_a_share_to_somebody_else_is_named(day: Day) -> None:
    LedgerAccount.objects.filter(kind="creator_earnings").update(owner_id=666)
    complaints = wrong(day.log)["creator_shares_are_exact"]
    assert len(complaints) == Transfer.objects.filter(reason="creator_share").count()
    assert complaints[0].endswith(f"went to creator_earnings 666, not {day.town.cleo}")


def test_a_charge_to_another_advertiser_is_named(day: Day) -> None:
    LedgerAccount.objects.filter(kind="advertiser").update(owner_id=666)
    found = wrong(day.log)
    assert "goes from advertiser 666 to platform_revenue 0" in found["transfers_go_their_way"][0]
    assert "payments_are_the_advertisers_credits" in found


def test_a_changed_total_is_named(day: Day) -> None:
    LedgerAccount.objects.filter(kind="platform_revenue").update(credits_micros=1)
    found = wrong(day.log)
    assert found.keys() == {"debits_equal_credits", "accounts_are_their_transfers"}
    assert "platform_revenue" in found["accounts_are_their_transfers"][0]


def test_money_from_nowhere_is_named(day: Day) -> None:
    payment = Payment.objects.get()
    Payment.objects.filter(pk=payment.pk).update(amount_micros=9 * EUR)
    complaint = f"top_up:{payment.pk}: paid {9 * EUR}, credited {10 * EUR}"
    collected = f"test {payment.provider_reference} ({payment.pk}): collected {10 * EUR}, booked {9 * EUR}"
    assert wrong(day.log) == {
        "payments_are_the_advertisers_credits": (complaint,),
        "collections_are_their_payments": (collected,),
    }


def test_an_overspent_budget_is_named(day: Day) -> None:
    BudgetSpend.objects.filter(noun="ad_group", period="2026-03-02").update(limit_micros=19_999)
    complaint = f"ad_group {day.town.ad_group} in 2026-03-02: billed 20000 of a budget of 19999"
    assert wrong(day.log) == {"spend_is_within_budgets": (complaint,)}


def test_a_miscounted_budget_is_named(day: Day) -> None:
    BudgetSpend.objects.filter(noun="campaign", period="lifetime").update(billed_micros=1)
    complaint = f"campaign {day.town.campaign} in lifetime: counted 1, its charges are 20000"
    assert wrong(day.log) == {"budgets_count_their_charges": (complaint,)}


def test_a_decision_after_the_consents_end_is_named_after_a_second_of_grace(day: Day) -> None:
    consent = Consent.objects.filter(pk=day.town.consent)
    consent.update(revoked_at=NOW - timedelta(milliseconds=999))
    assert wrong(day.log).keys() == {"consents_are_their_record"}
    consent.update(revoked_at=NOW - timedelta(milliseconds=1_000))
    complaints = wrong(day.log)["decisions_have_live_consent"]
    assert len(complaints) == 12
    assert complaints[0] == f"position 1: decided at {NOW.isoformat()} outside consent {day.town.consent}"


def test_a_decision_for_another_post_is_named(day: Day) -> None:
    record = day.at(1)
    assert isinstance(record, DecisionRecord)
    day.replace(1, msgspec.structs.replace(record, post_id=5))
    complaint = f"position 1: consent {day.town.consent} is not for post 5 and account {day.town.account}"
    told = "position 2: charges for post_id {}, decision {} at position 1 has 5"
    assert wrong(day.log) == {
        "decisions_keep_to_their_consent": (complaint,),
        "charges_keep_to_their_decision": (told.format(day.town.post, record.decision_id),),
    }


def test_an_event_with_another_price_is_named(day: Day) -> None:
    record = day.at(2)
    day.replace(2, msgspec.structs.replace(record, charge_micros=5_001))
    found = wrong(day.log)
    assert found["charges_are_the_tokens_price"] == ("position 2: charges 5001, the token's price is 5000",)
    assert "3 events cost 15001" in found["charges_are_their_events"][0]


def test_an_event_twice_is_named(day: Day) -> None:
    day.replace(7, day.at(2))
    assert [complaint for complaint in wrong(day.log)["events_are_there_once"] if complaint.startswith("position 7")]


def test_a_log_cut_short_is_named(day: Day) -> None:
    del day.log._records[-1:]
    complaint = "the log ends at position 13, but position 14 was settled or counted"
    assert complaint in wrong(day.log)["log_is_whole"]


class Damaged:
    """A log in which some positions cannot be read and some are missing."""

    def __init__(self, log: EventLog, *, unreadable: int = 0, missing: int = 0) -> None:
        self._log = log
        self._unreadable = unreadable
        self._missing = missing

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        return self._log.append(records, after=after)

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        found = [stored for stored in self._log.read(after, limit) if stored.position != self._missing]
        if any(stored.position == self._unreadable for stored in found):
            raise LogCorrupt(path="log.sqlite3")
        return found

    def first(self) -> Position:
        return self._log.first()

    def end(self) -> Position:
        return self._log.end()

    def trim(self, through: Position) -> int:
        return self._log.trim(through)

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:
        return self._log.redact(viewer_ids, through)

    def close(self) -> None:
        self._log.close()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda log: Damaged(log, unreadable=5), "position 5: the record cannot be read"),
        (lambda log: Damaged(log, missing=5), "positions 5 to 5: there are no records"),
    ],
)
def test_damage_in_the_log_is_named_and_the_rest_judged(
    day: Day, damage: Callable[[EventLog], EventLog], complaint: str
) -> None:
    found = wrong(damage(day.log))
    assert len(found["log_is_whole"]) == 1
    assert complaint in found["log_is_whole"][0]


class Archived(Damaged):
    """A log whose oldest records are in an archive that has a damaged file, up to a position."""

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        if after < self._unreadable:
            raise ArchiveCorrupt(path="records-1-4.parquet", last=Position(self._unreadable))
        return self._log.read(after, limit)


def test_a_damaged_file_of_the_archive_is_named_once_and_the_rest_judged(day: Day) -> None:
    found = wrong(Archived(day.log, unreadable=4))
    complaint = "positions 1 to 4: the archive cannot be read (A file of the archive is damaged: records-1-4.parquet)"
    assert found["log_is_whole"] == (complaint,)
    assert "1 events cost 5000" in found["charges_are_their_events"][0]


@pytest.mark.parametrize("through", [4, 8, 13, 14])
def test_what_retention_took_is_not_missed_and_the_rest_is_judged(day: Day, through: int) -> None:
    rollups.roll_up(day.log, now=NOW)
    day.log.trim(Position(through))
    kept = proof.prove(day.log, now=NOW, more=[TalliesWitness])
    assert (kept.holds, kept.first, kept.position) == (True, through + 1, 14)
    assert {line.name: line.counted for line in kept.lines}["log_is_whole"] == 14 - through


def test_a_corruption_of_what_retention_kept_is_caught(day: Day) -> None:
    day.log.trim(Position(8))
    tamper("UPDATE billing_transfer SET amount_micros = 1 WHERE reason = 'charge' AND first_position = 9")
    assert "segment 9-11" in wrong(day.log)["charges_are_their_events"][0]


def test_a_decision_record_alone_needs_consent_too() -> None:
    town = build()
    log = MemoryEventLog()
    log.append([decision(claims(town, grant_id=77))])
    settlement.settle(log, now=NOW)
    assert wrong(log).keys() == {"decisions_have_live_consent", "decisions_keep_to_their_consent"}


def test_an_overdraft_is_named(day: Day) -> None:
    allow = {
        "sqlite": "PRAGMA ignore_check_constraints = ON",
        "postgresql": "ALTER TABLE billing_ledger_account DROP CONSTRAINT billing_no_overdraft",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(allow)
    try:
        LedgerAccount.objects.filter(kind="advertiser").update(debits_micros=10 * EUR + 1)
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
    row = LedgerAccount.objects.get(kind="advertiser")
    complaint = (
        f"ledger account {row.pk} (advertiser {day.town.account} EUR): debits 10000001, credits 10000000, limit 0"
    )
    assert wrong(day.log)["no_account_is_overdrawn"] == (complaint,)
