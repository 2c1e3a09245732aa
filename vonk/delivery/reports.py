"""The door for events: a batch of reports in, one verdict each out, answered only when they are durable."""

from collections.abc import Sequence
from typing import Final

import msgspec

from vonk.core.errors import Invalid
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.delivery.http import Answer, BodyMalformed, json_answer
from vonk.delivery.measures import add
from vonk.delivery.runtime import Runtime
from vonk.events.ingest import Verdict
from vonk.events.log import LogUnavailable
from vonk.events.validity import EventRefusal, Report


class Batch(msgspec.Struct, frozen=True):
    """What clients send."""

    events: list[Report]


class RawBatch(msgspec.Struct, frozen=True):
    """The same, where one of the events at least is malformed."""

    events: list[msgspec.Raw]


class _Named(msgspec.Struct, frozen=True):
    id: str | None = None


class Verdicts(msgspec.Struct, frozen=True):
    """The answer: one verdict for each event, in their order."""

    verdicts: list[Verdict]


class TooManyEvents(Invalid):
    """More events than one batch may have."""

    code = "too_many_events"
    message = "A batch has at most %(events_max)d events."
    remedy = "Send the rest in another request."


_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_decode: Final = msgspec.json.Decoder(Batch).decode
_decode_raw: Final = msgspec.json.Decoder(RawBatch).decode
_decode_one: Final = msgspec.json.Decoder(Report).decode
_decode_id: Final = msgspec.json.Decoder(_Named).decode
_encode: Final = msgspec.json.Encoder().encode


async def answer(runtime: Runtime, body: bytes) -> Answer:
    """Return the answer to ``POST /v1/events``; raises a Problem with its reason, and then nothing was taken."""
    reports = read_batch(body)
    committer = runtime.committer
    committer.check_room(len(reports))
    judged = runtime.ingest.judge(reports, runtime.clock.now_ms())
    if judged.entries or judged.duplicates:
        failures = committer.failures
        await committer.submit([entry.record for entry in judged.entries])
        if judged.duplicates and committer.failures != failures:
            raise LogUnavailable  # What these events repeat may be what was just lost.
    for verdict in judged.verdicts:
        add(runtime.measures.verdicts, verdict.reason or verdict.verdict)
    return json_answer(_encode(Verdicts(judged.verdicts)))


def read_batch(body: bytes) -> list[Report | Verdict]:
    """Return the batch's reports, with a verdict in the place of each that cannot be read."""
    try:
        reports: list[Report | Verdict] = list(_decode(body).events)
    except _UNREADABLE:
        return _read_one_by_one(body)
    _check_length(reports)
    return reports


def _read_one_by_one(body: bytes) -> list[Report | Verdict]:
    try:
        raw = _decode_raw(body).events
    except _UNREADABLE as error:
        raise BodyMalformed(reason=str(error)) from error
    _check_length(raw)  # Before they are read: a body has room for half a million malformed ones.
    return [_read_one(event) for event in raw]


def _check_length(events: Sequence[object]) -> None:
    if len(events) > EVENTS_PER_BATCH_MAX:
        raise TooManyEvents(events_max=EVENTS_PER_BATCH_MAX)


def _read_one(event: msgspec.Raw) -> Report | Verdict:
    try:
        return _decode_one(event)
    except _UNREADABLE:
        return Verdict(_id_of(event), "refused", EventRefusal.MALFORMED.value)


def _id_of(event: msgspec.Raw) -> str | None:
    try:
        return _decode_id(event).id
    except _UNREADABLE:
        return None
