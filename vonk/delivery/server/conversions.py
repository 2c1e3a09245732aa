"""The door for conversions: a batch in, one verdict each out, answered only when they are durable; and a picture.

Any site's page may send: a pixel's id is public, and what a browser says is believed no further than that. An
advertiser's server sends the pixel's secret as a bearer token; *site*, for an account, a token that it signs.
"""

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from vonk.core.errors import Invalid, Limited, SignInRequired
from vonk.core.ids import new_id
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.delivery.server import durable
from vonk.delivery.server.http import Answer, BodyMalformed, Cors, Headers, Scope, header, json_answer
from vonk.delivery.server.measures import add
from vonk.delivery.server.runtime import Runtime
from vonk.events.conversions.contract import ConversionReport, ConversionVerdict, ConversionVerdicts
from vonk.events.conversions.judging import Judged, Sender, Unread, sender_of
from vonk.events.conversions.known import REMEMBERED_MAX
from vonk.events.conversions.refusals import BROWSERS_PART, CONVERSION_REFUSALS, ConversionRefusal
from vonk.events.tokens import TokenInvalid

QUERY_BYTES_MAX: Final = 4_096
FIELDS_MAX: Final = 20  # Twice as many as there are.
SECRET_CHARS_MAX: Final = 128
PICTURE: Final = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)  # A GIF of one clear pixel.
PICTURE_HEADERS: Final[Headers] = [(b"content-type", b"image/gif"), (b"cache-control", b"no-store")]
_ANY_ORIGIN: Final[Headers] = [(b"access-control-allow-origin", b"*")]

_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


class RawBatch(msgspec.Struct, frozen=True):
    """What clients send; each conversion is read by itself, so that one wrong one spoils no batch."""

    conversions: list[msgspec.Raw]


class _Named(msgspec.Struct, frozen=True):
    id: str | None = None
    pixel: str = ""


class OpenCors(Cors):
    """Any page may send and read the verdicts; without credentials, so that none of a viewer's own go along."""

    def __init__(self) -> None:
        super().__init__(("*",))

    def headers(self, scope: Scope) -> Headers:  # noqa: ARG002 - whoever asks.
        """Return what lets any page read the answer."""
        return _ANY_ORIGIN


class TooManyConversions(Invalid):
    """More conversions than one batch may have."""

    code = "too_many_conversions"
    message = "A batch has at most %(conversions_max)d conversions."
    remedy = "Send the rest in another request."


class ConversionsFull(Limited):
    """No more can be remembered, so a repetition could no longer be told from a conversion."""

    code = "conversions_full"
    message = "The ad server remembers as many conversions as it may."
    cause = "More conversions came in within eight days than the memory for telling repetitions holds."
    remedy = "Send the same again later; the operator runs another ad server."
    retry_after_seconds = 3_600


class PictureRefused(Invalid):
    """A conversion told through a picture's address was not taken."""

    code = "conversion_refused"
    message = "The conversion was refused: %(reason)s."
    cause = "%(why)s"
    remedy = "%(how)s"


_decode: Final = msgspec.json.Decoder(RawBatch).decode
_decode_one: Final = msgspec.json.Decoder(ConversionReport).decode
_decode_named: Final = msgspec.json.Decoder(_Named).decode
_encode: Final = msgspec.json.Encoder().encode


async def answer(runtime: Runtime, scope: Scope, body: bytes) -> Answer:
    """Return the answer to ``POST /v1/conversions``; raises a Problem with its reason, and then nothing was taken."""
    reports = read_batch(body)
    verdicts = await _take(runtime, reports, _sender(runtime, scope))
    return json_answer(_encode(ConversionVerdicts(verdicts)))


async def picture(runtime: Runtime, scope: Scope) -> Answer:
    """Return the picture of ``GET /v1/pixel.gif``, for pages without scripts; PictureRefused names why not.

    Without an id each load counts: whoever can, sends one.
    """
    query = scope["query_string"]
    if len(query) > QUERY_BYTES_MAX:
        raise BodyMalformed(reason="the address is too long")
    try:
        fields = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError as error:
        raise BodyMalformed(reason="the address has too many fields") from error
    try:
        page = (header(scope, b"referer") or b"").decode("latin-1")
        report: ConversionReport | Unread = msgspec.convert(
            {"id": f"gif-{new_id()}", "page": page, **fields}, ConversionReport
        )
    except _UNREADABLE:
        report = Unread(None, fields.get("pixel", ""))
    [verdict] = await _take(runtime, [report], Sender())
    if verdict.reason is not None:
        entry = CONVERSION_REFUSALS[ConversionRefusal(verdict.reason)]
        raise PictureRefused(reason=verdict.reason, why=entry.cause, how=entry.remedy)
    return Answer(200, PICTURE, list(PICTURE_HEADERS))


def read_batch(body: bytes) -> list[ConversionReport | Unread]:
    """Return the batch's reports, with what can be told of it in the place of each that cannot be read."""
    try:
        raw = _decode(body).conversions
    except _UNREADABLE as error:
        raise BodyMalformed(reason=str(error)) from error
    if len(raw) > EVENTS_PER_BATCH_MAX:
        raise TooManyConversions(conversions_max=EVENTS_PER_BATCH_MAX)
    return [_read_one(conversion) for conversion in raw]


async def _take(runtime: Runtime, reports: list[ConversionReport | Unread], sender: Sender) -> list[ConversionVerdict]:
    """Judge, write, and return the verdicts when what was accepted, or is repeated, is durable."""
    runtime.committer.check_room(len(reports))
    if len(runtime.conversions.known) + len(reports) > REMEMBERED_MAX // (1 if sender.server else BROWSERS_PART):
        raise ConversionsFull
    judged: Judged = await durable.written(
        runtime.committer,
        lambda: runtime.conversions.judge(reports, sender=sender, received_ms=runtime.clock.now_ms()),
    )
    runtime.tester.note(reports, judged, sender=sender, received_ms=runtime.clock.now_ms())
    for verdict in judged.verdicts:
        add(runtime.measures.conversions, verdict.reason or verdict.verdict)
    return judged.verdicts


def _sender(runtime: Runtime, scope: Scope) -> Sender:
    """Return who sends: a browser, or with a bearer secret or reporter's token a server.

    Raises SignInRequired for another kind of credentials, TokenExpired for a reporter's token that is too old.
    """
    given = header(scope, b"authorization")
    if given is None:
        return Sender()
    scheme, _, secret = given.partition(b" ")
    secret = secret.strip()
    if scheme.lower() != b"bearer" or not 0 < len(secret) <= SECRET_CHARS_MAX:
        raise SignInRequired
    text = secret.decode("latin-1")
    try:
        reporter = runtime.signer.read_reporter(text, now_ms=runtime.clock.now_ms())
    except TokenInvalid:
        return sender_of(text)  # A pixel's secret is no token; whose it is, judging finds out.
    return Sender(account_id=reporter.account_id)


def _read_one(conversion: msgspec.Raw) -> ConversionReport | Unread:
    try:
        return _decode_one(conversion)
    except _UNREADABLE:
        return _named(conversion)


def _named(conversion: msgspec.Raw) -> Unread:
    try:
        named = _decode_named(conversion)
    except _UNREADABLE:
        return Unread()
    return Unread(named.id, named.pixel)
