"""Verify what a Vonk platform sends to a webhook, before believing a word of it."""

from __future__ import annotations

import hashlib
import hmac
import time

TOLERANCE_SECONDS = 300
HEADER_CHARS_MAX = 1_000


class SignatureInvalid(ValueError):
    """The event was not signed with this secret, was changed, or is old."""


def verify(
    body: bytes,
    header: str,
    secret: str,
    now: float | None = None,
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> None:
    """Return when ``header`` (``Vonk-Signature``) signs exactly these bytes with the endpoint's secret.

    ``body`` is what came in, not what a JSON library made of it. ``now`` is in seconds since 1970, this machine's clock
    unless given. Raises SignatureInvalid: without a matching signature, or when it was made more than
    ``tolerance_seconds`` before or after ``now``. Events come at least once: remember their ids.
    """
    signed_at, digests = _parts(header)
    expected = hmac.new(secret.encode(), str(signed_at).encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any([hmac.compare_digest(expected, digest) for digest in digests]):  # noqa: C419 - all are compared, always.
        raise SignatureInvalid("no signature of these bytes with this secret")
    if abs((time.time() if now is None else now) - signed_at) > tolerance_seconds:
        raise SignatureInvalid("the signature is too old, or this machine's clock is wrong")


def _parts(header: str) -> tuple[int, list[str]]:
    """Return the second of the signature, and the signatures: two while a secret is being rotated."""
    if len(header) > HEADER_CHARS_MAX or not header.isascii():
        raise SignatureInvalid("not a signature")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    instants = [value for name, _, value in pairs if name == "t"]
    digests = [value for name, _, value in pairs if name == "v1"]
    if len(instants) != 1 or not instants[0].isdigit() or not digests:
        raise SignatureInvalid("not a signature")
    return int(instants[0]), digests
