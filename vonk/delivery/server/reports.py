"""The door for events: a batch of reports in, one verdict each out, answered only when they are durable.

A browser's own request says where its events come from. A host app's server sends its key and, where it knows it, the
viewer's user agent and address. Both are looked at and forgotten.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from vonk.core.errors import Forbidden, Invalid
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.delivery.server import durable, hosts
from vonk.delivery.server.http import Answer, BodyMalformed, Scope, json_answer
from vonk.delivery.server.measures import Measures, add
from vonk.delivery.server.runtime import Runtime
from vonk.events.contract import USER_AGENT_CHARS_MAX, VERSION, VERSIONS, Batch, Context, Report, Verdict, Verdicts
from vonk.events.ingest import Judged, Sender, context_is_valid, origin_of
from vonk.events.origins import Origin
from vonk.events.validity import EventRefusal


class RawBatch(msgspec.Struct, frozen=True):
    """A batch where one of the events at least is malformed."""

    events: list[msgspec.Raw]
    version: int = VERSION
    context: Context | None = None


class _Named(msgspec.Struct, frozen=True):
    id: str | None = None


class TooManyEvents(Invalid):
    """More events than one batch may have."""

    code = "too_many_events"
    message = "A batch has at most %(events_max)d events."
    remedy = "Send the rest in another request."


class VersionUnknown(Invalid):
    """The batch is of a version that this ad server does not know."""

    code = "version_unknown"
    message = "This ad server knows versions 1 and 2 of the event contract, not %(version)d."
    cause = "The sender is newer than the platform."
    remedy = "Send version 2, or ask the operator to update the platform."
    field = "version"


class ContextNeedsHostKey(Forbidden):
    """A context came with a request that nobody vouches for."""

    code = "context_needs_host_key"
    message = "Only a host app's server may say where its viewers' events come from."
    cause = "Otherwise anybody could say that their machine is a person's telephone."
    remedy = "Send the host key as a bearer token, or leave the context out."
    field = "context"


class ContextInvalid(Invalid):
    """The batch's context says nothing we understand."""

    code = "context_invalid"
    message = "The context's address is no IPv4 or IPv6 address."
    remedy = "Correct the address, or leave it out."
    field = "context"


_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_decode: Final = msgspec.json.Decoder(Batch).decode
_decode_raw: Final = msgspec.json.Decoder(RawBatch).decode
_decode_one: Final = msgspec.json.Decoder(Report).decode
_decode_id: Final = msgspec.json.Decoder(_Named).decode
_encode: Final = msgspec.json.Encoder().encode
_HOST: Final = Sender(host=True)
_SENDERS: Final = {
    origin: Sender(origin)
    for origin in (Origin(bot=bot, data_centre=far) for bot in (False, True) for far in (False, True))
}


async def answer(runtime: Runtime, scope: Scope, body: bytes) -> Answer:
    """Return the answer to ``POST /v1/events``; raises a Problem with its reason, and then nothing was taken."""
    reports, context = read_batch(body)
    sender = _sender(runtime, scope, context)
    runtime.committer.check_room(len(reports))
    judged = await durable.written(
        runtime.committer, lambda: runtime.ingest.judge(reports, runtime.clock.now_ms(), sender)
    )
    _measure(runtime.measures, judged)
    return json_answer(_encode(Verdicts(judged.verdicts)))


def _measure(measures: Measures, judged: Judged) -> None:
    accepted = len(judged.entries) - judged.restored
    if accepted:
        add(measures.verdicts, "accepted", accepted)
    if accepted < len(judged.verdicts):
        for verdict in judged.verdicts:
            if verdict.verdict != "accepted":
                add(measures.verdicts, verdict.reason or verdict.verdict)
    if judged.invalid or judged.restored:
        for entry in judged.entries:
            if entry.record.invalid:
                add(measures.invalid, entry.record.invalid)
            elif entry.record.restored:
                add(measures.restored, entry.record.restored)


def _sender(runtime: Runtime, scope: Scope, context: Context | None) -> Sender:
    """Return where the batch comes from: what a host says of it, or what the request shows of itself.

    A browser without a user agent does not exist: such a request is a bot's.
    """
    user_agent, authorization = b"", None
    for name, value in scope["headers"]:
        if name == b"user-agent":
            user_agent = value
        elif name == b"authorization":
            authorization = value
    if authorization is not None:
        hosts.check(runtime, authorization)
        if context is None:
            return _HOST
        if not context_is_valid(context):
            raise ContextInvalid
        return Sender(origin_of(runtime.lists, context), host=True)
    if context is not None:
        raise ContextNeedsHostKey
    client = scope.get("client")
    origin = runtime.lists.of(
        user_agent[:USER_AGENT_CHARS_MAX].decode("latin-1"), client[0] if client is not None else ""
    )
    return _SENDERS[origin]


def read_batch(body: bytes) -> tuple[list[Report | Verdict], Context | None]:
    """Return the batch's reports, with a verdict in the place of each that cannot be read, and its context."""
    try:
        batch = _decode(body)
    except _UNREADABLE:
        return _read_one_by_one(body)
    _check(batch.version, batch.events)
    return list(batch.events), batch.context


def _read_one_by_one(body: bytes) -> tuple[list[Report | Verdict], Context | None]:
    try:
        batch = _decode_raw(body)
    except _UNREADABLE as error:
        raise BodyMalformed(reason=str(error)) from error
    _check(batch.version, batch.events)  # Before they are read: a body has room for half a million malformed ones.
    return [_read_one(event) for event in batch.events], batch.context


def _check(version: int, events: Sequence[object]) -> None:
    if version not in VERSIONS:
        raise VersionUnknown(version=version)
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
