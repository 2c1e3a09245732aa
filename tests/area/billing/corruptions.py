"""What somebody with the disk in their hands may do to the books or the log, and what the audit must then name.

Planted as statements and bytes, with the guards lifted: nothing here goes through the platform.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from vonk.events.records import Kind, Record, decode, encode

Edit = Callable[[Record], Record]


class Cursor(Protocol):
    """Of the control database, whichever driver it is of."""

    def execute(self, statement: str, /) -> Any: ...
    def fetchone(self) -> Any: ...
    @property
    def rowcount(self) -> int: ...


class LogFile:
    """An event log's file, opened as what it is."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values)

    def at(self, position: int) -> Record:
        return decode(self._connection.execute("SELECT body FROM records WHERE position = ?", [position]).fetchone()[0])

    def put(self, position: int, record: Record) -> None:
        self.execute("UPDATE records SET body = ? WHERE position = ?", encode(record), position)


@contextmanager
def log_file(path: Path) -> Iterator[LogFile]:
    """Open the file for changes, which are there when the block ends."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield LogFile(connection)


class Corruption(msgspec.Struct, frozen=True):
    """One corruption: the check that must catch it, and a text or a query for the text that names the row."""

    name: str
    check: str
    names: str
    control: tuple[str, ...] = ()
    log: Callable[[LogFile], None] | None = None
    command: bool = False  # Also planted in a data directory and looked for by `vonk audit`.

    def plant(self, cursor: Cursor, log: Path) -> str:
        """Do it; return the text that names the row."""
        names = _spelled(self.names)
        if names.startswith("SELECT "):
            cursor.execute(names)
            names = cursor.fetchone()[0]
        for text in self.control:
            cursor.execute(_spelled(text))
            assert cursor.rowcount > 0, "It changes something."
        if self.log is not None:
            with log_file(log) as file:
                self.log(file)
        return names


def _spelled(text: str) -> str:
    for name, meaning in {"@other_creator": OTHER_CREATOR, "@charge": CHARGE, "@share": SHARE}.items():
        text = text.replace(name, meaning)
    return text


def replaced(position: int, **changes: Any) -> Callable[[LogFile], None]:
    """Change fields of one record."""

    def change(log: LogFile) -> None:
        log.put(position, msgspec.structs.replace(log.at(position), **changes))

    return change


def claimed(position: int, charge: int | None = None, **changes: Any) -> Callable[[LogFile], None]:
    """Change what the token of one event is said to have said."""

    def change(log: LogFile) -> None:
        event: Any = log.at(position)
        claims = msgspec.structs.replace(event.claims, **changes)
        micros = event.charge_micros if charge is None else charge
        log.put(position, msgspec.structs.replace(event, claims=claims, charge_micros=micros))

    return change


def copied(source: int, to: int, **changes: Any) -> Callable[[LogFile], None]:
    """Put a copy of one record, changed perhaps, in the place of another."""

    def change(log: LogFile) -> None:
        log.put(to, msgspec.structs.replace(log.at(source), **changes))

    return change


def statement(text: str, *values: object) -> Callable[[LogFile], None]:
    """Run one statement on the log's file."""
    return lambda log: log.execute(text, *values)


ROW = "reason, debit_id, credit_id, currency"
OF = (
    "account_id, campaign_id, ad_group_id, ad_id, post_id, event_kind, hour_at, day, grant_id, share_ppm, first_position,"
    " last_position, events"
)
CHARGE = "reason = 'charge' AND first_position = 1"
SHARE = "reason = 'creator_share' AND first_position = 1"
KEY = "SELECT key FROM billing_transfer WHERE @charge"
HOLD_POSTED = "SELECT key FROM billing_transfer WHERE reason = 'hold_posted'"
OTHER_CREATOR = (
    "SELECT max(id) FROM billing_ledger_account WHERE kind = 'creator_earnings' AND id <> (SELECT credit_id FROM"
    " billing_transfer WHERE @share)"
)


def inserted(key: str, amount: str, *, of: str, where: str) -> str:
    """Return the statement that copies a transfer under another key, with other values for what it stands for."""
    text = (
        "INSERT INTO billing_transfer (id, key, amount_micros, at, @row, @of)"
        " SELECT 1, @key, @amount, at, @row, @values FROM billing_transfer WHERE "
    )
    for name, value in {"@row": ROW, "@of": OF, "@key": key, "@amount": amount, "@values": of}.items():
        text = text.replace(name, value)
    return text + where


CORRUPTIONS: tuple[Corruption, ...] = (
    # Transfers.
    Corruption(
        "a transfer's amount changed",
        "charges_are_their_events",
        KEY,
        ("UPDATE billing_transfer SET amount_micros = 14999 WHERE @charge",),
        command=True,
    ),
    Corruption(
        "a transfer deleted",
        "charges_are_their_events",
        "segment 1-8",
        ("DELETE FROM billing_transfer WHERE @charge",),
        command=True,
    ),
    Corruption(
        "a transfer without events",
        "charges_are_their_events",
        "(more) say 1 and 5",
        (inserted("'more'", "5", of=OF.replace("event_kind", "'play'").replace("events", "1"), where=CHARGE),),
        command=True,
    ),
    Corruption(
        "a transfer that nobody paid in",
        "payments_are_the_advertisers_credits",
        "top_up:666: paid 0, credited 10000000",
        (
            (
                "INSERT INTO billing_transfer (id, key, reason, debit_id, credit_id, currency, amount_micros, at)"
                " SELECT 1, 'top_up:666', reason, debit_id, credit_id, currency, amount_micros, at FROM billing_transfer"
                " WHERE reason = 'top_up' AND amount_micros = 10000000"
            ),
        ),
    ),
    Corruption(
        "a charge taken from another advertiser",
        "transfers_go_their_way",
        KEY,
        (
            (
                "UPDATE billing_transfer SET debit_id = (SELECT min(id) FROM billing_ledger_account WHERE kind = 'advertiser'"
                " AND id <> debit_id) WHERE @charge"
            ),
        ),
    ),
    Corruption(
        "a charge that names no events",
        "transfers_name_their_events",
        KEY,
        ("UPDATE billing_transfer SET ad_id = NULL WHERE @charge",),
    ),
    Corruption(
        "an account's total changed",
        "accounts_are_their_transfers",
        "platform_revenue 0 EUR",
        ("UPDATE billing_ledger_account SET credits_micros = credits_micros + 1 WHERE kind = 'platform_revenue'",),
        command=True,
    ),
    Corruption(
        "an account's both totals changed",
        "accounts_are_their_transfers",
        "write_off 0 EUR",
        (
            (
                "UPDATE billing_ledger_account SET credits_micros = credits_micros + 7, debits_micros = debits_micros + 7"
                " WHERE kind = 'write_off'"
            ),
        ),
    ),
    Corruption(
        "a creator's share sent to another creator",
        "creator_shares_are_exact",
        "SELECT key FROM billing_transfer WHERE @share",
        ("UPDATE billing_transfer SET credit_id = (@other_creator) WHERE @share",),
        command=True,
    ),
    Corruption(
        "a creator's share cut",
        "creator_shares_are_exact",
        "SELECT key FROM billing_transfer WHERE @share",
        ("UPDATE billing_transfer SET amount_micros = 2999 WHERE @share",),
    ),
    # Events.
    Corruption(
        "an event twice in the log",
        "events_are_there_once",
        "position 8",
        log=copied(2, 8),
        command=True,
    ),
    Corruption(
        "what counts once, under another id",
        "events_are_there_once",
        "position 8",
        log=copied(2, 8, event_id="another"),
    ),
    Corruption(
        "one event's id under two kinds",
        "events_are_there_once",
        "position 8",
        log=copied(2, 8, kind=Kind.CLICK_PROFILE, charge_micros=0),
    ),
    Corruption(
        "a billable event twice in one segment",
        "charges_are_their_events",
        "position 8: decision",
        log=copied(2, 8, event_id="another"),
    ),
    Corruption(
        "an event gone from the log's middle",
        "log_is_whole",
        "positions 8 to 8",
        log=statement("DELETE FROM records WHERE position = 8"),
        command=True,
    ),
    Corruption(
        "a billed event gone from the log's middle",
        "charges_are_their_events",
        KEY,
        log=statement("DELETE FROM records WHERE position = 4"),
    ),
    Corruption(
        "the log cut short",
        "log_is_whole",
        "ends at position 20",
        log=statement("DELETE FROM records WHERE position > 20"),
    ),
    Corruption(
        "a torn record",
        "log_is_whole",
        "position 12",
        log=statement("UPDATE records SET body = substr(body, 1, 40) WHERE position = 12"),
    ),
    Corruption(
        "an event's charge changed",
        "charges_are_the_tokens_price",
        "position 4: charges 5001",
        log=replaced(4, charge_micros=5001),
    ),
    Corruption(
        "an event's charge and price changed",
        "charges_keep_to_their_decision",
        "position 4: charges for price_micros 4000",
        log=claimed(4, 4_000, price_micros=4_000),
        command=True,
    ),
    Corruption(
        "an event's ad changed",
        "charges_keep_to_their_decision",
        "position 4: charges for ad_id 5",
        log=claimed(4, ad_id=5),
    ),
    Corruption(
        "another kind made to bill",
        "charges_are_the_tokens_price",
        "position 8: charges for play",
        log=replaced(8, charge_micros=5_000),
    ),
    Corruption(
        "an event billed too late",
        "charges_are_the_tokens_price",
        "position 4: charges later than 24 hours",
        log=replaced(4, received_ms=1_900_000_000_000),
    ),
    Corruption(
        "an invalid event billed",
        "charges_are_the_tokens_price",
        "position 4: charges for an event that broke the rule known_bot",
        log=replaced(4, invalid="known_bot"),
    ),
    Corruption(
        "a restored event billed twice",
        "events_are_there_once",
        "position 20: decision",
        log=copied(18, 20),
    ),
    Corruption(
        "a restored event that was never kept back",
        "events_are_there_once",
        "position 8: restores event made_up",
        log=copied(18, 8, event_id="made_up", charge_micros=0),
    ),
    Corruption(
        "a decision twice in the log",
        "charges_keep_to_their_decision",
        "position 8: decision",
        log=copied(1, 8),
    ),
    # Consent.
    Corruption(
        "a decision without consent",
        "decisions_have_live_consent",
        "position 3: decided at",
        log=replaced(3, grant_id=77),
        command=True,
    ),
    Corruption(
        "a decision after the revocation",
        "decisions_have_live_consent",
        "position 3: decided at 2026-03-02T11:00:00+00:00",
        log=replaced(3, at_ms=1_772_449_200_000),
    ),
    Corruption(
        "a charge after the revocation",
        "decisions_have_live_consent",
        "position 4: decided at 2026-03-02T11:00:00+00:00",
        log=claimed(4, decided_ms=1_772_449_200_000),
    ),
    Corruption(
        "a decision for another post",
        "decisions_keep_to_their_consent",
        "position 3: consent",
        log=replaced(3, post_id=5),
    ),
    Corruption(
        "a revocation taken back",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': revoked at None' FROM authorisation_consent WHERE revoked_at IS NOT NULL",
        ("UPDATE authorisation_consent SET revoked_at = NULL WHERE revoked_at IS NOT NULL",),
    ),
    Corruption(
        "a consent from nowhere",
        "consents_are_their_record",
        "SELECT 'consent ' || min(id) || ': ends at' FROM authorisation_consent",
        ("DELETE FROM authorisation_consent_record WHERE consent_id = (SELECT min(id) FROM authorisation_consent)",),
    ),
    Corruption(
        "a notice that was over",
        "decisions_have_live_consent",
        "position 3: decided at",
        (
            (
                "UPDATE authorisation_consent SET notice_given_at = '2026-03-01 00:00:00+00:00',"
                " ending_at = '2026-03-02 00:00:00+00:00' WHERE id = (SELECT consent_id FROM authorisation_consent_need)"
            ),
        ),
    ),
    Corruption(
        "an original author's consent that had ended",
        "decisions_have_live_originals",
        "position 3: decided at",
        (
            "UPDATE authorisation_consent SET revoked_at = '2026-03-02 08:00:00+00:00' WHERE road = 'request'",
            "UPDATE authorisation_consent SET revoked_at = '2026-03-02 08:00:00+00:00' WHERE road = 'account_access'",
            "UPDATE authorisation_consent SET redeemed_at = '2026-04-02 08:00:00+00:00' WHERE shared_from_id IS NOT NULL",
        ),
    ),
    Corruption(
        "a cap that was passed",
        "charges_keep_to_their_grants_cap",
        "its terms allow 1",
        ("UPDATE authorisation_terms SET spend_cap_micros = 1",),
    ),
    Corruption(
        "a consent without a code made longer",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': ends at 2027' FROM authorisation_consent WHERE road = 'request'",
        ("UPDATE authorisation_consent SET ends_at = '2027-01-01 00:00:00+00:00' WHERE road = 'request'",),
    ),
    Corruption(
        "a share of a code made longer",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': ends at 2027' FROM authorisation_consent WHERE shared_from_id IS NOT NULL",
        ("UPDATE authorisation_consent SET ends_at = '2027-01-01 00:00:00+00:00' WHERE shared_from_id IS NOT NULL",),
    ),
    Corruption(
        "a consent that outlives its access",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': revoked at None' FROM authorisation_consent WHERE access_id IS NOT NULL",
        ("UPDATE authorisation_consent SET revoked_at = NULL WHERE access_id IS NOT NULL",),
    ),
    Corruption(
        "a notice that nobody gave",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': ending at 2026' FROM authorisation_consent WHERE road = 'request'",
        (
            (
                "UPDATE authorisation_consent SET notice_given_at = '2026-03-01 00:00:00+00:00',"
                " ending_at = '2026-03-02 00:00:00+00:00' WHERE road = 'request'"
            ),
        ),
    ),
    Corruption(
        "a release that nobody made",
        "consents_are_their_record",
        "SELECT 'consent ' || id || ': released at 2026' FROM authorisation_consent WHERE road = 'request'",
        ("UPDATE authorisation_consent SET released_at = '2026-03-05 00:00:00+00:00' WHERE road = 'request'",),
    ),
    Corruption(
        "a consent record edited",
        "consent_record_is_unbroken",
        "SELECT 'row ' || min(id) FROM authorisation_consent_record WHERE act = 'issued'",
        (
            (
                "UPDATE authorisation_consent_record SET at = '2025-01-01 00:00:00+00:00'"
                " WHERE id = (SELECT min(id) FROM authorisation_consent_record WHERE act = 'issued')"
            ),
        ),
        command=True,
    ),
    Corruption(
        "a consent that no table can hold",
        "decisions_have_live_consent",
        "position 3: decided at",
        log=replaced(3, grant_id=2**63 + 5),
    ),
    Corruption(
        "an advertiser that no table can hold",
        "charges_are_their_events",
        "position 4: charges ad account 9223372036854775813",
        log=claimed(4, account_id=2**63 + 5),
    ),
    Corruption(
        "a post that no table can hold",
        "tallies_are_the_logs_counts",
        "impressions of post 9223372036854775813",
        log=claimed(7, post_id=2**63 + 5),
    ),
    Corruption(
        "an instant that no calendar has",
        "charges_are_their_events",
        "position 4: charges for what was received 9223372036854775813 ms",
        log=replaced(4, received_ms=2**63 + 5),
    ),
    # Budgets and counters.
    Corruption(
        "a budget overspent",
        "spend_is_within_budgets",
        "billed 28000 of a budget of 27999",
        ("UPDATE billing_budget_spend SET limit_micros = 27999 WHERE limit_micros = 28000",),
    ),
    Corruption(
        "a budget's count changed",
        "budgets_count_their_charges",
        "counted 1, its charges are 28000",
        ("UPDATE billing_budget_spend SET billed_micros = 1 WHERE limit_micros = 28000",),
    ),
    Corruption(
        "an audience changed",
        "audiences_add_up",
        "by country",
        ("UPDATE reporting_audience SET count = count + 1 WHERE dimension = 'country'",),
    ),
    Corruption(
        "a counter changed",
        "tallies_are_the_logs_counts",
        "impressions of post",
        (
            (
                "UPDATE content_tally SET value = value + 1 WHERE metric = 'impressions' AND ad_id ="
                " (SELECT ad_id FROM billing_transfer WHERE @charge)"
            ),
        ),
        command=True,
    ),
    Corruption(
        "a result changed",
        "attributed_is_the_conversions_sum",
        "purchase by click: (2, 20000000) are attributed, the conversions are (1, 20000000)",
        ("UPDATE reporting_attributed SET count = 2 WHERE touch = 'click'",),
    ),
    Corruption(
        "a conversion's value changed",
        "conversions_are_the_logs",
        "is not what position 28 of the log says",
        ("UPDATE reporting_conversion SET value_micros = 1",),
    ),
    Corruption(
        "a conversion taken away",
        "conversions_are_the_logs",
        "position 28: the conversion is not in the table",
        ("DELETE FROM reporting_conversion",),
    ),
    # Payments, vouchers, holds, refunds.
    Corruption(
        "a payment changed",
        "payments_are_the_advertisers_credits",
        "paid 9999999, credited 10000000",
        ("UPDATE billing_payment SET amount_micros = 9999999 WHERE amount_micros = 10000000",),
    ),
    Corruption(
        "a payment removed",
        "payments_are_the_advertisers_credits",
        "SELECT 'top_up:' || id || ': paid 0' FROM billing_payment WHERE amount_micros = 5000000",
        ("DELETE FROM billing_payment WHERE amount_micros = 5000000",),
        command=True,
    ),
    Corruption(
        "a collection that was never booked",
        "collections_are_their_payments",
        "SELECT 'test ' || provider_reference || ' (' || id || '): collected 0, booked 6050000' FROM billing_payment"
        " WHERE amount_micros = 5000000",
        ("UPDATE billing_collection SET state = 'pending' WHERE amount_micros = 5000000",),
    ),
    Corruption(
        "a collection's tax changed",
        "collections_are_their_payments",
        "collected 10000001, booked 0",
        ("UPDATE billing_collection SET tax_micros = 1 WHERE amount_micros = 10000000",),
    ),
    Corruption(
        "a voucher's grant changed",
        "vouchers_are_their_transfers",
        "SELECT 'voucher ' || id || ': granted 1000001' FROM billing_voucher WHERE amount_micros = 1000000",
        ("UPDATE billing_voucher SET amount_micros = 1000001 WHERE amount_micros = 1000000",),
    ),
    Corruption(
        "a voucher granted twice",
        "vouchers_are_their_transfers",
        "SELECT 'voucher ' || id || ': granted 1000000, its transfers say 2000000' FROM billing_voucher"
        " WHERE amount_micros = 1000000",
        (inserted("'again'", "amount_micros", of=OF, where="reason = 'voucher_granted' AND amount_micros = 1000000"),),
    ),
    Corruption(
        "a hold posted twice",
        "holds_end_once",
        "hold_posted:again: the hold says 0",
        (inserted("'hold_posted:again'", "amount_micros", of=OF, where="reason = 'hold_posted'"),),
        command=True,
    ),
    Corruption(
        "more of a hold posted than it held",
        "holds_end_once",
        HOLD_POSTED,
        ("UPDATE billing_transfer SET amount_micros = amount_micros + 1 WHERE reason = 'hold_posted'",),
    ),
    Corruption(
        "a refund paid twice",
        "refunds_are_their_transfers",
        "refund:again: the refund says 0",
        (inserted("'refund:again'", "amount_micros", of=OF, where="reason = 'refund'"),),
    ),
    Corruption(
        "a payment that forgets its refund",
        "refunds_are_their_transfers",
        "SELECT 'payment ' || payment_id || ': the refund says 0' FROM billing_refund_part",
        ("UPDATE billing_payment SET refunded_micros = 0, tax_refunded_micros = 0",),
    ),
    # Credit notes and invoices.
    Corruption(
        "a credit note larger than its charge",
        "credit_notes_are_within_charges",
        "billed 15000, given back 15001",
        ("UPDATE billing_transfer SET amount_micros = 15001 WHERE reason = 'credit_note'",),
        command=True,
    ),
    Corruption(
        "a credit note's paper changed",
        "credit_notes_are_their_findings",
        "CN-2026-000001: gives back 5001",
        ("UPDATE billing_credit_note SET amount_micros = amount_micros + 1",),
    ),
    Corruption(
        "a credit note for an event never billed",
        "findings_are_the_logs_events",
        "position 14: the finding says amount 5000, it is 0",
        ("UPDATE billing_finding_event SET position = 14",),
    ),
    Corruption(
        "a credit note for what is no event",
        "findings_are_the_logs_events",
        "position 3: was found invalid, and there is no such event",
        ("UPDATE billing_finding_event SET position = 3",),
    ),
    Corruption(
        "too much taken back from a creator",
        "creators_keep_their_share_of_what_is_left",
        "of 10000 that stays billed 2000 is the creator's, 1999 is left",
        ("UPDATE billing_transfer SET amount_micros = amount_micros + 1 WHERE reason = 'creator_share_reversed'",),
    ),
    Corruption(
        "a paid invoice's sum changed",
        "invoices_ask_for_what_is_owed",
        "INV-2026-000001: asks for 2000001",
        ("UPDATE billing_invoice SET amount_micros = 2000001 WHERE number = 'INV-2026-000001'",),
    ),
    Corruption(
        "an open invoice's sum changed",
        "invoices_ask_for_what_is_owed",
        "owes 1000000, its open invoices ask for 999999",
        ("UPDATE billing_invoice SET amount_micros = 999999 WHERE number = 'INV-2026-000002'",),
    ),
    Corruption(
        "an invoice taken away",
        "numbers_have_no_gaps",
        "INV-2026-000002: is not there",
        ("DELETE FROM billing_invoice WHERE number = 'INV-2026-000002'",),
    ),
    # Segments and positions.
    Corruption(
        "a segment settled twice",
        "charges_are_their_events",
        "(again, charge:1-8:",
        (inserted("'again'", "amount_micros", of=OF, where=CHARGE),),
    ),
    Corruption(
        "segments that overlap",
        "charges_are_their_events",
        "segment 1-8 and segment 7-14 overlap",
        (
            "UPDATE billing_transfer SET first_position = 7 WHERE first_position = 9",
            "UPDATE billing_settled_segment SET first_position = 7 WHERE first_position = 9",
        ),
    ),
    Corruption(
        "a written off event called billed",
        "charges_are_their_events",
        "segment 9-14",
        ("UPDATE billing_settled_segment SET written_off = repeated WHERE first_position = 9",),
    ),
    Corruption(
        "a billed event called repeated",
        "charges_are_their_events",
        "position 14: was not billed as a repetition",
        (("UPDATE billing_settled_segment SET repeated = written_off WHERE first_position = 9"),),
    ),
    Corruption(
        "the settled position moved back",
        "settled_position_holds",
        "settled up to position 8, there are transfers up to position 28",
        ("UPDATE control_position SET position = 8 WHERE consumer = 'settle'",),
    ),
    Corruption(
        "the settled position moved on",
        "charges_are_their_events",
        "position 30: the billable event of decision",
        ("UPDATE control_position SET position = 30 WHERE consumer = 'settle'",),
    ),
    Corruption(
        "the counted position moved on",
        "tallies_are_the_logs_counts",
        "0 in the counters, 1 in the log",
        ("UPDATE control_position SET position = 30 WHERE consumer = 'rollup'",),
    ),
)
