"""What *site* tells the ad server over its own door: conversions that an account reports through the APIs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog
from django.conf import settings

from vonk.core.clock import to_ms
from vonk.core.errors import Actor, Unavailable
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.events.conversions.contract import ConversionBatch, ConversionReport, ConversionVerdict, ConversionVerdicts
from vonk.events.tokens import ReporterClaims, Signer, TokenInvalid

TIMEOUT_SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 1_000_000
_TOKEN_LIVES: Final = timedelta(minutes=5)
_OK: Final = 200
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


def _sent(address: str, body: bytes, token: str) -> list[ConversionVerdict]:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/v1/conversions", body, headers)
        answer = connection.getresponse()
        text = answer.read(ANSWER_BYTES_MAX)
        if answer.status != _OK:
            _log.warning("ad_server.refused", status=answer.status, answer=text[:500].decode(errors="replace"))
            raise AdServerSilent
        return msgspec.json.decode(text, type=ConversionVerdicts).verdicts
    except (OSError, HTTPException, msgspec.MsgspecError) as error:
        _log.warning("ad_server.silent", error=str(error))
        raise AdServerSilent from error
    finally:
        connection.close()
