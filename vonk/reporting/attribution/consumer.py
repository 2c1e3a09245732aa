"""The consumer "attribution": reads the event log and our own site's engagements, each exactly once.

Whatever it reads is remembered first; then everything that may still change of the viewers concerned is computed anew,
and what differs from before moves the sums. So a late touch, or a conversion that comes before its click, ends where it
would have been in order.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import queries as advertising
from vonk.advertising.rules.attribution import WINDOW_DAYS_MAX, AttributionSettings
from vonk.content import queries as content
from vonk.content.actions import changes as content_changes
from vonk.content.queries import Change
from vonk.control import positions
from vonk.core.clock import DAY_MS, to_ms
from vonk.events.log import REDACTED_VIEWER, EventLog, Position, StoredRecord
from vonk.events.records import ConversionRecord, EventRecord, received_ms_of
from vonk.identity import queries as identity
from vonk.reporting.attribution import rules, store
from vonk.reporting.attribution.rules import Attribution, TouchKind
from vonk.reporting.attribution.store import Moves
from vonk.reporting.models import Conversion, Engagement, Touch

CONSUMER: Final = "attribution"
SEGMENT_RECORDS_MAX: Final = 20_000  # As the roll-up's: the control database is held for about a second.
CHANGES_PER_ROUND_MAX: Final = 5_000
CONVERSIONS_KEPT_MS: Final = WINDOW_DAYS_MAX * DAY_MS + rules.LATE_MS  # "Once" looks as far back as a click may lie.


class Attributed(msgspec.Struct, frozen=True):
    """What one call took in: how many records and engagements, up to which position."""

    records: int
    position: Position


def attribute(log: EventLog, *, now: datetime, limit: int = SEGMENT_RECORDS_MAX) -> Attributed:
    """Take in the next segment; ``records`` is 0 when there is nothing.

    Effects and position are one transaction, with the position locked first: whoever dies in between leaves nothing
    behind, and a second worker waits. Raises LogUnavailable when the log cannot be read.
    """
    reached = positions.of(CONSUMER)
    if log.end() <= reached and not content.engagement_changes_wait():
        return Attributed(0, reached)  # Nothing to do, found out without holding anything.
    return _attribute(log, now=now, limit=limit)


@transaction.atomic
def _attribute(log: EventLog, *, now: datetime, limit: int) -> Attributed:
    after = positions.lock(CONSUMER, now=now)
    records = log.read(after, limit)
    changes = content.engagement_changes(CHANGES_PER_ROUND_MAX)
    if not records and not changes:
        return Attributed(0, after)
    moves = Moves()
    events = [stored.record for stored in records if isinstance(stored.record, EventRecord)]
    touches = _touches(events)
    store.add_touches(touches)
    conversions = store.add_conversions(_conversions(records, now=now))
    engagements = [*_log_engagements(records), *_site_engagements(changes, moves)]
    store.add_engagements(engagements)
    touched = {touch.viewer_id for touch in touches}
    _attribute_conversions(touched | {one.viewer_id for one in conversions if one.viewer_id}, moves)
    _attribute_engagements(touched | {one.viewer_id for one in engagements}, moves)
    moves.write()
    content_changes.forget([change.id for change in changes])
    if not records:
        return Attributed(len(changes), after)
    newest_ms = max(received_ms_of(stored.record) for stored in records)
    store.let_go(newest_ms, conversions_kept_ms=CONVERSIONS_KEPT_MS)
    last = records[-1].position
    positions.advance(CONSUMER, last, now=now)
    return Attributed(len(records) + len(changes), last)


def _touches(events: Sequence[EventRecord]) -> list[Touch]:
    """Return the net touches from which something may follow."""
    of_ads = [event for event in events if event.claims.ad_id and event.kind in rules.KIND_OF and _is_somebodys(event)]
    since = {
        account_id: to_ms(at)
        for account_id, at in advertising.measured_since({event.claims.account_id for event in of_ads}).items()
    }
    measured = {
        event.claims.ad_group_id
        for event in of_ads
        if event.claims.account_id in since and event.received_ms >= since[event.claims.account_id]
    }
    settings = advertising.attribution_settings(measured) if measured else {}
    found = []
    for event in of_ads:
        claims = event.claims
        since_ms = since.get(claims.account_id)
        of_group: AttributionSettings | None = None
        if since_ms is not None and event.received_ms >= since_ms:
            of_group = settings.get(claims.ad_group_id)
        kept_until_ms = rules.kept_until_ms(event, of_group)
        if kept_until_ms:
            found.append(
                Touch(
                    viewer_id=claims.viewer_id,
                    account_id=claims.account_id,
                    ad_group_id=claims.ad_group_id,
                    ad_id=claims.ad_id,
                    post_id=claims.post_id,
                    profile_id=claims.profile_id,
                    decision_id=claims.decision_id,
                    kind=rules.KIND_OF[event.kind].value,
                    at_ms=event.at_ms,
                    measured=of_group is not None,
                    kept_until_ms=kept_until_ms,
                )
            )
    return found


def _conversions(records: Sequence[StoredRecord], *, now: datetime) -> list[Conversion]:
    """Return the conversions as rows, with the viewer whom a click's token or an address's digest tells."""
    found = [stored.record for stored in records if isinstance(stored.record, ConversionRecord)]
    unknown = {
        identifier.removeprefix("email:")
        for record in found
        if not record.viewer_id
        for identifier in record.identifiers
        if identifier.startswith("email:")
    }
    people = identity.pseudonyms_of_emails(unknown, now=now) if unknown else {}
    rows = []
    for record in found:
        viewer_id = _known(record.viewer_id)
        known_by = "click" if viewer_id else ""
        for identifier in record.identifiers:
            if not viewer_id and identifier.removeprefix("email:") in people:
                viewer_id, known_by = people[identifier.removeprefix("email:")], "email"
        rows.append(
            Conversion(
                pixel_id=record.pixel_id,
                event_id=record.event_id,
                account_id=record.account_id,
                name=record.name,
                at_ms=record.at_ms,
                received_ms=record.received_ms,
                value_micros=record.value_micros,
                source=record.source,
                viewer_id=viewer_id,
                known_by=known_by,
            )
        )
    return rows


def _log_engagements(records: Sequence[StoredRecord]) -> list[Engagement]:
    """Return the net engagements off the ad surface with posts that have ads: hosts' own, and visits of profiles."""
    found = [
        (stored.position, stored.record)
        for stored in records
        if isinstance(stored.record, EventRecord)
        and stored.record.claims.ad_id == 0
        and _is_somebodys(stored.record)
        and stored.record.kind in rules.ENGAGEMENT_OF
    ]
    advertised = _advertised(record.claims.post_id for _, record in found)
    return [
        Engagement(
            key=f"log:{position}",
            viewer_id=record.claims.viewer_id,
            post_id=record.claims.post_id,
            profile_id=record.claims.profile_id,
            name=rules.ENGAGEMENT_OF[record.kind],
            at_ms=record.at_ms,
        )
        for position, record in found
        if record.claims.post_id in advertised
    ]


def _site_engagements(changes: Sequence[Change], moves: Moves) -> list[Engagement]:
    """Return what our own site's people gave off the ad surface; what they took back is taken out of the sums."""
    advertised = _advertised(change.post_id for change in changes if change.post_id)
    pseudonyms = identity.pseudonyms({change.person_id for change in changes}) if changes else {}
    given: dict[str, Engagement] = {}
    taken_back: set[str] = set()
    for change in changes:
        key = f"{change.metric.value}:{change.engagement_id}"
        if not change.given:
            if given.pop(key, None) is None:
                taken_back.add(key)
        elif change.person_id in pseudonyms and (change.post_id == 0 or change.post_id in advertised):
            given[key] = Engagement(
                key=key,
                viewer_id=pseudonyms[change.person_id],
                post_id=change.post_id,
                profile_id=change.profile_id,
                name=f"{change.metric.value}_1d",
                at_ms=to_ms(change.at),
            )
    for engagement in store.take_engagements(taken_back):
        if engagement.ad_id:
            _move_engagement(moves, engagement, -1)
    return list(given.values())


def _attribute_conversions(viewer_ids: set[str], moves: Moves) -> None:
    """Compute anew what may still change of these viewers' conversions."""
    conversions = store.open_conversions(viewer_ids)
    if not conversions:
        return
    touches = store.measured_touches(conversions.keys())
    settings = advertising.attribution_settings({one.ad_group_id for many in touches.values() for one in many})
    changed = []
    for pair, rows in conversions.items():
        row_of = {_plain(row): row for row in rows}
        for conversion, attribution in rules.attribute(row_of, touches[pair], settings).items():
            if attribution != conversion.was:
                row = row_of[conversion]
                if conversion.was is not None:
                    _move_conversion(moves, row, conversion.was, -1)
                if attribution is not None:
                    _move_conversion(moves, row, attribution, 1)
                row.ad_id, row.ad_group_id, row.touch, row.touch_at_ms = (
                    (attribution.ad_id, attribution.ad_group_id, attribution.touch.value, attribution.touch_at_ms)
                    if attribution is not None
                    else (0, 0, "", 0)
                )
                changed.append(row)
    store.save_attributions(changed)


def _attribute_engagements(viewer_ids: set[str], moves: Moves) -> None:
    """Compute anew which impressions these viewers' engagements follow."""
    engagements = store.engagements_of(viewer_ids)
    exposures = store.exposures_of(engagements.keys())
    changed = []
    for viewer_id, rows in engagements.items():
        for row in rows:
            exposure = rules.exposure_before(row.at_ms, row.post_id, row.profile_id, exposures[viewer_id])
            ad_id = exposure.ad_id if exposure is not None else 0
            if ad_id != row.ad_id:
                if row.ad_id:
                    _move_engagement(moves, row, -1)
                row.ad_id = ad_id
                if row.ad_id:
                    _move_engagement(moves, row, 1)
                changed.append(row)
    store.save_exposed(changed)


def _plain(row: Conversion) -> rules.Conversion:
    was = Attribution(row.ad_id, row.ad_group_id, TouchKind(row.touch), row.touch_at_ms) if row.touch else None
    return rules.Conversion(row.at_ms, row.pixel_id, row.event_id, row.name, row.final, was)


def _move_conversion(moves: Moves, row: Conversion, attribution: Attribution, count: int) -> None:
    moves.move(
        ad_id=attribution.ad_id,
        at_ms=row.at_ms,
        touch=attribution.touch,
        name=row.name,
        count=count,
        value_micros=row.value_micros,
    )


def _move_engagement(moves: Moves, row: Engagement, count: int) -> None:
    moves.move(ad_id=row.ad_id, at_ms=row.at_ms, touch=TouchKind.EXPOSURE, name=row.name, count=count)


def _is_somebodys(event: EventRecord) -> bool:
    """Tell whether the event counts net, of a viewer who can be known again."""
    return not event.invalid and bool(_known(event.claims.viewer_id))


def _known(viewer_id: str) -> str:
    """Return the pseudonym, "" for one that is nobody's: erased, absent, or what no database keeps as text."""
    return "" if viewer_id == REDACTED_VIEWER or "\0" in viewer_id else viewer_id


def _advertised(post_ids: Iterable[int]) -> set[int]:
    """Return those of the posts that some ad shows or showed."""
    wanted = set(post_ids)
    return {post_id for post_id, ad_ids in advertising.ads_of_posts(wanted).items() if ad_ids} if wanted else set()
