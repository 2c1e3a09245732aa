"""What *site* says to the ad server over its own door: conversions that an account reports, and questions of why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec
import structlog
from django.conf import settings

from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Actor, NotFound, Unavailable
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.delivery.explaining.explain import Decisions, Explanation, Facts, Listed
from vonk.events.conversions.contract import ConversionBatch, ConversionReport, ConversionVerdict, ConversionVerdicts
from vonk.events.conversions.tester import PixelSeen, SeenConversion
from vonk.events.tokens import ReaderClaims, ReporterClaims, Signer, TokenInvalid

TIMEOUT_SECONDS: Final = 10.0
ASKING_SECONDS: Final = 3.0  # Somebody waits for the page.
ANSWER_BYTES_MAX: Final = 1_000_000
_TOKEN_LIVES: Final = timedelta(minutes=5)
Told = TypeVar("Told", Explanation, Decisions, Facts, PixelSeen)
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class AdServerSilent(Unavailable):
    """The ad server did not take what was sent, or did not say that it has."""

    code = "ad_server_silent"
    message = "The ad server does not answer."
    cause = "It is starting, overloaded or away. What it had taken before it fell silent counts, and counts once."
    remedy = "Send the same events again in a moment, with the same ids."
    actor = Actor.PLATFORM


def report_conversions(
    account_id: int, reports: Sequence[ConversionReport], *, now: datetime
) -> list[ConversionVerdict]:
    """Report conversions for an account's pixels and return a verdict each, when what was accepted is durable.

    AdServerSilent when it does not answer: batches before that one have been taken. Open no transaction around it.
    """
    signer = _signer()
    token = signer.sign_reporter(ReporterClaims(account_id, to_ms(now + _TOKEN_LIVES)))
    verdicts: list[ConversionVerdict] = []
    for first in range(0, len(reports), EVENTS_PER_BATCH_MAX):
        batch = ConversionBatch(list(reports[first : first + EVENTS_PER_BATCH_MAX]))
        verdicts += _sent(settings.VONK.ads_url, msgspec.json.encode(batch), token)
    assert len(verdicts) == len(reports), "One verdict each."
    return verdicts


def decision(scope: Scope, decision_id: int, *, now: datetime) -> Explanation | None:
    """Return the decision as the scope's account may read it, or an operator; None when there is none for them.

    AdServerSilent, as all below, when nobody answers.
    """
    body = _asked(f"/v1/decisions/{decision_id}", _reader(scope), now)
    return _told(body, Explanation)


def decisions(scope: Scope, *, ad: str = "", viewer: str = "", surface: str = "", now: datetime) -> list[Listed]:
    """Return the last decisions in which the ad was, for the viewer, on the surface, for an operator; "" asks for any."""
    scope.require(Right.OPERATE)
    asked = {name: value for name, value in (("ad", ad), ("viewer", viewer), ("surface", surface)) if value}
    found = _told(_asked(f"/v1/decisions?{urlencode(asked)}", 0, now), Decisions)
    return found.decisions if found is not None else []


def ad_facts(scope: Scope, ad_id: int, *, now: datetime) -> Facts | None:
    """Return what became of the account's ad of late; None when the ad server does not have it."""
    return _told(_asked(f"/v1/ads/{ad_id}/delivery", _reader(scope), now), Facts)


def ad_group_facts(scope: Scope, ad_group_id: int, *, now: datetime) -> Facts | None:
    """Return what became of the ad group's ads of late; None when the ad server has none of them."""
    return _told(_asked(f"/v1/ad-groups/{ad_group_id}/delivery", _reader(scope), now), Facts)


def pixel_seen(scope: Scope, pixel_id: int, *, now: datetime) -> tuple[SeenConversion, ...]:
    """Return what came of late for a pixel that the caller found to be the account's, and have it watched for an hour."""
    found = _told(_asked(f"/v1/pixels/{pixel_id}/seen", scope.account, now), PixelSeen)
    if found is None:
        raise NotFound(noun="pixel")
    return found.seen


def pixel_unwatched(scope: Scope, pixel_id: int, *, now: datetime) -> None:
    """Have the account's pixel watched no longer, and what came for it forgotten."""
    _asked(f"/v1/pixels/{pixel_id}/seen", scope.account, now, method="DELETE")


def _reader(scope: Scope) -> int:
    """Return as whom the scope reads: its account, or 0, everything, for operators alone."""
    if scope.account_id is None:
        scope.require(Right.OPERATE)
        return 0
    return scope.account_id


def _told(body: bytes | None, of: type[Told]) -> Told | None:
    try:
        return None if body is None else msgspec.json.decode(body, type=of)
    except msgspec.MsgspecError as error:  # What answers there is no ad server of this version.
        _log.warning("ad_server.not_understood", error=str(error))
        raise AdServerSilent from error


def _asked(path: str, account_id: int, now: datetime, *, method: str = "GET") -> bytes | None:
    """Return the ad server's answer to the account's question, None where it is "no such thing"."""
    token = _signer().sign_reader(ReaderClaims(account_id, to_ms(now + _TOKEN_LIVES)))
    parts, connection = _connection(settings.VONK.ads_url, ASKING_SECONDS)
    try:
        connection.request(method, parts.path.rstrip("/") + path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read(ANSWER_BYTES_MAX)
    except (OSError, HTTPException) as error:
        _log.warning("ad_server.silent", error=str(error))
        raise AdServerSilent from error
    finally:
        connection.close()
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status != HTTPStatus.OK:
        _log.warning("ad_server.refused", status=answer.status, answer=body[:500].decode(errors="replace"))
        raise AdServerSilent
    return body


def own_click(click: str) -> str:
    """Return the click's id when this platform made it, else "": another one's would spoil the conversion."""
    try:
        _signer().open_click(click)
    except TokenInvalid:
        return ""
    return click


def _signer() -> Signer:
    signer: Signer = settings.VONK_SIGNER
    signer.refresh()
    return signer


def _connection(address: str, timeout_seconds: float) -> tuple[SplitResult, HTTPConnection]:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return parts, kind(parts.hostname or "", parts.port, timeout=timeout_seconds)


def _sent(address: str, body: bytes, token: str) -> list[ConversionVerdict]:
    parts, connection = _connection(address, TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/v1/conversions", body, headers)
        answer = connection.getresponse()
        text = answer.read(ANSWER_BYTES_MAX)
        if answer.status != HTTPStatus.OK:
            _log.warning("ad_server.refused", status=answer.status, answer=text[:500].decode(errors="replace"))
            raise AdServerSilent
        return msgspec.json.decode(text, type=ConversionVerdicts).verdicts
    except (OSError, HTTPException, msgspec.MsgspecError) as error:
        _log.warning("ad_server.silent", error=str(error))
        raise AdServerSilent from error
    finally:
        connection.close()
