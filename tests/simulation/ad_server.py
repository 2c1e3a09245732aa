"""A whole ad server inside a test: its door is called without a network, its clock and its publications by hand."""

import asyncio
import json
from typing import Any

from tests.wire.serving import BROWSER
from vonk.control.models import Publication as PublicationRow
from vonk.core.clock import Clock
from vonk.delivery.server.app import make_app
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import DocumentKind, decode_document
from vonk.events.log import EventLog
from vonk.events.tokens import Signer
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.publication_feed import MemoryPublicationFeed

POLLS_MAX = 20_000


class InProcessAds:
    """The ad server on memory engines; ``follow`` brings it what the control database has published."""

    def __init__(self, *, log: EventLog, signer: Signer, clock: Clock, options: Options) -> None:
        self._feed = MemoryPublicationFeed()
        self._app = make_app(
            feed=self._feed, log=log, signer=signer, counters=MemoryCounters(), clock=clock, options=options
        )
        self._read_to = 0
        self._fed = 0
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._app.runtime.start())

    def close(self) -> None:
        """Stop as a process does."""
        self._loop.run_until_complete(self._app.runtime.stop())
        self._loop.close()

    def follow(self) -> None:
        """Apply every publication that was written since the last time."""
        for row in PublicationRow.objects.filter(sequence__gt=self._read_to).order_by("sequence"):
            kind = DocumentKind(row.kind)
            document = decode_document(kind, row.document) if row.document is not None else None
            self._fed = self._feed.publish(kind, row.object_id, document)
            self._read_to = row.sequence
        self._loop.run_until_complete(self._applied())

    def post(self, path: str, body: object) -> Any:
        """Return the JSON answer, which must be a success."""
        status, answer = self._loop.run_until_complete(self._call(path, json.dumps(body).encode()))
        assert status == 200, answer
        return answer

    async def _applied(self) -> None:
        for _ in range(POLLS_MAX):
            if self._app.runtime.index.sequence >= self._fed:
                return
            await asyncio.sleep(0.0005)
        raise AssertionError("The ad server did not apply what was published.")

    async def _call(self, path: str, body: bytes) -> tuple[int, Any]:
        sent: list[dict[str, Any]] = []
        received = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"user-agent", BROWSER.encode()),
            ],
        }
        await self._app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent)
        return sent[0]["status"], json.loads(content)
