"""An ad server's door for pages' tests: the real ad server in this process, asked over loopback."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
from django.conf import settings

from tests.unit.delivery.making import Ads
from vonk.control import publications
from vonk.core.clock import FixedClock
from vonk.delivery.server.app import make_app
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import DocumentKind, decode_document
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.memory.publication_feed import MemoryPublicationFeed

Happen = Callable[[Callable[[Ads], Awaitable[None]]], None]


@contextmanager
def served(now: datetime) -> Iterator[tuple[str, Happen]]:
    """Serve all that is published; yield the address, and how to let something happen before the first page asks."""
    feed = MemoryPublicationFeed()
    for kind in set(DocumentKind) - {DocumentKind.CLOCK}:  # Its clock stands where the test says.
        for object_id, body in publications.published(kind).items():
            feed.publish(kind, object_id, decode_document(kind, body))
    clock = FixedClock(now)
    app = make_app(
        feed=feed,
        log=MemoryEventLog(),
        signer=settings.VONK_SIGNER,
        counters=MemoryCounters(),
        clock=clock,
        options=Options(),
    )
    ads = Ads(app, feed, clock)
    ads.signer = settings.VONK_SIGNER
    loop = asyncio.new_event_loop()
    loop.run_until_complete(app.runtime.start())

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("GET")

        def do_DELETE(self) -> None:
            self.answer("DELETE")

        def answer(self, method: str) -> None:
            headers = {"authorization": self.headers.get("Authorization")}
            status, answer = loop.run_until_complete(ads.call(method, self.path, headers=headers))
            body = msgspec.json.encode(answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)

    def happen(story: Callable[[Ads], Awaitable[None]]) -> None:
        loop.run_until_complete(story(ads))
        thread.start()

    try:
        yield f"http://127.0.0.1:{server.server_port}", happen
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()
        loop.run_until_complete(app.runtime.stop())
        loop.close()
