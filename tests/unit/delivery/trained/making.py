"""A small log in which people of one country click one ad, and people of another the other."""

import random

from tests.unit.delivery.making import NOW_MS
from vonk.core.clock import MINUTE_MS
from vonk.events.records import Claims, ConversionRecord, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog

START_MS = NOW_MS - 10 * 86_400_000
STEP_MS = 2_000
LIKED = {("NL", 1): 0.6, ("BE", 2): 0.6}  # Else:
USUAL = 0.1
LEARNT_AT_MS = START_MS + 20_000 * STEP_MS


def decision(number: int, at_ms: int = START_MS, **changes: object) -> DecisionRecord:
    """Return a decision for an adult who agreed, or with ``changes`` another one."""
    fields: dict[str, object] = {
        "decision_id": number, "at_ms": at_ms, "viewer_id": "vik", "surface": "for_you", "position": 4,
        "index_sequence": 1, "seed": number, "candidates": 2, "ad_id": 1, "ad_group_id": 10, "campaign_id": 100,
        "account_id": 1000, "grant_id": 5, "post_id": 6, "bills": "click_destination", "price_micros": 1,
        "score_micros": 1, "runner_up_id": 0, "runner_up_micros": 0, "reason": "", "refusals": {},
        "country": "NL", "language": "nl", "device": "ios", "age_band": "25_34", "gender": "male", "profiled": True,
        "profile_id": 7, "category": "food", "interested": True,
    }  # fmt: skip
    return DecisionRecord(**(fields | changes))  # type: ignore[arg-type]  # Each is what its field wants.


def claims(shown: DecisionRecord, **changes: object) -> Claims:
    fields: dict[str, object] = {
        "decision_id": shown.decision_id, "ad_id": shown.ad_id, "ad_group_id": 10, "campaign_id": 100,
        "account_id": 1000, "grant_id": 5, "post_id": 6, "profile_id": 7, "viewer_id": shown.viewer_id,
        "bills": shown.bills, "price_micros": 1, "currency": "EUR", "decided_ms": shown.at_ms, "surface": shown.surface,
    }  # fmt: skip
    return Claims(**(fields | changes))  # type: ignore[arg-type]  # Likewise.


def event(
    shown: DecisionRecord, kind: Kind, after_ms: int = 1_000, invalid: str = "", **changes: object
) -> EventRecord:
    at_ms = shown.at_ms + after_ms
    return EventRecord(f"{shown.decision_id}-{kind}", kind, at_ms, at_ms, 0, 0, claims(shown, **changes), invalid)


def bought(shown: DecisionRecord, after_ms: int) -> ConversionRecord:
    at_ms = shown.at_ms + after_ms
    return ConversionRecord(
        f"b{shown.decision_id}", 1, 1000, "purchase", at_ms, at_ms, 0, "", "pixel", click=claims(shown)
    )


def shown_log(showings: int, seed: int = 3, *, liked: dict[tuple[str, int], float] | None = None) -> MemoryEventLog:
    """Return a log of so many showings, from ``START_MS`` on."""
    log = MemoryEventLog()
    append(log, showings, seed, liked=LIKED if liked is None else liked)
    return log


def append(
    log: MemoryEventLog, showings: int, seed: int, *, liked: dict[tuple[str, int], float], first: int = 1
) -> None:
    chance = random.Random(seed)
    records: list[Record] = []
    for number in range(first, first + showings):
        country, ad_id = chance.choice(("NL", "BE")), chance.choice((1, 2))
        shown = decision(
            number, START_MS + number * STEP_MS, country=country, ad_id=ad_id, viewer_id=f"viewer-{number % 50}"
        )
        records += [shown, event(shown, Kind.IMPRESSION)]
        if chance.random() < 0.5:
            records.append(event(shown, Kind.VIEW_6S, 7_000))
        if chance.random() < liked.get((country, ad_id), USUAL):
            records.append(event(shown, Kind.CLICK_DESTINATION, MINUTE_MS))
    log.append(records)
