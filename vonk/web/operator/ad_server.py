"""What the ad server counts about itself, read at its door."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_SECONDS: Final = 1.0
ANSWER_BYTES_MAX: Final = 1_000_000
_OK: Final = 200


def verdicts() -> dict[str, int] | None:
    """Return how many events the ad server has judged since it began, by verdict or reason; None when it is silent."""
    text = _metrics(settings.VONK.ads_url)
    if text is None:
        return None
    try:
        return {
            sample.labels["verdict"]: int(sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "vonk_events_total" and "verdict" in sample.labels
        }
    except ValueError:  # What answers there is no ad server.
        return None


def readings() -> dict[str, float] | None:
    """Return what the ad server says of itself, by name, labelled counts summed; None when it is silent."""
    text = _metrics(settings.VONK.ads_url)
    if text is None:
        return None
    found: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
    except ValueError:  # What answers there is no ad server.
        return None
    return found


def _metrics(address: str) -> str | None:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    except (ValueError, HTTPException):  # The setting is no address.
        return None
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/metrics")
        answer = connection.getresponse()
        return answer.read(ANSWER_BYTES_MAX).decode(errors="replace") if answer.status == _OK else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
