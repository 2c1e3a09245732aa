"""The engines' own bounds are for a service that has to answer; a test on a busy machine waits until it is answered."""

import pytest

from tests import patience
from vonk.storage.nats import event_log, link, stream
from vonk.storage.redis import counters, exchange, exposures


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a slow answer for an answer. A server that is dead refuses at once, so that nobody waits for it."""
    for engine, names in (
        (event_log, ("APPEND_SECONDS_MAX", "LOOK_SECONDS_MAX")),
        (link, ("CONNECT_SECONDS",)),
        (stream, ("READ_SECONDS_MAX",)),
        (counters, ("FIRST_SECONDS", "CLOSE_SECONDS")),
        (exchange, ("TIMEOUT_SECONDS",)),
        (exposures, ("TIMEOUT_SECONDS",)),
    ):
        for name in names:
            monkeypatch.setattr(engine, name, float(patience.SECONDS))
